"""Phone numbers: what people write about them, and the digits that tell two apart."""

from __future__ import annotations

import re
import unicodedata

from salesdesk.calc import texts

#: What may stand between the digits of one number.
_SIGNS = re.compile(r"[\s()\[\].·+_-]+")
_EXTENSION = re.compile(
    r"(?:转接?|分机号?|内线|extension|ext\.?|x|#)\s*[:：]?\s*\d{1,6}", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[;,/、|\n]+|\s{2,}|(?<=\d{7})\s+(?=[+\d(])|[或和]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SHORTEST, _LONGEST = 5, 20


def numbers_in(text: str) -> list[str]:
    """The numbers in a text as digits only, each once.

    +86, 0086 and the trunk zero before a mobile number are dropped; an extension and words behind
    a number are notes, not part of it. Numbers are separated by commas, semicolons, slashes, 、 or
    spaces between whole numbers; what has fewer than five digits isn't one.
    """
    if _MOBILE.fullmatch(text):  # what most people write, as it is kept
        return [text]
    cleaned = _EXTENSION.sub(" ", unicodedata.normalize("NFKC", text))
    found: dict[str, None] = {}
    for part in _SEPARATORS.split(cleaned):
        digits = _without_prefix(re.sub(r"\D", "", part))
        if len(digits) >= _SHORTEST:
            found[digits[:_LONGEST]] = None
    return list(found)


def digits_of(text: str) -> str | None:
    """The digits of something typed to search by phone; None when it isn't one.

    Brackets, dashes and spaces are left out: (138) 1234 finds 13812345678.
    """
    cleaned = _EXTENSION.sub("", unicodedata.normalize("NFKC", text))
    digits = _SIGNS.sub("", cleaned)
    if len(digits) < 3 or not (digits.isascii() and digits.isdigit()):
        return None
    return _without_prefix(digits)


def searched_words(text: str) -> list[str]:
    """What is looked for, word by word, of something typed; a phone number is one word."""
    searched = texts.searched(text)
    digits = digits_of(searched)
    return searched.split() if digits is None else [digits]


def _without_prefix(digits: str) -> str:
    if len(digits) > 11:
        digits = re.sub(r"^(?:00)?86(?=\d{10,})", "", digits)
    # A zero was dialled before a mobile number of another city.
    return re.sub(r"^0(?=1[3-9]\d{9}$)", "", digits)

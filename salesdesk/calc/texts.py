"""Texts as people write them: what an office keeps of a name, a note or a plan's words.

One rule for every writer, so that window, commands and Excel refuse and tidy alike. What only looks
different is tidied without a word: spaces around, line breaks of other systems and of Word. What
can't be kept, shown or printed is refused by name: half characters (of a broken copy, or of bytes
that were no UTF-8), control characters, signs that turn the direction of writing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from salesdesk.errors import InputError
from salesdesk.text import _, unshowable

#: What other programs write for the end of a line; Word and Excel break lines by a vertical tab.
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
#: Texts of nothing but what people write every day, of which no character has to be looked at:
#: Latin, Chinese and kana with their punctuation, half and full width, and signs.
_USUAL = re.compile(
    "[\t\n\r -~\xa0-\u02ff\u2010-\u2027\u2030-\u205e\u2100-\u2bff\u3000-\u3029"
    "\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff9d]*"
)
#: What :func:`line` alters: spaces other than single ones within, and breaks of lines.
_UNTIDY = re.compile(r"[^\S\n ]|  | \n|\n |\A | \Z")
#: Marks above and below one letter: Vietnamese needs two, nobody more than this.
_MOST_MARKS = 4
#: Characters of what is looked for.
_LONGEST_SEARCHED = 500


def line(what: str, text: str, longest: int) -> str:
    """``text`` on one line with single spaces; ``what`` it is, as a sentence begins with it.

    Raises InputError for more than ``longest`` characters and for what no text holds.
    """
    return _fitting(what, " ".join(text.split()), longest)


def are_lines(texts: Sequence[str], longest: int) -> bool:
    """Whether :func:`line` and :func:`words` keep all of ``texts`` as they are; quick, by one look.

    False says nothing: then each has to be asked for.
    """
    together = "\n".join(texts)
    return (
        max(map(len, texts), default=0) <= longest
        and together.count("\n") <= max(len(texts) - 1, 0)  # none has a break of its own
        and _UNTIDY.search(together) is None
        and is_usual(together)
    )


def words(what: str, text: str, longest: int) -> str:
    """``text`` of several lines, without spaces around it. Raises InputError as :func:`line`."""
    return whole(what, text.strip(), longest)


def whole(what: str, text: str, longest: int) -> str:
    """A document: its spaces stay as they are. Raises InputError as :func:`line`."""
    return _fitting(what, _BREAKS.sub("\n", text), longest)


def _fitting(what: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise InputError(
            _("{field}: at most {longest} characters, not {count}.").format(
                field=what, longest=f"{longest:,}", count=f"{len(text):,}"
            )
        )
    need_writable(what, text)
    return text


def is_usual(text: str) -> bool:
    """Whether ``text`` holds nothing but characters that every text may hold; quick."""
    return _USUAL.fullmatch(text) is not None


def need_writable(what: str, text: str) -> None:
    """Raise InputError where ``text`` holds what no office keeps, whatever the field."""
    if is_usual(text):
        return
    marks = 0
    for place, sign in enumerate(text, 1):
        if unshowable(sign):
            raise InputError(
                _(
                    "{field}: the character number {place} (U+{code}) can't be shown or printed."
                ).format(field=what, code=f"{ord(sign):04X}", place=place)
            )
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if marks > _MOST_MARKS:
            raise InputError(
                _("{field}: more marks over one letter than any script writes.").format(field=what)
            )


def searched(text: str) -> str:
    """What to look for, where ``text`` was typed or pasted: nothing that no office holds.

    Longer than any key is found nowhere, and databases take no pattern of 50,000 bytes.
    """
    return "".join(sign for sign in text[:_LONGEST_SEARCHED] if not unshowable(sign))

"""Translation: English source texts, Chinese complete, one catalogue for screen, Excel and paper.

A text is written ``_("Log a call")``; with values, ``_("{count} rows").format(count=3)``, never an
f-string, which no catalogue could match. Texts that must be named before a language is chosen
(column headings of a module, say) are marked with :func:`mark` and translated when shown.
"""

from __future__ import annotations

import gettext as _gettext
import os
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from salesdesk.marking import mark as mark

LANGUAGES = ("en", "zh")
#: Characters of a person's own text that a sentence repeats, and of a whole line of a message.
QUOTED, LONGEST_LINE = 60, 400
_CATALOGUES = {"zh": "zh_CN"}


class _Current:
    """The language in force in this process."""

    language = "en"
    translations: _gettext.NullTranslations = _gettext.NullTranslations()


def resources_folder() -> Path:
    """The folder of icons, catalogues, report templates and plans that ships with the program.

    Installed, it lies inside the package; in a checkout (and in the frozen program) beside it.
    """
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def set_language(language: str) -> None:
    """Speak ``language`` ("en" or "zh") from now on.

    Raises ValueError for another language and FileNotFoundError when its compiled catalogue is
    missing (``make translations`` builds it).
    """
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for language {language!r}")
    _Current.translations = _catalogue(language)
    _Current.language = language


def language() -> str:
    """The language in force, "en" or "zh"."""
    return _Current.language


def system_language() -> str:
    """The language a person at this machine most likely reads: "zh" or "en"."""
    for name in ("SALESDESK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and value not in ("C", "POSIX", "C.UTF-8"):
            return "zh" if value.lower().startswith("zh") else "en"
    # On Windows no such variable is set; the C library knows what the person chose.
    import locale

    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def _(message: str) -> str:
    """``message`` in the language in force."""
    # A catalogue keeps its own description under the empty text.
    return _Current.translations.gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """``singular`` or ``plural`` as ``count`` asks, in the language in force."""
    return _Current.translations.ngettext(singular, plural, count)


def joined(parts: Iterable[str]) -> str:
    """The parts of a list side by side, as the language in force does it: "a, b" or "甲、乙"."""
    return _(", ").join(parts)


def quoted(text: object, longest: int = QUOTED) -> str:
    """A person's own text (a name, a path) as a sentence repeats it: on one line, readable, short.

    What is too long loses its middle: of a path both ends say something.
    """
    words = " ".join(readable(str(text)).split())
    if len(words) <= longest:
        return words
    end = longest // 3
    return f"{words[: longest - end - 1]}…{words[-end:]}"


def readable(text: str) -> str:
    """``text`` with "\N{REPLACEMENT CHARACTER}" for each character that can't be shown.

    Half characters (of file names and words that aren't UTF-8), control characters, and what turns
    the direction of writing, so that a name reads as another. Line breaks and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unshowable(character) else character for character in text
    )


def unshowable(character: str) -> bool:
    """Whether no text that people write holds ``character``."""
    if character in "\n\r\t":
        return False
    # Half a character, a control character, nothing that is assigned to anything; and among what
    # formats the signs that turn the direction of all that follows.
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in _TURNING
        or ord(character) & 0xFFFE == 0xFFFE  # no characters at all, and nothing XML may hold
    )


#: Explicit embeddings, overrides and isolates of writing from right to left.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def presentable(message: str) -> str:
    """A message as it may be shown: readable, no line of it longer than people read."""
    if message.isprintable() and len(message) <= LONGEST_LINE:
        return message
    return "\n".join(
        line if len(line) <= LONGEST_LINE else _shortened(line)
        for line in readable(message).splitlines()
    )


def _shortened(line: str) -> str:
    # Where spaces part the words, what is too long is one of them, and the sentence is kept.
    words = [quoted(word) if len(word) > 2 * QUOTED else word for word in line.split(" ")]
    return quoted(" ".join(words), LONGEST_LINE)


@cache
def in_every_language(message: str) -> frozenset[str]:
    """``message`` as the program writes it in each of its languages.

    For what comes back from people: a sheet went out in the language of who sent it.
    """
    return frozenset(_catalogue(language).gettext(message) for language in LANGUAGES)


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    """The catalogue of a language; of English none. Raises FileNotFoundError."""
    if language not in _CATALOGUES:
        return _gettext.NullTranslations()
    path = resources_folder() / "i18n" / f"{_CATALOGUES[language]}.mo"
    with path.open("rb") as file:
        return _gettext.GNUTranslations(file)

"""Translation: English source texts, Chinese complete, one catalogue for screen, Excel and paper.

A text is written ``_("Log a call")``; with values, ``_("{count} rows").format(count=3)``, never an
f-string, which no catalogue could match. Texts that must be named before a language is chosen
(column headings of a module, say) are marked with :func:`mark` and translated when shown.
"""

from __future__ import annotations

import gettext as _gettext
import locale
import os
from pathlib import Path

LANGUAGES = ("en", "zh")
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
    if language == "en":
        _Current.translations = _gettext.NullTranslations()
    else:
        path = resources_folder() / "i18n" / f"{_CATALOGUES[language]}.mo"
        with path.open("rb") as file:
            _Current.translations = _gettext.GNUTranslations(file)
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
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def _(message: str) -> str:
    """``message`` in the language in force."""
    # A catalogue keeps its own description under the empty text.
    return _Current.translations.gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """``singular`` or ``plural`` as ``count`` asks, in the language in force."""
    return _Current.translations.ngettext(singular, plural, count)


def mark(message: str) -> str:
    """``message`` itself: marks it for the catalogue, to be translated when it is shown."""
    return message

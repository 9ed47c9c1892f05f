"""Icons from the drawn set "Material Design Icons", as the package qtawesome carries it.

The package itself isn't imported: it loads every set it has and a compatibility layer for four
Qt bindings, 140 ms and 26 MB where the one font and its list of names need a tenth.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QIconEngine,
    QPainter,
    QPixmap,
)

from salesdesk.text import resources_folder

#: What the set is called in names of icons: "mdi6.phone".
PREFIX = "mdi6."
#: How much of the icon's square the drawing fills.
_FILLED = 0.92


def icon(name: str, colour: Callable[[], QColor], pale: Callable[[], QColor]) -> QIcon:
    """The icon called ``name``; drawn in ``pale`` while disabled. Raises KeyError for no icon."""
    return QIcon(_Glyph(character(name), colour, pale))


def character(name: str) -> str:
    """The character of the font that draws ``name``. Raises KeyError for no icon of the set."""
    # The list holds seven thousand names, of which a start needs five: it is searched.
    found = re.search(f'"{re.escape(name.removeprefix(PREFIX))}": "0x([0-9a-f]+)"', _charmap())
    if found is None:
        raise KeyError(name)
    return chr(int(found[1], 16))


@lru_cache(maxsize=1)
def _folder() -> Path:
    if getattr(sys, "frozen", False):
        # Beside the resources of the built program lie the fonts, without the package.
        return resources_folder().parent / "qtawesome" / "fonts"
    spec = find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package qtawesome, which carries the icons, is missing")
    return Path(spec.submodule_search_locations[0]) / "fonts"


@lru_cache(maxsize=1)
def _charmap() -> str:
    """The list of names and the characters that draw them, as JSON."""
    file = next(_folder().glob("materialdesignicons6-webfont-charmap-*.json"))
    return file.read_text("utf-8")


@lru_cache(maxsize=1)
def _family() -> str:
    file = next(_folder().glob("materialdesignicons6-webfont-*.ttf"))
    number = QFontDatabase.addApplicationFont(str(file))
    return QFontDatabase.applicationFontFamilies(number)[0]


class _Glyph(QIconEngine):
    """Draws one character of the font in whatever size is asked for."""

    def __init__(
        self, character: str, colour: Callable[[], QColor], pale: Callable[[], QColor]
    ) -> None:
        super().__init__()
        self._character, self._colour, self._pale = character, colour, pale

    # -- Qt --------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.save()
        painter.setPen(self._pale() if mode == QIcon.Mode.Disabled else self._colour())
        font = QFont(_family())
        font.setPixelSize(max(1, round(rect.height() * _FILLED)))
        painter.setFont(font)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _Glyph(self._character, self._colour, self._pale)

"""How far the sheets of an .ods reach. Rows and columns are repeated there by a mere number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers.expat import ExpatError, ParserCreate

__all__ = ["ExpatError", "look_through", "repeated_rows"]

_ERRORS = re.compile(rb">(?:#[A-Z]|Err:)")
_MOST = 1 << 31
_REPEATED_ROWS = re.compile(rb'table:number-rows-repeated="(\d{1,11})"')


class _Extents:
    """Follows the rows and cells of a content.xml."""

    def __init__(self) -> None:
        #: By sheet, rows and columns from A1 to the last value.
        self.found: dict[str, tuple[int, int]] = {}
        self._sheet = ""
        self._row = self._column = self._repeated = self._filled = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._column += _times(attributes, "table:number-columns-repeated")
            if "office:value-type" in attributes:
                self._filled = self._column
        elif tag == "table:table-row":
            self._column = self._filled = 0
            self._repeated = _times(attributes, "table:number-rows-repeated")
        elif tag == "table:table":
            self._sheet, self._row = attributes.get("table:name", ""), 0

    def end(self, tag: str) -> None:
        if tag == "table:table-row":
            self._row += self._repeated
            if self._filled:
                _rows, columns = self.found.get(self._sheet, (0, 0))
                self.found[self._sheet] = (self._row, max(columns, self._filled))


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) < 12 else _MOST


def repeated_rows(content: bytes) -> int:
    """About how many rows with values a content.xml stands for, even one that is no XML.

    A part that swells is refused for that, whatever else is wrong with it.
    """
    return sum(
        max(
            (min(int(times), _MOST) for times in _REPEATED_ROWS.findall(row.partition(b">")[0])),
            default=1,
        )
        for row in content.split(b"<table:table-row")[1:]
        if b"office:value-type" in row
    )


def look_through(content: Iterable[bytes]) -> tuple[dict[str, tuple[int, int]], bool]:
    """By sheet the rows and columns its values reach, and whether errors may stand in cells.

    Raises ExpatError when it is no XML.
    """
    extents, errors, last = _Extents(), False, b""
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = extents.start, extents.end
    for piece in content:
        parser.Parse(piece, False)
        errors = errors or _ERRORS.search(last + piece) is not None
        last = piece[-8:]
    parser.Parse(b"", True)
    return extents.found, errors

"""Cells that read as empty and aren't: formulas nobody has calculated yet, and errors.

The parser gives ``""`` for both, as for a cell that was cleared; whoever must not take one for the
other asks ``Sheet.unread``.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element, iterparse

#: 0-based row and column, and the error as the sheet shows it ("" for a formula without a value).
Unread = tuple[tuple[int, int], str]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip


# -- .xlsx -----------------------------------------------------------------------------------------


def xlsx(stream: IO[bytes]) -> Iterator[Unread]:
    """The cells of one sheet's part. Raises ParseError when it is no XML."""
    for _event, element in iterparse(stream):
        if element.tag == f"{_MAIN}c":
            error = _xlsx_cell(element)
            match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", element.get("r", ""))
            if error is not None and match:
                yield (int(match[2]) - 1, _column(match[1])), error
        elif element.tag == f"{_MAIN}row":
            element.clear()


def _xlsx_cell(cell: Element) -> str | None:
    value = cell.find(f"{_MAIN}v")
    text = "" if value is None else value.text or ""
    if cell.get("t") == "e":
        return text or "#N/A"
    # A formula whose result is an empty text was calculated: its cell says so.
    calculated = bool(text) or cell.get("t") == "str" or cell.find(f"{_MAIN}is") is not None
    return None if calculated or cell.find(f"{_MAIN}f") is None else ""


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


# -- .ods ------------------------------------------------------------------------------------------


def ods(stream: IO[bytes]) -> Iterator[tuple[str, Unread]]:
    """The cells of a whole content.xml, each with its sheet's name. Raises ParseError."""
    row, sheet_name = 0, ""
    for event, element in iterparse(stream, events=("start", "end")):
        if element.tag == f"{_TABLE}table":
            row, sheet_name = 0, element.get(f"{_TABLE}name", "") if event == "start" else ""
        elif element.tag == f"{_TABLE}table-row" and event == "end":
            for column, error in _ods_row(element):
                yield sheet_name, ((row, column), error)
            row += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
            element.clear()


def _ods_row(row: Element) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row:
        shown = "".join(part.text or "" for part in cell.iter(f"{_TEXT}p"))
        formula = cell.get(f"{_TABLE}formula")
        if formula is not None and shown.startswith(("#", "Err:")):
            yield column, shown
        column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))


# -- .xls ------------------------------------------------------------------------------------------
# Records as [MS-XLS] lays them out, in a stream of the compound file of [MS-CFB].

_BOF, _EOF, _BOUND_SHEET, _FORMULA, _BOOL_ERR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
_PASSWORD, _MANY_NUMBERS = 0x002F, 0x00BD
_VALUES = {_FORMULA, _BOOL_ERR, _MANY_NUMBERS, 0x0203, 0x0204, 0x027E, 0x00FD, 0x00D6}
_FREE = 0xFFFFFFFA  # sector numbers from here on mean the end of a chain


@dataclass(slots=True)
class OldSheet:
    """What is asked of a sheet of .xls: how far its values reach, and its unread cells."""

    rows: int = 0
    columns: int = 0
    unread: dict[tuple[int, int], str] = field(default_factory=dict)


def xls(content: bytes) -> dict[str, OldSheet]:
    """The sheets of a whole .xls by name; none of one with a password.

    Raises struct.error or IndexError when it is damaged.
    """
    stream = _workbook_stream(content)
    sheets: dict[str, OldSheet] = {}
    for kind, body in _records(stream, 0):
        if kind == _PASSWORD:
            return {}
        if kind == _BOUND_SHEET:
            sheets[_sheet_called(body)] = _xls_sheet(stream, *struct.unpack_from("<I", body))
    return sheets


def _sheet_called(body: bytes) -> str:
    count, wide = body[6], body[7] & 1
    return body[8 : 8 + count * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def _xls_sheet(stream: bytes, start: int) -> OldSheet:
    sheet = OldSheet()
    for kind, body in _records(stream, start):
        if kind not in _VALUES:
            continue
        row, column = struct.unpack_from("<HH", body)
        if kind == _MANY_NUMBERS:
            (column,) = struct.unpack_from("<H", body, len(body) - 2)
        sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, column + 1)
        if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            sheet.unread[row, column] = _ERRORS.get(body[8], "#N/A")
        elif kind == _BOOL_ERR and body[7] == 1:
            sheet.unread[row, column] = _ERRORS.get(body[6], "#N/A")
    return sheet


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of a substream; those of others inside it (charts) are left out."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(content: bytes) -> bytes:
    """The stream with the records; empty when the file has none of a usual size."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    (directory,) = struct.unpack_from("<I", content, 48)
    next_table, tables = struct.unpack_from("<II", content, 68)
    sectors = list(struct.unpack_from("<109I", content, 76))
    most = len(content) // size + 1  # a chain that bites its own tail is damage
    for _number in range(min(tables, most)):
        *more, following = struct.unpack_from(f"<{size // 4}I", content, (next_table + 1) * size)
        sectors += more
        next_table = following
    chain: list[int] = []
    for sector in sectors[:most]:
        if sector < _FREE:
            chain += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
    entries = _chained(content, chain, directory, size)
    for at in range(0, len(entries), 128):
        (length,) = struct.unpack_from("<H", entries, at + 64)
        name = entries[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
        if name in ("Workbook", "Book"):
            start, bytes_used = struct.unpack_from("<II", entries, at + 116)
            # Below this a stream lies elsewhere; a workbook's never does.
            return _chained(content, chain, start, size)[:bytes_used] if bytes_used >= 4096 else b""
    return b""


def _chained(content: bytes, chain: list[int], first: int, size: int) -> bytes:
    parts: list[bytes] = []
    sector = first
    while sector < _FREE and len(parts) <= len(chain):
        parts.append(content[(sector + 1) * size : (sector + 2) * size])
        sector = chain[sector]
    return b"".join(parts)

"""Cells that read as empty and aren't: formulas nobody has calculated yet, and errors.

The reader gives ``""`` for both, as for a cell that was cleared; whoever must not take one for the
other looks here. It is a second look at the file, so ask only where an empty cell matters.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from salesdesk.errors import WorkbookError
from salesdesk.text import _

#: 0-based row and column, and the error as the sheet shows it ("" for a formula without a value).
Unread = tuple[tuple[int, int], str]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
# What must be there for a sheet to be parsed at all: that takes long, and most have none of it.
_XLSX_SIGNS = re.compile(rb'(?:</f>|<f[^>]*/>)\s*(?:</c>|<v\s*/>|<v>\s*</v>)|\st="e"')
_ODS_SIGNS = re.compile(rb">(?:#[A-Z]|Err:)")


def unread_cells(path: Path, sheet_name: str) -> dict[tuple[int, int], str]:
    """By 0-based (row, column) the error that stands in a cell, "" for a formula without a value.

    Raises WorkbookError when the file can't be read.
    """
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return dict(_xlsx(path, sheet_name))
        if path.suffix.lower() == ".ods":
            return dict(_ods(path, sheet_name))
        if path.suffix.lower() in (".xls", ".et"):
            return dict(_xls(path.read_bytes(), sheet_name))
    except (zipfile.BadZipFile, ParseError, KeyError, OSError, struct.error, IndexError) as error:
        raise WorkbookError(
            _("{name} can't be read as a workbook: {cause}").format(name=path.name, cause=error)
        ) from error
    return {}


# -- .xlsx -----------------------------------------------------------------------------------------


def _xlsx(path: Path, sheet_name: str) -> Iterator[Unread]:
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, sheet_name)
        if part is None:
            return
        content = archive.read(part)
    if not _XLSX_SIGNS.search(content):
        return
    for _event, element in iterparse(io.BytesIO(content)):
        if element.tag == f"{_MAIN}c":
            error = _xlsx_cell(element)
            match = re.fullmatch(r"([A-Z]+)(\d+)", element.get("r", ""))
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


def _sheet_part(archive: zipfile.ZipFile, sheet_name: str) -> str | None:
    """The path inside the archive of the sheet called ``sheet_name``."""
    part_id = None
    with archive.open("xl/workbook.xml") as stream:
        for _event, element in iterparse(stream):
            if element.tag == f"{_MAIN}sheet" and element.get("name") == sheet_name:
                part_id = element.get(f"{_RELATIONS}id")
    with archive.open("xl/_rels/workbook.xml.rels") as stream:
        for _event, element in iterparse(stream):
            if element.get("Id") == part_id and part_id is not None:
                target = element.get("Target", "")
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return None


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


# -- .ods ------------------------------------------------------------------------------------------


def _ods(path: Path, sheet_name: str) -> Iterator[Unread]:
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml")
    if not _ODS_SIGNS.search(content):
        return
    row, inside = 0, False
    for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
        if element.tag == f"{_TABLE}table":
            row, inside = 0, event == "start" and element.get(f"{_TABLE}name") == sheet_name
        elif element.tag == f"{_TABLE}table-row" and event == "end":
            if inside:
                for column, error in _ods_row(element):
                    yield (row, column), error
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
_FREE = 0xFFFFFFFA  # sector numbers from here on mean the end of a chain


def _xls(content: bytes, sheet_name: str) -> Iterator[Unread]:
    stream = _workbook_stream(content)
    for kind, body in _records(stream, 0):
        if kind == _BOUND_SHEET and _sheet_called(body) == sheet_name:
            (start,) = struct.unpack_from("<I", body)
            yield from _xls_sheet(stream, start)
            return


def _sheet_called(body: bytes) -> str:
    count, wide = body[6], body[7] & 1
    return body[8 : 8 + count * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def _xls_sheet(stream: bytes, start: int) -> Iterator[Unread]:
    for kind, body in _records(stream, start):
        if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            yield struct.unpack_from("<HH", body), _ERRORS.get(body[8], "#N/A")
        elif kind == _BOOL_ERR and body[7] == 1:
            yield struct.unpack_from("<HH", body), _ERRORS.get(body[6], "#N/A")


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
    for _number in range(tables):
        *more, following = struct.unpack_from(f"<{size // 4}I", content, (next_table + 1) * size)
        sectors += more
        next_table = following
    chain: list[int] = []
    for sector in sectors:
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

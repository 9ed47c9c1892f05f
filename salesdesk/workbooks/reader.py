"""Reads workbooks people send: .xlsx, .xlsm, .xls, .ods and .csv, safely and as plain values.

A workbook is measured before it is unpacked: a zip of a few hundred kilobytes can swell to
gigabytes. Nothing here knows what a quota sheet or a customer list is.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from salesdesk.errors import WorkbookError
from salesdesk.text import _

Value = int | float | str | bool | date | datetime | time | timedelta
Row = Sequence[Value]

#: Limits on what is opened at all. An office's largest sheet (200 people x 20 products) is 2 MB.
MAX_FILE_BYTES = 50 << 20
MAX_UNPACKED_BYTES = 400 << 20
MAX_RATIO = 400
MAX_ENTRIES = 3_000
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 250_000, 1_000, 10_000_000
_SIGNATURES = {b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "ole"}
#: What a sheet of .xlsx says of its extent, and where its cells are; below so many bytes they are
#: looked through. A cell is far when its column has three letters or its row five figures.
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_CELL = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_FAR_CELL = re.compile(rb'\sr="(?:[A-Z]{3}\d|[A-Z]+\d{5})')
_LOOKED_THROUGH = 2 << 20
_ENDINGS = {".xlsx": "zip", ".xlsm": "zip", ".ods": "zip", ".xls": "ole", ".et": "ole"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name and rows; row i, column j of ``rows`` is the cell in row i+1, j+1.

    Empty cells are ``""``; rows may be of different lengths only where trailing cells are empty.
    """

    name: str
    visible: bool
    rows: Sequence[Row]

    def cell(self, row: int, column: int) -> Value:
        """The value at 0-based ``row`` and ``column``; ``""`` outside."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column]


def read_workbook(path: Path) -> list[Sheet]:
    """Every sheet of the workbook, hidden ones too, in the file's order.

    Raises WorkbookError, naming file and cause, for a file that is missing, no workbook, damaged,
    protected by a password, or too large to be an office's sheet.
    """
    if path.suffix.lower() == ".csv":
        return [Sheet(path.stem, True, _read_csv(path))]
    if path.suffix.lower() not in _ENDINGS:
        raise WorkbookError(
            _("{name} is no workbook: .xlsx, .xls, .ods and .csv can be read.").format(
                name=path.name
            )
        )
    _measure(path)
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            visible = {
                meta.name: meta.visible == python_calamine.SheetVisibleEnum.Visible
                for meta in book.sheets_metadata
            }
            return [
                Sheet(name, visible.get(name, True), _rows(book.get_sheet_by_name(name), path))
                for name in book.sheet_names
            ]
    except python_calamine.PasswordError as error:
        raise WorkbookError(
            _("{name} is protected by a password: save it without one.").format(name=path.name)
        ) from error
    except (python_calamine.CalamineError, ValueError, OSError, OverflowError) as error:
        raise _damaged(path, str(error)) from error


def text_of(value: Value) -> str:
    """The cell's value as a person would have typed it, trimmed; whole numbers without ".0"."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value).replace("\u00a0", " ").replace("\u3000", " ").strip()


def cell_name(row: int, column: int) -> str:
    """The name of the cell at 0-based ``row`` and ``column``: (0, 27) is AB1."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _measure(path: Path) -> None:
    """Refuse what is missing, too large, or isn't of the kind its ending says."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            signature = _SIGNATURES.get(file.read(4))
    except OSError as error:
        raise WorkbookError(
            _("{name} can't be read: {cause}.").format(name=path.name, cause=error.strerror)
        ) from error
    if size > MAX_FILE_BYTES:
        raise _too_large(path)
    if signature is None:
        raise WorkbookError(
            _("{name} is no workbook, whatever its name says.").format(name=path.name)
        )
    if signature == "ole":
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _measure_entries(entries, path)
            if path.suffix.lower() != ".ods":
                _measure_sheets(archive, path)
    # An entry that is encrypted or packed in a way of its own is told by the last two.
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError) as error:
        raise _damaged(path, str(error)) from error


def _measure_entries(entries: Sequence[zipfile.ZipInfo], path: Path) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    # Small files compress by any factor without harm: the ratio counts from 10 MB on.
    swollen = unpacked > 10 << 20 and unpacked / packed > MAX_RATIO
    if unpacked > MAX_UNPACKED_BYTES or len(entries) > MAX_ENTRIES or swollen:
        raise _too_large(path)


def _measure_sheets(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse a sheet of .xlsx whose cells lie far apart: one in its last corner fills the memory.

    Small sheets are looked through; of large ones what they say of themselves is believed, since
    looking would take as long as reading.
    """
    for entry in archive.infolist():
        if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
            continue
        with archive.open(entry) as stream:
            head = stream.read(4_096)
            said = _DIMENSION.search(head)
            if said is None or entry.file_size < _LOOKED_THROUGH:
                content = head + stream.read()
                cells = _CELL.findall(content) if _FAR_CELL.search(content) else []
            else:
                cells = [(said[1], said[2])]
        rows = max((int(row) for _letters, row in cells), default=0)
        columns = max((_column(letters) for letters, _row in cells), default=0)
        if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
            raise _too_many(entry.filename, path, rows, columns)


def _column(letters: bytes) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _rows(sheet: python_calamine.CalamineSheet, path: Path) -> Sequence[Row]:
    rows, columns = (0, 0) if sheet.end is None else (sheet.end[0] + 1, sheet.end[1] + 1)
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise _too_many(sheet.name, path, rows, columns)
    return sheet.to_python(skip_empty_area=False)


def _read_csv(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_large(path)
        content = path.read_bytes()
    except OSError as error:
        raise WorkbookError(
            _("{name} can't be read: {cause}.").format(name=path.name, cause=error.strerror)
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            decoded = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise WorkbookError(_("{name} is neither UTF-8 nor GB18030 text.").format(name=path.name))
    if "\x00" in decoded:
        raise WorkbookError(
            _("{name} is no workbook, whatever its name says.").format(name=path.name)
        )
    first = decoded.split("\n", 1)[0]
    separator = max(",\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(decoded, newline=""), delimiter=separator))
    except csv.Error as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, cause: str) -> WorkbookError:
    return WorkbookError(
        _("{name} can't be read as a workbook: {cause}").format(name=path.name, cause=cause[:200])
    )


def _too_many(sheet: str, path: Path, rows: int, columns: int) -> WorkbookError:
    return WorkbookError(
        _("Sheet {sheet} of {name} has {rows} rows and {columns} columns: too many.").format(
            sheet=sheet, name=path.name, rows=rows, columns=columns
        )
    )


def _too_large(path: Path) -> WorkbookError:
    return WorkbookError(
        _("{name} is too large for an office's sheet and was not opened.").format(name=path.name)
    )

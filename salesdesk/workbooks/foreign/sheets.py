"""Reads any of the formats into sheets of plain rows, within the limits.

Runs in the reading process only: what the native parser does to a hostile file ends that process.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from salesdesk.marking import mark
from salesdesk.workbooks.foreign import limits, zipped
from salesdesk.workbooks.foreign.refused import (
    Refused,
    damaged,
    no_workbook,
    text_too_long,
    too_large,
    too_many,
)  # fmt: skip

Value = int | float | str | bool | date | datetime | time | timedelta
Cells = dict[tuple[int, int], str]

_SIGNATURES = {b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "ole"}
_ENDINGS = (".xlsx", ".xlsm", ".ods", ".xls", ".et")


class ForeignSheet:
    """A sheet whose rows come one by one, without the empty cells at their ends."""

    __slots__ = ("name", "rows", "unread", "visible")

    def __init__(
        self, name: str, visible: bool, rows: Iterator[list[Value]], unread: Cells | None = None
    ) -> None:
        self.name, self.visible, self.rows = name, visible, rows
        self.unread: Cells = unread or {}


def file_size(path: Path) -> int:
    """The size in bytes; Refused for what is missing, no file, or too large."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    if not stat.S_ISREG(found.st_mode):
        raise no_workbook()
    if found.st_size > limits.MAX_FILE_BYTES:
        raise too_large()
    return found.st_size


def sheets(path: Path) -> Iterator[ForeignSheet]:
    """Every sheet of the file, hidden ones too, in its order; each to be used up before the next.

    Raises Refused; and whatever a parser raises, when a file is damaged in a way of its own.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        yield ForeignSheet(path.stem, True, _bounded(_text_rows(path), path.stem))
        return
    if ending not in _ENDINGS:
        raise Refused(mark("{name} isn't a workbook: .xlsx, .xls, .ods and .csv can be read."))
    try:
        with path.open("rb") as file:
            kind = _SIGNATURES.get(file.read(4))
    except OSError as error:
        raise _unreadable(error) from error
    if kind is None:
        raise no_workbook()
    # What a file is shows in its content: people rename them, and WPS calls all of them .et.
    asked: dict[str, Cells] = {}
    native = {".xlsx", ".xlsm"}
    if kind == "ole":
        asked, native = _old_sheets(path), {".xls", ".xlsx", ".xlsm", ".et"}
    else:
        with zipfile.ZipFile(path) as archive:
            zipped.measure(archive)
            if "META-INF/manifest.xml" in archive.namelist():
                _refuse_locked(archive)
            if "content.xml" in archive.namelist():
                asked, native = _open_document(archive), {".ods"}
            else:
                asked = _office_open(archive)
    with _opened(path, by_name=ending in native) as book:
        visible = {
            meta.name: meta.visible == python_calamine.SheetVisibleEnum.Visible
            for meta in book.sheets_metadata
        }
        for name in book.sheet_names:
            rows = _bounded(_padded(book.get_sheet_by_name(name)), name)
            yield ForeignSheet(name, visible.get(name, True), rows, asked.get(name, {}))


def _opened(path: Path, *, by_name: bool) -> python_calamine.CalamineWorkbook:
    try:
        if by_name:
            return python_calamine.CalamineWorkbook.from_path(path)
        with path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)
    except python_calamine.PasswordError as error:
        raise _locked() from error


def _padded(sheet: python_calamine.CalamineSheet) -> Iterator[list[Value]]:
    """The rows from A1 on, wherever the first value stands."""
    if sheet.start is None or sheet.end is None:
        return
    rows, columns = sheet.end[0] + 1, sheet.end[1] + 1
    _check_extent(sheet.name, rows, columns)
    # Rows come from the first on, cells from the first column in which anything stands.
    before: list[Value] = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        yield before + row


def _bounded(rows: Iterable[list[Value]], sheet: str) -> Iterator[list[Value]]:
    """The rows without what is empty at their ends and below the last value."""
    blank, most = 0, limits.MAX_CHARACTERS
    for number, row in enumerate(rows, 1):
        while row and row[-1] == "":
            row.pop()
        if not row:
            blank += 1
            continue
        if number > limits.MAX_ROWS or len(row) > limits.MAX_COLUMNS:
            raise too_many(sheet, number, len(row))
        if [1 for value in row if value.__class__ is str and len(value) > most]:
            raise text_too_long()
        for _row in range(blank):
            yield []
        blank = 0
        yield row


# -- what the native parser doesn't tell ----------------------------------------------------------


def _office_open(archive: zipfile.ZipFile) -> dict[str, Cells]:
    parts = zipped.sheet_parts(archive)
    asked: dict[str, Cells] = {}
    for name in zipped.look_through(archive, parts):
        if name in parts:
            from salesdesk.workbooks.foreign import unread

            with archive.open(parts[name]) as stream:
                asked[name] = dict(unread.xlsx(stream))
    return asked


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    # A locked .ods is a zip like any other; only the manifest says that its parts are scrambled.
    manifest = zipped.chunks(archive, archive.getinfo("META-INF/manifest.xml"))
    if any(b"encryption-data" in piece for piece in manifest):
        raise _locked()


def _open_document(archive: zipfile.ZipFile) -> dict[str, Cells]:
    from salesdesk.workbooks.foreign import opendocument, unread

    content = archive.getinfo("content.xml")
    try:
        extents, errors = opendocument.look_through(zipped.chunks(archive, content))
    except opendocument.ExpatError as wrong:
        whole = b"".join(zipped.chunks(archive, content))
        if opendocument.repeated_rows(whole) > limits.MAX_ROWS:
            raise too_large() from wrong
        raise
    for name, (rows, columns) in extents.items():
        _check_extent(name, rows, columns)
    asked: dict[str, Cells] = {}
    if errors:
        with archive.open("content.xml") as stream:
            for name, (cell, error) in unread.ods(stream):
                asked.setdefault(name, {})[cell] = error
    return asked


def _old_sheets(path: Path) -> dict[str, Cells]:
    from salesdesk.workbooks.foreign import unread

    asked: dict[str, Cells] = {}
    for name, sheet in unread.xls(path.read_bytes()).items():
        _check_extent(name, sheet.rows, sheet.columns)
        asked[name] = sheet.unread
    return asked


# -- .csv ------------------------------------------------------------------------------------------


def _text_rows(path: Path) -> Iterator[list[Value]]:
    import csv

    encoding = _encoding(path)
    csv.field_size_limit(limits.MAX_CHARACTERS)
    try:
        with path.open(encoding=encoding, newline="") as file:
            separator = max(",\t;", key=file.readline(limits.MAX_FILE_BYTES).count)
        with path.open(encoding=encoding, newline="") as file:
            table = csv.reader(file, delimiter=separator)
            try:
                for row in table:
                    yield list(row)
            except csv.Error as error:
                if "field limit" in str(error):
                    raise Refused(
                        mark(
                            "{name}, line {line}: a text has more than {count} characters. "
                            "Is a quotation mark missing?"
                        ),
                        line=table.line_num, count=limits.MAX_CHARACTERS,
                    ) from error  # fmt: skip
                raise damaged() from error
    except OSError as error:
        raise _unreadable(error) from error


def _encoding(path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                while text := file.read(1 << 20):
                    if "\x00" in text:
                        raise no_workbook()
        except UnicodeDecodeError:
            continue
        except OSError as error:
            raise _unreadable(error) from error
        return encoding
    raise Refused(mark("{name} is neither UTF-8 nor GB18030 text."))


def _check_extent(sheet: str, rows: int, columns: int) -> None:
    if rows > limits.MAX_ROWS or columns > limits.MAX_COLUMNS or rows * columns > limits.MAX_CELLS:
        raise too_many(sheet, rows, columns)


def _locked() -> Refused:
    return Refused(mark("{name} is protected by a password: save it without one."))


def _unreadable(error: OSError | ValueError) -> Refused:
    cause = getattr(error, "strerror", None) or str(error)
    return Refused(mark("{name} can't be read: {cause}."), cause=cause)

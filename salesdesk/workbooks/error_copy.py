"""A copy of a workbook's data with the wrong cells marked and explained.

The user's own file is never touched: the values of its visible sheets go into a new workbook,
wrong cells are red, carry the cause as a comment, and are listed on a first sheet.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from openpyxl.comments import Comment

from salesdesk.text import _
from salesdesk.workbooks.quota_comparison import CellError
from salesdesk.workbooks.reader import Sheet, Value, cell_name, read_workbook
from salesdesk.workbooks.writer import Book, Look

_PLAIN = Look()
_WRONG = Look(fill="error")
_HEAD = Look(fill="head", bold=True)


def write_error_copy(source: Path, errors: Iterable[CellError], path: Path) -> None:
    """Write the copy to ``path``. Raises WorkbookError when either file can't be used."""
    causes: dict[tuple[str, str], str] = {}
    for error in errors:
        key = (error.sheet, error.cell)
        causes[key] = f"{causes[key]} {error.cause}" if key in causes else error.cause
    book = Book(source.name)
    summary = book.sheet(_("Errors"))
    summary.row(1, [_("Sheet"), _("Cell"), _("Cause")], _HEAD)
    for number, ((sheet_name, cell), cause) in enumerate(causes.items(), 2):
        summary.row(number, [sheet_name, cell, cause], _PLAIN)
    summary.widths([24, 10, 90])
    for sheet in read_workbook(source):
        if sheet.visible:
            _copy(book, sheet, causes)
    book.save(path)


def _copy(book: Book, sheet: Sheet, causes: dict[tuple[str, str], str]) -> None:
    writer = book.sheet(sheet.name)
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            cause = causes.get((sheet.name, cell_name(row, column)))
            if value == "" and cause is None:
                continue
            writer.put(row + 1, column + 1, _written(value), _WRONG if cause else _PLAIN)
            if cause:
                comment = Comment(cause, "SalesDesk", width=320, height=80)
                writer.worksheet.cell(row + 1, column + 1).comment = comment
    writer.widths(dict.fromkeys(range(1, 60), 13))


def _written(value: Value) -> str | int | float | date | datetime | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return str(value)
    return value

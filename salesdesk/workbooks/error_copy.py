"""A copy of a workbook's data with the wrong cells marked and explained, to be corrected.

The user's own file is never touched: the values of its visible sheets go into a new workbook,
wrong cells are red, carry the cause as a comment, and are listed on a first sheet. The hidden sheet
goes along, so that the copy, corrected, comes back like the sheet itself. It is written row by row
and never stands in memory as a workbook: the sheet may be as large as the limits of reading let it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from salesdesk.errors import WorkbookError
from salesdesk.storage import files
from salesdesk.text import _, in_every_language, mark
from salesdesk.workbooks.quota_comparison import CellError
from salesdesk.workbooks.quota_headers import header_with_ids
from salesdesk.workbooks.quota_sent import is_hidden_sheet
from salesdesk.workbooks.reader import Sheet, Value, read_workbook, text_of
from salesdesk.workbooks.writer import FILLS, allowed_text, streamed

_HEADINGS = (mark("Sheet"), mark("Cell"), mark("Cause"))
_WIDTHS = (24, 10, 90)
#: Columns whose width is set; of more there is nothing to be read anyway.
_SHOWN = 60
#: What a cell holds as it is; anything else is written as text.
_AS_THEY_ARE = frozenset({str, int, float, date, datetime, time, timedelta})
#: By (sheet, cell).
Causes = Mapping[tuple[str, str], str]


def check_place(source: Path, path: Path) -> None:
    """Refuse to write the copy of ``source`` over ``source`` itself. Raises WorkbookError."""
    with suppress(OSError):
        if path.samefile(source):
            raise WorkbookError(
                _("{path} is the sheet itself: give the marked copy another name.").format(
                    path=path
                )
            )


def write_error_copy(source: Path, errors: Iterable[CellError], path: Path) -> None:
    """Write the copy to ``path``. Raises WorkbookError, WriteError."""
    check_place(source, path)
    causes: dict[tuple[str, str], str] = {}
    for error in errors:
        key = (error.sheet, error.cell)
        causes[key] = f"{causes[key]} {error.cause}" if key in causes else error.cause
    sheets = [sheet for sheet in read_workbook(source) if not is_error_list(sheet)]
    with files.written(path) as target, streamed(target) as book:
        book.properties.title, book.properties.creator = source.name, "SalesDesk"
        _list(book, causes, {sheet.name for sheet in sheets})
        for sheet in sheets:
            if sheet.visible or is_hidden_sheet(sheet):
                _copy(book, sheet, causes)


def is_error_list(sheet: Sheet) -> bool:
    """Whether a sheet is the list of errors that a marked copy begins with."""
    return all(
        text_of(sheet.cell(0, column)) in in_every_language(heading)
        for column, heading in enumerate(_HEADINGS)
    )


def _list(book: Workbook, causes: Causes, taken: set[str]) -> None:
    """The first sheet: every error with its place."""
    name, number = _("Errors"), 2
    while name.casefold() in {other.casefold() for other in taken}:
        name, number = f"{_('Errors')} {number}", number + 1
    worksheet: Any = book.create_sheet(name)
    for column, width in enumerate(_WIDTHS, 1):
        worksheet.column_dimensions[get_column_letter(column)].width = width
    head = [WriteOnlyCell(worksheet, _(heading)) for heading in _HEADINGS]
    for cell in head:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color=FILLS["head"])
    worksheet.append(head)
    for (sheet_name, cell_at), cause in causes.items():
        worksheet.append([_cell(worksheet, text, "") for text in (sheet_name, cell_at, cause)])


def _copy(book: Workbook, sheet: Sheet, causes: Causes) -> None:
    worksheet: Any = book.create_sheet(sheet.name)
    header = header_with_ids(sheet)
    if not sheet.visible:
        worksheet.sheet_state = "hidden"
    for column in range(1, _SHOWN):
        worksheet.column_dimensions[get_column_letter(column)].width = 13
    if header is not None and header.rid_column is not None:
        worksheet.column_dimensions[get_column_letter(header.rid_column + 1)].hidden = True
    wrong: dict[int, dict[int, str]] = {}
    for (name, cell), cause in causes.items():
        if name == sheet.name:
            row, column = coordinate_to_tuple(cell)
            wrong.setdefault(row - 1, {})[column - 1] = cause
    for row in range(max(len(sheet.rows), max(wrong, default=-1) + 1)):
        values = list(sheet.rows[row]) if row < len(sheet.rows) else []
        marked = wrong.get(row, {})
        values += [""] * (max(marked, default=-1) + 1 - len(values))
        worksheet.append(
            [_cell(worksheet, value, marked.get(column, "")) for column, value in enumerate(values)]
        )


def _cell(worksheet: Any, value: Value, cause: str) -> Any:
    """What goes into a cell; a text stays one, whatever sign it starts with."""
    if not cause and not isinstance(value, str) and type(value) in _AS_THEY_ARE:
        return value
    written = value if type(value) in _AS_THEY_ARE else str(value)
    if isinstance(written, str):
        written = allowed_text(written)
        if not cause and not written.startswith("="):
            return written or None
    cell: Any = WriteOnlyCell(worksheet, None)
    cell.value = None if written == "" else written
    if isinstance(written, str) and written:
        cell.data_type = "s"
    if cause:
        cell.fill = PatternFill("solid", start_color=FILLS["error"])
        cell.comment = Comment(cause, "SalesDesk", width=320, height=80)
    return cell

"""The list of customers as a workbook: one sheet, written page by page, so that 200,000 fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from salesdesk.customers import customers
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.storage import files
from salesdesk.text import _
from salesdesk.workbooks import paper
from salesdesk.workbooks.writer import DAY, FILLS, allowed_text, lay_out, streamed, use_own_font
from salesdesk.workspace import Workspace

#: Told how many of all customers are written; raises to cancel.
Progress = Callable[[int, int], None]
_PAGE = 2_000
_WIDTHS = (14, 24, 25, 12, 12, 7, 12, 12, 38, 30, 12, 12, 38, 12)
#: Where a printed page may begin: at the state, the note, the last contact.
_BREAKS = (7, 10, 12)
#: Texts of no more characters fit into every column.
_SHORT = 6
#: Points of a line, and how many lines a row shows at most: Excel takes no rows above 409 points.
_LINE_HEIGHT, _MOST_LINES = 15.0, 27
#: Cells that begin so would be taken for a formula.
_MARKS = "=+-@\t\r"


def write(
    workspace: Workspace,
    path: Path,
    wanted: CustomerFilter = CustomerFilter(),  # noqa: B008 - a frozen value
    *,
    progress: Progress = lambda done, of: None,
) -> int:
    """Write the customers of ``wanted`` that who works may see; how many. Raises WriteError."""
    with files.written(path) as target, streamed(target) as book:
        return _write(workspace, book, replace(wanted, seen_by=workspace.person_id), progress)


def _write(workspace: Workspace, book: Workbook, wanted: CustomerFilter, progress: Progress) -> int:
    use_own_font(book)
    sheet: Any = book.create_sheet(_("Customers"))
    # Room for the headings beside the arrows of the filter, too.
    widths = [
        max(width, paper.heading_width(text))
        for width, text in zip(_WIDTHS, _headings(), strict=True)
    ]
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B2"
    lay_out(sheet, paper.layout(widths, naming=1, breaks=_BREAKS), 1, 1)
    looks = _Looks(sheet, widths)
    total = workspace.read(customers.count, wanted)
    done, last = 0, None
    sheet.append([_heading(sheet, text) for text in _headings()])
    while True:
        page = workspace.read(customers.page, wanted, after=last, limit=_PAGE)
        for number, listed in enumerate(page, done + 2):
            cells, lines = looks.row(listed)
            if lines > 1:
                # Excel makes rows high enough by itself; LibreOffice and WPS don't always.
                sheet.row_dimensions[number].height = lines * _LINE_HEIGHT
            sheet.append(cells)
        sheet.row_dimensions.clear()  # they are written: 200,000 would fill the memory
        done += len(page)
        progress(min(done, total), total)
        if len(page) < _PAGE:
            break
        last = page[-1]
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_WIDTHS))}{done + 1}"
    return done


def _headings() -> list[str]:
    return [
        _("Name"), _("Company"), _("Phones"), _("Region"), _("Source"), _("Grade"), _("State"),
        _("Owner"), _("Needs"), _("Note"), _("Registered on"), _("Last contact"), _("Last words"),
        _("Next contact"),
    ]  # fmt: skip


class _Looks:
    """Makes cells; each look is registered once, not once a cell."""

    def __init__(self, sheet: Any, widths: Sequence[float]) -> None:
        self._sheet = sheet
        self._widths = list(widths)
        wrapped: Any = WriteOnlyCell(sheet)
        wrapped.alignment = Alignment(wrap_text=True, vertical="top")
        day: Any = WriteOnlyCell(sheet)
        day.number_format = DAY
        day.alignment = Alignment(vertical="top")
        self._wrapped, self._day_style = wrapped._style, day._style
        self._states = {code: _(words) for code, words in customers.STATES.items()}

    def row(self, listed: Customer) -> tuple[list[Any], int]:
        """A customer's cells, and how many lines they take."""
        texts = (
            listed.name, listed.company, listed.phones, listed.region, listed.source, listed.grade,
            self._states[listed.state], listed.owner_name, listed.needs, listed.note, "", "",
            listed.last_words,
        )  # fmt: skip
        lines = 1
        cells: list[Any] = []
        for text, width in zip(texts, self._widths, strict=False):
            if not text:
                cells.append(None)
            elif len(text) > _SHORT or text[0] in _MARKS:
                cells.append(self._text(text))
                # No sign takes more than two of a column's units.
                if 2 * len(text) >= width or "\n" in text:
                    lines = max(lines, paper.lines_of(text, width - 1))
            else:
                cells.append(allowed_text(text))
        if lines > 1:  # words without a look would stand at the foot of the row
            cells = [self._text(cell) if isinstance(cell, str) else cell for cell in cells]
        cells[10] = self._day(listed.registered_on)
        cells[11] = self._day(listed.last_contact_on)
        cells.append(self._day(listed.next_contact_on))
        return cells, min(lines, _MOST_LINES)

    def _text(self, text: str) -> Any:
        """A text that is none but a text, whatever it looks like.

        It wraps: on paper a long one would be cut at the next column.
        """
        cell: Any = WriteOnlyCell(self._sheet, allowed_text(text))
        cell.data_type = "s"
        cell._style = self._wrapped
        return cell

    def _day(self, day: date | None) -> Any:
        if day is None:
            return None
        cell: Any = WriteOnlyCell(self._sheet)
        cell._style = self._day_style
        cell._value, cell.data_type = day, "d"  # setting it would look up its format once more
        return cell


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(name="Microsoft YaHei", bold=True)
    cell.fill = PatternFill("solid", start_color=FILLS["head"])
    cell.alignment = Alignment(horizontal="center", vertical="center")
    return cell

"""The list of customers as a workbook: one sheet, written page by page, so that 200,000 fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from salesdesk.customers import customers
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.text import _
from salesdesk.workbooks.writer import DAY, FILLS, allowed_text, whole_file
from salesdesk.workspace import Workspace

#: Told how many of all customers are written; raises to cancel.
Progress = Callable[[int, int], None]
_PAGE = 2_000
_WIDTHS = (14, 24, 20, 12, 12, 7, 12, 12, 36, 30, 12, 12, 36, 12)
#: Cells that begin so would be taken for a formula.
_MARKS = "=+-@\t\r"


def write(
    workspace: Workspace,
    path: Path,
    wanted: CustomerFilter = CustomerFilter(),  # noqa: B008 - a frozen value
    *,
    progress: Progress = lambda done, of: None,
) -> int:
    """Write the customers of ``wanted`` that who works may see; how many. Raises WorkbookError."""
    wanted = replace(wanted, seen_by=workspace.person_id)
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_("Customers"))
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B2"
    sheet.append([_heading(sheet, text) for text in _headings()])
    total = workspace.read(customers.count, wanted)
    done, last = 0, None
    while True:
        page = workspace.read(customers.page, wanted, after=last, limit=_PAGE)
        for listed in page:
            sheet.append(_row(sheet, listed))
        done += len(page)
        progress(min(done, total), total)
        if len(page) < _PAGE:
            break
        last = page[-1]
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_WIDTHS))}{done + 1}"
    with whole_file(path) as target:
        book.save(target)
    return done


def _headings() -> list[str]:
    return [
        _("Name"), _("Company"), _("Phones"), _("Region"), _("Source"), _("Grade"), _("State"),
        _("Owner"), _("Needs"), _("Note"), _("Registered on"), _("Last contact"), _("Last words"),
        _("Next contact"),
    ]  # fmt: skip


def _row(sheet: Any, listed: Customer) -> list[Any]:
    texts = (
        listed.name, listed.company, listed.phones, listed.region, listed.source, listed.grade,
        _(customers.STATES[listed.state]), listed.owner_name, listed.needs, listed.note,
    )  # fmt: skip
    return [
        *(_text(sheet, text) for text in texts),
        _day(sheet, listed.registered_on),
        _day(sheet, listed.last_contact_on),
        _text(sheet, listed.last_words),
        _day(sheet, listed.next_contact_on),
    ]


def _text(sheet: Any, text: str) -> Any:
    """A text as it can be written; one that looks like a formula or number stays a text."""
    if not text:
        return None
    if text[0] in _MARKS:
        cell = WriteOnlyCell(sheet, allowed_text(text))
        cell.data_type = "s"
        return cell
    return allowed_text(text)


def _day(sheet: Any, day: Any) -> Any:
    if day is None:
        return None
    cell = WriteOnlyCell(sheet, day)
    cell.number_format = DAY
    return cell


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(name="Microsoft YaHei", bold=True)
    cell.fill = PatternFill("solid", start_color=FILLS["head"])
    cell.alignment = Alignment(horizontal="center", vertical="center")
    return cell

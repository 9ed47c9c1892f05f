"""The records of a kind as a workbook: a sheet that can be filled in and read back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from salesdesk.calc.money import to_decimal
from salesdesk.records import records
from salesdesk.records import values as field_values
from salesdesk.records.kinds import Field, Kind
from salesdesk.records.records import Record, Wanted
from salesdesk.text import _
from salesdesk.workbooks.writer import AMOUNT, DAY, NUMBER, TEXT, WHOLE, Book, Look, Value
from salesdesk.workspace import Workspace

#: Empty lines below the records that look like those to be filled in.
_BLANK = 20
_HEAD = Look(fill="head", bold=True, align="center", wrap=True)
_KEY = Look(fill="computed")


@dataclass(frozen=True, slots=True)
class Heading:
    """What the columns of a sheet are called besides the fields."""

    number: str
    version: str


def headings() -> Heading:
    """The number of a record, and the version a sheet was written with."""
    return Heading(_("No."), _("Version"))


def heading(field: Field) -> str:
    """What a field's column is called, with the unit its numbers are in."""
    words = _(field.words)
    if field.type == "money":
        return _("{name} ({unit})").format(name=words, unit=_("yuan"))
    if field.unit:
        return _("{name} ({unit})").format(name=words, unit=_(field.unit))
    return words


def write(
    workspace: Workspace,
    kind: Kind,
    path: Path,
    wanted: Wanted = records.ALL,
    *,
    order: str = "",
    descending: bool = False,
) -> int:
    """Write the records that who works here may see; how many. Raises WriteError.

    A hidden column keeps each record's version, so that reading the sheet back notices what a
    colleague changed since. Empty lines below take new records.
    """
    actor_id = workspace.person_id
    fields = workspace.read(records.shown_fields, kind, actor_id)
    rows = workspace.read(
        records.page, kind, wanted, actor_id=actor_id, order=order, descending=descending
    )
    book = Book(_(kind.words))
    sheet = book.sheet(_(kind.words))
    last = len(fields) + 2
    sheet.row(1, [headings().number, *map(heading, fields), headings().version], _HEAD)
    for number, record in enumerate(rows, 2):
        sheet.put(number, 1, record.id, _KEY)
        for column, field in enumerate(fields, 2):
            sheet.put(number, column, _value(field, record), _look(field, record))
        sheet.put(number, last, record.version, _KEY)
    for number in range(len(rows) + 2, len(rows) + 2 + _BLANK):
        sheet.put(number, 1, None, _KEY)
        for column, field in enumerate(fields, 2):
            sheet.put(number, column, None, _look(field, None))
    sheet.widths([7, *(max(10, field.width / 8) for field in fields), 8])
    sheet.hide_column(last)
    sheet.page(1, len(rows) + 1, last - 1, frozen_columns=1)
    book.save(path)
    return len(rows)


def _value(field: Field, one: Record) -> Value:
    value: Any = one.values.get(field.name)
    if value is None:
        return None
    if field.is_number:
        return _number(field, one, value)
    if field.type in ("day", "last_day"):
        return field_values.shown_day(field, value)
    if field.type == "customer":
        return f"{value} {one.text(field)}"  # several may be called the same
    return one.text(field) or None


def _number(field: Field, one: Record, value: int) -> Decimal:
    return to_decimal(value, one.digits.get(field.name, field.decimals))


def _look(field: Field, one: Record | None) -> Look:
    if field.type in ("day", "last_day"):
        return Look(fill="input", format=DAY)
    if not field.is_number:
        return Look(fill="input", format=TEXT, wrap=True)
    if field.digits_of:
        return Look(fill="input", format=NUMBER)
    return Look(fill="input", format=(WHOLE, NUMBER, AMOUNT)[min(2, field.decimals)])

"""Takes the records of a kind from a workbook: a preview first, then all of it or nothing.

Rows with a number change the record that has it, rows without one are new. A column that isn't
there stays as it is, an empty cell empties its field. What would be refused is found by trying:
the preview writes everything through the kind's own writers and takes it back again, so that a
sheet can do nothing that a form couldn't.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from salesdesk.errors import InputError, NotFoundError, SalesDeskError, WorkbookError
from salesdesk.office.names import name_key
from salesdesk.records import records
from salesdesk.records import values as field_values
from salesdesk.records.kinds import Field, Kind
from salesdesk.records.records import Record
from salesdesk.records.values import FieldError
from salesdesk.text import _, joined, ngettext
from salesdesk.workbooks import record_list
from salesdesk.workbooks.quota_comparison import CellError
from salesdesk.workbooks.reader import Progress, Sheet, Value, cell_name, read_workbook, text_of
from salesdesk.workspace import Change, Workspace

#: The headings stand in one of the first so many rows.
_HEAD_ROWS = 10
#: Decimals that a cell's number is read with: what lies beyond is how computers keep fractions.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is new (``record`` is None) or changes a record.

    ``given`` are the values to be written, ``shown`` what they are as people read them: by the
    field's words (before, after).
    """

    number: int  # as the sheet counts, from 1
    record: Record | None
    given: Mapping[str, Any]
    shown: Mapping[str, tuple[str, str]]
    seen_version: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading a sheet would do: rows new and changed, and what is wrong with which cell."""

    kind: Kind
    path: Path
    sheet: str
    rows: Sequence[Row]
    same: int
    errors: Sequence[CellError]

    @property
    def new(self) -> int:
        """How many records it would add."""
        return sum(row.record is None for row in self.rows)

    @property
    def changed(self) -> int:
        """How many records it would change."""
        return len(self.rows) - self.new


class _TriedOutError(Exception):
    """Ends a change that was only tried: nothing of it is kept."""


@dataclass
class _Columns:
    """Which column holds what; -1 for none."""

    row: int
    number: int = -1
    version: int = -1
    fields: dict[str, int] = field(default_factory=dict)


def read(workspace: Workspace, kind: Kind, path: Path, progress: Progress | None = None) -> Preview:
    """What the workbook would do. Nothing is changed.

    ``progress`` as for ``read_workbook``. Raises WorkbookError when it can't be read or no sheet of
    it has the kind's headings.
    """
    fields = workspace.read(records.shown_fields, kind, workspace.person_id)
    for sheet in read_workbook(path, progress):
        columns = _columns(kind, fields, sheet) if sheet.visible else None
        if columns is not None:
            break
    else:
        raise WorkbookError(
            _("{name} has no sheet with the headings {headings}.").format(
                name=path.name,
                headings=joined(_(one.words) for one in fields if one.needed),
            )
        )
    reading = _Reading(kind, fields, sheet, columns)
    workspace.read(reading.read, workspace.person_id)
    if reading.rows:
        _try_out(workspace, reading)
    reading.errors.sort(key=lambda error: reading.places[error.cell])
    return Preview(kind, path, sheet.name, reading.rows, reading.same, reading.errors)


def take(workspace: Workspace, preview: Preview) -> None:
    """Write everything that the preview shows, in one change.

    Raises InputError when something in it is wrong, ConflictError when a colleague changed one of
    the records meanwhile; nothing is changed then.
    """
    if preview.errors:
        raise InputError(first_error(preview))
    words = _("{kind} from Excel: {new} new, {changed} changed").format(
        kind=_(preview.kind.words), new=preview.new, changed=preview.changed
    )
    with workspace.change(words) as change:
        change.describe(words)
        for row in preview.rows:
            _write(change, preview.kind, row)


def first_error(preview: Preview) -> str:
    """The first thing that is wrong, with its cell, and how many there are."""
    error = preview.errors[0]
    count = len(preview.errors)
    return ngettext(
        "Nothing was taken from {name}: {sheet}, cell {cell}: {cause}",
        "Nothing was taken from {name}: {count} cells are wrong. {sheet}, cell {cell}: {cause}",
        count,
    ).format(
        name=preview.path.name, count=count, sheet=error.sheet, cell=error.cell, cause=error.cause
    )


def _columns(kind: Kind, fields: Sequence[Field], sheet: Sheet) -> _Columns | None:
    """Where the headings stand; None when those of needed fields don't stand in one row."""
    known: dict[str, str] = {}
    for one in fields:
        for words in (one.words, _(one.words), record_list.heading(one)):
            known[name_key(words)] = one.name
    own = record_list.headings()
    for row in range(min(_HEAD_ROWS, len(sheet.rows))):
        columns = _Columns(row)
        for place, value in enumerate(sheet.rows[row]):
            key = name_key(text_of(value))
            if key == name_key(own.number):
                columns.number = place
            elif key == name_key(own.version):
                columns.version = place
            elif key in known:
                if known[key] in columns.fields:
                    raise WorkbookError(
                        _("The heading {name} appears twice in sheet {sheet}.").format(
                            name=text_of(value), sheet=sheet.name
                        )
                    )
                columns.fields[known[key]] = place
        needed = {one.name for one in fields if one.needed}
        # Rows that only change records need no more than their number and what is to change.
        if columns.fields and (columns.number >= 0 or needed <= set(columns.fields)):
            return columns
    return None


class _Reading:
    """Reads the rows of one sheet, gathering what is wrong."""

    def __init__(
        self, kind: Kind, fields: Sequence[Field], sheet: Sheet, columns: _Columns
    ) -> None:
        self.kind, self.sheet, self.columns = kind, sheet, columns
        self.fields = [one for one in fields if one.name in columns.fields]
        self.missing = [one for one in fields if one.needed and one.name not in columns.fields]
        self.rows: list[Row] = []
        self.same = 0
        self.errors: list[CellError] = []
        self.places: dict[str, tuple[int, int]] = {}
        self._numbers: dict[int, int] = {}

    def read(self, db: Connection, actor_id: int | None) -> None:
        """Read every row that isn't empty."""
        for row in range(self.columns.row + 1, len(self.sheet.rows)):
            places = (self.columns.number, *self.columns.fields.values())
            if any(text_of(self.sheet.cell(row, place)) for place in places if place >= 0):
                self._read_row(db, row, actor_id)

    def wrong(self, row: int, name: str, cause: str) -> None:
        """Note that a cell is wrong; of a field without a column the row's number is blamed."""
        column = self.columns.fields.get(name, max(self.columns.number, 0))
        cell = cell_name(row, column)
        self.places[cell] = (row, column)
        self.errors.append(CellError(self.sheet.name, cell, cause))

    def _read_row(self, db: Connection, row: int, actor_id: int | None) -> None:
        before = len(self.errors)
        record = self._record(db, row, actor_id)
        given, after = self._given(db, row, record)
        if len(self.errors) > before:
            return
        if record is None:
            for one in self.missing:
                self.wrong(row, one.name, _("{field} is missing.").format(field=_(one.words)))
            shown = {_(one.words): ("", after[one.name]) for one in self.fields if after[one.name]}
            if not self.missing:
                self.rows.append(Row(row + 1, None, given, shown, 0))
            return
        changed = {name: value for name, value in given.items() if value != record.values[name]}
        if not changed:
            self.same += 1
            return
        shown = {
            _(one.words): (record.text(one), after[one.name])
            for one in self.fields
            if one.name in changed
        }
        seen = self._whole_number(row, self.columns.version)
        self.rows.append(Row(row + 1, record, changed, shown, seen or record.version))

    def _record(self, db: Connection, row: int, actor_id: int | None) -> Record | None:
        """The record a row changes, None for a new one or a number that is wrong."""
        written = text_of(self.sheet.cell(row, self.columns.number))
        if self.columns.number < 0 or not written:
            return None
        number = self._whole_number(row, self.columns.number)
        if number is None:
            self.wrong(row, "", _("“{text}” is no record's number.").format(text=written[:40]))
            return None
        if number in self._numbers:
            self.wrong(
                row, "",
                _("Number {id} is in row {row} already.").format(
                    id=number, row=self._numbers[number]
                ),
            )  # fmt: skip
            return None
        self._numbers[number] = row + 1
        try:
            return records.record(db, self.kind, number, actor_id=actor_id)
        except NotFoundError as error:
            self.wrong(row, "", error.message)
            return None

    def _whole_number(self, row: int, column: int) -> int | None:
        written = text_of(self.sheet.cell(row, column)) if column >= 0 else ""
        whole = written.isascii() and written.isdigit() and len(written) < 11
        return int(written) if whole else None

    def _given(
        self, db: Connection, row: int, record: Record | None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The values of a row's cells, and how they read.

        Numbers come after the measures whose decimals they have.
        """
        given: dict[str, Any] = {}
        after: dict[str, str] = {}
        for one in sorted(self.fields, key=lambda one: bool(one.digits_of)):
            typed = _typed(self.sheet.cell(row, self.columns.fields[one.name]))
            digits = None
            if one.digits_of:
                stored = None if record is None else record.values.get(one.digits_of)
                measure_id = given.get(one.digits_of, stored)
                digits = field_values.digits_of_measure(db, measure_id)
            try:
                value = field_values.parse(db, one, typed, digits=digits)
            except FieldError as error:
                self.wrong(row, one.name, error.message)
                continue
            given[one.name] = value
            after[one.name] = field_values.text(one, value, name=typed, digits=digits)
        return given, after


def _typed(value: Value) -> str:
    """A cell as a person would have typed it."""
    if isinstance(value, float):
        return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    written = text_of(value)
    # A day's cell may carry a time of midnight.
    return written.removesuffix("T00:00:00")


def _try_out(workspace: Workspace, reading: _Reading) -> None:
    """Write each row through its writers, note what is refused, and take all of it back."""
    try:
        with workspace.change("") as change:
            for row in reading.rows:
                try:
                    _write(change, reading.kind, row)
                except SalesDeskError as error:
                    blamed = error.field if isinstance(error, FieldError) else ""
                    reading.wrong(row.number - 1, blamed, error.message)
            raise _TriedOutError
    except _TriedOutError:
        return


def _write(change: Change, kind: Kind, row: Row) -> None:
    if row.record is None:
        records.enter(change, kind, row.given)
    else:
        records.alter(change, kind, row.record.id, row.given, seen_version=row.seen_version)

"""The quota sheet back: every cell compared three ways, nothing written before it is accepted.

base (what went out) / sheet (what came back) / office (what is there now) make each cell
unchanged, changed in the sheet, marked to be deleted, changed in the office, or a conflict. An
emptied cell is unchanged. ``quota_finding`` finds the sheets, ``quota_rows`` whose their rows are,
``quota_cells`` reads a cell, ``quota_doubts`` sees figures that can't be meant, ``quota_taking``
takes over what is accepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from salesdesk.errors import InputError
from salesdesk.planning.places import person
from salesdesk.text import _
from salesdesk.workbooks import quota_doubts, quota_finding
from salesdesk.workbooks.quota_as_sent import AsSent
from salesdesk.workbooks.quota_cells import (
    UNITS,
    check_read,
    nothing,
    same,
    says_delete,
    slot_of,
    value_of,
)
from salesdesk.workbooks.quota_comparison import (
    CellError,
    Comparison,
    Difference,
    Notice,
    OddRow,
)
from salesdesk.workbooks.quota_finding import Table
from salesdesk.workbooks.quota_layout import RowKey, Slot
from salesdesk.workbooks.quota_office import OfficeNow
from salesdesk.workbooks.quota_rows import Rows
from salesdesk.workbooks.quota_sent import Base
from salesdesk.workbooks.reader import Progress, Value, cell_name, read_workbook, text_of


def compare(
    db: Connection,
    path: Path,
    progress: Progress | None = None,
    *,
    unit: str = "yuan",
    person_id: int | None = None,
) -> Comparison:
    """Compare a quota sheet that came back with what went out and with the office.

    Changes nothing. ``progress`` as for ``read_workbook``; ``unit`` is what amounts were filled in
    in, where the sheet doesn't say ("yuan", or "wan" for 万元); ``person_id`` is at work (closed
    months bind whoever is named). Raises WorkbookError when the file is no workbook, holds no
    quota sheet that can be taken, is of another office, or its plan is gone; InputError for a unit
    that is none.
    """
    if unit not in UNITS:
        raise InputError(_("{unit} isn't a unit of amounts.").format(unit=unit))
    finding = quota_finding.find(db, read_workbook(path, progress), path.name)
    office = OfficeNow(db, finding.plan_id, closed_for=person_id)
    result = Comparison(finding.plan_id, office.plan.title, finding.export_id, unit)
    result.errors += finding.errors
    result.notices += finding.notices
    parts: dict[str, list[tuple[Table, Comparison]]] = {}
    for table in finding.tables:
        part = _TableComparer(table, office, unit).run()
        parts.setdefault(table.block.code, []).append((table, part))
    for same_block in parts.values():
        _add(result, _that_counts(same_block, result.notices))
    return result


def _that_counts(parts: Sequence[tuple[Table, Comparison]], notices: list[Notice]) -> Comparison:
    """Of the sheets that hold one block, the one whose figures count.

    A copy kept beside the original says nothing of its own: it is told and left out. Two that were
    both changed, and differently, are refused, since nobody can tell which is the last word.
    """
    table, part = parts[0]
    for other_table, other in parts[1:]:
        mine, theirs = _said(part), _said(other)
        names = {"sheet": other_table.sheet.name, "other": table.sheet.name}
        if theirs == mine or not theirs:
            words = _("It says nothing that the sheet {other} doesn't say.")
            notices.append(Notice("not_taken", names["sheet"], "", words.format(**names)))
        elif not mine:
            words = _("Nothing is changed in it: the sheet {other} is taken.").format(
                other=names["sheet"]
            )
            notices.append(Notice("not_taken", names["other"], "", words))
            table, part = other_table, other
        else:
            refused = Comparison(part.plan_id, part.plan_title, part.export_id, part.unit)
            differing = {key for key in mine | theirs if mine.get(key) != theirs.get(key)}
            cells = sorted(
                (d.sheet, d.cell)
                for each in (part, other)
                for d in (*each.changed, *each.deletions, *each.conflicts)
                if (d.row, d.slot) in differing
            )
            cause = _(
                "The sheets {sheet} and {other} are of one block and say different things: "
                "delete the one that doesn't count."
            ).format(**names)
            refused.errors = [CellError(sheet, cell, cause) for sheet, cell in cells] or [
                CellError(names["sheet"], cell_name(other_table.header.row, 0), cause)
            ]
            return refused
    return part


def _said(part: Comparison) -> dict[tuple[RowKey, Slot] | tuple[str, str], object]:
    """What a sheet says other than what went out, its wrong cells included."""
    said: dict[tuple[RowKey, Slot] | tuple[str, str], object] = {
        (difference.row, difference.slot): difference.sheet_value
        for difference in (*part.changed, *part.deletions, *part.conflicts)
    }
    said.update({(error.cell, error.cause): "" for error in part.errors})
    return said


def _add(result: Comparison, part: Comparison) -> None:
    result.changed += part.changed
    result.deletions += part.deletions
    result.office_changed += part.office_changed
    result.conflicts += part.conflicts
    result.errors += part.errors
    result.new_rows += part.new_rows
    result.missing_rows += part.missing_rows
    result.notices += part.notices


class _TableComparer:
    """One sheet being compared."""

    def __init__(self, table: Table, office: OfficeNow, unit: str) -> None:
        self.table, self.office, self.unit = table, office, unit
        self.measures = office.measures
        self.slots = [slot_of(key) for key in table.block.keys]
        self.result = Comparison(office.plan.id, office.plan.title, table.sent.export_id, unit)
        slots = [self.slots[place] for _column, place in table.columns.inputs]
        #: Columns of one target: a plan of one month has its month and its whole period twice.
        self.twins = {
            slot: [column for column, place in table.columns.inputs if self.slots[place] == slot]
            for slot in slots
            if slots.count(slot) > 1
        }

    def run(self) -> Comparison:
        """Compare every row."""
        table = self.table
        tiers = list(dict.fromkeys((slot.measure_id, slot.tier) for slot in self.slots))
        inputs = [
            (column, place, slot)
            for column, place in table.columns.inputs
            for slot in [self.slots[place]]
            if self.twins.get(slot, [column])[0] == column
        ]
        as_sent = AsSent(
            table, self.slots, self.measures, [(column, place) for column, place, _slot in inputs]
        )
        order: dict[int, RowKey] = {}
        for row, key, new in Rows(table, self.office, self.result).held():
            order[row] = key
            if new:
                self.result.new_rows.append(
                    OddRow(
                        table.sheet.name,
                        row + 1,
                        self.office.person_names[key.person_id],
                        self.office.product_names.get(key.product_id or 0, ""),
                    )
                )
            who = person(key.person_id, key.product_id)
            base_row = table.block.rows.get(key.rid, ())
            any_locked = any(self.office.held(*tier, who).locked for tier in tiers)
            if not self.twins and as_sent.holds(row, base_row, self.office, who):
                continue
            wanted: dict[Slot, Base] = {}
            before = self._count()
            for column, place, slot in inputs:
                base = base_row[place] if place < len(base_row) else nothing(slot)
                try:
                    value = (
                        base
                        if self._as_it_went_out(row, column, slot, base)
                        else self._said_at(row, column, slot, base)
                    )
                except InputError as error:
                    for wrong in self.twins.get(slot, [column]):
                        self._error(row, wrong, error.message)
                    continue
                wanted[slot] = value
                if not same(value, self.office.value(slot, who)):
                    self._difference(row, column, key, slot, base, value)
            if any_locked:
                self._check_locked_sums(row, key, wanted)
            if self._count() != before:
                self._tell_left_or_moved(row, key)
        self.result.notices += quota_doubts.doubts(
            table.sheet.name, table.block, self.slots, [order[row] for row in sorted(order)],
            self.result, self._expected,
        )  # fmt: skip
        return self.result

    def _expected(self, difference: Difference) -> int | None:
        row = difference.row
        return self.office.expected(difference.slot, person(row.person_id, row.product_id))

    def _as_it_went_out(self, row: int, column: int, slot: Slot, base: Base) -> bool:
        """Whether a target's figure is what went out, which spares reading it exactly."""
        raw = self.table.sheet.cell(row, column)
        return (
            type(raw) is float
            and isinstance(base, int)
            and raw == base / 10 ** self.measures[slot.measure_id].digits
            and not self.twins
        )

    # -- what a cell says --------------------------------------------------------------------------

    def _said_at(self, row: int, column: int, slot: Slot, base: Base) -> Base:
        """What a row says of a slot. Raises InputError when that is nothing it can be."""
        columns = self.twins.get(slot, [column])
        said = {
            at: self._came_back(row, at, slot, base)
            for at in columns
            if len(columns) == 1 or text_of(self.table.sheet.cell(row, at))
        }
        values = list(said.values())
        if any(not same(value, values[0]) for value in values[1:]):
            first, other = (cell_name(row, at) for at in columns[:2])
            raise InputError(
                _("{first} and {other} are the same target and say different things.").format(
                    first=first, other=other
                )
            )
        return values[0] if values else base

    def _came_back(self, row: int, column: int, slot: Slot, base: Base) -> Base:
        raw = self.table.sheet.cell(row, column)
        if raw == "":
            check_read(self.table.sheet, row, column)
        if not text_of(raw):
            return base
        if slot.field and same(text_of(raw), base):
            return base
        if says_delete(raw):
            return nothing(slot)
        return self._read(raw, slot, base)

    def _read(self, raw: Value, slot: Slot, base: Base) -> Base:
        measure = self.measures[slot.measure_id]
        if self.unit == "yuan" or not measure.is_money:
            return value_of(raw, slot, measure)
        try:
            if value_of(raw, slot, measure) == base:
                return base  # as it went out, in yuan
        except InputError:
            pass  # 2.2434 are no yuan, but they are 万元
        return value_of(raw, slot, measure, self.unit)

    # -- what follows from it ----------------------------------------------------------------------

    def _difference(
        self, row: int, column: int, key: RowKey, slot: Slot, base: Base, value: Base
    ) -> None:
        who = person(key.person_id, key.product_id)
        now = self.office.value(slot, who)
        if not same(value, base):
            if self.office.locked(slot, who):
                self._error(row, column, _("This cell is locked in the plan."))
                return
            if self.office.in_closed_month(slot):
                cause = _("{period} is closed: its targets stay as they were reported.")
                self._error(row, column, cause.format(period=slot.period.label))
                return
        difference = Difference(
            self.table.sheet.name,
            cell_name(row, column),
            key,
            slot,
            self.office.person_names[key.person_id],
            self.office.product_names.get(key.product_id or 0, ""),
            self.measures[slot.measure_id],
            base,
            value,
            now,
        )
        if same(value, base):
            self.result.office_changed.append(difference)
        elif not same(now, base):
            self.result.conflicts.append(difference)
        elif difference.is_deletion:
            self.result.deletions.append(difference)
        else:
            self.result.changed.append(difference)

    def _check_locked_sums(self, row: int, key: RowKey, wanted: Mapping[Slot, Base]) -> None:
        """A whole smaller than what is locked of it can never be split."""
        who = person(key.person_id, key.product_id)
        base = dict(zip(self.slots, self.table.block.rows.get(key.rid, ()), strict=False))
        for slot, value in wanted.items():
            if slot.field or not isinstance(value, int) or slot.period.kind == "week":
                continue
            if value in (base.get(slot), self.office.value(slot, who)):
                continue  # what the sheet didn't change is no fault of it
            locked = [
                int(self.office.value(other, who) or 0)
                for other in wanted
                if (other.measure_id, other.tier) == (slot.measure_id, slot.tier)
                and other.period != slot.period
                and other.period.start in slot.period
                and self.office.locked(other, who)
            ]
            if locked and value < sum(locked):
                column = next(
                    at for at, place in self.table.columns.inputs if self.slots[place] == slot
                )
                measure = self.measures[slot.measure_id]
                cause = _("{value} is below the {locked} that are locked of it.").format(
                    value=measure.format(value), locked=measure.format(sum(locked))
                )
                self._error(row, column, cause)

    def _tell_left_or_moved(self, row: int, key: RowKey) -> None:
        """Say of a row with news that its person has left, or is in another team by now."""
        someone = self.office.people[key.person_id]
        naming = self.table.columns.naming
        cell = cell_name(row, naming.get("person", 0))
        team = text_of(self.table.sheet.cell(row, naming["team"])) if "team" in naming else ""
        if not someone.active or someone.left_on is not None:
            words = _("{name} has left: the figures are taken all the same.")
        elif team in self.office.team_names and team != someone.team_name:
            words = _("{name} is no longer in {team}: the figures are taken all the same.")
        else:
            return
        words = words.format(name=someone.name, team=team)
        self.result.notices.append(Notice("told", self.table.sheet.name, cell, words))

    def _count(self) -> int:
        result = self.result
        return len(result.changed) + len(result.deletions) + len(result.conflicts)

    def _error(self, row: int, column: int, cause: str) -> None:
        self.result.errors.append(CellError(self.table.sheet.name, cell_name(row, column), cause))

"""The quota sheet back: every cell compared three ways, nothing written before it is accepted.

base (what went out) / sheet (what came back) / office (what is there now) make each cell
unchanged, changed in the sheet, changed in the office, or a conflict. Rows are found by their
hidden id, else by the names that stand in them; columns by their heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

from salesdesk.calc.money import parse_number
from salesdesk.calc.periods import Period, containing
from salesdesk.errors import ConflictError, InputError, WorkbookError
from salesdesk.office import measures, people, settings
from salesdesk.office.names import name_key
from salesdesk.planning import plans, remarks, target_rules, targets
from salesdesk.planning.places import Place, Who, person
from salesdesk.sales import products
from salesdesk.storage.history import Change
from salesdesk.text import _
from salesdesk.workbooks import quota_sent
from salesdesk.workbooks.quota_comparison import CellError, Comparison, Difference, OddRow
from salesdesk.workbooks.quota_layout import RID, RowKey, Slot, heading_key, row_key
from salesdesk.workbooks.quota_sent import Base, Sent, SentBlock
from salesdesk.workbooks.reader import (
    Progress,
    Sheet,
    Value,
    cell_name,
    read_workbook,
    text_of,
)
from salesdesk.workbooks.writer import allowed_text

Keep = Literal["sheet", "office"]


def compare(db: Connection, path: Path, progress: Progress | None = None) -> Comparison:
    """Compare a quota sheet that came back with what went out and with the office.

    Changes nothing. ``progress`` as for ``read_workbook``. Raises WorkbookError when the file is no
    workbook, no quota sheet, one of another office, or one whose plan is gone.
    """
    sheets = read_workbook(path, progress)
    sent = _sent(db, sheets, path.name)
    return _Comparer(db, path, sheets, sent).run()


def apply(
    change: Change,
    comparison: Comparison,
    *,
    keep: Keep = "office",
    choices: Mapping[tuple[str, str], Keep] | None = None,
    leave_out: frozenset[tuple[str, str]] = frozenset(),
) -> int:
    """Write the accepted differences; how many cells changed.

    ``keep`` settles conflicts, ``choices`` single ones, ``leave_out`` drops differences; both by
    (sheet, cell). Raises InputError while there are errors, and ConflictError when the office
    changed since the comparison.
    """
    if comparison.errors:
        raise InputError(
            _("{count} cells are wrong: nothing was taken over.").format(
                count=len(comparison.errors)
            )
        )
    differences = [
        difference
        for difference in comparison.changed
        if (difference.sheet, difference.cell) not in leave_out
    ] + [
        difference
        for difference in comparison.conflicts
        if (choices or {}).get((difference.sheet, difference.cell), keep) == "sheet"
    ]
    office = _Office(change.connection, comparison.plan_id)
    for difference in differences:
        if office.value(difference.slot, difference.place.who) != difference.office_value:
            raise ConflictError(
                _("{person}, {period}: changed in the office meanwhile. Compare again.").format(
                    person=difference.person, period=difference.slot.period.label
                )
            )
    by_target: dict[tuple[int, str], dict[Place, int | None]] = {}
    by_remark: dict[int, dict[Place, remarks.Words]] = {}
    for difference in differences:
        if difference.slot.field:
            noted = by_remark.setdefault(difference.slot.measure_id, {})
            words = noted.get(difference.place, remarks.Words())
            noted[difference.place] = words._replace(
                **{difference.slot.field: str(difference.sheet_value or "")}
            )
        else:
            assert not isinstance(difference.sheet_value, str)
            key = (difference.slot.measure_id, difference.slot.tier)
            by_target.setdefault(key, {})[difference.place] = difference.sheet_value
    for (measure_id, tier), cells in by_target.items():
        targets.set_values(
            change, comparison.plan_id, measure_id, tier, cells,
            words=_("Quota sheet of {plan}: {what}"),
        )  # fmt: skip
    for measure_id, noted in by_remark.items():
        remarks.set_remarks(change, comparison.plan_id, measure_id, noted)
    return len(differences)


def _sent(db: Connection, sheets: Sequence[Sheet], name: str) -> Sent:
    """What went out: as the office remembers it, else as the workbook says."""
    carried = quota_sent.read_hidden(sheets, name)
    office_id = settings.read(db).office_id
    if carried.office_id != office_id:
        raise WorkbookError(_("{name} was sent out by another office.").format(name=name))
    sent = quota_sent.recall(db, carried.export_id, office_id) or carried.whole()
    if sent.plan_id not in {plan.id for plan in plans.plans(db)}:
        raise WorkbookError(
            _("The plan that {name} belongs to has been deleted.").format(name=name)
        )
    return sent


_NOTHING_HELD = targets.Held({}, set())


class _Office:
    """What is in the office now, read once."""

    def __init__(self, db: Connection, plan_id: int) -> None:
        self._db, self._plan_id = db, plan_id
        self._held: dict[tuple[int, str], dict[Who, targets.Held]] = {}
        self._words: dict[Period, dict[tuple[int, int, Who], remarks.Remark]] = {}

    def held(self, measure_id: int, tier: str, who: Who) -> targets.Held:
        """The plan's targets of a measure and tier that are ``who``'s."""
        key = (measure_id, tier)
        if key not in self._held:
            self._held[key] = targets.by_who(self._db, self._plan_id, measure_id, tier)
        return self._held[key].get(who, _NOTHING_HELD)

    def value(self, slot: Slot, who: Who) -> Base:
        """The value at a slot of a row."""
        if slot.field:
            if slot.period not in self._words:
                self._words[slot.period] = remarks.remarks(
                    self._db, slot.period, plan_id=self._plan_id
                )
            remark = self._words[slot.period].get((self._plan_id, slot.measure_id, who))
            return getattr(remark, slot.field) if remark else ""
        return self.held(slot.measure_id, slot.tier, who).values.get(slot.period)

    def locked(self, slot: Slot, who: Who) -> bool:
        """Whether the target is locked."""
        if slot.field:
            return False
        return slot.period in self.held(slot.measure_id, slot.tier, who).locked


@dataclass(frozen=True, slots=True)
class _Table:
    """A block found in a sheet: where its header stands and what its columns are."""

    sheet: Sheet
    block: SentBlock
    head: int
    rid_column: int
    naming: dict[str, int]
    inputs: list[tuple[int, int]]  # (column, place among the block's inputs)


class _Comparer:
    """One comparison under way."""

    def __init__(self, db: Connection, path: Path, sheets: Sequence[Sheet], sent: Sent) -> None:
        self.path, self.sheets, self.sent = path, sheets, sent
        self.office = _Office(db, sent.plan_id)
        self.measures = {
            measure.id: measure for measure in measures.measures(db, active_only=False)
        }
        everyone = people.people(db, active_only=False)
        self.person_names = {one.id: one.name for one in everyone}
        self.people = {name_key(one.name): one.id for one in everyone}
        everything = products.products(db, active_only=False)
        self.product_names = {product.id: product.name for product in everything}
        self.products = {name_key(product.name): product.id for product in everything}
        self.slots = {
            code: [_slot(key) for key in block.keys] for code, block in sent.blocks.items()
        }
        plan = plans.plan_by_id(db, sent.plan_id)
        self.result = Comparison(sent.plan_id, plan.title, sent.export_id)

    def run(self) -> Comparison:
        """Compare every block; a block no sheet holds counts as missing rows."""
        found: set[str] = set()
        for sheet in self.sheets:
            table = self._table(sheet)
            if table is None:
                continue
            if table.block.code in found:
                self._error(
                    sheet, table.head, table.rid_column,
                    _("This sheet is in the workbook twice."),
                )  # fmt: skip
                continue
            found.add(table.block.code)
            self._compare(table)
        if not found:
            raise WorkbookError(
                _(
                    "{name} has no sheet that SalesDesk sent out (the hidden column is gone)."
                ).format(name=self.path.name)
            )
        return self.result

    # -- finding -----------------------------------------------------------------------------------

    def _table(self, sheet: Sheet) -> _Table | None:
        for head, row in enumerate(sheet.rows[:60]):
            headings = [heading_key(text_of(value)) for value in row]
            if RID in headings:
                return self._described(sheet, head, headings)
        return None

    def _described(self, sheet: Sheet, head: int, headings: list[str]) -> _Table | None:
        rid_column = headings.index(RID)
        code = None
        for row in range(head + 1, len(sheet.rows)):
            key = row_key(text_of(sheet.cell(row, rid_column)))
            if key is not None and key.block in self.sent.blocks:
                code = key.block
                break
        if code is None:
            return None
        block = self.sent.blocks[code]
        naming = {
            role: headings.index(heading_key(text))
            for role, text in block.naming.items()
            if heading_key(text) in headings
        }
        inputs = []
        for place, text in enumerate(block.headings):
            if heading_key(text) in headings:
                inputs.append((headings.index(heading_key(text)), place))
            else:
                self.result.errors.append(
                    CellError(
                        sheet.name,
                        cell_name(head, 0),
                        _("The column “{heading}” is missing.").format(heading=text),
                    )
                )
        return _Table(sheet, block, head, rid_column, naming, inputs)

    def _rows(self, table: _Table) -> Iterator[tuple[int, RowKey, bool]]:
        """(row, whose it is, whether it is new) of each line that holds somebody's figures."""
        seen: dict[RowKey, int] = {}
        for row in range(table.head + 1, len(table.sheet.rows)):
            text = text_of(table.sheet.cell(row, table.rid_column))
            key = row_key(text) if text else None
            if text and (key is None or key.block != table.block.code):
                cause = _("“{text}” isn't a row of this sheet.").format(text=text[:40])
                self._error(table.sheet, row, table.rid_column, cause)
                continue
            new = key is None
            if key is None:
                key = self._named(table, row)
                if key is None:
                    continue
            elif not self._names_agree(table, row, key):
                continue
            if key in seen:
                self._error(
                    table.sheet,
                    row,
                    table.naming.get("person", 0),
                    _("{name} appears twice, in rows {first} and {second}.").format(
                        name=self._name(key), first=seen[key] + 1, second=row + 1
                    ),
                )
                continue
            seen[key] = row
            yield row, key, new and key.rid not in table.block.rows
        there = {key.rid for key in seen}
        for rid in table.block.rows:
            key = None if rid in there else row_key(rid)
            if key is not None:
                self.result.missing_rows.append(
                    OddRow(
                        table.sheet.name,
                        0,
                        self.person_names.get(key.person_id, ""),
                        self.product_names.get(key.product_id or 0, ""),
                    )
                )

    def _named(self, table: _Table, row: int) -> RowKey | None:
        """Whose a row without an id is, by its names; None for blank, comment and total rows."""
        column = table.naming.get("person")
        name = text_of(table.sheet.cell(row, column)) if column is not None else ""
        if column is None or not name:
            return None
        filled = any(text_of(table.sheet.cell(row, at)) for at, _place in table.inputs)
        person_id = self.people.get(name_key(name))
        if person_id is None:
            if filled:
                cause = _("Nobody in this office is called {name}.").format(name=name)
                self._error(table.sheet, row, column, cause)
            return None
        product_id = None
        if "product" in table.naming:
            product = text_of(table.sheet.cell(row, table.naming["product"]))
            product_id = self.products.get(name_key(product))
            if product_id is None:
                cause = _("There is no product called {name}.").format(name=product)
                self._error(table.sheet, row, table.naming["product"], cause)
                return None
        return RowKey(table.block.code, person_id, product_id)

    def _names_agree(self, table: _Table, row: int, key: RowKey) -> bool:
        """Whether the names in a row are those of its id.

        They differ when columns were sorted apart from each other.
        """
        for role, known in (
            ("person", self.person_names.get(key.person_id)),
            ("product", self.product_names.get(key.product_id or 0)),
        ):
            if role not in table.naming or (role == "product" and key.product_id is None):
                continue
            raw = table.sheet.cell(row, table.naming[role])
            if raw == known:
                continue
            text = text_of(raw)
            if known is None or name_key(text) != name_key(known):
                self._error(
                    table.sheet,
                    row,
                    table.naming[role],
                    _("The row belongs to {known}, but it says “{text}”.").format(
                        known=known or _("someone who is gone"), text=text
                    ),
                )
                return False
        return True

    # -- comparing ---------------------------------------------------------------------------------

    def _compare(self, table: _Table) -> None:
        slots = self.slots[table.block.code]
        tiers = list(dict.fromkeys((slot.measure_id, slot.tier) for slot in slots))
        inputs = [
            (column, place, slot, slot.period, tiers.index((slot.measure_id, slot.tier)),
             self._scale(slot))
            for column, place in table.inputs
            for slot in [slots[place]]
        ]  # fmt: skip
        for row, key, new in self._rows(table):
            if new:
                self.result.new_rows.append(
                    OddRow(
                        table.sheet.name,
                        row + 1,
                        self.person_names[key.person_id],
                        self.product_names.get(key.product_id or 0, ""),
                    )
                )
            who = person(key.person_id, key.product_id)
            base_row = table.block.rows.get(key.rid, ())
            line = table.sheet.rows[row]
            held = [self.office.held(*tier, who) for tier in tiers]
            any_locked = any(mine.locked for mine in held)
            now = [mine.values for mine in held]
            wanted: dict[Slot, Base] = {}
            for column, place, slot, period, tier, scale in inputs:
                base = base_row[place] if place < len(base_row) else _nothing(slot)
                raw = line[column] if column < len(line) else ""
                # Most cells come back as they went out: those need no look at what they mean.
                if scale and isinstance(base, int) and type(raw) is float and raw == base / scale:
                    if now[tier].get(period) != base:
                        self._difference(table, row, column, key, slot, base, base)
                    if any_locked:
                        wanted[slot] = base
                    continue
                try:
                    value = self._came_back(table, row, column, slot, base, raw)
                except InputError as error:
                    self._error(table.sheet, row, column, error.message)
                    continue
                wanted[slot] = value
                if not _same(value, self.office.value(slot, who)):
                    self._difference(table, row, column, key, slot, base, value)
            if any_locked:
                self._check_locked_sums(table, row, key, wanted)

    def _scale(self, slot: Slot) -> int:
        """What a target's stored value is divided by to be shown; 0 for a remark."""
        return 0 if slot.field else 10 ** self.measures[slot.measure_id].digits

    def _came_back(
        self, table: _Table, row: int, column: int, slot: Slot, base: Base, raw: Value
    ) -> Base:
        """What a cell says. Raises InputError when that is nothing a target or remark can be."""
        if raw == "":
            error = table.sheet.unread.get((row, column))
            if error == "":
                raise InputError(
                    _("The formula has no value: open and save the file in Excel first.")
                )
            if error is not None:
                raise InputError(_("The cell shows the error {error}.").format(error=error))
        return self._value(raw, slot)

    def _difference(
        self,
        table: _Table,
        row: int,
        column: int,
        key: RowKey,
        slot: Slot,
        base: Base,
        value: Base,
    ) -> None:
        who = person(key.person_id, key.product_id)
        now = self.office.value(slot, who)
        if not _same(value, base) and self.office.locked(slot, who):
            self._error(table.sheet, row, column, _("This cell is locked in the plan."))
            return
        difference = Difference(
            table.sheet.name,
            cell_name(row, column),
            key,
            slot,
            self.person_names[key.person_id],
            self.product_names.get(key.product_id or 0, ""),
            self.measures[slot.measure_id],
            base,
            value,
            now,
        )
        if _same(value, base):
            self.result.office_changed.append(difference)
        elif _same(now, base):
            self.result.changed.append(difference)
        else:
            self.result.conflicts.append(difference)

    def _check_locked_sums(
        self, table: _Table, row: int, key: RowKey, wanted: Mapping[Slot, Base]
    ) -> None:
        """A whole smaller than what is locked of it can never be split."""
        who = person(key.person_id, key.product_id)
        base = dict(
            zip(self.slots[table.block.code], table.block.rows.get(key.rid, ()), strict=False)
        )
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
                    at for at, place in table.inputs if self.slots[table.block.code][place] == slot
                )
                self._error(
                    table.sheet,
                    row,
                    column,
                    _("{value} is below the {locked} that are locked of it.").format(
                        value=self.measures[slot.measure_id].format(value),
                        locked=self.measures[slot.measure_id].format(sum(locked)),
                    ),
                )

    def _value(self, raw: Value, slot: Slot) -> Base:
        """The cell's value as stored. Raises InputError saying what is wrong with it."""
        if slot.field:
            return text_of(raw)
        measure = self.measures[slot.measure_id]
        if raw == "" or (isinstance(raw, str) and not raw.strip()):
            return None
        if isinstance(raw, bool | date) or not isinstance(raw, int | float | str):
            raise InputError(_("“{text}” is not a number.").format(text=text_of(raw)))
        if isinstance(raw, str):
            value = parse_number(raw, measure.digits)
        else:
            exact = Decimal(repr(raw)).scaleb(measure.digits)
            if not exact.is_finite():
                raise InputError(_("“{text}” is not a number.").format(text=raw))
            if abs(exact) >= target_rules.LARGEST:
                raise InputError(_too_large(raw))
            # A formula may leave 0.1 + 0.2 or a third of a yuan: what Excel shows counts. A count
            # of calls isn't rounded, since nobody means 3.5 of them.
            rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
            if measure.digits == 0 and abs(exact - rounded) > Decimal("1e-6"):
                raise InputError(_("“{text}” is not a whole number.").format(text=raw))
            value = int(rounded)
        target_rules.check_value(measure, value)
        return value

    def _name(self, key: RowKey) -> str:
        name = self.person_names.get(key.person_id, "")
        product = self.product_names.get(key.product_id or 0)
        return f"{name} / {product}" if product else name

    def _error(self, sheet: Sheet, row: int, column: int, cause: str) -> None:
        self.result.errors.append(CellError(sheet.name, cell_name(row, column), cause))


def _too_large(raw: Value) -> str:
    return _("{value} is too large for a target.").format(value=text_of(raw))


def _slot(key: str) -> Slot:
    measure_id, what, kind, start = key.split("/")
    period = containing(date.fromisoformat(start), kind)  # type: ignore[arg-type]
    if what in ("reason", "countermeasure"):
        return Slot(int(measure_id), "", period, what)
    return Slot(int(measure_id), what, period)


def _same(one: Base, other: Base) -> bool:
    """Whether two values are the same as far as a cell can hold them."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _as_held(one) == _as_held(other)
    return one == other


def _as_held(words: str) -> str:
    """Words as they come back from a cell: one kind of line end, no spaces around."""
    return text_of(allowed_text(words).replace("\r\n", "\n").replace("\r", "\n"))


def _nothing(slot: Slot) -> Base:
    return "" if slot.field else None

"""The quota sheet out: the yearly sheet of each measure, the sheet of a month, how to fill in.

Built from the database by the layout in :mod:`quota_layout`. Row sums and differences are formulas
of their own row, and the totals below add by team name, so that all of them survive a sort.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from openpyxl.utils import get_column_letter
from sqlalchemy import Connection

from salesdesk.calc.money import to_decimal
from salesdesk.calc.periods import (
    Period,
    containing,
    months_between,
    previous,
    same_last_year,
    weeks_of_month,
)
from salesdesk.errors import InputError
from salesdesk.office import measures, people, settings
from salesdesk.office.measures import Measure
from salesdesk.planning import plans, remarks, target_rules, targets
from salesdesk.planning.actuals import actuals
from salesdesk.planning.places import TIERS, Who, person
from salesdesk.sales import products
from salesdesk.text import _
from salesdesk.workbooks import quota_sent
from salesdesk.workbooks.quota_layout import (
    PROPERTY,
    Block,
    Column,
    RowKey,
    Slot,
    monthly_columns,
    yearly_columns,
)
from salesdesk.workbooks.quota_sent import Base, Sent
from salesdesk.workbooks.writer import (
    AMOUNT,
    NUMBER,
    PERCENT,
    TEXT,
    WHOLE,
    Book,
    Look,
    SheetWriter,
)
from salesdesk.workspace import Workspace

#: Told how many of all rows are written; raises to cancel.
Progress = Callable[[int, int], None]
_HEAD_ROW = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the sheet: a person and maybe a product."""

    person: people.Person
    product: products.Product | None

    def key(self, block: str) -> RowKey:
        """How the row is named within a block."""
        return RowKey(block, self.person.id, self.product.id if self.product else None)

    @property
    def who(self) -> Who:
        """Whose targets the row holds."""
        return person(self.person.id, self.product.id if self.product else None)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a workbook is written from, read in one state of the office."""

    plan: plans.Plan
    office: settings.Settings
    rows: Sequence[Row]
    blocks: Sequence[tuple[Block, Measure]]
    measures: Mapping[int, Measure]
    held: Mapping[tuple[int, str], Mapping[Who, targets.Held]]
    words: Mapping[tuple[int, int, Who], remarks.Remark]
    actual: Mapping[tuple[str, int | None, int | None], int]  # (what, person, product)


def export(
    workspace: Workspace,
    plan_id: int,
    path: Path,
    *,
    month: Period | None = None,
    measure_ids: Sequence[int] | None = None,
    tier: str = "assigned",
    with_products: bool = False,
    progress: Progress = lambda done, of: None,
) -> Sent:
    """Write the quota sheet of a plan to ``path`` and remember what went out.

    A yearly sheet for each of ``measure_ids`` (those the plan has targets for, else the amount),
    or with ``month`` the sheet of that month. ``tier`` is the one split over months and weeks.
    Raises NotFoundError, InputError (nobody to write to), WorkbookError (can't be written).
    """
    contents = workspace.read(
        gather, plan_id, month, measure_ids, tier, with_products=with_products
    )
    sent = Sent(
        str(uuid.uuid4()),
        contents.office.office_id,
        plan_id,
        contents.plan.revision,
        {block.code: _sent_block(contents, block) for block, _measure in contents.blocks},
    )
    _build(contents, sent, progress).save(path)
    with workspace.unrecorded() as change:
        quota_sent.remember(change, sent)
    return sent


def gather(
    db: Connection,
    plan_id: int,
    month: Period | None,
    measure_ids: Sequence[int] | None,
    tier: str,
    *,
    with_products: bool,
) -> Contents:
    """Read what a workbook is written from."""
    plan = plans.plan_by_id(db, plan_id)
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    used = [one for one, _tier in targets.measures_used(db, plan_id)]
    amount = measures.measure_with_code(db, "amount")
    wanted = list(dict.fromkeys(measure_ids or used or [amount.id]))
    rows = _rows(db, plan, with_products)
    if not rows:
        raise InputError(_("There is nobody the quota sheet could be sent to."))
    if month is None:
        blocks = [
            (_yearly_block(plan, known[one], tier, with_products), known[one]) for one in wanted
        ]
    else:
        if not (plan.period.start <= month.start and month.end <= plan.period.end):
            raise InputError(
                _("{month} isn't part of the plan {plan}.").format(
                    month=month.label, plan=plan.title
                )
            )
        blocks = [(_monthly_block(db, plan, month, amount, tier, with_products), amount)]
    slots = [slot for block, _measure in blocks for slot in block.slots]
    held = {
        key: targets.by_who(db, plan_id, *key)
        for key in dict.fromkeys((slot.measure_id, slot.tier) for slot in slots if slot.tier)
    }
    words = remarks.remarks(db, month, plan_id=plan_id) if month is not None else {}
    actual = _month_actuals(db, month, known, with_products) if month is not None else {}
    return Contents(plan, settings.read(db), rows, blocks, known, held, words, actual)


_NOTHING_HELD = targets.Held({}, set())


def current_value(contents: Contents, slot: Slot, who: Who) -> Base:
    """What the office has at a slot of a row: a target, a remark's text, or None."""
    if slot.field:
        remark = contents.words.get((contents.plan.id, slot.measure_id, who))
        return getattr(remark, slot.field) if remark else ""
    held = contents.held[slot.measure_id, slot.tier].get(who, _NOTHING_HELD)
    return held.values.get(slot.period)


# -- what it consists of ---------------------------------------------------------------------------


def _rows(db: Connection, plan: plans.Plan, with_products: bool) -> list[Row]:
    everyone = people.people(db)
    if plan.who.level == "person":
        chosen = [one for one in everyone if one.id == plan.who.person_id]
    elif plan.who.level == "team":
        chosen = [one for one in everyone if one.team_id == plan.who.team_id]
    else:
        chosen = [one for one in everyone if one.team_id is not None] or everyone
    if not with_products:
        return [Row(one, None) for one in chosen]
    sold = products.products(db)
    return [Row(one, product) for one in chosen for product in sold]


def _yearly_block(plan: plans.Plan, measure: Measure, tier: str, with_products: bool) -> Block:
    period = plan.period
    quarters: dict[Period, list[Period]] = {}
    for month in months_between(period.start, period.end):
        quarters.setdefault(containing(month.start, "quarter"), []).append(month)
    shown = [("assigned", _(TIERS["assigned"])), ("goal", _(TIERS["goal"]))]
    if tier == "stretch":
        shown.append(("stretch", _(TIERS["stretch"])))
    columns = yearly_columns(
        measure.id, period, list(quarters.items()), shown, tier, with_products=with_products
    )
    title = _("{period} sales plan: {measure} ({unit})").format(
        period=period.label, measure=measure.name, unit=measure.unit
    )
    return Block(f"Y.{measure.id}", title, columns)


def _monthly_block(
    db: Connection,
    plan: plans.Plan,
    month: Period,
    amount: Measure,
    tier: str,
    with_products: bool,
) -> Block:
    active = measures.measures(db)
    shown = [
        (measure.id, _("Target {measure} ({unit})").format(measure=measure.name, unit=measure.unit))
        for measure in active
        if measure.code in ("units", "amount", "profit")
    ]
    columns = monthly_columns(
        month,
        list(weeks_of_month(month.start.year, month.start.month)),
        shown,
        amount.id,
        tier,
        with_products=with_products,
    )
    title = _("{month} sales plan sheet").format(month=month.label)
    return Block(f"M.{month.month_key}", title, columns)


def _month_actuals(
    db: Connection, month: Period, known: Mapping[int, Measure], with_products: bool
) -> dict[tuple[str, int | None, int | None], int]:
    wanted = [
        measure
        for measure in known.values()
        if measure.code in ("amount", "contracts", "collections")
    ]
    code = {measure.id: measure.code for measure in wanted}
    found: dict[tuple[str, int | None, int | None], int] = {}
    for name, period in (
        ("actual", month),
        ("last_month", previous(month)),
        ("last_year", same_last_year(month)),
    ):
        rows = actuals(db, wanted, period.start, period.end, by_product=with_products)
        for key, value in rows.items():
            what = name if code[key.measure_id] == "amount" else code[key.measure_id]
            if name == "actual" or what == name:
                found[what, key.person_id, key.product_id] = value
    return found


def _sent_block(contents: Contents, block: Block) -> quota_sent.SentBlock:
    slots = block.slots
    rows = {}
    for row in contents.rows:
        who = row.who
        values = tuple(current_value(contents, slot, who) for slot in slots)
        rows[row.key(block.code).rid] = values
    return quota_sent.sent_block(block, rows)


# -- how it looks ----------------------------------------------------------------------------------


def _build(contents: Contents, sent: Sent, progress: Progress) -> Book:
    book = Book(contents.plan.title)
    book.property(PROPERTY, sent.export_id)
    total = len(contents.rows) * len(contents.blocks)
    for number, (block, measure) in enumerate(contents.blocks):
        name = block.title if block.code.startswith("M") else f"{measure.name}"
        sheet = book.sheet(_sheet_name(contents, block, name))
        _BlockWriter(contents, block, measure, sheet).write(
            partial(_advance, progress, number * len(contents.rows), total)
        )
    _write_help(book)
    quota_sent.write_hidden(book, sent)
    return book


def _advance(progress: Progress, before: int, total: int, done: int) -> None:
    progress(before + done, total)


def _sheet_name(contents: Contents, block: Block, measure_name: str) -> str:
    if block.code.startswith("M"):
        return _("{month} plan").format(month=block.slots[0].period.label_short)
    if len(contents.blocks) == 1:
        return _("Yearly plan")
    return _("Yearly plan {measure}").format(measure=measure_name)


class _Input:
    """An input column: its slot, the targets that stand in it, and how its cells look."""

    def __init__(self, contents: Contents, slot: Slot) -> None:
        self.slot = slot
        self.measure = contents.measures[slot.measure_id]
        self.held = contents.held.get((slot.measure_id, slot.tier), {})
        self.look = _look(self.measure, "input")
        self.locked = _look(self.measure, "locked")


class _BlockWriter:
    """Writes one sheet.

    What is the same in every row (letters, looks, which columns a formula adds) is found once; what
    the totals show is added up while the rows are written.
    """

    def __init__(
        self, contents: Contents, block: Block, measure: Measure, sheet: SheetWriter
    ) -> None:
        self.contents, self.block, self.measure, self.sheet = contents, block, measure, sheet
        self.columns = list(enumerate(block.columns, 1))
        self.first = _HEAD_ROW + 1
        self.last = _HEAD_ROW + len(contents.rows)
        self.inputs = {
            column: _Input(contents, one.slot) for column, one in self.columns if one.slot
        }
        self.months = [c for c, one in self.inputs.items() if one.slot.period.kind == "month"]
        self.letters = {column: get_column_letter(column) for column, _one in self.columns}
        self.computed = {one.formula: column for column, one in self.columns if one.formula}
        self.quarters = {
            column: [c for c in self.months if c < column and not self._parted(c, column)]
            for column, one in self.columns
            if one.formula == "quarter"
        }
        self.look = _look(measure, "computed")
        #: (team, column) -> what stands in the rows together
        self.sums: dict[tuple[str, int], Decimal] = {}

    def _parted(self, month: int, quarter: int) -> bool:
        """Whether something else than months stands between a month's column and a quarter's."""
        return any(column not in self.months for column in range(month, quarter))

    def write(self, progress: Callable[[int], None]) -> None:
        """Title, header, one line a row, totals, page set-up."""
        shown = len(self.columns) - 1  # the column of ids is hidden
        office = self.contents.office.office_name
        self.sheet.title(1, f"{office}  {self.block.title}", shown)
        note = Look(grid=False, size=9)
        self.sheet.put(2, 1, self.contents.plan.title, note)
        head = Look(fill="head", bold=True, align="center", wrap=True)
        for column, one in self.columns:
            self.sheet.put(_HEAD_ROW, column, one.heading, head)
        self.sheet.worksheet.row_dimensions[_HEAD_ROW].height = 32
        for number, row in enumerate(self.contents.rows, 1):
            self._write_row(_HEAD_ROW + number, number, row)
            if number % 200 == 0:
                progress(number)
        self._write_totals()
        self._finish(shown)

    def _write_row(self, line: int, number: int, row: Row) -> None:
        values: dict[int, Decimal | None] = {}
        who = row.who
        for column, one in self.columns:
            if one.slot is not None:
                values[column] = self._write_input(line, column, who)
            elif one.role == "computed":
                values[column] = self._write_computed(line, column, one.formula, row, values)
            elif one.role == "number":
                self.sheet.put(line, column, number, _NUMBERED)
            elif one.role == "team":
                self.sheet.put(line, column, row.person.team_name, _NAMED)
            elif one.role == "person":
                self.sheet.put(line, column, row.person.name, _NAMED)
            elif one.role == "product":
                self.sheet.put(line, column, row.product.name if row.product else "", _NAMED)
            else:
                self.sheet.put(line, column, row.key(self.block.code).rid, _PLAIN)
        team = row.person.team_name
        for column, value in values.items():
            if value:
                self.sums[team, column] = self.sums.get((team, column), Decimal(0)) + value

    def _write_input(self, line: int, column: int, who: Who) -> Decimal | None:
        one = self.inputs[column]
        if one.slot.field:
            self.sheet.put(line, column, current_value(self.contents, one.slot, who), _REMARK)
            return None
        held = one.held.get(who, _NOTHING_HELD)
        value = held.values.get(one.slot.period)
        shown = None if value is None else to_decimal(value, one.measure.digits)
        locked = one.slot.period in held.locked
        self.sheet.put(line, column, shown, one.locked if locked else one.look)
        return shown

    def _write_computed(
        self, line: int, column: int, name: str, row: Row, values: Mapping[int, Decimal | None]
    ) -> Decimal | None:
        """Write what a formula of the row gives; the value where the column is summed up."""
        if name in ("quarter", "sum", "difference"):
            formula, value = self._row_formula(line, column, name, values)
            self.sheet.formula(line, column, formula, value, self.look)
            return value
        if name not in ("attainment", "month_difference"):
            value = self._actual(row, name)
            self.sheet.put(line, column, value, self.look)
            return value
        actual, target = self._letter("actual"), self.letters[self._target_column()]
        goal = values.get(self._target_column()) or Decimal(0)
        reached = self._actual(row, "actual")
        if name == "attainment":
            formula = f'=IF(N({target}{line})=0,"",{actual}{line}/{target}{line})'
            share = float(reached / goal) if goal else ""
            self.sheet.formula(line, column, formula, share, replace(self.look, format=PERCENT))
            return None
        difference = reached - goal
        formula = f"={actual}{line}-N({target}{line})"
        self.sheet.formula(line, column, formula, difference, self.look)
        return difference

    def _row_formula(
        self, line: int, column: int, name: str, values: Mapping[int, Decimal | None]
    ) -> tuple[str, Decimal]:
        if name == "quarter":
            mine = self.quarters[column]
            first, last = self.letters[mine[0]], self.letters[mine[-1]]
            total = sum((values[c] or Decimal(0) for c in mine), Decimal(0))
            return f"=SUM({first}{line}:{last}{line})", total
        total = sum((values[c] or Decimal(0) for c in self.months), Decimal(0))
        if name == "sum":
            parts = "+".join(f"{self.letters[c]}{line}" for c in self.quarters)
            return f"={parts}", total
        whole = self._split_column()
        formula = f"=N({self.letters[whole]}{line})-{self._letter('sum')}{line}"
        return formula, (values[whole] or Decimal(0)) - total

    def _actual(self, row: Row, what: str) -> Decimal:
        product_id = row.product.id if row.product else None
        value = self.contents.actual.get((what, row.person.id, product_id), 0)
        return to_decimal(value, 2)

    def _letter(self, formula: str) -> str:
        return self.letters[self.computed[formula]]

    def _target_column(self) -> int:
        """The month's target of the measure that the sheet is about."""
        return next(c for c in self.months if self.inputs[c].measure.id == self.measure.id)

    def _split_column(self) -> int:
        """The whole-period input of the tier that is split over the months."""
        tier = self.inputs[self.months[0]].slot.tier
        return next(
            c
            for c, one in self.inputs.items()
            if one.slot.tier == tier and one.slot.period == self.contents.plan.period
        )

    def _write_totals(self) -> None:
        """A line a team and one for all, below the rows: adding by name survives any sort."""
        teams = list(dict.fromkeys(row.person.team_name for row in self.contents.rows))
        line = self.last + 1
        if len(teams) > 1:
            for team in filter(None, teams):
                self._write_total(line, team, [team])
                line += 1
        self._write_total(line, None, teams)
        self.end = line

    def _write_total(self, line: int, team: str | None, teams: Sequence[str]) -> None:
        team_letter = self.letters[next(c for c, o in self.columns if o.role == "team")]
        names = f"${team_letter}${self.first}:${team_letter}${self.last}"
        label = _("Total") if team is None else _("{team} total").format(team=team)
        bold = Look(fill="subtotal", bold=True)
        for column, one in self.columns[:-1]:
            summed = (one.slot is not None and not one.slot.field) or one.formula in _SUMMED
            if one.role == "team":
                self.sheet.put(line, column, label, bold)
            elif not summed:
                self.sheet.put(line, column, None, bold)
            else:
                letter = self.letters[column]
                area = f"{letter}${self.first}:{letter}${self.last}"
                formula = (
                    f"=SUM({area})" if team is None else f'=SUMIF({names},"{_quoted(team)}",{area})'
                )
                measure = self.inputs[column].measure if one.slot else self.measure
                look = replace(_look(measure, "subtotal"), bold=True)
                total = sum((self.sums.get((t, column), Decimal(0)) for t in teams), Decimal(0))
                self.sheet.formula(line, column, formula, total, look)

    def _width(self, column: int, one: Column) -> float:
        """Characters the column needs: at least what the layout gives, and room for its total."""
        parts = [value for (_team, at), value in self.sums.items() if at == column]
        if not parts:
            return one.width
        # The total is set in bold, which is a little wider.
        return max(one.width, len(f"{sum(parts):,.2f}") * 1.15 + 2)

    def _finish(self, shown: int) -> None:
        self.sheet.widths([self._width(column, one) for column, one in self.columns])
        self.sheet.hide_column(len(self.columns))
        naming = sum(
            1 for _c, o in self.columns if o.role in ("number", "team", "person", "product")
        )
        self.sheet.page(_HEAD_ROW, self.end, shown, frozen_columns=naming)
        last = get_column_letter(len(self.columns))
        self.sheet.worksheet.auto_filter.ref = f"A{_HEAD_ROW}:{last}{self.last}"
        for column, one in self.columns:
            if one.role == "input" and one.slot is not None:
                letter = get_column_letter(column)
                measure = self.inputs[column].measure
                self.sheet.numbers_only(
                    f"{letter}{self.first}:{letter}{self.last}",
                    negative=target_rules.may_be_negative(measure),
                    message=_("Enter a number in {unit}.").format(unit=measure.unit),
                )


_PLAIN = Look(grid=False)
_NAMED = Look(format=TEXT)
_NUMBERED = Look(fill="computed", align="center")
_REMARK = Look(fill="input", format=TEXT, wrap=True)
_SUMMED = frozenset(
    {"quarter", "sum", "difference", "last_month", "last_year", "contracts", "collections",
     "actual", "month_difference"}
)  # fmt: skip


def _look(measure: Measure, fill: str) -> Look:
    if measure.is_money:
        return Look(fill=fill, format=AMOUNT)
    return Look(fill=fill, format=WHOLE if measure.digits == 0 else NUMBER)


def _quoted(text: str) -> str:
    """A text inside a formula, without the signs SUMIF takes for wildcards."""
    escaped = text.replace("~", "~~").replace("*", "~*").replace("?", "~?")
    return escaped.replace('"', '""')


def _write_help(book: Book) -> None:
    sheet = book.sheet(_("How to fill in"))
    lines = [
        (_("How to fill in this quota sheet"), Look(bold=True, size=14, grid=False)),
        (_("Fill in the yellow cells; numbers like 1,200, 1.2万 or 35万元 are understood."), None),
        (_("Violet cells are locked in the plan and stay as they are."), None),
        (_("Grey cells are computed: quarters, sums and differences follow by themselves."), None),
        (_("Rows may be sorted and filtered, columns hidden or moved, sheets renamed."), None),
        (_("A new row needs the name of a person (and product) of the office."), None),
        (_("Don't delete the hidden column and the hidden sheet: they tell rows apart."), None),
        (_("Send the file back; every difference is shown before anything is changed."), None),
    ]
    for number, (text, look) in enumerate(lines, 1):
        sheet.put(number, 1, text, look or Look(grid=False, size=11))
    sheet.widths([90])

"""What a quota sheet consists of: its blocks and rows, and all figures in them, read at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

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
from salesdesk.planning import plans, remarks, targets
from salesdesk.planning.actuals import actuals
from salesdesk.planning.places import TIERS, Who, person, team
from salesdesk.planning.reaching import Reaching, ToReach
from salesdesk.sales import products
from salesdesk.text import _
from salesdesk.workbooks import quota_sent
from salesdesk.workbooks.quota_layout import (
    Block,
    RowKey,
    Slot,
    monthly_columns,
    yearly_columns,
)
from salesdesk.workbooks.quota_sent import Base


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


@dataclass(frozen=True)
class Contents:
    """Everything a workbook is written from, read in one state of the office."""

    plan: plans.Plan
    office: settings.Settings
    rows: Sequence[Row]
    blocks: Sequence[tuple[Block, Measure]]
    measures: Mapping[int, Measure]
    tier: str  # the one split over months and weeks
    held: Mapping[tuple[int, str], Mapping[Who, targets.Held]]
    words: Mapping[tuple[int, int, Who], remarks.Remark]
    actual: Mapping[tuple[str, int | None, int | None], int]  # (what, person, product)
    #: What is to be reached by the plan's owner, its teams and, from wider plans, its people.
    reach: Mapping[tuple[Who, Slot], ToReach]
    titles: Mapping[int, str]  # of the plans those figures come from

    @cached_property
    def in_cents(self) -> bool:
        """Whether any target in money isn't whole yuan: else no cents are shown."""
        return any(
            value % 10 ** self.measures[measure_id].digits
            for (measure_id, _tier), rows in self.held.items()
            if self.measures[measure_id].is_money
            for held in rows.values()
            for value in held.values.values()
        ) or any(
            figure.value % 10 ** self.measures[slot.measure_id].digits
            for (_who, slot), figure in self.reach.items()
            if self.measures[slot.measure_id].is_money
        )


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
    for one in measure_ids or ():
        if not known[one].is_flow:
            raise InputError(
                _(
                    "{measure} doesn't sum up over months and people, as a quota sheet's totals do:"
                    " set its targets in the grid."
                ).format(measure=known[one].name)
            )
    summed_up = [one for one in used if known[one].is_flow]
    wanted = list(dict.fromkeys(measure_ids or summed_up or [amount.id]))
    rows = _rows(db, plan, with_products)
    if not rows:
        raise InputError(_("There is nobody the quota sheet could be sent to."))
    reaching = Reaching(db, plan)

    def with_reach(measure_id: int, period: Period) -> bool:
        """Whether a wider plan says of any row what it has to reach."""
        return (
            reaching.from_elsewhere
            and (len(rows) > 1 or with_products)
            and any(reaching.at(measure_id, row.who, period, tier) for row in rows)
        )

    if month is None:
        blocks = [
            (
                _yearly_block(
                    plan, known[number], tier, with_products, with_reach(number, plan.period)
                ),
                known[number],
            )
            for number in wanted
        ]
    else:
        if not (plan.period.start <= month.start and month.end <= plan.period.end):
            raise InputError(
                _("{month} isn't part of the plan {plan}.").format(
                    month=month.label, plan=plan.title
                )
            )
        shown = with_reach(amount.id, month)
        blocks = [(_monthly_block(db, plan, month, amount, tier, with_products, shown), amount)]
    slots = [slot for block, _measure in blocks for slot in block.slots]
    held = {
        key: targets.by_who(db, plan_id, *key)
        for key in dict.fromkeys((slot.measure_id, slot.tier) for slot in slots if slot.tier)
    }
    words = remarks.remarks(db, month, plan_id=plan_id) if month is not None else {}
    actual = _month_actuals(db, month, known, with_products) if month is not None else {}
    reach = {}
    if not reaching.is_empty:
        for block, measure in blocks:
            reach.update(_reach(reaching, plan, rows, block, main_slot(block, measure, tier)))
    return Contents(
        plan, settings.read(db), rows, blocks, known, tier, held, words, actual, reach,
        reaching.titles(reach.values()),
    )  # fmt: skip


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


def main_slot(block: Block, measure: Measure, tier: str) -> Slot:
    """The target a block is about: its measure's, in the split tier, of its whole period."""
    return Slot(measure.id, tier, block.slots[0].period)


def _reach(
    reaching: Reaching, plan: plans.Plan, rows: Sequence[Row], block: Block, main: Slot
) -> dict[tuple[Who, Slot], ToReach]:
    """What is to be reached in a block: by who owns the plan, by teams, and by the rows."""
    figures = {}
    above = [plan.who]
    if plan.who.level == "office":
        teams = dict.fromkeys(row.person.team_id for row in rows)
        above += [team(team_id) for team_id in teams if team_id is not None]
    targeted = [slot for slot in block.slots if not slot.field]
    for who in above:
        for slot in targeted:
            figure = reaching.at(slot.measure_id, who, slot.period, slot.tier)
            # Only in the tier that is split another tier's figure says what is to be reached.
            if figure is not None and (figure.tier == slot.tier or slot.tier == main.tier):
                figures[who, slot] = figure
    if any(column.formula == "reach" for column in block.columns):
        for row in rows:
            figure = reaching.at(main.measure_id, row.who, main.period, main.tier)
            if figure is not None:
                figures[row.who, main] = figure
    return figures


def _yearly_block(
    plan: plans.Plan, measure: Measure, tier: str, with_products: bool, with_reach: bool
) -> Block:
    period = plan.period
    quarters: dict[Period, list[Period]] = {}
    within = months_between(period.start, period.end) if period.kind not in ("week", "day") else []
    for month in within:
        quarters.setdefault(containing(month.start, "quarter"), []).append(month)
    shown = [("assigned", _(TIERS["assigned"])), ("goal", _(TIERS["goal"]))]
    if tier == "stretch":
        shown.append(("stretch", _(TIERS["stretch"])))
    columns = yearly_columns(
        measure.id, period, list(quarters.items()), shown, tier, measure.unit,
        with_products=with_products, with_reach=with_reach,
    )  # fmt: skip
    title = _("{period} sales plan: {measure} ({unit})").format(
        period=period.label, measure=measure.name, unit=measure.unit
    )
    if within and within != [period]:
        title = _("{title}, {tier} by month").format(title=title, tier=_(TIERS[tier]))
    return Block(f"Y.{measure.id}", title, columns)


def _monthly_block(
    db: Connection,
    plan: plans.Plan,
    month: Period,
    amount: Measure,
    tier: str,
    with_products: bool,
    with_reach: bool,
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
        (amount.id, amount.unit),
        (tier, _(TIERS[tier])),
        with_products=with_products,
        with_reach=with_reach,
    )
    title = _("{month} sales plan sheet: {tier}").format(month=month.label, tier=_(TIERS[tier]))
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


def sent_block_of(contents: Contents, block: Block) -> quota_sent.SentBlock:
    """What is remembered of a block that goes out."""
    slots = block.slots
    rows = {}
    for row in contents.rows:
        who = row.who
        values = tuple(current_value(contents, slot, who) for slot in slots)
        rows[row.key(block.code).rid] = values
    return quota_sent.sent_block(block, rows)

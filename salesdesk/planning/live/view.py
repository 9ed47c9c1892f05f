"""What the states of a plan's rules follow from, read at once: no rule asks by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, case, exists, func, select

from salesdesk.calc.periods import Period, containing
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.customers.tables import customer
from salesdesk.office import calendar, measures, people
from salesdesk.office.measures import Measure
from salesdesk.planning import plans, structure, targets, tasks
from salesdesk.planning.actuals import achieved
from salesdesk.planning.live import cells
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.parts import Part, added, total
from salesdesk.planning.places import Place, Who
from salesdesk.planning.targets import Target
from salesdesk.planning.tasks import Task
from salesdesk.sales.tables import deal, deal_share, product
from salesdesk.storage.expressions import among
from salesdesk.storage.schema import whole_sum


@dataclass(frozen=True, slots=True)
class Names:
    """What measures, people, teams and products are called, by id; the products' categories."""

    measures: Mapping[int, Measure]
    people: Mapping[int, str]
    teams: Mapping[int, str]
    products: Mapping[int, str]
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Care:
    """How many customers a cadence is about, and how many weren't contacted in time."""

    total: int
    late: int


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the states of some rules of a plan are reckoned from, as plain values.

    ``reached`` is by measure, whom and product what was achieved: by month over the plan's period
    (key 202611) and by day over the month of ``today`` (key date), in parts. ``care``, ``broken``
    (how many deals lie below a floor) and ``tasks`` (an action's days) are by rule id.
    """

    plan: plans.Plan
    today: date
    names: Names
    work: WorkCalendar
    cells: Mapping[tuple[int, str], Mapping[Place, Target]]
    reached: Mapping[tuple[int, Who], Mapping[int | date, Part]]
    members: frozenset[int]
    care: Mapping[int, Care]
    broken: Mapping[int, int]
    tasks: Mapping[int, Sequence[Task]]

    def target(self, rule: Rule, tier: str, period: Period) -> int | None:
        """The rule's target in a period, as the grid has it; None where none is set."""
        stored = self.cells.get((rule.measure_id or 0, tier), {})
        cell = stored.get(Place(cells.whose(rule, self.plan.who), period))
        return None if cell is None else cell.value

    def actual(self, rule: Rule, who: Who, period: Period) -> int:
        """What was achieved of the rule's measure in a period of the plan's.

        Of weeks and days only in the month of ``today``.
        """
        if rule.measure_id is None:
            return 0
        by_time = self.reached.get((rule.measure_id, who), {})
        measure = self.names.measures[rule.measure_id]
        if period.kind in ("week", "day"):
            return total(
                measure,
                (
                    part for at, part in by_time.items()
                    if isinstance(at, date) and period.start <= at < period.end
                ),
            )  # fmt: skip
        first = period.start.year * 100 + period.start.month
        last = period.end - timedelta(days=1)
        end = last.year * 100 + last.month
        return total(
            measure,
            (part for at, part in by_time.items() if isinstance(at, int) and first <= at <= end),
        )


def names(db: Connection) -> Names:
    """What everything that rules name is called."""
    goods = db.execute(select(product.c.id, product.c.name, product.c.category)).all()
    return Names(
        {measure.id: measure for measure in measures.measures(db, active_only=False)},
        {one.id: one.name for one in people.people(db, active_only=False)},
        {one.id: one.name for one in people.teams(db, active_only=False)},
        {row.id: row.name for row in goods},
        frozenset(row.category for row in goods),
    )


def read(db: Connection, plan: plans.Plan, rules: Sequence[Rule], today: date) -> View:
    """What the rules of a plan stand on, in a number of statements that doesn't grow with them."""
    called = names(db)
    aims = [rule for rule in rules if rule.kind in ("target", "contingency") and rule.measure_id]
    everyone = structure.read(db)
    month = containing(min(max(today, plan.period.start), plan.period.last_day), "month")
    return View(
        plan,
        today,
        called,
        calendar.work_calendar(db),
        {
            (measure_id, tier): targets.values(db, plan.id, measure_id, tier)
            for measure_id, tier in targets.measures_used(db, plan.id)
            if any(rule.measure_id == measure_id for rule in aims)
        },
        _reached(db, plan, aims, called, everyone, month, today),
        frozenset(everyone.people_of(plan.who, month)),
        _care(db, plan, rules, everyone, month, today),
        _broken(db, plan, rules, everyone, month),
        tasks.of_rules(db, plan, rules),
    )


def _reached(
    db: Connection,
    plan: plans.Plan,
    aims: Sequence[Rule],
    called: Names,
    everyone: structure.Structure,
    month: Period,
    today: date,
) -> dict[tuple[int, Who], dict[int | date, Part]]:
    """By measure and whom (with product or category), by month and by day."""
    used = {rule.measure_id for rule in aims}
    asked = [measure for measure_id, measure in called.measures.items() if measure_id in used]
    if not asked:
        return {}
    whose = {cells.whose(rule, plan.who) for rule in aims}
    each = any(rule.whom == "each" for rule in aims)
    by_product = any(who.product_id is not None or who.category for who in whose)
    categories: dict[int, str] = {}
    if by_product:
        rows = db.execute(select(product.c.id, product.c.category))
        categories = {row.id: row.category for row in rows}
    one = next(iter(whose)).person_id if len({who.person_id for who in whose}) == 1 else None
    sums: dict[tuple[int, Who], dict[int | date, Part]] = {}
    whole = containing(plan.period.start, "month").start, plan.period.end
    for bucket, (start, end) in (("month", whole), ("day", (month.start, month.end))):
        found = achieved(
            db, asked, start, end, bucket="month" if bucket == "month" else "day",
            by_product=by_product, person_id=one, today=today,
        )  # fmt: skip
        for key, part in found.items():
            at = key.bucket
            in_month = at if isinstance(at, int) else at.year * 100 + at.month
            for who in everyone.wholes(key.person_id, in_month):
                faces = [who]
                if key.product_id is not None:
                    faces.append(who._replace(product_id=key.product_id))
                    if categories.get(key.product_id):
                        faces.append(who._replace(category=categories[key.product_id]))
                for face in faces:
                    if face in whose or (each and face.person_id is not None):
                        by_time = sums.setdefault((key.measure_id, face), {})
                        by_time[at] = added(by_time.get(at, 0), part)
    return sums


def _people(
    rule: Rule, plan: plans.Plan, everyone: structure.Structure, month: Period
) -> list[int] | None:
    """Whose customers or deals a rule is about; None for everybody's."""
    who = cells.whose(rule, plan.who)
    if who.level == "office":
        return None
    return sorted(everyone.people_of(Who(who.team_id, who.person_id), month))


def _care(
    db: Connection,
    plan: plans.Plan,
    rules: Sequence[Rule],
    everyone: structure.Structure,
    month: Period,
    today: date,
) -> dict[int, Care]:
    """Of each cadence: its customers, and those whose last contact lies longer back.

    Customers are counted by grade and state, once for each group of owners and all intervals.
    """
    asked: dict[tuple[int, ...] | None, list[Rule]] = {}
    for rule in rules:
        if rule.kind == "cadence" and rule.days is not None:
            owners = _people(rule, plan, everyone, month)
            asked.setdefault(None if owners is None else tuple(owners), []).append(rule)
    found: dict[int, Care] = {}
    for whose, cadences in asked.items():
        intervals = sorted({rule.days or 0 for rule in cadences})
        since = func.coalesce(customer.c.last_contact_on, customer.c.registered_on)
        late = [
            whole_sum(case((since < today - timedelta(days=days), 1), else_=0))
            for days in intervals
        ]
        query = select(customer.c.grade, customer.c.state, func.count(), *late).group_by(
            customer.c.grade, customer.c.state
        )
        if whose is not None:
            query = query.where(_one_of(customer.c.owner_id, whose))
        rows = db.execute(query.order_by(customer.c.grade, customer.c.state)).all()
        for rule in cadences:
            nth = 3 + intervals.index(rule.days or 0)
            mine = [
                row for row in rows
                if rule.grade in ("", row[0]) and rule.state in ("", row[1])
            ]  # fmt: skip
            found[rule.id] = Care(sum(row[2] for row in mine), sum(row[nth] for row in mine))
    return found


def _one_of(column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """One owner is looked up by an index, which a list handed over as one value wouldn't be."""
    return column == ids[0] if len(ids) == 1 else among(column, ids)


def _broken(
    db: Connection,
    plan: plans.Plan,
    rules: Sequence[Rule],
    everyone: structure.Structure,
    month: Period,
) -> dict[int, int]:
    """Of each floor: how many deals of the plan's period lie below it, cancelled ones left out.

    A deal counts by its contract, before that by its subscription.
    """
    found: dict[int, int] = {}
    counted: dict[tuple[object, ...], int] = {}
    first = plan.period.start.year * 100 + plan.period.start.month
    last = plan.period.last_day.year * 100 + plan.period.last_day.month
    for rule in rules:
        if rule.kind != "floor" or rule.value is None:
            continue
        owners = _people(rule, plan, everyone, month)
        key = (rule.value, rule.at, rule.product_id, rule.category, str(owners))
        if key not in counted:
            conditions = _below(rule, owners)
            counted[key] = sum(
                int(db.execute(select(func.count()).where(*conditions, *stage)).scalar_one())
                for stage in (
                    (deal.c.contracted_month.between(first, last),
                     deal.c.contracted_on >= plan.period.start,
                     deal.c.contracted_on < plan.period.end),
                    (deal.c.subscribed_month.between(first, last),
                     deal.c.subscribed_on >= plan.period.start,
                     deal.c.subscribed_on < plan.period.end,
                     deal.c.contracted_on.is_(None)),
                )
            )  # fmt: skip
        found[rule.id] = counted[key]
    return found


def _below(rule: Rule, owners: list[int] | None) -> list[ColumnElement[bool]]:
    """Which deals lie below a floor, whenever they were made."""
    earned: ColumnElement[int] = deal.c.amount
    if rule.at != "price":
        earned = deal.c.amount - deal.c.cost
    conditions = [earned < (rule.value or 0) * deal.c.quantity, deal.c.cancelled_on.is_(None)]
    if rule.product_id is not None:
        conditions.append(deal.c.product_id == rule.product_id)
    elif rule.category:
        of_category = select(product.c.id).where(product.c.category == rule.category)
        conditions.append(deal.c.product_id.in_(of_category))
    if owners is not None:
        conditions.append(
            exists().where(deal_share.c.deal_id == deal.c.id, among(deal_share.c.person_id, owners))
        )
    return conditions


def named(called: Names, who: Who) -> Iterable[str]:
    """What somebody, and a product or category, are called."""
    if who.person_id is not None:
        yield called.people.get(who.person_id, "")
    elif who.team_id is not None:
        yield called.teams.get(who.team_id, "")
    if who.product_id is not None:
        yield called.products.get(who.product_id, "")
    elif who.category:
        yield who.category

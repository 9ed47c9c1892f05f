"""The figures of a summary: what somebody was to reach and reached, of any stretch of days.

One reader for weeks, months, quarters, years and stages: targets as they count (``counting``),
actuals from the day counts, and what else belongs into a look back. A stage may begin and end on
any day: it is made up of the longest periods that lie in it, and has a target where all of them
have one.

What a summary was handed in with is kept as JSON (:func:`frozen`), and read back as it stood.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from salesdesk.calc import pace
from salesdesk.calc.money import format_number, format_wan
from salesdesk.calc.periods import KINDS, Period, containing
from salesdesk.customers.customers import STATES
from salesdesk.customers.day_counts import done, registered
from salesdesk.customers.kinds import KINDS as ACTIVITIES
from salesdesk.customers.regrading import Regraded, regraded
from salesdesk.customers.tables import customer
from salesdesk.office import measures, settings
from salesdesk.office.measures import Measure
from salesdesk.planning.actuals import Key, summed
from salesdesk.planning.counting import Counted, Counting, counting
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.structure import Structure
from salesdesk.planning.structure import read as read_structure
from salesdesk.planning.tables import target
from salesdesk.sales.tables import deal, deal_share, product
from salesdesk.storage.day_counts import kept
from salesdesk.text import _

_BOTH = (False, True)


@dataclass(frozen=True, slots=True)
class Line:
    """A measure with its target and what was achieved, in ``10 ** -digits`` of ``unit``.

    ``costs``: whether it tells costs, which not everybody may see. ``tier`` is the one that
    attainment is reckoned against, "" without a target; ``plans`` are the ids of the plans that the
    target comes from. A line of one product, or of a category of them, says so.
    """

    measure_id: int
    code: str
    name: str
    unit: str
    digits: int
    money: bool
    costs: bool
    tier: str
    target: int | None
    stretch: int | None
    actual: int
    plans: tuple[int, ...]
    product_id: int | None = None
    category: str = ""
    part: str = ""  # what the product or category is called

    @property
    def title(self) -> str:
        """The measure's name, with the product or category it is of."""
        if not self.part:
            return self.name
        return _("{measure}: {part}").format(measure=self.name, part=self.part)

    def who(self, whose: Who) -> Who:
        """The place's owner: whose line it is, with its product or category."""
        return whose._replace(product_id=self.product_id, category=self.category)

    @property
    def attainment(self) -> Fraction | None:
        """Actual / target, None without a target or for one of zero."""
        return pace.attainment(self.actual, self.target)

    @property
    def difference(self) -> int | None:
        """Actual less target."""
        return None if self.target is None else self.actual - self.target

    @property
    def missed(self) -> bool:
        """Whether less was achieved than the target asks for."""
        return self.target is not None and self.actual < self.target

    def shown(self, value: int | None, *, in_wan: bool) -> str:
        """A value as people read it, nothing for None."""
        if value is None:
            return ""
        if in_wan and self.money:
            return format_wan(value, self.digits)
        return format_number(value, self.digits, trim=True)

    def with_unit(self, *, in_wan: bool) -> str:
        """The measure's name with the unit that values are shown in."""
        unit = _("10,000 yuan") if in_wan and self.money else self.unit
        return _("{name} ({unit})").format(name=self.title, unit=unit)


@dataclass(frozen=True, slots=True)
class Lost:
    """A deal that fell through: whose, what, for how many cents, when and why."""

    customer: str
    product: str
    amount: int
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What a summary shows, as known on ``as_of``; activities are counted by kind."""

    as_of: date
    in_wan: bool
    lines: Sequence[Line]
    activities: Sequence[tuple[str, int]]
    new_customers: int
    regraded: Sequence[Regraded]
    lost: Sequence[Lost]

    @property
    def missed(self) -> list[Line]:
        """The lines that were missed."""
        return [line for line in self.lines if line.missed]


def read(db: Connection, who: Who, start: date, end: date, today: date) -> Figures:
    """The figures of somebody's ``start <= day < end``, a line for each measure that says
    something: missed ones first, then those reached, then those without a target.
    """
    structure = read_structure(db)
    parts = parts_of(start, end)
    known = measures.measures(db)
    reached = _reached(db, known, structure, who, start, end, today)
    targets = counting(db, parts, person_id=who.person_id)
    lines = []
    for measure in known:
        counted = _counted(targets, measure, who, parts)
        actual = reached.get(measure.id, 0)
        if counted is None and not actual:
            continue
        lines.append(_line(measure, counted, actual))
    lines += _of_products(db, known, structure, targets, who, parts, today)
    lines.sort(key=lambda line: (not line.missed, line.target is None))
    members = structure.people_of(who, Period(start, end, "month"))
    until = min(end, today + timedelta(days=1))
    return Figures(
        today,
        settings.read(db).in_wan,
        lines,
        _activities(db, structure, who, start, end),
        _new_customers(db, structure, who, start, end),
        regraded(db, start, until, lambda owner: who == OFFICE or owner in members),
        _lost(db, who, sorted(members), start, end),
    )


def parts_of(start: date, end: date) -> list[Period]:
    """The longest periods that together make up ``start <= day < end``, in order."""
    parts = []
    at = start
    while at < end:
        part = next(
            period
            for period in (containing(at, kind) for kind in KINDS)
            if period.start == at and period.end <= end
        )
        parts.append(part)
        at = part.end
    return parts


def frozen(figures: Figures) -> str:
    """The figures as a summary keeps them."""
    return json.dumps(
        {
            "as_of": figures.as_of.isoformat(),
            "in_wan": figures.in_wan,
            "lines": [asdict(line) for line in figures.lines],
            "activities": [list(pair) for pair in figures.activities],
            "new_customers": figures.new_customers,
            "regraded": [[one.before, one.after, one.count] for one in figures.regraded],
            "lost": [{**asdict(one), "day": one.day.isoformat()} for one in figures.lost],
        },
        ensure_ascii=False,
    )


def thawed(text: str) -> Figures:
    """What :func:`frozen` wrote."""
    said: dict[str, Any] = json.loads(text)
    return Figures(
        date.fromisoformat(said["as_of"]),
        said["in_wan"],
        [Line(**{**line, "plans": tuple(line["plans"])}) for line in said["lines"]],
        [(kind, count) for kind, count in said["activities"]],
        said["new_customers"],
        [Regraded(before, after, count) for before, after, count in said["regraded"]],
        [Lost(**{**one, "day": date.fromisoformat(one["day"])}) for one in said["lost"]],
    )


# -- within ----------------------------------------------------------------------------------------


def _line(measure: Measure, counted: Counted | None, actual: int) -> Line:
    tier = "" if counted is None else counted.tier
    return Line(
        measure.id,
        measure.code,
        measure.name,
        measure.unit,
        measure.digits,
        measure.is_money,
        measure.tells_costs,
        tier,
        None if counted is None else counted.target,
        None if counted is None or tier == "stretch" else counted.stretch,
        actual,
        () if counted is None else counted.plans,
    )


def _counted(
    targets: Counting, measure: Measure, who: Who, parts: Sequence[Period]
) -> Counted | None:
    """What counts in all parts together; None where one of them has no target.

    Of a level that of the last part stands; a ratio's targets don't add up.
    """
    found = [targets.at(measure.id, who, part) for part in parts]
    known = [counted for counted in found if counted is not None]
    if not known or len(known) < len(parts):
        return None
    if len(known) == 1:
        return known[0]
    if measure.stands:
        return known[-1]
    if not measure.is_flow:
        return None
    common = frozenset.intersection(*(frozenset(counted.tiers) for counted in known))
    if not common:
        return None
    return Counted(
        {tier: sum(counted.tiers[tier] for counted in known) for tier in sorted(common)},
        tuple(sorted({plan_id for counted in known for plan_id in counted.plans})),
        True,
    )


def _of_products(
    db: Connection,
    known: Sequence[Measure],
    structure: Structure,
    targets: Counting,
    who: Who,
    parts: Sequence[Period],
    today: date,
) -> list[Line]:
    """A line for each target of one product or of a category; a stage of several parts has none."""
    if len(parts) != 1:
        return []
    [period] = parts
    asked = _product_targets(db, who, period)
    if not asked:
        return []
    measures_asked = [
        one for one in known if one.id in {measure_id for measure_id, *_rest in asked}
    ]
    names = {
        row.id: row for row in db.execute(select(product.c.id, product.c.name, product.c.category))
    }

    def counts_for(key: Key) -> list[tuple[int | None, str]]:
        assert isinstance(key.bucket, int)
        if key.product_id is None or who not in structure.wholes(key.person_id, key.bucket):
            return []
        return [(key.product_id, ""), (None, names[key.product_id].category)]

    found = summed(
        db, measures_asked, period.start, period.end, counts_for, bucket="month", by_product=True,
        person_id=who.person_id, today=today,
    )  # fmt: skip
    lines = []
    for measure in measures_asked:
        for measure_id, product_id, category in asked:
            if measure_id != measure.id:
                continue
            counted = targets.at(
                measure.id, who._replace(product_id=product_id, category=category), period
            )
            if counted is None:
                continue
            line = _line(measure, counted, found.get((measure.id, (product_id, category)), 0))
            called = category if product_id is None else names[product_id].name
            lines.append(replace(line, product_id=product_id, category=category, part=called))
    return lines


def _product_targets(db: Connection, who: Who, period: Period) -> list[tuple[int, int | None, str]]:
    """The measures, products and categories that somebody has targets of in a period."""
    rows = db.execute(
        select(target.c.measure_id, target.c.product_id, target.c.category)
        .where(
            target.c.start_day == period.start,
            target.c.period_kind == period.kind,
            target.c.team_id.is_(None) if who.team_id is None else target.c.team_id == who.team_id,
            target.c.person_id.is_(None)
            if who.person_id is None
            else target.c.person_id == who.person_id,
            or_(target.c.product_id.is_not(None), target.c.category != ""),
        )
        .distinct()
        .order_by(target.c.measure_id, target.c.product_id, target.c.category)
    )
    return [(row.measure_id, row.product_id, row.category) for row in rows]


def _reached(
    db: Connection,
    known: Iterable[Measure],
    structure: Structure,
    who: Who,
    start: date,
    end: date,
    today: date,
) -> dict[int, int]:
    """What somebody achieved, by measure; a person's month counts for the team of its last day."""

    def counts_for(key: Key) -> list[Who]:
        assert isinstance(key.bucket, int)
        return [who] if who in structure.wholes(key.person_id, key.bucket) else []

    found = summed(
        db, known, start, end, counts_for, bucket="month", person_id=who.person_id, today=today
    )
    return {measure_id: value for (measure_id, _who), value in found.items()}


def _numbers(
    db: Connection,
    structure: Structure,
    who: Who,
    whats: Sequence[str],
    start: date,
    end: date,
) -> dict[str, int]:
    """How many of each kept count there were of somebody's."""
    sums: dict[str, int] = {}
    for row in kept(db, whats, start, end, bucket="month", person_id=who.person_id):
        if who in structure.wholes(row.person_id, row.bucket):
            sums[row.what] = sums.get(row.what, 0) + row.number
    return sums


def _activities(
    db: Connection, structure: Structure, who: Who, start: date, end: date
) -> list[tuple[str, int]]:
    of_kind: Mapping[str, list[str]] = {kind: done((kind,), _BOTH) for kind in ACTIVITIES}
    counts = _numbers(
        db, structure, who, [what for whats in of_kind.values() for what in whats], start, end
    )
    summed = {kind: sum(counts.get(what, 0) for what in whats) for kind, whats in of_kind.items()}
    return [(kind, count) for kind, count in summed.items() if count]


def _new_customers(db: Connection, structure: Structure, who: Who, start: date, end: date) -> int:
    return sum(_numbers(db, structure, who, registered(STATES), start, end).values())


def _lost(db: Connection, who: Who, members: Sequence[int], start: date, end: date) -> list[Lost]:
    """The deals that fell through, the largest first."""
    last = end - timedelta(days=1)
    query = (
        select(
            customer.c.name,
            product.c.name.label("product"),
            deal.c.amount,
            deal.c.cancelled_on,
            deal.c.cancel_reason,
        )
        .join(customer, customer.c.id == deal.c.customer_id)
        .join(product, product.c.id == deal.c.product_id)
        .where(
            and_(
                deal.c.cancelled_month.between(
                    start.year * 100 + start.month, last.year * 100 + last.month
                ),
                deal.c.cancelled_on >= start,
                deal.c.cancelled_on < end,
            )
        )
        .order_by(deal.c.amount.desc(), deal.c.id)
    )
    if who != OFFICE:
        credited = select(deal_share.c.deal_id).where(deal_share.c.person_id.in_(members))
        query = query.where(deal.c.id.in_(credited))
    return [Lost(*row) for row in db.execute(query)]

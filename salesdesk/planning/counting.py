"""Which target counts at a place: the one reader that grid, meters, reviews and reports share.

A place is a measure, whose target it is (office, team or person, maybe of one product or
category) and a period. The rules, everywhere the same:

1. **Which plan.** Of the plans that set the place, an approved or closed one counts before a
   submitted one, and that before a draft or a returned one; then the office's own plan before a
   team's and a person's; then the newer one. All tiers of a place come from that one plan.
2. **What nobody set** is the sum of its parts, each by these same rules: of its periods where all
   of them are known, else the largest of the sums over time, people and products
   (``structure.standing_in``). So the plans of people make the office's target where the office
   set none. A draft gives way to parts that are all known from plans further on.
3. **Which tier.** Attainment is reckoned against the assigned task, else the own goal, else the
   stretch: the first that counts at the place. The stretch is shown beside it.
4. **Whose.** A person's month belongs to the team of its last day (``people.Memberships``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, or_, select, true

from salesdesk.calc.periods import KINDS, Kind, Period
from salesdesk.office import people
from salesdesk.office.tables import measure
from salesdesk.planning import structure
from salesdesk.planning.places import TIERS, Place, Who
from salesdesk.planning.structure import AXES, UNKNOWN, Structure, Sum, standing_in, sum_of
from salesdesk.planning.tables import plan, target
from salesdesk.planning.targets import stored_period
from salesdesk.sales.tables import product

#: Kinds of period whose targets are few enough to be read for all measures at once.
_LONG: frozenset[Kind] = frozenset({"year", "quarter", "month"})


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts at a place, in the measure's smallest step.

    ``tiers`` holds the tiers that count there; ``plans`` the ids of the plans they come from, and
    ``summed`` whether they are sums of parts.
    """

    tiers: Mapping[str, int]
    plans: tuple[int, ...]
    summed: bool

    @property
    def tier(self) -> str:
        """The tier that attainment is reckoned against."""
        return next(tier for tier in TIERS if tier in self.tiers)

    @property
    def target(self) -> int:
        """The target that attainment is reckoned against."""
        return self.tiers[self.tier]

    @property
    def assigned(self) -> int | None:
        """The assigned task."""
        return self.tiers.get("assigned")

    @property
    def goal(self) -> int | None:
        """The own goal."""
        return self.tiers.get("goal")

    @property
    def stretch(self) -> int | None:
        """The stretch."""
        return self.tiers.get("stretch")


class _Rank(NamedTuple):
    """The order in which plans count: the smallest first."""

    status: int  # 0 approved or closed, 1 submitted, 2 draft or returned
    level: int  # 0 the office's, 1 a team's, 2 a person's
    newest: int  # minus the plan's id


class _Stored(NamedTuple):
    """What the plan that counts has set at a place."""

    rank: _Rank
    plan_id: int
    tiers: dict[str, int]


class _Value(NamedTuple):
    """A tier's value with the plans it comes from and the weakest status among them."""

    amount: int
    complete: bool
    plans: frozenset[int]
    status: int
    summed: bool

    @property
    def sum(self) -> Sum:
        """The value as a part of a sum."""
        return Sum(self.amount, self.complete)


class Counting:
    """The targets that count between two days, read from the database as they are asked for.

    ``among`` narrows the targets that are looked at, by a condition on their rows. With
    ``person_id`` they are asked for that person only: what makes up a person's target is the
    person's own, over time and products, and is read at a stroke.
    """

    def __init__(
        self,
        db: Connection,
        start: date,
        end: date,
        *,
        parts: Structure | None = None,
        among: ColumnElement[bool] | None = None,
        person_id: int | None = None,
    ) -> None:
        self._db, self._start, self._end = db, start, end
        self._among = true() if among is None else among
        self._cells: dict[int, dict[Place, _Stored]] = {}
        self._loaded: set[tuple[int | None, Kind, bool]] = set()
        self._values: dict[tuple[int, str, Place], _Value | None] = {}
        self._sets: dict[int, set[tuple[int, str]]] = {}
        self._parts, self._person_id = parts, person_id
        if person_id is None:
            self._starts = self._presence()
            return
        self._load(target.c.person_id == person_id)
        self._starts = self._presence_of_cells()

    @cached_property
    def structure(self) -> Structure:
        """What targets are made up of; read only once something isn't set itself."""
        if self._parts is not None:
            return self._parts
        if self._person_id is None:
            goods = _goods_with_targets(self._db, self._start, self._end)
        else:
            goods = {
                (who.product_id, who.category)
                for cells in self._cells.values()
                for who, _when in cells
            }
        product_ids = sorted(key for key, _category in goods if key is not None)
        names = sorted({category for _key, category in goods} - {""})
        grouped = _grouped(self._db, product_ids, names)
        if self._person_id is None:
            return structure.read(self._db, product_ids=product_ids, categories=grouped)
        # A person is made up of no other people.
        return Structure((), people.Memberships({}), (), tuple(product_ids), grouped)

    @cached_property
    def _natures(self) -> Mapping[int, str]:
        """The natures of measures that don't sum up over time."""
        rows = self._db.execute(
            select(measure.c.id, measure.c.nature).where(measure.c.nature != "flow")
        )
        return {row.id: row.nature for row in rows}

    def at(self, measure_id: int, who: Who, period: Period) -> Counted | None:
        """What counts at a place, None where there is no target. The period lies in the range."""
        place = Place(who, period)
        values = {tier: self._value(measure_id, tier, place) for tier in TIERS}
        known = {tier: value for tier, value in values.items() if value is not None}
        if not known:
            return None
        first = next(iter(known.values()))
        plans = frozenset().union(*(value.plans for value in known.values()))
        return Counted(
            {tier: value.amount for tier, value in known.items()},
            tuple(sorted(plans)),
            first.summed,
        )

    def measures_with_targets(self) -> set[int]:
        """The ids of the measures that anything is set for in the range."""
        return {measure_id for measure_id, _tier, _kind in self._starts}

    # -- the rules ---------------------------------------------------------------------------------

    def _value(self, measure_id: int, tier: str, place: Place) -> _Value | None:
        key = (measure_id, tier, place)
        if key not in self._values:
            self._values[key] = self._reckoned(measure_id, tier, place)
        return self._values[key]

    def _reckoned(self, measure_id: int, tier: str, place: Place) -> _Value | None:
        stored = self._stored(measure_id, place)
        if stored is None:
            return self._summed(measure_id, tier, place)
        if tier not in stored.tiers:
            # The other tiers of the place come from the same plan, or from none.
            if self._person_id is None and (measure_id, tier) not in self._set_by(stored.plan_id):
                return None  # told without reading everybody's
            summed = self._summed(measure_id, tier, place)
            return summed if summed and summed.plans == {stored.plan_id} else None
        amount = _Value(
            stored.tiers[tier], True, frozenset({stored.plan_id}), stored.rank.status, False
        )
        if stored.rank.status > 0:
            further = self._summed(measure_id, tier, place)
            if further and further.complete and further.status < stored.rank.status:
                return further
        return amount

    def _summed(self, measure_id: int, tier: str, place: Place) -> _Value | None:
        """The sum that stands in at a place, None where no part of it has a target."""
        if not self._is_present(measure_id, tier, place.period):
            return None
        nature = self._natures.get(measure_id, "flow")
        parts: dict[str, list[_Value | None]] = {}
        for axis in AXES:
            if axis == "time" and not self._is_present(measure_id, tier, place.period, below=True):
                continue
            parts[axis] = [
                self._value(measure_id, tier, part) for part in self.structure.parts(place, axis)
            ]
        sums = {
            axis: sum_of(axis, (UNKNOWN if part is None else part.sum for part in values), nature)
            for axis, values in parts.items()
        }
        axis_chosen = standing_in(sums)
        if axis_chosen is None:
            return None
        known = [value for value in parts[axis_chosen] if value is not None]
        total = sums[axis_chosen]
        assert total.value is not None
        return _Value(
            total.value,
            total.complete,
            frozenset().union(*(value.plans for value in known)),
            max(value.status for value in known),
            True,
        )

    # -- the rows ----------------------------------------------------------------------------------

    def _is_present(
        self, measure_id: int, tier: str, period: Period, *, below: bool = False
    ) -> bool:
        """Whether anybody has a target within a period, of its own kind or a shorter one."""
        first = KINDS.index(period.kind) + int(below)
        for kind in KINDS[first:]:
            starts = self._starts.get((measure_id, tier, kind))
            if starts:
                place = bisect_left(starts, period.start)
                if place < len(starts) and starts[place] < period.end:
                    return True
        return False

    def _presence(self) -> dict[tuple[int, str, str], list[date]]:
        """The first days of the periods that have any target, by measure, tier and kind."""
        rows = self._db.execute(
            select(target.c.measure_id, target.c.tier, target.c.period_kind, target.c.start_day)
            .where(target.c.start_day >= self._start, target.c.start_day < self._end, self._among)
            .distinct()
            .order_by(target.c.start_day, target.c.measure_id, target.c.tier, target.c.period_kind)
        )
        starts: dict[tuple[int, str, str], list[date]] = {}
        for measure_id, tier, kind, day in rows:
            starts.setdefault((measure_id, tier, kind), []).append(day)
        return starts

    def _set_by(self, plan_id: int) -> set[tuple[int, str]]:
        """The measures and tiers that a plan sets anything of."""
        if plan_id not in self._sets:
            rows = self._db.execute(
                select(target.c.measure_id, target.c.tier)
                .where(target.c.plan_id == plan_id)
                .distinct()
            )
            self._sets[plan_id] = {(row[0], row[1]) for row in rows}
        return self._sets[plan_id]

    def _presence_of_cells(self) -> dict[tuple[int, str, str], list[date]]:
        """As :meth:`_presence`, of what has been read already."""
        starts: dict[tuple[int, str, str], set[date]] = {}
        for measure_id, cells in self._cells.items():
            for (_who, period), stored in cells.items():
                for tier in stored.tiers:
                    starts.setdefault((measure_id, tier, period.kind), set()).add(period.start)
        return {key: sorted(days) for key, days in starts.items()}

    def _stored(self, measure_id: int, place: Place) -> _Stored | None:
        if self._person_id is None:
            kind, of_people = place.period.kind, place.who.person_id is not None
            key = (None if kind in _LONG else measure_id, kind, of_people)
            if key not in self._loaded:
                self._loaded.add(key)
                self._load(
                    target.c.period_kind == kind,
                    # People's targets are by far the most, and the office's often need none.
                    target.c.person_id.is_not(None) if of_people else target.c.person_id.is_(None),
                    *(() if kind in _LONG else (target.c.measure_id == measure_id,)),
                )
        return self._cells.get(measure_id, {}).get(place)

    def _load(self, *conditions: ColumnElement[bool]) -> None:
        status = case(
            (plan.c.status.in_(("approved", "closed")), 0),
            (plan.c.status == "submitted", 1),
            else_=2,
        )
        level = case((plan.c.person_id.is_not(None), 2), (plan.c.team_id.is_not(None), 1), else_=0)
        query = (
            select(
                target.c.measure_id, target.c.tier, target.c.team_id, target.c.person_id,
                target.c.product_id, target.c.category, target.c.period_kind, target.c.start_day,
                target.c.value,
                plan.c.id, status, level,
            )
            .join(plan, plan.c.id == target.c.plan_id)
            .where(
                *conditions,
                target.c.start_day >= self._start,
                target.c.start_day < self._end,
                self._among,
            )
        )  # fmt: skip
        periods: dict[tuple[Kind, date], Period] = {}
        for row in self._db.execute(query):
            (
                measure_id,
                tier,
                team_id,
                person_id,
                product_id,
                category,
                kind,
                day,
                value,
                plan_id,
                *order,
            ) = row
            period = periods.get((kind, day))
            if period is None:
                period = periods[kind, day] = stored_period(kind, day)
            place = Place(Who(team_id, person_id, product_id, category), period)
            rank = _Rank(order[0], order[1], -plan_id)
            cells = self._cells.setdefault(measure_id, {})
            held = cells.get(place)
            if held is None or rank < held.rank:
                cells[place] = _Stored(rank, plan_id, {tier: value})
            elif held.plan_id == plan_id:
                held.tiers[tier] = value


def counting(
    db: Connection, periods: Iterable[Period], *, person_id: int | None = None
) -> Counting:
    """The targets that count in some periods, of everybody or of one person alone."""
    asked = list(periods)
    start, end = min(period.start for period in asked), max(period.end for period in asked)
    return Counting(db, start, end, person_id=person_id)


def plan_titles(db: Connection, ids: Iterable[int]) -> dict[int, str]:
    """What the plans are called that targets come from."""
    rows = db.execute(select(plan.c.id, plan.c.title).where(plan.c.id.in_(sorted(set(ids)))))
    return {row.id: row.title for row in rows}


def _goods_with_targets(db: Connection, start: date, end: date) -> set[tuple[int | None, str]]:
    """The products and categories that targets between two days are of."""
    rows = db.execute(
        select(target.c.product_id, target.c.category)
        .where(
            target.c.start_day >= start,
            target.c.start_day < end,
            or_(target.c.product_id.is_not(None), target.c.category != ""),
        )
        .distinct()
    )
    return {(row.product_id, row.category) for row in rows}


def _grouped(
    db: Connection, product_ids: Sequence[int], names: Sequence[str]
) -> dict[str, list[int]]:
    """Those of some products that belong to each of some categories."""
    groups: dict[str, list[int]] = {name: [] for name in names}
    if names:
        rows = db.execute(
            select(product.c.id, product.c.category)
            .where(product.c.category.in_(names))
            .order_by(product.c.id)
        )
        wanted = set(product_ids)
        for row in rows:
            if row.id in wanted:
                groups[row.category].append(row.id)
    return groups

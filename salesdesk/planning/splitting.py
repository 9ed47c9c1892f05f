"""Splitting a plan's targets: over time, people and products; rebalancing; catching up.

Each function computes with :mod:`salesdesk.calc` and writes through ``targets.set_values``, so a
split is one change and one undo, and locked cells keep their value on every level.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from salesdesk.calc.periods import Kind, Period, children, descendants, previous
from salesdesk.calc.split import split
from salesdesk.calc.spread import spread
from salesdesk.errors import InputError
from salesdesk.office import calendar, people
from salesdesk.office.measures import Measure
from salesdesk.planning import targets
from salesdesk.planning.actuals import actuals
from salesdesk.planning.places import Place, Who, person, team
from salesdesk.planning.structure import read as read_structure
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

Weight = int | Fraction

#: How a total can be split over time.
TIME_WAYS: Mapping[str, str] = {
    "equal": mark("In equal parts"),
    "workdays": mark("By working days"),
    "history": mark("By the month weights of past years"),
    "last": mark("By last period's actual"),
    "percent": mark("By own percentages"),
}
#: How a total can be split over people or products.
AXIS_WAYS: Mapping[str, str] = {
    "equal": mark("In equal parts"),
    "last": mark("By last period's actual"),
    "percent": mark("By own percentages"),
}
#: Years whose actuals make the month weights (月销售比重).
HISTORY_YEARS = 3


def split_time(
    change: Change,
    plan_id: int,
    measure: Measure,
    tier: str,
    place: Place,
    to: Kind,
    *,
    way: str = "workdays",
    percent: Sequence[Weight] | None = None,
) -> int:
    """Split the target at ``place`` down to periods of kind ``to``; how many cells changed.

    Levels in between become the sums of theirs, unless locked. Raises InputError (no target
    there, wrong number of percentages), SplitError (locked cells can't be met), CalendarError.
    """
    stored = targets.values(change.connection, plan_id, measure.id, tier)
    weights = time_weights(change.connection, measure, place, to, way, percent)
    return _write_time(change, plan_id, measure, tier, stored, place, to, weights)


def split_people(
    change: Change,
    plan_id: int,
    measure: Measure,
    tier: str,
    place: Place,
    *,
    way: str = "equal",
    percent: Mapping[int, Weight] | None = None,
    then_time: Kind | None = None,
) -> int:
    """Split an office's or team's target over its people; how many cells changed.

    Teams become the sums of their people, unless locked. ``percent`` gives each person's weight.
    With ``then_time`` each person's part is split on by working days, and the months of teams and
    office become the sums of their people, so that both axes are exact. Raises as split_time.
    """
    db = change.connection
    members = people_of(db, place.who)
    if not members:
        raise InputError(_("There is nobody here to split the target over."))
    stored = targets.values(db, plan_id, measure.id, tier)
    total = _total(stored, place)
    weigh = _people_weights(db, measure, place, way, percent, members)
    team_ids = {one.id for one in people.teams(db)}
    product_id = place.who.product_id

    def below(who: Who) -> list[Who]:
        if who.level == "office":
            alone = [
                person(one.id, product_id)
                for one in members
                if one.team_id is None or one.team_id not in team_ids
            ]
            inside = {one.team_id for one in members if one.team_id in team_ids}
            return alone + [team(one, product_id) for one in sorted(inside) if one is not None]
        if who.level == "team":
            return [person(one.id, product_id) for one in members if one.team_id == who.team_id]
        return []

    locked = {
        one.who: cell.value
        for one, cell in stored.items()
        if one.period == place.period and cell.locked
    }
    found = spread(
        place.who,
        total,
        below,
        lambda who: weigh[who.person_id or 0],
        locked=locked,
        step=measure.step,
    )
    changed = targets.set_values(
        change,
        plan_id,
        measure.id,
        tier,
        {Place(who, place.period): value for who, value in found.items()},
    )
    if then_time is not None:
        changed += _people_over_time(change, plan_id, measure, tier, place, then_time, below)
    return changed


def split_products(
    change: Change,
    plan_id: int,
    measure: Measure,
    tier: str,
    place: Place,
    product_ids: Sequence[int],
    *,
    way: str = "equal",
    percent: Sequence[Weight] | None = None,
) -> int:
    """Split a target over products; how many cells changed. Raises as split_time."""
    db = change.connection
    stored = targets.values(db, plan_id, measure.id, tier)
    total = _total(stored, place)
    if way == "percent":
        weights: Sequence[Weight] = _percentages(percent, len(product_ids))
    elif way == "last":
        before = previous(place.period)
        sums: dict[int | None, int] = {}
        for key, value in actuals(db, [measure], before.start, before.end, by_product=True).items():
            sums[key.product_id] = sums.get(key.product_id, 0) + value
        weights = [max(0, sums.get(one, 0)) for one in product_ids]
    else:
        weights = [1] * len(product_ids)
    places = [Place(place.who._replace(product_id=one), place.period) for one in product_ids]
    locked = {
        index: stored[one].value
        for index, one in enumerate(places)
        if one in stored and stored[one].locked
    }
    parts = split(total, weights, step=measure.step, locked=locked)
    return targets.set_values(
        change, plan_id, measure.id, tier, dict(zip(places, parts, strict=True))
    )


def rebalance(change: Change, plan_id: int, measure: Measure, tier: str, place: Place) -> int:
    """Make the next level of time below ``place`` sum to it again; how many cells changed.

    The unlocked cells keep their proportions (equal parts where all are zero); levels further
    down follow in proportion too. Raises as split_time.
    """
    stored = targets.values(change.connection, plan_id, measure.id, tier)
    deepest = _deepest(stored, place)
    current = {one.period: cell.value for one, cell in stored.items() if one.who == place.who}
    weights = {leaf: max(0, current.get(leaf, 0)) for leaf in descendants(place.period, deepest)}
    return _write_time(change, plan_id, measure, tier, stored, place, deepest, weights)


def catch_up(
    change: Change, plan_id: int, measure: Measure, tier: str, place: Place, today: date
) -> int:
    """Put what is still missing to the target on the rest of its period; cells changed.

    The periods that begin after ``today`` share (target - actual until today) by working days;
    those before keep their targets, so the gap then shows, with a minus, the shortfall that was
    carried over. Raises InputError when nothing remains of the period, and as split_time.
    """
    db = change.connection
    stored = targets.values(db, plan_id, measure.id, tier)
    deepest = _deepest(stored, place)
    rest = [leaf for leaf in descendants(place.period, deepest) if leaf.start > today]
    if not rest:
        raise InputError(
            _("Nothing remains of {period} to catch up in.").format(period=place.period.label)
        )
    reached = _reached(db, measure, place.who, place.period.start, rest[0].start)
    missing = max(0, _total(stored, place) - reached)
    work = calendar.work_calendar(db)
    cells = [Place(place.who, leaf) for leaf in rest]
    locked = {
        index: stored[cell].value
        for index, cell in enumerate(cells)
        if cell in stored and stored[cell].locked
    }
    parts = split(missing, work.weights(rest), step=measure.step, locked=locked)
    return targets.set_values(
        change, plan_id, measure.id, tier, dict(zip(cells, parts, strict=True))
    )


# -- weights ---------------------------------------------------------------------------------------


def time_weights(
    db: Connection,
    measure: Measure,
    place: Place,
    to: Kind,
    way: str,
    percent: Sequence[Weight] | None = None,
) -> dict[Period, Weight]:
    """The weight of each period of kind ``to`` in the place's period."""
    leaves = descendants(place.period, to)
    if way == "equal":
        return dict.fromkeys(leaves, 1)
    if way == "percent":
        return dict(zip(leaves, _percentages(percent, len(leaves)), strict=True))
    if way == "workdays":
        work = calendar.work_calendar(db)
        return dict(zip(leaves, work.weights(leaves), strict=True))
    years = HISTORY_YEARS if way == "history" else 1
    monthly = month_weights(db, measure, place.who, place.period, years)
    if to in ("quarter", "month", "year"):
        return {leaf: sum(monthly[one] for one in descendants(leaf, "month")) for leaf in leaves}
    # Below the month, days share its weight as they are worked.
    work = calendar.work_calendar(db)
    found: dict[Period, Weight] = {}
    for leaf in leaves:
        month = next(one for one in monthly if leaf.start in one)
        whole = work.weight_between(month.start, month.end) or 1
        part = Fraction(work.weight_between(leaf.start, leaf.end), whole)
        found[leaf] = monthly[month] * part
    return found


def month_weights(
    db: Connection, measure: Measure, who: Who, period: Period, years: int
) -> dict[Period, int]:
    """Month weights (月销售比重): what each month brought in the past years together.

    The weight of a month is its total over ``years`` years; divided by the total of all months it
    is the share that the yearly plan sheet shows. Equal where nothing was sold.
    """
    months = descendants(period, "month")
    start = date(period.start.year - years, period.start.month, 1)
    sums = dict.fromkeys(months, 0)
    by_number = {month.start.month: month for month in months}
    for month_key, value in _by_month(db, measure, who, start, period.start).items():
        month = by_number.get(month_key % 100)
        if month is not None:
            sums[month] += value
    sums = {one: max(0, value) for one, value in sums.items()}
    return sums if any(sums.values()) else dict.fromkeys(months, 1)


def _people_weights(
    db: Connection,
    measure: Measure,
    place: Place,
    way: str,
    percent: Mapping[int, Weight] | None,
    members: Sequence[people.Person],
) -> dict[int, Weight]:
    if way == "percent":
        given = percent or {}
        _percentages([given.get(one.id, 0) for one in members], len(members))
        return {one.id: given.get(one.id, 0) for one in members}
    if way == "last":
        before = previous(place.period)
        sums: dict[int, int] = {one.id: 0 for one in members}
        for key, value in actuals(db, [measure], before.start, before.end).items():
            if key.person_id in sums:
                sums[key.person_id] += value
        return {one: max(0, value) for one, value in sums.items()}
    return {one.id: 1 for one in members}


def _percentages(percent: Sequence[Weight] | None, places: int) -> Sequence[Weight]:
    if percent is None or len(percent) != places:
        raise InputError(_("Give {count} percentages, one for each part.").format(count=places))
    if sum(percent) != 100:
        raise InputError(
            _("The percentages sum to {total}, not to 100.").format(total=float(sum(percent)))
        )
    return percent


# -- within ----------------------------------------------------------------------------------------


def _write_time(
    change: Change,
    plan_id: int,
    measure: Measure,
    tier: str,
    stored: Mapping[Place, targets.Target],
    place: Place,
    to: Kind,
    weights: Mapping[Period, Weight],
) -> int:
    found = _over_time(measure, stored, place, to, weights)
    return targets.set_values(change, plan_id, measure.id, tier, found)


def _over_time(
    measure: Measure,
    stored: Mapping[Place, targets.Target],
    place: Place,
    to: Kind,
    weights: Mapping[Period, Weight],
) -> dict[Place, int | None]:
    """The target at ``place`` spread over its periods down to kind ``to``."""
    locked = {
        one.period: cell.value
        for one, cell in stored.items()
        if one.who == place.who and cell.locked
    }

    def below(period: Period) -> tuple[Period, ...]:
        return () if period.kind == to else children(period)

    found = spread(
        place.period,
        _total(stored, place),
        below,
        lambda leaf: weights[leaf],
        locked=locked,
        step=measure.step,
    )
    return {Place(place.who, period): value for period, value in found.items()}


def _people_over_time(
    change: Change,
    plan_id: int,
    measure: Measure,
    tier: str,
    place: Place,
    to: Kind,
    below: Callable[[Who], Sequence[Who]],
) -> int:
    stored = targets.values(change.connection, plan_id, measure.id, tier)
    weights = time_weights(change.connection, measure, place, to, "workdays")
    by_row: dict[Who, dict[Place, targets.Target]] = {}
    for one, cell in stored.items():
        by_row.setdefault(one.who, {})[one] = cell
    # Everything is written at once: each writing reads the whole plan's cells.
    wanted: dict[Place, int | None] = {}
    for who in _leaves(place.who, below):
        row = by_row.get(who, {})
        wanted.update(_over_time(measure, row, Place(who, place.period), to, weights))

    def add_up(who: Who, period: Period) -> int:
        parts = below(who)
        if not parts:
            value = wanted.get(Place(who, period))
            return stored[Place(who, period)].value if value is None else value
        total = sum(add_up(part, period) for part in parts)
        cell = stored.get(Place(who, period))
        if cell is None or not cell.locked:
            wanted[Place(who, period)] = total
        return total

    for period in _levels(place.period, to):
        add_up(place.who, period)
    return targets.set_values(change, plan_id, measure.id, tier, wanted)


def _levels(period: Period, to: Kind) -> list[Period]:
    found: list[Period] = []
    for child in () if period.kind == to else children(period):
        found += [child, *_levels(child, to)]
    return found


def _leaves(who: Who, below: Callable[[Who], Sequence[Who]]) -> list[Who]:
    parts = below(who)
    return [who] if not parts else [leaf for part in parts for leaf in _leaves(part, below)]


def people_of(db: Connection, who: Who) -> list[people.Person]:
    """The people a target of ``who`` is split over: those who sell, managers only if alone."""
    everyone = people.people(db)
    if who.level == "team":
        return [one for one in everyone if one.team_id == who.team_id]
    if who.level == "person":
        return []
    sellers = [one for one in everyone if one.role != "manager" or one.team_id is not None]
    return sellers or everyone


def _by_month(db: Connection, measure: Measure, who: Who, start: date, end: date) -> dict[int, int]:
    """What somebody achieved of a measure in each month (202611) between two days."""
    structure = read_structure(db)
    whole = who._replace(product_id=None)
    sums: dict[int, int] = {}
    for key, value in actuals(db, [measure], start, end, bucket="month").items():
        assert isinstance(key.bucket, int)
        if whole in structure.wholes(key.person_id, key.bucket):
            sums[key.bucket] = sums.get(key.bucket, 0) + value
    return sums


def _reached(db: Connection, measure: Measure, who: Who, start: date, end: date) -> int:
    return sum(_by_month(db, measure, who, start, end).values())


def _total(stored: Mapping[Place, targets.Target], place: Place) -> int:
    cell = stored.get(place)
    if cell is None:
        raise InputError(
            _("Set a target for {period} first: there is nothing to split.").format(
                period=place.period.label
            )
        )
    return cell.value


def _deepest(stored: Mapping[Place, targets.Target], place: Place) -> Kind:
    """The shortest kind of period below ``place`` that has targets; else the next level."""
    order: tuple[Kind, ...] = ("day", "week", "month", "quarter")
    kinds = {
        one.period.kind
        for one in stored
        if one.who == place.who and one.period.start in place.period and one != place
    }
    for kind in order:
        if kind in kinds:
            return kind
    below = children(place.period)
    if not below:
        raise InputError(_("A day isn't split any further."))
    return below[0].kind

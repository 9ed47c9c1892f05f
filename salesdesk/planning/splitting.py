"""Splitting a plan's targets over time, people and products; rebalancing and catching up.

What is split is reckoned on a :class:`~salesdesk.planning.grid.Grid` and gives the cells to be set
(:data:`~salesdesk.planning.balancing.Changes`), so that a dialog can show them first. The writers
read the grid, reckon, and write through ``targets.set_values``: a split is one change and one undo,
and locked cells keep their value on every level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from salesdesk.calc.money import format_number
from salesdesk.calc.periods import Kind, Period, children, descendants, previous
from salesdesk.calc.split import Weight
from salesdesk.calc.spread import spread
from salesdesk.errors import InputError
from salesdesk.office import calendar, people
from salesdesk.office.measures import Measure
from salesdesk.planning import balancing, grid, targets
from salesdesk.planning.actuals import Key as ActualKey
from salesdesk.planning.actuals import actuals
from salesdesk.planning.balancing import Changes
from salesdesk.planning.grid import Grid
from salesdesk.planning.places import Place, Who, person
from salesdesk.planning.structure import read as read_structure
from salesdesk.planning.target_rules import need_split
from salesdesk.sales import products
from salesdesk.storage.history import Change
from salesdesk.text import _, mark, ngettext

#: How a total can be split over time.
TIME_WAYS: Mapping[str, str] = {
    "present": mark("In the present proportions"),
    "equal": mark("In equal parts"),
    "workdays": mark("By working days"),
    "history": mark("By the month weights of past years"),
    "last": mark("By last period's actual"),
    "percent": mark("By own percentages"),
}
#: How a total can be split over people or products.
AXIS_WAYS: Mapping[str, str] = {
    "present": mark("In the present proportions"),
    "equal": mark("In equal parts"),
    "last": mark("By last period's actual"),
    "percent": mark("By own percentages"),
}
#: What the history calls it.
SPLIT = mark("Split targets of {plan}: {what}")
REBALANCE = mark("Rebalance targets of {plan}: {what}")
CATCH_UP = mark("Catch up targets of {plan}: {what}")
#: Years whose actuals make the month weights (月销售比重).
HISTORY_YEARS = 3


def rounded(cells: Grid, step: int | None) -> Grid:
    """The grid whose splits go in steps of ``step``, in the measure's smallest; None for its own.

    One part of a split carries what is less than a step. Raises InputError for a step that isn't a
    multiple of the measure's.
    """
    own = cells.measure.step
    if step is not None and (step <= 0 or step % own):
        raise InputError(
            _("Targets of {measure} are rounded to {step} {unit} or a multiple of that.").format(
                measure=cells.measure.name,
                step=cells.measure.format(own),
                unit=cells.measure.unit,
            )
        )
    return replace(cells, rounding=step)


# -- reckoning -------------------------------------------------------------------------------------


def over_time(
    db: Connection,
    cells: Grid,
    place: Place,
    to: Kind,
    *,
    way: str = "workdays",
    percent: Sequence[Weight] | None = None,
) -> Changes:
    """The target at ``place`` split down to periods of kind ``to``, level by level.

    Levels in between become the sums of theirs, unless locked. Raises InputError (no target
    there, wrong number of percentages), SplitError (locked cells can't be met), CalendarError.
    """
    need_split(cells.measure, "time")
    weights = time_weights(db, cells, place, to, way, percent)
    return _over_time(cells, place, _total(cells, place), to, weights)


def over_people(
    db: Connection,
    cells: Grid,
    place: Place,
    *,
    way: str = "equal",
    percent: Mapping[int, Weight] | None = None,
    then_time: Kind | None = None,
    then_way: str = "workdays",
) -> Changes:
    """An office's or team's target split over its people.

    Teams become the sums of their people, unless locked. ``percent`` gives each person's weight.
    With ``then_time`` each person's part is split on over time (``then_way``), and the months of
    teams and office become the sums of their people, so that both axes are exact. Raises as
    :func:`over_time`.
    """
    need_split(cells.measure, "people" if then_time is None else "time")
    members = people_of(db, place.who)
    if not members:
        raise InputError(_("There is nobody here to split the target between."))
    weigh = _people_weights(db, cells, place, way, percent, members)
    member_ids = {member.id for member in members}

    def below(who: Who) -> list[Who]:
        return [
            part
            for part in cells.structure.below(who, place.period)
            if part.person_id in member_ids or (part.person_id is None and below(part))
        ]

    locked = {
        who: cell.value
        for (who, period), cell in cells.cells.items()
        if period == place.period and cell.locked
    }
    values = spread(
        place.who,
        _total(cells, place),
        below,
        lambda who: weigh.get(who.person_id or 0, 0),
        locked=locked,
        step=cells.step,
        show=cells.measure.format,
    )
    changes = {Place(who, place.period): value for who, value in values.items()}
    if then_time is None:
        return changes
    for who in values:
        if who.person_id is not None:
            part = Place(who, place.period)
            weights = time_weights(db, cells, part, then_time, then_way)
            changes.update(_over_time(cells, part, values[who], then_time, weights))

    def add_up(who: Who, period: Period) -> int:
        parts = below(who)
        if not parts:
            return changes.get(Place(who, period), cells.stored(who, period) or 0)
        total = sum(add_up(part, period) for part in parts)
        if not cells.locked(who, period):
            changes[Place(who, period)] = total
        return total

    for period in _levels(place.period, then_time):
        add_up(place.who, period)
    return changes


def over_products(
    db: Connection,
    cells: Grid,
    place: Place,
    product_ids: Sequence[int],
    *,
    way: str = "equal",
    percent: Sequence[Weight] | None = None,
) -> Changes:
    """A target split over products; categories that hold a target follow their products.

    A locked category keeps its target, which its products share. Raises as :func:`over_time`.
    """
    parts = [place.who._replace(product_id=key, category="") for key in product_ids]
    return _over_goods(db, cells, place, parts, way=way, percent=percent)


def over_categories(
    db: Connection,
    cells: Grid,
    place: Place,
    categories: Sequence[str],
    *,
    way: str = "equal",
    percent: Sequence[Weight] | None = None,
) -> Changes:
    """A target split over categories of products. Raises as :func:`over_time`."""
    parts = [place.who._replace(category=name) for name in categories]
    return _over_goods(db, cells, place, parts, way=way, percent=percent)


def _over_goods(
    db: Connection,
    cells: Grid,
    place: Place,
    goods: Sequence[Who],
    *,
    way: str,
    percent: Sequence[Weight] | None,
) -> Changes:
    need_split(cells.measure, "products")
    if not goods:
        raise InputError(_("There is no product here to split the target between."))
    category_of = {one.id: one.category for one in products.products(db, active_only=False)}
    places = [Place(part, place.period) for part in goods]
    if way == "percent":
        weights: Sequence[Weight] = _percentages(percent, len(goods))
    elif way == "present":
        weights = [max(0, cells.value(*part) or 0) for part in places]
    elif way == "last":
        before = previous(place.period)
        sums: dict[int | str, int] = {}
        for key, value in _achieved(
            db, cells.measure, place.who, before.start, before.end, by_product=True
        ):
            if key.product_id is not None:
                for good in (key.product_id, category_of[key.product_id]):
                    sums[good] = sums.get(good, 0) + value
        weights = [max(0, sums.get(part.product_id or part.category, 0)) for part in goods]
    else:
        weights = [1] * len(goods)
    weigh = dict(zip(goods, weights, strict=True))
    # Products share what their category has where it has a target, most of all a locked one.
    inside: dict[Who, list[Who]] = {}
    for part in goods if not place.who.category else ():
        group = place.who._replace(category=category_of.get(part.product_id or 0, ""))
        if group.category and cells.stored(group, place.period) is not None:
            inside.setdefault(group, []).append(part)
    grouped = {part for parts in inside.values() for part in parts}
    top = [*inside, *(part for part in goods if part not in grouped)]

    def below(who: Who) -> Sequence[Who]:
        return top if who == place.who else inside.get(who, ())

    values = spread(
        place.who,
        _total(cells, place),
        below,
        lambda part: weigh.get(part, 0),
        locked={
            part: cells.stored(part, place.period) or 0
            for part in [*inside, *goods]
            if cells.locked(part, place.period)
        },
        step=cells.step,
        show=cells.measure.format,
    )
    return {Place(part, place.period): value for part, value in values.items()}


def products_of(db: Connection, who: Who) -> list[products.Product]:
    """The products that a target of ``who`` is split over: a category's own, none of a product."""
    if who.product_id is not None:
        return []
    return [
        one for one in products.products(db) if not who.category or one.category == who.category
    ]


def catching_up(db: Connection, cells: Grid, place: Place, today: date) -> Changes:
    """What is still missing to the target on the rest of its period, by working days.

    Raises InputError when nothing remains of the period, and as :func:`over_time`.
    """
    need_split(cells.measure, "time")
    rest = balancing.rest_of(cells, place, today)
    months = _by_month(db, cells.measure, place.who, place.period.start, rest[0].start)
    missing = max(0, _total(cells, place) - sum(months.values()))
    weights = dict(zip(rest, calendar.work_calendar(db).weights(rest), strict=True))
    return balancing.catch_up(cells, place, today, missing, weights)


# -- writing ---------------------------------------------------------------------------------------


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
    """Split a target as :func:`over_time`; how many cells changed."""
    cells = _grid(change, plan_id, measure, tier)
    changes = over_time(change.connection, cells, place, to, way=way, percent=percent)
    return _write(change, cells, changes, _(SPLIT))


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
    then_way: str = "workdays",
) -> int:
    """Split a target as :func:`over_people`; how many cells changed."""
    cells = _grid(change, plan_id, measure, tier)
    changes = over_people(
        change.connection, cells, place,
        way=way, percent=percent, then_time=then_time, then_way=then_way,
    )  # fmt: skip
    return _write(change, cells, changes, _(SPLIT))


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
    """Split a target as :func:`over_products`; how many cells changed."""
    cells = _grid(change, plan_id, measure, tier)
    changes = over_products(change.connection, cells, place, product_ids, way=way, percent=percent)
    return _write(change, cells, changes, _(SPLIT))


def rebalance(
    change: Change, plan_id: int, measure: Measure, tier: str, place: Place, way: str = "time"
) -> int:
    """Balance a target as ``balancing.rebalance``; how many cells changed."""
    cells = _grid(change, plan_id, measure, tier)
    return _write(change, cells, balancing.rebalance(cells, place, way), _(REBALANCE))


def catch_up(
    change: Change, plan_id: int, measure: Measure, tier: str, place: Place, today: date
) -> int:
    """Catch up as :func:`catching_up`; how many cells changed."""
    cells = _grid(change, plan_id, measure, tier)
    return _write(change, cells, catching_up(change.connection, cells, place, today), _(CATCH_UP))


def set_reckoned(
    change: Change, cells: Grid, reckon: Callable[[Connection, Grid], Changes], words: str
) -> int:
    """Reckon on the grid as it is now and set what comes out; how many cells changed.

    ``words`` (SPLIT, REBALANCE, CATCH_UP) name it in the history.
    """
    current = _grid(change, cells.plan.id, cells.measure, cells.tier)
    return _write(change, current, reckon(change.connection, current), _(words))


def _grid(change: Change, plan_id: int, measure: Measure, tier: str) -> Grid:
    return grid.read(change.connection, plan_id, measure.id, tier)


def _write(change: Change, cells: Grid, changes: Changes, words: str) -> int:
    return targets.set_values(
        change, cells.plan.id, cells.measure.id, cells.tier, dict(changes),
        words=words, any_step=True,
    )  # fmt: skip


# -- weights ---------------------------------------------------------------------------------------


def time_weights(
    db: Connection,
    cells: Grid,
    place: Place,
    to: Kind,
    way: str,
    percent: Sequence[Weight] | None = None,
) -> dict[Period, Weight]:
    """The weight of each period of kind ``to`` in the place's period."""
    leaves = descendants(place.period, to)
    if way == "present":
        return {leaf: max(0, cells.value(place.who, leaf) or 0) for leaf in leaves}
    if way == "equal":
        return dict.fromkeys(leaves, 1)
    if way == "percent":
        return dict(zip(leaves, _percentages(percent, len(leaves)), strict=True))
    if way == "workdays":
        work = calendar.work_calendar(db)
        return dict(zip(leaves, work.weights(leaves), strict=True))
    years = HISTORY_YEARS if way == "history" else 1
    monthly = month_weights(db, cells.measure, place.who, place.period, years)
    if to in ("quarter", "month", "year"):
        return {
            leaf: sum(monthly[period] for period in descendants(leaf, "month")) for leaf in leaves
        }
    # Below the month, days share its weight as they are worked.
    work = calendar.work_calendar(db)
    found: dict[Period, Weight] = {}
    for leaf in leaves:
        month = next(period for period in monthly if leaf.start in period)
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
    cells: Grid,
    place: Place,
    way: str,
    percent: Mapping[int, Weight] | None,
    members: Sequence[people.Person],
) -> dict[int, Weight]:
    if way == "percent":
        given = percent or {}
        _percentages([given.get(one.id, 0) for one in members], len(members))
        return {one.id: given.get(one.id, 0) for one in members}
    if way == "present":
        of = place.who.product_id, place.who.category
        return {
            member.id: max(0, cells.value(person(member.id, *of), place.period) or 0)
            for member in members
        }
    if way == "last":
        before = previous(place.period)
        sums: dict[int, int] = {member.id: 0 for member in members}
        of_office = place.who._replace(team_id=None, person_id=None)
        for key, value in _achieved(db, cells.measure, of_office, before.start, before.end):
            if key.person_id in sums:
                sums[key.person_id] += value
        return {one: max(0, value) for one, value in sums.items()}
    return {one.id: 1 for one in members}


def _percentages(percent: Sequence[Weight] | None, places: int) -> Sequence[Weight]:
    if percent is None or len(percent) != places:
        raise InputError(
            ngettext(
                "Give {count} percentage, one for each part.",
                "Give {count} percentages, one for each part.",
                places,
            ).format(count=places)
        )
    over = sum((Fraction(one) for one in percent), Fraction(0)) - 100
    if over:
        words = _("{over}% too much") if over > 0 else _("{over}% are missing")
        raise InputError(
            _("The percentages sum to {total}%, not to 100%: {difference}.").format(
                total=_percent(over + 100), difference=words.format(over=_percent(abs(over)))
            )
        )
    return percent


def _percent(share: Weight) -> str:
    return format_number(round(share * 100), 2, trim=True)


# -- within ----------------------------------------------------------------------------------------


def _over_time(
    cells: Grid, place: Place, total: int, to: Kind, weights: Mapping[Period, Weight]
) -> Changes:
    """``total`` spread over the periods of a row down to kind ``to``."""
    locked = {
        period: cell.value
        for (who, period), cell in cells.cells.items()
        if who == place.who and cell.locked
    }

    def below(period: Period) -> tuple[Period, ...]:
        return () if period.kind == to else children(period)

    values = spread(
        place.period,
        total,
        below,
        lambda leaf: weights[leaf],
        locked=locked,
        step=cells.step,
        show=cells.measure.format,
    )
    return {Place(place.who, period): value for period, value in values.items()}


def _levels(period: Period, to: Kind) -> list[Period]:
    """The periods below ``period`` down to kind ``to``, the shorter ones after their wholes."""
    levels: list[Period] = []
    for child in () if period.kind == to else children(period):
        levels += [child, *_levels(child, to)]
    return levels


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
    sums: dict[int, int] = {}
    for key, value in _achieved(db, measure, who, start, end):
        assert isinstance(key.bucket, int)
        sums[key.bucket] = sums.get(key.bucket, 0) + value
    return sums


def _achieved(
    db: Connection, measure: Measure, who: Who, start: date, end: date, *, by_product: bool = False
) -> Iterator[tuple[ActualKey, int]]:
    """What somebody achieved between two days, by month, of the product or category if one is."""
    structure = read_structure(db)
    inside: set[int] | None = None
    if who.product_id is not None:
        inside = {who.product_id}
    elif who.category:
        known = products.products(db, active_only=False)
        inside = {one.id for one in known if one.category == who.category}
    split_up = by_product or inside is not None
    found = actuals(db, [measure], start, end, bucket="month", by_product=split_up)
    for key, value in found.items():
        assert isinstance(key.bucket, int)
        if inside is not None and key.product_id not in inside:
            continue
        if who.whole in structure.wholes(key.person_id, key.bucket):
            yield key, value


def _total(cells: Grid, place: Place) -> int:
    total = cells.stored(*place)
    if total is None:
        raise InputError(
            _("Set a target for {period} first: there is nothing to split.").format(
                period=place.period.label
            )
        )
    return total

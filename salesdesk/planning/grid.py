"""The split grid: a plan's targets of one measure and tier as rows and columns, gaps included.

Read once from the database, computed on demand from then on; the window, the headless commands
and the quota sheet show the same numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from salesdesk.calc.periods import KINDS, Period, months_between, parent
from salesdesk.office import people
from salesdesk.office.measures import Measure, measure_by_id
from salesdesk.planning import plans, targets
from salesdesk.planning.actuals import achieved
from salesdesk.planning.parts import Part, added, total
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from salesdesk.planning.structure import AXES, UNKNOWN, Structure, Sum, standing_in, sum_of
from salesdesk.planning.structure import read as read_structure
from salesdesk.sales import products

#: Up to so many changes leave what they don't touch as it was reckoned.
_FEW = 4


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: whose targets it holds, how it is called, how far it is indented."""

    who: Who
    name: str
    depth: int
    team_name: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A parent and its children that don't sum: ``amount`` is parent minus children.

    ``axis`` is "time" (periods), "people" or "products".
    """

    place: Place
    row_name: str
    axis: str
    amount: int


@dataclass(slots=True)
class Grid:
    """The targets of one plan, measure and tier.

    ``cells`` are the stored targets; ``actual`` what was achieved by (who, month) where it was
    asked for; splits go in steps of ``rounding`` where it is given. A cell that isn't set takes the
    sum of its children, by the rule of ``structure.standing_in``.
    """

    plan: plans.Plan
    measure: Measure
    tier: str
    rows: Sequence[GridRow]
    cells: Mapping[Place, targets.Target]
    structure: Structure
    actual: Mapping[tuple[Who, int], Part] = field(default_factory=dict)
    rounding: int | None = None
    _values: dict[Place, Sum] = field(default_factory=dict)
    _deepest: Mapping[int | None, int] | None = None

    def __post_init__(self) -> None:
        if self._deepest is None:
            self._deepest = _deepest_of(self.cells, {})

    @property
    def step(self) -> int:
        """What targets that are split go in, in the measure's smallest step."""
        return self.rounding or self.measure.step

    def with_values(self, changes: Mapping[Place, int | None]) -> Grid:
        """The grid as it is once ``changes`` are made (None clears a cell), not read again."""
        cells = dict(self.cells)
        for place, value in changes.items():
            cell = cells.pop(place, None)
            if value is not None:
                cells[place] = targets.Target(
                    0 if cell is None else cell.id, value, cell is not None and cell.locked
                )
        # What stands for people other than those changed, or in other periods, stays as it is.
        kept: dict[Place, Sum] = {}
        if len(changes) <= _FEW:
            kept = dict(self._values)
            for place in changes:
                for above in self._above(place):
                    kept.pop(above, None)
        deepest = _deepest_of(changes, self._deepest)
        return replace(self, cells=cells, _values=kept, _deepest=deepest)

    def _above(self, place: Place) -> Iterator[Place]:
        """A place and all that are made up of it: its longer periods, of whoever it is part of."""
        wholes = [place.who.whole, OFFICE, *(team(part.id) for part in self.structure.teams)]
        whos = {place.who}
        for whole in wholes:
            goods = self.structure.goods(whole)
            whos |= {whole, *goods}
            for part in goods:
                whos.update(self.structure.goods(part))
        period: Period | None = place.period
        while period is not None:
            for who in whos:
                yield Place(who, period)
            period = parent(period)

    def with_rows(self, ids: Collection[int], found: Mapping[Place, targets.Target]) -> Grid | None:
        """The grid with the targets ``ids`` as they are now: ``found``, the others are gone.

        None where that needs more than its cells: a row that it doesn't have comes in.
        """
        if not {place.who for place in found} <= {row.who for row in self.rows}:
            return None
        cells = {place: cell for place, cell in self.cells.items() if cell.id not in ids}
        return replace(self, cells=cells | dict(found), _values={}, _deepest=None)

    # -- single cells ------------------------------------------------------------------------------

    def stored(self, who: Who, period: Period) -> int | None:
        """What was entered at a place, None where nothing was."""
        cell = self.cells.get(Place(who, period))
        return None if cell is None else cell.value

    def locked(self, who: Who, period: Period) -> bool:
        """Whether the cell keeps its value in splits."""
        cell = self.cells.get(Place(who, period))
        return cell is not None and cell.locked

    def value(self, who: Who, period: Period) -> int | None:
        """What counts at a place: what was entered, else the sum that stands in, else None."""
        return self._at(Place(who, period)).value

    def gaps(self, who: Who, period: Period) -> dict[str, int]:
        """By axis, the cell minus the sum of its children as they are shown, where they differ.

        A child that isn't set counts with its own value: a person's months stand for a year that
        nobody entered for them. Without any child of an axis there is no gap on it.
        """
        own = self.stored(who, period)
        if own is None:
            return {}
        sums = {axis: self._sum(Place(who, period), axis).value for axis in AXES}
        return {
            axis: own - total for axis, total in sums.items() if total is not None and total != own
        }

    def has_parts(self, place: Place) -> bool:
        """Whether anything below a place has a target."""
        return any(self._sum(place, axis).value is not None for axis in AXES)

    def actual_of(self, who: Who, period: Period) -> int | None:
        """What was achieved in a period of whole months; None for shorter ones."""
        if period.kind in ("week", "day"):
            return None
        first = period.start.year * 12 + period.start.month - 1
        last = period.end.year * 12 + period.end.month - 1
        return total(
            self.measure,
            (
                self.actual.get((who, month // 12 * 100 + month % 12 + 1), 0)
                for month in range(first, last)
            ),
        )

    # -- the whole ---------------------------------------------------------------------------------

    def all_gaps(self) -> list[Gap]:
        """Every gap of the grid, the largest first."""
        names = {row.who: row.name for row in self.rows}
        gaps = [
            Gap(place, names.get(place.who, ""), axis, amount)
            for place in self.cells
            for axis, amount in self.gaps(place.who, place.period).items()
        ]
        gaps.sort(key=lambda gap: (-abs(gap.amount), gap.place.period, gap.row_name))
        return gaps

    def _at(self, place: Place) -> Sum:
        cell = self.cells.get(place)
        if cell is not None:
            return Sum(cell.value, True)
        if place not in self._values:
            sums = {axis: self._sum(place, axis) for axis in AXES}
            axis = standing_in(sums)
            self._values[place] = UNKNOWN if axis is None else sums[axis]
        return self._values[place]

    def _sum(self, place: Place, axis: str) -> Sum:
        """The sum of a place's children along one axis, as they count."""
        if axis == "time":
            level = KINDS.index(place.period.kind)
            assert self._deepest is not None
            if level >= self._deepest.get(place.who.person_id, -1):
                return UNKNOWN
        parts = (self._at(part) for part in self.structure.parts(place, axis))
        return sum_of(axis, parts, self.measure.nature)


def _deepest_of(
    places: Iterable[Place], known: Mapping[int | None, int] | None
) -> dict[int | None, int]:
    """How short the periods go that have targets, of each person and (None) of anybody: sums
    needn't look any further down. ``known`` are those of other places.
    """
    found = dict(known or {})
    for who, period in places:
        level = KINDS.index(period.kind)
        for key in (who.person_id, None):
            if level > found.get(key, -1):
                found[key] = level
    return found


def read(
    db: Connection,
    plan_id: int,
    measure_id: int,
    tier: str,
    *,
    with_products: bool = False,
    with_categories: bool = False,
    with_actuals: bool = False,
) -> Grid:
    """The grid of a plan: its own row, then teams and people below it, each with its categories
    and products: those that have targets, all of them ``with_categories`` and ``with_products``.

    Raises NotFoundError for an unknown plan or measure.
    """
    plan = plans.plan_by_id(db, plan_id)
    measure = measure_by_id(db, measure_id)
    cells = targets.values(db, plan_id, measure_id, tier)
    used = {place.who.product_id for place in cells} - {None}
    shown = [
        product
        for product in products.products(db, active_only=with_products)
        if with_products or product.id in used
    ]
    categories = _categories(db, cells, shown, every=with_categories)
    structure = read_structure(
        db, product_ids=[product.id for product in shown], categories=categories
    )
    rows = _people_rows(structure, plan)
    if shown or categories:
        names = {product.id: product.name for product in shown}
        rows = [one for row in rows for one in (row, *_goods_rows(structure, row, names))]
    rows += _left_over(structure, {place.who for place in cells} - {row.who for row in rows})
    grid = Grid(plan, measure, tier, rows, cells, structure)
    if with_actuals:
        grid.actual = _actuals(db, grid)
    return grid


def _people_rows(structure: Structure, plan: plans.Plan) -> list[GridRow]:
    """The plan's own row, then those it is made up of at some time of its period.

    Who changed teams stands in the last one; who left stands nowhere, unless they have targets
    (see :func:`_left_over`).
    """
    if plan.who.level == "person":
        return [GridRow(plan.who, plan.owner, 0)]
    months = months_between(plan.period.start, plan.period.end)
    teams = [part for part in structure.teams if plan.who.team_id in (None, part.id)]
    wholes = [team(part.id) for part in teams]
    rows: list[GridRow] = []
    depth = 0
    if plan.who.level == "office":
        wholes.append(OFFICE)
        depth = 1
    inside: dict[Who, list[people.Person]] = {}
    for member in structure.everyone:
        whole = _last_whole(structure, wholes, months, person(member.id))
        if whole is not None and member.active:
            inside.setdefault(whole, []).append(member)
    if plan.who.level == "office":
        rows.append(GridRow(OFFICE, "", 0))
        rows += [GridRow(person(member.id), member.name, 1) for member in inside.get(OFFICE, [])]
    for part in teams:
        members = inside.get(team(part.id), [])
        if part.active or members:
            rows.append(GridRow(team(part.id), part.name, depth, part.name))
            rows += [
                GridRow(person(member.id), member.name, depth + 1, part.name) for member in members
            ]
    return rows


def _last_whole(
    structure: Structure, wholes: Sequence[Who], months: Sequence[Period], who: Who
) -> Who | None:
    """Whom somebody belonged to last in some months, None who never did."""
    for month in reversed(months):
        for whole in wholes:
            if who in structure.below(whole, month):
                return whole
    return None


def _categories(
    db: Connection,
    cells: Mapping[Place, targets.Target],
    shown: Sequence[products.Product],
    *,
    every: bool,
) -> dict[str, list[int]]:
    """The categories that have rows, each with its products among those shown."""
    names = {place.who.category for place in cells} - {""}
    if every:
        names |= {product.category for product in products.products(db)} - {""}
    return {
        name: [product.id for product in shown if product.category == name]
        for name in sorted(names)
    }


def _goods_rows(structure: Structure, row: GridRow, names: Mapping[int, str]) -> Iterator[GridRow]:
    """The rows of the categories and products below one's row, products below their category."""
    for who in structure.goods(row.who):
        name = names.get(who.product_id or 0) or who.category
        below = GridRow(who, name, row.depth + 1, row.team_name)
        yield below
        if who.category:
            yield from _goods_rows(structure, below, names)


def _left_over(structure: Structure, others: set[Who]) -> list[GridRow]:
    """Rows for targets of people or teams no longer active, so that no figure is hidden."""
    names = {member.id: member.name for member in structure.everyone}
    team_names = {part.id: part.name for part in structure.teams}
    return [
        GridRow(
            who,
            names.get(who.person_id or 0) or team_names.get(who.team_id or 0, ""),
            1,
            team_names.get(who.team_id or 0, ""),
        )
        for who in sorted(others, key=lambda who: (who.team_id or 0, who.person_id or 0))
    ]


def _actuals(db: Connection, grid: Grid) -> dict[tuple[Who, int], Part]:
    by_product = any(row.who.of_goods for row in grid.rows)
    categories: dict[int, str] = {}
    if by_product:
        categories = {one.id: one.category for one in products.products(db, active_only=False)}
    period = grid.plan.period
    found = achieved(
        db, [grid.measure], period.start, period.end, bucket="month", by_product=by_product
    )
    sums: dict[tuple[Who, int], Part] = {}
    for key, part in found.items():
        assert isinstance(key.bucket, int)
        for who in grid.structure.wholes(key.person_id, key.bucket):
            places = [who]
            if key.product_id is not None:
                places.append(who._replace(product_id=key.product_id))
                if categories.get(key.product_id):
                    places.append(who._replace(category=categories[key.product_id]))
            for place in places:
                sums[place, key.bucket] = added(sums.get((place, key.bucket), 0), part)
    return sums

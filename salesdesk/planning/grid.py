"""The split grid: a plan's targets of one measure and tier as rows and columns, gaps included.

Read once from the database, computed on demand from then on; the window, the headless commands
and the quota sheet show the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from salesdesk.calc.periods import KINDS, Period, children
from salesdesk.office import people
from salesdesk.office.measures import Measure, measure_by_id
from salesdesk.planning import plans, targets
from salesdesk.planning.actuals import actuals
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from salesdesk.sales import products

#: Along which a target is made up of smaller ones, in the order they stand in for one not set.
AXES = ("time", "people", "products")


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
    asked for. A cell that isn't set takes the sum of its children.
    """

    plan: plans.Plan
    measure: Measure
    tier: str
    rows: Sequence[GridRow]
    cells: Mapping[Place, targets.Target]
    actual: Mapping[tuple[Who, int], int] = field(default_factory=dict)
    _below: dict[Who, list[Who]] = field(default_factory=dict)
    _by_product: dict[Who, list[Who]] = field(default_factory=dict)
    _sums: dict[tuple[Place, str], int | None] = field(default_factory=dict)
    _deepest: dict[Who, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        # How short the periods go that have targets, in a row or in those it is made up of: sums
        # needn't look any further down.
        above: dict[Who, Who] = {}
        for parts in (self._below, self._by_product):
            above.update({part: whole for whole, inside in parts.items() for part in inside})
        levels: dict[Who, int] = {}
        for who, period in self.cells:
            levels[who] = max(levels.get(who, 0), KINDS.index(period.kind))
        for row, level in levels.items():
            at: Who | None = row
            while at is not None and level > self._deepest.get(at, -1):
                self._deepest[at] = level
                at = above.get(at)

    def with_values(self, wanted: Mapping[Place, int | None]) -> Grid:
        """The grid as it is once ``wanted`` is set (None clears a cell), without reading again."""
        cells = dict(self.cells)
        for place, value in wanted.items():
            cell = cells.pop(place, None)
            if value is not None:
                cells[place] = targets.Target(
                    0 if cell is None else cell.id, value, cell is not None and cell.locked
                )
        return replace(self, cells=cells, _sums={})

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
        """What counts at a place: what was entered, else the sum of its children, else None."""
        cell = self.cells.get(Place(who, period))
        if cell is not None:
            return cell.value
        for axis in AXES:
            found = self._sum(Place(who, period), axis)
            if found is not None:
                return found
        return None

    def gaps(self, who: Who, period: Period) -> dict[str, int]:
        """By axis, the cell minus the sum of its children as they are shown, where they differ.

        A child that isn't set counts with its own value: a person's months stand for a year that
        nobody entered for them. Without any child of an axis there is no gap on it.
        """
        own = self.stored(who, period)
        if own is None:
            return {}
        found = {}
        for axis in AXES:
            shown = [self.value(*part) for part in self._parts(Place(who, period), axis)]
            known = [value for value in shown if value is not None]
            if known and sum(known) != own:
                found[axis] = own - sum(known)
        return found

    def actual_of(self, who: Who, period: Period) -> int | None:
        """What was achieved in a period of whole months; None for shorter ones."""
        if period.kind in ("week", "day"):
            return None
        first = period.start.year * 12 + period.start.month - 1
        last = period.end.year * 12 + period.end.month - 1
        return sum(
            self.actual.get((who, month // 12 * 100 + month % 12 + 1), 0)
            for month in range(first, last)
        )

    # -- the whole ---------------------------------------------------------------------------------

    def all_gaps(self) -> list[Gap]:
        """Every gap of the grid, the largest first."""
        names = {row.who: row.name for row in self.rows}
        found = [
            Gap(place, names.get(place.who, ""), axis, amount)
            for place in self.cells
            for axis, amount in self.gaps(place.who, place.period).items()
        ]
        found.sort(key=lambda gap: (-abs(gap.amount), gap.place.period, gap.row_name))
        return found

    def _parts(self, place: Place, axis: str) -> list[Place]:
        """The places one level down on an axis."""
        who, period = place
        if axis == "people":
            return [Place(one, period) for one in self._below.get(who, [])]
        if axis == "products":
            return [Place(one, period) for one in self._by_product.get(who, [])]
        if KINDS.index(period.kind) >= self._deepest.get(who, -1):
            return []
        return [Place(who, child) for child in children(period)]

    def _sum(self, place: Place, axis: str) -> int | None:
        """The sum of a place's children along one axis, None where none of them is set.

        A child that isn't set counts with the sum of its own children on the same axis: the
        months make the year where nobody entered quarters.
        """
        key = (place, axis)
        if key not in self._sums:
            known = []
            for part in self._parts(place, axis):
                cell = self.cells.get(part)
                value = self._sum(part, axis) if cell is None else cell.value
                if value is not None:
                    known.append(value)
            self._sums[key] = sum(known) if known else None
        return self._sums[key]


def read(
    db: Connection,
    plan_id: int,
    measure_id: int,
    tier: str,
    *,
    with_products: bool = False,
    with_actuals: bool = False,
) -> Grid:
    """The grid of a plan: its own row, then teams and people below it (and their products).

    Raises NotFoundError for an unknown plan or measure.
    """
    plan = plans.plan_by_id(db, plan_id)
    measure = measure_by_id(db, measure_id)
    cells = targets.values(db, plan_id, measure_id, tier)
    rows, below = _people_rows(db, plan)
    by_product: dict[Who, list[Who]] = {}
    used = {place.who.product_id for place in cells} - {None}
    if with_products or used:
        rows, by_product = _with_products(db, rows, used if not with_products else None)
    known = {row.who for row in rows}
    rows += _left_over(db, {place.who for place in cells} - known)
    grid = Grid(plan, measure, tier, rows, cells, {}, below, by_product)
    if with_actuals:
        grid.actual = _actuals(db, grid)
    return grid


def _people_rows(db: Connection, plan: plans.Plan) -> tuple[list[GridRow], dict[Who, list[Who]]]:
    everyone = people.people(db)
    if plan.who.level == "person":
        return [GridRow(plan.who, plan.owner, 0)], {}
    rows: list[GridRow] = []
    below: dict[Who, list[Who]] = {}
    teams = [one for one in people.teams(db) if plan.who.team_id in (None, one.id)]
    depth = 0
    if plan.who.level == "office":
        rows.append(GridRow(OFFICE, "", 0))
        depth = 1
        loose = [one for one in everyone if one.team_id is None]
        below[OFFICE] = [person(one.id) for one in loose] + [team(one.id) for one in teams]
        rows += [GridRow(person(one.id), one.name, 1) for one in loose]
    for one in teams:
        rows.append(GridRow(team(one.id), one.name, depth, one.name))
        members = [member for member in everyone if member.team_id == one.id]
        below[team(one.id)] = [person(member.id) for member in members]
        rows += [GridRow(person(member.id), member.name, depth + 1, one.name) for member in members]
    return rows, below


def _with_products(
    db: Connection, rows: Sequence[GridRow], only: set[int | None] | None
) -> tuple[list[GridRow], dict[Who, list[Who]]]:
    shown = [
        one
        for one in products.products(db, active_only=only is None)
        if only is None or one.id in only
    ]
    found: list[GridRow] = []
    by_product: dict[Who, list[Who]] = {}
    for row in rows:
        found.append(row)
        parts = [row.who._replace(product_id=one.id) for one in shown]
        by_product[row.who] = parts
        found += [
            GridRow(who, one.name, row.depth + 1, row.team_name)
            for who, one in zip(parts, shown, strict=True)
        ]
    return found, by_product


def _left_over(db: Connection, others: set[Who]) -> list[GridRow]:
    """Rows for targets of people or teams no longer active, so that no figure is hidden."""
    if not others:
        return []
    names = {one.id: one.name for one in people.people(db, active_only=False)}
    team_names = {one.id: one.name for one in people.teams(db, active_only=False)}
    return [
        GridRow(
            who,
            names.get(who.person_id or 0) or team_names.get(who.team_id or 0, ""),
            1,
            team_names.get(who.team_id or 0, ""),
        )
        for who in sorted(others, key=lambda who: (who.team_id or 0, who.person_id or 0))
    ]


def _actuals(db: Connection, grid: Grid) -> dict[tuple[Who, int], int]:
    by_product = any(row.who.product_id is not None for row in grid.rows)
    period = grid.plan.period
    found = actuals(
        db, [grid.measure], period.start, period.end, bucket="month", by_product=by_product
    )
    team_of = {one.id: one.team_id for one in people.people(db, active_only=False)}
    sums: dict[tuple[Who, int], int] = {}
    for key, value in found.items():
        assert isinstance(key.bucket, int)
        whos = [OFFICE]
        if key.person_id is not None:
            whos.append(person(key.person_id))
            belongs = team_of.get(key.person_id)
            if belongs is not None:
                whos.append(team(belongs))
        for who in whos:
            places = (
                [who] if key.product_id is None else [who, who._replace(product_id=key.product_id)]
            )
            for place in places:
                sums[place, key.bucket] = sums.get((place, key.bucket), 0) + value
    return sums

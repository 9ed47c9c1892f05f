"""Benchmark: the targets grid of 200 people and 20 products over the twelve months of a year.

What opening costs is the reading and what the first screen shows; what typing costs is the grid
with another figure, and all sums on that screen anew.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from salesdesk.calc.periods import Period, children, descendants, year
from salesdesk.office import people
from salesdesk.office.founding import new_office
from salesdesk.office.measures import measure_with_code
from salesdesk.planning import grid, plans, targets
from salesdesk.planning.grid import Grid
from salesdesk.planning.places import OFFICE, Place, person
from salesdesk.sales import products
from salesdesk.workspace import Workspace

PEOPLE, PRODUCTS, TEAMS = 200, 20, 10
PLAN = year(2026)
#: Rows that a screen shows; the columns are the year's, quarters' and months'.
SHOWN = 40
COLUMNS: Sequence[Period] = (PLAN, *children(PLAN), *descendants(PLAN, "month"))


def _office(folder: Path) -> tuple[Workspace, int, int]:
    """An office whose plan has a target of everybody, product and month; plan and measure ids."""
    workspace = new_office(folder / "grid.office", name="Grid", kind="b2b", founder="Max")
    with workspace.change("Staff") as change:
        teams = [people.add_team(change, f"Team {number}") for number in range(TEAMS)]
        staff = [
            people.add_person(change, f"Person {number}", team_id=teams[number % TEAMS])
            for number in range(PEOPLE)
        ]
        goods = [
            products.add_product(change, f"Product {number}", price=100_00)
            for number in range(PRODUCTS)
        ]
    with workspace.change("Plan") as change:
        plan_id = plans.new_plan(change, title="2026", period=PLAN, who=OFFICE)
        measure = measure_with_code(change.connection, "amount")
        cells: dict[Place, int | None] = {
            Place(person(one, good), month): 1_000_00 + one + good
            for one in staff
            for good in goods
            for month in descendants(PLAN, "month")
        }
        targets.set_values(change, plan_id, measure.id, "assigned", cells)
    return workspace, plan_id, measure.id


def _shown(found: Grid) -> list[int | None]:
    return [found.value(row.who, period) for row in found.rows[:SHOWN] for period in COLUMNS]


def _milliseconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def run(repeats: int = 5, typed: int = 40) -> dict[str, float]:
    """Milliseconds of opening (the median) and of typing (the 95th percentile)."""
    with tempfile.TemporaryDirectory() as name:
        workspace, plan_id, measure_id = _office(Path(name))
        try:

            def opened() -> Grid:
                found = workspace.read(
                    grid.read, plan_id, measure_id, "assigned", with_products=True
                )
                _shown(found)
                return found

            opening = [_milliseconds(opened) for _turn in range(repeats)]
            current = opened()
            place = next(iter(current.cells))
            typing = []
            for number in range(typed):
                start = perf_counter()
                current = current.with_values({place: 2_000_00 + number})
                _shown(current)
                typing.append((perf_counter() - start) * 1000)
        finally:
            workspace.close()
    return {"grid_open_ms": median(opening), "grid_typing_p95_ms": quantiles(typing, n=20)[-1]}


if __name__ == "__main__":
    for measured, figure in run().items():
        print(f"{measured:32} {figure:8.1f}")

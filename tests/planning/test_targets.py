"""Targets: setting and locking them, which plan's counts, and the gaps between levels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.planning import deciding, grid, targets
from salesdesk.planning.counting import counting
from salesdesk.planning.grid import Gap
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from salesdesk.sales import products
from salesdesk.workspace import Workspace
from tests.offices import (
    STAFF,
    grid_of,
    measure,
    place,
    plan_for,
    sell,
    set_targets,
    staffed_office,
    targets_of,
)

YEAR = parse("2026")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _lock(workspace: Workspace, plan_id: int, *places: Place, locked: bool = True) -> int:
    with workspace.change("Lock") as change:
        amount = measure(workspace).id
        return targets.set_locked(change, plan_id, amount, "assigned", places, locked)


# -- setting and locking ---------------------------------------------------------------------------


def test_targets_are_set_changed_and_cleared(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    amount = measure(workspace).id
    with workspace.change("Set") as change:
        wanted: dict[Place, int | None] = {place("2026"): 100, place("2026-Q1"): 25}
        assert targets.set_values(change, plan_id, amount, "assigned", wanted) == 2
    with workspace.change("Set") as change:
        wanted = {place("2026"): 100, place("2026-Q1"): None, place("2026-Q2"): None}
        assert targets.set_values(change, plan_id, amount, "assigned", wanted) == 1
    assert targets_of(workspace, plan_id) == {("2026", OFFICE): 100}
    assert workspace.read(targets.measures_used, plan_id) == [(amount, "assigned")]


def test_the_three_tiers_stand_side_by_side(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    for tier, value in (("assigned", 1), ("goal", 2), ("stretch", 3)):
        set_targets(workspace, plan_id, {place("2026"): value}, tier=tier)
    for tier, value in (("assigned", 1), ("goal", 2), ("stretch", 3)):
        assert targets_of(workspace, plan_id, tier=tier) == {("2026", OFFICE): value}
    with pytest.raises(InputError, match="wish isn't a tier"):
        set_targets(workspace, plan_id, {place("2026"): 4}, tier="wish")


@pytest.mark.parametrize("value", [200, None])
def test_a_locked_target_is_neither_changed_nor_cleared(
    workspace: Workspace, value: int | None
) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026"): 100})
    assert _lock(workspace, plan_id, place("2026"), place("2026-Q1")) == 1
    assert _lock(workspace, plan_id, place("2026")) == 0
    with pytest.raises(InputError, match="2026 is locked"):
        set_targets(workspace, plan_id, {place("2026-Q1"): 1, place("2026"): value})
    assert targets_of(workspace, plan_id) == {("2026", OFFICE): 100}
    set_targets(workspace, plan_id, {place("2026"): 100})  # what stands there already is no change
    _lock(workspace, plan_id, place("2026"), locked=False)
    set_targets(workspace, plan_id, {place("2026"): value})


# -- which counts ----------------------------------------------------------------------------------


def _status(workspace: Workspace, plan_id: int, *statuses: str) -> None:
    for status in statuses:
        with workspace.change("Status") as change:
            deciding.move(change, plan_id, status, "Rain", reason="market")


def _counting(workspace: Workspace, who: Who = OFFICE) -> int | None:
    amount = measure(workspace).id
    counted = workspace.read(lambda db: counting(db, [YEAR]).at(amount, who, YEAR))
    return None if counted is None else counted.assigned


def test_an_approved_plan_counts_before_a_submitted_one_and_that_before_a_draft(
    workspace: Workspace,
) -> None:
    assert _counting(workspace) is None
    approved, submitted, draft = (plan_for(workspace) for _number in range(3))
    for value, plan_id in ((1, approved), (2, submitted), (3, draft)):
        set_targets(workspace, plan_id, {place("2026"): value})
    assert _counting(workspace) == 3  # of three drafts the newest
    _status(workspace, submitted, "submitted")
    assert _counting(workspace) == 2
    _status(workspace, approved, "submitted")
    assert _counting(workspace) == 2  # of two submitted ones the newer
    _status(workspace, approved, "approved")
    assert _counting(workspace) == 1
    _status(workspace, approved, "closed")
    assert _counting(workspace) == 1
    _status(workspace, approved, "approved", "draft")
    assert _counting(workspace) == 2


def test_the_office_s_plan_counts_before_a_team_s_and_that_before_a_person_s(
    workspace: Workspace,
) -> None:
    ann, east = person(STAFF.ann), team(STAFF.east)
    own = plan_for(workspace, who=ann)
    set_targets(workspace, own, {place("2026", ann): 1})
    of_bob = plan_for(workspace, who=person(STAFF.bob))
    set_targets(workspace, of_bob, {place("2026", person(STAFF.bob)): 9})
    assert _counting(workspace, ann) == 1
    of_team = plan_for(workspace, who=east)
    set_targets(workspace, of_team, {place("2026", ann): 2})
    assert _counting(workspace, ann) == 2
    of_office = plan_for(workspace)
    set_targets(workspace, of_office, {place("2026", ann): 3})
    assert _counting(workspace, ann) == 3
    # What the office's plan doesn't set, the person's adds; and a status goes before a level.
    assert _counting(workspace, person(STAFF.bob)) == 9
    _status(workspace, own, "approved")
    assert _counting(workspace, ann) == 1


def test_targets_of_another_period_don_t_count(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2027")
    set_targets(workspace, plan_id, {place("2027"): 7})
    assert _counting(workspace) is None


# -- gaps ------------------------------------------------------------------------------------------


def test_the_figures_of_plan_6_show_50_000_of_the_goal_unassigned(workspace: Workspace) -> None:
    """Task 300,000, own goal 350,000, and 75,000 a quarter."""
    plan_id = plan_for(workspace)
    quarters = {place(f"2026-Q{number}"): 75_000_00 for number in range(1, 5)}
    set_targets(workspace, plan_id, {place("2026"): 300_000_00, **quarters})
    set_targets(workspace, plan_id, {place("2026"): 350_000_00, **quarters}, tier="goal")
    assert grid_of(workspace, plan_id).gaps(OFFICE, YEAR) == {}
    grid = grid_of(workspace, plan_id, tier="goal")
    assert grid.gaps(OFFICE, YEAR) == {"time": 50_000_00}
    assert grid.all_gaps() == [Gap(Place(OFFICE, YEAR), "", "time", 50_000_00)]


def test_parts_that_exceed_the_whole_show_a_gap_with_a_minus(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {
            place("2026"): 100, place("2026", team(STAFF.east)): 70,
            place("2026", team(STAFF.west)): 50,
        },
    )  # fmt: skip
    assert grid_of(workspace, plan_id).gaps(OFFICE, YEAR) == {"people": -20}


def test_every_axis_and_level_shows_its_own_gap_the_largest_first(workspace: Workspace) -> None:
    east, ann, bob = team(STAFF.east), person(STAFF.ann), person(STAFF.bob)
    laptop = OFFICE._replace(product_id=STAFF.laptop)
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {
            place("2026"): 1_000,
            place("2026-Q1"): 900,
            place("2026-02"): 500,
            place("2026", laptop): 100,
            place("2026", east): 700,
            place("2026", ann): 300,
            place("2026", bob): 350,
        },
    )  # fmt: skip
    found = [
        (gap.place.period.key, gap.place.who, gap.axis, gap.amount)
        for gap in grid_of(workspace, plan_id).all_gaps()
    ]
    assert found == [
        ("2026", OFFICE, "products", 900),
        ("2026-Q1", OFFICE, "time", 400),
        ("2026", OFFICE, "people", 300),
        ("2026", OFFICE, "time", 100),
        ("2026", east, "people", 50),
    ]


def test_a_category_is_what_its_products_add_up_to_and_shows_its_gap(workspace: Workspace) -> None:
    # Laptop 300 and Tower 150 make 450 of the 500 of all computers; with the paper, in no
    # category, which has 40, that is 540 of the office's 600.
    with workspace.change("New product") as change:
        paper_id = products.add_product(change, "Paper", price=20_00)
    laptop, tower, paper = (
        OFFICE._replace(product_id=key) for key in (STAFF.laptop, STAFF.tower, paper_id)
    )
    computers = OFFICE._replace(category="Computers")
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {
            place("2026"): 600, place("2026", computers): 500, place("2026", laptop): 300,
            place("2026", tower): 150, place("2026", paper): 40,
        },
    )  # fmt: skip
    found = grid_of(workspace, plan_id)
    assert found.gaps(OFFICE, YEAR) == {"products": 60}
    assert found.gaps(computers, YEAR) == {"products": 50}
    whos = [row.who for row in found.rows if row.who.level == "office"]
    assert whos == [OFFICE, computers, laptop, tower, paper]
    assert [row.depth for row in found.rows[:5]] == [0, 1, 2, 2, 1]
    # Without its own target the category, and then the office, is the sum.
    emptied = found.with_values({place("2026", computers): None, place("2026"): None})
    assert emptied.value(computers, YEAR) == 450
    assert emptied.value(OFFICE, YEAR) == 490
    # Everybody else reads the same.
    with workspace.change("Clear") as change:
        targets.set_values(
            change, plan_id, measure(workspace).id, "assigned", {place("2026"): None}
        )
    for who, expected in ((computers, 500), (OFFICE, 540)):
        assert _counting(workspace, who) == expected


def test_a_target_of_a_product_and_a_category_is_refused(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    both = Who(None, None, STAFF.laptop, "Computers")
    with pytest.raises(InputError, match="a product's or a category's, not both"):
        set_targets(workspace, plan_id, {place("2026", both): 1})
    assert targets_of(workspace, plan_id) == {}


def test_a_cell_that_isn_t_set_takes_the_sum_of_what_is_below_it(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {
            place("2026-01"): 10, place("2026-05-W1"): 7, place("2026-11", person(STAFF.ann)): 4,
            place("2026-11", person(STAFF.bob)): 5,
        },
    )  # fmt: skip
    grid = grid_of(workspace, plan_id)
    assert grid.value(OFFICE, YEAR) == 26  # with the November that only people have
    assert grid.value(OFFICE, parse("2026-Q2")) == 7
    assert grid.value(OFFICE, parse("2026-11")) == 9
    assert grid.value(team(STAFF.east), parse("2026-11")) == 9
    assert grid.value(team(STAFF.west), parse("2026-11")) is None
    assert grid.stored(OFFICE, YEAR) is None
    assert grid.gaps(OFFICE, YEAR) == {}


def test_rows_are_the_office_then_teams_with_their_people(workspace: Workspace) -> None:
    rows = grid_of(workspace, plan_for(workspace)).rows
    assert [(row.name, row.depth) for row in rows] == [
        ("", 0), ("Max", 1), ("East", 1), ("Ann", 2), ("Bob", 2), ("West", 1), ("Cleo", 2),
    ]  # fmt: skip
    of_team = grid_of(workspace, plan_for(workspace, who=team(STAFF.east))).rows
    assert [(row.name, row.depth) for row in of_team] == [("East", 0), ("Ann", 1), ("Bob", 1)]
    own = grid_of(workspace, plan_for(workspace, who=person(STAFF.ann))).rows
    assert [(row.name, row.depth) for row in own] == [("Ann", 0)]


def test_targets_of_someone_who_left_stay_in_sight(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026", person(STAFF.bob)): 100})
    with workspace.change("Leave") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, left_on=date(2026, 6, 1))
    rows = grid_of(workspace, plan_id).rows
    assert [row.name for row in rows if row.who == person(STAFF.bob)] == ["Bob"]


def test_actuals_stand_beside_targets_for_people_teams_and_office(workspace: Workspace) -> None:
    sell(workspace, 1_000_00, date(2026, 11, 2), shares={STAFF.ann: 6_000, STAFF.cleo: 4_000})
    sell(workspace, 500_00, date(2026, 2, 2))
    sell(workspace, 9_000_00, date(2025, 12, 31))
    plan_id, amount = plan_for(workspace), measure(workspace)
    found = workspace.read(grid.read, plan_id, amount.id, "assigned", with_actuals=True)
    assert found.actual_of(OFFICE, YEAR) == 1_500_00
    assert found.actual_of(OFFICE, parse("2026-Q4")) == 1_000_00
    assert found.actual_of(team(STAFF.east), YEAR) == 1_100_00
    assert found.actual_of(person(STAFF.cleo), parse("2026-11")) == 400_00
    assert found.actual_of(person(STAFF.bob), YEAR) == 0
    assert found.actual_of(OFFICE, parse("2026-11-W1")) is None

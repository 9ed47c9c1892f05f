"""Plans nest: where a plan's targets come from, and what its parts add up to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.errors import InputError
from salesdesk.planning import deciding, nesting, plans
from salesdesk.planning.nesting import Nesting
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, set_targets, staffed_office

ANN, BOB, CLEO, EAST = person(STAFF.ann), person(STAFF.bob), person(STAFF.cleo), team(STAFF.east)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _of(workspace: Workspace, plan_id: int) -> Nesting:
    return workspace.read(nesting.of_plan, plan_id)


def _parent(workspace: Workspace, plan_id: int) -> int | None:
    found = workspace.read(nesting.parent_of, plan_id)
    return None if found is None else found.id


def _plan(workspace: Workspace, key: str, who: Who = OFFICE, value: int | None = None) -> int:
    plan_id = plan_for(workspace, key, who=who)
    if value is not None:
        set_targets(workspace, plan_id, {place(key, who): value})
    return plan_id


def test_the_wider_plan_is_ones_own_longer_then_the_teams_then_the_offices(
    workspace: Workspace,
) -> None:
    month = _plan(workspace, "2026-11", ANN)
    assert _parent(workspace, month) is None
    for key, who in (
        ("2026", OFFICE), ("2026-11", OFFICE), ("2026", EAST), ("2026-11", EAST), ("2026", ANN),
        ("2026-Q4", ANN),
    ):  # fmt: skip
        wider = _plan(workspace, key, who)
        assert _parent(workspace, month) == wider, (key, who)
    _plan(workspace, "2026-11", BOB)
    _plan(workspace, "2027", ANN)
    _plan(workspace, "2026-11-W2", ANN)
    assert _parent(workspace, month) == wider


def test_of_two_alike_the_approved_one_counts(workspace: Workspace) -> None:
    first = _plan(workspace, "2026", ANN)
    second = _plan(workspace, "2026", ANN)
    month = _plan(workspace, "2026-11", ANN)
    assert _parent(workspace, month) == second
    with workspace.change("Approve") as change:
        deciding.approve(change, first)
    assert _parent(workspace, month) == first


def test_parts_add_up_by_periods_and_by_people(workspace: Workspace) -> None:
    office = _plan(workspace, "2026", value=300_00)
    set_targets(workspace, office, {place("2026", EAST): 120_00, place("2026-11"): 30_00})
    east = _plan(workspace, "2026", EAST, 100_00)
    ann = _plan(workspace, "2026", ANN, 60_00)
    cleo = _plan(workspace, "2026", CLEO, 90_00)
    november = _plan(workspace, "2026-11", value=25_00)
    december = _plan(workspace, "2026-12")
    found = _of(workspace, office)
    assert found.parent is None
    # Ann's is East's part, Cleo has no team's plan above hers.
    assert {one.id for one in found.parts} == {east, cleo, november, december}
    assert [(one.axis, one.whole, one.total, one.plans, one.open) for one in found.sums] == [
        ("time", 300_00, 25_00, 1, 275_00),
        ("people", 300_00, 190_00, 2, 110_00),
    ]
    links = {one.plan.id: (one.here, one.above, one.difference) for one in found.links}
    assert links == {
        east: (100_00, 120_00, -20_00), cleo: (90_00, None, None),
        november: (25_00, 30_00, -5_00),
    }  # fmt: skip
    team_found = _of(workspace, east)
    assert team_found.parent is not None
    assert team_found.parent.id == office
    assert [one.id for one in team_found.parts] == [ann]
    assert [(one.here, one.above) for one in team_found.own] == [(100_00, 120_00)]
    assert nesting.words(team_found) == [
        "From: Plan 2026, Sales amount: 120 yuan assigned there, 100 yuan here",
        "Teams and people: 1 plan, Sales amount 60 yuan in all, 40 yuan not assigned",
    ]


def test_a_month_of_a_person_in_the_offices_year_is_compared_but_not_summed(
    workspace: Workspace,
) -> None:
    office = _plan(workspace, "2026", value=300_00)
    set_targets(workspace, office, {place("2026-11", ANN): 9_00})
    month = _plan(workspace, "2026-11", ANN, 9_00)
    found = _of(workspace, office)
    assert [nesting.axis_of(found.plan, one) for one in found.parts] == ["both"]
    assert found.sums == []
    assert [(one.here, one.above, one.difference) for one in found.links] == [(9_00, 9_00, 0)]
    assert nesting.words(_of(workspace, month)) == [
        "From: Plan 2026, Sales amount: 9 yuan assigned there, the same here"
    ]


def test_products_and_other_tiers_stand_apart(workspace: Workspace) -> None:
    year = _plan(workspace, "2026", ANN, 300_00)
    set_targets(workspace, year, {place("2026", ANN): 350_00}, tier="goal")
    set_targets(workspace, year, {place("2026", ANN._replace(product_id=STAFF.tower)): 7_00})
    month = _plan(workspace, "2026-11", ANN)
    set_targets(workspace, month, {place("2026-11", ANN): 40_00}, tier="goal")
    set_targets(workspace, month, {place("2026-11", ANN): 8}, code="visits")
    found = _of(workspace, year)
    assert [
        (one.measure.code, one.tier, one.whole, one.total, one.plans) for one in found.sums
    ] == [
        ("amount", "assigned", 300_00, 0, 0),
        ("amount", "goal", 350_00, 40_00, 1),
        ("visits", "assigned", None, 8, 1),
    ]


def test_ratios_and_levels_dont_add_up(workspace: Workspace) -> None:
    from salesdesk.office.tables import measure as measure_table

    year = _plan(workspace, "2026", value=None)
    set_targets(workspace, year, {place("2026"): 9}, code="visits")
    _plan(workspace, "2026-11")
    assert len(_of(workspace, year).sums) == 1
    with workspace.unrecorded() as change:
        visits = measure(workspace, "visits").id
        change.connection.execute(
            measure_table.update().where(measure_table.c.id == visits).values(nature="level")
        )
    assert _of(workspace, year).sums == []


def test_a_wider_plan_can_be_named_and_let_go(workspace: Workspace) -> None:
    office, east = _plan(workspace, "2026"), _plan(workspace, "2026", EAST)
    month = _plan(workspace, "2026-11", ANN)
    assert _parent(workspace, month) == east
    with workspace.change("Name") as change:
        nesting.set_parent(change, month, office)
    found = _of(workspace, month)
    assert (found.parent and found.parent.id, found.named) == (office, True)
    assert [one.id for one in _of(workspace, office).parts] == [east, month]
    assert _of(workspace, east).parts == []
    with workspace.change("Let go") as change:
        nesting.set_parent(change, month, None)
    assert not _of(workspace, month).named
    workspace.undo()
    with workspace.change("Delete") as change:
        plans.delete_plan(change, office)
    assert _parent(workspace, month) == east


@pytest.mark.parametrize(
    ("key", "who"), [("2026-12", OFFICE), ("2026-11-W2", ANN), ("2026", BOB), ("2026-11", ANN)]
)
def test_what_doesnt_hold_a_plan_isnt_its_wider_plan(
    workspace: Workspace, key: str, who: Who
) -> None:
    month, other = _plan(workspace, "2026-11", ANN), _plan(workspace, key, who)
    with pytest.raises(InputError, match="isn't a wider plan"), workspace.change("") as change:
        nesting.set_parent(change, month, other)
    with pytest.raises(InputError, match="isn't a wider plan"), workspace.change("") as change:
        nesting.set_parent(change, month, month)
    assert other not in {one.id for one in workspace.read(nesting.possible, month)}

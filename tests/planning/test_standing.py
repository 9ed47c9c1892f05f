"""Where plans stand: the measure they are judged by, target, actual and pace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.office import measures
from salesdesk.planning import plans, standing, targets
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from salesdesk.workspace import Workspace
from tests.offices import STAFF, grid_of, place, plan_for, set_targets, staffed_office
from tests.sample import Sample, sample_office

TODAY = date(2026, 11, 24)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """The small office with round figures."""
    return sample_office(tmp_path / "sample.office")


@pytest.fixture
def workspace(sample: Sample) -> Iterator[Workspace]:
    """The small office, open."""
    with Workspace.open(sample.path) as opened:
        yield opened


def _plan(workspace: Workspace, who: Who, values: dict[str, int], tier: str = "goal") -> int:
    """A plan of 2026 for someone with targets of the amount, in yuan."""
    with workspace.change("Plan") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        plan_id = plans.new_plan(change, title="P", period=parse("2026"), who=who)
        wanted: dict[Place, int | None] = {
            Place(who, parse(key)): value * 100 for key, value in values.items()
        }
        targets.set_values(change, plan_id, amount.id, tier, wanted)
    return plan_id


def test_an_offices_plan_counts_everybodys_deals(workspace: Workspace, sample: Sample) -> None:
    found = workspace.read(standing.standings, TODAY)[sample.plan]
    assert (found.measure.code, found.tier) == ("amount", "assigned")
    assert (found.target, found.actual) == (480_000_000, 40_000_000)
    assert found.attainment == Fraction(1, 12)
    assert found.status == "behind"


def test_people_and_teams_count_their_own_share(workspace: Workspace, sample: Sample) -> None:
    own = _plan(workspace, person(sample.li), {"2026": 50_000})
    east = _plan(workspace, team(1), {"2026": 800_000})
    west = _plan(workspace, team(2), {"2026": 10_000})
    found = workspace.read(standing.standings, TODAY)
    assert found[own].attainment == 1
    assert found[east].attainment == Fraction(1, 2)
    assert found[west].attainment == 0


def test_months_stand_for_a_year_that_nobody_entered(workspace: Workspace, sample: Sample) -> None:
    plan_id = _plan(workspace, person(sample.li), {"2026-03": 20_000, "2026-10": 30_000})
    found = workspace.read(standing.standings, TODAY)[plan_id]
    assert (found.target, found.tier) == (5_000_000, "goal")


def test_a_plan_without_targets_stands_nowhere(workspace: Workspace) -> None:
    plan_id = _plan(workspace, OFFICE, {})
    assert plan_id not in workspace.read(standing.standings, TODAY)


def test_a_plan_in_a_year_without_calendar_is_paced_by_plain_days(workspace: Workspace) -> None:
    with workspace.change("Plan") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        plan_id = plans.new_plan(change, title="Far", period=parse("2031"))
        wanted: dict[Place, int | None] = {Place(OFFICE, parse("2031")): 100}
        targets.set_values(change, plan_id, amount.id, "assigned", wanted)
    assert workspace.read(standing.standings, date(2031, 7, 1))[plan_id].status == "behind"


def test_a_gap_is_what_the_cells_shown_below_a_target_leave_of_it(tmp_path: Path) -> None:
    """Nobody entered quarters of Ann and Bob, nor months of their team: their sums stand there."""
    with staffed_office(tmp_path) as opened:
        plan_id = plan_for(opened)
        east, ann, bob = team(STAFF.east), person(STAFF.ann), person(STAFF.bob)
        months = {place("2026-01", ann): 30, place("2026-02", ann): 10, place("2026-01", bob): 60}
        set_targets(opened, plan_id, {place("2026-Q1", east): 100, **months})
        assert grid_of(opened, plan_id).gaps(east, parse("2026-Q1")) == {}
        set_targets(opened, plan_id, {place("2026-02", ann): 5})
        assert grid_of(opened, plan_id).gaps(east, parse("2026-Q1")) == {"time": 5, "people": 5}

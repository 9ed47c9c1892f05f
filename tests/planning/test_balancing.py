"""Balancing: what is rebalanced on one axis is followed through on the other; no gap is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesdesk.calc.periods import KINDS, Kind, descendants, parse
from salesdesk.errors import InputError, SplitError
from salesdesk.planning import balancing, splitting, targets
from salesdesk.planning.grid import Grid
from salesdesk.planning.places import OFFICE, Place, Who, person, team
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

YEAR = place("2026")
ANN, BOB, CLEO = person(STAFF.ann), person(STAFF.bob), person(STAFF.cleo)
EAST, WEST = team(STAFF.east), team(STAFF.west)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def whole_plan(workspace: Workspace, value: int, *, to: Kind = "month") -> int:
    """A plan whose year is split over people and months without a gap; its id."""
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: value})
    with workspace.change("Split") as change:
        splitting.split_people(change, plan_id, measure(workspace), "assigned", YEAR, then_time=to)
    assert grid_of(workspace, plan_id).all_gaps() == []
    return plan_id


def rebalance(workspace: Workspace, plan_id: int, at: Place, way: str) -> int:
    with workspace.change("Rebalance") as change:
        return splitting.rebalance(change, plan_id, measure(workspace), "assigned", at, way)


def value(workspace: Workspace, plan_id: int, key: str, who: Who = OFFICE) -> int | None:
    return grid_of(workspace, plan_id).value(who, parse(key))


def gaps(workspace: Workspace, plan_id: int) -> int:
    return len(grid_of(workspace, plan_id).all_gaps())


def test_a_new_year_is_rebalanced_down_to_everybody_s_months(workspace: Workspace) -> None:
    plan_id = whole_plan(workspace, 3_600_00)
    set_targets(workspace, plan_id, {YEAR: 7_200_00})
    assert gaps(workspace, plan_id) == 2  # over time and over people
    rebalance(workspace, plan_id, YEAR, "time")
    # Only the office's months changed before, and every month of every team was a gap.
    assert gaps(workspace, plan_id) == 0
    assert value(workspace, plan_id, "2026", ANN) == 2_400_00
    months = [value(workspace, plan_id, f"2026-{month:02}") for month in range(1, 13)]
    assert sum(month or 0 for month in months) == 7_200_00


def test_people_are_rebalanced_to_the_whole_in_their_proportions(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {YEAR: 1_200_00, place("2026", ANN): 100_00, place("2026", BOB): 300_00},
    )  # fmt: skip
    rebalance(workspace, plan_id, YEAR, "people")
    assert value(workspace, plan_id, "2026", ANN) == 300_00
    assert value(workspace, plan_id, "2026", BOB) == 900_00
    assert gaps(workspace, plan_id) == 0


def test_targets_follow_the_sum_of_their_parts(workspace: Workspace) -> None:
    plan_id = whole_plan(workspace, 3_600_00)
    march, of_bob = (value(workspace, plan_id, "2026-03", who) for who in (ANN, BOB))
    assert march is not None
    set_targets(workspace, plan_id, {place("2026-03", ANN): march + 900_00})
    assert gaps(workspace, plan_id) == 2  # of Ann over the quarter, of her team over people
    rebalance(workspace, plan_id, YEAR, "up")
    assert gaps(workspace, plan_id) == 0
    assert value(workspace, plan_id, "2026-03", ANN) == march + 900_00
    assert value(workspace, plan_id, "2026-03", BOB) == of_bob
    assert value(workspace, plan_id, "2026") == 4_500_00


def test_what_is_locked_stays(workspace: Workspace) -> None:
    plan_id = whole_plan(workspace, 3_600_00)
    locked = [place("2026-01"), place("2026", ANN)]
    with workspace.change("Lock") as change:
        targets.set_locked(change, plan_id, measure(workspace).id, "assigned", locked, True)
    set_targets(workspace, plan_id, {YEAR: 7_200_00})
    before = targets_of(workspace, plan_id)
    opened = gaps(workspace, plan_id)
    rebalance(workspace, plan_id, YEAR, "time")
    after = targets_of(workspace, plan_id)
    assert after["2026-01", OFFICE] == before["2026-01", OFFICE]
    assert after["2026", ANN] == before["2026", ANN]
    # What Ann's locked year doesn't take shows as a gap of hers and of her team.
    assert gaps(workspace, plan_id) <= opened


def test_locked_parts_above_the_target_are_refused(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 100_00, place("2026", ANN): 34_000_050})
    with workspace.change("Lock") as change:
        targets.set_locked(
            change, plan_id, measure(workspace).id, "assigned", [place("2026", ANN)], True
        )
    with pytest.raises(SplitError, match=r"exceed the total by 339,900\.5"):
        rebalance(workspace, plan_id, YEAR, "people")
    assert value(workspace, plan_id, "2026", ANN) == 34_000_050


def test_catching_up_on_the_whole_reaches_its_people(workspace: Workspace) -> None:
    plan_id = whole_plan(workspace, 12_000_00, to="month")
    sell(workspace, 1_000_00, date(2026, 2, 10))
    with workspace.change("Catch up") as change:
        splitting.catch_up(change, plan_id, measure(workspace), "assigned", YEAR, date(2026, 6, 30))
    grid = grid_of(workspace, plan_id)
    july = grid.value(OFFICE, parse("2026-07")) or 0
    assert july > 1_500_00  # 11,000 over six months
    for month in descendants(parse("2026-Q4"), "month"):
        assert "people" not in grid.gaps(OFFICE, month)
        assert "people" not in grid.gaps(EAST, month)


WEEKS = [f"2026-11-W{number}" for number in range(1, 5)]


def november_with_weeks_of_ann_alone(workspace: Workspace, *, of_bob: int = 300_00) -> int:
    """East's November in weeks; Ann's are set too, Bob has the month alone. The plan's id."""
    plan_id = plan_for(workspace, "2026-11", who=EAST)
    weeks = {place(key, EAST): 100_00 for key in WEEKS}
    of_ann = {place(key, ANN): 25_00 for key in WEEKS}
    set_targets(
        workspace, plan_id,
        {place("2026-11", EAST): 400_00, **weeks, place("2026-11", ANN): 100_00, **of_ann,
         place("2026-11", BOB): of_bob},
    )  # fmt: skip
    return plan_id


def test_who_alone_has_weeks_gets_a_part_of_each_week_not_all_of_it(workspace: Workspace) -> None:
    plan_id = november_with_weeks_of_ann_alone(workspace)
    set_targets(workspace, plan_id, {place("2026-11", EAST): 800_00})
    rebalance(workspace, plan_id, place("2026-11", EAST), "time")
    assert value(workspace, plan_id, "2026-11-W2", EAST) == 200_00
    assert value(workspace, plan_id, "2026-11-W2", ANN) == 50_00  # a quarter, as of the month
    assert value(workspace, plan_id, "2026-11", ANN) == 200_00
    assert value(workspace, plan_id, "2026-11", BOB) == 600_00
    assert value(workspace, plan_id, "2026-11-W2", BOB) is None
    assert "people" not in grid_of(workspace, plan_id).gaps(EAST, parse("2026-11"))


def test_catching_up_hands_the_weeks_out_in_proportion_too(workspace: Workspace) -> None:
    plan_id = november_with_weeks_of_ann_alone(workspace)
    at = place("2026-11", EAST)
    with workspace.change("Catch up") as change:
        splitting.catch_up(change, plan_id, measure(workspace), "assigned", at, date(2026, 11, 15))
    rest = [value(workspace, plan_id, key, EAST) or 0 for key in WEEKS[2:]]
    assert sum(rest) == 400_00
    of_ann = [value(workspace, plan_id, key, ANN) or 0 for key in WEEKS[2:]]
    for whole, part in zip(rest, of_ann, strict=True):
        assert abs(part - whole / 4) < 1_00  # whole yuan
    assert value(workspace, plan_id, "2026-11", BOB) == 300_00


def test_months_of_people_follow_weeks_that_only_the_whole_has(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-11", who=EAST)
    set_targets(
        workspace, plan_id,
        {place("2026-11", EAST): 400_00, place("2026-11", ANN): 100_00,
         place("2026-11", BOB): 300_00, **{place(key, EAST): 100_00 for key in WEEKS}},
    )  # fmt: skip
    set_targets(workspace, plan_id, {place("2026-11", EAST): 800_00})
    rebalance(workspace, plan_id, place("2026-11", EAST), "time")
    assert value(workspace, plan_id, "2026-11", ANN) == 200_00
    assert value(workspace, plan_id, "2026-11", BOB) == 600_00
    assert gaps(workspace, plan_id) == 0


def test_a_team_counts_with_all_its_people_where_only_some_have_weeks(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-11")
    set_targets(
        workspace, plan_id,
        {place("2026-11"): 400_00, place("2026-11", ANN): 100_00, place("2026-11", BOB): 100_00,
         place("2026-11", CLEO): 200_00,
         **{place(key): 100_00 for key in WEEKS}, **{place(key, ANN): 25_00 for key in WEEKS},
         **{place(key, CLEO): 50_00 for key in WEEKS}},
    )  # fmt: skip
    set_targets(workspace, plan_id, {place("2026-11"): 800_00})
    rebalance(workspace, plan_id, place("2026-11"), "time")
    assert value(workspace, plan_id, "2026-11-W2", CLEO) == 100_00  # not two thirds
    assert value(workspace, plan_id, "2026-11-W2", ANN) == 50_00
    assert value(workspace, plan_id, "2026-11", BOB) == 200_00


def test_the_effect_is_said_before_anything_is_written(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {YEAR: 900_00, place("2026", ANN): 100_00, place("2026", CLEO): 200_00},
    )  # fmt: skip
    before = targets_of(workspace, plan_id)
    grid = grid_of(workspace, plan_id)
    effect = balancing.effect(grid, balancing.rebalance(grid, YEAR, "people"))
    assert (effect.gaps_before, effect.gaps_after) == (1, 0)
    assert (effect.cells, effect.overwritten) == (4, 2)
    assert [(change.row_name, change.before, change.after) for change in effect.largest] == [
        ("Cleo", 200_00, 600_00), ("Ann", 100_00, 300_00),
    ]  # fmt: skip
    assert targets_of(workspace, plan_id) == before


CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from([OFFICE, EAST, WEST, ANN, BOB, CLEO]),
        st.sampled_from(["2026", "2026-Q1", "2026-01", "2026-02", "2026-03", "2026-Q3"]),
    ),
    st.integers(0, 1_000).map(lambda yuan: yuan * 100),
    min_size=2,
    max_size=14,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells=CELLS, way=st.sampled_from(sorted(balancing.WAYS)), data=st.data())
def test_balancing_never_opens_more_gaps_than_it_closes(
    workspace: Workspace, cells: Mapping[tuple[Who, str], int], way: str, data: st.DataObject
) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place(key, who): value for (who, key), value in cells.items()})
    grid: Grid = grid_of(workspace, plan_id)
    who, key = data.draw(st.sampled_from(sorted(cells, key=str)))
    try:
        changes = balancing.rebalance(grid, place(key, who), way)
    except (InputError, SplitError):
        return
    effect = balancing.effect(grid, changes)
    assert effect.gaps_after <= effect.gaps_before
    # People are balanced in the shortest periods: where these don't sum to the target themselves,
    # or somebody shares from a longer one, what they lack shows on both axes.
    if way == "time" or (
        way == "people"
        and "time" not in grid.gaps(who, parse(key))
        and not _shares_from_above(cells, who, key)
    ):
        after = grid.with_values(changes)
        assert way not in after.gaps(who, parse(key))


def _shares_from_above(cells: Mapping[tuple[Who, str], int], who: Who, key: str) -> bool:
    """Whether anybody else has a target for longer than the shortest periods of ``who``."""
    whole = parse(key)
    kinds = [parse(own).kind for other, own in cells if other == who and parse(own).start in whole]
    shortest = max(KINDS.index(kind) for kind in kinds)
    return any(
        other != who and KINDS.index(parse(theirs).kind) < shortest for other, theirs in cells
    )

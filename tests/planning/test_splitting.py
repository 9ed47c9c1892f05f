"""Splits of a plan over time, people and products are exact on every level, locks included."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesdesk.calc.periods import parse
from salesdesk.errors import CalendarError, InputError, SplitError
from salesdesk.planning import splitting, targets
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

YEAR = place("2026")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office: Monday to Friday, China's calendar."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _split(workspace: Workspace, plan_id: int, at: Place, to: str, **options: Any) -> int:
    with workspace.change("Split") as change:
        return splitting.split_time(
            change, plan_id, measure(workspace), "assigned", at, to, **options  # type: ignore[arg-type]
        )  # fmt: skip


def _lock(workspace: Workspace, plan_id: int, *places: Place) -> None:
    with workspace.change("Lock") as change:
        targets.set_locked(change, plan_id, measure(workspace).id, "assigned", places, True)


def _values(workspace: Workspace, plan_id: int, keys: list[str], who: Who = OFFICE) -> list[int]:
    stored = targets_of(workspace, plan_id)
    return [stored[key, who] for key in keys]


def _months(*numbers: int) -> list[str]:
    return [f"2026-{number:02}" for number in numbers]


# -- over time -------------------------------------------------------------------------------------


def test_a_quarter_is_split_by_its_working_days(workspace: Workspace) -> None:
    # 2026: January has 21 working days, February 16 (Spring Festival), March 22: 59 in all.
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-Q1"): 59_000_00})
    assert _split(workspace, plan_id, place("2026-Q1"), "month") == 3
    assert _values(workspace, plan_id, _months(1, 2, 3)) == [21_000_00, 16_000_00, 22_000_00]
    assert str(workspace.undo()).startswith("Split targets of Plan 2026: Sales amount, ")
    assert len(targets_of(workspace, plan_id)) == 1


def test_a_month_is_split_over_its_clipped_weeks(workspace: Workspace) -> None:
    # November 2026: 1st to 8th, 9th, 16th, 23rd to 30th have 5, 5, 5 and 6 working days.
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-11"): 21_000_00})
    _split(workspace, plan_id, place("2026-11"), "week")
    weeks = [f"2026-11-W{number}" for number in range(1, 5)]
    assert _values(workspace, plan_id, weeks) == [5_000_00, 5_000_00, 5_000_00, 6_000_00]


def test_days_that_are_not_worked_get_nothing(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-11-W3"): 500_00})
    _split(workspace, plan_id, place("2026-11-W3"), "day")
    days = [f"2026-11-{number}" for number in range(16, 23)]
    assert _values(workspace, plan_id, days) == [100_00] * 5 + [0, 0]


def test_the_odd_yuan_is_dealt_out_level_by_level(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 100_000_01})
    _split(workspace, plan_id, YEAR, "month", way="equal")
    # 25,000 yuan a quarter, in whole yuan 8,334 and twice 8,333 a month; the cent that is less than
    # a yuan goes to the next in line.
    months = _values(workspace, plan_id, _months(*range(1, 13)))
    assert months[:3] == [8_334_00, 8_333_01, 8_333_00]
    assert months[3:] == [8_334_00, 8_333_00, 8_333_00] * 3
    assert grid_of(workspace, plan_id).all_gaps() == []
    assert _values(workspace, plan_id, ["2026-Q1", "2026-Q2"]) == [25_000_01, 25_000_00]


def test_thirty_contracts_are_even_quarters_and_twelve_are_even_weeks(workspace: Workspace) -> None:
    """They became quarters of 9/9/6/6 and weeks of 4/7/1/0/0: only the days were even."""
    plan_id = plan_for(workspace)
    contracts = measure(workspace, "contracts")

    def values(keys: Sequence[str]) -> list[int]:
        stored = targets_of(workspace, plan_id, code="contracts")
        return [stored[key, OFFICE] // 100 for key in keys]

    set_targets(workspace, plan_id, {YEAR: 30_00}, code="contracts")
    with workspace.change("Split") as change:
        splitting.split_time(change, plan_id, contracts, "assigned", YEAR, "month", way="equal")
    assert values([f"2026-Q{number}" for number in range(1, 5)]) == [8, 7, 8, 7]
    assert values(_months(1, 2, 3, 4, 5, 6)) == [3, 3, 2, 3, 2, 2]
    october = place("2026-10")
    set_targets(workspace, plan_id, {october: 12_00}, code="contracts")
    with workspace.change("Split") as change:
        splitting.split_time(change, plan_id, contracts, "assigned", october, "day", way="equal")
    weeks = values([f"2026-10-W{number}" for number in range(1, 6)])
    assert weeks == [1, 3, 3, 3, 2]  # 4, 7, 7, 7 and 6 days
    assert values([f"2026-10-{day:02}" for day in range(5, 12)]) == [1, 0, 1, 0, 1, 0, 0]


def test_own_percentages_are_followed(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_000_00})
    percent = [Fraction(25, 2), Fraction(75, 2), 50, 0]
    _split(workspace, plan_id, YEAR, "quarter", way="percent", percent=percent)
    quarters = [f"2026-Q{number}" for number in range(1, 5)]
    assert _values(workspace, plan_id, quarters) == [125_00, 375_00, 500_00, 0]
    for wrong in ([50, 50], [30, 30, 30, 9], None):
        with pytest.raises(InputError):
            _split(workspace, plan_id, YEAR, "quarter", way="percent", percent=wrong)


def test_month_weights_are_the_past_years_totals(workspace: Workspace) -> None:
    for amount, day in (
        (100_00, date(2023, 1, 10)), (200_00, date(2025, 1, 10)), (100_00, date(2024, 2, 10)),
        (9_999_00, date(2022, 12, 31)), (9_999_00, date(2026, 3, 1)),
    ):  # fmt: skip
        sell(workspace, amount, day)
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 4_000_00})
    _split(workspace, plan_id, YEAR, "month", way="history")
    assert _values(workspace, plan_id, _months(*range(1, 13))) == [3_000_00, 1_000_00] + [0] * 10
    # Last year alone sold in January only.
    _split(workspace, plan_id, YEAR, "month", way="last")
    assert _values(workspace, plan_id, _months(*range(1, 13))) == [4_000_00] + [0] * 11


def test_month_weights_are_each_person_s_own_and_equal_where_nothing_was_sold(
    workspace: Workspace,
) -> None:
    sell(workspace, 100_00, date(2025, 6, 10), shares={STAFF.bob: 10_000})
    plan_id = plan_for(workspace)
    ann, bob = person(STAFF.ann), person(STAFF.bob)
    set_targets(workspace, plan_id, {place("2026", ann): 1_200_00, place("2026", bob): 1_200_00})
    for who in (ann, bob):
        _split(workspace, plan_id, place("2026", who), "month", way="history")
    assert _values(workspace, plan_id, _months(5, 6), ann) == [100_00, 100_00]
    assert _values(workspace, plan_id, _months(5, 6), bob) == [0, 1_200_00]


def test_below_the_month_history_shares_by_working_days(workspace: Workspace) -> None:
    sell(workspace, 100_00, date(2025, 11, 10))
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 21_000_00})
    _split(workspace, plan_id, YEAR, "week", way="history")
    weeks = [f"2026-11-W{number}" for number in range(1, 5)]
    assert _values(workspace, plan_id, weeks) == [5_000_00, 5_000_00, 5_000_00, 6_000_00]
    assert grid_of(workspace, plan_id).all_gaps() == []


def test_locked_months_keep_their_value_when_the_year_is_split(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_200_00, place("2026-03"): 650_00})
    _lock(workspace, plan_id, place("2026-03"))
    _split(workspace, plan_id, YEAR, "month", way="equal")
    assert _values(workspace, plan_id, _months(2, 3, 4)) == [50_00, 650_00, 50_00]
    assert grid_of(workspace, plan_id).all_gaps() == []


def test_a_locked_quarter_keeps_its_value_and_its_months_follow(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_200_00, place("2026-Q1"): 300_00})
    _lock(workspace, plan_id, place("2026-Q1"))
    set_targets(workspace, plan_id, {YEAR: 2_100_00})
    _split(workspace, plan_id, YEAR, "month", way="equal")
    assert _values(workspace, plan_id, _months(1, 2, 3, 4)) == [100_00, 100_00, 100_00, 200_00]


def test_locked_cells_above_the_total_are_refused_with_the_gap(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 100_00, place("2026-03"): 150_00})
    _lock(workspace, plan_id, place("2026-03"))
    with pytest.raises(SplitError) as refusal:
        _split(workspace, plan_id, YEAR, "month")
    assert refusal.value.gap == -50_00
    assert len(targets_of(workspace, plan_id)) == 2


def test_without_a_target_there_is_nothing_to_split(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="Set a target for 2026 first"):
        _split(workspace, plan_for(workspace), YEAR, "month")


def test_a_year_the_calendar_does_not_know_is_not_split_by_working_days(
    workspace: Workspace,
) -> None:
    plan_id = plan_for(workspace, "2029")
    set_targets(workspace, plan_id, {place("2029"): 100_00})
    with pytest.raises(CalendarError):
        _split(workspace, plan_id, place("2029"), "month")
    _split(workspace, plan_id, place("2029"), "month", way="equal")


# -- over people and products ----------------------------------------------------------------------


def _split_people(workspace: Workspace, plan_id: int, at: Place, **options: Any) -> int:
    with workspace.change("Split") as change:
        return splitting.split_people(
            change, plan_id, measure(workspace), "assigned", at, **options
        )


EAST, WEST = team(STAFF.east), team(STAFF.west)
ANN, BOB, CLEO = person(STAFF.ann), person(STAFF.bob), person(STAFF.cleo)


def _people(workspace: Workspace, plan_id: int, key: str = "2026") -> list[int]:
    stored = targets_of(workspace, plan_id)
    return [stored[key, who] for who in (EAST, ANN, BOB, WEST, CLEO)]


def test_teams_become_the_sums_of_their_people(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 100_00})
    _split_people(workspace, plan_id, YEAR)
    assert _people(workspace, plan_id) == [67_00, 34_00, 33_00, 33_00, 33_00]
    assert grid_of(workspace, plan_id).all_gaps() == []


def test_a_locked_team_or_person_keeps_its_value(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 300_00, place("2026", EAST): 250_00})
    _lock(workspace, plan_id, place("2026", EAST))
    _split_people(workspace, plan_id, YEAR)
    assert _people(workspace, plan_id) == [250_00, 125_00, 125_00, 50_00, 50_00]
    _lock(workspace, plan_id, place("2026", ANN))
    set_targets(workspace, plan_id, {YEAR: 400_00})
    _split_people(workspace, plan_id, YEAR)
    assert _people(workspace, plan_id) == [250_00, 125_00, 125_00, 150_00, 150_00]


def test_a_team_s_target_is_split_over_its_own_people(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026", EAST): 300_00})
    _split_people(workspace, plan_id, place("2026", EAST))
    assert set(targets_of(workspace, plan_id)) == {("2026", EAST), ("2026", ANN), ("2026", BOB)}


def test_people_are_weighted_by_percentages_or_by_what_they_sold_before(
    workspace: Workspace,
) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_000_00})
    percent = {STAFF.ann: 50, STAFF.bob: 20, STAFF.cleo: 30}
    _split_people(workspace, plan_id, YEAR, way="percent", percent=percent)
    assert _people(workspace, plan_id) == [700_00, 500_00, 200_00, 300_00, 300_00]
    with pytest.raises(InputError, match="90"):
        _split_people(workspace, plan_id, YEAR, way="percent", percent={STAFF.ann: 90})
    sell(workspace, 30_00, date(2025, 5, 1), shares={STAFF.ann: 10_000})
    sell(workspace, 10_00, date(2025, 5, 1), shares={STAFF.cleo: 10_000})
    _split_people(workspace, plan_id, YEAR, way="last")
    assert _people(workspace, plan_id) == [750_00, 750_00, 0, 250_00, 250_00]


def test_a_person_s_target_has_nobody_below(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026", ANN): 100_00})
    with pytest.raises(InputError, match="nobody"):
        _split_people(workspace, plan_id, place("2026", ANN))


@pytest.mark.parametrize("to", ["quarter", "month", "week"])
def test_people_and_time_together_are_exact_on_both_axes(workspace: Workspace, to: str) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_000_001_00})
    _split_people(workspace, plan_id, YEAR, then_time=to)
    grid = grid_of(workspace, plan_id)
    assert grid.all_gaps() == []
    stored = targets_of(workspace, plan_id)
    for period in {key for key, _who in stored}:
        assert stored[period, OFFICE] == sum(stored[period, who] for who in (ANN, BOB, CLEO))
    assert str(workspace.undo()).startswith("Split targets of Plan 2026: Sales amount, ")
    assert len(targets_of(workspace, plan_id)) == 1


def test_products_share_equally_by_percent_or_by_what_they_brought(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_000_01})
    sell(workspace, 30_00, date(2025, 5, 1), product_id=STAFF.tower)
    sell(workspace, 10_00, date(2025, 5, 1))
    laptop, tower = (OFFICE._replace(product_id=one) for one in (STAFF.laptop, STAFF.tower))
    for way, percent, expected in (
        ("equal", None, [500_01, 500_00]),
        ("percent", [40, 60], [400_00, 600_01]),
        ("last", None, [250_00, 750_01]),
    ):
        with workspace.change("Split") as change:
            splitting.split_products(
                change, plan_id, measure(workspace), "assigned", YEAR,
                [STAFF.laptop, STAFF.tower], way=way, percent=percent,
            )  # fmt: skip
        stored = targets_of(workspace, plan_id)
        assert [stored["2026", laptop], stored["2026", tower]] == expected


def test_a_split_is_rounded_to_a_step_and_one_part_carries_the_rest(workspace: Workspace) -> None:
    # 100,000 over four quarters is 25,000 each; in steps of 10,000 two get one more.
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 100_005_00})
    cells = splitting.rounded(grid_of(workspace, plan_id), 10_000_00)
    changes = workspace.read(splitting.over_time, cells, YEAR, "quarter", way="equal")
    assert sorted(changes.values()) == [20_000_00, 20_005_00, 30_000_00, 30_000_00]
    with pytest.raises(InputError, match="Sales amount are rounded to"):
        splitting.rounded(cells, -1)


@pytest.mark.parametrize(
    ("percent", "named"), [([60, 45], "105%.*5% too much"), ([60, 30], "90%.*10% are missing")]
)
def test_percentages_that_are_no_hundred_are_told_by_how_much(
    workspace: Workspace, percent: list[int], named: str
) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 100_00})
    with pytest.raises(InputError, match=named):
        workspace.read(
            splitting.over_products, grid_of(workspace, plan_id), YEAR,
            [STAFF.laptop, STAFF.tower], way="percent", percent=percent,
        )  # fmt: skip


def test_products_share_what_their_category_has_where_that_is_locked(workspace: Workspace) -> None:
    # Laptop and Tower are computers. The paper, in no category, gets what the computers leave.
    with workspace.change("New product") as change:
        paper = products.add_product(change, "Paper", price=20_00)
    plan_id = plan_for(workspace)
    computers = Place(OFFICE._replace(category="Computers"), YEAR.period)
    set_targets(workspace, plan_id, {YEAR: 1_000_00, computers: 500_00})
    ids = [STAFF.laptop, STAFF.tower, paper]

    def split_up(*percent: int) -> list[int]:
        with workspace.change("Split") as change:
            splitting.split_products(
                change, plan_id, measure(workspace), "assigned", YEAR, ids,
                way="percent", percent=percent,
            )  # fmt: skip
        stored = targets_of(workspace, plan_id)
        return [
            stored["2026", computers.who],
            *(stored["2026", OFFICE._replace(product_id=key)] for key in ids),
        ]

    assert split_up(40, 40, 20) == [800_00, 400_00, 400_00, 200_00]
    _lock(workspace, plan_id, computers)
    assert split_up(40, 10, 50) == [800_00, 640_00, 160_00, 200_00]


def test_a_category_is_split_over_its_own_products_by_what_they_brought_there(
    workspace: Workspace,
) -> None:
    with workspace.change("New product") as change:
        paper = products.add_product(change, "Paper", category="Paper goods", price=20_00)
    plan_id = plan_for(workspace)
    at = Place(ANN._replace(category="Computers"), YEAR.period)
    set_targets(workspace, plan_id, {at: 400_00})
    sell(workspace, 30_00, date(2025, 5, 1), product_id=STAFF.tower)
    sell(workspace, 10_00, date(2025, 5, 1))
    sell(workspace, 90_00, date(2025, 5, 1), product_id=paper)
    sell(workspace, 70_00, date(2025, 5, 1), shares={STAFF.cleo: 10_000}, customer_id=STAFF.zhou)
    ids = [one.id for one in workspace.read(splitting.products_of, at.who)]
    assert ids == [STAFF.laptop, STAFF.tower]
    with workspace.change("Split") as change:
        splitting.split_products(
            change, plan_id, measure(workspace), "assigned", at, ids, way="last"
        )
    stored = targets_of(workspace, plan_id)
    laptop, tower = (ANN._replace(product_id=key) for key in ids)
    assert [stored["2026", laptop], stored["2026", tower]] == [100_00, 300_00]


# -- rebalancing and catching up -------------------------------------------------------------------


def _rebalance(workspace: Workspace, plan_id: int, at: Place) -> int:
    with workspace.change("Rebalance") as change:
        return splitting.rebalance(change, plan_id, measure(workspace), "assigned", at)


def test_locked_months_keep_their_value_when_the_year_is_rebalanced(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_200_00})
    _split(workspace, plan_id, YEAR, "month", way="equal")
    set_targets(workspace, plan_id, {place("2026-01"): 300_00})
    _lock(workspace, plan_id, place("2026-02"))
    assert _rebalance(workspace, plan_id, YEAR) > 0
    # 1,100 is left for weights of 300 and ten times 100.
    found = _values(workspace, plan_id, _months(*range(1, 13)))
    assert found[1] == 100_00
    assert found[0] == 254_00
    assert set(found[2:]) == {85_00, 84_00}
    assert sum(found) == 1_200_00
    assert grid_of(workspace, plan_id).all_gaps() == []


def test_rebalancing_what_sums_already_changes_nothing(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_200_00})
    _split(workspace, plan_id, YEAR, "month", way="equal")
    assert _rebalance(workspace, plan_id, YEAR) == 0


def test_rebalancing_a_target_never_split_splits_it_one_level_down(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {YEAR: 1_200_00})
    _rebalance(workspace, plan_id, YEAR)
    assert _values(workspace, plan_id, ["2026-Q1", "2026-Q4"]) == [300_00, 300_00]
    set_targets(workspace, plan_id, {place("2026-11-23"): 1})
    with pytest.raises(InputError, match="day"):
        _rebalance(workspace, plan_id, place("2026-11-23"))


def _catch_up(workspace: Workspace, plan_id: int, at: Place, today: date) -> int:
    with workspace.change("Catch up") as change:
        return splitting.catch_up(change, plan_id, measure(workspace), "assigned", at, today)


def test_what_is_missing_is_put_on_the_weeks_that_remain(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    november = place("2026-11")
    set_targets(workspace, plan_id, {november: 21_000_00})
    _split(workspace, plan_id, november, "week")
    sell(workspace, 4_000_00, date(2026, 11, 5))
    sell(workspace, 9_000_00, date(2026, 10, 31))  # another month's
    assert _catch_up(workspace, plan_id, november, date(2026, 11, 15)) == 2
    # 17,000 over 5 and 6 working days: 7,727.27 and 9,272.73.
    weeks = [f"2026-11-W{number}" for number in range(1, 5)]
    assert _values(workspace, plan_id, weeks) == [5_000_00, 5_000_00, 7_727_00, 9_273_00]
    # The gap shows the 6,000 of the first two weeks that were carried over.
    assert grid_of(workspace, plan_id).gaps(OFFICE, parse("2026-11")) == {"time": -6_000_00}


def test_a_person_catches_up_with_their_own_shortfall(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    at = place("2026-11", ANN)
    set_targets(workspace, plan_id, {at: 21_000_00})
    _split(workspace, plan_id, at, "week")
    sell(workspace, 8_000_00, date(2026, 11, 5), shares={STAFF.ann: 5_000, STAFF.bob: 5_000})
    _catch_up(workspace, plan_id, at, date(2026, 11, 15))
    stored = targets_of(workspace, plan_id)
    assert stored["2026-11-W3", ANN] + stored["2026-11-W4", ANN] == 17_000_00


def test_who_is_ahead_has_nothing_to_catch_up(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    november = place("2026-11")
    set_targets(workspace, plan_id, {november: 21_000_00})
    _split(workspace, plan_id, november, "week")
    sell(workspace, 30_000_00, date(2026, 11, 5))
    _catch_up(workspace, plan_id, november, date(2026, 11, 15))
    assert _values(workspace, plan_id, ["2026-11-W3", "2026-11-W4"]) == [0, 0]


def test_in_the_last_week_nothing_remains_to_catch_up_in(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    november = place("2026-11")
    set_targets(workspace, plan_id, {november: 21_000_00})
    _split(workspace, plan_id, november, "week")
    with pytest.raises(InputError, match="Nothing is left"):
        _catch_up(workspace, plan_id, november, date(2026, 11, 23))


# -- laws ------------------------------------------------------------------------------------------

places = st.sampled_from(["2026-Q1", "2026-02", "2026-05", "2026-11", "2026-11-W2", "2026-12-W4"])


@given(
    st.integers(0, 10**9),
    st.dictionaries(places, st.integers(0, 10**6), max_size=4),
    st.sampled_from(["quarter", "month", "week"]),
    st.sampled_from(["equal", "workdays", "history"]),
)
@settings(max_examples=40)
def test_whatever_is_locked_a_split_sums_on_every_level_or_is_refused_whole(
    total: int, locked: dict[str, int], to: str, way: str
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        staffed_office(Path(folder)) as workspace,
    ):
        plan_id = plan_for(workspace)
        set_targets(
            workspace, plan_id, {YEAR: total, **{place(key): one for key, one in locked.items()}}
        )
        _lock(workspace, plan_id, *(place(key) for key in locked))
        before = targets_of(workspace, plan_id)
        try:
            _split(workspace, plan_id, YEAR, to, way=way)
        except SplitError:
            assert locked
            assert targets_of(workspace, plan_id) == before
            return
        after = targets_of(workspace, plan_id)
        assert {key: after[key] for key in before} == before
        deeper = {key for key in locked if len(key) > {"quarter": 7, "month": 7, "week": 99}[to]}
        if to == "week" or not deeper:
            gaps = grid_of(workspace, plan_id).all_gaps()
            assert [gap for gap in gaps if gap.place.period.kind != to] == []

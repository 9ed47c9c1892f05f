"""A total spread over a tree sums on every level, with locked places on any of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc.periods import Period, children, descendants, month, parse, year
from salesdesk.calc.spread import spread
from salesdesk.errors import SplitError

YEAR = year(2026)


def down_to_months(period: Period) -> tuple[Period, ...]:
    return () if period.kind == "month" else children(period)


def down_to_weeks(period: Period) -> tuple[Period, ...]:
    return () if period.kind == "week" else children(period)


def test_a_locked_quarter_keeps_its_value_and_its_months_sum_to_it() -> None:
    found = spread(YEAR, 1_200, down_to_months, lambda _leaf: 1, locked={parse("2026-Q2"): 600})
    assert found[parse("2026-Q2")] == 600
    assert [found[month(2026, number)] for number in (4, 5, 6)] == [200, 200, 200]
    assert [found[parse(f"2026-Q{number}")] for number in (1, 3, 4)] == [200, 200, 200]
    assert [found[month(2026, number)] for number in (1, 2, 3)] == [67, 67, 66]


def test_a_locked_month_within_a_locked_quarter_is_met_too() -> None:
    locked = {parse("2026-Q1"): 90, month(2026, 2): 70}
    found = spread(YEAR, 100, down_to_months, lambda _leaf: 1, locked=locked)
    assert [found[month(2026, number)] for number in (1, 2, 3)] == [10, 70, 10]


def test_locked_months_above_their_locked_quarter_are_refused() -> None:
    locked = {parse("2026-Q1"): 90, month(2026, 2): 100}
    with pytest.raises(SplitError) as refusal:
        spread(YEAR, 1_000, down_to_months, lambda _leaf: 1, locked=locked)
    assert refusal.value.gap == -10


def test_the_root_is_not_among_the_places_found() -> None:
    found = spread(month(2026, 11), 10, down_to_weeks, lambda _leaf: 1)
    assert list(found.values()) == [3, 2, 3, 2]
    assert month(2026, 11) not in found


@given(
    st.integers(0, 10**9),
    st.dictionaries(st.sampled_from(descendants(YEAR, "week")), st.integers(0, 1_000), max_size=6),
    st.sets(st.sampled_from(descendants(YEAR, "month")), max_size=4),
    st.lists(st.integers(0, 9), min_size=60, max_size=60),
    st.sampled_from([1, 100]),
)
def test_every_level_sums_whatever_is_locked(
    total: int,
    locked_weeks: dict[Period, int],
    locked_months: set[Period],
    weights: list[int],
    step: int,
) -> None:
    weigh = dict(zip(descendants(YEAR, "week"), weights, strict=False))
    locked = {**locked_weeks, **dict.fromkeys(locked_months, 10_000)}
    try:
        found = spread(YEAR, total, down_to_weeks, weigh.__getitem__, locked=locked, step=step)
    except SplitError:
        assert sum(locked.values()) > 0
        return
    assert {place: found[place] for place in locked} == locked
    places = [YEAR, *(place for place in found if place.kind != "week")]
    for place in places:
        own = total if place == YEAR else found[place]
        assert sum(found[child] for child in children(place)) == own

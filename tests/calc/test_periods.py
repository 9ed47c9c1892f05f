"""Weeks are clipped to months, every day lies in exactly one, and keys can be read back."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc import periods
from salesdesk.calc.periods import KINDS, Kind, Period
from salesdesk.errors import InputError

years = st.integers(1901, 2200)
days = st.dates(date(1901, 1, 1), date(2200, 12, 31))
kinds = st.sampled_from(KINDS)


@given(years)
def test_every_day_of_a_year_lies_in_exactly_one_week(number: int) -> None:
    whole = periods.year(number)
    held = Counter(
        day.start for week in periods.descendants(whole, "week") for day in periods.children(week)
    )
    assert set(held.values()) == {1}
    assert sorted(held) == [day.start for day in periods.days(whole)]


@given(years)
def test_a_month_has_four_or_five_weeks_of_at_least_four_days(number: int) -> None:
    for month in range(1, 13):
        weeks = periods.weeks_of_month(number, month)
        assert len(weeks) in (4, 5)
        assert all(4 <= (week.end - week.start).days <= 10 for week in weeks)


@given(days)
def test_weeks_begin_on_mondays_except_at_the_month_s_start(day: date) -> None:
    week = periods.containing(day, "week")
    assert week.start.weekday() == 0 or week.start.day == 1
    assert week.end.weekday() == 0 or week.end.day == 1


def test_a_clipped_end_of_three_days_joins_its_neighbour() -> None:
    # November 2026 begins on a Sunday and ends on a Monday: neither is a week of its own.
    weeks = [(week.start.day, week.last_day.day) for week in periods.weeks_of_month(2026, 11)]
    assert weeks == [(1, 8), (9, 15), (16, 22), (23, 30)]


def test_a_clipped_end_of_four_days_is_a_week() -> None:
    # October 2026 begins on a Thursday (4 days to Sunday) and ends on a Saturday (6 days).
    weeks = [(week.start.day, week.last_day.day) for week in periods.weeks_of_month(2026, 10)]
    assert weeks == [(1, 4), (5, 11), (12, 18), (19, 25), (26, 31)]


def test_a_february_of_four_whole_weeks_has_those_four() -> None:
    # 1 February 2027 is a Monday.
    assert [week.start.day for week in periods.weeks_of_month(2027, 2)] == [1, 8, 15, 22]


@given(days, kinds)
def test_a_period_s_key_is_read_back_as_the_period(day: date, kind: Kind) -> None:
    period = periods.containing(day, kind)
    assert day in period
    assert periods.parse(period.key) == period
    assert periods.parse(f"  {period.key.lower()} ") == period


@given(days, kinds)
def test_children_make_up_their_parent_without_gap_or_overlap(day: date, kind: Kind) -> None:
    period = periods.containing(day, kind)
    parts = periods.children(period)
    if kind == "day":
        assert parts == ()
        return
    assert parts[0].start == period.start
    assert parts[-1].end == period.end
    assert all(part.end == other.start for part, other in pairwise(parts))
    assert all(periods.parent(part) == period for part in parts)


@given(days, kinds)
def test_the_period_after_the_one_before_is_the_period_itself(day: date, kind: Kind) -> None:
    period = periods.containing(day, kind)
    assert periods.following(periods.previous(period)) == period
    assert periods.following(period).start == period.end


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1), "year"),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1), "quarter"),
        ("2026q1", date(2026, 1, 1), date(2026, 4, 1), "quarter"),
        ("2026-11", date(2026, 11, 1), date(2026, 12, 1), "month"),
        ("2026-2", date(2026, 2, 1), date(2026, 3, 1), "month"),
        ("2026-11-W2", date(2026, 11, 9), date(2026, 11, 16), "week"),
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 23), "week"),
        # ISO week 1 of 2026 has its Thursday on 1 January: the clipped week is 1 to 4 January.
        ("2026-W01", date(2026, 1, 1), date(2026, 1, 5), "week"),
        ("2026-11-23", date(2026, 11, 23), date(2026, 11, 24), "day"),
    ],
)
def test_periods_are_read_as_people_write_them(
    text: str, start: date, end: date, kind: Kind
) -> None:
    assert periods.parse(text) == Period(start, end, kind)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "26", "2026-13", "2026-Q5", "2026-11-W5", "2026-W54", "2026-02-30", "0000",
     "9999", "2026-11-W0", "2026/11"],
)  # fmt: skip
def test_what_names_no_period_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        periods.parse(text)
    assert text in refusal.value.message


def test_the_same_period_of_last_year_is_the_comparable_one() -> None:
    assert periods.same_last_year(periods.parse("2026-Q2")).key == "2025-Q2"
    assert periods.same_last_year(periods.parse("2026-11-W2")).key == "2025-11-W2"
    assert periods.same_last_year(periods.parse("2028-02-29")).key == "2027-02-28"


def test_a_fifth_week_compares_with_the_last_of_four() -> None:
    # August 2027 begins on a Sunday (4 weeks), August 2028 on a Tuesday and ends on a Thursday.
    assert len(periods.weeks_of_month(2027, 8)) == 4
    fifth = periods.parse("2028-08-W5")
    assert periods.same_last_year(fifth).key == "2027-08-W4"


def test_months_between_names_each_month_touched() -> None:
    months = periods.months_between(date(2026, 11, 30), date(2027, 2, 1))
    assert [month.month_key for month in months] == [202611, 202612, 202701]
    assert periods.months_between(date(2026, 11, 1), date(2026, 11, 1)) == []
    assert periods.month_of_key(202702) == periods.parse("2027-02")


def test_a_month_is_not_made_of_quarters() -> None:
    with pytest.raises(ValueError, match="isn't made of"):
        periods.descendants(periods.month(2026, 11), "quarter")


def test_labels_name_the_range_inclusively() -> None:
    assert periods.parse("2026-11-W2").label == "2026, 11/W2 (11.09–11.15)"
    assert periods.parse("2026-Q4").label == "2026, Q4"
    assert periods.parse("2026-11").label == "2026-11"
    assert periods.parse("2026-11-23").label == "2026-11-23"


@given(days)
def test_a_week_s_number_counts_from_the_month_s_first(day: date) -> None:
    week = periods.containing(day, "week")
    weeks = periods.weeks_of_month(day.year, day.month)
    assert weeks[periods.week_number(week) - 1] == week
    assert week.last_day + timedelta(days=1) == week.end

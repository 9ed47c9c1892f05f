"""Pace counts the weighted working days passed; a missing base gives nothing, not infinity."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc import pace
from salesdesk.calc.periods import Period, containing, month
from salesdesk.calc.workdays import WorkCalendar

NOVEMBER = month(2026, 11)
OFFICE_DAYS = WorkCalendar({}, (1, 1, 1, 1, 1, 0, 0), 2020, 2030)
CLOSED = WorkCalendar(
    {date(2026, 11, number): False for number in range(1, 31)}, (1, 1, 1, 1, 1, 0, 0), 2020, 2030
)


def test_pace_is_the_share_of_working_days_passed_today_included() -> None:
    # November 2026 has 21 weekdays; by Friday the 13th ten of them have passed.
    assert pace.pace(NOVEMBER, OFFICE_DAYS, date(2026, 11, 13)) == Fraction(10, 21)
    assert pace.pace(NOVEMBER, OFFICE_DAYS, date(2026, 11, 15)) == Fraction(10, 21)


def test_pace_is_nothing_before_the_period_and_all_of_it_on_its_last_day() -> None:
    assert pace.pace(NOVEMBER, OFFICE_DAYS, date(2026, 10, 31)) == 0
    assert pace.pace(NOVEMBER, OFFICE_DAYS, date(2026, 11, 30)) == 1
    assert pace.pace(NOVEMBER, OFFICE_DAYS, date(2027, 3, 1)) == 1


def test_a_period_without_working_days_counts_by_plain_days() -> None:
    assert pace.pace(NOVEMBER, CLOSED, date(2026, 11, 15)) == Fraction(15, 30)


@given(
    st.dates(date(2021, 1, 1), date(2029, 12, 31)),
    st.sampled_from(["year", "quarter", "month", "week", "day"]),
)
def test_pace_never_falls_and_stays_between_nothing_and_all(day: date, kind: str) -> None:
    period = containing(day, kind)  # type: ignore[arg-type]
    today, tomorrow = (
        pace.pace(period, OFFICE_DAYS, moment) for moment in (day, day + timedelta(days=1))
    )
    assert 0 <= today <= tomorrow <= 1


@pytest.mark.parametrize(
    ("actual", "target", "share", "status"),
    [
        (0, None, Fraction(1, 2), "not_set"),
        (5, 0, Fraction(1, 2), "not_set"),
        (100, 100, Fraction(1), "on_track"),
        (101, 100, Fraction(1), "ahead"),
        (100, 100, Fraction(1, 2), "ahead"),
        (55, 100, Fraction(1, 2), "ahead"),
        (54, 100, Fraction(1, 2), "on_track"),
        (50, 100, Fraction(1, 2), "on_track"),
        (49, 100, Fraction(1, 2), "at_risk"),
        (40, 100, Fraction(1, 2), "at_risk"),
        (39, 100, Fraction(1, 2), "behind"),
        (0, 100, Fraction(0), "on_track"),
        (-5, 100, Fraction(1, 2), "behind"),
    ],
)
def test_the_standing_follows_from_what_is_expected_by_now(
    actual: int, target: int | None, share: Fraction, status: str
) -> None:
    assert pace.status(actual, target, share) == status


def test_attainment_shows_more_than_all_and_nothing_without_a_target() -> None:
    assert pace.attainment(150, 100) == Fraction(3, 2)
    assert pace.attainment(150, 0) is None
    assert pace.attainment(150, None) is None


def test_growth_needs_a_positive_base() -> None:
    assert pace.change(150, 100) == Fraction(1, 2)
    assert pace.change(50, 100) == Fraction(-1, 2)
    assert pace.change(50, 0) is None
    assert pace.change(50, -10) is None


def test_what_remains_is_spread_over_the_days_that_remain() -> None:
    # After Friday the 20th of November 2026 six weekdays remain: 900 / 6.
    today = date(2026, 11, 20)
    assert pace.per_remaining_day(100, 1_000, NOVEMBER, OFFICE_DAYS, today) == 150
    assert pace.per_remaining_day(99, 1_000, NOVEMBER, OFFICE_DAYS, today) == 151
    assert pace.per_remaining_day(99, 1_000, NOVEMBER, OFFICE_DAYS, today, step=100) == 200
    assert pace.per_remaining_day(2_000, 1_000, NOVEMBER, OFFICE_DAYS, today) == 0


def test_nothing_remains_after_the_last_working_day() -> None:
    assert pace.per_remaining_day(0, 9, NOVEMBER, OFFICE_DAYS, date(2026, 11, 30)) is None
    weekend = Period(date(2026, 11, 16), date(2026, 11, 23), "week")
    assert pace.per_remaining_day(0, 9, weekend, OFFICE_DAYS, date(2026, 11, 20)) is None


def test_before_the_period_all_of_its_days_remain() -> None:
    assert pace.per_remaining_day(0, 21, NOVEMBER, OFFICE_DAYS, date(2026, 9, 1)) == 1


@pytest.mark.parametrize(
    ("days_off", "due"),
    [((), 2), ((16,), 2), ((16, 17), 1), ((16, 17, 18, 19), 1), ((16, 17, 18, 19, 20), 0)],
)
def test_a_weekly_quota_follows_the_working_days_of_its_week(
    days_off: tuple[int, ...], due: int
) -> None:
    holidays = {date(2026, 11, day): False for day in days_off}
    work = WorkCalendar(holidays, (1, 1, 1, 1, 1, 0, 0), 2020, 2030)
    week = containing(date(2026, 11, 18), "week")
    assert pace.due_in_week(2, week, work) == due
    assert pace.due_in_week(0, week, work) == 0


def test_a_weekly_quota_comes_in_the_measure_s_steps() -> None:
    week = containing(date(2026, 10, 29), "week")  # Monday 26 to Saturday 31
    work = WorkCalendar({date(2026, 10, 30): False}, (1, 1, 1, 1, 1, 0, 0), 2020, 2030)
    assert pace.due_in_week(10_00, week, work, 100) == 8_00

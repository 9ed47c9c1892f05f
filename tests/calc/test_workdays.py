"""Days weigh as their weekday does, but for holidays and weekends worked in exchange."""

from __future__ import annotations

from datetime import date

import pytest

from salesdesk.calc.periods import month, weeks_of_month
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError

# National Day 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked.
SPECIAL = {date(2026, 10, number): False for number in range(1, 8)}
SPECIAL |= {date(2026, 9, 20): True, date(2026, 10, 10): True}
OFFICE_DAYS = WorkCalendar(SPECIAL, (1, 1, 1, 1, 1, 0, 0), 2026, 2027)
SHOWROOM = WorkCalendar(SPECIAL, (1, 1, 1, 1, 1, 2, 2), 2026, 2027, holidays_open=True)


def test_october_2026_has_eighteen_working_days() -> None:
    # 22 weekdays less the five of the holiday week, and the exchanged Saturday.
    whole = month(2026, 10)
    assert OFFICE_DAYS.weight_between(whole.start, whole.end) == 18


def test_weeks_of_the_holiday_month_weigh_their_worked_days() -> None:
    # 1-4: none; 5-11: Thursday 8, Friday 9, Saturday 10; then two full weeks; 26-31: five.
    assert OFFICE_DAYS.weights(weeks_of_month(2026, 10)) == [0, 3, 5, 5, 5]


def test_an_exchanged_weekend_day_is_worked() -> None:
    assert OFFICE_DAYS.weight(date(2026, 9, 20)) == 1
    assert OFFICE_DAYS.weight(date(2026, 9, 19)) == 0


def test_a_showroom_is_open_on_holidays_with_the_weekday_s_weight() -> None:
    assert SHOWROOM.weight(date(2026, 10, 1)) == 1  # a Thursday
    assert SHOWROOM.weight(date(2026, 10, 3)) == 2  # a Saturday
    assert SHOWROOM.weight(date(2026, 10, 10)) == 2  # worked in exchange: still a full Saturday


def test_the_next_working_day_passes_the_holidays() -> None:
    assert OFFICE_DAYS.next_working_day(date(2026, 10, 1)) == date(2026, 10, 8)
    assert OFFICE_DAYS.next_working_day(date(2026, 10, 10)) == date(2026, 10, 10)
    assert OFFICE_DAYS.next_working_day(date(2028, 1, 1)) == date(2028, 1, 1)


def test_a_year_the_calendar_does_not_know_is_refused() -> None:
    with pytest.raises(CalendarError) as refusal:
        OFFICE_DAYS.weight(date(2028, 1, 3))
    assert "2026 to 2027" in refusal.value.message
    assert "2028-01-03" in refusal.value.message

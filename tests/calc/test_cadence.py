"""A grade sets the next contact: A every week, B every half month, C every month."""

from __future__ import annotations

from datetime import date

from salesdesk.calc.cadence import days_overdue, next_contact
from salesdesk.calc.workdays import WorkCalendar

CADENCE = {"A": 7, "B": 15, "C": 30}
OFFICE_DAYS = WorkCalendar({}, (1, 1, 1, 1, 1, 0, 0), 2026, 2026)


def test_the_grade_s_days_are_added_to_the_last_contact() -> None:
    day = date(2026, 11, 2)
    assert next_contact(day, "A", CADENCE) == date(2026, 11, 9)
    assert next_contact(day, "B", CADENCE) == date(2026, 11, 17)
    assert next_contact(day, "C", CADENCE) == date(2026, 12, 2)


def test_a_customer_without_a_grade_is_never_due() -> None:
    assert next_contact(date(2026, 11, 2), "", CADENCE) is None


def test_a_due_day_that_is_not_worked_moves_to_the_next_working_day() -> None:
    # 15 days after Friday 6 November is Saturday the 21st: Monday the 23rd.
    assert next_contact(date(2026, 11, 6), "B", CADENCE, OFFICE_DAYS) == date(2026, 11, 23)
    assert next_contact(date(2026, 11, 5), "B", CADENCE, OFFICE_DAYS) == date(2026, 11, 20)


def test_a_holiday_is_passed_over() -> None:
    golden_week = {date(2026, 10, day): False for day in range(1, 8)}
    holidays = WorkCalendar(golden_week, (1, 1, 1, 1, 1, 1, 1), 2026, 2026)
    assert next_contact(date(2026, 9, 24), "A", CADENCE, holidays) == date(2026, 10, 8)


def test_beyond_the_known_years_the_due_day_stays() -> None:
    assert next_contact(date(2026, 12, 30), "A", CADENCE, OFFICE_DAYS) == date(2027, 1, 6)
    # The 26th is a Saturday, and no day of the year left is worked: what is unknown isn't guessed.
    closed = WorkCalendar(
        {date(2026, 12, day): False for day in range(24, 32)}, (1,) * 7, 2026, 2026
    )
    assert next_contact(date(2026, 12, 19), "A", CADENCE, closed) == date(2026, 12, 26)


def test_only_days_past_the_due_day_are_overdue() -> None:
    assert days_overdue(date(2026, 11, 9), date(2026, 11, 9)) == 0
    assert days_overdue(date(2026, 11, 9), date(2026, 11, 12)) == 3
    assert days_overdue(date(2026, 11, 9), date(2026, 11, 1)) == 0
    assert days_overdue(None, date(2026, 11, 12)) == 0

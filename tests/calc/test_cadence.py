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


def test_a_due_day_that_is_not_worked_moves_to_the_working_day_before() -> None:
    # 15 days after Friday 6 November is Saturday the 21st: Friday the 20th.
    assert next_contact(date(2026, 11, 6), "B", CADENCE, OFFICE_DAYS) == date(2026, 11, 20)


def test_the_due_day_never_moves_back_to_the_last_contact() -> None:
    # Two days after Friday is Sunday; one day back is Saturday, and Friday is the contact itself.
    assert next_contact(date(2026, 11, 6), "A", {"A": 2}, OFFICE_DAYS) == date(2026, 11, 8)


def test_beyond_the_known_years_the_due_day_stays() -> None:
    assert next_contact(date(2026, 12, 30), "A", CADENCE, OFFICE_DAYS) == date(2027, 1, 6)


def test_only_days_past_the_due_day_are_overdue() -> None:
    assert days_overdue(date(2026, 11, 9), date(2026, 11, 9)) == 0
    assert days_overdue(date(2026, 11, 9), date(2026, 11, 12)) == 3
    assert days_overdue(date(2026, 11, 9), date(2026, 11, 1)) == 0
    assert days_overdue(None, date(2026, 11, 12)) == 0

"""How often a customer of a grade is contacted, and when the next contact is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from salesdesk.calc.workdays import WorkCalendar


def next_contact(
    last_contact: date, grade: str, cadence: Mapping[str, int], calendar: WorkCalendar | None = None
) -> date | None:
    """The day the next contact is due: last contact + the grade's days; None for other grades.

    With a calendar a due day that isn't worked moves to the next one that is: nobody is at work to
    make it earlier either. In years the calendar doesn't know it stays.
    """
    days = cadence.get(grade)
    if days is None:
        return None
    due = last_contact + timedelta(days=days)
    return due if calendar is None else calendar.next_working_day(due)


def days_overdue(due: date | None, today: date) -> int:
    """Days past the due day; 0 when it is today or later, or when nothing is due."""
    return 0 if due is None else max(0, (today - due).days)

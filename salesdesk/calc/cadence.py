"""How often a customer of a grade is contacted, and when the next contact is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from salesdesk.calc.workdays import WorkCalendar


def next_contact(
    last_contact: date, grade: str, cadence: Mapping[str, int], calendar: WorkCalendar | None = None
) -> date | None:
    """The day the next contact is due: last contact + the grade's days; None for other grades.

    With a calendar a due day that isn't worked moves to the working day before it (so that the
    cadence is kept), unless that would be the day of the last contact or earlier.
    """
    days = cadence.get(grade)
    if days is None:
        return None
    due = last_contact + timedelta(days=days)
    if calendar is None:
        return due
    for back in range(min(days - 1, 7) + 1):
        candidate = due - timedelta(days=back)
        known = calendar.first_year <= candidate.year <= calendar.last_year
        if not known or calendar.weight(candidate) > 0:
            return candidate
    return due


def days_overdue(due: date | None, today: date) -> int:
    """Days past the due day; 0 when it is today or later, or when nothing is due."""
    return 0 if due is None else max(0, (today - due).days)

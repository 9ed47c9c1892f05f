"""The working calendar: which days of China's calendar are worked, as the office may change it.

The office has its own table, seeded for 2004 to 2026 from the published arrangements (package
chinesecalendar) and for 2027 provisionally from the statutory days alone, since the exchanged
weekends (调休) of a year are announced only in the autumn before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import InputError
from salesdesk.office import settings
from salesdesk.office.tables import calendar_day
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

FIRST_YEAR = 2004
#: Statutory days of 2027 by the State Council's regulation on public holidays (2024 revision: 13
#: days, New Year's Eve and 2 May included); lunar dates from the almanac of the Purple Mountain
#: Observatory: Spring Festival 6 February, Dragon Boat 9 June, Mid-Autumn 15 September.
PROVISIONAL: dict[date, str] = {
    date(2027, 1, 1): "New Year's Day",
    date(2027, 2, 5): "Spring Festival",
    date(2027, 2, 6): "Spring Festival",
    date(2027, 2, 7): "Spring Festival",
    date(2027, 2, 8): "Spring Festival",
    date(2027, 4, 5): "Tomb-sweeping Day",
    date(2027, 5, 1): "Labour Day",
    date(2027, 5, 2): "Labour Day",
    date(2027, 6, 9): "Dragon Boat Festival",
    date(2027, 9, 15): "Mid-autumn Festival",
    date(2027, 10, 1): "National Day",
    date(2027, 10, 2): "National Day",
    date(2027, 10, 3): "National Day",
}
HOLIDAYS = (
    mark("New Year's Day"), mark("Spring Festival"), mark("Tomb-sweeping Day"),
    mark("Labour Day"), mark("Dragon Boat Festival"), mark("Mid-autumn Festival"),
    mark("National Day"), mark("Anti-Fascist 70th Day"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday; ``provisional`` until the year is announced."""

    day: date
    working: bool
    name: str
    provisional: bool


def work_calendar(db: Connection) -> WorkCalendar:
    """The calendar as calculations take it: special days, weekday weights, known years."""
    stored = settings.read(db)
    rows = db.execute(select(calendar_day.c.day, calendar_day.c.working)).all()
    years = [row.day.year for row in rows] or [date.today().year]
    return WorkCalendar(
        {row.day: row.working for row in rows},
        stored.weekday_weights,
        min(years),
        max(years),
        stored.holidays_open,
    )


def days(db: Connection, year: int) -> list[SpecialDay]:
    """The special days of a year in order; none for a year the calendar doesn't know."""
    rows = db.execute(
        select(calendar_day)
        .where(calendar_day.c.day >= date(year, 1, 1), calendar_day.c.day < date(year + 1, 1, 1))
        .order_by(calendar_day.c.day, calendar_day.c.id)
    )
    return [SpecialDay(row.day, row.working, row.name, row.provisional) for row in rows]


def seed(change: Change) -> None:
    """Enter the published years and the provisional one."""
    # Imported when an office is founded only: the tables of 22 years take 20 ms.
    from chinese_calendar import constants

    rows = [
        {"day": day, "working": False, "name": _(name), "provisional": False}
        for day, name in sorted(constants.holidays.items())
    ]
    rows += [
        {"day": day, "working": True, "name": _(name), "provisional": False}
        for day, name in sorted(constants.workdays.items())
    ]
    rows += [
        {"day": day, "working": False, "name": _(name), "provisional": True}
        for day, name in PROVISIONAL.items()
        if day not in constants.holidays
    ]
    change.insert_many(calendar_day, rows)


def set_day(change: Change, day: date, *, working: bool, name: str = "") -> None:
    """Say of one day whether it is worked against its weekday."""
    row = change.connection.execute(
        select(calendar_day.c.id).where(calendar_day.c.day == day)
    ).scalar()
    values: dict[str, Any] = {"working": working, "name": name.strip(), "provisional": False}
    if row is None:
        change.insert(calendar_day, day=day, **values)
    else:
        change.update(calendar_day, row, **values)


def clear_day(change: Change, day: date) -> None:
    """Let a day be what its weekday says again."""
    row = change.connection.execute(
        select(calendar_day.c.id).where(calendar_day.c.day == day)
    ).scalar()
    if row is not None:
        change.delete(calendar_day, row)


def import_year(change: Change, year: int, special: Iterable[SpecialDay]) -> None:
    """Replace a year by what was announced. Raises InputError for days of another year or none."""
    wanted = list(special)
    if not wanted or any(one.day.year != year for one in wanted):
        raise InputError(_("The days given are not those of {year}.").format(year=year))
    for row in (
        change.connection.execute(
            select(calendar_day.c.id).where(
                calendar_day.c.day >= date(year, 1, 1), calendar_day.c.day < date(year + 1, 1, 1)
            )
        )
        .scalars()
        .all()
    ):
        change.delete(calendar_day, row)
    change.insert_many(
        calendar_day,
        [
            {"day": one.day, "working": one.working, "name": one.name, "provisional": False}
            for one in sorted(wanted, key=lambda one: one.day)
        ],
    )


def has_provisional(db: Connection, year: int) -> bool:
    """Whether a year's days are only the statutory ones, not yet those announced."""
    return any(one.provisional for one in days(db, year))

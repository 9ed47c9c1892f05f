"""The working calendar: which days of China's calendar are worked, as the office may change it.

The office has its own table, seeded for 2004 to 2026 from the published arrangements (package
chinesecalendar) and for 2027 provisionally from the statutory days alone, since the exchanged
weekends (调休) of a year are announced only in the autumn before.

A public holiday is a day off only where the office's rules close on holidays; a day that the office
closes by itself (:attr:`SpecialDay.closed`) is one whatever the rules say. Which days are worked is
answered by :func:`work_calendar` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, String, case, cast, func, select

from salesdesk.calc import texts
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import InputError
from salesdesk.office import rights, settings
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
LONGEST_NAME = 60
HOLIDAYS = (
    mark("New Year's Day"), mark("Spring Festival"), mark("Tomb-sweeping Day"),
    mark("Labour Day"), mark("Dragon Boat Festival"), mark("Mid-autumn Festival"),
    mark("National Day"), mark("Anti-Fascist 70th Day"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday; ``provisional`` until the year is announced.

    ``working``: worked in exchange. Otherwise a public holiday, or with ``closed`` a day on which
    the office closes even where it opens on holidays.
    """

    day: date
    working: bool
    name: str
    provisional: bool
    closed: bool = False


def work_calendar(db: Connection, in_force: settings.Settings | None = None) -> WorkCalendar:
    """The calendar as calculations take it: special days, weekday weights, known years.

    ``in_force`` are the settings, where they were read already.
    """
    global _last  # replaced whole, so that threads see one or the other
    rules = in_force or settings.read(db)
    stored = db.execute(_DAYS_AS_TEXT).scalar()
    # Of an office without any day the year matters in which it is asked.
    year = 0 if stored else date.today().year
    key = (stored, year, rules.weekday_weights, rules.holidays_open)
    if _last is None or _last[0] != key:
        _last = (key, _calendar_of(db, rules))
    return _last[1]


#: The calendar that was asked for last, behind what it was made of: to have its 800 days as one
#: text takes a tenth of the time it takes to make it.
_last: tuple[object, WorkCalendar] | None = None
_DAYS_AS_TEXT = select(
    func.aggregate_strings(  # in whatever order: equal texts are equal days
        cast(calendar_day.c.day, String)
        + case((calendar_day.c.working, "+"), else_="-")
        + case((calendar_day.c.closed, "x"), else_=""),
        " ",
    )
)


def _calendar_of(db: Connection, rules: settings.Settings) -> WorkCalendar:
    rows = db.execute(
        select(calendar_day.c.day, calendar_day.c.working, calendar_day.c.closed)
    ).all()
    years = {day.year for day, _working, _closed in rows} or {date.today().year}
    return WorkCalendar(
        {day: working for day, working, _closed in rows},
        rules.weekday_weights,
        min(years),
        max(years),
        rules.holidays_open,
        frozenset(day for day, _working, closed in rows if closed),
    )


def days(db: Connection, year: int) -> list[SpecialDay]:
    """The special days of a year in order; none for a year the calendar doesn't know."""
    rows = db.execute(
        select(calendar_day)
        .where(calendar_day.c.day >= date(year, 1, 1), calendar_day.c.day < date(year + 1, 1, 1))
        .order_by(calendar_day.c.day, calendar_day.c.id)
    )
    return [SpecialDay(row.day, row.working, row.name, row.provisional, row.closed) for row in rows]


def has_provisional(db: Connection, year: int) -> bool:
    """Whether a year's days are only the statutory ones, not yet those announced."""
    return any(special.provisional for special in days(db, year))


# -- changing --------------------------------------------------------------------------------------


def seed(change: Change) -> None:
    """Enter the published years and the provisional one, for an office that is being founded."""
    rights.need(change, "calendar.edit")
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
    change.describe(_("Working calendar entered"))


def set_day(
    change: Change, day: date, *, working: bool, closed: bool = False, name: str = ""
) -> None:
    """Say of one day that it is worked in exchange, a public holiday, or ``closed`` anyhow.

    Raises RightsError; InputError for a day both worked and closed, a long name, or a year the
    calendar doesn't know: a single day would make the rest of it seem known.
    """
    rights.need(change, "calendar.edit")
    if working and closed:
        raise InputError(_("{day} is either worked or closed.").format(day=day.isoformat()))
    name = _checked_name(day, name)
    known = work_calendar(change.connection)
    if not known.first_year <= day.year <= known.last_year:
        raise InputError(
            _(
                "The working calendar knows {first} to {last}: enter the announced days of {year} "
                "first."
            ).format(first=known.first_year, last=known.last_year, year=day.year)
        )
    values: dict[str, Any] = {
        "working": working,
        "closed": closed,
        "name": name,
        "provisional": False,
    }
    row_id = _row_of(change, day)
    if row_id is None:
        change.insert(calendar_day, day=day, **values)
    else:
        change.update(calendar_day, row_id, **values)
    change.describe(_("Working calendar: {day}").format(day=day.isoformat()))


def clear_day(change: Change, day: date) -> None:
    """Let a day be what its weekday says again. Raises RightsError."""
    rights.need(change, "calendar.edit")
    row_id = _row_of(change, day)
    if row_id is not None:
        change.delete(calendar_day, row_id)
        change.describe(
            _("Working calendar: {day} as its weekday again").format(day=day.isoformat())
        )


def import_year(change: Change, year: int, special: Iterable[SpecialDay]) -> None:
    """Replace the holidays and exchanges of a year by what was announced.

    Days that the office closes by itself stay, unless they are among those announced. Raises
    RightsError; InputError for days of another year, twice the same one, none, or a year so far
    ahead that those between would be unknown.
    """
    rights.need(change, "calendar.edit")
    announced = sorted(special, key=lambda entry: entry.day)
    if not announced or any(entry.day.year != year for entry in announced):
        raise InputError(_("The days given are not those of {year}.").format(year=year))
    known = work_calendar(change.connection)
    if not known.first_year - 1 <= year <= known.last_year + 1:
        raise InputError(
            _(
                "The working calendar knows {first} to {last}: enter the year next to them first."
            ).format(first=known.first_year, last=known.last_year)
        )
    for entry, following in pairwise(announced):
        if entry.day == following.day:
            raise InputError(_("{day} stands there twice.").format(day=entry.day.isoformat()))
    names = {entry.day: _checked_name(entry.day, entry.name) for entry in announced}
    named = {entry.day for entry in announced}
    replaced = [
        row.id
        for row in change.connection.execute(
            select(calendar_day.c.id, calendar_day.c.day, calendar_day.c.closed).where(
                calendar_day.c.day >= date(year, 1, 1), calendar_day.c.day < date(year + 1, 1, 1)
            )
        )
        if not row.closed or row.day in named
    ]
    change.delete_many(calendar_day, replaced)
    change.insert_many(
        calendar_day,
        [
            {
                "day": entry.day,
                "working": entry.working,
                "name": names[entry.day],
                "provisional": False,
                "closed": entry.closed,
            }
            for entry in announced
        ],
    )
    change.describe(_("Working calendar: announced days of {year}").format(year=year))


def _row_of(change: Change, day: date) -> int | None:
    return change.connection.execute(
        select(calendar_day.c.id).where(calendar_day.c.day == day)
    ).scalar()


def _checked_name(day: date, name: str) -> str:
    return texts.line(_("The occasion of {day}").format(day=day.isoformat()), name, LONGEST_NAME)

"""The timetable: what a stretch of days holds for a person, a team or the office.

Tasks and the days of plans' actions come from ``tasks``; beside them stand the customers whose
next contact falls on a day, who is on leave, and which days aren't worked. One reading takes a
handful of statements, whatever it covers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from salesdesk.calc.periods import Period
from salesdesk.customers import access
from salesdesk.customers.tables import customer
from salesdesk.office import calendar, people
from salesdesk.office.tables import leave, person
from salesdesk.planning import tasks
from salesdesk.planning.live.recurrence import is_worked
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.tasks import Task
from salesdesk.storage.expressions import among
from salesdesk.text import _, mark

WEEKDAYS = (
    mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"),
    mark("Saturday"), mark("Sunday"),
)  # fmt: skip
#: So many customers are named in a stretch of days; of the others a day tells the number.
MOST_CONTACTS = 200
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer whose next contact falls on a day."""

    customer_id: int
    name: str
    grade: str
    owner: str
    day: date


@dataclass(frozen=True, slots=True)
class Away:
    """A person's leave within the days shown, ``first <= day < end``."""

    person_id: int
    name: str
    first: date
    end: date


@dataclass(frozen=True, slots=True)
class Day:
    """A day with what it holds.

    ``name`` is that of a public holiday or of a day the office closes on, "" for others;
    ``contacts_due`` counts all customers to contact, of whom ``contacts`` names the first.
    """

    day: date
    worked: bool
    name: str
    away: tuple[Away, ...]
    tasks: tuple[Task, ...]
    contacts_due: int
    contacts: tuple[Contact, ...]

    @property
    def weekday(self) -> str:
        """Monday, Tuesday, …"""
        return _(WEEKDAYS[self.day.weekday()])


@dataclass(frozen=True, slots=True)
class Timetable:
    """The days ``start <= day < end`` of a person, a team or the office."""

    who: Who
    name: str
    start: date
    end: date
    days: tuple[Day, ...]

    @property
    def tasks(self) -> list[Task]:
        """All tasks, by day and time."""
        return [one for day in self.days for one in day.tasks]


def week_of(day: date) -> tuple[date, date]:
    """The whole week, Monday to Sunday, that a day lies in: its first day and the one after it."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def sheet_of(month: Period) -> tuple[date, date]:
    """The whole weeks that a month's sheet shows: from the Monday on or before its first day."""
    return week_of(month.start)[0], week_of(month.last_day)[1]


def read(
    db: Connection,
    start: date,
    end: date,
    who: Who = OFFICE,
    *,
    actor_id: int | None = None,
    with_contacts: bool = True,
) -> Timetable:
    """What falls on the days ``start <= day < end``.

    Customers are told only as far as ``actor_id`` may see them.
    """
    name, members = _named(db, who)
    found: dict[date, list[Task]] = {}
    for task in tasks.tasks_between(db, start, end, who):
        found.setdefault(task.day, []).append(task)
    away = _away(db, start, end, members)
    due: Mapping[date, int] = {}
    contacts: dict[date, list[Contact]] = {}
    if with_contacts:
        due = _due(db, start, end, members, actor_id)
        for contact in _contacts(db, start, end, members, actor_id) if due else ():
            contacts.setdefault(contact.day, []).append(contact)
    names = _special(db, start, end)
    work = calendar.work_calendar(db)
    days = []
    for offset in range((end - start).days):
        day = start + timedelta(days=offset)
        days.append(
            Day(
                day,
                is_worked(day, work),
                names.get(day, ""),
                tuple(one for one in away if one.first <= day < one.end),
                tuple(found.get(day, ())),
                due.get(day, 0),
                tuple(contacts.get(day, ())),
            )
        )
    return Timetable(who, name, start, end, tuple(days))


# -- within ----------------------------------------------------------------------------------------


def _named(db: Connection, who: Who) -> tuple[str, Sequence[int] | None]:
    """What they are called whose timetable it is, and the people it covers; None for everybody.

    Raises NotFoundError.
    """
    if who.person_id is not None:
        return people.person_by_id(db, who.person_id).name, [who.person_id]
    if who.team_id is not None:
        rows = db.execute(
            select(person.c.id).where(person.c.team_id == who.team_id).order_by(person.c.id)
        )
        return people.team_by_id(db, who.team_id).name, list(rows.scalars())
    return _("Whole office"), None


def _away(
    db: Connection, start: date, end: date, members: Sequence[int] | None
) -> tuple[Away, ...]:
    query = (
        select(leave.c.person_id, person.c.name, leave.c.first_day, leave.c.end_day)
        .join(person, person.c.id == leave.c.person_id)
        .where(leave.c.first_day < end, leave.c.end_day > start, person.c.active)
        .order_by(leave.c.first_day, leave.c.id)
    )
    if members is not None:
        query = query.where(among(leave.c.person_id, members))
    return tuple(
        Away(row.person_id, row.name, row.first_day, row.end_day) for row in db.execute(query)
    )


def _of(
    db: Connection,
    query: Select[Any],
    span: tuple[date, date],
    members: Sequence[int] | None,
    actor_id: int | None,
) -> Select[Any]:
    """The query over those customers due in the days whom these people have, and one may see."""
    query = query.where(
        customer.c.next_contact_on >= span[0],
        customer.c.next_contact_on < span[1],
        access.seen(db, actor_id),
    )
    return query if members is None else query.where(among(customer.c.owner_id, members))


def _due(
    db: Connection, start: date, end: date, members: Sequence[int] | None, actor_id: int | None
) -> dict[date, int]:
    query = (
        select(customer.c.next_contact_on, func.count().label("due"))
        .group_by(customer.c.next_contact_on)
        .order_by(customer.c.next_contact_on)
    )
    rows = db.execute(_of(db, query, (start, end), members, actor_id))
    return {row.next_contact_on: row.due for row in rows}


def _contacts(
    db: Connection, start: date, end: date, members: Sequence[int] | None, actor_id: int | None
) -> list[Contact]:
    query = (
        select(
            customer.c.id,
            customer.c.name,
            customer.c.grade,
            customer.c.next_contact_on,
            func.coalesce(person.c.name, "").label("owner"),
        )
        .outerjoin(person, person.c.id == customer.c.owner_id)
        .order_by(customer.c.next_contact_on, customer.c.id)
        .limit(MOST_CONTACTS)
    )
    return [
        Contact(row.id, row.name, row.grade, row.owner, row.next_contact_on)
        for row in db.execute(_of(db, query, (start, end), members, actor_id))
    ]


def _special(db: Connection, start: date, end: date) -> dict[date, str]:
    """What the days off among these are called."""
    found = {}
    for year in range(start.year, (end - _ONE_DAY).year + 1):
        for special in calendar.days(db, year):
            if not special.working and special.name:
                found[special.day] = _(special.name)
    return found

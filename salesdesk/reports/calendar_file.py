"""A timetable as iCalendar (RFC 5545), which phones and mail programs read.

An entry's identity follows from the office and what it stands for, not from the day of the export:
whoever takes a file in again sees what moved instead of everything twice.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event
from sqlalchemy import Connection

from salesdesk.office import settings
from salesdesk.planning import tasks
from salesdesk.planning.tasks import Task
from salesdesk.planning.timetable import Away, Contact, Timetable
from salesdesk.text import _, language

#: How long something takes that only says when it begins.
_USUAL = timedelta(minutes=30)
_ONE_DAY = timedelta(days=1)
#: What iCalendar calls the states of a task that isn't dropped.
_DROPPED, _SURE = "CANCELLED", "CONFIRMED"


def ics(db: Connection, found: Timetable, *, now: datetime) -> bytes:
    """The timetable as the contents of an .ics file, made at ``now`` (the computer's own time).

    Times are those of the place one is in (RFC 5545, 3.3.5, form 1). Customers stand as entries of
    their day by name alone: a phone is lost more easily than an office.
    """
    office = settings.read(db)
    calendar = Calendar()
    calendar.add("prodid", f"-//SalesDesk//SalesDesk//{language().upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add(
        "x-wr-calname",
        _("{office}, timetable of {name}").format(office=office.office_name, name=found.name),
    )
    stamp = now.astimezone()
    several = found.who.person_id is None
    for task in found.tasks:
        calendar.add_component(_task(task, office.office_id, stamp, several=several))
    for away in sorted({one for day in found.days for one in day.away}, key=_first):
        calendar.add_component(_away(away, office.office_id, stamp))
    for day in found.days:
        for contact in day.contacts:
            calendar.add_component(_contact(contact, office.office_id, stamp, several=several))
    return bytes(calendar.to_ical())


# -- within ----------------------------------------------------------------------------------------


def _first(away: Away) -> tuple[date, int]:
    return away.first, away.person_id


def _event(uid: str, office_id: str, stamp: datetime, **values: Any) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{office_id or 'salesdesk'}")
    event.add("dtstamp", stamp)
    for name, value in values.items():
        event.add(name, value)
    return event


def _task(task: Task, office_id: str, stamp: datetime, *, several: bool) -> Event:
    words = task.words
    if task.status == "done":
        words = f"✓ {words}"
    if several:
        words = _("{name}: {words}").format(name=task.owner, words=words)
    said = [_(tasks.KINDS[task.kind]) if task.kind else "", task.customer_name, task.plan_title]
    if task.reason:
        said.append(task.reason)
    event = _event(
        _uid(task),
        office_id,
        stamp,
        summary=words,
        sequence=task.version,
        status=_DROPPED if task.status == "dropped" else _SURE,
        **_when(task),
    )
    if any(said):
        event.add("description", "\n".join(filter(None, said)))
    return event


def _uid(task: Task) -> str:
    """One that stays when a day of an action gets a row of its own."""
    if task.ref.rule_id is not None and task.occurrence is not None:
        return f"action-{task.ref.rule_id}-{task.occurrence:%Y%m%d}"
    return f"task-{task.ref.id}"


def _when(task: Task) -> dict[str, Any]:
    """A whole day, or from when to when."""
    if not task.begins:
        return {"dtstart": task.day, "dtend": task.day + _ONE_DAY, "transp": "TRANSPARENT"}
    begins = _at(task.day, task.begins)
    return {"dtstart": begins, "dtend": _at(task.day, task.ends) if task.ends else begins + _USUAL}


def _at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}")


def _away(away: Away, office_id: str, stamp: datetime) -> Event:
    return _event(
        f"leave-{away.person_id}-{away.first:%Y%m%d}",
        office_id,
        stamp,
        summary=_("{name} on leave").format(name=away.name),
        dtstart=away.first,
        dtend=away.end,
        transp="TRANSPARENT",
    )


def _contact(contact: Contact, office_id: str, stamp: datetime, *, several: bool) -> Event:
    words = _("Contact {name}").format(name=contact.name)
    if several and contact.owner:
        words = _("{name}: {words}").format(name=contact.owner, words=words)
    return _event(
        f"contact-{contact.customer_id}",
        office_id,
        stamp,
        summary=words,
        dtstart=contact.day,
        dtend=contact.day + _ONE_DAY,
        transp="TRANSPARENT",
    )

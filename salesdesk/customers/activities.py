"""What is done with customers: calls, visits, messages, gifts; each may set the next contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.calc import cadence
from salesdesk.customers.customers import customer_by_id
from salesdesk.customers.tables import activity, customer
from salesdesk.errors import InputError
from salesdesk.office import settings
from salesdesk.office.tables import person
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

KINDS: Mapping[str, str] = {
    "call": mark("Call"),
    "effective_call": mark("Effective call"),
    "visit": mark("Visit"),
    "call_received": mark("Call received"),
    "walk_in": mark("Walk-in"),
    "message": mark("Message"),
    "gift": mark("Gift or dinner"),
}


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing done; ``cost`` in cents."""

    id: int
    customer_id: int | None
    person_id: int
    person_name: str
    kind: str
    at: datetime
    words: str
    next_contact_on: date | None
    cost: int
    version: int


def kind_name(kind: str) -> str:
    """What a kind is called."""
    return _(KINDS[kind])


def timeline(
    db: Connection, customer_id: int, *, before: Activity | None = None, limit: int = 100
) -> list[Activity]:
    """What was done with a customer, newest first; the page after ``before``."""
    query = (
        select(activity, person.c.name.label("person_name"))
        .join(person, person.c.id == activity.c.person_id)
        .where(activity.c.customer_id == customer_id)
        .order_by(activity.c.at.desc(), activity.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(
            (activity.c.at < before.at)
            | ((activity.c.at == before.at) & (activity.c.id < before.id))
        )
    return [_activity(row) for row in db.execute(query)]


def proposed_contact(db: Connection, customer_id: int, day: date) -> date | None:
    """When the customer's grade asks for the next contact after one on ``day``."""
    grade = customer_by_id(db, customer_id).grade
    return cadence.next_contact(day, grade, settings.read(db).cadence)


def log(
    change: Change,
    *,
    person_id: int,
    kind: str,
    customer_id: int | None = None,
    at: datetime | None = None,
    words: str = "",
    next_contact_on: date | None = None,
    cost: int = 0,
) -> int:
    """Enter what was done; its id. The customer's last and next contact follow.

    Without ``next_contact_on`` the grade's cadence sets it. Raises InputError (unknown kind,
    negative cost, a next contact before the activity), NotFoundError.
    """
    if kind not in KINDS:
        raise InputError(
            _("{kind} is no kind of activity; there are: {known}.").format(
                kind=kind, known=", ".join(KINDS)
            )
        )
    moment = at or change.now
    day = moment.date()
    if cost < 0:
        raise InputError(_("A cost isn't negative."))
    if next_contact_on is not None and next_contact_on < day:
        raise InputError(_("The next contact lies before this one."))
    activity_id = change.insert(
        activity,
        customer_id=customer_id,
        person_id=person_id,
        kind=kind,
        at=moment,
        day=day,
        month=day.year * 100 + day.month,
        words=words.strip(),
        next_contact_on=next_contact_on,
        cost=cost,
    )
    if customer_id is not None:
        _touch(change, customer_id, day, words.strip(), next_contact_on)
    return activity_id


def _touch(
    change: Change, customer_id: int, day: date, words: str, next_contact_on: date | None
) -> None:
    """Note the contact on the customer, unless a later one is known already."""
    stored = customer_by_id(change.connection, customer_id)
    if stored.last_contact_on is not None and stored.last_contact_on > day:
        return
    due = next_contact_on or cadence.next_contact(
        day, stored.grade, settings.read(change.connection).cadence
    )
    change.update(
        customer,
        customer_id,
        last_contact_on=day,
        last_words=words or stored.last_words,
        next_contact_on=due,
    )


def _activity(row: Any) -> Activity:
    return Activity(
        row.id, row.customer_id, row.person_id, row.person_name, row.kind, row.at, row.words,
        row.next_contact_on, row.cost, row.version,
    )  # fmt: skip

"""What a customer's columns say because of the activities: last contact, next contact, walk-ins.

:func:`follow` is the only place that sets them. Whoever enters, edits or deletes an activity, gives
a grade, or takes one of these back, lets it recompute the customers concerned.

- The last contact is the latest activity that reached the customer (``kinds.is_contact``); the last
  words are the latest ones said in such an activity.
- The next contact is the day agreed in that activity, else the grade's interval after it, moved to
  the next working day. A day the customer agreed to stays where it is. A new grade sets aside what
  was agreed before it: its interval counts until something new is agreed.
- Without any contact the interval runs from the registration.
- A walk-in is repeated when the customer had walked in before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from salesdesk.calc import cadence
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.customers.kinds import MASS, WALK_INS
from salesdesk.customers.tables import activity, customer
from salesdesk.office import calendar, settings
from salesdesk.storage.expressions import among_given, handed
from salesdesk.storage.history import Change


@dataclass(frozen=True, slots=True)
class Rules:
    """How often a grade is contacted (days), and which days are worked."""

    cadence: Mapping[str, int]
    calendar: WorkCalendar

    def next_contact(self, day: date, grade: str) -> date | None:
        """When a customer of a grade is due after a contact on ``day``; None without a grade."""
        return cadence.next_contact(day, grade, self.cadence, self.calendar)


def rules(db: Connection) -> Rules:
    """The rules in force."""
    in_force = settings.read(db)
    return Rules(in_force.cadence, calendar.work_calendar(db, in_force))


def is_contact() -> ColumnElement[bool]:
    """The condition on ``activity`` that ``kinds.is_contact`` is on values."""
    return and_(activity.c.answered, activity.c.kind.not_in(sorted(MASS)))


def follow(change: Change, customer_id: int) -> None:
    """Let a customer's columns and walk-ins follow the activities as they are now."""
    follow_many(change, [customer_id])


def follow_many(change: Change, ids: Sequence[int]) -> int:
    """The same for many customers; how many of them changed. Those that are gone are passed by."""
    db = change.connection
    changed = change.update_many(customer, columns_of(db, ids, rules(db)))
    change.update_many(activity, walk_ins_of(db, ids))
    return changed


def columns_of(
    db: Connection, ids: Sequence[int], in_force: Rules
) -> dict[int, dict[str, date | str | None]]:
    """What the columns of the customers have to be."""
    asked = {"ids": handed(ids)}
    contacts = {row.customer_id: row for row in db.execute(_latest(), asked)}
    words = {row.customer_id: row for row in db.execute(_latest(said=True), asked)}
    reckoned: dict[int, dict[str, date | str | None]] = {}
    for row in db.execute(_followed(), asked):
        contact, said = contacts.get(row.id), words.get(row.id)
        since = row.registered_on if contact is None else contact.day
        agreed = None
        if contact is not None and contact.id > row.agreed_after:
            agreed = contact.next_contact_on
        reckoned[row.id] = {
            "last_contact_on": None if contact is None else contact.day,
            "last_words": "" if said is None else said.words,
            "next_contact_on": agreed or in_force.next_contact(since, row.grade),
        }
    return reckoned


# Statements are made once: each call that is logged asks all of them of one customer.
@cache
def _followed() -> Select[Any]:
    return select(
        customer.c.id, customer.c.grade, customer.c.registered_on, customer.c.agreed_after
    ).where(among_given(customer.c.id, "ids"))


@cache
def _latest(*, said: bool = False) -> Select[Any]:
    """The latest contact of each customer that has one; ``said``: in which something was said."""
    place = func.row_number().over(
        partition_by=activity.c.customer_id,
        order_by=(activity.c.at.desc(), activity.c.id.desc()),
    )
    ranked = (
        select(
            activity.c.id,
            activity.c.customer_id,
            activity.c.day,
            activity.c.words,
            activity.c.next_contact_on,
            place.label("place"),
        )
        .where(
            among_given(activity.c.customer_id, "ids"),
            is_contact(),
            *([activity.c.words != ""] if said else []),
        )
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1)


@cache
def _walk_ins() -> Select[Any]:
    return (
        select(activity.c.id, activity.c.customer_id, activity.c.kind, activity.c.repeated)
        .where(
            among_given(activity.c.customer_id, "ids"),
            activity.c.kind.in_(sorted(WALK_INS)) | activity.c.repeated,
        )
        .order_by(activity.c.at, activity.c.id)
    )


def walk_ins_of(db: Connection, ids: Sequence[int]) -> dict[int, dict[str, bool]]:
    """The walk-ins that are noted as first or repeated and aren't."""
    came: set[int] = set()
    wrong: dict[int, dict[str, bool]] = {}
    for row in db.execute(_walk_ins(), {"ids": handed(ids)}):
        repeated = row.kind in WALK_INS and row.customer_id in came
        if row.kind in WALK_INS:
            came.add(row.customer_id)
        if row.repeated != repeated:
            wrong[row.id] = {"repeated": repeated}
    return wrong

"""Care: which customers must be contacted, whom that falls to, and who has been neglected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from salesdesk.calc.cadence import days_overdue
from salesdesk.customers import access
from salesdesk.customers.customers import Customer, customers_with
from salesdesk.customers.tables import customer
from salesdesk.office.tables import person


@dataclass(frozen=True, slots=True)
class Due:
    """A customer to contact; ``covering_for`` names the colleague on leave it belongs to."""

    customer: Customer
    due_on: date
    overdue_days: int
    covering_for: str


@dataclass(frozen=True, slots=True)
class Neglect:
    """How many of a person's customers are overdue, and by how many days the worst."""

    person_id: int
    person_name: str
    overdue: int
    worst_days: int


def due_list(
    db: Connection,
    person_id: int | None,
    today: date,
    *,
    covers: Mapping[int, int] | None = None,
    seen_by: int | None = None,
    limit: int = 500,
) -> list[Due]:
    """Who is due by ``today``, the longest overdue first, better grades before others.

    For a person: their own customers and, by ``covers`` (absent -> covering), those of colleagues
    they cover for. For None: the whole office's, as far as ``seen_by`` may see them.
    """
    query = (
        select(customer.c.id, customer.c.next_contact_on, customer.c.owner_id)
        .where(customer.c.next_contact_on < today + timedelta(days=1))
        .order_by(
            customer.c.next_contact_on,
            customer.c.grade == "",
            customer.c.grade,
            customer.c.id,
        )
        .limit(limit)
    )
    if person_id is not None:
        absent = [away for away, cover in (covers or {}).items() if cover == person_id]
        query = query.where(customer.c.owner_id.in_([person_id, *absent]))
    elif seen_by is not None:
        query = query.where(access.seen(db, seen_by, today))
    rows = db.execute(query).all()
    return [
        Due(
            one,
            one.next_contact_on or today,
            days_overdue(one.next_contact_on, today),
            "" if person_id is None or one.owner_id == person_id else one.owner_name,
        )
        for one in customers_with(db, [row.id for row in rows])
    ]


def overdue_by_person(db: Connection, today: date) -> list[Neglect]:
    """The overdue customers of each person, the most first."""
    rows = db.execute(
        select(
            person.c.id,
            person.c.name,
            func.count().label("overdue"),
            func.min(customer.c.next_contact_on).label("oldest"),
        )
        .join(person, person.c.id == customer.c.owner_id)
        .where(customer.c.next_contact_on < today)
        .group_by(person.c.id, person.c.name)
        .order_by(func.count().desc(), person.c.id)
    )
    return [Neglect(row.id, row.name, row.overdue, (today - row.oldest).days) for row in rows]


def left_alone(db: Connection, person_id: int, first_day: date, end_day: date) -> int:
    """How many of a person's customers nobody would contact if the person were away uncovered.

    The days away are ``first_day <= day < end_day``. Counted are the customers due before the
    person is back, those overdue already among them.
    """
    if end_day <= first_day:
        return 0
    return int(
        db.execute(
            select(func.count())
            .select_from(customer)
            .where(customer.c.owner_id == person_id, customer.c.next_contact_on < end_day)
        ).scalar_one()
    )

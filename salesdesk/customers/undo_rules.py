"""What undo must know of customers: their last and next contact follow from what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.calc import cadence
from salesdesk.customers.customers import key_of
from salesdesk.customers.tables import activity, customer
from salesdesk.office import settings
from salesdesk.storage.expressions import among
from salesdesk.storage.undo_rules import derived


@derived(
    customer,
    "last_contact_on", "last_words", "next_contact_on",
    follows={activity: "customer_id"},
)  # fmt: skip
def contacts(db: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Last contact, last words and next contact of customers, as their activities say.

    The next contact is what the latest activity set, else what the grade's cadence asks for.
    """
    days = settings.read(db).cadence
    rows = {
        row.id: row
        for row in db.execute(
            select(customer.c.id, customer.c.grade, customer.c.registered_on).where(
                among(customer.c.id, ids)
            )
        )
    }
    latest: dict[int, Any] = {}
    words: dict[int, str] = {}
    for row in db.execute(
        select(activity)
        .where(among(activity.c.customer_id, ids))
        .order_by(activity.c.day, activity.c.id)
    ):
        latest[row.customer_id] = row
        words[row.customer_id] = row.words or words.get(row.customer_id, "")
    reckoned: dict[int, Mapping[str, Any]] = {}
    for customer_id, row in rows.items():
        contact = latest.get(customer_id)
        due = cadence.next_contact(contact.day if contact else row.registered_on, row.grade, days)
        reckoned[customer_id] = {
            "last_contact_on": contact.day if contact else None,
            "last_words": words.get(customer_id, ""),
            "next_contact_on": (contact.next_contact_on if contact else None) or due,
        }
    return reckoned


@derived(customer, "search_key")
def search_keys(db: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What customers are found by, as they are called now."""
    rows = db.execute(
        select(customer.c.id, customer.c.name, customer.c.company, customer.c.phones).where(
            among(customer.c.id, ids)
        )
    )
    return {row.id: {"search_key": key_of(row.name, row.company, row.phones)} for row in rows}

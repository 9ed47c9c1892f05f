"""What undo must know of customers: contacts follow from activities, closed months stay closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.customers import contacts
from salesdesk.customers.customers import keys_of
from salesdesk.customers.tables import activity, customer
from salesdesk.office.months import need_open
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.storage.undo_rules import RowChange, derived, guarded


@derived(
    customer,
    "last_contact_on", "last_words", "next_contact_on",
    follows={activity: "customer_id"},
)  # fmt: skip
def last_and_next_contacts(db: Connection, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """What the activities that are left say."""
    return contacts.columns_of(db, ids, contacts.rules(db))


@derived(activity, "repeated")
def repeated_walk_ins(db: Connection, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Which of the walk-ins of the same customers are noted as first or repeated and aren't."""
    customers = db.execute(select(activity.c.customer_id).where(among(activity.c.id, ids)))
    return contacts.walk_ins_of(
        db, [customer_id for customer_id in customers.scalars() if customer_id is not None]
    )


@derived(customer, "search_key", "name_key", "name_sort", "company_sort")
def search_keys(db: Connection, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """What customers are found and sorted by, as they are called now."""
    rows = db.execute(
        select(customer.c.id, customer.c.name, customer.c.company, customer.c.phones).where(
            among(customer.c.id, ids)
        )
    )
    return {row.id: keys_of(row.name, row.company, row.phones) for row in rows}


@guarded(activity)
def guard_activities(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse a closed month; let the customers' other walk-ins follow."""
    need_open(change, *_days(rows, "day"))
    customers = {one for row in rows for one in row.values("customer_id")}
    change.update_many(activity, contacts.walk_ins_of(change.connection, sorted(customers)))


@guarded(customer)
def guard_registrations(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to take a customer out of a closed month, or to put one in."""
    need_open(change, *_days([row for row in rows if None in (row.before, row.after)],
                             "registered_on"))  # fmt: skip


def _days(rows: Sequence[RowChange], column: str) -> list[date]:
    return sorted({date.fromisoformat(day) for row in rows for day in row.values(column)})

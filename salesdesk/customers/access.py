"""Whose customers a person may see and change.

Whose a customer is, is said by the owner. Besides:

- Who covers for a colleague on leave does with that colleague's customers what they may do with
  their own, for as long as the leave lasts.
- A customer without an owner is in nobody's hands: whoever may log contacts with their own
  customers may log one with this one too. To edit or take over such a customer is the office's
  affair.

By default everybody sees all customers of the office, so that nobody enters a customer twice or
calls a colleague's; an office may narrow ``customers.see`` to a team's or one's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, select, true

from salesdesk.customers.tables import customer
from salesdesk.errors import RightsError
from salesdesk.office import people, rights
from salesdesk.storage.history import Change
from salesdesk.text import _


def seen(db: Connection, actor_id: int | None, day: date | None = None) -> ColumnElement[bool]:
    """The condition on ``customer`` for those whom a person may see on a day (otherwise today)."""
    owners = seen_owners(db, actor_id, day)
    return true() if owners is None else customer.c.owner_id.in_(owners)


def seen_owners(
    db: Connection, actor_id: int | None, day: date | None = None
) -> Sequence[int] | None:
    """Whose customers a person may see on a day (otherwise today); None for everybody's."""
    owners = rights.whose(db, actor_id, "customers.see")
    if actor_id is None or owners is None:
        return None
    if not owners:
        return []
    return sorted({*owners, *covered_by(db, actor_id, day or date.today())})


def covered_by(db: Connection, actor_id: int, day: date) -> list[int]:
    """Whose customers a person looks after on a day, because they are on leave."""
    return [away for away, cover in people.covers(db, day).items() if cover == actor_id]


def asked_for(
    db: Connection, actor_id: int | None, code: str, owner_id: int | None, day: date
) -> int | None:
    """Whose right decides what a person may do on a day with customers of ``owner_id``.

    The person's own where they stand for the owner, else the owner's (None: the office's).
    """
    if actor_id is None or owner_id == actor_id:
        return owner_id
    if owner_id is None:
        return actor_id if code == "activities.log" else None
    return actor_id if owner_id in covered_by(db, actor_id, day) else owner_id


def need(change: Change, code: str, owners: Iterable[int | None]) -> None:
    """Refuse what who makes the change may not do with customers of ``owners``.

    Raises RightsError in words.
    """
    actor_id, today = change.person_id, change.now.date()
    for owner_id in sorted(set(owners), key=lambda owner: owner or 0):
        whose = asked_for(change.connection, actor_id, code, owner_id, today)
        rights.need(change, code, person_id=whose)


def need_seen(db: Connection, customer_id: int, actor_id: int | None) -> None:
    """Raise RightsError unless a person may see a customer."""
    known = db.execute(
        select(customer.c.id).where(customer.c.id == customer_id, seen(db, actor_id))
    ).first()
    if known is None:
        raise RightsError(_("Customer number {id} isn't yours to see.").format(id=customer_id))

"""A contract closes a customer: who has signed is no longer potential.

Deals are the affair of the room above, which calls :func:`follow` whenever a deal of a customer is
entered, dated, cancelled, revived or taken back.
"""

from __future__ import annotations

from sqlalchemy import select

from salesdesk.customers.tables import customer
from salesdesk.storage.history import Change

CLOSED = "closed"
#: Where a customer stands who was entered as closed and whose contract fell through.
OPEN = "potential"


def follow(change: Change, customer_id: int, *, contracted: bool) -> None:
    """Let a customer's state follow the deals: ``contracted`` when a contract of theirs stands.

    The state the first contract took them out of comes back when the last contract is cancelled.
    A state set by hand meanwhile holds until the deals change again. Who enters a deal changes the
    customer with it, so no right to edit customers is asked for.
    """
    stored = change.connection.execute(
        select(customer.c.state, customer.c.state_before).where(customer.c.id == customer_id)
    ).one_or_none()
    if stored is None:
        return
    if contracted and stored.state != CLOSED:
        change.update(customer, customer_id, state=CLOSED, state_before=stored.state)
    elif not contracted and stored.state == CLOSED:
        change.update(customer, customer_id, state=stored.state_before or OPEN, state_before="")

"""Writes the payments of deals: due, received, refunded."""

from __future__ import annotations

from datetime import date

from salesdesk.errors import InputError
from salesdesk.sales.crediting import clear, credit_payment
from salesdesk.sales.deals import shares
from salesdesk.sales.tables import payment, payment_share
from salesdesk.storage.history import Change
from salesdesk.text import _


def add_payment(
    change: Change,
    deal_id: int,
    amount: int,
    *,
    due_on: date | None = None,
    paid_on: date | None = None,
    note: str = "",
) -> int:
    """A payment due or received; its id. Refunds are negative. Raises InputError for zero."""
    if amount == 0 or (due_on is None and paid_on is None):
        raise InputError(_("A payment needs an amount and a date."))
    payment_id = change.insert(
        payment,
        deal_id=deal_id,
        amount=amount,
        due_on=due_on,
        paid_on=paid_on,
        paid_month=_month(paid_on),
        note=note.strip(),
    )
    credit_payment(change, payment_id, amount, shares(change.connection, deal_id))
    return payment_id


def pay(change: Change, payment_id: int, day: date | None) -> None:
    """The payment was received on ``day``; None takes that back."""
    change.update(payment, payment_id, paid_on=day, paid_month=_month(day))


def delete_payment(change: Change, payment_id: int) -> None:
    """Remove a payment that was entered by mistake."""
    clear(change, payment_share, payment_share.c.payment_id, payment_id)
    change.delete(payment, payment_id)


def _month(day: date | None) -> int | None:
    return None if day is None else day.year * 100 + day.month

"""Writes the payments of deals: due, received, refunded."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, select

from salesdesk.calc import texts
from salesdesk.calc.money import format_number
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import months
from salesdesk.sales import bounds, ownership
from salesdesk.sales.crediting import credit_payment
from salesdesk.sales.deals import Deal, deal_by_id, payments, shares
from salesdesk.sales.tables import payment, payment_share
from salesdesk.storage.edits import UNSET, Unset, after
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
    """A payment due or received, in cents; its id. Refunds are negative.

    Raises InputError (no amount or day, more than the deal's amount, more given back than came, a
    closed month), RightsError, NotFoundError.
    """
    deal = deal_by_id(change.connection, deal_id)
    ownership.need(change, "payments.edit", deal)
    values = _checked(change, deal, None, amount, due_on, paid_on, note)
    months.need_open(change, paid_on)
    payment_id = change.insert(payment, deal_id=deal_id, **values)
    credit_payment(change, payment_id, amount, shares(change.connection, deal_id))
    change.describe(_words(deal, amount, received=paid_on is not None))
    return payment_id


def edit_payment(
    change: Change,
    payment_id: int,
    *,
    seen_version: int,
    amount: int | Unset = UNSET,
    due_on: date | Unset | None = UNSET,
    paid_on: date | Unset | None = UNSET,
    note: str | Unset = UNSET,
) -> None:
    """Set what is given of a payment. Raises like :func:`add_payment`, and ConflictError."""
    stored, deal = _stored(change, payment_id)
    ownership.need(change, "payments.edit", deal)
    new_amount = after(amount, stored.amount)
    values = _checked(
        change, deal, payment_id, new_amount, after(due_on, stored.due_on),
        after(paid_on, stored.paid_on), after(note, stored.note),
    )  # fmt: skip
    changed = {name for name, value in values.items() if value != getattr(stored, name)}
    if changed - {"note", "due_on"}:
        months.need_open(change, stored.paid_on, values["paid_on"])
    change.update(payment, payment_id, seen_version=seen_version, **values)
    if new_amount != stored.amount:
        credit_payment(change, payment_id, new_amount, shares(change.connection, deal.id))
    change.describe(_words(deal, new_amount, received=values["paid_on"] is not None))


def pay(
    change: Change, payment_id: int, day: date | None, *, seen_version: int | None = None
) -> None:
    """The payment was received on ``day``; None takes that back.

    Raises like :func:`add_payment`, and ConflictError.
    """
    stored, deal = _stored(change, payment_id)
    ownership.need(change, "payments.edit", deal)
    if stored.due_on is None and day is None:
        raise InputError(
            _("This payment was entered as received and has no due date: delete it instead.")
        )
    values = _checked(change, deal, payment_id, stored.amount, stored.due_on, day, stored.note)
    months.need_open(change, stored.paid_on, day)
    change.update(payment, payment_id, seen_version=seen_version, **values)
    if day is None:
        change.describe(
            _("Not received: {amount} of {deal}").format(
                amount=_yuan(stored.amount), deal=deal.title
            )
        )
    else:
        change.describe(_words(deal, stored.amount, received=True))


def delete_payment(change: Change, payment_id: int) -> None:
    """Remove a payment that was entered by mistake.

    Raises InputError for one received in a closed month, RightsError, NotFoundError.
    """
    stored, deal = _stored(change, payment_id)
    ownership.need(change, "payments.edit", deal)
    months.need_open(change, stored.paid_on)
    if stored.paid_on is not None:
        _need_between(change, deal, payment_id, 0)
    parts = change.connection.execute(
        select(payment_share.c.id).where(payment_share.c.payment_id == payment_id)
    )
    change.delete_many(payment_share, list(parts.scalars()))
    change.delete(payment, payment_id)
    change.describe(
        _("Payment deleted: {amount} of {deal}").format(
            amount=_yuan(stored.amount), deal=deal.title
        )
    )


def _checked(
    change: Change,
    deal: Deal,
    own_id: int | None,
    amount: int,
    due_on: date | None,
    paid_on: date | None,
    note: str,
) -> dict[str, Any]:
    if amount == 0 or (due_on is None and paid_on is None):
        raise InputError(_("A payment needs an amount and a date."))
    bounds.money(_("Amount"), amount, least=-bounds.MOST_CENTS)
    today = change.now.date()
    if due_on is not None:
        bounds.day(_("Due on"), due_on, today, ahead=bounds.DUE_AHEAD)
    if paid_on is not None:
        bounds.day(_("Received on"), paid_on, today)
        _need_between(change, deal, own_id, amount)
    elif amount > deal.amount:
        raise InputError(
            _("{amount} yuan are more than the deal's {whole}.").format(
                amount=_yuan(amount), whole=_yuan(deal.amount)
            )
        )
    return {
        "amount": amount,
        "due_on": due_on,
        "paid_on": paid_on,
        "paid_month": None if paid_on is None else paid_on.year * 100 + paid_on.month,
        "note": texts.line(_("Note"), note, bounds.LONGEST_PAYMENT_NOTE),
    }


def _need_between(change: Change, deal: Deal, own_id: int | None, amount: int) -> None:
    """Refuse what would make more received than the deal's amount, or less than nothing."""
    others = sum(
        known.amount
        for known in payments(change.connection, deal.id)
        if known.paid_on is not None and known.id != own_id
    )
    if others + amount > deal.amount and amount > 0:
        raise InputError(
            _(
                "{paid} of {whole} yuan have been received already: at most {rest} can "
                "still come in."
            ).format(
                whole=_yuan(deal.amount),
                paid=_yuan(others),
                rest=_yuan(max(0, deal.amount - others)),
            )
        )
    if others + amount < 0:
        raise InputError(
            _("No more can be given back than the {paid} yuan received.").format(
                paid=_yuan(max(0, others))
            )
        )


def _stored(change: Change, payment_id: int) -> tuple[Row[Any], Deal]:
    row = change.connection.execute(select(payment).where(payment.c.id == payment_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no payment number {id}.").format(id=payment_id))
    return row, deal_by_id(change.connection, row.deal_id)


def _words(deal: Deal, amount: int, *, received: bool) -> str:
    """What a payment is called in the history."""
    if amount < 0:
        text = _("Refund: {amount} to {deal}")
    else:
        text = _("Received: {amount} of {deal}") if received else _("Due: {amount} of {deal}")
    return text.format(amount=_yuan(abs(amount)), deal=deal.title)


def _yuan(cents: int) -> str:
    return format_number(cents, 2)

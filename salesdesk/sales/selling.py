"""Writes deals: entering, editing, dating their stages, cancelling and reviving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from salesdesk.errors import InputError
from salesdesk.sales import products
from salesdesk.sales.crediting import credit
from salesdesk.sales.deals import STAGES, Share, deal_by_id
from salesdesk.sales.tables import deal
from salesdesk.storage.history import Change
from salesdesk.text import _


def add_deal(
    change: Change,
    *,
    customer_id: int,
    product_id: int,
    amount: int,
    shares: Sequence[Share],
    stages: Mapping[str, date],
    quantity: int = 1,
    cost: int | None = None,
    unit_label: str = "",
    note: str = "",
) -> int:
    """A new deal; its id. ``stages`` dates at least one of :data:`STAGES`.

    The cost is the product's unless given; the commission is the product's rate of the amount,
    rounded down to the cent. Raises InputError (shares, amounts, order of stages), NotFoundError.
    """
    sold = products.product_by_id(change.connection, product_id)
    if amount < 0 or quantity < 1:
        raise InputError(_("A deal's amount isn't negative and its quantity is at least 1."))
    if not stages:
        raise InputError(_("A deal needs the date of its intention, subscription or contract."))
    whole_cost = (sold.cost or 0) * quantity if cost is None else cost
    dates = {name: stages.get(name) for name in STAGES}
    _check_order(dates, None)
    deal_id = change.insert(
        deal,
        customer_id=customer_id,
        product_id=product_id,
        unit_label=unit_label.strip(),
        quantity=quantity,
        amount=amount,
        cost=whole_cost,
        commission=amount * sold.commission_rate // 10_000,
        note=note.strip(),
        **_dated(dates),
    )
    credit(change, deal_id, shares)
    return deal_id


def edit_deal(
    change: Change,
    deal_id: int,
    *,
    seen_version: int,
    shares: Sequence[Share] | None = None,
    **values: Any,
) -> None:
    """Set columns of a deal (not its dates) and, when given, its shares; credits follow.

    Raises InputError, ConflictError, NotFoundError.
    """
    if values.get("amount", 0) < 0 or values.get("quantity", 1) < 1:
        raise InputError(_("A deal's amount isn't negative and its quantity is at least 1."))
    if "amount" in values or "product_id" in values:
        stored = deal_by_id(change.connection, deal_id)
        sold = products.product_by_id(
            change.connection, values.get("product_id", stored.product_id)
        )
        amount = values.get("amount", stored.amount)
        values["commission"] = amount * sold.commission_rate // 10_000
    change.update(deal, deal_id, seen_version=seen_version, **values)
    credit(change, deal_id, shares)


def set_stage(change: Change, deal_id: int, stage: str, day: date | None) -> None:
    """Date a stage, or take its date away. Raises InputError when the stages get out of order."""
    set_stages(change, deal_id, {stage: day})


def set_stages(change: Change, deal_id: int, days: Mapping[str, date | None]) -> None:
    """Date several stages at once (None takes a date away); the others keep theirs.

    Raises InputError when the stages get out of order or none is left.
    """
    stored = deal_by_id(change.connection, deal_id)
    dates: dict[str, date | None] = {
        "intention": stored.intention_on,
        "subscribed": stored.subscribed_on,
        "contracted": stored.contracted_on,
        **days,
    }
    if not any(dates.values()):
        raise InputError(_("A deal needs the date of its intention, subscription or contract."))
    _check_order(dates, stored.cancelled_on)
    change.update(deal, deal_id, **_dated(dates))


def cancel(change: Change, deal_id: int, day: date, reason: str) -> None:
    """The deal fell through on ``day``. Raises InputError without a reason or before the deal."""
    stored = deal_by_id(change.connection, deal_id)
    if not reason.strip():
        raise InputError(_("Say why the deal was cancelled."))
    dates = {
        "intention": stored.intention_on,
        "subscribed": stored.subscribed_on,
        "contracted": stored.contracted_on,
    }
    _check_order(dates, day)
    change.update(
        deal,
        deal_id,
        cancelled_on=day,
        cancelled_month=_month(day),
        cancel_reason=reason.strip(),
    )


def revive(change: Change, deal_id: int) -> None:
    """Take a cancellation back."""
    change.update(deal, deal_id, cancelled_on=None, cancelled_month=None, cancel_reason="")


def _check_order(dates: Mapping[str, date | None], cancelled_on: date | None) -> None:
    known = [dates[name] for name in STAGES] + [cancelled_on]
    ordered = [day for day in known if day is not None]
    if ordered != sorted(ordered):
        raise InputError(
            _("The dates are out of order: intention, subscription, contract, cancellation.")
        )


def _dated(dates: Mapping[str, date | None]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in STAGES:
        values[f"{name}_on"] = dates.get(name)
        values[f"{name}_month"] = _month(dates.get(name))
    return values


def _month(day: date | None) -> int | None:
    return None if day is None else day.year * 100 + day.month

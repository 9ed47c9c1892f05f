"""Writes deals: entering, editing, dating their stages, cancelling and reviving.

Every rule of a deal is asked here, whoever writes it: whose it is, what it may hold, closed months,
and the approval that a price too low needs (``floors``). A contract closes its customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from salesdesk.calc import texts
from salesdesk.calc.money import format_number
from salesdesk.customers import access, closings
from salesdesk.customers.customers import Customer, customer_by_id
from salesdesk.errors import InputError
from salesdesk.office import months, people, settings
from salesdesk.sales import bounds, crediting, floors, ownership, products
from salesdesk.sales.deals import STAGES, Deal, Share, deal_by_id, has_contract, payments
from salesdesk.sales.deals import shares as shares_of
from salesdesk.sales.floors import Figures
from salesdesk.sales.products import Product
from salesdesk.sales.tables import deal
from salesdesk.storage.edits import UNSET, Unset, after
from salesdesk.storage.history import Change
from salesdesk.text import _, joined


def add_deal(
    change: Change,
    *,
    customer_id: int,
    product_id: int,
    amount: int,
    stages: Mapping[str, date],
    shares: Sequence[Share] | Unset = UNSET,
    quantity: int = 1,
    cost: int | Unset | None = UNSET,
    unit_label: str = "",
    note: str = "",
) -> int:
    """A new deal; its id. Money in cents; ``stages`` dates at least one of :data:`STAGES`.

    Unless given, it belongs to the customer's owner, and its cost is the product's; None is a cost
    that isn't known. The commission is the product's rate of the amount, rounded down to the cent.

    Raises InputError (sizes, lengths, shares, dates, closed months, what no longer is sold or
    works here), RightsError (others' customers, a price that needs approval), NotFoundError.
    """
    db = change.connection
    buyer = customer_by_id(db, customer_id)
    access.need(change, "deals.add", [buyer.owner_id])
    sold = _sold(change, product_id)
    parts = _default_shares(change, buyer) if shares is UNSET else list(shares)
    crediting.check(change, parts)
    bounds.pieces(quantity)
    bounds.money(_("Amount"), amount)
    figures = Figures(sold, quantity, amount, _cost(sold, quantity, cost))
    if cost is not UNSET:
        access.need(change, "costs.see", [buyer.owner_id])
        floors.need_cost(change, figures)
    dates = {name: stages.get(name) for name in STAGES}
    _check_dates(change, dates, None)
    months.need_open(change, *dates.values())
    deal_id = change.insert(
        deal,
        customer_id=customer_id,
        product_id=product_id,
        unit_label=texts.line(_("Unit number"), unit_label, bounds.LONGEST_UNIT_LABEL),
        quantity=quantity,
        amount=amount,
        cost=figures.cost,
        commission=amount * sold.commission_rate // 10_000,
        note=texts.words(_("Note"), note, bounds.LONGEST_NOTE),
        **_dated(dates),
    )
    crediting.credit(change, deal_id, parts)
    stored = deal_by_id(db, deal_id)
    if stored.binding:
        floors.need(change, figures, deal_id, None)
    if _stands(stored):
        _follow(change, customer_id)
    _describe(change, stored)
    return deal_id


def edit_deal(
    change: Change,
    deal_id: int,
    *,
    seen_version: int,
    customer_id: int | Unset = UNSET,
    product_id: int | Unset = UNSET,
    quantity: int | Unset = UNSET,
    amount: int | Unset = UNSET,
    cost: int | Unset | None = UNSET,
    shares: Sequence[Share] | Unset = UNSET,
    unit_label: str | Unset = UNSET,
    note: str | Unset = UNSET,
) -> None:
    """Set what is given of a deal (its dates have writers of their own); credits follow.

    Without a cost, another product brings its own and another quantity costs as much a piece as
    before. The commission is reckoned anew for another product or amount only.

    Raises as :func:`add_deal` does, and ConflictError.
    """
    db = change.connection
    stored = deal_by_id(db, deal_id)
    ownership.need(change, "deals.edit", stored)
    buyer_id = after(customer_id, stored.customer_id)
    buyer = customer_by_id(db, buyer_id)
    if buyer_id != stored.customer_id:
        access.need(change, "deals.add", [buyer.owner_id])
    new_product_id = after(product_id, stored.product_id)
    sold = _sold(change, new_product_id, kept=new_product_id == stored.product_id)
    figures = edited_figures(
        stored, sold, after(quantity, stored.quantity), after(amount, stored.amount), cost
    )
    if figures.cost != stored.cost and cost is not UNSET:
        ownership.need(change, "costs.see", stored)
        floors.need_cost(change, figures)
    _need_paid_within(stored, figures.amount)
    old_parts = shares_of(db, deal_id)
    parts = old_parts if shares is UNSET else list(shares)
    if _points(parts) != _points(old_parts):
        crediting.check(change, parts, old_parts)
    commission = stored.commission
    if (sold.id, figures.amount) != (stored.product_id, stored.amount):
        commission = figures.amount * sold.commission_rate // 10_000
    values: dict[str, Any] = {
        "customer_id": buyer_id,
        "product_id": sold.id,
        "quantity": figures.quantity,
        "amount": figures.amount,
        "cost": figures.cost,
        "commission": commission,
    }
    counted = any(value != getattr(stored, name) for name, value in values.items())
    if counted or _points(parts) != _points(old_parts):
        months.need_open(change, *_counted_days(stored))
        if _points(parts) != _points(old_parts):
            months.need_open(change, *_days_paid(change, deal_id))
    if stored.binding:
        floors.need(change, figures, deal_id, stored)
    if unit_label is not UNSET:
        values["unit_label"] = texts.line(_("Unit number"), unit_label, bounds.LONGEST_UNIT_LABEL)
    if note is not UNSET:
        values["note"] = texts.words(_("Note"), note, bounds.LONGEST_NOTE)
    change.update(deal, deal_id, seen_version=seen_version, **values)
    crediting.credit(change, deal_id, parts)
    if buyer_id != stored.customer_id and _stands(stored):
        _follow(change, stored.customer_id)
        _follow(change, buyer_id)
    edited = deal_by_id(db, deal_id)
    change.describe(
        _("Deal: {deal}, {amount}").format(deal=edited.title, amount=_yuan(edited.amount))
    )


def set_stage(
    change: Change,
    deal_id: int,
    stage: str,
    day: date | None,
    *,
    seen_version: int | None = None,
) -> None:
    """Date a stage, or take its date away; raises as :func:`set_stages` does."""
    set_stages(change, deal_id, {stage: day}, seen_version=seen_version)


def set_stages(
    change: Change,
    deal_id: int,
    days: Mapping[str, date | None],
    *,
    seen_version: int | None = None,
) -> None:
    """Date several stages at once (None takes a date away); the others keep theirs.

    Raises InputError when the stages get out of order, none is left or a month is closed;
    RightsError for a deal of others, or one that needs approval to be agreed; ConflictError.
    """
    stored = deal_by_id(change.connection, deal_id)
    ownership.need(change, "deals.edit", stored)
    before = _dates(stored)
    dates = {**before, **days}
    _check_dates(change, dates, stored.cancelled_on)
    months.need_open(
        change,
        *(day for name in STAGES if dates[name] != before[name]
          for day in (before[name], dates[name])),
    )  # fmt: skip
    change.update(deal, deal_id, seen_version=seen_version, **_dated(dates))
    moved = deal_by_id(change.connection, deal_id)
    if moved.binding:
        floors.need(
            change,
            floors.figures_of(change.connection, moved),
            deal_id,
            stored if stored.binding else None,
        )
    if _stands(moved) != _stands(stored):
        _follow(change, stored.customer_id)
    _describe(change, moved)


def cancel(
    change: Change, deal_id: int, day: date, reason: str, *, seen_version: int | None = None
) -> None:
    """The deal fell through on ``day``.

    Raises InputError without a reason, before the deal's own dates or in a closed month;
    RightsError, ConflictError.
    """
    stored = deal_by_id(change.connection, deal_id)
    ownership.need(change, "deals.cancel", stored)
    reason = texts.words(_("Reason"), reason, bounds.LONGEST_REASON)
    if not reason:
        raise InputError(_("Say why the deal was cancelled."))
    _check_dates(change, _dates(stored), day)
    _need_open_to_cancel(change, stored, stored.cancelled_on, day)
    change.update(
        deal,
        deal_id,
        seen_version=seen_version,
        cancelled_on=day,
        cancelled_month=_month(day),
        cancel_reason=reason,
    )
    if _stands(stored):
        _follow(change, stored.customer_id)
    change.describe(
        _("Cancelled: {deal}, {amount}").format(deal=stored.title, amount=_yuan(stored.amount))
    )


def revive(change: Change, deal_id: int, *, seen_version: int | None = None) -> None:
    """Take a cancellation back.

    Raises InputError for a deal that isn't cancelled or was in a closed month; RightsError for
    others' deals, or one that needs approval; ConflictError.
    """
    stored = deal_by_id(change.connection, deal_id)
    ownership.need(change, "deals.cancel", stored)
    if stored.cancelled_on is None:
        raise InputError(_("The deal isn't cancelled."))
    _need_open_to_cancel(change, stored, stored.cancelled_on)
    change.update(
        deal,
        deal_id,
        seen_version=seen_version,
        cancelled_on=None,
        cancelled_month=None,
        cancel_reason="",
    )
    revived = deal_by_id(change.connection, deal_id)
    if revived.binding:
        floors.need(change, floors.figures_of(change.connection, revived), deal_id, None)
    if _stands(revived):
        _follow(change, stored.customer_id)
    change.describe(
        _("Revived: {deal}, {amount}").format(deal=revived.title, amount=_yuan(revived.amount))
    )


# -- what is asked of every deal -------------------------------------------------------------------


def _sold(change: Change, product_id: int, *, kept: bool = False) -> Product:
    """The product; one that is newly sold must still be sold. Raises InputError, NotFoundError."""
    sold = products.product_by_id(change.connection, product_id)
    if not kept and not sold.active:
        raise InputError(_("{product} isn't sold any more.").format(product=sold.name))
    return sold


def _default_shares(change: Change, buyer: Customer) -> list[Share]:
    """All of it to the customer's owner, else to who enters it."""
    for person_id in (buyer.owner_id, change.person_id):
        if person_id is not None and people.person_by_id(change.connection, person_id).active:
            return [Share(person_id, 10_000)]
    raise InputError(_("Say whose deal it is."))


def _cost(sold: Product, quantity: int, cost: int | Unset | None) -> int | None:
    if cost is UNSET:
        return None if sold.cost is None else sold.cost * quantity
    return None if cost is None else bounds.money(_("Cost"), cost)


def edited_figures(
    stored: Deal, sold: Product, quantity: int, amount: int, cost: int | Unset | None = UNSET
) -> Figures:
    """What :func:`edit_deal` would make of a deal. Raises InputError for sizes that can't be."""
    bounds.pieces(quantity)
    bounds.money(_("Amount"), amount)
    if cost is not UNSET or sold.id != stored.product_id:
        return Figures(sold, quantity, amount, _cost(sold, quantity, cost))
    kept = stored.cost
    if kept is not None and quantity != stored.quantity:
        kept = (2 * kept * quantity + stored.quantity) // (2 * stored.quantity)
        bounds.money(_("Cost"), kept)
    return Figures(sold, quantity, amount, kept)


def _need_paid_within(stored: Deal, amount: int) -> None:
    if amount < stored.paid and amount < stored.amount:
        raise InputError(
            _("{paid} yuan have been received already: the amount can't be less.").format(
                paid=_yuan(stored.paid)
            )
        )


def _check_dates(
    change: Change, dates: Mapping[str, date | None], cancelled_on: date | None
) -> None:
    """Refuse dates that are missing, out of order or can't be. Raises InputError."""
    unknown = set(dates) - set(STAGES)
    if unknown:
        raise InputError(
            _("{stage} isn't a stage of a deal; the stages are: {known}.").format(
                stage=min(unknown), known=joined(STAGES)
            )
        )
    if not any(dates.values()):
        raise InputError(_("A deal needs the date of its intention, subscription or contract."))
    today = change.now.date()
    for name, words in STAGES.items():
        stage_day = dates[name]
        if stage_day is not None:
            bounds.day(_(words), stage_day, today)
    if cancelled_on is not None:
        bounds.day(_("Cancellation"), cancelled_on, today)
    known = [dates[name] for name in STAGES] + [cancelled_on]
    ordered = [day for day in known if day is not None]
    if ordered != sorted(ordered):
        raise InputError(
            _("The dates are out of order: intention, subscription, contract, cancellation.")
        )


def _need_open_to_cancel(change: Change, stored: Deal, *days: date | None) -> None:
    """A cancellation counts on its day, or on the deal's own days if the office so chooses."""
    if settings.read(change.connection).cancellations == "original_month":
        days = (*days, *_dates(stored).values())
    months.need_open(change, *days)


def _stands(known: Deal) -> bool:
    return known.contracted_on is not None and known.cancelled_on is None


def _follow(change: Change, customer_id: int) -> None:
    """Let the customer be closed while a contract of theirs stands.

    Called only when a contract came or went: an intention reopens nobody who is closed by hand.
    """
    contracted = has_contract(change.connection, customer_id)
    closings.follow(change, customer_id, contracted=contracted)


# -- small things ----------------------------------------------------------------------------------


def _describe(change: Change, stored: Deal) -> None:
    """Say in the history where the deal stands now: "Contract of Wang Qiang: 3-1201, 1,200.00"."""
    stage = [name for name, day in _dates(stored).items() if day is not None][-1]
    change.describe(
        _("{stage} of {deal}, {amount}").format(
            stage=_(STAGES[stage]), deal=stored.title, amount=_yuan(stored.amount)
        )
    )


def _points(parts: Sequence[Share]) -> list[tuple[int, int]]:
    return [(part.person_id, part.basis_points) for part in parts]


def _counted_days(stored: Deal) -> list[date | None]:
    """The days on which a deal's figures count."""
    return [*_dates(stored).values(), stored.cancelled_on]


def _days_paid(change: Change, deal_id: int) -> list[date | None]:
    return [known.paid_on for known in payments(change.connection, deal_id)]


def _dates(stored: Deal) -> dict[str, date | None]:
    return {
        "intention": stored.intention_on,
        "subscribed": stored.subscribed_on,
        "contracted": stored.contracted_on,
    }


def _dated(dates: Mapping[str, date | None]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in STAGES:
        values[f"{name}_on"] = dates.get(name)
        values[f"{name}_month"] = _month(dates.get(name))
    return values


def _month(day: date | None) -> int | None:
    return None if day is None else day.year * 100 + day.month


def _yuan(cents: int) -> str:
    return format_number(cents, 2)

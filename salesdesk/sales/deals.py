"""Deals: stages with dates, shares of people, payments, cancellation. They are the actuals.

Whatever a deal or payment brings is credited to people by share when it is saved, split exactly:
the credited parts always sum to the deal, and figures are plain sums over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from salesdesk.calc import shares as share_rules
from salesdesk.calc.split import split
from salesdesk.customers.tables import customer
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office.tables import person
from salesdesk.sales import products
from salesdesk.sales.tables import deal, deal_share, payment, payment_share, product
from salesdesk.storage.history import Change
from salesdesk.storage.schema import whole_sum
from salesdesk.text import _, mark

#: Stages in their order, each with its date column; a deal stands at the last one dated.
STAGES: Mapping[str, str] = {
    "intention": mark("Intention"),
    "subscribed": mark("Subscription"),
    "contracted": mark("Contract"),
}
#: Stages and what else a deal can be, as lists show it.
STATES: Mapping[str, str] = {**STAGES, "paid": mark("Paid in full"), "cancelled": mark("Cancelled")}


@dataclass(frozen=True, slots=True)
class Share:
    """A person's part of a deal in basis points (10,000 is all of it)."""

    person_id: int
    basis_points: int
    person_name: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment due, and received once ``paid_on`` is set; cents."""

    id: int
    amount: int
    due_on: date | None
    paid_on: date | None
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class PaymentDue:
    """A payment not received yet, with whose it is."""

    payment: Payment
    deal_id: int
    customer_id: int
    customer_name: str
    product_name: str
    people: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a list of deals, cancelled ones left out: how many, and cents."""

    count: int
    amount: int
    cost: int
    paid: int


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as lists show it; amounts in cents, ``people`` are its sharers' names."""

    id: int
    customer_id: int
    customer_name: str
    product_id: int
    product_name: str
    unit_label: str
    quantity: int
    amount: int
    cost: int
    commission: int
    paid: int
    intention_on: date | None
    subscribed_on: date | None
    contracted_on: date | None
    cancelled_on: date | None
    cancel_reason: str
    note: str
    people: str
    version: int

    @property
    def state(self) -> str:
        """Where the deal stands: a key of :data:`STATES`."""
        if self.cancelled_on is not None:
            return "cancelled"
        if self.contracted_on is not None:
            return "paid" if self.paid >= self.amount > 0 else "contracted"
        return "subscribed" if self.subscribed_on is not None else "intention"

    @property
    def latest_on(self) -> date | None:
        """The date of the stage it stands at."""
        return self.cancelled_on or self.contracted_on or self.subscribed_on or self.intention_on


# -- reading ---------------------------------------------------------------------------------------


def deals(
    db: Connection,
    *,
    customer_id: int | None = None,
    person_id: int | None = None,
    month: int | None = None,
    state: str | None = None,
    before_id: int | None = None,
    limit: int = 200,
) -> list[Deal]:
    """Deals, newest first; a page at a time with ``before_id`` (the last id already shown).

    ``month`` (202611) finds deals any of whose stages fell in it; ``state`` is a key of STATES.
    """
    query = (
        select(deal.c.id)
        .where(*_conditions(customer_id, person_id, month, state))
        .order_by(deal.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(deal.c.id < before_id)
    return _load(db, list(db.execute(query).scalars()))


def totals(
    db: Connection,
    *,
    customer_id: int | None = None,
    person_id: int | None = None,
    month: int | None = None,
    state: str | None = None,
) -> Totals:
    """The sums of the deals that :func:`deals` lists; whole deals, not only a person's shares."""
    wanted = _conditions(customer_id, person_id, month, state)
    if state != "cancelled":
        wanted.append(deal.c.cancelled_on.is_(None))
    count, amount, cost = db.execute(
        select(
            func.count(),
            func.coalesce(whole_sum(deal.c.amount), 0),
            func.coalesce(whole_sum(deal.c.cost), 0),
        ).where(*wanted)
    ).one()
    paid = db.execute(
        select(func.coalesce(whole_sum(payment.c.amount), 0)).where(
            payment.c.paid_on.is_not(None),
            payment.c.deal_id.in_(select(deal.c.id).where(*wanted)),
        )
    ).scalar_one()
    return Totals(count, amount, cost, paid)


def payments_due(
    db: Connection, person_id: int | None, until: date, *, limit: int = 200
) -> list[PaymentDue]:
    """Payments due by ``until`` and not received, the oldest first; those of one person's deals.

    Cancelled deals' payments are no longer due.
    """
    query = (
        select(
            payment,
            deal.c.customer_id,
            customer.c.name.label("customer_name"),
            product.c.name.label("product_name"),
        )
        .join(deal, deal.c.id == payment.c.deal_id)
        .join(customer, customer.c.id == deal.c.customer_id)
        .join(product, product.c.id == deal.c.product_id)
        .where(
            payment.c.paid_on.is_(None),
            payment.c.due_on <= until,
            deal.c.cancelled_on.is_(None),
        )
        .order_by(payment.c.due_on, payment.c.id)
        .limit(limit)
    )
    if person_id is not None:
        query = query.where(
            deal.c.id.in_(select(deal_share.c.deal_id).where(deal_share.c.person_id == person_id))
        )
    rows = db.execute(query).all()
    names = _sharers(db, sorted({row.deal_id for row in rows}))
    return [
        PaymentDue(
            Payment(row.id, row.amount, row.due_on, row.paid_on, row.note, row.version),
            row.deal_id, row.customer_id, row.customer_name, row.product_name,
            ", ".join(names.get(row.deal_id, [])),
        )
        for row in rows
    ]  # fmt: skip


def deal_by_id(db: Connection, deal_id: int) -> Deal:
    """Raises NotFoundError when there is none."""
    found = _load(db, [deal_id])
    if not found:
        raise NotFoundError(_("There is no deal number {id}.").format(id=deal_id))
    return found[0]


def shares(db: Connection, deal_id: int) -> list[Share]:
    """Who shares a deal."""
    rows = db.execute(
        select(deal_share.c.person_id, deal_share.c.basis_points, person.c.name)
        .join(person, person.c.id == deal_share.c.person_id)
        .where(deal_share.c.deal_id == deal_id)
        .order_by(deal_share.c.id)
    )
    return [Share(row.person_id, row.basis_points, row.name) for row in rows]


def payments(db: Connection, deal_id: int) -> list[Payment]:
    """A deal's payments by due date."""
    rows = db.execute(
        select(payment)
        .where(payment.c.deal_id == deal_id)
        .order_by(func.coalesce(payment.c.due_on, payment.c.paid_on), payment.c.id)
    )
    return [
        Payment(row.id, row.amount, row.due_on, row.paid_on, row.note, row.version) for row in rows
    ]


def problems(db: Connection) -> list[str]:
    """Sentences naming deals and payments whose credited parts don't sum to them."""
    found = []
    for whole, part, columns, key, name in (
        (deal, deal_share, ("amount", "cost", "commission"), deal_share.c.deal_id, _("Deal")),
        (payment, payment_share, ("amount",), payment_share.c.payment_id, _("Payment")),
    ):
        sums = [func.coalesce(whole_sum(part.c[column]), 0) for column in columns]
        rows = db.execute(
            select(whole.c.id)
            .outerjoin(part, key == whole.c.id)
            .group_by(whole.c.id)
            .having(
                or_(
                    *(total != whole.c[column] for total, column in zip(sums, columns, strict=True))
                )
            )
        ).scalars()
        found += [
            _("{what} number {id}: the credited parts don't sum to it.").format(what=name, id=row)
            for row in rows
        ]
    return found


def _conditions(
    customer_id: int | None, person_id: int | None, month: int | None, state: str | None
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if customer_id is not None:
        found.append(deal.c.customer_id == customer_id)
    if person_id is not None:
        found.append(
            deal.c.id.in_(select(deal_share.c.deal_id).where(deal_share.c.person_id == person_id))
        )
    if month is not None:
        found.append(
            or_(
                deal.c.intention_month == month,
                deal.c.subscribed_month == month,
                deal.c.contracted_month == month,
                deal.c.cancelled_month == month,
            )
        )
    if state is not None:
        found.append(_in_state(state))
    return found


def _in_state(state: str) -> Any:
    open_deal = deal.c.cancelled_on.is_(None)
    paid = (
        select(func.coalesce(whole_sum(payment.c.amount), 0))
        .where(payment.c.deal_id == deal.c.id, payment.c.paid_on.is_not(None))
        .scalar_subquery()
    )
    in_full = and_(paid >= deal.c.amount, deal.c.amount > 0)
    conditions = {
        "cancelled": deal.c.cancelled_on.is_not(None),
        "paid": and_(open_deal, deal.c.contracted_on.is_not(None), in_full),
        "contracted": and_(open_deal, deal.c.contracted_on.is_not(None), not_(in_full)),
        "subscribed": and_(
            open_deal, deal.c.contracted_on.is_(None), deal.c.subscribed_on.is_not(None)
        ),
        "intention": and_(
            open_deal, deal.c.contracted_on.is_(None), deal.c.subscribed_on.is_(None)
        ),
    }
    return conditions[state]


def _load(db: Connection, ids: Sequence[int]) -> list[Deal]:
    if not ids:
        return []
    paid = {
        row[0]: row[1]
        for row in db.execute(
            select(payment.c.deal_id, whole_sum(payment.c.amount))
            .where(payment.c.deal_id.in_(ids), payment.c.paid_on.is_not(None))
            .group_by(payment.c.deal_id)
        )
    }
    names = _sharers(db, ids)
    rows = db.execute(
        select(deal, customer.c.name.label("customer_name"), product.c.name.label("product_name"))
        .join(customer, customer.c.id == deal.c.customer_id)
        .join(product, product.c.id == deal.c.product_id)
        .where(deal.c.id.in_(ids))
        .order_by(deal.c.id.desc())
    )
    return [
        Deal(
            row.id, row.customer_id, row.customer_name, row.product_id, row.product_name,
            row.unit_label, row.quantity, row.amount, row.cost, row.commission,
            paid.get(row.id, 0), row.intention_on, row.subscribed_on, row.contracted_on,
            row.cancelled_on, row.cancel_reason, row.note, ", ".join(names.get(row.id, [])),
            row.version,
        )
        for row in rows
    ]  # fmt: skip


def _sharers(db: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of those who share each of some deals."""
    names: dict[int, list[str]] = {}
    for row in db.execute(
        select(deal_share.c.deal_id, person.c.name)
        .join(person, person.c.id == deal_share.c.person_id)
        .where(deal_share.c.deal_id.in_(ids))
        .order_by(deal_share.c.id)
    ):
        names.setdefault(row.deal_id, []).append(row.name)
    return names


# -- changing --------------------------------------------------------------------------------------


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
    whole_cost = sold.cost * quantity if cost is None else cost
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
    _credit(change, deal_id, shares)
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
    _credit(change, deal_id, shares)


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
    _credit_payment(change, payment_id, amount, shares(change.connection, deal_id))
    return payment_id


def pay(change: Change, payment_id: int, day: date | None) -> None:
    """The payment was received on ``day``; None takes that back."""
    change.update(payment, payment_id, paid_on=day, paid_month=_month(day))


def delete_payment(change: Change, payment_id: int) -> None:
    """Remove a payment that was entered by mistake."""
    _clear(change, payment_share, payment_share.c.payment_id, payment_id)
    change.delete(payment, payment_id)


def _credit(change: Change, deal_id: int, wanted: Sequence[Share] | None) -> None:
    """Write who is credited with what of a deal and its payments."""
    db = change.connection
    stored = db.execute(select(deal).where(deal.c.id == deal_id)).one()
    parts = shares(db, deal_id) if wanted is None else list(wanted)
    if len({part.person_id for part in parts}) != len(parts):
        raise InputError(_("A person has one share of a deal."))
    points = [part.basis_points for part in parts]
    credited = {
        "amount": share_rules.credited(stored.amount, points),
        "cost": share_rules.credited(stored.cost, points),
        "commission": share_rules.credited(stored.commission, points),
        "quantity": share_rules.credited(stored.quantity * 100, points),
        "deals": share_rules.credited(100, points),
    }
    _clear(change, deal_share, deal_share.c.deal_id, deal_id)
    change.insert_many(
        deal_share,
        [
            {
                "deal_id": deal_id,
                "person_id": part.person_id,
                "basis_points": part.basis_points,
                **{name: values[place] for name, values in credited.items()},
            }
            for place, part in enumerate(parts)
        ],
    )
    for row in payments(db, deal_id):
        _clear(change, payment_share, payment_share.c.payment_id, row.id)
        _credit_payment(change, row.id, row.amount, parts)


def _credit_payment(change: Change, payment_id: int, amount: int, parts: Sequence[Share]) -> None:
    amounts = split(amount, [part.basis_points for part in parts])
    change.insert_many(
        payment_share,
        [
            {"payment_id": payment_id, "person_id": part.person_id, "amount": credited}
            for part, credited in zip(parts, amounts, strict=True)
        ],
    )


def _clear(change: Change, within: Any, key: Any, value: int) -> None:
    ids = change.connection.execute(select(within.c.id).where(key == value)).scalars().all()
    for row_id in ids:
        change.delete(within, row_id)


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

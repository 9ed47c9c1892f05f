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

from salesdesk.customers.tables import customer
from salesdesk.errors import NotFoundError
from salesdesk.office.tables import person
from salesdesk.sales.tables import deal, deal_share, payment, payment_share, product
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

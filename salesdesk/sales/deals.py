"""Reads deals: stages with dates, shares of people, payments, cancellation. They are the actuals.

Whatever a deal or payment brings is credited to people by share when it is saved, split exactly:
the credited parts always sum to the deal, and figures are plain sums over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from salesdesk.customers.tables import customer
from salesdesk.errors import NotFoundError
from salesdesk.office import rights
from salesdesk.office.tables import person
from salesdesk.sales.tables import deal, deal_share, payment, payment_share, product
from salesdesk.storage.schema import whole_sum
from salesdesk.text import _, joined, mark

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
    """A payment not received yet, with whose it is; ``owner_ids`` as in :class:`Deal`."""

    payment: Payment
    deal_id: int
    customer_id: int
    customer_name: str
    product_name: str
    people: str
    owner_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a list of deals, cancelled ones left out: how many, and cents.

    Cost and profit are those of the ``costed`` deals whose cost is known; None when none is, or
    when who looks may not see costs (``costs_hidden``).
    """

    count: int
    amount: int
    paid: int
    costed: int
    cost: int | None
    profit: int | None
    costs_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as lists show it; amounts in cents, ``people`` are its sharers' names.

    The cost is None when nobody knows it, and when who looks may not see costs (``costs_hidden``).
    ``owner_ids`` says whose deal it is: its sharers and the customer's owner.
    """

    id: int
    customer_id: int
    customer_name: str
    product_id: int
    product_name: str
    unit_label: str
    quantity: int
    amount: int
    cost: int | None
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
    owner_ids: tuple[int, ...] = ()
    costs_hidden: bool = False

    @property
    def title(self) -> str:
        """Whose deal about what."""
        what = f"{self.product_name} {self.unit_label}".strip()
        return _("{customer}: {product}").format(customer=self.customer_name, product=what)

    @property
    def profit(self) -> int | None:
        """What the deal earns in cents; None where its cost isn't known or shown."""
        return None if self.cost is None else self.amount - self.cost

    @property
    def margin(self) -> Fraction | None:
        """The profit as a part of the amount; None without a profit or an amount."""
        profit = self.profit
        return None if profit is None or not self.amount else Fraction(profit, self.amount)

    @property
    def binding(self) -> bool:
        """Whether the customer has subscribed or signed, and the deal wasn't cancelled."""
        return self.cancelled_on is None and (
            self.subscribed_on is not None or self.contracted_on is not None
        )

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
    viewer_id: int | None = None,
) -> list[Deal]:
    """Deals, newest first; a page at a time with ``before_id`` (the last id already shown).

    ``viewer_id`` is who looks: costs are left out where they may not see them.

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
    return _load(db, list(db.execute(query).scalars()), viewer_id)


def totals(
    db: Connection,
    *,
    customer_id: int | None = None,
    person_id: int | None = None,
    month: int | None = None,
    state: str | None = None,
    viewer_id: int | None = None,
) -> Totals:
    """The sums of the deals that :func:`deals` lists; whole deals, not only a person's shares."""
    conditions = _conditions(customer_id, person_id, month, state)
    if state != "cancelled":
        conditions.append(deal.c.cancelled_on.is_(None))
    count, amount, costed, cost, profit = db.execute(
        select(
            func.count(),
            func.coalesce(whole_sum(deal.c.amount), 0),
            func.count(deal.c.cost),
            whole_sum(deal.c.cost),
            whole_sum(deal.c.amount - deal.c.cost),
        ).where(*conditions)
    ).one()
    paid = db.execute(
        select(func.coalesce(whole_sum(payment.c.amount), 0)).where(
            payment.c.paid_on.is_not(None),
            payment.c.deal_id.in_(select(deal.c.id).where(*conditions)),
        )
    ).scalar_one()
    seen = rights.whose(db, viewer_id, "costs.see")
    if seen is not None and person_id not in seen:
        return Totals(count, amount, paid, 0, None, None, costs_hidden=True)
    return Totals(count, amount, paid, costed, cost, profit)


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
            customer.c.owner_id,
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
    sharers = _sharers(db, sorted({row.deal_id for row in rows}))
    return [
        PaymentDue(
            Payment(row.id, row.amount, row.due_on, row.paid_on, row.note, row.version),
            row.deal_id, row.customer_id, row.customer_name, row.product_name,
            joined(sharers.get(row.deal_id, {}).values()),
            _owners(sharers.get(row.deal_id, {}), row.owner_id),
        )
        for row in rows
    ]  # fmt: skip


def deal_by_id(db: Connection, deal_id: int, *, viewer_id: int | None = None) -> Deal:
    """The deal, its cost left out where ``viewer_id`` may not see it.

    Raises NotFoundError when there is none.
    """
    known = _load(db, [deal_id], viewer_id)
    if not known:
        raise NotFoundError(_("There is no deal number {id}.").format(id=deal_id))
    return known[0]


def deals_with(db: Connection, ids: Sequence[int]) -> list[Deal]:
    """Those of some deals that there are, newest first, with their costs."""
    return _load(db, ids, None)


def has_contract(db: Connection, customer_id: int) -> bool:
    """Whether a contract of a customer's stands."""
    standing = db.execute(
        select(deal.c.id)
        .where(
            deal.c.customer_id == customer_id,
            deal.c.contracted_on.is_not(None),
            deal.c.cancelled_on.is_(None),
        )
        .order_by(deal.c.id)
        .limit(1)
    ).first()
    return standing is not None


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
    sentences = []
    for whole, part, columns, key, name in (
        (deal, deal_share, ("amount", "cost", "commission"), deal_share.c.deal_id, _("Deal")),
        (payment, payment_share, ("amount",), payment_share.c.payment_id, _("Payment")),
    ):
        wrong = [
            func.coalesce(whole_sum(part.c[column]), 0) != func.coalesce(whole.c[column], 0)
            for column in columns
        ]
        if "cost" in columns:  # the parts of an unknown cost are unknown, of a known one known
            parts_known = func.count(part.c.cost)
            wrong.append(
                or_(
                    and_(whole.c.cost.is_(None), parts_known > 0),
                    and_(whole.c.cost.is_not(None), parts_known < func.count(part.c.id)),
                )
            )
        rows = db.execute(
            select(whole.c.id)
            .outerjoin(part, key == whole.c.id)
            .group_by(whole.c.id)
            .having(or_(*wrong))
            .order_by(whole.c.id)
        ).scalars()
        sentences += [
            _("{what} number {id}: the credited parts don't sum to it.").format(what=name, id=row)
            for row in rows
        ]
    return sentences


def _conditions(
    customer_id: int | None, person_id: int | None, month: int | None, state: str | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if customer_id is not None:
        conditions.append(deal.c.customer_id == customer_id)
    if person_id is not None:
        conditions.append(
            deal.c.id.in_(select(deal_share.c.deal_id).where(deal_share.c.person_id == person_id))
        )
    if month is not None:
        conditions.append(
            or_(
                deal.c.intention_month == month,
                deal.c.subscribed_month == month,
                deal.c.contracted_month == month,
                deal.c.cancelled_month == month,
            )
        )
    if state is not None:
        conditions.append(_in_state(state))
    return conditions


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


def _load(db: Connection, ids: Sequence[int], viewer_id: int | None) -> list[Deal]:
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
    sharers = _sharers(db, ids)
    seen = rights.whose(db, viewer_id, "costs.see")
    rows = db.execute(
        select(
            deal,
            customer.c.name.label("customer_name"),
            customer.c.owner_id,
            product.c.name.label("product_name"),
        )
        .join(customer, customer.c.id == deal.c.customer_id)
        .join(product, product.c.id == deal.c.product_id)
        .where(deal.c.id.in_(ids))
        .order_by(deal.c.id.desc())
    )
    listed = []
    for row in rows:
        shared_by = sharers.get(row.id, {})
        owners = _owners(shared_by, row.owner_id)
        hidden = seen is not None and seen.isdisjoint(owners)
        listed.append(
            Deal(
                row.id, row.customer_id, row.customer_name, row.product_id, row.product_name,
                row.unit_label, row.quantity, row.amount, None if hidden else row.cost,
                row.commission, paid.get(row.id, 0), row.intention_on, row.subscribed_on,
                row.contracted_on, row.cancelled_on, row.cancel_reason, row.note,
                joined(shared_by.values()), row.version, owners, hidden,
            )
        )  # fmt: skip
    return listed


def _sharers(db: Connection, ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Those who share each of some deals: ids and names."""
    sharers: dict[int, dict[int, str]] = {}
    for row in db.execute(
        select(deal_share.c.deal_id, deal_share.c.person_id, person.c.name)
        .join(person, person.c.id == deal_share.c.person_id)
        .where(deal_share.c.deal_id.in_(ids))
        .order_by(deal_share.c.id)
    ):
        sharers.setdefault(row.deal_id, {})[row.person_id] = row.name
    return sharers


def _owners(shared_by: Iterable[int], owner_id: int | None) -> tuple[int, ...]:
    """Whose a deal is: its sharers', and the customer's owner's."""
    return tuple(dict.fromkeys([*shared_by, *([] if owner_id is None else [owner_id])]))

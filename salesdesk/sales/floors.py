"""Deals that need approval: a profit below the product's floor, a price too far below the list.

Each rule reckons in cents how far a deal goes too far (its :class:`Breach`). An intention may stand
so, since nothing is agreed yet; a deal that is subscribed or contracted may not, unless

- who writes it may decide the rule themselves (rights "deals.below_floor", "discounts"), or
- an approval was granted for it that goes as far, or
- it stood so already: an edit is asked about only what it makes worse.

A profit that isn't known, since the cost isn't, breaks no floor; who may not decide about floors
can't make it unknown, nor lower than the product's cost (:func:`need_cost`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from salesdesk.calc.money import format_number
from salesdesk.errors import InputError, RightsError
from salesdesk.office import approvals, people, rights, stored
from salesdesk.office.tables import person
from salesdesk.sales.deals import Deal, deal_by_id
from salesdesk.sales.products import Product, product_by_id
from salesdesk.sales.tables import deal as deals
from salesdesk.sales.tables import product as products
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

SUBJECT = "deal"
_LIMITS = "discount_limits"  # the key of the setting
#: The rules and the right that decides each.
RULES = {"floor": "deals.below_floor", "discount": "discounts"}


@dataclass(frozen=True, slots=True)
class Figures:
    """What of a deal the rules look at: the product, pieces, and cents."""

    product: Product
    quantity: int
    amount: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a deal breaks, and by how many cents; that much must be allowed."""

    rule: str
    cents: int

    def words(self, figures: Figures, *, costs_shown: bool) -> str:
        """The breach as a sentence; how far the profit falls short is said where costs are."""
        if self.rule == "discount":
            return _("{product}: {cents} yuan below the list price.").format(
                product=figures.product.name, cents=_yuan(self.cents)
            )
        if not costs_shown:
            return _("{product}: the price is below what may be sold without approval.").format(
                product=figures.product.name
            )
        return _("{product}: the profit is {cents} yuan below the floor.").format(
            product=figures.product.name, cents=_yuan(self.cents)
        )


# -- reading ---------------------------------------------------------------------------------------


def below_floor(figures: Figures) -> int | None:
    """By how many cents the profit is below the product's floor; None when it isn't, or unknown."""
    if figures.product.profit_floor is None or figures.cost is None:
        return None
    missing = figures.product.profit_floor * figures.quantity - (figures.amount - figures.cost)
    return missing if missing > 0 else None


def is_below_floor() -> ColumnElement[bool]:
    """The same as a condition on ``deal`` joined with its ``product``, cancelled deals included."""
    return deals.c.amount - deals.c.cost < products.c.profit_floor * deals.c.quantity


def discount(figures: Figures) -> int:
    """How many cents a deal is below the product's list price; 0 where there is none."""
    return max(0, figures.product.price * figures.quantity - figures.amount)


def breaches(
    db: Connection, actor_id: int | None, figures: Figures, *, deal_id: int | None = None
) -> list[Breach]:
    """The rules that a deal with such figures breaks, which ``actor_id`` can't decide alone.

    Those for which approval was granted to the deal ``deal_id`` are left out, if it goes as far.
    """
    broken = []
    missing = below_floor(figures)
    if missing is not None and not _may_decide(db, actor_id, "floor"):
        broken.append(Breach("floor", missing))
    limit = discount_limit(db, actor_id)
    if limit is not None and not _may_decide(db, actor_id, "discount"):
        given = discount(figures)
        if given > figures.product.price * figures.quantity * limit // 10_000:
            broken.append(Breach("discount", given))
    return [breach for breach in broken if breach.cents > _granted(db, deal_id, breach.rule)]


def discount_limits(db: Connection) -> dict[str, int]:
    """How far below the list price each role may go, of 10,000; roles left out have no limit."""
    limits = stored.value(db, _LIMITS) or {}
    return {role: int(limit) for role, limit in limits.items()}


def discount_limit(db: Connection, actor_id: int | None) -> int | None:
    """How far below the list price somebody may go, of 10,000; None: as far as they like."""
    limits = discount_limits(db)
    if actor_id is None or not limits:
        return None
    role = db.execute(select(person.c.role).where(person.c.id == actor_id)).scalar()
    return None if role is None else limits.get(role)


def figures_of(db: Connection, deal: Deal) -> Figures:
    """What the rules look at of a deal as it is stored (read without a viewer)."""
    return Figures(product_by_id(db, deal.product_id), deal.quantity, deal.amount, deal.cost)


# -- changing --------------------------------------------------------------------------------------


def need(change: Change, figures: Figures, deal_id: int | None, before: Deal | None) -> None:
    """Refuse figures of a subscribed or contracted deal that need approval and don't have it.

    ``before`` is the deal as it stood, None for a new one or one that wasn't binding. Raises
    RightsError, saying how to go on.
    """
    db, actor_id = change.connection, change.person_id
    stood: dict[str, int] = {}
    if before is not None and before.binding:
        stood = {
            breach.rule: breach.cents for breach in breaches(db, actor_id, figures_of(db, before))
        }
    for breach in breaches(db, actor_id, figures, deal_id=deal_id):
        if breach.cents > stood.get(breach.rule, 0):
            raise RightsError(
                _(
                    "{breach} Keep the deal as an intention and ask for approval; the contract "
                    "can be dated once it is granted."
                ).format(breach=breach.words(figures, costs_shown=_sees_costs(change)))
            )


def need_cost(change: Change, figures: Figures) -> None:
    """Refuse a cost by which somebody would get past the product's floor.

    Raises RightsError for a cost unknown or below the product's, from who may not decide floors.
    """
    known, floor = figures.product.cost, figures.product.profit_floor
    if known is None or floor is None or _may_decide(change.connection, change.person_id, "floor"):
        return
    if figures.cost is None or figures.cost < known * figures.quantity:
        raise RightsError(
            _(
                "{product} has a profit floor: a cost below the product's own is entered by "
                "somebody who may allow deals below their floor."
            ).format(product=figures.product.name)
        )


def ask(change: Change, deal_id: int, words: str, *, planned: Figures | None = None) -> None:
    """Ask approval for a deal as it stands, or for the figures ``planned`` for it.

    Nothing of the deal changes; once it is granted, its contract can be dated or the planned
    figures entered. Raises InputError without words or when no approval is needed.
    """
    db = change.connection
    deal = deal_by_id(db, deal_id)
    if deal.cancelled_on is not None:
        raise InputError(_("The deal was cancelled."))
    figures = planned or figures_of(db, deal)
    broken = breaches(db, change.person_id, figures, deal_id=deal_id)
    if not broken:
        raise InputError(_("This deal needs no approval."))
    if not words.strip():
        raise InputError(_("Say why it should be allowed."))
    for breach in broken:
        said = breach.words(figures, costs_shown=_sees_costs(change))
        approvals.ask(
            change,
            SUBJECT,
            deal_id,
            breach.rule,
            value=breach.cents,
            words=_("{amount} yuan. {breach} {words}").format(
                amount=_yuan(figures.amount), breach=said, words=words.strip()
            ),
        )


def set_discount_limit(change: Change, role: str, basis_points: int | None) -> None:
    """Say how far below the list price a role may go without approval; None: as far as it likes.

    Raises RightsError, InputError.
    """
    rights.need(change, "rules.edit")
    if role not in people.ROLES:
        raise InputError(_("{role} isn't a role in this office.").format(role=role))
    if basis_points is not None and not 0 <= basis_points <= 10_000:
        raise InputError(_("A discount limit must be from 0 to 100 %."))
    limits = discount_limits(change.connection)
    if basis_points is None:
        limits.pop(role, None)
    else:
        limits[role] = basis_points
    stored.put(change, _LIMITS, limits or None)
    shown = _("none") if basis_points is None else format_number(basis_points, 2, trim=True) + " %"
    change.describe(
        _("Discount limit of {role}: {limit}").format(role=_(people.ROLES[role]), limit=shown)
    )


def _granted(db: Connection, deal_id: int | None, rule: str) -> int:
    """How far a deal may go by the approval that was granted for it, in cents."""
    approval = None if deal_id is None else approvals.granted(db, SUBJECT, deal_id, rule)
    return 0 if approval is None or approval.value is None else approval.value


def _may_decide(db: Connection, actor_id: int | None, rule: str) -> bool:
    return rights.may(db, actor_id, RULES[rule], person_id=actor_id)


def _sees_costs(change: Change) -> bool:
    return rights.may(change.connection, change.person_id, "costs.see", person_id=change.person_id)


def _describe(db: Connection, deal_id: int) -> str:
    deal = deal_by_id(db, deal_id)
    return _("{deal}, {amount} yuan").format(deal=deal.title, amount=_yuan(deal.amount))


def _yuan(cents: int) -> str:
    return format_number(cents, 2)


approvals.declare(
    "floor", approvals.Rule(mark("Profit below the floor"), RULES["floor"], _describe)
)
approvals.declare(
    "discount", approvals.Rule(mark("Discount beyond the limit"), RULES["discount"], _describe)
)

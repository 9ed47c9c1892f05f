"""Who is credited with what of a deal and its payments: written whole whenever either changes.

The parts always sum to the deal and to each payment exactly, so that figures are plain sums. The
parts of an unknown cost are unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from salesdesk.calc import shares as share_rules
from salesdesk.calc.split import split
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.sales.deals import Share, payments, shares
from salesdesk.sales.tables import deal, deal_share, payment_share
from salesdesk.storage.history import Change
from salesdesk.text import _


def check(change: Change, parts: Sequence[Share], stored: Sequence[Share] = ()) -> None:
    """Refuse shares that aren't the whole, name somebody twice, or newly name who has left.

    Raises InputError, NotFoundError.
    """
    share_rules.check([part.basis_points for part in parts])
    ids = [part.person_id for part in parts]
    if len(set(ids)) != len(ids):
        raise InputError(_("A person can have only one share of a deal."))
    for person_id in set(ids) - {part.person_id for part in stored}:
        sharer = people.person_by_id(change.connection, person_id)
        if not sharer.active:
            raise InputError(
                _("{person} no longer works here and can't share the deal.").format(
                    person=sharer.name
                )
            )


def credit(change: Change, deal_id: int, parts: Sequence[Share]) -> None:
    """Write who is credited with what of a deal and its payments; what stands so already stays."""
    db = change.connection
    stored = db.execute(select(deal).where(deal.c.id == deal_id)).one()
    points = [part.basis_points for part in parts]
    credited: dict[str, Sequence[int | None]] = {
        "amount": share_rules.credited(stored.amount, points),
        "cost": [None] * len(parts)
        if stored.cost is None
        else share_rules.credited(stored.cost, points),
        "commission": share_rules.credited(stored.commission, points),
        "quantity": share_rules.credited(stored.quantity * 100, points),
        "deals": share_rules.credited(100, points),
    }
    _replace(
        change,
        deal_share,
        deal_share.c.deal_id == deal_id,
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
    for due in payments(db, deal_id):
        credit_payment(change, due.id, due.amount, parts)


def credit_deal_again(change: Change, deal_id: int) -> None:
    """Credit a deal whose figures changed by the shares it has."""
    credit(change, deal_id, shares(change.connection, deal_id))


def credit_payment(change: Change, payment_id: int, amount: int, parts: Sequence[Share]) -> None:
    """Write who is credited with what of a payment."""
    amounts = split(amount, [part.basis_points for part in parts])
    _replace(
        change,
        payment_share,
        payment_share.c.payment_id == payment_id,
        [
            {"payment_id": payment_id, "person_id": part.person_id, "amount": credited}
            for part, credited in zip(parts, amounts, strict=True)
        ],
    )


def _replace(
    change: Change, within: Table, mine: ColumnElement[bool], rows: Sequence[dict[str, Any]]
) -> None:
    """Let ``rows`` stand in the place of those that are there, unless they are the same."""
    stored = change.connection.execute(select(within).where(mine).order_by(within.c.id)).mappings()
    there = [dict(row) for row in stored]
    if [{key: row[key] for key in row if key != "id"} for row in there] == list(rows):
        return
    change.delete_many(within, [row["id"] for row in there])
    change.insert_many(within, rows)

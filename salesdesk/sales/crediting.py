"""Who is credited with what of a deal and its payments: written whole whenever either changes.

The parts always sum to the deal and to each payment exactly, so that figures are plain sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from salesdesk.calc import shares as share_rules
from salesdesk.calc.split import split
from salesdesk.errors import InputError
from salesdesk.sales.deals import Share, payments, shares
from salesdesk.sales.tables import deal, deal_share, payment_share
from salesdesk.storage.history import Change
from salesdesk.text import _


def credit(change: Change, deal_id: int, wanted: Sequence[Share] | None) -> None:
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
    clear(change, deal_share, deal_share.c.deal_id, deal_id)
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
        clear(change, payment_share, payment_share.c.payment_id, row.id)
        credit_payment(change, row.id, row.amount, parts)


def credit_payment(change: Change, payment_id: int, amount: int, parts: Sequence[Share]) -> None:
    amounts = split(amount, [part.basis_points for part in parts])
    change.insert_many(
        payment_share,
        [
            {"payment_id": payment_id, "person_id": part.person_id, "amount": credited}
            for part, credited in zip(parts, amounts, strict=True)
        ],
    )


def clear(change: Change, within: Any, key: Any, value: int) -> None:
    ids = change.connection.execute(select(within.c.id).where(key == value)).scalars().all()
    for row_id in ids:
        change.delete(within, row_id)

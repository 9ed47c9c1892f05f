"""Whose a deal is: one has it who shares it, and who owns its customer.

A deal has several owners, so a right to it (``deals.edit``, ``deals.cancel``, ``payments.edit``) is
had by who has it for any of them. Who covers for an owner on leave stands for that owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from salesdesk.customers import access
from salesdesk.office import rights
from salesdesk.sales.deals import Deal, PaymentDue
from salesdesk.storage.history import Change


def need(change: Change, code: str, deal: Deal) -> None:
    """Raise RightsError unless who makes the change may do ``code`` with a deal."""
    owner_id = nearest(change.connection, change.person_id, code, deal, change.now.date())
    rights.need(change, code, person_id=owner_id)


def nearest(
    db: Connection, actor_id: int | None, code: str, deal: Deal | PaymentDue, day: date
) -> int | None:
    """Which of a deal's owners a right is to be asked for: one for whom ``actor_id`` has it.

    Somebody who stands for an owner on leave on ``day`` is asked for their own things. Without
    such an owner it is the first one, None for a deal that is nobody's.
    """
    owners: Sequence[int] = deal.owner_ids
    if actor_id is None or not owners:
        return next(iter(owners), None)
    for owner_id in owners:
        if rights.may(db, actor_id, code, person_id=owner_id):
            return owner_id
    if not set(owners).isdisjoint(access.covered_by(db, actor_id, day)):
        return actor_id
    return owners[0]

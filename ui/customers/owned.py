"""Holds buttons to the rights somebody has for a deal, which may be several people's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesdesk.customers import access
from ui.shared.guarding import Guard
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.sales.deals import Deal, PaymentDue


def concern(held: Guard, session: Session, deal: Deal | PaymentDue) -> None:
    """Say which deal a guard is about from now on."""
    from salesdesk.sales import ownership

    owner_id = session.read(ownership.nearest, session.person_id, held.code, deal, session.today)
    held.concern(person_id=owner_id)


def concern_customer(held: Guard, session: Session, owner_id: int | None) -> None:
    """Say whose customer a guard is about; who covers for the owner stands for them."""
    person_id = session.person_id
    if person_id is not None and owner_id in session.read(
        access.covered_by, person_id, session.today
    ):
        owner_id = person_id
    held.concern(person_id=owner_id)

"""A page reads itself anew when rows that it shows were changed, and only then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pytestqt.qtbot import QtBot

from salesdesk.customers import customers
from ui.shared.fresh import FreshPage, Shown
from ui.shared.session import Session


class CustomerCard(FreshPage):
    """Counts how often it read."""

    tables = ("customer",)

    def __init__(self, session: Session, customer_id: int) -> None:
        super().__init__(session)
        self.customer_id = customer_id
        self.readings = 0

    def refresh(self) -> None:
        self.readings += 1

    def shown_parts(self) -> Mapping[str, Shown]:
        return {"customer": Shown({"id": {self.customer_id}})}


def add_customer(session: Session, name: str) -> int:
    with session.changing("New customer") as change:
        return customers.add(change, name=name, registered_on=date(2026, 1, 1))


def test_a_page_over_one_row_stays_still_while_others_change(
    session: Session, qtbot: QtBot
) -> None:
    card = CustomerCard(session, add_customer(session, "Chen"))
    qtbot.addWidget(card)
    card.show()
    assert card.readings == 1
    other_id = add_customer(session, "Du")
    with session.changing("Edit") as change:
        customers.edit(change, other_id, note="quiet")
    assert card.readings == 1
    with session.changing("Edit") as change:
        customers.edit(change, card.customer_id, note="wants a flat")
    assert card.readings == 2


def test_a_hidden_page_reads_once_when_it_comes_up(session: Session, qtbot: QtBot) -> None:
    card = CustomerCard(session, add_customer(session, "Chen"))
    qtbot.addWidget(card)
    for note in ("one flat", "two flats"):
        with session.changing("Edit") as change:
            customers.edit(change, card.customer_id, note=note)
    assert card.readings == 0
    assert card.is_outdated
    card.show()
    assert card.readings == 1
    assert not card.is_outdated

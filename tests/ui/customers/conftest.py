"""An office with customers for the tests of the Customers tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from pytestqt.qtbot import QtBot

from salesdesk.customers import activities, customers
from salesdesk.customers.customers import Customer
from salesdesk.office import people
from tests.offices import trust_everybody
from ui.shared import background
from ui.shared.session import Session

Named = Callable[[str], Customer]


@pytest.fixture
def office(own_office: Session) -> Session:
    """The office of :func:`own_office`, where everybody may do everything."""
    trust_everybody(own_office.workspace)
    return own_office


@pytest.fixture
def own_office(session: Session, qtbot: QtBot) -> Iterator[Session]:
    """Zhang San sits at it, a salesperson with the rights of one.

    Three customers are hers, one is Li Si's, one nobody's. By 24 November Chen Ai (A) is 14 days
    overdue and Bai Bo (B) is due; Gu Ci (C) is not.
    """
    zhang = session.read(people.person_named, "Zhang San")
    li = session.read(people.person_named, "Li Si")
    with session.workspace.unrecorded() as change:
        for name, grade, registered, owner in (
            ("Chen Ai", "A", date(2026, 11, 3), zhang.id),
            ("Bai Bo", "B", date(2026, 11, 9), zhang.id),
            ("Gu Ci", "C", date(2026, 11, 20), zhang.id),
            ("Du Di", "A", date(2026, 11, 1), li.id),
            ("Fang E", "", date(2026, 6, 1), None),
        ):
            customers.add(
                change, name=name, grade=grade, owner_id=owner, registered_on=registered,
                phones=f"1380000{registered:%m%d}", needs=f"{name} wants a flat",
            )  # fmt: skip
        chen = customers.find(change.connection, "Chen Ai")[0]
        activities.log(
            change, person_id=zhang.id, customer_id=chen.id, kind="call",
            at=datetime(2026, 11, 3, 10, 30), words="Asked the price",
        )  # fmt: skip
    session.work_as(zhang.id, zhang.name)
    yield session
    qtbot.waitUntil(lambda: not background.running)


@pytest.fixture
def named(office: Session) -> Named:
    """Reads a customer of the office by name, as it stands now."""

    def read(name: str) -> Customer:
        return office.read(customers.find, name)[0]

    return read

"""The customer panel: it stays beside the lists and shows the customer as they are now."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.customers import activities, customers
from salesdesk.sales import deals, products, selling
from tests.ui.customers.conftest import Named
from ui.customers.tab import CustomersTab
from ui.customers.timeline import PAGE, TimelineModel
from ui.shared import background
from ui.shared.session import Session


@pytest.fixture
def tab(office: Session, named: Named, qtbot: QtBot) -> CustomersTab:
    """The tab with Chen Ai in its panel."""
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.resize(1200, 720)
    tab.show()
    tab.open_customer(named("Chen Ai").id)
    qtbot.waitUntil(lambda: not background.running)
    return tab


def test_it_says_who_it_is_what_they_want_and_what_was_said(tab: CustomersTab) -> None:
    panel = tab.panel
    assert panel.name.text() == "Chen Ai"
    assert panel.needs.text() == "Chen Ai wants a flat"
    assert panel.next.text() == "2026-11-10, 14 days overdue"
    assert [row.words for row in panel.timeline.activities.rows] == ["Asked the price"]


def test_a_grade_chosen_in_it_is_one_undo(
    tab: CustomersTab, office: Session, named: Named, qtbot: QtBot
) -> None:
    tab.panel.grade.set_value("C")
    assert named("Chen Ai").grade == "C"
    assert tab.panel.next.text() == "2026-12-03"
    assert office.workspace.undo() == "Grade Chen Ai: C"
    qtbot.waitUntil(lambda: tab.panel.grade.value() == "A")
    assert office.read(customers.count, customers.CustomerFilter(grade="A")) == 2


def test_what_others_log_appears_in_it(
    tab: CustomersTab, office: Session, named: Named, qtbot: QtBot
) -> None:
    assert office.person_id is not None
    with office.changing("Log") as change:
        activities.log(
            change, person_id=office.person_id, customer_id=named("Chen Ai").id, kind="visit",
            at=datetime(2026, 11, 24, 9), words="Came with the family",
        )  # fmt: skip
    rows = tab.panel.timeline.activities.rows
    assert [row.words for row in rows] == ["Came with the family", "Asked the price"]


def test_it_stays_on_its_customer_while_pages_change(tab: CustomersTab, qtbot: QtBot) -> None:
    tab.show_page("all")
    qtbot.waitUntil(lambda: not background.running)
    assert tab.panel.name.text() == "Chen Ai"


def test_a_customer_undone_away_leaves_it_empty(
    tab: CustomersTab, office: Session, qtbot: QtBot
) -> None:
    with office.changing("New customer") as change:
        made = customers.add(change, name="Hao Xin", registered_on=date(2026, 11, 24))
    tab.open_customer(made)
    assert tab.panel.name.text() == "Hao Xin"
    office.workspace.undo()
    assert tab.panel.stack.currentIndex() == 0
    assert tab.panel.customer_id is None


def test_closed_it_reads_nothing_and_opens_on_what_is_chosen(
    tab: CustomersTab, named: Named, qtbot: QtBot
) -> None:
    tab.panel.close_button.click()
    assert tab.panel.isHidden()
    tab.desk.picked.emit(named("Bai Bo").id)
    tab.open_customer(named("Bai Bo").id)
    assert tab.panel.name.text() == "Bai Bo"


def test_it_stays_closed_for_the_next_time(
    tab: CustomersTab, office: Session, qtbot: QtBot
) -> None:
    tab.close_panel()
    again = CustomersTab(office)
    qtbot.addWidget(again)
    again.show()
    assert again.panel.isHidden()


def test_deals_of_the_customer_stand_in_it(
    tab: CustomersTab, office: Session, named: Named
) -> None:
    assert office.person_id is not None
    with office.changing("Sell") as change:
        selling.add_deal(
            change, customer_id=named("Chen Ai").id, amount=1_800_000_00,
            product_id=products.product_named(change.connection, "Flat 90").id,
            shares=[deals.Share(office.person_id, 10_000)],
            stages={"subscribed": date(2026, 11, 20)},
        )  # fmt: skip
    assert [deal.state for deal in tab.panel.deals.records.rows] == ["subscribed"]
    assert tab.panel.tabs.tabText(1) == "Deals (1)"


def test_a_long_timeline_is_read_a_page_at_a_time(
    office: Session, named: Named, qtmodeltester: ModelTester
) -> None:
    assert office.person_id is not None
    with office.changing("Import") as change:
        for number in range(PAGE + 20):
            activities.log(
                change, person_id=office.person_id, customer_id=named("Gu Ci").id, kind="call",
                at=datetime(2026, 1, 1, 9) + timedelta(days=number // 3), words=f"Call {number}",
            )  # fmt: skip
    model = TimelineModel(office)
    model.show(named("Gu Ci").id)
    assert model.rowCount() == PAGE
    assert model.canFetchMore(QModelIndex())
    qtmodeltester.check(model, force_py=True)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    words = [row.words for row in model.rows]
    assert words == [f"Call {number}" for number in reversed(range(PAGE + 20))]

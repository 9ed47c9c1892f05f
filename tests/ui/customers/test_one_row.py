"""A change of one row reads and paints what shows that row, not every page: counted in a window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.customers import activities, customers
from salesdesk.customers.customers import Customer, NewCustomer
from tests.ui.counted import Counted
from tests.ui.customers.conftest import Named
from ui.customers.all_customers import AllCustomersPage
from ui.customers.deals_page import DealsPage
from ui.customers.tab import CustomersTab
from ui.customers.today import TodayPage
from ui.shared import background
from ui.shared.painted import all_painted
from ui.shared.session import Session


@pytest.fixture
def counted(office: Session, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(office, monkeypatch)


@pytest.fixture
def tab(office: Session, counted: Counted, qtbot: QtBot) -> Iterator[CustomersTab]:
    """The tab with all customers in the order of their names; the other pages were shown before."""
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.resize(1000, 640)
    tab.show()
    for code in ("today", "deals", "all"):
        tab.show_page(code)
        _settle(tab, qtbot)
    page = _all(tab)
    page.table.sortByColumn(_column(page, "name"), Qt.SortOrder.AscendingOrder)
    _settle(tab, qtbot)
    assert _names(page) == ["Bai Bo", "Chen Ai", "Du Di", "Fang E", "Gu Ci"]
    ModelTester(page.table.records).check(page.table.records)
    counted.watch(page.table.records)
    counted.forget()
    yield tab
    _settle(tab, qtbot)


def _settle(tab: CustomersTab, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: all_painted(tab) and not background.running)


def _all(tab: CustomersTab) -> AllCustomersPage:
    page = tab.show_page("all")
    assert isinstance(page, AllCustomersPage)
    return page


def _column(page: AllCustomersPage, key: str) -> int:
    return [column.key for column in page.table.records.columns].index(key)


def _names(page: AllCustomersPage) -> list[str]:
    return [customer.name for customer in page.table.records.rows]


def _edit(office: Session, customer: Customer, **values: Any) -> None:
    with office.changing("Edit") as change:
        customers.edit(change, customer.id, **values)


def test_a_row_that_stays_is_painted_alone(
    office: Session, tab: CustomersTab, counted: Counted, named: Named, qtbot: QtBot
) -> None:
    du = named("Du Di")
    counted.forget()
    _edit(office, du, needs="A house")
    _settle(tab, qtbot)
    page = _all(tab)
    assert page.table.records.rows[2].needs == "A house"
    assert (counted.rows, counted.anew) == ([2], 0)
    # One page of the changed row itself; nothing is counted, no choices, no meters, no panel.
    assert [name.rpartition(".")[2] for name in counted.readers] == ["page"]


def test_pages_that_arent_shown_wait_until_they_are(
    office: Session, tab: CustomersTab, counted: Counted, named: Named, qtbot: QtBot
) -> None:
    chen = named("Chen Ai")
    counted.forget()
    with office.changing("Log") as change:
        activities.log(
            change, person_id=chen.owner_id or 0, customer_id=chen.id, kind="call", words="Yes"
        )
    _settle(tab, qtbot)
    assert "today._due" not in counted.readers
    today = tab.findChild(TodayPage)
    assert isinstance(today, TodayPage)
    assert today.is_outdated
    tab.show_page("today")
    _settle(tab, qtbot)
    assert counted.readers.count("today._due") == 1
    assert [due.customer.name for due in today.table.records.rows] == ["Bai Bo"]


def test_a_row_that_sorts_elsewhere_moves_with_its_selection(
    office: Session, tab: CustomersTab, counted: Counted, named: Named, qtbot: QtBot
) -> None:
    page = _all(tab)
    page.table.selectRow(0)  # Bai Bo
    for name, order in (
        ("Zuo Bo", ["Chen Ai", "Du Di", "Fang E", "Gu Ci", "Zuo Bo"]),
        ("Dong Bo", ["Chen Ai", "Dong Bo", "Du Di", "Fang E", "Gu Ci"]),
    ):
        current = page.table.current()
        assert current is not None
        counted.forget()
        _edit(office, current, name=name)
        _settle(tab, qtbot)
        assert _names(page) == order
        assert counted.anew == 0
        assert [customer.name for customer in page.table.chosen()] == [name]


def test_a_row_that_no_longer_matches_goes_and_one_that_does_comes(
    office: Session, tab: CustomersTab, counted: Counted, named: Named, qtbot: QtBot
) -> None:
    page = _all(tab)
    page.grade.set_value("A")
    _settle(tab, qtbot)
    assert _names(page) == ["Chen Ai", "Du Di"]
    counted.forget()
    _edit(office, named("Du Di"), grade="B")
    _edit(office, named("Bai Bo"), grade="A")
    _settle(tab, qtbot)
    assert _names(page) == ["Bai Bo", "Chen Ai"]
    assert page.count.text() == "2 customers"
    assert counted.anew == 0


def test_a_row_that_is_deleted_goes_and_comes_back(
    office: Session, tab: CustomersTab, counted: Counted, qtbot: QtBot
) -> None:
    page = _all(tab)
    with office.changing("New") as change:
        customers.add(change, name="Cui Fu")
    _settle(tab, qtbot)
    assert _names(page) == ["Bai Bo", "Chen Ai", "Cui Fu", "Du Di", "Fang E", "Gu Ci"]
    assert page.count.text() == "6 customers"
    office.workspace.undo()
    _settle(tab, qtbot)
    assert _names(page) == ["Bai Bo", "Chen Ai", "Du Di", "Fang E", "Gu Ci"]
    assert page.count.text() == "5 customers"
    assert counted.anew == 0


def test_thousands_of_rows_are_read_with_the_whole_list(
    office: Session, tab: CustomersTab, counted: Counted, qtbot: QtBot
) -> None:
    page = _all(tab)
    with office.changing("Import") as change:
        customers.add_many(change, [NewCustomer(f"Z{n:05}") for n in range(10_000)])
    _settle(tab, qtbot)
    assert page.count.text() == "10,005 customers"
    assert counted.anew == 1
    assert _names(page)[:2] == ["Bai Bo", "Chen Ai"]
    assert len(_names(page)) == 200


def test_deals_and_the_panel_stay_still_while_other_customers_change(
    office: Session, tab: CustomersTab, counted: Counted, named: Named, qtbot: QtBot
) -> None:
    page = tab.show_page("deals")
    assert isinstance(page, DealsPage)
    tab.open_customer(named("Chen Ai").id)
    _settle(tab, qtbot)
    du = named("Du Di")
    counted.forget()
    with office.changing("Log") as change:
        activities.log(
            change, person_id=du.owner_id or 0, customer_id=du.id, kind="call", words="No",
            at=None, next_contact_on=date(2026, 12, 1),
        )  # fmt: skip
    _edit(office, du, needs="Nothing")
    _settle(tab, qtbot)
    assert counted.readers == []
    _edit(office, du, name="Du Di the Second")
    _settle(tab, qtbot)
    assert "deals_page._read" in counted.readers
    assert "panel._read" not in counted.readers

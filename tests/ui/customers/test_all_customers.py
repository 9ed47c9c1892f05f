"""All customers: searched, filtered, paged in the background, and changed many at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.customers import customers
from salesdesk.office import people
from tests.ui.customers.conftest import Named
from ui.customers import export
from ui.customers.all_customers import AllCustomersPage
from ui.customers.tab import CustomersTab
from ui.shared import background
from ui.shared.session import Session
from ui.shared.tables import PAGE


@pytest.fixture
def tab(office: Session, qtbot: QtBot) -> CustomersTab:
    """The tab with its page of all customers shown and read."""
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.resize(1200, 720)
    tab.show()
    tab.show_page("all")
    qtbot.waitUntil(lambda: not background.running)
    return tab


@pytest.fixture
def page(tab: CustomersTab) -> AllCustomersPage:
    """The page of all customers."""
    page = tab.show_page("all")
    assert isinstance(page, AllCustomersPage)
    return page


def names(page: AllCustomersPage) -> list[str]:
    return [customer.name for customer in page.table.records.rows]


def select(page: AllCustomersPage, *wanted: str) -> None:
    chosen = {customer.id for customer in page.table.records.rows if customer.name in wanted}
    page.table.clearSelection()
    from ui.customers.listing import choose

    choose(page.table, chosen, min(chosen))


def test_the_newest_stand_first_and_are_counted(page: AllCustomersPage) -> None:
    assert names(page) == ["Fang E", "Du Di", "Gu Ci", "Bai Bo", "Chen Ai"]
    assert page.count.text() == "5 customers"


def test_the_list_keeps_qts_rules(page: AllCustomersPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.table.records, force_py=True)


def test_typing_finds_by_phone_and_name_and_escape_shows_all(
    page: AllCustomersPage, qtbot: QtBot
) -> None:
    qtbot.keyClicks(page.search, "1103")
    qtbot.waitUntil(lambda: names(page) == ["Chen Ai"])
    qtbot.waitUntil(lambda: page.count.text() == "1 customer")
    page.search.setText("bai")
    qtbot.waitUntil(lambda: names(page) == ["Bai Bo"])
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(names(page)) == 5)


def test_down_goes_from_the_search_into_what_was_found(
    tab: CustomersTab, page: AllCustomersPage, qtbot: QtBot
) -> None:
    page.search.setText("bai")
    qtbot.waitUntil(lambda: names(page) == ["Bai Bo"])
    page.begin_search()
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    current = page.table.current()
    assert current is not None
    assert current.name == "Bai Bo"
    qtbot.waitUntil(lambda: tab.panel.name.text() == "Bai Bo")


def test_what_finds_nothing_offers_all_again(page: AllCustomersPage, qtbot: QtBot) -> None:
    page.search.setText("nobody of that name")
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 2)
    page.show_all()
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 0)
    assert len(names(page)) == 5


def test_filters_leave_only_what_they_say(page: AllCustomersPage, qtbot: QtBot) -> None:
    page.grade.set_value("A")
    qtbot.waitUntil(lambda: sorted(names(page)) == ["Chen Ai", "Du Di"])
    page.overdue.setChecked(True)
    page.owner.set_value(page.session.person_id)
    qtbot.waitUntil(lambda: names(page) == ["Chen Ai"])
    assert not page.clear_button.isHidden()
    page.show_all()
    page.owner.set_value(0)
    qtbot.waitUntil(lambda: names(page) == ["Fang E"])


def test_another_order_is_read_for_the_whole_list(page: AllCustomersPage, qtbot: QtBot) -> None:
    page.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: names(page) == ["Bai Bo", "Chen Ai", "Du Di", "Fang E", "Gu Ci"])
    page.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: names(page)[-1] == "Fang E")


def test_a_long_list_is_read_on_as_it_is_scrolled_each_customer_once(
    office: Session, page: AllCustomersPage, qtbot: QtBot
) -> None:
    more = 2 * PAGE + 30
    with office.changing("Import") as change:
        for number in range(more):
            customers.add(change, name=f"N{number:04}", registered_on=date(2026, 1, 1))
    qtbot.waitUntil(lambda: page.count.text() == f"{more + 5} customers")
    model = page.table.records
    # The count and the first page are read side by side: either may come first.
    qtbot.waitUntil(lambda: model.rowCount() == PAGE)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert len({customer.id for customer in model.rows}) == model.rowCount() == more + 5


def test_many_get_a_grade_by_one_undo_and_stay_selected(
    page: AllCustomersPage, office: Session, named: Named, qtbot: QtBot
) -> None:
    select(page, "Gu Ci", "Fang E")
    assert page.chosen_count.text() == "2 chosen"
    menu = page.grade_button.menu()
    assert menu is not None
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: not background.running)
    assert [named(name).grade for name in ("Gu Ci", "Fang E")] == ["A", "A"]
    assert sorted(customer.name for customer in page.table.chosen()) == ["Fang E", "Gu Ci"]
    assert office.workspace.undo() == "Grade 2 customers: A"
    assert [named(name).grade for name in ("Gu Ci", "Fang E")] == ["C", ""]


def test_a_thousand_are_handed_over_in_the_background_by_one_undo(
    page: AllCustomersPage, office: Session, tab: CustomersTab, qtbot: QtBot
) -> None:
    with office.changing("Import") as change:
        for number in range(1000):
            customers.add(change, name=f"N{number:04}", registered_on=date(2026, 1, 1))
    li = office.read(people.person_named, "Li Si")
    ids = office.read(customers.matching_ids, customers.CustomerFilter(no_owner=True))
    tab.desk.hand_over(ids, li.id)
    of_li = customers.CustomerFilter(owner_id=li.id)
    qtbot.waitUntil(lambda: office.read(customers.count, of_li) == 1002, timeout=20_000)
    qtbot.waitUntil(lambda: not background.running)
    assert office.workspace.undo() == "Hand over 1001 customers to Li Si"
    assert office.read(customers.count, of_li) == 1


def test_buttons_for_one_customer_rest_while_several_are_chosen(page: AllCustomersPage) -> None:
    assert not page.log_button.isEnabled()
    select(page, "Gu Ci")
    assert page.log_button.isEnabled()
    select(page, "Gu Ci", "Fang E")
    assert not page.log_button.isEnabled()
    assert page.hand_button.isEnabled()


def test_only_the_chosen_customers_go_to_excel(
    page: AllCustomersPage, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    path = tmp_path / "chosen"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(export, "say", lambda _parent, text: told.append(text))
    select(page, "Gu Ci", "Fang E")
    page.export_button.click()
    qtbot.waitUntil(lambda: bool(told))
    book = load_workbook(path.with_name("chosen.xlsx"))
    written = [row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert sorted(map(str, written)) == ["Fang E", "Gu Ci"]
    assert "2 customers" in told[0]


def test_a_hidden_page_reads_what_changed_when_it_comes_up_again(
    tab: CustomersTab, page: AllCustomersPage, office: Session, qtbot: QtBot
) -> None:
    tab.show_page("today")
    with office.changing("New customer") as change:
        customers.add(change, name="Hao Xin", registered_on=date(2026, 11, 24))
    assert "Hao Xin" not in names(page)
    tab.show_page("all")
    qtbot.waitUntil(lambda: "Hao Xin" in names(page))


def test_a_managers_click_on_neglect_shows_those_customers(
    tab: CustomersTab, page: AllCustomersPage, office: Session, qtbot: QtBot
) -> None:
    li = office.read(people.person_named, "Li Si")
    tab.show_page("today")
    tab.show_overdue(li.id)
    assert tab.pages.code == "all"
    qtbot.waitUntil(lambda: names(page) == ["Du Di"])

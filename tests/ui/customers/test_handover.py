"""Leave and hand-over: covered leaves, and customers whom nobody looks after."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.customers.customers import CustomerFilter, count
from salesdesk.customers.leave import KIND, add_leave
from salesdesk.office import people
from tests.ui.customers.conftest import Named
from ui.customers.hand_over_form import HandOverForm
from ui.customers.handover import HandoverPage
from ui.customers.leave_form import BackForm
from ui.customers.tab import CustomersTab
from ui.shared import background
from ui.shared.record_form import RecordForm
from ui.shared.session import Session

ACCEPTED = QDialog.DialogCode.Accepted


@pytest.fixture
def tab(office: Session, qtbot: QtBot) -> CustomersTab:
    """The tab with the page shown and read."""
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.resize(1200, 720)
    tab.show()
    tab.show_page("handover")
    qtbot.waitUntil(lambda: not background.running)
    return tab


@pytest.fixture
def page(tab: CustomersTab) -> HandoverPage:
    """The page."""
    page = tab.show_page("handover")
    assert isinstance(page, HandoverPage)
    return page


def names(page: HandoverPage) -> list[str]:
    return [customer.name for customer in page.table.records.rows]


def work_as_manager(office: Session) -> None:
    """A salesperson enters their own leave only."""
    manager = office.read(people.person_named, "Wang Min")
    office.work_as(manager.id, manager.name)


def leave_form(office: Session, qtbot: QtBot, person_id: int, last: date) -> RecordForm:
    """The form of a leave from today on, covered by who works here."""
    form = RecordForm(office, KIND, None, None)
    qtbot.addWidget(form)
    form.fields["person_id"].set_value(person_id)
    form.fields["cover_id"].set_value(office.person_id)
    form.fields["end_day"].set_value(last)
    return form


def test_a_leave_is_entered_by_its_last_day_and_ends_when_they_are_back(
    page: HandoverPage, office: Session, qtbot: QtBot
) -> None:
    li = office.read(people.person_named, "Li Si")
    work_as_manager(office)
    form = leave_form(office, qtbot, li.id, date(2026, 11, 27))
    form.accept()
    assert form.result() == ACCEPTED
    assert office.read(people.covers, date(2026, 11, 27)) == {li.id: office.person_id}
    assert office.read(people.covers, date(2026, 11, 28)) == {}
    leave = page.leaves.records.rows[0]
    assert page.leaves.records.data(page.leaves.records.index(0, 2)) == "2026-11-27"
    back = BackForm(office, leave, None)
    qtbot.addWidget(back)
    back.back.set_value(date(2026, 11, 26))
    back.accept()
    assert office.read(people.covers, date(2026, 11, 26)) == {}
    assert office.workspace.undo() == "Li Si is back"


def test_nobody_covers_for_themselves(office: Session, qtbot: QtBot) -> None:
    form = leave_form(office, qtbot, office.person_id or 0, date(2026, 11, 27))
    form.accept()
    assert form.result() != ACCEPTED
    assert form.error.text()


def test_past_leaves_show_when_wished(page: HandoverPage, office: Session) -> None:
    li = office.read(people.person_named, "Li Si")
    work_as_manager(office)
    with office.changing("Leave") as change:
        add_leave(change, li.id, date(2026, 10, 1), date(2026, 10, 8))
    assert page.leaves.records.rowCount() == 0
    page.past.setChecked(True)
    assert page.leaves.records.rowCount() == 1


def test_customers_without_owner_of_who_left_and_long_quiet_are_found(
    page: HandoverPage, office: Session, qtbot: QtBot
) -> None:
    assert names(page) == ["Fang E"]
    li = office.read(people.person_named, "Li Si")
    work_as_manager(office)
    with office.changing("Leave the office") as change:
        people.edit_person(change, li.id, seen_version=li.version, left_on=date(2026, 11, 20))
    page.which.set_value("left")
    qtbot.waitUntil(lambda: names(page) == ["Du Di"])
    page.which.set_value("quiet")
    page.days.setValue(90)
    qtbot.waitUntil(lambda: names(page) == ["Fang E"])
    page.days.setValue(20)
    qtbot.waitUntil(lambda: sorted(names(page)) == ["Chen Ai", "Du Di", "Fang E"])


def test_customers_handed_over_leave_the_list_by_one_undo(
    tab: CustomersTab, page: HandoverPage, office: Session, named: Named, qtbot: QtBot
) -> None:
    li = office.read(people.person_named, "Li Si")
    tab.desk.hand_over([named("Fang E").id], li.id)
    qtbot.waitUntil(lambda: names(page) == [])
    assert office.read(count, CustomerFilter(owner_id=li.id)) == 2
    assert office.workspace.undo() == "Hand over Fang E to Li Si"
    qtbot.waitUntil(lambda: names(page) == ["Fang E"])


def test_the_form_offers_only_people_who_work_here(office: Session, qtbot: QtBot) -> None:
    li = office.read(people.person_named, "Li Si")
    work_as_manager(office)
    with office.changing("Leave the office") as change:
        people.edit_person(change, li.id, seen_version=li.version, left_on=date(2026, 11, 20))
    form = HandOverForm(office, 3, "", None)
    qtbot.addWidget(form)
    offered = [form.owner.itemText(place) for place in range(form.owner.count())]
    assert not any("Li Si" in name for name in offered)
    assert any("Zhang San" in name for name in offered)


def test_the_lists_keep_qts_rules(page: HandoverPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.table.records, force_py=True)

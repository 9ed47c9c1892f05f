"""A salesperson at the window: others' customers are grey, a call in vain leaves them due."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from salesdesk.customers import activities
from salesdesk.customers.customers import CustomerFilter, find
from ui.customers.all_customers import AllCustomersPage
from ui.customers.contact_form import ContactForm
from ui.customers.customer_form import CustomerForm
from ui.customers.desk import Desk
from ui.customers.panel import CustomerPanel
from ui.shared.session import Session


@pytest.fixture
def page(own_office: Session, qtbot: QtBot) -> AllCustomersPage:
    all_customers_page = AllCustomersPage(own_office, Desk(own_office, None))  # type: ignore[arg-type]
    qtbot.addWidget(all_customers_page)
    all_customers_page.show()
    all_customers_page.show_filter(CustomerFilter())
    qtbot.waitUntil(lambda: all_customers_page.table.records.rowCount() == 5)
    return all_customers_page


def _stand_on(page: AllCustomersPage, name: str) -> None:
    names = [listed.name for listed in page.table.records.rows]
    page.table.selectRow(names.index(name))


def test_buttons_are_grey_for_others_customers_and_say_why(page: AllCustomersPage) -> None:
    buttons = (page.edit_button, page.log_button, page.grade_button)
    _stand_on(page, "Chen Ai")
    assert all(button.isEnabled() for button in buttons)
    _stand_on(page, "Du Di")
    assert not any(button.isEnabled() for button in buttons)
    assert "only for your own" in page.edit_button.toolTip()
    _stand_on(page, "Fang E")  # nobody's
    assert page.log_button.isEnabled()
    assert not page.edit_button.isEnabled()
    assert not page.hand_button.isEnabled()
    assert page.new_button.isEnabled()


def test_the_panel_is_grey_for_others_customers(own_office: Session, qtbot: QtBot) -> None:
    panel = CustomerPanel(own_office, Desk(own_office, None))  # type: ignore[arg-type]
    qtbot.addWidget(panel)
    panel.show()
    for name, mine in (("Bai Bo", True), ("Du Di", False)):
        panel.show_customer(own_office.read(find, name)[0].id)
        assert panel.name.text() == name
        assert panel.grade.isEnabled() == panel.edit_button.isEnabled() == mine


def test_a_salesperson_s_new_customer_is_their_own(own_office: Session, qtbot: QtBot) -> None:
    form = CustomerForm(own_office, None, None)
    qtbot.addWidget(form)
    assert not form.owner.isEnabled()
    assert form.owner.value() == own_office.person_id


def test_a_call_in_vain_is_said_by_one_key_and_leaves_the_customer_due(
    own_office: Session, qtbot: QtBot
) -> None:
    due = own_office.read(find, "Chen Ai")[0]
    form = ContactForm(own_office, due, None)
    qtbot.addWidget(form)
    form.show()
    qtbot.waitUntil(form.isActiveWindow)
    assert form.next.isVisible()
    qtbot.keyClick(form.words, Qt.Key.Key_F8)
    qtbot.waitUntil(form.unanswered.isChecked)
    assert not form.next.isVisible()
    assert "as due as before" in form.rule.text()
    form.kind.set_value("walk_in")
    assert not form.unanswered.isVisible()
    assert form.next.isVisible()
    form.kind.set_value("call")
    form.accept()
    assert form.result() == QDialog.DialogCode.Accepted
    assert own_office.read(find, "Chen Ai")[0].next_contact_on == due.next_contact_on
    latest = own_office.read(activities.timeline, due.id)[0]
    assert (latest.kind, latest.answered) == ("call", False)

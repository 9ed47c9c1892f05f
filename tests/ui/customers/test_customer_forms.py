"""Entering customers and contacts: proposals, warnings of duplicates, refusals that keep words."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from salesdesk.customers import activities, customers
from salesdesk.customers.customers import CustomerFilter
from tests.ui.customers.conftest import Named
from ui.customers.contact_form import ContactForm
from ui.customers.customer_form import CustomerForm
from ui.shared import background
from ui.shared.session import Session

ACCEPTED = QDialog.DialogCode.Accepted


def contact(office: Session, named: Named, qtbot: QtBot, name: str) -> ContactForm:
    form = ContactForm(office, named(name), None)
    qtbot.addWidget(form)
    form.show()
    return form


def test_the_next_contact_is_proposed_by_the_grade(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = contact(office, named, qtbot, "Bai Bo")
    assert form.next.value() == date(2026, 12, 9)  # 15 days after the 24th
    form.grade.set_value("A")
    assert form.next.value() == date(2026, 12, 1)
    form.day.set_value(date(2026, 11, 20))
    assert form.next.value() == date(2026, 11, 27)


def test_a_chosen_next_contact_stays_when_the_grade_changes(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = contact(office, named, qtbot, "Bai Bo")
    form.next.set_value(date(2026, 11, 26))
    form.grade.set_value("A")
    assert form.next.value() == date(2026, 11, 26)
    form.accept()
    assert named("Bai Bo").next_contact_on == date(2026, 11, 26)


def test_a_new_grade_is_written_with_the_contact_by_one_undo(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = contact(office, named, qtbot, "Bai Bo")
    form.kind.set_value("visit")
    form.words.setPlainText("Saw the show flat")
    form.grade.set_value("A")
    form.accept()
    assert form.result() == ACCEPTED
    bai = named("Bai Bo")
    assert (bai.grade, bai.last_words) == ("A", "Saw the show flat")
    latest = office.read(activities.timeline, bai.id)[0]
    assert (latest.kind, latest.person_id) == ("visit", office.person_id)
    assert office.workspace.undo() == "Grade Bai Bo: A; Log: Visit with Bai Bo"
    assert named("Bai Bo").grade == "B"
    assert office.read(activities.timeline, bai.id) == []


def test_a_next_contact_before_the_contact_is_refused_and_the_words_stay(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = contact(office, named, qtbot, "Bai Bo")
    form.words.setPlainText("A long talk")
    form.next.set_value(date(2026, 11, 1))
    form.accept()
    assert form.result() != ACCEPTED
    assert form.error.isVisible()
    assert form.words.value() == "A long talk"


def test_only_a_gift_asks_for_its_cost(office: Session, named: Named, qtbot: QtBot) -> None:
    form = contact(office, named, qtbot, "Bai Bo")
    assert not form.cost.isVisible()
    form.kind.set_value("gift")
    assert form.cost.isVisible()
    form.cost.setText("88.5")
    form.accept()
    assert office.read(activities.timeline, named("Bai Bo").id)[0].cost == 8_850


def test_the_customer_is_found_by_typing_and_taken_by_enter(office: Session, qtbot: QtBot) -> None:
    form = ContactForm(office, None, None)
    qtbot.addWidget(form)
    form.show()
    assert not form.next.isVisible()
    qtbot.keyClicks(form.customer.search, "chen")
    qtbot.waitUntil(lambda: form.customer.list.count() == 1)
    qtbot.keyClick(form.customer.search, Qt.Key.Key_Return)
    chosen = form.customer.value()
    assert chosen is not None
    assert chosen.name == "Chen Ai"
    assert form.next.value() == date(2026, 12, 1)


def test_enter_on_a_customer_found_takes_it_and_saves_nothing(
    office: Session, qtbot: QtBot
) -> None:
    form = ContactForm(office, None, None)
    qtbot.addWidget(form)
    form.show()
    qtbot.keyClicks(form.customer.search, "chen")
    qtbot.waitUntil(lambda: form.customer.list.count() == 1)
    qtbot.keyClick(form.customer.search, Qt.Key.Key_Down)
    qtbot.keyClick(form.customer.list, Qt.Key.Key_Return)
    assert form.isVisible()
    assert form.customer.value() is not None
    assert form.focusWidget() is form.words  # a call, answered, now: only the words are missing


def test_a_half_typed_customer_is_not_dropped_silently(office: Session, qtbot: QtBot) -> None:
    form = ContactForm(office, None, None)
    qtbot.addWidget(form)
    form.customer.search.setText("chen")
    form.accept()
    assert form.result() != ACCEPTED


def test_a_call_to_nobody_known_counts_all_the_same(office: Session, qtbot: QtBot) -> None:
    form = ContactForm(office, None, None)
    qtbot.addWidget(form)
    form.words.setPlainText("Wrong number")
    form.accept()
    assert form.result() == ACCEPTED
    assert office.workspace.undo() == "Log: Call"


def test_a_new_customer_belongs_to_who_enters_them(office: Session, qtbot: QtBot) -> None:
    form = CustomerForm(office, None, None)
    qtbot.addWidget(form)
    form.name.setText("Hao Xin")
    form.phones.setText("139 0000 1111")
    form.grade.set_value("A")
    form.source.setEditText("Web")
    form.accept()
    assert form.result() == ACCEPTED
    assert form.saved_id is not None
    customer = office.read(customers.customer_by_id, form.saved_id)
    assert (customer.owner_id, customer.source, customer.next_contact_on) == (
        office.person_id, "Web", date(2026, 12, 1),
    )  # fmt: skip


def test_a_known_phone_is_warned_of_while_typing(office: Session, qtbot: QtBot) -> None:
    form = CustomerForm(office, None, None)
    qtbot.addWidget(form)
    form.show()
    form.name.setText("Chen's wife")
    assert not form.warning.isVisible()
    form.phones.setText("13800001103")
    qtbot.waitUntil(form.warning.isVisible)
    form.phones.setText("13911112222")
    qtbot.waitUntil(lambda: not form.warning.isVisible())


def test_a_duplicate_not_seen_stops_once_and_then_is_entered(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = CustomerForm(office, None, None)
    qtbot.addWidget(form)
    form.name.setText("Chen Ai")
    form.accept()
    assert form.result() != ACCEPTED
    form.accept()
    assert form.result() == ACCEPTED
    assert office.read(customers.count, CustomerFilter(text="chen ai")) == 2


def test_show_leads_to_the_customer_known_already(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = CustomerForm(office, None, None)
    qtbot.addWidget(form)
    form.warning.wanted.emit(named("Chen Ai").id)
    assert form.result() != ACCEPTED
    assert form.known_id == named("Chen Ai").id


def test_a_customer_edited_by_somebody_else_is_not_overwritten(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = CustomerForm(office, named("Bai Bo"), None)
    qtbot.addWidget(form)
    with office.changing("Edit") as change:
        customers.edit(change, named("Bai Bo").id, needs="A shop")
    form.needs.setPlainText("A villa")
    form.accept()
    assert form.result() != ACCEPTED
    assert named("Bai Bo").needs == "A shop"
    assert form.needs.value() == "A villa"


def test_a_form_closed_while_it_looks_for_duplicates_hears_no_more_of_them(
    office: Session, qtbot: QtBot
) -> None:
    form = CustomerForm(office, None, None)
    form.name.setText("Chen Ai")
    form._look()
    form.reject()
    form.deleteLater()
    with qtbot.waitSignal(form.destroyed):
        pass
    qtbot.waitUntil(lambda: not background.running)


@pytest.mark.parametrize("name", ["", "   "])
def test_a_customer_without_a_name_is_refused(office: Session, qtbot: QtBot, name: str) -> None:
    form = CustomerForm(office, None, None)
    qtbot.addWidget(form)
    form.name.setText(name)
    form.accept()
    assert "name" in form.error.text()

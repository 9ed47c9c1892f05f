"""Each form by keyboard alone: typing days, saving, and leaving without losing words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.customers import customers
from salesdesk.errors import InputError
from salesdesk.planning.record_kinds import KINDS
from salesdesk.records.kinds import Kind
from tests.ui.conftest import TODAY
from ui.customers.contact_form import ContactForm
from ui.customers.customer_form import CustomerForm
from ui.customers.deal_form import DealForm
from ui.planning.new_plan import NewPlanDialog
from ui.shared.day_field import DayField
from ui.shared.forms import FormDialog
from ui.shared.record_form import RecordForm
from ui.shared.session import Session

_DAYS = {
    "2025-3-1": date(2025, 3, 1),
    "20250301": date(2025, 3, 1),
    "3/1": (3, 1),
    "3月1日": (3, 1),
    "明天": date(2026, 11, 25),
}


def _customer(session: Session) -> customers.Customer:
    with session.workspace.unrecorded() as change:
        customer_id = customers.add(change, name="Chen", owner_id=2, registered_on=TODAY)
    return session.read(customers.customer_by_id, customer_id)


def _record_form(kind: Kind, session: Session) -> FormDialog:
    return RecordForm(session, kind, None, None)


_FORMS: dict[str, Callable[[Session], FormDialog]] = {
    "customer": lambda session: CustomerForm(session, None, None),
    "contact": lambda session: ContactForm(session, _customer(session), None),
    "deal": lambda session: DealForm(session, None, _customer(session), None),
    "plan": lambda session: NewPlanDialog(session, None),
    **{kind.code: partial(_record_form, kind) for kind in KINDS},
}


@pytest.fixture(params=_FORMS)
def form(request: pytest.FixtureRequest, session: Session, qtbot: QtBot) -> FormDialog:
    """Each form, shown, with somebody working in it who may everything."""
    shown = _FORMS[request.param](session)
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    return shown


def _typed_in(form: FormDialog) -> list[QWidget]:
    """The fields of a form that hold typed text or a choice, as they come."""
    return [
        field
        for field in form.findChildren(QWidget)
        if isinstance(field, QLineEdit | QPlainTextEdit | QComboBox)
        and field.isVisibleTo(form)
        and field.isEnabled()
        and not isinstance(field.parentWidget(), QComboBox)
    ]


def test_days_are_understood_as_they_are_typed(form: FormDialog, qtbot: QtBot) -> None:
    for field in form.findChildren(DayField):
        if not field.isVisibleTo(form):
            continue
        for words, expected in _DAYS.items():
            field.edit.clear()
            field.edit.insert(words)  # as an input method does
            day = field.understood()
            assert day is not None, (field.accessibleName(), words)
            if isinstance(expected, date):
                assert day == expected, (field.accessibleName(), words)
            else:
                assert (day.month, day.day) == expected, (field.accessibleName(), words)
                assert abs((day - TODAY).days) < 366


def test_ctrl_enter_saves_from_every_field(
    form: FormDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []

    def save() -> None:
        saved.append(form.focusWidget())
        raise InputError("Not yet.")  # the form stays for the next field

    monkeypatch.setattr(form, "save", save)
    fields = _typed_in(form)
    for field in fields:
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(saved) == len(fields) > 0


def test_escape_asks_before_words_are_thrown_away(form: FormDialog, qtbot: QtBot) -> None:
    field = next(
        field for field in _typed_in(form) if isinstance(field, QPlainTextEdit | QLineEdit)
    )
    field.setFocus()
    QTest.keyClicks(field, "words")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert form.isVisible()
    assert "aren't saved" in form.error.text()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_enter_in_words_begins_a_line_and_saves_nothing(
    form: FormDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[bool] = []
    monkeypatch.setattr(form, "save", lambda: saved.append(True))
    for field in _typed_in(form):
        if isinstance(field, QPlainTextEdit):
            field.setFocus()
            lines = field.document().blockCount()
            qtbot.keyClick(field, Qt.Key.Key_Return)
            assert field.document().blockCount() == lines + 1
    assert saved == []


def test_enter_on_a_customer_found_takes_them_and_saves_nothing(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = _customer(session)
    form = DealForm(session, None, None, None)
    qtbot.addWidget(form)
    form.show()
    saved: list[bool] = []
    monkeypatch.setattr(form, "save", lambda: saved.append(True))
    search = form.customer.search
    search.setFocus()
    QTest.keyClicks(search, "Che")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.customer.list.count() == 1, timeout=20_000)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    taken = form.customer.value()
    assert taken is not None
    assert taken.id == customer.id
    assert saved == []
    assert form.isVisible()

"""Every form of the window takes hostile texts in every field: kept, or refused in a sentence."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.customers import customers
from salesdesk.office.calendar import SpecialDay
from salesdesk.planning.record_kinds import KINDS
from ui.customers.contact_form import ContactForm
from ui.customers.customer_form import CustomerForm
from ui.customers.deal_form import DealForm
from ui.office.calendar import DayForm
from ui.office.measure_form import MeasureForm
from ui.office.people import PersonForm, TeamForm
from ui.office.rules import RulesDialog
from ui.planning.new_plan import NewPlanDialog
from ui.shared.forms import FormDialog
from ui.shared.record_form import RecordForm
from ui.shared.session import Session

HOSTILE = {
    "surrogate": "张\ud83d三", "nul": "a\0b", "escape": "\x1b[2J", "turned": "txt.\u202eexe",
    "marks": "a" + "\u0301" * 40, "lines": "first\nsecond\r\nthird\u2028fourth",
    "long": "长" * 100_000, "spaces": " \u3000 ", "format": "{name} %s {0} %(x)s",
}  # fmt: skip
FORMS: dict[str, Callable[[Session], FormDialog]] = {
    "customer": lambda session: CustomerForm(session, None, None),
    "contact": lambda session: ContactForm(session, session.read(customers.find, "Chen")[0], None),
    "deal": lambda session: DealForm(session, None, session.read(customers.find, "Chen")[0], None),
    "person": lambda session: PersonForm(session, None, None),
    "team": lambda session: TeamForm(session, None, None),
    "measure": lambda session: MeasureForm(session, None, None),
    "day": lambda session: DayForm(session, SpecialDay(session.today, True, "", False), None),
    "rules": lambda session: RulesDialog(session, None),
    "plan": lambda session: NewPlanDialog(session, None),
    **{
        kind.code: lambda session, kind=kind: RecordForm(session, kind, None, None)  # type: ignore[misc]
        for kind in KINDS
    },
}


def _texts(form: FormDialog) -> list[QWidget]:
    """The fields of a form that a person types text into."""
    lines = [field for field in form.findChildren(QLineEdit) if not field.isReadOnly()]
    combos = [field for field in form.findChildren(QComboBox) if field.isEditable()]
    return [*lines, *combos, *form.findChildren(QPlainTextEdit)]


def _type(field: QWidget, words: str) -> None:
    if isinstance(field, QPlainTextEdit):
        field.setPlainText(words)
    elif isinstance(field, QComboBox):
        field.setEditText(words)
    elif isinstance(field, QLineEdit):
        field.setText(words)


@pytest.mark.parametrize("each", [3, pytest.param(len(HOSTILE), marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", FORMS)
def test_every_field_of_a_form_takes_hostile_texts(
    name: str, each: int, session: Session, qtbot: QtBot
) -> None:
    chance = random.Random(f"hostile texts of {name}")
    with session.workspace.unrecorded() as change:
        customers.add(change, name="Chen Ai")
    fields = len(_texts(FORMS[name](session)))
    assert fields or name in ("leave",)
    for place in range(fields):
        for words in chance.sample(sorted(HOSTILE.values()), each):
            form = FORMS[name](session)
            qtbot.addWidget(form)
            with qtbot.captureExceptions() as raised:
                _type(_texts(form)[place], words)
                form.accept()
            assert raised == []
            told = form.error.text()
            assert len(told) < 500
            assert told.replace("\n", "").isprintable()

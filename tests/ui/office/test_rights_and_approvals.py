"""Rights, approvals and PINs in the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import containing, previous
from salesdesk.office import approvals, months, pins, rights
from ui.office.approvals import ApprovalsDialog, DecisionForm
from ui.office.people import PeopleDialog
from ui.office.pin import PinDialog, PinForm
from ui.office.rights import RightForm, RightsDialog
from ui.office.rules import RulesDialog
from ui.shared.session import Session

MANAGER, ZHANG = 1, 2
ACCEPTED = QDialog.DialogCode.Accepted


@pytest.fixture
def rule() -> Iterator[None]:
    """A rule of the test's own."""
    approvals.declare(
        "test", approvals.Rule("A test", "plans.approve", lambda _db, number: f"Thing {number}")
    )
    yield
    approvals._rules.pop("test")


def _buttons(dialog: QDialog) -> dict[str, bool]:
    return {button.text(): button.isEnabled() for button in dialog.findChildren(QPushButton)}


def test_a_right_is_adjusted_by_who_may(qtbot: QtBot, session: Session) -> None:
    dialog = RightsDialog(session, None)
    qtbot.addWidget(dialog)
    assert dialog.records.table.pick(lambda line: line.code == "deals.edit")
    line = dialog.records.table.current()
    assert line is not None
    form = RightForm(session, line, dialog)
    form.choices["salesperson"].set_value("team")
    assert "manager" not in form.choices
    assert "reader" not in form.choices
    form.accept()
    assert form.result() == ACCEPTED
    assert session.read(rights.table)["deals.edit"]["salesperson"] == "team"
    assert dialog.records.table.pick(lambda line: "salesperson" in line.adjusted)
    session.work_as(ZHANG, "Zhang San")
    assert not _buttons(dialog)["Edit…"]


def test_people_are_grey_for_a_salesperson(qtbot: QtBot, session: Session) -> None:
    session.work_as(ZHANG, "Zhang San")
    dialog = PeopleDialog(session, None)
    qtbot.addWidget(dialog)
    dialog.people.table.pick(lambda worker: worker.id == ZHANG)
    shown = _buttons(dialog)
    assert not any(enabled for name, enabled in shown.items() if name != "Close")
    session.work_as(MANAGER, "Wang Min")
    assert _buttons(dialog)["New person…"]
    assert _buttons(dialog)["Edit…"]


@pytest.mark.usefixtures("rule")
def test_a_request_is_granted_with_words(qtbot: QtBot, session: Session) -> None:
    session.work_as(ZHANG, "Zhang San")
    with session.changing("Ask") as change:
        approvals.ask(change, "thing", 7, "test", words="Please")
    dialog = ApprovalsDialog(session, None)
    qtbot.addWidget(dialog)
    assert dialog.records.table.records.rows == []
    dialog.decided.setChecked(True)
    assert [row.words for row in dialog.records.table.records.rows] == ["Please"]
    session.work_as(MANAGER, "Wang Min")
    dialog.decided.setChecked(False)
    [request] = dialog.records.table.records.rows
    form = DecisionForm(session, request, "Thing 7", dialog, approve=False)
    form.accept()
    assert "why" in form.error.text()
    form.answer.setPlainText("Too early")
    form.accept()
    assert form.result() == ACCEPTED
    assert dialog.records.table.records.rows == []
    [refused] = session.read(approvals.of, "thing", 7)
    assert (refused.state, refused.answer) == ("refused", "Too early")


def test_a_pin_is_set_asked_for_and_cleared_by_the_manager(qtbot: QtBot, session: Session) -> None:
    session.work_as(ZHANG, "Zhang San")
    form = PinForm(session, None)
    qtbot.addWidget(form)
    form.new.setText("4711")
    form.accept()
    assert "differ" in form.error.text()
    form.again.setText("4711")
    form.accept()
    assert form.result() == ACCEPTED
    dialog = PinDialog(session.workspace, ZHANG, "Zhang San", None)
    qtbot.addWidget(dialog)
    for pin, words in (("", "missing"), ("0000", "isn't the PIN of Zhang San")):
        dialog.pin.setText(pin)
        dialog.accept()
        assert words in dialog.error.text()
        assert dialog.result() != ACCEPTED
    dialog.pin.setText("4711")
    dialog.accept()
    assert dialog.result() == ACCEPTED
    session.work_as(MANAGER, "Wang Min")
    assert session.change(None, "Clear", pins.clear_pin, ZHANG)
    assert not session.read(pins.has_pin, ZHANG)


def test_months_are_closed_in_the_rules(qtbot: QtBot, session: Session) -> None:
    last = previous(containing(session.today, "month"))
    for wished, closed in ((last.month_key, last), (None, None)):
        dialog = RulesDialog(session, None)
        qtbot.addWidget(dialog)
        dialog.closed.set_value(wished)
        dialog.accept()
        assert dialog.result() == ACCEPTED, dialog.error.text()
        assert session.read(months.closed_through) == closed

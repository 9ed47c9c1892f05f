"""What a person may not do is grey and says why; whoever sits down next is judged anew."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from salesdesk.office import people, rights
from ui.shared.guarding import guard
from ui.shared.session import Session

MANAGER, ZHANG, LI = 1, 2, 3


def test_a_button_is_grey_with_a_reason_for_who_may_not(qtbot: QtBot, session: Session) -> None:
    button = QPushButton("Rules")
    qtbot.addWidget(button)
    button.setToolTip("The office's rules")
    held = guard(button, session, "rules.edit")
    assert button.isEnabled()
    session.work_as(ZHANG, "Zhang San")
    assert not button.isEnabled()
    assert "Change the office's rules" in button.toolTip()
    # What the page itself wishes doesn't go past the right, and comes true when the right does.
    button.setEnabled(True)
    assert not button.isEnabled()
    session.work_as(MANAGER, "Wang Min")
    assert (button.isEnabled(), button.toolTip()) == (True, "The office's rules")
    held.enable(False)
    assert not button.isEnabled()


def test_an_action_is_judged_by_whose_row_is_picked(qtbot: QtBot, session: Session) -> None:
    button = QPushButton("Edit")
    qtbot.addWidget(button)
    action = QAction("Edit", button)
    session.work_as(ZHANG, "Zhang San")
    held = guard(action, session, "customers.edit", person_id=LI)
    assert not action.isEnabled()
    held.concern(person_id=ZHANG)
    assert action.isEnabled()
    anything = guard(QAction("New", button), session, "customers.add", at_all=True)
    assert anything.allowed


def test_adjusted_rights_are_heard_of(qtbot: QtBot, session: Session) -> None:
    button = QPushButton("Products")
    qtbot.addWidget(button)
    guard(button, session, "products.edit")
    session.work_as(ZHANG, "Zhang San")
    assert not button.isEnabled()
    session.workspace.work_as(MANAGER, "Wang Min")
    with session.changing("Adjust") as change:
        rights.adjust(change, "products.edit", "salesperson", "office")
    session.work_as(ZHANG, "Zhang San")
    assert button.isEnabled()
    session.workspace.work_as(MANAGER, "Wang Min")
    with session.changing("Leave") as change:
        people.edit_person(change, ZHANG, seen_version=1, active=False)
    session.work_as(ZHANG, "Zhang San")
    assert not button.isEnabled()

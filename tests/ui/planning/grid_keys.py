"""The split grid under a test's hands: where the cursor goes, what is typed, what is stored."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures
from salesdesk.planning import targets
from salesdesk.planning.places import Place, Who
from tests.sample import Sample
from ui.planning.split_dialog import SplitDialog
from ui.planning.targets_page import TargetsPage
from ui.shared.session import Session

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def go_to(page: TargetsPage, who: Who, period: str) -> None:
    """Put the cursor on a cell."""
    at = page.model.find(Place(who, parse(period)))
    assert at is not None
    page.table.go_to(*at)
    page.table.setFocus()


def select_block(page: TargetsPage, who: Who, period: str, tall: int, wide: int) -> None:
    """Select a block whose upper left corner is a cell."""
    go_to(page, who, period)
    corner = page.table.currentIndex()
    other = page.model.index(corner.row() + tall - 1, corner.column() + wide - 1)
    page.table.selectionModel().select(
        QItemSelection(corner, other), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )


def type_in(qtbot: QtBot, page: TargetsPage, text: str) -> QWidget:
    """Type into the cursor's cell, Chinese by input method; the editor, still open."""
    for sign in text:
        if sign.isascii():
            qtbot.keyClicks(QApplication.focusWidget(), sign)
        else:
            composed = QInputMethodEvent()
            composed.setCommitString(sign)
            focused = QApplication.focusWidget()
            assert focused is not None
            QApplication.sendEvent(focused, composed)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert page.table.isAncestorOf(editor)
    return editor


def type_and_enter(qtbot: QtBot, page: TargetsPage, text: str) -> None:
    """Type and press Enter; wait until the editor is gone."""
    editor = type_in(qtbot, page, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.table)


def stored_targets(
    session: Session, plan_id: int, tier: str = "assigned"
) -> Mapping[Place, targets.Target]:
    amount = session.read(measures.measure_with_code, "amount")
    return session.read(targets.values, plan_id, amount.id, tier)


def yuan_of(session: Session, sample: Sample, who: Who, *periods: str) -> list[int | None]:
    """The stored targets of someone in periods, in yuan."""
    found = stored_targets(session, sample.plan)
    cells = [found.get(Place(who, parse(period))) for period in periods]
    return [None if cell is None else cell.value // 100 for cell in cells]


def text_at(page: TargetsPage, who: Who, period: str) -> str:
    at = page.model.find(Place(who, parse(period)))
    assert at is not None
    return page.model.cell(*at).text


# -- what is shown ---------------------------------------------------------------------------------


def split_dialog(page: TargetsPage, qtbot: QtBot, who: Who, period: str) -> SplitDialog:
    go_to(page, who, period)
    form = page.split_form()
    assert form is not None
    qtbot.addWidget(form)
    return form

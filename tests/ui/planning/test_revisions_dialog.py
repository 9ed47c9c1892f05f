"""Revising in the window: the reason is asked for, and two revisions stand side by side."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import month
from salesdesk.office import measures
from salesdesk.planning import deciding, items, plans, revisions, targets
from salesdesk.planning.places import OFFICE, Place
from tests.sample import Sample
from tests.ui.planning.conftest import Settle
from ui.planning.revise_dialog import ReviseDialog
from ui.planning.revisions_dialog import RevisionsDialog
from ui.planning.tab import PlanningTab
from ui.planning.text_page import TextPage
from ui.shared.session import Session


@pytest.fixture
def approved(office: Session, sample: Sample) -> int:
    """A plan with a text, approved."""
    with office.changing("Write") as change:
        version = plans.plan_by_id(change.connection, sample.plan).version
        items.write_text(
            change, sample.plan, "# 目标\n  1. 每周8台\n  2. <b>团结</b>\n", seen_version=version
        )
        deciding.approve(change, sample.plan)
    return sample.plan


def _plan(office: Session, plan_id: int) -> plans.Plan:
    return office.read(plans.plan_by_id, plan_id)


def test_a_revision_asks_for_its_words_and_stays_until_it_has_them(
    qtbot: QtBot, office: Session, approved: int
) -> None:
    form = ReviseDialog(office, _plan(office, approved), None)
    qtbot.addWidget(form)
    form.show()
    form.accept()
    assert "Say why" in form.error.text()
    assert _plan(office, approved).status == "approved"
    form.reason.set_value("market")
    form.words.setPlainText("Prices fell")
    form.accept()
    assert (_plan(office, approved).status, _plan(office, approved).revision) == ("draft", 2)
    assert office.read(revisions.history, approved)[0].words == "Prices fell"


def test_the_page_asks_for_the_reason_before_it_takes_an_approved_plan_up_again(
    tab: PlanningTab,
    office: Session,
    approved: int,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[QDialog] = []
    monkeypatch.setattr(ReviseDialog, "exec", lambda form: asked.append(form))
    monkeypatch.setattr(RevisionsDialog, "exec", lambda form: asked.append(form))
    tab.select_plan(approved)
    page = tab.show_page("text")
    settle()
    assert isinstance(page, TextPage)
    assert page.step_buttons["draft"].text() == "Revise…"
    assert page.revisions_button.isHidden()
    page.ask_step("draft")
    assert [type(one) for one in asked] == [ReviseDialog]
    assert _plan(office, approved).status == "approved"
    with office.changing("Revise") as change:
        revisions.revise(change, approved, "order", "More")
    settle()
    assert not page.revisions_button.isHidden()
    page.show_revisions()
    assert [type(one) for one in asked] == [ReviseDialog, RevisionsDialog]


def test_two_revisions_stand_side_by_side_with_their_figures(
    qtbot: QtBot, office: Session, approved: int
) -> None:
    amount = office.read(measures.measure_with_code, "amount").id
    with office.changing("Revise") as change:
        revisions.revise(change, approved, "order", "More")
        version = plans.plan_by_id(change.connection, approved).version
        items.write_text(
            change, approved, "# 目标\n  1. 每周12台\n  2. <b>团结</b>\n", seen_version=version
        )
        targets.set_values(
            change, approved, amount, "assigned", {Place(OFFICE, month(2026, 12)): 77_00}
        )
    dialog = RevisionsDialog(office, _plan(office, approved), None)
    qtbot.addWidget(dialog)
    assert dialog.summary.text().startswith("1 line of the text differs; 1 target differs")
    assert "<b>团结</b>" in dialog.words.toPlainText()
    assert "changed" in dialog.words.toPlainText()
    assert "每周12台" in dialog.words.toPlainText()
    assert [one.after for one in dialog.figures.records.rows] == [77_00]
    dialog.after.set_value(1)
    assert dialog.summary.text() == "The two say the same."
    assert dialog.figures.records.rows == []

"""Comments in the window: written, settled and deleted by keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from salesdesk.planning import comments, items, plans
from tests.sample import Sample
from ui.planning.comments_dialog import CommentsDialog
from ui.shared.session import Session


def _dialog(qtbot: QtBot, office: Session, sample: Sample, line: int | None) -> CommentsDialog:
    with office.changing("Write") as change:
        version = plans.plan_by_id(change.connection, sample.plan).version
        items.write_text(change, sample.plan, "# 目标\n  1. 每周8台\n", seen_version=version)
    found = office.read(items.of_plan, sample.plan)
    dialog = CommentsDialog(
        office, office.read(plans.plan_by_id, sample.plan), None,
        item_id=None if line is None else found[line].id,
    )  # fmt: skip
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_a_comment_is_written_settled_and_deleted(
    qtbot: QtBot, office: Session, sample: Sample
) -> None:
    dialog = _dialog(qtbot, office, sample, 1)
    assert dialog.about.currentText() == "每周8台"
    qtbot.keyClicks(dialog.words, "Ten")
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert dialog.words.value() == ""
    (said,) = office.read(comments.of_plan, sample.plan)
    assert (said.words, said.item_id) == ("Ten", office.read(items.of_plan, sample.plan)[1].id)
    dialog.table.pick(lambda one: one.id == said.id)
    dialog.settle_button.click()
    assert office.read(comments.comment_by_id, said.id).settled
    assert dialog.settle_button.text() == "Open again"
    dialog.delete_button.click()
    assert office.read(comments.of_plan, sample.plan) == []


def test_an_empty_comment_is_refused_and_a_reader_only_reads(
    qtbot: QtBot, office: Session, sample: Sample
) -> None:
    dialog = _dialog(qtbot, office, sample, None)
    dialog.add()
    assert dialog.error.text() == "The comment says nothing."
    office.workspace.work_as(sample.li, "李四")
    other = CommentsDialog(office, office.read(plans.plan_by_id, sample.plan), None)
    qtbot.addWidget(other)
    assert not other.add_button.isEnabled()
    assert other.add_button.toolTip()

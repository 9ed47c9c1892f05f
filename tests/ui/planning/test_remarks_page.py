"""The month's review: what was missed comes first, and why is written beside it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.planning import deciding, remarks
from salesdesk.planning.places import OFFICE, person, team
from tests.sample import Sample
from tests.ui.planning.conftest import Settle
from ui.planning.remarks_page import RemarksPage
from ui.planning.tab import PlanningTab
from ui.shared.session import Session

OCTOBER = parse("2026-10")


@pytest.fixture
def page(tab: PlanningTab, sample: Sample, settle: Settle) -> RemarksPage:
    """The review of October in the sample's plan."""
    tab.select_plan(sample.plan)
    plan_page = tab.show_page("remarks")
    settle()
    assert isinstance(plan_page, RemarksPage)
    return plan_page


def test_last_month_comes_up_with_what_was_missed_first(page: RemarksPage, sample: Sample) -> None:
    assert page.month.value() == OCTOBER
    lines = page.table.records.rows
    assert [(line.name, line.target // 100, line.actual // 100) for line in lines] == [
        ("李四", 150_000, 50_000),
        ("Whole office", 400_000, 400_000),
        ("East", 400_000, 400_000),
        ("张三", 250_000, 350_000),
    ]
    assert [line.missed for line in lines] == [True, False, False, False]
    assert lines[1].who == OFFICE
    assert lines[2].who == team(1)
    assert page.summary.text() == "1 target below 100%, 1 of them without a reason"


def test_a_reason_is_typed_into_the_table_and_is_one_change(
    qtbot: QtBot, page: RemarksPage, office: Session, sample: Sample, settle: Settle
) -> None:
    page.table.setFocus()
    page.table.pick(lambda line: line.who == person(sample.li))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "A rival cut prices")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.records.rows[0].reason == "A rival cut prices")
    found = office.read(remarks.remarks, OCTOBER, plan_id=sample.plan)
    ((key, said),) = found.items()
    assert key[2] == person(sample.li)
    assert said == remarks.Remark("A rival cut prices", "")
    settle()
    assert page.table.currentIndex().row() == 0
    assert page.summary.text() == "1 target below 100%"
    assert office.workspace.undo() == "Review of 2026 销售计划: Sales amount, 2026-10, 李四"
    settle()
    assert page.table.records.rows[0].reason == ""


def test_the_countermeasure_is_kept_beside_the_reason(
    page: RemarksPage, office: Session, sample: Sample, settle: Settle
) -> None:
    for column, text in ((8, "Rain"), (9, "Umbrellas")):
        assert page.records.setData(page.records.index(0, column), text)
        settle()
    found = office.read(remarks.remarks, OCTOBER, plan_id=sample.plan)
    assert list(found.values()) == [remarks.Remark("Rain", "Umbrellas")]
    assert not page.records.setData(page.records.index(0, 2), "5")


def test_only_what_was_missed_can_be_shown(page: RemarksPage, sample: Sample) -> None:
    page.only_missed.setChecked(True)
    assert [line.who for line in page.table.records.rows] == [person(sample.li)]


def test_another_month_without_targets_says_what_the_page_is_for(
    page: RemarksPage, settle: Settle
) -> None:
    page.month.set_value(parse("2026-03"))
    settle()
    assert list(page.table.records.rows) == []
    assert not page.table.isVisible()


def test_the_reviews_model_is_sound(page: RemarksPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.records, force_py=True)


def test_a_closed_plans_review_is_only_read(
    page: RemarksPage, office: Session, sample: Sample, settle: Settle
) -> None:
    with office.changing("Close") as change:
        deciding.move(change, sample.plan, "approved")
        deciding.move(change, sample.plan, "closed")
    settle()
    assert not page.records.setData(page.records.index(0, 7), "late")

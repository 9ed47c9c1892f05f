"""A summary in the window: it comes up by itself, is written, explained, handed in and seen."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError
from salesdesk.office import measures
from salesdesk.planning import corrective, plans, summaries, targets
from salesdesk.planning.places import Place, person
from tests.sample import Sample
from tests.ui.planning.conftest import Printed, Settle
from ui.planning.summary_dialogs import (
    ActionDialog,
    AskDialog,
    CommentDialog,
    DropDialog,
    ExplainDialog,
    MoveDialog,
    SummariesDialog,
)
from ui.planning.summary_page import At, SummaryPage
from ui.planning.tab import PlanningTab
from ui.shared.session import Session

OCTOBER = parse("2026-10")


@pytest.fixture
def plan_id(office: Session, sample: Sample) -> int:
    """张三's year, which asks for a summary each month; ten visits were the target of October."""
    who = person(sample.zhang)
    with office.workspace.change("Plan") as change:
        made = plans.new_plan(change, title="张三的一年", period=parse("2026"), who=who)
        summaries.ask(change, made, ["month"], seen_version=1)
        visits = measures.measure_with_code(change.connection, "visits")
        targets.set_values(change, made, visits.id, "assigned", {Place(who, OCTOBER): 10})
        review_id = summaries.begin(change, who, "month", date(2026, 9, 1))
        summaries.write(change, review_id, seen_version=1, done="九月")
        for words, day in (("打电话", date(2026, 10, 8)), ("学报价", date(2026, 10, 9)),
                           ("约学校", date(2026, 10, 10))):  # fmt: skip
            corrective.add(change, review_id, words=words, person_id=sample.zhang, day=day)
    office.work_as(sample.zhang, "张三")
    return made


@pytest.fixture
def page(plan_id: int, tab: PlanningTab, sample: Sample, settle: Settle) -> SummaryPage:
    """October's summary of 张三."""
    tab.show_summary(At(person(sample.zhang), "month", OCTOBER.start, OCTOBER.end))
    settle()
    found = tab.page("summaries")
    assert isinstance(found, SummaryPage)
    assert found.plan_id == plan_id
    return found


def _settle_actions(page: SummaryPage, settle: Settle) -> None:
    page.earlier.pick(lambda one: one.words == "打电话")
    page.done_button.click()
    settle()
    action = page._action()
    assert action is not None
    drop = DropDialog(page.session, action, page)
    drop.reason.setPlainText("报价没有变")
    drop.accept()
    settle()
    action = page._action()
    assert action is not None
    move = MoveDialog(page.session, action, page)
    move.day.edit.setText("2026-12-01")
    move.accept()
    settle()


def _explain(page: SummaryPage, settle: Settle) -> None:
    assert page.whole is not None
    one = next(one for one in page.whole.lines if one.line.code == "visits")
    form = ExplainDialog(page.session, page.whole.review, one, page)
    form.cause.set_value("Too few contacts with customers")
    form.reason.setPlainText("Deliveries")
    form.root_cause.setPlainText("Nobody else drives")
    form.prevention.setPlainText("Hire a driver")
    form.action.words.setText("Two visits a week")
    form.action.day.edit.setText("2026-11-30")
    form.accept()
    assert not form.error.text()
    settle()


def test_what_is_due_comes_up_by_one_click(
    plan_id: int, tab: PlanningTab, settle: Settle, sample: Sample
) -> None:
    settle()
    # August's, September's (a draft) and October's.
    assert tab.notice.due_button.text() == "3 summaries are due"
    tab.notice.due_button.click()
    settle()
    assert tab.page_shown == "summaries"
    page = tab.page("summaries")
    assert isinstance(page, SummaryPage)
    assert page.period.value().start == date(2026, 8, 1)
    assert page.plan_id == plan_id
    assert tab.notice.missing_button.isHidden()  # who decides on no plans misses nobody's
    tab.session.work_as(sample.manager, "钱经理")
    settle()
    assert tab.notice.due_button.isHidden()
    assert tab.notice.missing_button.text() == "3 summaries missing"


def test_a_summary_is_written_explained_and_handed_in(
    qtbot: QtBot, page: SummaryPage, office: Session, settle: Settle, sample: Sample
) -> None:
    assert page.whole is not None
    assert [one.words for one in page.whole.earlier] == ["打电话", "学报价", "约学校"]
    assert page.status.text() == "Not begun"
    assert not page.print_button.isEnabled()
    page.words["done"].setFocus()
    qtbot.keyClicks(page.words["done"], "Sold sixty")
    page.save_button.click()
    settle()
    assert page.status.text() == "Being written"
    page.hand_in_button.click()
    assert "3 earlier actions" in page.error.text()
    _settle_actions(page, settle)
    page.hand_in_button.click()
    assert "1 missed target needs a cause and words: Visits" in page.error.text()
    _explain(page, settle)
    visits = next(one for one in page.lines.records.rows if one.line.code == "visits")
    assert (visits.cause, visits.remark.prevention) == (
        "Too few contacts with customers", "Hire a driver",
    )  # fmt: skip
    assert [(one.words, one.day) for one in page.corrections.records.rows] == [
        ("Two visits a week", date(2026, 11, 30))
    ]
    page.hand_in_button.click()
    settle()
    assert page.status.text().startswith("Handed in")
    assert page.error.text() == ""
    assert page.words["done"].isReadOnly()
    assert "take it back first" in page.why.text()
    assert [one.status for one in page.earlier.records.rows] == ["done", "dropped", "open"]
    stored = office.read(summaries.find, person(sample.zhang), "month", OCTOBER.start, OCTOBER.end)
    assert stored is not None
    assert (stored.status, stored.done) == ("written", "Sold sixty")
    page.take_back_button.click()
    settle()
    assert page.hand_in_button.isVisible()


def test_words_are_kept_when_another_period_is_chosen(
    page: SummaryPage, settle: Settle, office: Session
) -> None:
    page.words["lessons"].setPlainText("Call earlier")
    before = page.period.value()
    page.period.setCurrentIndex(page.period.currentIndex() + 1)
    settle()
    assert page.words["done"].value() == "九月"
    assert page.words["lessons"].value() == ""
    page.period.set_value(before)
    page._period_chosen()
    settle()
    assert page.words["lessons"].value() == "Call earlier"
    page.words["lessons"].setPlainText("x" * 4_001)
    assert not page.leave()
    assert "at most" in page.error.text()
    assert page.words["lessons"].toPlainText() == "x" * 4_001


def test_the_superior_sees_and_comments(
    page: SummaryPage, office: Session, tab: PlanningTab, settle: Settle, sample: Sample,
    printed: Printed,
) -> None:  # fmt: skip
    page.words["done"].setPlainText("Sold sixty")
    _settle_actions(page, settle)
    _explain(page, settle)
    page.hand_in_button.click()
    settle()
    assert page.comment_button.isHidden()
    office.work_as(sample.manager, "钱经理")
    settle()
    # August's and September's are missing.
    assert tab.notice.missing_button.text() == "2 summaries missing, 1 to be read"
    dialog = SummariesDialog(office, tab)
    states = [(one.state, one.start.month) for one in dialog.table.records.rows]
    assert states == [("Not written yet", 8), ("Not written yet", 9), ("Handed in", 10)]
    dialog.table.selectRow(2)
    dialog._open()
    assert dialog.chosen is not None
    page.wanted.emit(At(dialog.chosen.who, "month", dialog.chosen.start, dialog.chosen.end))
    settle()
    assert page.whole is not None
    form = CommentDialog(office, page.whole.review, page)
    form.words.setPlainText("Visit more")
    form.accept()
    settle()
    assert page.comment.text() == "钱经理: Visit more"
    assert page.status.text().startswith("Seen")
    page.print_summary()
    settle()
    for words in ("Sold sixty", "Visit more", "Two visits a week", "Hire a driver"):
        assert words in printed()


def test_a_plan_is_told_what_it_asks_for(
    page: SummaryPage, office: Session, sample: Sample, settle: Settle
) -> None:
    assert page.plan is not None
    form = AskDialog(office, page.plan, page)
    assert {kind for kind, tick in form.ticks.items() if tick.isChecked()} == {"month"}
    form.ticks["week"].setChecked(True)
    form.accept()
    settle()
    assert page.plan.reviewed == "week,month"
    assert page.whole is not None
    action = ActionDialog(office, page.whole.review, page)
    action.action.day.edit.setText("")
    with pytest.raises(InputError):
        action.save()


def test_a_missed_target_is_explained_by_keyboard(
    qtbot: QtBot, page: SummaryPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(page, "_ask", lambda form: asked.append(form.one.line.code))
    page.lines.setFocus()
    page.lines.selectRow(0)
    qtbot.keyClick(page.lines, Qt.Key.Key_Return)
    assert asked == ["visits"]

"""The Plan tab: the list of plans, new ones, deleting, and the page of text and status."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures
from salesdesk.planning import deciding, items, plans, revisions, targets
from salesdesk.planning.places import OFFICE, Place, person
from salesdesk.planning.plans import Plan
from salesdesk.workspace import Workspace
from tests.offices import trust_everybody
from tests.sample import Sample
from tests.ui.planning.conftest import Plan6, Printed, Settle
from ui.planning import tab as tab_module
from ui.planning.new_plan import NewPlanDialog, Source
from ui.planning.remarks_page import RemarksPage
from ui.planning.tab import PlanningTab
from ui.planning.targets_page import TargetsPage
from ui.planning.text_page import TextPage
from ui.shared.session import Session


def _plan(session: Session, plan_id: int) -> Plan:
    return session.read(plans.plan_by_id, plan_id)


def _text(session: Session, plan_id: int) -> str:
    return session.read(items.text_of, plan_id)


def _text_page(tab: PlanningTab, sample: Sample) -> TextPage:
    tab.select_plan(sample.plan)
    page = tab.show_page("text")
    assert isinstance(page, TextPage)
    return page


# -- the list --------------------------------------------------------------------------------------


def test_plans_are_listed_with_owner_status_and_attainment(
    tab: PlanningTab, qtmodeltester: ModelTester
) -> None:
    (line,) = tab.table.records.rows
    assert line.spoken == "2026 销售计划 · 2026 · Whole office · Draft · 8.3%"
    assert line.tip == "Sales amount (yuan): 400,000 of 4,800,000"
    qtmodeltester.check(tab.table.records, force_py=True)


def test_the_plan_that_is_running_comes_up_first(
    qtbot: QtBot, office: Session, settle: Settle, sample: Sample
) -> None:
    with office.changing("Plans") as change:
        plans.new_plan(change, title="Next year", period=parse("2027"))
        plans.new_plan(change, title="Last year", period=parse("2025"))
    planning_tab = PlanningTab(office)
    qtbot.addWidget(planning_tab)
    settle()
    assert planning_tab.table.records.rows[0].plan.title == "Next year"
    assert planning_tab.plan is not None
    assert planning_tab.plan.id == sample.plan


def test_the_list_narrows_by_words_and_keeps_the_plan_shown(
    plan_6: Plan6, tab: PlanningTab, sample: Sample
) -> None:
    tab.select_plan(sample.plan)
    tab.find()
    tab.filter.setText("张三 plan")
    assert [line.plan.id for line in tab.table.records.rows] == [plan_6.plan_id]
    assert tab.plan is not None
    assert tab.plan.id == sample.plan
    assert tab.select_plan(sample.plan)
    assert len(tab.table.records.rows) == 2


def test_attainment_follows_a_target_that_was_changed(
    tab: PlanningTab, office: Session, sample: Sample, qtbot: QtBot
) -> None:
    with office.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        wanted: dict[Place, int | None] = {Place(OFFICE, parse("2026")): 80_000_000}
        targets.set_values(change, sample.plan, amount.id, "assigned", wanted)
    qtbot.waitUntil(lambda: tab.table.records.rows[0].attained == "50.0%")


def test_a_deleted_plan_goes_and_undo_brings_it_back_with_its_targets(
    tab: PlanningTab, office: Session, sample: Sample, settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[str] = []

    def ask(_parent: object, words: str, *_button: str, danger: bool) -> bool:
        asked.append(words)
        return danger

    monkeypatch.setattr(tab_module, "ask", ask)
    amount = office.read(measures.measure_with_code, "amount")
    before = office.read(targets.values, sample.plan, amount.id, "assigned")
    tab.select_plan(sample.plan)
    tab.delete()
    settle()
    assert "2026 销售计划" in asked[0]
    assert tab.table.records.rows == []
    assert tab.plan is None
    assert not tab.delete_button.isEnabled()
    office.workspace.undo()
    settle()
    assert len(tab.table.records.rows) == 1
    assert office.read(targets.values, sample.plan, amount.id, "assigned") == before


def test_an_approved_plan_is_not_deleted_and_says_why(
    tab: PlanningTab, office: Session, sample: Sample, settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from ui.shared import background

    told: list[str] = []
    monkeypatch.setattr(background, "tell", lambda _parent, error: told.append(error.message))
    monkeypatch.setattr(tab_module, "ask", lambda *_a, **_k: True)
    with office.changing("Approve") as change:
        deciding.move(change, sample.plan, "approved")
    tab.delete()
    settle()
    assert told == ["An approved plan can't be deleted: take it back to a draft first."]
    assert len(tab.table.records.rows) == 1


# -- new plans -------------------------------------------------------------------------------------


def test_a_plan_from_a_template_has_its_targets(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample, settle: Settle
) -> None:
    form = NewPlanDialog(office, tab)
    qtbot.addWidget(form)
    form.source.set_value(Source("template", "yearly-abc"))
    form.owner.set_value(person(sample.zhang))
    form.period.set_value(parse("2026"))
    assert form.title.value() == "张三 2026 Personal yearly plan with A, B, C customers"
    form.accept()
    assert form.plan_id is not None
    settle()
    assert tab.select_plan(form.plan_id)
    plan = _plan(office, form.plan_id)
    assert (plan.template, plan.who, plan.status) == ("yearly-abc", person(sample.zhang), "draft")
    amount = office.read(measures.measure_with_code, "amount")
    cells = office.read(targets.values, plan.id, amount.id, "goal")
    assert cells[Place(plan.who, parse("2026"))].value == 35_000_000
    assert str(office.workspace.undo()).startswith("New plan: 张三")
    assert len(office.read(plans.plans)) == 1


def test_a_template_offers_only_the_periods_it_fits(qtbot: QtBot, office: Session) -> None:
    form = NewPlanDialog(office, None)
    qtbot.addWidget(form)
    form.source.set_value(Source("template", "yearly-abc"))
    assert form.kind.count() == 1
    form.source.set_value(Source("blank"))
    assert form.kind.count() == 4
    assert form.period.value() == parse("2027")  # the year is nearly over
    form.kind.set_value("quarter")
    assert form.period.offers(parse("2026-Q4"))


def test_a_copy_takes_text_and_owner_and_goes_on_to_the_next_period(
    qtbot: QtBot, office: Session, plan_6: Plan6
) -> None:
    with office.changing("Text") as change:
        version = plans.plan_by_id(change.connection, plan_6.plan_id).version
        items.write_text(change, plan_6.plan_id, "# Heading\n1. Do", seen_version=version)
    form = NewPlanDialog(office, None)
    qtbot.addWidget(form)
    form.source.set_value(Source("plan", plan_id=plan_6.plan_id))
    assert form.owner.value() == plan_6.who
    assert form.period.value() == parse("2027")
    form.accept()
    assert form.plan_id is not None
    assert _text(office, form.plan_id) == "# Heading\n  1. Do\n"


def test_a_title_of_ones_own_is_not_written_over(qtbot: QtBot, office: Session) -> None:
    form = NewPlanDialog(office, None)
    qtbot.addWidget(form)
    form.title.setText("Mine")
    form.source.set_value(Source("blank"))
    assert form.title.value() == "Mine"
    form.title.clear()
    form.accept()
    assert form.error.text() == "The plan needs a title."


# -- text and status -------------------------------------------------------------------------------


def test_words_are_saved_as_one_change_when_one_goes_elsewhere(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample
) -> None:
    page = _text_page(tab, sample)
    page.text.setFocus()
    qtbot.keyClicks(page.text, "Sell more")
    assert _text(office, sample.plan) == ""
    page.title.setFocus()  # from text to title is not elsewhere
    qtbot.keyClicks(page.title, "!")
    assert _text(office, sample.plan) == ""
    tab.table.setFocus()
    assert _text(office, sample.plan) == "Sell more\n"
    assert _plan(office, sample.plan).title.endswith("!")
    assert office.workspace.undo() == ("Text of 2026 销售计划; Title of 2026 销售计划!")
    assert _text(office, sample.plan) == ""
    qtbot.waitUntil(lambda: page.text.toPlainText() == "")


def test_ctrl_s_saves_and_the_cursor_stays(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample
) -> None:
    page = _text_page(tab, sample)
    page.text.setFocus()
    qtbot.keyClicks(page.text, "ab")
    page.text.moveCursor(page.text.textCursor().MoveOperation.Start)
    qtbot.keyClick(page.text, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert _text(office, sample.plan) == "ab\n"
    assert page.text.textCursor().position() == 0
    assert QApplication.focusWidget() is page.text
    assert not page.save_button.isEnabled()


def test_words_that_somebody_else_overtook_stay_until_discarded(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample, preferences: object
) -> None:
    page = _text_page(tab, sample)
    page.text.setFocus()
    qtbot.keyClicks(page.text, "mine")
    trust_everybody(office.workspace)
    with Workspace.open(office.workspace.path) as other:
        other.work_as(sample.li, "李四")
        with other.change("Edit") as change:
            items.write_text(change, sample.plan, "theirs", seen_version=1)
    office.workspace.poll()
    assert page.text.toPlainText() == "mine"
    assert not page.save()
    assert "李四" in page.error.text()
    assert page.text.toPlainText() == "mine"
    page.discard()
    assert page.text.toPlainText() == "theirs"
    assert page.error.isHidden()


def test_a_plan_with_words_that_cannot_be_saved_is_not_left(
    qtbot: QtBot, plan_6: Plan6, tab: PlanningTab, office: Session, sample: Sample
) -> None:
    page = _text_page(tab, sample)
    page.title.setFocus()
    page.title.clear()
    tab.show_page("targets")
    tab.select_plan(plan_6.plan_id)
    assert tab.plan is not None
    assert tab.plan.id == sample.plan
    assert tab.page_shown == "text"
    assert page.error.text() == "The plan needs a title."
    page.discard()
    tab.select_plan(plan_6.plan_id)
    assert tab.plan.id == plan_6.plan_id


def test_a_plan_moves_on_by_the_steps_its_status_allows(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample, settle: Settle
) -> None:
    page = _text_page(tab, sample)
    assert list(page.step_buttons) == ["submitted", "approved"]
    page.move_on("submitted")
    settle()
    assert _plan(office, sample.plan).status == "submitted"
    assert list(page.step_buttons) == ["returned", "approved", "draft"]
    page.move_on("approved")
    settle()
    with office.changing("Revise") as change:
        revisions.revise(change, sample.plan, "market", "Prices fell")
    settle()
    assert _plan(office, sample.plan).revision == 2
    assert page.status.text() == "Draft · revision 2"
    assert office.workspace.undo() == "Plan taken up again: 2026 销售计划"


def test_words_typed_before_a_step_are_saved_with_it(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample
) -> None:
    page = _text_page(tab, sample)
    page.text.setPlainText("Last words")
    page.move_on("submitted")
    assert _text(office, sample.plan) == "Last words\n"
    assert _plan(office, sample.plan).status == "submitted"


def test_a_closed_plans_text_is_only_read(
    tab: PlanningTab, office: Session, sample: Sample
) -> None:
    page = _text_page(tab, sample)
    for status in ("approved", "closed"):
        page.move_on(status)
    assert page.text.isReadOnly()
    assert list(page.step_buttons) == ["approved"]


def test_the_plan_prints_as_a_document(
    tab: PlanningTab, printed: Printed, settle: Settle, sample: Sample
) -> None:
    tab.select_plan(sample.plan)
    tab.print_current()
    settle()
    assert "2026 销售计划" in printed()
    assert "4,800,000" in printed()


def test_grid_review_and_list_print_as_they_are_shown(
    tab: PlanningTab, printed: Printed, settle: Settle, sample: Sample
) -> None:
    tab.select_plan(sample.plan)
    for code, expected in (("targets", "2,400,000"), ("remarks", "150,000")):
        page = tab.show_page(code)
        settle()
        assert isinstance(page, TargetsPage | RemarksPage)
        page.print_table()
        settle()
        assert expected in printed()
    tab.table.print_wanted.emit()
    settle()
    assert "Draft" in printed()


# -- an office that begins -----------------------------------------------------------------------


def test_an_office_without_plans_offers_the_first_step(
    qtbot: QtBot, session: Session, settle: Settle
) -> None:
    planning_tab = PlanningTab(session)
    qtbot.addWidget(planning_tab)
    with qtbot.waitExposed(planning_tab):
        planning_tab.show()
    settle()
    assert planning_tab.plan is None
    assert not planning_tab.table.isVisible()
    assert not planning_tab.pages.isVisible()
    planning_tab.print_current()  # nothing to print is no fault
    form = NewPlanDialog(session, planning_tab)
    form.source.set_value(Source("blank"))
    form.accept()
    settle()
    assert form.plan_id is not None
    assert planning_tab.select_plan(form.plan_id)
    assert planning_tab.pages.isVisible()

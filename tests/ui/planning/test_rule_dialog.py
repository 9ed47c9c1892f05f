"""The rules of an item: seen, changed, added by hand and removed, the sentence following."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures
from salesdesk.planning import items, plans, targets
from salesdesk.planning.items import Item
from salesdesk.planning.live import states
from salesdesk.planning.outlines import Line
from salesdesk.planning.places import OFFICE, Place
from tests.sample import Sample
from tests.ui.conftest import TODAY
from tests.ui.planning.conftest import Settle
from ui.planning.outline_margin import Note
from ui.planning.rule_dialog import RuleDialog
from ui.planning.tab import PlanningTab
from ui.planning.targets_page import TargetsPage
from ui.planning.text_page import TextPage
from ui.shared.session import Session


@pytest.fixture
def item(office: Session, sample: Sample) -> Item:
    """The one item of the sample's plan, which has no rule yet."""
    with office.changing("Text") as change:
        version = plans.plan_by_id(change.connection, sample.plan).version
        items.write(
            change, sample.plan, [Line("item", 0, "每年拜访客户120次，A类每7天")],
            seen_version=version,
        )  # fmt: skip
    return office.read(items.of_plan, sample.plan)[0]


def _form(qtbot: QtBot, office: Session, sample: Sample, rule_id: int | None = None) -> RuleDialog:
    plan = office.read(plans.plan_by_id, sample.plan)
    (item,) = office.read(items.of_plan, sample.plan)
    said = office.read(states.words, sample.plan, TODAY)
    form = RuleDialog(office, plan, item, said, None, rule_id=rule_id)
    qtbot.addWidget(form)
    form.show()
    return form


def _visits(office: Session, sample: Sample) -> int | None:
    visits = office.read(measures.measure_with_code, "visits")
    cells = office.read(targets.values, sample.plan, visits.id, "goal")
    cell = cells.get(Place(OFFICE, parse("2026")))
    return None if cell is None else cell.value


def _add_target(qtbot: QtBot, office: Session, sample: Sample) -> None:
    form = _form(qtbot, office, sample)
    visits = office.read(measures.measure_with_code, "visits")
    form.kind.set_value("target")
    form.measure.set_value(visits.id)
    form.tier.set_value("goal")
    form.value.setText("120")
    form.accept()
    assert form.error.text() == ""


def test_a_rule_added_by_hand_takes_its_figure_from_the_words(
    qtbot: QtBot, office: Session, sample: Sample, item: Item
) -> None:
    _add_target(qtbot, office, sample)
    (found,) = office.read(items.of_plan, sample.plan)
    (rule,) = found.rules
    (span,) = found.spans
    assert (found.text, found.text[span.start : span.end]) == (item.text, "120")
    assert _visits(office, sample) == 120
    form = _form(qtbot, office, sample)
    assert form.which.value() == rule
    assert form.value.value() == "120"
    form.value.setText("250")
    form.accept()
    (found,) = office.read(items.of_plan, sample.plan)
    assert found.text == "每年拜访客户250次，A类每7天"
    assert _visits(office, sample) == 250


def test_removing_a_rule_leaves_its_words_and_its_targets_if_wished(
    qtbot: QtBot, office: Session, sample: Sample, item: Item
) -> None:
    for keep, left in ((True, 120), (False, None)):
        _add_target(qtbot, office, sample)
        form = _form(qtbot, office, sample)
        form.keep.setChecked(keep)
        form.remove()
        (found,) = office.read(items.of_plan, sample.plan)
        assert (found.text, found.rules, found.spans) == (item.text, (), ())
        assert _visits(office, sample) == left


def test_each_kind_is_filled_in_and_read_again(
    qtbot: QtBot, office: Session, sample: Sample, item: Item
) -> None:
    form = _form(qtbot, office, sample)
    form.kind.set_value("cadence")
    assert form.days.isVisible()
    assert not form.value.isVisible()
    form.grade.set_value("A")
    form.days.set_value(7)
    form.accept()
    form = _form(qtbot, office, sample)
    form.which.set_value(None)
    form.kind.set_value("floor")
    form.money.setText("300")
    form.accept()
    form = _form(qtbot, office, sample)
    form.which.set_value(None)
    form.kind.set_value("action")
    form.every.set_value("month")
    form.at.set_value("end")
    form.words.setPlainText("Write the training plan")
    form.accept()
    form = _form(qtbot, office, sample)
    form.which.set_value(None)
    form.kind.set_value("contingency")
    form.words.setPlainText("Sales stay behind")
    form.steps.setPlainText("Call every dealer")
    form.percent.setText("60%")
    form.measure.set_value(office.read(measures.measure_with_code, "amount").id)
    form.accept()
    said = list(office.read(states.words, sample.plan, TODAY).values())
    assert len(said) == 4
    assert said[0] == "Contact: grade A, every 7 days"
    assert "300" in said[1]
    assert "Write the training plan" in said[2]
    assert "60%" in said[3].replace(" ", "")
    (found,) = office.read(items.of_plan, sample.plan)
    for rule in found.rules:  # saved as it is shown, a rule is as it was
        again = _form(qtbot, office, sample, rule.id)
        assert again.which.value() == rule
        again.save()
    (after,) = office.read(items.of_plan, sample.plan)
    assert after == found


def test_what_is_missing_is_named_and_keeps_the_form(
    qtbot: QtBot, office: Session, sample: Sample, item: Item
) -> None:
    form = _form(qtbot, office, sample)
    form.kind.set_value("target")
    form.accept()
    assert form.error.text() == "Value is missing."
    form.value.setText("5")
    form.highest.setText("9")
    form.accept()
    assert form.error.text() == "Write the range into the item's words first."
    assert office.read(items.of_plan, sample.plan)[0].rules == ()


def test_a_click_on_a_target_goes_to_its_cells(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample, settle: Settle, item: Item
) -> None:
    _add_target(qtbot, office, sample)
    tab.select_plan(sample.plan)
    page = tab.show_page("text")
    assert isinstance(page, TextPage)
    page.text.setFocus()
    settle()
    (note,) = [one for one in page.margin.all_notes() if isinstance(one, Note) and one.rule_id]
    assert note.where is not None
    tab.activateWindow()  # the form that closed may still have it
    page.text.setFocus()
    qtbot.waitUntil(page.text.hasFocus)
    qtbot.keyClick(page.text, Qt.Key.Key_F4)
    settle()
    assert tab.page_shown == "targets"
    shown = tab.page("targets")
    assert isinstance(shown, TargetsPage)
    assert (shown.measure.value().code, shown.tier.value()) == ("visits", "goal")

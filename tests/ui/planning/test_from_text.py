"""A plan from a pasted text or a file: what it offers, ticked off one by one, then the plan."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.planning import items, outlines, plans
from tests.sample import Sample
from tests.ui.planning.conftest import Plan6, Settle
from ui.planning.from_text import FromTextDialog
from ui.planning.tab import PlanningTab
from ui.shared.session import Session

_TEXT = "# 市场部工作\n1. 每天坚持打40个有效电话\n2. 每周至少拜访2位客户\n3. 对待每个客户态度一样"


def _form(qtbot: QtBot, office: Session, present: plans.Plan | None) -> FromTextDialog:
    form = FromTextDialog(office, present, None)
    qtbot.addWidget(form)
    form.show()
    return form


def _put(form: FromTextDialog, text: str) -> None:
    form.text.put_in([(line, 0) for line in outlines.of_text(text)])
    form.read()


def test_only_what_is_ticked_becomes_a_rule(qtbot: QtBot, office: Session, settle: Settle) -> None:
    form = _form(qtbot, office, None)
    _put(form, _TEXT)
    settle()
    assert form.offers.count() == 2
    assert form.title.value() == "市场部工作"
    assert all(
        form.offers.item(place).checkState() == Qt.CheckState.Unchecked for place in range(2)
    )
    form.offers.setCurrentRow(1)
    assert form.text.textCursor().block().text() == "每周至少拜访2位客户"
    form.offers.item(1).setCheckState(Qt.CheckState.Checked)
    form.kind.set_value("month")
    form.period.set_value(parse("2026-11"))
    form.accept()
    settle()
    assert form.plan_id is not None
    found = office.read(items.of_plan, form.plan_id)
    assert [(item.text, len(item.rules)) for item in found] == [
        ("市场部工作", 0), ("每天坚持打40个有效电话", 0), ("每周至少拜访2位客户", 1),
        ("对待每个客户态度一样", 0),
    ]  # fmt: skip
    assert str(office.workspace.undo()).startswith("New plan: 市场部工作")
    assert all(plan.id != form.plan_id for plan in office.read(plans.plans))


def test_the_plan_shown_is_filled_where_it_has_no_text(
    qtbot: QtBot, office: Session, plan_6: Plan6, settle: Settle
) -> None:
    form = _form(qtbot, office, office.read(plans.plan_by_id, plan_6.plan_id))
    assert form.into.isChecked()
    assert not form.title.isVisible()
    _put(form, _TEXT)
    settle()
    form.tick(True)
    form.accept()
    assert form.plan_id == plan_6.plan_id
    found = office.read(items.of_plan, plan_6.plan_id)
    assert sum(len(item.rules) for item in found) == 2
    again = _form(qtbot, office, office.read(plans.plan_by_id, plan_6.plan_id))
    assert again.present is None
    assert again.title.isVisible()


def test_a_file_is_opened_and_a_bad_one_is_named(
    qtbot: QtBot, office: Session, settle: Settle, tmp_path: Path
) -> None:
    form = _form(qtbot, office, None)
    good = tmp_path / "plan.md"
    good.write_text(_TEXT, encoding="utf-8")
    form.read_file(good)
    settle()
    assert form.text.outline.written()[0] == outlines.of_text(_TEXT)
    assert form.offers.count() == 2
    bad = tmp_path / "plan.docx"
    bad.write_bytes(b"no document")
    form.read_file(bad)
    settle()
    assert "plan.docx" in form.error.text()
    assert form.text.outline.written()[0] == outlines.of_text(_TEXT)


def test_the_tab_offers_it(tab: PlanningTab, sample: Sample) -> None:
    assert tab.text_button.isEnabled()
    assert tab.text_button.text() == "From text…"

"""Templates in the window: whose plan they propose, and the office's own."""

from __future__ import annotations

from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from salesdesk.calc import periods
from salesdesk.office import people
from salesdesk.planning import deciding, items, own_templates, plans, tasks, templates
from salesdesk.planning.places import OFFICE, person, team
from tests.sample import Sample
from tests.ui.planning.conftest import Settle
from ui.planning import new_plan as new_plan_module
from ui.planning.arise_form import AriseForm
from ui.planning.new_plan import NewPlanDialog, Source
from ui.planning.outline_margin import Note
from ui.planning.tab import PlanningTab
from ui.planning.template_form import TemplateForm
from ui.planning.text_page import TextPage
from ui.shared.session import Session


@pytest.fixture
def calls(office: Session, sample: Sample) -> plans.Plan:
    """张三's plan for November, from the call plan."""
    with office.changing("New plan") as change:
        plan_id = templates.new_plan(
            change, "call-plan", period=periods.month(2026, 11), who=person(sample.zhang)
        )
    return office.read(plans.plan_by_id, plan_id)


def _kept(office: Session, plan: plans.Plan, name: str = "电话计划") -> int:
    with office.changing("Keep") as change:
        return own_templates.keep(change, plan.id, name, "给新人")


def _dialog(qtbot: QtBot, office: Session) -> NewPlanDialog:
    form = NewPlanDialog(office, None)
    qtbot.addWidget(form)
    return form


def test_the_owner_follows_the_template(qtbot: QtBot, office: Session, sample: Sample) -> None:
    form = _dialog(qtbot, office)
    form.source.set_value(Source("template", "management-by-objectives"))
    assert form.owner.value() == OFFICE
    form.source.set_value(Source("template", "shop-sales"))
    assert form.owner.value() == person(office.person_id or 0)


def test_a_teams_template_proposes_the_team_of_who_writes(
    qtbot: QtBot, office: Session, sample: Sample
) -> None:
    east = office.read(people.team_named, "East").id
    with office.changing("Move") as change:
        me = people.person_by_id(change.connection, office.person_id or 0)
        people.edit_person(change, me.id, seen_version=me.version, team_id=east)
    form = _dialog(qtbot, office)
    form._all_offered = True
    form.source.set_choices(form._sources(fitting_only=False))
    form.source.set_value(Source("template", "showroom-assistant"))
    assert form.owner.value() == team(east)


def test_an_owner_who_was_chosen_stays(qtbot: QtBot, office: Session, sample: Sample) -> None:
    form = _dialog(qtbot, office)
    form.owner.set_value(person(sample.li))
    form.source.set_value(Source("template", "management-by-objectives"))
    assert form.owner.value() == person(sample.li)


def test_a_plan_is_kept_as_a_template_and_another_made_of_it(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample, calls: plans.Plan,
    settle: Settle,
) -> None:  # fmt: skip
    settle()
    assert tab.select_plan(calls.id)
    assert tab.keep_button.isEnabled()
    keeping = TemplateForm(office, tab, plan=calls)
    qtbot.addWidget(keeping)
    keeping.accept()
    assert keeping.error.text() == "A name is missing."
    keeping.name.setText("电话计划")
    keeping.about.setPlainText("给新人")
    keeping.accept()
    form = _dialog(qtbot, office)
    first = form.source.value()
    assert (first.kind, form.source.currentText()) == ("own", "电话计划")
    assert form.about.text() == "给新人"
    assert form.kind.value() == "month"
    form.owner.set_value(person(sample.li))
    assert form.title.value().endswith("电话计划")
    form.accept()
    assert form.plan_id is not None
    assert office.read(items.text_of, form.plan_id) == office.read(items.text_of, calls.id)


def test_the_offices_templates_are_renamed_and_deleted_where_they_are_chosen(
    qtbot: QtBot, office: Session, calls: plans.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    template_id = _kept(office, calls)
    form = _dialog(qtbot, office)
    form.show()
    assert form.own_row.isVisible()

    def rename(naming: TemplateForm) -> bool:
        naming.name.setText("新人计划")
        naming.save()
        return True

    monkeypatch.setattr(TemplateForm, "exec", rename)
    form.rename_template()
    assert form.source.currentText() == "新人计划"
    assert form.source.value() == Source("own", template_id=template_id)
    monkeypatch.setattr(new_plan_module, "ask", lambda *_words, **_more: True)
    form.delete_template()
    assert office.read(own_templates.all) == []
    assert form.source.value() == Source("template", "shop-sales")
    assert not form.own_row.isVisible()


def test_who_may_not_delete_templates_finds_the_button_grey(
    qtbot: QtBot, office: Session, sample: Sample, calls: plans.Plan
) -> None:
    _kept(office, calls)
    office.work_as(sample.zhang, "张三")
    form = _dialog(qtbot, office)
    assert not form.delete_button.isEnabled()
    assert form.delete_button.toolTip()


def test_what_a_rule_waits_for_is_told_in_a_form(
    qtbot: QtBot, tab: PlanningTab, office: Session, sample: Sample, settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with office.changing("Plan") as change:
        plan_id = templates.new_plan(
            change, "new-market", period=periods.month(2026, 11), who=person(sample.zhang)
        )
        deciding.approve(change, plan_id)
    rules = [rule for item in office.read(items.of_plan, plan_id) for rule in item.rules]
    rule = next(one for one in rules if one.days == 3 and one.kind == "action")
    form = AriseForm(office, rule, tab)
    qtbot.addWidget(form)
    form.day.set_value(date(2026, 11, 24))
    form.customer.setText("nobody")
    form.accept()
    assert form.error.text()
    form.customer.setText("林先生")
    form.accept()
    plan = office.read(plans.plan_by_id, plan_id)
    [task] = office.read(tasks.of_rules, plan, [rule])[rule.id]
    assert (task.day, task.customer_name, task.owner) == (date(2026, 11, 27), "林先生", "张三")
    asked: list[int] = []
    monkeypatch.setattr(AriseForm, "exec", lambda form: asked.append(form.rule.id))
    settle()
    tab.select_plan(plan_id)
    page = tab.show_page("text")
    assert isinstance(page, TextPage)
    settle()
    page._look(Note("", "", rule_id=rule.id))
    assert asked == [rule.id]

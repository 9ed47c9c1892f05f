"""Where a plan's targets come from and what its parts add up to, above its pages."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import month
from salesdesk.office import measures
from salesdesk.planning import nesting, plans, targets
from salesdesk.planning.places import Place, person
from tests.sample import Sample
from tests.ui.planning.conftest import Plan6, Settle
from ui.planning.nesting_dialog import NestingDialog
from ui.planning.tab import PlanningTab
from ui.shared.session import Session


def _november(office: Session, sample: Sample, value: int) -> int:
    amount = office.read(measures.measure_with_code, "amount").id
    period = month(2026, 11)
    with office.changing("Plan") as change:
        plan_id = plans.new_plan(change, title="十一月", period=period, who=person(sample.zhang))
        targets.set_values(
            change, plan_id, amount, "goal", {Place(person(sample.zhang), period): value}
        )
    return plan_id


def test_the_line_follows_the_plans_and_their_targets(
    plan_6: Plan6, tab: PlanningTab, office: Session, sample: Sample, settle: Settle
) -> None:
    tab.select_plan(plan_6.plan_id)
    month_plan = _november(office, sample, 30_000_00)
    settle()
    assert not tab.nesting.line.isHidden()
    assert "1 plan" in tab.nesting.words.text()
    assert "320,000 yuan not assigned" in tab.nesting.words.text()
    tab.select_plan(month_plan)
    settle()
    assert "From: " in tab.nesting.words.text()
    with office.changing("Delete") as change:
        plans.delete_plan(change, plan_6.plan_id)
    settle()
    assert "Plan 6" not in tab.nesting.words.text()


def test_a_wider_plan_is_named_in_the_dialog(
    qtbot: QtBot, plan_6: Plan6, office: Session, sample: Sample
) -> None:
    plan_id = _november(office, sample, 30_000_00)
    dialog = NestingDialog(office, office.read(plans.plan_by_id, plan_id), None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.wider.value() is None
    assert dialog.wider.offers(sample.plan)
    dialog.wider.set_value(sample.plan)
    found = office.read(nesting.of_plan, plan_id)
    assert (found.parent and found.parent.id, found.named) == (sample.plan, True)
    dialog.wider.set_value(None)
    assert not office.read(nesting.of_plan, plan_id).named
    assert dialog.table.records.rows[0].plan.id == plan_id

"""What the text of a plan offers becomes rules when somebody takes it, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError, RightsError
from salesdesk.office import measures
from salesdesk.planning import beginning, items, plans, taking, targets
from salesdesk.planning.live import states
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.planning.taking import Pick
from salesdesk.workspace import Workspace
from tests.offices import STAFF, TODAY, measure, sell, staffed_office, targets_of

ANN = person(STAFF.ann)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _plan(workspace: Workspace, text: str, period: str = "2026", who: Who = ANN) -> int:
    with workspace.change("Plan") as change:
        return beginning.with_text(change, text, title="P", period=parse(period), who=who)


def _take_all(workspace: Workspace, plan_id: int, *, skip: bool = False) -> int:
    picks = [one.pick for one in workspace.read(taking.offers, plan_id)]
    with workspace.change("Take") as change:
        return taking.take(change, plan_id, picks, skip=skip)


def test_nothing_is_taken_by_itself(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "销售目标35万元，每个季度7.5万元")
    offered = workspace.read(taking.offers, plan_id)
    assert [(one.source, one.refusal) for one in offered] == [
        ("销售目标35万元", ""), ("每个季度7.5万元", ""),
    ]  # fmt: skip
    assert workspace.read(targets.measures_used, plan_id) == []
    assert all(not item.rules for item in workspace.read(items.of_plan, plan_id))


def test_task_goal_and_quarters_stand_in_their_tiers(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "上级下达的销售任务30万元，销售目标35万元，每个季度7。5万元。")
    assert _take_all(workspace, plan_id) == 3
    assert targets_of(workspace, plan_id) == {("2026", ANN): 300_000_00}
    assert targets_of(workspace, plan_id, tier="goal") == {
        ("2026", ANN): 350_000_00,
        **{(f"2026-Q{number}", ANN): 75_000_00 for number in range(1, 5)},
    }
    assert workspace.read(taking.offers, plan_id) == []
    # One undo takes all three back, words and targets.
    workspace.undo()
    assert workspace.read(targets.measures_used, plan_id) == []
    assert len(workspace.read(taking.offers, plan_id)) == 3


def test_one_of_several_is_taken_and_the_others_stay_offered(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每天打40个有效电话，每周拜访客户2次")
    first = workspace.read(taking.offers, plan_id)[0]
    with workspace.change("Take") as change:
        assert taking.take(change, plan_id, [first.pick]) == 1
    left = workspace.read(taking.offers, plan_id)
    assert [one.source for one in left] == ["每周拜访客户2次"]
    assert _take_all(workspace, plan_id) == 1
    assert (
        workspace.read(items.of_plan, plan_id)[0].words == "每天打{1}个有效电话，每周拜访客户{2}次"
    )


def test_a_measure_the_office_has_not_is_named_and_made(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每周固定两次和置业顾问沟通", "2026-11", OFFICE)
    (offered,) = workspace.read(taking.offers, plan_id)
    assert offered.new_measure == "Talks"
    _take_all(workspace, plan_id)
    made = [one for one in workspace.read(measures.measures) if one.name == "Talks"]
    assert [one.counts for one in made] == ["hand"]
    workspace.undo()
    assert "Talks" not in [one.name for one in workspace.read(measures.measures)]


def test_a_measure_out_of_use_is_taken_into_use(workspace: Workspace) -> None:
    subscriptions = measure(workspace, "subscriptions")
    if subscriptions.active:
        with workspace.change("Out of use") as change:
            measures.edit(
                change, subscriptions.id, seen_version=subscriptions.version, active=False
            )
    plan_id = _plan(workspace, "全年认购60套")
    (offered,) = workspace.read(taking.offers, plan_id)
    assert offered.new_measure == subscriptions.name
    _take_all(workspace, plan_id)
    assert measure(workspace, "subscriptions").active


def test_a_longer_periods_target_is_refused_with_its_words(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每个季度7.5万元的销售额，每周拜访客户2次", "2026-11")
    quarter, visits = workspace.read(taking.offers, plan_id)
    assert "a longer period" in quarter.refusal
    with (
        pytest.raises(InputError, match=r"“每个季度7.5万元.*longer period"),
        workspace.change("Take") as change,
    ):
        taking.take(change, plan_id, [quarter.pick, visits.pick])
    assert workspace.read(targets.measures_used, plan_id) == []
    assert _take_all(workspace, plan_id, skip=True) == 1


def test_an_offer_that_is_gone_refuses_all(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每周拜访客户2次")
    (offered,) = workspace.read(taking.offers, plan_id)
    with (
        pytest.raises(InputError, match="has changed since"),
        workspace.change("Take") as change,
    ):
        taking.take(change, plan_id, [offered.pick, Pick(offered.item_id, 7)])
    assert workspace.read(targets.measures_used, plan_id) == []


def test_growth_is_reckoned_from_last_years_actual(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "今年的销售额比去年增长20%")
    with (
        pytest.raises(InputError, match="Nothing was achieved in 2025"),
        workspace.change("Take") as change,
    ):
        taking.take(change, plan_id, [workspace.read(taking.offers, plan_id)[0].pick])
    from datetime import date

    sell(workspace, 100_000_00, date(2025, 5, 6))
    sell(workspace, 70_000_00, date(2025, 5, 6), shares={STAFF.bob: 10_000})
    _take_all(workspace, plan_id)
    assert targets_of(workspace, plan_id) == {("2026", ANN): 120_000_00}
    assert workspace.read(items.text_of, plan_id) == "今年的销售额比去年增长20%\n"


def test_each_persons_target_stands_in_everybodys_row(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每人每月拜访客户6次", "2026-11", team(STAFF.east))
    _take_all(workspace, plan_id)
    assert targets_of(workspace, plan_id, code="visits") == {
        ("2026-11", person(STAFF.ann)): 6, ("2026-11", person(STAFF.bob)): 6,
    }  # fmt: skip


def test_a_summary_every_week_is_owed_and_no_task(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "一周一小结，每月一大结")
    assert _take_all(workspace, plan_id) == 2
    assert workspace.read(plans.plan_by_id, plan_id).reviewed == "week,month"
    assert workspace.read(taking.offers, plan_id) == []


def test_goods_are_found_by_name_else_by_category(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "笔记本单台利润不低于300元", "2026-11")
    _take_all(workspace, plan_id)
    rule = workspace.read(items.of_plan, plan_id)[0].rules[0]
    assert (rule.kind, rule.value, rule.category, rule.product_id) == (
        "floor", 300_00, "笔记本", None,
    )  # fmt: skip
    state = workspace.read(states.of_plan, plan_id, TODAY)[rule.id]
    assert (state.words, state.mood) == ("no such product", "warn")


def test_who_may_not_write_the_plan_takes_nothing(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每周拜访客户2次")
    (offered,) = workspace.read(taking.offers, plan_id)
    workspace.work_as(STAFF.bob, "Bob")
    with pytest.raises(RightsError), workspace.change("Take") as change:
        taking.take(change, plan_id, [offered.pick])


def test_a_salesperson_takes_what_the_office_measures_and_no_more(workspace: Workspace) -> None:
    workspace.work_as(STAFF.ann, "Ann")
    plan_id = _plan(workspace, "每周拜访客户2次，每周固定两次和置业顾问沟通", "2026-11")
    visits, talks = workspace.read(taking.offers, plan_id)
    with workspace.change("Take") as change:
        assert taking.take(change, plan_id, [visits.pick]) == 1
    with pytest.raises((RightsError, InputError)), workspace.change("Take") as change:
        taking.take(change, plan_id, [talks.pick])

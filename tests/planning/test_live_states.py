"""How rules stand, reckoned by hand: each kind of rule, before and after the work is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.customers import activities
from salesdesk.planning import beginning, items, plans, taking
from salesdesk.planning.live import states
from salesdesk.planning.live.state import State
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.sales import products
from salesdesk.workspace import Workspace
from tests.offices import STAFF, TODAY, place, sell, set_targets, staffed_office
from tests.statements import statements

ANN = person(STAFF.ann)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _plan(workspace: Workspace, text: str, who: Who = ANN, period: str = "2026-11") -> int:
    """A plan whose every offer is taken."""
    with workspace.change("Plan") as change:
        plan_id = beginning.with_text(change, text, title="P", period=parse(period), who=who)
        offered = taking.offers(change.connection, plan_id)
        taking.take(change, plan_id, [one.pick for one in offered])
    return plan_id


def _state(workspace: Workspace, plan_id: int, nth: int = 0, today: date = TODAY) -> State:
    found = workspace.read(states.of_plan, plan_id, today)
    rules = [rule.id for item in workspace.read(items.of_plan, plan_id) for rule in item.rules]
    return found[rules[nth]]


def _log(
    workspace: Workspace, kind: str, day: date, hour: int = 9, person_id: int = STAFF.ann
) -> None:
    with workspace.change("Log") as change:
        activities.log(
            change, person_id=person_id, customer_id=STAFF.lin, kind=kind,
            at=datetime(day.year, day.month, day.day, hour), words="",
        )  # fmt: skip


def test_a_daily_target_counts_today_alone(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每天打2个有效电话")
    assert _state(workspace, plan_id).words == "today 0/2"
    _log(workspace, "effective_call", date(2026, 11, 20))
    _log(workspace, "effective_call", TODAY)
    _log(workspace, "call", TODAY, 10)  # not an effective one
    _log(workspace, "effective_call", TODAY, 11, STAFF.bob)  # somebody else's
    assert _state(workspace, plan_id) == State(
        "today 1/2", "warn", _state(workspace, plan_id).where
    )
    _log(workspace, "effective_call", TODAY, 15)
    assert (_state(workspace, plan_id).words, _state(workspace, plan_id).mood) == (
        "reached: 2/2", "done",
    )  # fmt: skip
    # A Sunday isn't worked, and nothing is due.
    assert _state(workspace, plan_id, today=date(2026, 11, 22)).words == "nothing due today"


def test_a_months_target_is_behind_by_so_many_days_work(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "本月销售额21万元")
    # 21 working days, 10,000 each; today is the 16th of them: 160,000 are expected.
    sell(workspace, 100_000_00, date(2026, 11, 5))
    assert _state(workspace, plan_id).words == "100,000/210,000, 48%, behind by 6 days' work"
    assert _state(workspace, plan_id).mood == "bad"
    sell(workspace, 60_000_00, date(2026, 11, 20))
    assert _state(workspace, plan_id).words == "160,000/210,000, 76%"
    assert _state(workspace, plan_id).mood == "good"
    sell(workspace, 50_000_00, date(2026, 11, 21))
    assert _state(workspace, plan_id).words == "reached: 210,000/210,000"
    # Once the month is over, what was missed stays said.
    other = _plan(workspace, "本月销售额30万元")
    assert _state(workspace, other, today=date(2026, 12, 5)).words == (
        "210,000/300,000, 70%, missing 90,000"
    )
    assert _state(workspace, other, today=date(2026, 10, 30)).words == "from 2026-11-01"


def test_a_range_is_reached_at_its_upper_end(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "这个月完成8000到1万元的利润")
    sell(workspace, 60_000_00, date(2026, 11, 5), cost=51_000_00)
    assert _state(workspace, plan_id).words == "9,000/8,000, 113%"
    sell(workspace, 6_000_00, date(2026, 11, 6), cost=5_000_00)
    assert _state(workspace, plan_id).words == "reached: 10,000/10,000"


def test_a_target_of_a_category_counts_its_products(workspace: Workspace) -> None:
    with workspace.change("Category") as change:
        for product_id in (STAFF.laptop, STAFF.tower):
            seen = products.product_by_id(change.connection, product_id).version
            products.edit_product(change, product_id, seen_version=seen, category="笔记本")
    plan_id = _plan(workspace, "本月销售3台笔记本")
    rule = workspace.read(items.of_plan, plan_id)[0].rules[0]
    assert (rule.category, rule.product_id, rule.value) == ("笔记本", None, 3_00)
    sell(workspace, 5_000_00, date(2026, 11, 5), product_id=STAFF.laptop)
    sell(workspace, 4_000_00, date(2026, 11, 5), product_id=STAFF.tower)
    assert _state(workspace, plan_id).words.startswith("2/3, 67%")


def test_each_persons_target_says_how_many_reached_it(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每人每周拜访客户1次", team(STAFF.east))
    assert _state(workspace, plan_id).words == "0 of 2 people"
    _log(workspace, "visit", TODAY)
    assert _state(workspace, plan_id).words == "1 of 2 people"
    _log(workspace, "visit", TODAY, 10, STAFF.bob)
    assert (_state(workspace, plan_id).words, _state(workspace, plan_id).mood) == (
        "2 of 2 people", "done",
    )  # fmt: skip


def test_a_cadence_counts_who_was_not_contacted_in_time(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "A类客户每7天联系一次")
    assert _state(workspace, plan_id).words == "1 late of 1, kept 0%"
    _log(workspace, "call", date(2026, 11, 16))  # seven days ago: in time today, not tomorrow
    assert _state(workspace, plan_id).words == "all kept in time"
    assert _state(workspace, plan_id, today=date(2026, 11, 24)).mood == "bad"
    # Cleo's customer is of grade C, and not Ann's.
    assert _state(workspace, _plan(workspace, "C类客户每30天联系一次")).words == "no such customers"
    whole = _plan(workspace, "C类客户每30天联系一次", OFFICE)
    assert _state(workspace, whole).words == "1 late of 1, kept 0%"


def test_a_floor_counts_the_deals_below_it(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "Computers单台利润不低于300元")
    assert (_state(workspace, plan_id).words, _state(workspace, plan_id).mood) == ("kept", "good")
    sell(workspace, 4_700_00, date(2026, 11, 5), cost=4_400_00)  # 300: on the floor
    sell(workspace, 9_300_00, date(2026, 11, 5), cost=8_800_00, quantity=2)  # 250 each
    sell(workspace, 4_600_00, date(2026, 10, 5), cost=4_400_00)  # before the plan's month
    sell(workspace, 4_600_00, date(2026, 11, 5), cost=4_400_00, shares={STAFF.bob: 10_000})
    assert (_state(workspace, plan_id).words, _state(workspace, plan_id).mood) == (
        "broken once", "bad",
    )  # fmt: skip
    assert _state(workspace, _plan(workspace, "Computers单台利润不低于300元", OFFICE)).words == (
        "broken 2 times"
    )


def test_a_contingency_watches_the_attainment(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "本月销售额10万元\n如果完成率低于60%，加大拜访量")
    assert _state(workspace, plan_id, 1).words == "has happened: 0%"
    sell(workspace, 60_000_00, date(2026, 11, 5))
    assert _state(workspace, plan_id, 1).words == "not so far: 60%"
    declared = _plan(workspace, "如果竞品降价，马上汇报")
    assert _state(workspace, declared).words == "declared when it happens"


def test_a_blank_asks_for_its_figure_and_takes_it_from_the_sentence(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每周要增加xx个新客户")
    assert (_state(workspace, plan_id).words, _state(workspace, plan_id).where.page) == (
        "figure missing", "rule",
    )  # fmt: skip
    plan = workspace.read(plans.plan_by_id, plan_id)
    with workspace.change("Write") as change:
        items.write_text(change, plan_id, "每周要增加10个新客户", seen_version=plan.version)
    assert _state(workspace, plan_id).words == "this week 0/12"  # six days are worked


def test_a_grid_that_differs_shows_in_sentence_and_state(workspace: Workspace) -> None:
    plan_id = _plan(workspace, "每周拜访客户2次")
    set_targets(workspace, plan_id, {place("2026-11-W4", ANN): 5}, code="visits")
    assert _state(workspace, plan_id).words == "this week 0/5"
    rule = workspace.read(items.of_plan, plan_id)[0].rules[0]
    assert (rule.value, rule.varies) == (2, True)


def test_many_rules_ask_no_more_often(workspace: Workspace) -> None:
    lines = ["每天打2个有效电话", "本月销售额21万元", "A类客户每7天联系一次", "每周拜访客户2次"]
    few = _plan(workspace, "\n".join(lines))
    many = _plan(workspace, "\n".join(lines * 10))
    asked = []
    for plan_id in (few, many):
        with statements() as sent:
            workspace.read(states.of_plan, plan_id, TODAY)
        asked.append(len(sent))
    assert asked[0] == asked[1]

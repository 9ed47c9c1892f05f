"""The next month's plan: offered at the turn, made of the last one, the year's and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import following
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.planning import deciding, items, next_plan, plans, tasks, wording
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.planning.tables import plan_item
from salesdesk.planning.wording import Span
from salesdesk.workspace import Workspace
from tests.offices import (
    STAFF,
    measure,
    place,
    plan_for,
    sell,
    set_targets,
    staffed_office,
    targets_of,
)

ANN, BOB, EAST = person(STAFF.ann), person(STAFF.bob), team(STAFF.east)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _offered(workspace: Workspace, who: int, day: date) -> list[tuple[int, str]]:
    found = workspace.read(next_plan.offered, who, day)
    return [(one.plan.id, one.period.key) for one in found]


def _make(workspace: Workspace, plan_id: int) -> int:
    with workspace.change("Next") as change:
        return next_plan.make(change, plan_id)


def _month(workspace: Workspace, who: Who = ANN, key: str = "2026-10") -> int:
    plan_id = plan_for(workspace, key, who=who)
    with workspace.change("Write") as change:
        items.write_text(change, plan_id, "# 目标\n  1. 完成10万元\n  2. 团结\n", seen_version=1)
    return plan_id


def _ruled(workspace: Workspace, plan_id: int) -> None:
    """Let the 10万 in the second line be the month's target."""
    with workspace.change("Rule") as change:
        plan = plans.plan_by_id(change.connection, plan_id)
        item = items.of_plan(change.connection, plan_id)[1]
        draft = Draft(
            kind="target", tier="assigned", written="10万", value=100_000_00,
            measure_id=measure(workspace).id,
        )  # fmt: skip
        Writer(change, plan).add(item.id, 1, draft)
        words = wording.with_figures(item.text, [Span(1, 2, 5)])
        change.update(plan_item, item.id, words=words)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 10, 27), False),  # Wednesday to Friday are the last three working days
        (date(2026, 10, 28), True),
        (date(2026, 10, 31), True),
        (date(2026, 11, 1), True),
        (date(2026, 11, 5), True),
        (date(2026, 11, 6), False),
        (date(2026, 12, 1), False),
    ],
)
def test_a_months_plan_is_taken_on_around_the_turn(
    workspace: Workspace, day: date, due: bool
) -> None:
    plan_id = _month(workspace)
    assert _offered(workspace, STAFF.ann, day) == ([(plan_id, "2026-11")] if due else [])
    _month(workspace, key="2026-11")
    assert (plan_id, "2026-11") not in _offered(workspace, STAFF.ann, day)


def test_a_weeks_plan_is_taken_on_around_its_turn(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-11-W2", who=ANN)
    last = workspace.read(plans.plan_by_id, plan_id).period.last_day
    following = [(plan_id, "2026-11-W3")]
    for day in range(last.day - 6, last.day + 5):
        found = _offered(workspace, STAFF.ann, date(2026, 11, day))
        assert found == (following if last.day - 2 <= day <= last.day + 2 else []), day


def test_only_ones_own_and_those_one_may_write_are_offered(workspace: Workspace) -> None:
    mine, others = _month(workspace), _month(workspace, BOB)
    office = _month(workspace, OFFICE)
    day = date(2026, 10, 30)
    assert _offered(workspace, STAFF.ann, day) == [(mine, "2026-11")]
    assert _offered(workspace, STAFF.bob, day) == [(others, "2026-11")]
    assert _offered(workspace, STAFF.max, day) == [(office, "2026-11")]


def test_of_two_the_approved_one_is_taken_on(workspace: Workspace) -> None:
    first, _second = _month(workspace), _month(workspace)
    with workspace.change("Approve") as change:
        deciding.approve(change, first)
    assert _offered(workspace, STAFF.ann, date(2026, 10, 30)) == [(first, "2026-11")]


def test_the_next_plan_has_the_text_and_the_years_targets(workspace: Workspace) -> None:
    year = plan_for(workspace, "2026", who=ANN)
    set_targets(workspace, year, {place("2026-11", ANN): 120_000_00})
    set_targets(workspace, year, {place("2026-11", ANN): 9}, code="visits")
    plan_id = _month(workspace)
    _ruled(workspace, plan_id)
    set_targets(workspace, plan_id, {place("2026-10", ANN): 150_000_00}, tier="goal")
    sell(workspace, 100_000_00, date(2026, 10, 5), shares={STAFF.ann: 10_000})
    new = _make(workspace, plan_id)
    plan = workspace.read(plans.plan_by_id, new)
    assert (plan.period.key, plan.who, plan.status) == ("2026-11", ANN, "draft")
    assert targets_of(workspace, new) == {("2026-11", ANN): 120_000_00}
    assert targets_of(workspace, new, tier="goal") == {("2026-11", ANN): 150_000_00}
    assert targets_of(workspace, new, code="visits") == {("2026-11", ANN): 9}
    assert "1. 完成12万元" in workspace.read(items.text_of, new)
    with pytest.raises(InputError, match="already"):
        _make(workspace, plan_id)
    workspace.undo()
    assert [one.id for one in workspace.read(plans.plans)] == [plan_id, year]


def test_without_a_wider_plan_the_last_targets_stand(workspace: Workspace) -> None:
    plan_id = _month(workspace, EAST)
    set_targets(workspace, plan_id, {place("2026-10", EAST): 50_00, place("2026-10", BOB): 20_00})
    new = _make(workspace, plan_id)
    assert targets_of(workspace, new) == {("2026-11", EAST): 50_00, ("2026-11", BOB): 20_00}


def test_who_left_the_team_isnt_taken_along(workspace: Workspace) -> None:
    plan_id = _month(workspace, EAST)
    set_targets(workspace, plan_id, {place("2026-10", EAST): 50_00, place("2026-10", BOB): 20_00})
    with workspace.change("Move") as change:
        bob = people.person_by_id(change.connection, STAFF.bob)
        people.edit_person(
            change, STAFF.bob, seen_version=bob.version, team_id=STAFF.west,
        )  # fmt: skip
    new = _make(workspace, plan_id)
    assert targets_of(workspace, new)["2026-11", EAST] == 50_00


def test_what_is_left_over_is_named(workspace: Workspace) -> None:
    plan_id = _month(workspace)
    set_targets(workspace, plan_id, {place("2026-10", ANN): 100_000_00})
    set_targets(workspace, plan_id, {place("2026-10", ANN): 10}, code="visits")
    sell(workspace, 60_000_00, date(2026, 10, 5), shares={STAFF.ann: 10_000})
    with workspace.change("Tasks") as change:
        for words, day in (("回访东风学校", 20), ("写报告", 21)):
            task = tasks.add(
                change, words=words, person_id=STAFF.ann, day=date(2026, 10, day)
            )  # fmt: skip
        tasks.mark_done(change, tasks.Ref(task), on=date(2026, 10, 21))
    new = _make(workspace, plan_id)
    text = workspace.read(items.text_of, new)
    left = text[text.index("# Left over from 2026-10") :].splitlines()[1:]
    assert [line.strip() for line in left] == [
        "1. Sales amount (10,000 yuan): 4.00 short of 10.00",
        "2. Visits (visits): 10 short of 10",
        "3. 回访东风学校 (Ann, was due on 2026-10-20)",
    ]


def test_nothing_left_over_says_nothing(workspace: Workspace) -> None:
    new = _make(workspace, _month(workspace))
    assert "Left over" not in workspace.read(items.text_of, new)


@pytest.mark.parametrize(
    ("week", "title", "now"),
    [
        ("2026-11-W2", "第二周计划", "第三周计划"),
        ("2026-11-W2", "11月第2周", "11月第3周"),
        ("2026-11-W4", "十一月第四周", "十二月第一周"),
    ],
)
def test_a_weeks_title_goes_on_with_the_week(
    workspace: Workspace, week: str, title: str, now: str
) -> None:
    plan_id = plan_for(workspace, week, who=ANN)
    with workspace.change("Title") as change:
        plans.rename(change, plan_id, seen_version=1, title=title)
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert next_plan.titled(plan, following(plan.period)) == now


@pytest.mark.parametrize(
    ("title", "now"),
    [
        ("2026-10 sales plan", "2026-11 sales plan"),
        ("十月销售计划", "十一月销售计划"),
        ("10月计划", "11月计划"),
        ("Grow", "2026-11 Grow"),
    ],
)
def test_its_title_goes_on_with_the_period(workspace: Workspace, title: str, now: str) -> None:
    plan_id = _month(workspace)
    with workspace.change("Title") as change:
        version = plans.plan_by_id(change.connection, plan_id).version
        plans.rename(change, plan_id, seen_version=version, title=title)
    new = _make(workspace, plan_id)
    assert workspace.read(plans.plan_by_id, new).title == now

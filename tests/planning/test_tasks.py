"""Tasks: the days of running plans' actions and what is entered by itself, done, moved, dropped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError, RightsError
from salesdesk.office import calendar, months
from salesdesk.planning import beginning, deciding, items, plans, taking, tasks
from salesdesk.planning.live import states
from salesdesk.planning.live.recurrence import occurrences
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.planning.tasks import Ref
from salesdesk.storage.history import Change
from salesdesk.workspace import Workspace
from tests.offices import STAFF, TODAY, staffed_office

ANN = person(STAFF.ann)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _days(workspace: Workspace, period: str, **draft: object) -> list[str]:
    work = workspace.read(calendar.work_calendar)
    rule = Draft(kind="action", **draft)  # type: ignore[arg-type]
    return [day.isoformat()[5:] for day in occurrences(rule, parse(period), work)]


def test_an_action_falls_on_working_days(workspace: Workspace) -> None:
    # November 2026 begins on a Sunday and has 21 working days from Monday to Friday.
    assert len(_days(workspace, "2026-11", every="day")) == 21
    assert _days(workspace, "2026-11", every="weekday", step=10) == ["11-02", "11-16", "11-30"]
    fridays = ["11-06", "11-13", "11-20", "11-27"]
    assert _days(workspace, "2026-11", every="week", at="friday") == fridays
    # The last week of the month ends with it, on a Monday.
    assert _days(workspace, "2026-11", every="week") == [*fridays, "11-30"]
    assert _days(workspace, "2026-11", every="month", at="start") == ["11-02"]
    assert _days(workspace, "2026-11", every="month", at="end") == ["11-30"]
    # The 15th is a Sunday: the Friday before.
    assert _days(workspace, "2026-11", every="month", at="15") == ["11-13"]
    assert _days(workspace, "2026", every="quarter", at="end") == [
        "03-31", "06-30", "09-30", "12-31",
    ]  # fmt: skip
    # New Year is a holiday.
    assert _days(workspace, "2026", every="year", at="start") == ["01-04"]
    assert _days(workspace, "2026", every="half_year", at="end") == ["06-30", "12-31"]
    assert _days(workspace, "2026", at="06-30") == ["06-30"]
    assert _days(workspace, "2026-11", at="06-30") == []
    assert _days(workspace, "2026", at="02-30") == []
    assert _days(workspace, "2026-11") == ["11-30"]
    assert _days(workspace, "2026-11", at="before", days=3) == []


def running_plan(workspace: Workspace, text: str, who: Who = ANN, *, running: bool = True) -> int:
    with workspace.change("Plan") as change:
        plan_id = beginning.with_text(change, text, title="P", period=parse("2026-11"), who=who)
        offered = taking.offers(change.connection, plan_id)
        taking.take(change, plan_id, [one.pick for one in offered])
        if running:  # nobody at work: it runs from its first day
            kept, change.person_id = change.person_id, None
            deciding.approve(change, plan_id)
            change.person_id = kept
    return plan_id


def _found(workspace: Workspace, who: Who = OFFICE) -> list[tuple[str, str, str, str]]:
    found = workspace.read(tasks.tasks_between, date(2026, 11, 1), date(2026, 12, 1), who)
    return [(one.day.isoformat()[5:], one.words, one.owner, one.status) for one in found]


def _state(workspace: Workspace, plan_id: int, today: date = TODAY) -> tuple[str, str]:
    rule = workspace.read(items.of_plan, plan_id)[0].rules[0]
    state = workspace.read(states.of_plan, plan_id, today)[rule.id]
    return state.words, state.mood


def test_a_drafts_actions_are_nobodys_tasks(workspace: Workspace) -> None:
    plan_id = running_plan(workspace, "每月末制定下月培训计划", running=False)
    assert _found(workspace) == []
    assert _state(workspace, plan_id) == ("first on 2026-11-30", "none")


def test_an_action_is_done_moved_and_dropped(workspace: Workspace) -> None:
    plan_id = running_plan(workspace, "每周五整理客户资料")
    words = workspace.read(items.of_plan, plan_id)[0].rules[0].words
    days = ["11-06", "11-13", "11-20", "11-27"]
    assert _found(workspace, ANN) == [(day, words, "Ann", "open") for day in days]
    assert _found(workspace, person(STAFF.bob)) == []
    assert len(_found(workspace, team(STAFF.east))) == 4
    assert _found(workspace, team(STAFF.west)) == []
    assert _state(workspace, plan_id) == ("overdue since 2026-11-06, 3 times", "bad")
    refs = [
        one.ref
        for one in workspace.read(tasks.tasks_between, date(2026, 11, 1), date(2026, 12, 1), ANN)
    ]
    with workspace.change("Done") as change:
        tasks.mark_done(change, refs[0], on=date(2026, 11, 6))
    with workspace.change("Moved") as change:
        tasks.move(change, refs[1], date(2026, 11, 24), begins="09:30", ends="10:00")
    with workspace.change("Dropped") as change:
        tasks.drop(change, refs[2], "No new customers")
    assert [row[::3] for row in _found(workspace, ANN)] == [
        ("11-06", "done"), ("11-20", "dropped"), ("11-24", "open"), ("11-27", "open"),
    ]  # fmt: skip
    assert _state(workspace, plan_id) == ("next on 2026-11-24", "good")
    assert _state(workspace, plan_id, date(2026, 11, 24)) == ("due today", "warn")
    moved = workspace.read(tasks.task_by_ref, Ref(2))
    assert (moved.moved, moved.occurrence, moved.begins) == (True, date(2026, 11, 13), "09:30")
    with pytest.raises(InputError, match="settled already"), workspace.change("x") as change:
        tasks.mark_done(change, Ref(1))
    with workspace.change("Open again") as change:
        tasks.reopen(change, Ref(1))
    assert _state(workspace, plan_id)[0] == "overdue since 2026-11-06"
    for _turn in range(4):
        workspace.undo()
    assert [row[::3] for row in _found(workspace, ANN)] == [(day, "open") for day in days]


def test_nothing_was_to_be_done_before_the_plan_was_handed_in(workspace: Workspace) -> None:
    plan_id = running_plan(workspace, "每周五整理客户资料", running=False)
    with workspace.change("Submit") as change:
        change.now = change.now.replace(year=2026, month=11, day=18)
        deciding.submit(change, plan_id)
    assert [day for day, *_rest in _found(workspace, ANN)] == ["11-20", "11-27"]


def test_overdue_tasks_come_first_and_are_open(workspace: Workspace) -> None:
    running_plan(workspace, "每周五整理客户资料")
    with workspace.change("Task") as change:
        tasks.add(change, words="Visit the school", person_id=STAFF.ann, day=date(2026, 11, 2))
        tasks.add(change, words="Tidy", person_id=STAFF.bob, day=date(2026, 11, 2))
        tasks.mark_done(change, Ref(2), on=date(2026, 11, 2))
    found = workspace.read(tasks.overdue, TODAY, ANN)
    assert [one.day.isoformat()[5:] for one in found] == ["11-02", "11-06", "11-13", "11-20"]
    assert workspace.read(tasks.overdue, TODAY, person(STAFF.bob)) == []


def test_colleagues_tasks_are_a_managers_to_settle(workspace: Workspace) -> None:
    with workspace.change("Task") as change:
        tasks.add(change, words="Call", person_id=STAFF.ann, day=TODAY)
    workspace.work_as(STAFF.bob, "Bob")
    with pytest.raises(RightsError), workspace.change("x") as change:
        tasks.drop(change, Ref(1), "No time")
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("Drop") as change:
        tasks.drop(change, Ref(1), "No time")


def test_what_comes_of_a_plan_is_dropped_not_deleted(workspace: Workspace) -> None:
    plan_id = running_plan(workspace, "每月末制定下月培训计划")
    (found,) = workspace.read(tasks.tasks_between, date(2026, 11, 1), date(2026, 12, 1), ANN)
    with workspace.change("Move") as change:
        row_id = tasks.move(change, found.ref, date(2026, 11, 27))
    with pytest.raises(InputError, match="drop it with a reason"), workspace.change("x") as change:
        tasks.delete(change, row_id)
    assert _state(workspace, plan_id) == ("next on 2026-11-27", "good")


def test_a_rule_that_goes_leaves_what_was_done_of_it(workspace: Workspace) -> None:
    plan_id = running_plan(workspace, "每月初拟定计划表")
    (found,) = workspace.read(tasks.tasks_between, date(2026, 11, 1), date(2026, 12, 1), ANN)
    with workspace.change("Done") as change:
        tasks.mark_done(change, found.ref, on=date(2026, 11, 2))
        deciding.take_back(change, plan_id, "correction", "x")
        seen = plans.plan_by_id(change.connection, plan_id).version
        items.write(change, plan_id, [], seen_version=seen)
    assert [row[3] for row in _found(workspace, ANN)] == ["done"]


def test_what_an_action_waits_for_gives_it_its_day(workspace: Workspace) -> None:
    plan_id = running_plan(workspace, "送样后3天问客户是否收到")
    [rule] = [rule for item in workspace.read(items.of_plan, plan_id) for rule in item.rules]
    assert (rule.days, rule.at) == (3, "after")
    assert _state(workspace, plan_id) == ("done when it is due", "none")
    with workspace.change("Sample sent") as change:
        [task_id] = tasks.arise(change, rule.id, date(2026, 11, 23), customer_id=STAFF.lin)
    found = workspace.read(tasks.task_by_ref, Ref(task_id))
    assert (found.day, found.owner, found.customer_name) == (date(2026, 11, 26), "Ann", "林先生")
    assert _state(workspace, plan_id) == ("next on 2026-11-26", "good")
    assert "It happened" in (workspace.undo() or "")
    assert _state(workspace, plan_id) == ("done when it is due", "none")


def test_a_rule_that_waits_for_nothing_doesnt_arise(workspace: Workspace) -> None:
    weekly = running_plan(workspace, "每周五整理客户资料")
    draft = running_plan(workspace, "送样后3天问客户是否收到", running=False)
    for plan_id, words in ((weekly, "waits for nothing"), (draft, "isn't handed in")):
        rule = workspace.read(items.of_plan, plan_id)[0].rules[0]
        with pytest.raises(InputError, match=words), workspace.change("x") as change:
            tasks.arise(change, rule.id, TODAY)


def test_today_holds_what_was_left_undone_but_an_actions_latest_day_alone(
    workspace: Workspace,
) -> None:
    running_plan(workspace, "每周五整理客户资料")
    with workspace.change("Tasks") as change:
        tasks.add(change, words="Long ago", person_id=STAFF.ann, day=date(2026, 3, 2))
        tasks.add(change, words="Visit", person_id=STAFF.ann, day=date(2026, 11, 2))
        tasks.add(change, words="Today", person_id=STAFF.ann, day=TODAY)
        tasks.add(change, words="Later", person_id=STAFF.ann, day=date(2026, 11, 25))
        tasks.add(change, words="Bob's", person_id=STAFF.bob, day=TODAY)
        first = next(one for one in _november(change, ANN) if one.day == date(2026, 11, 6))
        tasks.move(change, first.ref, date(2026, 11, 9))
    found = workspace.read(tasks.due, TODAY, ANN)
    assert [(one.day.month, one.day.day, one.moved) for one in found] == [
        (3, 2, False), (11, 2, False), (11, 9, True), (11, 20, False), (11, 23, False),
    ]  # fmt: skip
    # Once Friday's is done, the Friday before doesn't come up instead.
    with workspace.change("Done") as change:
        tasks.mark_done(change, found[3].ref, on=date(2026, 11, 20))
    left = [one for one in workspace.read(tasks.due, TODAY, ANN) if one.ref.rule_id is not None]
    assert [one.day.day for one in left] == [9]


def _november(change: Change, who: Who) -> list[tasks.Task]:
    """November's, as they stand within a change."""
    return tasks.tasks_between(change.connection, date(2026, 11, 1), date(2026, 12, 1), who)


def test_no_undo_alters_what_was_done_in_a_month_closed_since(workspace: Workspace) -> None:
    with workspace.change("Tasks") as change:
        tasks.add(change, words="Visit", person_id=STAFF.ann, day=date(2026, 10, 5))
    with workspace.change("Done") as change:
        tasks.mark_done(change, Ref(1), on=date(2026, 10, 6))
    with workspace.unrecorded() as change:
        months.close(change, parse("2026-10"))
    with pytest.raises(InputError, match="closed"):
        workspace.undo()
    assert workspace.read(tasks.task_by_ref, Ref(1)).status == "done"
    with workspace.unrecorded() as change:
        months.reopen(change, parse("2026-10"))
    workspace.undo()
    assert workspace.read(tasks.task_by_ref, Ref(1)).status == "open"

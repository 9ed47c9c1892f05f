"""The timetable: days with tasks, customers to contact, leave and days off; as calendar file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from salesdesk.calc.periods import month
from salesdesk.customers import activities, leave
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import rights
from salesdesk.planning import deciding, plans, tasks, timetable
from salesdesk.planning.live import rule, writing
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.planning.tasks import Ref
from salesdesk.planning.timetable import Timetable
from salesdesk.reports import calendar_file, timetable_sheet
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office
from tests.planning.test_tasks import running_plan

ANN = person(STAFF.ann)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office with tasks of Ann's and Bob's in one week, and Bob on leave."""
    with staffed_office(tmp_path) as opened:
        with opened.change("Tasks") as change:
            tasks.add(
                change, words="Visit the school", person_id=STAFF.ann, day=MONDAY, kind="visit",
                customer_id=STAFF.lin, begins="09:30", ends="10:30",
            )  # fmt: skip
            tasks.add(change, words="Tidy", person_id=STAFF.bob, day=date(2026, 11, 24))
            tasks.add(change, words="Too late", person_id=STAFF.ann, day=date(2026, 11, 30))
            leave.add_leave(change, STAFF.bob, date(2026, 11, 26), date(2026, 12, 2))
        with opened.change("Due") as change:
            for who, customer_id in ((STAFF.ann, STAFF.lin), (STAFF.cleo, STAFF.zhou)):
                activities.log(
                    change, person_id=who, kind="call", customer_id=customer_id,
                    at=datetime(2026, 11, 2, 9), next_contact_on=date(2026, 11, 25),
                )  # fmt: skip
        yield opened


def _week(workspace: Workspace, who: Who = OFFICE, actor: int | None = None) -> Timetable:
    return workspace.read(
        timetable.read, *timetable.week_of(date(2026, 11, 25)), who, actor_id=actor
    )


def test_a_week_holds_tasks_contacts_leave_and_days_off(workspace: Workspace) -> None:
    found = _week(workspace)
    assert (found.name, found.start, found.end) == ("Whole office", MONDAY, date(2026, 11, 30))
    assert [one.words for one in found.tasks] == ["Visit the school", "Tidy"]
    assert [day.worked for day in found.days] == [True] * 5 + [False] * 2
    assert [day.contacts_due for day in found.days] == [0, 0, 2, 0, 0, 0, 0]
    assert [one.name for one in found.days[2].contacts] == ["林先生", "周女士"]
    assert [[one.name for one in day.away] for day in found.days[2:5]] == [[], ["Bob"], ["Bob"]]


def test_a_person_and_a_team_have_their_own(workspace: Workspace) -> None:
    ann, east = _week(workspace, ANN), _week(workspace, team(STAFF.east))
    assert [one.words for one in ann.tasks] == ["Visit the school"]
    assert [one.words for one in east.tasks] == ["Visit the school", "Tidy"]
    assert (ann.days[2].contacts_due, east.days[2].contacts_due) == (1, 1)
    assert [day.away for day in ann.days] == [()] * 7
    # What a salesperson may not see of others' customers isn't told here either.
    with workspace.change("Rights") as change:
        rights.adjust(change, "customers.see", "salesperson", "own")
    assert _week(workspace, actor=STAFF.bob).days[2].contacts_due == 0
    with pytest.raises(NotFoundError):
        _week(workspace, person(99))


def test_a_holiday_is_named_and_not_worked(workspace: Workspace) -> None:
    found = workspace.read(timetable.read, *timetable.week_of(date(2026, 10, 1)))
    (first,) = [day for day in found.days if day.day == date(2026, 10, 1)]
    assert (first.worked, first.name) == (False, "National Day")
    assert timetable.sheet_of(month(2026, 11)) == (date(2026, 10, 26), date(2026, 12, 7))


def test_a_task_of_a_teams_action_stays_the_teams(workspace: Workspace) -> None:
    """An action that the office's plan gives to a team is the team's, touched or not."""
    plan_id = running_plan(workspace, "每周五整理客户资料", OFFICE, running=False)
    with workspace.change("To East") as change:
        plan = plans.plan_by_id(change.connection, plan_id)
        (action,) = rule.of_plan(change.connection, plan)
        writing.Writer(change, plan).edit(action, replace(action, team_id=STAFF.east))
        change.person_id = None  # nobody at work: it runs from its first day
        deciding.approve(change, plan_id)
    november = (date(2026, 11, 1), date(2026, 12, 1))
    found = workspace.read(timetable.read, *november, team(STAFF.east)).tasks
    mine = [one for one in found if one.ref.rule_id is not None]
    assert [one.who for one in mine] == [team(STAFF.east)] * 4
    with workspace.change("Done") as change:
        moved = tasks.move(change, mine[0].ref, date(2026, 11, 25))
    stored = workspace.read(tasks.task_by_ref, Ref(moved))
    assert stored.who == team(STAFF.east)
    again = workspace.read(timetable.read, *november, team(STAFF.east)).tasks
    assert [one.day for one in again if one.ref.rule_id is not None] == [
        date(2026, 11, day) for day in (13, 20, 25, 27)
    ]
    west = workspace.read(timetable.read, *november, team(STAFF.west)).tasks
    assert west == []


def test_a_task_is_named_as_text() -> None:
    for ref in (Ref(12), Ref(None, 7, date(2026, 11, 6))):
        assert tasks.ref_of(ref.text) == ref
    assert Ref(None, 7, date(2026, 11, 6)).text == "R7@2026-11-06"
    for wrong in ("", "x", "R7", "R7@2026-02-30", "-1"):
        with pytest.raises(InputError, match="names no task"):
            tasks.ref_of(wrong)


def _events(workspace: Workspace, found: Timetable, hour: int = 8) -> dict[str, dict[str, object]]:
    now = datetime(2026, 11, 23, hour, tzinfo=UTC)
    read: Any = Calendar.from_ical(workspace.read(calendar_file.ics, found, now=now))
    return {
        str(one["uid"]).split("@", maxsplit=1)[0]: {
            "summary": str(one["summary"]),
            "start": one["dtstart"].dt,
            "end": one["dtend"].dt,
            "status": str(one.get("status", "")),
        }
        for one in read.walk("VEVENT")
    }


def test_a_calendar_file_is_read_back_as_it_was_meant(workspace: Workspace) -> None:
    found = _events(workspace, _week(workspace, ANN))
    assert found["task-1"] == {
        "summary": "Visit the school",
        "start": datetime(2026, 11, 23, 9, 30),
        "end": datetime(2026, 11, 23, 10, 30),
        "status": "CONFIRMED",
    }
    contact = found[f"contact-{STAFF.lin}"]
    assert (contact["summary"], contact["start"]) == ("Contact 林先生", date(2026, 11, 25))
    assert set(found) == {"task-1", f"contact-{STAFF.lin}"}
    whole = _events(workspace, _week(workspace))
    assert whole["task-2"]["summary"] == "Bob: Tidy"
    assert (whole["task-2"]["start"], whole["task-2"]["end"]) == (
        date(2026, 11, 24), date(2026, 11, 25),
    )  # fmt: skip
    assert whole["leave-3-20261126"]["end"] == date(2026, 12, 2)


def test_entries_keep_their_identity_when_they_are_moved_done_or_dropped(
    workspace: Workspace,
) -> None:
    running_plan(workspace, "每周五整理客户资料")
    before = _events(workspace, _week(workspace, ANN))
    (uid,) = [one for one in before if one.startswith("action-")]
    (ref,) = [one.ref for one in _week(workspace, ANN).tasks if one.ref.id is None]
    with workspace.change("Move") as change:
        row = tasks.move(change, ref, date(2026, 11, 26))
    moved = _events(workspace, _week(workspace, ANN), hour=9)
    assert set(moved) == set(before)
    assert (before[uid]["start"], moved[uid]["start"]) == (date(2026, 11, 27), date(2026, 11, 26))
    with workspace.change("Drop") as change:
        tasks.drop(change, Ref(row), "No time")
        tasks.mark_done(change, Ref(1), on=MONDAY)
    after = _events(workspace, _week(workspace, ANN))
    assert after[uid]["status"] == "CANCELLED"
    assert after["task-1"]["summary"] == "✓ Visit the school"


def test_a_sheet_holds_whole_weeks(workspace: Workspace) -> None:
    november = month(2026, 11)
    found = workspace.read(timetable.read, november.start, november.end)
    sheet = workspace.read(timetable_sheet.sheet, found, today=MONDAY, month=november)
    assert (len(sheet["days"]), sheet["days"][0]["day"], sheet["kind"]) == (42, "10-26", "month")
    assert [day["within"] for day in sheet["days"]].count(True) == 30
    (day,) = [one for one in sheet["days"] if one["day"] == "11-23"]
    assert day["tasks"] == [
        {
            "status": "open",
            "time": "09:30–10:30",
            "words": "Visit the school",
            "more": "Ann, 林先生",
        }
    ]
    week = workspace.read(timetable_sheet.sheet, _week(workspace, ANN), today=MONDAY)
    assert (week["subtitle"], len(week["days"])) == ("Ann", 7)
    assert week["days"][2]["contacts"] == "1 customer to contact: 林先生"

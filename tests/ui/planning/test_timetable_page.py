"""The timetable in the window: days that are ticked, keyed, dragged, printed, sent to a phone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from icalendar import Calendar
from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.planning import beginning, deciding, taking, tasks
from salesdesk.planning.live.state import Where
from salesdesk.planning.places import OFFICE, person
from salesdesk.planning.tasks import Ref
from tests.sample import Sample
from tests.ui.conftest import TODAY
from tests.ui.planning.conftest import Printed, Settle
from ui.planning.day_list import DayList
from ui.planning.outline_margin import Note
from ui.planning.tab import PlanningTab
from ui.planning.task_forms import DropTaskForm, MoveTaskForm, TaskForm
from ui.planning.timetable_page import TimetablePage
from ui.shared import files as asking
from ui.shared.session import Session

#: A week of the plan's: Monday 9 November 2026 to Sunday.
MONDAY = date(2026, 11, 9)


@pytest.fixture
def plan_id(office: Session, sample: Sample) -> int:
    """张三's November, which runs: each Friday something; two tasks beside it."""
    who = person(sample.zhang)
    with office.workspace.change("Plan") as change:
        made = beginning.with_text(
            change, "每周五整理客户资料", title="十一月", period=parse("2026-11"), who=who
        )
        taking.take(change, made, [one.pick for one in taking.offers(change.connection, made)])
        kept, change.person_id = change.person_id, None
        deciding.approve(change, made)
        change.person_id = kept
        tasks.add(change, words="拜访学校", person_id=sample.zhang, day=MONDAY, begins="09:30")
        tasks.add(change, words="送样机", person_id=sample.li, day=date(2026, 11, 10))
    return made


@pytest.fixture
def page(office: Session, tab: PlanningTab, plan_id: int, settle: Settle) -> TimetablePage:
    """The week of 9 November of 张三."""
    office.preferences.set("timetable_view", "week")
    tab.select_plan(plan_id)
    found = tab.show_page("timetable")
    assert isinstance(found, TimetablePage)
    found.view.set_value("week")
    settle()
    found.show_day(MONDAY)
    settle()
    return found


def _words(page: TimetablePage) -> dict[str, list[str]]:
    return {
        f"{frame.list.day:%m-%d}": [frame.list.item(at).text() for at in range(frame.list.count())]
        for frame in page.days
        if not frame.isHidden() and frame.list.count()
    }


def _on(page: TimetablePage, day: date) -> DayList:
    found = next(one.list for one in page.days if one.list.day == day and not one.isHidden())
    found.setFocus()
    return found


def test_a_week_shows_whose_plan_it_is_and_the_office_everybodys(
    page: TimetablePage, settle: Settle
) -> None:
    assert _words(page) == {"11-09": ["09:30 拜访学校"], "11-13": ["整理客户资料"]}
    page.who.set_value(OFFICE)
    settle()
    assert _words(page)["11-10"] == ["送样机 (李四)"]
    page.view.set_value("month")
    settle()
    assert len([frame for frame in page.days if not frame.isHidden()]) == 42
    assert [one for one in _words(page) if one > "11-10"] == ["11-13", "11-20", "11-27"]


def test_keys_tick_move_and_go_to_the_days_beside(
    qtbot: QtBot, page: TimetablePage, office: Session, settle: Settle
) -> None:
    day = _on(page, MONDAY)
    qtbot.keyClick(day, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    settle()
    moved = office.read(tasks.task_by_ref, Ref(1))
    assert (moved.day, moved.begins) == (date(2026, 11, 10), "09:30")
    day = _on(page, date(2026, 11, 10))
    assert day.hasFocus()
    qtbot.keyClick(day, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settle()
    assert office.read(tasks.task_by_ref, Ref(1)).day == date(2026, 11, 17)
    assert _words(page)["11-17"] == ["09:30 拜访学校"]  # the page went with it
    day = _on(page, date(2026, 11, 17))
    qtbot.keyClick(day, Qt.Key.Key_Space)
    settle()
    assert office.read(tasks.task_by_ref, Ref(1)).status == "done"
    qtbot.keyClick(_on(page, date(2026, 11, 17)), Qt.Key.Key_Return)
    settle()
    assert office.read(tasks.task_by_ref, Ref(1)).status == "open"
    qtbot.keyClick(_on(page, date(2026, 11, 17)), Qt.Key.Key_Right)
    assert _on(page, date(2026, 11, 18)).hasFocus()


def test_the_day_of_an_action_is_ticked_with_its_box(
    qtbot: QtBot, page: TimetablePage, office: Session, settle: Settle
) -> None:
    friday = _on(page, date(2026, 11, 13))
    friday.item(0).setCheckState(Qt.CheckState.Checked)

    def stored() -> list[tuple[str, date | None]]:
        found = office.read(tasks.tasks_between, date(2026, 11, 13), date(2026, 11, 14))
        return [(one.status, one.done_on) for one in found if one.ref.id is not None]

    qtbot.waitUntil(lambda: stored() == [("done", date.today())])
    settle()
    assert page.current() is not None


def test_a_task_is_dragged_to_another_day(
    qtbot: QtBot, page: TimetablePage, office: Session, settle: Settle
) -> None:
    target, source = _on(page, date(2026, 11, 12)), _on(page, MONDAY)
    source.setCurrentRow(0)
    target.dropEvent(cast(QDropEvent, _Drop(source)))
    thursday = date(2026, 11, 12)
    qtbot.waitUntil(lambda: office.read(tasks.task_by_ref, Ref(1)).day == thursday)
    settle()
    assert "11-09" not in _words(page)


class _Drop:
    """What Qt tells a list of something that was let go over it."""

    def __init__(self, source: DayList) -> None:
        self._source = source

    def source(self) -> DayList:
        return self._source

    def setDropAction(self, action: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        assert action == Qt.DropAction.CopyAction  # so that Qt takes nothing out of the source

    def accept(self) -> None:
        """Nothing more to do."""


def test_forms_enter_move_and_drop(
    page: TimetablePage, office: Session, sample: Sample, settle: Settle
) -> None:
    form = TaskForm(office, MONDAY, person(sample.zhang), page)
    form.words.setText("打印合同")
    form.accept()
    settle()
    assert _words(page)["11-09"] == ["09:30 拜访学校", "打印合同"]
    task = office.read(tasks.task_by_ref, Ref(3))
    assert (task.who.person_id, task.day) == (sample.zhang, MONDAY)
    move = MoveTaskForm(office, task, page)
    move.day.edit.setText("2026-11-11")
    move.begins.setText("25:00")
    move.accept()
    assert "time of day" in move.error.text()
    move.begins.setText("14:00")
    move.accept()
    settle()
    assert _words(page)["11-11"] == ["14:00 打印合同"]
    drop = DropTaskForm(office, office.read(tasks.task_by_ref, Ref(3)), page)
    drop.accept()
    assert "missing" in drop.error.text()
    drop.reason.setPlainText("合同取消")
    drop.accept()
    settle()
    dropped = _on(page, date(2026, 11, 11))
    assert dropped.item(0).font().strikeOut()
    assert page.drop_button.isEnabled() is False


def test_a_sheet_is_printed_and_a_calendar_written(
    page: TimetablePage,
    printed: Printed,
    settle: Settle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page.print_button.click()
    settle()
    assert "整理客户资料" in printed()
    path = tmp_path / "week.ics"
    monkeypatch.setattr(asking, "ask_save", lambda *_arguments, **_options: path)
    page.phone_button.click()
    events: Any = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert "整理客户资料" in [str(one["summary"]) for one in events]


def test_a_rules_state_leads_to_its_day(
    page: TimetablePage, tab: PlanningTab, settle: Settle
) -> None:
    tab.show_page("text")
    note = Note("", "", where=Where("timetable", day=date(2026, 11, 20)))
    tab._look(note)
    settle()
    assert tab.page_shown == "timetable"
    assert _words(page) == {"11-20": ["整理客户资料"]}


def test_what_is_overdue_comes_up(page: TimetablePage, settle: Settle) -> None:
    page.go_today()
    settle()
    late = [one.day for one in page._overdue]
    assert late == sorted(late)
    assert page.overdue_button.isHidden() == (not late)
    assert all(day < TODAY for day in late)


def test_who_may_not_write_plans_is_refused(
    page: TimetablePage, office: Session, sample: Sample, settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told: list[str] = []
    monkeypatch.setattr(
        "ui.planning.timetable_page.tell", lambda _parent, error: told.append(error.message)
    )
    office.work_as(sample.li, "李四")
    settle()
    page.put(office.read(tasks.task_by_ref, Ref(1)), date(2026, 11, 10))
    settle()
    assert len(told) == 1
    assert office.read(tasks.task_by_ref, Ref(1)).day == MONDAY

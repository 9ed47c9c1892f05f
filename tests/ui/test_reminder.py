"""Reminders: once a day and before timed tasks, never in the quiet hours, for who works alone."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from pytestqt.qtbot import QtBot

from salesdesk.office import people
from salesdesk.planning import tasks
from ui import reminder
from ui.office.reminders import RemindersForm
from ui.reminder import Reminder, is_quiet, quiet_hours
from ui.shared import background
from ui.shared.session import Session

#: The morning of the tests' day.
NINE = datetime(2026, 11, 24, 9, 0)


@pytest.fixture
def told(session: Session, qtbot: QtBot) -> tuple[Reminder, list[str]]:
    """A reminder in an office with three tasks of whoever works, and what it said."""
    li = session.read(people.person_named, "Li Si").id
    mine = session.read(people.person_named, "Zhang San").id
    with session.workspace.unrecorded() as change:
        for words, begins in (("Print", ""), ("Visit", "10:00"), ("Call", "")):
            tasks.add(change, words=words, person_id=mine, day=NINE.date(), begins=begins)
        tasks.add(change, words="Not mine", person_id=li, day=NINE.date())
    session.work_as(mine, "Zhang San")
    found = Reminder(session)
    said: list[str] = []
    found.told.connect(said.append)
    return found, said


def _look(qtbot: QtBot, one: Reminder, now: datetime) -> None:
    one.look(now)
    qtbot.waitUntil(lambda: not background.running)


def test_the_day_is_told_once_and_timed_tasks_before_they_begin(
    qtbot: QtBot, told: tuple[Reminder, list[str]]
) -> None:
    one, said = told
    _look(qtbot, one, NINE)
    assert said == ["3 tasks: Visit, Print, Call"]
    for minute in (1, 44):
        _look(qtbot, one, NINE.replace(minute=minute))
    assert len(said) == 1
    for minute in (45, 46, 59):
        _look(qtbot, one, NINE.replace(minute=minute))
    assert said[1:] == ["10:00 Visit"]
    _look(qtbot, one, NINE.replace(day=25))
    assert len(said) == 3  # another day


def test_nobody_is_reminded_in_quiet_hours_or_who_doesnt_want_it(
    qtbot: QtBot, session: Session, told: tuple[Reminder, list[str]]
) -> None:
    one, said = told
    _look(qtbot, one, NINE.replace(hour=7))
    _look(qtbot, one, NINE.replace(hour=19))
    session.preferences.set(reminder.ENABLED, False)
    _look(qtbot, one, NINE)
    assert said == []
    session.preferences.set(reminder.ENABLED, True)
    _look(qtbot, one, NINE)
    assert len(said) == 1


def test_quiet_hours_may_go_past_midnight() -> None:
    for words, quiet in (("18:29", False), ("18:30", True), ("00:00", True), ("08:29", True),
                         ("08:30", False), ("12:00", False)):  # fmt: skip
        assert is_quiet(time.fromisoformat(words), "18:30", "08:30") is quiet, words
    assert is_quiet(time(12, 30), "12:00", "13:30")
    assert not is_quiet(time(13, 30), "12:00", "13:30")
    assert not is_quiet(time(12, 0), "12:00", "12:00")


def test_a_form_keeps_the_hours_and_refuses_what_is_no_time(qtbot: QtBot, session: Session) -> None:
    form = RemindersForm(session, None)
    qtbot.addWidget(form)
    form.enabled.setChecked(False)
    form.begins.setText("24:00")
    form.accept()
    assert "isn't a time of day" in form.error.text()
    form.begins.setText("20:15")
    form.ends.setText("07:00")
    form.accept()
    assert session.preferences.get(reminder.ENABLED, True) is False
    assert quiet_hours(session.preferences) == ("20:15", "07:00")
    session.preferences.set(reminder.FROM, "nonsense")
    assert quiet_hours(session.preferences)[0] == reminder.USUAL_FROM

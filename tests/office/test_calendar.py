"""The working calendar: China's real days of 2026, provisional ones of 2027, and the office's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError, InputError
from salesdesk.office import calendar, settings
from salesdesk.office.calendar import SpecialDay
from salesdesk.workspace import Workspace
from tests.offices import found, staffed_office

#: 国务院办公厅关于2026年部分节假日安排的通知: days off and the weekends worked in exchange.
OFF_2026 = [
    ((1, 1), (1, 3)), ((2, 15), (2, 23)), ((4, 4), (4, 6)), ((5, 1), (5, 5)), ((6, 19), (6, 21)),
    ((9, 25), (9, 27)), ((10, 1), (10, 7)),
]  # fmt: skip
WORKED_2026 = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An office that works Monday to Friday."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _calendar(workspace: Workspace) -> WorkCalendar:
    return workspace.read(calendar.work_calendar)


def test_the_days_of_2026_are_those_that_were_announced(workspace: Workspace) -> None:
    off = {
        date(2026, *first) + timedelta(days=number)
        for first, last in OFF_2026
        for number in range((date(2026, *last) - date(2026, *first)).days + 1)
    }
    worked = {date(2026, *day) for day in WORKED_2026}
    work = _calendar(workspace)
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert (work.weight(day) > 0) == expected, day
    assert work.weight_between(date(2026, 1, 1), date(2027, 1, 1)) == 248


def test_2027_knows_the_statutory_days_only_and_says_so(workspace: Workspace) -> None:
    days = workspace.read(calendar.days, 2027)
    assert len(days) == 13
    assert all(day.provisional and not day.working for day in days)
    assert workspace.read(calendar.has_provisional, 2027)
    assert not workspace.read(calendar.has_provisional, 2026)
    work = _calendar(workspace)
    assert (work.first_year, work.last_year) == (2004, 2027)
    assert work.weight(date(2027, 2, 8)) == 0  # a Monday, third day of Spring Festival
    assert work.weight(date(2027, 2, 9)) == 1
    with pytest.raises(CalendarError):
        work.weight(date(2028, 1, 1))


def test_a_calendar_that_was_asked_for_follows_every_change(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Another program's, an undone one, the rules, and another office's: none stays in memory."""
    tuesday = date(2026, 10, 20)
    assert _calendar(workspace).weight(tuesday) == 1
    with Workspace.open(workspace.path) as other:
        other.work_as(workspace.person_id, workspace.person_name)
        with other.change() as change:
            calendar.set_day(change, tuesday, working=False, name="Stocktaking", closed=True)
        assert _calendar(workspace).weight(tuesday) == 0
        other.undo()
        assert _calendar(workspace).weight(tuesday) == 1
    with workspace.change() as change:
        settings.store(change, weekday_weights=[2] * 7)
    assert _calendar(workspace).weight(tuesday) == 2
    (tmp_path / "second").mkdir()
    with found(tmp_path / "second") as second:
        assert _calendar(second).weight(tuesday) == 1
    assert _calendar(workspace).weight(tuesday) == 2


def test_an_announced_year_takes_the_place_of_the_provisional_one(workspace: Workspace) -> None:
    with workspace.change("Import 2027") as change:
        calendar.import_year(
            change,
            2027,
            [
                SpecialDay(date(2027, 1, 4), False, "New Year's Day", False),
                SpecialDay(date(2027, 1, 2), True, "New Year's Day", False),
            ],
        )
    assert [day.day.day for day in workspace.read(calendar.days, 2027)] == [2, 4]
    assert not workspace.read(calendar.has_provisional, 2027)
    work = _calendar(workspace)
    assert work.weight(date(2027, 1, 2)) == 1  # a Saturday
    assert work.weight(date(2027, 2, 8)) == 1
    workspace.undo()
    assert len(workspace.read(calendar.days, 2027)) == 13


@pytest.mark.parametrize("days", [[], [SpecialDay(date(2026, 1, 1), False, "", False)]])
def test_days_of_another_year_or_none_are_not_imported(
    workspace: Workspace, days: list[SpecialDay]
) -> None:
    with pytest.raises(InputError, match="2027"), workspace.change("Import") as change:
        calendar.import_year(change, 2027, days)
    assert len(workspace.read(calendar.days, 2027)) == 13


def test_the_office_sets_single_days_and_lets_them_go_again(workspace: Workspace) -> None:
    saturday, monday = date(2026, 11, 21), date(2026, 11, 23)
    with workspace.change("Fair") as change:
        calendar.set_day(change, saturday, working=True, name=" Trade fair ")
        calendar.set_day(change, monday, working=False)
        calendar.set_day(change, date(2027, 1, 1), working=False, name="New Year's Day")
    work = _calendar(workspace)
    assert (work.weight(saturday), work.weight(monday)) == (1, 0)
    [fair] = [day for day in workspace.read(calendar.days, 2026) if day.day == saturday]
    assert fair == SpecialDay(saturday, True, "Trade fair", False)
    assert not workspace.read(calendar.days, 2027)[0].provisional
    with workspace.change("No fair") as change:
        calendar.clear_day(change, saturday)
        calendar.clear_day(change, saturday)
    assert _calendar(workspace).weight(saturday) == 0


def test_a_showroom_counts_weekends_double_and_opens_on_holidays(tmp_path: Path) -> None:
    with found(tmp_path, kind="property") as workspace:
        work = _calendar(workspace)
        assert work.weight(date(2026, 11, 21)) == 2
        assert work.weight(date(2026, 10, 1)) == 1
        with workspace.change("Close on holidays") as change:
            settings.store(change, holidays_open=False)
        assert _calendar(workspace).weight(date(2026, 10, 1)) == 0

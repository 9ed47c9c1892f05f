"""Tasks and the timetable from the command line: entered, done, moved, dropped, written out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar

from tests.commands.conftest import Run

ACTING = ("--as", "张三")


def _listed(run: Run, office: Path, *more: str) -> list[tuple[str, str, str, str]]:
    found = run(
        "tasks", office, "--from", "2026-11-01", "--to", "2026-11-30", *ACTING, *more, "--json"
    )
    assert found.status == 0, found.err
    return [(one["task"], one["day"], one["words"], one["status"]) for one in found.json]


def test_a_task_goes_from_entered_to_settled(run: Run, office: Path) -> None:
    assert "Nothing is to be done" in run("tasks", office, *ACTING).out
    for words, day in (
        ("拜访学校", "2026-11-03"),
        ("整理资料", "2026-11-04"),
        ("错", "2026-11-05"),
    ):
        said = run("task", "add", office, words, "--day", day, *ACTING, "--json")
        assert said.status == 0, said.err
    assert run("task", "done", office, "1", "--on", "2026-11-03", *ACTING).status == 0
    moved = run("task", "move", office, "2", "--day", "2026-11-06", "--begins", "09:30", *ACTING)
    assert "2026-11-06" in moved.out
    assert run("task", "drop", office, "2", "--reason", "客户取消", *ACTING).status == 0
    assert run("task", "edit", office, "3", "--words", "对", *ACTING).status == 0
    assert _listed(run, office) == [
        ("1", "2026-11-03", "拜访学校", "done"),
        ("3", "2026-11-05", "对", "open"),
        ("2", "2026-11-06", "整理资料", "dropped"),
    ]
    late = run("tasks", office, "--overdue", "--from", "2026-11-10", *ACTING, "--json").json
    assert [one["words"] for one in late] == ["对"]
    assert run("task", "reopen", office, "2", *ACTING).status == 0
    assert run("task", "delete", office, "3", *ACTING).status == 0
    assert [one[3] for one in _listed(run, office)] == ["done", "open"]
    assert _listed(run, office, "--person", "李四") == []
    assert len(_listed(run, office, "--office")) == 2
    run("undo", office, *ACTING)
    assert len(_listed(run, office)) == 3


def test_what_isnt_a_task_is_said(run: Run, office: Path) -> None:
    for wrong, words in (
        (("done", office, "x"), "names no task"),
        (("done", office, "99"), "no task number 99"),
        (("drop", office, "R9@2026-11-06", "--reason", "x"), "no such task"),
        (("delete", office, "R9@2026-11-06"), "drop it with a reason"),
        (("edit", office, "R9@2026-11-06", "--words", "x"), "stand in the plan"),
    ):
        said = run("task", *wrong)
        assert (said.status, words in said.err) == (1, True), said.err
    said = run("tasks", office, "--from", "2026-11-05", "--to", "2026-11-01")
    assert "before the first" in said.err


def test_a_timetable_is_shown_and_written(run: Run, office: Path, tmp_path: Path) -> None:
    run("task", "add", office, "拜访学校", "--day", "2026-11-03", "--begins", "09:30", *ACTING)
    shown = run("timetable", office, "--week", "2026-11-04", *ACTING)
    assert "2026-11-03 Tuesday\n  1 09:30 拜访学校 (张三)" in shown.out
    calendar = tmp_path / "week.ics"
    wrote = run("timetable", office, "--week", "2026-11-04", "-o", calendar, *ACTING)
    assert (wrote.status, str(calendar) in wrote.out) == (0, True), wrote.err
    events: Any = Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
    tasks = [one for one in events if str(one["summary"]) == "拜访学校"]
    assert [one["dtstart"].dt for one in tasks] == [datetime(2026, 11, 3, 9, 30)]
    assert run("timetable", office, "-o", calendar).status != 0  # it is there already
    for name, span in (("w.pdf", ("--week", "2026-11-04")), ("m.pdf", ("--month", "2026-11"))):
        sheet = tmp_path / name
        assert run("timetable", office, *span, "--office", "-o", sheet).status == 0
        assert sheet.read_bytes().startswith(b"%PDF")
    found = run("timetable", office, "--month", "2026-11", "--json").json
    assert (found["first_day"], len(found["days"])) == (date(2026, 11, 1).isoformat(), 30)

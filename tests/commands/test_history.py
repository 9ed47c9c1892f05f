"""history, undo, redo."""

from __future__ import annotations

from pathlib import Path

from salesdesk.commands.opening import SEAT
from salesdesk.office import people
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run
from tests.offices import trust_everybody
from tests.sample import Sample


def test_history_lists_changes_newest_first(run: Run, office: Path) -> None:
    said = run("history", office, "--json")
    assert said.status == 0
    assert said.json[1]["label"].startswith("Contract of 林先生")
    assert said.json[2]["label"].startswith("New team East; New team West; New person 张三")
    assert set(said.json[0]) == {"id", "at", "person", "label", "kind", "undone", "rows"}
    [newest] = run("history", office, "--limit", 1, "--json").json
    assert newest["label"].startswith("New plan: 2026 销售计划")
    assert "钱经理" in run("history", office).out


def test_undo_and_redo_take_the_latest_change_back_and_again(run: Run, office: Path) -> None:
    made = ("plan", "new", office, "--template", "yearly-abc", "--period", "2026")
    assert run(*made).status == 0
    label = "New plan: 2026 Personal yearly plan with A, B, C customers"
    assert run("undo", office).out == f"Undone: {label}\n"
    assert len(run("plans", office, "--json").json) == 1
    assert run("history", office).out.count("(undo)") == 1
    assert run("redo", office, "--json").json == {"label": label, "person": "钱经理"}
    assert len(run("plans", office, "--json").json) == 2


def test_undo_is_of_ones_own_changes(run: Run, office: Path) -> None:
    made = run("log", office, "--customer", "周女士", "--kind", "call", "--as", "李四", "--json")
    assert made.json["person"] == "李四"
    said = run("undo", office, "--as", "王五")
    assert (said.status, said.out) == (1, "")
    assert said.err == "Nothing to undo by 王五.\n"
    assert run("undo", office, "--as", "李四").out.startswith("Undone: Log: Call")


def test_nothing_to_redo_says_so(run: Run, office: Path) -> None:
    said = run("redo", office, "--json")
    assert said.status == 1
    assert said.json["label"] is None
    assert "Nothing to redo" in said.err


def test_undo_refuses_when_somebody_changed_the_same_since(run: Run, sample: Sample) -> None:
    office = sample.path
    with Workspace.open(office) as workspace:
        trust_everybody(workspace)

    def rename(who: str, name: str) -> None:
        with Workspace.open(office) as workspace:
            worker = workspace.read(people.person_named, who)
            workspace.work_as(worker.id, worker.name)
            workspace.seat = SEAT
            with workspace.change("Rename") as change:
                team = people.teams(change.connection)[0]
                people.edit_team(change, team.id, seen_version=team.version, name=name)

    rename("李四", "East 1")
    rename("王五", "East 2")
    said = run("undo", office, "--as", "李四")
    assert (said.status, said.out) == (1, "")
    assert "王五 changed this on" in said.err
    assert run("undo", office, "--as", "王五").status == 0
    assert run("undo", office, "--as", "李四").status == 0


def test_an_entry_is_shown_before_and_after_and_undone_by_its_number(
    run: Run, office: Path
) -> None:
    run("plan", "new", office, "--template", "yearly-abc", "--period", "2026")
    newest = run("history", office, "--limit", 1, "--json").json[0]
    run("plan", "new", office, "--template", "yearly-abc", "--period", "2027")
    rows = run("history", office, newest["id"], "--json").json
    assert rows[0]["table"] == "Plan"
    assert rows[0]["what"] == "Added"
    assert "2026-01-01" in [row["after"] for row in rows[0]["altered"]]
    assert run("history", office, newest["id"], "--undo").out.startswith("Undone: ")
    assert run("history", office, newest["id"], "--undo").status == 1
    assert len(run("plans", office, "--json").json) == 2


def test_undo_in_the_history_needs_a_number_and_the_right(run: Run, office: Path) -> None:
    assert "which entry" in run("history", office, "--undo").err
    assert "no entry number 999" in run("history", office, 999, "--undo").err

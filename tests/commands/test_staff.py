"""person, team, pin, and --as."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Run


def test_a_person_is_entered_moved_and_leaves(run: Run, office: Path) -> None:
    said = run(
        "person", "add", office, "赵六", "--team", "East", "--joined", "2026-11-02", "--json"
    )
    assert said.status == 0, said.err
    assert (said.json["name"], said.json["team"], said.json["role"]) == (
        "赵六", "East", "salesperson",
    )  # fmt: skip
    moved = run(
        "person", "edit", office, "赵 六", "--team", "West", "--role", "assistant", "--json"
    )
    assert (moved.json["team"], moved.json["role"]) == ("West", "assistant")
    refused = run("person", "edit", office, "赵六", "--left", "2026-11-01")
    assert (refused.status, refused.out) == (1, "")
    assert "before having joined" in refused.err
    gone = run("person", "edit", office, "赵六", "--left", "2026-11-20", "--json")
    assert (gone.json["active"], gone.json["left_on"]) == (False, "2026-11-20")
    assert "赵六" not in run("person", "list", office).out
    assert "赵六" in run("person", "list", office, "--all").out
    assert "no longer works" in run("plans", office, "--as", "赵六").err
    back = run("person", "edit", office, "赵六", "--back", "--no-team", "--json").json
    assert (back["active"], back["left_on"], back["team"]) == (True, None, "")
    assert run("history", office, "--limit", 1, "--json").json[0]["label"] == "Edit person 赵六"


def test_teams_are_entered_renamed_and_dissolved(run: Run, office: Path) -> None:
    assert run("team", "add", office, "North").out == "North\n"
    assert run("team", "edit", office, "north", "--rename", "Far North").out == "Far North\n"
    assert run("team", "edit", office, "FarNorth", "--dissolve", "--json").json["active"] is False
    names = [team["name"] for team in run("team", "list", office, "--json").json]
    assert names == ["East", "West"]
    refused = run("team", "edit", office, "East", "--dissolve")
    assert (refused.status, "East still has 2 people" in refused.err) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("person", "add", "New"),
        ("person", "edit", "李四", "--phone", "1"),
        ("team", "add", "New"),
        ("team", "edit", "East", "--rename", "New"),
        ("right", "set", "deals.edit", "salesperson", "office"),
        ("month", "close", "2026-01"),
        ("pin", "clear", "--person", "李四"),
    ],
)
def test_a_salesperson_changes_nothing_of_the_office(
    run: Run, office: Path, words: tuple[str, ...]
) -> None:
    before = run("history", office, "--json").json
    said = run(*words[:2], office, *words[2:], "--as", "张三")
    assert (said.status, said.out) == (1, "")
    assert "Your role doesn't allow this" in said.err
    assert run("history", office, "--json").json == before


def test_who_has_a_pin_gives_it(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESDESK_NEW_PIN", "4711")
    assert run("pin", "set", office, "--as", "李四").status == 0
    refused = run("plans", office, "--as", "李四")
    assert (refused.status, refused.out) == (1, "")
    assert "give it in SALESDESK_PIN" in refused.err
    monkeypatch.setenv("SALESDESK_PIN", "0000")
    assert "isn't the PIN of 李四" in run("plans", office, "--as", "李四").err
    monkeypatch.setenv("SALESDESK_PIN", "4711")
    assert run("plans", office, "--as", "李四").status == 0
    assert run("pin", "clear", office, "--as", "李四").out == "李四 has no PIN any more.\n"


def test_rights_are_shown_and_adjusted(run: Run, office: Path) -> None:
    assert run("right", "set", office, "deals.edit", "salesperson", "team").status == 0
    shown = {line["right"]: line for line in run("rights", office, "--json").json}
    assert shown["deals.edit"]["scopes"]["salesperson"] == "team"
    assert shown["deals.edit"]["adjusted"] == ["salesperson"]
    assert "Own team's *" in run("rights", office).out
    assert run("right", "set", office, "deals.edit", "manager", "none").status == 1


def test_months_are_closed_and_opened(run: Run, office: Path) -> None:
    assert run("month", "show", office).out == "No month is closed.\n"
    assert run("month", "close", office, "2026-05").out == "Closed up to 2026-05.\n"
    assert run("month", "reopen", office, "2026-05", "--json").json == {"closed_through": "2026-04"}
    assert run("month", "close", office, "2999-01").status == 1

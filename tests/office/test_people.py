"""People, teams and leave: what the office's rules allow and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salesdesk.errors import ConflictError, InputError, NotFoundError
from salesdesk.office import people
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def test_people_stand_by_team_those_without_one_first(workspace: Workspace) -> None:
    found = workspace.read(people.people)
    assert [(person.name, person.team_name) for person in found] == [
        ("Max", ""), ("Ann", "East"), ("Bob", "East"), ("Cleo", "West"),
    ]  # fmt: skip


def test_people_and_teams_are_found_by_name_whatever_the_spaces(workspace: Workspace) -> None:
    with workspace.change("Hire") as change:
        people.add_person(change, "王  小明")
    assert workspace.read(people.person_named, " 王小明 ").name == "王 小明"
    assert workspace.read(people.team_named, " East ").id == STAFF.east
    for reader in (people.person_named, people.team_named):
        with pytest.raises(NotFoundError, match=r"Nobody|no team"):
            workspace.read(reader, "Nemo")
    with pytest.raises(NotFoundError):
        workspace.read(people.person_by_id, 99)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Ann", " Ann "])
def test_a_name_is_neither_missing_nor_too_long_nor_taken(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError), workspace.change("Hire") as change:
        people.add_person(change, name)


@pytest.mark.parametrize("name", ["", "East"])
def test_a_team_s_name_is_neither_missing_nor_taken(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError), workspace.change("Found a team") as change:
        people.add_team(change, name)
    with pytest.raises(InputError), workspace.change("Rename") as change:
        people.edit_team(change, STAFF.west, seen_version=1, name=name)


def test_a_team_may_keep_its_own_name(workspace: Workspace) -> None:
    with workspace.change("Edit") as change:
        people.edit_team(change, STAFF.east, seen_version=1, name="East", position=9)
    assert [team.name for team in workspace.read(people.teams)] == ["West", "East"]


def test_a_team_with_people_in_it_is_not_closed(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="2 people"), workspace.change("Close") as change:
        people.edit_team(change, STAFF.east, seen_version=1, active=False)
    with workspace.change("Move Cleo, close West") as change:
        people.edit_person(change, STAFF.cleo, seen_version=1, team_id=STAFF.east)
        people.edit_team(change, STAFF.west, seen_version=1, active=False)
    assert [team.name for team in workspace.read(people.teams)] == ["East"]
    assert len(workspace.read(people.teams, active_only=False)) == 2


def test_an_unknown_role_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="king isn't a role"), workspace.change("Hire") as change:
        people.add_person(change, "Rex", role="king")
    with pytest.raises(InputError), workspace.change("Promote") as change:
        people.edit_person(change, STAFF.ann, seen_version=1, role="king")


def test_who_leaves_is_no_longer_active_but_still_known(workspace: Workspace) -> None:
    with workspace.change("Leave") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, left_on=date(2026, 12, 1))
    assert "Bob" not in [person.name for person in workspace.read(people.people)]
    assert not workspace.read(people.person_named, "Bob").active


@pytest.mark.parametrize(
    "values", [{"active": False}, {"role": "salesperson"}, {"left_on": date(2026, 12, 1)}]
)
def test_the_last_manager_can_neither_leave_nor_lose_the_role(
    workspace: Workspace, values: dict[str, Any]
) -> None:
    with (
        pytest.raises(InputError, match="at least one sales manager"),
        workspace.change("Resign") as change,
    ):
        people.edit_person(change, STAFF.max, seen_version=1, **values)
    with workspace.change("Hand over") as change:
        people.edit_person(change, STAFF.ann, seen_version=1, role="manager")
        people.edit_person(change, STAFF.max, seen_version=1, **values)


def test_an_edit_of_someone_edited_meanwhile_is_refused(workspace: Workspace) -> None:
    with workspace.change("Rename") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, name="Robert")
    with pytest.raises(ConflictError, match="Max"), workspace.change("Rename") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, name="Rob")

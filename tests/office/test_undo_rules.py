"""Undo in the office room needs what doing needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.errors import InputError, RightsError
from salesdesk.office import people, pins, rights
from salesdesk.office.undoing import undo_entry
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def test_who_lost_the_role_doesn_t_get_it_back_by_undoing(workspace: Workspace) -> None:
    with workspace.change("") as change:
        people.edit_person(change, STAFF.ann, seen_version=1, role="manager")
    with workspace.change("") as change:
        people.edit_person(change, STAFF.max, seen_version=1, role="salesperson")
    with pytest.raises(RightsError, match="Change people"):
        workspace.undo()
    assert workspace.read(people.person_by_id, STAFF.max).role == "salesperson"


def test_undo_leaves_the_office_a_manager(workspace: Workspace) -> None:
    with workspace.change("") as change:
        people.edit_person(change, STAFF.ann, seen_version=1, role="manager")
    promoted = workspace.history(limit=1)[0].id
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("") as change:
        people.edit_person(change, STAFF.max, seen_version=1, role="assistant")
    with pytest.raises(InputError, match="at least one sales manager"):
        undo_entry(workspace, promoted)


def test_a_pin_comes_back_by_its_owner_only(workspace: Workspace) -> None:
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("") as change:
        pins.set_pin(change, STAFF.ann, "4711")
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("") as change:
        pins.clear_pin(change, STAFF.ann)
    with pytest.raises(RightsError, match="Only its owner"):
        workspace.undo()
    assert not workspace.read(pins.has_pin, STAFF.ann)


def test_a_right_that_was_taken_away_is_needed_to_undo_as_well(workspace: Workspace) -> None:
    with workspace.change("") as change:
        rights.adjust(change, "teams.edit", "salesperson", "office")
    workspace.work_as(STAFF.bob, "Bob")
    with workspace.change("") as change:
        people.add_team(change, "North")
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("") as change:
        rights.adjust(change, "teams.edit", "salesperson", "none")
    workspace.work_as(STAFF.bob, "Bob")
    with pytest.raises(RightsError, match="Change teams"):
        workspace.undo()
    assert len(workspace.read(people.teams)) == 3

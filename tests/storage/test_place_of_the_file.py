"""An office that was moved, deleted or replaced while it was open takes no more changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from salesdesk.check import check
from salesdesk.errors import InputError, OfficeFileError
from salesdesk.office import people
from salesdesk.sales import products
from salesdesk.storage.engine import remove_office
from salesdesk.workspace import Workspace, restore
from tests.offices import found


def add_team(workspace: Workspace, name: str) -> None:
    with workspace.change("New team") as change:
        people.add_team(change, name)


def team_names(workspace: Workspace) -> list[str]:
    return [team.name for team in workspace.read(people.teams)]


def test_a_restored_office_is_not_written_past_by_who_had_the_old_one_open(tmp_path: Path) -> None:
    with found(tmp_path) as mine:
        add_team(mine, "before")
        copy = mine.back_up()
        other = Workspace.open(mine.path)
        add_team(other, "after")
    kept = restore(copy, other.path, force=True)
    assert kept is not None
    with pytest.raises(OfficeFileError, match="replaced"):
        add_team(other, "into the void")
    with pytest.raises(OfficeFileError, match="replaced"):
        other.poll()
    with pytest.raises(OfficeFileError, match="replaced"):
        other.undo()
    path = other.path
    other.close()
    with Workspace.open(path) as restored:
        assert team_names(restored) == ["before"]
        assert check(restored) == []
    with Workspace.open(kept) as replaced:
        assert team_names(replaced) == ["before", "after"]


def test_nothing_is_written_to_an_office_that_was_deleted(tmp_path: Path) -> None:
    workspace = found(tmp_path)
    remove_office(workspace.path)
    with pytest.raises(OfficeFileError, match="deleted"):
        add_team(workspace, "into the void")
    with pytest.raises(OfficeFileError, match="deleted"):
        workspace.back_up()
    workspace.close()


def test_a_figure_beyond_what_can_be_kept_is_refused(tmp_path: Path) -> None:
    with (
        found(tmp_path) as workspace,
        pytest.raises(InputError, match="too large"),
        workspace.change("New product") as change,
    ):
        products.add_product(change, "Castle", price=10**30)

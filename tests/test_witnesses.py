"""Every row and each entry of the history has a witness: what another has written is named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk import check
from salesdesk.office.tables import team
from salesdesk.storage import entry_digests, row_sums
from salesdesk.workspace import Workspace
from tests.offices import staffed_office


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office written past the history, with three entries, the last an undo of the second."""
    folder = tmp_path_factory.mktemp("witnesses")
    with staffed_office(folder) as workspace:
        for name in ("North", "South"):
            with workspace.change(f"Add {name}") as change:
                change.insert(team, name=name)
        workspace.undo()
    return folder / "small.office"


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of it, open."""
    with Workspace.open(Path(shutil.copy(made, tmp_path / "copy.office"))) as opened:
        assert check.check(opened) == []
        yield opened


def _behind(workspace: Workspace, *statements: str) -> list[str]:
    """What is found after something else has written to the file."""
    with workspace._writing() as db:
        for statement in statements:
            assert db.exec_driver_sql(statement).rowcount == 1, statement
    return check.check(workspace)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE team SET name = 'Eest' WHERE id = 1",
         "Team Eest, number 1 isn't as it was written."),
        ("UPDATE team SET version = 3 WHERE id = 1",
         "Team East, number 1 isn't as it was written."),
        ("UPDATE person SET phone = X'FF' WHERE id = 2",
         "Person Ann, number 2 isn't as it was written."),
        ("UPDATE setting SET value = '\"b2b!\"' WHERE key = 'kind'",
         "Setting kind, number 3 isn't as it was written."),
        ("DELETE FROM calendar_day WHERE id = 9", "Calendar day number 9 is gone, though nothing "
         "deleted it."),
        ("INSERT INTO team (name) VALUES ('Ghost')",
         "Team Ghost, number 5 is there, though nothing wrote it."),
        ("UPDATE team SET version = 9 WHERE name = 'North'",
         "Team North, number 3 isn't as its last change left it: version."),
    ],
)  # fmt: skip
def test_a_row_that_another_has_written_is_named(
    statement: str, told: str, workspace: Workspace
) -> None:
    assert told in _behind(workspace, statement)


def test_a_row_that_was_other_before_its_first_change_is_named(workspace: Workspace) -> None:
    _behind(workspace, "UPDATE team SET name = 'Eest' WHERE id = 1")
    with workspace.change("Edit") as change:
        change.update(team, 1, name="Far East")
    assert check.check(workspace) == [
        "Team Eest, number 1 wasn't as it had been written when it was first changed."
    ]


def test_what_is_written_past_the_history_is_no_fault(workspace: Workspace) -> None:
    with workspace.unrecorded() as change:
        new = change.insert(team, name="New")
        change.update(team, new, name="Newer")
        change.update(team, 1, name="Easter")
        gone = change.insert(team, name="Gone")
    with workspace.unrecorded() as change:
        change.delete(team, gone)
    assert check.check(workspace) == []
    assert _behind(workspace, f"UPDATE team SET name = 'Oldest' WHERE id = {new}") == [
        f"Team Oldest, number {new} isn't as it was written."
    ]


def test_sums_that_are_damaged_themselves_are_told_and_made_anew(workspace: Workspace) -> None:
    told = _behind(
        workspace,
        "UPDATE row_sum SET sums = zeroblob(1028) WHERE table_name = 'team'",
    )
    assert len(told) == 1
    assert "rows 0 to 255 of team" in told[0]
    check.repair(workspace)
    assert check.check(workspace) == []
    assert _behind(workspace, "UPDATE team SET name = 'Eest' WHERE id = 1") == [
        "Team Eest, number 1 isn't as it was written."
    ]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE history SET label = 'Add Nurth' WHERE id = 1",
         ["Entry 1 of the history isn't as it was written: Add Nurth."]),
        ("UPDATE history SET person_name = CAST(X'FF' AS TEXT) WHERE id = 2",
         ["Entry 2 of the history isn't as it was written: Add South."]),
        ("UPDATE history SET digest = zeroblob(16) WHERE id = 2",
         ["Entry 2 of the history isn't as it was written: Add South."]),
        ("UPDATE history_row SET row_id = row_id + 1 WHERE history_id = 3",
         ["Entry 3 of the history isn't as it was written: Add South."]),
        ("UPDATE history SET undone = 1 WHERE id = 1",
         ["Entry 1 of the history (Add North): whether it was undone doesn't agree with the "
          "entries after it."]),
        ("UPDATE history SET undone = 0 WHERE id = 2",
         ["Entry 2 of the history (Add South): whether it was undone doesn't agree with the "
          "entries after it."]),
    ],
)  # fmt: skip
def test_an_entry_that_another_has_written_is_named(
    statement: str, told: list[str], workspace: Workspace
) -> None:
    found = _behind(workspace, statement)
    assert [words for words in found if words.startswith("Entry")] == told


@pytest.mark.parametrize("number", [1, 3])
def test_an_entry_that_is_gone_is_missed(number: int, workspace: Workspace) -> None:
    found = _behind(
        workspace,
        f"DELETE FROM history_row WHERE history_id = {number}",
        f"DELETE FROM history WHERE id = {number}",
    )
    assert f"Entry {number} of the history is gone." in found


def test_digests_that_are_there_stay_when_an_office_is_brought_up_to_date(
    workspace: Workspace,
) -> None:
    """What was damaged before must not be taken for sound from then on."""
    _behind(
        workspace,
        "UPDATE history SET label = 'Add Nurth' WHERE id = 1",
        "UPDATE history SET digest = NULL WHERE id = 3",
    )
    with workspace._writing() as db:
        entry_digests.fill(db)
        row_sums.make(db)
    assert check.check(workspace) == ["Entry 1 of the history isn't as it was written: Add Nurth."]


def test_a_change_that_takes_back_its_own_edit_leaves_the_version(workspace: Workspace) -> None:
    with workspace.change("Nothing") as change:
        for name in ("Eest", "East"):
            change.update(team, 1, name=name)
    assert check.check(workspace) == []
    assert len(workspace.history()) == 3

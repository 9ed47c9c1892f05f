"""An office file that was written over, renamed or robbed of its log while it was open."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Connection, select

from salesdesk.check import check
from salesdesk.errors import OfficeFileError, ReplacedOfficeError
from salesdesk.office import people
from salesdesk.storage.trail import history_row
from salesdesk.workspace import Workspace
from tests.offices import found
from tests.storage.children import in_child


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


PASSWORDS = pytest.mark.parametrize("password", [None, "secret"])


def add_team(workspace: Workspace, name: str) -> None:
    with workspace.change("New team") as change:
        people.add_team(change, name)


def team_names(workspace: Workspace) -> list[str]:
    return [team.name for team in workspace.read(people.teams)]


def _older(workspace: Workspace, older: Path) -> None:
    copyfile(older, workspace.path)


def _another_office(workspace: Workspace, older: Path) -> None:
    older.with_name("elsewhere").mkdir()
    with found(older.with_name("elsewhere")) as other:
        for number in range(9):
            add_team(other, f"team {number}")
    copyfile(other.path, workspace.path)


def _cut_short(workspace: Workspace, _older: Path) -> None:
    os.truncate(workspace.path, workspace.path.stat().st_size - 4096)


def _emptied(workspace: Workspace, _older: Path) -> None:
    workspace.path.write_bytes(b"")


WAYS: list[Callable[[Workspace, Path], None]] = [_older, _another_office, _cut_short, _emptied]


@pytest.mark.parametrize(
    ("password", "way", "folded"),
    [(None, way, folded) for way in WAYS for folded in (True, False)]
    + [("secret", _older, True), ("secret", _cut_short, False)],
)
def test_an_office_that_was_written_over_is_neither_read_nor_written_any_more(
    tmp_path: Path, password: str | None, way: Callable[[Workspace, Path], None], folded: bool
) -> None:
    with found(tmp_path, password=password) as workspace:
        older = tmp_path / "older"
        add_team(workspace, "before")
        assert workspace.fold_log()
        copyfile(workspace.path, older)
        add_team(workspace, "after")
        if folded:
            assert workspace.fold_log()
        way(workspace, older)
        put_there = workspace.path.read_bytes()
        if way is _older and not folded:
            # Nothing stood in the file that this older one lacks: with its log it is the office.
            add_team(workspace, "on top")
            assert team_names(workspace) == ["before", "after", "on top"]
            assert check(workspace) == []
            return
        with pytest.raises(ReplacedOfficeError, match=r"small\.office was written over"):
            add_team(workspace, "into a mixture")
        with pytest.raises(ReplacedOfficeError, match=r"small\.office was written over"):
            team_names(workspace)
        with pytest.raises(ReplacedOfficeError, match=r"small\.office was written over"):
            workspace.poll()
        with pytest.raises(ReplacedOfficeError, match=r"small\.office was written over"):
            workspace.fold_log()
    # Not even closing wrote to what somebody had put there, and what only the log held is kept.
    assert workspace.path.read_bytes() == put_there
    assert bool(list(tmp_path.glob("small-replaced-log-*"))) != folded
    if way is _older:
        with Workspace.open(workspace.path, password) as opened:
            assert team_names(opened) == ["before"]
            add_team(opened, "later")
            assert check(opened) == []


def test_what_other_programs_write_and_fold_is_no_replacement(open_folder: Path) -> None:
    with found(open_folder) as workspace:
        path = workspace.path
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").chmod(0o666)

        def write() -> str:
            with Workspace.open(path) as other:
                other.work_as(1, "Max")
                add_team(other, f"theirs {len(team_names(other))}")
                return str(other.fold_log())

        assert in_child(write) == "True"
        add_team(workspace, "mine")
        assert in_child(write) == "True"
        workspace.poll()
        path.touch()
        add_team(workspace, "last")
        assert team_names(workspace) == ["theirs 0", "mine", "theirs 2", "last"]
        assert check(workspace) == []


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_an_office_whose_log_was_deleted_takes_no_more_changes_and_loses_none(
    tmp_path: Path, ending: str
) -> None:
    with found(tmp_path) as workspace:
        add_team(workspace, "before")
        Path(f"{workspace.path}{ending}").unlink()
        with pytest.raises(ReplacedOfficeError, match=r"log beside small\.office was deleted"):
            add_team(workspace, "after")
    with Workspace.open(workspace.path) as opened:
        assert team_names(opened) == ["before"]
        assert check(opened) == []


def test_a_log_that_was_written_over_goes_into_no_office(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        add_team(workspace, "before")
        workspace.fold_log()
        add_team(workspace, "only in the log")
        log = Path(f"{workspace.path}-wal")
        with log.open("r+b") as file:
            file.write(os.urandom(log.stat().st_size))
        with pytest.raises(ReplacedOfficeError, match="log beside"):
            add_team(workspace, "after")
    with Workspace.open(workspace.path) as opened:
        assert team_names(opened) == ["before"]
        assert check(opened) == []
    assert list(tmp_path.glob("small-replaced-log-*"))


@PASSWORDS
def test_a_renamed_office_loses_nothing_of_its_log(tmp_path: Path, password: str | None) -> None:
    with found(tmp_path, password=password) as workspace:
        add_team(workspace, "only in the log")
        renamed = tmp_path / "renamed.office"
        workspace.path.rename(renamed)
        with pytest.raises(ReplacedOfficeError, match=r"renamed\.office"):
            add_team(workspace, "into the void")
        assert team_names(workspace) == ["only in the log"]
        with pytest.raises(ReplacedOfficeError) as refused:
            workspace.poll()
        assert refused.value.now_at == renamed
        # From now on the file under its new name is the whole office, killed or not.
        copy = tmp_path / "copy.office"
        copyfile(renamed, copy)
    for path in (renamed, copy):
        with Workspace.open(path, password) as opened:
            assert team_names(opened) == ["only in the log"]
            assert check(opened) == []
    assert not list(tmp_path.glob("small*"))


def test_an_office_put_in_the_place_of_an_open_one_isn_t_touched(tmp_path: Path) -> None:
    mine = found(tmp_path)
    add_team(mine, "mine, in the log")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with found(elsewhere) as other:
        add_team(other, "theirs")
    other.path.replace(mine.path)
    with pytest.raises(OfficeFileError, match="replaced"):
        mine.poll()
    mine.close()
    with Workspace.open(mine.path) as opened:
        assert team_names(opened) == ["theirs"]
        assert check(opened) == []
        log = Path(f"{opened.path}-wal")
        add_team(opened, "theirs as well")
        mine.close()
        assert log.stat().st_size


def test_a_file_written_over_while_it_is_read_is_no_damaged_one(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        for number in range(40):
            add_team(workspace, f"team {number}")
        workspace.fold_log()

        def read(connection: Connection) -> list[int]:
            workspace.path.write_bytes(bytes(workspace.path.stat().st_size))
            return list(connection.execute(select(history_row.c.id)).scalars())

        with Workspace.open(workspace.path) as other, pytest.raises(ReplacedOfficeError):
            other.read(read)
        with pytest.raises(ReplacedOfficeError):
            team_names(workspace)

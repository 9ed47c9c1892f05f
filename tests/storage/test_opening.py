"""Offices whose log was damaged, whose disk is full, or that can't be written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from salesdesk.check import check
from salesdesk.errors import UnwritableOfficeError
from salesdesk.office import people
from salesdesk.workspace import Workspace
from tests.offices import found, staffed_office
from tests.storage.children import fork, in_child

#: The size of a page of ours, and of what stands before each in the log.
PAGE, FRAME, HEAD = 4096, 24, 32


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def add_team(workspace: Workspace, name: str) -> None:
    with workspace.change("New team") as change:
        people.add_team(change, name)


def team_names(workspace: Workspace) -> list[str]:
    return [team.name for team in workspace.read(people.teams)]


def killed_after(path: Path, names: list[str], password: str | None = None) -> list[int]:
    """A program entered teams and was killed: how many frames the log had after each."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        with Workspace.open(path, password) as workspace:
            for name in names:
                add_team(workspace, name)
                size = Path(f"{path}-wal").stat().st_size
                os.write(writing, f"{(size - HEAD) // (PAGE + FRAME)}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as told:
        return [int(line) for line in told]


def _flip(log: Path, place: int) -> None:
    with log.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 0x10]))


def _in_a_page(log: Path, ends: list[int]) -> None:
    _flip(log, HEAD + ends[1] * (PAGE + FRAME) + FRAME + 100)  # the first frame of the third change


def _in_the_salts(log: Path, ends: list[int]) -> None:
    _flip(log, HEAD + ends[1] * (PAGE + FRAME) + 9)


def _cut(log: Path, ends: list[int]) -> None:
    os.truncate(log, HEAD + ends[1] * (PAGE + FRAME))


def _in_the_head(log: Path, _ends: list[int]) -> None:
    _flip(log, 17)


@pytest.mark.parametrize(
    ("damage", "password", "lost", "left"),
    [
        (_in_a_page, None, 3, ["a", "b"]),
        (_in_a_page, "secret", 3, ["a", "b"]),
        (_in_the_salts, None, 3, ["a", "b"]),
        (_cut, None, 1, ["a", "b"]),  # of what was cut off, only the index of the log knows
        (_in_the_head, None, 5, []),
    ],
)
def test_a_damaged_log_is_told_of_and_kept(
    tmp_path: Path,
    damage: Callable[[Path, list[int]], None],
    password: str | None,
    lost: int,
    left: list[str],
) -> None:
    with found(tmp_path, password=password) as workspace:
        path = workspace.path
    log = Path(f"{path}-wal")
    ends = killed_after(path, list("abcde"), password)
    damage(log, ends)
    damaged = log.read_bytes()
    with Workspace.open(path, password) as opened:
        assert team_names(opened) == left
        [notice] = opened.notices
        assert f"the last {lost} change" in notice
        [kept] = tmp_path.glob("small-damaged-log-*")
        assert kept.name in notice
        assert kept.read_bytes() == damaged
        add_team(opened, "later")
        assert check(opened) == []
    with Workspace.open(path, password) as opened:
        assert opened.notices == ()
        assert team_names(opened) == [*left, "later"]


def test_a_sound_log_of_a_killed_program_is_nothing_to_tell_of(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        path = workspace.path
    killed_after(path, ["a", "b"])
    with Workspace.open(path) as opened:
        assert opened.notices == ()
        assert team_names(opened) == ["a", "b"]
        opened.fold_log()
        add_team(opened, "c")
        # Frames of an earlier round lie behind those of this one; another program opens it too.
        with Workspace.open(path) as other:
            assert other.notices == ()


@pytest.mark.parametrize("password", [None, "secret"])
def test_the_log_of_an_office_renamed_while_open_is_taken_over(
    tmp_path: Path, password: str | None
) -> None:
    with found(tmp_path, password=password) as workspace:
        add_team(workspace, "in the file")
        path = workspace.path
    killed_after(path, ["in the log", "too"], password)
    renamed = path.rename(tmp_path / "renamed.office")
    # Another office lies beside it: the log is none of its own.
    (tmp_path / "else").mkdir()
    with found(tmp_path / "else", password=password) as other:
        add_team(other, "elsewhere")
    another = other.path.rename(tmp_path / "another.office")
    with Workspace.open(another, password) as opened:
        assert opened.notices == ()
        assert team_names(opened) == ["elsewhere"]
    with Workspace.open(renamed, password) as opened:
        [notice] = opened.notices
        assert "renamed.office was called small.office" in notice
        assert team_names(opened) == ["in the file", "in the log", "too"]
        assert check(opened) == []
    with Workspace.open(renamed, password) as opened:
        assert opened.notices == ()
    assert not list(tmp_path.glob("small*"))


def test_the_log_of_an_office_renamed_and_still_open_is_left_to_its_program(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        path = workspace.path
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        with Workspace.open(path) as opened:
            add_team(opened, "in the log")
            os.write(writing, b"open")
            signal.pause()
    try:
        assert os.read(reading, 4) == b"open"
        renamed = path.rename(tmp_path / "renamed.office")
        with Workspace.open(renamed) as opened:
            assert opened.notices == ()
        assert Path(f"{path}-wal").stat().st_size
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
    with Workspace.open(renamed) as opened:
        assert "renamed.office was called small.office" in opened.notices[0]
        assert team_names(opened) == ["in the log"]


def _fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.mark.parametrize("killed", [False, True])
def test_on_a_full_disk_an_office_can_be_read(tmp_path: Path, killed: bool) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with staffed_office(disk) as workspace:
            path = workspace.path
        teams = ["East", "West"]
        if killed:
            killed_after(path, ["only in the log"])
            Path(f"{path}-shm").unlink()
            teams.insert(1, "only in the log")
        _fill_up(disk / "fill")
        with Workspace.open(path) as opened:
            assert sorted(team_names(opened)) == sorted(teams)
            assert "The disk is full: small.office was opened for reading only" in opened.read_only
            with pytest.raises(UnwritableOfficeError, match=r"changed\. The disk is full"):
                add_team(opened, "no room")
            opened.poll()
            assert opened.fold_log()
            opened.save_copy(tmp_path / "copy.office")
        (disk / "fill").unlink()
        with Workspace.open(path) as opened:
            assert not opened.read_only
            assert sorted(team_names(opened)) == sorted(teams)
            add_team(opened, "room again")
        assert check(tmp_path / "copy.office") == []
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("killed", [False, True])
def test_an_office_in_a_folder_that_can_t_be_written_can_be_read(
    open_folder: Path, killed: bool
) -> None:
    with found(open_folder) as workspace:
        add_team(workspace, "in the file")
        path = workspace.path
    teams = ["in the file"]
    if killed:
        killed_after(path, ["in the log"])
        Path(f"{path}-shm").unlink()
        teams.append("in the log")
    before = {file.name: file.read_bytes() for file in open_folder.iterdir()}
    path.chmod(0o444)
    open_folder.chmod(0o555)

    def read() -> str:
        with Workspace.open(path) as opened:
            assert "was opened for reading only" in opened.read_only
            opened.poll()
            return ", ".join(team_names(opened))

    assert in_child(read) == ", ".join(teams)
    open_folder.chmod(0o777)
    assert {file.name: file.read_bytes() for file in open_folder.iterdir()} == before
    shutil.rmtree(open_folder / "small.backups", ignore_errors=True)

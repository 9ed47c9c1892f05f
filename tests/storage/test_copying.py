"""A copy saved by hand, and another password: whole, verified, never half."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlcipher3

from salesdesk.check import check
from salesdesk.errors import (
    BusyOfficeError,
    Cancelled,
    InputError,
    OfficeFileError,
    UnwritableOfficeError,
    WriteError,
    WrongPasswordError,
)
from salesdesk.office import people, protection
from salesdesk.storage import files
from salesdesk.storage.engine import UNFINISHED, is_encrypted, told_errors
from salesdesk.workspace import Workspace, restore
from tests.offices import STAFF, found, staffed_office
from tests.storage.children import fork
from tests.storage.rows import all_rows

KILLS, KILLS_SOAK = 8, 112


def add_team(workspace: Workspace, name: str) -> None:
    with workspace.change("New team") as change:
        people.add_team(change, name)


@pytest.mark.parametrize("password", [None, "secret"])
def test_a_saved_copy_is_the_whole_office_as_it_stands(
    tmp_path: Path, password: str | None
) -> None:
    with found(tmp_path, password=password) as workspace:
        add_team(workspace, "only in the log")
        copy = tmp_path / "new folder" / "copy.office"
        workspace.save_copy(copy)
        rows = all_rows(workspace)
    assert [path.name for path in copy.parent.iterdir()] == ["copy.office"]
    assert is_encrypted(copy) == bool(password)
    with Workspace.open(copy, password) as opened:
        assert all_rows(opened) == rows
        assert check(opened) == []


def test_a_copy_is_never_written_over_the_office_or_another_file(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        link = tmp_path / "link.office"
        link.symlink_to(workspace.path)
        for to in (workspace.path, link):
            with pytest.raises(InputError, match="That is the office itself"):
                workspace.save_copy(to, force=True)
        taken = tmp_path / "taken.office"
        taken.write_bytes(b"something else")
        with pytest.raises(OfficeFileError, match="exists already"):
            workspace.save_copy(taken)
        assert taken.read_bytes() == b"something else"
        workspace.save_copy(taken, force=True)
        with pytest.raises(OfficeFileError, match="open in a program"), Workspace.open(taken):
            workspace.save_copy(taken, force=True)
        assert check(taken) == []
        assert not list(tmp_path.glob("*.part*"))


def test_an_office_that_was_deleted_while_open_can_still_be_saved(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        add_team(workspace, "last")
        workspace.path.unlink()
        copy = tmp_path / "saved.office"
        workspace.save_copy(copy)
        rows = all_rows(workspace)
    with Workspace.open(copy) as opened:
        assert all_rows(opened) == rows
        assert check(opened) == []


@pytest.mark.parametrize(
    ("before", "after"), [(None, "new"), ("old", "new"), ("old", None)], ids=str
)
def test_the_password_is_set_changed_and_removed(
    tmp_path: Path, before: str | None, after: str | None
) -> None:
    with found(tmp_path, password=before) as workspace:
        add_team(workspace, "East")
        workspace.check_password(before)
        with pytest.raises(WrongPasswordError, match="not changed"):
            workspace.check_password("no such")
        rows = all_rows(workspace)
        protection.set_password(workspace, after)
        assert workspace.encrypted == bool(after)
        # Who changed it goes on with the changed file, undo included.
        assert all_rows(workspace) == rows
        add_team(workspace, "West")
        workspace.poll()
        workspace.undo()
        assert workspace.fold_log()
    assert [path.name for path in tmp_path.iterdir()] == ["small.office"]
    assert (b"Riverside" in workspace.path.read_bytes()) != bool(after)
    with Workspace.open(workspace.path, after) as opened:
        assert [team.name for team in opened.read(people.teams)] == ["East"]
        assert check(opened) == []
    if after:
        with pytest.raises(WrongPasswordError):
            Workspace.open(workspace.path, before)


def test_the_password_of_an_office_open_elsewhere_stays(tmp_path: Path) -> None:
    with (
        found(tmp_path) as workspace,
        Workspace.open(workspace.path),
        pytest.raises(BusyOfficeError, match="not changed"),
    ):
        workspace.set_password("new")
    reading, writing = os.pipe()
    child = fork()  # before the office is open here: locks aren't inherited
    if child == 0:
        with Workspace.open(workspace.path):
            os.write(writing, b"open")
            time.sleep(60)
        os._exit(0)
    try:
        assert os.read(reading, 4) == b"open"
        with (
            Workspace.open(workspace.path) as opened,
            pytest.raises(BusyOfficeError, match="open in another program"),
        ):
            opened.set_password("new")
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
    with Workspace.open(workspace.path) as opened:
        assert not opened.encrypted
        opened.set_password("new")
        assert opened.encrypted
    assert [path.name for path in tmp_path.iterdir()] == ["small.office"]


def _kill_while_changing(
    path: Path, before: str | None, after: str | None, delay: float | None
) -> bool:
    """Kill a program that changes the password; whether the old or the new one opens all of it."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        with Workspace.open(path, before) as workspace:
            os.write(writing, b"go")
            workspace.set_password(after)
        os._exit(0)
    os.read(reading, 2)
    # No condition is waited for here: the moment of the kill shall be any.
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    changed = is_encrypted(path) != bool(before)
    with Workspace.open(path, after if changed else before) as workspace:
        assert check(workspace) == []
        assert len(workspace.read(people.people)) == STAFF.cleo
    return changed


def _kill_often(tmp_path: Path, kills: int) -> None:
    chance = random.Random(3)
    with staffed_office(tmp_path) as workspace:
        path = workspace.path
    password: str | None = None
    seen = set()
    for number in range(kills):
        other = None if password else "secret"
        delay = None if number == kills - 1 else chance.uniform(0, 1.5)
        changed = _kill_while_changing(path, password, other, delay)
        seen.add(changed)
        if changed:
            password = other
    assert True in seen
    with Workspace.open(path, password) as workspace:
        workspace.set_password("at last")
    assert [left.name for left in tmp_path.iterdir()] == ["small.office"]


def test_a_change_of_password_that_is_killed_leaves_the_old_or_the_new_whole(
    tmp_path: Path,
) -> None:
    _kill_often(tmp_path, KILLS)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_change_of_password_killed_at_many_moments_leaves_one_of_the_two(
    tmp_path: Path,
) -> None:
    _kill_often(tmp_path, KILLS_SOAK)


needs_links = pytest.mark.skipif(sys.platform == "win32", reason="no pipes, and links need rights")


@needs_links
def test_nothing_but_a_file_is_ever_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.office"
    os.mkfifo(pipe)
    link = tmp_path / "link.office"
    link.symlink_to(pipe)
    with found(tmp_path) as workspace:
        backup = workspace.back_up()
        for place in (pipe, link):
            with pytest.raises(OfficeFileError, match="isn't a file"):
                workspace.save_copy(place, force=True)
            with pytest.raises(OfficeFileError, match="isn't a file"):
                restore(backup, place, force=True)
            with pytest.raises(WriteError, match="isn't a file"):
                files.write(place, b"x")
    assert pipe.is_fifo()
    assert link.is_symlink()


@needs_links
def test_an_office_is_opened_by_a_link_and_its_log_is_its_own(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        path = workspace.path
    (tmp_path / "desk").mkdir()
    link = tmp_path / "desk" / "link.office"
    link.symlink_to(path)
    with Workspace.open(link) as workspace, Workspace.open(path) as other:
        with workspace.change("") as change:
            people.add_team(change, "North")
        assert [team.name for team in other.read(people.teams)] == ["North"]
        assert workspace.back_up().parent.parent == tmp_path
    assert [file.name for file in link.parent.iterdir()] == ["link.office"]


@pytest.mark.parametrize(
    ("password", "words"), [("x" * 201, "at most 200"), ("a\0b", "character that is none")]
)
def test_a_password_that_no_window_could_ask_for_is_refused(
    tmp_path: Path, password: str, words: str
) -> None:
    with found(tmp_path) as workspace, pytest.raises(InputError, match=words):
        workspace.set_password(password)
    with pytest.raises(InputError, match=words):
        Workspace.create(tmp_path / "new.office", password)
    assert not (tmp_path / "new.office").exists()
    with Workspace.open(workspace.path):
        pass


def test_another_password_can_be_broken_off_before_the_file_is_replaced(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        path = workspace.path
        words: list[str] = []

        def stop(said: str) -> None:
            words.append(said)
            if len(words) == 2:
                raise Cancelled("Enough.")

        with pytest.raises(Cancelled):
            workspace.set_password("secret", stop)
        assert not workspace.encrypted
        add_team(workspace, "after all")
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    with Workspace.open(path) as workspace:
        assert check(workspace) == []


@pytest.mark.parametrize("words", ["database or disk is full", "disk I/O error"])
def test_a_full_disk_is_told_by_the_name_that_was_asked_for(
    tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = sqlcipher3.dbapi2.OperationalError(words)
    # Of the index of its log, which a full disk has no room for, SQLite says the latter.
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=20_000))
    unfinished = tmp_path / f"copy.office{UNFINISHED}"
    with (
        found(tmp_path) as workspace,
        pytest.raises(UnwritableOfficeError) as refused,
        told_errors(workspace._engine, unfinished),
    ):
        raise error
    assert "disk is full: nothing was changed in copy.office." in refused.value.message

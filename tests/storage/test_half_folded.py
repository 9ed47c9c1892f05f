"""An office whose log was being folded when the program was killed, or the disk was full.

The file by itself is then no state of the office. With its log it is whole: nothing is lost, and
nobody is told that it was damaged or written over.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
from pathlib import Path
from shutil import copyfile

import pytest

from salesdesk.check import check
from salesdesk.errors import UnwritableOfficeError
from salesdesk.workspace import Workspace
from tests.offices import found
from tests.storage.children import fork
from tests.storage.test_opening import FRAME, HEAD, PAGE, add_team, killed_after, team_names

#: So many and so long that the file has to grow.
NAMES = [f"{number:02} {'long ' * 11}team" for number in range(40)]


def _fold_partly(path: Path, log: Path, count: int) -> int:
    """Fold ``count`` pages as SQLite does, in their order; how many there are."""
    content = log.read_bytes()
    newest = {
        struct.unpack_from(">I", content, place)[0]: content[place + FRAME : place + FRAME + PAGE]
        for place in range(HEAD, len(content), FRAME + PAGE)
    }
    with path.open("r+b") as file:
        for page in sorted(newest)[:count]:
            file.seek((page - 1) * PAGE)
            file.write(newest[page])
    return len(newest)


@pytest.fixture(params=[None, "secret"])
def password(request: pytest.FixtureRequest) -> str | None:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def left(tmp_path: Path, password: str | None) -> Path:
    """An office whose program was killed: all its teams stand in the log only."""
    with found(tmp_path, password=password) as workspace:
        path = workspace.path
    killed_after(path, NAMES, password)
    Path(f"{path}-shm").unlink()  # after a power cut there is none
    return path


def test_a_fold_that_was_broken_off_after_any_page_loses_nothing(
    left: Path, password: str | None
) -> None:
    log, folder = Path(f"{left}-wal"), left.parent / "half"
    pages = _fold_partly(Path(copyfile(left, left.with_name("scratch"))), log, 0)
    assert pages > 5
    for count in range(1, pages + 1, 1 if password is None else 9):
        folder.mkdir()
        half = Path(copyfile(left, folder / left.name))
        copyfile(log, f"{half}-wal")
        _fold_partly(half, log, count)
        with Workspace.open(half, password) as opened:
            assert opened.notices == ()
            assert team_names(opened) == NAMES
            add_team(opened, "Z last")
        assert check(half, password) == []
        assert [file.name for file in folder.iterdir()] == [left.name]
        half.unlink()
        folder.rmdir()


def test_one_that_was_renamed_as_well_takes_its_log_over(left: Path, password: str | None) -> None:
    _fold_partly(left, Path(f"{left}-wal"), 4)
    renamed = left.rename(left.with_name("renamed.office"))
    # Another office lies beside it: the log is none of its own.
    (left.parent / "else").mkdir()
    with found(left.parent / "else", password=password) as other:
        another = other.path
    another = another.rename(left.with_name("another.office"))
    with Workspace.open(another, password) as opened:
        assert opened.notices == ()
        assert team_names(opened) == []
    with Workspace.open(renamed, password) as opened:
        assert "renamed.office was called small.office" in opened.notices[0]
        assert team_names(opened) == NAMES
        assert check(opened) == []


def test_another_program_whose_fold_is_broken_off_is_no_replacement(
    tmp_path: Path, password: str | None
) -> None:
    with found(tmp_path, password=password) as workspace:
        path = workspace.path
    go, went = os.pipe()
    told, telling = os.pipe()
    child = fork()
    if child == 0:
        try:
            os.read(go, 1)
            with Workspace.open(path, password) as other:
                for name in NAMES:
                    add_team(other, name)
                size = path.stat().st_size
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # as if the disk were full
                with pytest.raises(UnwritableOfficeError):
                    other.fold_log()
                os.write(telling, b"refused")
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    os.close(telling)
    with Workspace.open(path, password) as workspace:
        os.write(went, b"!")
        assert os.read(told, 10) == b"refused"
        os.waitpid(child, 0)
        assert team_names(workspace) == NAMES
        workspace.poll()
        add_team(workspace, "Y last but one")
        assert workspace.fold_log()
        add_team(workspace, "Z last")
        assert check(workspace) == []
    for pipe in (go, went, told):
        os.close(pipe)
    assert [file.name for file in tmp_path.iterdir()] == ["small.office"]
    with Workspace.open(path, password) as opened:
        assert team_names(opened) == [*NAMES, "Y last but one", "Z last"]

"""Making an office, killed at any moment: no office or a whole one, and the next one is made."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from salesdesk import demo
from salesdesk.check import check
from salesdesk.office import people
from salesdesk.workspace import Workspace
from tests.offices import found
from tests.storage.children import fork

KILLS, KILLS_SOAK = 8, 112


def _make(folder: Path) -> Workspace:
    return found(folder)


def _make_encrypted(folder: Path) -> Workspace:
    return found(folder, password="secret")


def _make_demo(folder: Path) -> Workspace:
    return demo.make(folder / "small.office", kind="b2b")


def _kill_while_making(
    folder: Path, make: Callable[[Path], Workspace], delay: float | None
) -> float:
    """Kill a program that makes an office after ``delay`` seconds; how long it ran."""
    begun = time.monotonic()
    child = fork()
    if child == 0:
        make(folder).close()
        os._exit(0)
    if delay is not None:
        # No condition is waited for here: the moment of the kill shall be any.
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return time.monotonic() - begun


def _kill_often(tmp_path: Path, make: Callable[[Path], Workspace], kills: int) -> None:
    chance = random.Random(5)
    path = tmp_path / "small.office"
    password = "secret" if make is _make_encrypted else None
    whole = tmp_path / "whole"
    whole.mkdir()
    needed = _kill_while_making(whole, make, None)
    halves = 0
    for number in range(10 * kills):
        if number >= kills and halves:  # on a busy machine the first ones may all come too early
            break
        _kill_while_making(tmp_path, make, chance.uniform(0, needed * 1.1))
        if path.exists():
            with Workspace.open(path, password) as workspace:
                assert workspace.notices == ()
                assert check(workspace) == []
                assert workspace.read(people.people)
            path.unlink()
        else:
            halves += bool(list(tmp_path.glob("small.office.part*")))
        # What was left behind is neither an office nor in the way of the next.
    assert halves
    with make(tmp_path) as workspace:
        assert check(workspace) == []
    assert {left.name for left in tmp_path.iterdir()} == {"small.office", "whole"}


@pytest.mark.parametrize("make", [_make, _make_encrypted])
def test_a_founding_killed_at_any_moment_leaves_no_half_office(
    tmp_path: Path, make: Callable[[Path], Workspace]
) -> None:
    _kill_often(tmp_path, make, KILLS)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("make", [_make, _make_encrypted, _make_demo])
def test_a_founding_killed_at_many_moments_leaves_no_half_office(
    tmp_path: Path, make: Callable[[Path], Workspace]
) -> None:
    _kill_often(tmp_path, make, KILLS_SOAK)

"""Closing an office while something of it is still being read in another thread."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from salesdesk.errors import ReplacedOfficeError
from salesdesk.office import people
from salesdesk.workspace import Workspace


def test_closing_waits_for_what_is_being_read(tmp_path: Path) -> None:
    """Else the log's index of the old name is shared with whoever opens the file by its new one."""
    path, renamed = tmp_path / "riverside.office", tmp_path / "replaced.office"
    office = Workspace.create(path)
    with office.change("New team") as change:
        people.add_team(change, "North")
    begun, may_end = threading.Event(), threading.Event()
    seen: list[str] = []

    def slow(connection: Connection) -> list[str]:
        begun.set()
        assert may_end.wait(20)
        return [team.name for team in people.teams(connection)]

    reading = threading.Thread(target=lambda: seen.extend(office.read(slow)))
    reading.start()
    assert begun.wait(20)
    closing = threading.Thread(target=office.close)
    closing.start()
    closing.join(0.2)
    assert closing.is_alive()
    may_end.set()
    closing.join(20)
    reading.join(20)
    assert seen == ["North"]

    path.rename(renamed)
    with Workspace.open(renamed) as moved:
        assert [team.name for team in moved.read(people.teams)] == ["North"]
        assert Path(f"{renamed}-shm").exists()


def test_nothing_is_read_once_the_office_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "riverside.office"
    office = Workspace.create(path)
    office.read(people.teams)
    office.close()
    with pytest.raises(ReplacedOfficeError, match=r"riverside\.office was closed"):
        office.read(people.teams)
    path.unlink()
    with pytest.raises(ReplacedOfficeError, match=r"riverside\.office was closed"):
        office.read(people.teams)

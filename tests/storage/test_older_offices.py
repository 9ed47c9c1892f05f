"""Offices that earlier versions of the program made still open, whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from salesdesk.check import check
from salesdesk.customers import customers
from salesdesk.planning import plans
from salesdesk.storage.engine import open_file_engine, reading
from salesdesk.storage.migrations import HEAD, revision_of
from salesdesk.workspace import Workspace

#: One file a released version, made by that version's program and never written since.
KEPT = sorted((Path(__file__).parents[1] / "data" / "offices").glob("*.office"))


@pytest.mark.parametrize("kept", KEPT, ids=[path.stem for path in KEPT])
def test_an_office_of_an_earlier_version_opens_sound_and_whole(kept: Path, tmp_path: Path) -> None:
    office = tmp_path / kept.name
    shutil.copy(kept, office)
    told: list[str] = []
    engine = open_file_engine(office, None)
    with reading(engine) as connection:
        revision = revision_of(connection)
    engine.dispose()
    with Workspace.open(office, None, told.append) as workspace:
        # Each of the two steps that take minutes with a large office is told of before; a file
        # of this version needs neither.
        assert len(told) == (0 if revision == HEAD else 2)
        assert all(kept.name in words for words in told)
        assert check(workspace) == []
        assert workspace.read(customers.count) > 0
        assert workspace.read(plans.plans)


def test_the_first_version_is_among_them() -> None:
    assert "0.1.0" in [path.stem for path in KEPT]

"""Bytes of a small plain office are flipped, one at a time: it is told, or nothing was changed.

What a person sees is a sentence. Never a trace; and never silence where a row has become another,
whether the history knows it or it was written past it.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import sqlcipher3

from salesdesk.__main__ import main
from salesdesk.check import check
from salesdesk.customers import customers
from salesdesk.errors import SalesDeskError
from salesdesk.planning import plans
from salesdesk.sales import deals
from salesdesk.storage.schema import all_tables
from salesdesk.text import unshowable
from salesdesk.workspace import Workspace
from tests.sample import sample_office


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small office with a change upon a change, and one undone."""
    path = tmp_path_factory.mktemp("flips") / "sound.office"
    sample_office(path)
    with Workspace.open(path) as workspace:
        for words in ("again", "and again"):
            with workspace.change("Edit") as change:
                change.update(all_tables()["activity"], 1, words=words)
        workspace.undo()
        assert check(workspace) == []
    return path


def _rows(path: Path) -> dict[tuple[str, int], tuple[object, ...]]:
    """The bytes of every row."""
    connection = sqlcipher3.connect(str(path))
    connection.text_factory = bytes
    try:
        return {
            (name, row[0]): row
            for name in all_tables()
            for row in connection.execute(f'SELECT * FROM "{name}"')
        }
    finally:
        connection.close()


def _told(path: Path) -> list[str]:
    """What is said on opening, reading and checking; [] for nothing."""
    try:
        with Workspace.open(path) as workspace:
            problems = check(workspace)
            if not problems:
                workspace.read(customers.find, "lin")
                workspace.read(deals.deals)
                workspace.read(plans.plans)
    except SalesDeskError as error:
        problems = [error.message]
    # A rare character may be one of an office's own (private use), but none that is no text.
    assert not any(unshowable(sign) for words in problems for sign in words)
    return problems


@pytest.mark.parametrize("flips", [30, pytest.param(1_000, marks=pytest.mark.soak)])
def test_no_flipped_byte_of_a_row_goes_unseen(
    flips: int, sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, before = sound.read_bytes(), _rows(sound)
    chance = random.Random(f"flips {flips}")
    path = tmp_path / "flipped.office"
    for nth in range(flips):
        place, bits = chance.randrange(len(whole)), chance.randrange(1, 256)
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bits]) + whole[place + 1 :])
        problems = _told(path)
        if not problems:
            assert _rows(path) == before, f"byte {place} xor {bits} goes unseen"
        for command in (["check"], ["customers"], ["figures"], ["history"])[nth % 4 :][:1]:
            assert main([*command, str(path), "--lang", "en"]) in (0, 1, 2)
            said = capsys.readouterr()
            assert "Traceback" not in said.err
            assert "Something went wrong" not in said.err, f"byte {place} xor {bits}: {command}"


def test_a_function_in_an_index_that_is_none_any_more_is_told(sound: Path, tmp_path: Path) -> None:
    """Looking at the pages trips over it, and so does whatever writes the table."""
    # What migrations rewrote stands in the unused room of its page still.
    whole, path = sound.read_bytes(), tmp_path / "flipped.office"
    told = []
    for begun in re.finditer(rb"CREATE UNIQUE INDEX uq_target_place", whole):
        place = whole.index(b"coalesce", begun.end())
        path.write_bytes(whole[:place] + b"coalVsce" + whole[place + 8 :])
        found = _told(path)
        assert main(["check", str(path), "--lang", "en"]) == (1 if found else 0)
        told += found
    assert any("damaged" in words for words in told)


@pytest.mark.parametrize("table", ["history", "customer"])
def test_a_type_in_the_schema_that_is_no_text_any_more_is_told(
    table: str, sound: Path, tmp_path: Path
) -> None:
    """The driver trips over it with an error of its own, wherever a row of the table is read."""
    whole, path = sound.read_bytes(), tmp_path / "flipped.office"
    told = []
    # What migrations rewrote stands in the unused room of its page still.
    for begun in re.finditer(rb'CREATE TABLE "?%s"? \(' % table.encode(), whole):
        place = whole.index(b"VARCHAR", begun.end())
        path.write_bytes(whole[:place] + b"\x9a" + whole[place + 1 :])
        told += _told(path)
    assert told

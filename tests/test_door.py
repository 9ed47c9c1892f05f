"""Rules are kept at the door: by each writer, whoever calls it.

Walks the public functions of all rooms that take a ``Change`` first. A room's writers have their
lines in ``tests/refusals/<room>.py``; a writer without one fails here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import String

import salesdesk
from salesdesk.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    RightsError,
    SalesDeskError,
)
from salesdesk.storage.schema import all_tables
from tests import refusals
from tests.offices import STAFF
from tests.refusals import RITA, Line, prepared
from tests.storage.rows import all_rows

#: The rooms that write; the demo office fills a new file in bulk.
ROOMS = ("office", "customers", "sales", "planning", "records", "workbooks", "reports")


def _writers(room: str) -> Iterator[tuple[str, Callable[..., object]]]:
    """The public functions of a room whose first parameter is a Change."""
    package = importlib.import_module(f"salesdesk.{room}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.ispkg or found.name.endswith((".undo_rules", ".__main__")):
            continue  # asked by undo, not by people
        module = importlib.import_module(found.name)
        for name, function in vars(module).items():
            if (
                inspect.isfunction(function)
                and function.__module__ == module.__name__
                and not name.startswith("_")
                and next(iter(function.__annotations__.values()), None) == "Change"
                and next(iter(inspect.signature(function).parameters)) == "change"
            ):
                yield f"{module.__name__.removeprefix('salesdesk.')}.{name}", function


def _table(room: str) -> ModuleType:
    return importlib.import_module(f"{refusals.__name__}.{room}")


def _rooms_with_a_table() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(refusals.__path__)]


LINES: list[Line] = [line for room in _rooms_with_a_table() for line in _table(room).LINES]
REFUSED = [
    pytest.param(line, sentence, call, id=f"{line.name}: {sentence}")
    for line in LINES
    for sentence, call in line.refused
]
each_line = pytest.mark.parametrize("line", [pytest.param(line, id=line.name) for line in LINES])


def test_every_room_that_writes_is_walked() -> None:
    packages = {found.name for found in pkgutil.iter_modules(salesdesk.__path__) if found.ispkg}
    writing = {room for room in packages - {"demo", "storage"} if any(_writers(room))}
    assert writing <= set(ROOMS)
    assert {"office", "customers", "sales", "planning"} <= writing


@pytest.mark.parametrize("room", _rooms_with_a_table())
def test_every_writer_has_its_line(room: str) -> None:
    table = _table(room)
    written_down = {line.name for line in table.LINES} | set(table.INNER)
    assert {name for name, _function in _writers(room)} - written_down == set()


@pytest.mark.parametrize("room", ROOMS)
def test_edits_are_typed(room: str) -> None:
    """No writer takes just any column: a rule would be forgotten with the first new one."""
    loose = [
        name
        for name, function in _writers(room)
        if any(
            parameter.kind is inspect.Parameter.VAR_KEYWORD
            for parameter in inspect.signature(function).parameters.values()
        )
    ]
    assert loose == []


@each_line
def test_a_manager_may_and_the_history_says_what(tmp_path: Path, line: Line) -> None:
    with prepared(tmp_path, line) as workspace:
        before = workspace.history(limit=1)[0].id
        with workspace.change("") as change:
            line.call(change)
        entry = workspace.history(limit=1)[0]
        assert entry.id > before
        assert entry.label  # said by the writer: the caller said nothing


@each_line
def test_a_reader_changes_nothing(tmp_path: Path, line: Line) -> None:
    if line.own:
        pytest.skip("concerns only who makes it")
    with prepared(tmp_path, line) as workspace:
        workspace.work_as(RITA, "Rita")
        rows = all_rows(workspace)
        with pytest.raises(RightsError), workspace.change("") as change:
            line.call(change)
        assert all_rows(workspace) == rows


@pytest.mark.parametrize(("line", "sentence", "call"), REFUSED)
def test_what_cant_be_is_refused_with_its_cause(
    tmp_path: Path, line: Line, sentence: str, call: refusals.Call
) -> None:
    with prepared(tmp_path, line) as workspace:
        rows = all_rows(workspace)
        with (
            pytest.raises((InputError, NotFoundError, ConflictError, RightsError)) as refusal,
            workspace.change("") as change,
        ):
            call(change)
        assert sentence in refusal.value.message
        assert all_rows(workspace) == rows


# -- texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\ud83d", "\0", "\u202e"], ids=["half", "nul", "turning"])
def test_no_table_takes_what_no_text_holds(tmp_path: Path, sign: str) -> None:
    """The last door: whatever writer forgets to look at its texts."""
    with prepared(tmp_path) as workspace:
        rows = all_rows(workspace)
        for table in all_tables().values():
            for column in table.c:
                if not isinstance(column.type, String) or table.name.startswith("history"):
                    continue
                with pytest.raises(InputError), workspace.change("") as change:
                    change.insert(table, **{column.name: f"a{sign}"})
        with pytest.raises(InputError), workspace.change("") as change:
            change.update(all_tables()["team"], STAFF.east, name=f"a{sign}")
        assert all_rows(workspace) == rows


def _swapping(line: Line, name: str | None, seen: dict[str, object]) -> Callable[..., object]:
    """The line's writer; the text it is given as ``name`` ends in half a character."""
    signature = inspect.signature(line.writer)

    def call(*arguments: object, **options: object) -> object:
        bound = signature.bind(*arguments, **options)
        seen.update(bound.arguments)
        if name is not None:
            bound.arguments[name] = f"{bound.arguments[name]}\ud83d"
        return line.writer(*bound.args, **bound.kwargs)

    return call


@each_line
def test_every_writer_refuses_half_a_character(
    tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each text of the call that is granted, one after the other."""
    module = importlib.import_module(line.writer.__module__)
    given: dict[str, object] = {}
    with prepared(tmp_path, line) as workspace:
        rows = all_rows(workspace)
        monkeypatch.setattr(module, line.writer.__name__, _swapping(line, None, given))
        with suppress(SeenEnoughError), workspace.change("") as change:
            line.call(change)
            raise SeenEnoughError
        for name in _texts(line, given):
            monkeypatch.setattr(module, line.writer.__name__, _swapping(line, name, given))
            with pytest.raises(SalesDeskError) as refusal, workspace.change("") as change:
                line.call(change)
            assert refusal.value.message.isprintable(), name
            assert len(refusal.value.message) < 500, name
            assert all_rows(workspace) == rows, name


def _texts(line: Line, given: dict[str, object]) -> list[str]:
    """The names of the texts among what was given; codes that only programs choose are none."""
    parameters = inspect.signature(line.writer).parameters
    return [
        name
        for name, value in given.items()
        if isinstance(value, str) and "str" in str(parameters[name].annotation)
    ]


class SeenEnoughError(Exception):
    """Takes back what was only done to see it."""

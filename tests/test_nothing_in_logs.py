"""Whatever fails, nothing of an office goes into a log, to the screen's error lines or beside it.

An encrypted office keeps its content from who has the file; a log in plain must not give it away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from salesdesk.__main__ import main
from salesdesk.commands import faults
from salesdesk.customers import customers
from salesdesk.planning import items, plans
from salesdesk.workspace import Workspace
from tests.sample import sample_office

#: What was entered, searched for or typed, and may stand nowhere but in the office.
NAME, SEARCHED, PHONE, PASSWORD, PLAN = (
    "Zacharias", "Quixotte", "13877776666", "open-sesame-9", "Grow-in-the-North",
)  # fmt: skip
MARKED = (NAME, SEARCHED, PHONE, PASSWORD, PLAN)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted office that holds what is marked."""
    path = tmp_path_factory.mktemp("secret") / "secret.office"
    sample = sample_office(path, password=PASSWORD)
    with Workspace.open(path, PASSWORD) as workspace:
        workspace.work_as(sample.manager, "钱经理")
        with workspace.change("") as change:
            customers.add(change, name=NAME, phones=PHONE)
            plan = plans.plan_by_id(change.connection, sample.plan)
            items.write_text(change, plan.id, PLAN, seen_version=plan.version)
    return path


def _as_key(db: Connection, words: str) -> None:
    nothing: dict[str, str] = {}
    nothing[words]


def _as_value(db: Connection, words: str) -> None:
    int(f"{words}?")


def _as_parameter(db: Connection, words: str) -> None:
    db.execute(text("SELECT :words FROM activity WHERE no_such_function(:words)"), {"words": words})


def _in_two_steps(db: Connection, words: str) -> None:
    try:
        _as_parameter(db, words)
    except DBAPIError as error:
        raise RuntimeError(f"failed for {words}") from error


@pytest.mark.parametrize(
    "fail", [_as_key, _as_value, _as_parameter, _in_two_steps], ids=lambda f: f.__name__
)
def test_no_fault_of_a_command_tells_what_the_office_holds(
    fail: Callable[[Connection, str], None],
    office: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    earlier: list[BaseException] = []

    def broken(db: Connection, *_arguments: object, **_options: object) -> None:
        for words in MARKED[:-1]:
            try:
                fail(db, words)
            except Exception as error:  # noqa: BLE001 - each is told as what came before the next
                earlier.append(error)
        try:
            fail(db, MARKED[-1])
        except Exception as error:
            for before, after in pairwise([*earlier, error]):
                (after.__cause__ or after).__context__ = before
            raise

    monkeypatch.setattr(customers, "find", broken)
    monkeypatch.setattr(faults, "user_log_path", lambda *_: tmp_path / "log")
    monkeypatch.setenv("SALESDESK_PASSWORD", PASSWORD)
    assert main(["customers", "find", str(office), SEARCHED, "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert "Something went wrong" in told.err
    log = (tmp_path / "log" / "salesdesk.log").read_text("utf-8")
    assert fail.__name__ in log
    places = [
        told.out.encode(),
        told.err.encode(),
        *(file.read_bytes() for folder in (tmp_path, office.parent) for file in _files(folder)),
    ]
    for words in MARKED:
        assert not any(words.encode() in content for content in places), words


def _files(folder: Path) -> Sequence[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_an_error_that_nothing_can_raise_to_is_logged_without_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where Qt calls Python: what is raised there would go to the screen's error lines."""
    from ui import faults as window_faults

    monkeypatch.setattr(window_faults, "user_log_path", lambda *_: tmp_path)
    catcher = window_faults.FaultCatcher()
    catcher.install()
    try:

        class Dies:
            def __del__(self) -> None:
                raise KeyError(NAME)

        Dies()
        assert sys.unraisablehook is not sys.__unraisablehook__
    finally:
        catcher.uninstall()
    written = (tmp_path / "salesdesk.log").read_text("utf-8")
    assert "KeyError" in written
    assert "__del__" in written
    assert NAME not in written

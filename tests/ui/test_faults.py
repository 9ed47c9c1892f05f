"""A fault of the program: a sentence for the person, version and steps for the log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from salesdesk import __version__
from salesdesk.errors import InputError
from ui import faults
from ui.faults import FaultCatcher

NATIVE_CRASH = """
import ctypes
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from ui import faults
faults.user_log_path = lambda *_: Path(sys.argv[1])
application = QApplication([])
catcher = faults.FaultCatcher()
catcher.install()
ctypes.string_at(0)
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(faults, "user_log_path", lambda *_: tmp_path)
    return tmp_path / "salesdesk.log"


def test_a_fault_is_told_in_a_sentence_and_logged_with_version_and_steps(
    qtbot: QtBot, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def read(_parent: QWidget | None, words: str, _yes: str) -> bool:
        said.append(words)
        return False

    monkeypatch.setattr(faults, "ask", read)
    catcher = FaultCatcher()
    try:
        catcher.install()
        faults.note_step("Log a call")
        try:
            raise ZeroDivisionError("what nobody expected")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: bool(said))
    finally:
        catcher.uninstall()
    assert str(log) in said[0]
    assert "Traceback" not in said[0]
    written = log.read_text("utf-8")
    assert __version__ in written
    assert "Log a call" in written
    assert "what nobody expected" in written


def test_a_refusal_that_nobody_caught_is_no_fault(
    qtbot: QtBot, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(faults, "tell", lambda _parent, error: told.append(error.message))
    catcher = FaultCatcher()
    try:
        catcher.install()
        error = InputError("The name is missing.")
        sys.excepthook(type(error), error, None)
        qtbot.waitUntil(lambda: bool(told))
    finally:
        catcher.uninstall()
    assert told == ["The name is missing."]
    assert not log.exists()


def test_a_crash_in_native_code_leaves_a_trace(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NATIVE_CRASH, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "string_at" in (tmp_path / "crash.log").read_text("utf-8")


def test_a_file_that_no_system_takes_is_told_and_no_fault(
    qtbot: QtBot, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(faults, "tell", lambda _parent, error: told.append(error.message))
    catcher = FaultCatcher()
    try:
        catcher.install()
        try:
            Path("/" + "x" * 4_000).stat()
        except OSError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: bool(told))
    finally:
        catcher.uninstall()
    assert told[0].endswith("can't be used: the name or the path is too long.")
    assert len(told[0]) < 200
    assert not log.exists()

"""Dialogs that ask for files: where they open, what they propose, what they add and ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.preferences import Preferences
from ui.shared import files
from ui.shared.files import OFFICES, SHEETS, ask_open, ask_pdf, ask_place, ask_workbook, last_folder

_UI = Path(__file__).resolve().parents[3] / "ui"


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


class Dialogs:
    """Answers file dialogs one after the other, and keeps where each opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[str] = []
        self.starts: list[str] = []
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, self._answer)

    def _answer(
        self, _parent: QWidget, _title: str, start: str, wanted: str, **_options: object
    ) -> tuple[str, str]:
        self.starts.append(start)
        return self.answers.pop(0), wanted


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> Dialogs:
    return Dialogs(monkeypatch)


def test_only_one_file_opens_file_dialogs() -> None:
    opening = [path.name for path in _UI.rglob("*.py") if "QFileDialog" in path.read_text("utf-8")]
    assert opening == ["files.py"]


def test_a_dialog_opens_where_the_last_of_its_kind_was(
    parent: QWidget, preferences: Preferences, dialogs: Dialogs, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    dialogs.answers = [str(stick / "sent"), str(stick / "back.xlsx"), ""]
    assert ask_workbook(parent, preferences, "Plan: 2026/27") == stick / "sent.xlsx"
    assert ask_open(parent, preferences, "Take back", "*.xlsx") == stick / "back.xlsx"
    assert ask_pdf(parent, preferences, "Report") is None
    assert Path(dialogs.starts[0]).name == "Plan  2026 27.xlsx"
    assert dialogs.starts[1:] == [str(stick), str(stick / "Report.pdf")]
    # Offices stay where offices were; a folder that is gone is not opened again.
    assert last_folder(preferences, OFFICES, tmp_path) == tmp_path
    stick.rmdir()
    assert last_folder(preferences, SHEETS) != stick


def test_what_the_added_ending_would_replace_is_asked_about_once(
    parent: QWidget, preferences: Preferences, dialogs: Dialogs, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    questions: list[str] = []

    def refuse_once(_parent: QWidget, text: str, _yes: str, *, danger: bool) -> bool:
        questions.append(text)
        return len(questions) > 1

    monkeypatch.setattr(files, "ask", refuse_once)
    (tmp_path / "v1.2.xlsx").touch()
    dialogs.answers = [str(tmp_path / "v1.2"), str(tmp_path / "v1.2")]
    assert ask_workbook(parent, preferences, "Customers") == tmp_path / "v1.2.xlsx"
    assert questions == ["v1.2.xlsx exists already. Replace it?"] * 2
    assert dialogs.starts[1] == str(tmp_path / "v1.2.xlsx")
    # Typed with its ending, the dialog itself has asked.
    dialogs.answers = [str(tmp_path / "v1.2.XLSX")]
    assert ask_workbook(parent, preferences, "Customers") == tmp_path / "v1.2.XLSX"
    assert len(questions) == 2


def test_the_place_of_a_new_office_is_remembered_for_the_next(
    parent: QWidget, preferences: Preferences, dialogs: Dialogs, tmp_path: Path
) -> None:
    dialogs.answers = [str(tmp_path / "east.office")]
    proposed = tmp_path / "west.office"
    assert ask_place(parent, preferences, "New office", proposed) == tmp_path / "east.office"
    assert dialogs.starts == [str(proposed)]
    assert last_folder(preferences, OFFICES) == tmp_path

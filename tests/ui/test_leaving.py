"""Another office while a form is open, and a file that was replaced under the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from salesdesk.office import people
from salesdesk.workspace import Workspace
from tests.offices import found
from ui.main_window import MainWindow
from ui.office.password import OfficePasswordForm
from ui.preferences import Preferences
from ui.shared import background
from ui.shared.forms import FormDialog, TextField


@pytest.fixture
def window(qtbot: QtBot, preferences: Preferences, tmp_path: Path) -> Iterator[MainWindow]:
    main_window = MainWindow(preferences)
    qtbot.addWidget(main_window)
    main_window.show()
    with found(tmp_path) as workspace:
        pass
    with qtbot.waitSignal(main_window.ready, timeout=20_000):
        main_window.begin(workspace.path)
    yield main_window
    main_window.close()
    qtbot.waitUntil(lambda: not background.running)


@pytest.fixture
def another(tmp_path: Path) -> Path:
    (tmp_path / "another").mkdir()
    with found(tmp_path / "another") as workspace:
        return workspace.path


class TeamForm(FormDialog):
    """A form as the pages have them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__("New team", window)
        self._window = window
        self.name = TextField()
        self.add("Name", self.name)

    def save(self) -> None:
        assert self._window.session is not None
        with self._window.session.changing("New team") as change:
            people.add_team(change, self.name.value())


def press(button: str) -> None:
    """Press ``button`` of the next message box once it is there."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            next(one for one in box.buttons() if one.text() == button).click()
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)


def with_form(window: MainWindow, typed: str, meanwhile: Callable[[], object]) -> list[str]:
    """Run a form in which something is typed, as pages do; ``meanwhile`` something happens.

    The list gets "over" when the form was closed and what followed it still found its office.
    """
    over: list[str] = []

    def run() -> None:
        form = TeamForm(window)
        session = window.session
        assert session is not None

        def act() -> None:
            form.name.setText(typed)
            meanwhile()

        QTimer.singleShot(50, act)
        form.exec()
        over.append("over")
        assert window.session is session

    QTimer.singleShot(0, run)
    return over


def team_names(path: Path) -> list[str]:
    with Workspace.open(path) as workspace:
        return [team.name for team in workspace.read(people.teams)]


@pytest.mark.parametrize(("button", "kept"), [("Save", ["North"]), ("Discard", [])])
def test_another_office_is_opened_once_the_form_was_decided_on(
    qtbot: QtBot, window: MainWindow, another: Path, tmp_path: Path, button: str, kept: list[str]
) -> None:
    def come() -> None:
        press(button)
        window.come_forward(another)

    with qtbot.waitSignal(window.ready, timeout=20_000):
        over = with_form(window, "North", come)
    assert over == ["over"]
    assert window.session is not None
    assert window.session.workspace.path == another
    assert team_names(tmp_path / "small.office") == kept


def test_who_stays_keeps_the_form_and_the_office(
    qtbot: QtBot, window: MainWindow, another: Path, tmp_path: Path
) -> None:
    stood = []

    def come() -> None:
        press("Stay here")
        window.come_forward(another)
        form = QApplication.activeModalWidget()
        assert isinstance(form, TeamForm)
        stood.append(form.name.text())
        form.accept()

    over = with_form(window, "North", come)
    qtbot.waitUntil(lambda: bool(over), timeout=10_000)
    assert stood == ["North"]
    assert window.session is not None
    assert window.session.workspace.path == tmp_path / "small.office"
    assert [team.name for team in window.session.read(people.teams)] == ["North"]


def test_a_file_written_over_is_told_at_once_and_the_words_can_be_saved(
    qtbot: QtBot,
    window: MainWindow,
    another: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = tmp_path / "words.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_o: (str(words), ""))
    office = tmp_path / "small.office"
    said = []

    def overwrite() -> None:
        copyfile(another, office)
        form = QApplication.activeModalWidget()
        assert isinstance(form, TeamForm)
        form.accept()
        assert "written over" in form.error.text()

        def save_words() -> None:
            box = QApplication.activeModalWidget()
            if not isinstance(box, QMessageBox):
                QTimer.singleShot(20, save_words)
                return
            said.append(box.text())
            press("Close the office")
            next(one for one in box.buttons() if one.text() == "Save what I typed…").click()

        QTimer.singleShot(20, save_words)

    with_form(window, "North by word", overwrite)
    qtbot.waitUntil(lambda: window.session is None, timeout=10_000)
    assert "small.office was written over by another program" in said[0]
    assert "Name: North by word" in words.read_text(encoding="utf-8-sig")
    assert office.read_bytes() == another.read_bytes()


def test_a_renamed_office_is_opened_where_it_is_now(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = window.session
    assert session is not None
    with session.changing("New team") as change:
        people.add_team(change, "only in the log")
    renamed = tmp_path / "renamed.office"
    (tmp_path / "small.office").rename(renamed)
    press("Open it there")
    with qtbot.waitSignal(window.ready, timeout=20_000):
        pass
    assert window.session is not None
    assert window.session.workspace.path == renamed
    assert [team.name for team in window.session.read(people.teams)] == ["only in the log"]


def test_a_copy_of_a_renamed_office_is_saved_while_the_window_goes_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy may take minutes; what can be done is asked again when it is there."""
    copy = tmp_path / "my copy.office"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_o: (str(copy), ""))
    threads: list[threading.Thread] = []
    save = Workspace.save_copy

    def noted(workspace: Workspace, to: Path, *, force: bool = False) -> None:
        threads.append(threading.current_thread())
        save(workspace, to, force=force)

    monkeypatch.setattr(Workspace, "save_copy", noted)
    assert window.session is not None
    window.session.workspace.path.rename(tmp_path / "elsewhere.office")
    presses = ["Save a copy of the office as it was…", "OK", "Close the office"]

    def press_next() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            button = next((one for one in box.buttons() if one.text() == presses[0]), None)
            if button is not None:
                presses.pop(0)
                QTimer.singleShot(0, button.click)
        if presses:
            QTimer.singleShot(20, press_next)

    QTimer.singleShot(20, press_next)
    window._look_around()
    qtbot.waitUntil(lambda: window.session is None and not background.running, timeout=20_000)
    assert presses == []
    assert threads != [threading.main_thread()]
    assert len(threads) == 1
    assert team_names(copy) == []


def test_a_copy_is_saved_from_the_menu(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "my copy.office"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_o: (str(copy), ""))
    action = next(one for one in window.menus._with_office if one.text() == "Save a copy…")
    action.trigger()
    qtbot.waitUntil(lambda: copy.exists() and not background.running, timeout=20_000)
    assert team_names(copy) == []


def test_the_password_form_sets_and_removes_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = window.session
    assert session is not None
    form = OfficePasswordForm(session, window)
    form.show()
    form.new.setText("secret")
    form.accept()
    assert "differ" in form.error.text()
    form.again.setText("secret")
    form.accept()
    # It is written in the background: whoever reads meanwhile has the one file or the other.
    while form.isVisible():
        session.workspace.poll()
        assert session.read(people.teams) == []
        qtbot.wait(1)
    assert session.workspace.encrypted
    form = OfficePasswordForm(session, window)
    form.show()
    form.present.setText("wrong")
    form.accept()
    assert "isn't right" in form.error.text()
    form.present.setText("secret")
    press("Remove the password")
    form.accept()
    qtbot.waitUntil(lambda: not form.isVisible(), timeout=20_000)
    assert not session.workspace.encrypted
    with session.changing("New team") as change:
        people.add_team(change, "still here")

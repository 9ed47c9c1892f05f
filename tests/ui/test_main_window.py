"""The main window: first start, opening and closing, passwords, undo, other programs' changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from salesdesk.office import people, pins, settings
from salesdesk.office.founding import new_office
from salesdesk.workspace import Workspace
from tests.statements import statements
from ui.customers.tab import CustomersTab
from ui.main_window import MainWindow
from ui.office.pin import PinDialog
from ui.preferences import Preferences
from ui.shared import background
from ui.start.dialogs import NewOfficeDialog, PasswordDialog, WhoDialog


@pytest.fixture
def window(qtbot: QtBot, preferences: Preferences) -> Iterator[MainWindow]:
    main_window = MainWindow(preferences)
    qtbot.addWidget(main_window)
    main_window.show()
    yield main_window
    main_window.close()
    qtbot.waitUntil(lambda: not background.running)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "riverside.office"
    new_office(path, name="Riverside", kind="property", founder="Wang Min").close()
    return path


def opened(qtbot: QtBot, window: MainWindow, open_it: Callable[[], object]) -> None:
    """Open an office and wait until its first page stands."""
    with qtbot.waitSignal(window.ready, timeout=20_000):
        open_it()


def answer(dialog_kind: type, reply: Callable[[object], None]) -> None:
    """Let ``reply`` answer the next modal dialog once it is there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, dialog_kind):
            reply(dialog)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)


def test_the_first_start_offers_new_open_and_demo(qtbot: QtBot, window: MainWindow) -> None:
    window.begin(None)
    page = window.stack.currentWidget()
    assert page is window._start
    assert window._start is not None
    assert all(
        push_button.isVisible()
        for push_button in (
            window._start.new_button,
            window._start.open_button,
            window._start.demo_button,
        )
    )
    assert not window._start.recent.isVisible()
    assert not window.menus.undo.isEnabled()


def test_a_new_office_opens_on_its_first_page_and_is_remembered(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "new.office"
    opened(
        qtbot,
        window,
        lambda: window.opening.new(path, name="Garden", kind="shop", founder="Zhao"),
    )
    assert "Garden" in window.windowTitle()
    assert window.current_tab is not None
    assert window.preferences.recent == [path]
    assert window.session is not None
    assert window.session.workspace.person_name == "Zhao"


def test_the_office_used_last_opens_by_itself(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    window.preferences.opened(office)
    opened(qtbot, window, lambda: window.begin(None))
    assert "Riverside" in window.windowTitle()


def test_a_file_that_is_no_office_is_refused_in_a_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    broken = tmp_path / "letter.office"
    broken.write_bytes(b"Dear Sir or Madam, this is a letter." * 40)
    seen: list[str] = []

    def give_up(dialog: object) -> None:
        assert isinstance(dialog, PasswordDialog)
        seen.append(dialog.form.itemAt(0).widget().text())  # type: ignore[attr-defined]
        dialog.reject()

    answer(PasswordDialog, give_up)
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        window.opening.open(broken)
    assert "letter.office" in seen[0]
    assert window.stack.currentWidget() is window._start


def test_a_missing_file_is_refused_and_the_first_page_comes_back(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    said: list[str] = []

    def read_it(dialog: object) -> None:
        assert isinstance(dialog, QMessageBox)
        said.append(dialog.text())
        dialog.accept()

    answer(QMessageBox, read_it)
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        window.opening.open(tmp_path / "gone.office")
    assert "gone.office" in said[0]
    assert window.stack.currentWidget() is window._start


def test_an_encrypted_office_asks_until_the_password_is_right(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "secret.office"
    new_office(path, name="Secret", kind="b2b", founder="Li", password="correct horse").close()
    refusals: list[str] = []

    def wrong(dialog: object) -> None:
        assert isinstance(dialog, PasswordDialog)
        dialog.password.setText("guess")
        answer(PasswordDialog, right)
        dialog.accept()

    def right(dialog: object) -> None:
        assert isinstance(dialog, PasswordDialog)
        refusals.append(dialog.error.text())
        dialog.password.setText("correct horse")
        dialog.accept()

    answer(PasswordDialog, wrong)
    opened(qtbot, window, lambda: window.opening.open(path))
    assert "doesn't open" in refusals[0]
    assert "Secret" in window.windowTitle()


def test_two_different_passwords_are_refused_and_the_loss_is_warned_of(
    qtbot: QtBot, preferences: Preferences
) -> None:
    dialog = NewOfficeDialog(None, preferences)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.name.setText("Garden")
    dialog.founder.setText("Zhao")
    assert not dialog.warning.isVisible()
    dialog.password.setText("one")
    assert dialog.warning.isVisible()
    assert "can't be recovered" in dialog.warning.text()
    dialog.again.setText("two")
    dialog.accept()
    assert dialog.isVisible()
    assert "differ" in dialog.error.text()


def test_undo_names_what_it_undoes_and_redo_takes_it_back(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    opened(qtbot, window, lambda: window.opening.open(office))
    session = window.session
    assert session is not None
    with statements() as sent, session.changing("New team") as change:
        people.add_team(change, "Team One")
    assert window.menus.undo.text() == "Undo: New team Team One"
    # The change itself said so: the history wasn't asked.
    assert not [words for words in sent if "history.kind" in words]
    window.menus.undo.trigger()
    assert session.read(people.teams) == []
    assert window.menus.redo.text() == "Redo: New team Team One"
    window.menus.redo.trigger()
    assert [team.name for team in session.read(people.teams)] == ["Team One"]


def test_leave_is_found_from_the_office_menu(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    opened(qtbot, window, lambda: window.opening.open(office))
    window.show_tab("reports")
    action = next(
        action for action in window.menus._with_office if action.text() == "Leave and hand-over"
    )
    action.trigger()
    tab = window.current_tab
    assert isinstance(tab, CustomersTab)
    assert tab.pages.code == "handover"


def test_what_another_program_changes_is_heard_within_two_seconds(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    opened(qtbot, window, lambda: window.opening.open(office))
    assert window.session is not None
    other = Workspace.open(office)
    with (
        qtbot.waitSignal(window.session.changed, timeout=2000) as heard,
        other.change("New team") as change,
    ):
        people.add_team(change, "Team of the other program")
    assert heard.args[0].touches("team")
    other.close()


def test_opening_another_office_closes_the_one_before(
    qtbot: QtBot, window: MainWindow, office: Path, tmp_path: Path
) -> None:
    opened(qtbot, window, lambda: window.opening.open(office))
    second = tmp_path / "second.office"
    opened(
        qtbot,
        window,
        lambda: window.opening.new(second, name="Second", kind="shop", founder="Zhao"),
    )
    assert "Second" in window.windowTitle()
    office.rename(tmp_path / "moved.office")  # nothing holds it any more
    window.leave_office()
    assert window.session is None
    assert window.stack.currentWidget() is window._start
    assert window.windowTitle() == "SalesDesk"


def test_a_second_start_opens_what_it_was_asked_for(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    opened(qtbot, window, lambda: window.come_forward(office))
    session = window.session
    window.come_forward(office)  # open already: it stays as it is
    assert window.session is session


def test_a_backup_is_made_and_restored_in_the_offices_place(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    opened(qtbot, window, lambda: window.opening.open(office))
    session = window.session
    assert session is not None
    window.back_up()
    qtbot.waitUntil(lambda: session.workspace.last_backup() is not None, timeout=20_000)
    backup = next(iter(session.workspace.backup_folder.glob("*.office")))
    with session.changing("New team") as change:
        people.add_team(change, "After the backup")
    window.close_office()
    opened(qtbot, window, lambda: window.opening.restore(backup, office))
    assert window.session is not None
    assert window.session.read(people.teams) == []
    kept = next(iter(office.parent.glob("riverside-replaced-*.office")))
    with Workspace.open(kept) as replaced:
        assert [team.name for team in replaced.read(people.teams)] == ["After the backup"]


def test_the_window_comes_back_where_it_was(
    qtbot: QtBot, window: MainWindow, preferences: Preferences
) -> None:
    # Other than at first, and no larger than the small screen that tests have.
    size = window.minimumSize() + QSize(6, 30)
    window.resize(size)
    window.close()
    again = MainWindow(Preferences(preferences.path))
    qtbot.addWidget(again)
    assert again.size() == size


def test_damaged_preferences_are_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text("{broken", "utf-8")
    preferences = Preferences(path)
    assert preferences.recent == []
    preferences.set("scheme", "dark")
    assert Preferences(path).get("scheme") == "dark"


def test_the_window_is_no_larger_than_its_screen(qtbot: QtBot, window: MainWindow) -> None:
    screen = window.screen().availableGeometry()
    window.show()
    assert window.width() <= screen.width()
    assert window.height() <= screen.height()
    assert window.status.isVisible()


def test_who_has_a_pin_gives_it_or_somebody_else_sits_down(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    with Workspace.open(office) as workspace:
        manager = workspace.read(people.people)[0]
        workspace.work_as(manager.id, manager.name)
        with workspace.change("") as change:
            pins.set_pin(change, manager.id, "4711")
            people.add_person(change, "Zhao Wu")
        workspace_id = workspace.read(settings.read).office_id
    window.preferences.work_as(workspace_id, manager.id)
    refusals: list[str] = []

    def wrong(dialog: object) -> None:
        assert isinstance(dialog, PinDialog)
        dialog.pin.setText("0000")
        dialog.accept()
        refusals.append(dialog.error.text())
        answer(WhoDialog, another)
        dialog.reject()

    def another(dialog: object) -> None:
        assert isinstance(dialog, WhoDialog)
        dialog.person.setCurrentIndex(dialog.person.findText("Zhao Wu"))
        dialog.accept()

    answer(PinDialog, wrong)
    opened(qtbot, window, lambda: window.opening.open(office))
    assert "isn't the PIN" in refusals[0]
    assert window.session is not None
    assert window.session.workspace.person_name == "Zhao Wu"

    def right(dialog: object) -> None:
        assert isinstance(dialog, PinDialog)
        dialog.pin.setText("4711")
        dialog.accept()

    def back(dialog: object) -> None:
        assert isinstance(dialog, WhoDialog)
        dialog.person.setCurrentIndex(dialog.person.findText(manager.name))
        answer(PinDialog, right)
        dialog.accept()

    answer(WhoDialog, back)
    assert window.opening.choose_person(window.session.workspace, again=True)
    assert window.session.workspace.person_name == manager.name


def test_menu_entries_are_grey_for_who_may_not_and_say_why(
    qtbot: QtBot, window: MainWindow, office: Path
) -> None:
    with Workspace.open(office) as workspace, workspace.change("") as change:
        reader = people.add_person(change, "Rita", role="reader")
        office_id = settings.read(change.connection).office_id
    window.preferences.work_as(office_id, reader)
    opened(qtbot, window, lambda: window.opening.open(office))
    entry = next(action for action in window.menus._with_office if action.text() == "Back up now")
    qtbot.waitUntil(lambda: not entry.isEnabled(), timeout=20_000)  # once the rows stand
    assert "Make backups" in entry.toolTip()
    window.leave_office()
    assert not entry.isEnabled()
    assert "Make backups" not in entry.toolTip()

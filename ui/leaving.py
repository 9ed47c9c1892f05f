"""Leaving an office whose forms are open, and one whose file was replaced while it was open.

What was typed and isn't saved is thrown away by nobody but the person. The office is closed only
when the dialogs are: each runs a loop of events of its own, and what follows there still asks the
office something.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget

from salesdesk.errors import ReplacedOfficeError, SalesDeskError
from salesdesk.storage import files
from salesdesk.text import _
from ui.preferences import Preferences
from ui.shared import background
from ui.shared.choosing import ChoosingDialog
from ui.shared.files import OFFICE_ENDING, OFFICES, ask_save, office_filter
from ui.shared.forms import FormDialog
from ui.shared.messages import choose, say, tell

if TYPE_CHECKING:
    from salesdesk.workspace import Workspace

#: Milliseconds between two looks whether the dialogs have ended.
_PATIENCE = 10


def open_dialogs(window: QWidget) -> list[QDialog]:
    """The dialogs that are open over ``window``, the topmost first."""
    dialogs = [
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, QDialog)
        and widget.isVisible()
        and widget.isModal()
        and window in _parents(widget)
    ]
    return sorted(dialogs, key=lambda dialog: len(_parents(dialog)), reverse=True)


def _parents(widget: QWidget) -> list[QWidget]:
    """Those over which a widget stands, through all windows."""
    parents = []
    parent = widget.parentWidget()
    while parent is not None:
        parents.append(parent)
        parent = parent.parentWidget()
    return parents


def unsaved_forms(window: QWidget) -> list[FormDialog]:
    """The open forms in which something was entered that isn't saved."""
    return [
        form for form in open_dialogs(window) if isinstance(form, FormDialog) and form.is_changed
    ]


def leave(window: QWidget, then: Callable[[], None]) -> bool:
    """Close what is open over ``window``, asking about each unsaved form; then call ``then``.

    False, and nothing more is done, when the person stays.
    """
    loops = _loops_below(open_dialogs(window))
    for dialog in open_dialogs(window):
        if isinstance(dialog, ChoosingDialog) and not dialog.may_be_closed():
            return False
    for form in unsaved_forms(window):
        form.raise_()
        answer = choose(
            form,
            _("“{title}” isn't saved yet. What shall become of your changes?").format(
                title=form.windowTitle()
            ),
            [_("Save"), _("Discard"), _("Stay here")],
        )
        if answer == 0:
            form.accept()
            if form.isVisible():
                return False  # it was refused, and the form says why
        elif answer != 1:
            return False
        else:
            form.done(QDialog.DialogCode.Rejected)
    _close(window, loops, then)
    return True


def close_dialogs(window: QWidget, then: Callable[[], None]) -> None:
    """Close the open dialogs without asking, and call ``then`` when they have all ended."""
    _close(window, _loops_below(open_dialogs(window)), then)


def _loops_below(dialogs: list[QDialog]) -> int:
    """How many loops of events run when those of ``dialogs``, which run now, have ended."""
    return QThread.currentThread().loopLevel() - len(dialogs)


def _close(window: QWidget, loops: int, then: Callable[[], None]) -> None:
    for dialog in open_dialogs(window):
        dialog.done(QDialog.DialogCode.Rejected)

    def when_over() -> None:
        # Timers come in the loops of the dialogs too, until these have ended.
        if QThread.currentThread().loopLevel() > loops:
            QTimer.singleShot(_PATIENCE, window, when_over)
        else:
            then()

    when_over()


# -- an office that was replaced -------------------------------------------------------------------


def tell_of_replacement(
    window: QWidget,
    preferences: Preferences,
    workspace: Workspace,
    error: ReplacedOfficeError,
    open_again: Callable[[Path], None],
    close: Callable[[], None],
) -> None:
    """Say what happened to the file; let the person save what can be saved, then go on."""
    path = workspace.path if error.now_at is None else error.now_at
    while True:
        forms = unsaved_forms(window)
        answers: list[tuple[str, str]] = []
        if forms:
            answers.append(("words", _("Save what I typed…")))
        if error.whole:
            answers.append(("copy", _("Save a copy of the office as it was…")))
        if files.is_file(path):
            answers.append(("open", _("Open it there") if error.now_at else _("Open it again")))
        answers.append(("close", _("Close the office")))
        text = error.message
        if not error.whole:
            text += "\n\n" + _(
                "What was written since the last backup may be lost: the file holds something "
                "else now. Backups are in {folder}."
            ).format(folder=workspace.backup_folder)
        if forms:
            text += "\n\n" + _("What you typed stands in the open form still.")
        top = next(iter(open_dialogs(window)), window)
        number = choose(top, text, [words for _code, words in answers], QMessageBox.Icon.Warning)
        answer = "close" if number is None else answers[number][0]
        if answer == "words":
            _save_words(top, preferences, forms)
        elif answer == "copy":
            _save_copy(
                top,
                preferences,
                workspace,
                lambda: tell_of_replacement(
                    window, preferences, workspace, error, open_again, close
                ),
            )
            return
        elif answer == "open":
            close_dialogs(window, lambda: open_again(path))
            return
        else:
            close_dialogs(window, close)
            return


def _save_words(parent: QWidget, preferences: Preferences, forms: list[FormDialog]) -> None:
    to = ask_save(
        parent, preferences, _("Save what I typed"), _("What I typed"), ".txt",
        _("Text") + " (*.txt)",
    )  # fmt: skip
    if to is None:
        return
    words = "\n\n".join(form.typed_text() for form in forms)
    try:
        files.write(to, words.encode("utf-8-sig", "replace"))
    except SalesDeskError as error:
        tell(parent, error)


def _save_copy(
    parent: QWidget, preferences: Preferences, workspace: Workspace, then: Callable[[], None]
) -> None:
    """Save a copy in the background, say how that went, and go on with ``then``."""

    def saved(path: Path) -> None:
        say(parent, _("Saved a copy as {path}.").format(path=path))
        then()

    def refused(error: SalesDeskError) -> None:
        tell(parent, error)
        then()

    if not _copy(parent, preferences, workspace, saved, refused):
        then()


def ask_copy(parent: QWidget, preferences: Preferences, workspace: Workspace) -> Path | None:
    """Ask where to save a copy of the office; None when nowhere."""
    name = _("{name} copy").format(name=workspace.path.stem)
    return ask_save(
        parent, preferences, _("Save a copy"), name, OFFICE_ENDING, office_filter(), kind=OFFICES
    )


def save_copy(
    window: QWidget, preferences: Preferences, workspace: Workspace, told: Callable[[str], None]
) -> None:
    """Ask where to, save a copy of the office in the background, and tell that it is there."""
    _copy(
        window,
        preferences,
        workspace,
        lambda path: told(_("Saved a copy as {path}.").format(path=path)),
        None,
    )


def _copy(
    parent: QWidget,
    preferences: Preferences,
    workspace: Workspace,
    then: Callable[[Path], None],
    failed: Callable[[SalesDeskError], None] | None,
) -> bool:
    """Ask where to and save a copy in the background; False when nowhere."""
    to = ask_copy(parent, preferences, workspace)
    if to is None:
        return False

    def write(_progress: background.Progress) -> Path:
        workspace.save_copy(to, force=True)
        return to

    background.run(parent, _("Saving a copy…"), write, then, failed)
    return True

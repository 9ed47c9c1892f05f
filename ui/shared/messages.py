"""Says things to the person: refusals, questions, faults. Never a traceback."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from salesdesk.errors import Cancelled, SalesDeskError
from salesdesk.text import _


def tell(parent: QWidget | None, error: SalesDeskError) -> None:
    """Show why something was refused. What the person cancelled needs no words."""
    if not isinstance(error, Cancelled):
        say(parent, error.message, QMessageBox.Icon.Warning)


def say(
    parent: QWidget | None, text: str, icon: QMessageBox.Icon = QMessageBox.Icon.Information
) -> None:
    """Show a sentence and wait until it is read."""
    box = _box(parent, text, icon)
    box.addButton(_("OK"), QMessageBox.ButtonRole.AcceptRole)
    box.exec()


def ask(parent: QWidget | None, text: str, yes: str, *, danger: bool = False) -> bool:
    """Whether the person presses the button ``yes`` (a verb) and not Cancel.

    With ``danger`` Cancel is what Enter presses.
    """
    box = _box(parent, text, QMessageBox.Icon.Question)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel if danger else accept)
    box.setEscapeButton(cancel)
    box.exec()
    return box.clickedButton() is accept


def choose(
    parent: QWidget | None,
    text: str,
    answers: list[str],
    icon: QMessageBox.Icon = QMessageBox.Icon.Question,
) -> int | None:
    """Which of the ``answers`` the person chooses, by its place; None for Escape.

    The last one is what Escape means, where it is the one that does nothing.
    """
    box = _box(parent, text, icon)
    role = QMessageBox.ButtonRole.ActionRole
    buttons = [box.addButton(answer, role) for answer in answers]
    box.setDefaultButton(buttons[0])
    box.setEscapeButton(buttons[-1])
    box.exec()
    clicked = box.clickedButton()
    return next((place for place, button in enumerate(buttons) if button is clicked), None)


def _box(parent: QWidget | None, text: str, icon: QMessageBox.Icon) -> QMessageBox:
    box = QMessageBox(parent)
    box.setWindowTitle("SalesDesk")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setIcon(icon)
    return box

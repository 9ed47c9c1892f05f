"""Dialogs that stay within the screen they come up on, title and taskbar left free.

A dialog asks for the size that suits it (``resize``, or what its content wants) and gets at most
what there is: on 1280x800 at 150 % a window has 837x493 pixels. So whatever is in a dialog must be
able to give way: tables do by themselves, forms are scrolled (:class:`ui.shared.forms.FormDialog`).
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

#: What the system's frame takes of a window's width and height.
_FRAME = QSize(16, 40)


def free_on_screen(widget: QWidget) -> QRect:
    """What the taskbar leaves of the screen that a window is on.

    ``QWidget.screen`` isn't asked: Python ties the screen to the widget then, and lets go of it
    with a dialog that is closed, which ends the program when the next one asks.
    """
    screen = QGuiApplication.screenAt(widget.frameGeometry().center())
    return (screen or QGuiApplication.primaryScreen()).availableGeometry()


def room_on_screen(widget: QWidget) -> QSize:
    """What the screen of a window leaves inside its frame, so that no edge lies outside."""
    return free_on_screen(widget).size() - _FRAME


class Dialog(QDialog):
    """A dialog that is never larger than its screen, nor partly outside it."""

    def keep_inside(self) -> None:
        """Give way where the screen is smaller, and come back where it was left."""
        room = room_on_screen(self)
        self.setMinimumSize(self.minimumSize().boundedTo(room))
        self.resize(self.size().boundedTo(room))
        screen = free_on_screen(self)
        frame = self.frameGeometry()
        if self.isVisible() and not screen.contains(frame):
            corner = frame.topLeft()
            lowest = screen.bottomRight() - QPoint(frame.width(), frame.height())
            self.move(
                max(screen.left(), min(corner.x(), lowest.x())),
                max(screen.top(), min(corner.y(), lowest.y())),
            )

    # -- Qt --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.keep_inside()

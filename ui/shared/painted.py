"""Work that waits until a widget's picture stands: rows first, what stands beside them after."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


def once_painted(widget: QWidget, then: Callable[[], None]) -> None:
    """Call ``then`` when ``widget`` has been painted the next time; never, if it goes before."""
    _Wait(widget, then)


def all_painted(window: QWidget) -> bool:
    """Whether nothing that can be seen in ``window`` waits for its first picture."""
    return not any(wait.widget.isVisible() for wait in window.findChildren(_Wait))


class _Wait(QObject):
    """Lives on the widget until its picture stands."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self.widget, self._then = widget, then
        widget.installEventFilter(self)
        widget.update()

    # -- Qt --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.widget.removeEventFilter(self)
            # It is just being painted; children come in the same go, before the loop's next round.
            QTimer.singleShot(0, self, self._go)
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        self.setParent(None)
        self.deleteLater()
        self._then()

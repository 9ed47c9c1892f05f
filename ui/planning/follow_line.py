"""The line that asks, once a target with parts was changed, what its parts shall do."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from salesdesk.planning.grid import Grid
from salesdesk.planning.places import Place
from salesdesk.text import _
from ui.shared.flow import FlowLayout
from ui.shared.labels import button, label


class FollowLine(QWidget):
    """``follow`` tells the place and the axis whose parts are to sum to it again."""

    follow = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", "hint")
        self.follow_button = button(_("Let the parts follow in proportion"), self._follow)
        self.leave_button = button(_("Leave them"), self.clear)
        flow = FlowLayout(self, spacing=6)
        for widget in (self.words, self.follow_button, self.leave_button):
            flow.addWidget(widget)
        self._asked: tuple[Place, str] | None = None
        self.hide()

    def ask(self, grid: Grid, place: Place, name: str) -> None:
        """Ask for the first axis along which the parts of a place don't sum to it."""
        gaps = grid.gaps(*place)
        if not gaps:
            self.clear()
            return
        axis, amount = next(iter(gaps.items()))
        total = grid.stored(*place) or 0
        told = grid.measure.format(total - amount)
        if axis == "time":
            words = _("{name}: its shorter periods add up to {sum}.")
        elif axis == "people":
            words = _("{name}: its teams and people add up to {sum}.")
        else:
            words = _("{name}: its products add up to {sum}.")
        self.words.setText(words.format(name=name, sum=told))
        self._asked = (place, axis)
        self.show()

    def clear(self) -> None:
        """Ask nothing."""
        self._asked = None
        self.hide()

    def _follow(self) -> None:
        asked = self._asked
        self.clear()
        if asked is not None:
            self.follow.emit(*asked)

"""The line below the grid that names its largest gaps; a click goes to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from salesdesk.planning.grid import Gap, Grid
from salesdesk.text import _, ngettext
from ui.planning.grid_model import gap_sentence
from ui.shared.flow import FlowLayout
from ui.shared.labels import label

#: Gaps that are named in the line, and in the menu of the others.
_NAMED, _LISTED = 3, 40


class GapLine(QWidget):
    """``picked`` tells which gap the person wants to see."""

    picked = Signal(object)  # a Gap

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", "hint")
        self.buttons: list[QToolButton] = []
        self._line = QWidget()
        self._flow = FlowLayout(self._line, spacing=6)
        self._flow.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line)

    def clear(self) -> None:
        """Say nothing."""
        self._drop_buttons()
        self.words.setText("")

    def show_gaps(self, grid: Grid, gaps: Sequence[Gap]) -> None:
        """Name the largest of ``gaps``, which come the largest first."""
        self._drop_buttons()
        if not gaps:
            self.words.setText(_("No gaps among the targets that are split.") if grid.cells else "")
            return
        self.words.setText(
            ngettext("{count} gap:", "{count} gaps:", len(gaps)).format(count=f"{len(gaps):,}")
        )
        for gap in gaps[:_NAMED]:
            self._add(gap_sentence(grid, gap)).clicked.connect(self._picker(gap))
        if len(gaps) > _NAMED:
            self._add_menu(grid, gaps[_NAMED:])

    def _add(self, text: str) -> QToolButton:
        tool_button = QToolButton()
        tool_button.setText(text)
        tool_button.setToolTip(_("Go to the gap: {gap}").format(gap=text))
        tool_button.setCursor(Qt.CursorShape.PointingHandCursor)
        tool_button.setProperty("gap", True)
        self.buttons.append(tool_button)
        self._flow.addWidget(tool_button)
        tool_button.show()
        return tool_button

    def _add_menu(self, grid: Grid, gaps: Sequence[Gap]) -> None:
        more = self._add(_("{count} more…").format(count=f"{len(gaps):,}"))
        menu = QMenu(more)
        for gap in gaps[:_LISTED]:
            action = QAction(gap_sentence(grid, gap), menu)
            action.triggered.connect(self._picker(gap))
            menu.addAction(action)
        more.setMenu(menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _picker(self, gap: Gap) -> Callable[[], None]:
        return lambda: self.picked.emit(gap)

    def _drop_buttons(self) -> None:
        for tool_button in self.buttons:
            self._flow.removeWidget(tool_button)
            tool_button.hide()
            tool_button.deleteLater()
        self.buttons.clear()

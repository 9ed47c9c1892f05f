"""The row of small buttons above a plan's text: what an item is, and where it lies."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from salesdesk.planning.outlines import KINDS
from salesdesk.text import _
from ui.planning.outline_editor import COMMANDS, OutlineEditor
from ui.shared.flow import flow


class OutlineBar(QWidget):
    """Each button does what its key does; the kind of the item at the cursor is pressed."""

    def __init__(self, editor: OutlineEditor) -> None:
        super().__init__()
        self._editor = editor
        self.buttons: dict[str, QToolButton] = {}
        for command in COMMANDS:
            button = QToolButton()
            button.setText(_(command.name))
            key = QKeySequence(command.key).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{_(command.name)}  {key}")
            button.setAccessibleName(_(command.name))
            button.setCheckable(command.code in KINDS)
            # The keys reach everything here: the words keep the cursor.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(editor.actions_by_code[command.code].trigger)
            button.clicked.connect(self._follow)
            self.buttons[command.code] = button
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(flow(*self.buttons.values()))
        editor.cursorPositionChanged.connect(self._follow)
        editor.textChanged.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        kind = self._editor.kind()
        for code, button in self.buttons.items():
            if button.isCheckable():
                button.setChecked(code == kind)

"""A dialog that shows a table of records with buttons for them: what the Office menu is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from salesdesk.text import _
from ui.shared.dialogs import Dialog
from ui.shared.guarding import Guard, guard
from ui.shared.labels import button, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, FilterField, RecordTable

R = TypeVar("R")


class Records(QWidget, Generic[R]):
    """A table that reads itself again when the office changes, and buttons below it.

    ``read`` gives the rows, ``same`` a row's identity, ``edit`` opens a row.
    """

    def __init__(
        self,
        session: Session,
        columns: Sequence[Column[R]],
        *,
        name: str,
        tables: Sequence[str],
        read: Callable[[], Sequence[R]],
        same: Callable[[R], object],
        edit: Callable[[R], object] | None,
        hint: str = "",
    ) -> None:
        super().__init__()
        self._tables, self._read, self._same, self._edit = tuple(tables), read, same, edit
        self.table: RecordTable[R] = RecordTable(columns, name=name)
        self._needing_row: list[QPushButton] = []
        self._guards: dict[QPushButton, Guard] = {}
        self._session = session
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self.layout_.addWidget(row(label(hint, "hint", wrap=True), FilterField(self.table)))
        self.layout_.addWidget(self.table, 1)
        self.table.picked.connect(self._picked)
        if edit is not None:
            self.table.opened.connect(edit)
        session.changed.connect(self._changed)
        self.refresh()

    def add_buttons(
        self,
        *buttons: tuple[str, Callable[[], object]],
        on_row: Sequence[tuple[str, Any]] = (),
        needs: str = "",
    ) -> None:
        """Buttons below the table; those ``on_row`` get the row the cursor is on.

        All of them are grey for who lacks the right ``needs``.
        """
        push_buttons: list[QPushButton] = [
            button(name, pressed, primary=place == 0)
            for place, (name, pressed) in enumerate(buttons)
        ]
        for name, pressed in on_row:
            push_button = button(name, partial(self._press, pressed))
            self._needing_row.append(push_button)
            push_buttons.append(push_button)
        if needs:
            self._guards |= {
                pressed: guard(pressed, self._session, needs) for pressed in push_buttons
            }
        self.layout_.addWidget(row(*push_buttons, None))
        self._picked(self.table.current())

    def refresh(self) -> None:
        """Read the rows again."""
        self.table.set_rows(list(self._read()), same=self._same)

    def _press(self, pressed: Callable[[R], object]) -> None:
        current = self.table.current()
        if current is not None:
            pressed(current)

    def _picked(self, record: object) -> None:
        for pressed in self._needing_row:
            if pressed in self._guards:
                self._guards[pressed].enable(record is not None)
            else:
                pressed.setEnabled(record is not None)

    def _changed(self, notice: Any) -> None:
        if notice.touches(*self._tables):
            self.refresh()


class OfficeDialog(Dialog):
    """A dialog of the Office menu: content above, Close below."""

    def __init__(self, session: Session, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle(title)
        self.resize(860, 560)
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(18, 16, 18, 14)
        self.content.setSpacing(10)

    def finish(self) -> None:
        """Add the Close button below what was put into ``content``."""
        self.close_button = button(_("Close"), self.accept)
        self.content.addWidget(row(None, self.close_button))

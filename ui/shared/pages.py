"""A tab made of pages: their names at the left, the chosen page at the right, built when shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QWidget,
)

from ui.shared import look

_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
#: Pixels that the pages' pictures need without their names.
_PICTURES = 58


@dataclass(frozen=True)
class Page:
    """A page: its code (for the tour and for links), its name, its icon, how it is made."""

    code: str
    name: str
    icon: str
    make: Callable[[], QWidget]


class Pages(QWidget):
    """The list of pages and the one shown. ``shown`` tells the code of a page that came up."""

    shown = Signal(str)

    def __init__(self, pages: list[Page], *, name: str) -> None:
        super().__init__()
        self._pages = pages
        self._made: dict[str, QWidget] = {}
        self.list = QListWidget()
        self.list.setObjectName("pages")
        self.list.setAccessibleName(name)
        self.list.setIconSize(QSize(18, 18))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for page in pages:
            self.list.addItem(QListWidgetItem(look.icon(page.icon), page.name))
            self.list.item(self.list.count() - 1).setData(_ACCESSIBLE, page.name)
        self.list.ensurePolished()
        self._wide = max(168, self.list.sizeHintForColumn(0) + 4)
        self.list.setFixedWidth(self._wide)
        self.stack = QStackedWidget()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addWidget(self.stack, 1)
        self.list.currentRowChanged.connect(self._chosen)

    def set_narrow(self, narrow: bool) -> None:
        """Show only the pages' pictures, their names as tips, where there is little room."""
        if (self.list.width() != self._wide) == narrow:
            return
        for row, page in enumerate(self._pages):
            item = self.list.item(row)
            item.setText("" if narrow else page.name)
            item.setToolTip(page.name if narrow else "")
        self.list.setFixedWidth(_PICTURES if narrow else self._wide)

    @property
    def code(self) -> str:
        """The page shown, "" before any is."""
        row = self.list.currentRow()
        return self._pages[row].code if row >= 0 else ""

    def show_page(self, code: str) -> QWidget:
        """Show a page by its code; the page. Raises KeyError for one that isn't there."""
        for row, page in enumerate(self._pages):
            if page.code == code:
                self.list.setCurrentRow(row)
                return self._made[code]
        raise KeyError(code)

    def _chosen(self, row: int) -> None:
        if row < 0:
            return
        page = self._pages[row]
        if page.code not in self._made:
            self._made[page.code] = page.make()
            self.stack.addWidget(self._made[page.code])
        self.stack.setCurrentWidget(self._made[page.code])
        self.shown.emit(page.code)

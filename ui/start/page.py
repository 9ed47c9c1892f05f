"""The first page: a new office, an existing one, the demo office, and those opened lately."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from salesdesk.storage import files
from salesdesk.text import _
from ui.shared import look
from ui.shared.labels import button, label

_PATH = int(Qt.ItemDataRole.UserRole)
#: Pixels below which the cards go without their pictures.
_LOW = 480


class StartPage(QWidget):
    """What is shown while no office is open."""

    new_wanted = Signal()
    open_wanted = Signal()
    demo_wanted = Signal()
    recent_wanted = Signal(object)  # a Path

    def __init__(self, recent: Sequence[Path]) -> None:
        super().__init__()
        inner = QWidget()
        inner.setMaximumWidth(860)
        layout = QVBoxLayout(inner)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(label("SalesDesk", "title"))
        layout.addWidget(
            label(
                _("Plans, targets, customers and reports of a sales office, in one file."), "hint"
            )
        )
        self._pictures: list[tuple[QLabel, str]] = []
        cards = QHBoxLayout()
        cards.setSpacing(14)
        self.new_button = button(_("New office…"), self.new_wanted.emit, primary=True)
        self.open_button = button(_("Open…"), self.open_wanted.emit)
        self.demo_button = button(_("Look at the demo office"), self.demo_wanted.emit)
        for title, words, icon, press in (
            (
                _("Start with your own office"),
                _("Choose the kind of office; measures, grades and calendar come with it."),
                "mdi6.domain-plus",
                self.new_button,
            ),
            (
                _("Open an office file"),
                _("A file on this computer, or a backup of one."),
                "mdi6.folder-open-outline",
                self.open_button,
            ),
            (
                _("See how it works"),
                _("A lively sample: three teams, a year of plans, two thousand customers."),
                "mdi6.compass-outline",
                self.demo_button,
            ),
        ):
            picture = label()
            self._pictures.append((picture, icon))
            cards.addWidget(_choice(title, words, picture, press), 1)
        self._draw()
        layout.addLayout(cards)
        self.recent = QListWidget()
        self.recent.setAccessibleName(_("Opened lately"))
        self.recent.setMaximumHeight(190)
        self.recent.itemActivated.connect(self._activated)
        self.recent_label = label(_("Opened lately"), "subtitle")
        layout.addWidget(self.recent_label)
        layout.addWidget(self.recent)
        layout.addStretch(3)
        self.show_recent(recent)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(inner, 8)
        outer.addStretch(1)

    def show_recent(self, recent: Sequence[Path]) -> None:
        """List the offices opened lately; missing ones are left out."""
        self.recent.clear()
        for path in recent:
            if files.is_file(path):
                item = QListWidgetItem(f"{path.stem}    {path.parent}")
                item.setData(_PATH, path)
                self.recent.addItem(item)
        any_recent = self.recent.count() > 0
        self.recent.setVisible(any_recent)
        self.recent_label.setVisible(any_recent)

    def _activated(self, item: QListWidgetItem) -> None:
        self.recent_wanted.emit(item.data(_PATH))

    def _draw(self) -> None:
        """Draw the pictures in the colours of the scheme in force."""
        for picture, icon in self._pictures:
            picture.setPixmap(look.icon(icon).pixmap(QSize(30, 30)))

    # -- Qt --------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for picture, _icon in self._pictures:  # in a low window the words have their room
            picture.setVisible(self.height() >= _LOW)


def _choice(title: str, words: str, picture: QWidget, press: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", True)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(18, 18, 18, 18)
    layout.setSpacing(8)
    layout.addWidget(picture)
    layout.addWidget(label(title, "subtitle", wrap=True))
    layout.addWidget(label(words, "hint", wrap=True), 1, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(press)
    return frame

"""Small pieces every page is put together from: titles, hints, cards, buttons, empty pages."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label; ``role`` is "title", "subtitle", "hint", "error", "figure" or plain.

    Text is always shown as it stands, never taken for markup.
    """
    widget = QLabel(text)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    if wrap:
        widget.setWordWrap(True)
        # A wrapped label takes the width there is; by itself it would ask for a narrow column.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        widget.setSizePolicy(policy)
    if role:
        widget.setProperty("role", role)
    return widget


class ElidedLabel(QLabel):
    """A label that gives way where there is little room; its tip says the whole then."""

    _LEAST = 60

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)

    # -- Qt --------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        whole = super().minimumSizeHint()
        return QSize(min(self._LEAST, whole.width()), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        if shown == self.text():
            super().paintEvent(event)
            return
        self.style().drawItemText(
            QPainter(self), room, int(self.alignment()), self.palette(), self.isEnabled(), shown,
            self.foregroundRole(),
        )  # fmt: skip

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ToolTip
            and isinstance(event, QHelpEvent)
            and self.sizeHint().width() > self.width()
        ):
            parts = [part for part in (self.text(), self.toolTip()) if part]
            QToolTip.showText(event.globalPos(), "\n".join(parts), self)
            return True
        return super().event(event)


def button(
    text: str,
    pressed: Callable[[], object],
    *,
    primary: bool = False,
    icon: QIcon | None = None,
    tip: str = "",
) -> QPushButton:
    """A button; ``primary`` marks the one a page is about."""
    widget = QPushButton(text)
    if primary:
        make_primary(widget)
    if icon is not None:
        widget.setIcon(icon)
    if tip:
        widget.setToolTip(tip)
    widget.setAutoDefault(False)
    widget.clicked.connect(lambda _checked=False: pressed())
    return widget


def make_primary(pressed: QPushButton) -> None:
    """Mark the button that a page or dialog is about."""
    _mark(pressed, "primary", True)


def show_status(widget: QWidget, status: str) -> None:
    """Colour a label's text or a bar by a status of the scheme ("behind", "ahead"), "" for none.

    The style sheet has the colours, so that they follow when the scheme is switched.
    """
    _mark(widget, "status", status)


def _mark(widget: QWidget, name: str, value: object) -> None:
    widget.setProperty(name, value)
    # A widget that was dressed before doesn't look at its properties again by itself.
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def card(*parts: QWidget) -> QFrame:
    """A framed box with parts one below the other."""
    frame = QFrame()
    frame.setProperty("card", True)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(12, 10, 12, 10)
    layout.setSpacing(4)
    for part in parts:
        layout.addWidget(part)
    return frame


def row(*parts: QWidget | None, spacing: int = 8) -> QWidget:
    """Parts side by side; None is a stretch."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        else:
            layout.addWidget(part)
    return holder


def scrolled(content: QWidget) -> QScrollArea:
    """Content that is scrolled up and down where the window is too low for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keys
    area.setWidget(content)
    area.setMinimumWidth(content.minimumSizeHint().width())
    return area


def headed(head: QWidget, body: QWidget) -> QWidget:
    """A part of a page: ``body`` under the line ``head``."""
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    head.setMinimumHeight(32)  # heads side by side stand on one line, a button in one or not
    layout.addWidget(head)
    layout.addWidget(body, 1)
    return part


class EmptyPage(QWidget):
    """What an empty page shows: what it is for, and a button for the first step."""

    def __init__(self, title: str, text: str, *buttons: QPushButton) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        for part in (label(title, "subtitle", wrap=True), label(text, "hint", wrap=True)):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            part.setMaximumWidth(520)
            # Centred by stretches: aligned, a label keeps the height of its favourite width.
            line = QHBoxLayout()
            line.addStretch(1)
            line.addWidget(part, 100)
            line.addStretch(1)
            layout.addLayout(line)
        if buttons:
            layout.addSpacing(8)
            layout.addWidget(row(None, *buttons, None))
        layout.addStretch(3)

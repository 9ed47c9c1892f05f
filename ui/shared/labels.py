"""Small pieces every page is put together from: titles, hints, cards, buttons, empty pages."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
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


class EmptyPage(QWidget):
    """What an empty page shows: what it is for, and a button for the first step."""

    def __init__(self, title: str, text: str, *buttons: QPushButton) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        heading, words = label(title, "subtitle"), label(text, "hint", wrap=True)
        for part in (heading, words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMinimumWidth(260)
        words.setMaximumWidth(520)
        layout.addWidget(heading, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(words, alignment=Qt.AlignmentFlag.AlignHCenter)
        if buttons:
            layout.addSpacing(8)
            layout.addWidget(row(None, *buttons, None))
        layout.addStretch(3)

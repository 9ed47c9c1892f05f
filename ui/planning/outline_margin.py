"""The margin of a plan's outline: beside each item how its rules stand, and what it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from salesdesk.planning.live.state import Mood, Where
from salesdesk.planning.taking import Pick
from ui.planning.outline_editor import OutlineEditor
from ui.shared import look

#: What a mood is painted in; each note says in words what the colour says.
_COLOURS: Mapping[Mood, str] = {
    "done": "ahead", "good": "on_track", "warn": "at_risk", "bad": "behind", "none": "pale",
}  # fmt: skip
_WIDTH, _DOT, _GAP = 230, 7, 3


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the margin: how a rule stands (``where`` one sees what it counts), an offer
    (``pick`` takes it), or a comment. ``tip`` says more.
    """

    text: str
    tip: str
    mood: Mood = "none"
    where: Where | None = None
    rule_id: int | None = None
    pick: Pick | None = None
    refused: bool = False
    comment: bool = False


class OutlineMargin(QWidget):
    """Paints the notes of the items on screen, each beside its item; ``chosen`` gives a clicked
    one.
    """

    chosen = Signal(object)

    def __init__(self, editor: OutlineEditor) -> None:
        super().__init__()
        self._editor = editor
        self._notes: Mapping[int, Sequence[Note]] = {}
        self._places: list[tuple[QRect, Note]] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        editor.verticalScrollBar().valueChanged.connect(self.update)
        editor.document().documentLayout().documentSizeChanged.connect(self.update)
        editor.textChanged.connect(self.update)
        editor.cursorPositionChanged.connect(self.update)

    def show_notes(self, notes: Mapping[int, Sequence[Note]]) -> None:
        """Show the notes by item id; without any the text has the margin's room."""
        self.setVisible(any(notes.values()))
        self._notes = notes
        self.update()

    def notes_of(self, item_id: int) -> Sequence[Note]:
        """The notes beside an item."""
        return self._notes.get(item_id, ())

    def all_notes(self) -> list[Note]:
        """Every note, in no order."""
        return [note for notes in self._notes.values() for note in notes]

    def note_at(self, place: QPoint) -> Note | None:
        """The note that lies there."""
        return next((note for rect, note in self._places if rect.contains(place)), None)

    # -- Qt --------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 100)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.font()
        metrics = QFontMetrics(font)
        height = metrics.height() + _GAP
        self._places = []
        free = 0
        offset = self._editor.viewport().mapTo(self.window(), QPoint(0, 0)).y()
        offset -= self.mapTo(self.window(), QPoint(0, 0)).y()
        at_cursor = self._editor.textCursor().block()
        for block, rect in self._editor.visible_blocks():
            item = self._editor.outline.item_of(block)
            if item is None:
                continue
            # A line with several rules pushes the notes of the next one down.
            top = max(rect.top() + offset, free)
            for note in self._notes.get(item.id, ()):
                place = QRect(6, top, self.width() - 10, height)
                if block == at_cursor:  # whose notes these are is seen though they lie lower
                    painter.fillRect(place.adjusted(-4, 0, 0, 0), look.colour("selection"))
                self._paint(painter, metrics, place, note)
                self._places.append((place, note))
                top += height
            if self._notes.get(item.id):
                free = top
        painter.end()

    def _paint(self, painter: QPainter, metrics: QFontMetrics, place: QRect, note: Note) -> None:
        colour = look.colour("off" if note.refused else _COLOURS[note.mood])
        painter.setPen(colour)
        left = place.left()
        middle = place.top() + metrics.height() // 2
        if note.pick is None and not note.comment:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(colour)
            painter.drawEllipse(QRect(left, middle - _DOT // 2, _DOT, _DOT))
        else:
            sign = "“" if note.comment else "→"
            painter.drawText(QPoint(left - 2, place.top() + metrics.ascent()), sign)
        words = metrics.elidedText(note.text, Qt.TextElideMode.ElideRight, place.width() - _DOT - 8)
        painter.drawText(QPoint(left + _DOT + 6, place.top() + metrics.ascent()), words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.note_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        note = self.note_at(event.position().toPoint())
        if note is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(note)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            note = self.note_at(event.pos())
            if note is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), note.tip, self)
            return True
        return super().event(event)

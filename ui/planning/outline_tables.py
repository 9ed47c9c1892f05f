"""Tables of figures in a plan's text: objects that the document makes room for, painted here."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPen,
    QPyTextObject,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit

from salesdesk.planning.figures_block import Figures
from salesdesk.text import _
from ui.planning.outline_document import TABLE, spec_in
from ui.shared import look

_PAD, _LINE = 8.0, 6.0
#: How wide a table may be, of the room there is; a wider one is painted smaller.
_SHARE = 0.9


class FiguresObject(QPyTextObject):
    """Sizes and paints the tables of one editor; :meth:`fill` gives it what stands in them."""

    def __init__(self, editor: QTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._found: dict[str, Figures | str] = {}
        editor.document().documentLayout().registerHandler(TABLE, self)

    def fill(self, found: Mapping[str, Figures | str]) -> bool:
        """Take what stands in the tables; whether that is something else than before."""
        if found == self._found:
            return False
        self._found = dict(found)
        return True

    def shown(self, spec: str) -> Figures | str:
        """What is shown for a table."""
        return self._found.get(spec, _("The figures stand here once the plan is saved."))

    def intrinsicSize(  # noqa: N802
        self, _doc: QTextDocument, _position: int, text_format: QTextFormat
    ) -> QSizeF:
        """How much room a table takes, in pixels."""
        whole = self._size(self.shown(spec_in(text_format)))
        scale = self._scale(whole)
        return QSizeF(whole.width() * scale, whole.height() * scale)

    def drawObject(  # noqa: N802
        self, painter: QPainter, rect: QRectF | QRect, _doc: QTextDocument, _position: int,
        text_format: QTextFormat,
    ) -> None:  # fmt: skip
        """Paint a table into its room."""
        shown = self.shown(spec_in(text_format))
        painter.save()
        painter.translate(QRectF(rect).topLeft())
        painter.setFont(self._editor.font())
        if isinstance(shown, str):
            painter.setPen(look.colour("pale"))
            painter.drawText(
                QRectF(_PAD, 0, rect.width(), rect.height()), Qt.AlignmentFlag.AlignVCenter, shown
            )
        else:
            scale = self._scale(self._size(shown))
            painter.scale(scale, scale)
            self._paint(painter, shown)
        painter.restore()

    # -- within ----------------------------------------------------------------------------------

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._editor.font())

    def _scale(self, whole: QSizeF) -> float:
        room = self._editor.viewport().width() * _SHARE - 60
        return min(1.0, max(room, 120) / whole.width())

    def _widths(self, shown: Figures) -> list[float]:
        """The widths of the columns, that of the periods first."""
        width = self._metrics().horizontalAdvance
        first = max([width(label) for label, _values in shown.rows], default=0)
        widths = [first + 2 * _PAD]
        for at, (name, head) in enumerate(shown.heads):
            told = [width(values[at]) for _label, values in shown.rows]
            alone = sum(one == name for one, _head in shown.heads)
            widths.append(max(width(head), width(name) / alone, *told) + 2 * _PAD)
        return widths

    def _size(self, shown: Figures | str) -> QSizeF:
        height = self._metrics().height() + _LINE
        if isinstance(shown, str):
            return QSizeF(self._metrics().horizontalAdvance(shown) + 2 * _PAD, height)
        return QSizeF(sum(self._widths(shown)) + 1, height * (len(shown.rows) + 2) + 1)

    def _paint(self, painter: QPainter, shown: Figures) -> None:
        height = self._metrics().height() + _LINE
        widths = self._widths(shown)
        whole = sum(widths)
        lines = len(shown.rows) + 2
        painter.fillRect(QRectF(0, 0, whole, 2 * height), look.colour("head"))
        left = widths[0]
        at = 0
        while at < len(shown.heads):
            name = shown.heads[at][0]
            alike = sum(one == name for one, _head in shown.heads[at:])
            span = sum(widths[at + 1 : at + 1 + alike])
            painter.setPen(look.colour("text"))
            painter.drawText(QRectF(left, 0, span, height), Qt.AlignmentFlag.AlignCenter, name)
            left += span
            at += alike
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = widths[0]
        for at, (_name, head) in enumerate(shown.heads):
            place = QRectF(left, height, widths[at + 1] - _PAD, height)
            painter.setPen(look.colour("pale"))
            painter.drawText(place, right, head)
            painter.setPen(look.colour("text"))
            for row, (_label, values) in enumerate(shown.rows):
                painter.drawText(place.translated(0, height * (row + 1)), right, values[at])
            left += widths[at + 1]
        for row, (label, _values) in enumerate(shown.rows):
            place = QRectF(_PAD, height * (row + 2), widths[0], height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, label)
        painter.setPen(QPen(look.colour("line"), 1))
        for row in range(lines + 1):
            if row != 1:
                painter.drawLine(0, int(row * height), int(whole), int(row * height))
        painter.drawLine(0, 0, 0, int(lines * height))
        painter.drawLine(int(whole), 0, int(whole), int(lines * height))

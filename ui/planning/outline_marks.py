"""What is seen of an outline without being in it: the size of headings, the ground of figures.

These are no formats of the document: they cost no step of its undo, and can't be pasted anywhere.
"""

from __future__ import annotations

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextBlock, QTextCharFormat

from salesdesk.planning import wording
from salesdesk.planning.items import Item
from ui.planning.outline_document import OutlineDocument, properties
from ui.shared import look

#: How much larger headings are than the text, the outermost first.
_SIZES = (1.4, 1.2, 1.06)
#: In a longer line, figures are looked for again once it is saved: that takes longer than a key.
_LONGEST_FOLLOWED = 600


class OutlineMarks(QSyntaxHighlighter):
    """Paints headings as headings, and figures that are rules so that they are seen to be live."""

    def __init__(self, document: OutlineDocument, font: QFont) -> None:
        super().__init__(document)
        self._document = document
        self._font = font

    def figures(self, block: QTextBlock) -> tuple[wording.Span, ...]:
        """Where the figures of a block's rules stand in it now, as saving will find them."""
        item = self._document.item_of(block)
        return () if item is None else figures_in(item, block.text())

    # -- Qt --------------------------------------------------------------------------------------

    def highlightBlock(self, text: str) -> None:
        block = self.currentBlock()
        kind, level, _token = properties(block)
        if kind == "heading":
            heading = QTextCharFormat()
            heading.setFontWeight(QFont.Weight.DemiBold)
            size = _SIZES[min(level, len(_SIZES) - 1)]
            heading.setFontPointSize(self._font.pointSizeF() * size)
            self.setFormat(0, len(text), heading)
        for span in self.figures(block):
            live = self.format(span.start)
            live.setBackground(look.colour("selection"))
            live.setForeground(look.colour("text"))
            # Qt counts in half signs of 16 bits, as Python doesn't.
            start = _units(text[: span.start])
            self.setFormat(start, _units(text[span.start : span.end]), live)


def figures_in(item: Item, text: str) -> tuple[wording.Span, ...]:
    """Where the item's figures stand in ``text``, which it became."""
    if text == item.text:
        return item.spans
    if not item.spans or len(text) > _LONGEST_FOLLOWED or len(item.text) > _LONGEST_FOLLOWED:
        return ()
    edited = wording.edited(wording.Shown(item.text, item.spans), text)
    return wording.shown(edited.words, edited.figures).spans


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2

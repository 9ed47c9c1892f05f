"""The editor of a plan's outline: as quick to type into as a text editor, each block an item."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QToolTip

from salesdesk.errors import InputError
from salesdesk.planning.figures_block import Figures
from salesdesk.planning.items import Item
from salesdesk.planning.outlines import DEEPEST, Line
from salesdesk.text import _, mark, readable
from ui.planning import outline_clipboard as clipboard
from ui.planning.outline_document import (
    NUMBER,
    OutlineDocument,
    family,
    format_of,
    left_of,
    properties,
    put_text,
    text_of,
)
from ui.planning.outline_marks import OutlineMarks
from ui.planning.outline_tables import FiguresObject
from ui.shared import look

_Move = QTextCursor.MoveOperation
_KEEP = QTextCursor.MoveMode.KeepAnchor
#: What somebody types to begin a heading or an item.
_HEADING_MARK = re.compile(r"(#{1,4}) ")
_ITEM_MARK = re.compile(r"(?:\d{1,3}[.．)）] |\d{1,3}、|[（(]\d{1,3}[)）]|[-*•·] )")
_MARK_ENDS = " 、)）"


class Row(NamedTuple):
    """A block taken out of the document, or to be put into it."""

    kind: str
    level: int
    token: int
    text: str


class Command(NamedTuple):
    """What a key does in the outline."""

    code: str
    name: str
    key: str
    does: Callable[[OutlineEditor], object]


class OutlineEditor(QTextEdit):
    """Shows the items of a plan and takes what is typed.

    ``refused`` gives the sentence for what can't be put in ("" once something can).
    """

    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptRichText(False)
        self.setTabChangesFocus(False)
        self.outline = OutlineDocument(self)
        self.outline.setDefaultFont(self.font())
        self.setDocument(self.outline)
        self.marks = OutlineMarks(self.outline, self.font())
        self.tables = FiguresObject(self)
        self._owner = ""
        self._gripped: tuple[int, int] | None = None  # blocks that are being dragged
        self._drop = 0  # the block before which they would come to lie
        self.viewport().setMouseTracking(True)
        self.actions_by_code: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(_(command.name), self)
            action.setShortcut(QKeySequence(command.key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(self._doing(command.does))
            self.addAction(action)
            self.actions_by_code[command.code] = action

    def _doing(self, does: Callable[[OutlineEditor], object]) -> Callable[[], None]:
        def act() -> None:
            if not self.isReadOnly():
                does(self)

        return act

    # -- what is shown ---------------------------------------------------------------------------

    def show_items(self, items: Sequence[Item], owner: str) -> None:
        """Show the items as they are stored; ``owner`` names the plan.

        Where nothing differs, cursor, scrolling and undo stay; else the cursor stays in its item.
        """
        cursor, before = self.textCursor(), self.outline.items
        block = cursor.block()
        item = before.get(properties(block)[2])
        place, within = cursor.blockNumber(), cursor.positionInBlock()
        scrolled = self.verticalScrollBar().value()
        same_plan, self._owner = owner == self._owner, owner
        if not self.outline.fill(items):
            self.marks.rehighlight()
            return
        if not same_plan:
            self.moveCursor(_Move.Start)
            return
        if item is not None:
            place = next((at for at, one in enumerate(items) if one.id == item.id), place)
        found = self.outline.findBlockByNumber(min(place, self.outline.blockCount() - 1))
        cursor = QTextCursor(found)
        cursor.setPosition(found.position() + min(within, found.length() - 1))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(scrolled)

    def put_table(self, words: str) -> None:
        """Put a table of figures in below the item at the cursor, instead of one at the cursor."""
        block = self.textCursor().block()
        kind, level, token = properties(block)
        number = block.blockNumber()
        with _Editing(self, follow=True) as cursor:
            cursor.clearSelection()
            if kind == "figures" or block.length() == 1:
                row = Row("figures", level, token or self.outline.new_token(), words)
                self._insert(cursor, number, [row])
                self._remove(cursor, number + 1, number + 1)
            else:
                number += 1
                level = min(level + 1, DEEPEST) if kind == "heading" else level
                row = Row("figures", level, self.outline.new_token(), words)
                self._insert(cursor, number, [row])
            cursor.setPosition(self.outline.findBlockByNumber(number).position())

    def show_tables(self, found: Mapping[str, Figures | str]) -> None:
        """Show the tables of figures filled, by the words that ask for them."""
        if self.tables.fill(found):
            self.outline.markContentsDirty(0, self.outline.characterCount())
            self.viewport().update()

    def go_to_block(self, number: int) -> None:
        """Put the cursor at the end of a block, counted from 0, and show it."""
        cursor = QTextCursor(self.outline.findBlockByNumber(number))
        cursor.movePosition(_Move.EndOfBlock)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def kind(self) -> str:
        """What the item at the cursor is."""
        return properties(self.textCursor().block())[0]

    # -- what keys do ----------------------------------------------------------------------------

    def new_item(self) -> None:
        """End the item at the cursor and begin the next; an empty one goes further out instead."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        block = cursor.block()
        kind, level, token = properties(block)
        if block.length() == 1 and kind in ("item", "heading"):
            self._outward(cursor)
        elif cursor.positionInBlock() == 0 and block.length() > 1:
            cursor.insertBlock(format_of(kind, level, token))
            above = QTextCursor(cursor.block().previous())
            above.setBlockFormat(
                format_of("paragraph" if kind == "heading" else kind, level,
                          self.outline.new_token())
            )  # fmt: skip
        else:
            if kind == "heading" and cursor.atBlockEnd():
                kind, level = "paragraph", min(level + 1, DEEPEST)
            elif kind == "figures":
                kind = "paragraph"
            cursor.insertBlock(format_of(kind, level, self.outline.new_token()), QTextCharFormat())
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _after_table(self) -> None:
        """Nothing is typed into a table of figures: it goes below."""
        cursor = self.textCursor()
        cursor.movePosition(_Move.EndOfBlock)
        level = properties(cursor.block())[1]
        cursor.insertBlock(
            format_of("paragraph", level, self.outline.new_token()), QTextCharFormat()
        )
        self.setTextCursor(cursor)

    def set_kind(self, kind: str) -> None:
        """Let the items of the selection be headings, numbered items or paragraphs."""
        first, last = self._selected()
        with _Editing(self, follow=False) as cursor:
            for block in self._between(first, last):
                its_kind, level, token = properties(block)
                if its_kind not in (kind, "figures"):
                    self._set(cursor, block, kind, level, token)

    def deepen(self, by: int) -> None:
        """Let the items of the selection, and what lies below them, lie deeper or further out."""
        first, last = self._selected()
        end = family(last)
        blocks = list(self._between(first, end))
        levels = [properties(block)[1] for block in blocks]
        if by < 0 and not levels[0]:
            return
        if by > 0 and (max(levels) >= DEEPEST or levels[0] > self._deepest(first) - 1):
            return
        with _Editing(self, follow=False) as cursor:
            for block in blocks:
                kind, level, token = properties(block)
                self._set(cursor, block, kind, max(0, level + by), token)

    def shift(self, down: bool) -> None:
        """Move the items of the selection, with what lies below them, past their neighbour."""
        first, last = self._selected()
        end = family(last)
        if down:
            after = end.next()
            if after.isValid():
                target = family(after).blockNumber() + 1
                self._move(first.blockNumber(), end.blockNumber(), target)
            return
        before = first.previous()
        if not before.isValid():
            return
        kind, level, _token = properties(first)
        while before.previous().isValid():
            its_kind, its_level, _its = properties(before)
            if its_level <= level and (kind != "heading" or its_kind == "heading"):
                break
            if its_kind == "heading" and kind != "heading":
                break
            before = before.previous()
        self._move(first.blockNumber(), end.blockNumber(), before.blockNumber())

    # -- the clipboard ---------------------------------------------------------------------------

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is selected, as Word takes it, as text, and as items with their rules."""
        cursor = self.textCursor()
        first, last = self._selected()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        lines: list[Line] = []
        tokens: list[int] = []
        for block in self._between(first, last):
            low, high = block.position(), block.position() + block.length() - 1
            kind, level, token = properties(block)
            part = QTextCursor(self.outline)
            part.setPosition(max(start, low))
            part.setPosition(min(end, high), _KEEP)
            whole = part.selectedText() == block.text()
            text = text_of(block) if kind == "figures" else part.selectedText()
            if not text.strip():
                continue
            lines.append(Line(kind, level, text))
            tokens.append(token if whole else 0)
        if len(lines) == 1 and not tokens[0]:
            data = QMimeData()
            data.setText(lines[0].text)
            return data
        return clipboard.mime(lines, tokens, self._owner)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Texts go in, pictures and files don't."""
        return source.hasFormat(clipboard.OWN) or source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Put in what is pasted or dropped: a piece of a line where it is one, else items."""
        if self.isReadOnly():
            return
        text = source.text() if source.hasText() else ""
        cursor = self.textCursor()
        alone = text and len(text.splitlines()) == 1
        if alone and not (cursor.block().length() == 1 and source.hasFormat(clipboard.OWN)):
            words = readable(text.splitlines()[0]).replace("\t", " ")
            if len(words) <= clipboard.LONGEST:
                cursor.insertText(words)
                self.setTextCursor(cursor)
                self.refused.emit("")
                return
        try:
            found = clipboard.pasted(source, self._owner)
        except InputError as error:
            self.refused.emit(error.message)
            return
        if self.outline.blockCount() + len(found) > clipboard.MOST:
            self.refused.emit(clipboard.too_many(self.outline.blockCount() + len(found)))
            return
        self.refused.emit("")
        if found:
            self.put_in(found)

    def put_in(self, found: Sequence[tuple[Line, int]]) -> None:
        """Put lines in at the cursor, instead of what is selected; as one step of undo."""
        with _Editing(self, follow=True) as cursor:
            cursor.removeSelectedText()
            block = cursor.block()
            kind, level, _token = properties(block)
            rows = self._rows_of(found, level if kind != "heading" else min(level + 1, DEEPEST))
            number = block.blockNumber()
            if block.length() > 1:
                if not cursor.atBlockStart():
                    number += 1
                    if not cursor.atBlockEnd():
                        cursor.insertBlock(format_of(kind, level, self.outline.new_token()))
                self._insert(cursor, number, rows)
            else:  # an empty block gives its place
                self._insert(cursor, number, rows)
                empty = number + len(rows)
                self._remove(cursor, empty, empty)
            last = self.outline.findBlockByNumber(number + len(rows) - 1)
            cursor.setPosition(last.position() + last.length() - 1)

    def _rows_of(self, found: Sequence[tuple[Line, int]], level: int) -> list[Row]:
        """Lines as blocks: without headings, at the depth of the place; each token once."""
        depth = 0
        if not any(line.kind == "heading" for line, _token in found):
            depth = level - min(line.level for line, _token in found)
        here = {properties(block)[2]: block for block in self.outline.blocks()}
        rows: list[Row] = []
        for line, token in found:
            there = here.get(token)
            if there is not None and there.length() == 1:  # cut out: only its empty line is left
                kind, its_level, _its = properties(there)
                self._set(QTextCursor(self.outline), there, kind, its_level,
                          self.outline.new_token())  # fmt: skip
                there = None
            if not token or there is not None or any(row.token == token for row in rows):
                token = self.outline.new_token()
            rows.append(Row(line.kind, max(0, min(line.level + depth, DEEPEST)), token, line.text))
        return rows

    # -- within ----------------------------------------------------------------------------------

    def _selected(self) -> tuple[QTextBlock, QTextBlock]:
        """The first and the last block of the selection."""
        cursor = self.textCursor()
        first = self.outline.findBlock(cursor.selectionStart())
        last = self.outline.findBlock(cursor.selectionEnd())
        if last.position() == cursor.selectionEnd() and last != first:
            last = last.previous()  # only its beginning was touched
        return first, last

    def _between(self, first: QTextBlock, last: QTextBlock) -> list[QTextBlock]:
        blocks = [first]
        while blocks[-1] != last and blocks[-1].next().isValid():
            blocks.append(blocks[-1].next())
        return blocks

    def _set(
        self, cursor: QTextCursor, block: QTextBlock, kind: str, level: int, token: int
    ) -> None:
        cursor.setPosition(block.position())
        cursor.setBlockFormat(format_of(kind, level, token))

    def _deepest(self, block: QTextBlock) -> int:
        """How deep a block may lie where it stands: one below what stands above it."""
        before = block.previous()
        if not before.isValid():
            return DEEPEST if properties(block)[0] == "heading" else 0
        return min(properties(before)[1] + 1, DEEPEST)

    def _nested(self, block: QTextBlock) -> bool:
        """Whether an item lies below another one."""
        level = properties(block)[1]
        before = block.previous()
        while before.isValid():
            kind, its_level, _token = properties(before)
            if kind == "heading":
                return False
            if kind == "item" and its_level < level:
                return True
            before = before.previous()
        return False

    def _outward(self, cursor: QTextCursor) -> None:
        """Let the item at the cursor lie one level further out, or be a paragraph."""
        block = cursor.block()
        kind, level, token = properties(block)
        if kind == "item" and self._nested(block):
            cursor.setBlockFormat(format_of(kind, level - 1, token))
        else:
            cursor.setBlockFormat(format_of("paragraph", level, token))

    def _back(self) -> bool:
        """Backspace at an item's beginning; False where it is the key's usual work."""
        cursor = self.textCursor()
        if cursor.hasSelection() or not cursor.atBlockStart():
            return False
        block = cursor.block()
        kind, _level, _token = properties(block)
        before = block.previous()
        if kind in ("item", "heading"):
            cursor.beginEditBlock()
            self._outward(cursor)
            cursor.endEditBlock()
            return True
        if before.isValid() and before.length() == 1:  # the empty line above goes, this one stays
            with _Editing(self, follow=True) as editing:
                number = before.blockNumber()
                self._remove(editing, number, number)
                editing.setPosition(self.outline.findBlockByNumber(number).position())
            return True
        return before.isValid() and properties(before)[0] == "figures"

    def _rows(self, first: int, last: int) -> list[Row]:
        return [
            Row(*properties(block), text_of(block))
            for block in self._between(
                self.outline.findBlockByNumber(first), self.outline.findBlockByNumber(last)
            )
        ]

    def _move(self, first: int, last: int, target: int) -> None:
        """Move blocks before the block ``target``, with the cursor in them."""
        if first <= target <= last + 1:
            return
        at = self.textCursor()
        inside, within = at.blockNumber() - first, at.positionInBlock()
        rows = self._rows(first, last)
        with _Editing(self, follow=True) as cursor:
            self._remove(cursor, first, last)
            if target > last:
                target -= len(rows)
            self._insert(cursor, target, rows)
            block = self.outline.findBlockByNumber(target + max(0, min(inside, len(rows) - 1)))
            cursor.setPosition(block.position() + min(within, block.length() - 1))

    def _remove(self, cursor: QTextCursor, first: int, last: int) -> None:
        start = self.outline.findBlockByNumber(first)
        end = self.outline.findBlockByNumber(last)
        after, before = end.next(), start.previous()
        if after.isValid():
            kept, number = after.blockFormat(), first
            cursor.setPosition(start.position())
            cursor.setPosition(after.position(), _KEEP)
        elif before.isValid():
            kept, number = before.blockFormat(), first - 1
            cursor.setPosition(start.position() - 1)
            cursor.setPosition(end.position() + end.length() - 1, _KEEP)
        else:
            kept, number = format_of("paragraph", 0, self.outline.new_token()), 0
            cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
        # Which of two blocks gives the united one its format isn't Qt's to say here.
        cursor.setPosition(self.outline.findBlockByNumber(number).position())
        cursor.setBlockFormat(kept)

    def _insert(self, cursor: QTextCursor, number: int, rows: Sequence[Row]) -> None:
        """Put blocks in before the block ``number``, at the end where there is none."""
        at = self.outline.findBlockByNumber(number)
        if not at.isValid():
            cursor.movePosition(_Move.End)
            for row in rows:
                cursor.insertBlock(format_of(row.kind, row.level, row.token))
                put_text(cursor, row.kind, row.text)
            return
        kept = at.blockFormat()
        cursor.setPosition(at.position())
        for row in rows:
            cursor.setBlockFormat(format_of(row.kind, row.level, row.token))
            put_text(cursor, row.kind, row.text)
            cursor.insertBlock(kept, QTextCharFormat())

    def _begun(self) -> None:
        """Turn a paragraph that begins with a mark ("1. ", "# ") into what the mark says."""
        cursor = self.textCursor()
        block = cursor.block()
        text = block.text()[: cursor.positionInBlock()]
        kind, level, token = properties(block)
        if kind != "paragraph" or not text or text[-1] not in _MARK_ENDS:
            return
        heading, item = _HEADING_MARK.fullmatch(text), _ITEM_MARK.fullmatch(text)
        if heading is None and item is None:
            return
        cursor.beginEditBlock()
        cursor.movePosition(_Move.StartOfBlock, _KEEP)
        cursor.removeSelectedText()
        if heading is not None:
            cursor.setBlockFormat(format_of("heading", len(heading[1]) - 1, token))
        else:
            cursor.setBlockFormat(format_of("item", level, token))
        cursor.endEditBlock()

    # -- the grip at the left --------------------------------------------------------------------

    def _gripped_at(self, place: QPoint) -> QTextBlock | None:
        """The block whose grip (the room left of its words) lies there."""
        block = self.cursorForPosition(place).block()
        kind, level, _token = properties(block)
        top = self._top(block)
        inside = top <= place.y() <= top + self._height(block)
        return block if inside and place.x() < left_of(kind, level) else None

    def _top(self, block: QTextBlock) -> int:
        rect = self.outline.documentLayout().blockBoundingRect(block)
        return int(rect.top()) - self.verticalScrollBar().value()

    def _height(self, block: QTextBlock) -> int:
        return int(self.outline.documentLayout().blockBoundingRect(block).height())

    def _gap_at(self, place: QPoint) -> int:
        """The number of the block before which something dropped there would lie."""
        block = self.cursorForPosition(place).block()
        lower = place.y() > self._top(block) + self._height(block) / 2
        return block.blockNumber() + (1 if lower else 0)

    def visible_blocks(self) -> list[tuple[QTextBlock, QRect]]:
        """The blocks on screen with where they lie in the viewport."""
        found: list[tuple[QTextBlock, QRect]] = []
        block = self.cursorForPosition(QPoint(0, 0)).block()
        bottom = self.viewport().height()
        while block.isValid():
            top = self._top(block)
            if top > bottom:
                break
            found.append((block, QRect(0, top, self.viewport().width(), self._height(block))))
            block = block.next()
        return found

    def _paint_labels(self, painter: QPainter) -> None:
        labels = self.outline.labels()
        painter.setFont(self.outline.defaultFont())
        painter.setPen(look.colour("pale"))
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        for block, rect in self.visible_blocks():
            label = labels[block.blockNumber()]
            if not label:
                continue
            kind, level, _token = properties(block)
            right = left_of(kind, level) + int(self.outline.documentMargin())
            painter.drawText(
                QRect(right - NUMBER - 12, rect.top(), NUMBER + 6, rect.height()), flags, label
            )

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Tab and Backspace work on items; nothing does while a word is being composed."""
        composing = bool(self.textCursor().block().layout().preeditAreaText())
        if composing or self.isReadOnly():
            super().keyPressEvent(event)
            return
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.new_item()
        elif key == Qt.Key.Key_Tab and held == Qt.KeyboardModifier.NoModifier:
            self.deepen(1)
        elif key == Qt.Key.Key_Backtab:
            self.deepen(-1)
        elif key == Qt.Key.Key_Escape:
            self.focusNextChild()
        elif key == Qt.Key.Key_Backspace and plain and self._back():
            pass
        else:
            if event.text().isprintable() and event.text() and self.kind() == "figures":
                self._after_table()
            super().keyPressEvent(event)
            if event.text() and event.text()[-1:] in _MARK_ENDS:
                self._begun()
            return
        event.accept()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """A mark may also be composed: "1、"."""
        super().inputMethodEvent(event)
        if event.commitString()[-1:] in tuple(_MARK_ENDS) and not self.isReadOnly():
            self._begun()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002
        """Tab is the outline's while it can be typed into; Escape goes on to the next field."""
        return super().focusNextPrevChild(next) if self.isReadOnly() else False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        self._paint_labels(painter)
        if self._gripped is not None:
            place = self.outline.findBlockByNumber(self._drop)
            last = self.outline.lastBlock()
            y = self._top(place) if place.isValid() else self._top(last) + self._height(last)
            painter.setPen(look.colour("accent"))
            painter.drawLine(QPointF(4, y), QPointF(self.viewport().width() - 4, y))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        block = self._gripped_at(place)
        left = event.button() == Qt.MouseButton.LeftButton
        if block is None or not left or self.isReadOnly():
            super().mousePressEvent(event)
            return
        end = family(block)
        self._gripped = block.blockNumber(), end.blockNumber()
        self._drop = block.blockNumber()
        cursor = QTextCursor(block)
        cursor.setPosition(end.position() + end.length() - 1, _KEEP)
        self.setTextCursor(cursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self._gripped is not None:
            self._drop = self._gap_at(place)
            self.viewport().update()
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            grip = not self.isReadOnly() and self._gripped_at(place) is not None
            shape = Qt.CursorShape.OpenHandCursor if grip else Qt.CursorShape.IBeamCursor
            self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gripped is None:
            super().mouseReleaseEvent(event)
            return
        (first, last), self._gripped = self._gripped, None
        self._move(first, last, self._drop)
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu(event.pos())
        if not self.isReadOnly():
            menu.addSeparator()
            for action in self.actions_by_code.values():
                menu.addAction(action)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            told = self.tip_at(event.pos())
            if told:
                QToolTip.showText(event.globalPos(), told, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def tip_at(self, place: QPoint) -> str:
        """What is told of a figure there: that it is a rule's."""
        cursor = self.cursorForPosition(place)
        at = cursor.positionInBlock()
        for span in self.marks.figures(cursor.block()):
            if span.start <= at <= span.end:
                return _("This figure is a target, contact or limit: change it here or there.")
        return ""


class _Editing:
    """One step of undo. ``follow``: afterwards the editor's cursor is where the step's ended; else
    it stays in its words.
    """

    def __init__(self, editor: OutlineEditor, *, follow: bool) -> None:
        self._editor, self._follow = editor, follow

    def __enter__(self) -> QTextCursor:
        self._cursor = self._editor.textCursor()
        self._cursor.beginEditBlock()
        return self._cursor

    def __exit__(self, *_raised: object) -> None:
        self._cursor.endEditBlock()
        if self._follow:
            self._cursor.clearSelection()
            self._editor.setTextCursor(self._cursor)
        self._editor.ensureCursorVisible()


#: What keys do in the outline beside Enter, Tab, Shift+Tab and Backspace.
COMMANDS = (
    Command("heading", mark("Heading"), "Ctrl+Alt+1", lambda editor: editor.set_kind("heading")),
    Command("item", mark("Item"), "Ctrl+Alt+2", lambda editor: editor.set_kind("item")),
    Command(
        "paragraph", mark("Paragraph"), "Ctrl+Alt+3", lambda editor: editor.set_kind("paragraph")
    ),
    Command("deeper", mark("One level in"), "Alt+Right", lambda editor: editor.deepen(1)),
    Command("outer", mark("One level out"), "Alt+Left", lambda editor: editor.deepen(-1)),
    Command("up", mark("Move up"), "Alt+Up", lambda editor: editor.shift(down=False)),
    Command("down", mark("Move down"), "Alt+Down", lambda editor: editor.shift(down=True)),
)

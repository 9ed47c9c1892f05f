"""A plan's outline as a text document: each block is an item.

What an item is (heading, item, paragraph; how deep) stands in its block's format, so that the
document's own undo brings it back. Which stored item it was stands in no format: each block has a
token, and :class:`OutlineDocument` knows the item of a token, so that saving leaves undo alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from salesdesk.planning.items import Item
from salesdesk.planning.outlines import DEEPEST, Line, labels

_USER = int(QTextFormat.Property.UserProperty.value)
_KIND, _LEVEL, _TOKEN, _SPEC = _USER + 1, _USER + 2, _USER + 3, _USER + 4
#: The sign and the kind of the object that stands in the text for a table of figures.
_OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"
TABLE = int(QTextFormat.ObjectTypes.UserObject.value) + 1
#: Pixels that everything stands off the edge, where items are gripped; that a level lies further
#: in; and that a number takes before its item.
GRIP, INDENT, NUMBER = 14, 18, 32
#: Pixels above and below a line of text; above a heading more.
_ABOVE, _BELOW = 2, 3
_ABOVE_HEADING = (12, 10, 8)
_EVERYTHING = QTextCursor.SelectionType.Document


class OutlineDocument(QTextDocument):
    """The items of one plan; :meth:`fill` shows those that are stored."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMargin(8)
        self.items: dict[int, Item] = {}  # by token, as they are stored
        self._tokens = count(1)
        self._labels: tuple[list[tuple[str, int]], list[str]] = ([], [])
        self.setUndoRedoEnabled(False)
        QTextCursor(self).setBlockFormat(format_of("paragraph", 0, self.new_token()))
        self.setUndoRedoEnabled(True)

    # -- what it holds ---------------------------------------------------------------------------

    def blocks(self) -> Iterator[QTextBlock]:
        """Every block from the first on."""
        block = self.begin()
        while block.isValid():
            yield block
            block = block.next()

    def written(self) -> tuple[list[Line], list[int]]:
        """The outline as it is to be saved, and the block that each line stands in.

        Blocks without words are no items.
        """
        lines: list[Line] = []
        places: list[int] = []
        seen: set[int] = set()
        for number, block in enumerate(self.blocks()):
            text = text_of(block)
            if not text.strip():
                continue
            kind, level, token = properties(block)
            item = None if token in seen else self.items.get(token)
            seen.add(token)
            lines.append(Line(kind, level, text, None if item is None else item.id))
            places.append(number)
        return lines, places

    def item_of(self, block: QTextBlock) -> Item | None:
        """The stored item that a block shows, None for a new one."""
        return self.items.get(properties(block)[2])

    def labels(self) -> list[str]:
        """How each block is numbered."""
        kinds = [properties(block)[:2] for block in self.blocks()]
        if kinds != self._labels[0]:
            found = labels([Line(kind, level, "") for kind, level in kinds])
            self._labels = kinds, found
        return self._labels[1]

    def new_token(self) -> int:
        """A token that no block has."""
        return next(self._tokens)

    # -- what is stored --------------------------------------------------------------------------

    def fill(self, items: Sequence[Item]) -> bool:
        """Show the stored items; False where the document said them already, and keeps its undo."""
        lines, places = self.written()
        wanted = [item.line for item in items]
        if [_said(line) for line in lines] == [_said(line) for line in wanted]:
            self.items = {
                properties(self.findBlockByNumber(place))[2] or self._mark(place): item
                for place, item in zip(places, items, strict=True)
            }
            self.setModified(False)
            return False
        # What others wrote is no step of this person's: taking it back isn't offered.
        self.setUndoRedoEnabled(False)
        self.clear()
        self.items = {}
        cursor = QTextCursor(self)
        cursor.beginEditBlock()
        for number, item in enumerate(items):
            token = self.new_token()
            self.items[token] = item
            block_format = format_of(item.kind, item.level, token)
            if number:
                cursor.insertBlock(block_format, QTextCharFormat())
            else:
                cursor.setBlockFormat(block_format)
            put_text(cursor, item.kind, item.text)
        if not items:
            cursor.setBlockFormat(format_of("paragraph", 0, self.new_token()))
        cursor.endEditBlock()
        self.setUndoRedoEnabled(True)
        self.setModified(False)
        return True

    def _mark(self, place: int) -> int:
        """Give a block without a token one (its text was set from outside)."""
        token = self.new_token()
        block = self.findBlockByNumber(place)
        kind, level, _none = properties(block)
        QTextCursor(block).setBlockFormat(format_of(kind, level, token))
        return token


def properties(block: QTextBlock) -> tuple[str, int, int]:
    """What a block is: its kind, its level, and its token (0 for none)."""
    block_format = block.blockFormat()
    return (
        cast("str", block_format.property(_KIND)) or "paragraph",
        cast("int | None", block_format.property(_LEVEL)) or 0,
        cast("int | None", block_format.property(_TOKEN)) or 0,
    )


def format_of(kind: str, level: int, token: int) -> QTextBlockFormat:
    """The format of a block that is an item of this kind and level."""
    level = max(0, min(level, DEEPEST))
    made = QTextBlockFormat()
    made.setProperty(_KIND, kind)
    made.setProperty(_LEVEL, level)
    made.setProperty(_TOKEN, token)
    above = _ABOVE
    if kind == "heading":
        above = _ABOVE_HEADING[min(level, len(_ABOVE_HEADING) - 1)]
        made.setHeadingLevel(min(level + 1, 6))
    made.setLeftMargin(left_of(kind, level))
    made.setTopMargin(above)
    made.setBottomMargin(_BELOW)
    return made


def text_of(block: QTextBlock) -> str:
    """The words of an item; of a table of figures what it asks for, "" where it was taken out."""
    if properties(block)[0] != "figures":
        return block.text()
    at = block.begin()
    while not at.atEnd():
        spec = at.fragment().charFormat().property(_SPEC)
        if spec:
            return str(spec)
        at += 1
    return ""


def put_text(cursor: QTextCursor, kind: str, text: str) -> None:
    """Put an item's words in at a cursor; a table of figures as an object."""
    if kind != "figures":
        cursor.insertText(text, QTextCharFormat())
        return
    made = QTextCharFormat()
    made.setObjectType(TABLE)
    made.setProperty(_SPEC, text)
    cursor.insertText(_OBJECT, made)


def spec_in(char_format: QTextFormat) -> str:
    """What the table of figures with this format asks for."""
    return str(char_format.property(_SPEC) or "")


def left_of(kind: str, level: int) -> int:
    """How far in the words of an item begin, in pixels."""
    if kind == "heading":
        return GRIP
    return GRIP + INDENT * level + (NUMBER if kind == "item" else 0)


def family(block: QTextBlock) -> QTextBlock:
    """The last block of those that belong below ``block``, itself where none does.

    Below a heading lies everything up to the next heading that isn't deeper; below others what is
    deeper, up to the next heading.
    """
    kind, level, _token = properties(block)
    last = block
    following = block.next()
    while following.isValid():
        its_kind, its_level, _its = properties(following)
        if its_kind == "heading" and (kind != "heading" or its_level <= level):
            break
        if kind != "heading" and its_level <= level:
            break
        last, following = following, following.next()
    return last


def _said(line: Line) -> tuple[str, int, str]:
    return line.kind, line.level, line.text

"""Outlines in and out of the clipboard: as Word has them, as plain text, and as our own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor, QTextDocument

from salesdesk.calc.texts import need_writable
from salesdesk.errors import InputError
from salesdesk.planning import items, outlines
from salesdesk.planning.outlines import Line
from salesdesk.planning.reading import outline
from salesdesk.text import _, readable

#: Our own form: kinds and levels as they are, and which items were cut out.
OWN = "application/x-salesdesk-outline"
#: Characters of what can be pasted at once: more is no plan.
LARGEST = 2_000_000
#: Lines that a plan has at most, and characters that one has.
MOST, LONGEST = items.MOST, items.LONGEST
_CELLS = "\u3000"


def mime(lines: Sequence[Line], tokens: Sequence[int], owner: str) -> QMimeData:
    """Lines as what is put into the clipboard; ``tokens`` are the blocks' and ``owner`` says whose.

    A line whose block was copied only in part has token 0.
    """
    data = QMimeData()
    said = [line for line in lines if line.kind != "figures"]  # other programs can't fill them
    data.setText(outlines.as_text(said).rstrip("\n"))
    data.setHtml(as_html(said))
    kept = [[line.kind, line.level, line.text, token]
            for line, token in zip(lines, tokens, strict=True)]  # fmt: skip
    data.setData(OWN, json.dumps({"owner": owner, "lines": kept}).encode())
    return data


def pasted(data: QMimeData, owner: str) -> list[tuple[Line, int]]:
    """The lines in a clipboard with the tokens of the blocks they were, 0 for none.

    Raises InputError for more than a plan holds, and for what no text holds.
    """
    own = _own(bytes(data.data(OWN).data()), owner) if data.hasFormat(OWN) else []
    if own:
        return own
    if data.hasHtml():
        written = data.html()
        _need_small(written)
        if any(mark in written.lower() for mark in ("<li", "<h1", "<h2", "<h3", "<td", "<p")):
            found = of_html(written)
            if found:
                return _fitting(found)
    text = data.text()
    _need_small(text)
    return _fitting(outlines.of_text(readable(text)))


def of_html(written: str) -> list[Line]:
    """The outline in a piece of HTML: headings, lists, paragraphs; a row of a table is one line."""
    document = QTextDocument()
    document.setHtml(written)
    found: list[outline.Line] = []
    cells: list[str] = []
    row: tuple[int, int] | None = None
    block = document.begin()
    while block.isValid():
        text = readable(block.text().replace("\xa0", " ")).replace("\ufffc", "").strip()
        block_format, cursor_list = block.blockFormat(), block.textList()
        table, place = _cell(document, block.position())
        if (table, place) != row and cells:
            found.append(outline.Line(_CELLS.join(cells)))
            cells = []
        row = (table, place)
        if table:
            if text:
                cells.append(text)
        elif text:
            heading = block_format.headingLevel()
            depth = None if cursor_list is None else max(0, cursor_list.format().indent() - 1)
            found.append(outline.Line(text, heading - 1 if heading else None, depth))
        block = block.next()
    if cells:
        found.append(outline.Line(_CELLS.join(cells)))
    return outlines.of_items(outline.outline(found))


def as_html(lines: Sequence[Line]) -> str:
    """Lines as Word takes them: headings as headings, items as numbered lists in lists."""
    parts: list[str] = ["<html><body>"]
    depths: list[int] = []  # the levels of the lists that are open

    def close(until: int) -> None:
        while depths and depths[-1] > until:
            depths.pop()
            parts.append("</li></ol>")

    for line in lines:
        words = escape(line.text)
        if line.kind == "item":
            close(line.level)
            if depths and depths[-1] == line.level:
                parts.append(f"</li><li>{words}")
            else:
                depths.append(line.level)
                parts.append(f"<ol><li>{words}")
            continue
        close(-1)
        if line.kind == "heading":
            level = min(line.level + 1, 6)
            parts.append(f"<h{level}>{words}</h{level}>")
        else:
            parts.append(f"<p>{words}</p>")
    close(-1)
    return "".join([*parts, "</body></html>"])


def _cell(document: QTextDocument, position: int) -> tuple[int, int]:
    """The table that a place lies in (0 for none) and the row in it."""
    cursor = QTextCursor(document)
    cursor.setPosition(position)
    table = cursor.currentTable()
    if table is None:
        return 0, 0
    return table.firstPosition(), table.cellAt(position).row()


def _own(data: bytes, owner: str) -> list[tuple[Line, int]]:
    """Lines in our own form; none where another version of the program wrote them."""
    try:
        said = json.loads(data)
        same = said["owner"] == owner
        found = [
            (Line(str(kind), int(level), str(text)), int(token) if same else 0)
            for kind, level, text, token in said["lines"]
        ]
    except (ValueError, KeyError, TypeError):
        return []
    return found if all(line.kind in outlines.KINDS for line, _token in found) else []


def too_many(lines: int) -> str:
    """The sentence that refuses so many lines."""
    return _("That is too much for a plan: {count} lines, at most {most}.").format(
        count=f"{lines:,}", most=f"{MOST:,}"
    )


def _need_small(text: str) -> None:
    if len(text) > LARGEST:
        raise InputError(
            _("That is too much for a plan: {count} characters, at most {most}.").format(
                count=f"{len(text):,}", most=f"{LARGEST:,}"
            )
        )


def _fitting(lines: Iterable[Line]) -> list[tuple[Line, int]]:
    found = list(lines)
    if len(found) > MOST:
        raise InputError(too_many(len(found)))
    for line in found:
        need_writable(_("The text"), line.text)
    return [(line, 0) for line in found]

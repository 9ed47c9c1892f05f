"""Reads plans as people write them, .docx, .txt and .md, into paragraphs within the limits.

Runs in the reading process only. Of a .docx only its text is unpacked, piece by piece, and never
its pictures; python-docx would hold the whole tree in memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from salesdesk.text import mark
from salesdesk.workbooks.foreign import limits, zipped
from salesdesk.workbooks.foreign.refused import Refused, damaged

#: A paragraph's text, its heading level and its depth in a list, from 0 on; None for neither.
Paragraph = tuple[str, int | None, int | None]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_TEXT_ENDINGS = (".txt", ".md", ".markdown")
_HEADING_NAME = re.compile(r"(?:heading|标题) ?([1-9])")
_BETWEEN_CELLS = ", "
_LIST_NAME = re.compile(r"list (?:bullet|number)(?: ([2-5]))?")
#: What a text never holds: control characters, but for breaks and the old end-of-file mark.
_BINARY = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
#: Text that Word keeps and doesn't show: what was deleted, field codes, the copy for old versions.
_HIDDEN = {"del", "instrText", "Fallback", "delText", "moveFrom"}


def paragraphs(path: Path) -> Iterator[Paragraph]:
    """Every paragraph of the file in its order; a table's rows are paragraphs of their own.

    Raises Refused; and whatever a parser raises, when a file is damaged in a way of its own.
    """
    length = 0
    for paragraph in _paragraphs(path):
        length += len(paragraph[0])
        if length > limits.MAX_DOCUMENT_CHARACTERS:
            raise Refused(
                mark("{name} holds more than {count} characters: too much for a plan."),
                count=limits.MAX_DOCUMENT_CHARACTERS,
            )
        yield paragraph


def _paragraphs(path: Path) -> Iterator[Paragraph]:
    ending = path.suffix.lower()
    if ending in _TEXT_ENDINGS:
        for line in _text(path).splitlines():
            yield line, None, None
        return
    if ending != ".docx":
        raise Refused(mark("{name} isn't a text that can be read: it must be .docx, .txt or .md."))
    with path.open("rb") as file:
        start = file.read(4)
        if start == b"\xd0\xcf\x11\xe0":
            raise _compound(start + file.read())
    if start != b"PK\x03\x04":
        raise Refused(mark("{name} isn't a Word document, whatever its name says."))
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _docx(archive)
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError) as error:
        raise damaged() from error


def _compound(content: bytes) -> Refused:
    """Word locks a document in a compound file; its old format is one, too."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refused(mark("{name} is protected by a password: save it without one."))
    return Refused(mark("{name} is a document of Word's old kind: save it as .docx first."))


# -- plain text ------------------------------------------------------------------------------------


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _BINARY.search(text):
            break
        return text
    raise Refused(mark("{name} isn't a text, whatever its name says."))


def _encodings(content: bytes) -> tuple[str, ...]:
    """The encodings in use, likely ones first: Chinese Windows writes GBK and UTF-16."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    # Without its mark UTF-16 shows by the zeros of its line breaks and figures.
    if b"\x00" in content:
        return ("utf-16-be",) if content[::2].count(0) > content[1::2].count(0) else ("utf-16-le",)
    return ("utf-8-sig", "gb18030")


# -- .docx -----------------------------------------------------------------------------------------


def _docx(archive: zipfile.ZipFile) -> Iterator[Paragraph]:
    zipped.measure(archive)
    names = set(archive.namelist())
    if "word/document.xml" not in names:
        raise Refused(mark("{name} isn't a Word document, whatever its name says."))
    headings: dict[str, int] = {}
    lists: dict[str, int] = {}
    if "word/styles.xml" in names:
        headings, lists = _styles(_events(archive, "word/styles.xml"))
    yield from _Body(headings, lists).paragraphs(_events(archive, "word/document.xml"))


def _events(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, Element]]:
    parser: Any = XMLPullParser(events=("start", "end"))
    first = True
    for piece in zipped.chunks(archive, archive.getinfo(part)):
        if first and b"<!DOCTYPE" in piece:
            raise damaged()  # Word writes none; entities that swell need one
        first = False
        parser.feed(piece)
        yield from parser.read_events()
    parser.close()
    yield from parser.read_events()


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: Element | None, name: str = "val") -> str:
    if element is None:
        return ""
    return element.get(f"{_W}{name}") or element.get(f"{_STRICT}{name}") or ""


def _child(element: Element | None, *path: str) -> Element | None:
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if _name(child) == name), None)
    return element


def _level(text: str, most: int) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 3 and int(text) <= most else None


def _styles(events: Iterable[tuple[str, Element]]) -> tuple[dict[str, int], dict[str, int]]:
    """The levels, from 0 on, of styles that are headings or built on one, and of lists' styles."""
    levels: dict[str, int] = {}
    lists: dict[str, int] = {}
    based: dict[str, str] = {}
    for event, element in events:
        if event != "end" or _name(element) != "style":
            continue
        style = _value(element, "styleId")
        level = _level(_value(_child(element, "pPr", "outlineLvl")), 8)
        name = _value(_child(element, "name")).lower()
        named = _HEADING_NAME.fullmatch(name)
        listed = _LIST_NAME.fullmatch(name)
        if listed:
            lists[style] = int(listed[1] or 1) - 1
        if level is None and named:
            level = int(named[1]) - 1
        if level is None and name == "title":
            level = 0
        if level is not None:
            levels[style] = level
        based[style] = _value(_child(element, "basedOn"))
        element.clear()
    for style in based:
        above, steps = based[style], 0
        while style not in levels and above and steps < 20:
            if above in levels:
                levels[style] = levels[above]
            above, steps = based.get(above, ""), steps + 1
    return levels, lists


class _Body:
    """Makes paragraphs of the events of a document's body."""

    def __init__(self, headings: dict[str, int], lists: dict[str, int]) -> None:
        self._headings, self._lists = headings, lists
        self._hidden = 0
        self._texts: list[list[str]] = []  # of paragraphs: a text box may lie within another
        self._rows: list[list[str]] = []
        self._cells: list[list[str]] = []

    def paragraphs(self, events: Iterable[tuple[str, Element]]) -> Iterator[Paragraph]:
        for event, element in events:
            name = _name(element)
            if name in _HIDDEN:
                self._hidden += 1 if event == "start" else -1
            elif self._hidden:
                pass
            elif event == "start":
                self._start(name)
            else:
                yield from self._end(name, element)
                if name in ("p", "tbl", "tr", "tc", "drawing", "pict", "sectPr"):
                    element.clear()

    def _start(self, name: str) -> None:
        if name == "p":
            self._texts.append([])
        elif name == "tr":
            self._rows.append([])
        elif name == "tc":
            self._cells.append([])

    def _end(self, name: str, element: Element) -> Iterator[Paragraph]:
        if name == "t" and self._texts:
            self._texts[-1].append(element.text or "")
        elif name == "tab" and self._texts:
            self._texts[-1].append(" ")
        elif name in ("br", "cr") and self._texts:
            self._texts[-1].append("\n")
        elif name == "noBreakHyphen" and self._texts:
            self._texts[-1].append("-")
        elif name == "p" and self._texts:
            text = "".join(self._texts.pop()).strip()
            if self._cells:
                self._cells[-1].append(text)
            elif text:
                heading, depth = self._place(element)
                for line in text.split("\n"):
                    yield line, heading, depth
        elif name == "tc" and self._cells:
            cell = " ".join(part for part in self._cells.pop() if part).replace("\n", " ")
            if self._cells:
                self._cells[-1].append(cell)  # a table within a cell
            elif self._rows:
                self._rows[-1].append(cell)
        elif name == "tr" and self._rows:
            row = [cell for cell in self._rows.pop() if cell]
            if row and not self._cells:
                yield row[0] + (":" if len(row) > 1 else "") + _BETWEEN_CELLS.join(row[1:]), None, 0

    def _place(self, paragraph: Element) -> tuple[int | None, int | None]:
        """The paragraph's heading level and its depth in a list."""
        properties = _child(paragraph, "pPr")
        heading = _level(_value(_child(properties, "outlineLvl")), 8)
        style = _value(_child(properties, "pStyle"))
        if heading is None:
            heading = self._headings.get(style)
        depth = self._lists.get(style)
        number = _child(properties, "numPr", "numId")
        if number is not None and _value(number) != "0":
            depth = _level(_value(_child(properties, "numPr", "ilvl")) or "0", 8)
        return heading, depth

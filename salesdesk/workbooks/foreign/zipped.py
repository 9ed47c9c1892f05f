"""Zip archives as .xlsx and .ods are: measured by unpacking them, before anybody trusts them."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from xml.parsers.expat import ParserCreate

from salesdesk.workbooks.foreign import limits
from salesdesk.workbooks.foreign.refused import damaged, text_too_long, too_large, too_many

_CHUNK = 1 << 20
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: A shared text with all its markup; a cell holds 32,767 characters.
_LONGEST_TEXT_BYTES = 1 << 20
_TEXT_END = re.compile(rb"</(?:\w+:)?si>")
#: Longer than any cell's opening tag: what a chunk shares with the next.
_OVERLAP = 400
# Names beyond the last cell there is count too, lest the parser stumbles over them.
# Cells by name, only those in which something stands, in columns from AA on; rows.
_WIDE_CELL = re.compile(rb' r="([A-Z]{2,9})\d{1,15}"(?:[^<>]*[^<>/])?>\s*<(?!/)')
_ROW = re.compile(rb'row [^<>]*?r="(\d{1,15})"')
_CELL = re.compile(rb' r="([A-Z]{1,9})(\d{1,15})"(?:[^<>]*[^<>/])?>\s*<(?!/)')
#: Without any of these a piece of a sheet is only formats: whole columns of them are common.
_VALUE_SIGNS = (b"v>", b"is>", b"f>", b" si=")
_ERROR = b't="e"'
_UNREAD_SIGNS = (b"<f", b":f>", _ERROR)
# Cells that read as empty and aren't: formulas without a value. What stands behind </f> or <f/>;
# each begins with the same characters, which is what makes looking for it quick. The second takes
# other empty elements for formulas, too: then the sheet is asked, and finds nothing.
_WITHOUT_VALUE = rb"\s*(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</)"
_UNREAD = (re.compile(rb"f>" + _WITHOUT_VALUE), re.compile(rb"/>" + _WITHOUT_VALUE))


class _Extent:
    """How far the values of a sheet reach, at most; 1-based, 0 for none."""

    __slots__ = ("columns", "rows")

    def __init__(self, columns: int = 26) -> None:
        self.rows, self.columns = 0, columns

    @property
    def fits(self) -> bool:
        return (
            self.rows <= limits.MAX_ROWS
            and self.columns <= limits.MAX_COLUMNS
            and self.rows * self.columns <= limits.MAX_CELLS
        )


def measure(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that unpacks to more than it says, or to more than the limits allow."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    # Small files compress by any factor without harm: the ratio counts from 10 MB on.
    swollen = unpacked > 10 << 20 and unpacked / packed > limits.MAX_RATIO
    if unpacked > limits.MAX_UNPACKED_BYTES or len(entries) > limits.MAX_PARTS or swollen:
        raise too_large()
    if len({entry.filename for entry in entries}) < len(entries):
        raise damaged()


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the entry really unpacks to, piece by piece; refused once it differs from its header.

    ``zipfile`` itself stops at the length the header gives; other readers don't.
    """
    file = archive.fp
    if file is None or entry.flag_bits & 0x1:
        raise damaged()
    file.seek(entry.header_offset)
    head = file.read(30)
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise damaged()
    name_length, extra_length = struct.unpack_from("<HH", head, 26)
    at, left = entry.header_offset + 30 + name_length + extra_length, entry.compress_size
    unpacker = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    if unpacker is None and entry.compress_type != zipfile.ZIP_STORED:
        raise damaged()
    length = 0
    while left > 0:
        file.seek(at)
        content = file.read(min(left, _CHUNK >> 3))
        if not content:
            raise damaged()
        at, left = at + len(content), left - len(content)
        while content:
            piece = unpacker.decompress(content, _CHUNK) if unpacker else content
            content = unpacker.unconsumed_tail if unpacker else b""
            length += len(piece)
            if length > entry.file_size:
                raise damaged()
            yield piece
            if unpacker and unpacker.eof:
                content, left = b"", 0
    if length != entry.file_size:
        raise damaged()


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The path inside the archive of every sheet of an .xlsx, by the sheet's name.

    Raises KeyError or ExpatError when the archive isn't one.
    """
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_MAIN} sheet":
            ids[attributes.get("name", "")] = attributes.get(f"{_RELATIONS} id", "")

    def relation(_tag: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[attributes.get("Id", "")] = path

    _elements(archive, "xl/workbook.xml", sheet)
    _elements(archive, "xl/_rels/workbook.xml.rels", relation)
    return {name: targets[part_id] for name, part_id in ids.items() if part_id in targets}


def _elements(
    archive: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], None]
) -> None:
    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    for piece in chunks(archive, archive.getinfo(part)):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def look_through(archive: zipfile.ZipFile, sheets: dict[str, str]) -> list[str]:
    """Unpack every part of an .xlsx once; the names of the sheets with cells to be asked about.

    ``sheets`` tells the part of each sheet by its name. Raises Refused for parts that aren't as
    long as they say, sheets whose values lie too far apart, and texts no cell can hold.
    """
    names = {part: name for name, part in sheets.items()}
    asked: list[str] = []
    for entry in archive.infolist():
        pieces = chunks(archive, entry)
        if entry.filename in names or entry.filename.startswith("xl/worksheets/sheet"):
            sheet = names.get(entry.filename, entry.filename)
            extent, unread = _sheet(pieces)
            if not extent.fits:
                # Rows that are only formatted count for nothing: see where values stand.
                extent = _exactly(chunks(archive, entry))
            if not extent.fits:
                raise too_many(sheet, extent.rows, extent.columns)
            if unread:
                asked.append(sheet)
        elif entry.filename.lower().endswith("sharedstrings.xml"):
            _texts(pieces)
        else:
            for _piece in pieces:
                pass
    return asked


def _overlapping(pieces: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for piece in pieces:
        content = last + piece
        yield content
        last = content[-_OVERLAP:]


def _sheet(pieces: Iterable[bytes]) -> tuple[_Extent, bool]:
    """How far the sheet reaches, formatted rows too, and whether cells only read as empty."""
    extent, unread = _Extent(), False
    for content in _overlapping(pieces):
        if not any(sign in content for sign in _VALUE_SIGNS):
            continue
        rows = _ROW.findall(content)
        extent.rows = max(extent.rows, max(map(int, rows), default=0))
        for letters in set(_WIDE_CELL.findall(content)):
            extent.columns = max(extent.columns, _column(letters))
        if not unread and any(sign in content for sign in _UNREAD_SIGNS):
            unread = _ERROR in content or any(each.search(content) for each in _UNREAD)
    return extent, unread


def _exactly(pieces: Iterable[bytes]) -> _Extent:
    extent = _Extent(columns=1)
    for content in _overlapping(pieces):
        if not any(sign in content for sign in _VALUE_SIGNS):
            continue
        for letters, row in _CELL.findall(content):
            extent.rows = max(extent.rows, int(row))
            extent.columns = max(extent.columns, _column(letters))
    return extent


def _texts(pieces: Iterable[bytes]) -> None:
    """Refuse shared texts longer than a cell can hold: each cell with one copies it."""
    since_last = 0
    for piece in pieces:
        start = 0
        for match in _TEXT_END.finditer(piece):
            if since_last + match.end() - start > _LONGEST_TEXT_BYTES:
                raise text_too_long()
            start, since_last = match.end(), 0
        since_last += len(piece) - start
        if since_last > _LONGEST_TEXT_BYTES:
            raise text_too_long()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

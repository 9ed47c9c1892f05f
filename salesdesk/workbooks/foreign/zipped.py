"""Zip archives as .xlsx and .ods are: measured by unpacking them, before anybody trusts them."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from salesdesk.workbooks.foreign import limits
from salesdesk.workbooks.foreign.refused import damaged, text_too_long, too_large, too_many

_CHUNK = 1 << 20
#: A shared text with all its markup; a cell holds 32,767 characters.
_LONGEST_TEXT_BYTES = 1 << 20
_TEXT_END = re.compile(rb"</(?:\w+:)?si>")
#: Longer than any cell's opening tag: what a chunk shares with the next.
_OVERLAP = 400
# Cells by name, only those in which something stands, in columns from AA on; rows.
_WIDE_CELL = re.compile(rb' r="([A-Z]{2,3})\d{1,7}"(?:[^<>]*[^<>/])?>\s*<(?!/)')
_ROW = re.compile(rb'row [^<>]*?r="(\d{1,7})"')
_CELL = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"(?:[^<>]*[^<>/])?>\s*<(?!/)')
#: Without any of these a piece of a sheet is only formats: whole columns of them are common.
_VALUE_SIGNS = (b"v>", b"is>", b"f>", b" si=")
_UNREAD_SIGNS = (b"<f", b":f>", b't="e"')
# Cells that read as empty and aren't: formulas without a value, errors.
_UNREAD = re.compile(rb'(?:</(?:\w+:)?f>|<(?:\w+:)?f[^>]*/>)\s*(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>'
                     rb'|<(?:\w+:)?v>\s*</)|\st="e"')  # fmt: skip


@dataclass(slots=True)
class _Extent:
    """How far the values of a sheet reach, at most; 1-based, 0 for none."""

    rows: int = 0
    columns: int = 26

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
            unread = _UNREAD.search(content) is not None
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

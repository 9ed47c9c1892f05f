"""Digests of the history's own entries: nothing else tells when a byte of one has changed.

The digest of an entry is made of its line, of all rows it recorded, and of the digest before it; so
an entry that is gone is missed too. It is written with the entry, and never again: whether the
entry still stands (``undone``) follows from the entries after it and isn't part of it.

One blake2b an entry: some hundredths of what its rows take to be written. It is a guard
against disks, not against people: whoever can write the file can make digests too. PostgreSQL may
keep it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from sqlalchemy import Connection, update

from salesdesk.storage import images, sqlite
from salesdesk.storage.trail import history

#: Bytes of a digest.
SIZE = 16
#: The columns of an entry that never change.
_COLUMNS = ("id", "at", "person_id", "person_name", "label", "kind", "target_id", "seat")
_LINE = f"CAST({images.as_json(_COLUMNS, 'h')} AS BLOB)"
_DIGEST = "CASE typeof(h.digest) WHEN 'blob' THEN h.digest ELSE x'' END"
_DIGEST_BEFORE = "digest FROM history WHERE id < h.id ORDER BY id DESC LIMIT 1"
#: The rows of an entry in one value, as they come by the index of its number: in the order of ids.
#: What stands between their parts stands in no image.
_ROWS = (
    "CAST(group_concat(concat_ws(char(31), r.table_name, r.row_id,"
    " typeof(r.before), r.before, typeof(r.after), r.after), char(30)) AS BLOB)"
)
_NO_MORE: tuple[Any, Any] = (None, None)


@dataclass(frozen=True, slots=True)
class Damaged:
    """An entry that isn't as it was written.

    ``fault``: "entry", its line, its rows or its digest; "undone", whether it stands isn't what
    the entries after it say; "gone", it isn't there. ``label`` is what stands there as its words.
    """

    history_id: int
    fault: Literal["entry", "undone", "gone"]
    label: str = ""


def give(db: Connection, history_id: int) -> None:
    """Write the digest of the entry that was just recorded, with its rows."""
    [[line, before, rows]] = sqlite.run(
        db,
        f"SELECT {_LINE}, (SELECT {_DIGEST_BEFORE}),"
        f" (SELECT {_ROWS} FROM history_row AS r WHERE r.history_id = h.id)"
        " FROM history AS h WHERE h.id = ?",
        (history_id,),
    )
    digest = _digest(before or b"", line, rows or b"")
    sqlite.run(db, "UPDATE history SET digest = ? WHERE id = ?", (digest, history_id))


def fill(db: Connection) -> None:
    """Give digests to the entries without, those from before there were any."""
    before = b""
    for line, digest, rows in _entries(db):
        if not digest:
            digest = _digest(before, line.words, rows)
            db.execute(update(history).where(history.c.id == line.id).values(digest=digest))
        before = digest


def damaged(db: Connection) -> Iterator[Damaged]:
    """The entries that aren't as they were written, the oldest first."""
    before: bytes = b""
    reckoned: bytes | None = None  # what the digest before must be, where it is another
    last_id = 0
    lines: dict[int, _Line] = {}
    for line, digest, rows in _entries(db):
        lines[line.id] = line
        gone = range(last_id + 1, line.id)
        right = _digest(before, line.words, rows)
        follows = right == digest or (
            reckoned is not None and _digest(reckoned, line.words, rows) == digest
        )
        if gone and not follows:
            # It can't be told from the entry itself being other: the digest before is missing.
            yield Damaged(gone[0], "gone")
        elif not follows:
            yield Damaged(line.id, "entry", line.label)
        before, reckoned, last_id = digest, None if right == digest else right, line.id
    if lines and last_id + 1 < sqlite.next_id(db, history.name):
        yield Damaged(last_id + 1, "gone")
    yield from _wrongly_undone(lines)


def _wrongly_undone(lines: dict[int, _Line]) -> Iterator[Damaged]:
    redone = {line.target_id for line in lines.values() if line.kind == "redo"}
    undone = {
        line.target_id for line in lines.values() if line.kind == "undo" and line.id not in redone
    }
    for line in lines.values():
        if line.undone != int(line.id in (redone if line.kind == "undo" else undone)):
            yield Damaged(line.id, "undone", line.label)


# -- as they are stored ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """What stands in the line of an entry, as stored; ``words`` is what its digest is made of."""

    id: int
    words: bytes
    label: str
    kind: str
    target_id: int | None
    undone: Any


def _entries(db: Connection) -> Iterator[tuple[_Line, bytes, bytes]]:
    """Each entry with its digest and what its digest takes its rows as, the oldest first."""
    lines = sqlite.run(
        db,
        f"SELECT h.id, {_LINE}, {_DIGEST}, CAST(h.label AS BLOB), CAST(h.kind AS BLOB),"
        " h.target_id, h.undone"
        " FROM history AS h ORDER BY h.id",
    )
    recorded = sqlite.each(
        db,
        f"SELECT r.history_id, {_ROWS} FROM (SELECT * FROM history_row"
        " ORDER BY history_id, id) AS r GROUP BY r.history_id"
        " ORDER BY r.history_id",
        (),
    )
    recorded_id, rows = next(recorded, _NO_MORE)
    for history_id, words, digest, label, kind, target_id, undone in lines:
        while isinstance(recorded_id, int) and recorded_id < history_id:
            recorded_id, rows = next(recorded, _NO_MORE)  # of an entry that is gone
        line = _Line(history_id, words, _text(label), _text(kind), target_id, undone)
        yield line, digest, (rows or b"") if recorded_id == history_id else b""


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _digest(before: bytes, line: bytes, rows: bytes) -> bytes:
    hashed = blake2b(before, digest_size=SIZE)
    hashed.update(line)
    hashed.update(b"\x1e")
    hashed.update(rows)
    return hashed.digest()

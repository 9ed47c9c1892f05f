"""Sums of rows that the history doesn't know, so that a byte that changes in one is found.

What is entered stands in the history too, and can be compared with it. What was written past it (an
office as it was founded, a demo's millions of rows, what an update of the program has set) stands
in the file once only. So of each such row a sum of 32 bits is kept, those of 256 rows in one value:
four bytes a row. It is made when the row is written past the history, and never again: the first
change that is recorded begins with the image that the sum was made of.

An update of the program makes all of them anew, since rows may have other columns then. Writing by
changes costs nothing of this. PostgreSQL needs none of it: its pages have checksums
(``initdb --data-checksums``).
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    delete,
    select,
)

from salesdesk.storage import images, sqlite
from salesdesk.storage.schema import DERIVED, all_tables, metadata
from salesdesk.storage.trail import history, history_row, ids_by_table

#: Rows whose sums one value holds.
ROWS = 256
_BLOCK = struct.Struct(f"<{ROWS}I")
_CHECK = struct.Struct("<I")
#: Protected otherwise: each entry of the history by its digest.
_OTHERWISE = frozenset({history.name, history_row.name})

row_sum = Table(
    "row_sum",
    metadata,
    Column("table_name", String(40), nullable=False),
    Column("block", Integer, nullable=False),  # the ids from block * ROWS on
    Column("sums", LargeBinary, nullable=False),  # a number for each, 0 for none; their own sum
    PrimaryKeyConstraint("table_name", "block", name="pk_row_sum"),
    sqlite_with_rowid=False,
    info={DERIVED: True},
)


@dataclass(frozen=True, slots=True)
class Unlike:
    """A row that isn't as it was written past the history.

    ``fault``: it is "changed", "gone", or "unknown" (there, though nothing tells of it); it was
    other already when it was first changed ("before"); the sums of it and the rows after it can't
    be trusted ("sums", ``row_id`` is the first of them). ``now`` are its columns as stored, as far
    as they can be read.
    """

    row_id: int
    fault: Literal["changed", "gone", "unknown", "before", "sums"]
    now: Mapping[str, Any] = field(default_factory=dict)


def make(db: Connection) -> None:
    """Make the sums of all rows that the history doesn't know; 6 million in 23 s."""
    db.execute(delete(row_sum))
    for table in _tables():
        _add(db, table.name, ((row_id, _sum(image)) for row_id, image in _unrecorded(db, table)))


def note(db: Connection, rows: Iterable[tuple[str, int]]) -> None:
    """Note how the rows, by table and id, stand now; those that the history knows are left alone.

    What is gone isn't missed any more.
    """
    tables = all_tables()
    for name, ids in ids_by_table(rows).items():
        unrecorded = sorted(ids - sqlite.recorded_ids(db, name, sorted(ids)))
        stored = images.read(db, tables[name], unrecorded)
        sums = {row_id: _sum(image.encode()) for row_id, image in stored.items()}
        _put(db, name, {row_id: sums.get(row_id, 0) for row_id in unrecorded})


def unlike(db: Connection, table: Table) -> Iterator[Unlike]:
    """What of ``table`` isn't as it was written past the history."""
    if table.name in _OTHERWISE:
        return
    left, damaged = _read(db, table.name)
    for first in sorted(damaged):
        yield Unlike(first * ROWS, "sums")
    for row_id, image in _first_images(db, table.name):
        noted = left.pop(row_id, 0)
        if image is not None and noted and noted != _sum(image):
            yield Unlike(row_id, "before", _columns(image))
    for row_id, image in _unrecorded(db, table):
        noted = left.pop(row_id, 0)
        if row_id // ROWS in damaged:
            continue
        if not noted:
            yield Unlike(row_id, "unknown", _columns(image))
        elif noted != _sum(image):
            yield Unlike(row_id, "changed", _columns(image))
    for row_id in left:
        yield Unlike(row_id, "gone")


def mend(db: Connection) -> None:
    """Make sums anew that can't be trusted any more, of the rows as they stand."""
    for table in _tables():
        _sums, damaged = _read(db, table.name)
        if damaged:
            db.execute(
                delete(row_sum).where(
                    row_sum.c.table_name == table.name, row_sum.c.block.in_(damaged)
                )
            )
            rows = _unrecorded(db, table)
            _add(
                db,
                table.name,
                ((row_id, _sum(image)) for row_id, image in rows if row_id // ROWS in damaged),
            )


def _tables() -> list[Table]:
    return [table for name, table in all_tables().items() if name not in _OTHERWISE]


def _sum(image: bytes) -> int:
    return zlib.crc32(image) or 1  # 0 is no sum


def _columns(image: bytes) -> dict[str, Any]:
    try:
        columns = json.loads(image.decode("utf-8", "replace"))
    except ValueError:
        return {}
    return columns if isinstance(columns, dict) else {}


def _unrecorded(db: Connection, table: Table) -> Iterator[tuple[int, bytes]]:
    """Id and image of each row that no entry of the history touched, by id."""
    return sqlite.each(
        db,
        f'SELECT t.id, CAST({images.stored(table, "t")} AS BLOB) FROM "{table.name}" AS t'
        " WHERE NOT EXISTS (SELECT 1 FROM history_row AS h"
        " WHERE h.table_name = ? AND h.row_id = t.id) ORDER BY t.id",
        (table.name,),
    )


def _first_images(db: Connection, name: str) -> Iterator[tuple[int, bytes | None]]:
    """Of each row that the history knows its id, and what its first entry found."""
    return sqlite.each(
        db,
        "SELECT h.row_id, CAST(h.before AS BLOB) FROM history_row AS h WHERE h.id IN"
        " (SELECT min(id) FROM history_row WHERE table_name = ? GROUP BY row_id)",
        (name,),
    )


# -- the sums as they are kept ---------------------------------------------------------------------


def _read(db: Connection, name: str) -> tuple[dict[int, int], set[int]]:
    """The sums of the rows of a table by id, and the blocks that are damaged themselves."""
    sums: dict[int, int] = {}
    damaged: set[int] = set()
    rows = db.execute(
        select(row_sum.c.block, row_sum.c.sums).where(row_sum.c.table_name == name)
    ).all()
    for block, value in rows:
        numbers = _opened(value)
        if numbers is None:
            damaged.add(block)
        else:
            first = block * ROWS
            sums.update((first + place, noted) for place, noted in enumerate(numbers) if noted)
    return sums, damaged


def _opened(value: object) -> tuple[int, ...] | None:
    """The numbers of a block; None where it isn't as it was written."""
    if not isinstance(value, bytes) or len(value) != _BLOCK.size + _CHECK.size:
        return None
    content = value[: _BLOCK.size]
    if _CHECK.unpack(value[_BLOCK.size :])[0] != zlib.crc32(content):
        return None
    return _BLOCK.unpack(content)


def _closed(numbers: Iterable[int]) -> bytes:
    content = _BLOCK.pack(*numbers)
    return content + _CHECK.pack(zlib.crc32(content))


def _add(db: Connection, name: str, sums: Iterable[tuple[int, int]]) -> None:
    """Write blocks of which none is there yet, of sums in the order of their ids."""
    rows = []
    for block, of_block in groupby(sums, lambda pair: pair[0] // ROWS):
        numbers = [0] * ROWS
        for row_id, noted in of_block:
            numbers[row_id % ROWS] = noted
        rows.append((name, block, _closed(numbers)))
    sqlite.insert_stored(db, row_sum.name, ("table_name", "block", "sums"), rows)


def _put(db: Connection, name: str, sums: Mapping[int, int]) -> None:
    """Set sums within blocks; one that is damaged stays so."""
    for block, pairs in groupby(sorted(sums.items()), lambda pair: pair[0] // ROWS):
        of_block = dict(pairs)
        where = (row_sum.c.table_name == name, row_sum.c.block == block)
        value = db.execute(select(row_sum.c.sums).where(*where)).scalar()
        if value is None:
            numbers: list[int] = [0] * ROWS
        else:
            opened = _opened(value)
            if opened is None:
                continue
            numbers = list(opened)
            db.execute(delete(row_sum).where(*where))
        for row_id, noted in of_block.items():
            numbers[row_id % ROWS] = noted
        if any(numbers):
            sqlite.insert_stored(
                db,
                row_sum.name,
                ("table_name", "block", "sums"),
                [(name, block, _closed(numbers))],
            )

"""What was recorded of every change: its tables, and reading it back.

An entry is a change ("do"), an undo or a redo. An undo names the change it took back, a redo the
undo it took back; ``undone`` says of a change or an undo that it no longer stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    func,
    select,
    text,
)

from salesdesk.errors import NotFoundError
from salesdesk.storage import sqlite
from salesdesk.storage.images import Image, opened
from salesdesk.storage.schema import reference, table
from salesdesk.storage.undo_rules import RowChange
from salesdesk.text import _

history = table(
    "history",
    Column("at", DateTime, nullable=False),
    Column("person_id", Integer),
    Column("person_name", String(80), nullable=False),
    Column("label", String(200), nullable=False),
    Column("kind", String(4), nullable=False),  # do, undo, redo
    Column("target_id", Integer),  # the change that an undo or redo concerns
    Column("undone", Boolean, nullable=False, server_default=text("0")),
    Column("seat", String(36), nullable=False, server_default=""),  # which window or program
    Column("digest", LargeBinary),  # see ``entry_digests``
    Index("ix_history_seat", "seat"),
    edited=False,
)
history_row = table(
    "history_row",
    reference("history_id", "history", index=True),
    Column("table_name", String(40), nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("before", Text),  # the stored row as JSON, null when it was new
    Column("after", Text),  # null when it was deleted
    Index("ix_history_row_table_name_row_id", "table_name", "row_id"),
    edited=False,
)


#: Rows by table and id: as they were before a change (None: not there) and after it.
Images = Mapping[tuple[str, int], tuple[Image | None, Image | None]]


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A committed change: its place in the history and, by table, the ids of touched rows.

    ``columns`` says, by table, which columns were altered; it names no table of which that isn't
    known (many rows, another program), or of which rows came or went. ``images`` are the touched
    rows before and after, where they are few and this program touched them; ``kind`` is "do",
    "undo" or "redo", "" of another program's.
    """

    history_id: int
    label: str
    rows: Mapping[str, frozenset[int]]
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    images: Images = field(default_factory=dict, repr=False, compare=False)
    kind: str = ""

    def touches(self, *tables: str) -> bool:
        """Whether any row of the named tables was touched."""
        return any(name in self.rows for name in tables)

    def alters(self, table_name: str, columns: Iterable[str]) -> bool:
        """Whether one of ``columns`` may be other than before, or rows came or went."""
        if table_name not in self.rows:
            return False
        altered = self.columns.get(table_name)
        return altered is None or not altered.isdisjoint(columns)

    def touches_row(self, table_name: str, where: Mapping[str, Container[Any]]) -> bool:
        """Whether a touched row has, or had, one of the values of each column in ``where``.

        Values are compared as stored (days as 2026-11-24). True where the rows aren't known.
        """
        if table_name not in self.rows or not where:
            return table_name in self.rows
        states = self._states(table_name)
        return states is None or any(
            all(state.get(column) in values for column, values in where.items()) for state in states
        )

    def values(self, table_name: str, column: str) -> frozenset[Any] | None:
        """What a column of the touched rows holds or held, as stored; None where it isn't known."""
        states = self._states(table_name)
        return None if states is None else frozenset(state.get(column) for state in states)

    def _states(self, table_name: str) -> list[dict[str, Any]] | None:
        """The touched rows of a table as they were and as they are."""
        if table_name in self.rows and not self.images:
            return None
        return [
            opened(image)
            for (name, _row_id), images in self.images.items()
            if name == table_name
            for image in images
            if image is not None
        ]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the history as people read it; ``rows`` is how many it touched."""

    id: int
    at: datetime
    person_id: int | None
    person_name: str
    label: str
    kind: str
    undone: bool
    rows: int


# -- for people ------------------------------------------------------------------------------------


def entries(
    db: Connection, *, limit: int = 100, before_id: int | None = None
) -> list[HistoryEntry]:
    """The latest changes, newest first; the page before ``before_id`` when it is given."""
    query = _entries().order_by(history.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(history.c.id < before_id)
    return [_entry(row) for row in db.execute(query)]


def entry(db: Connection, history_id: int) -> HistoryEntry:
    """One entry. Raises NotFoundError when there is none of that number."""
    row = db.execute(_entries().where(history.c.id == history_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("The history has no entry number {id}.").format(id=history_id))
    return _entry(row)


def row_changes(db: Connection, history_id: int, *, limit: int = 200) -> list[RowChange]:
    """The first ``limit`` rows that an entry touched, before and after, in the order of writing."""
    rows = db.execute(
        select(history_row)
        .where(history_row.c.history_id == history_id)
        .order_by(history_row.c.id)
        .limit(limit)
    )
    return [
        RowChange(
            row.table_name,
            row.row_id,
            None if row.before is None else opened(row.before),
            None if row.after is None else opened(row.after),
        )
        for row in rows
    ]


def earlier_images(db: Connection, table_name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Row id and columns, as stored, of every row of a table as it was before some change."""
    query = (
        select(history_row.c.row_id, history_row.c.before)
        .where(history_row.c.table_name == table_name, history_row.c.before.is_not(None))
        .order_by(history_row.c.id)
    )
    for row in db.execute(query):
        yield row.row_id, opened(row.before)


def _entries() -> Select[Any]:
    touched = (
        select(func.count())
        .where(history_row.c.history_id == history.c.id)
        .scalar_subquery()
        .label("rows")
    )
    return select(history, touched)


def _entry(row: Any) -> HistoryEntry:
    return HistoryEntry(
        row.id, row.at, row.person_id, row.person_name, row.label, row.kind, row.undone, row.rows
    )


# -- hearing of changes ----------------------------------------------------------------------------


def last_id(db: Connection) -> int:
    """The id of the newest change, 0 in an office without any."""
    return int(db.execute(select(func.max(history.c.id))).scalar() or 0)


def notices_since(db: Connection, history_id: int) -> list[ChangeNotice]:
    """What was committed after ``history_id``, oldest first, by whichever program."""
    rows = db.execute(
        select(history.c.id, history.c.label, history_row.c.table_name, history_row.c.row_id)
        .join(history_row, history_row.c.history_id == history.c.id)
        .where(history.c.id > history_id)
        .order_by(history.c.id, history_row.c.id)
    ).all()
    touched: dict[int, tuple[str, list[tuple[str, int]]]] = {}
    for row in rows:
        touched.setdefault(row.id, (row.label, []))[1].append((row.table_name, row.row_id))
    return [ChangeNotice(key, label, ids_by_table(rows)) for key, (label, rows) in touched.items()]


def ids_by_table(keys: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    """The ids of (table, id) pairs by table."""
    ids: dict[str, set[int]] = {}
    for name, row_id in keys:
        ids.setdefault(name, set()).add(row_id)
    return {name: frozenset(of_table) for name, of_table in ids.items()}


def altered_columns(
    images: Images,
) -> dict[str, frozenset[str]]:
    """The columns that differ before and after, by table; tables whose rows came or went aren't."""
    altered: dict[str, set[str]] = {}
    moved: set[str] = set()
    for (name, _row_id), (before, after) in images.items():
        if before is None or after is None:
            moved.add(name)
        elif name not in moved:
            new = opened(after)
            differing = {column for column, value in opened(before).items() if new[column] != value}
            altered.setdefault(name, set()).update(differing - {"version"})
    return {name: frozenset(columns) for name, columns in altered.items() if name not in moved}


# -- for undo and redo -----------------------------------------------------------------------------


def undo_candidate(db: Connection, person_id: int | None, seat: str) -> tuple[int, str] | None:
    """Id and label of the person's latest change at a seat that still stands."""
    row = db.execute(
        select(history.c.id, history.c.label)
        .where(
            history.c.kind == "do",
            ~history.c.undone,
            history.c.seat == seat,
            history.c.person_id.is_not_distinct_from(person_id),
        )
        .order_by(history.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.id, row.label)


def redo_candidate(db: Connection, person_id: int | None, seat: str) -> tuple[int, str] | None:
    """Id of the person's undo at a seat to take back, and the label of what it undid.

    None when there is none, or the person has made a newer change there since.
    """
    mine = (history.c.seat == seat, history.c.person_id.is_not_distinct_from(person_id))
    newest = db.execute(
        select(func.max(history.c.id)).where(history.c.kind == "do", *mine)
    ).scalar()
    done = history.alias()
    row = db.execute(
        select(history.c.id, done.c.label)
        .join(done, done.c.id == history.c.target_id)
        .where(history.c.kind == "undo", ~history.c.undone, *mine, history.c.id > (newest or 0))
        .order_by(history.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.id, row.label)


def application(db: Connection, target_id: int) -> tuple[int, int]:
    """Which entry's rows show what the change or undo ``target_id`` did, and the change's own id.

    A change that was undone and redone stands as its latest redo left it.
    """
    kind, undone_id = db.execute(
        select(history.c.kind, history.c.target_id).where(history.c.id == target_id)
    ).one()
    if kind == "undo":
        return target_id, undone_id
    undo = history.alias()
    redone = db.execute(
        select(func.max(history.c.id))
        .join(undo, undo.c.id == history.c.target_id)
        .where(history.c.kind == "redo", undo.c.target_id == target_id)
    ).scalar()
    return redone or target_id, target_id


def root_of(db: Connection, history_id: int) -> int:
    """The change that an entry is, undoes or redoes."""
    return _roots(db, history.c.id == history_id)[history_id]


def stored_rows(
    db: Connection, history_id: int
) -> list[tuple[str, int, Image | None, Image | None]]:
    """(table, id, image before, image after) of what an entry touched, the last written first."""
    rows = db.execute(
        select(
            history_row.c.table_name,
            history_row.c.row_id,
            history_row.c.before,
            history_row.c.after,
        )
        .where(history_row.c.history_id == history_id)
        .order_by(history_row.c.id.desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def last_to_change(
    db: Connection, name: str, row_id: int, columns: frozenset[str]
) -> HistoryEntry | None:
    """The latest entry that touched a row of table ``name``: one of ``columns``, when given."""
    rows = db.execute(
        select(history_row.c.history_id, history_row.c.before, history_row.c.after)
        .where(history_row.c.table_name == name, history_row.c.row_id == row_id)
        .order_by(history_row.c.id.desc())
    )
    for row in rows:
        before, after = opened(row.before), opened(row.after)
        if not columns or any(before.get(column) != after.get(column) for column in columns):
            rows.close()
            return entry(db, row.history_id)
    return None


def changed_keys(
    db: Connection, name: str, column: str, keys: Sequence[int], after_id: int, root_id: int
) -> set[int]:
    """For which of ``keys`` rows of table ``name`` (their ``column``) are others than they were.

    That is, others than right after entry ``after_id``, by changes other than ``root_id``. A
    change that has been undone again, or redone again, leaves things as they were.
    """
    if not keys:
        return set()
    pairs = sqlite.recorded_keys(db, name, column, after_id, keys)
    roots = _roots(db, history.c.id > after_id) if pairs else {}
    times = Counter(roots[history_id] for history_id in {pair[0] for pair in pairs})
    return {
        key
        for history_id, key in pairs
        if roots[history_id] != root_id and times[roots[history_id]] % 2
    }


def _roots(db: Connection, condition: Any) -> dict[int, int]:
    target = history.alias()
    rows = db.execute(
        select(history.c.id, history.c.kind, history.c.target_id, target.c.target_id)
        .outerjoin(target, target.c.id == history.c.target_id)
        .where(condition)
    )
    return {
        history_id: {"do": history_id, "undo": target_id, "redo": before_that}[kind]
        for history_id, kind, target_id, before_that in rows
    }

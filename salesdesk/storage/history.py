"""The history: every change, who made it and when, and each row before and after.

It is written in the same transaction as the change itself and is what undo, redo, the audit
trail, "what changed since this sheet went out" and the refresh of other windows all rest on.
:class:`Change` is the only thing in the program that writes rows of an office.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from salesdesk.errors import ConflictError, NotFoundError
from salesdesk.storage import images
from salesdesk.storage.images import LISTED, Image, listed
from salesdesk.storage.reversal import Restoration
from salesdesk.storage.schema import reference, table
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


#: How long the words of one change may be.
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A committed change: its place in the history and, by table, the ids of touched rows."""

    history_id: int
    label: str
    rows: Mapping[str, frozenset[int]]

    def touches(self, *tables: str) -> bool:
        """Whether any row of the named tables was touched."""
        return any(name in self.rows for name in tables)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the history as people read it."""

    id: int
    at: datetime
    person_name: str
    label: str
    kind: str
    undone: bool
    rows: int


class Change:
    """One change under way: one transaction, one entry in the history, one undo.

    ``connection`` reads the office as it is within the change. Rows are written through the
    methods below only, so that each is recorded before and after.
    """

    def __init__(
        self,
        connection: Connection,
        label: str,
        person_id: int | None,
        person_name: str,
        now: datetime,
    ) -> None:
        self.connection = connection
        self.label = label
        self.person_id = person_id
        self.person_name = person_name
        self.now = now
        self._images: dict[tuple[str, int], tuple[Image | None, Image | None]] = {}
        self._words: list[str] = []

    def describe(self, words: str) -> None:
        """Say what was done, as the history tells it: "Targets of 2026 sales plan: November".

        The writer's words stand before the label that the caller gave; what several writers say
        within one change is joined.
        """
        if words and words not in self._words:
            self._words.append(words)
            joined = "; ".join(self._words)
            self.label = (
                joined if len(joined) <= LONGEST_LABEL else f"{joined[: LONGEST_LABEL - 1]}…"
            )

    def insert(self, into: Table, /, **values: Any) -> int:
        """Add a row; returns its id."""
        return self.insert_many(into, [values])[0]

    def insert_many(self, into: Table, rows: Sequence[Mapping[str, Any]], /) -> list[int]:
        """Add rows, each with the same columns; returns their ids in the same order."""
        if not rows:
            return []
        columns = set(rows[0])
        if any(set(row) != columns for row in rows):
            raise ValueError("rows of one insert have different columns")
        # The write lock is ours, so the ids can be given here: asking for them costs far more.
        first = self._next_id(into.name)
        ids = list(range(first, first + len(rows)))
        self.connection.execute(
            insert(into), [{"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)]
        )
        for row_id, after in images.read(self.connection, into.name, ids).items():
            self._record(into.name, row_id, None, after)
        return ids

    def update(
        self, within: Table, row_id: int, /, *, seen_version: int | None = None, **values: Any
    ) -> bool:
        """Set ``values`` in one row; returns False when they stood there already.

        Raises NotFoundError when the row is gone and ConflictError when ``seen_version`` is given
        and somebody has edited the row since it was read.
        """
        if seen_version is not None:
            version = self.connection.execute(
                select(within.c.version).where(within.c.id == row_id)
            ).scalar()
            if version not in (None, seen_version):
                raise ConflictError(self._who_changed(within.name, row_id))
        return self.update_many(within, {row_id: values}) == 1

    def update_many(self, within: Table, rows: Mapping[int, Mapping[str, Any]], /) -> int:
        """Set values in many rows, by id; returns how many really changed.

        Raises NotFoundError when one is gone.
        """
        ids = list(rows)
        before = images.read(self.connection, within.name, ids)
        if len(before) < len(ids):
            raise NotFoundError(_("What you are changing has been deleted in the meantime."))
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row_id, values in rows.items():
            parameters = {f"new_{name}": value for name, value in values.items()}
            by_columns.setdefault(tuple(values), []).append({"row_id": row_id, **parameters})
        by_columns.pop((), None)
        for columns, parameters_list in by_columns.items():
            statement = (
                update(within)
                .where(within.c.id == bindparam("row_id"))
                .values({name: bindparam(f"new_{name}") for name in columns})
            )
            self.connection.execute(statement, parameters_list)
        after = images.read(self.connection, within.name, ids)
        changed = [row_id for row_id in ids if not images.same(before[row_id], after[row_id])]
        if "version" in within.c and changed:
            self._bump_versions(within.name, changed)
            after = images.read(self.connection, within.name, changed)
        for row_id in changed:
            self._record(within.name, row_id, before[row_id], after[row_id])
        return len(changed)

    def delete(self, within: Table, row_id: int, /) -> None:
        """Delete a row. Raises NotFoundError when it is gone already."""
        self.delete_many(within, [row_id])

    def delete_many(self, within: Table, ids: Sequence[int], /) -> None:
        """Delete rows. Raises NotFoundError when one is gone already."""
        before = images.read(self.connection, within.name, ids)
        if len(before) < len(set(ids)):
            raise NotFoundError(_("What you are deleting has been deleted already."))
        images.run(
            self.connection, f'DELETE FROM "{within.name}" WHERE id IN {LISTED}', listed(ids)
        )
        for row_id in ids:
            self._record(within.name, row_id, before[row_id], None)

    # -- undo and redo ---------------------------------------------------------------------------

    def reverse(self, target_id: int) -> None:
        """Bring the rows of change ``target_id`` back to what they were before it.

        Raises ConflictError, with name and time, when someone has changed one of them since, or
        has made something else that rests on them.
        """
        by_table: dict[str, list[tuple[int, str | None, str | None]]] = {}
        for row in images.run(
            self.connection,
            "SELECT table_name, row_id, before, after FROM history_row"
            " WHERE history_id = ? ORDER BY id DESC",
            (target_id,),
        ):
            by_table.setdefault(row[0], []).append((row[1], row[2], row[3]))
        # Rows go away and come back in any order; what names what is looked at when all is done.
        images.run(self.connection, "PRAGMA defer_foreign_keys = ON")
        restorations = [Restoration(self.connection, name, rows) for name, rows in by_table.items()]
        for restoration in restorations:
            changed_since = restoration.first_changed_since()
            if changed_since is not None:
                raise ConflictError(self._who_changed(restoration.name, changed_since))
        for restoration in restorations:
            restoration.delete()
        for restoration in restorations:
            self._restore(restoration)
        for restoration in restorations:
            broken = restoration.first_broken_reference()
            if broken is not None:
                raise ConflictError(self._who_changed(*broken))
        for restoration in restorations:
            now = images.read(self.connection, restoration.name, restoration.ids)
            for row_id in restoration.ids:
                self._record(
                    restoration.name, row_id, restoration.stored.get(row_id), now.get(row_id)
                )

    def _restore(self, restoration: Restoration) -> None:
        try:
            restoration.write()
        except IntegrityError as error:
            taken_by = restoration.same_entry(str(error.orig))
            if taken_by is not None:
                raise ConflictError(self._who_changed(restoration.name, taken_by)) from error
            raise ConflictError(
                _("The same has been entered again in the meantime; nothing was done.")
            ) from error

    # -- what was recorded -----------------------------------------------------------------------

    def finish(self, kind: str = "do", target_id: int | None = None) -> ChangeNotice | None:
        """Write the history of this change; None when no row changed.

        ``kind`` is "do", "undo" (``target_id``: the change undone) or "redo" (``target_id``: the
        undo that is taken back).
        """
        recorded = {
            key: pair for key, pair in self._images.items() if not images.same(pair[0], pair[1])
        }
        if not recorded:
            return None
        history_id = self.connection.execute(
            insert(history)
            .values(
                at=self.now,
                person_id=self.person_id,
                person_name=self.person_name,
                label=self.label,
                kind=kind,
                target_id=target_id,
            )
            .returning(history.c.id)
        ).scalar_one()
        self.connection.exec_driver_sql(
            "INSERT INTO history_row (history_id, table_name, row_id, before, after)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (history_id, name, row_id, before, after)
                for (name, row_id), (before, after) in recorded.items()
            ],
        )
        if target_id is not None:
            self._mark_undone(target_id)
        return ChangeNotice(history_id, self.label, _by_table(recorded))

    def _mark_undone(self, target_id: int) -> None:
        """Note that ``target_id`` no longer stands; what an undo had undone stands again."""
        target = self.connection.execute(
            select(history.c.kind, history.c.target_id).where(history.c.id == target_id)
        ).one()
        self.connection.execute(
            update(history).where(history.c.id == target_id).values(undone=True)
        )
        if target.kind == "undo":
            self.connection.execute(
                update(history).where(history.c.id == target.target_id).values(undone=False)
            )

    def _record(self, name: str, row_id: int, before: Image | None, after: Image | None) -> None:
        known = self._images.get((name, row_id))
        # Moved to the end: undo must go back in the opposite order of the last writes.
        self._images.pop((name, row_id), None)
        self._images[(name, row_id)] = (known[0] if known else before, after)

    def _next_id(self, name: str) -> int:
        """The id the next new row gets; ids are never used again (AUTOINCREMENT)."""
        used = images.run(
            self.connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", (name,)
        )
        return int(used[0][0]) + 1 if used else 1

    def _bump_versions(self, name: str, ids: Sequence[int]) -> None:
        images.run(
            self.connection,
            f'UPDATE "{name}" SET version = version + 1 WHERE id IN {LISTED}',
            listed(ids),
        )

    def _who_changed(self, name: str, row_id: int) -> str:
        last = self.connection.execute(
            select(history.c.person_name, history.c.at, history.c.label)
            .join(history_row, history_row.c.history_id == history.c.id)
            .where(and_(history_row.c.table_name == name, history_row.c.row_id == row_id))
            .order_by(history.c.id.desc())
            .limit(1)
        ).one_or_none()
        if last is None:
            return _("Someone has changed this in the meantime; nothing was done.")
        return _(
            "{person} changed this on {time} ({label}); nothing was done. Look at it again first."
        ).format(
            person=last.person_name or _("Someone"),
            time=last.at.strftime("%Y-%m-%d %H:%M"),
            label=last.label,
        )


# -- reading the history -------------------------------------------------------------------------


def entries(
    db: Connection, *, limit: int = 100, before_id: int | None = None
) -> list[HistoryEntry]:
    """The latest changes, newest first; the page before ``before_id`` when it is given."""
    rows_of = (
        select(func.count())
        .where(history_row.c.history_id == history.c.id)
        .scalar_subquery()
        .label("rows")
    )
    query = select(history, rows_of).order_by(history.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(history.c.id < before_id)
    return [
        HistoryEntry(row.id, row.at, row.person_name, row.label, row.kind, row.undone, row.rows)
        for row in db.execute(query)
    ]


def last_id(db: Connection) -> int:
    """The id of the newest change, 0 in an office without any."""
    return int(db.execute(select(func.max(history.c.id))).scalar() or 0)


def notices_since(db: Connection, history_id: int) -> list[ChangeNotice]:
    """What was committed after ``history_id``, oldest first, by whichever program."""
    rows = db.execute(
        select(history.c.id, history.c.label, history_row.c.table_name, history_row.c.row_id)
        .join(history_row, history_row.c.history_id == history.c.id)
        .where(history.c.id > history_id)
        .order_by(history.c.id)
    ).all()
    found: dict[int, tuple[str, list[tuple[str, int]]]] = {}
    for row in rows:
        found.setdefault(row.id, (row.label, []))[1].append((row.table_name, row.row_id))
    return [ChangeNotice(key, label, _by_table(rows)) for key, (label, rows) in found.items()]


def undo_candidate(db: Connection, person_id: int | None) -> tuple[int, str] | None:
    """Id and label of the person's latest change that still stands."""
    row = db.execute(
        select(history.c.id, history.c.label)
        .where(
            history.c.kind == "do",
            ~history.c.undone,
            history.c.person_id.is_not_distinct_from(person_id),
        )
        .order_by(history.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.id, row.label)


def redo_candidate(db: Connection, person_id: int | None) -> tuple[int, str] | None:
    """Id of the person's undo to take back and the label of what it undid.

    None when there is none or the person has made a newer change since.
    """
    mine = history.c.person_id.is_not_distinct_from(person_id)
    newest = db.execute(select(func.max(history.c.id)).where(history.c.kind == "do", mine)).scalar()
    done = history.alias()
    row = db.execute(
        select(history.c.id, done.c.label)
        .join(done, done.c.id == history.c.target_id)
        .where(history.c.kind == "undo", ~history.c.undone, mine, history.c.id > (newest or 0))
        .order_by(history.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.id, row.label)


def _by_table(keys: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for name, row_id in keys:
        found.setdefault(name, set()).add(row_id)
    return {name: frozenset(ids) for name, ids in found.items()}

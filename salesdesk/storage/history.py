"""The history: every change, who made it and when, and each row before and after.

It is written in the same transaction as the change itself and is what undo, redo, the audit
trail, "what changed since this sheet went out" and the refresh of other windows all rest on.
:class:`Change` is the only thing in the program that writes rows of an office.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

from salesdesk.errors import ConflictError, NotFoundError
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

Image = dict[str, Any]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A committed change: its place in the history and, by table, the ids of the rows it touched."""

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
        ids: list[int] = []
        for first in range(0, len(rows), _BATCH):
            batch = [dict(row) for row in rows[first : first + _BATCH]]
            statement = insert(into).returning(into.c.id, sort_by_parameter_order=True)
            ids.extend(self.connection.execute(statement, batch).scalars())
        for row_id, after in self._read_images(into, ids).items():
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

        The values of all rows must be of the same columns. Raises NotFoundError when one is gone.
        """
        ids = list(rows)
        before = self._read_images(within, ids)
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
        changed = [
            (row_id, after)
            for row_id, after in self._read_images(within, ids).items()
            if not _same(before[row_id], after)
        ]
        if "version" in within.c and changed:
            self.connection.execute(
                update(within)
                .where(within.c.id == bindparam("row_id"))
                .values(version=within.c.version + 1),
                [{"row_id": row_id} for row_id, _after in changed],
            )
            for _row_id, after in changed:
                after["version"] += 1
        for row_id, after in changed:
            self._record(within.name, row_id, before[row_id], after)
        return len(changed)

    def delete(self, within: Table, row_id: int, /) -> None:
        """Delete a row. Raises NotFoundError when it is gone already."""
        before = self._read_images(within, [row_id]).get(row_id)
        if before is None:
            raise NotFoundError(_("What you are deleting has been deleted already."))
        self.connection.execute(within.delete().where(within.c.id == row_id))
        self._record(within.name, row_id, before, None)

    # -- undo and redo ---------------------------------------------------------------------------

    def reverse(self, target_id: int) -> None:
        """Bring the rows of change ``target_id`` back to what they were before it.

        Raises ConflictError, with name and time, when someone has changed one of them since.
        """
        rows = self.connection.execute(
            select(history_row)
            .where(history_row.c.history_id == target_id)
            .order_by(history_row.c.id.desc())
        ).all()
        for row in rows:
            before = json.loads(row.before) if row.before else None
            after = json.loads(row.after) if row.after else None
            now = self._read_image(row.table_name, row.row_id)
            if not _same(now, after):
                raise ConflictError(self._who_changed(row.table_name, row.row_id))
            if before is not None and now is not None and "version" in before:
                before["version"] = now["version"] + 1
            self._write_image(row.table_name, row.row_id, before)
            self._record(row.table_name, row.row_id, now, before)

    # -- what was recorded -----------------------------------------------------------------------

    def finish(self, kind: str = "do", target_id: int | None = None) -> ChangeNotice | None:
        """Write the history of this change; None when no row changed.

        ``kind`` is "do", "undo" (``target_id``: the change undone) or "redo" (``target_id``: the
        undo that is taken back).
        """
        recorded = {
            key: images for key, images in self._images.items() if not _same(images[0], images[1])
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
        self.connection.execute(
            insert(history_row),
            [
                {
                    "history_id": history_id,
                    "table_name": name,
                    "row_id": row_id,
                    "before": _dump(before),
                    "after": _dump(after),
                }
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

    def _read_image(self, name: str, row_id: int) -> Image | None:
        row = self.connection.execute(
            text(f'SELECT * FROM "{name}" WHERE id = :id'), {"id": row_id}
        ).mappings()
        found = row.one_or_none()
        return None if found is None else _plain(found)

    def _read_images(self, source: Table, ids: Sequence[int]) -> dict[int, Image]:
        """The rows as stored, untouched by column types, so that they can be put back exactly."""
        images: dict[int, Image] = {}
        for first in range(0, len(ids), _BATCH):
            batch = ids[first : first + _BATCH]
            wanted = ",".join(str(int(row_id)) for row_id in batch)
            result = self.connection.execute(
                text(f'SELECT * FROM "{source.name}" WHERE id IN ({wanted})')
            )
            for row in result.mappings():
                images[row["id"]] = _plain(row)
        return images

    def _write_image(self, name: str, row_id: int, image: Image | None) -> None:
        self.connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        exists = self._read_image(name, row_id) is not None
        if image is None:
            self.connection.execute(text(f'DELETE FROM "{name}" WHERE id = :id'), {"id": row_id})
        elif exists:
            parts = ", ".join(f'"{column}" = :{column}' for column in image)
            self.connection.execute(text(f'UPDATE "{name}" SET {parts} WHERE id = :id'), image)
        else:
            columns = ", ".join(f'"{column}"' for column in image)
            places = ", ".join(f":{column}" for column in image)
            self.connection.execute(
                text(f'INSERT INTO "{name}" ({columns}) VALUES ({places})'), image
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
        ).format(person=last.person_name, time=last.at.strftime("%Y-%m-%d %H:%M"), label=last.label)


# -- reading the history -------------------------------------------------------------------------


def entries(db: Connection, *, limit: int = 100, before_id: int | None = None) -> list[HistoryEntry]:
    """The latest changes, newest first; the page before ``before_id`` when it is given."""
    query = (
        select(history, func.count(history_row.c.id).label("rows"))
        .outerjoin(history_row, history_row.c.history_id == history.c.id)
        .group_by(history.c.id)
        .order_by(history.c.id.desc())
        .limit(limit)
    )
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
        .where(history.c.kind == "do", ~history.c.undone, history.c.person_id.is_not_distinct_from(person_id))
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


def _same(one: Image | None, other: Image | None) -> bool:
    if one is None or other is None:
        return one is other
    return {**one, "version": 0} == {**other, "version": 0}


def _plain(row: Mapping[Any, Any]) -> Image:
    return {
        str(key): value.isoformat() if isinstance(value, (date, datetime)) else value
        for key, value in row.items()
    }


def _dump(image: Image | None) -> str | None:
    return None if image is None else json.dumps(image, ensure_ascii=False)


def _by_table(keys: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for name, row_id in keys:
        found.setdefault(name, set()).add(row_id)
    return {name: frozenset(ids) for name, ids in found.items()}

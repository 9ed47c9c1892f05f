"""Puts the rows of one table back to what they were before a change: the work of undo and redo.

Only the columns that the change altered are compared and restored: what others did to the rest of
a row since stays. Whole tables at a time, since an import that is undone may have touched 100,000
rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from salesdesk.storage import images, sqlite
from salesdesk.storage.images import Image, opened
from salesdesk.storage.schema import all_tables
from salesdesk.storage.undo_rules import RowChange


class Restoration:
    """The rows of ``table`` that a change touched, on their way back.

    ``rows`` are (id, image before the change, image after it), the last written first;
    ``derived`` are columns that may have been changed since. ``stored`` are the images that stand
    there now. ``unsettled`` are the rows whose derived columns couldn't be put back as they were.
    """

    def __init__(
        self,
        db: Connection,
        table: Table,
        rows: Sequence[tuple[int, Image | None, Image | None]],
        derived: frozenset[str],
    ) -> None:
        self.table = table
        self.ids = [row_id for row_id, _before, _after in rows]
        self.stored = images.read(db, table, self.ids)
        self.unsettled: set[int] = set()
        #: The rows whose derived columns the change had altered.
        self.derived_touched: set[int] = set()
        #: A row that is no longer as the change left it, and in which columns; None when all are.
        self.changed_since: tuple[int, frozenset[str]] | None = None
        self._db = db
        self._columns = images.columns_of(table)
        self._versioned = "version" in table.c
        self._derived = derived
        self._updated: dict[int, dict[str, Any]] = {}
        self._inserted: dict[int, dict[str, Any]] = {}
        self._deleted: list[int] = []
        for row_id, before, after in rows:
            in_the_way = self._take(row_id, before, after)
            if in_the_way is not None and self.changed_since is None:
                self.changed_since = row_id, in_the_way

    def _take(
        self, row_id: int, before: Image | None, after: Image | None
    ) -> frozenset[str] | None:
        """Note what must be done to one row; the columns that somebody has changed since.

        None: it is as the change left it. No columns: it is gone, or there again.
        """
        stored = self.stored.get(row_id)
        if before is None:
            self._deleted.append(row_id)
            if images.same(stored, after):
                return None
            return frozenset() if stored is None else self._edited(opened(stored), opened(after))
        if after is None:
            self._inserted[row_id] = self._known(opened(before))
            self.derived_touched.update({row_id} if self._derived else ())
            return None if stored is None else frozenset()
        old, new = self._known(opened(before)), opened(after)
        altered = {
            column: value
            for column, value in old.items()
            if column != "version" and column in new and new[column] != value
        }
        if self._derived & altered.keys():
            self.derived_touched.add(row_id)
        if not images.same(stored, after):
            if stored is None:
                return frozenset()
            now = opened(stored)
            self.unsettled.update({row_id} if self._derived else ())
            edited = {column for column in altered if now[column] != new[column]}
            if edited - self._derived:
                return frozenset(edited - self._derived)
            altered = {column: altered[column] for column in altered if column not in edited}
        if altered:
            self._updated[row_id] = altered
        return None

    def delete(self) -> None:
        """Take away the rows that the change had added."""
        sqlite.delete(self._db, self.table.name, self._deleted)

    def write(self) -> None:
        """Put changed rows back and deleted rows in again.

        Raises IntegrityError when another row has taken what must be unique.
        """
        if self._updated:
            try:
                with self._db.begin_nested():
                    self._update()
            except IntegrityError:
                # Two rows may have swapped what must be unique: no order of single updates would
                # do then, but all out and all in again does.
                self._replace()
        self._insert(self._inserted)

    def outcome(self) -> dict[int, Image]:
        """The rows as they stand now, by id."""
        return images.read(self._db, self.table, self.ids)

    def row_changes(self, now: Mapping[int, Image]) -> list[RowChange]:
        """What became of each row, from ``stored`` to ``now``."""
        return [
            RowChange(
                self.table.name,
                row_id,
                opened(self.stored[row_id]) if row_id in self.stored else None,
                opened(now[row_id]) if row_id in now else None,
            )
            for row_id in self.ids
        ]

    def same_entry(self, cause: str) -> int | None:
        """The row that took what must be unique, by the database's sentence ``cause``."""
        names = sqlite.unique_columns(cause, self.table.name)
        if not set(names) <= set(self._columns):
            return None
        for row_id, changed in (self._updated | self._inserted).items():
            whole = {**opened(self.stored.get(row_id)), **changed}
            values = [whole[name] for name in names]
            same = sqlite.first_same(self._db, self.table.name, names, values, row_id)
            if same is not None:
                return same
        return None

    def first_broken_reference(self) -> tuple[str, int] | None:
        """Table and id of a row that names one of these, gone now, or is gone and named by one."""
        return self._still_named() or self._names_missing()

    def _still_named(self) -> tuple[str, int] | None:
        if not self._deleted:
            return None
        for child in all_tables().values():
            for key in child.foreign_keys:
                if key.column.table is self.table:
                    naming = sqlite.first_naming(
                        self._db, child.name, key.parent.name, self._deleted
                    )
                    if naming is not None:
                        return child.name, naming
        return None

    def _names_missing(self) -> tuple[str, int] | None:
        written = [*self._updated.values(), *self._inserted.values()]
        for key in self.table.foreign_keys:
            column, parent = key.parent.name, key.column.table.name
            named = {row[column] for row in written if row.get(column) is not None}
            missing = sqlite.first_missing(self._db, parent, sorted(named)) if named else None
            if missing is not None:
                return parent, missing
        return None

    def _known(self, image: dict[str, Any]) -> dict[str, Any]:
        """Without columns that a later version of the program has dropped."""
        return {column: value for column, value in image.items() if column in self.table.c}

    def _edited(self, stored: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str] | None:
        """The columns in which a row that was added is no longer what it was; None: it still is.

        An image from before an update of the program may lack a column or have one more.
        """
        common = (stored.keys() & after.keys()) - self._derived - {"version"}
        return frozenset(column for column in common if stored[column] != after[column]) or None

    def _update(self) -> None:
        # Columns that keep their value are left out: writing them would rebuild their indexes.
        alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row_id, altered in self._updated.items():
            alike.setdefault(tuple(altered), []).append((*altered.values(), row_id))
        for columns, rows in alike.items():
            sqlite.update_stored(
                self._db, self.table.name, columns, rows, versioned=self._versioned
            )

    def _replace(self) -> None:
        whole = {}
        for row_id, altered in self._updated.items():
            stored = opened(self.stored[row_id])
            whole[row_id] = {**stored, **altered}
            if self._versioned:
                whole[row_id]["version"] = stored["version"] + 1
        sqlite.delete(self._db, self.table.name, list(whole))
        self._insert(whole)

    def _insert(self, rows: Mapping[int, Mapping[str, Any]]) -> None:
        # Images of different versions of the program may have different columns.
        alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in rows.values():
            alike.setdefault(tuple(row), []).append(tuple(row.values()))
        for columns, values in alike.items():
            sqlite.insert_stored(self._db, self.table.name, columns, values)

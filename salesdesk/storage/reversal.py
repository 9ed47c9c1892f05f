"""Puts the rows of one table back to what they were before a change: the work of undo and redo.

Whole tables at a time, since an import that is undone may have touched 100,000 rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from salesdesk.storage import images
from salesdesk.storage.images import LISTED, Image, listed, run


class Restoration:
    """The rows of table ``name`` that a change touched, on their way back.

    ``rows`` are (id, image before the change, image after it), the last written first;
    ``stored`` are the images that stand there now.
    """

    def __init__(
        self,
        db: Connection,
        name: str,
        rows: Sequence[tuple[int, Image | None, Image | None]],
    ) -> None:
        self.name = name
        self.ids = [row_id for row_id, _before, _after in rows]
        self.stored = images.read(db, name, self.ids)
        self._db = db
        self._rows = rows
        self._columns = images.columns_of(db, name)
        self._updated: dict[int, dict[str, Any]] = {}
        self._inserted: dict[int, dict[str, Any]] = {}
        self._deleted: list[int] = []
        for row_id, before, _after in rows:
            if before is None:
                self._deleted.append(row_id)
            elif row_id in self.stored:
                self._updated[row_id] = json.loads(before)
            else:
                self._inserted[row_id] = json.loads(before)

    def first_changed_since(self) -> int | None:
        """The id of a row that is no longer as the change left it, None when all are."""
        for row_id, _before, after in self._rows:
            if not images.agree(self.stored.get(row_id), after):
                return row_id
        return None

    def delete(self) -> None:
        """Take away the rows that the change had added."""
        if self._deleted:
            run(self._db, f'DELETE FROM "{self.name}" WHERE id IN {LISTED}', listed(self._deleted))

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

    def same_entry(self, cause: str) -> int | None:
        """The row that took what must be unique, by the database's sentence ``cause``."""
        marker = f"{self.name}."
        names = [part.split(marker)[-1].strip() for part in cause.split(":")[-1].split(",")]
        if not set(names) <= set(self._columns):
            return None
        where = " AND ".join(f'"{name}" = ?' for name in names)
        for row_id, image in (self._updated | self._inserted).items():
            found = run(
                self._db,
                f'SELECT id FROM "{self.name}" WHERE {where} AND id <> ?',
                (*(image[name] for name in names), row_id),
            )
            if found:
                return int(found[0][0])
        return None

    def first_broken_reference(self) -> tuple[str, int] | None:
        """Table and id of a row that names one of these, gone now, or is gone and named by one."""
        return self._still_named() or self._names_missing()

    def _still_named(self) -> tuple[str, int] | None:
        if not self._deleted:
            return None
        references = run(
            self._db,
            'SELECT m.name, f."from" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f'
            " WHERE m.type = 'table' AND f.\"table\" = ?",
            (self.name,),
        )
        for child, column in references:
            found = run(
                self._db,
                f'SELECT id FROM "{child}" WHERE "{column}" IN {LISTED} LIMIT 1',
                listed(self._deleted),
            )
            if found:
                return child, found[0][0]
        return None

    def _names_missing(self) -> tuple[str, int] | None:
        written = [*self._updated.values(), *self._inserted.values()]
        references = run(
            self._db,
            'SELECT "from", "table" FROM pragma_foreign_key_list(?)',
            (self.name,),
        )
        for column, parent in references:
            named = {image[column] for image in written if image.get(column) is not None}
            missing = run(
                self._db,
                "SELECT value FROM json_each(?) WHERE value NOT IN"
                f' (SELECT id FROM "{parent}" WHERE id IN {LISTED}) LIMIT 1',
                listed(sorted(named)) * 2,
            )
            if missing:
                return parent, missing[0][0]
        return None

    def _update(self) -> None:
        changed = [
            column
            for column in self._columns
            if column != "version" and any(column in image for image in self._updated.values())
        ]
        stored = {row_id: json.loads(self.stored[row_id]) for row_id in self._updated}
        # Columns that keep their value are left out: writing them would rebuild their indexes.
        changed = [
            column
            for column in changed
            if any(
                image.get(column) != stored[row_id][column]
                for row_id, image in self._updated.items()
            )
        ]
        parts = [f'"{column}" = ?' for column in changed]
        if "version" in self._columns:
            parts.append("version = version + 1")
        self._db.exec_driver_sql(
            f'UPDATE "{self.name}" SET {", ".join(parts)} WHERE id = ?',
            [
                (*(image.get(column, stored[row_id][column]) for column in changed), row_id)
                for row_id, image in self._updated.items()
            ],
        )

    def _replace(self) -> None:
        whole = {}
        for row_id, image in self._updated.items():
            stored = json.loads(self.stored[row_id])
            whole[row_id] = {**stored, **image}
            if "version" in self._columns:
                whole[row_id]["version"] = stored["version"] + 1
        ids = listed(list(whole))
        run(self._db, f'DELETE FROM "{self.name}" WHERE id IN {LISTED}', ids)
        self._insert(whole)

    def _insert(self, rows: dict[int, dict[str, Any]]) -> None:
        if not rows:
            return
        known = next(iter(rows.values()))
        columns = [column for column in self._columns if column in known]
        names = ", ".join(f'"{column}"' for column in columns)
        places = ", ".join("?" for _column in columns)
        self._db.exec_driver_sql(
            f'INSERT INTO "{self.name}" ({names}) VALUES ({places})',
            [tuple(image[column] for column in columns) for image in rows.values()],
        )

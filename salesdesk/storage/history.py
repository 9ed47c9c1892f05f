"""The history: every change is recorded as it is made, and undone from what was recorded.

It is written in the same transaction as the change itself and is what undo, redo, the audit
trail, "what changed since this sheet went out" and the refresh of other windows all rest on.
:class:`Change` is the only thing in the program that writes rows of an office; ``trail`` reads
what it left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, String, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from salesdesk.calc import texts
from salesdesk.errors import ConflictError, NotFoundError
from salesdesk.storage import entry_digests, images, row_sums, sqlite, trail, undo_rules
from salesdesk.storage.images import Image
from salesdesk.storage.reversal import Restoration
from salesdesk.storage.schema import all_tables
from salesdesk.storage.trail import ChangeNotice, history, history_row, ids_by_table
from salesdesk.text import _

#: How long the words of one change may be.
LONGEST_LABEL = 200
#: Of up to so many rows a notice says what they were and are.
_FEW = 200


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
        seat: str = "",
    ) -> None:
        self.connection = connection
        self.label = label
        self.person_id = person_id
        self.person_name = person_name
        self.now = now
        self.seat = seat
        self._images: dict[tuple[str, int], tuple[Image | None, Image | None]] = {}
        self._words: list[str] = []
        self._told = 0  # how many tellings as one are under way

    def describe(self, words: str) -> None:
        """Say what was done, as the history tells it: "Targets of 2026 sales plan: November".

        The writer's words stand before the label that the caller gave; what several writers say
        within one change is joined, unless they are told as one (:meth:`told_as`).
        """
        if words and words not in self._words and not self._told:
            self._words.append(words)
            joined = "; ".join(self._words)
            self.label = (
                joined if len(joined) <= LONGEST_LABEL else f"{joined[: LONGEST_LABEL - 1]}…"
            )

    @contextmanager
    def told_as(self, words: str) -> Iterator[None]:
        """Say what all writers within did together; what each of them says isn't told besides."""
        self.describe(words)
        self._told += 1
        try:
            yield
        finally:
            self._told -= 1

    def insert(self, into: Table, /, **values: Any) -> int:
        """Add a row; returns its id."""
        return self.insert_many(into, [values])[0]

    def insert_many(self, into: Table, rows: Sequence[Mapping[str, Any]], /) -> list[int]:
        """Add rows, each with the same columns; returns their ids in the same order."""
        if not rows:
            return []
        if any(row.keys() != rows[0].keys() for row in rows):
            raise ValueError("rows of one insert have different columns")
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        _need_writable(into, columns)
        # The write lock is ours, so the ids can be given here: asking for them costs far more.
        first = sqlite.next_id(self.connection, into.name)
        ids = list(range(first, first + len(rows)))
        sqlite.insert_rows(self.connection, into, {"id": ids, **columns})
        for row_id in ids:
            self._record(into.name, row_id, None, images.AS_IT_STANDS)
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
        if not rows:
            return 0
        ids = list(rows)
        before = images.read(self.connection, within, ids)
        if len(before) < len(ids):
            raise NotFoundError(_("What you are changing has been deleted in the meantime."))
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row_id, values in rows.items():
            parameters = {f"new_{name}": value for name, value in values.items()}
            by_columns.setdefault(tuple(values), []).append({"row_id": row_id, **parameters})
        by_columns.pop((), None)
        for columns in by_columns:
            _need_writable(
                within,
                {name: [row[name] for row in rows.values() if name in row] for name in columns},
            )
        for columns, parameters_list in by_columns.items():
            statement = (
                update(within)
                .where(within.c.id == bindparam("row_id"))
                .values({name: bindparam(f"new_{name}") for name in columns})
            )
            self.connection.execute(statement, parameters_list)
        after = images.read(self.connection, within, ids)
        changed = [row_id for row_id in ids if not images.same(before[row_id], after[row_id])]
        if "version" in within.c and changed:
            sqlite.bump_versions(self.connection, within.name, changed)
            after = images.read(self.connection, within, changed)
        for row_id in changed:
            self._record(within.name, row_id, before[row_id], after[row_id])
        return len(changed)

    def delete(self, within: Table, row_id: int, /) -> None:
        """Delete a row. Raises NotFoundError when it is gone already."""
        self.delete_many(within, [row_id])

    def delete_many(self, within: Table, ids: Sequence[int], /) -> None:
        """Delete rows. Raises NotFoundError when one is gone already."""
        before = images.read(self.connection, within, ids)
        if len(before) < len(set(ids)):
            raise NotFoundError(_("What you are deleting has been deleted already."))
        sqlite.delete(self.connection, within.name, ids)
        for row_id in ids:
            self._record(within.name, row_id, before[row_id], None)

    # -- undo and redo ---------------------------------------------------------------------------

    def reverse(self, target_id: int) -> None:
        """Bring back what change ``target_id`` altered: in each row the columns it altered.

        What others have done to the rest of the rows since stays; derived columns are reckoned
        anew where what they follow from has changed since. Raises ConflictError, with name and
        time, when someone has changed the same since or has made something that rests on it, and
        whatever a room's guards refuse.
        """
        applied_id, root_id = trail.application(self.connection, target_id)
        tables = all_tables()
        by_table: dict[str, list[tuple[int, str | None, str | None]]] = {}
        for name, row_id, before, after in trail.stored_rows(self.connection, applied_id):
            if name not in tables:
                raise ConflictError(
                    _("An older version of the program did this; it can't be undone any more.")
                )
            by_table.setdefault(name, []).append((row_id, before, after))
        # Rows go away and come back in any order; what names what is looked at when all is done.
        sqlite.defer_references(self.connection)
        restorations = [
            Restoration(self.connection, tables[name], rows, undo_rules.derived_columns(name))
            for name, rows in by_table.items()
        ]
        for restoration in restorations:
            if restoration.changed_since is not None:
                row_id, columns = restoration.changed_since
                raise ConflictError(self._who_changed(restoration.table.name, row_id, columns))
        for restoration in restorations:
            restoration.delete()
        for restoration in restorations:
            self._restore(restoration)
        for restoration in restorations:
            broken = restoration.first_broken_reference()
            if broken is not None:
                raise ConflictError(self._who_changed(*broken))
        self._settle(restorations, applied_id, root_id)
        if not self._recorded():
            # Nothing but derived columns had been altered, and somebody has set them anew since.
            first = restorations[0]
            raise ConflictError(self._who_changed(first.table.name, first.ids[0]))

    def _restore(self, restoration: Restoration) -> None:
        name = restoration.table.name
        try:
            restoration.write()
        except IntegrityError as error:
            taken_by = restoration.same_entry(str(error.orig))
            if taken_by is not None:
                raise ConflictError(self._who_changed(name, taken_by)) from error
            raise ConflictError(
                _("The same has been entered again in the meantime; nothing was done.")
            ) from error

    def _settle(self, restorations: list[Restoration], applied_id: int, root_id: int) -> None:
        """Record what was put back, ask the guards, and reckon what follows from it."""
        by_name = {restoration.table.name: restoration for restoration in restorations}
        changes: dict[str, list[undo_rules.RowChange]] = {}
        rules = [rule for derivations in undo_rules.derivations().values() for rule in derivations]
        sources = {name for rule in rules for name in rule.follows}
        for name, restoration in by_name.items():
            now = restoration.outcome()
            for row_id in restoration.ids:
                self._record(name, row_id, restoration.stored.get(row_id), now.get(row_id))
            if undo_rules.guards(name) or name in sources:
                changes[name] = restoration.row_changes(now)
        # Guards may write what follows, in any table: only once all that was put back is recorded.
        for name in by_name:
            for guard in undo_rules.guards(name):
                guard(self, changes[name])
        for rule in rules:
            restoration_of = by_name.get(rule.table.name)
            if rule.follows:
                touched = set(restoration_of.derived_touched) if restoration_of else set()
                for source, column in rule.follows.items():
                    for row in changes.get(source, ()):
                        touched |= row.values(column)
                # What stood before is right again, unless something else has come or gone since.
                ids = {
                    key
                    for source, column in rule.follows.items()
                    for key in trail.changed_keys(
                        self.connection, source, column, sorted(touched), applied_id, root_id
                    )
                }
            else:
                ids = restoration_of.unsettled if restoration_of else set()
            if ids:
                self.update_many(rule.table, rule.reckon(self.connection, sorted(ids)))

    # -- what was recorded -----------------------------------------------------------------------

    def finish(self, kind: str = "do", target_id: int | None = None) -> ChangeNotice | None:
        """Write the history of this change; None when no row changed.

        ``kind`` is "do", "undo" (``target_id``: the change undone) or "redo" (``target_id``: the
        undo that is taken back).
        """
        recorded = self._recorded()
        self._take_back_versions()
        if not recorded:
            return None
        history_id = self.connection.execute(
            insert(history)
            .values(
                at=self.now,
                person_id=self.person_id,
                person_name=self.person_name,
                label=self.label,
                seat=self.seat,
                kind=kind,
                target_id=target_id,
            )
            .returning(history.c.id)
        ).scalar_one()
        few = len(recorded) <= _FEW
        came = self._write_rows(history_id, recorded, hand_back=few)
        entry_digests.give(self.connection, history_id)
        if target_id is not None:
            self._mark_undone(target_id)
        told = recorded | came if few else {}
        return ChangeNotice(
            history_id, self.label, ids_by_table(recorded), trail.altered_columns(told), told, kind
        )

    def _write_rows(
        self, history_id: int, recorded: trail.Images, *, hand_back: bool
    ) -> dict[tuple[str, int], tuple[Image | None, Image | None]]:
        """Write the images, in order; of rows that came the database writes them by itself.

        With ``hand_back`` these are given as they were written.
        """
        new: dict[tuple[str, int], tuple[Image | None, Image | None]] = {}

        def came(item: tuple[tuple[str, int], tuple[Image | None, Image | None]]) -> str | None:
            (name, _row_id), (_before, after) = item
            return name if after is images.AS_IT_STANDS else None

        for table, items in groupby(recorded.items(), came):
            if table is not None:
                ids = [row_id for (_name, row_id), _images in items]
                written = images.write_new(
                    self.connection, all_tables()[table], history_id, ids, hand_back=hand_back
                )
                new |= {(table, row_id): (None, after) for row_id, after in written.items()}
                continue
            sqlite.insert_stored(
                self.connection,
                history_row.name,
                ("history_id", "table_name", "row_id", "before", "after"),
                [
                    (history_id, name, row_id, before, after)
                    for (name, row_id), (before, after) in items
                ],
            )
        return new

    def finish_unrecorded(self) -> None:
        """Note what was written instead of recording it: nothing else would know these rows."""
        row_sums.note(self.connection, self._images)

    def _recorded(self) -> dict[tuple[str, int], tuple[Image | None, Image | None]]:
        """The rows that are really other than before, with their images."""
        return {
            key: pair for key, pair in self._images.items() if not images.same(pair[0], pair[1])
        }

    def _take_back_versions(self) -> None:
        """Rows that are as they were again have the version that the history knows them by."""
        versions: dict[str, dict[int, int]] = {}
        for (name, row_id), (before, after) in self._images.items():
            if before is not None and before != after and images.same(before, after):
                versions.setdefault(name, {})[row_id] = images.opened(before)["version"]
        for name, rows in versions.items():
            sqlite.update_stored(
                self.connection,
                name,
                ("version",),
                [(version, row_id) for row_id, version in rows.items()],
                versioned=False,
            )

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

    def _who_changed(self, name: str, row_id: int, columns: frozenset[str] = frozenset()) -> str:
        """Who touched a row last; with ``columns`` who changed one of these."""
        last = trail.last_to_change(self.connection, name, row_id, columns)
        if last is None:
            return _("Someone has changed this in the meantime; nothing was done.")
        return _(
            "{person} changed this on {time} ({label}); nothing was done. Look at it again first."
        ).format(
            person=last.person_name or _("Someone"),
            time=last.at.strftime("%Y-%m-%d %H:%M"),
            label=last.label,
        )


def _need_writable(within: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Raise InputError where a text is none, whatever writer forgot to look at it."""
    for name, values in columns.items():
        if isinstance(within.c[name].type, String):
            entered = [text for text in values if isinstance(text, str)]
            if texts.is_usual("".join(entered)):
                continue  # all of a column are looked at in one go
            for text in entered:
                if not texts.is_usual(text):
                    texts.need_writable(_("What was entered"), text)

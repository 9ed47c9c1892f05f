"""The file itself: its pages, rows that name missing ones, indexes that aren't there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, func, select

from salesdesk.check.telling import MOST
from salesdesk.storage import sqlite
from salesdesk.storage.schema import all_tables
from salesdesk.text import _


def pages(db: Connection, progress: Callable[[float], None]) -> list[str]:
    """What the database finds wrong with its own pages and indexes.

    ``progress`` hears what part of it is done, from 0 to 1; what it raises ends the look.
    """
    causes = sqlite.damages(db, MOST, progress)
    return [_("The file is damaged: {cause}.").format(cause=cause) for cause in causes]


def references(db: Connection) -> Iterator[str]:
    """Rows that name others which aren't there."""
    naming: dict[tuple[str, str], list[int]] = {}
    for table, row_id, parent in sqlite.broken_references(db):
        naming.setdefault((table, parent), []).append(row_id)
    for (table, parent), ids in sorted(naming.items()):
        yield _(
            "Rows of {table} that name a {parent} that doesn't exist: {count} (number {id} first)."
        ).format(count=len(ids), table=table, parent=parent, id=min(ids))


def columns(db: Connection) -> Iterator[str]:
    """Columns that aren't there, or are of another type in the file and so would take anything."""
    for table in all_tables(derived=True).values():
        there = sqlite.column_kinds(db, table.name)
        for column in table.c:
            if column.name not in there:
                sentence = _("The column {name} of {table} is missing.")
            elif there[column.name] != str(column.type.compile(db.dialect)):
                sentence = _("The column {name} of {table} is of another type than it should be.")
            else:
                continue
            yield sentence.format(name=column.name, table=table.name)


def indexes(db: Connection) -> Iterator[str]:
    """Indexes that aren't there: without them everything works, but slowly."""
    there = sqlite.index_names(db)
    for table in all_tables().values():
        for name in sorted(str(index.name) for index in table.indexes):
            if name not in there:
                yield _("The index {name} of {table} is missing.").format(
                    name=name, table=table.name
                )


def sequences(db: Connection) -> Iterator[str]:
    """Ids that would be given a second time: the count of those used has fallen behind."""
    for table in all_tables().values():
        newest = db.execute(select(func.max(table.c.id))).scalar()
        if newest is not None and newest >= sqlite.next_id(db, table.name):
            yield _("The next number of {table} is taken already.").format(table=table.name)

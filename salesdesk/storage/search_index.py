"""Finds rows by any characters of a text column without reading all rows: an index of trigrams.

A column is searched where its table declares it so: ``Column(..., info=SEARCHED)``. For each there
is a full-text table of SQLite (FTS5, its tokenizer ``trigram``) named ``<table>_<column>`` which
holds which rows have which three characters, and nothing else: 10 MB for 300,000 customers.
Triggers keep it, so that undo, imports and other programs can't bypass it.

One or two characters are found too: the column is indexed with two spaces behind it, so that each
of its characters begins a trigram, and ``<table>_<column>_terms`` lists the trigrams that begin
with what is looked for. Two Chinese characters are the usual search.

The index says which rows may hold a text; LIKE has the last word where it isn't certain
(:attr:`Found.certain`). Another database needs none of this: PostgreSQL answers LIKE itself from
an index ``USING gin (search_key gin_trgm_ops)`` of the extension pg_trgm. :func:`look` gives None
there, and callers go by LIKE alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, String, literal

from salesdesk.storage.expressions import among_found
from salesdesk.storage.schema import all_tables
from salesdesk.storage.sqlite import run

#: What a column says in its ``info`` to be searched.
SEARCHED: dict[Any, Any] = {"searched": True}
#: Trigrams of one text that are looked up; whoever types more is found by these.
_MOST_TRIGRAMS = 16
#: Behind every character that a text can hold.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """What the index knows of the rows that hold some texts.

    ``count`` is how many may hold them, at most one more than was asked about. ``certain``: those
    are the rows, and no LIKE is needed. ``query`` is said to the index (None: too many to name).
    """

    name: str
    query: str | None
    count: int
    certain: bool

    def among(self, ids: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether a row, by its id, is among those found."""
        if self.query is None:
            raise ValueError("the index wasn't asked for all of them")
        return among_found(ids, self.name, literal(self.query, String()))

    def first(
        self, db: Connection, limit: int, *, descending: bool, after: int | None
    ) -> list[int]:
        """The ids of the first that follow ``after``, by id; the index has them in that order."""
        if self.query is None:
            raise ValueError("the index wasn't asked for all of them")
        sign, direction = ("<", "DESC") if descending else (">", "ASC")
        behind = "" if after is None else f" AND rowid {sign} {int(after)}"
        rows = run(
            db,
            f'SELECT rowid FROM "{self.name}" WHERE "{self.name}" MATCH ?{behind}'
            f" ORDER BY rowid {direction} LIMIT {int(limit)}",
            (self.query,),
        )
        return [row[0] for row in rows]

    def number(self, db: Connection) -> int:
        """How many there are of them, all counted."""
        if self.query is None:
            raise ValueError("the index wasn't asked for all of them")
        sql = f'SELECT count(*) FROM "{self.name}" WHERE "{self.name}" MATCH ?'
        return int(run(db, sql, (self.query,))[0][0])

    def number_in(self, db: Connection, flags: bytes) -> int:
        """How many of them are in a set (``marks.Marks.flags``)."""
        if self.query is None:
            raise ValueError("the index wasn't asked for all of them")
        counted = run(
            db,
            f'SELECT count(*) FROM "{self.name}" WHERE "{self.name}" MATCH ?'
            " AND substr(?, rowid + 1, 1) = x'01'",
            (self.query, flags),
        )
        return int(counted[0][0])

    def all(self, db: Connection) -> list[int]:
        """The ids of all of them."""
        if self.query is None:
            raise ValueError("the index wasn't asked for all of them")
        listed = run(
            db,
            f'SELECT json_group_array(rowid) FROM "{self.name}" WHERE "{self.name}" MATCH ?',
            (self.query,),
        )
        ids: list[int] = json.loads(listed[0][0])
        return ids


def look(
    db: Connection,
    column: Column[str],
    texts: Sequence[str],
    *,
    most: int | None = None,
    counted: bool = True,
) -> Found | None:
    """How many rows may hold all of ``texts`` (as they are stored: folded) in a searched column.

    Counting ends beyond ``most``, and texts of one or two characters which twice as many rows
    hold are left to LIKE; None counts all. Not ``counted``: 1 stands for however many. None for a
    database that needs no such index, where it is missing, and where there is nothing to look for.
    """
    name = name_of(column)
    if db.dialect.name != "sqlite" or not any(texts) or not _is_there(db, name):
        return None
    certain, parts = True, []
    for text in texts:
        if len(text) >= 3:
            parts += _trigrams(text)
            certain = certain and len(text) == 3
        elif text:
            terms = _beginning_with(db, name, text, None if most is None else 2 * most)
            if terms is None:
                certain = False
            elif not terms:
                return Found(name, "", 0, True)
            else:
                parts.append(f"({' OR '.join(map(_quoted, terms))})")
    if not parts:
        return Found(name, None, (most or 0) + 1, False)
    query = " AND ".join(dict.fromkeys(parts))
    limit = "" if most is None else f" LIMIT {most + 1}"
    if not counted:
        limit = " LIMIT 1"
    number = f'SELECT count(*) FROM (SELECT rowid FROM "{name}" WHERE "{name}" MATCH ?{limit})'
    return Found(name, query, int(run(db, number, (query,))[0][0]), certain)


def _is_there(db: Connection, name: str) -> bool:
    """Without the index all are found too, but slowly."""
    return bool(run(db, "SELECT 1 FROM sqlite_master WHERE name = ?", (f"{name}_terms",)))


def _trigrams(text: str) -> list[str]:
    places = range(len(text) - 2)
    # Of a long text its beginning and its end say most.
    if len(places) > _MOST_TRIGRAMS:
        half = _MOST_TRIGRAMS // 2
        chosen: Sequence[int] = [*places[:half], *places[-half:]]
    else:
        chosen = places
    return [_quoted(text[place : place + 3]) for place in chosen]


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _beginning_with(db: Connection, name: str, text: str, most: int | None) -> list[str] | None:
    """The trigrams that begin with one or two characters; None where over ``most`` rows do."""
    terms, rows = [], 0
    with db.exec_driver_sql(
        f'SELECT term, doc FROM "{name}_terms" WHERE term >= ? AND term <= ?', (text, text + _LAST)
    ) as listed:
        for term, count in listed:
            terms.append(term)
            rows += count
            if most is not None and rows > most:
                return None
    return terms


# -- the index itself ------------------------------------------------------------------------------


def name_of(column: Column[str]) -> str:
    """What the index of a searched column is called."""
    return f"{column.table.name}_{column.name}"


def searched_columns() -> list[Column[str]]:
    """The columns of all rooms that are searched."""
    return [
        column
        for table in all_tables().values()
        for column in table.c
        if column.info.get("searched")
    ]


def lacking(db: Connection) -> list[str]:
    """The tables whose index, or what keeps it, isn't there."""
    there = {row[0] for row in run(db, "SELECT name FROM sqlite_master")}
    return [
        column.table.name for column in searched_columns() if not there.issuperset(_parts(column))
    ]


def make(db: Connection) -> None:
    """Make the indexes anew from what their columns hold: 2 s for 300,000 customers."""
    remove(db)
    for column in searched_columns():
        for statement in _statements(column):
            run(db, statement)


@contextmanager
def off(db: Connection) -> Iterator[None]:
    """Let tables be written anew, or filled with very many rows; the indexes are made at the end.

    A table that is written anew loses its triggers, and SQLite renames none while there is a view
    on a table that isn't there.
    """
    remove(db)
    yield
    make(db)


def remove(db: Connection) -> None:
    """Take the indexes away."""
    for column in searched_columns():
        for name, kind in reversed(_parts(column).items()):
            run(db, f'DROP {kind} IF EXISTS "{name}"')


def _parts(column: Column[str]) -> dict[str, str]:
    """Name and kind of all that an index consists of, in the order in which it is made."""
    name = name_of(column)
    triggers = {f"{name}_{event}": "TRIGGER" for event in ("added", "altered", "deleted")}
    return {f"{name}_text": "VIEW", name: "TABLE", f"{name}_terms": "TABLE", **triggers}


def _statements(column: Column[str]) -> Iterator[str]:
    name, table, key = name_of(column), column.table.name, column.name
    added = f'INSERT INTO "{name}" (rowid, "{key}") VALUES (new.id, new."{key}" || \'  \');'
    deleted = (
        f'INSERT INTO "{name}" ("{name}", rowid, "{key}")'
        f" VALUES ('delete', old.id, old.\"{key}\" || '  ');"
    )
    yield f'CREATE VIEW "{name}_text" AS SELECT id, "{key}" || \'  \' AS "{key}" FROM "{table}"'
    yield (
        f'CREATE VIRTUAL TABLE "{name}" USING fts5("{key}", content=\'{name}_text\','
        " content_rowid='id', tokenize='trigram case_sensitive 1', detail='none', columnsize=0)"
    )
    yield f"CREATE VIRTUAL TABLE \"{name}_terms\" USING fts5vocab('{name}', 'row')"
    yield f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')'
    yield f'CREATE TRIGGER "{name}_added" AFTER INSERT ON "{table}" BEGIN {added} END'
    # An id never changes, but who writes by other means might.
    yield (
        f'CREATE TRIGGER "{name}_altered" AFTER UPDATE OF id, "{key}" ON "{table}"'
        f' WHEN old.id <> new.id OR old."{key}" IS NOT new."{key}"'
        f" BEGIN {deleted} {added} END"
    )
    yield f'CREATE TRIGGER "{name}_deleted" AFTER DELETE ON "{table}" BEGIN {deleted} END'


# -- whether it is in step -------------------------------------------------------------------------


def out_of_step(db: Connection) -> list[str]:
    """The tables whose index doesn't say what their rows hold (all trigrams are counted again)."""
    wrong = lacking(db)
    for column in searched_columns():
        if column.table.name in wrong:
            continue
        name, key = name_of(column), column.name
        run(db, f'DROP TABLE IF EXISTS temp."{name}_again"')
        run(
            db,
            f'CREATE VIRTUAL TABLE temp."{name}_again" USING fts5("{key}", content=\'\','
            " tokenize='trigram case_sensitive 1', detail='none', columnsize=0)",
        )
        run(
            db,
            f'INSERT INTO temp."{name}_again" (rowid, "{key}")'
            f' SELECT id, "{key}" FROM "{name}_text"',
        )
        if _sums(db, "main", name) != _sums(db, "temp", f"{name}_again"):
            wrong.append(column.table.name)
        run(db, f'DROP TABLE temp."{name}_again"')
    return wrong


def _sums(db: Connection, schema: str, name: str) -> list[tuple[Any, ...]]:
    """Each trigram, how many rows have it and what their ids and the squares of these add up to."""
    listed = f'temp."{name}_each"'
    run(db, f"DROP TABLE IF EXISTS {listed}")
    run(db, f"CREATE VIRTUAL TABLE {listed} USING fts5vocab('{schema}', '{name}', 'instance')")
    sums = [
        tuple(row)
        for row in run(
            db,
            "SELECT term, count(*), sum(doc), sum(doc * doc % 1000003)"
            f" FROM {listed} GROUP BY term",
        )
    ]
    run(db, f"DROP TABLE {listed}")
    return sums

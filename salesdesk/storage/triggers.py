"""The triggers that keep the day counts, in SQLite's words, made from what rooms declare.

For each table whose rows count there is one trigger after an insert, a deletion and an update of a
column that the counts follow from: what the old row gave is taken off, what the new one gives is
added. A count of several joined tables (a deal and its shares) has triggers on each of them, which
look the rows of the others up; so it makes no difference in which order an undo or an import
writes them. What is added to ``day_count`` a further trigger adds to ``month_count``; sums that
have come to nothing are deleted.

SQLite deletes a row that ``INSERT OR REPLACE`` replaces without telling triggers, and ids are what
the history knows rows by: replacing and renumbering rows is refused.

PostgreSQL does the same by one function a table (``FOR EACH ROW``) with the same statements, the
rows of a join summed by key first, since there one upsert may not meet a row twice; whoever writes
a deal's shares then holds the deal's row (``SELECT ... FOR UPDATE``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, literal_column, select
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.sql import visitors

from salesdesk.storage import day_counts, sqlite
from salesdesk.storage.day_counts import DAY_KEY, FIGURES, MONTH_KEY, Source

#: What the names of these triggers begin with.
_PREFIX = "count_"


def install(db: Connection) -> None:
    """Make the triggers. The tables must be filled (``day_counts.fill``)."""
    for sql in declared().values():
        sqlite.run(db, sql)


def remove(db: Connection) -> None:
    """Take the triggers away, also those of an earlier version."""
    for name in _existing(db):
        sqlite.run(db, f'DROP TRIGGER "{name}"')


@contextmanager
def off(db: Connection) -> Iterator[None]:
    """Let millions of rows be written without counting each, and count them all at the end."""
    remove(db)
    yield
    day_counts.fill(db)
    install(db)


def wrong(db: Connection) -> list[str]:
    """The names of the triggers that are missing or aren't as declared."""
    there = _existing(db)
    return [name for name, sql in declared().items() if there.get(name) != sql]


def _existing(db: Connection) -> dict[str, str]:
    rows = sqlite.run(
        db,
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        " AND substr(name, 1, ?) = ? ORDER BY name",
        (len(_PREFIX), _PREFIX),
    )
    return {row[0]: row[1] for row in rows}


# -- their text ------------------------------------------------------------------------------------


@cache
def declared() -> dict[str, str]:
    """The statement that makes each trigger, by the trigger's name."""
    by_table: dict[str, list[Source]] = {}
    tables: dict[str, Table] = {}
    for source in day_counts.sources():
        for table in source.tables():
            tables[table.name] = table
            by_table.setdefault(table.name, []).append(source)
    statements: dict[str, str] = {}
    for name, table in sorted(tables.items()):
        statements |= _of_table(table, by_table[name])
    return statements | _of_months()


def _of_table(table: Table, counted: list[Source]) -> dict[str, str]:
    name = table.name
    added = [_upsert(source, table, "new") for source in counted]
    taken = [_upsert(source, table, "old") for source in counted]
    followed = sorted(
        {
            column.name
            for source in counted
            for column in source.columns()
            if column.table is table and column.name != "id"
        }
    )
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in followed)
    refused = f"SELECT RAISE(ABORT, 'rows of {name} are not replaced or renumbered');"
    return dict(
        (
            _trigger(f"{name}_inserted", f"AFTER INSERT ON {name}", *added),
            _trigger(f"{name}_deleted", f"AFTER DELETE ON {name}", *taken),
            _trigger(
                f"{name}_updated",
                f"AFTER UPDATE OF {', '.join(followed)} ON {name} WHEN {differs}",
                *taken,
                *added,
            ),
            _trigger(
                f"{name}_replaced",
                f"BEFORE INSERT ON {name} WHEN EXISTS (SELECT 1 FROM {name} WHERE id = new.id)",
                refused,
            ),
            _trigger(
                f"{name}_renumbered",
                f"BEFORE UPDATE OF id ON {name} WHEN old.id IS NOT new.id",
                refused,
            ),
        )
    )


def _of_months() -> dict[str, str]:
    """What keeps the months in step with their days, and no sums of nothing."""

    def add(side: str, form: str) -> str:
        key = [f"{side}.{name}" for name in MONTH_KEY]
        figures = [form.format(name) for name in FIGURES]
        query = f"SELECT {', '.join((*key, *figures))} WHERE true"
        return _added("month_count", MONTH_KEY, FIGURES, query)

    def nothing(side: str) -> str:
        return " AND ".join(f"{side}.{name} = 0" for name in FIGURES)

    def gone(table: str, key: tuple[str, ...]) -> str:
        return f"DELETE FROM {table} WHERE " + " AND ".join(f"{n} = new.{n}" for n in key) + ";"

    return dict(
        (
            _trigger(
                "days_inserted",
                f"AFTER INSERT ON day_count WHEN NOT ({nothing('new')})",
                add("new", "new.{0}"),
            ),
            # A share of a few cents may come to none.
            _trigger(
                "days_of_nothing",
                f"AFTER INSERT ON day_count WHEN {nothing('new')}",
                gone("day_count", DAY_KEY),
            ),
            _trigger("days_updated", "AFTER UPDATE ON day_count", add("new", "new.{0} - old.{0}")),
            _trigger(
                "days_emptied",
                f"AFTER UPDATE ON day_count WHEN {nothing('new')}",
                gone("day_count", DAY_KEY),
            ),
            _trigger(
                "days_deleted",
                f"AFTER DELETE ON day_count WHEN NOT ({nothing('old')})",
                add("old", "-old.{0}"),
            ),
            _trigger(
                "months_of_nothing",
                f"AFTER INSERT ON month_count WHEN {nothing('new')}",
                gone("month_count", MONTH_KEY),
            ),
            _trigger(
                "months_emptied",
                f"AFTER UPDATE ON month_count WHEN {nothing('new')}",
                gone("month_count", MONTH_KEY),
            ),
        )
    )


def _trigger(name: str, when: str, *statements: str) -> tuple[str, str]:
    body = "\n".join(statements)
    return _PREFIX + name, f"CREATE TRIGGER {_PREFIX}{name} {when}\nBEGIN\n{body}\nEND"


def _upsert(source: Source, table: Table, side: str) -> str:
    """Add what a row of ``table`` gives ("new"), or take off what it gave ("old")."""

    def as_seen(element: Any, **_options: Any) -> Any:
        if isinstance(element, Column) and element.table is table:
            return literal_column(f"{side}.{element.name}", element.type)
        return None

    def seen(part: ColumnElement[Any]) -> ColumnElement[Any]:
        changed: ColumnElement[Any] = visitors.replacement_traverse(part, {}, as_seen)
        return changed

    figures = [seen(figure) for figure in source.figures.values()]
    query = select(
        *(seen(part) for part in source.key().values()),
        *(figures if side == "new" else [-figure for figure in figures]),
    ).where(*(seen(condition) for condition in source.conditions()))
    dialect = sqlite_dialect.dialect()
    words = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return _added("day_count", DAY_KEY, tuple(source.figures), words)


def _added(table: str, key: tuple[str, ...], figures: tuple[str, ...], query: str) -> str:
    sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in figures)
    return (
        f"INSERT INTO {table} ({', '.join((*key, *figures))})\n{query}\n"
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sums};"
    )

"""What is said to SQLite in its own words: rows as JSON, lists of ids, its own tables, checks.

Everything else in the program speaks through SQLAlchemy, so that another database needs a module
like this one and no change elsewhere. (How a file is opened, copied and kept is in ``engine`` and
``backup``: a server's database isn't a file at all.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

#: ``id IN`` this, with :func:`listed` ids as the one parameter, whatever their number.
LISTED = "(SELECT value FROM json_each(?))"
#: The cache of a check, in kilobytes: with too small a one, looking up every entry of an index in
#: its table reads a large file many times over.
CHECK_CACHE = 200_000


def run(db: Connection, sql: str, parameters: tuple[Any, ...] = ()) -> Sequence[Any]:
    """Run SQL as it stands, past the column types; the rows when it gives any."""
    result = db.exec_driver_sql(sql, parameters)
    return result.all() if result.returns_rows else []


def listed(ids: Sequence[int]) -> tuple[str]:
    """The parameters for a statement that names ``ids`` by :data:`LISTED`."""
    return (json.dumps(list(ids)),)


# -- rows as they are stored -----------------------------------------------------------------------


def rows_as_json(
    db: Connection, name: str, columns: Sequence[str], ids: Sequence[int]
) -> list[tuple[int, str]]:
    """(id, JSON object of ``columns`` as stored) of the rows ``ids`` that exist, in that order."""
    pairs = ", ".join(f"'{column}', t.\"{column}\"" for column in columns)
    return [
        (row[0], row[1])
        for row in run(
            db,
            f"SELECT t.id, json_object({pairs}) FROM json_each(?) AS asked"
            f' CROSS JOIN "{name}" AS t ON t.id = asked.value ORDER BY asked.key',
            listed(ids),
        )
    ]


def insert_stored(
    db: Connection, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Add rows whose values are as they were stored."""
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join("?" for _column in columns)
    db.exec_driver_sql(f'INSERT INTO "{name}" ({names}) VALUES ({places})', list(rows))


def update_stored(
    db: Connection,
    name: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    versioned: bool,
) -> None:
    """Set ``columns`` to values as they were stored; each row ends in its id."""
    parts = [f'"{column}" = ?' for column in columns]
    if versioned:
        parts.append("version = version + 1")
    db.exec_driver_sql(f'UPDATE "{name}" SET {", ".join(parts)} WHERE id = ?', list(rows))


def delete(db: Connection, name: str, ids: Sequence[int]) -> None:
    """Delete the rows ``ids``, however many."""
    if ids:
        run(db, f'DELETE FROM "{name}" WHERE id IN {LISTED}', listed(ids))


def bump_versions(db: Connection, name: str, ids: Sequence[int]) -> None:
    """Note an edit of the rows ``ids``."""
    run(db, f'UPDATE "{name}" SET version = version + 1 WHERE id IN {LISTED}', listed(ids))


def next_id(db: Connection, name: str) -> int:
    """The id the next new row gets; ids are never used again (AUTOINCREMENT)."""
    used = run(db, "SELECT seq FROM sqlite_sequence WHERE name = ?", (name,))
    return int(used[0][0]) + 1 if used else 1


# -- rows that name others -------------------------------------------------------------------------


def defer_references(db: Connection) -> None:
    """Let rows go away and come back in any order until the transaction ends."""
    run(db, "PRAGMA defer_foreign_keys = ON")


def first_naming(db: Connection, name: str, column: str, ids: Sequence[int]) -> int | None:
    """The first row of table ``name`` whose ``column`` names one of ``ids``."""
    rows = run(
        db,
        f'SELECT id FROM "{name}" WHERE "{column}" IN {LISTED} ORDER BY id LIMIT 1',
        listed(ids),
    )
    return int(rows[0][0]) if rows else None


def first_missing(db: Connection, name: str, ids: Sequence[int]) -> int | None:
    """The first of ``ids`` that table ``name`` has no row of."""
    rows = run(
        db,
        "SELECT value FROM json_each(?) WHERE value NOT IN"
        f' (SELECT id FROM "{name}" WHERE id IN {LISTED}) ORDER BY value LIMIT 1',
        listed(ids) * 2,
    )
    return int(rows[0][0]) if rows else None


def first_same(
    db: Connection, name: str, columns: Sequence[str], values: Sequence[Any], row_id: int
) -> int | None:
    """Another row than ``row_id`` that holds ``values``, as stored, in ``columns``."""
    where = " AND ".join(f'"{column}" = ?' for column in columns)
    rows = run(
        db,
        f'SELECT id FROM "{name}" WHERE {where} AND id <> ? ORDER BY id LIMIT 1',
        (*values, row_id),
    )
    return int(rows[0][0]) if rows else None


def unique_columns(cause: str, name: str) -> list[str]:
    """The columns of table ``name`` that the database's sentence ``cause`` says must be unique."""
    marker = f"{name}."
    return [part.split(marker)[-1].strip() for part in cause.split(":")[-1].split(",")]


def recorded_keys(
    db: Connection, name: str, column: str, after_id: int, keys: Sequence[int]
) -> list[tuple[int, int]]:
    """(history id, key) of what was recorded after the history's ``after_id``.

    That is of rows of table ``name`` whose ``column`` held one of ``keys`` before or after.
    """
    parts = " UNION ".join(
        f"SELECT history_id, json_extract({image}, ?) AS key FROM history_row"
        f" WHERE history_id > ? AND table_name = ? AND json_extract({image}, ?) IN {LISTED}"
        for image in ("before", "after")
    )
    path = f"$.{column}"
    parameters = (path, after_id, name, path, *listed(keys))
    return [(row[0], row[1]) for row in run(db, parts, parameters * 2)]


# -- the file as a whole ---------------------------------------------------------------------------


def damages(db: Connection, most: int) -> list[str]:
    """What SQLite finds wrong with its own pages and indexes, at most ``most`` sentences."""
    usual = db.exec_driver_sql("PRAGMA cache_size").scalar_one()
    db.exec_driver_sql(f"PRAGMA cache_size = -{CHECK_CACHE}")
    said = db.exec_driver_sql(f"PRAGMA integrity_check({most})").scalars().all()
    db.exec_driver_sql(f"PRAGMA cache_size = {usual}")
    return [str(words).strip() for words in said if words != "ok"]


def broken_references(db: Connection) -> list[tuple[str, int, str]]:
    """(table, id, parent table) of each row that names one which isn't there."""
    return [(row[0], row[1], row[2]) for row in run(db, "PRAGMA foreign_key_check")]


def index_names(db: Connection) -> set[str]:
    """The names of the indexes that exist."""
    return {row[0] for row in run(db, "SELECT name FROM sqlite_master WHERE type = 'index'")}


@contextmanager
def without_indexes(db: Connection, names: Sequence[str]) -> Iterator[None]:
    """Take the indexes of the tables ``names`` away, and make them again when the block ends.

    An index made of all rows at once is sorted and written once; one that follows two million
    rows in random order writes its pages again and again.
    """
    indexes = run(
        db,
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        f" AND tbl_name IN {LISTED} ORDER BY name",
        (json.dumps(list(names)),),
    )
    for name, _sql in indexes:
        db.exec_driver_sql(f'DROP INDEX "{name}"')
    yield
    for _name, sql in indexes:
        db.exec_driver_sql(sql)


def insert_fast(
    db: Connection, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Add rows through the driver's own cursor: for millions, in its own form already."""
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join("?" * len(columns))
    driver: Any = db.connection.driver_connection
    driver.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({places})', rows)

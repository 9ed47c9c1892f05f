"""What is said to SQLite in its own words: rows as JSON, lists of ids, its own tables, checks.

Everything else in the program speaks through SQLAlchemy, so that another database needs a module
like this one and no change elsewhere. (How a file is opened, copied and kept is in ``engine`` and
``backup``: a server's database isn't a file at all.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import chain
from typing import Any

import sqlcipher3
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

#: ``id IN`` this, with :func:`listed` ids as the one parameter, whatever their number.
LISTED = "(SELECT value FROM json_each(?))"
#: The cache of a check, in kilobytes: with too small a one, looking up every entry of an index in
#: its table reads a large file many times over.
CHECK_CACHE = 200_000
#: Steps that looking at one page and its entries takes: 1,200 to 1,300, whatever the office's size.
_STEPS_OF_A_PAGE = 1_250
#: Steps between two reports.
_STEPS_HEARD = 5_000


def run(db: Connection, sql: str, parameters: tuple[Any, ...] = ()) -> Sequence[Any]:
    """Run SQL as it stands, past the column types; the rows when it gives any."""
    result = db.exec_driver_sql(sql, parameters)
    return result.all() if result.returns_rows else []


def each(db: Connection, sql: str, parameters: tuple[Any, ...]) -> Iterator[Any]:
    """As :func:`run`, row by row as they come: for millions of them."""
    driver: Any = db.connection.driver_connection
    yield from driver.execute(sql, parameters)


def listed(ids: Sequence[int]) -> tuple[str]:
    """The parameters for a statement that names ``ids`` by :data:`LISTED`."""
    return (json.dumps(list(ids)),)


def changes_seen(db: Connection) -> tuple[int, int]:
    """What differs once somebody has written: by another connection, and by this one itself.

    Within a transaction that reads, of the state which it reads.
    """
    driver: Any = db.connection.driver_connection
    return int(driver.execute("PRAGMA data_version").fetchone()[0]), int(driver.total_changes)


# -- rows as they are stored -----------------------------------------------------------------------


def rows_as_json(
    db: Connection, name: str, columns: Sequence[str], ids: Sequence[int]
) -> list[tuple[int, str]]:
    """(id, JSON object of ``columns`` as stored) of the rows ``ids`` that exist, in that order."""
    return [
        (row[0], row[1])
        for row in run(
            db,
            f"SELECT t.id, {_json_object(columns)} {_LISTED_ROWS.format(name)}",
            listed(ids),
        )
    ]


def record_new(
    db: Connection, name: str, columns: Sequence[str], history_id: int, ids: Sequence[int],
    *, hand_back: bool,
) -> list[tuple[int, str]]:  # fmt: skip
    """Add to ``history_row`` that the rows ``ids`` came, as they stand now, in that order.

    In one statement of the database: 20,000 rows needn't be read, kept and handed back. Of few
    rows, with ``hand_back``, it gives what it wrote as (id, image). PostgreSQL does the same with
    ``to_jsonb``, ``unnest(...) WITH ORDINALITY`` and its own RETURNING.
    """
    returning = " RETURNING row_id, after" if hand_back else ""
    result = run(
        db,
        "INSERT INTO history_row (history_id, table_name, row_id, before, after)"
        f" SELECT ?, ?, t.id, NULL, {_json_object(columns)} {_LISTED_ROWS.format(name)}"
        f"{returning}",
        (history_id, name, *listed(ids)),
    )
    return [(row_id, after) for row_id, after in result] if hand_back else []


#: The rows of a table, as t, whose ids are handed over as one JSON value, in that order.
_LISTED_ROWS = (
    'FROM json_each(?) AS asked CROSS JOIN "{}" AS t ON t.id = asked.value ORDER BY asked.key'
)


def _json_object(columns: Sequence[str]) -> str:
    pairs = ", ".join(f"'{column}', t.\"{column}\"" for column in columns)
    return f"json_object({pairs})"


def insert_stored(
    db: Connection, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Add rows whose values are as they were stored; many of them by each statement.

    A full-text index kept by triggers is written out at the end of every statement that it is
    changed in: row by row, 10,000 rows of it cost seconds.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    places = f"({', '.join('?' * len(columns))})"
    at_once = _most_values() // len(columns)
    for first in range(0, len(rows), at_once):
        part = rows[first : first + at_once]
        db.exec_driver_sql(
            f'INSERT INTO "{name}" ({names}) VALUES {", ".join([places] * len(part))}',
            tuple(chain.from_iterable(part)),
        )


@cache
def _most_values() -> int:
    """How many values one statement may be given: SQLite's own limit, or as it was built."""
    with closing(sqlcipher3.dbapi2.connect(":memory:")) as driver:
        built = dict(
            option.partition("=")[::2] for (option,) in driver.execute("PRAGMA compile_options")
        )
    return int(built.get("MAX_VARIABLE_NUMBER", 32_766))


def insert_rows(db: Connection, into: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Add rows by their columns, each with the values of all rows as Python has them.

    What ``insert(into)`` with a list does, without making a dictionary of each row three times;
    another database leaves it to SQLAlchemy, which has a fast way of its own there.
    """
    stored = list(columns.values())
    for place, name in enumerate(columns):
        column = into.c[name]
        convert = column.type.dialect_impl(db.dialect).bind_processor(db.dialect)
        if convert is not None:
            known = {value: convert(value) for value in set(stored[place])}
            stored[place] = [known[value] for value in stored[place]]
    insert_stored(db, into.name, list(columns), list(zip(*stored, strict=True)))


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


def recorded_ids(db: Connection, name: str, ids: Sequence[int]) -> set[int]:
    """Which of the rows ``ids`` of table ``name`` the history knows."""
    rows = run(
        db,
        f"SELECT row_id FROM history_row WHERE table_name = ? AND row_id IN {LISTED}",
        (name, *listed(ids)),
    )
    return {row[0] for row in rows}


# -- the file as a whole ---------------------------------------------------------------------------


def damages(db: Connection, most: int, progress: Callable[[float], None]) -> list[str]:
    """What SQLite finds wrong with its own pages and indexes, at most ``most`` sentences.

    ``progress`` hears what part of it is done, from 0 to 1; what it raises ends the look.
    """
    usual = db.exec_driver_sql("PRAGMA cache_size").scalar_one()
    db.exec_driver_sql(f"PRAGMA cache_size = -{CHECK_CACHE}")
    try:
        with _heard_of(db, progress):
            said = db.exec_driver_sql(f"PRAGMA integrity_check({most})").scalars().all()
    finally:
        db.exec_driver_sql(f"PRAGMA cache_size = {usual}")
    return [str(words).strip() for words in said if words != "ok"]


@contextmanager
def _heard_of(db: Connection, progress: Callable[[float], None]) -> Iterator[None]:
    """Tell ``progress`` what part of a look at the pages is done, by SQLite's own steps.

    How many these will be isn't known: about as many for each page, whatever stands on them.
    """
    pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    times, raised = 0, None

    def hear() -> int:
        nonlocal times, raised
        times += 1
        try:
            progress(min(times * _STEPS_HEARD / (_STEPS_OF_A_PAGE * pages), 1.0))
        except BaseException as error:  # noqa: BLE001 - raised again below, past the driver
            raised = error
        return raised is not None

    driver: Any = db.connection.driver_connection
    driver.set_progress_handler(hear, _STEPS_HEARD)
    try:
        yield
    except DBAPIError:
        if raised is None:
            raise
    finally:
        driver.set_progress_handler(None, 0)
    if raised is not None:
        raise raised


def first_damage(db: Connection) -> str | None:
    """What SQLite finds wrong first, its indexes left out: a quarter of a whole look's time."""
    said = str(db.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return None if said == "ok" else said.strip()


def broken_references(db: Connection) -> list[tuple[str, int, str]]:
    """(table, id, parent table) of each row that names one which isn't there."""
    return [(row[0], row[1], row[2]) for row in run(db, "PRAGMA foreign_key_check")]


def column_kinds(db: Connection, name: str) -> dict[str, str]:
    """The columns that table ``name`` has in the file and their types; none without the table."""
    rows = db.exec_driver_sql(
        f"SELECT CAST(name AS BLOB), CAST(type AS BLOB) FROM pragma_table_info('{name}')"
    )
    return {row[0].decode("utf-8", "replace"): row[1].decode("utf-8", "replace") for row in rows}


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

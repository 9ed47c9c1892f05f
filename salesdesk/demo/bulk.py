"""Fills a new office with millions of rows: chunks of tuples, indexes made when all is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table

#: Rows kept before they are written.
CHUNK = 20_000


@contextmanager
def without_indexes(db: Connection, *tables: Table) -> Iterator[None]:
    """Take the tables' indexes away and make them again when the block ends, as they were.

    An index made of all rows at once is sorted and written once; one that follows two million
    rows in random order writes its pages again and again.
    """
    names = ", ".join(f"'{table.name}'" for table in tables)
    found = db.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        f" AND tbl_name IN ({names}) ORDER BY name"
    ).all()
    for name, _sql in found:
        db.exec_driver_sql(f'DROP INDEX "{name}"')
    yield
    for _name, sql in found:
        db.exec_driver_sql(sql)


class Pile:
    """Rows of one table on their way into it, as stored: dates are texts, amounts cents.

    Fill :attr:`rows` and call :meth:`sink` now and then, and :meth:`flush` at the end.
    """

    def __init__(self, db: Connection, table: Table, columns: Sequence[str]) -> None:
        missing = set(columns) - set(table.c.keys())
        if missing:
            raise ValueError(f"{table.name} has no {missing}")
        self.rows: list[tuple[Any, ...]] = []
        self.written = 0
        self._db = db
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join("?" * len(columns))
        self._sql = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'

    def sink(self) -> None:
        """Write the rows once there are many."""
        if len(self.rows) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write the rows."""
        if self.rows:
            # The driver's cursor, since the rows are in its own form already.
            driver: Any = self._db.connection.driver_connection
            driver.executemany(self._sql, self.rows)
            self.written += len(self.rows)
            self.rows.clear()

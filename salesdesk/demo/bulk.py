"""Fills a new office with millions of rows: chunks of tuples, indexes made when all is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table

from salesdesk.storage import sqlite

#: Rows kept before they are written.
CHUNK = 20_000


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
        self._name, self._columns = table.name, columns

    def sink(self) -> None:
        """Write the rows once there are many."""
        if len(self.rows) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write the rows."""
        if self.rows:
            sqlite.insert_fast(self._db, self._name, self._columns, self.rows)
            self.written += len(self.rows)
            self.rows.clear()

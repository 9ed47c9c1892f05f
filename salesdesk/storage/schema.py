"""What all tables of an office share: the metadata and the column kinds.

Each room declares its own tables in its ``tables`` module on :data:`metadata`. Every row has an
integer ``id`` that is never used again after a deletion, so that the history of a row stays its
own; rows that people edit carry a ``version`` that grows with each edit.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    cast,
    func,
    text,
)
from sqlalchemy.schema import SchemaItem

import salesdesk

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Marks (in ``Table.info``) a table that only repeats what the rows of others say: nobody writes
#: its rows, and no history tells of them.
DERIVED = "derived"

# SQLite gives an autoincremented key only to a column typed INTEGER.
Cents = BigInteger().with_variant(Integer, "sqlite")


def table(name: str, *items: SchemaItem, edited: bool = True) -> Table:
    """A table with an ``id`` and, where people edit its rows (``edited``), a ``version``."""
    columns: list[SchemaItem] = [Column("id", Integer, primary_key=True), *items]
    if edited:
        columns.append(Column("version", Integer, nullable=False, server_default=text("1")))
    return Table(name, metadata, *columns, sqlite_autoincrement=True)


def reference(name: str, target: str, **options: Any) -> Column[int]:
    """A column that names a row of table ``target`` (its ``id``); nothing is deleted silently."""
    options.setdefault("nullable", False)
    return Column(name, Integer, ForeignKey(f"{target}.id"), **options)


def whole_sum(values: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of whole numbers (cents, pieces) as a whole number; NULL where there are none.

    Other databases widen such a sum to a decimal, which would make figures of another type of it.
    """
    return cast(func.sum(values), BigInteger)


def all_tables(*, derived: bool = False) -> dict[str, Table]:
    """The tables of every room by name, whichever rooms have been imported so far.

    Without those that only repeat what others say (:data:`DERIVED`), unless ``derived``.
    """
    load_from_rooms("tables")
    load_from_rooms("record_kinds")
    if derived:
        from salesdesk.storage import day_counts, row_sums  # noqa: F401  # declare their tables
    return {
        name: one for name, one in metadata.tables.items() if derived or DERIVED not in one.info
    }


@cache
def load_from_rooms(module: str) -> None:
    """Import the module of this name of every room that has one.

    Storage knows no room by name; what rooms declare for it (``tables``,
    ``record_kinds``, ``undo_rules``, ``day_counts``) it finds by this convention.
    """
    for room in pkgutil.iter_modules(salesdesk.__path__):
        name = f"salesdesk.{room.name}.{module}"
        if room.ispkg and room.name != "storage" and find_spec(name) is not None:
            import_module(name)

"""All rows of an office, to compare what stands before and after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from salesdesk.storage import day_counts, search_index
from salesdesk.workspace import Workspace

#: Tables that tell of changes rather than being changed by people.
ABOUT_CHANGES = frozenset(
    {"history", "history_row", "row_sum", "alembic_version", "sqlite_sequence"}
)

#: The last columns of day counts; those before them say what they are of.
FIGURES = len(day_counts.FIGURES)

Rows = dict[str, dict[Any, dict[str, Any]]]


def all_rows(workspace: Workspace) -> Rows:
    """Every row by table and id as stored, without its version, which only ever grows.

    Day counts have no id and stand under what they are of.
    """
    return workspace.read(_read)


def _read(db: Connection) -> Rows:
    names = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
    found: Rows = {}
    indexes = tuple(search_index.name_of(column) for column in search_index.searched_columns())
    for name in names.all():
        if name in ABOUT_CHANGES or name.startswith(indexes):
            continue
        rows = db.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()
        found[name] = {
            row["id"] if "id" in row else tuple(row.values())[:-FIGURES]: {
                k: v for k, v in row.items() if k != "version"
            }
            for row in rows
        }
    return found

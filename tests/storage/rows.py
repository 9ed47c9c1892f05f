"""All rows of an office, to compare what stands before and after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from salesdesk.workspace import Workspace

#: Tables that tell of changes rather than being changed by people.
ABOUT_CHANGES = frozenset({"history", "history_row", "alembic_version", "sqlite_sequence"})

Rows = dict[str, dict[int, dict[str, Any]]]


def all_rows(workspace: Workspace) -> Rows:
    """Every row by table and id as stored, without its version, which only ever grows."""
    return workspace.read(_read)


def _read(db: Connection) -> Rows:
    names = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
    found: Rows = {}
    for name in names.all():
        if name in ABOUT_CHANGES:
            continue
        rows = db.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()
        found[name] = {row["id"]: {k: v for k, v in row.items() if k != "version"} for row in rows}
    return found

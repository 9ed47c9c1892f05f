"""What undo must know of records: it keeps what their writers keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.office import months, rights
from salesdesk.records.kinds import Kind
from salesdesk.records.records import month_of, stored_values
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.storage.undo_rules import RowChange, derived, guarded


def keep_rules(kind: Kind) -> None:
    """Let an undo of a kind's records ask for the rights, open months and rule of its writers."""

    @guarded(kind.table)
    def guard(change: Change, rows: Sequence[RowChange]) -> None:
        for row in rows:
            for person_id in row.values(kind.owner) if kind.owner else (None,):
                rights.need(change, kind.may_write, person_id)
            if kind.day:
                days = sorted(row.values(kind.day))
                months.need_open(change, *(date.fromisoformat(day) for day in days))
            if kind.check is not None and row.after is not None:
                kind.check(change, stored_values(change.connection, kind, row.id), row.id)

    if kind.day and "month" in kind.table.c:

        @derived(kind.table, "month")
        def month(db: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
            columns = kind.table.c
            rows = db.execute(
                select(columns.id, columns[kind.day].label("day")).where(among(columns.id, ids))
            )
            return {row.id: {"month": month_of(row.day)} for row in rows}

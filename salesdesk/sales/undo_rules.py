"""What undo must know of sales: what is dated in a closed month stays as it was reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from salesdesk.office.months import need_open
from salesdesk.sales.tables import deal, payment
from salesdesk.storage.history import Change
from salesdesk.storage.undo_rules import RowChange, guarded

_DATED = ("subscribed_on", "contracted_on", "cancelled_on", "paid_on")
#: Columns that say nothing a report counts.
_WORDS = frozenset({"note", "version"})


@guarded(deal, payment)
def guard_closed_months(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter what a closed month's figures are made of."""
    for row in rows:
        before, after = row.before or {}, row.after or {}
        altered = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if altered - _WORDS:
            days = {day for column in _DATED for day in row.values(column)}
            need_open(change, *(date.fromisoformat(day) for day in sorted(days)))

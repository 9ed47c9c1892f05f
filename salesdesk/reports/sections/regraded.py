"""Customers whose grade changed in the period, as the history recorded it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select

from salesdesk.customers.tables import customer
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.storage.images import opened
from salesdesk.storage.trail import history, history_row
from salesdesk.text import _, mark


@dataclass(frozen=True, slots=True)
class Regraded:
    """How many customers went from one grade to another; "" is no grade."""

    before: str
    after: str
    count: int


def read(reading: Reading) -> list[Regraded]:
    """What changed from the period's start to its end; there and back again is no change.

    Whose a customer is, is said by the owner after the last of these changes.
    """
    rows = reading.db.execute(
        select(history_row.c.row_id, history_row.c.before, history_row.c.after)
        .join(history, history.c.id == history_row.c.history_id)
        .where(
            history_row.c.table_name == customer.name,
            history.c.at >= datetime.combine(reading.period.start, time.min),
            history.c.at < datetime.combine(reading.until, time.min),
            history_row.c.before.is_not(None),
            history_row.c.after.is_not(None),
        )
        .order_by(history_row.c.id)
    )
    first: dict[int, str] = {}
    last: dict[int, tuple[str, int | None]] = {}
    for customer_id, before, after in rows:
        was, became = opened(before), opened(after)
        # An image may hold only the columns that changed.
        if "grade" not in was or "grade" not in became or was["grade"] == became["grade"]:
            continue
        first.setdefault(customer_id, was["grade"])
        last[customer_id] = (became["grade"], became.get("owner_id"))
    counts = Counter(
        (before, last[customer_id][0])
        for customer_id, before in first.items()
        if last[customer_id][0] != before and reading.within(last[customer_id][1])
    )
    return [
        Regraded(before, after, count)
        for (before, after), count in sorted(
            counts.items(), key=lambda item: (item[0][0] or "Z", item[0][1] or "Z")
        )
    ]


def _lay_out(rows: Sequence[Regraded], _facts: Facts) -> Content:
    columns = [
        Column(_("Grade before"), 1, "left"),
        Column(_("Grade after"), 1, "left"),
        Column(_("Customers"), 1),
    ]
    cells: list[list[Cell | str]] = [
        [row.before or _("None"), row.after or _("None"), count_cell(row.count)] for row in rows
    ]
    return Content([Table(columns, cells)])


def _as_json(rows: Sequence[Regraded], _facts: Facts) -> object:
    return [{"before": row.before, "after": row.after, "count": row.count} for row in rows]


REGRADED = SectionKind("regraded", mark("Regraded customers"), read, _lay_out, _as_json)

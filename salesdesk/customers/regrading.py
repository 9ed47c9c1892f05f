"""Customers whose grade changed in a stretch of days, as the history recorded it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, select

from salesdesk.customers.tables import customer
from salesdesk.storage.images import opened
from salesdesk.storage.trail import history, history_row


@dataclass(frozen=True, slots=True)
class Regraded:
    """How many customers went from one grade to another; "" is no grade."""

    before: str
    after: str
    count: int


def regraded(
    db: Connection, start: date, end: date, within: Callable[[int | None], bool]
) -> list[Regraded]:
    """What changed in ``start <= day < end``; there and back again is no change.

    ``within`` says of an owner's id (None: nobody's) whether their customers count. Whose a
    customer is, is said by the owner after the last of these changes.
    """
    rows = db.execute(
        select(history_row.c.row_id, history_row.c.before, history_row.c.after)
        .join(history, history.c.id == history_row.c.history_id)
        .where(
            history_row.c.table_name == customer.name,
            history.c.at >= datetime.combine(start, time.min),
            history.c.at < datetime.combine(end, time.min),
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
        if last[customer_id][0] != before and within(last[customer_id][1])
    )
    return [
        Regraded(before, after, count)
        for (before, after), count in sorted(
            counts.items(), key=lambda item: (item[0][0] or "Z", item[0][1] or "Z")
        )
    ]

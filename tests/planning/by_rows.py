"""The actuals by the rows themselves: how they were reckoned before there were day counts.

What the program reads from day counts must be this to the last cent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    literal,
    null,
    select,
)

from salesdesk.customers.closings import CLOSED
from salesdesk.customers.kinds import WALK_INS
from salesdesk.customers.tables import activity, customer
from salesdesk.office import settings
from salesdesk.office.measures import Measure
from salesdesk.planning.actuals import Key
from salesdesk.planning.tables import hand_count
from salesdesk.sales.tables import deal, deal_share, payment, payment_share
from salesdesk.storage.schema import whole_sum

#: How time is cut: not at all, by months (int 202611) or by days.
Bucket = Literal["none", "month", "day"]
#: Which activities each measure counts: by kind, and whether the customer had walked in before.
_FIRST, _REPEATED = (False,), (True,)
_BOTH = _FIRST + _REPEATED
_ACTIVITIES: Mapping[str, tuple[Collection[str], tuple[bool, ...]]] = {
    "calls": (("call", "effective_call"), _BOTH),
    "effective_calls": (("effective_call",), _BOTH),
    "visits": (("visit",), _BOTH),
    "calls_received": (("call_received",), _BOTH),
    "walk_ins": (WALK_INS, _BOTH),
    "first_walk_ins": (WALK_INS, _FIRST),
    "repeat_walk_ins": (WALK_INS, _REPEATED),
    "invited_walk_ins": (("invited_walk_in",), _BOTH),
}
_ZERO: ColumnElement[Any] = literal(0)
_NOTHING: ColumnElement[Any] = null()
_DEAL_SUMS = ("amount", "units", "profit", "commission")


#: bucket, person, product, value
_Row = tuple[Any, int | None, int | None, int]
_Add = Callable[[str, Iterable[_Row]], None]


def actuals(
    db: Connection,
    measures: Iterable[Measure],
    start: date,
    end: date,
    *,
    bucket: Bucket = "none",
    by_product: bool = False,
) -> dict[Key, int]:
    """The actuals of ``start <= day < end``, in each measure's smallest step, zero ones left out.

    Activities and customers belong to no product: with ``by_product`` their product is None.
    """
    query = _Query(db, start, end, bucket, by_product)
    wanted: dict[str, list[Measure]] = {}
    for measure in measures:
        wanted.setdefault(measure.counts, []).append(measure)
    found: dict[Key, int] = {}

    def add(counts: str, rows: Iterable[_Row]) -> None:
        for measure in wanted.get(counts, []):
            for at, person_id, product_id, value in rows:
                key = Key(measure.id, at, person_id, product_id)
                found[key] = found.get(key, 0) + value

    _add_deals(query, wanted.keys(), add)
    if _ACTIVITIES.keys() & wanted.keys():
        rows = query.activities()
        for counts, (logged, repeated) in _ACTIVITIES.items():
            add(
                counts,
                [row[2:] for row in rows if row[0] in logged and row[1] in repeated],
            )
    if {"new_customers", "potential_customers"} & wanted.keys():
        registered = query.customers()
        add("new_customers", [row[1:] for row in registered])
        add("potential_customers", [row[1:] for row in registered if row[0] == "potential"])
    for measure in wanted.get("hand", []):
        for at, person_id, product_id, value in query.hand_counts(measure.id):
            key = Key(measure.id, at, person_id, product_id)
            found[key] = found.get(key, 0) + value
    return {key: value for key, value in found.items() if value}


def _add_deals(query: _Query, wanted: Iterable[str], add: _Add) -> None:
    counts = set(wanted)
    basis = query.settings.basis
    sums = counts & set(_DEAL_SUMS)
    if basis == "collection":
        sums.discard("amount")
    based_on = "subscribed" if basis == "subscription" else "contracted"
    for stage, number_of in (("subscribed", "subscriptions"), ("contracted", "contracts")):
        summed = sums if stage == based_on else set()
        if not summed and number_of not in counts:
            continue
        for sign, row in query.deals(stage):
            amount, profit, commission, quantity, deals = (sign * (value or 0) for value in row[3:])
            values = {
                "amount": amount,
                "profit": profit,
                "commission": commission,
                "units": quantity,
            }
            for name in summed:
                add(name, [(row[0], row[1], row[2], values[name])])
            add(number_of, [(row[0], row[1], row[2], deals)])
    if "collections" in counts or (basis == "collection" and "amount" in counts):
        rows = query.payments()
        add("collections", rows)
        if basis == "collection":
            add("amount", rows)


class _Query:
    """The grouped queries of one stretch of time."""

    def __init__(
        self, db: Connection, start: date, end: date, bucket: Bucket, by_product: bool
    ) -> None:
        self.db = db
        self.settings = settings.read(db)
        self.start, self.end = start, end
        self.bucket, self.by_product = bucket, by_product
        last = date.fromordinal(end.toordinal() - 1)
        self.first_month = start.year * 100 + start.month
        self.last_month = last.year * 100 + last.month
        # Whole months need no look at the day itself.
        self.whole_months = start.day == 1 and end.day == 1

    def deals(self, stage: str) -> list[tuple[int, Sequence[Any]]]:
        """(sign, row) of deals credited by a stage's date, and of those taken off again."""
        on, month = deal.c[f"{stage}_on"], deal.c[f"{stage}_month"]
        if self.settings.cancellations == "original_month":
            kept = deal.c.cancelled_on.is_(None)
            return [(1, row) for row in self._deals(on, month, kept)]
        taken_off = self._deals(deal.c.cancelled_on, deal.c.cancelled_month, on.is_not(None))
        return [(1, row) for row in self._deals(on, month)] + [(-1, row) for row in taken_off]

    def _deals(
        self, on: ColumnElement[Any], month: ColumnElement[Any], *conditions: ColumnElement[bool]
    ) -> Sequence[Any]:
        sums = [
            whole_sum(deal_share.c.amount),
            # Nothing where the cost isn't known: such a deal brings no profit that can be told.
            whole_sum(deal_share.c.amount - deal_share.c.cost),
            whole_sum(deal_share.c.commission),
            whole_sum(deal_share.c.quantity),
            whole_sum(deal_share.c.deals),
        ]
        return self._grouped(
            deal.join(deal_share, deal_share.c.deal_id == deal.c.id),
            on,
            month,
            deal_share.c.person_id,
            deal.c.product_id,
            sums,
            conditions,
        )

    def payments(self) -> list[_Row]:
        """Credited parts of payments received."""
        source = payment.join(payment_share, payment_share.c.payment_id == payment.c.id)
        if self.by_product:
            source = source.join(deal, deal.c.id == payment.c.deal_id)
        rows = self._grouped(
            source,
            payment.c.paid_on,
            payment.c.paid_month,
            payment_share.c.person_id,
            deal.c.product_id,
            [whole_sum(payment_share.c.amount)],
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def activities(self) -> list[tuple[str, bool, Any, int | None, int | None, int]]:
        """(kind, repeated, bucket, person, None, count) of every kind, read from the index alone.

        To leave kinds out here would take longer than to count them.
        """
        at = self._at(activity.c.day, activity.c.month)
        rows = self.db.execute(
            select(activity.c.kind, activity.c.repeated, at, activity.c.person_id, func.count())
            .where(self._within(activity.c.day, activity.c.month))
            .group_by(
                *self._by_index(at, activity.c.person_id, activity.c.kind), activity.c.repeated
            )
        )
        return [(row[0], row[1], row[2], row[3], None, row[4]) for row in rows]

    def customers(self) -> list[tuple[str, Any, int | None, int | None, int]]:
        """(state, bucket, owner, None, count) of customers registered.

        The state is the one before a contract closed them: it takes nobody out of the month in
        which they were won.
        """
        at = self._at(customer.c.registered_on, customer.c.registered_month)
        by = (customer.c.owner_id, customer.c.state, customer.c.state_before)
        rows = self.db.execute(
            select(customer.c.state, customer.c.state_before, at, customer.c.owner_id, func.count())
            .where(self._within(customer.c.registered_on, customer.c.registered_month))
            .group_by(*self._by_index(at, *by))
        )
        return [
            (row[1] if row[0] == CLOSED and row[1] else row[0], row[2], row[3], None, row[4])
            for row in rows
        ]

    def hand_counts(self, measure_id: int) -> list[_Row]:
        """What was entered by hand for one measure."""
        rows = self._grouped(
            hand_count,
            hand_count.c.day,
            hand_count.c.month,
            hand_count.c.person_id,
            hand_count.c.product_id,
            [whole_sum(hand_count.c.value)],
            (hand_count.c.measure_id == measure_id,),
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def _grouped(
        self,
        source: Any,
        on: ColumnElement[Any],
        month: ColumnElement[Any],
        person_id: ColumnElement[Any],
        product_id: ColumnElement[Any],
        sums: Sequence[ColumnElement[Any]],
        conditions: Sequence[ColumnElement[bool]] = (),
    ) -> Sequence[Any]:
        at = self._at(on, month)
        groups = [*self._group(at), person_id]
        shown: ColumnElement[Any] = _NOTHING
        if self.by_product:
            shown = product_id
            groups.append(product_id)
        return self.db.execute(
            select(at, person_id, shown, *sums)
            .select_from(source)
            .where(self._within(on, month), *conditions)
            .group_by(*groups)
        ).all()

    def _at(self, on: ColumnElement[Any], month: ColumnElement[Any]) -> ColumnElement[Any]:
        if self.bucket == "month":
            return month
        return on if self.bucket == "day" else _ZERO

    def _by_index(
        self, at: ColumnElement[Any], *columns: ColumnElement[Any]
    ) -> list[ColumnElement[Any]]:
        """Groups in the order of an index that begins with the month: nothing is sorted then."""
        return [*columns, at] if self.bucket == "day" else [*self._group(at), *columns]

    def _group(self, at: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        return [] if self.bucket == "none" else [at]

    def _within(self, on: ColumnElement[Any], month: ColumnElement[Any]) -> ColumnElement[bool]:
        if self.first_month == self.last_month:
            in_months = month == self.first_month
        else:
            in_months = month.between(self.first_month, self.last_month)
        if self.whole_months:
            return in_months
        return and_(in_months, on >= self.start, on < self.end)

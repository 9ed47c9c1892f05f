"""Actuals: what was really achieved, by measure, person, product and time.

Read from the day counts (``storage/day_counts``), which hold what the rows add up to by day and by
month: no figure costs by how much was done. Deals are credited by share (``deal_share``,
``payment_share``), never twice.

How each measure counts:

- amount, units, profit, commission: on the deal's subscription or contract date, as the office's
  basis says. On the basis "collection" the amount is what was paid; the other three, which a
  payment doesn't carry, count on the contract date. A deal of unknown cost has no profit.
- subscriptions, contracts: deals by that date; collections: payments by the day received.
- calls, visits, calls received, walk-ins: activities by their day, answered or not. Walk-ins are
  those invited and those not; the first of a customer is told from repeated ones.
- A cancelled deal is taken off in the month it was cancelled, or, if the office so chooses, never
  counted in its own month. Payments are taken off by entering the refund.
- a kind of record counts as its declaration says (records.measuring), on the record's day. Its
  rows themselves are read: they are few, and their table comes with a migration of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from salesdesk.customers.customers import STATES
from salesdesk.customers.day_counts import done, registered
from salesdesk.customers.kinds import WALK_INS
from salesdesk.office import settings
from salesdesk.office.measures import Measure
from salesdesk.office.settings import Settings
from salesdesk.planning import record_kinds
from salesdesk.planning.day_counts import by_hand
from salesdesk.records import measuring
from salesdesk.sales.day_counts import PAID, STAGES, fallen_through, reached, void
from salesdesk.storage.day_counts import Bucket, kept

#: Which activities each measure counts: by kind, and whether the customer had walked in before.
_FIRST, _REPEATED = (False,), (True,)
_BOTH = _FIRST + _REPEATED
_WALK_INS = sorted(WALK_INS)


class _Part(NamedTuple):
    """One of the kept sums that a measure is made of, to be added or taken off."""

    what: str
    figure: str
    sign: int = 1


def _numbers(whats: Iterable[str]) -> tuple[_Part, ...]:
    return tuple(_Part(what, "number") for what in whats)


#: What measures count that no setting of the office bears on.
_PLAIN: Mapping[str, tuple[_Part, ...]] = {
    "calls": _numbers(done(("call", "effective_call"), _BOTH)),
    "effective_calls": _numbers(done(("effective_call",), _BOTH)),
    "visits": _numbers(done(("visit",), _BOTH)),
    "calls_received": _numbers(done(("call_received",), _BOTH)),
    "walk_ins": _numbers(done(_WALK_INS, _BOTH)),
    "first_walk_ins": _numbers(done(_WALK_INS, _FIRST)),
    "repeat_walk_ins": _numbers(done(_WALK_INS, _REPEATED)),
    "invited_walk_ins": _numbers(done(("invited_walk_in",), _BOTH)),
    "new_customers": _numbers(registered(STATES)),
    "potential_customers": _numbers(registered(("potential",))),
    "collections": (_Part(PAID, "amount"),),
}
#: What deals bring, by the figure it is kept as.
_OF_DEALS = {
    "amount": "amount",
    "units": "quantity",
    "profit": "profit",
    "commission": "commission",
}
_OF_STAGE = {"subscribed": "subscriptions", "contracted": "contracts"}
_PAYMENTS = frozenset({"payment", "payment_share", "deal", "deal_share"})
#: The tables whose rows each measure counts.
_COUNTED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_PLAIN, frozenset({"activity"})),
    **dict.fromkeys(("new_customers", "potential_customers"), frozenset({"customer"})),
    **dict.fromkeys(("collections", *_OF_DEALS, *_OF_STAGE.values()), _PAYMENTS),
    "hand": frozenset({"hand_count"}),
    "activities": frozenset({"activity"}),
    "tasks": frozenset({"task"}),
    "customers": frozenset({"customer"}),
    "active_customers": frozenset({"customer", "activity", "deal"}),
}
#: Every table that some measure counts.
COUNTED = frozenset(kind.table.name for kind in record_kinds.KINDS if kind.counts).union(
    *_COUNTED.values()
)


class Key(NamedTuple):
    """Where an actual belongs; ``bucket`` is 0, a month (202611) or a date."""

    measure_id: int
    bucket: int | date
    person_id: int | None
    product_id: int | None


def actuals(
    db: Connection,
    measures: Iterable[Measure],
    start: date,
    end: date,
    *,
    bucket: Bucket = "none",
    by_product: bool = False,
    person_id: int | None = None,
) -> dict[Key, int]:
    """The actuals of ``start <= day < end``, in each measure's smallest step, zero ones left out.

    Those of everybody, or of the person ``person_id`` alone. Activities and customers belong to no
    product: with ``by_product`` their product is None.
    """
    asked = list(measures)
    parts = _parts(settings.read(db), asked)
    found: dict[Key, int] = {}
    for row in kept(
        db, parts.keys(), start, end, bucket=bucket, by_product=by_product, person_id=person_id
    ):
        for measure_id, figure, sign in parts[row.what]:
            key = Key(measure_id, row.bucket, row.person_id, row.product_id)
            found[key] = found.get(key, 0) + sign * getattr(row, figure)
    for measure in asked:
        counted = measuring.counted(record_kinds.KINDS, measure.counts)
        if counted is None:
            continue
        kind, count = counted
        for at, who, product_id, value in measuring.actuals(
            db, kind, count, start, end, bucket=bucket, by_product=by_product
        ):
            if person_id in (None, who):
                key = Key(measure.id, at, who, product_id)
                found[key] = found.get(key, 0) + value
    return {key: value for key, value in found.items() if value}


def counted_tables(measures: Iterable[Measure]) -> frozenset[str]:
    """The tables that the actuals of some measures are counted from: only changes of these, and of
    the office's settings, can make them others.
    """
    names: set[str] = set()
    for measure in measures:
        if measure.numerator is not None and measure.denominator is not None:
            names |= counted_tables((measure.numerator, measure.denominator))
            continue
        records = measuring.counted(record_kinds.KINDS, measure.counts)
        if records is not None:
            names.add(records[0].table.name)
        else:
            names |= _COUNTED[measure.counts]
        if measure.among.categories:
            names.add("product")
        if measure.among.sources or measure.among.grades or measure.among.states:
            names.add("customer")
    return frozenset(names)


def _parts(rules: Settings, measures: Sequence[Measure]) -> dict[str, list[tuple[int, str, int]]]:
    """(measure, figure, sign) of everything that one kept sum is a part of."""
    counts = dict(_PLAIN)
    base = "subscribed" if rules.basis == "subscription" else "contracted"
    for name, figure in _OF_DEALS.items():
        counts[name] = _deals(rules, base, figure)
    for stage in STAGES:
        counts[_OF_STAGE[stage]] = _deals(rules, stage, "number")
    if rules.basis == "collection":
        counts["amount"] = counts["collections"]
    parts: dict[str, list[tuple[int, str, int]]] = {}
    for measure in measures:
        own = (_Part(by_hand(measure.id), "number"),)
        for what, figure, sign in (
            own if measure.counts == "hand" else counts.get(measure.counts, ())
        ):
            parts.setdefault(what, []).append((measure.id, figure, sign))
    return parts


def _deals(rules: Settings, stage: str, figure: str) -> tuple[_Part, ...]:
    """Deals credited by a stage's date, without those taken off again."""
    off = void if rules.cancellations == "original_month" else fallen_through
    return _Part(reached(stage), figure), _Part(off(stage), figure, -1)

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
- tasks: those done, by the day they were done.

What a measure counts only (``Measure.among``): categories of products, kinds of activity, whether
they were answered, and the states that customers were registered in are told apart by the day
counts. Sources and grades of customers aren't: there the rows of the period's months are read,
which takes as long as they are many (a month of 300,000 activities half a second). Levels are
reckoned by :mod:`salesdesk.planning.levels`.

Levels don't sum over time and ratios not at all. So whoever adds figures up takes :func:`achieved`,
whose parts add up rightly whatever the measure, and :func:`summed`; :func:`actuals` gives the
finished figures of each key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from salesdesk.calc.periods import months_between
from salesdesk.customers.customers import STATES
from salesdesk.customers.day_counts import done, registered
from salesdesk.customers.kinds import KINDS, WALK_INS
from salesdesk.customers.tables import activity, customer
from salesdesk.office import settings
from salesdesk.office.among import Among
from salesdesk.office.measures import Measure
from salesdesk.office.settings import Settings
from salesdesk.planning import parts as adding
from salesdesk.planning import record_kinds
from salesdesk.planning.day_counts import TASKS_DONE, by_hand
from salesdesk.planning.levels import levels, of_customers
from salesdesk.planning.parts import Level, P, Part, Quotient, value_of
from salesdesk.records import measuring
from salesdesk.sales.day_counts import PAID, STAGES, fallen_through, reached, void
from salesdesk.sales.tables import deal, product
from salesdesk.storage.day_counts import Bucket, Kept, counted_anew, kept

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


#: The kinds of activity that measures count, and whether customers had walked in before.
_ACTIVITIES: Mapping[str, tuple[Collection[str], tuple[bool, ...]]] = {
    "calls": (("call", "effective_call"), _BOTH),
    "effective_calls": (("effective_call",), _BOTH),
    "visits": (("visit",), _BOTH),
    "calls_received": (("call_received",), _BOTH),
    "walk_ins": (_WALK_INS, _BOTH),
    "first_walk_ins": (_WALK_INS, _FIRST),
    "repeat_walk_ins": (_WALK_INS, _REPEATED),
    "invited_walk_ins": (("invited_walk_in",), _BOTH),
    "activities": (tuple(KINDS), _BOTH),
}
#: What else measures count that no setting of the office bears on.
_PLAIN: Mapping[str, tuple[_Part, ...]] = {
    "new_customers": _numbers(registered(STATES)),
    "potential_customers": _numbers(registered(("potential",))),
    "collections": (_Part(PAID, "amount"),),
    "tasks": _numbers((TASKS_DONE,)),
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
    **dict.fromkeys(_ACTIVITIES, frozenset({"activity"})),
    **dict.fromkeys(("new_customers", "potential_customers"), frozenset({"customer"})),
    **dict.fromkeys(("collections", *_OF_DEALS, *_OF_STAGE.values()), _PAYMENTS),
    "tasks": frozenset({"task"}),
    "hand": frozenset({"hand_count"}),
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
    today: date | None = None,
) -> dict[Key, int]:
    """The actuals of ``start <= day < end``, in each measure's smallest step, zero ones left out.

    Those of everybody, or of the person ``person_id`` alone. Activities and customers belong to no
    product: with ``by_product`` their product is None. Each is finished: only those of flows may be
    added up (:func:`achieved` gives what may be, whatever the measure).
    """
    asked = list(measures)
    known = {measure.id: measure for measure in asked}
    found = achieved(
        db, asked, start, end, bucket=bucket, by_product=by_product, person_id=person_id,
        today=today,
    )  # fmt: skip
    values = ((key, value_of(known[key.measure_id], part)) for key, part in found.items())
    return {key: value for key, value in values if value}


def summed(
    db: Connection,
    measures: Iterable[Measure],
    start: date,
    end: date,
    places: Callable[[Key], Iterable[P]],
    *,
    bucket: Bucket = "none",
    by_product: bool = False,
    person_id: int | None = None,
    today: date | None = None,
) -> dict[tuple[int, P], int]:
    """What was achieved at places that each key counts for, by measure id and place.

    Flows are summed, of levels the latest stands, ratios are divided at last.
    """
    asked = list(measures)
    known = {measure.id: measure for measure in asked}
    found = achieved(
        db, asked, start, end, bucket=bucket, by_product=by_product, person_id=person_id,
        today=today,
    )  # fmt: skip
    return adding.summed(found, lambda key: known[key.measure_id], places)


def achieved(
    db: Connection,
    measures: Iterable[Measure],
    start: date,
    end: date,
    *,
    bucket: Bucket = "none",
    by_product: bool = False,
    person_id: int | None = None,
    today: date | None = None,
) -> dict[Key, Part]:
    """As :func:`actuals`, but in parts that may be added up over people, products and time.

    The level of a period that isn't over is that of ``today`` (the machine's), and of one that
    hasn't begun there is none.
    """
    asked = list(measures)
    # A ratio's parts are read with the others, each once.
    wanted = {measure.id: measure for measure in asked}
    for measure in asked:
        for part in (measure.numerator, measure.denominator):
            if part is not None:
                wanted.setdefault(part.id, part)
    reading = _Reading(db, start, end, bucket, by_product, person_id, today or date.today())
    found = reading.found([measure for measure in wanted.values() if not measure.is_ratio])
    answer = {
        key: part for key, part in found.items() if key.measure_id in {one.id for one in asked}
    }
    for measure in asked:
        if measure.numerator is None or measure.denominator is None:
            continue
        above, below = measure.numerator.id, measure.denominator.id
        keys = (key for key in found if key.measure_id in (above, below))
        for key in {key._replace(measure_id=measure.id): None for key in keys}:
            numerator = found.get(key._replace(measure_id=above), 0)
            denominator = found.get(key._replace(measure_id=below), 0)
            assert not isinstance(numerator, Quotient)
            assert not isinstance(denominator, Quotient)
            answer[key] = Quotient(numerator, denominator)
    return answer


class _Reading:
    """One question: of which days, cut how, of whom."""

    def __init__(
        self,
        db: Connection,
        start: date,
        end: date,
        bucket: Bucket,
        by_product: bool,
        person_id: int | None,
        today: date,
    ) -> None:
        self._db, self._start, self._end = db, start, end
        self._bucket, self._by_product, self._person_id = bucket, by_product, person_id
        self._today = today
        self._rules = settings.read(db)

    def found(self, measures: Sequence[Measure]) -> dict[Key, Part]:
        """The parts of measures that are no ratios, flows of nothing left out."""
        flows: dict[Key, int] = {}
        standing: dict[Key, Part] = {}
        plain: list[Measure] = []
        by_category: list[Measure] = []
        for measure in measures:
            if not measure.is_flow:
                standing |= self._levels(measure)
            elif measuring.counted(record_kinds.KINDS, measure.counts) is not None:
                self._add(flows, self._of_records(measure))
            elif _of_rows(measure.among):
                self._add_kept(flows, [measure], self._rows_of(measure))
            else:
                (by_category if measure.among.categories else plain).append(measure)
        for some, by_product in ((plain, self._by_product), (by_category, True)):
            if some:
                whats = _parts(self._rules, some).keys()
                rows = kept(
                    self._db, whats, self._start, self._end, bucket=self._bucket,
                    by_product=by_product, person_id=self._person_id,
                )  # fmt: skip
                self._add_kept(flows, some, rows)
        return {**{key: value for key, value in flows.items() if value}, **standing}

    def _add_kept(
        self, flows: dict[Key, int], measures: Sequence[Measure], rows: Iterable[Kept]
    ) -> None:
        parts = _parts(self._rules, measures)
        only = {
            measure.id: self._of_categories(measure.among)
            for measure in measures
            if measure.among.categories
        }
        for row in rows:
            for measure_id, figure, sign in parts[row.what]:
                if measure_id in only and row.product_id not in only[measure_id]:
                    continue
                product_id = row.product_id if self._by_product else None
                key = Key(measure_id, row.bucket, row.person_id, product_id)
                flows[key] = flows.get(key, 0) + sign * getattr(row, figure)

    def _add(self, flows: dict[Key, int], found: Mapping[Key, int]) -> None:
        for key, value in found.items():
            flows[key] = flows.get(key, 0) + value

    def _of_records(self, measure: Measure) -> dict[Key, int]:
        counted = measuring.counted(record_kinds.KINDS, measure.counts)
        assert counted is not None
        only = self._of_categories(measure.among) if measure.among.categories else None
        found: dict[Key, int] = {}
        for at, who, product_id, value in measuring.actuals(
            self._db, *counted, self._start, self._end, bucket=self._bucket,
            by_product=self._by_product or only is not None,
        ):  # fmt: skip
            if self._person_id not in (None, who) or (only is not None and product_id not in only):
                continue
            key = Key(measure.id, at, who, product_id if self._by_product else None)
            found[key] = found.get(key, 0) + value
        return found

    def _of_categories(self, among: Among) -> frozenset[int]:
        query = select(product.c.id).where(product.c.category.in_(among.categories))
        return frozenset(self._db.scalars(query))

    def _rows_of(self, measure: Measure) -> list[Kept]:
        """The sums of a measure that asks for what the day counts don't tell apart."""
        among = measure.among
        of_customers_only = of_customers(
            Among(sources=among.sources, grades=among.grades)  # states: as registered
        )
        customers = select(customer.c.id).where(*of_customers_only)

        def narrowed(tables: Collection[str]) -> list[ColumnElement[bool]] | None:
            if "customer" in tables:
                return of_customers_only
            for table in (activity, deal):
                if table.name in tables:
                    return [table.c.customer_id.in_(customers)]
            return None

        return counted_anew(
            self._db, _parts(self._rules, [measure]).keys(), self._start, self._end, narrowed,
            bucket=self._bucket, by_product=self._by_product or bool(among.categories),
            person_id=self._person_id,
        )  # fmt: skip

    def _levels(self, measure: Measure) -> dict[Key, Part]:
        ends = self._ends()
        found = levels(
            self._db,
            measure,
            sorted(ends),
            by_product=self._by_product,
            person_id=self._person_id,
            today=self._today,
        )
        return {
            Key(measure.id, ends[day], person_id, product_id): Level(day, value)
            for (day, person_id, product_id), value in found.items()
        }

    def _ends(self) -> dict[date, int | date]:
        """The last day of each bucket that has begun, today's at the latest -> the bucket."""
        last = min(self._end - timedelta(days=1), self._today)
        if last < self._start:
            return {}
        if self._bucket == "none":
            return {last: 0}
        if self._bucket == "day":
            days = (last - self._start).days + 1
            return {day: day for day in (self._start + timedelta(n) for n in range(days))}
        return {
            min(month.last_day, last): month.month_key
            for month in months_between(self._start, last + timedelta(days=1))
        }


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
        for what, figure, sign in _parts_of(measure, counts):
            parts.setdefault(what, []).append((measure.id, figure, sign))
    return parts


def _parts_of(measure: Measure, counts: Mapping[str, tuple[_Part, ...]]) -> tuple[_Part, ...]:
    if measure.counts == "hand":
        return (_Part(by_hand(measure.id), "number"),)
    if measure.counts in _ACTIVITIES:
        kinds, repeated = _ACTIVITIES[measure.counts]
        answered = measure.among.answered
        return _numbers(
            done(
                measure.among.kinds or kinds,
                repeated,
                (True, False) if answered is None else (answered,),
            )
        )
    if measure.among.states:
        return _numbers(registered(measure.among.states))
    return counts.get(measure.counts, ())


def _of_rows(among: Among) -> bool:
    """Whether it asks for what the day counts don't tell apart."""
    return bool(among.sources or among.grades)


def _deals(rules: Settings, stage: str, figure: str) -> tuple[_Part, ...]:
    """Deals credited by a stage's date, without those taken off again."""
    off = void if rules.cancellations == "original_month" else fallen_through
    return _Part(reached(stage), figure), _Part(off(stage), figure, -1)

"""Benchmark: what was achieved, a person's meters and the office's month, against bare SQL.

The SQL sums the rows of a large office, as somebody would who knows the tables and wants these
numbers by person and no others. The program reads its day counts instead.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Connection

from salesdesk.calc.periods import Period, containing, previous, same_last_year
from salesdesk.office import measures, people
from salesdesk.planning import meters
from salesdesk.planning.actuals import actuals
from salesdesk.workspace import Workspace
from tests.benchmarks.bench_figures import last_day

#: By measure and person.
Sums = Counter[tuple[str, int | None]]

_DEALS = """
SELECT s.person_id, sum(s.amount), sum(s.amount - s.cost), sum(s.commission), sum(s.quantity),
       sum(s.deals)
FROM deal AS d JOIN deal_share AS s ON s.deal_id = d.id WHERE d.{month} = ? {kept} GROUP BY 1
"""
_PAYMENTS = """
SELECT s.person_id, sum(s.amount) FROM payment AS p JOIN payment_share AS s ON s.payment_id = p.id
WHERE p.paid_month = ? GROUP BY 1
"""
# In the order of the index, so that nothing is sorted.
_ACTIVITIES = """
SELECT person_id, kind, repeated, count(*) FROM activity WHERE month = ? {whose}
GROUP BY person_id, kind, repeated
"""
_CUSTOMERS = """
SELECT owner_id, CASE WHEN state = 'closed' AND state_before <> '' THEN state_before ELSE state END,
       count(*)
FROM customer WHERE registered_month = ? GROUP BY 1, 2
"""
_CALLS = ("call", "effective_call")
_WALK_INS = ("walk_in", "invited_walk_in")


def by_rows(db: Connection, month: Period) -> Sums:
    """A showroom's month (basis contract, cancelled in the month of cancelling), by person."""
    driver: Any = db.connection.driver_connection
    ask, key = driver.execute, month.month_key
    sums: Sums = Counter()
    for stage, number in (("contracted", "contracts"), ("subscribed", "subscriptions")):
        for sign, column, kept in (
            (1, stage, ""),
            (-1, "cancelled", f"AND d.{stage}_month IS NOT NULL"),
        ):
            for row in ask(_DEALS.format(month=f"{column}_month", kept=kept), (key,)):
                sums[number, row[0]] += sign * row[5]
                if stage == "contracted":
                    for name, value in zip(
                        ("amount", "profit", "commission", "units"), row[1:5], strict=True
                    ):
                        sums[name, row[0]] += sign * value
    for person_id, amount in ask(_PAYMENTS, (key,)):
        sums["collections", person_id] += amount
    for person_id, kind, repeated, count in ask(_ACTIVITIES.format(whose=""), (key,)):
        for name, counts in (
            ("calls", kind in _CALLS),
            ("effective_calls", kind == "effective_call"),
            ("visits", kind == "visit"),
            ("calls_received", kind == "call_received"),
            ("walk_ins", kind in _WALK_INS),
            ("first_walk_ins", kind in _WALK_INS and not repeated),
            ("repeat_walk_ins", kind in _WALK_INS and repeated),
            ("invited_walk_ins", kind == "invited_walk_in"),
        ):
            if counts:
                sums[name, person_id] += count
    for person_id, state, count in ask(_CUSTOMERS, (key,)):
        sums["new_customers", person_id] += count
        if state == "potential":
            sums["potential_customers", person_id] += count
    return sums


def _kept(db: Connection, months: list[Period]) -> list[Sums]:
    known = [one for one in measures.measures(db, active_only=False) if one.counts != "hand"]
    names = {one.id: one.counts for one in known}
    return [
        Counter(
            {
                (names[key.measure_id], key.person_id): value
                for key, value in actuals(db, known, month.start, month.end).items()
            }
        )
        for month in months
    ]


def _calls_of(db: Connection, month: Period, person_id: int) -> int:
    """The least that a person's meters need of the rows: their calls and visits this month."""
    driver: Any = db.connection.driver_connection
    whose = f"AND person_id = {person_id}"
    return sum(
        row[3] for row in driver.execute(_ACTIVITIES.format(whose=whose), (month.month_key,))
    )


def _turns(repeats: int, *works: Callable[[], object]) -> list[float]:
    """The median seconds of each, taken in turns after one that isn't counted."""
    times: list[list[float]] = [[] for _work in works]
    for turn in range(repeats + 1):
        for place, work in enumerate(works):
            gc.collect()
            start = perf_counter()
            work()
            if turn:
                times[place].append(perf_counter() - start)
    return [median(taken) for taken in times]


def run(office: Path, repeats: int = 11) -> dict[str, float]:
    """Medians, taken in turns; ``office`` is a demo office of the kind "property".

    Raises ValueError when day counts and rows disagree.
    """
    with Workspace.open(office) as workspace:
        day = workspace.read(last_day)
        now = containing(day, "month")
        months = [previous(now), previous(previous(now)), same_last_year(previous(now))]

        def rows(db: Connection) -> list[Sums]:
            return [by_rows(db, month) for month in months]

        if [+one for one in workspace.read(rows)] != [
            +one for one in workspace.read(_kept, months)
        ]:
            raise ValueError("the figures differ")
        metered = (
            one.id
            for one in workspace.read(people.people)
            if workspace.read(meters.quotas, one.id, day)
        )
        person_id = next(metered, None)
        if person_id is None or not workspace.read(meters.office_month, day):
            raise ValueError("there are no meters to be read")
        sql, figures, bare, quotas, line = _turns(
            repeats,
            lambda: workspace.read(rows),
            lambda: workspace.read(_kept, months),
            lambda: workspace.read(_calls_of, now, person_id),
            lambda: workspace.read(meters.quotas, person_id, day),
            lambda: workspace.read(meters.office_month, day),
        )
    return {
        "three_months_by_rows_ms": sql * 1_000,
        "three_months_ms": figures * 1_000,
        "three_months_ratio": figures / sql,
        "one_person_s_calls_by_rows_ms": bare * 1_000,
        "meters_ms": quotas * 1_000,
        "meters_ratio": quotas / bare,
        "office_month_ms": line * 1_000,
        "office_month_ratio": line / (sql / 3),
    }

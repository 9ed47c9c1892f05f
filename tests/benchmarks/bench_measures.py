"""Benchmark: measures that count only some rows, levels and ratios, in a large office.

Beside what the day counts can't tell (calls and deals by the customer's source, active customers)
stands the least that SQL needs for the same numbers by person. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from salesdesk.calc.periods import Period, containing, previous
from salesdesk.office import measures, people
from salesdesk.office.among import Among
from salesdesk.office.measures import Measure
from salesdesk.planning.actuals import actuals
from salesdesk.storage.day_counts import Bucket
from salesdesk.workspace import Workspace
from tests.benchmarks.bench_figures import last_day
from tests.benchmarks.bench_meters import _turns

_CALLS = """
SELECT a.person_id, count(*) FROM activity AS a JOIN customer AS c ON c.id = a.customer_id
WHERE a.month = ? AND a.kind IN ('call', 'effective_call') AND c.source = ? GROUP BY a.person_id
"""
_FROM = """
SELECT s.person_id, sum(s.amount) FROM deal AS d JOIN deal_share AS s ON s.deal_id = d.id
JOIN customer AS c ON c.id = d.customer_id
WHERE d.contracted_month = ? AND c.source = ? GROUP BY s.person_id
"""
_ACTIVE = """
SELECT owner_id, count(*) FROM customer WHERE id IN (
    SELECT customer_id FROM activity WHERE month BETWEEN ? AND ? AND day BETWEEN ? AND ?
    AND answered AND kind <> 'group_message')
GROUP BY owner_id
"""


def _asked(db: Connection) -> dict[str, Measure]:
    """The measures as they would be read, without being stored."""
    known = {one.code: one for one in measures.measures(db, active_only=False)}
    driver: Any = db.connection.driver_connection
    category = driver.execute("SELECT category FROM product ORDER BY id LIMIT 1").fetchone()[0]
    calls, amount = known["calls"], known["amount"]
    active = replace(calls, counts="active_customers", nature="level")
    return {
        "category": replace(known["units"], among=Among(categories=(category,))),
        "answered": replace(calls, among=Among(answered=True)),
        "calls": replace(calls, among=Among(sources=(_source(db),))),
        "source": replace(amount, among=Among(sources=(_source(db),))),
        "active": active,
        "customers": replace(active, counts="customers", among=Among(states=("potential",))),
        "margin": replace(
            amount, id=0, counts="ratio", nature="ratio", unit="%",
            numerator=known["profit"], denominator=amount,
        ),
    }  # fmt: skip


def _source(db: Connection) -> str:
    driver: Any = db.connection.driver_connection
    row = driver.execute(
        "SELECT source FROM customer WHERE source <> '' GROUP BY source ORDER BY count(*) LIMIT 1"
    ).fetchone()
    return str(row[0])


def run(office: Path, repeats: int = 7) -> Mapping[str, float]:
    """Medians in milliseconds, and how many times the bare SQL the ones read from rows take.

    Raises ValueError when the program and the SQL disagree.
    """
    with Workspace.open(office) as workspace:
        today = workspace.read(last_day)
        now = containing(today, "month")
        month = previous(now)
        person = workspace.read(people.people)[-1].id
        year = containing(month.start, "year")
        asked = workspace.read(_asked)
        source = workspace.read(_source)

        def of(
            name: str, period: Period = month, bucket: Bucket = "none", whose: int | None = None
        ) -> dict[int | None, int]:
            found = workspace.read(
                actuals, [asked[name]], period.start, period.end, bucket=bucket, today=today,
                person_id=whose,
            )  # fmt: skip
            return {key.person_id: value for key, value in found.items()}

        def bare(sql: str, *parameters: object) -> dict[int | None, int]:
            def ask(db: Connection) -> dict[int | None, int]:
                driver: Any = db.connection.driver_connection
                return dict(driver.execute(sql, parameters))

            return workspace.read(ask)

        first = month.last_day - timedelta(days=29)
        floors = {
            "calls": lambda: bare(_CALLS, month.month_key, source),
            "source": lambda: bare(_FROM, month.month_key, source),
            "active": lambda: bare(
                _ACTIVE, first.year * 100 + first.month, month.month_key, _text(first),
                _text(month.last_day),
            ),
        }  # fmt: skip
        if of("calls") != floors["calls"]():
            raise ValueError("the rows say other calls")
        found: dict[str, float] = {}
        for name in ("calls", "source", "active"):
            ours, floor = _turns(repeats, partial(of, name), floors[name])
            found[f"{name}_ms"], found[f"{name}_floor_ms"] = ours * 1000, floor * 1000
            found[f"{name}_ratio"] = ours / floor
        taken = _turns(
            repeats,
            lambda: of("category"),
            lambda: of("answered"),
            lambda: of("margin", year, "month"),
            lambda: of("customers", year, "month"),
            lambda: of("active", now),
            lambda: of("active", month, "none", person),
        )
        names = ("category_ms", "answered_ms", "margin_year_ms", "customers_year_ms",
                 "active_today_ms", "active_of_one_ms")  # fmt: skip
        found |= {name: seconds * 1000 for name, seconds in zip(names, taken, strict=True)}
        return found


def _text(day: date) -> str:
    return day.isoformat()

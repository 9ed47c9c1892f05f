"""Benchmark: a month's figures of a large office, against the same numbers by hand-written SQL.

The SQL is what somebody would write who knows the tables and wants these numbers and no others:
one query a table where that is enough, sums in the database, nothing read twice.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, func, select

from salesdesk.calc.periods import Period, containing, descendants, previous, same_last_year
from salesdesk.customers.tables import activity
from salesdesk.reports import kinds
from salesdesk.reports.kinds import Figures
from salesdesk.reports.monthly import MONTHLY
from salesdesk.reports.sections.customers import CARE, CUSTOMERS
from salesdesk.reports.sections.funnel import FUNNEL
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.money import MONEY
from salesdesk.reports.sections.products import PRODUCTS
from salesdesk.reports.sections.quotas import QUOTAS
from salesdesk.reports.sections.ranking import PEOPLE, TEAMS
from salesdesk.reports.sections.remarks import REMARKS
from salesdesk.reports.sections.year import YEAR
from salesdesk.workspace import Workspace

#: By measure: this month, the month before, the same month a year before.
Sums = dict[str, list[int]]

_DEALS = """
SELECT d.{stage}_month, s.person_id, p.team_id, sum(s.amount), sum(s.amount - s.cost),
       sum(s.commission), sum(s.quantity), sum(s.deals)
FROM deal AS d JOIN deal_share AS s ON s.deal_id = d.id LEFT JOIN person AS p ON p.id = s.person_id
WHERE d.{stage}_month IN ({months}) {kept} GROUP BY 1, 2
"""
_PRODUCTS = """
SELECT d.product_id, sum(s.quantity), sum(s.amount), sum(s.cost)
FROM deal AS d JOIN deal_share AS s ON s.deal_id = d.id
WHERE d.{stage}_month = ? {kept} GROUP BY 1
"""
_BELOW = """
SELECT d.product_id, count(*) FROM deal AS d JOIN product AS p ON p.id = d.product_id
WHERE d.contracted_month = ? AND (d.cancelled_on IS NULL OR d.cancelled_on >= ?)
AND d.amount - d.cost < p.profit_floor * d.quantity GROUP BY 1
"""
_REACHED = """
SELECT DISTINCT customer_id FROM deal WHERE {stage}_month = ?
AND (cancelled_on IS NULL OR cancelled_on >= ?)
"""
_COLLECTED = """
SELECT DISTINCT d.customer_id FROM deal AS d JOIN payment AS p ON p.deal_id = d.id
WHERE d.contracted_month = ? AND (d.cancelled_on IS NULL OR d.cancelled_on >= ?) AND p.paid_on < ?
"""
# Who was to be contacted at the month's end: those not contacted since as they are, the others by
# their last contact before it.
_CARED_FOR = """
SELECT owner_id, count(*), sum(next_contact_on < ?1) FROM customer
WHERE next_contact_on IS NOT NULL AND owner_id > 0 AND registered_on < ?1
AND coalesce(last_contact_on, registered_on) < ?1 GROUP BY 1
"""
_CONTACTED_SINCE = """
SELECT c.owner_id, c.grade, c.registered_on, a.day, a.next_contact_on
FROM customer AS c LEFT JOIN activity AS a ON a.id = (
    SELECT id FROM activity WHERE customer_id = c.id AND at < ?1 ORDER BY at DESC, id DESC LIMIT 1
) WHERE c.last_contact_on >= ?1 AND c.registered_on < ?1 AND c.owner_id > 0
"""
_CADENCE = "SELECT value FROM setting WHERE key = 'cadence'"

# In the order of the index, so that nothing is sorted: the people are summed up afterwards.
_ACTIVITIES = """
SELECT month, kind, repeated, sum(many) FROM (
    SELECT month, kind, repeated, count(*) AS many FROM activity WHERE month IN (?, ?, ?)
    GROUP BY month, person_id, kind, repeated
) GROUP BY 1, 2, 3
"""
_CUSTOMERS = """
SELECT registered_month,
    CASE WHEN state = 'closed' AND state_before <> '' THEN state_before ELSE state END, count(*)
FROM customer WHERE registered_month IN (?, ?, ?) GROUP BY 1, 2
"""
_TARGETS = """
SELECT t.start_day, t.measure_id, t.tier, t.team_id, t.person_id, t.value FROM target AS t
JOIN plan AS p ON p.id = t.plan_id
WHERE t.period_kind = 'month' AND t.start_day IN ({days}) AND t.product_id IS NULL
ORDER BY CASE WHEN p.status IN ('approved', 'closed') THEN 0 WHEN p.status = 'submitted' THEN 1
    ELSE 2 END, p.person_id IS NOT NULL, p.team_id IS NOT NULL, p.id DESC
"""


def raw(db: Connection, month: Period, today: date) -> dict[str, Any]:
    """The numbers of a showroom's month (basis contract, cancelled in the month of cancelling)."""
    driver: Any = db.connection.driver_connection
    ask = driver.execute
    key, end = month.month_key, month.end.isoformat()
    compared = [key, previous(month).month_key, same_last_year(month).month_key]
    year = [period.month_key for period in descendants(containing(month.start, "year"), "month")]
    found: dict[str, Any] = {}

    # -- deals: three months of everything, and the year's amounts
    sums: dict[tuple[str, int], list[int]] = {}
    people: dict[int, int] = {}
    teams: dict[int, int] = {}
    for stage, wanted in (("contracted", {*compared, *year}), ("subscribed", set(compared))):
        months = ", ".join(map(str, sorted(wanted)))
        for sign, column, kept in (
            (1, stage, ""),
            (-1, "cancelled", f"AND d.{stage}_month IS NOT NULL"),
        ):
            for row in ask(_DEALS.format(stage=column, months=months, kept=kept)):
                at = sums.setdefault((stage, row[0]), [0] * 5)
                for place, value in enumerate(row[3:]):
                    at[place] += sign * value
                if stage == "contracted" and row[0] == key:
                    people[row[1]] = people.get(row[1], 0) + sign * row[3]
                    if row[2] is not None:
                        teams[row[2]] = teams.get(row[2], 0) + sign * row[3]
    nothing = [0] * 5
    for place, name in enumerate(("amount", "profit", "commission", "units", "contracts")):
        found[name] = [sums.get(("contracted", one), nothing)[place] for one in compared]
    found["subscriptions"] = [sums.get(("subscribed", one), nothing)[4] for one in compared]
    found["year"] = [sums.get(("contracted", one), nothing)[0] for one in year]
    found["people"], found["teams"] = people, teams

    # -- products
    lines: dict[int, list[int]] = {}
    for sign, column, kept in (
        (1, "contracted", ""),
        (-1, "cancelled", "AND d.contracted_month IS NOT NULL"),
    ):
        for product_id, *values in ask(_PRODUCTS.format(stage=column, kept=kept), (key,)):
            at = lines.setdefault(product_id, [0] * 3)
            for place, value in enumerate(values):
                at[place] += sign * value
    found["products"] = lines
    found["below"] = dict(ask(_BELOW, (key, end)).fetchall())

    # -- what was done, who came
    done: dict[tuple[int, str, int], int] = {
        (row[0], row[1], row[2]): row[3] for row in ask(_ACTIVITIES, compared)
    }
    walk_ins = ("walk_in", "invited_walk_in")
    for name, counted, times in (
        ("calls", ("call", "effective_call"), (0, 1)),
        ("effective_calls", ("effective_call",), (0, 1)),
        ("visits", ("visit",), (0, 1)),
        ("calls_received", ("call_received",), (0, 1)),
        ("walk_ins", walk_ins, (0, 1)),
        ("first_walk_ins", walk_ins, (0,)),
        ("repeat_walk_ins", walk_ins, (1,)),
        ("invited_walk_ins", ("invited_walk_in",), (0, 1)),
    ):
        found[name] = [
            sum(done.get((one, kind, again), 0) for kind in counted for again in times)
            for one in compared
        ]
    came = {(row[0], row[1]): row[2] for row in ask(_CUSTOMERS, compared)}
    found["new_customers"] = [
        sum(count for (at, _state), count in came.items() if at == one) for one in compared
    ]
    found["potential_customers"] = [came.get((one, "potential"), 0) for one in compared]
    for column in ("source", "grade"):
        found[column] = dict(
            ask(
                f"SELECT {column}, count(*) FROM customer WHERE registered_month = ? GROUP BY 1",
                (key,),
            ).fetchall()
        )
    cadence = json.loads(ask(_CADENCE).fetchone()[0])
    care = {row[0]: [row[1], row[2]] for row in ask(_CARED_FOR, (end,))}
    for owner_id, grade, registered, last, planned in ask(_CONTACTED_SINCE, (end,)):
        since = date.fromisoformat(last or registered)
        if planned is None and grade in cadence:
            planned = (since + timedelta(days=cadence[grade])).isoformat()
        if planned is not None:
            at = care.setdefault(owner_id, [0, 0])
            at[0] += 1
            at[1] += planned < end
    found["care"] = care
    found["quotas"] = {
        (row[0], row[1]): row[2]
        for row in ask(
            "SELECT person_id, kind, count(*) FROM activity WHERE month = ? GROUP BY 1, 2", (key,)
        )
    }

    # -- the funnel and the money
    reached: list[set[int]] = [set(), set()]
    unnamed = [0, 0]
    for kind, customer_id, count in ask(
        "SELECT kind, customer_id, count(*) FROM activity WHERE month = ? AND kind IN"
        " ('call', 'effective_call', 'call_received', 'visit', 'walk_in') GROUP BY 1, 2",
        (key,),
    ):
        met = int(kind in ("visit", "walk_in"))
        if customer_id is None:
            unnamed[met] += count
        else:
            reached[met].add(customer_id)
    for name in ("intention", "subscribed", "contracted"):
        reached.append({row[0] for row in ask(_REACHED.format(stage=name), (key, end))})
    reached.append({row[0] for row in ask(_COLLECTED, (key, end, end))})
    counts, farther = [], set[int]()
    for stage_reached in reversed(reached):
        farther |= stage_reached
        counts.append(len(farther))
    found["funnel"] = counts[::-1]
    found["funnel"][1] += unnamed[1]
    found["funnel"][0] += sum(unnamed)
    paid = {
        row[0]: row[1:]
        for row in ask(
            "SELECT paid_month, sum(amount), count(*) FROM payment"
            " WHERE paid_month IN (?, ?, ?) GROUP BY 1",
            compared,
        )
    }
    found["collections"] = [paid.get(one, (0, 0))[0] for one in compared]
    until = min(month.end, today)
    standing = "deal_id NOT IN (SELECT id FROM deal WHERE cancelled_on < ?1)"
    found["money"] = [
        ask(
            "SELECT coalesce(sum(amount), 0) FROM payment WHERE due_on >= ?2 AND due_on < ?1"
            f" AND (paid_on < ?1 OR {standing})",
            (end, month.start.isoformat()),
        ).fetchone()[0],
        found["collections"][0],
        ask(
            "SELECT coalesce(sum(amount), 0) FROM payment WHERE due_on < ?2"
            f" AND (paid_on IS NULL OR paid_on >= ?1) AND {standing}",
            (end, until.isoformat()),
        ).fetchone()[0],
        *ask(
            "SELECT count(*), coalesce(sum(amount), 0) FROM deal WHERE cancelled_month = ?", (key,)
        ).fetchone(),
    ]

    # -- counted by hand, targets, remarks
    hand: dict[tuple[int, int], int] = {
        (row[0], row[1]): row[2]
        for row in ask(
            "SELECT measure_id, month, sum(value) FROM hand_count WHERE month IN (?, ?, ?)"
            " GROUP BY 1, 2",
            compared,
        )
    }
    found["hand"] = {
        measure_id: [hand.get((measure_id, one), 0) for one in compared]
        for measure_id, _month in hand
    }
    months_of_year = descendants(containing(month.start, "year"), "month")
    starts = [*(period.start.isoformat() for period in months_of_year), month.end.isoformat()]
    days = ", ".join(f"'{fromkey}'" for fromkey in dict.fromkeys(starts))
    targets: dict[tuple[Any, ...], int] = {}
    for *at, value in ask(_TARGETS.format(days=days)):
        targets.setdefault(tuple(at), value)
    found["targets"] = targets
    found["remarks"] = ask(
        "SELECT measure_id, person_id, reason, countermeasure FROM remark"
        " WHERE period_kind = 'month' AND start_day = ?",
        (month.start.isoformat(),),
    ).fetchall()
    return found


def disagreements(ours: Figures, theirs: dict[str, Any]) -> list[str]:
    """Where the two don't say the same: a benchmark of different numbers is none."""
    found: list[str] = []

    def same(what: str, one: object, other: object) -> None:
        if one != other:
            found.append(f"{what}: {one} and {other}")

    for line in ours[MEASURES]:
        sums = theirs.get(line.measure.code) or theirs["hand"].get(line.measure.id, [0, 0, 0])
        same(line.measure.code, [line.actual, line.before, line.last_year], sums)
        at = (ours.facts.period.start.isoformat(), line.measure.id, "assigned", None, None)
        same(f"target of {line.measure.code}", line.assigned, theirs["targets"].get(at))
    same("year", [point.actual for point in ours[YEAR].months], theirs["year"])
    same("people", sum(line.actual for line in ours[PEOPLE]), sum(theirs["people"].values()))
    same("teams", sorted(line.actual for line in ours[TEAMS]), sorted(theirs["teams"].values()))
    same(
        "products",
        sorted([line.units, line.amount, line.cost] for line in ours[PRODUCTS]),
        sorted(theirs["products"].values()),
    )
    below = sum(line.below_floor for line in ours[PRODUCTS])
    same("below the floor", below, sum(theirs["below"].values()))
    same("funnel", [stage.count for stage in ours[FUNNEL]], theirs["funnel"])
    same("sources", dict(ours[CUSTOMERS].by_source), theirs["source"])
    same("grades", dict(ours[CUSTOMERS].by_grade), theirs["grade"])
    care = {row.person_id: [row.cared_for, row.overdue] for row in ours[CARE]}
    same("care", care, theirs["care"])
    lines = [line for row in ours[QUOTAS] for line in row.lines if line.measure.counts == "visits"]
    visits = sum(many for (_person, kind), many in theirs["quotas"].items() if kind == "visit")
    same("visits by person", sum(line.actual for line in lines), visits)
    money = ours[MONEY]
    same(
        "money",
        [money.due, money.received, money.overdue, money.cancelled, money.cancelled_amount],
        theirs["money"],
    )
    same("remarks", len(ours[REMARKS]), len(theirs["remarks"]))
    return found


def last_day(db: Connection) -> date:
    """The day of the latest activity."""
    day = db.execute(select(func.max(activity.c.day))).scalar_one()
    assert isinstance(day, date)
    return day


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def run(office: Path, repeats: int = 7) -> dict[str, float]:
    """Medians in seconds, and their ratio, of figures and SQL taken in turns.

    ``office`` is a demo office of the kind "property", looked at on the day it was made (its last
    activities), the month before that. Raises ValueError when the two disagree.
    """
    result: dict[str, float] = {}
    with Workspace.open(office) as workspace:
        day = workspace.read(last_day)
        month = previous(containing(day, "month"))
        problems = disagreements(
            workspace.read(kinds.read, MONTHLY, month, today=day), workspace.read(raw, month, day)
        )
        if problems:
            raise ValueError("the figures differ: " + "; ".join(problems))
        ours, theirs = [], []
        for _turn in range(repeats):
            theirs.append(_seconds(lambda: workspace.read(raw, month, day)))
            ours.append(_seconds(lambda: workspace.read(kinds.read, MONTHLY, month, today=day)))
    result["sql_seconds"] = median(theirs)
    result["figures_seconds"] = median(ours)
    result["figures_ratio"] = median(ours) / median(theirs)
    return result

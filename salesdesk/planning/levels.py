"""Levels: how many customers there are, or were active of late, or what was counted last by hand.

They are asked for at the ends of some days, all at once. A customer counts for who has it today,
since no former owners are kept; nor are former states: at an earlier day those registered by then
count by the state they have today. Who was active of late is reckoned for any day, but for deals
that were cancelled since, which never stood.

What it costs: customers in a state are counted in the index of the months they were registered in,
however many there are. Customers that are active today are told by their last contacts; those that
were at earlier days by all contacts of the days looked back on: where a month has 300,000
activities half a second, and twelve times that for a year of months. Counts by hand are few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, union

from salesdesk.customers.kinds import MASS
from salesdesk.customers.tables import activity, customer
from salesdesk.office.among import ACTIVE_DAYS, Among
from salesdesk.office.measures import Measure
from salesdesk.planning.tables import hand_count
from salesdesk.sales.tables import deal, product
from salesdesk.storage.expressions import unindexed

#: (last day, person, product) -> value
Levels = dict[tuple[date, int | None, int | None], int]


def levels(
    db: Connection,
    measure: Measure,
    days: Sequence[date],
    *,
    by_product: bool = False,
    person_id: int | None = None,
    today: date,
) -> Levels:
    """What holds at the ends of ``days``, which are in order, of everybody or of one person.

    None of them is after ``today``.

    Whoever had something at one of them has a value at all of them, 0 too: else the level of an
    earlier day would seem to hold on.
    """
    if not days:
        return {}
    if measure.counts == "customers":
        found = _customers(db, measure.among, days, person_id)
    elif measure.counts == "active_customers":
        found = _active(db, measure.among, days, person_id, today)
    else:
        found = _by_hand(db, measure, days, person_id, by_product)
    whose = dict.fromkeys((person, product) for _day, person, product in found)
    return {
        (day, *place): found.get((day, *place), 0) for day in days for place in whose
    }  # fmt: skip


def of_customers(among: Among) -> list[ColumnElement[bool]]:
    """The conditions on a customer's own columns, as they are today."""
    lists = {"source": among.sources, "grade": among.grades, "state": among.states}
    return [customer.c[name].in_(values) for name, values in lists.items() if values]


def _whose(person_id: int | None) -> list[ColumnElement[bool]]:
    return [] if person_id is None else [customer.c.owner_id == person_id]


def _customers(db: Connection, among: Among, days: Sequence[date], person_id: int | None) -> Levels:
    month = days[0].year * 100 + days[0].month
    limits = [*of_customers(among), *_whose(person_id)]
    before = db.execute(
        select(customer.c.owner_id, func.count())
        .where(customer.c.registered_month < month, *limits)
        .group_by(customer.c.owner_id)
        .order_by(customer.c.owner_id)
    )
    running: dict[int | None, int] = {row[0]: row[1] for row in before}
    since = db.execute(
        select(customer.c.registered_on, customer.c.owner_id, func.count())
        .where(
            customer.c.registered_month.between(month, days[-1].year * 100 + days[-1].month),
            *limits,
        )
        .group_by(customer.c.registered_on, customer.c.owner_id)
        .order_by(customer.c.registered_on, customer.c.owner_id)
    ).all()
    found: Levels = {}
    place = 0
    for day in days:
        while place < len(since) and since[place][0] <= day:
            running[since[place][1]] = running.get(since[place][1], 0) + since[place][2]
            place += 1
        found |= {(day, owner, None): count for owner, count in running.items()}
    return found


def _active(
    db: Connection, among: Among, days: Sequence[date], person_id: int | None, today: date
) -> Levels:
    reach = timedelta(days=among.days or ACTIVE_DAYS)
    first, end = days[0] - reach + timedelta(days=1), days[-1] + timedelta(days=1)
    months = (first.year * 100 + first.month, days[-1].year * 100 + days[-1].month)
    limits = [*of_customers(among), *_whose(person_id)]
    own = None if person_id is None else select(customer.c.id).where(*_whose(person_id))
    if list(days) == [today]:
        # Nobody was met after today, so that each one's last contact says it.
        met = [
            select(
                customer.c.id.label("customer_id"), customer.c.last_contact_on.label("day")
            ).where(customer.c.last_contact_on >= first)
        ]
    else:
        month: ColumnElement[Any] = activity.c.month
        met = [
            select(activity.c.customer_id, activity.c.day.label("day")).where(
                # One person's customers are few: they are found by their own index.
                (month if own is None else unindexed(month)).between(*months),
                activity.c.day >= first,
                activity.c.day < end,
                activity.c.customer_id.is_not(None)
                if own is None
                else activity.c.customer_id.in_(own),
                # What reaches nobody (customers.kinds.is_contact) keeps nobody active.
                activity.c.answered,
                activity.c.kind.not_in(sorted(MASS)),
            )
        ]
    for stage in ("subscribed", "contracted"):
        on = deal.c[f"{stage}_on"]
        met.append(
            select(deal.c.customer_id, on.label("day")).where(
                deal.c[f"{stage}_month"].between(*months),
                on >= first,
                on < end,
                deal.c.cancelled_on.is_(None),
            )
        )
    seen = union(*met).subquery("seen")
    found: Levels = {}
    if len(days) == 1:
        rows = db.execute(
            select(customer.c.owner_id, func.count())
            .where(customer.c.id.in_(select(seen.c.customer_id)), *limits)
            .group_by(customer.c.owner_id)
            .order_by(customer.c.owner_id)
        )
        return {(days[0], row[0], None): row[1] for row in rows}
    rows = db.execute(
        select(customer.c.owner_id, seen.c.customer_id, seen.c.day)
        .join(customer, customer.c.id == seen.c.customer_id)
        .where(*limits)
        .order_by(seen.c.customer_id, seen.c.day)
    )
    # A day of contact counts at each end from itself on until it is out of reach; an end that two
    # days of a customer reach counts once.
    last: tuple[int, int] = (0, -1)
    for owner, customer_id, day in rows:
        begun = last[1] + 1 if last[0] == customer_id else 0
        for number in range(max(begun, bisect_left(days, day)), len(days)):
            if days[number] - day >= reach:
                break
            key = (days[number], owner, None)
            found[key] = found.get(key, 0) + 1
            last = (customer_id, number)
    return found


def _by_hand(
    db: Connection,
    measure: Measure,
    days: Sequence[date],
    person_id: int | None,
    by_product: bool,
) -> Levels:
    """What each person counted last of each product, up to each day."""
    limits: list[ColumnElement[bool]] = [
        hand_count.c.measure_id == measure.id,
        hand_count.c.day <= days[-1],
    ]
    if person_id is not None:
        limits.append(hand_count.c.person_id == person_id)
    if measure.among.categories:
        limits.append(hand_count.c.product_id.in_(_products(measure.among.categories)))
    rows = db.execute(
        select(
            hand_count.c.day, hand_count.c.person_id, hand_count.c.product_id, hand_count.c.value
        )
        .where(*limits)
        .order_by(hand_count.c.day, hand_count.c.id)
    ).all()
    latest: dict[tuple[int, int | None], int] = {}
    found: Levels = {}
    place = 0
    for day in days:
        while place < len(rows) and rows[place][0] <= day:
            latest[rows[place][1], rows[place][2]] = rows[place][3]
            place += 1
        for (person, product_id), value in latest.items():
            key = (day, person, product_id if by_product else None)
            found[key] = found.get(key, 0) + value
    return found


def _products(categories: Sequence[str]) -> Any:
    return select(product.c.id).where(product.c.category.in_(categories))

"""Benchmark: a list of 200,000 records that name customers, searched and sorted, against LIKE.

The kind is made for it in an office of 300,000 customers and is gone when it is over. Within that
change nothing is kept in memory, so that each figure is that of a first look.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from sqlalchemy import Connection, func, or_, select

from salesdesk.customers.tables import customer
from salesdesk.demo.bulk import Pile
from salesdesk.office.tables import person
from salesdesk.records import records
from salesdesk.records.kinds import Field, Kind, new_table
from salesdesk.records.records import Wanted
from salesdesk.storage.schema import metadata
from salesdesk.workspace import Workspace
from tests.benchmarks.bench_search import chinese_office

_NUMBER = 200_000
_PAGE = 200
_FIELDS = (
    Field("day", "day", "Day", needed=True),
    Field("person_id", "person", "Person", needed=True),
    Field("customer_id", "customer", "Customer"),
    Field("about", "text", "About", longest=60),
)
#: Customers by name, pinyin, a phone and much of one; what the record itself says; nobody.
_SEARCHES = ("张伟", "zhangw", "1381", "13", "roof", "qxqzv")


class _OverError(Exception):
    """Takes back what was made for the benchmark."""


def _fill(db: Connection, kind: Kind) -> None:
    rng = Random(4)
    highest = db.execute(select(func.max(customer.c.id))).scalar_one()
    owners = list(db.execute(select(person.c.id)).scalars())
    columns = ("day", "month", "person_id", "customer_id", "about")
    pile = Pile(db, kind.table, columns)
    for number in range(_NUMBER):
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(1_000))
        words = rng.choice(("late", "leaking roof", "wrong colour", "noise at night"))
        pile.rows.append(
            (
                day.isoformat(), day.year * 100 + day.month, rng.choice(owners),
                rng.randrange(highest) + 1, f"{words} {number}",
            )
        )  # fmt: skip
        pile.sink()
    pile.flush()


def _ms(work: Callable[[], Any]) -> float:
    """Milliseconds of the processor."""
    taken = []
    for _turn in range(3):
        start = process_time()
        work()
        taken.append(process_time() - start)
    return min(taken) * 1000


def _by_like(db: Connection, kind: Kind, text: str) -> object:
    """The bare join with LIKE on both rows' texts that it is measured against."""
    pattern = f"%{text}%"
    key = customer.c.search_key
    query = (
        select(kind.table.c.id)
        .outerjoin(customer, customer.c.id == kind.table.c.customer_id)
        .where(or_(func.lower(kind.table.c.about).like(pattern), key.like(pattern)))
        .order_by(kind.table.c.day.desc(), kind.table.c.id.desc())
        .limit(_PAGE)
    )
    return db.execute(query).all()


def _measured(db: Connection, kind: Kind) -> dict[str, float]:
    page = partial(records.page, db, kind, actor_id=None, limit=_PAGE)
    count = partial(records.count, db, kind, actor_id=None)
    result = {
        "page_ms": _ms(page),
        "middle_ms": _ms(partial(page, offset=_NUMBER // 2)),
        "by_customer_ms": _ms(partial(page, order="customer_id")),
        "count_ms": _ms(count),
    }
    searched, counted, plain = [], [], []
    for text in _SEARCHES:
        searched.append(_ms(partial(page, wanted=Wanted(search=text))))
        counted.append(_ms(partial(count, wanted=Wanted(search=text))))
        plain.append(_ms(partial(_by_like, db, kind, text)))
        print(f"  {text}: {searched[-1]:.0f} ms, count {counted[-1]:.0f}, LIKE {plain[-1]:.0f}")
    return result | {
        "search_slowest_ms": max(searched),
        "search_count_slowest_ms": max(counted),
        "like_slowest_ms": max(plain),
        "search_ratio": max(searched) / max(plain),
    }


def run(folder: Path) -> dict[str, float]:
    """Milliseconds of pages and counts; the ratio is of the slowest search to the slowest LIKE."""
    kind = Kind(
        code="bench_complaint", words="Complaints", one="complaint",
        table=new_table("bench_complaint", _FIELDS, day="day", owner="person_id"),
        fields=_FIELDS, may_write="records.write", named_by=("about",),
        owner="person_id", day="day", about="customer_id", order="-day",
    )  # fmt: skip
    result: dict[str, float] = {}
    try:
        with Workspace.open(chinese_office(folder / "chinese.office")) as workspace:
            try:
                with workspace.unrecorded() as change:
                    kind.table.create(change.connection)
                    _fill(change.connection, kind)
                    result = _measured(change.connection, kind)
                    raise _OverError
            except _OverError:
                return result
    finally:
        metadata.remove(kind.table)

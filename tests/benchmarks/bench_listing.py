"""Benchmark: the customer list under every filter in every order, and how many it holds.

Of every filter (with and without a search) and every column in either direction: the first page,
the page that begins in the middle of the list (where one lands who drags the scroll bar), and the
number shown beside; each as it is after a change, with no set of customers kept. The middle is
found by a plain sort of all rows in memory.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time

from sqlalchemy import Connection, func, select

from salesdesk.customers import customers
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.customers.tables import FIRST_NEEDS, customer
from salesdesk.office.names import sort_key
from salesdesk.office.tables import person
from salesdesk.storage import marks
from salesdesk.workspace import Workspace
from tests.benchmarks.bench_search import chinese_office

#: The page that the window asks for.
_PAGE = 200
#: What is searched for under each filter: many, some and few.
_SEARCHES = ("13", "zhang", "138 1", "wx")
_FACETS = ("grade", "state", "source", "region", "owner_id")


def filters(db: Connection) -> Iterator[CustomerFilter]:
    """No filter; of each filter the value that most, that half as many and that fewest have."""
    yield CustomerFilter()
    for name in _FACETS:
        column = customer.c[name]
        values = db.execute(
            select(column)
            .where(column.is_not(None))
            .group_by(column)
            .order_by(func.count().desc(), column)
        ).scalars()
        ranked = list(values)
        for value in dict.fromkeys((ranked[0], ranked[len(ranked) // 2], ranked[-1])):
            yield replace(CustomerFilter(), **{name: value})
    yield CustomerFilter(no_owner=True)
    yield CustomerFilter(owner_left=True)
    latest = db.execute(select(func.max(customer.c.last_contact_on))).scalar_one()
    for days in (0, 30, 365):
        yield CustomerFilter(overdue_on=latest - timedelta(days=days))
    yield CustomerFilter(quiet_since=latest - timedelta(days=365))


def combinations(db: Connection) -> Iterator[CustomerFilter]:
    """Every filter, every filter with each search, and pairs of filters."""
    single = list(filters(db))
    yield from single
    for wanted, text in product(single, _SEARCHES):
        yield replace(wanted, text=text)
    latest = db.execute(select(func.max(customer.c.last_contact_on))).scalar_one()
    day = latest - timedelta(days=30)
    yield CustomerFilter(state="lost", grade="B")
    yield CustomerFilter(state="potential", overdue_on=day)
    yield CustomerFilter(grade="A", overdue_on=day, text="13")


class Rows:
    """All customers in every order, sorted once in memory, so that the middle of a list is known.

    Keys are (what the list is sorted by, whether descending).
    """

    def __init__(self, db: Connection) -> None:
        c = customer.c
        owners = {row.id: (sort_key(row.name), row.id) for row in db.execute(select(person))}
        columns = {
            "id": c.id, "name": c.name_sort, "company": c.company_sort, "phones": c.phones,
            "region": c.region, "source": c.source, "grade": c.grade, "state": c.state,
            "owner_name": c.owner_id, "needs": func.substr(c.needs, 1, FIRST_NEEDS),
            "registered_on": c.registered_on, "last_contact_on": c.last_contact_on,
            "next_contact_on": c.next_contact_on,
        }  # fmt: skip
        self._orders: dict[tuple[str, bool], list[int]] = {}
        for sort, column in columns.items():
            values = {row[0]: row[1] for row in db.execute(select(c.id, column).order_by(c.id))}
            if sort == "owner_name":
                values = {own_id: owners.get(owner_id) for own_id, owner_id in values.items()}
            blank = [own_id for own_id, value in values.items() if value in ("", None)]
            filled = sorted(values.keys() - set(blank), key=lambda own_id: (values[own_id], own_id))
            self._orders[sort, False] = filled + blank
            self._orders[sort, True] = filled[::-1] + blank[::-1]

    def in_order(self, ids: Collection[int], sort: str, descending: bool) -> list[int]:
        """Some customers as a list sorts them."""
        return [own_id for own_id in self._orders[sort, descending] if own_id in ids]


def _forget(workspace: Workspace) -> None:
    workspace.read(lambda db: marks.forget(db))


def _fastest(workspace: Workspace, work: Callable[[], object], turns: int) -> tuple[float, float]:
    """Seconds on the clock and of the processor, each time with nothing kept in memory."""
    taken = []
    for _turn in range(turns):
        _forget(workspace)
        start, cpu = perf_counter(), process_time()
        work()
        taken.append((process_time() - cpu, perf_counter() - start))
    cpu, seconds = min(taken)
    return seconds, cpu


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def measure(
    workspace: Workspace, turns: int = 1
) -> tuple[dict[str, list[tuple[float, float, str]]], int]:
    """(seconds, of the processor, of what) of first pages, pages of the middle and counts,
    of filters alone and of filters with a search.

    And how many pages weren't what the plain sort says, which should be none.
    """
    rows = workspace.read(lambda db: Rows(db))
    gc.freeze()  # a million of our own objects aren't to be gone through within a page's time
    taken: dict[str, list[tuple[float, float, str]]] = {
        f"{which}_{what}": []
        for which in ("filtered", "searched")
        for what in ("first", "middle", "count")
    }
    wrong = 0
    for wanted in workspace.read(lambda db: list(combinations(db))):
        words = ", ".join(
            f"{name} {getattr(wanted, name)}"
            for name in CustomerFilter.__slots__
            if getattr(wanted, name) != getattr(CustomerFilter(), name)
        )
        ids = workspace.read(customers.matching_ids, wanted)
        members = set(ids)
        counting = partial(workspace.read, partial(customers.count, wanted=wanted))
        wrong += counting() != len(ids)
        which = "searched" if wanted.text else "filtered"
        taken[f"{which}_count"].append(
            (*_fastest(workspace, counting, turns), f"{words} ({len(ids)})")
        )
        for sort, descending in product(customers.SORTS, (False, True)):
            expected = rows.in_order(members, sort, descending)
            middle = len(expected) // 2
            page = partial(
                customers.page, wanted=wanted, sort=sort, descending=descending, limit=_PAGE
            )
            after: Customer | None = None
            if middle:
                [after] = workspace.read(customers.customers_with, expected[middle - 1 : middle])
            of = f"{words} ({len(ids)}) by {sort}{' descending' * descending}"
            for place, behind, start in (("first", None, 0), ("middle", after, middle)):
                read = partial(workspace.read, partial(page, after=behind))
                listed = [known.id for known in read()]
                wrong += listed != expected[start : start + _PAGE]
                taken[f"{which}_{place}"].append((*_fastest(workspace, read, turns), of))
    return taken, wrong


def figures(workspace: Workspace) -> Mapping[str, float]:
    """The slowest and the 95th percentile of each, and of all how many pages are wrong."""
    taken, wrong = measure(workspace)
    result: dict[str, float] = {}
    for name, each in taken.items():
        seconds, _cpu, of = max(each)
        print(f"  slowest {name}: {seconds * 1000:.0f} ms, {of}")
        result[f"{name}_slowest_seconds"] = seconds
        result[f"{name}_slowest_cpu_seconds"] = max(cpu for _seconds, cpu, _of in each)
        result[f"{name}_p95_seconds"] = _p95([seconds for seconds, _cpu, _of in each])
    return result | {"wrong_pages": float(wrong)}


def run(office: Path, folder: Path) -> dict[str, float]:
    """Seconds, of the demo office ``office`` and of a Chinese one made in ``folder``."""
    result: dict[str, float] = {}
    for name, path in (("demo", office), ("chinese", chinese_office(folder / "chinese.office"))):
        with Workspace.open(path) as workspace:
            result |= {f"{name}_{figure}": value for figure, value in figures(workspace).items()}
    return result

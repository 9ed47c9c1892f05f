"""Benchmark: 10,000 customers into an office of 300,000 by one change, and that change undone.

In means: looked for among those known and among themselves, checked, written with their phones,
their search keys and the history. The floor writes the very rows that this left into a copy of the
same office, as many by each statement as the database takes (the quickest way with a full-text
index), keys and images known beforehand and nothing looked at. Both are committed, and taken away
again before the next turn. The office itself stays as it is.

The triggers (search index, day counts) follow the floor's rows too: it is what the database itself
takes. The ratio says what readings, keys, the look for likenesses, images and history cost on top.
Python looks for no garbage meanwhile, as in the window (``ui/shared/background``).

Seconds are those of the clock; ``_cpu_seconds`` those of the processor, which others working on
the machine and a slow disk alter less.
"""

from __future__ import annotations

import gc
import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Connection, Engine

from salesdesk.customers import customers
from salesdesk.customers.customers import NewCustomer
from salesdesk.office import people
from salesdesk.storage import sqlite
from salesdesk.storage.engine import open_file_engine, writing
from salesdesk.storage.schema import all_tables
from salesdesk.workspace import Workspace

ROWS = 10_000
#: The tables that an import writes, those that name others last.
TABLES = ("customer", "customer_phone", "history", "history_row")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲建国华志海燕春梅晓峰"
_PLACES = ("上海", "北京", "广州", "深圳", "成都", "重庆", "杭州", "南京", "武汉")


def new_customers(owners: list[int], seed: int) -> list[NewCustomer]:
    """Customers as a bought list has them, hardly two alike."""
    chance = random.Random(seed)
    return [
        NewCustomer(
            name=chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2)),
            company=f"{_PLACES[n % 9]}{''.join(chance.choices(_GIVEN, k=2))}科技有限公司",
            phones=f"138{chance.randrange(10**8):08}",
            region=_PLACES[n % 9],
            source="Telephone list",
            grade="ABC"[n % 3],
            owner_id=owners[n % len(owners)],
        )
        for n in range(ROWS)
    ]


def enter(workspace: Workspace, rows: list[NewCustomer]) -> None:
    """What an import does."""
    with workspace.change() as change:
        customers.likenesses(change.connection, rows)
        customers.add_many(change, rows)


def run(office: Path, folder: Path, repeats: int = 5) -> dict[str, float]:
    """Medians in seconds, and the ratio of the import to its floor, taken in turns."""
    copy, floor = folder / "import.office", folder / "import-floor.office"
    try:
        shutil.copy(office, copy)
        with Workspace.open(copy) as workspace:  # brings an older office up to date
            workspace.fold_log()
            shutil.copy(copy, floor)
            engine = open_file_engine(floor, None)
            result = _run(workspace, engine, repeats)
            engine.dispose()
        return result
    finally:
        for path in folder.glob("import*.office*"):
            if path.is_file():
                path.unlink()


def _run(workspace: Workspace, floor: Engine, repeats: int) -> dict[str, float]:
    staff = workspace.read(people.people)
    manager = next(person for person in staff if person.role == "manager")
    workspace.work_as(manager.id, manager.name)
    owners = [person.id for person in staff if person.active]
    enter(workspace, new_customers(owners, 0)[:1])  # the readings of names are loaded once
    workspace.undo()
    taken: dict[str, list[tuple[float, float]]] = {"import": [], "undo": [], "floor": []}
    for turn in range(repeats):
        rows = new_customers(owners, turn + 1)
        before = workspace.read(_last_ids)
        taken["import"].append(_seconds(partial(enter, workspace, rows)))
        left = workspace.read(_rows_after, before)
        taken["undo"].append(_seconds(workspace.undo))
        taken["floor"].append(_seconds(partial(_write, floor, left)))
        _take_away(floor, left)
    result: dict[str, float] = {}
    for name, times in taken.items():
        result[f"{name}_seconds"] = median(wall for wall, _cpu in times)
        result[f"{name}_cpu_seconds"] = median(cpu for _wall, cpu in times)
    result["import_ratio"] = result["import_seconds"] / result["floor_seconds"]
    result["undo_ratio"] = result["undo_seconds"] / result["floor_seconds"]
    return result


#: By table: its columns, and rows of values as stored.
Stored = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def _last_ids(db: Connection) -> dict[str, int]:
    return {name: sqlite.next_id(db, name) - 1 for name in TABLES}


def _rows_after(db: Connection, last_ids: dict[str, int]) -> Stored:
    return {
        name: (
            list(columns := all_tables()[name].c.keys()),
            [
                tuple(row)
                for row in sqlite.run(
                    db,
                    f'SELECT {", ".join(columns)} FROM "{name}" WHERE id > ?',
                    (last_ids[name],),
                )
            ],
        )
        for name in TABLES
    }


def _write(floor: Engine, left: Stored) -> None:
    with writing(floor) as db:
        for name, (columns, rows) in left.items():
            sqlite.insert_stored(db, name, columns, rows)


def _take_away(floor: Engine, left: Stored) -> None:
    with writing(floor) as db:
        for name in reversed(TABLES):
            sqlite.delete(db, name, [row[0] for row in left[name][1]])


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """By the clock and of the processor."""
    gc.disable()
    try:
        start, cpu_start = perf_counter(), process_time()
        work()
        return perf_counter() - start, process_time() - cpu_start
    finally:
        gc.enable()


if __name__ == "__main__":
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        for measured, figure in run(Path(sys.argv[1]), Path(made)).items():
            print(f"{measured:28} {figure:10.3f}")

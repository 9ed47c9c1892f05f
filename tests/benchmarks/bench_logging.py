"""Benchmark: one call logged in a large office, against the bare rows that it leaves.

The floor writes an activity, its customer's columns and the three rows of the history by ready
statements in one transaction. Processor time of this process: both wait for the same disk.
``look_ms`` is what the next reading costs after another program wrote to the file itself, which is
seen whenever a log was folded into it: the file is opened anew, without its log, and most of that
is SQLite reading what tables and triggers there are (``open_ms``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import sqlcipher3
from sqlalchemy import Connection, select

from salesdesk.customers import activities
from salesdesk.customers.tables import customer
from salesdesk.office import people
from salesdesk.storage import trail
from salesdesk.workspace import Workspace


def run(office: Path, folder: Path, repeats: int = 100) -> dict[str, float]:
    """Medians in milliseconds of processor time, and the ratio of logging to its floor."""
    copy = folder / "logging.office"
    try:
        shutil.copy(office, copy)
        with Workspace.open(copy) as workspace:  # brings an older office up to date
            return _run(workspace, copy, repeats)
    finally:
        for path in folder.glob("logging*.office*"):
            if path.is_file():
                path.unlink()


def _run(workspace: Workspace, path: Path, repeats: int) -> dict[str, float]:
    staff = workspace.read(people.people)
    someone = next(who for who in staff if who.active and who.role == "salesperson")
    workspace.work_as(someone.id, someone.name)
    ids = workspace.read(_customers, someone.id, 2 * repeats)

    def log(customer_id: int) -> None:
        with workspace.change() as change:
            activities.log(
                change, person_id=someone.id, kind="call", customer_id=customer_id, words="Spoke"
            )

    log(ids[0])
    logged = [_ms(log, customer_id) for customer_id in ids[:repeats]]
    with closing(sqlcipher3.dbapi2.connect(str(path), isolation_level=None)) as driver:
        driver.execute("PRAGMA synchronous = FULL")
        bare = _Bare(driver, workspace.read(trail.last_id))
        written = [_ms(bare.write, customer_id) for customer_id in ids[repeats : 2 * repeats]]
    looked = []
    for _turn in range(repeats):
        workspace.fold_log()
        os.utime(path)
        looked.append(_ms(lambda: workspace.read(trail.last_id)))
    plain = [_ms(lambda: workspace.read(trail.last_id)) for _turn in range(repeats)]
    opened = [_ms(_open_alone, path) for _turn in range(repeats)]
    return {
        "log_ms": median(logged),
        "floor_ms": median(written),
        "log_ratio": median(logged) / median(written),
        "look_ms": median(looked) - median(plain),
        "open_ms": median(opened),
    }


def _customers(db: Connection, owner_id: int, most: int) -> list[int]:
    query = select(customer.c.id).where(customer.c.owner_id == owner_id).order_by(customer.c.id)
    return list(db.execute(query.limit(most)).scalars())


class _Bare:
    """Writes again what the last entry of the history left, for other customers."""

    def __init__(self, driver: Any, history_id: int) -> None:
        self._driver = driver
        self._rows = {
            "activity": self._last("activity", "true"),
            "history": self._last("history", f"id = {history_id}"),
        }
        self._images = driver.execute(
            "SELECT table_name, row_id, before, after FROM history_row WHERE history_id = ?",
            (history_id,),
        ).fetchall()

    def _last(self, name: str, where: str) -> dict[str, Any]:
        cursor = self._driver.execute(
            f"SELECT * FROM {name} WHERE {where} ORDER BY id DESC LIMIT 1"
        )
        columns = [described[0] for described in cursor.description]
        row = dict(zip(columns, cursor.fetchone(), strict=True))
        del row["id"]
        return row

    def _insert(self, name: str, row: dict[str, Any]) -> int:
        places = ", ".join("?" * len(row))
        cursor = self._driver.execute(
            f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})", tuple(row.values())
        )
        return int(cursor.lastrowid)

    def write(self, customer_id: int) -> None:
        """One call."""
        self._driver.execute("BEGIN IMMEDIATE")
        self._insert("activity", self._rows["activity"] | {"customer_id": customer_id})
        self._driver.execute(
            "UPDATE customer SET last_contact_on = ?, last_words = ?, next_contact_on = ?,"
            " version = version + 1 WHERE id = ?",
            (self._rows["activity"]["day"], "Spoke", "2026-12-31", customer_id),
        )
        history_id = self._insert("history", self._rows["history"])
        for image in self._images:
            self._driver.execute(
                "INSERT INTO history_row (history_id, table_name, row_id, before, after)"
                " VALUES (?, ?, ?, ?, ?)",
                (history_id, *image),
            )
        self._driver.execute("COMMIT")


def _open_alone(path: Path) -> None:
    uri = f"{path.absolute().as_uri()}?immutable=1"
    with closing(sqlcipher3.dbapi2.connect(uri, uri=True)) as driver:
        driver.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()


def _ms(work: Callable[..., object], *arguments: object) -> float:
    start = process_time()
    work(*arguments)
    return (process_time() - start) * 1000


if __name__ == "__main__":
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        for measured, figure in run(Path(sys.argv[1]), Path(made)).items():
            print(f"{measured:28} {figure:10.3f}")

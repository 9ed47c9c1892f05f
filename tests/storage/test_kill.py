"""A program killed at any moment loses nothing it had acknowledged, and leaves the file sound."""

from __future__ import annotations

import json
import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection, select

from salesdesk.calc.periods import month, year
from salesdesk.check import check
from salesdesk.customers import activities, customers
from salesdesk.customers.tables import activity, customer
from salesdesk.planning import targets
from salesdesk.planning.places import Place, person
from salesdesk.sales import deals, payments, selling
from salesdesk.sales.tables import deal
from salesdesk.storage import backup
from salesdesk.workbooks import quota_import, quota_sheet, quota_taking
from salesdesk.workspace import Workspace
from tests.offices import STAFF, employ, found, measure, plan_for, set_targets, staffed_office
from tests.storage.children import fork

ROUNDS, ROUNDS_ENCRYPTED, ROUNDS_SOAK = 100, 8, 1_000
SELLERS = (STAFF.ann, STAFF.bob, STAFF.cleo)
#: Quota sheets that came back, each with figures of its own in every cell.
SHEETS = 6


# -- the program that is killed --------------------------------------------------------------------


def _log_call(workspace: Workspace, mark: str, _number: int) -> None:
    with workspace.change("Log a call") as change:
        activities.log(change, person_id=STAFF.ann, kind="call", customer_id=1, words=mark)


def _register(workspace: Workspace, mark: str, number: int) -> None:
    with workspace.change("Register") as change:
        phones = f"138{number:08}; 139{number:08}"
        customers.add(change, name=mark, phones=phones, grade="A", owner_id=STAFF.bob)


def _sell(workspace: Workspace, mark: str, number: int) -> None:
    shares = [deals.Share(STAFF.ann, 3_333), deals.Share(STAFF.bob, 6_667)]
    with workspace.change("Sell") as change:
        sold = selling.add_deal(
            change, customer_id=1, product_id=1, amount=100_000 + number, shares=shares,
            stages={"contracted": date(2026, 11, 2)}, note=mark,
        )  # fmt: skip
        payments.add_payment(change, sold, 50_001, paid_on=date(2026, 11, 3))


def _register_and_undo(workspace: Workspace, mark: str, _number: int) -> None:
    with workspace.change("Register by mistake") as change:
        customers.add(change, name=f"Mistake {mark}", phones="13777777777")
    workspace.undo()


def _sheet_of(number: int) -> int:
    return number % SHEETS + 1  # sheet 0 is what went out: it would change nothing


def _import(workspace: Workspace, _mark: str, number: int) -> None:
    sheet = workspace.path.with_name(f"back{_sheet_of(number)}.xlsx")
    with workspace.change("Take a quota sheet back") as change:
        comparison = quota_import.compare(change.connection, sheet)
        quota_taking.apply(change, comparison, keep="sheet")


def _back_up(workspace: Workspace, _mark: str, _number: int) -> None:
    workspace.back_up()


WORK: dict[str, Callable[[Workspace, str, int], None]] = {
    "call": _log_call,
    "customer": _register,
    "deal": _sell,
    "undone": _register_and_undo,
    "sheet": _import,
    "backup": _back_up,
}


def _program(path: Path, password: str | None, tell: int, seed: int) -> None:
    """Change the office without end, telling before each change what comes and after it "done"."""
    chance = random.Random(seed)
    with Workspace.open(path, password) as workspace:
        workspace.work_as(STAFF.max, "Max")
        for number in count(seed * 1_000):
            [kind] = chance.choices(list(WORK), weights=[6, 4, 4, 2, 4, 1])
            mark = f"mark-{number}"
            os.write(tell, json.dumps([kind, mark, number]).encode() + b"\n")
            WORK[kind](workspace, mark, number)
            os.write(tell, b'"done"\n')


# -- who kills it and looks ------------------------------------------------------------------------


@dataclass
class Told:
    """What the killed programs acknowledged."""

    marks: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in WORK})
    sheet: int | None = None  # the last quota sheet whose figures must stand
    sheet_under_way: int | None = None  # one whose import may or may not have been committed
    backups: int = 0

    def read(self, lines: list[Any]) -> None:
        """Take over what one program told until it was killed."""
        self.sheet_under_way = None
        under_way: list[Any] | None = None
        for line in lines:
            if line != "done":
                under_way = line
                continue
            assert under_way is not None
            kind, mark, number = under_way
            self.marks[kind].add(mark)
            if kind == "sheet":
                self.sheet = _sheet_of(number)
            under_way = None
        if under_way is not None and under_way[0] == "sheet":
            self.sheet_under_way = _sheet_of(under_way[2])


def _run_and_kill(path: Path, password: str | None, seed: int) -> list[Any]:
    """Run the program and kill it at some moment; the lines it had written whole."""
    chance = random.Random(seed)
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        try:
            os.close(reading)
            _program(path, password, writing, seed)
        except BaseException:  # noqa: BLE001 - the parent only sees that it ended by itself
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    wanted = chance.choice([0, 1, 2, 4, 8, 16])
    content = b""
    while content.count(b"\n") < wanted:
        block = os.read(reading, 65_536)
        if not block:
            break  # it ended by itself, which is told below
        content += block
    # No condition is waited for here: the moment of the kill shall be any.
    time.sleep(chance.uniform(0, 0.02))
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the program ended by itself"
    while block := os.read(reading, 65_536):
        content += block
    os.close(reading)
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


def _standing(db: Connection) -> dict[str, set[str]]:
    """The marks of what is in the office."""

    def texts(*query: Any) -> set[str]:
        return set(db.execute(select(*query)).scalars())

    return {
        "call": texts(activity.c.words),
        "customer": texts(customer.c.name),
        "deal": texts(deal.c.note),
    }


def _figures(sheet: int) -> dict[Place, int]:
    """What quota sheet number ``sheet`` carries."""
    places = [year(2026), *(month(2026, number) for number in range(1, 13))]
    return {
        Place(person(who), period): (1_000 * sheet + 100 * who + place) * 100
        for who in SELLERS
        for place, period in enumerate(places)
    }


def _quota(workspace: Workspace, plan_id: int) -> dict[Place, int]:
    stored = workspace.read(targets.values, plan_id, measure(workspace).id, "assigned")
    return {place: cell.value for place, cell in stored.items()}


def _send_out(workspace: Workspace) -> int:
    """A plan, and beside the office the sheets that come back for it; the plan's id."""
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, dict(_figures(0)))
    path = workspace.path.with_name("out.xlsx")
    quota_sheet.export(workspace, plan_id, path)
    for number in range(1, SHEETS + 1):
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        heads = {cell.value: cell.column for cell in sheet[3] if cell.value}
        columns = [heads["Assigned task"], *(heads[f"Month {n}"] for n in range(1, 13))]
        figures = _figures(number)
        for row, who in enumerate(SELLERS, 4):
            mine = [value for place, value in figures.items() if place.who == person(who)]
            for column, value in zip(columns, mine, strict=True):
                sheet.cell(row, column).value = value / 100
        book.save(path.with_name(f"back{number}.xlsx"))
    return plan_id


def _kill_again_and_again(workspace: Workspace, rounds: int, password: str | None = None) -> Told:
    plan_id = _send_out(workspace)
    workspace.close()
    path, told = workspace.path, Told()
    told.sheet = 0
    for seed in range(1, rounds + 1):
        told.read(_run_and_kill(path, password, seed))
        with Workspace.open(path, password) as opened:
            assert opened.notices == ()  # a log that ends in the middle of a change isn't damaged
            assert check(opened) == []
            standing = opened.read(_standing)
            for kind, marks in standing.items():
                assert told.marks[kind] <= marks
            mistakes = {f"Mistake {mark}" for mark in told.marks["undone"]}
            assert not mistakes & standing["customer"]
            quota = _quota(opened, plan_id)
            possible = [told.sheet, told.sheet_under_way]
            standing_sheets = [
                one for one in possible if one is not None and quota == _figures(one)
            ]
            assert standing_sheets, "figures of no sheet, or of two"
            told.sheet = standing_sheets[0]
    return told


def test_a_program_killed_a_hundred_times_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        told = _kill_again_and_again(workspace, ROUNDS)
    # The kills did hit a program at work, on every kind of it.
    assert all(told.marks[kind] for kind in WORK)
    for _moment, copy in backup.dated_copies(workspace.path):
        assert check(copy) == []


def test_an_encrypted_office_survives_kills_as_well(tmp_path: Path) -> None:
    with found(tmp_path, password="secret") as workspace:
        employ(workspace)
        told = _kill_again_and_again(workspace, ROUNDS_ENCRYPTED, "secret")
    assert any(told.marks.values())


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_program_killed_a_thousand_times_loses_nothing_it_acknowledged(
    tmp_path: Path,
) -> None:
    with staffed_office(tmp_path) as workspace:
        _kill_again_and_again(workspace, ROUNDS_SOAK)

"""Day counts are what the rows come to, whatever is done to the rows and by whom."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Table, select

from salesdesk import demo
from salesdesk.check import check
from salesdesk.customers import activities, customers
from salesdesk.customers.customers import STATES
from salesdesk.customers.kinds import KINDS
from salesdesk.customers.tables import activity, customer
from salesdesk.errors import SalesDeskError
from salesdesk.office import measures, settings
from salesdesk.planning import hand_counts, tasks
from salesdesk.planning.actuals import Key, actuals
from salesdesk.planning.tables import hand_count, task
from salesdesk.sales import payments, selling
from salesdesk.sales.deals import Share
from salesdesk.sales.tables import deal, payment
from salesdesk.storage import day_counts, trail, triggers
from salesdesk.storage.history import Change
from salesdesk.workspace import Workspace
from tests.offices import STAFF, sell, staffed_office, trust_everybody
from tests.planning import by_rows

FIRST, LAST = date(2026, 9, 1), date(2026, 12, 1)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with staffed_office(tmp_path) as opened:
        trust_everybody(opened)
        yield opened


def _same_as_rows(workspace: Workspace) -> None:
    """That nothing differs from the rows, by every rule, cut in every way."""
    assert workspace.read(lambda db: list(day_counts.differences(db))) == []
    asked = workspace.read(measures.measures, active_only=False)
    stretches = (
        (FIRST, LAST),
        (date(2026, 10, 1), date(2026, 11, 1)),
        (date(2026, 10, 13), date(2026, 11, 9)),
        (date(2026, 11, 3), date(2026, 11, 4)),
    )
    buckets: tuple[day_counts.Bucket, ...] = ("none", "month", "day")
    for start, end in stretches:
        for bucket in buckets:
            for by_product in (False, True):
                kept, rows = (
                    workspace.read(reckon, asked, start, end, bucket=bucket, by_product=by_product)
                    for reckon in (actuals, by_rows.actuals)
                )
                assert kept == rows
        everybody = workspace.read(actuals, asked, start, end)
        ann = workspace.read(actuals, asked, start, end, person_id=STAFF.ann)
        assert ann == {key: value for key, value in everybody.items() if key.person_id == STAFF.ann}


class _Hand:
    """Does something at random to an office through its writers."""

    def __init__(self, workspace: Workspace, rng: Random) -> None:
        self.workspace, self.rng = workspace, rng
        with workspace.change("Own measure") as change:
            self.own = measures.add(change, "Test drives", "drives")

    def day(self) -> date:
        return FIRST + timedelta(days=self.rng.randrange((LAST - FIRST).days))

    def person(self) -> int:
        return self.rng.choice((STAFF.ann, STAFF.bob, STAFF.cleo))

    def any_of(self, change: Change, table: Table) -> int:
        ids: list[int] = list(change.connection.execute(select(table.c.id)).scalars())
        return self.rng.choice(ids)

    def step(self) -> None:
        """One change, undo or redo; what is refused changes nothing."""
        rng = self.rng
        with suppress(SalesDeskError, IndexError):
            if rng.random() < 0.2:
                self.workspace.undo()
            elif rng.random() < 0.1:
                self.workspace.redo()
            else:
                action = rng.choice(
                    (self.log, self.log, self.mend_activity, self.customer, self.mend_customer,
                     self.sell, self.sell, self.mend_deal, self.stage, self.cancel, self.pay,
                     self.mend_payment, self.count, self.plan_task, self.mend_task, self.delete)
                )  # fmt: skip
                with self.workspace.change("Something") as change:
                    action(change)

    def log(self, change: Change) -> None:
        activities.log(
            change, person_id=self.person(), kind=self.rng.choice(list(KINDS)),
            customer_id=self.rng.choice((STAFF.lin, STAFF.zhou)),
            at=datetime.combine(self.day(), datetime.min.time()), words="spoke",
        )  # fmt: skip

    def mend_activity(self, change: Change) -> None:
        activities.edit(
            change, self.any_of(change, activity), kind=self.rng.choice(list(KINDS)),
            at=datetime.combine(self.day(), datetime.min.time()),
        )  # fmt: skip

    def customer(self, change: Change) -> None:
        customers.add(
            change, name=f"N{self.rng.random()}", owner_id=self.rng.choice((None, self.person())),
            registered_on=self.day(), state=self.rng.choice(list(STATES)),
        )  # fmt: skip

    def mend_customer(self, change: Change) -> None:
        values = {"owner_id": self.rng.choice((None, self.person()))}
        change.update(
            customer, self.any_of(change, customer), state=self.rng.choice(list(STATES)), **values
        )

    def sell(self, change: Change) -> None:
        selling.add_deal(
            change, customer_id=self.any_of(change, customer), product_id=self.product(),
            amount=self.rng.randrange(1, 9_999_99), stages={"subscribed": self.day()},
            shares=self.shares(), cost=self.rng.choice((None, 1_00, 333_33)),
        )  # fmt: skip

    def product(self) -> int:
        return self.rng.choice((STAFF.laptop, STAFF.tower))

    def shares(self) -> list[Share]:
        first, second = self.rng.sample((STAFF.ann, STAFF.bob, STAFF.cleo), 2)
        return [Share(first, 3_333), Share(second, 6_667)]

    def mend_deal(self, change: Change) -> None:
        deal_id = self.any_of(change, deal)
        selling.edit_deal(
            change, deal_id, seen_version=self.version(change, deal, deal_id),
            product_id=self.product(), quantity=self.rng.randrange(1, 9), shares=self.shares(),
        )  # fmt: skip

    def version(self, change: Change, table: Table, row_id: int) -> int:
        query = select(table.c.version).where(table.c.id == row_id)
        version: int = change.connection.execute(query).scalar_one()
        return version

    def stage(self, change: Change) -> None:
        selling.set_stage(change, self.any_of(change, deal), "contracted", self.day())

    def cancel(self, change: Change) -> None:
        selling.cancel(change, self.any_of(change, deal), self.day(), "no loan")

    def pay(self, change: Change) -> None:
        payments.add_payment(
            change, self.any_of(change, deal), self.rng.randrange(1, 999_99), paid_on=self.day()
        )

    def mend_payment(self, change: Change) -> None:
        payment_id = self.any_of(change, payment)
        seen = self.version(change, payment, payment_id)
        payments.edit_payment(change, payment_id, seen_version=seen, paid_on=self.day())

    def count(self, change: Change) -> None:
        hand_counts.count(
            change, self.own, self.person(), self.day(), self.rng.randrange(9),
            product_id=self.rng.choice((None, STAFF.laptop)),
        )  # fmt: skip

    def plan_task(self, change: Change) -> None:
        day = self.day()
        number = tasks.add(change, words="Do it", person_id=self.person(), day=day)
        if self.rng.random() < 0.7:
            tasks.mark_done(change, tasks.Ref(number), on=day)

    def mend_task(self, change: Change) -> None:
        ref = tasks.Ref(self.any_of(change, task))
        if self.rng.random() < 0.5:
            tasks.reopen(change, ref)
        else:
            tasks.mark_done(change, ref, on=self.day())

    def delete(self, change: Change) -> None:
        where = self.rng.choice((activity, payment, hand_count))
        row_id = self.any_of(change, where)
        if where is activity:
            activities.delete(change, row_id)
        elif where is payment:
            payments.delete_payment(change, row_id)
        else:
            hand_counts.delete_count(change, row_id)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_figures_are_those_of_the_rows(workspace: Workspace, seed: int) -> None:
    hand = _Hand(workspace, Random(seed))
    for _turn in range(2):
        for _step in range(60):
            hand.step()
        basis = hand.rng.choice(sorted(settings.BASES))
        with workspace.change("Rules") as change:
            settings.store(
                change, basis=basis, cancellations=hand.rng.choice(sorted(settings.CANCELLATIONS))
            )
        _same_as_rows(workspace)
    assert len(workspace.read(_everything)) > 30
    while workspace.undo_label():
        try:
            workspace.undo()
        except SalesDeskError:
            break
    _same_as_rows(workspace)


def test_a_demo_office_filled_in_bulk_is_counted(tmp_path: Path) -> None:
    with demo.make(tmp_path / "demo.office", today=date(2026, 11, 20)) as workspace:
        _same_as_rows(workspace)
        assert workspace.read(triggers.wrong) == []


# -- other programs --------------------------------------------------------------------------------


def _by_another_program(workspace: Workspace, *statements: str) -> None:
    with closing(sqlite3.connect(workspace.path)) as db, db:
        for statement in statements:
            db.execute(statement)


LOG = (
    "INTO activity (person_id, kind, at, day, month) VALUES"
    " (2, 'visit', '2026-11-03 09:00:00', '2026-11-03', 202611)"
)


@pytest.mark.parametrize(
    "statements",
    [
        [f"INSERT {LOG}", "UPDATE activity SET kind = 'call', person_id = 3"],
        [f"INSERT OR IGNORE {LOG}", f"INSERT OR REPLACE {LOG}"],
        [f"INSERT {LOG}", f"INSERT {LOG}", "DELETE FROM activity"],
        ["UPDATE customer SET owner_id = NULL", "DELETE FROM customer_phone",
         "DELETE FROM customer"],
        ["UPDATE customer SET registered_on = '2026-10-31', id = id"],
    ],
)  # fmt: skip
def test_other_programs_can_t_get_past_the_counts(
    workspace: Workspace, statements: list[str]
) -> None:
    _by_another_program(workspace, *statements)
    _same_as_rows(workspace)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO customer (id, name, search_key, registered_on, registered_month)"
        " VALUES (1, 'X', 'x', '2026-11-03', 202611)",
        "UPDATE customer SET id = 77 WHERE id = 1",
    ],
)
def test_rows_are_neither_replaced_nor_renumbered(workspace: Workspace, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="not replaced or renumbered"):
        _by_another_program(workspace, statement)
    _same_as_rows(workspace)


def test_joined_rows_may_come_and_go_in_any_order(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, date(2026, 11, 2))
    with workspace.change("Pay") as change:
        payments.add_payment(change, sold, 1_000_00, paid_on=date(2026, 11, 3))
    before = workspace.read(_everything)
    with closing(sqlite3.connect(workspace.path, isolation_level=None)) as db:
        kept = {
            name: db.execute(f"SELECT * FROM {name}").fetchall()
            for name in ("deal", "deal_share", "payment", "payment_share")
        }
        for name in kept:  # what others name goes first
            db.execute(f"DELETE FROM {name}")
        _same_as_rows(workspace)
        for name, rows in kept.items():
            for row in rows:
                db.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
    _same_as_rows(workspace)
    assert workspace.read(_everything) == before


def _everything(db: Connection) -> dict[Key, int]:
    return actuals(db, measures.measures(db), FIRST, LAST, bucket="day", by_product=True)


def test_rows_that_count_nothing_leave_no_counts_of_nothing(workspace: Workspace) -> None:
    """A cent shared out leaves one share of none; undone, counts are what they were, row by row."""

    def counted(db: Connection) -> list[tuple[object, ...]]:
        tables = (day_counts.day_count, day_counts.month_count)
        return [tuple(row) for table in tables for row in db.execute(select(table))]

    before = workspace.read(counted)
    for day in (FIRST, FIRST, FIRST + timedelta(days=1)):
        with workspace.change() as change:
            change.insert(
                hand_count, measure_id=1, person_id=STAFF.ann, day=day,
                month=day.year * 100 + day.month, value=0,
            )  # fmt: skip
        assert workspace.read(counted) == before


def test_the_history_doesn_t_tell_of_counts(workspace: Workspace) -> None:
    with workspace.change("Log") as change:
        activities.log(change, person_id=STAFF.ann, kind="visit", at=datetime(2026, 11, 3, 9))
    [entry] = workspace.history(limit=1)
    touched = workspace.read(trail.row_changes, entry.id)
    assert {row.table for row in touched} == {"activity"}


# -- what check says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE day_count SET number = 5 WHERE what = 'activity.visit'",
         ["“Visit” of Ann, 2026-11-03: 5 is kept, but its rows come to 1."]),
        ("UPDATE day_count SET person_id = 3 WHERE what = 'activity.visit'",
         ["“Visit” of Ann, 2026-11-03: 0 is kept, but its rows come to 1.",
          "“Visit” of Bob, 2026-11-03: 1 is kept, but its rows come to 0.",
          "“Visit” of Ann, 202611: 1 is kept, but its days come to 0.",
          "“Visit” of Bob, 202611: 0 is kept, but its days come to 1."]),
        ("UPDATE month_count SET amount = 1 WHERE what = 'deal.contracted'",
         ["“Contracts (amount), Laptop” of Ann, 202611: 0.01 is kept, but its days come to "
          "5,000.00."]),
        ("UPDATE month_count SET profit = 1 WHERE what = 'deal.contracted'",
         ["“Contracts (profit), Laptop” of Ann, 202611: the figure kept isn't what its rows come "
          "to."]),
        ("DROP TRIGGER count_customer_updated",
         ["The trigger count_customer_updated is missing or isn't as this program makes it: "
          "figures may stay behind what is entered."]),
    ],
)  # fmt: skip
def test_check_names_a_count_that_is_wrong(
    workspace: Workspace, statement: str, told: list[str]
) -> None:
    sell(workspace, 5_000_00, date(2026, 11, 2))
    with workspace.change("Log") as change:
        activities.log(change, person_id=STAFF.ann, kind="visit", at=datetime(2026, 11, 3, 9))
    assert check(workspace) == []
    _by_another_program(workspace, statement)
    assert check(workspace) == told

"""Whatever the window refuses of a deal or payment, the writers refuse; nothing is half done."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from salesdesk.calc import periods
from salesdesk.customers import customers
from salesdesk.errors import ConflictError, InputError, NotFoundError, RightsError
from salesdesk.office import months, people
from salesdesk.sales import bounds, deals, payments, products, selling
from salesdesk.sales.deals import Share
from salesdesk.sales.tables import deal_share, payment_share
from salesdesk.storage.history import Change
from salesdesk.workspace import Workspace
from tests.offices import STAFF, sell, staffed_office

DAY = date(2026, 11, 2)
FAR = date.today() + timedelta(days=800)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, Max at work in it."""
    with staffed_office(tmp_path) as opened:
        yield opened


def new_deal(change: Change, **values: Any) -> int:
    """A contract of Ann's customer for a laptop, with other ``values`` where they are given."""
    return selling.add_deal(
        change,
        **{
            "customer_id": STAFF.lin, "product_id": STAFF.laptop, "amount": 5_000_00,
            "stages": {"contracted": DAY}, **values,
        },
    )  # fmt: skip


def _edit(
    change: Change, deal_id: int, stages: dict[str, date] | None = None, **values: Any
) -> None:
    if stages is None:
        selling.edit_deal(change, deal_id, seen_version=1, **values)
    else:
        selling.set_stages(change, deal_id, stages)


def everything(workspace: Workspace) -> list[object]:
    """All that is known of deals and payments."""
    rows = workspace.read(deals.deals)
    return [rows, [workspace.read(deals.payments, row.id) for row in rows],
            [workspace.read(deals.shares, row.id) for row in rows]]  # fmt: skip


# -- what can't be ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"amount": bounds.MOST_CENTS + 1},
        {"amount": -1},
        {"cost": bounds.MOST_CENTS + 1},
        {"cost": -1},
        {"quantity": 0},
        {"quantity": bounds.MOST_PIECES + 1},
        {"unit_label": "x" * 61},
        {"unit_label": "3-1\x00"},
        {"note": "x" * 2_001},
        {"note": "\ud800"},
        {"stages": {"contracted": FAR}},
        {"stages": {"contracted": date(26, 11, 2)}},
        {"stages": {"paid": DAY}},
        {"shares": []},
        {"customer_id": 99},
        {"product_id": 99},
        {"shares": [Share(99, 10_000)]},
    ],
)
def test_a_deal_that_can_t_be_is_neither_entered_nor_made_so(
    workspace: Workspace, values: dict[str, Any]
) -> None:
    with pytest.raises((InputError, NotFoundError)), workspace.change("Sell") as change:
        new_deal(change, **values)
    sold = sell(workspace, 5_000_00, DAY)
    before = everything(workspace)
    with pytest.raises((InputError, NotFoundError)), workspace.change("Edit") as change:
        _edit(change, sold, **values)
    assert everything(workspace) == before


def test_what_is_no_longer_sold_or_works_here_is_refused_but_stays_in_its_deals(
    workspace: Workspace,
) -> None:
    sold = sell(workspace, 5_000_00, DAY, shares={STAFF.bob: 10_000})
    with workspace.change("Gone") as change:
        products.edit_product(change, STAFF.laptop, seen_version=1, active=False)
        bob = people.person_by_id(change.connection, STAFF.bob)
        people.edit_person(change, STAFF.bob, seen_version=bob.version, active=False)
    with pytest.raises(InputError, match="isn't sold any more"), workspace.change("S") as change:
        new_deal(change)
    with pytest.raises(InputError, match="no longer works"), workspace.change("Sell") as change:
        new_deal(change, product_id=STAFF.tower, shares=[Share(STAFF.bob, 10_000)])
    with workspace.change("Edit") as change:
        selling.edit_deal(change, sold, seen_version=1, amount=5_100_00, note="Keys in May")
    assert workspace.read(deals.deal_by_id, sold).amount == 5_100_00


def test_a_new_deal_is_the_customer_s_owner_s(workspace: Workspace) -> None:
    with workspace.change("Sell") as change:
        sold = new_deal(change)
    [share] = workspace.read(deals.shares, sold)
    assert (share.person_name, share.basis_points) == ("Ann", 10_000)


def test_stages_and_cancellations_by_somebody_who_saw_an_older_deal_are_refused(
    workspace: Workspace,
) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    with workspace.change("Edit") as change:
        selling.edit_deal(change, sold, seen_version=1, note="Another")
    with pytest.raises(ConflictError), workspace.change("Stage") as change:
        selling.set_stage(change, sold, "subscribed", DAY, seen_version=1)
    with pytest.raises(ConflictError), workspace.change("Cancel") as change:
        selling.cancel(change, sold, DAY, "No loan", seen_version=1)


def test_another_quantity_costs_as_much_a_piece_and_a_note_keeps_the_commission(
    workspace: Workspace,
) -> None:
    sold = sell(workspace, 15_000_00, DAY, quantity=3, cost=12_000_01)
    with workspace.change("Reprice") as change:
        products.edit_product(change, STAFF.laptop, seen_version=1, cost=1, commission_rate=0)
    with workspace.change("Edit") as change:
        selling.edit_deal(change, sold, seen_version=1, quantity=6, note="Twice", amount=15_000_00)
    edited = workspace.read(deals.deal_by_id, sold)
    assert (edited.cost, edited.commission) == (24_000_02, 150_00)


# -- payments --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "dates", "words"),
    [
        (0, {"paid_on": DAY}, "amount and a date"),
        (100, {}, "amount and a date"),
        (5_000_01, {"due_on": DAY}, "more than the deal"),
        (3_000_01, {"paid_on": DAY}, "at most 3,000.00"),
        (-2_000_01, {"paid_on": DAY}, "given back"),
        (100, {"paid_on": FAR}, "can't be right"),
        (100, {"due_on": date(2099, 1, 1)}, "can't be right"),
        (bounds.MOST_CENTS * 10, {"due_on": DAY}, "Amount must be from"),
    ],
)
def test_a_payment_that_can_t_be_is_refused(
    workspace: Workspace, amount: int, dates: dict[str, Any], words: str
) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    with workspace.change("Pay") as change:
        payments.add_payment(change, sold, 2_000_00, paid_on=DAY)
    before = everything(workspace)
    with pytest.raises(InputError, match=words), workspace.change("Pay") as change:
        payments.add_payment(change, sold, amount, **dates)
    assert everything(workspace) == before


def test_what_was_received_bounds_the_deal_and_its_payments(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    with workspace.change("Pay") as change:
        due = payments.add_payment(change, sold, 5_000_00, due_on=DAY)
        part = payments.add_payment(change, sold, 1_000_00, paid_on=DAY)
    with pytest.raises(InputError, match=r"at most 4,000\.00"), workspace.change("P") as change:
        payments.pay(change, due, DAY)
    with workspace.change("Less is due") as change:
        payments.edit_payment(change, due, seen_version=1, amount=4_000_00)
        payments.pay(change, due, DAY)
    assert workspace.read(deals.deal_by_id, sold).state == "paid"
    with pytest.raises(InputError, match="received already"), workspace.change("E") as change:
        selling.edit_deal(change, sold, seen_version=1, amount=4_999_99)
    with workspace.change("Back") as change:
        payments.add_payment(change, sold, -4_500_00, paid_on=DAY)
    with pytest.raises(InputError, match="given back"), workspace.change("Delete") as change:
        payments.delete_payment(change, part)
    with pytest.raises(InputError, match="delete it instead"), workspace.change("P") as change:
        payments.pay(change, part, None)
    with pytest.raises(ConflictError), workspace.change("Edit") as change:
        payments.edit_payment(change, due, seen_version=1, note="Late")
    assert workspace.read(deals.problems) == []


# -- closed months ---------------------------------------------------------------------------------


def test_a_closed_month_keeps_its_deals_and_payments(workspace: Workspace) -> None:
    october = date(2026, 10, 5)
    sold = sell(workspace, 5_000_00, october)
    open_deal = sell(workspace, 5_000_00, DAY)
    with workspace.change("Pay and close") as change:
        paid = payments.add_payment(change, sold, 1_000_00, due_on=october, paid_on=october)
        late = payments.add_payment(change, sold, 2_000_00, due_on=october)
        months.close(change, periods.month(2026, 10))
    before = everything(workspace)
    bob = [Share(STAFF.bob, 10_000)]
    refused: list[Callable[[Change], object]] = [
        lambda change: new_deal(change, stages={"contracted": october}),
        lambda change: selling.edit_deal(change, sold, seen_version=1, amount=6_000_00),
        lambda change: selling.edit_deal(change, sold, seen_version=1, shares=bob),
        lambda change: selling.set_stage(change, sold, "contracted", DAY),
        lambda change: selling.set_stage(change, open_deal, "intention", october),
        lambda change: selling.cancel(change, sold, date(2026, 10, 30), "No loan"),
        lambda change: payments.add_payment(change, sold, 1, paid_on=october),
        lambda change: payments.pay(change, paid, None),
        lambda change: payments.pay(change, late, october),
        lambda change: payments.edit_payment(change, paid, seen_version=1, amount=1),
        lambda change: payments.delete_payment(change, paid),
    ]
    for write in refused:
        with pytest.raises(InputError, match="closed month"), workspace.change("No") as change:
            write(change)
    assert everything(workspace) == before
    with workspace.change("What may be") as change:
        selling.edit_deal(change, sold, seen_version=1, note="Keys in May")
        payments.pay(change, late, DAY)
        selling.cancel(change, sold, DAY, "No loan")


# -- whose deals -----------------------------------------------------------------------------------


def test_a_salesperson_changes_only_deals_of_their_own_or_their_customers(
    workspace: Workspace,
) -> None:
    cleo = sell(workspace, 5_000_00, DAY, customer_id=STAFF.zhou, shares={STAFF.cleo: 10_000})
    with workspace.change("Pay") as change:
        due = payments.add_payment(change, cleo, 100_00, due_on=DAY)
    before = everything(workspace)
    workspace.work_as(STAFF.ann, "Ann")
    refused: list[Callable[[Change], object]] = [
        lambda change: new_deal(change, customer_id=STAFF.zhou),
        lambda change: new_deal(change, customer_id=STAFF.zhou, shares=[Share(STAFF.ann, 10_000)]),
        lambda change: selling.edit_deal(change, cleo, seen_version=1, note="Mine"),
        lambda change: selling.edit_deal(
            change, cleo, seen_version=1, shares=[Share(STAFF.ann, 10_000)]
        ),
        lambda change: selling.set_stage(change, cleo, "intention", DAY),
        lambda change: selling.cancel(change, cleo, DAY, "No loan"),
        lambda change: selling.revive(change, cleo),
        lambda change: payments.add_payment(change, cleo, 1, paid_on=DAY),
        lambda change: payments.edit_payment(change, due, seen_version=1, note="Mine"),
        lambda change: payments.pay(change, due, DAY),
        lambda change: payments.delete_payment(change, due),
    ]
    for write in refused:
        with pytest.raises(RightsError), workspace.change("No") as change:
            write(change)
    assert everything(workspace) == before
    with workspace.change("My own") as change:
        own = new_deal(change)
        shared = new_deal(change, shares=[Share(STAFF.bob, 10_000)])  # of Ann's customer
        payments.add_payment(change, shared, 100, paid_on=DAY)
    workspace.work_as(STAFF.bob, "Bob")
    with workspace.change("By share") as change:
        selling.set_stage(change, shared, "subscribed", DAY)
    with pytest.raises(RightsError), workspace.change("Ann's") as change:
        selling.set_stage(change, own, "subscribed", DAY)
    with pytest.raises(RightsError), workspace.change("To others") as change:
        selling.edit_deal(change, shared, seen_version=2, customer_id=STAFF.zhou)


# -- customers, history, credits -------------------------------------------------------------------


def test_a_contract_closes_the_customer_until_the_last_one_falls_through(
    workspace: Workspace,
) -> None:
    def state() -> str:
        return workspace.read(customers.customer_by_id, STAFF.lin).state

    first = sell(workspace, 5_000_00, DAY, stage="intention")
    assert state() == "potential"
    with workspace.change("Contract") as change:
        selling.set_stage(change, first, "contracted", DAY)
    assert state() == "closed"
    workspace.undo()
    assert state() == "potential"
    workspace.redo()
    second = sell(workspace, 5_000_00, DAY)
    with workspace.change("Cancel") as change:
        selling.cancel(change, first, DAY, "No loan")
    assert state() == "closed"
    with workspace.change("Cancel") as change:
        selling.cancel(change, second, DAY, "No loan")
    assert state() == "potential"
    with workspace.change("Revive") as change:
        selling.revive(change, second)
    assert state() == "closed"
    with workspace.change("It was another's") as change:
        version = deals.deal_by_id(change.connection, second).version
        selling.edit_deal(change, second, seen_version=version, customer_id=STAFF.zhou)
    assert state() == "potential"
    assert workspace.read(customers.customer_by_id, STAFF.zhou).state == "closed"


def test_an_intention_reopens_nobody_who_is_closed_by_hand(workspace: Workspace) -> None:
    with workspace.change("An old customer") as change:
        lin = customers.customer_by_id(change.connection, STAFF.lin)
        customers.edit(change, STAFF.lin, seen_version=lin.version, state="closed")
    sell(workspace, 5_000_00, DAY, stage="intention")
    assert workspace.read(customers.customer_by_id, STAFF.lin).state == "closed"


def test_the_history_says_whose_deal_what_and_how_much(workspace: Workspace) -> None:
    with workspace.change("Sell") as change:
        sold = new_deal(change, unit_label="3-1201")
    with workspace.change("Pay") as change:
        payments.add_payment(change, sold, 1_000_00, paid_on=DAY)
    with workspace.change("Cancel") as change:
        selling.cancel(change, sold, DAY, "No loan")
    assert [entry.label for entry in workspace.history(limit=3)] == [
        "Cancelled: 林先生: Laptop 3-1201, 5,000.00",
        "Received: 1,000.00 of 林先生: Laptop 3-1201",
        "Contract of 林先生: Laptop 3-1201, 5,000.00",
    ]


def test_an_unknown_cost_isn_t_nothing(workspace: Workspace) -> None:
    unknown = sell(workspace, 5_000_00, DAY, cost=None, shares={STAFF.ann: 5_000, STAFF.bob: 5_000})
    sell(workspace, 5_000_00, DAY, cost=4_000_00)
    stored = workspace.read(deals.deal_by_id, unknown)
    assert (stored.cost, stored.profit, stored.margin) == (None, None, None)
    totals = workspace.read(deals.totals)
    assert (totals.count, totals.costed, totals.cost, totals.profit) == (2, 1, 4_000_00, 1_000_00)
    assert workspace.read(deals.problems) == []
    with workspace.unrecorded() as change:
        row = change.connection.execute(select(func.min(deal_share.c.id))).scalar_one()
        change.update(deal_share, row, cost=0)
    assert workspace.read(deals.problems) == [
        f"Deal number {unknown}: the credited parts don't sum to it."
    ]


_CENTS = st.integers(0, 10**9)


@settings(max_examples=25, deadline=None)
@given(
    amount=_CENTS,
    cost=st.none() | _CENTS,
    quantity=st.integers(1, 50),
    cuts=st.lists(st.integers(1, 9_999), max_size=2, unique=True),
    later=_CENTS,
    paid=st.integers(0, 100),
)
def test_credited_parts_always_sum_to_deal_and_payments(
    amount: int, cost: int | None, quantity: int, cuts: list[int], later: int, paid: int
) -> None:
    edges = [0, *sorted(cuts), 10_000]
    everybody = (STAFF.ann, STAFF.bob, STAFF.cleo)
    parts = [
        Share(person, end - start)
        for person, start, end in zip(everybody, edges, edges[1:], strict=False)
    ]
    with tempfile.TemporaryDirectory() as folder, staffed_office(Path(folder)) as workspace:
        with workspace.change("Sell") as change:
            sold = new_deal(change, amount=amount, cost=cost, quantity=quantity, shares=parts)
            received = min(amount, later) * paid // 100
            if received:
                payments.add_payment(change, sold, received, paid_on=DAY)
        assert workspace.read(_uncredited, sold) == (0, 0, 0, 0, 0)
        with workspace.change("Edit") as change:
            selling.edit_deal(
                change, sold, seen_version=1, amount=max(later, received), shares=parts[::-1]
            )
        assert workspace.read(_uncredited, sold) == (0, 0, 0, 0, 0)
        assert workspace.read(deals.problems) == []


def _uncredited(db: Connection, deal_id: int) -> tuple[int, ...]:
    """What of a deal's amount, cost, pieces, contract and payments is credited to nobody."""
    stored = deals.deal_by_id(db, deal_id)
    row = db.execute(
        select(
            func.sum(deal_share.c.amount),
            func.coalesce(func.sum(deal_share.c.cost), 0),
            func.sum(deal_share.c.quantity),
            func.sum(deal_share.c.deals),
        ).where(deal_share.c.deal_id == deal_id)
    ).one()
    received = db.execute(select(func.coalesce(func.sum(payment_share.c.amount), 0))).scalar_one()
    return (
        stored.amount - row[0],
        (stored.cost or 0) - row[1],
        stored.quantity * 100 - row[2],
        100 - row[3],
        stored.paid - received,
    )

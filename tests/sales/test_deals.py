"""Deals, shares and payments: what is credited always sums to the whole, and stages keep order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from salesdesk.errors import ConflictError, InputError, NotFoundError
from salesdesk.sales import deals, payments, products, selling
from salesdesk.sales.deals import Share
from salesdesk.sales.tables import deal_share, payment_share
from salesdesk.workspace import Workspace
from tests.offices import STAFF, sell, staffed_office

DAY = date(2026, 11, 2)
THIRDS = {STAFF.ann: 3_334, STAFF.bob: 3_333, STAFF.cleo: 3_333}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _deal(workspace: Workspace, deal_id: int) -> deals.Deal:
    return workspace.read(deals.deal_by_id, deal_id)


def _credited(workspace: Workspace, deal_id: int, column: str) -> dict[int, int]:
    def read(db: Connection) -> dict[int, int]:
        rows = db.execute(
            select(deal_share.c.person_id, deal_share.c[column])
            .where(deal_share.c.deal_id == deal_id)
            .order_by(deal_share.c.id)
        )
        return {row[0]: row[1] for row in rows}

    return workspace.read(read)


def _credited_payments(workspace: Workspace) -> list[tuple[int, int]]:
    def read(db: Connection) -> list[tuple[int, int]]:
        rows = db.execute(
            select(payment_share.c.person_id, payment_share.c.amount).order_by(payment_share.c.id)
        )
        return [(row[0], row[1]) for row in rows]

    return workspace.read(read)


# -- shares ----------------------------------------------------------------------------------------


def test_a_deal_is_credited_by_share_to_the_cent(workspace: Workspace) -> None:
    sold = sell(workspace, 10_000_01, DAY, shares=THIRDS, quantity=2)
    # 3,334.00334 / 3,333.00333 / 3,333.00333 yuan: the odd cent goes to the largest remainder.
    assert _credited(workspace, sold, "amount") == {2: 3_334_01, 3: 3_333_00, 4: 3_333_00}
    assert _credited(workspace, sold, "cost") == {2: 2_933_92, 3: 2_933_04, 4: 2_933_04}
    assert _credited(workspace, sold, "quantity") == {2: 67, 3: 67, 4: 66}  # of 200
    assert sum(_credited(workspace, sold, "deals").values()) == 100
    assert _deal(workspace, sold).commission == 100_00
    assert sum(_credited(workspace, sold, "commission").values()) == 100_00
    assert _deal(workspace, sold).people == "Ann, Bob, Cleo"
    assert workspace.read(deals.problems) == []


@pytest.mark.parametrize(
    "shares",
    [{}, {2: 9_999}, {2: 5_000, 3: 5_001}, {2: 10_000, 3: 0}, {2: 11_000, 3: -1_000}],
)
def test_shares_that_are_not_the_whole_are_refused(
    workspace: Workspace, shares: dict[int, int]
) -> None:
    with pytest.raises(InputError), workspace.change("Sell") as change:
        selling.add_deal(
            change, customer_id=1, product_id=1, amount=100,
            shares=[Share(*share) for share in shares.items()], stages={"contracted": DAY},
        )  # fmt: skip
    assert workspace.read(deals.deals) == []


def test_a_person_has_one_share_of_a_deal(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="one share"), workspace.change("Sell") as change:
        selling.add_deal(
            change, customer_id=1, product_id=1, amount=100,
            shares=[Share(2, 5_000), Share(2, 5_000)], stages={"contracted": DAY},
        )  # fmt: skip


def test_new_shares_credit_the_deal_and_its_payments_anew(workspace: Workspace) -> None:
    sold = sell(workspace, 1_000_00, DAY)
    with workspace.change("Pay") as change:
        payments.add_payment(change, sold, 333_33, paid_on=DAY)
    assert _credited_payments(workspace) == [(STAFF.ann, 333_33)]
    with workspace.change("Share") as change:
        selling.edit_deal(
            change, sold, seen_version=1, shares=[Share(STAFF.bob, 5_000), Share(STAFF.cleo, 5_000)]
        )
    assert _credited(workspace, sold, "amount") == {STAFF.bob: 500_00, STAFF.cleo: 500_00}
    assert _credited_payments(workspace) == [(STAFF.bob, 166_67), (STAFF.cleo, 166_66)]
    assert [share.person_name for share in workspace.read(deals.shares, sold)] == ["Bob", "Cleo"]


# -- entering and editing --------------------------------------------------------------------------


def test_the_cost_is_the_product_s_unless_given(workspace: Workspace) -> None:
    assert _deal(workspace, sell(workspace, 10_000_00, DAY, quantity=2)).cost == 8_800_00
    assert _deal(workspace, sell(workspace, 10_000_00, DAY, cost=9_000_00)).cost == 9_000_00
    assert _deal(workspace, sell(workspace, 10_000_00, DAY, cost=0)).cost == 0


def test_the_commission_is_rounded_down_to_the_cent(workspace: Workspace) -> None:
    assert _deal(workspace, sell(workspace, 199, DAY)).commission == 1


@pytest.mark.parametrize(
    "values",
    [
        {"amount": -1},
        {"quantity": 0},
        {"stages": {}},
        {"stages": {"intention": DAY, "contracted": date(2026, 11, 1)}},
    ],
)
def test_a_deal_that_can_t_be_is_refused(workspace: Workspace, values: dict[str, Any]) -> None:
    wanted = {
        "customer_id": 1, "product_id": 1, "amount": 100, "shares": [Share(2, 10_000)],
        "stages": {"contracted": DAY}, **values,
    }  # fmt: skip
    with pytest.raises(InputError), workspace.change("Sell") as change:
        selling.add_deal(change, **wanted)
    assert workspace.read(deals.deals) == []


def test_a_deal_of_a_product_that_isn_t_there_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        sell(workspace, 100, DAY, product_id=99)
    with pytest.raises(NotFoundError):
        workspace.read(deals.deal_by_id, 99)


def test_a_new_amount_is_credited_and_earns_its_commission(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY, shares={STAFF.ann: 5_000, STAFF.bob: 5_000})
    with workspace.change("Edit") as change:
        selling.edit_deal(change, sold, seen_version=1, amount=6_000_01)
    assert _deal(workspace, sold).commission == 60_00
    assert _credited(workspace, sold, "amount") == {STAFF.ann: 3_000_01, STAFF.bob: 3_000_00}
    assert _credited(workspace, sold, "commission") == {STAFF.ann: 30_00, STAFF.bob: 30_00}
    wrongs: list[dict[str, Any]] = [{"amount": -1}, {"quantity": 0}]
    for wrong in wrongs:
        with pytest.raises(InputError), workspace.change("Edit") as change:
            selling.edit_deal(change, sold, seen_version=2, **wrong)
    with pytest.raises(ConflictError), workspace.change("Edit") as change:
        selling.edit_deal(change, sold, seen_version=1, amount=1)


# -- stages ----------------------------------------------------------------------------------------


def test_a_deal_stands_at_its_latest_stage(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY, stage="intention")
    assert _deal(workspace, sold).state == "intention"
    for stage, day in (("subscribed", date(2026, 11, 5)), ("contracted", date(2026, 12, 1))):
        with workspace.change("Move on") as change:
            selling.set_stage(change, sold, stage, day)
        assert _deal(workspace, sold).state == stage
        assert _deal(workspace, sold).latest_on == day
    with workspace.change("Pay") as change:
        first = payments.add_payment(change, sold, 4_999_99, due_on=DAY, paid_on=DAY)
    assert _deal(workspace, sold).state == "contracted"
    with workspace.change("Pay") as change:
        payments.add_payment(change, sold, 1, paid_on=DAY)
    assert _deal(workspace, sold).state == "paid"
    with workspace.change("Take back") as change:
        payments.pay(change, first, None)
    assert _deal(workspace, sold).state == "contracted"


def test_stages_can_t_get_out_of_order_nor_all_go(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    for stage, day in (("intention", date(2026, 11, 3)), ("contracted", None)):
        with pytest.raises(InputError), workspace.change("Date") as change:
            selling.set_stage(change, sold, stage, day)
    with workspace.change("Date") as change:
        selling.set_stage(change, sold, "subscribed", DAY)
        selling.set_stage(change, sold, "contracted", None)
    assert _deal(workspace, sold).state == "subscribed"


def test_a_cancellation_needs_a_reason_and_follows_the_deal(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    with pytest.raises(InputError, match="why"), workspace.change("Cancel") as change:
        selling.cancel(change, sold, date(2026, 12, 1), "  ")
    with pytest.raises(InputError, match="order"), workspace.change("Cancel") as change:
        selling.cancel(change, sold, date(2026, 11, 1), "no loan")
    with workspace.change("Cancel") as change:
        selling.cancel(change, sold, date(2026, 12, 1), " no loan ")
    deal = _deal(workspace, sold)
    assert (deal.state, deal.cancel_reason, deal.latest_on) == (
        "cancelled", "no loan", date(2026, 12, 1),
    )  # fmt: skip
    with pytest.raises(InputError), workspace.change("Date") as change:
        selling.set_stage(change, sold, "contracted", date(2026, 12, 2))
    with workspace.change("Revive") as change:
        selling.revive(change, sold)
    assert _deal(workspace, sold).state == "contracted"
    assert _deal(workspace, sold).cancel_reason == ""


@pytest.mark.parametrize("state", sorted(deals.STATES))
def test_a_list_by_state_shows_the_deals_that_say_they_are_in_it(
    workspace: Workspace, state: str
) -> None:
    for stage in deals.STAGES:
        sell(workspace, 5_000_00, DAY, stage=stage)
    paid, gone = sell(workspace, 5_000_00, DAY), sell(workspace, 5_000_00, DAY)
    sell(workspace, 0, DAY)  # a present: nothing is to be paid
    with workspace.change("Pay and cancel") as change:
        payments.add_payment(change, paid, 5_000_00, paid_on=DAY)
        selling.cancel(change, gone, DAY, "no loan")
    found = workspace.read(deals.deals, state=state)
    expected = [deal for deal in workspace.read(deals.deals) if deal.state == state]
    assert found == expected
    assert found


def test_deals_are_listed_by_customer_person_and_month_newest_first(workspace: Workspace) -> None:
    first = sell(workspace, 100, date(2026, 10, 31))
    second = sell(workspace, 100, DAY, shares={3: 10_000}, customer_id=STAFF.zhou)

    def ids(**wanted: Any) -> list[int]:
        return [deal.id for deal in workspace.read(deals.deals, **wanted)]

    assert ids() == [second, first]
    assert ids(limit=1) == [second]
    assert ids(before_id=second) == [first]
    assert ids(customer_id=STAFF.zhou) == [second]
    assert ids(person_id=STAFF.ann) == [first]
    assert ids(month=202610) == [first]
    assert ids(month=202611) == [second]
    with workspace.change("Cancel") as change:
        selling.cancel(change, first, DAY, "no loan")
    assert ids(month=202611) == [second, first]


# -- payments --------------------------------------------------------------------------------------


def test_a_payment_needs_an_amount_and_a_date(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    for amount, due in ((0, DAY), (100, None)):
        with pytest.raises(InputError), workspace.change("Pay") as change:
            payments.add_payment(change, sold, amount, due_on=due)


def test_a_refund_is_a_negative_payment_split_like_any(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY, shares=THIRDS)
    with workspace.change("Pay and refund") as change:
        payments.add_payment(change, sold, 100_00, paid_on=DAY)
        payments.add_payment(change, sold, -100_00, paid_on=DAY)
    amounts = [amount for _person, amount in _credited_payments(workspace)]
    assert amounts == [33_34, 33_33, 33_33, -33_34, -33_33, -33_33]
    assert _deal(workspace, sold).paid == 0


def test_a_payment_entered_by_mistake_goes_with_its_parts(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY, shares=THIRDS)
    with workspace.change("Pay") as change:
        wrong = payments.add_payment(change, sold, 100_00, due_on=DAY)
        payments.add_payment(change, sold, 200_00, due_on=date(2026, 11, 1))
    assert [payment.amount for payment in workspace.read(deals.payments, sold)] == [200_00, 100_00]
    with workspace.change("Delete") as change:
        payments.delete_payment(change, wrong)
    assert len(_credited_payments(workspace)) == 3
    assert workspace.read(deals.problems) == []


def test_parts_that_don_t_sum_to_the_deal_are_told(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    with workspace.change("Meddle") as change:
        share = change.connection.execute(select(deal_share.c.id)).scalar_one()
        change.update(deal_share, share, amount=1)
    [problem] = workspace.read(deals.problems)
    assert f"Deal number {sold}" in problem


# -- products --------------------------------------------------------------------------------------


def test_products_stand_by_category_and_are_found_by_name(workspace: Workspace) -> None:
    with workspace.change("Product") as change:
        products.add_product(change, " Desk   lamp ", category="Accessories")
    assert [product.name for product in workspace.read(products.products)] == [
        "Desk lamp", "Laptop", "Tower",
    ]  # fmt: skip
    assert workspace.read(products.product_named, "Desklamp").category == "Accessories"
    with pytest.raises(NotFoundError):
        workspace.read(products.product_named, "Abacus")


@pytest.mark.parametrize(
    "values",
    [{"name": " "}, {"name": "Laptop"}, {"price": -1}, {"cost": -1}, {"commission_rate": 10_001},
     {"commission_rate": -1}],
)  # fmt: skip
def test_a_product_that_can_t_be_is_refused(workspace: Workspace, values: dict[str, Any]) -> None:
    with pytest.raises(InputError), workspace.change("Product") as change:
        products.add_product(change, **{"name": "Lamp", **values})
    with pytest.raises(InputError), workspace.change("Product") as change:
        products.edit_product(change, STAFF.tower, seen_version=1, **values)


def test_deals_keep_the_cost_and_commission_they_were_entered_with(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    with workspace.change("Reprice") as change:
        products.edit_product(change, STAFF.laptop, seen_version=1, cost=1, commission_rate=0)
    assert (_deal(workspace, sold).cost, _deal(workspace, sold).commission) == (4_400_00, 50_00)

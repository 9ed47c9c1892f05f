"""A price too low needs approval: decided by who may, asked for by who may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from salesdesk.errors import InputError, RightsError
from salesdesk.office import approvals, rights
from salesdesk.sales import deals, floors, products, selling
from salesdesk.sales.floors import Breach, Figures
from salesdesk.sales.tables import deal, product
from salesdesk.workspace import Workspace
from tests.offices import STAFF, sell, staffed_office

DAY = date(2026, 11, 2)
CONTRACT = {"contracted": DAY}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office with Ann, a salesperson, at work."""
    with staffed_office(tmp_path) as opened:
        opened.work_as(STAFF.ann, "Ann")
        yield opened


def laptop(workspace: Workspace, amount: int, *, quantity: int = 1) -> Figures:
    """Laptops at their own cost: 4,400 yuan a piece, the floor is 300."""
    sold = workspace.read(products.product_by_id, STAFF.laptop)
    assert sold.cost is not None
    return Figures(sold, quantity, amount, sold.cost * quantity)


def decide(workspace: Workspace, *, approve: bool = True) -> None:
    """Max decides what waits for him."""
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("Decide") as change:
        for request in approvals.waiting(change.connection, STAFF.max):
            approvals.decide(change, request.id, approve, "Only once")
    workspace.work_as(STAFF.ann, "Ann")


def test_a_deal_below_the_profit_floor_says_by_how_much(workspace: Workspace) -> None:
    assert floors.below_floor(laptop(workspace, 9_300_00, quantity=2)) == 100_00
    assert floors.below_floor(laptop(workspace, 9_400_00, quantity=2)) is None
    tower = workspace.read(products.product_by_id, STAFF.tower)
    assert floors.below_floor(Figures(tower, 1, 1, 3_500_00)) is None
    unknown = laptop(workspace, 1)
    assert floors.below_floor(Figures(unknown.product, 1, 1, None)) is None


def test_a_contract_below_the_floor_is_refused_and_an_intention_isn_t(workspace: Workspace) -> None:
    for stage in ("contracted", "subscribed"):
        with pytest.raises(RightsError, match=r"100\.00 yuan below"), workspace.change("S") as ch:
            selling.add_deal(
                ch, customer_id=STAFF.lin, product_id=STAFF.laptop, amount=4_600_00,
                stages={stage: DAY},
            )  # fmt: skip
    sold = sell(workspace, 4_600_00, DAY, stage="intention")
    with pytest.raises(RightsError), workspace.change("Contract") as change:
        selling.set_stage(change, sold, "contracted", DAY)
    assert workspace.read(deals.deal_by_id, sold).contracted_on is None
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("Contract") as change:
        selling.set_stage(change, sold, "contracted", DAY)
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("What stands so stands") as change:
        selling.edit_deal(change, sold, seen_version=2, note="As agreed", amount=4_650_00)
    with pytest.raises(RightsError), workspace.change("Lower still") as change:
        selling.edit_deal(change, sold, seen_version=3, amount=4_599_99)


def test_an_approval_lets_the_contract_be_dated_as_far_as_it_goes(workspace: Workspace) -> None:
    sold = sell(workspace, 4_600_00, DAY, stage="intention")
    with pytest.raises(InputError, match="why"), workspace.change("Ask") as change:
        floors.ask(change, sold, "  ")
    with workspace.change("Ask") as change:
        floors.ask(change, sold, "Buys thirty next year")
    [request] = workspace.read(approvals.waiting, STAFF.max)
    assert (request.subject_id, request.rule, request.value) == (sold, "floor", 100_00)
    assert "100.00 yuan below the floor. Buys thirty" in request.words
    with pytest.raises(RightsError), workspace.change("Decide") as change:
        approvals.decide(change, request.id, True)
    with pytest.raises(RightsError), workspace.change("Not yet") as change:
        selling.set_stage(change, sold, "contracted", DAY)
    decide(workspace)
    with workspace.change("Contract") as change:
        selling.set_stage(change, sold, "contracted", DAY)
    with pytest.raises(RightsError), workspace.change("Further") as change:
        selling.edit_deal(change, sold, seen_version=2, amount=4_599_99)
    with pytest.raises(InputError, match="no approval"), workspace.change("Ask") as change:
        floors.ask(change, sold, "Again")


def test_a_refused_request_allows_nothing(workspace: Workspace) -> None:
    sold = sell(workspace, 4_600_00, DAY, stage="intention")
    with workspace.change("Ask") as change:
        floors.ask(change, sold, "Please")
    decide(workspace, approve=False)
    with pytest.raises(RightsError), workspace.change("Contract") as change:
        selling.set_stage(change, sold, "contracted", DAY)


def test_other_figures_of_a_contract_are_asked_for_before_they_are_entered(
    workspace: Workspace,
) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    with workspace.change("Ask") as change:
        floors.ask(change, sold, "Scratched", planned=laptop(workspace, 4_500_00))
    assert workspace.read(deals.deal_by_id, sold).amount == 5_000_00
    decide(workspace)
    with workspace.change("Edit") as change:
        selling.edit_deal(change, sold, seen_version=1, amount=4_500_00)
    assert workspace.read(deals.deal_by_id, sold).amount == 4_500_00


def test_nobody_gets_past_the_floor_by_the_cost_or_a_cancellation(workspace: Workspace) -> None:
    for cost in (4_399_99, None):
        with pytest.raises(RightsError, match="profit floor"), workspace.change("Sell") as change:
            selling.add_deal(
                change, customer_id=STAFF.lin, product_id=STAFF.laptop, amount=4_600_00, cost=cost,
                stages=CONTRACT,
            )  # fmt: skip
    sold = sell(workspace, 5_000_00, DAY)
    with workspace.change("Cancel") as change:
        selling.cancel(change, sold, DAY, "Thinks again")
        selling.edit_deal(change, sold, seen_version=2, amount=4_500_00)
    with pytest.raises(RightsError, match="below the floor"), workspace.change("R") as change:
        selling.revive(change, sold)


def test_the_condition_of_lists_is_the_same_rule(workspace: Workspace) -> None:
    below = sell(workspace, 4_699_99, DAY, stage="intention")
    sell(workspace, 4_700_00, DAY)
    sell(workspace, 1, DAY, product_id=STAFF.tower)
    workspace.work_as(STAFF.max, "Max")
    sell(workspace, 1, DAY, cost=None)

    def listed(db: Connection) -> list[int]:
        query = select(deal.c.id).join(product, product.c.id == deal.c.product_id)
        return list(db.execute(query.where(floors.is_below_floor())).scalars())

    assert workspace.read(listed) == [below]


# -- discounts -------------------------------------------------------------------------------------


def test_a_discount_beyond_the_role_s_limit_needs_leave(workspace: Workspace) -> None:
    with pytest.raises(RightsError), workspace.change("Limit") as change:
        floors.set_discount_limit(change, "salesperson", 10_000)
    workspace.work_as(STAFF.max, "Max")
    for wrong in (-1, 10_001):
        with pytest.raises(InputError), workspace.change("Limit") as change:
            floors.set_discount_limit(change, "salesperson", wrong)
    with workspace.change("Limit") as change:
        floors.set_discount_limit(change, "salesperson", 500)
    workspace.work_as(STAFF.ann, "Ann")
    sell(workspace, 3_800_00, DAY, product_id=STAFF.tower)  # 5 % of 4,000
    with pytest.raises(RightsError, match=r"200\.01 yuan below the list"):
        sell(workspace, 3_799_99, DAY, product_id=STAFF.tower)
    kept = sell(workspace, 3_799_99, DAY, product_id=STAFF.tower, stage="intention")
    with workspace.change("Ask") as change:
        floors.ask(change, kept, "An old customer")
    [request] = workspace.read(approvals.waiting, STAFF.max)
    assert (request.rule, request.value) == ("discount", 200_01)
    decide(workspace)
    with workspace.change("Contract") as change:
        selling.set_stage(change, kept, "contracted", DAY)
    workspace.work_as(STAFF.max, "Max")
    sell(workspace, 1_00, DAY, product_id=STAFF.tower)
    with workspace.change("No limit") as change:
        floors.set_discount_limit(change, "salesperson", None)
    assert workspace.read(floors.discount_limits) == {}


# -- who sees costs --------------------------------------------------------------------------------


def test_who_may_not_see_costs_reads_enters_and_is_told_none(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, DAY)
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("Rights") as change:
        rights.adjust(change, "costs.see", "salesperson", "none")
    workspace.work_as(STAFF.ann, "Ann")
    stored = workspace.read(deals.deal_by_id, sold, viewer_id=STAFF.ann)
    assert (stored.cost, stored.profit, stored.margin, stored.costs_hidden) == (
        None, None, None, True,
    )  # fmt: skip
    assert [row.cost for row in workspace.read(deals.deals, viewer_id=STAFF.ann)] == [None]
    totals = workspace.read(deals.totals, viewer_id=STAFF.ann)
    assert (totals.cost, totals.profit, totals.costed, totals.costs_hidden) == (None, None, 0, True)
    assert workspace.read(deals.totals, viewer_id=STAFF.max).cost == 4_400_00
    with pytest.raises(RightsError), workspace.change("Cost") as change:
        selling.edit_deal(change, sold, seen_version=1, cost=4_500_00)
    with pytest.raises(RightsError) as refusal, workspace.change("Sell") as change:
        selling.edit_deal(change, sold, seen_version=1, amount=4_600_00)
    assert "100" not in refusal.value.message
    with workspace.change("More") as change:
        selling.edit_deal(change, sold, seen_version=1, quantity=2, amount=10_000_00)
    assert workspace.read(deals.deal_by_id, sold).cost == 8_800_00
    assert "100" not in Breach("floor", 100_00).words(laptop(workspace, 1), costs_shown=False)


def test_own_costs_are_those_of_one_s_deals(workspace: Workspace) -> None:
    own = sell(workspace, 5_000_00, DAY)
    workspace.work_as(STAFF.max, "Max")
    other = sell(workspace, 5_000_00, DAY, customer_id=STAFF.zhou, shares={STAFF.cleo: 10_000})
    with workspace.change("Rights") as change:
        rights.adjust(change, "costs.see", "salesperson", "own")
    seen = {row.id: row.cost for row in workspace.read(deals.deals, viewer_id=STAFF.ann)}
    assert seen == {own: 4_400_00, other: None}
    assert workspace.read(deals.totals, viewer_id=STAFF.ann).costs_hidden
    mine = workspace.read(deals.totals, person_id=STAFF.ann, viewer_id=STAFF.ann)
    assert (mine.cost, mine.costs_hidden) == (4_400_00, False)

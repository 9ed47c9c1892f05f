"""Lists of deals have sums of their own, and payments due are those that can still come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.errors import InputError
from salesdesk.sales import deals, payments, selling
from salesdesk.sales.deals import Share
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office

UNTIL = date(2026, 11, 23)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _sell(workspace: Workspace, amount: int, contracted: date, *people: int) -> int:
    part = 10_000 // len(people)
    with workspace.change("Sell") as change:
        return selling.add_deal(
            change, customer_id=STAFF.lin, product_id=STAFF.tower, amount=amount, cost=amount // 2,
            shares=[Share(person, part) for person in people], stages={"contracted": contracted},
        )  # fmt: skip


def _due(workspace: Workspace, deal_id: int, amount: int, due_on: date) -> int:
    with workspace.change("Payment") as change:
        return payments.add_payment(change, deal_id, amount, due_on=due_on)


def test_sums_are_over_the_deals_listed(workspace: Workspace) -> None:
    first = _sell(workspace, 1_000_00, date(2026, 10, 5), STAFF.ann, STAFF.bob)
    _sell(workspace, 600_00, date(2026, 11, 5), STAFF.ann)
    payment = _due(workspace, first, 400_00, date(2026, 10, 20))
    with workspace.change("Pay") as change:
        payments.pay(change, payment, date(2026, 10, 21))
    assert workspace.read(deals.totals) == deals.Totals(2, 1_600_00, 400_00, 2, 800_00, 800_00)
    october = workspace.read(deals.totals, month=202610)
    assert october == deals.Totals(1, 1_000_00, 400_00, 1, 500_00, 500_00)
    assert workspace.read(deals.totals, person_id=STAFF.bob) == october
    assert workspace.read(deals.totals, state="paid") == deals.Totals(0, 0, 0, 0, None, None)


def test_cancelled_deals_count_only_in_a_list_of_cancelled_ones(workspace: Workspace) -> None:
    deal_id = _sell(workspace, 1_000_00, date(2026, 11, 5), STAFF.ann)
    with workspace.change("Cancel") as change:
        selling.cancel(change, deal_id, date(2026, 11, 20), "Loan refused")
    assert workspace.read(deals.totals).count == 0
    assert workspace.read(deals.totals, state="cancelled").amount == 1_000_00


def test_payments_due_are_the_oldest_first_and_end_with_the_day_asked(
    workspace: Workspace,
) -> None:
    deal_id = _sell(workspace, 1_000_00, date(2026, 10, 5), STAFF.ann, STAFF.bob)
    later = _due(workspace, deal_id, 300_00, UNTIL)
    first = _due(workspace, deal_id, 200_00, date(2026, 11, 1))
    _due(workspace, deal_id, 500_00, date(2026, 11, 24))
    payment_dues = workspace.read(deals.payments_due, STAFF.bob, UNTIL)
    assert [payment_due.payment.id for payment_due in payment_dues] == [first, later]
    assert payment_dues[0].people == "Ann, Bob"
    assert workspace.read(deals.payments_due, STAFF.cleo, UNTIL) == []
    assert len(workspace.read(deals.payments_due, None, UNTIL)) == 2


def test_received_and_cancelled_payments_are_due_no_more(workspace: Workspace) -> None:
    deal_id = _sell(workspace, 1_000_00, date(2026, 10, 5), STAFF.ann)
    received = _due(workspace, deal_id, 200_00, date(2026, 11, 1))
    _due(workspace, deal_id, 800_00, date(2026, 11, 2))
    with workspace.change("Pay") as change:
        payments.pay(change, received, UNTIL)
    assert [
        payment_due.payment.amount
        for payment_due in workspace.read(deals.payments_due, None, UNTIL)
    ] == [800_00]
    with workspace.change("Cancel") as change:
        selling.cancel(change, deal_id, UNTIL, "Changed their mind")
    assert workspace.read(deals.payments_due, None, UNTIL) == []


def test_stages_move_together_past_each_other(workspace: Workspace) -> None:
    deal_id = _sell(workspace, 1_000_00, date(2026, 10, 5), STAFF.ann)
    with workspace.change("Dates") as change:
        selling.set_stages(
            change, deal_id, {"intention": date(2026, 10, 8), "contracted": date(2026, 10, 9)}
        )
    moved = workspace.read(deals.deal_by_id, deal_id)
    assert (moved.intention_on, moved.contracted_on) == (date(2026, 10, 8), date(2026, 10, 9))
    with pytest.raises(InputError), workspace.change("Dates") as change:
        selling.set_stages(change, deal_id, {"intention": None, "contracted": None})

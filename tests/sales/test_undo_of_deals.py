"""An undo of a deal puts back one's own change, and what others entered since still fits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from salesdesk.customers import customers
from salesdesk.errors import InputError
from salesdesk.sales import deals, payments, selling
from salesdesk.sales.deals import Share
from salesdesk.sales.tables import payment_share
from salesdesk.workspace import Workspace
from tests.offices import STAFF, sell, staffed_office

DAY = date(2026, 11, 2)


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Workspace]:
    """Max's window on the staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


@pytest.fixture
def hers(mine: Workspace) -> Iterator[Workspace]:
    """Ann's window on the same file."""
    with Workspace.open(mine.path) as opened:
        opened.work_as(STAFF.ann, "Ann")
        yield opened


def _state(workspace: Workspace) -> str:
    return workspace.read(customers.customer_by_id, STAFF.lin).state


def test_a_customer_stays_closed_while_a_colleague_s_contract_stands(
    mine: Workspace, hers: Workspace
) -> None:
    sell(hers, 5_000_00, DAY)
    sell(mine, 5_000_00, DAY)
    assert hers.undo() is not None
    assert _state(mine) == "closed"
    assert mine.undo() is not None
    assert _state(mine) == "potential"


def test_payments_entered_since_are_credited_by_the_shares_put_back(
    mine: Workspace, hers: Workspace
) -> None:
    sold = sell(mine, 5_000_00, DAY)
    with hers.change("Share") as change:
        selling.edit_deal(change, sold, seen_version=1, shares=[Share(STAFF.bob, 10_000)])
    with mine.change("Pay") as change:
        payments.add_payment(change, sold, 1_000_00, paid_on=DAY)

    def credited(db: Connection) -> list[tuple[int, int]]:
        rows = db.execute(select(payment_share.c.person_id, payment_share.c.amount))
        return [(row[0], row[1]) for row in rows]

    assert mine.read(credited) == [(STAFF.bob, 1_000_00)]
    assert hers.undo() is not None
    assert mine.read(credited) == [(STAFF.ann, 1_000_00)]
    assert mine.read(deals.problems) == []


def test_an_amount_below_what_was_received_since_isn_t_put_back(
    mine: Workspace, hers: Workspace
) -> None:
    sold = sell(mine, 5_000_00, DAY)
    with hers.change("More") as change:
        selling.edit_deal(change, sold, seen_version=1, amount=6_000_00)
    with mine.change("Pay") as change:
        payments.add_payment(change, sold, 5_500_00, paid_on=DAY)
    with pytest.raises(InputError, match=r"5,500\.00 yuan of 林先生: Laptop"):
        hers.undo()
    assert mine.read(deals.deal_by_id, sold).amount == 6_000_00
    assert mine.undo() is not None
    assert hers.undo() is not None
    assert mine.read(deals.deal_by_id, sold).amount == 5_000_00

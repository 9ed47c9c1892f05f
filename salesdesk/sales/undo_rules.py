"""What undo must know of sales: closed months, money received, credits and closed customers.

An undo puts back what its own change altered; what others have entered since must still fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from salesdesk.calc.money import format_number
from salesdesk.customers import closings
from salesdesk.customers.tables import customer
from salesdesk.errors import InputError
from salesdesk.office.months import need_open
from salesdesk.sales import crediting, deals
from salesdesk.sales.tables import deal, deal_share, payment
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.storage.undo_rules import RowChange, guarded
from salesdesk.text import _

_DATED = ("subscribed_on", "contracted_on", "cancelled_on", "paid_on")
#: Columns that say nothing a report counts.
_WORDS = frozenset({"note", "version"})


@guarded(deal, payment)
def guard_closed_months(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter what a closed month's figures are made of."""
    for row in rows:
        before, after = row.before or {}, row.after or {}
        altered = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if altered - _WORDS:
            days = {day for column in _DATED for day in row.values(column)}
            need_open(change, *(date.fromisoformat(day) for day in sorted(days)))


@guarded(deal, payment)
def guard_received(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to leave a deal with more received than its amount, or with less than nothing."""
    ids: set[int] = set()
    for row in rows:
        before, after = row.before or {}, row.after or {}
        if any(before.get(name) != after.get(name) for name in ("amount", "paid_on")):
            ids |= {row.id} if row.table == deal.name else row.values("deal_id")
    for known in deals.deals_with(change.connection, sorted(ids)):
        if not 0 <= known.paid <= known.amount:
            raise InputError(
                _("{paid} yuan of {deal} have been received since: this can't be undone.").format(
                    paid=format_number(known.paid, 2), deal=known.title
                )
            )


@guarded(deal, deal_share)
def credit_by_the_shares_put_back(change: Change, rows: Sequence[RowChange]) -> None:
    """Credit a deal and the payments entered since by the shares it has now."""
    ids: set[int] = set()
    for row in rows:
        ids |= {row.id} if row.table == deal.name else row.values("deal_id")
    for known in deals.deals_with(change.connection, sorted(ids)):
        crediting.credit(change, known.id, deals.shares(change.connection, known.id))


@guarded(deal)
def close_or_reopen_customers(change: Change, rows: Sequence[RowChange]) -> None:
    """Let the customers be closed by the contracts that stand now.

    Somebody closed by hand, whom no contract closed, stays so.
    """
    db = change.connection
    ids = sorted({one for row in rows for one in row.values("customer_id")})
    for known in db.execute(
        select(customer.c.id, customer.c.state, customer.c.state_before).where(
            among(customer.c.id, ids)
        )
    ).all():
        contracted = deals.has_contract(db, known.id)
        if contracted or (known.state == closings.CLOSED and known.state_before):
            closings.follow(change, known.id, contracted=contracted)

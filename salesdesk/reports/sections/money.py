"""Payments due, received and overdue, and what fell through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy import Table as Rows

from salesdesk.calc.money import to_decimal
from salesdesk.planning.places import OFFICE
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell, money_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.reports.sections.products import unit_note
from salesdesk.sales.tables import deal, deal_share, payment, payment_share
from salesdesk.storage.schema import whole_sum
from salesdesk.text import _, mark


@dataclass(frozen=True, slots=True)
class Money:
    """Payments and cancellations: cents, and how many deals were cancelled."""

    due: int
    received: int
    overdue: int
    cancelled: int
    cancelled_amount: int


def read(reading: Reading) -> Money:
    """The money of the period as its end knew it: what was paid later was still open then."""
    # Nothing more is expected of a deal that fell through; what was paid of it was due.
    gone = select(deal.c.id).where(
        deal.c.cancelled_month.is_not(None), deal.c.cancelled_on < reading.until
    )
    is_open = or_(payment.c.paid_on.is_(None), payment.c.paid_on >= reading.until)
    standing = payment.c.deal_id.not_in(gone)
    _count, due = _payments(
        reading,
        payment.c.due_on >= reading.period.start,
        payment.c.due_on < reading.period.end,
        or_(payment.c.paid_on < reading.until, standing),
    )
    _count, received = _payments(reading, reading.days(payment.c.paid_on, payment.c.paid_month))
    _count, overdue = _payments(
        reading, and_(payment.c.due_on < reading.due_before, is_open, standing)
    )
    cancelled, amount = _credited(
        reading, deal, deal_share, deal_share.c.deal_id, [reading.dated(deal, "cancelled")]
    )
    return Money(due, received, overdue, cancelled, amount)


def _payments(reading: Reading, *conditions: ColumnElement[bool]) -> tuple[int, int]:
    return _credited(reading, payment, payment_share, payment_share.c.payment_id, conditions)


def _credited(
    reading: Reading,
    whole: Rows,
    share: Rows,
    key: ColumnElement[int],
    conditions: Sequence[ColumnElement[bool]],
) -> tuple[int, int]:
    """(how many deals or payments, cents credited to whom the report is of)."""
    if reading.who == OFFICE:  # all the parts together are the whole: they needn't be read
        query = select(func.count(), whole_sum(whole.c.amount)).where(*conditions)
    else:
        query = (
            select(func.count(func.distinct(whole.c.id)), whole_sum(share.c.amount))
            .join(share, key == whole.c.id)
            .where(*conditions, *reading.of_people(share.c.person_id))
        )
    count, amount = reading.db.execute(query).one()
    return count, amount or 0


def _lay_out(money: Money, facts: Facts) -> Content:
    wan = facts.in_wan
    rows: list[tuple[str, int, Cell]] = [
        (_("Payments due"), money.due, money_cell(money.due, in_wan=wan)),
        (_("Payments received"), money.received, money_cell(money.received, in_wan=wan)),
        (_("Overdue and not received"), money.overdue, money_cell(money.overdue, in_wan=wan)),
        (_("Deals cancelled"), money.cancelled, count_cell(money.cancelled)),
        (
            _("Amount cancelled"),
            money.cancelled_amount,
            money_cell(money.cancelled_amount, in_wan=wan),
        ),
    ]
    table = Table(
        [Column(_("Item"), 3, "left"), Column(_("Figure"), 1.5)],
        [[name, cell] for name, value, cell in rows if value],
    )
    return Content([table], unit_note(facts))


def _as_json(money: Money, _facts: Facts) -> object:
    return {
        "due": to_decimal(money.due, 2),
        "received": to_decimal(money.received, 2),
        "overdue": to_decimal(money.overdue, 2),
        "cancelled": money.cancelled,
        "cancelled_amount": to_decimal(money.cancelled_amount, 2),
    }


MONEY = SectionKind("money", mark("Collections and cancellations"), read, _lay_out, _as_json)

"""Rows that contradict themselves or others: months, dates, shares, periods, people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, Select, String, cast, func, or_, select

from salesdesk.calc.periods import KINDS, containing
from salesdesk.check.telling import MOST, counted
from salesdesk.customers import contacts
from salesdesk.customers.tables import activity, customer
from salesdesk.office.tables import leave, person
from salesdesk.planning.tables import hand_count, remark, target
from salesdesk.sales import deals
from salesdesk.sales.tables import deal, deal_share, payment
from salesdesk.storage.expressions import day_of, month_of
from salesdesk.storage.schema import whole_sum
from salesdesk.text import _, mark

#: (date, its month, sentence)
_MONTHS = (
    (customer.c.registered_on, customer.c.registered_month,
     mark("Customers filed under another month than that of their registration: {count} "
          "(number {id} first).")),
    (activity.c.day, activity.c.month,
     mark("Activities filed under another month than that of their day: {count} (number {id} "
          "first).")),
    (deal.c.intention_on, deal.c.intention_month,
     mark("Deals filed under another month than that of their intention: {count} (number {id} "
          "first).")),
    (deal.c.subscribed_on, deal.c.subscribed_month,
     mark("Deals filed under another month than that of their subscription: {count} (number "
          "{id} first).")),
    (deal.c.contracted_on, deal.c.contracted_month,
     mark("Deals filed under another month than that of their contract: {count} (number {id} "
          "first).")),
    (deal.c.cancelled_on, deal.c.cancelled_month,
     mark("Deals filed under another month than that of their cancellation: {count} (number "
          "{id} first).")),
    (payment.c.paid_on, payment.c.paid_month,
     mark("Payments filed under another month than that of their receipt: {count} (number {id} "
          "first).")),
    (hand_count.c.day, hand_count.c.month,
     mark("Counts by hand filed under another month than that of their day: {count} (number "
          "{id} first).")),
)  # fmt: skip
_latest = (
    select(activity.c.customer_id, func.max(activity.c.at).label("at"))
    .where(activity.c.customer_id.is_not(None), contacts.is_contact())
    .group_by(activity.c.customer_id)
    .subquery("latest")
)
#: (query for the ids that are wrong, sentence)
_ROWS: tuple[tuple[Select[tuple[int]], str], ...] = (
    (select(activity.c.id).where(activity.c.day != day_of(activity.c.at)),
     mark("Activities filed under another day than that of their time: {count} (number {id} "
          "first).")),
    (select(customer.c.id).join(_latest, _latest.c.customer_id == customer.c.id).where(
        or_(customer.c.last_contact_on.is_(None),
            customer.c.last_contact_on < day_of(_latest.c.at))),
     mark("Customers contacted after what is noted as their last contact: {count} (number {id} "
          "first).")),
    (select(deal.c.id).where(or_(
        deal.c.intention_on
        > func.coalesce(deal.c.subscribed_on, deal.c.contracted_on, deal.c.cancelled_on),
        deal.c.subscribed_on > func.coalesce(deal.c.contracted_on, deal.c.cancelled_on),
        deal.c.contracted_on > deal.c.cancelled_on)),
     mark("Deals whose dates are out of order: {count} (number {id} first).")),
    (select(deal.c.id).where(
        func.coalesce(deal.c.intention_on, deal.c.subscribed_on, deal.c.contracted_on).is_(None)),
     mark("Deals without any date: {count} (number {id} first).")),
    (select(deal.c.id).join(deal_share, deal_share.c.deal_id == deal.c.id)
     .group_by(deal.c.id, deal.c.quantity)
     .having(or_(
         whole_sum(deal_share.c.basis_points) != 10_000,
         whole_sum(deal_share.c.deals) != 100,
         whole_sum(deal_share.c.quantity) != 100 * deal.c.quantity)),
     mark("Deals shared out to more or less than the whole: {count} (number {id} first).")),
    (select(target.c.id).where(target.c.team_id.is_not(None), target.c.person_id.is_not(None)),
     mark("Targets that are a team's and a person's at once: {count} (number {id} first).")),
    (select(leave.c.id).where(leave.c.end_day <= leave.c.first_day),
     mark("Leaves that end before they begin: {count} (number {id} first).")),
)  # fmt: skip

_STANDING = (
    (target,
     mark("Targets filed under a period that doesn't exist: {count} (number {id} first).")),
    (remark,
     mark("Remarks filed under a period that doesn't exist: {count} (number {id} first).")),
)  # fmt: skip


def months(db: Connection) -> Iterator[str]:
    """Months that disagree with the dates they repeat."""
    for day, month, sentence in _MONTHS:
        wrong = select(day.table.c.id).where(month.is_distinct_from(month_of(day)))
        yield from counted(db, wrong, sentence)


def rows(db: Connection) -> Iterator[str]:
    """Rows that contradict themselves or others."""
    for query, sentence in _ROWS:
        yield from counted(db, query, sentence)


def credited(db: Connection) -> Iterator[str]:
    """Deals and payments whose credited parts don't sum to them."""
    found = deals.problems(db)
    yield from found[:MOST]
    if len(found) > MOST:
        yield _("More deals and payments like these: {count}.").format(count=len(found) - MOST)


def periods(db: Connection) -> Iterator[str]:
    """Targets and remarks at a first day no period of their kind begins with."""
    for table, sentence in _STANDING:
        kind, day = table.c.period_kind, cast(table.c.start_day, String)
        rows = db.execute(
            select(kind, day, func.count(), func.min(table.c.id)).group_by(kind, day)
        ).all()
        wrong = [row for row in rows if not _begins(row[0], row[1])]
        if wrong:
            yield _(sentence).format(
                count=sum(row[2] for row in wrong), id=min(row[3] for row in wrong)
            )


def _begins(kind: str, day: str) -> bool:
    try:
        start = date.fromisoformat(day)
        return kind in KINDS and containing(start, kind).start == start
    except ValueError:
        return False


def people(db: Connection) -> Iterator[str]:
    """Whether anybody may set things."""
    managers = db.execute(
        select(func.count()).select_from(person).where(person.c.role == "manager", person.c.active)
    ).scalar_one()
    if not managers:
        yield _("The office has no sales manager.")

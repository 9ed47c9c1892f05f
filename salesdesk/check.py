"""What is wrong with an office file: the file itself, and what its rows repeat of each other.

For speed a date's month, a customer's last contact or what a deal credits to whom are kept beside
what they follow from. The program keeps them in step; this looks whether they are. Every look is
one pass of the database over a table, so that a large office takes seconds. Gaps between targets
are no problem: people leave them on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import (
    Connection,
    Select,
    String,
    aggregate_order_by,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)

from salesdesk.calc.periods import KINDS, containing
from salesdesk.customers import contacts
from salesdesk.customers.customers import key_of
from salesdesk.customers.phones import numbers_in
from salesdesk.customers.tables import activity, customer, customer_phone
from salesdesk.errors import OfficeFileError
from salesdesk.office.tables import leave, person
from salesdesk.planning.tables import hand_count, remark, target
from salesdesk.sales import deals
from salesdesk.sales.tables import deal, deal_share, payment
from salesdesk.storage import sqlite
from salesdesk.storage.expressions import day_of, month_of
from salesdesk.storage.schema import all_tables, whole_sum
from salesdesk.text import _, mark
from salesdesk.workspace import Workspace

#: Sentences of one kind that are told one by one; the rest is counted.
MOST = 20
#: Customers whose search key is made again and compared; of the others only its parts are.
SAMPLE = 2_000

#: (date, its month, sentence)
_MONTHS = (
    (customer.c.registered_on, customer.c.registered_month,
     mark("{count} customers are filed under another month than that of their "
"registration (number {id} first).")),
    (activity.c.day, activity.c.month,
     mark("{count} activities are filed under another month than that of their day "
"(number {id} first).")),
    (deal.c.intention_on, deal.c.intention_month,
     mark("{count} deals are filed under another month than that of their intention "
"(number {id} first).")),
    (deal.c.subscribed_on, deal.c.subscribed_month,
     mark("{count} deals are filed under another month than that of their "
"subscription (number {id} first).")),
    (deal.c.contracted_on, deal.c.contracted_month,
     mark("{count} deals are filed under another month than that of their contract "
"(number {id} first).")),
    (deal.c.cancelled_on, deal.c.cancelled_month,
     mark("{count} deals are filed under another month than that of their "
"cancellation (number {id} first).")),
    (payment.c.paid_on, payment.c.paid_month,
     mark("{count} payments are filed under another month than that of their receipt "
"(number {id} first).")),
    (hand_count.c.day, hand_count.c.month,
     mark("{count} counts by hand are filed under another month than that of their "
"day (number {id} first).")),
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
     mark("{count} activities are filed under another day than that of their time "
"(number {id} first).")),
    (select(customer.c.id).join(_latest, _latest.c.customer_id == customer.c.id).where(
        or_(customer.c.last_contact_on.is_(None),
            customer.c.last_contact_on < day_of(_latest.c.at))),
     mark("{count} customers were contacted after what is noted as their last contact (number "
          "{id} first).")),
    (select(deal.c.id).where(or_(
        deal.c.intention_on
        > func.coalesce(deal.c.subscribed_on, deal.c.contracted_on, deal.c.cancelled_on),
        deal.c.subscribed_on > func.coalesce(deal.c.contracted_on, deal.c.cancelled_on),
        deal.c.contracted_on > deal.c.cancelled_on)),
     mark("{count} deals have their dates out of order (number {id} first).")),
    (select(deal.c.id).where(
        func.coalesce(deal.c.intention_on, deal.c.subscribed_on, deal.c.contracted_on).is_(None)),
     mark("{count} deals have no date at all (number {id} first).")),
    (select(deal.c.id).join(deal_share, deal_share.c.deal_id == deal.c.id)
     .group_by(deal.c.id, deal.c.quantity)
     .having(or_(
         whole_sum(deal_share.c.basis_points) != 10_000,
         whole_sum(deal_share.c.deals) != 100,
         whole_sum(deal_share.c.quantity) != 100 * deal.c.quantity)),
     mark("{count} deals are shared out to more or less than the whole (number {id} first).")),
    (select(target.c.id).where(target.c.team_id.is_not(None), target.c.person_id.is_not(None)),
     mark("{count} targets are a team's and a person's at once (number {id} first).")),
    (select(leave.c.id).where(leave.c.end_day <= leave.c.first_day),
     mark("{count} leaves end before they begin (number {id} first).")),
)  # fmt: skip

_STANDING = (
    (target,
     mark("{count} targets are filed under a period that doesn't exist (number {id} "
"first).")),
    (remark,
     mark("{count} remarks are filed under a period that doesn't exist (number {id} "
"first).")),
)  # fmt: skip


def check(office: Workspace | Path, password: str | None = None) -> list[str]:
    """Whole sentences on what is wrong; none when the office is sound.

    For a path the office is opened (an older one is brought up to date first) and closed again.
    Raises WrongPasswordError, and OfficeFileError when the file isn't there or no office at all.
    """
    if isinstance(office, Workspace):
        return _checked(office)
    with Workspace.open(office, password) as workspace:
        return _checked(workspace)


def _checked(workspace: Workspace) -> list[str]:
    try:
        damaged = workspace.read(_file)
        if damaged:
            return damaged  # rows of a damaged file say nothing
        return [sentence for look in _LOOKS for sentence in workspace.read(_all_of, look)]
    except OfficeFileError as error:
        return [error.message]


def _all_of(db: Connection, look: Callable[[Connection], Iterator[str]]) -> list[str]:
    return list(look(db))


# -- the file --------------------------------------------------------------------------------------


def _file(db: Connection) -> list[str]:
    """What the database finds wrong with its own pages and indexes."""
    return [
        _("The file is damaged: {cause}.").format(cause=cause) for cause in sqlite.damages(db, MOST)
    ]


def _references(db: Connection) -> Iterator[str]:
    """Rows that name others which aren't there."""
    naming: dict[tuple[str, str], list[int]] = {}
    for table, row_id, parent in sqlite.broken_references(db):
        naming.setdefault((table, parent), []).append(row_id)
    for (table, parent), ids in sorted(naming.items()):
        yield _(
            "{count} rows of {table} name a {parent} that doesn't exist (number {id} first)."
        ).format(count=len(ids), table=table, parent=parent, id=min(ids))


def _indexes(db: Connection) -> Iterator[str]:
    """Indexes that aren't there: without them everything works, but slowly."""
    there = sqlite.index_names(db)
    for table in all_tables().values():
        for name in sorted(str(index.name) for index in table.indexes):
            if name not in there:
                yield _("The index {name} of {table} is missing.").format(
                    name=name, table=table.name
                )


# -- the rows --------------------------------------------------------------------------------------


def _months(db: Connection) -> Iterator[str]:
    """Months that disagree with the dates they repeat."""
    for day, month, sentence in _MONTHS:
        wrong = select(day.table.c.id).where(month.is_distinct_from(month_of(day)))
        yield from _counted(db, wrong, sentence)


def _rows(db: Connection) -> Iterator[str]:
    """Rows that contradict themselves or others."""
    for query, sentence in _ROWS:
        yield from _counted(db, query, sentence)


def _counted(db: Connection, query: Select[tuple[int]], sentence: str) -> Iterator[str]:
    wrong = query.subquery("wrong")
    count, first = db.execute(select(func.count(), func.min(wrong.c.id))).one()
    if count:
        yield _(sentence).format(count=count, id=first)


def _credits(db: Connection) -> Iterator[str]:
    """Deals and payments whose credited parts don't sum to them."""
    found = deals.problems(db)
    yield from found[:MOST]
    if len(found) > MOST:
        yield _("And {count} more deals and payments like these.").format(count=len(found) - MOST)


def _phones(db: Connection) -> Iterator[str]:
    """Numbers kept for finding that aren't the customer's phones."""
    kept = func.coalesce(
        aggregate_order_by(
            func.aggregate_strings(customer_phone.c.number, ";"), customer_phone.c.id
        ),
        "",
    ).label("kept")
    digits = func.replace(func.replace(customer.c.phones, " ", ""), "-", "")
    rows = db.execute(
        select(customer.c.id, customer.c.phones, kept)
        .outerjoin(customer_phone, customer_phone.c.customer_id == customer.c.id)
        .group_by(customer.c.id, customer.c.phones)
        # Most phones are digits with signs between: only the others need a closer look.
        .having(digits != kept)
    )
    wrong = [row.id for row in rows if ";".join(numbers_in(row.phones)) != row.kept]
    if wrong:
        yield _(
            "{count} customers are found under other phone numbers than theirs (number {id} first)."
        ).format(count=len(wrong), id=min(wrong))


def _search_keys(db: Connection) -> Iterator[str]:
    """Customers whose search key isn't made of their name, company and phones any more."""
    count = db.execute(select(func.count()).select_from(customer)).scalar_one()
    key = customer.c.search_key
    first_phone = func.substr(customer.c.phones, 1, 13)
    parts = (
        func.lower(customer.c.name),
        func.lower(customer.c.company),
        func.replace(func.replace(first_phone, " ", ""), "-", ""),
    )
    # A part that the key holds is missed in it once it is taken out.
    lacking = [and_(part != "", func.replace(key, part, "") == key) for part in parts]
    rows = db.execute(
        select(
            customer.c.id,
            customer.c.name,
            customer.c.company,
            customer.c.phones,
            customer.c.search_key,
        ).where(or_(customer.c.id % literal(count // SAMPLE + 1) == 0, *lacking))
    )
    wrong = [row.id for row in rows if key_of(row.name, row.company, row.phones) != row.search_key]
    if wrong:
        yield _(
            "{count} customers can't be found by what they are called now (number {id} first)."
        ).format(count=len(wrong), id=min(wrong))


def _periods(db: Connection) -> Iterator[str]:
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


def _people(db: Connection) -> Iterator[str]:
    """Whether anybody may set things."""
    managers = db.execute(
        select(func.count()).select_from(person).where(person.c.role == "manager", person.c.active)
    ).scalar_one()
    if not managers:
        yield _("The office has no sales manager.")


_LOOKS: tuple[Callable[[Connection], Iterator[str]], ...] = (
    _references, _indexes, _months, _rows, _credits, _phones, _search_keys, _periods, _people,
)  # fmt: skip

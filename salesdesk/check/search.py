"""What customers are found by: their phone numbers and their search keys."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, aggregate_order_by, and_, func, literal, or_, select

from salesdesk.customers.customers import keys_of
from salesdesk.customers.tables import customer, customer_phone
from salesdesk.office.phones import numbers_in
from salesdesk.storage import search_index
from salesdesk.text import _

#: Customers whose search key is made again and compared; of the others only its parts are.
SAMPLE = 2_000


def phones(db: Connection) -> Iterator[str]:
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
            "Customers found under other phone numbers than theirs: {count} (number {id} first)."
        ).format(count=len(wrong), id=min(wrong))


def search_keys(db: Connection) -> Iterator[str]:
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
            customer.c.name_key,
            customer.c.name_sort,
            customer.c.company_sort,
        ).where(or_(customer.c.id % literal(count // SAMPLE + 1) == 0, *lacking))
    )
    wrong, unsorted = [], []
    for row in rows:
        keys = keys_of(row.name, row.company, row.phones)
        if row.search_key != keys["search_key"]:
            wrong.append(row.id)
        elif any(getattr(row, name) != value for name, value in keys.items()):
            unsorted.append(row.id)
    if wrong:
        yield _(
            "Customers who can't be found by what they are called now: {count} (number {id} first)."
        ).format(count=len(wrong), id=min(wrong))
    if unsorted:
        yield _(
            "Customers who don't stand where their name and company belong in a sorted list: "
            "{count} (number {id} first)."
        ).format(count=len(unsorted), id=min(unsorted))


def search_indexes(db: Connection) -> Iterator[str]:
    """Whether searching finds what the search keys hold."""
    for table in search_index.out_of_step(db):
        yield _(
            "The search index of {table} isn't in step with its rows: searching misses some. "
            "“check --repair” makes it anew."
        ).format(table=table)

"""What measures can be narrowed by, and which of them fit what a measure counts.

Found by this module's name (``office/among.py``), since the office knows none of these rooms.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from salesdesk.customers import kinds
from salesdesk.customers.bounds import GRADES, SOURCES, STATES
from salesdesk.customers.tables import customer
from salesdesk.office.among import Filter, declare
from salesdesk.planning import record_kinds
from salesdesk.records import measuring
from salesdesk.sales.tables import product
from salesdesk.text import _

#: What is credited from deals and payments, and so belongs to a product.
OF_DEALS = frozenset(
    {"amount", "units", "profit", "subscriptions", "contracts", "collections", "commission"}
)
#: What counts activities.
OF_ACTIVITIES = frozenset(
    {"activities", "calls", "effective_calls", "visits", "calls_received", "walk_ins",
     "first_walk_ins", "repeat_walk_ins", "invited_walk_ins"}
)  # fmt: skip
#: What counts customers by the day they were registered.
REGISTERED = frozenset({"new_customers", "potential_customers"})
#: What counts those there are on a day.
STANDING = frozenset({"customers", "active_customers"})


def _of_products(counts: str) -> bool:
    if counts in OF_DEALS or counts == "hand":
        return True
    found = measuring.counted(record_kinds.KINDS, counts)
    return found is not None and any(field.type == "product" for field in found[0].fields)


def _of_customers(counts: str) -> bool:
    return counts in OF_DEALS | OF_ACTIVITIES | REGISTERED | STANDING


def _categories(db: Connection) -> Mapping[str, str]:
    query = select(product.c.category).where(product.c.category != "").distinct()
    return {name: name for name in db.scalars(query.order_by(product.c.category))}


def _sources(db: Connection) -> Mapping[str, str]:
    query = select(customer.c.source).where(customer.c.source != "").distinct()
    known = [*(_(source) for source in SOURCES), *db.scalars(query.order_by(customer.c.source))]
    return {source: source for source in known}


declare(
    Filter("categories", _of_products, _categories),
    Filter(
        "kinds",
        lambda counts: counts == "activities",
        lambda _db: {code: _(words) for code, words in kinds.KINDS.items()},
    ),
    Filter("sources", _of_customers, _sources),
    Filter("grades", _of_customers, lambda _db: {grade: grade for grade in GRADES if grade}),
    Filter(
        "states",
        lambda counts: counts in ("new_customers", "customers", "active_customers"),
        lambda _db: {code: _(words) for code, words in STATES.items()},
    ),
    Filter("answered", lambda counts: counts in ("activities", "calls", "visits")),
    Filter("days", lambda counts: counts == "active_customers"),
)

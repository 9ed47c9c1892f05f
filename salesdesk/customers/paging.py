"""Pages of customers in any order and under any filter, without reading those that aren't shown.

Each order has an index that ends in the id; ``narrowing.py`` says who is left and how they are
found. What is blank, and who has no owner, comes last in either direction, by id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, true, tuple_

from salesdesk.customers import narrowing
from salesdesk.customers.bounds import sort_keys
from salesdesk.customers.narrowing import Conditions, Facet, Narrowed
from salesdesk.customers.tables import FIRST_NEEDS, customer, first_needs
from salesdesk.office.names import sort_key
from salesdesk.office.tables import person
from salesdesk.storage import search_index
from salesdesk.storage.expressions import among, unindexed

__all__ = ["Conditions", "Facet", "Order", "Place", "all_ids", "count", "page", "place_of"]

#: How many of the first in order are looked at at first (twice as many each time after).
FIRST_LOOK = 400
#: Who owns more is read alone, and so many customers of several owners at first together.
OWNS_MANY = 200
TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by a column of ``customers.SORTS``."""

    column: str = "id"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page begins: behind a customer, by what the list is sorted by and the id."""

    value: Any
    owner_id: int | None
    id: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the order: customers ``within`` conditions, by ``key`` (None: by id alone)."""

    within: Sequence[ColumnElement[bool]]
    key: ColumnElement[Any] | None
    after: tuple[Any, int] | None


# -- reading ---------------------------------------------------------------------------------------


def page(
    db: Connection, conditions: Conditions, order: Order, after: Place | None, limit: int
) -> list[int]:
    """The ids of the ``limit`` customers that follow a place in the order asked for."""
    narrowed = narrowing.narrow(db, conditions, limit, by_id=order.column == "id")
    if narrowed is None:
        return []
    ids = _read(db, narrowed, order, after, limit)
    if ids is None:
        narrowed = narrowing.settle(db, narrowed)
        ids = None if narrowed is None else _read(db, narrowed, order, after, limit)
    return ids or []


def count(db: Connection, conditions: Conditions) -> int:
    """How many customers there are under the conditions."""
    return narrowing.number_of(db, conditions)


def all_ids(db: Connection, conditions: Conditions) -> list[int]:
    """The ids of all customers under the conditions."""
    if conditions.none:
        return list(db.execute(select(customer.c.id).order_by(customer.c.id)).scalars())
    return list(narrowing.everybody(db, conditions))


# -- walking ---------------------------------------------------------------------------------------


def _read(
    db: Connection, narrowed: Narrowed, order: Order, after: Place | None, limit: int
) -> list[int] | None:
    """A page; None where who comes first in the order was looked at, but is too seldom left."""
    if order.column == "owner_name":
        return _by_owner(db, narrowed, order, after, limit)
    ids: list[int] = []
    for stretch in _stretches(order, after, indexed=not narrowed.few):
        if len(ids) < limit:
            following = _walk(db, narrowed, stretch, order, limit - len(ids))
            if following is None:
                return None
            ids += following
    return ids


def _walk(
    db: Connection, narrowed: Narrowed, stretch: _Stretch, order: Order, limit: int
) -> list[int] | None:
    """The first customers of a stretch under the conditions; None as :func:`_read`."""
    if narrowed.few:
        query = _in_order(stretch, order, indexed=False).where(
            narrowed.members(customer.c.id) if narrowed.members else true(), *narrowed.rest
        )
        return list(db.execute(query.limit(limit)).scalars())
    query, conditions = _in_order(stretch, order), narrowed.conditions
    if narrowed.members is not None:
        query = query.where(narrowed.members(unindexed(customer.c.id)))
    if stretch.key is None and not stretch.within and narrowed.members is None:
        found = narrowed.found
        by_words = not conditions.facets and conditions.ids is None
        if by_words and found is not None and found.query is not None:
            return _walk_found(db, conditions, found, stretch, order, limit)
        if conditions.alone:
            # The facet's own index has them by id.
            named = conditions.all_facets(indexed=True)
            return list(db.execute(query.where(*named).limit(limit)).scalars())
    rest = list(narrowed.rest)
    if order.column in conditions.facets and not narrowed.settled:
        query = query.where(*conditions.on(order.column, indexed=True))
        rest = [] if conditions.alone else rest
    if not rest:
        return list(db.execute(query.limit(limit)).scalars())
    # Of those who come first in the order, whom do the conditions leave?
    first = list(db.execute(query.limit(narrowing.LOOKED_AT)).scalars())
    start, size, ids = 0, FIRST_LOOK, list[int]()
    while start < len(first) and len(ids) < limit:
        ids += _fitting(db, first[start : start + size], rest)
        start, size = start + size, size * 2
    return ids[:limit] if len(ids) >= limit or len(first) < narrowing.LOOKED_AT else None


def _walk_found(
    db: Connection,
    conditions: Conditions,
    found: search_index.Found,
    stretch: _Stretch,
    order: Order,
    limit: int,
) -> list[int] | None:
    """By id, as the search index has them itself; None as :func:`_read`."""
    rest = [*conditions.rest, *([] if found.certain else conditions.holding())]
    ids: list[int] = []
    after = None if stretch.after is None else stretch.after[1]
    size = limit + limit // 4 + 1  # the index names some who hold the parts, but not the whole
    looked_at = 0
    while len(ids) < limit and looked_at <= narrowing.LOOKED_AT:
        batch = found.first(db, size, descending=order.descending, after=after)
        ids += _fitting(db, batch, rest)
        if len(batch) < size:
            return ids[:limit]
        after, looked_at, size = batch[-1], looked_at + size, size * 2
    return ids[:limit] if len(ids) >= limit else None


def _fitting(db: Connection, ids: Sequence[int], rest: Sequence[ColumnElement[bool]]) -> list[int]:
    """Those of some customers whom conditions leave that must be read of each."""
    if not rest:
        return list(ids)
    kept = set(db.execute(select(customer.c.id).where(among(customer.c.id, ids), *rest)).scalars())
    return [own_id for own_id in ids if own_id in kept]


def _in_order(stretch: _Stretch, order: Order, *, indexed: bool = True) -> Select[int]:
    """The ids of a stretch in order."""
    keys: list[ColumnElement[Any]] = [customer.c.id if indexed else unindexed(customer.c.id)]
    if stretch.key is not None:
        keys.insert(0, stretch.key if indexed else unindexed(stretch.key))
    query = select(customer.c.id).where(*stretch.within)
    if stretch.after is not None:
        value, own_id = stretch.after
        here: Any = keys[0]
        there: Any = literal(own_id, customer.c.id.type)
        if stretch.key is not None:
            here, there = tuple_(*keys), tuple_(literal(value, keys[0].type), there)
        query = query.where(here < there if order.descending else here > there)
    return query.order_by(*(key.desc() if order.descending else key.asc() for key in keys))


# -- the orders ------------------------------------------------------------------------------------

#: By what a list is sorted, and whether blanks are texts (else missing days); None: never blank.
_KEYS: Mapping[str, tuple[ColumnElement[Any], str | None]] = {
    "name": (customer.c.name_sort, None),
    "company": (customer.c.company_sort, "text"),
    "phones": (customer.c.phones, "text"),
    "region": (customer.c.region, "text"),
    "source": (customer.c.source, "text"),
    "grade": (customer.c.grade, "text"),
    "state": (customer.c.state, None),
    "needs": (first_needs, "text"),
    "registered_on": (customer.c.registered_on, None),
    "last_contact_on": (customer.c.last_contact_on, "day"),
    "next_contact_on": (customer.c.next_contact_on, "day"),
}


def _stretches(order: Order, after: Place | None, *, indexed: bool) -> Iterator[_Stretch]:
    if order.column == "id":
        yield _Stretch((), None, None if after is None else (None, after.id))
        return
    column, blanks = _KEYS[order.column]
    key = column if indexed else unindexed(column)
    blank = after is not None and after.value in ("", None)
    behind = None if after is None else (after.value, after.id)
    if blanks is None:
        yield _Stretch((), key, behind)
        return
    if not blank:
        filled = key > "" if blanks == "text" else key.is_not(None)
        yield _Stretch((filled,), key, behind)
    empty = key == "" if blanks == "text" else key.is_(None)
    yield _Stretch((empty,), None, behind if blank else None)


def place_of(order: Order, known: Any) -> Place:
    """Where a customer (``customers.Customer``) stands in an order."""
    value = None
    if order.column == "name":
        value = sort_keys(known.name, known.company)["name_sort"]
    elif order.column == "company":
        value = sort_keys(known.name, known.company)["company_sort"]
    elif order.column == "needs":
        value = known.needs[:FIRST_NEEDS]
    elif order.column != "id":
        value = getattr(known, order.column)
    return Place(value, known.owner_id, known.id)


def _by_owner(
    db: Connection, narrowed: Narrowed, order: Order, after: Place | None, limit: int
) -> list[int] | None:
    """By the owners' names, those of one owner by id, those of nobody last."""
    owner = unindexed(customer.c.owner_id) if narrowed.few else customer.c.owner_id
    behind = None if after is None else (None, after.id)
    looking = not narrowed.few and bool(narrowed.rest)
    ids: list[int] = []
    looked_at = 0
    for owners in _groups(_owners(db, narrowed.conditions, order, after), few=narrowed.few):
        if len(ids) >= limit:
            return ids[:limit]
        if looking and looked_at > narrowing.LOOKED_AT:
            return None
        if len(owners) == 1:
            own = behind if after is not None and owners[0][0] == after.owner_id else None
            stretch = _Stretch((owner == owners[0][0],), None, own)
            following = _walk(db, narrowed, stretch, order, limit - len(ids))
            if following is None:
                return None
            ids += following
        else:
            own_ids = [owner_id for owner_id, _number in owners]
            ids += _of_owners(db, narrowed, owner, own_ids, order, after)
        looked_at += sum(number for _owner_id, number in owners)
    if len(ids) < limit:
        own = behind if after is not None and after.owner_id is None else None
        nobodys = _Stretch((owner.is_(None),), None, own)
        following = _walk(db, narrowed, nobodys, order, limit - len(ids))
        if following is None:
            return None
        ids += following
    return ids[:limit]


def _owners(
    db: Connection, conditions: Conditions, order: Order, after: Place | None
) -> list[tuple[int, int]]:
    """(owner, number of customers) from a place on, by the owners' names as lists sort them.

    Customers are counted no further than makes a difference.
    """
    owned = (
        select(customer.c.id)
        .where(customer.c.owner_id == person.c.id)
        .limit(OWNS_MANY + 1)
        .correlate(person)
        .subquery("owned")
    )
    number = select(func.count()).select_from(owned).scalar_subquery()
    asked = [facet(person.c.id) for facet in conditions.facets.get("owner_id", ())]
    query = select(person.c.id, person.c.name, number.label("number")).where(*asked)
    rows = db.execute(query).all()
    names = {row.id: (sort_key(row.name), row.id) for row in rows}
    owners = sorted(
        ((row.id, row.number) for row in rows if row.number),
        key=lambda owner: names[owner[0]],
        reverse=order.descending,
    )
    if after is None:
        return owners
    if after.owner_id is None:
        return []
    start = (sort_key(after.value), after.owner_id)
    return [
        owner
        for owner in owners
        if (names[owner[0]] <= start if order.descending else names[owner[0]] >= start)
    ]


def _groups(owners: Sequence[tuple[int, int]], *, few: bool) -> Iterator[Sequence[tuple[int, int]]]:
    """Owners to be read at once: one who has many, several who have few, ever more at a time.

    Of ``few`` customers all are read at once.
    """
    if few:
        yield owners
        return
    group: list[tuple[int, int]] = []
    total, most = 0, TOGETHER
    for owner_id, number in owners:
        if group and (number > OWNS_MANY or total + number > most):
            yield group
            group, total, most = [], 0, most * 2
        group.append((owner_id, number))
        total += number
        if number > OWNS_MANY:
            yield group
            group, total = [], 0
    if group:
        yield group


def _of_owners(
    db: Connection,
    narrowed: Narrowed,
    owner: ColumnElement[Any],
    owners: Sequence[int],
    order: Order,
    after: Place | None,
) -> list[int]:
    """The ids of all customers of some owners under the conditions, in the owners' order."""
    named: list[ColumnElement[bool]] = []
    if narrowed.members is not None:
        own_id: ColumnElement[int] = customer.c.id
        named = [narrowed.members(own_id if narrowed.few else unindexed(own_id)), *narrowed.rest]
    rows = db.execute(
        select(customer.c.id, customer.c.owner_id).where(among(owner, owners), *named)
    ).all()
    rank = {owner_id: place for place, owner_id in enumerate(owners)}
    sign = -1 if order.descending else 1
    places = sorted((rank[row.owner_id], sign * row.id) for row in rows)
    if after is not None and after.owner_id in rank:
        places = [place for place in places if place > (rank[after.owner_id], sign * after.id)]
    ids = [sign * own_id for _place, own_id in places]
    return ids if narrowed.members is not None else _fitting(db, ids, narrowed.rest)

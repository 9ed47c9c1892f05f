"""Whom a list's conditions leave, and by which way its pages are read soonest.

Some hundred thousand customers can't be read for a page, and no index serves every filter in every
order. How many each condition leaves is asked of its index, no further than makes a difference:

- *Few* by one condition: its customers are read, the others checked, the rest sorted.
- So many by all of them that the first in order nearly always hold a page: these are looked at.
- Otherwise, and where looking didn't find a page (those who fit stand together, elsewhere), the
  list is *settled*: who is left is found once and for all pages and orders, as a set of ids
  (``storage/marks.py``) which stays until somebody writes. Few of them are read and sorted; of more
  the order's index is walked, and who isn't in the set is passed over without being read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_, mul
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from salesdesk.customers.tables import customer
from salesdesk.office.names import matching_text
from salesdesk.storage import marks, search_index
from salesdesk.storage.expressions import among, unindexed
from salesdesk.storage.marks import Marks

#: So many customers are read and sorted sooner than found otherwise.
FEW = 1_500
#: Customers of a condition are counted up to so many; more are taken for this part of all.
COUNTED = 40_000
_MANY_PART = 0.4
#: So many are looked at before a list is settled.
LOOKED_AT = 2_800

#: A condition on a column; it is given the column, which may be one whose index isn't to be used.
Facet = Callable[[ColumnElement[Any]], ColumnElement[bool]]
#: Whether an id is that of one of some customers.
Members = Callable[[ColumnElement[int]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a list is to hold.

    ``words`` as they are stored (folded), each of which the search key must hold; ``facets`` by
    the column of ``ix_customer_facets`` they are about; ``rest`` is what no index answers;
    ``ids``: only these.
    """

    words: Sequence[str] = ()
    facets: Mapping[str, Sequence[Facet]] = field(default_factory=dict)
    rest: Sequence[ColumnElement[bool]] = ()
    ids: Sequence[int] | None = None

    @property
    def none(self) -> bool:
        """Whether everybody is listed."""
        return not (self.words or self.facets or self.rest) and self.ids is None

    @property
    def alone(self) -> bool:
        """Whether one column says it all: its index has its customers in order by itself."""
        return not (self.words or self.rest) and self.ids is None and len(self.facets) == 1

    def on(self, name: str, *, indexed: bool) -> list[ColumnElement[bool]]:
        """The conditions on one column."""
        column: ColumnElement[Any] = customer.c[name]
        return [facet(column if indexed else unindexed(column)) for facet in self.facets[name]]

    def all_facets(self, *, indexed: bool) -> list[ColumnElement[bool]]:
        """The conditions on all columns."""
        return [facet for name in self.facets for facet in self.on(name, indexed=indexed)]

    def holding(self) -> list[ColumnElement[bool]]:
        """That the search key holds the words, read from each customer."""
        return [customer.c.search_key.like(matching_text(word), escape="\\") for word in self.words]

    def read(self) -> list[ColumnElement[bool]]:
        """All conditions, read from each customer; no index is used."""
        own = [] if self.ids is None else [among(unindexed(customer.c.id), self.ids)]
        return [*self.all_facets(indexed=False), *self.holding(), *self.rest, *own]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """How the customers of a list are found: among ``members``, or else by looking at them.

    ``few``: the members are read and sorted. ``members`` says whether a customer, by the id, is
    among those that an index or a set names (None: too many, or everybody), ``rest`` what must be
    read of each. ``settled``: the members are the list.
    """

    conditions: Conditions
    few: bool
    members: Members | None
    rest: Sequence[ColumnElement[bool]]
    found: search_index.Found | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """One condition: whom it leaves, how many (at most one more than counted), the others."""

    number: int
    members: Members
    rest: Sequence[ColumnElement[bool]]


def narrow(db: Connection, conditions: Conditions, limit: int, *, by_id: bool) -> Narrowed | None:
    """How pages of ``limit`` customers are read, in the order of ids or not; None for nobody."""
    if conditions.none:
        return Narrowed(conditions, False, None, ())
    if conditions.ids is not None and len(conditions.ids) <= FEW:
        return Narrowed(conditions, True, _among(conditions.ids), conditions.read())
    both = bool(conditions.words) and not replace(conditions, words=()).none
    in_order = by_id and bool(conditions.words) and not both  # the search index has them by id
    known = None if in_order else marks.kept(db, _key(conditions))
    if known is not None:
        return _settled(conditions, known)
    found = search_index.look(
        db, customer.c.search_key, conditions.words, most=COUNTED, counted=not in_order
    )
    if in_order and found is not None and found.query is not None:
        return Narrowed(conditions, False, None, (), found) if found.count else None
    parts = _parts(db, conditions, found)
    if any(part.number == 0 for part in parts):
        return None
    looking = Narrowed(conditions, False, None, conditions.read(), found)
    fewest = min(parts, key=lambda part: part.number, default=None)
    if fewest is not None and fewest.number <= FEW:
        return Narrowed(conditions, True, fewest.members, fewest.rest, found)
    numbers = [part.number for part in parts]
    if conditions.alone:
        return looking
    if (not both or min(numbers, default=0) > COUNTED) and _is_promising(db, numbers, limit):
        return looking
    if both and (found is None or found.query is None or found.count > COUNTED):
        # Many hold the words: whom the rest leaves are looked at in order, and no others.
        return _to_be_read(conditions, everybody(db, replace(conditions, words=())), ())
    if found is not None and found.query is not None and not found.certain:
        return _to_be_read(conditions, _named(db, conditions, found), conditions.rest)
    return settle(db, looking)


def settle(db: Connection, narrowed: Narrowed) -> Narrowed | None:
    """The same list, whose customers are now all known; None for nobody."""
    return _settled(narrowed.conditions, everybody(db, narrowed.conditions))


def everybody(db: Connection, conditions: Conditions) -> Marks:
    """The set of all whom conditions leave; it is kept."""
    return marks.keep(db, _key(conditions), lambda: _everybody(db, conditions))


def number_of(db: Connection, conditions: Conditions) -> int:
    """How many conditions leave."""
    known = marks.kept(db, _key(conditions))
    if known is not None:
        return known.number
    facets = by_facets(conditions)
    if not conditions.words and not conditions.rest and conditions.ids is None:
        return _count(db, facets, None)
    found = search_index.look(db, customer.c.search_key, conditions.words, counted=False)
    if found is None or not found.certain or found.query is None:
        return everybody(db, conditions).number
    if not found.count:
        return 0
    if not conditions.facets and not conditions.rest and conditions.ids is None:
        return found.number(db)
    others = replace(conditions, words=())
    if others.rest or others.ids is not None or _count(db, facets, COUNTED) <= COUNTED:
        return found.number_in(db, everybody(db, others).flags)
    holding = _who_may_hold(db, conditions, found).holding(unindexed(customer.c.id))
    return _count(db, facets.where(holding), None)


def by_facets(conditions: Conditions) -> Select[int]:
    """The ids of whom the facets leave.

    Of several no column's own index is used, so that the one that holds all of them is; the state
    comes first in it.
    """
    alone = len(conditions.facets) == 1
    return select(customer.c.id).where(
        *(
            condition
            for name in conditions.facets
            for condition in conditions.on(name, indexed=alone or name == "state")
        )
    )


# -- within ----------------------------------------------------------------------------------------


def _settled(conditions: Conditions, known: Marks) -> Narrowed | None:
    if not known.number:
        return None
    few = known.number <= FEW
    members = _among(list(known)) if few else known.holding
    return Narrowed(conditions, few, members, (), settled=True)


def _to_be_read(
    conditions: Conditions, known: Marks | None, rest: Sequence[ColumnElement[bool]]
) -> Narrowed | None:
    """Of those in a set it must be read whether they hold the words."""
    if known is None or not known.number:
        return None
    few = known.number <= FEW
    members = _among(list(known)) if few else known.holding
    return Narrowed(conditions, few, members, [*conditions.holding(), *rest])


def _parts(db: Connection, conditions: Conditions, found: search_index.Found | None) -> list[_Part]:
    """Each condition that an index answers; words and facets."""
    parts: list[_Part] = []
    facets, holding = conditions.all_facets(indexed=False), conditions.holding()
    own = [] if conditions.ids is None else [among(unindexed(customer.c.id), conditions.ids)]
    if found is not None:
        if found.query is None:
            parts.append(_Part(COUNTED + 1, found.among, ()))
        else:
            rest = [*facets, *([] if found.certain else holding), *conditions.rest, *own]
            parts.append(_Part(found.count, found.among, rest))
        if not found.count:
            return parts
    for name in conditions.facets:
        named = select(customer.c.id).where(*conditions.on(name, indexed=True))
        others = [
            facet
            for other in conditions.facets
            if other != name
            for facet in conditions.on(other, indexed=False)
        ]
        parts.append(
            _Part(
                _count(db, named, COUNTED),
                _named_by(named),
                [*others, *holding, *conditions.rest, *own],
            )
        )
    return parts


def _is_promising(db: Connection, numbers: Sequence[int], limit: int) -> bool:
    """Whether a page is likely among the first customers in whatever order."""
    total = max(int(db.execute(select(func.max(customer.c.id))).scalar() or 0), 1)
    parts = [_MANY_PART if number > COUNTED else number / total for number in numbers]
    return limit <= LOOKED_AT * reduce(mul, parts, 1.0)


def _everybody(db: Connection, conditions: Conditions) -> Marks:
    others = marks.kept(db, _key(replace(conditions, words=()))) if conditions.words else None
    found = search_index.look(db, customer.c.search_key, conditions.words, counted=False)
    if others is None:
        known, asked = _named(db, conditions, found), list(conditions.rest)
    else:
        known, asked = _who_may_hold(db, conditions, found) & others, []
    # What must be read of each is asked last, of as few as there are by then.
    if found is not None and found.query is not None and not found.certain:
        asked += conditions.holding()
    if not asked:
        return known or marks.of([])
    query = select(customer.c.id).where(*asked)
    if known is not None and known.number <= COUNTED:
        return marks.selected(db, query.where(among(customer.c.id, list(known))))
    left = marks.selected(db, query)
    return left if known is None else left & known


def _named(
    db: Connection, conditions: Conditions, found: search_index.Found | None
) -> Marks | None:
    """The set of those whom indexes name; who holds the words, for certain or not.

    None where there is nothing that an index answers.
    """
    sets: list[Marks] = []
    if conditions.words:
        sets.append(_who_may_hold(db, conditions, found))
    if conditions.ids is not None:
        there = select(customer.c.id).where(among(customer.c.id, conditions.ids))
        sets.append(marks.selected(db, there))
    if conditions.facets:
        query = by_facets(conditions)
        if sets:
            query = query.where(reduce(and_, sets).holding(unindexed(customer.c.id)))
        sets = [marks.selected(db, query)]
    return reduce(and_, sets) if sets else None


def _who_may_hold(
    db: Connection, conditions: Conditions, found: search_index.Found | None
) -> Marks:
    """The set of those whom the search index names for the words, whatever else is asked.

    They are the ones who hold them where the index is certain, or isn't there.
    """

    def make() -> Marks:
        if found is None or found.query is None:
            return marks.selected(db, select(customer.c.id).where(*conditions.holding()))
        return marks.of(found.all(db) if found.count else [])

    return marks.keep(db, f"words {conditions.words!r}", make)


def _count(db: Connection, members: Select[int], most: int | None) -> int:
    """How many there are, at most one more than ``most``."""
    counted = members.limit(None if most is None else most + 1).subquery("counted")
    return int(db.execute(select(func.count()).select_from(counted)).scalar_one())


def _key(conditions: Conditions) -> str:
    """What a set of exactly these customers is kept under."""
    asked = select(customer.c.id).where(*conditions.all_facets(indexed=True), *conditions.rest)
    statement = asked.compile()
    return f"{conditions.words!r} {conditions.ids!r} {statement} {statement.params!r}"


def _among(ids: Sequence[int]) -> Members:
    return lambda own_id: among(own_id, ids)


def _named_by(members: Select[int]) -> Members:
    """Whether an id is among those selected."""
    return lambda ids: ids.in_(members)

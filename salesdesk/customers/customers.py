"""Customers: finding, entering, grading and handing them over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from salesdesk.customers import access, contacts, paging
from salesdesk.customers.bounds import (
    GRADES,
    SOURCES,
    STATES,
    check_grade,
    check_owner,
    check_state,
    checked_texts,
    key_of,
    keys_of,
    name_key_of,
)
from salesdesk.customers.entering import NewCustomer, add_many, likenesses
from salesdesk.customers.tables import activity, customer, customer_phone
from salesdesk.errors import NotFoundError
from salesdesk.office.names import fold
from salesdesk.office.phones import numbers_in, searched_words
from salesdesk.office.tables import person
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.text import _

__all__ = [
    "GRADES", "SOURCES", "STATES", "Customer", "CustomerFilter", "NewCustomer", "add", "add_many",
    "called", "count", "customer_by_id", "customer_seen_by", "customers_with", "duplicates",
    "edit", "find", "hand_over", "key_of", "keys_of", "likenesses", "matching_ids", "name_key_of",
    "page", "set_grade", "used_values",
]  # fmt: skip

#: Columns a list can be sorted by.
SORTS = (
    "id", "name", "company", "phones", "region", "source", "grade", "state", "owner_name", "needs",
    "registered_on", "last_contact_on", "next_contact_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as lists and the panel show it."""

    id: int
    name: str
    company: str
    phones: str
    region: str
    source: str
    grade: str
    state: str
    owner_id: int | None
    owner_name: str
    needs: str
    note: str
    registered_on: date
    last_contact_on: date | None
    last_words: str
    next_contact_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """What a list shows; everything left out matches.

    ``overdue_on`` finds those due before that day, ``quiet_since`` those not contacted (and not
    registered) since, ``owner_left`` those whose owner no longer works here, ``ids`` just these.
    ``seen_by`` leaves those out whom that person may not see; None is for work of the program.
    """

    text: str = ""
    grade: str | None = None
    owner_id: int | None = None
    no_owner: bool = False
    state: str | None = None
    source: str | None = None
    region: str | None = None
    overdue_on: date | None = None
    quiet_since: date | None = None
    owner_left: bool = False
    ids: tuple[int, ...] | None = None
    seen_by: int | None = None


# -- reading ---------------------------------------------------------------------------------------


def page(
    db: Connection,
    wanted: CustomerFilter = CustomerFilter(),
    *,
    sort: str = "id",
    descending: bool = False,
    after: Customer | None = None,
    limit: int = 200,
) -> list[Customer]:
    """A page of the list: the ``limit`` customers that follow ``after`` in the order asked for.

    Names, companies and owners are sorted by pinyin. Ties are ordered by id; who has nothing in
    the column sorted by (no date, no company, no owner) comes last in either direction.
    """
    if sort not in SORTS:
        raise ValueError(f"no such order: {sort}")
    order = paging.Order(sort, descending)
    place = None if after is None else paging.place_of(order, after)
    return customers_with(db, paging.page(db, _conditions(db, wanted), order, place, limit))


def count(db: Connection, wanted: CustomerFilter = CustomerFilter()) -> int:
    """How many customers a list holds."""
    return paging.count(db, _conditions(db, wanted))


def matching_ids(db: Connection, wanted: CustomerFilter = CustomerFilter()) -> list[int]:
    """The ids of all customers of a list."""
    return paging.all_ids(db, _conditions(db, wanted))


def customer_seen_by(db: Connection, customer_id: int, actor_id: int | None) -> Customer:
    """The customer as a person may see them. Raises NotFoundError, RightsError."""
    known = customer_by_id(db, customer_id)
    access.need_seen(db, customer_id, actor_id)
    return known


def customer_by_id(db: Connection, customer_id: int) -> Customer:
    """Raises NotFoundError when there is none."""
    row = db.execute(_select().where(customer.c.id == customer_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no customer number {id}.").format(id=customer_id))
    return _customer(row)


def customers_with(db: Connection, ids: Sequence[int]) -> list[Customer]:
    """The customers with the given ids, in the order of the ids."""
    rows = db.execute(_select().where(among(customer.c.id, ids))).all()
    found = {row.id: _customer(row) for row in rows}
    return [found[one] for one in ids if one in found]


def find(
    db: Connection, text: str, *, seen_by: int | None = None, limit: int = 50
) -> list[Customer]:
    """Customers whose name, pinyin, initials, company or phone holds ``text``, the newest first."""
    wanted = CustomerFilter(text=text, seen_by=seen_by)
    return page(db, wanted, descending=True, limit=limit)


def called(db: Connection, name: str, *, seen_by: int | None = None) -> list[Customer]:
    """The customers of just this name (``names.same_name``), by id."""
    query = _select().where(customer.c.name_key == name_key_of(name), access.seen(db, seen_by))
    return [_customer(row) for row in db.execute(query.order_by(customer.c.id))]


def duplicates(
    db: Connection, name: str, company: str, phones: str, *, own_id: int | None = None
) -> list[Customer]:
    """Customers who may be the same as one (``entering.likenesses``); at most 20."""
    alike = likenesses(db, [NewCustomer(name=name, company=company, phones=phones)])
    known = alike[0].known if alike else ()
    return customers_with(db, [listed for listed in known if listed != own_id][:20])


def used_values(db: Connection, column: str) -> list[str]:
    """The distinct regions or sources in use, for choices."""
    if column not in ("region", "source"):
        raise ValueError(f"no choices for {column}")
    rows = db.execute(
        select(customer.c[column])
        .where(customer.c[column] != "")
        .distinct()
        .order_by(customer.c[column])
        .limit(200)
    )
    return sorted(rows.scalars())


# -- changing --------------------------------------------------------------------------------------


def add(
    change: Change,
    *,
    name: str,
    company: str = "",
    phones: str = "",
    region: str = "",
    source: str = "",
    grade: str = "",
    state: str = "potential",
    owner_id: int | None = None,
    needs: str = "",
    note: str = "",
    registered_on: date | None = None,
) -> int:
    """A new customer; the id. A graded one is due by the grade's interval from the registration.

    Raises InputError for a missing name, a text too long, an unknown grade or state, an owner who
    doesn't work here, a registration in the future or in a closed month, and RightsError.
    """
    new = NewCustomer(
        name=name, company=company, phones=phones, region=region, source=source, grade=grade,
        state=state, owner_id=owner_id, needs=needs, note=note, registered_on=registered_on,
    )  # fmt: skip
    return add_many(change, [new])[0]


def edit(
    change: Change,
    customer_id: int,
    *,
    seen_version: int | None = None,
    name: str | Unset = UNSET,
    company: str | Unset = UNSET,
    phones: str | Unset = UNSET,
    region: str | Unset = UNSET,
    source: str | Unset = UNSET,
    grade: str | Unset = UNSET,
    state: str | Unset = UNSET,
    owner_id: int | Unset | None = UNSET,
    needs: str | Unset = UNSET,
    note: str | Unset = UNSET,
) -> None:
    """Set what is known of a customer. A new grade moves the next contact by its interval.

    Raises InputError as :func:`add` does, ConflictError when somebody edited the customer since
    ``seen_version``, NotFoundError, RightsError.
    """
    stored = customer_by_id(change.connection, customer_id)
    access.need(change, "customers.edit", [stored.owner_id])
    given_texts = checked_texts(
        given(
            name=name,
            company=company,
            phones=phones,
            region=region,
            source=source,
            needs=needs,
            note=note,
        )
    )
    values: dict[str, Any] = dict(given_texts)
    if grade is not UNSET:
        check_grade(grade)
        values["grade"] = grade
        if grade != stored.grade:
            values["agreed_after"] = _latest_activity(change)
    if state is not UNSET:
        check_state(state)
        if state != stored.state:
            values.update(state=state, state_before="")
    if owner_id is not UNSET and owner_id != stored.owner_id:
        access.need(change, "customers.hand_over", [stored.owner_id])
        if owner_id is not None:
            check_owner(change.connection, owner_id)
        values["owner_id"] = owner_id
    if _KEYED & given_texts.keys():
        keyed = {column: given_texts.get(column, getattr(stored, column)) for column in _KEYED}
        values.update(keys_of(keyed["name"], keyed["company"], keyed["phones"]))
    change.describe(_("Edit customer: {name}").format(name=stored.name))
    change.update(customer, customer_id, seen_version=seen_version, **values)
    if given_texts.get("phones", stored.phones) != stored.phones:
        _store_phones(change, customer_id, given_texts["phones"])
    if "agreed_after" in values:
        contacts.follow(change, customer_id)


def set_grade(change: Change, ids: Iterable[int], grade: str) -> int:
    """Give many customers a grade; how many really changed.

    The next contact follows the new grade's interval, whatever was agreed before. Raises
    InputError, NotFoundError, RightsError.
    """
    check_grade(grade)
    chosen = _all_there(change, ids)
    access.need(change, "customers.edit", [listed.owner_id for listed in chosen])
    regraded = [listed for listed in chosen if listed.grade != grade]
    if len(regraded) == 1:
        words = _("Grade {name}: {grade}").format(
            name=regraded[0].name, grade=grade or _("No grade")
        )
    else:
        words = _("Grade {count} customers: {grade}").format(
            count=len(regraded), grade=grade or _("No grade")
        )
    change.describe(words)
    agreed_after = _latest_activity(change)
    changed = change.update_many(
        customer,
        {listed.id: {"grade": grade, "agreed_after": agreed_after} for listed in regraded},
    )
    contacts.follow_many(change, [listed.id for listed in regraded])
    return changed


def hand_over(change: Change, ids: Iterable[int], owner_id: int | None) -> int:
    """Give many customers to a person (None: to nobody); how many really changed.

    Raises InputError for somebody who no longer works here, NotFoundError, RightsError.
    """
    chosen = _all_there(change, ids)
    access.need(change, "customers.hand_over", [listed.owner_id for listed in chosen])
    to = _("nobody") if owner_id is None else check_owner(change.connection, owner_id)
    moved = [listed for listed in chosen if listed.owner_id != owner_id]
    if len(moved) == 1:
        words = _("Hand over {customer} to {person}").format(customer=moved[0].name, person=to)
    else:
        words = _("Hand over {count} customers to {person}").format(count=len(moved), person=to)
    change.describe(words)
    return change.update_many(customer, {listed.id: {"owner_id": owner_id} for listed in moved})


# -- within ----------------------------------------------------------------------------------------

_KEYED = frozenset({"name", "company", "phones"})


@cache  # made once: a page's query is made in a tenth of the time that reading it takes
def _select() -> Select[Any]:
    # In the order of Customer's fields.
    columns = [
        func.coalesce(person.c.name, "") if name == "owner_name" else customer.c[name]
        for name in Customer.__slots__
    ]
    return select(*columns).outerjoin(person, person.c.id == customer.c.owner_id)


def _conditions(db: Connection, wanted: CustomerFilter) -> paging.Conditions:
    facets: dict[str, list[paging.Facet]] = {}
    for name in ("grade", "state", "source", "region"):
        value = getattr(wanted, name)
        if value is not None:
            facets[name] = [_equals(value)]
    owners: list[paging.Facet] = []
    if wanted.seen_by is not None:
        seen = access.seen_owners(db, wanted.seen_by)
        owners += [] if seen is None else [lambda owner: owner.in_(seen)]
    if wanted.no_owner:
        owners.append(lambda owner: owner.is_(None))
    elif wanted.owner_id is not None:
        owners.append(lambda owner: owner == wanted.owner_id)
    if wanted.owner_left:
        gone = select(person.c.id).where(person.c.active.is_(False))
        owners.append(lambda owner: owner.in_(gone))
    if owners:
        facets["owner_id"] = owners
    if wanted.overdue_on is not None:
        facets["next_contact_on"] = [lambda day: day < wanted.overdue_on]
    rest: list[ColumnElement[bool]] = []
    if wanted.quiet_since is not None:
        # Written so that the index of the last contact answers it.
        last, registered = customer.c.last_contact_on, customer.c.registered_on
        quiet, new = last < wanted.quiet_since, registered < wanted.quiet_since
        rest.append(or_(quiet, and_(last.is_(None), new)))
    return paging.Conditions(
        [fold(word) for word in searched_words(wanted.text)], facets, rest, wanted.ids
    )


def _equals(value: str) -> paging.Facet:
    return lambda column: column == value


def _all_there(change: Change, ids: Iterable[int]) -> list[Customer]:
    """The customers with the given ids. Raises NotFoundError when one is gone."""
    unique = list(dict.fromkeys(ids))
    chosen = customers_with(change.connection, unique)
    if len(chosen) < len(unique):
        gone = sorted(set(unique) - {listed.id for listed in chosen})
        raise NotFoundError(_("There is no customer number {id}.").format(id=gone[0]))
    return chosen


def _latest_activity(change: Change) -> int:
    """The id of the newest activity: what was agreed up to it no longer counts."""
    return int(change.connection.execute(select(func.max(activity.c.id))).scalar() or 0)


def _store_phones(change: Change, customer_id: int, phones: str) -> None:
    old = (
        change.connection.execute(
            select(customer_phone.c.id).where(customer_phone.c.customer_id == customer_id)
        )
        .scalars()
        .all()
    )
    for row_id in old:
        change.delete(customer_phone, row_id)
    change.insert_many(
        customer_phone,
        [{"customer_id": customer_id, "number": number} for number in numbers_in(phones)],
    )


def _customer(row: Any) -> Customer:
    return Customer(*row)

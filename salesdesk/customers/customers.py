"""Customers: finding, entering, grading and handing them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from salesdesk.calc import cadence
from salesdesk.customers.phones import digits_of, numbers_in
from salesdesk.customers.tables import customer, customer_phone
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import settings
from salesdesk.office.names import matching_text, search_key
from salesdesk.office.tables import person
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

GRADES = ("A", "B", "C", "")
STATES: Mapping[str, str] = {
    "potential": mark("Potential"),
    "lasting": mark("Lasting"),
    "closed": mark("Closed a deal"),
    "lost": mark("Lost"),
}
#: How a customer came; offices add their own words freely.
SOURCES = (
    mark("Call received"), mark("Walk-in"), mark("Referral"), mark("Web"), mark("Cold visit"),
    mark("Telephone list"), mark("Media"), mark("Market or exhibition"), mark("Old customer"),
)  # fmt: skip
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

    Ties and missing values are ordered by id; customers without a date come last ascending.
    """
    if sort not in SORTS:
        raise ValueError(f"no such order: {sort}")
    query = _select().where(*_conditions(wanted))
    column = person.c.name if sort == "owner_name" else customer.c[sort]
    key: ColumnElement[Any] = column
    if sort == "owner_name":
        key = func.coalesce(column, "")
    elif sort in ("last_contact_on", "next_contact_on"):
        key = func.coalesce(column, literal(_FAR, column.type))
    if after is not None:
        value = getattr(after, sort)
        if value is None:
            value = _FAR
        here = tuple_(key, customer.c.id)
        there = tuple_(literal(value, column.type), literal(after.id, customer.c.id.type))
        query = query.where(here < there if descending else here > there)
    order = [key.desc(), customer.c.id.desc()] if descending else [key.asc(), customer.c.id.asc()]
    return [_customer(row) for row in db.execute(query.order_by(*order).limit(limit))]


def count(db: Connection, wanted: CustomerFilter = CustomerFilter()) -> int:
    """How many customers a list holds."""
    return int(
        db.execute(
            select(func.count()).select_from(customer).where(*_conditions(wanted))
        ).scalar_one()
    )


def matching_ids(db: Connection, wanted: CustomerFilter = CustomerFilter()) -> list[int]:
    """The ids of all customers of a list."""
    return list(
        db.execute(
            select(customer.c.id).where(*_conditions(wanted)).order_by(customer.c.id)
        ).scalars()
    )


def customer_by_id(db: Connection, customer_id: int) -> Customer:
    """Raises NotFoundError when there is none."""
    row = db.execute(_select().where(customer.c.id == customer_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no customer number {id}.").format(id=customer_id))
    return _customer(row)


def customers_with(db: Connection, ids: Sequence[int]) -> list[Customer]:
    """The customers with the given ids, in the order of the ids."""
    rows = db.execute(_select().where(customer.c.id.in_(ids)))
    found = {row.id: _customer(row) for row in rows}
    return [found[one] for one in ids if one in found]


def find(db: Connection, text: str, *, limit: int = 50) -> list[Customer]:
    """Customers whose name, pinyin, initials, company or phone holds ``text``."""
    return page(db, CustomerFilter(text=text), sort="name", limit=limit)


def duplicates(
    db: Connection, name: str, company: str, phones: str, *, own_id: int | None = None
) -> list[Customer]:
    """Customers who may be the same: a shared phone, or the same name and company."""
    numbers = numbers_in(phones)
    same = [and_(customer.c.name == _tidy(name), customer.c.company == _tidy(company))]
    if numbers:
        same.append(
            customer.c.id.in_(
                select(customer_phone.c.customer_id).where(customer_phone.c.number.in_(numbers))
            )
        )
    if not _tidy(name):
        del same[0]
    if not same:
        return []
    query = (
        _select()
        .where(or_(*same), customer.c.id != (own_id or 0))
        .order_by(customer.c.id)
        .limit(20)
    )
    return [_customer(row) for row in db.execute(query)]


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


def key_of(name: str, company: str, phones: str) -> str:
    """The search key a customer is stored with: name and company with their readings, numbers."""
    return search_key(name, company, " ".join(numbers_in(phones)))[:500]


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
    """A new customer; the id. A graded one is due by the grade's cadence from the registration.

    Raises InputError for a missing name or an unknown grade or state.
    """
    day = registered_on or change.now.date()
    values = _checked(
        {
            "name": name,
            "company": company,
            "phones": phones,
            "region": region,
            "source": source,
            "grade": grade,
            "state": state,
            "needs": needs,
            "note": note,
        }
    )
    customer_id = change.insert(
        customer,
        **values,
        owner_id=owner_id,
        search_key=_key(values),
        registered_on=day,
        registered_month=day.year * 100 + day.month,
        next_contact_on=_next_contact(change, values["grade"], day),
    )
    _store_phones(change, customer_id, values["phones"])
    return customer_id


def edit(
    change: Change, customer_id: int, *, seen_version: int | None = None, **values: Any
) -> None:
    """Set columns of a customer. A new grade moves the next contact by its cadence.

    Raises InputError, ConflictError when somebody edited it since, NotFoundError.
    """
    stored = customer_by_id(change.connection, customer_id)
    values = _checked(values)
    if {"name", "company", "phones"} & values.keys():
        parts = {name: values.get(name, getattr(stored, name)) for name in _KEYED}
        values["search_key"] = _key(parts)
    if values.get("grade", stored.grade) != stored.grade and "next_contact_on" not in values:
        since = stored.last_contact_on or stored.registered_on
        values["next_contact_on"] = _next_contact(change, values["grade"], since)
    change.update(customer, customer_id, seen_version=seen_version, **values)
    if values.get("phones", stored.phones) != stored.phones:
        _store_phones(change, customer_id, values["phones"])


def set_grade(change: Change, ids: Iterable[int], grade: str) -> int:
    """Give many customers a grade; how many really changed. Raises InputError."""
    if grade not in GRADES:
        raise InputError(_("{grade} is no grade: A, B, C or none.").format(grade=grade))
    days = settings.read(change.connection).cadence
    rows = {}
    for one in customers_with(change.connection, list(ids)):
        if one.grade != grade:
            since = one.last_contact_on or one.registered_on
            due = cadence.next_contact(since, grade, days)
            rows[one.id] = {"grade": grade, "next_contact_on": due}
    return change.update_many(customer, rows)


def hand_over(change: Change, ids: Iterable[int], owner_id: int | None) -> int:
    """Give many customers to a person (None: to nobody); how many really changed."""
    return change.update_many(customer, {one: {"owner_id": owner_id} for one in ids})


# -- within ----------------------------------------------------------------------------------------

_KEYED = ("name", "company", "phones")
_FAR = date(9999, 12, 31)


def _select() -> Select[Any]:
    return select(customer, person.c.name.label("owner_name")).outerjoin(
        person, person.c.id == customer.c.owner_id
    )


def _conditions(wanted: CustomerFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    digits = digits_of(wanted.text)
    for word in wanted.text.split() if digits is None else [digits]:
        found.append(customer.c.search_key.like(matching_text(word), escape="\\"))
    if wanted.grade is not None:
        found.append(customer.c.grade == wanted.grade)
    if wanted.no_owner:
        found.append(customer.c.owner_id.is_(None))
    elif wanted.owner_id is not None:
        found.append(customer.c.owner_id == wanted.owner_id)
    if wanted.state is not None:
        found.append(customer.c.state == wanted.state)
    if wanted.source is not None:
        found.append(customer.c.source == wanted.source)
    if wanted.region is not None:
        found.append(customer.c.region == wanted.region)
    if wanted.overdue_on is not None:
        found.append(customer.c.next_contact_on < wanted.overdue_on)
    if wanted.ids is not None:
        found.append(customer.c.id.in_(wanted.ids))
    if wanted.quiet_since is not None:
        last = func.coalesce(customer.c.last_contact_on, customer.c.registered_on)
        found.append(last < wanted.quiet_since)
    if wanted.owner_left:
        gone = select(person.c.id).where(person.c.active.is_(False))
        found.append(customer.c.owner_id.in_(gone))
    return found


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    values = {
        key: value.strip() if isinstance(value, str) else value for key, value in values.items()
    }
    if "name" in values:
        values["name"] = _tidy(values["name"])
        if not values["name"]:
            raise InputError(_("The customer needs a name."))
        if len(values["name"]) > 80:
            raise InputError(
                _("The name {name} is longer than 80 characters.").format(name=values["name"][:20])
            )
    if "company" in values:
        values["company"] = _tidy(values["company"])
    if values.get("grade", "") not in GRADES:
        raise InputError(_("{grade} is no grade: A, B, C or none.").format(grade=values["grade"]))
    if values.get("state", "potential") not in STATES:
        raise InputError(_("{state} is no state of a customer.").format(state=values["state"]))
    return values


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _key(values: Mapping[str, str]) -> str:
    return key_of(values["name"], values["company"], values["phones"])


def _next_contact(change: Change, grade: str, since: date) -> date | None:
    return cadence.next_contact(since, grade, settings.read(change.connection).cadence)


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
    return Customer(
        row.id, row.name, row.company, row.phones, row.region, row.source, row.grade, row.state,
        row.owner_id, row.owner_name or "", row.needs, row.note, row.registered_on,
        row.last_contact_on, row.last_words, row.next_contact_on, row.version,
    )  # fmt: skip

"""Customers: finding, entering, grading and handing them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, tuple_

from salesdesk.customers import access, contacts
from salesdesk.customers.phones import digits_of, numbers_in
from salesdesk.customers.tables import activity, customer, customer_phone
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import people, rights
from salesdesk.office.months import need_open
from salesdesk.office.names import matching_text, name_key, same_name, search_key
from salesdesk.office.tables import person
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

GRADES = ("A", "B", "C", "")
#: The texts of a customer, and how many characters each may have.
FIELDS: Mapping[str, str] = {
    "name": mark("The name"),
    "company": mark("The company"),
    "phones": mark("The phone numbers"),
    "region": mark("The region"),
    "source": mark("The source"),
    "needs": mark("The needs"),
    "note": mark("The note"),
}
LONGEST: Mapping[str, int] = {
    "name": 80, "company": 120, "phones": 200, "region": 60, "source": 40, "needs": 4_000,
    "note": 4_000,
}  # fmt: skip
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

    Ties and missing values are ordered by id; customers without a date come last ascending.
    """
    if sort not in SORTS:
        raise ValueError(f"no such order: {sort}")
    query = _select().where(*_conditions(db, wanted))
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
            select(func.count()).select_from(customer).where(*_conditions(db, wanted))
        ).scalar_one()
    )


def matching_ids(db: Connection, wanted: CustomerFilter = CustomerFilter()) -> list[int]:
    """The ids of all customers of a list."""
    return list(
        db.execute(
            select(customer.c.id).where(*_conditions(db, wanted)).order_by(customer.c.id)
        ).scalars()
    )


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
    rows = db.execute(_select().where(among(customer.c.id, ids)))
    found = {row.id: _customer(row) for row in rows}
    return [found[one] for one in ids if one in found]


def find(
    db: Connection, text: str, *, seen_by: int | None = None, limit: int = 50
) -> list[Customer]:
    """Customers whose name, pinyin, initials, company or phone holds ``text``."""
    return page(db, CustomerFilter(text=text, seen_by=seen_by), sort="name", limit=limit)


def duplicates(
    db: Connection, name: str, company: str, phones: str, *, own_id: int | None = None
) -> list[Customer]:
    """Customers who may be the same: a shared phone, or the same name and company; at most 20.

    Whoever enters a customer is told of one who is known already, also of one they may not see:
    a name and its owner are less than a customer who is called twice.
    """
    numbers = numbers_in(phones)
    same: set[int] = set()
    if numbers:
        shared = select(customer_phone.c.customer_id).where(customer_phone.c.number.in_(numbers))
        same.update(db.execute(shared).scalars())
    key = name_key_of(name)
    if key:
        namesakes = db.execute(
            select(customer.c.id, customer.c.company).where(customer.c.name_key == key)
        )
        same.update(row.id for row in namesakes if same_name(row.company, company))
    same.discard(own_id or 0)
    return customers_with(db, sorted(same)[:20])


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


def name_key_of(name: str) -> str:
    """The key of a name as a customer is stored with it (``names.name_key``)."""
    return name_key(name)[: LONGEST["name"]]


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
    rights.need(
        change, "customers.add", person_id=change.person_id if owner_id is None else owner_id
    )
    day = registered_on or change.now.date()
    if day > change.now.date() + timedelta(days=1):
        raise InputError(
            _("A customer can't be registered on {day}, which is still to come.").format(day=day)
        )
    need_open(change, day)
    texts = _checked_texts(
        {
            "name": name,
            "company": company,
            "phones": phones,
            "region": region,
            "source": source,
            "needs": needs,
            "note": note,
        }
    )
    _check_grade(grade)
    _check_state(state)
    if owner_id is not None:
        _check_owner(change, owner_id)
    change.describe(_("New customer: {name}").format(name=texts["name"]))
    customer_id = change.insert(
        customer,
        **texts,
        grade=grade,
        state=state,
        owner_id=owner_id,
        search_key=_key(texts),
        name_key=name_key_of(texts["name"]),
        registered_on=day,
        registered_month=day.year * 100 + day.month,
        next_contact_on=contacts.rules(change.connection).next_contact(day, grade),
    )
    _store_phones(change, customer_id, texts["phones"])
    return customer_id


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
    texts = _checked_texts(
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
    values: dict[str, Any] = dict(texts)
    if grade is not UNSET:
        _check_grade(grade)
        values["grade"] = grade
        if grade != stored.grade:
            values["agreed_after"] = _latest_activity(change)
    if state is not UNSET:
        _check_state(state)
        if state != stored.state:
            values.update(state=state, state_before="")
    if owner_id is not UNSET and owner_id != stored.owner_id:
        access.need(change, "customers.hand_over", [stored.owner_id])
        if owner_id is not None:
            _check_owner(change, owner_id)
        values["owner_id"] = owner_id
    if _KEYED & texts.keys():
        keyed = {column: texts.get(column, getattr(stored, column)) for column in _KEYED}
        values.update(search_key=_key(keyed), name_key=name_key_of(keyed["name"]))
    change.describe(_("Edit customer: {name}").format(name=stored.name))
    change.update(customer, customer_id, seen_version=seen_version, **values)
    if texts.get("phones", stored.phones) != stored.phones:
        _store_phones(change, customer_id, texts["phones"])
    if "agreed_after" in values:
        contacts.follow(change, customer_id)


def set_grade(change: Change, ids: Iterable[int], grade: str) -> int:
    """Give many customers a grade; how many really changed.

    The next contact follows the new grade's interval, whatever was agreed before. Raises
    InputError, NotFoundError, RightsError.
    """
    _check_grade(grade)
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
    to = _("nobody") if owner_id is None else _check_owner(change, owner_id)
    moved = [listed for listed in chosen if listed.owner_id != owner_id]
    if len(moved) == 1:
        words = _("Hand over {customer} to {person}").format(customer=moved[0].name, person=to)
    else:
        words = _("Hand over {count} customers to {person}").format(count=len(moved), person=to)
    change.describe(words)
    return change.update_many(customer, {listed.id: {"owner_id": owner_id} for listed in moved})


# -- within ----------------------------------------------------------------------------------------

_KEYED = frozenset({"name", "company", "phones"})
_FAR = date(9999, 12, 31)


def _select() -> Select[Any]:
    return select(customer, person.c.name.label("owner_name")).outerjoin(
        person, person.c.id == customer.c.owner_id
    )


def _conditions(db: Connection, wanted: CustomerFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.seen_by is not None:
        conditions.append(access.seen(db, wanted.seen_by))
    digits = digits_of(wanted.text)
    for word in wanted.text.split() if digits is None else [digits]:
        conditions.append(customer.c.search_key.like(matching_text(word), escape="\\"))
    if wanted.grade is not None:
        conditions.append(customer.c.grade == wanted.grade)
    if wanted.no_owner:
        conditions.append(customer.c.owner_id.is_(None))
    elif wanted.owner_id is not None:
        conditions.append(customer.c.owner_id == wanted.owner_id)
    if wanted.state is not None:
        conditions.append(customer.c.state == wanted.state)
    if wanted.source is not None:
        conditions.append(customer.c.source == wanted.source)
    if wanted.region is not None:
        conditions.append(customer.c.region == wanted.region)
    if wanted.overdue_on is not None:
        conditions.append(customer.c.next_contact_on < wanted.overdue_on)
    if wanted.ids is not None:
        conditions.append(among(customer.c.id, wanted.ids))
    if wanted.quiet_since is not None:
        last = func.coalesce(customer.c.last_contact_on, customer.c.registered_on)
        conditions.append(last < wanted.quiet_since)
    if wanted.owner_left:
        gone = select(person.c.id).where(person.c.active.is_(False))
        conditions.append(customer.c.owner_id.in_(gone))
    return conditions


def _checked_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts as they are kept. Raises InputError for one that is too long, or an empty name."""
    checked = {column: text.strip() for column, text in texts.items()}
    for column in ("name", "company", "region", "source"):
        if column in checked:
            checked[column] = _tidy(checked[column])
    if checked.get("name") == "":
        raise InputError(_("The customer needs a name."))
    for column, text in checked.items():
        longest = LONGEST[column]
        if len(text) > longest:
            raise InputError(
                _("{field} of a customer has at most {longest} characters, not {count}.").format(
                    field=_(FIELDS[column]), longest=longest, count=len(text)
                )
            )
    return checked


def _check_grade(grade: str) -> None:
    if grade not in GRADES:
        raise InputError(_("{grade} isn't a grade: use A, B, C or none.").format(grade=grade))


def _check_state(state: str) -> None:
    if state not in STATES:
        raise InputError(
            _("{state} isn't a state of a customer; the states are: {known}.").format(
                state=state, known=", ".join(STATES)
            )
        )


def _check_owner(change: Change, owner_id: int) -> str:
    """The name of who is to look after customers. Raises NotFoundError, InputError."""
    owner = people.person_by_id(change.connection, owner_id)
    if not owner.active:
        raise InputError(
            _("{name} no longer works here and can't look after customers.").format(name=owner.name)
        )
    return owner.name


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


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _key(values: Mapping[str, str]) -> str:
    return key_of(values["name"], values["company"], values["phones"])


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

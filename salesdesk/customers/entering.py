"""Entering customers, one or ten thousand at a time, by one set of rules.

What asks the office (whose right, whose month, who is known already) asks once for all rows, in
statements over whole tables: a list of 10,000 costs hardly more than its rows cost the database.
Another database does the same; it is handed its lists as one JSON value too (``expressions``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.customers import bounds, contacts
from salesdesk.customers.bounds import keys_of, name_key_of
from salesdesk.customers.tables import customer, customer_phone
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import rights
from salesdesk.office.months import need_open
from salesdesk.office.names import name_key
from salesdesk.office.phones import numbers_in
from salesdesk.storage.expressions import among_texts
from salesdesk.storage.history import Change
from salesdesk.text import _, ngettext


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer who is to be entered. No ``registered_on`` is today, no ``owner_id`` nobody."""

    name: str
    company: str = ""
    phones: str = ""
    region: str = ""
    source: str = ""
    grade: str = ""
    state: str = "potential"
    owner_id: int | None = None
    needs: str = ""
    note: str = ""
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class WrongRow:
    """What is wrong with one of many: its place (from 0), the column, the refusal itself."""

    place: int
    column: str
    error: SalesDeskError


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whom a new customer may be: customers of the office (ids), and rows above (places from 0)."""

    known: tuple[int, ...]
    above: tuple[int, ...]


# -- reading ---------------------------------------------------------------------------------------


def likenesses(db: Connection, rows: Sequence[NewCustomer]) -> dict[int, Likeness]:
    """Who of ``rows`` may be entered already, by their places: the others aren't in the answer.

    They share a phone, or name and company. Whoever enters a customer is told of one who is known,
    also of one they may not see: a name is less than a customer who is called twice.
    """
    numbers = [numbers_in(row.phones) for row in rows]
    names = [name_key_of(row.name) for row in rows]
    companies = [name_key(row.company) for row in rows]
    by_number: dict[str, list[int]] = {}
    wanted = sorted({number for of_row in numbers for number in of_row})
    for customer_id, number in db.execute(
        select(customer_phone.c.customer_id, customer_phone.c.number).where(
            among_texts(customer_phone.c.number, wanted)
        )
    ):
        by_number.setdefault(number, []).append(customer_id)
    by_name: dict[tuple[str, str], list[int]] = {}
    for row in db.execute(
        select(customer.c.id, customer.c.name_key, customer.c.company).where(
            among_texts(customer.c.name_key, sorted(set(names) - {""}))
        )
    ):
        by_name.setdefault((row.name_key, name_key(row.company)), []).append(row.id)
    first: dict[str | tuple[str, str], int] = {}
    alike: dict[int, Likeness] = {}
    for place, name, company, of_row in zip(
        range(len(rows)), names, companies, numbers, strict=True
    ):
        known = {customer_id for number in of_row for customer_id in by_number.get(number, ())}
        known.update(by_name.get((name, company), ()))
        signs: list[str | tuple[str, str]] = [*of_row]
        if name:
            signs.append((name, company))
        above = {first.setdefault(sign, place) for sign in signs} - {place}
        if known or above:
            alike[place] = Likeness(tuple(sorted(known)), tuple(sorted(above)))
    return alike


def wrong_rows(change: Change, rows: Sequence[NewCustomer]) -> list[WrongRow]:
    """What :func:`add_many` would refuse, the first of each row; nothing is written."""
    return _prepared(change, rows)[1]


# -- changing --------------------------------------------------------------------------------------


def add_many(change: Change, rows: Sequence[NewCustomer]) -> list[int]:
    """Enter customers, all or none; their ids in the order of ``rows``.

    A graded one is due by the grade's interval from the registration. Raises what is refused of
    the first wrong row, whose place it tells where there are several: InputError for a missing
    name, a text too long, an unknown grade or state, an owner who doesn't work here, a
    registration in the future or in a closed month; NotFoundError; RightsError.
    """
    values, wrong = _prepared(change, rows)
    if wrong and len(rows) > 1:
        error = wrong[0].error
        raise type(error)(
            _("Customer {number} of {count}: {cause}").format(
                number=wrong[0].place + 1, count=len(rows), cause=error.message
            )
        ) from error
    if wrong:
        raise wrong[0].error
    if not values:
        return []
    for row in values:
        row |= keys_of(row["name"], row["company"], row["phones"])
    if len(values) == 1:
        change.describe(_("New customer: {name}").format(name=values[0]["name"]))
    else:
        change.describe(
            ngettext("{count} new customer", "{count} new customers", len(values)).format(
                count=len(values)
            )
        )
    ids = change.insert_many(customer, values)
    change.insert_many(
        customer_phone,
        [
            {"customer_id": customer_id, "number": number}
            for customer_id, row in zip(ids, values, strict=True)
            for number in numbers_in(row["phones"])
        ],
    )
    return ids


# -- within ----------------------------------------------------------------------------------------


def _prepared(
    change: Change, rows: Sequence[NewCustomer]
) -> tuple[list[dict[str, Any]], list[WrongRow]]:
    """What to store of the rows that are right, keys apart, and the first fault of each other."""
    asked = _Asked(change)
    columns = {name: [getattr(row, name) for row in rows] for name in bounds.FIELDS}
    as_given = bounds.kept_as_given(columns)
    #: What rows of one owner, day, grade and state are stored with, once it was found right.
    right: dict[tuple[object, ...], dict[str, Any]] = {}
    values: list[dict[str, Any]] = []
    wrong: list[WrongRow] = []
    for place, (row, *row_texts) in enumerate(zip(rows, *columns.values(), strict=True)):
        texts = dict(zip(bounds.FIELDS, row_texts, strict=True))
        shared = (row.owner_id, row.registered_on, row.grade, row.state)
        if shared not in right or not as_given:
            checked = _checked(asked, place, row, texts)
            if isinstance(checked, WrongRow):
                wrong.append(checked)
                continue
            right[shared] = asked.stored(row)
            texts = checked
        values.append(texts | right[shared])
    return values, wrong


def _checked(
    asked: _Asked, place: int, row: NewCustomer, texts: Mapping[str, str]
) -> dict[str, str] | WrongRow:
    """The texts of a row as they are kept, or the first column of it that is wrong."""
    column = "owner_id"
    try:
        asked.need_right(row.owner_id)
        column = "registered_on"
        asked.need_day(asked.day(row))
        column = ""
        kept = bounds.checked_texts(texts)
        column = "grade"
        bounds.check_grade(row.grade)
        column = "state"
        bounds.check_state(row.state)
        column = "owner_id"
        asked.need_owner(row.owner_id)
    except SalesDeskError as error:
        return WrongRow(place, column or _wrong_text(texts), error)
    return kept


def _wrong_text(texts: Mapping[str, str]) -> str:
    """The first column whose text is refused."""
    for column, text in texts.items():
        try:
            bounds.checked_texts({column: text})
        except InputError:
            return column
    return ""


class _Asked:
    """What rows have in common, asked of the office once."""

    def __init__(self, change: Change) -> None:
        self.today = change.now.date()
        self._change = change
        self._refusals: dict[tuple[str, object], SalesDeskError | None] = {}
        self._rules: contacts.Rules | None = None
        self._due: dict[tuple[date, str], date | None] = {}

    def day(self, row: NewCustomer) -> date:
        """When a customer is registered."""
        return row.registered_on or self.today

    def stored(self, row: NewCustomer) -> dict[str, Any]:
        """The columns that follow from a row's owner, day, grade and state alone."""
        day = self.day(row)
        return {
            "grade": row.grade,
            "state": row.state,
            "owner_id": row.owner_id,
            "registered_on": day,
            "registered_month": day.year * 100 + day.month,
            "next_contact_on": self.next_contact(day, row.grade),
        }

    def need_right(self, owner_id: int | None) -> None:
        """Raises RightsError; who is to be nobody's is the doer's to enter."""
        owner_id = self._change.person_id if owner_id is None else owner_id
        self._once(
            "right",
            owner_id,
            lambda: rights.need(self._change, "customers.add", person_id=owner_id),
        )

    def need_day(self, day: date) -> None:
        """Raises InputError for a day still to come, or in a closed month."""
        self._once("day", day, lambda: self._check_day(day))

    def need_owner(self, owner_id: int | None) -> None:
        """Raises NotFoundError, InputError for who no longer works here."""
        if owner_id is not None:
            self._once(
                "owner", owner_id, lambda: bounds.check_owner(self._change.connection, owner_id)
            )

    def next_contact(self, day: date, grade: str) -> date | None:
        """When a customer of a grade who was registered on ``day`` is due."""
        if (day, grade) not in self._due:
            if self._rules is None:
                self._rules = contacts.rules(self._change.connection)
            self._due[day, grade] = self._rules.next_contact(day, grade)
        return self._due[day, grade]

    def _check_day(self, day: date) -> None:
        if day > self.today + timedelta(days=1):
            raise InputError(
                _("A customer can't be registered on {day}, which is still to come.").format(
                    day=day
                )
            )
        need_open(self._change, day)

    def _once(self, what: str, key: object, check: Callable[[], object]) -> None:
        if (what, key) not in self._refusals:
            self._refusals[what, key] = None
            try:
                check()
            except SalesDeskError as error:
                self._refusals[what, key] = error
        known = self._refusals[what, key]
        if known is not None:
            raise type(known)(known.message)

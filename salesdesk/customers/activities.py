"""What is done with customers: calls, visits, messages, gifts; each may set the next contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from salesdesk.calc import texts
from salesdesk.customers import access, contacts
from salesdesk.customers.customers import Customer, customer_by_id
from salesdesk.customers.kinds import KINDS, TRIED, is_contact, kind_name
from salesdesk.customers.tables import activity
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import people, rights
from salesdesk.office.months import need_open
from salesdesk.office.tables import person
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import _, joined

#: Characters that words may have.
LONGEST_WORDS = 4_000
#: Days that a next contact may lie ahead.
FARTHEST = 3_660


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing done; ``cost`` in cents. ``repeated`` is a walk-in that isn't the first."""

    id: int
    customer_id: int | None
    person_id: int
    person_name: str
    kind: str
    at: datetime
    words: str
    answered: bool
    repeated: bool
    next_contact_on: date | None
    cost: int
    version: int


def timeline(
    db: Connection, customer_id: int, *, before: Activity | None = None, limit: int = 100
) -> list[Activity]:
    """What was done with a customer, newest first; the page after ``before``."""
    query = (
        _select()
        .where(activity.c.customer_id == customer_id)
        .order_by(activity.c.at.desc(), activity.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(
            (activity.c.at < before.at)
            | ((activity.c.at == before.at) & (activity.c.id < before.id))
        )
    return [_activity(row) for row in db.execute(query)]


def activity_by_id(db: Connection, activity_id: int) -> Activity:
    """Raises NotFoundError when there is none."""
    row = db.execute(_select().where(activity.c.id == activity_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no activity number {id}.").format(id=activity_id))
    return _activity(row)


def proposed_contact(db: Connection, customer_id: int, day: date) -> date | None:
    """When the customer's grade asks for the next contact after one on ``day``."""
    return contacts.rules(db).next_contact(day, customer_by_id(db, customer_id).grade)


def log(
    change: Change,
    *,
    person_id: int,
    kind: str,
    customer_id: int | None = None,
    at: datetime | None = None,
    words: str = "",
    answered: bool = True,
    next_contact_on: date | None = None,
    cost: int = 0,
) -> int:
    """Enter what was done; its id. ``cost`` in cents. The customer's contacts follow.

    ``next_contact_on`` is a day agreed with the customer; without one the grade's interval counts.
    A call nobody answered (``answered`` False) and a mass message count as done, but not as
    contact: the customer stays as due as before.

    Raises InputError (an unknown kind, a negative cost, words too long, a day to come or in a
    closed month, a next contact that can't be, somebody who no longer works here), NotFoundError,
    RightsError.
    """
    moment = at or change.now
    with_whom = _need_log(change, person_id, customer_id)
    doer = people.person_by_id(change.connection, person_id)
    if not doer.active:
        raise InputError(_("{name} no longer works here.").format(name=doer.name))
    _check(change, kind, moment, words, answered, next_contact_on, cost, customer_id)
    change.describe(_("Log: {activity}").format(activity=_label(kind, with_whom)))
    activity_id = change.insert(
        activity,
        customer_id=customer_id,
        person_id=person_id,
        kind=kind,
        **_timed(moment),
        words=_kept(words),
        answered=answered,
        repeated=False,
        next_contact_on=next_contact_on,
        cost=cost,
    )
    if customer_id is not None:
        contacts.follow(change, customer_id)
    return activity_id


def edit(
    change: Change,
    activity_id: int,
    *,
    seen_version: int | None = None,
    kind: str | Unset = UNSET,
    at: datetime | Unset = UNSET,
    words: str | Unset = UNSET,
    answered: bool | Unset = UNSET,
    next_contact_on: date | Unset | None = UNSET,
    cost: int | Unset = UNSET,
) -> None:
    """Put right what was entered; the customer's contacts follow.

    Raises what :func:`log` does, and ConflictError when somebody edited it since
    ``seen_version``.
    """
    stored = activity_by_id(change.connection, activity_id)
    with_whom = _need_log(change, stored.person_id, stored.customer_id)
    need_open(change, stored.at.date())
    values = given(
        kind=kind,
        at=at,
        words=words,
        answered=answered,
        next_contact_on=next_contact_on,
        cost=cost,
    )
    after = {
        "kind": stored.kind,
        "at": stored.at,
        "words": stored.words,
        "answered": stored.answered,
        "next_contact_on": stored.next_contact_on,
        "cost": stored.cost,
        **values,
    }
    _check(
        change, after["kind"], after["at"], after["words"], after["answered"],
        after["next_contact_on"], after["cost"], stored.customer_id,
    )  # fmt: skip
    if "at" in values:
        values.update(_timed(values["at"]))
    if "words" in values:
        values["words"] = _kept(values["words"])
    change.describe(_("Edit: {activity}").format(activity=_label(stored.kind, with_whom)))
    change.update(activity, activity_id, seen_version=seen_version, **values)
    if stored.customer_id is not None:
        contacts.follow(change, stored.customer_id)


def delete(change: Change, activity_id: int) -> None:
    """Take out what was entered by mistake; the customer's contacts follow.

    Raises NotFoundError, RightsError, InputError in a closed month.
    """
    stored = activity_by_id(change.connection, activity_id)
    with_whom = _need_log(change, stored.person_id, stored.customer_id)
    need_open(change, stored.at.date())
    change.describe(_("Delete: {activity}").format(activity=_label(stored.kind, with_whom)))
    change.delete(activity, activity_id)
    if stored.customer_id is not None:
        contacts.follow(change, stored.customer_id)


# -- within ----------------------------------------------------------------------------------------


def _need_log(change: Change, person_id: int, customer_id: int | None) -> Customer | None:
    """The right to log for a person, and with a customer, who is given back.

    Raises NotFoundError, RightsError.
    """
    rights.need(change, "activities.log", person_id=person_id)
    if customer_id is None:
        return None
    known = customer_by_id(change.connection, customer_id)
    if known.owner_id != person_id:  # else it is the right that was asked for just now
        access.need(change, "activities.log", [known.owner_id])
    return known


def _kept(words: str) -> str:
    return texts.words(_("The words of an activity"), words, LONGEST_WORDS)


def _check(
    change: Change,
    kind: str,
    at: datetime,
    words: str,
    answered: bool,
    next_contact_on: date | None,
    cost: int,
    customer_id: int | None,
) -> None:
    """Refuse what can't have been. Raises InputError."""
    if kind not in KINDS:
        raise InputError(
            _("{kind} isn't a kind of activity; the kinds are: {known}.").format(
                kind=kind, known=joined(KINDS)
            )
        )
    day, today = at.date(), change.now.date()
    # Clocks of two machines may differ by hours, not by days.
    if day > today + timedelta(days=1):
        raise InputError(
            _("Contacts are entered afterwards: {day} is still to come.").format(day=day)
        )
    need_open(change, day)
    _kept(words)
    if cost < 0:
        raise InputError(_("A cost can't be negative."))
    if not answered and kind not in TRIED:
        raise InputError(
            _("Only a call or a visit can go unanswered, not this: {kind}.").format(
                kind=kind_name(kind)
            )
        )
    if next_contact_on is None:
        return
    if customer_id is None:
        raise InputError(_("A next contact needs a customer."))
    if not is_contact(kind, answered):
        raise InputError(
            _(
                "If nobody was reached, no next contact was agreed: the customer stays as "
                "due as before."
            )
        )
    if next_contact_on < day:
        raise InputError(_("The next contact lies before this one."))
    if next_contact_on > day + timedelta(days=FARTHEST):
        raise InputError(
            _("The next contact on {day} lies more than ten years ahead.").format(
                day=next_contact_on
            )
        )


def _timed(at: datetime) -> dict[str, Any]:
    day = at.date()
    return {"at": at, "day": day, "month": day.year * 100 + day.month}


def _label(kind: str, with_whom: Customer | None) -> str:
    """What an activity is called in the history."""
    if with_whom is None:
        return kind_name(kind)
    return _("{kind} with {name}").format(kind=kind_name(kind), name=with_whom.name)


def _select() -> Select[Any]:
    return select(activity, person.c.name.label("person_name")).join(
        person, person.c.id == activity.c.person_id
    )


def _activity(row: Any) -> Activity:
    return Activity(
        row.id, row.customer_id, row.person_id, row.person_name, row.kind, row.at, row.words,
        row.answered, row.repeated, row.next_contact_on, row.cost, row.version,
    )  # fmt: skip

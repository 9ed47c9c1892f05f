"""Leave: who is away from when to when, and who looks after their customers meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from salesdesk.customers import care
from salesdesk.errors import NotFoundError
from salesdesk.office.tables import leave, person
from salesdesk.records import records
from salesdesk.records.kinds import Field, Kind
from salesdesk.records.values import FieldError
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import _, mark, ngettext


def add_leave(
    change: Change,
    person_id: int,
    first_day: date,
    end_day: date,
    *,
    cover_id: int | None = None,
    note: str = "",
) -> int:
    """An absence until the day before ``end_day``; its id.

    Raises InputError when it ends before it begins, the person is away already, or customers
    would fall due with nobody to look after them; RightsError.
    """
    return records.add(
        change,
        KIND,
        {
            "person_id": person_id,
            "first_day": first_day,
            "end_day": end_day,
            "cover_id": cover_id,
            "note": note,
        },
    )


def edit_leave(
    change: Change,
    leave_id: int,
    *,
    seen_version: int | None = None,
    person_id: int | Unset = UNSET,
    first_day: date | Unset = UNSET,
    end_day: date | Unset = UNSET,
    cover_id: int | Unset | None = UNSET,
    note: str | Unset = UNSET,
) -> None:
    """Set what is given. Raises as :func:`add_leave`, and ConflictError, NotFoundError."""
    values = given(
        person_id=person_id, first_day=first_day, end_day=end_day, cover_id=cover_id, note=note
    )
    records.edit(change, KIND, leave_id, values, seen_version=seen_version)


def end_leave(change: Change, leave_id: int, back_on: date) -> None:
    """The person is back on ``back_on``; a leave that hadn't begun by then is deleted.

    Raises as :func:`edit_leave`.
    """
    row = change.connection.execute(
        select(leave.c.first_day, person.c.name)
        .join(person, person.c.id == leave.c.person_id)
        .where(leave.c.id == leave_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(
            _("There is no {kind} number {id}.").format(kind=_(KIND.one), id=leave_id)
        )
    words = _("{name} is back").format(name=row.name)
    if back_on <= row.first_day:
        records.delete(change, KIND, leave_id, words=words)
    else:
        records.edit(change, KIND, leave_id, {"end_day": back_on}, words=words)


def _check(change: Change, values: Mapping[str, Any], own_id: int | None) -> Mapping[str, Any]:
    person_id, cover_id = values["person_id"], values["cover_id"]
    first_day, end_day = values["first_day"], values["end_day"]
    if end_day <= first_day:
        raise FieldError("end_day", _("A leave must end after it begins."))
    if cover_id == person_id:
        raise FieldError("cover_id", _("Nobody can cover for themselves."))
    overlapping = change.connection.execute(
        select(leave.c.id).where(
            leave.c.person_id == person_id,
            leave.c.first_day < end_day,
            leave.c.end_day > first_day,
            leave.c.id != (own_id or 0),
        )
    ).first()
    if overlapping is not None:
        raise FieldError("first_day", _("The person is already on leave in those days."))
    if cover_id is None and not _was_uncovered(change, values, own_id):
        _check_nobody_left_alone(change, person_id, first_day, end_day)
    return {}


def _was_uncovered(change: Change, values: Mapping[str, Any], own_id: int | None) -> bool:
    """Whether a leave stands without a cover already and grows by no day."""
    before = change.connection.execute(select(leave).where(leave.c.id == (own_id or 0))).first()
    return (
        before is not None
        and before.cover_id is None
        and before.person_id == values["person_id"]
        and before.first_day <= values["first_day"]
        and values["end_day"] <= before.end_day
    )


def _check_nobody_left_alone(
    change: Change, person_id: int, first_day: date, end_day: date
) -> None:
    if end_day <= change.now.date():
        return  # it is over: nobody can look after anybody in it any more
    alone = care.left_alone(change.connection, person_id, first_day, end_day)
    if alone:
        sentence = ngettext(
            "{count} customer falls due before the person is back: say who covers.",
            "{count} customers fall due before the person is back: say who covers.",
            alone,
        )
        raise FieldError("cover_id", sentence.format(count=alone))


KIND = Kind(
    code="leave",
    words=mark("Leave"),
    one=mark("leave"),
    table=leave,
    fields=(
        Field("person_id", "person", mark("Person"), needed=True, width=130),
        Field("first_day", "day", mark("First day"), needed=True),
        Field("end_day", "last_day", mark("Last day"), needed=True),
        Field(
            "cover_id", "person", mark("Covered by"), width=130,
            hint=mark(
                "Customers due for contact then appear on that person's Today page, and "
"return by themselves afterwards."
            ),
        ),
        Field("note", "text", mark("Note"), longest=500, width=220),
    ),
    may_write="leave.enter",
    named_by=("person_id", "first_day", "end_day"),
    owner="person_id",
    order="-first_day",
    check=_check,
    add=add_leave,
    edit=edit_leave,
)  # fmt: skip

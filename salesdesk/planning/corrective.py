"""Corrective actions: what a summary decides to put right, by whom and by when.

They are tasks like others and stand in the timetable; the next summary begins with them: each was
done, is moved to another day, or is dropped with a reason.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import months, people, rights
from salesdesk.planning import plan_rules, summaries, target_rules
from salesdesk.planning.summaries import CORRECTIVE
from salesdesk.planning.tables import remark, task
from salesdesk.storage.history import Change
from salesdesk.text import _, quoted

LONGEST = 500


def add(
    change: Change,
    review_id: int,
    *,
    words: str,
    person_id: int,
    day: date,
    remark_id: int | None = None,
) -> int:
    """Something to be put right until a day, of a summary that is being written; its id.

    ``remark_id`` is the missed target that it follows from. Raises InputError (no words or too
    many, somebody who left, a day before the summary's period, a summary that is handed in),
    RightsError, NotFoundError.
    """
    db = change.connection
    found = summaries.review_by_id(db, review_id)
    plan_rules.need_right(change, found.who, plan_rules.REVIEWS)
    why = summaries.why_not_write(db, change.person_id, found)
    if why:
        raise InputError(why)
    words = _checked(words, _("The corrective action"))
    if not people.person_by_id(db, person_id).active:
        raise InputError(
            _("{name} no longer works in this office.").format(
                name=people.person_by_id(db, person_id).name
            )
        )
    if day < found.start:
        raise InputError(
            _("{day} lies before {period}: what is put right comes after it.").format(
                day=day.isoformat(), period=found.label
            )
        )
    months.need_open(change, day)
    if remark_id is not None:
        _need_remark(db, remark_id)
    task_id = change.insert(
        task,
        review_id=review_id,
        remark_id=remark_id,
        person_id=person_id,
        kind=CORRECTIVE,
        words=words,
        day=day,
        status="open",
    )
    change.describe(_("Corrective action: {words}").format(words=quoted(words, 40)))
    return task_id


def finish(change: Change, task_id: int, *, seen_version: int, on: date | None = None) -> None:
    """Say that an action was done, today unless ``on`` another day.

    Raises InputError (settled already, a day to come or in a closed month), RightsError,
    ConflictError, NotFoundError.
    """
    row = _open_one(change, task_id)
    day = on or change.now.date()
    if day > change.now.date():
        raise InputError(_("{day} is still to come.").format(day=day.isoformat()))
    months.need_open(change, day)
    change.update(task, task_id, seen_version=seen_version, status="done", done_on=day)
    change.describe(_("Action done: {words}").format(words=quoted(row.words, 40)))


def move(change: Change, task_id: int, day: date, *, seen_version: int) -> None:
    """Put an action off until another day.

    Raises InputError (settled already, a day in a closed month), RightsError, ConflictError,
    NotFoundError.
    """
    row = _open_one(change, task_id)
    months.need_open(change, day)
    change.update(task, task_id, seen_version=seen_version, day=day)
    change.describe(
        _("Action moved to {day}: {words}").format(day=day.isoformat(), words=quoted(row.words, 40))
    )


def drop(change: Change, task_id: int, reason: str, *, seen_version: int) -> None:
    """Give an action up, and say why.

    Raises InputError (settled already, no reason or a long one), RightsError, ConflictError,
    NotFoundError.
    """
    row = _open_one(change, task_id)
    reason = _checked(reason, _("The reason"))
    change.update(task, task_id, seen_version=seen_version, status="dropped", reason=reason)
    change.describe(_("Action dropped: {words}").format(words=quoted(row.words, 40)))


# -- within ----------------------------------------------------------------------------------------


def _open_one(change: Change, task_id: int) -> Any:
    """The action's row, while it is open. Raises NotFoundError, RightsError, InputError."""
    row = change.connection.execute(
        select(task).where(task.c.id == task_id, task.c.kind == CORRECTIVE)
    ).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no corrective action number {id}.").format(id=task_id))
    rights.need(change, plan_rules.REVIEWS, person_id=row.person_id)
    if row.status != "open":
        raise InputError(_("“{words}” is settled already.").format(words=quoted(row.words, 40)))
    return row


def _checked(words: str, what: str) -> str:
    words = target_rules.check_words(words, LONGEST, what)
    if not words:
        raise InputError(_("{field} is missing.").format(field=what))
    return words


def _need_remark(db: Connection, remark_id: int) -> None:
    if db.execute(select(remark.c.id).where(remark.c.id == remark_id)).first() is None:
        raise NotFoundError(_("There is no remark number {id}.").format(id=remark_id))

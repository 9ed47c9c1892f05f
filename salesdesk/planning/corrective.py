"""Corrective actions: what a summary decides to put right, by whom and by when.

They are tasks like others, stand in the timetable and are settled as tasks are (``tasks``: done,
moved, dropped). The next summary begins with them.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import months, people
from salesdesk.planning import plan_rules, summaries, target_rules, tasks
from salesdesk.planning.summaries import CORRECTIVE
from salesdesk.planning.tables import remark, task
from salesdesk.storage.history import Change
from salesdesk.text import _, quoted

#: How many characters an action may have.
LONGEST = tasks.LONGEST


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
    field = _("The corrective action")
    words = target_rules.check_words(words, LONGEST, field)
    if not words:
        raise InputError(_("{field} is missing.").format(field=field))
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


# -- within ----------------------------------------------------------------------------------------


def _need_remark(db: Connection, remark_id: int) -> None:
    if db.execute(select(remark.c.id).where(remark.c.id == remark_id)).first() is None:
        raise NotFoundError(_("There is no remark number {id}.").format(id=remark_id))

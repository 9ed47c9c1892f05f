"""What people say of a plan, or of one of its items: open until it is settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import rights
from salesdesk.office.tables import person
from salesdesk.planning import plan_rules, plans
from salesdesk.planning.plans import Plan
from salesdesk.planning.tables import plan_comment, plan_item
from salesdesk.planning.target_rules import LONGEST_REMARK, check_words
from salesdesk.storage.history import Change
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; ``item_id`` is None where it is about the whole plan."""

    id: int
    plan_id: int
    item_id: int | None
    person_id: int | None
    person_name: str
    written_at: datetime
    words: str
    settled: bool


def of_plan(db: Connection, plan_id: int) -> list[Comment]:
    """A plan's comments, the oldest first. Raises NotFoundError."""
    plans.plan_by_id(db, plan_id)
    rows = db.execute(
        _select().where(plan_comment.c.plan_id == plan_id).order_by(plan_comment.c.id)
    )
    return [_comment(row) for row in rows]


def open_on_items(db: Connection, plan_id: int) -> int:
    """How many comments on a plan's items aren't settled."""
    return db.execute(
        select(func.count()).where(
            plan_comment.c.plan_id == plan_id,
            plan_comment.c.plan_item_id.is_not(None),
            plan_comment.c.settled.is_(False),
        )
    ).scalar_one()


def add(change: Change, plan_id: int, words: str, *, item_id: int | None = None) -> int:
    """Say something of a plan, or of one of its items; the comment's id.

    By whoever may write the plan or decide on it. Raises InputError (no words, too many, the plan
    is closed), RightsError, NotFoundError.
    """
    plan = plans.plan_by_id(change.connection, plan_id)
    _need(change, plan)
    words = check_words(words, LONGEST_REMARK, _("The comment"))
    if not words:
        raise InputError(_("The comment says nothing."))
    if item_id is not None:
        _check_item(change.connection, plan, item_id)
    comment_id = change.insert(
        plan_comment,
        plan_id=plan_id,
        plan_item_id=item_id,
        person_id=change.person_id,
        written_at=change.now,
        words=words,
        settled=False,
    )
    change.describe(_("Comment on {plan}").format(plan=plan.title))
    return comment_id


def settle(change: Change, comment_id: int, *, settled: bool = True) -> None:
    """Say that a comment is seen to, or open it again.

    Raises as :func:`add`, NotFoundError.
    """
    comment = comment_by_id(change.connection, comment_id)
    plan = plans.plan_by_id(change.connection, comment.plan_id)
    _need(change, plan)
    change.update(plan_comment, comment_id, settled=settled)
    said = _("Comment on {plan} settled") if settled else _("Comment on {plan} opened again")
    change.describe(said.format(plan=plan.title))


def delete(change: Change, comment_id: int) -> None:
    """Delete a comment of one's own. Raises as :func:`add`, RightsError for another's."""
    comment = comment_by_id(change.connection, comment_id)
    plan = plans.plan_by_id(change.connection, comment.plan_id)
    _need(change, plan)
    if change.person_id not in (None, comment.person_id):
        raise RightsError(
            _("Only {person} can delete this comment. Others can settle it.").format(
                person=comment.person_name
            )
        )
    change.delete(plan_comment, comment_id)
    change.describe(_("Comment on {plan} deleted").format(plan=plan.title))


def comment_by_id(db: Connection, comment_id: int) -> Comment:
    """Raises NotFoundError when there is none."""
    row = db.execute(_select().where(plan_comment.c.id == comment_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no comment number {id}.").format(id=comment_id))
    return _comment(row)


def why_not_comment(db: Connection, actor_id: int | None, plan: Plan) -> str:
    """Why somebody can't comment on a plan; "" where they can."""
    rights_of = (plan_rules.WRITE, plan_rules.APPROVE)
    if not any(plan_rules.may(db, actor_id, plan.who, right) for right in rights_of):
        return rights.refusal(db, actor_id, plan_rules.WRITE)
    return _closed(plan) if plan.status == "closed" else ""


# -- within ----------------------------------------------------------------------------------------


def _need(change: Change, plan: Plan) -> None:
    db, actor = change.connection, change.person_id
    if not plan_rules.may(db, actor, plan.who, plan_rules.APPROVE):
        plan_rules.need_right(change, plan.who, plan_rules.WRITE)
    if plan.status == "closed":
        raise InputError(_closed(plan))


def _closed(plan: Plan) -> str:
    return _("“{title}” is closed: open it again first.").format(title=plan.title)


def _check_item(db: Connection, plan: Plan, item_id: int) -> None:
    found = db.execute(
        select(plan_item.c.id).where(plan_item.c.id == item_id, plan_item.c.plan_id == plan.id)
    ).scalar()
    if found is None:
        raise NotFoundError(_("“{title}” has no such item any more.").format(title=plan.title))


def _select() -> Select[Any]:
    return select(plan_comment, person.c.name).outerjoin(
        person, person.c.id == plan_comment.c.person_id
    )


def _comment(row: Any) -> Comment:
    return Comment(
        row.id, row.plan_id, row.plan_item_id, row.person_id, row.name or "", row.written_at,
        row.words, row.settled,
    )  # fmt: skip

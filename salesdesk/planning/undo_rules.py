"""What undo must know of plans: an approved or closed plan is only changed by a revision.

Of records it keeps what their writers keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from salesdesk.errors import InputError
from salesdesk.office import months, rights
from salesdesk.planning import targets
from salesdesk.planning.record_kinds import KINDS
from salesdesk.planning.tables import (
    item_rule,
    plan,
    plan_comment,
    plan_item,
    remark,
    review,
    target,
    task,
)
from salesdesk.records.undoing import keep_rules
from salesdesk.storage.history import Change
from salesdesk.storage.undo_rules import RowChange, guarded
from salesdesk.text import _

_SETTLED = ("approved", "closed")
#: What a summary that was handed in keeps.
_WORDS = ("done", "problems", "lessons", "next", "figures")

for _kind in KINDS:
    keep_rules(_kind)


@guarded(plan)
def guard_plans(change: Change, rows: Sequence[RowChange]) -> None:
    """Let a plan become approved again only by who may approve it, and leave what it is called
    and lies in as it was approved.
    """
    for row in rows:
        before, after = row.before or {}, row.after or {}
        settled = before.get("status") in _SETTLED and after.get("status") in _SETTLED
        if settled and any(before[name] != after[name] for name in ("title", "parent_id")):
            _refuse_plans(change, [row.id], _SETTLED)
        if after.get("status") in _SETTLED and before.get("status") not in _SETTLED:
            rights.need(
                change, "plans.approve", person_id=after["person_id"], team_id=after["team_id"]
            )


@guarded(target)
def guard_targets(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter the targets of a plan that has been approved or closed since, and those of
    months that have been closed since.
    """
    _refuse(change, rows, _SETTLED)
    ends = {
        targets.stored_period(side["period_kind"], date.fromisoformat(side["start_day"])).last_day
        for row in rows
        for side in (row.before, row.after)
        if side is not None
    }
    months.need_open(change, *sorted(ends))


@guarded(plan_item)
def guard_items(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter the words of a plan that has been approved or closed since."""
    _refuse(change, rows, _SETTLED)


@guarded(plan_comment)
def guard_comments(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter what was said of a plan that has been closed since."""
    _refuse(change, rows, ("closed",))


@guarded(item_rule)
def guard_rules(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter the rules of a plan that has been approved or closed since."""
    ids = sorted({item_id for row in rows for item_id in row.values("plan_item_id")})
    of_plans = select(plan_item.c.plan_id).where(plan_item.c.id.in_(ids)).distinct()
    _refuse_plans(change, change.connection.scalars(of_plans).all(), _SETTLED)


@guarded(remark)
def guard_remarks(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter the remarks of a plan that has been closed since."""
    _refuse(change, rows, ("closed",))


@guarded(review)
def guard_reviews(change: Change, rows: Sequence[RowChange]) -> None:
    """Keep a summary as it was handed in, and its comment to whoever may comment."""
    for row in rows:
        before, after = row.before or {}, row.after or {}
        if before.get("status", "draft") == "draft":
            continue
        if after and after["status"] == "draft":
            months.need_open(change, date.fromisoformat(before["end_day"]) - timedelta(days=1))
        elif not after or any(before[name] != after[name] for name in _WORDS):
            raise InputError(
                _("The summary is handed in: what was done in it before can't be undone any more.")
            )
        if "seen" in (before["status"], after["status"]):
            rights.need(
                change, "plans.approve", person_id=before["person_id"], team_id=before["team_id"]
            )


@guarded(task)
def guard_tasks(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter what was done, or was to be done, in months that have been closed since.

    A task that is dropped or taken up again stays on its day: that concerns no month.
    """
    days: set[str] = set()
    for row in rows:
        for column in ("day", "done_on"):
            sides = [None if side is None else side[column] for side in (row.before, row.after)]
            if sides[0] != sides[1]:
                days.update(day for day in sides if day is not None)
    months.need_open(change, *sorted(date.fromisoformat(day) for day in days))


def _refuse(change: Change, rows: Sequence[RowChange], statuses: Sequence[str]) -> None:
    _refuse_plans(change, {plan_id for row in rows for plan_id in row.values("plan_id")}, statuses)


def _refuse_plans(change: Change, plan_ids: Iterable[int], statuses: Sequence[str]) -> None:
    ids = sorted(plan_ids)
    settled = change.connection.execute(
        select(plan.c.title, plan.c.status)
        .where(plan.c.id.in_(ids), plan.c.status.in_(statuses))
        .order_by(plan.c.id)
    ).first()
    if settled is not None:
        closed = _("{plan} is closed: what was done in it before can't be undone any more.")
        approved = _(
            "{plan} is approved: what was done in it before can't be undone, only changed by a "
            "revision."
        )
        sentence = closed if settled.status == "closed" else approved
        raise InputError(sentence.format(plan=settled.title))

"""What undo must know of plans: an approved or closed plan is only changed by a revision.

Of records it keeps what their writers keep.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from salesdesk.errors import InputError
from salesdesk.office import rights
from salesdesk.planning.record_kinds import KINDS
from salesdesk.planning.tables import plan, remark, target
from salesdesk.records.undoing import keep_rules
from salesdesk.storage.history import Change
from salesdesk.storage.undo_rules import RowChange, guarded
from salesdesk.text import _

_SETTLED = ("approved", "closed")

for _kind in KINDS:
    keep_rules(_kind)


@guarded(plan)
def guard_plans(change: Change, rows: Sequence[RowChange]) -> None:
    """Let a plan become approved again only by who may approve it."""
    for row in rows:
        before, after = row.before or {}, row.after or {}
        if after.get("status") in _SETTLED and before.get("status") not in _SETTLED:
            rights.need(
                change, "plans.approve", person_id=after["person_id"], team_id=after["team_id"]
            )


@guarded(target)
def guard_targets(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter the targets of a plan that has been approved or closed since."""
    _refuse(change, rows, _SETTLED)


@guarded(remark)
def guard_remarks(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse to alter the remarks of a plan that has been closed since."""
    _refuse(change, rows, ("closed",))


def _refuse(change: Change, rows: Sequence[RowChange], statuses: Sequence[str]) -> None:
    ids = sorted({plan_id for row in rows for plan_id in row.values("plan_id")})
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

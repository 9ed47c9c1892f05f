"""Plans: whose, for which period, in what state; their text as a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, func, select

from salesdesk.calc.periods import Kind, Period
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office.tables import person, team
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.tables import plan, remark, target
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

STATUSES: Mapping[str, str] = {
    "draft": mark("Draft"),
    "submitted": mark("Submitted"),
    "returned": mark("Returned with comments"),
    "approved": mark("Approved"),
    "closed": mark("Closed"),
}
#: Which status may follow which.
FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "draft": ("submitted", "approved"),
    "submitted": ("returned", "approved", "draft"),
    "returned": ("submitted", "draft"),
    "approved": ("closed", "draft"),
    "closed": ("approved",),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan; ``owner`` is the name of the team or person, empty for the office's own."""

    id: int
    title: str
    who: Who
    owner: str
    period: Period
    template: str
    status: str
    text: str
    revision: int
    version: int


def plans(db: Connection) -> list[Plan]:
    """All plans: the latest period first, the office's before teams' and people's."""
    query = (
        select(
            plan,
            func.coalesce(person.c.name, team.c.name, "").label("owner"),
        )
        .outerjoin(person, person.c.id == plan.c.person_id)
        .outerjoin(team, team.c.id == plan.c.team_id)
        .order_by(
            plan.c.start_day.desc(),
            plan.c.end_day.desc(),
            plan.c.person_id.is_not(None),
            plan.c.team_id.is_not(None),
            plan.c.id,
        )
    )
    return [_plan(row) for row in db.execute(query)]


def plan_by_id(db: Connection, plan_id: int) -> Plan:
    """Raises NotFoundError when there is none."""
    for one in plans(db):
        if one.id == plan_id:
            return one
    raise NotFoundError(_("There is no plan number {id}.").format(id=plan_id))


def new_plan(
    change: Change,
    *,
    title: str,
    period: Period,
    who: Who = OFFICE,
    template: str = "",
    text: str = "",
) -> int:
    """A new draft; its id. Raises InputError for an empty title or a product's plan."""
    if not title.strip():
        raise InputError(_("The plan needs a title."))
    if who.product_id is not None:
        raise InputError(_("A plan is the office's, a team's or a person's, not a product's."))
    return change.insert(
        plan,
        title=title.strip(),
        team_id=who.team_id,
        person_id=who.person_id,
        period_kind=period.kind,
        start_day=period.start,
        end_day=period.end,
        template=template,
        status="draft",
        text=text,
        revision=1,
    )


def edit_plan(change: Change, plan_id: int, *, seen_version: int, title: str, text: str) -> None:
    """Set title and text. Raises InputError, ConflictError, NotFoundError."""
    if not title.strip():
        raise InputError(_("The plan needs a title."))
    change.update(plan, plan_id, seen_version=seen_version, title=title.strip(), text=text)


def set_status(change: Change, plan_id: int, status: str) -> None:
    """Move a plan on. An approved plan that is taken up again becomes a new revision.

    Raises InputError when the status doesn't follow the present one.
    """
    stored = plan_by_id(change.connection, plan_id)
    if status not in FOLLOWS[stored.status]:
        raise InputError(
            _("A plan that is {now} can't become {wanted}.").format(
                now=_(STATUSES[stored.status]), wanted=_(STATUSES.get(status, status))
            )
        )
    again = stored.status in ("approved", "closed") and status == "draft"
    change.update(plan, plan_id, status=status, revision=stored.revision + int(again))


def delete_plan(change: Change, plan_id: int) -> None:
    """Delete a plan with its targets and remarks; undo brings all of it back.

    Raises InputError for an approved or closed plan.
    """
    stored = plan_by_id(change.connection, plan_id)
    if stored.status in ("approved", "closed"):
        raise InputError(_("An approved plan isn't deleted: take it back to a draft first."))
    for within in (target, remark):
        ids = change.connection.execute(
            select(within.c.id).where(within.c.plan_id == plan_id)
        ).scalars()
        for row_id in ids.all():
            change.delete(within, row_id)
    change.delete(plan, plan_id)


def copy_plan(change: Change, plan_id: int, period: Period, title: str) -> int:
    """A new draft for ``period`` with the text of an earlier plan; its id."""
    stored = plan_by_id(change.connection, plan_id)
    return new_plan(
        change,
        title=title,
        period=period,
        who=stored.who,
        template=stored.template,
        text=stored.text,
    )


def _plan(row: Any) -> Plan:
    return Plan(
        row.id,
        row.title,
        Who(row.team_id, row.person_id),
        row.owner,
        Period(row.start_day, row.end_day, cast(Kind, row.period_kind)),
        row.template,
        row.status,
        row.text,
        row.revision,
        row.version,
    )

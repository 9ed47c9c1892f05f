"""Plans: whose, for which period, in what state.

What a plan says is in ``items``, how it moves from draft to closed in ``deciding``, who may write
it when in ``plan_rules``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Select, func, select

from salesdesk.calc.periods import Kind, Period
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import approvals
from salesdesk.office.tables import approval, person, team
from salesdesk.planning import plan_rules, target_rules
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.tables import (
    item_rule,
    plan,
    plan_comment,
    plan_item,
    plan_revision,
    remark,
    review,
    target,
    task,
)
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
#: Why an approved plan is taken up again.
REASONS: Mapping[str, str] = {
    "correction": mark("Correction"),
    "market": mark("Market event"),
    "order": mark("Order from above"),
    "contingency": mark("What was prepared for happened"),
}
#: What requests for approval call a plan, and the rule they are about.
SUBJECT = RULE = "plan"
_LONGEST_TITLE = 120


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
    revision: int
    reviewed: str
    parent_id: int | None
    version: int


def plans(db: Connection) -> list[Plan]:
    """All plans: the latest period first, the office's before teams' and people's."""
    query = _select().order_by(
        plan.c.start_day.desc(),
        plan.c.end_day.desc(),
        plan.c.person_id.is_not(None),
        plan.c.team_id.is_not(None),
        plan.c.id,
    )
    return [_plan(row) for row in db.execute(query)]


def plan_by_id(db: Connection, plan_id: int) -> Plan:
    """Raises NotFoundError when there is none."""
    row = db.execute(_select().where(plan.c.id == plan_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no plan number {id}.").format(id=plan_id))
    return _plan(row)


def _select() -> Select[Any]:
    """Plans with their owner's name."""
    return (
        select(plan, func.coalesce(person.c.name, team.c.name, "").label("owner"))
        .outerjoin(person, person.c.id == plan.c.person_id)
        .outerjoin(team, team.c.id == plan.c.team_id)
    )


def new_plan(
    change: Change,
    *,
    title: str,
    period: Period,
    who: Who = OFFICE,
    template: str = "",
    reviewed: str = "",
) -> int:
    """A new draft without items; its id. ``reviewed`` names the reviews it owes ("week,month").

    Raises InputError (title missing or too long, a product's plan), NotFoundError (no such person
    or team), RightsError (not for ``who``).
    """
    if who.product_id is not None:
        raise InputError(_("A plan is the office's, a team's or a person's, not a product's."))
    target_rules.check_who(change.connection, who)
    plan_rules.need_right(change, who, plan_rules.WRITE)
    plan_id = change.insert(
        plan,
        title=_checked_title(title),
        team_id=who.team_id,
        person_id=who.person_id,
        period_kind=period.kind,
        start_day=period.start,
        end_day=period.end,
        template=template,
        status="draft",
        revision=1,
        reviewed=reviewed,
    )
    change.describe(_("New plan: {title}").format(title=title.strip()))
    return plan_id


def rename(change: Change, plan_id: int, *, seen_version: int, title: str) -> None:
    """Set the title.

    Raises InputError (also for an approved or closed plan, see ``plan_rules``), RightsError,
    ConflictError, NotFoundError.
    """
    stored = plan_by_id(change.connection, plan_id)
    plan_rules.need_write(change, stored)
    change.update(plan, plan_id, seen_version=seen_version, title=_checked_title(title))
    change.describe(_("Title of {plan}").format(plan=title.strip()))


def delete_plan(change: Change, plan_id: int) -> None:
    """Delete a plan with its items, targets, remarks and what was said of it; undo brings it back.

    Reviews and tasks that came of it stay, as nobody's plan's.

    A request to approve it goes with it. Raises InputError for an approved or closed plan,
    RightsError, NotFoundError.
    """
    stored = plan_by_id(change.connection, plan_id)
    plan_rules.need_delete(change, stored)
    db = change.connection
    of_items = select(plan_item.c.id).where(plan_item.c.plan_id == plan_id)
    of_rules = select(item_rule.c.id).where(item_rule.c.plan_item_id.in_(of_items))
    of_remarks = select(remark.c.id).where(remark.c.plan_id == plan_id)
    for within, column, found in (
        (task, task.c.item_rule_id, of_rules),
        (task, task.c.remark_id, of_remarks),
        (review, review.c.plan_id, [plan_id]),
        (plan, plan.c.parent_id, [plan_id]),
    ):
        ids = db.execute(select(within.c.id).where(column.in_(found)).order_by(within.c.id))
        change.update_many(within, {row_id: {column.name: None} for row_id in ids.scalars().all()})
    for within, condition in (
        (plan_comment, plan_comment.c.plan_id == plan_id),
        (plan_revision, plan_revision.c.plan_id == plan_id),
        (item_rule, item_rule.c.plan_item_id.in_(of_items)),
        (plan_item, plan_item.c.plan_id == plan_id),
        (remark, remark.c.plan_id == plan_id),
        (target, target.c.plan_id == plan_id),
    ):
        rows = db.execute(select(within.c.id).where(condition).order_by(within.c.id))
        change.delete_many(within, rows.scalars().all())
    for request in approvals.of(change.connection, SUBJECT, plan_id):
        change.delete(approval, request.id)
    change.delete(plan, plan_id)
    change.describe(_("Plan deleted: {title}").format(title=stored.title))


def _checked_title(title: str) -> str:
    title = target_rules.check_words(title, _LONGEST_TITLE, _("The title"))
    if not title:
        raise InputError(_("The plan needs a title."))
    return title


def _plan(row: Any) -> Plan:
    return Plan(
        row.id,
        row.title,
        Who(row.team_id, row.person_id),
        row.owner,
        Period(row.start_day, row.end_day, cast(Kind, row.period_kind)),
        row.template,
        row.status,
        row.revision,
        row.reviewed,
        row.parent_id,
        row.version,
    )

"""Why a target was missed and what will be done: the words beside a month's figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from salesdesk.calc.periods import Period
from salesdesk.office.measures import measure_by_id
from salesdesk.planning import plan_rules, plans, target_rules, telling
from salesdesk.planning.places import Place, Who
from salesdesk.planning.tables import remark
from salesdesk.planning.targets import stored_period
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import _


class Remark(NamedTuple):
    """The words at one place."""

    reason: str
    countermeasure: str


class Words(NamedTuple):
    """What is to be set at one place; what isn't given stays."""

    reason: str | Unset = UNSET
    countermeasure: str | Unset = UNSET


def remarks(
    db: Connection, period: Period, *, plan_id: int | None = None
) -> dict[tuple[int, int, Who], Remark]:
    """The remarks on a period by (plan id, measure id, who)."""
    query = select(remark).where(
        remark.c.period_kind == period.kind, remark.c.start_day == period.start
    )
    if plan_id is not None:
        query = query.where(remark.c.plan_id == plan_id)
    return {
        (
            row.plan_id,
            row.measure_id,
            Who(row.team_id, row.person_id, row.product_id, row.category),
        ): Remark(row.reason, row.countermeasure)
        for row in db.execute(query.order_by(remark.c.id))
    }


def set_remarks(
    change: Change, plan_id: int, measure_id: int, wanted: Mapping[Place, Words]
) -> int:
    """Set reasons and countermeasures at places; how many rows changed.

    What isn't given stays. Raises InputError (words too long, a place outside the plan, a closed
    plan), RightsError, NotFoundError.
    """
    plan = plans.plan_by_id(change.connection, plan_id)
    plan_rules.need_review(change, plan)
    measure = measure_by_id(change.connection, measure_id)
    target_rules.check_places(change.connection, plan.who, plan.period, wanted)
    rows = change.connection.execute(
        select(remark)
        .where(remark.c.plan_id == plan_id, remark.c.measure_id == measure_id)
        .order_by(remark.c.id)
    )
    stored = {
        Place(
            Who(row.team_id, row.person_id, row.product_id, row.category),
            stored_period(row.period_kind, row.start_day),
        ): row.id
        for row in rows
    }
    checked = {place: _checked(words) for place, words in wanted.items()}
    new = [
        {
            "plan_id": plan_id,
            "measure_id": measure_id,
            "team_id": place.who.team_id,
            "person_id": place.who.person_id,
            "product_id": place.who.product_id,
            "category": place.who.category,
            "period_kind": place.period.kind,
            "start_day": place.period.start,
            "reason": words.get("reason", ""),
            "countermeasure": words.get("countermeasure", ""),
        }
        for place, words in checked.items()
        if place not in stored and any(words.values())
    ]
    change.insert_many(remark, new)
    changed = change.update_many(
        remark, {stored[place]: words for place, words in checked.items() if place in stored}
    )
    if new or changed:
        change.describe(
            _("Review of {plan}: {what}").format(
                plan=plan.title, what=telling.places(change.connection, measure, wanted)
            )
        )
    return len(new) + changed


def _checked(words: Words) -> dict[str, str]:
    longest = target_rules.LONGEST_REMARK
    return given(
        reason=_fitting(words.reason, longest, _("The reason")),
        countermeasure=_fitting(words.countermeasure, longest, _("The countermeasure")),
    )


def _fitting(text: str | Unset, longest: int, what: str) -> str | Unset:
    return text if text is UNSET else target_rules.check_words(text, longest, what)

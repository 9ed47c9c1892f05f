"""Why a target was missed and what will be done: the words beside a period's figure.

The cause is one of the office's list (``causes``); the reason says it in one's own words, the root
cause what lies behind it, and the prevention what keeps it from coming back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from salesdesk.calc.periods import Period
from salesdesk.errors import InputError
from salesdesk.office.measures import measure_by_id
from salesdesk.planning import causes, plan_rules, plans, target_rules, telling
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
    cause_id: int | None = None
    root_cause: str = ""
    prevention: str = ""


#: Where nothing was said yet.
_NOTHING = Remark("", "")


class Words(NamedTuple):
    """What is to be set at one place; what isn't given stays."""

    reason: str | Unset = UNSET
    countermeasure: str | Unset = UNSET
    cause_id: int | Unset | None = UNSET
    root_cause: str | Unset = UNSET
    prevention: str | Unset = UNSET


def remarks(
    db: Connection, period: Period, *, plan_id: int | None = None
) -> dict[tuple[int, int, Who], Remark]:
    """The remarks on a period by (plan id, measure id, who)."""
    query = select(remark).where(
        remark.c.period_kind == period.kind, remark.c.start_day == period.start
    )
    if plan_id is not None:
        query = query.where(remark.c.plan_id == plan_id)
    return {_key(row): _remark(row) for row in db.execute(query.order_by(remark.c.id))}


def row_ids(db: Connection, period: Period) -> dict[tuple[int, int, Who], int]:
    """The ids of the remarks on a period, by the same keys as :func:`remarks`."""
    rows = db.execute(
        select(remark)
        .where(remark.c.period_kind == period.kind, remark.c.start_day == period.start)
        .order_by(remark.c.id)
    )
    return {_key(row): row.id for row in rows}


def set_remarks(
    change: Change, plan_id: int, measure_id: int, wanted: Mapping[Place, Words]
) -> int:
    """Set causes, reasons and what will be done at places; how many rows changed.

    What isn't given stays. Raises InputError (words too long, a place outside the plan, a closed
    plan, a cause that is no longer used), RightsError, NotFoundError.
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
        ): row
        for row in rows
    }
    checked = {place: _checked(words) for place, words in wanted.items()}
    _check_causes(
        change,
        {words["cause_id"] for words in checked.values() if words.get("cause_id") is not None},
        {row.cause_id for row in stored.values()},
    )
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
            **{name: words.get(name, empty) for name, empty in _NOTHING._asdict().items()},
        }
        for place, words in checked.items()
        if place not in stored and any(words.values())
    ]
    change.insert_many(remark, new)
    changed = change.update_many(
        remark, {stored[place].id: words for place, words in checked.items() if place in stored}
    )
    if new or changed:
        change.describe(
            _("Review of {plan}: {what}").format(
                plan=plan.title, what=telling.places(change.connection, measure, wanted)
            )
        )
    return len(new) + changed


def _check_causes(change: Change, wanted: set[int], kept: set[int | None]) -> None:
    """Refuse causes that don't exist, and those no longer used that don't stand here already."""
    for cause_id in sorted(wanted - kept):
        cause = causes.cause_by_id(change.connection, cause_id)
        if not cause.active:
            raise InputError(
                _("The cause “{name}” is no longer used: choose another one.").format(
                    name=cause.name
                )
            )


def _key(row: Any) -> tuple[int, int, Who]:
    who = Who(row.team_id, row.person_id, row.product_id, row.category)
    return row.plan_id, row.measure_id, who


def _remark(row: Any) -> Remark:
    return Remark(row.reason, row.countermeasure, row.cause_id, row.root_cause, row.prevention)


def _checked(words: Words) -> dict[str, Any]:
    longest = target_rules.LONGEST_REMARK
    return given(
        reason=_fitting(words.reason, longest, _("The reason")),
        countermeasure=_fitting(words.countermeasure, longest, _("The countermeasure")),
        cause_id=words.cause_id,
        root_cause=_fitting(words.root_cause, longest, _("The root cause")),
        prevention=_fitting(words.prevention, longest, _("The prevention")),
    )


def _fitting(text: str | Unset, longest: int, what: str) -> str | Unset:
    return text if text is UNSET else target_rules.check_words(text, longest, what)

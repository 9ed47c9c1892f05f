"""Why a target was missed and what will be done: the words beside a month's figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from salesdesk.calc.periods import Period
from salesdesk.planning.places import Place, Who
from salesdesk.planning.tables import remark
from salesdesk.planning.targets import stored_period
from salesdesk.storage.history import Change


class Remark(NamedTuple):
    """The words at one place."""

    reason: str
    countermeasure: str


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
        (row.plan_id, row.measure_id, Who(row.team_id, row.person_id, row.product_id)): Remark(
            row.reason, row.countermeasure
        )
        for row in db.execute(query.order_by(remark.c.id))
    }


def set_remarks(
    change: Change, plan_id: int, measure_id: int, wanted: Mapping[Place, Mapping[str, str]]
) -> int:
    """Set ``reason`` and/or ``countermeasure`` at places; how many rows changed."""
    rows = change.connection.execute(
        select(remark).where(remark.c.plan_id == plan_id, remark.c.measure_id == measure_id)
    )
    stored = {
        Place(
            Who(row.team_id, row.person_id, row.product_id),
            stored_period(row.period_kind, row.start_day),
        ): row.id
        for row in rows
    }
    new = [
        {
            "plan_id": plan_id,
            "measure_id": measure_id,
            "team_id": place.who.team_id,
            "person_id": place.who.person_id,
            "product_id": place.who.product_id,
            "period_kind": place.period.kind,
            "start_day": place.period.start,
            "reason": words.get("reason", ""),
            "countermeasure": words.get("countermeasure", ""),
        }
        for place, words in wanted.items()
        if place not in stored and any(words.values())
    ]
    change.insert_many(remark, new)
    changed = change.update_many(
        remark,
        {stored[place]: dict(words) for place, words in wanted.items() if place in stored},
    )
    return len(new) + changed

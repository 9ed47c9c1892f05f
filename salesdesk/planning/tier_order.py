"""Whether the tiers of a target stand in order: task, own goal, stretch, each at least the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, select

from salesdesk.office.measures import Measure
from salesdesk.planning import targets, telling
from salesdesk.planning.places import TIERS, Place, Who
from salesdesk.planning.tables import target
from salesdesk.text import _


class Disorder(NamedTuple):
    """A place where a higher tier asks for less than a lower one."""

    place: Place
    lower: str
    lower_value: int
    higher: str
    higher_value: int


def disorders(db: Connection, plan_id: int, measure_id: int) -> list[Disorder]:
    """Where a plan's tiers of a measure aren't in order, the longest period first.

    Nothing forbids it: a goal below the task may be meant. But it is said.
    """
    lower, higher = target.alias("lower"), target.alias("higher")
    order = case({tier: nth for nth, tier in enumerate(TIERS)}, value=lower.c.tier)
    above = case({tier: nth for nth, tier in enumerate(TIERS)}, value=higher.c.tier)
    same = [
        func.coalesce(lower.c[name], 0) == func.coalesce(higher.c[name], 0)
        for name in ("team_id", "person_id", "product_id")
    ]
    rows = db.execute(
        select(lower, higher.c.tier.label("higher_tier"), higher.c.value.label("higher_value"))
        .join(
            higher,
            and_(
                higher.c.plan_id == lower.c.plan_id,
                higher.c.measure_id == lower.c.measure_id,
                *same,
                higher.c.category == lower.c.category,
                higher.c.period_kind == lower.c.period_kind,
                higher.c.start_day == lower.c.start_day,
            ),
        )
        .where(
            lower.c.plan_id == plan_id,
            lower.c.measure_id == measure_id,
            above > order,
            higher.c.value < lower.c.value,
        )
        .order_by(lower.c.start_day, lower.c.id, higher.c.id)
    )
    found = [
        Disorder(
            Place(
                Who(row.team_id, row.person_id, row.product_id, row.category),
                targets.stored_period(row.period_kind, row.start_day),
            ),
            row.tier, row.value, row.higher_tier, row.higher_value,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(
        found, key=lambda one: (one.place.period.start - one.place.period.end, one.place.period)
    )


def told(db: Connection, measure: Measure, found: Sequence[Disorder]) -> str:
    """The first disorder as a sentence, and how many more there are; "" for none."""
    if not found:
        return ""
    first = found[0]
    words = _("{who}, {period}: {higher} {higher_value} is below {lower} {lower_value}.").format(
        who=telling.name(db, first.place.who),
        period=first.place.period.label,
        higher=_(TIERS[first.higher]),
        higher_value=measure.format(first.higher_value),
        lower=_(TIERS[first.lower]),
        lower_value=measure.format(first.lower_value),
    )
    if len(found) > 1:
        words = _("{first} And {count} more.").format(first=words, count=len(found) - 1)
    return words


def sentence(db: Connection, plan_id: int, measure: Measure) -> str:
    """What :func:`told` says of a plan's measure."""
    return told(db, measure, disorders(db, plan_id, measure.id))

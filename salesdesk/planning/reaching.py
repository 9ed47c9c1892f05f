"""What a plan has to reach: the figures that wider plans, or its own upper lines, set for it.

Whoever fills in the people of a plan works towards a figure that was set elsewhere: a month plan
towards the year's figure for that month, a team's towards what the office's plan says of the team,
the office's year towards its own figure. Which of several counts is decided by
:mod:`salesdesk.planning.counting` among exactly these targets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from salesdesk.calc.periods import Period
from salesdesk.planning.counting import Counting, plan_titles
from salesdesk.planning.places import Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.tables import plan as plan_table
from salesdesk.planning.tables import target

_WIDTH = {"office": 0, "team": 1, "person": 2}


@dataclass(frozen=True, slots=True)
class ToReach:
    """A figure to be reached, in the measure's smallest step, its tier and whose plans set it."""

    value: int
    tier: str
    plans: tuple[int, ...]


class Reaching:
    """The figures a plan has to reach, read from the database as they are asked for."""

    def __init__(self, db: Connection, plan: Plan) -> None:
        self._parents = _wider(db, plan)
        # The people's own lines are what is to be filled in: they are no figure to be reached.
        among = or_(
            target.c.plan_id.in_(self._parents),
            and_(target.c.plan_id == plan.id, target.c.person_id.is_(None)),
        )
        rows = select(target.c.id).where(among).limit(1)
        self._counting = (
            Counting(db, plan.period.start, plan.period.end, among=among)
            if db.execute(rows).first() is not None
            else None
        )
        self._db = db

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is set for the plan."""
        return self._counting is None

    @property
    def from_elsewhere(self) -> bool:
        """Whether there are wider plans, which may set figures of single people too."""
        return bool(self._parents) and self._counting is not None

    def at(self, measure_id: int, who: Who, period: Period, tier: str) -> ToReach | None:
        """What is to be reached at a place within the plan in a tier, None where nothing is set.

        Where the place has no such tier, it is what attainment is reckoned against there.
        """
        if self._counting is None:
            return None
        counted = self._counting.at(measure_id, who, period)
        if counted is None:
            return None
        chosen = tier if tier in counted.tiers else counted.tier
        return ToReach(counted.tiers[chosen], chosen, counted.plans)

    def titles(self, figures: Iterable[ToReach]) -> dict[int, str]:
        """What the plans are called that figures come from."""
        return plan_titles(self._db, {number for figure in figures for number in figure.plans})


def _wider(db: Connection, plan: Plan) -> list[int]:
    """The plans of a longer period or a higher level that cover the plan's, no narrower in either.

    Plans of other teams and people say nothing about this one.
    """
    rows = db.execute(
        select(
            plan_table.c.id, plan_table.c.team_id, plan_table.c.person_id,
            plan_table.c.start_day, plan_table.c.end_day,
        )
        .where(
            plan_table.c.id != plan.id,
            plan_table.c.start_day <= plan.period.start,
            plan_table.c.end_day >= plan.period.end,
        )
        .order_by(plan_table.c.id)
    )  # fmt: skip
    wider = []
    for row in rows:
        who = Who(row.team_id, row.person_id)
        longer = (row.start_day, row.end_day) != (plan.period.start, plan.period.end)
        if _WIDTH[who.level] < _WIDTH[plan.who.level] or (
            longer and (who.team_id, who.person_id) == (plan.who.team_id, plan.who.person_id)
        ):
            wider.append(row.id)
    return wider

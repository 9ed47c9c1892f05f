"""Targets: the values of a plan's cells, read and written; which plan's target counts.

Every function that writes leaves locked cells alone and says so when that makes it impossible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, case, select

from salesdesk.calc.periods import Kind, Period, containing
from salesdesk.errors import InputError
from salesdesk.planning.places import TIERS, Place, Who
from salesdesk.planning.tables import plan, target
from salesdesk.storage.history import Change
from salesdesk.text import _


class Target(NamedTuple):
    """A stored target: its row, its value in the measure's smallest step, whether it is locked."""

    id: int
    value: int
    locked: bool


@dataclass(frozen=True, slots=True)
class MonthTargets:
    """The targets that count in one period, by (measure id, tier, who)."""

    values: Mapping[tuple[int, str, Who], int]

    def get(self, measure_id: int, tier: str, who: Who) -> int | None:
        """The target at a place, None when it isn't set."""
        return self.values.get((measure_id, tier, who))


@dataclass(frozen=True, slots=True)
class Held:
    """The values that one holds, and which of them are locked."""

    values: dict[Period, int]
    locked: set[Period]


def values(db: Connection, plan_id: int, measure_id: int, tier: str) -> dict[Place, Target]:
    """Every stored cell of a plan's measure and tier."""
    return {
        Place(Who(*who), period): Target(row_id, value, locked)
        for row_id, who, period, value, locked in _stored(db, plan_id, measure_id, tier)
    }


def by_who(db: Connection, plan_id: int, measure_id: int, tier: str) -> dict[Who, Held]:
    """What each one holds of a plan's measure and tier."""
    found: dict[tuple[int | None, int | None, int | None], Held] = {}
    for _id, who, period, value, locked in _stored(db, plan_id, measure_id, tier):
        held = found.get(who)
        if held is None:
            held = found[who] = Held({}, set())
        held.values[period] = value
        if locked:
            held.locked.add(period)
    return {Who(*who): held for who, held in found.items()}


def _stored(
    db: Connection, plan_id: int, measure_id: int, tier: str
) -> Iterator[tuple[int, tuple[int | None, int | None, int | None], Period, int, bool]]:
    """(id, who, period, value, locked) of each row, straight from the driver.

    A large plan has tens of thousands of rows, and few days that they all name.
    """
    result = db.execute(
        select(
            target.c.id,
            target.c.team_id,
            target.c.person_id,
            target.c.product_id,
            target.c.period_kind,
            target.c.start_day,
            target.c.value,
            target.c.locked,
        ).where(
            target.c.plan_id == plan_id,
            target.c.measure_id == measure_id,
            target.c.tier == tier,
        )
    )
    periods: dict[tuple[str, Any], Period] = {}
    rows: Any = result.cursor
    for row_id, team_id, person_id, product_id, kind, day, value, locked in rows:
        period = periods.get((kind, day))
        if period is None:
            # The driver of another database may know dates itself.
            start = day if isinstance(day, date) else date.fromisoformat(day)
            period = periods[kind, day] = stored_period(kind, start)
        yield row_id, (team_id, person_id, product_id), period, value, locked == 1
    result.close()


def measures_used(db: Connection, plan_id: int) -> list[tuple[int, str]]:
    """The (measure id, tier) pairs a plan has targets for."""
    rows = db.execute(
        select(target.c.measure_id, target.c.tier)
        .where(target.c.plan_id == plan_id)
        .distinct()
        .order_by(target.c.measure_id, target.c.tier)
    )
    return [(row.measure_id, row.tier) for row in rows]


def set_values(
    change: Change,
    plan_id: int,
    measure_id: int,
    tier: str,
    wanted: Mapping[Place, int | None],
) -> int:
    """Set cells (None clears one); how many changed. Raises InputError when one is locked."""
    if tier not in TIERS:
        raise InputError(_("{tier} is no tier of targets.").format(tier=tier))
    stored = values(change.connection, plan_id, measure_id, tier)
    new: list[dict[str, Any]] = []
    changed: dict[int, dict[str, Any]] = {}
    gone: list[int] = []
    for place, value in wanted.items():
        cell = stored.get(place)
        if cell is None:
            if value is not None:
                new.append(_row(plan_id, measure_id, tier, place, value))
        elif value != cell.value:
            if cell.locked:
                raise InputError(
                    _("The target of {period} is locked: unlock it first.").format(
                        period=place.period.label
                    )
                )
            if value is None:
                gone.append(cell.id)
            else:
                changed[cell.id] = {"value": value}
    change.insert_many(target, new)
    change.update_many(target, changed)
    for row_id in gone:
        change.delete(target, row_id)
    return len(new) + len(changed) + len(gone)


def set_locked(
    change: Change,
    plan_id: int,
    measure_id: int,
    tier: str,
    places: Iterable[Place],
    locked: bool,
) -> int:
    """Lock or unlock cells that have a value; how many changed."""
    stored = values(change.connection, plan_id, measure_id, tier)
    found = [stored[place] for place in places if place in stored]
    return change.update_many(
        target, {cell.id: {"locked": locked} for cell in found if cell.locked != locked}
    )


def counting(db: Connection, period: Period) -> MonthTargets:
    """The targets of all measures, tiers, teams and people that count in ``period``."""
    return counting_in(db, [period])[period]


def counting_in(db: Connection, periods: Collection[Period]) -> dict[Period, MonthTargets]:
    """The same for several periods at once, which are all of one kind.

    Where several plans set the same place, an approved or closed plan counts before a submitted
    one and that before a draft; then the office's own plan before a team's and a person's (a
    person's plan adds what the office's doesn't set); then the newer one.
    """
    rank = case(
        (plan.c.status.in_(("approved", "closed")), 0), (plan.c.status == "submitted", 1), else_=2
    )
    (kind,) = {period.kind for period in periods}
    rows = db.execute(
        select(
            target.c.start_day,
            target.c.measure_id,
            target.c.tier,
            target.c.team_id,
            target.c.person_id,
            target.c.product_id,
            target.c.value,
        )
        .join(plan, plan.c.id == target.c.plan_id)
        .where(
            target.c.period_kind == kind,
            target.c.start_day.in_([period.start for period in periods]),
        )
        .order_by(
            rank, plan.c.person_id.is_not(None), plan.c.team_id.is_not(None), plan.c.id.desc()
        )
    )
    found: dict[date, dict[tuple[int, str, Who], int]] = {}
    for day, measure_id, tier, *who, value in rows:
        found.setdefault(day, {}).setdefault((measure_id, tier, Who(*who)), value)
    return {period: MonthTargets(found.get(period.start, {})) for period in periods}


def stored_period(kind: str, start: date) -> Period:
    """The period a row names by its kind and first day."""
    return containing(start, cast(Kind, kind))


def _row(plan_id: int, measure_id: int, tier: str, place: Place, value: int) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "measure_id": measure_id,
        "tier": tier,
        "team_id": place.who.team_id,
        "person_id": place.who.person_id,
        "product_id": place.who.product_id,
        "period_kind": place.period.kind,
        "start_day": place.period.start,
        "value": value,
        "locked": False,
    }

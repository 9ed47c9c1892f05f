"""Targets: the values of a plan's cells, read and written (which counts: ``counting``).

Every function that writes leaves locked cells alone and says so when that makes it impossible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, String, and_, case, func, literal, select
from sqlalchemy import cast as cast_to

from salesdesk.calc.periods import Kind, Period, containing
from salesdesk.errors import InputError
from salesdesk.office import months
from salesdesk.office.measures import measure_by_id
from salesdesk.planning import plan_rules, plans, target_rules, telling
from salesdesk.planning.places import Place, Who
from salesdesk.planning.tables import target
from salesdesk.storage.history import Change
from salesdesk.text import _


class Target(NamedTuple):
    """A stored target: its row, its value in the measure's smallest step, whether it is locked."""

    id: int
    value: int
    locked: bool


@dataclass(frozen=True, slots=True)
class Held:
    """The values that one holds, and which of them are locked."""

    values: dict[Period, int]
    locked: set[Period]


#: Whose a target is, as it is stored: team, person, product, category.
StoredWho = tuple[int | None, int | None, int | None, str]


@dataclass(frozen=True, slots=True)
class AsStored:
    """What one holds, by periods named as :func:`stored_period_key` names them."""

    values: dict[str, int]
    locked: AbstractSet[str] = frozenset()


def stored_period_key(period: Period) -> str:
    """A period as :class:`AsStored` names it: month/2026-11-01."""
    return f"{period.kind}/{period.start.isoformat()}"


def values(db: Connection, plan_id: int, measure_id: int, tier: str) -> dict[Place, Target]:
    """Every stored cell of a plan's measure and tier."""
    return {
        Place(Who(*who), period): Target(row_id, value, locked)
        for row_id, who, period, value, locked in _stored(db, plan_id, measure_id, tier)
    }


def rows_at(
    db: Connection, ids: Iterable[int], *, plan_id: int, measure_id: int, tier: str
) -> dict[Place, Target]:
    """Those of the targets ``ids`` (a few) that a plan has for a measure and tier, by place."""
    rows = db.execute(
        select(target)
        .where(
            target.c.id.in_(sorted(ids)),
            target.c.plan_id == plan_id,
            target.c.measure_id == measure_id,
            target.c.tier == tier,
        )
        .order_by(target.c.id)
    )
    return {
        Place(
            Who(row.team_id, row.person_id, row.product_id, row.category),
            stored_period(row.period_kind, row.start_day),
        ): Target(row.id, row.value, row.locked)
        for row in rows
    }


def by_who(db: Connection, plan_id: int, measure_id: int, tier: str) -> dict[Who, Held]:
    """What each one holds of a plan's measure and tier."""
    found: dict[tuple[int | None, int | None, int | None, str], Held] = {}
    for _id, who, period, value, locked in _stored(db, plan_id, measure_id, tier):
        held = found.get(who)
        if held is None:
            held = found[who] = Held({}, set())
        held.values[period] = value
        if locked:
            held.locked.add(period)
    return {Who(*who): held for who, held in found.items()}


def as_stored(
    db: Connection, plan_id: int, measure_id: int, tier: str
) -> dict[StoredWho, AsStored]:
    """What each one holds of a plan's measure and tier, the quickest way.

    A large plan has tens of thousands of values: the database puts each one's together, since
    fetching a row for each would take longer than all the rest of a comparison.
    """
    # Days are kept as text, or by another database as dates, which it shows alike.
    key = target.c.period_kind + "/" + cast_to(target.c.start_day, String)
    # As the index of places has them, so that nothing is to be sorted.
    whose = [
        func.coalesce(column, literal(0, literal_execute=True))
        for column in (target.c.team_id, target.c.person_id, target.c.product_id)
    ]
    rows: Any = db.execute(
        select(
            *whose,
            target.c.category,
            func.aggregate_strings(key + "," + cast_to(target.c.value, String), ","),
            func.aggregate_strings(case((target.c.locked, key)), ","),
        )
        .where(
            target.c.plan_id == plan_id,
            target.c.measure_id == measure_id,
            target.c.tier == tier,
        )
        .group_by(*whose, target.c.category)
    )
    found: dict[StoredWho, AsStored] = {}
    for team_id, person_id, product_id, category, told, told_locked in rows:
        parts = told.split(",")
        found[team_id or None, person_id or None, product_id or None, category] = AsStored(
            dict(zip(parts[::2], map(int, parts[1::2]), strict=True)),
            frozenset(told_locked.split(",") if told_locked else ()),
        )
    return found


def usual_of_person(db: Connection, measure_id: int, kind: Kind, of_products: bool) -> int | None:
    """The median target of a person in a period of a kind, in the measure's smallest step.

    Of all plans and tiers, those of products apart; None where there is none above nought.
    """
    of_product = (
        target.c.product_id.is_not(None)
        if of_products
        else and_(target.c.product_id.is_(None), target.c.category == "")
    )
    values = db.scalars(
        select(target.c.value).where(
            target.c.measure_id == measure_id,
            target.c.period_kind == kind,
            target.c.person_id.is_not(None),
            of_product,
            target.c.value > 0,
        )
    ).all()
    return int(median(values)) if values else None


def _stored(
    db: Connection, plan_id: int, measure_id: int, tier: str
) -> Iterator[tuple[int, tuple[int | None, int | None, int | None, str], Period, int, bool]]:
    """(id, who, period, value, locked) of each row, straight from the driver.

    A large plan has tens of thousands of rows, and few days that they all name.
    """
    result = db.execute(
        select(
            target.c.id,
            target.c.team_id,
            target.c.person_id,
            target.c.product_id,
            target.c.category,
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
    for row_id, team_id, person_id, product_id, category, kind, day, value, locked in rows:
        period = periods.get((kind, day))
        if period is None:
            # The driver of another database may know dates itself.
            start = day if isinstance(day, date) else date.fromisoformat(day)
            period = periods[kind, day] = stored_period(kind, start)
        yield row_id, (team_id, person_id, product_id, category), period, value, locked == 1
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


def measures_used_by(db: Connection) -> dict[int, list[tuple[int, str]]]:
    """What :func:`measures_used` gives, of every plan that has targets."""
    rows = db.execute(
        select(target.c.plan_id, target.c.measure_id, target.c.tier)
        .distinct()
        .order_by(target.c.plan_id, target.c.measure_id, target.c.tier)
    )
    used: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        used.setdefault(row.plan_id, []).append((row.measure_id, row.tier))
    return used


def set_values(
    change: Change,
    plan_id: int,
    measure_id: int,
    tier: str,
    wanted: Mapping[Place, int | None],
    *,
    words: str = "",
    any_step: bool = False,
) -> int:
    """Set cells (None clears one); how many changed. ``words`` say how in the history.

    Raises InputError (a cell is locked, lies in a closed month, or breaks the rules of
    ``target_rules``; the plan takes no change, see ``plan_rules``), RightsError, NotFoundError.
    With ``any_step`` counts needn't be multiples of the measure's step.
    """
    target_rules.check_tier(tier)
    plan = plans.plan_by_id(change.connection, plan_id)
    plan_rules.need_write(change, plan, plan_rules.TARGETS)
    measure = measure_by_id(change.connection, measure_id)
    stored = values(change.connection, plan_id, measure_id, tier)
    new: dict[Place, int] = {}
    changed: dict[Place, int] = {}
    gone: list[Place] = []
    for place, value in wanted.items():
        cell = stored.get(place)
        if cell is None:
            if value is not None:
                new[place] = value
        elif value != cell.value:
            if cell.locked:
                raise InputError(
                    _("The target of {period} is locked: unlock it first.").format(
                        period=place.period.label
                    )
                )
            if value is None:
                gone.append(place)
            else:
                changed[place] = value
    if new or changed:
        target_rules.measure_in_use(change.connection, measure_id)
    for value in (*new.values(), *changed.values()):
        target_rules.check_value(measure, value, any_step=any_step)
    target_rules.check_places(change.connection, plan.who, plan.period, new)
    touched = [*new, *changed, *gone]
    months.need_open(change, *{place.period.last_day for place in touched})
    change.insert_many(
        target,
        [_row(plan_id, measure_id, tier, place, value) for place, value in new.items()],
    )
    change.update_many(
        target, {stored[place].id: {"value": value} for place, value in changed.items()}
    )
    change.delete_many(target, [stored[place].id for place in gone])
    if touched:
        words = words or _("Targets of {plan}: {what}")
        change.describe(
            words.format(plan=plan.title, what=telling.places(change.connection, measure, touched))
        )
    return len(touched)


def set_locked(
    change: Change,
    plan_id: int,
    measure_id: int,
    tier: str,
    places: Iterable[Place],
    locked: bool,
) -> int:
    """Lock or unlock cells that have a value; how many changed.

    Raises InputError (the plan takes no change), RightsError, NotFoundError.
    """
    target_rules.check_tier(tier)
    plan = plans.plan_by_id(change.connection, plan_id)
    plan_rules.need_write(change, plan, plan_rules.TARGETS)
    measure = measure_by_id(change.connection, measure_id)
    stored = values(change.connection, plan_id, measure_id, tier)
    turned = {
        place: stored[place]
        for place in places
        if place in stored and stored[place].locked != locked
    }
    if turned:
        words = (
            _("Lock targets of {plan}: {what}") if locked else _("Unlock targets of {plan}: {what}")
        )
        change.describe(
            words.format(plan=plan.title, what=telling.places(change.connection, measure, turned))
        )
    return change.update_many(target, {cell.id: {"locked": locked} for cell in turned.values()})


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
        "category": place.who.category,
        "period_kind": place.period.kind,
        "start_day": place.period.start,
        "value": value,
        "locked": False,
    }

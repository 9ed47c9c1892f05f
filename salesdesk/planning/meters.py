"""Quota meters: how far a person, or the office, is today, this week and this month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.periods import Kind, Period, containing
from salesdesk.office import calendar
from salesdesk.office.measures import Measure, measures
from salesdesk.planning import targets
from salesdesk.planning.actuals import actuals
from salesdesk.planning.places import OFFICE, Who, person

_SPANS: tuple[Kind, ...] = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Meter:
    """A target with what was reached of it and how that stands against the pace.

    ``pace`` is the share of the period's weighted working days that have passed, today included.
    """

    measure: Measure
    period: Period
    target: int
    actual: int
    status: pace_rules.Status
    pace: Fraction


def quotas(db: Connection, person_id: int, today: date) -> list[Meter]:
    """A person's targets of today, this week and this month, as assigned (else own goal)."""
    return _meters(db, person(person_id), today, _SPANS)


def office_month(db: Connection, today: date) -> list[Meter]:
    """The office's targets of this month."""
    return _meters(db, OFFICE, today, ("month",))


def _meters(db: Connection, who: Who, today: date, kinds: tuple[Kind, ...]) -> list[Meter]:
    known = {one.id: one for one in measures(db)}
    work = calendar.work_calendar(db)
    found = []
    for kind in kinds:
        period = containing(today, kind)
        counting = targets.counting(db, period)
        wanted = {
            measure_id: value
            for measure_id in known
            for value in [_first(counting, measure_id, who)]
            if value
        }
        if not wanted:
            continue
        reached = actuals(
            db, [known[measure_id] for measure_id in wanted], period.start, period.end
        )
        share = pace_rules.pace(period, work, today)
        for measure_id, value in wanted.items():
            actual = sum(
                part
                for key, part in reached.items()
                if key.measure_id == measure_id
                and (who == OFFICE or key.person_id == who.person_id)
            )
            status = pace_rules.status(actual, value, share)
            found.append(Meter(known[measure_id], period, value, actual, status, share))
    return found


def _first(counting: targets.MonthTargets, measure_id: int, who: Who) -> int | None:
    for tier in ("assigned", "goal"):
        value = counting.get(measure_id, tier, who)
        if value is not None:
            return value
    return None

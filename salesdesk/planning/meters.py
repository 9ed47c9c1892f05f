"""Quota meters: how far a person, or the office, is today, this week and this month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import cast

from sqlalchemy import Connection

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.periods import Kind, Period, containing
from salesdesk.office import calendar
from salesdesk.office.measures import Measure, measures
from salesdesk.planning.actuals import achieved
from salesdesk.planning.counting import Counted, counting, plan_titles
from salesdesk.planning.parts import Part, added, total
from salesdesk.planning.places import OFFICE, Who, person
from salesdesk.storage.day_counts import Bucket
from salesdesk.text import _

_SPANS: tuple[Kind, ...] = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Meter:
    """A target with what was reached of it and how that stands against the pace.

    ``pace`` is the share of the period's weighted working days that have passed, today included;
    ``needed`` is what each remaining working day must bring, None when none remains or the
    measure doesn't sum up;
    ``plans`` are the titles of the plans that the target comes from.
    """

    measure: Measure
    period: Period
    counted: Counted
    actual: int
    status: pace_rules.Status
    pace: Fraction
    needed: int | None
    plans: tuple[str, ...]

    @property
    def target(self) -> int:
        """The target that attainment is reckoned against."""
        return self.counted.target

    @property
    def from_plans(self) -> str:
        """From which plans the target comes, in words."""
        return _("From: {plans}").format(plans=_("; ").join(self.plans))

    @property
    def stretch(self) -> int | None:
        """The stretch, where there is one beside the target."""
        return None if self.counted.tier == "stretch" else self.counted.stretch


def quotas(db: Connection, person_id: int, today: date) -> list[Meter]:
    """A person's targets of today, this week and this month."""
    return _meters(db, person(person_id), today, _SPANS)


def office_month(db: Connection, today: date) -> list[Meter]:
    """The office's targets of this month."""
    return _meters(db, OFFICE, today, ("month",))


def _meters(db: Connection, who: Who, today: date, kinds: tuple[Kind, ...]) -> list[Meter]:
    month = containing(today, "month")
    targets = counting(db, [month], person_id=who.person_id)
    used = targets.measures_with_targets()
    known = [measure for measure in measures(db) if measure.id in used]
    work = calendar.work_calendar(db)
    asked: list[tuple[Measure, Period, Counted]] = []
    for kind in kinds:
        period = containing(today, kind)
        for measure in known:
            counted = targets.at(measure.id, who, period)
            if counted is not None and counted.target:
                asked.append((measure, period, counted))
    titles = plan_titles(db, (key for _measure, _period, counted in asked for key in counted.plans))
    # By day for all periods at once: one person's month is few sums.
    reached: dict[int, dict[int | date, Part]] = {}
    flowing = {measure.id: measure for measure, _period, _counted in asked if not measure.stands}
    # What stands is the same for today, this week and this month, and is asked for but once.
    standing = {measure.id: measure for measure, _period, _counted in asked if measure.stands}
    whole = kinds == ("month",)
    for some, bucket in ((flowing, "none" if whole else "day"), (standing, "none")):
        if not some:
            continue
        for key, part in achieved(
            db,
            some.values(),
            month.start,
            month.end,
            bucket=cast(Bucket, bucket),
            person_id=who.person_id,
            today=today,
        ).items():
            days = reached.setdefault(key.measure_id, {})
            days[key.bucket] = added(days.get(key.bucket, 0), part)
    meters: list[Meter] = []
    for kind in kinds:
        period = containing(today, kind)
        here = [(measure, counted) for measure, asked_of, counted in asked if asked_of == period]
        if not here:
            continue
        share = pace_rules.pace(period, work, today)
        for measure, counted in here:
            actual = total(
                measure,
                (
                    part
                    for day, part in reached.get(measure.id, {}).items()
                    if isinstance(day, int) or period.start <= day < period.end
                ),
            )
            status = pace_rules.status(actual, counted.target, measure.due(share))
            plans = tuple(titles[key] for key in counted.plans)
            needed = None
            if measure.is_flow:
                needed = pace_rules.per_remaining_day(
                    actual, counted.target, period, work, today, measure.step
                )
            meters.append(Meter(measure, period, counted, actual, status, share, needed, plans))
    return meters

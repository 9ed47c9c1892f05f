"""Where each plan stands: its main measure's target, what was achieved of it, and the pace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import Connection, and_, func, select

from salesdesk.calc import pace
from salesdesk.calc.periods import Period
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError
from salesdesk.office import calendar, settings
from salesdesk.office.measures import Measure, measures
from salesdesk.planning import grid, plans, targets
from salesdesk.planning.actuals import achieved
from salesdesk.planning.parts import Part, added, total
from salesdesk.planning.places import TIERS, Who
from salesdesk.planning.structure import Structure
from salesdesk.planning.structure import read as read_structure
from salesdesk.planning.tables import plan, target

#: The measure a plan is judged by, if it has targets for it; else the first it has targets for.
MAIN = "amount"


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan's main target with what was achieved of it; ``tier`` is the one it was set in.

    ``stretch`` stands beside it, where the plan has one; ``in_wan``: whether money shows in 万元.
    """

    measure: Measure
    tier: str
    target: int
    stretch: int | None
    actual: int
    status: pace.Status
    in_wan: bool

    def shown(self, value: int) -> str:
        """A value as people read it."""
        return self.measure.format(value, in_wan=self.in_wan)

    @property
    def attainment(self) -> Fraction | None:
        """Actual / target; None for a target of zero."""
        return pace.attainment(self.actual, self.target)


def main_target(
    known: Mapping[int, Measure], used: Sequence[tuple[int, str]]
) -> tuple[Measure, str] | None:
    """The measure and tier of ``used`` (as targets.measures_used gives) that a plan is judged by.

    None for a plan without targets.
    """
    order = list(TIERS)
    ranked = sorted(
        (known[measure_id].code != MAIN, known[measure_id].position, order.index(tier), measure_id)
        for measure_id, tier in used
        if measure_id in known
    )
    if not ranked:
        return None
    _other, _position, tier, measure_id = ranked[0]
    return known[measure_id], order[tier]


def standings(
    db: Connection, today: date, *, plan_ids: Collection[int] | None = None
) -> dict[int, Standing]:
    """By plan id, of all plans or of some; plans without targets are left out."""
    known = {one.id: one for one in measures(db, active_only=False)}
    structure = read_structure(db)
    in_wan = settings.read(db).in_wan
    work = calendar.work_calendar(db)
    whole = _whole_targets(db)
    used = targets.measures_used_by(db)
    judged: list[tuple[plans.Plan, Measure, str]] = []
    for shown in plans.plans(db):
        main = main_target(known, used.get(shown.id, ()))
        if main is not None and (plan_ids is None or shown.id in plan_ids):
            judged.append((shown, *main))
    reached = _Reached(db, structure, judged, today)
    found: dict[int, Standing] = {}
    for shown, measure, tier in judged:
        target = _value(db, whole, shown, measure, tier)
        if target is None:
            continue
        stretch = None
        if tier != "stretch" and (measure.id, "stretch") in used[shown.id]:
            stretch = _value(db, whole, shown, measure, "stretch")
        actual = reached.by(measure, shown.period, shown.who)
        share = measure.due(_pace(shown.period, work, today))
        status = pace.status(actual, target, share)
        found[shown.id] = Standing(measure, tier, target, stretch, actual, status, in_wan)
    return found


def _value(
    db: Connection,
    whole: Mapping[tuple[int, int, str], int],
    shown: plans.Plan,
    measure: Measure,
    tier: str,
) -> int | None:
    """A plan's target for its own whole period: what was set, else what its parts sum to."""
    stored = whole.get((shown.id, measure.id, tier))
    if stored is not None:
        return stored
    return grid.read(db, shown.id, measure.id, tier).value(shown.who, shown.period)


def _whole_targets(db: Connection) -> dict[tuple[int, int, str], int]:
    """The targets set for a plan's own owner and whole period, by (plan, measure, tier)."""
    rows = db.execute(
        select(target.c.plan_id, target.c.measure_id, target.c.tier, target.c.value).join(
            plan,
            and_(
                plan.c.id == target.c.plan_id,
                plan.c.period_kind == target.c.period_kind,
                plan.c.start_day == target.c.start_day,
                func.coalesce(plan.c.team_id, 0) == func.coalesce(target.c.team_id, 0),
                func.coalesce(plan.c.person_id, 0) == func.coalesce(target.c.person_id, 0),
                target.c.product_id.is_(None),
                target.c.category == "",
            ),
        )
    )
    return {(row.plan_id, row.measure_id, row.tier): row.value for row in rows}


class _Reached:
    """What everybody, each team and the office achieved in the periods of some plans.

    Months are read once for all plans of whole months, days for each of the others.
    """

    def __init__(
        self,
        db: Connection,
        structure: Structure,
        judged: Sequence[tuple[plans.Plan, Measure, str]],
        today: date,
    ) -> None:
        self._db, self._structure, self._today = db, structure, today
        self._sums: dict[tuple[int, Period], dict[Who, Part]] = {}
        whole = [(plan, measure) for plan, measure, _tier in judged if _of_months(plan.period)]
        self._months: dict[tuple[int, int], dict[Who, Part]] = {}
        if whole:
            asked = {measure.id: measure for _plan, measure in whole}
            start = min(plan.period.start for plan, _measure in whole)
            end = max(plan.period.end for plan, _measure in whole)
            self._months = self._read(list(asked.values()), start, end)

    def by(self, measure: Measure, period: Period, who: Who) -> int:
        """What somebody reached of a measure in a period."""
        key = (measure.id, period)
        if key not in self._sums:
            months = self._months
            if not _of_months(period):
                months = self._read([measure], period.start, period.end)
            self._sums[key] = _summed(
                months.get((measure.id, month), {}) for month in _months_of(period)
            )
        return total(measure, [self._sums[key].get(who, 0)])

    def _read(
        self, asked: Sequence[Measure], start: date, end: date
    ) -> dict[tuple[int, int], dict[Who, Part]]:
        """By measure and month, what each one reached; a month stands with all who had part."""
        sums: dict[tuple[int, int], dict[Who, Part]] = {}
        for key, part in achieved(
            self._db, asked, start, end, bucket="month", today=self._today
        ).items():
            assert isinstance(key.bucket, int)
            of_month = sums.setdefault((key.measure_id, key.bucket), {})
            for who in self._structure.wholes(key.person_id, key.bucket):
                of_month[who] = added(of_month.get(who, 0), part)
        return sums


def _of_months(period: Period) -> bool:
    """Whether a period begins and ends with a month."""
    return period.start.day == 1 and period.end.day == 1


def _months_of(period: Period) -> list[int]:
    """The months that a period has part in: 202611."""
    last = period.end - timedelta(days=1)
    first_month = period.start.year * 12 + period.start.month - 1
    return [
        month // 12 * 100 + month % 12 + 1
        for month in range(first_month, last.year * 12 + last.month)
    ]


def _summed(parts: Iterable[Mapping[Who, Part]]) -> dict[Who, Part]:
    """Several sums in one."""
    sums: dict[Who, Part] = {}
    for part in parts:
        for who, value in part.items():
            sums[who] = added(sums.get(who, 0), value)
    return sums


def _pace(period: Period, work: WorkCalendar, today: date) -> Fraction:
    """The pace; by plain days in a year that the working calendar doesn't know."""
    try:
        return pace.pace(period, work, today)
    except CalendarError:
        passed = today + timedelta(days=1) - period.start
        return Fraction(passed.days, (period.end - period.start).days)

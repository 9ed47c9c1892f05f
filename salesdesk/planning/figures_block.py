"""The tables of figures in a plan's text, filled: what was achieved beside what is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Connection

from salesdesk.calc.periods import KINDS, Kind, Period, descendants, same_last_year
from salesdesk.errors import InputError
from salesdesk.office import measures, rights, settings
from salesdesk.office.measures import Measure
from salesdesk.planning import plans, structure, targets
from salesdesk.planning.actuals import achieved
from salesdesk.planning.figures_spec import Spec, spec_of
from salesdesk.planning.parts import Part, total
from salesdesk.planning.places import TIERS, Place
from salesdesk.planning.targets import Target
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class Figures:
    """A filled table: above the columns the measure (with its unit) and what of it, below them a
    line for each period and, of several, one for the whole.
    """

    heads: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[str]]]


def read(
    db: Connection,
    plan_id: int,
    words: Iterable[str],
    today: date,
    actor_id: int | None = None,
) -> dict[str, Figures | str]:
    """Each table asked for, by the words that ask; a sentence where it can't be filled.

    ``actor_id`` is who looks: what tells costs isn't shown to everybody. None is the program.

    Raises NotFoundError.
    """
    asked = list(dict.fromkeys(words))
    if not asked:
        return {}
    plan = plans.plan_by_id(db, plan_id)
    costs = actor_id is None or rights.may(
        db, actor_id, "costs.see", plan.who.person_id, plan.who.team_id
    )
    reading = _Reading(db, plan, today, costs)
    found: dict[str, Figures | str] = {}
    for one in asked:
        try:
            found[one] = reading.filled(spec_of(one))
        except InputError as error:
            found[one] = error.message
    return found


class _Reading:
    """What the tables of a plan are filled from; of a table each year is read once."""

    def __init__(self, db: Connection, plan: plans.Plan, today: date, costs: bool) -> None:
        self.db, self.plan, self.today, self.costs = db, plan, today, costs
        self.known = {one.code: one for one in measures.measures(db, active_only=False)}
        self.everyone = structure.read(db)
        self.in_wan = settings.read(db).in_wan

    def filled(self, spec: Spec) -> Figures:
        """Raises InputError for a measure that the office hasn't."""
        shown: list[Measure] = []
        for code in spec.measures:
            if code not in self.known:
                raise InputError(_("There is no measure “{code}”.").format(code=code))
            if self.known[code].tells_costs and not self.costs:
                raise InputError(
                    _("{measure} is for those only who see costs.").format(
                        measure=self.known[code].name
                    )
                )
            shown.append(self.known[code])
        whole = self.plan.period
        periods = _parts(whole, spec.by)
        lines = [*periods, whole] if len(periods) > 1 else periods
        columns: list[tuple[str, str, list[str]]] = []
        years = {back: self._achieved(shown, back) for back in range(spec.years, -1, -1)
                 if back or spec.own}  # fmt: skip
        for measure in shown:
            name = measure.with_unit(in_wan=self.in_wan)
            for back, by_time in years.items():
                head = str(whole.start.year - back) if back else _("Achieved")
                columns.append((
                    name, head,
                    [self._sum(measure, by_time, _back(line, back)) for line in lines],
                ))  # fmt: skip
            if spec.planned:
                columns.append((name, _("Planned"), self._planned(measure, lines)))
        return Figures(
            [(name, head) for name, head, _values in columns],
            [
                (
                    _("Total") if at == len(periods) else line.label_short,
                    [values[at] for _name, _head, values in columns],
                )
                for at, line in enumerate(lines)
            ],
        )

    def _achieved(
        self, shown: Sequence[Measure], back: int
    ) -> Mapping[int, Sequence[tuple[date, Part]]]:
        """By measure what the plan's owner achieved, with the day or month's first day."""
        whole = _back(self.plan.period, back)
        by_day = whole.kind in ("week", "day")
        found = achieved(
            self.db, shown, whole.start, whole.end, bucket="day" if by_day else "month",
            person_id=self.plan.who.person_id, today=self.today,
        )  # fmt: skip
        parts: dict[int, list[tuple[date, Part]]] = {}
        for key, part in found.items():
            at = key.bucket
            day = at if isinstance(at, date) else date(at // 100, at % 100, 1)
            whose = self.everyone.wholes(key.person_id, day.year * 100 + day.month)
            if self.plan.who in whose:
                parts.setdefault(key.measure_id, []).append((day, part))
        return parts

    def _sum(
        self, measure: Measure, by_time: Mapping[int, Sequence[tuple[date, Part]]], line: Period
    ) -> str:
        if line.start > self.today:
            return ""
        within = [part for day, part in by_time.get(measure.id, ()) if day in line]
        return measure.format(total(measure, within), in_wan=self.in_wan) if within else "—"

    def _planned(self, measure: Measure, lines: Sequence[Period]) -> list[str]:
        """The task, where there is none the owner's goal; each line by what is set for it."""
        stored = [targets.values(self.db, self.plan.id, measure.id, tier) for tier in TIERS]
        said = []
        for line in lines:
            value = next(
                (found for cells in stored if (found := self._target(measure, cells, line))), None
            )
            said.append("—" if value is None else measure.format(value, in_wan=self.in_wan))
        return said

    def _target(self, measure: Measure, cells: Mapping[Place, Target], line: Period) -> int | None:
        """What is set for a line, or for its months together."""
        place = Place(self.plan.who, line)
        if place in cells:
            return cells[place].value
        if not measure.is_flow or line.kind not in ("quarter", "year"):
            return None
        months = [
            cells[at].value
            for one in descendants(line, "month")
            if (at := Place(self.plan.who, one)) in cells
        ]
        return sum(months) if months else None


def _parts(whole: Period, by: str) -> list[Period]:
    """The lines of a table; of a period that isn't longer, itself."""
    kind = cast(Kind, by)
    if KINDS.index(kind) <= KINDS.index(whole.kind):
        return [whole]
    return list(descendants(whole, kind))


def _back(period: Period, years: int) -> Period:
    for _turn in range(years):
        period = same_last_year(period)
    return period

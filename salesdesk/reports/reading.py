"""What the sections of one report read from: one snapshot, one period, the office or part of it.

What several sections need (targets, what was achieved, who is meant) is read once, when the first
of them asks for it. Values are integers in each measure's smallest step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Table, and_, or_

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.periods import Period, containing, following, previous, same_last_year
from salesdesk.office import calendar, measures, people, rights, settings
from salesdesk.office.measures import Measure
from salesdesk.planning.actuals import achieved
from salesdesk.planning.counting import Counted, counting
from salesdesk.planning.parts import K, Part, added, total
from salesdesk.planning.places import OFFICE, Who
from salesdesk.reports.lines import Line
from salesdesk.sales.tables import deal
from salesdesk.storage.day_counts import Bucket

#: This period, the one before, and the same one a year before.
Span = Literal["now", "before", "year_before"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report is of, and how its figures are shown: all that a layout may know.

    ``scope`` names the team or person ("" for the office); ``pace`` is the share of the period's
    weighted working days that have passed by ``made_on``; ``sees_costs`` is whether who asked may
    see costs and profits.
    """

    period: Period
    who: Who
    scope: str
    settings: settings.Settings
    made_on: date
    pace: Fraction
    sees_costs: bool

    @property
    def in_wan(self) -> bool:
        """Whether sums of money are shown in 万元."""
        return self.settings.in_wan


class Sums:
    """What was achieved in a period, by measure: of all, of each person and of each team."""

    def __init__(self) -> None:
        self.whole: dict[int, Part] = {}
        self.people: dict[tuple[int, int | None], Part] = {}
        self.teams: dict[tuple[int, int], Part] = {}

    def of(self, measure: Measure, who: Who) -> int:
        """What somebody achieved; 0 for nothing."""
        part: Part | None = self.whole.get(measure.id)
        if who.person_id is not None:
            part = self.people.get((measure.id, who.person_id))
        elif who.team_id is not None:
            part = self.teams.get((measure.id, who.team_id))
        return total(measure, [] if part is None else [part])


class Reading:
    """The office as one report reads it for ``actor_id``. Figures are those known on ``today``.

    Raises RightsError when whose figures they are isn't for the actor to see, CalendarError for a
    period the working calendar doesn't know, NotFoundError for a person who doesn't exist.
    """

    def __init__(
        self,
        db: Connection,
        period: Period,
        who: Who,
        today: date,
        *,
        actor_id: int | None = None,
    ) -> None:
        rights.check(db, actor_id, "reports.see", who.person_id, who.team_id)
        sees_costs = rights.may(db, actor_id, "costs.see", who.person_id, who.team_id)
        self.db, self.period, self.who, self.today = db, period, who, today
        self.everyone = people.people(db, active_only=False)
        self.teams = people.teams(db, active_only=False)
        self.measures = [
            measure for measure in measures.measures(db) if sees_costs or not measure.tells_costs
        ]
        self.year = containing(period.start, "year")
        self.targets = counting(db, [previous(period), self.year, following(period)])
        self.structure = self.targets.structure
        self.insiders = self.structure.people_of(who, period)
        self.facts = Facts(
            period,
            who,
            self._scope(),
            settings.read(db),
            today,
            pace_rules.pace(period, calendar.work_calendar(db), today),
            sees_costs,
        )

    def _scope(self) -> str:
        if self.who.person_id is not None:
            return people.person_by_id(self.db, self.who.person_id).name
        names = {team.id: team.name for team in self.teams}
        return "" if self.who.team_id is None else names.get(self.who.team_id, "")

    # -- whose, and when ---------------------------------------------------------------------------

    def within(self, person_id: int | None) -> bool:
        """Whether a person's part of the period counts for whom the report is of."""
        return self.who == OFFICE or person_id in self.insiders

    def of_people(self, column: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """The conditions by which rows with such a person count; none for the whole office."""
        return [] if self.who == OFFICE else [column.in_(sorted(self.insiders))]

    def dated(self, source: Table, name: str) -> ColumnElement[bool]:
        """That ``name`` ("contracted") of a row lies in the period, found by its month's index."""
        on, month = source.c[f"{name}_on"], source.c[f"{name}_month"]
        return self.days(on, month)

    def days(self, on: ColumnElement[date], month: ColumnElement[int]) -> ColumnElement[bool]:
        """That a day lies in the period, where ``month`` repeats the day's month."""
        last = self.period.last_day
        in_months = month.between(self.period.month_key, last.year * 100 + last.month)
        if self.period.kind in ("day", "week"):
            return and_(in_months, on >= self.period.start, on < self.period.end)
        return in_months

    @property
    def until(self) -> date:
        """The first day that the report knows nothing of: a past period isn't told the rest."""
        return min(self.period.end, self.today + timedelta(days=1))

    @property
    def due_before(self) -> date:
        """What was due before this day is overdue; what is due today isn't yet."""
        return min(self.period.end, self.today)

    def standing(self) -> ColumnElement[bool]:
        """That a deal hadn't fallen through as the report knows it.

        Where the office takes cancelled deals off in their own month they never stood.
        """
        if self.facts.settings.cancellations == "original_month":
            return deal.c.cancelled_on.is_(None)
        return or_(deal.c.cancelled_on.is_(None), deal.c.cancelled_on >= self.until)

    # -- targets and actuals -----------------------------------------------------------------------

    def sums(self, span: Span) -> Sums:
        """What was achieved in this period, the one before or the same one a year before."""
        if span == "year_before":
            return self._year_before
        now, before = self._now_and_before
        return now if span == "now" else before

    def line(self, measure: Measure, who: Who, name: str, team_name: str = "") -> Line:
        """A measure of somebody against the target that counts."""
        counted = self.targets.at(measure.id, who, self.period)
        actual = self.sums("now").of(measure, who)
        return Line(
            name,
            team_name,
            who,
            measure,
            counted,
            actual,
            self.sums("before").of(measure, who),
            self.sums("year_before").of(measure, who),
            pace_rules.status(
                actual,
                None if counted is None else counted.target,
                measure.due(self.facts.pace),
            ),
        )

    def target(self, measure: Measure, period: Period) -> Counted | None:
        """What counts in a period for whom the report is of."""
        return self.targets.at(measure.id, self.who, period)

    @cached_property
    def main(self) -> Measure | None:
        """What months, teams and people are shown by.

        The amount where there is a target of it, else the office's first measure that has one,
        else the amount, else the first measure in use.
        """
        amount_first = sorted(self.measures, key=lambda measure: measure.code != "amount")
        planned = (m for m in amount_first if self.target(m, self.period) is not None)
        return next(planned, amount_first[0] if amount_first else None)

    @cached_property
    def _now_and_before(self) -> tuple[Sums, Sums]:
        before = previous(self.period)
        if self.period.kind != "month":
            return self._read(self.period), self._read(before)
        # Two months at a stroke: most of a month's report is read here.
        both = self._by_month(before.start, self.period.end, "month", None)
        return both[self.period.month_key], both[before.month_key]

    @cached_property
    def _year_before(self) -> Sums:
        return self._read(same_last_year(self.period))

    def _read(self, period: Period) -> Sums:
        if period.kind in ("day", "week", "month"):
            found = self._by_month(period.start, period.end, "none", period.month_key)
            return found[period.month_key]
        months = self._by_month(period.start, period.end, "month", None)
        return _together(months.values())

    def _by_month(
        self, start: date, end: date, bucket: Bucket, month_key: int | None
    ) -> defaultdict[int, Sums]:
        """Sums by month (202611); a person's month belongs to the team of its last day."""
        found: defaultdict[int, Sums] = defaultdict(Sums)
        parts = achieved(self.db, self.measures, start, end, bucket=bucket, today=self.today)
        for key, part in parts.items():
            at = key.bucket if month_key is None else month_key
            assert isinstance(at, int)
            sums = found[at]
            _add(sums.whole, key.measure_id, part)
            _add(sums.people, (key.measure_id, key.person_id), part)
            if key.person_id is not None:
                team_id = self.team_in_month(key.person_id, at)
                if team_id is not None:
                    _add(sums.teams, (key.measure_id, team_id), part)
        return found

    def team_in_month(self, person_id: int, month_key: int) -> int | None:
        """The team that a person's month (202611) belongs to."""
        key = (person_id, month_key)
        if key not in self._teams_of:
            self._teams_of[key] = self.structure.team_in_month(person_id, month_key)
        return self._teams_of[key]

    @cached_property
    def _teams_of(self) -> dict[tuple[int, int], int | None]:
        return {}


def _together(parts: Iterable[Sums]) -> Sums:
    together = Sums()
    for sums in parts:
        for measure_id, part in sums.whole.items():
            _add(together.whole, measure_id, part)
        for of_person, part in sums.people.items():
            _add(together.people, of_person, part)
        for of_team, part in sums.teams.items():
            _add(together.teams, of_team, part)
    return together


def _add(sums: dict[K, Part], key: K, part: Part) -> None:
    sums[key] = added(sums.get(key, 0), part)

"""A measure against its target: the row that most sections are made of, and its cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.money import to_decimal
from salesdesk.calc.periods import Kind
from salesdesk.office.measures import Measure
from salesdesk.planning.counting import Counted
from salesdesk.planning.places import Who
from salesdesk.reports.layout import Cell, share_cell
from salesdesk.text import _, mark

STATUSES: Mapping[str, str] = {
    "ahead": mark("Ahead"),
    "on_track": mark("On track"),
    "at_risk": mark("At risk"),
    "behind": mark("Behind"),
    "not_set": mark("No target"),
}
#: What growth against the period before is called.
GROWTH: Mapping[Kind, str] = {
    "day": mark("Day on day"),
    "week": mark("Week on week"),
    "month": mark("Month on month"),
    "quarter": mark("Quarter on quarter"),
    "year": mark("Year on year"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A measure, team or person against its target; ``counted`` is None without one.

    ``actual``, ``before`` (the period before) and ``last_year`` (the same one a year before) are
    in the measure's smallest step.
    """

    name: str
    team_name: str
    who: Who
    measure: Measure
    counted: Counted | None
    actual: int
    before: int
    last_year: int
    status: pace_rules.Status

    @property
    def target(self) -> int | None:
        """The target that attainment is reckoned against."""
        return None if self.counted is None else self.counted.target

    @property
    def assigned(self) -> int | None:
        """The assigned task."""
        return None if self.counted is None else self.counted.assigned

    @property
    def goal(self) -> int | None:
        """The own goal."""
        return None if self.counted is None else self.counted.goal

    @property
    def stretch(self) -> int | None:
        """The stretch."""
        return None if self.counted is None else self.counted.stretch

    @property
    def attainment(self) -> Fraction | None:
        """Actual / target."""
        return pace_rules.attainment(self.actual, self.target)

    @property
    def difference(self) -> int | None:
        """Actual less target."""
        return None if self.target is None else self.actual - self.target

    @property
    def growth(self) -> Fraction | None:
        """Growth against the period before (环比)."""
        return pace_rules.change(self.actual, self.before)

    @property
    def year_on_year(self) -> Fraction | None:
        """Growth against the same period a year before (同比)."""
        return pace_rules.change(self.actual, self.last_year)

    @property
    def says_nothing(self) -> bool:
        """Whether there is neither a target nor any figure, now or before."""
        return self.counted is None and not (self.actual or self.before or self.last_year)

    def due(self, pace: Fraction) -> int | None:
        """What of the target should be there by now: target x pace, rounded half up."""
        if self.target is None:
            return None
        return math.floor(pace_rules.expected(self.target, pace) + Fraction(1, 2))

    def as_json(self) -> dict[str, object]:
        """The line as commands print it: exact decimals in the measure's unit."""
        digits = self.measure.digits
        return {
            "code": self.measure.code,
            "name": self.name,
            "unit": self.measure.unit,
            "digits": digits,
            "assigned": decimal_or_none(self.assigned, digits),
            "goal": decimal_or_none(self.goal, digits),
            "stretch": decimal_or_none(self.stretch, digits),
            "target": decimal_or_none(self.target, digits),
            "plans": [] if self.counted is None else list(self.counted.plans),
            "actual": to_decimal(self.actual, digits),
            "attainment": self.attainment,
            "difference": decimal_or_none(self.difference, digits),
            "status": self.status,
            "before": to_decimal(self.before, digits),
            "last_year": to_decimal(self.last_year, digits),
            "growth": self.growth,
            "year_on_year": self.year_on_year,
        }


def attainment_cell(line: Line) -> Cell:
    """The attainment in the colour of the state; says where no target is set."""
    coloured = "" if line.attainment is None else line.status
    return share_cell(line.attainment, _("not set"), status=coloured)


def status_cell(line: Line) -> Cell:
    """How the line stands against the pace."""
    return Cell(_(STATUSES[line.status]), status=line.status)


def growth_title(kind: Kind) -> str:
    """What the column of growth against the period before is called."""
    return _(GROWTH[kind])


def decimal_or_none(value: int | None, digits: int) -> object:
    """A value for JSON: an exact decimal, None where there is none."""
    return None if value is None else to_decimal(value, digits)

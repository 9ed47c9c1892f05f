"""The months of the year that the period lies in: target against actual, and the year so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.money import format_percent
from salesdesk.calc.periods import Period, descendants
from salesdesk.office.measures import Measure
from salesdesk.planning.actuals import achieved
from salesdesk.planning.parts import Part, added, total
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Chart, value_cell
from salesdesk.reports.lines import decimal_or_none
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, mark


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """A month of the chart."""

    month: Period
    target: int | None
    actual: int


@dataclass(frozen=True, slots=True)
class Year:
    """The year's months by the report's main measure, and what the whole year's target is."""

    measure: Measure
    months: Sequence[MonthPoint]
    target: int | None
    parts: Mapping[int, Part]  # what was achieved by month (202611), as it adds up

    def so_far(self, period: Period) -> int:
        """The actual from January to the period's month (本年累计)."""
        return total(
            self.measure,
            (
                self.parts.get(point.month.month_key, 0)
                for point in self.months
                if point.month.start < period.end
            ),
        )


def read(reading: Reading) -> Year | None:
    """The months by the main measure; None in an office that measures nothing."""
    measure = reading.main
    if measure is None:
        return None
    found = achieved(
        reading.db, [measure], reading.year.start, reading.year.end, bucket="month",
        today=reading.today,
    )  # fmt: skip
    who = reading.who
    sums: dict[int, Part] = {}
    for key, part in found.items():
        assert isinstance(key.bucket, int)
        if who.person_id is not None:
            counts = key.person_id == who.person_id
        elif who.team_id is not None:
            counts = (
                key.person_id is not None
                and reading.team_in_month(key.person_id, key.bucket) == who.team_id
            )
        else:
            counts = True
        if counts:
            sums[key.bucket] = added(sums.get(key.bucket, 0), part)
    points = []
    for month in descendants(reading.year, "month"):
        counted = reading.target(measure, month)
        target = None if counted is None else counted.target
        points.append(MonthPoint(month, target, total(measure, [sums.get(month.month_key, 0)])))
    of_year = reading.target(measure, reading.year)
    return Year(measure, points, None if of_year is None else of_year.target, sums)


def _lay_out(year: Year, facts: Facts) -> Content:
    if not any(point.target or point.actual for point in year.months):
        return Content([])
    wan, main = facts.in_wan, year.measure
    chart = Chart(
        _("Month"),
        [point.month.label_short for point in year.months],
        [
            (_("Target"), [value_cell(main, point.target, in_wan=wan) for point in year.months]),
            (_("Actual"), [value_cell(main, point.actual, in_wan=wan) for point in year.months]),
        ],
    )
    so_far = year.so_far(facts.period)
    note = _("{measure}, target against actual. Since January: {actual}").format(
        measure=main.with_unit(in_wan=wan), actual=main.format(so_far, in_wan=wan)
    )
    attainment = pace_rules.attainment(so_far, year.target)
    if attainment is not None:
        note = _("{note}, {share} of the year's target of {target}").format(
            note=note,
            share=format_percent(attainment),
            target=main.format(year.target, in_wan=wan),
        )
    return Content([], note, chart)


def _as_json(year: Year, facts: Facts) -> object:
    digits = year.measure.digits
    so_far = year.so_far(facts.period)
    return {
        "code": year.measure.code,
        "target": decimal_or_none(year.target, digits),
        "so_far": decimal_or_none(so_far, digits),
        "attainment": pace_rules.attainment(so_far, year.target),
        "months": [
            {
                "month": point.month.key,
                "target": decimal_or_none(point.target, digits),
                "actual": decimal_or_none(point.actual, digits),
            }
            for point in year.months
        ],
    }


YEAR = SectionKind("year", mark("The year's months"), read, _lay_out, _as_json)

"""The targets of the period that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salesdesk.calc.money import to_decimal
from salesdesk.calc.periods import following
from salesdesk.office.measures import Measure
from salesdesk.planning.counting import Counted
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, value_cell
from salesdesk.reports.lines import decimal_or_none
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, mark


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A measure's target in the next period."""

    measure: Measure
    counted: Counted


def read(reading: Reading) -> list[Upcoming]:
    """The measures that have a target in the next period, in the office's order."""
    period = following(reading.period)
    counted = ((measure, reading.target(measure, period)) for measure in reading.measures)
    return [Upcoming(measure, target) for measure, target in counted if target is not None]


def _lay_out(lines: Sequence[Upcoming], facts: Facts) -> Content:
    wan = facts.in_wan
    columns = [
        Column(_("Measure"), 2, "left"),
        Column(_("Target"), 1.5),
        Column(_("Stretch"), 1.5, optional=True),
    ]
    rows: list[list[Cell | str]] = [
        [
            line.measure.with_unit(in_wan=wan),
            value_cell(line.measure, line.counted.target, in_wan=wan),
            value_cell(line.measure, line.counted.stretch, in_wan=wan),
        ]
        for line in lines
    ]
    return Content([Table(columns, rows)], following(facts.period).label)


def _as_json(lines: Sequence[Upcoming], _facts: Facts) -> object:
    return [
        {
            "code": line.measure.code,
            "target": to_decimal(line.counted.target, line.measure.digits),
            "stretch": decimal_or_none(line.counted.stretch, line.measure.digits),
        }
        for line in lines
    ]


UPCOMING = SectionKind("next", mark("Targets of the coming period"), read, _lay_out, _as_json)

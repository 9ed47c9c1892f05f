"""Each measure against its target: the first section of most reports."""

from __future__ import annotations

from collections.abc import Sequence

from salesdesk.calc.money import format_percent
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, growth_cell, value_cell
from salesdesk.reports.lines import Line, attainment_cell, growth_title, status_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, mark


def read(reading: Reading) -> list[Line]:
    """A line for each measure in use, in the office's order."""
    return [reading.line(measure, reading.who, measure.name) for measure in reading.measures]


def _lay_out(lines: Sequence[Line], facts: Facts) -> Content:
    wan = facts.in_wan
    running = facts.pace < 1  # at the end all of a target is due
    columns = [
        Column(_("Measure"), 2.6, "left"),
        Column(_("Assigned task"), 1.35, optional=True),
        Column(_("Own goal"), 1.35, optional=True),
        Column(_("Stretch"), 1.35, optional=True),
        Column(_("Actual"), 1.35),
        Column(_("Attainment"), 1.2, optional=True),
        Column(_("Difference"), 1.4, optional=True),
        Column(_("Due by pace"), 1.35, optional=True),
        Column(_("State"), 1.15, "center", optional=True),
        Column(growth_title(facts.period.kind), 1.2, optional=True),
        Column(_("Year on year"), 1.2, optional=True),
    ]
    rows: list[list[Cell | str]] = [
        [
            line.measure.with_unit(in_wan=wan),
            value_cell(line.measure, line.assigned, in_wan=wan),
            value_cell(line.measure, line.goal, in_wan=wan),
            value_cell(line.measure, line.stretch, in_wan=wan),
            value_cell(line.measure, line.actual, in_wan=wan),
            attainment_cell(line),
            value_cell(line.measure, line.difference, in_wan=wan),
            value_cell(line.measure, line.due(facts.pace) if running else None, in_wan=wan),
            status_cell(line),
            growth_cell(line.growth),
            growth_cell(line.year_on_year),
        ]
        for line in lines
        if not line.says_nothing
    ]
    note = _(
        "Pace: {pace} of the period's weighted working days have passed; so much of each target "
        "was due by now."
    ).format(pace=format_percent(facts.pace))
    return Content(
        [Table(columns, rows)], note if running and any(line.target for line in lines) else ""
    )


def _as_json(lines: Sequence[Line], facts: Facts) -> object:
    return [{**line.as_json(), "pace": facts.pace} for line in lines]


MEASURES = SectionKind("measures", mark("Targets and actuals"), read, _lay_out, _as_json)

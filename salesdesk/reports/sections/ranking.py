"""Teams and people by attainment of the report's main measure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from salesdesk.planning.places import OFFICE, person, team
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell, growth_cell, value_cell
from salesdesk.reports.lines import Line, attainment_cell, growth_title, status_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, mark


def read_teams(reading: Reading) -> list[Line] | None:
    """The office's teams in use, the best first; None in a report that isn't of the office."""
    main = reading.main
    if main is None or reading.who != OFFICE:
        return None
    lines = [reading.line(main, team(t.id), t.name) for t in reading.teams if t.active]
    return sorted(lines, key=_rank)


def read_people(reading: Reading) -> list[Line] | None:
    """Whoever sells or achieved something, the best first; None in a person's own report."""
    main = reading.main
    if main is None or reading.who.person_id is not None:
        return None
    achieved = reading.sums("now").people
    lines = [
        reading.line(main, person(member.id), member.name, member.team_name)
        for member in reading.everyone
        if reading.within(member.id)
        and ((main.id, member.id) in achieved or (member.active and member.role == "salesperson"))
    ]
    return sorted(lines, key=_rank)


def _rank(line: Line) -> tuple[bool, Fraction, int, str]:
    """Best attainment first, those without a target after the others, then by what they reached."""
    reached = line.attainment
    return (reached is None, -(reached or Fraction(0)), -line.actual, line.name)


def _table(lines: Sequence[Line], facts: Facts, *, teams: bool) -> Table:
    wan = facts.in_wan
    columns = [Column(_("Rank"), 0.75, "center")]
    if teams:
        columns.append(Column(_("Team"), 1.6, "left"))
    else:
        columns += [
            Column(_("Name"), 1.6, "left"),
            Column(_("Team"), 1.4, "left", optional=True),
        ]
    columns += [
        Column(_("Target"), 1.4, optional=True),
        Column(_("Stretch"), 1.4, optional=True),
        Column(_("Actual"), 1.4),
        Column(_("Attainment"), 1.4, optional=True),
        Column(_("Difference"), 1.4, optional=True),
        Column(_("State"), 1.3, "center", optional=True),
        Column(growth_title(facts.period.kind), 1.3, optional=True),
        Column(_("Year on year"), 1.2, optional=True),
    ]
    rows: list[list[Cell | str]] = []
    for place, line in enumerate(lines, 1):
        row: list[Cell | str] = [count_cell(place), line.name]
        if not teams:
            row.append(line.team_name)
        row += [
            value_cell(line.measure, line.target, in_wan=wan),
            value_cell(line.measure, line.stretch, in_wan=wan),
            value_cell(line.measure, line.actual, in_wan=wan),
            attainment_cell(line),
            value_cell(line.measure, line.difference, in_wan=wan),
            status_cell(line),
            growth_cell(line.growth),
            growth_cell(line.year_on_year),
        ]
        rows.append(row)
    return Table(columns, rows)


def _content(lines: Sequence[Line], facts: Facts, *, teams: bool) -> Content:
    # A ranking in which nobody planned or achieved anything says nothing.
    if all(line.says_nothing for line in lines):
        return Content([])
    measure = lines[0].measure.with_unit(in_wan=facts.in_wan)
    note = _("Ranked by attainment of {measure}").format(measure=measure)
    return Content([_table(lines, facts, teams=teams)], note)


def _teams(lines: Sequence[Line], facts: Facts) -> Content:
    return _content(lines, facts, teams=True)


def _people(lines: Sequence[Line], facts: Facts) -> Content:
    return _content(lines, facts, teams=False)


def _as_json(lines: Sequence[Line], _facts: Facts) -> object:
    return [
        {"rank": place, "team": line.team_name, **line.as_json()}
        for place, line in enumerate(lines, 1)
    ]


TEAMS = SectionKind("teams", mark("Teams"), read_teams, _teams, _as_json)
PEOPLE = SectionKind("people", mark("People"), read_people, _people, _as_json)

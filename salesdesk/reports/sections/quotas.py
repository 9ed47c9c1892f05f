"""What each person did with customers, beside their quotas: calls, visits, new customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salesdesk.office.measures import Measure
from salesdesk.office.people import Person
from salesdesk.planning.places import person
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, value_cell
from salesdesk.reports.lines import Line
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, mark

#: What quotas are set for: everything that a person does rather than sells.
_DONE = (
    "calls", "effective_calls", "calls_received", "visits", "walk_ins", "first_walk_ins",
    "repeat_walk_ins", "invited_walk_ins", "new_customers",
)  # fmt: skip
#: Measures side by side, two columns each, that a page has room for.
_MOST = 5


@dataclass(frozen=True, slots=True)
class PersonQuotas:
    """A person's lines, one for each of the measures shown, in the same order."""

    name: str
    lines: Sequence[Line]


def read(reading: Reading) -> list[PersonQuotas] | None:
    """Whoever did something or has a quota, in the order of teams; None in a person's own report.

    Of the measures, those of which anybody has a figure, the first five of the office's order.
    """
    if reading.who.person_id is not None:
        return None
    shown = [measure for measure in reading.measures if measure.counts in _DONE]
    members = [member for member in reading.everyone if reading.within(member.id)]
    rows: list[tuple[Person, list[Line]]] = [
        (member, [reading.line(measure, person(member.id), member.name) for measure in shown])
        for member in members
    ]
    rows = [(member, lines) for member, lines in rows if any(_counts(line) for line in lines)]
    used = [place for place in range(len(shown)) if any(_counts(row[1][place]) for row in rows)]
    return [
        PersonQuotas(member.name, [lines[place] for place in used[:_MOST]])
        for member, lines in rows
    ]


def _counts(line: Line) -> bool:
    return bool(line.actual) or bool(line.target)


def _lay_out(rows: Sequence[PersonQuotas], _facts: Facts) -> Content:
    if not rows:
        return Content([])
    columns = [Column(_("Name"), 1.4, "left")]
    for line in rows[0].lines:
        name = line.measure.name
        columns += [Column(name, 1.0), Column(_("{measure}: quota").format(measure=name), 1.0,
                                              optional=True)]  # fmt: skip
    cells: list[list[Cell | str]] = []
    for row in rows:
        of_person: list[Cell | str] = [row.name]
        for line in row.lines:
            of_person += [_figure(line.measure, line.actual), _figure(line.measure, line.target)]
        cells.append(of_person)
    return Content([Table(columns, cells)])


def _figure(measure: Measure, value: int | None) -> Cell:
    return value_cell(measure, value, in_wan=False)


def _as_json(rows: Sequence[PersonQuotas], _facts: Facts) -> object:
    return [{"name": row.name, "measures": [line.as_json() for line in row.lines]} for row in rows]


QUOTAS = SectionKind("quotas", mark("Work with customers, by person"), read, _lay_out, _as_json)

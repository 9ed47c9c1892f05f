"""Why targets were missed and what will be done; and what became of the period before's actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.periods import Period, previous
from salesdesk.office import measures
from salesdesk.office.measures import Measure
from salesdesk.planning import causes, remarks
from salesdesk.planning.places import OFFICE, Who
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, share_cell
from salesdesk.reports.lines import Line, attainment_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, mark


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """Why a target was missed and what will be done; "" as the name of the office.

    ``cause`` is the one of the office's list, with its side: "Goods out of stock (inside)".
    """

    name: str
    measure: str
    cause: str
    reason: str
    countermeasure: str
    root_cause: str
    prevention: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """What was to be done since the period before, and how the measure stood then and stands now.

    ``now`` is None for a measure that is no longer in use.
    """

    name: str
    measure: str
    action: str
    attainment_before: Fraction | None
    now: Line | None


def read(reading: Reading) -> list[RemarkLine]:
    """The words of the period's reviews, of whoever belongs to the report."""
    listed = {cause.id: cause for cause in causes.causes(reading.db, active_only=False) if cause.id}
    return [
        RemarkLine(
            name,
            measure.name,
            _named(listed.get(words.cause_id or 0)),
            words.reason,
            words.countermeasure,
            words.root_cause,
            words.prevention,
        )
        for _who, name, measure, words in _remarks(reading, reading.period)
    ]


def _named(cause: causes.Cause | None) -> str:
    if cause is None:
        return ""
    return _("{cause} ({side})").format(cause=cause.name, side=_(causes.SIDES[cause.side]))


def read_actions(reading: Reading) -> list[ActionLine]:
    """What the period before said would be done."""
    before = previous(reading.period)
    in_use = {measure.id for measure in reading.measures}
    lines = []
    for who, name, measure, words in _remarks(reading, before):
        if not words.countermeasure:
            continue
        counted = reading.targets.at(measure.id, who, before)
        reached = reading.sums("before").of(measure, who)
        lines.append(
            ActionLine(
                name,
                measure.name,
                words.countermeasure,
                pace_rules.attainment(reached, None if counted is None else counted.target),
                reading.line(measure, who, name) if measure.id in in_use else None,
            )
        )
    return lines


def _remarks(reading: Reading, period: Period) -> list[tuple[Who, str, Measure, remarks.Remark]]:
    """(who, name, measure, words) on a period, of whoever belongs to the report."""
    names = {member.id: member.name for member in reading.everyone}
    team_names = {team.id: team.name for team in reading.teams}
    known = {m.id: m for m in measures.measures(reading.db, active_only=False)}
    if not reading.facts.sees_costs:
        known = {key: m for key, m in known.items() if not m.tells_costs}
    found = []
    for (_plan_id, measure_id, who), words in remarks.remarks(reading.db, period).items():
        if measure_id not in known:
            continue
        if who.person_id is not None and not reading.within(who.person_id):
            continue
        if who.person_id is None and reading.who not in (OFFICE, who):
            continue
        name = names.get(who.person_id or 0) or team_names.get(who.team_id or 0, "")
        found.append((who, name, known[measure_id], words))
    return found


def _lay_out(lines: Sequence[RemarkLine], _facts: Facts) -> Content:
    columns = [
        Column(_("Name"), 1.2, "left"),
        Column(_("Measure"), 1.2, "left"),
        Column(_("Cause of the miss"), 1.6, "left", optional=True),
        Column(_("Reason"), 3, "left", optional=True),
        Column(_("Countermeasure"), 3, "left", optional=True),
        Column(_("Root cause"), 2, "left", optional=True),
        Column(_("Prevention"), 2, "left", optional=True),
    ]
    rows: list[list[Cell | str]] = [
        [
            line.name or _("Whole office"), line.measure, line.cause, line.reason,
            line.countermeasure, line.root_cause, line.prevention,
        ]
        for line in lines
    ]  # fmt: skip
    return Content([Table(columns, rows)])


def _actions(lines: Sequence[ActionLine], facts: Facts) -> Content:
    columns = [
        Column(_("Name"), 1.2, "left"),
        Column(_("Measure"), 1.2, "left"),
        Column(_("Countermeasure"), 3, "left"),
        Column(_("Attainment then"), 1.1),
        Column(_("Attainment now"), 1.1),
    ]
    rows: list[list[Cell | str]] = [
        [
            line.name or _("Whole office"),
            line.measure,
            line.action,
            share_cell(line.attainment_before, _("not set")),
            Cell("—") if line.now is None else attainment_cell(line.now),
        ]
        for line in lines
    ]
    note = _("Decided in the review of {period}").format(period=previous(facts.period).label)
    return Content([Table(columns, rows)], note)


def _as_json(lines: Sequence[RemarkLine], _facts: Facts) -> object:
    return [
        {
            "name": line.name,
            "measure": line.measure,
            "cause": line.cause,
            "reason": line.reason,
            "countermeasure": line.countermeasure,
            "root_cause": line.root_cause,
            "prevention": line.prevention,
        }
        for line in lines
    ]


def _actions_json(lines: Sequence[ActionLine], _facts: Facts) -> object:
    return [
        {
            "name": line.name,
            "measure": line.measure,
            "countermeasure": line.action,
            "attainment_before": line.attainment_before,
            "attainment": None if line.now is None else line.now.attainment,
        }
        for line in lines
    ]


REMARKS = SectionKind(
    "remarks", mark("Why targets were missed, and what will be done"), read, _lay_out, _as_json
)
ACTIONS = SectionKind(
    "actions", mark("Earlier countermeasures checked"), read_actions, _actions, _actions_json
)

"""A plan as a document to hand in: its text and, behind it, its targets as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from salesdesk.calc.periods import Period, children, descendants, week_number
from salesdesk.office import measures, settings
from salesdesk.planning import (
    figures_block,
    grid,
    items,
    outlines,
    plans,
    revisions,
    targets,
    tasks,
)
from salesdesk.planning.figures_block import Figures
from salesdesk.planning.grid import Grid
from salesdesk.planning.live import rule, states, view
from salesdesk.planning.live.state import Mood
from salesdesk.planning.places import TIERS
from salesdesk.reports import timetable_sheet
from salesdesk.reports.layout import Cell, Column, Table, page_texts, value_cell
from salesdesk.text import _, mark, quoted

#: Plans beside whose text their state is printed: one that is handed in says what is meant.
_STANDING = ("approved", "closed")
#: Columns of figures that fit beside the names of months or people.
_ABREAST = 6
_UNASSIGNED: Mapping[str, str] = {
    "time": mark("{target}: {amount} of {period} are not assigned to shorter periods yet."),
    "people": mark("{target}: {amount} of {period} are not assigned to anybody yet."),
    "products": mark("{target}: {amount} of {period} are not assigned to products yet."),
}
_OVERASSIGNED: Mapping[str, str] = {
    "time": mark("{target}: the shorter periods together are {amount} above {period}."),
    "people": mark("{target}: the people together are {amount} above {period}."),
    "products": mark("{target}: the products together are {amount} above {period}."),
}


#: How a mood is coloured on paper; its words say the same.
_COLOURS: Mapping[Mood, str] = {
    "done": "ahead", "good": "on_track", "warn": "at_risk", "bad": "behind", "none": "not_set",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the plan's text as it is printed; ``level`` 1 is the outermost of its kind.

    ``states`` are how its rules stand, each with the name of its colour; none before a plan runs.
    """

    kind: str
    text: str
    label: str
    level: int
    states: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan ready to be laid out; ``notes`` name what of its targets isn't assigned."""

    title: str
    office: str
    made: str
    facts: Sequence[tuple[str, str]]
    pieces: Sequence[Piece]
    tables: Sequence[tuple[str, Table]]
    notes: Sequence[str]
    timetable: Table | None = None
    #: The tables of figures in the text, by the words that ask for them.
    figures: Mapping[str, Figures | str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """What the typst template plan.typ reads."""
        return {
            "title": self.title,
            "subtitle": " · ".join(value for _name, value in self.facts),
            "office": self.office,
            "made": self.made,
            "texts": page_texts(),
            "blocks": [
                {
                    "kind": piece.kind,
                    "text": piece.text,
                    "label": piece.label,
                    "level": piece.level,
                    "states": [{"words": words, "colour": name} for words, name in piece.states],
                    **_figures(self.figures.get(piece.text)),
                }
                for piece in self.pieces
            ],
            "annex": _("Targets of the plan"),
            "tables": [{"title": title, **table.data()} for title, table in self.tables],
            "notes": list(self.notes),
            "timetable": None
            if self.timetable is None
            else {"title": _("Timetable"), **self.timetable.data()},
        }


def document(
    db: Connection, plan_id: int, *, today: date | None = None, actor_id: int | None = None
) -> PlanDocument:
    """The plan as a document, for ``actor_id`` to see. Raises NotFoundError when there is none."""
    plan = plans.plan_by_id(db, plan_id)
    office = settings.read(db)
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    used = sorted(
        targets.measures_used(db, plan_id),
        key=lambda pair: (known[pair[0]].position, list(TIERS).index(pair[1])),
    )
    grids = [grid.read(db, plan_id, measure_id, tier) for measure_id, tier in used]
    maker = _Tables(plan, grids, office.in_wan)
    day = today or date.today()
    pieces = _pieces(db, plan, day)
    return PlanDocument(
        plan.title,
        office.office_name,
        _("Made on {day}").format(day=day.isoformat()),
        [
            (_("Owner"), plan.owner or office.office_name),
            (_("Period"), plan.period.label),
            (_("Status"), _(plans.STATUSES[plan.status])),
            (_("Revision"), _revision(db, plan)),
        ],
        pieces,
        maker.tables(),
        maker.notes(),
        _timetable(db, plan),
        figures_block.read(
            db, plan_id, [one.text for one in pieces if one.kind == "figures"], day, actor_id
        ),
    )


def _pieces(db: Connection, plan: plans.Plan, today: date) -> list[Piece]:
    """The plan's items; beside those of a plan that runs, how their rules stand."""
    found = items.of_plan(db, plan.id)
    running = plan.status in _STANDING and today >= plan.period.start
    standing = states.of_plan(db, plan.id, today) if running else {}
    depths = outlines.depths([item.line for item in found])
    return [
        Piece(
            item.kind, item.text, label, item.level + 1 if item.kind == "heading" else depth + 1,
            [
                (standing[one.id].words, _COLOURS[standing[one.id].mood])
                for one in item.rules if one.id in standing
            ],
        )
        for item, label, depth in zip(
            found, outlines.labels([item.line for item in found]), depths, strict=True
        )
    ]  # fmt: skip


def _figures(found: Figures | str | None) -> dict[str, Any]:
    """What of a block the template reads where it is a table of figures."""
    if found is None:
        return {}
    if isinstance(found, str):
        return {"kind": "paragraph", "text": found}
    columns = [Column("", 1.0, "left")]
    columns += [Column(f"{name} {head}", 1.2) for name, head in found.heads]
    table = Table(columns, [[label, *values] for label, values in found.rows])
    return {"kind": "figures", **table.data()}


def _revision(db: Connection, plan: plans.Plan) -> str:
    """Which revision it is, and why the one before was taken up again."""
    number = _("Revision {number}").format(number=plan.revision)
    before = next(iter(revisions.history(db, plan.id)), None)
    if before is None:
        return number
    return _("{revision} ({reason}: {words})").format(
        revision=number, reason=_(plans.REASONS.get(before.reason, before.reason)),
        words=quoted(before.words),
    )  # fmt: skip


def _timetable(db: Connection, plan: plans.Plan) -> Table | None:
    """The days of the plan's actions; None where it has none."""
    rules = [one for one in rule.of_plan(db, plan) if one.kind == "action"]
    if not rules:
        return None
    return timetable_sheet.annex(rules, tasks.of_rules(db, plan, rules), view.names(db))


def _heading(part: Period) -> str:
    """The period as a narrow column is headed: a week's dates may stand below its number."""
    if part.kind != "week":
        return part.label_short
    return _("W{number} {first:%m.%d}–{last:%m.%d}").format(
        number=week_number(part), first=part.start, last=part.last_day
    )


class _Tables:
    """The tables of a plan's targets: over its period, by month where it has months, by person."""

    def __init__(self, plan: plans.Plan, grids: Sequence[Grid], in_wan: bool) -> None:
        self.plan = plan
        self.grids = grids
        self.in_wan = in_wan

    def tables(self) -> list[tuple[str, Table]]:
        if not self.grids:
            return []
        found = [(_("Over the period"), self._overview())]
        if self.plan.period.kind == "year":
            months = descendants(self.plan.period, "month")
            rows: list[list[Cell | str]] = [
                [month.label_short, *(self._own(one, month) for one in self.grids)]
                for month in months
            ]
            if any(isinstance(one, Cell) and one.value is not None for row in rows for one in row):
                found += self._abreast(_("By month"), _("Month"), rows)
        people = self._people_rows()
        if people:
            found += self._abreast(_("By person"), _("Name"), people)
        return found

    def notes(self) -> list[str]:
        """What of the plan's own targets isn't assigned to shorter periods or people."""
        found = []
        for one in self.grids:
            for axis, amount in one.gaps(self.plan.who, self.plan.period).items():
                text = _UNASSIGNED[axis] if amount > 0 else _OVERASSIGNED[axis]
                found.append(
                    _(text).format(
                        target=self._named(one),
                        amount=one.measure.format(abs(amount), in_wan=self.in_wan),
                        period=self.plan.period.label,
                    )
                )
        return found

    def _overview(self) -> Table:
        """A line for each measure and tier: the whole period, its parts, and every day."""
        parts = children(self.plan.period)
        daily = [self._daily(one) for one in self.grids]
        columns = [
            Column(_("Measure"), 2.2, "left"),
            Column(_("Tier"), 1.3, "left"),
            Column(self.plan.period.label_short, 1.4),
            *(Column(_heading(part), 1.2) for part in parts if part.kind != "day"),
        ]
        if any(daily):
            columns.append(Column(_("Each day"), 1.1))
        rows = []
        for one, each_day in zip(self.grids, daily, strict=True):
            row: list[Cell | str] = [one.measure.with_unit(in_wan=self.in_wan), _(TIERS[one.tier])]
            row.append(self._own(one, self.plan.period))
            row += [self._own(one, part) for part in parts if part.kind != "day"]
            if any(daily):
                row.append(each_day or Cell("—"))
            rows.append(row)
        return Table(columns, rows)

    def _daily(self, one: Grid) -> Cell | None:
        """What is asked of each day, where days have targets."""
        values = {
            cell.value
            for place, cell in one.cells.items()
            if place.who == self.plan.who and place.period.kind == "day"
        }
        if not values:
            return None
        if len(values) > 1:
            return Cell(_("varies"))
        return value_cell(one.measure, values.pop(), in_wan=self.in_wan)

    def _people_rows(self) -> list[list[Cell | str]]:
        """Teams and people below the plan's owner that have a target in its period."""
        rows: list[list[Cell | str]] = []
        period = self.plan.period
        for row in self.grids[0].rows:
            if row.who == self.plan.who or row.who.of_goods:
                continue
            cells = [
                value_cell(one.measure, one.value(row.who, period), in_wan=self.in_wan)
                for one in self.grids
            ]
            if any(cell.value is not None for cell in cells):
                rows.append(["　" * (row.depth - 1) + row.name, *cells])
        return rows

    def _abreast(
        self, title: str, heading: str, rows: Sequence[Sequence[Cell | str]]
    ) -> list[tuple[str, Table]]:
        """Rows with a column for each measure and tier, as many side by side as the page holds."""
        found = []
        for first in range(0, len(self.grids), _ABREAST):
            shown = self.grids[first : first + _ABREAST]
            named = [Column(self._named(one), 1.4) for one in shown]
            picked = [[row[0], *row[1 + first : 1 + first + len(shown)]] for row in rows]
            found.append((title, Table([Column(heading, 1.3, "left"), *named], picked)))
        return found

    def _own(self, one: Grid, period: Period) -> Cell:
        return value_cell(one.measure, one.value(self.plan.who, period), in_wan=self.in_wan)

    def _named(self, one: Grid) -> str:
        return _("{measure}, {tier}").format(
            measure=one.measure.with_unit(in_wan=self.in_wan), tier=_(TIERS[one.tier])
        )

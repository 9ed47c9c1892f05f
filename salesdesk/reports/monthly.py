"""The monthly report as a document: which sections it has, and the words and cells in them.

The same sections are printed through the typst template and written to Excel.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesdesk.calc.money import format_number, format_percent, format_wan, to_decimal
from salesdesk.office.measures import Measure
from salesdesk.reports import charts
from salesdesk.reports.figures import Line, MonthlyFigures
from salesdesk.text import _, mark

SECTIONS: Mapping[str, str] = {
    "measures": mark("Targets and actuals"),
    "year": mark("The year's months"),
    "teams": mark("Teams"),
    "people": mark("People"),
    "products": mark("Products"),
    "funnel": mark("From call to collection"),
    "customers": mark("Customers"),
    "money": mark("Collections and cancellations"),
    "remarks": mark("Why targets were missed, and what will be done"),
    "next": mark("Next month's targets"),
}
STATUSES: Mapping[str, str] = {
    "ahead": mark("Ahead"),
    "on_track": mark("On track"),
    "at_risk": mark("At risk"),
    "behind": mark("Behind"),
    "not_set": mark("No target"),
}
STAGES: Mapping[str, str] = {
    "calls": mark("Calls"),
    "visits": mark("Visits"),
    "intention": mark("Intention"),
    "subscribed": mark("Subscription"),
    "contracted": mark("Contract"),
    "collected": mark("Collection"),
}
#: A cell: its text, or (text, status) where it is coloured.
Cell = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report's table; ``width`` in parts of the page."""

    title: str
    width: float
    align: str = "right"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a section."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report."""

    code: str
    title: str
    tables: Sequence[Table]
    note: str = ""
    chart: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report ready to be laid out."""

    title: str
    subtitle: str
    office: str
    made: str
    sections: Sequence[Section]

    def data(self) -> dict[str, Any]:
        """What the typst template reads."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "office": self.office,
            "made": self.made,
            "texts": page_texts(),
            "sections": [
                {
                    "title": section.title,
                    "note": section.note,
                    "chart": section.chart or None,
                    "tables": [
                        {
                            "columns": [
                                {"title": c.title, "width": c.width, "align": c.align}
                                for c in one.columns
                            ],
                            "rows": [list(row) for row in one.rows],
                        }
                        for one in section.tables
                    ],
                }
                for section in self.sections
            ],
        }


def page_texts() -> dict[str, Any]:
    """The words every page template uses."""
    return {
        "page": _("Page {page} of {pages}"),
        "nothing": _("Nothing to report in this section."),
        "sign": [_("Prepared by"), _("Checked by"), _("Approved by")],
    }


def report(figures: MonthlyFigures, *, leave_out: Collection[str] = ()) -> Report:
    """The monthly report of ``figures``, without the sections in ``leave_out``."""
    makers: Mapping[str, Callable[[MonthlyFigures], Section]] = {
        "measures": _measures,
        "year": _year,
        "teams": _teams,
        "people": _people,
        "products": _products,
        "funnel": _funnel,
        "customers": _customers,
        "money": _money,
        "remarks": _remarks,
        "next": _next_month,
    }
    skipped = set(leave_out)
    if figures.scope:
        skipped.add("teams")
    scope = figures.scope or _("Whole office")
    return Report(
        title=_("Monthly sales report {month}").format(month=figures.month.label),
        subtitle=_("{office} · {scope} · figures as of {day}").format(
            office=figures.settings.office_name, scope=scope, day=figures.made_on.isoformat()
        ),
        office=figures.settings.office_name,
        made=_("Made on {day}").format(day=figures.made_on.isoformat()),
        sections=[make(figures) for code, make in makers.items() if code not in skipped],
    )


# -- sections --------------------------------------------------------------------------------------


def _measures(figures: MonthlyFigures) -> Section:
    wan = figures.settings.in_wan
    columns = [
        Column(_("Measure"), 2.1, "left"),
        Column(_("Assigned task"), 1.5),
        Column(_("Own goal"), 1.5),
        Column(_("Actual"), 1.5),
        Column(_("Attainment"), 1.2),
        Column(_("Difference"), 1.5),
        Column(_("State"), 1.1, "center"),
        Column(_("Month on month"), 1.2),
        Column(_("Year on year"), 1.2),
    ]
    rows = [
        [
            _with_unit(line.measure, wan),
            _value(line.measure, line.assigned, wan),
            _value(line.measure, line.goal, wan),
            _value(line.measure, line.actual, wan),
            _attainment(line),
            _value(line.measure, line.difference, wan),
            (_(STATUSES[line.status]), line.status),
            _growth(line.month_on_month),
            _growth(line.year_on_year),
        ]
        for line in figures.lines
    ]
    note = _("{pace} of the month's weighted working days have passed.").format(
        pace=format_percent(figures.pace)
    )
    return Section("measures", _(SECTIONS["measures"]), [Table(columns, rows)], note)


def _year(figures: MonthlyFigures) -> Section:
    if not figures.months:
        return Section("year", _(SECTIONS["year"]), [])
    main = figures.lines[0].measure
    wan = figures.settings.in_wan

    def number(value: int | None) -> float | None:
        if value is None:
            return None
        scaled = to_decimal(value, main.digits)
        return float(scaled / 10_000 if wan else scaled)

    chart = charts.bars(
        [point.month.label_short for point in figures.months],
        [
            (_("Target"), [number(point.target) for point in figures.months]),
            (_("Actual"), [number(point.actual) for point in figures.months]),
        ],
    )
    note = _("{measure}, target against actual").format(measure=_with_unit(main, wan))
    return Section("year", _(SECTIONS["year"]), [], note, chart)


def _ranking(lines: Sequence[Line], wan: bool, *, teams: bool) -> Table:
    columns = [Column(_("Rank"), 0.6, "center"), Column(_("Name"), 1.6, "left")]
    if not teams:
        columns.append(Column(_("Team"), 1.4, "left"))
    columns += [
        Column(_("Target"), 1.4),
        Column(_("Actual"), 1.4),
        Column(_("Attainment"), 1.1),
        Column(_("Difference"), 1.4),
        Column(_("State"), 1.0, "center"),
        Column(_("Month on month"), 1.2),
        Column(_("Year on year"), 1.2),
    ]
    rows: list[list[Cell]] = []
    for place, line in enumerate(lines, 1):
        row: list[Cell] = [str(place), line.name]
        if not teams:
            row.append(line.team_name)
        row += [
            _value(line.measure, line.target, wan),
            _value(line.measure, line.actual, wan),
            _attainment(line),
            _value(line.measure, line.difference, wan),
            (_(STATUSES[line.status]), line.status),
            _growth(line.month_on_month),
            _growth(line.year_on_year),
        ]
        rows.append(row)
    return Table(columns, rows)


def _teams(figures: MonthlyFigures) -> Section:
    table = _ranking(figures.teams, figures.settings.in_wan, teams=True)
    return Section("teams", _(SECTIONS["teams"]), [table], _ranked_by(figures))


def _people(figures: MonthlyFigures) -> Section:
    table = _ranking(figures.people, figures.settings.in_wan, teams=False)
    return Section("people", _(SECTIONS["people"]), [table], _ranked_by(figures))


def _ranked_by(figures: MonthlyFigures) -> str:
    lines = figures.teams or figures.people
    if not lines:
        return ""
    measure = _with_unit(lines[0].measure, figures.settings.in_wan)
    return _("Ranked by attainment of {measure}").format(measure=measure)


def _products(figures: MonthlyFigures) -> Section:
    wan = figures.settings.in_wan
    columns = [
        Column(_("Product"), 2.4, "left"),
        Column(_("Units"), 0.9),
        Column(_("Amount"), 1.5),
        Column(_("Average price"), 1.5),
        Column(_("Cost"), 1.5),
        Column(_("Profit"), 1.5),
        Column(_("Margin"), 1.0),
        Column(_("Below floor"), 1.0),
    ]
    rows = [
        [
            line.name,
            format_number(line.units, 2, trim=True),
            _money_text(line.amount, wan),
            "—" if line.average_price is None else _money_text(line.average_price, wan),
            _money_text(line.cost, wan),
            _money_text(line.profit, wan),
            format_percent(line.margin),
            str(line.below_floor or "—"),
        ]
        for line in figures.products
    ]
    return Section("products", _(SECTIONS["products"]), [Table(columns, rows)], _unit_note(wan))


def _funnel(figures: MonthlyFigures) -> Section:
    columns = [
        Column(_("Stage"), 2, "left"),
        Column(_("Number"), 1),
        Column(_("Of the stage before"), 1.4),
    ]
    rows = [
        [_(STAGES[stage.code]), f"{stage.count:,}", format_percent(stage.conversion)]
        for stage in figures.funnel
    ]
    return Section("funnel", _(SECTIONS["funnel"]), [Table(columns, rows)])


def _customers(figures: MonthlyFigures) -> Section:
    found = figures.customers
    by_source = Table(
        [Column(_("Source"), 2, "left"), Column(_("New customers"), 1)],
        [[name or _("Not stated"), f"{count:,}"] for name, count in found.by_source],
    )
    by_grade = Table(
        [Column(_("Grade"), 2, "left"), Column(_("New customers"), 1)],
        [[name or _("None"), f"{count:,}"] for name, count in found.by_grade],
    )
    overdue = Table(
        [
            Column(_("Overdue contacts of"), 2, "left"),
            Column(_("Customers"), 1),
            Column(_("Worst, days"), 1),
        ],
        [[one.person_name, f"{one.overdue:,}", str(one.worst_days)] for one in found.overdue],
    )
    note = _("{count} customers were registered in the month.").format(count=found.new)
    return Section(
        "customers", _(SECTIONS["customers"]), [by_source, by_grade, overdue], note
    )


def _money(figures: MonthlyFigures) -> Section:
    wan = figures.settings.in_wan
    money = figures.money
    rows: list[list[Cell]] = [
        [_("Payments due in the month"), _money_text(money.due, wan)],
        [_("Payments received in the month"), _money_text(money.received, wan)],
        [_("Overdue and not received"), _money_text(money.overdue, wan)],
        [_("Deals cancelled in the month"), str(money.cancelled)],
        [_("Amount cancelled"), _money_text(money.cancelled_amount, wan)],
    ]
    table = Table([Column(_("Item"), 3, "left"), Column(_("Figure"), 1.5)], rows)
    return Section("money", _(SECTIONS["money"]), [table], _unit_note(wan))


def _remarks(figures: MonthlyFigures) -> Section:
    columns = [
        Column(_("Name"), 1.2, "left"),
        Column(_("Measure"), 1.2, "left"),
        Column(_("Reason"), 3, "left"),
        Column(_("Countermeasure"), 3, "left"),
    ]
    rows = [
        [line.name or _("Whole office"), line.measure, line.reason, line.countermeasure]
        for line in figures.remarks
    ]
    return Section("remarks", _(SECTIONS["remarks"]), [Table(columns, rows)])


def _next_month(figures: MonthlyFigures) -> Section:
    wan = figures.settings.in_wan
    columns = [Column(_("Measure"), 2, "left"), Column(_("Target"), 1.5)]
    rows = [
        [_with_unit(measure, wan), _value(measure, value, wan)]
        for measure, value in figures.next_month
    ]
    return Section("next", _(SECTIONS["next"]), [Table(columns, rows)])


# -- cells -----------------------------------------------------------------------------------------


def _value(measure: Measure, value: int | None, wan: bool) -> str:
    return "—" if value is None else measure.format(value, in_wan=wan)


def _attainment(line: Line) -> Cell:
    if line.attainment is None:
        return _("not set")
    return (format_percent(line.attainment), line.status)


def _growth(share: Any) -> str:
    return _("no base") if share is None else format_percent(share, signed=True)


def _with_unit(measure: Measure, wan: bool) -> str:
    unit = _("10,000 yuan") if wan and measure.is_money else measure.unit
    return _("{name} ({unit})").format(name=measure.name, unit=unit)


def _money_text(cents: int, wan: bool) -> str:
    return format_wan(cents, 2) if wan else format_number(cents, 2)


def _unit_note(wan: bool) -> str:
    return _("Amounts in 10,000 yuan") if wan else _("Amounts in yuan")

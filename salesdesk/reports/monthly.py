"""The monthly report as a document: which sections it has, and the words and cells in them.

The same sections are printed through the typst template and written to Excel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction

from salesdesk.calc.money import format_percent
from salesdesk.calc.pace import expected
from salesdesk.reports.figures import Line, MonthlyFigures
from salesdesk.reports.layout import (
    Cell,
    Chart,
    Column,
    Report,
    Section,
    Table,
    count_cell,
    growth_cell,
    money_cell,
    share_cell,
    value_cell,
)
from salesdesk.text import _, mark

__all__ = ["SECTIONS", "STAGES", "STATUSES", "Report", "report"]

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
    "calls": mark("Calls made and received"),
    "visits": mark("Visits and walk-ins"),
    "intention": mark("Intention"),
    "subscribed": mark("Subscription"),
    "contracted": mark("Contract"),
    "collected": mark("Collection"),
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
        Column(_("Assigned task"), 1.35),
        Column(_("Own goal"), 1.35),
        Column(_("Actual"), 1.35),
        Column(_("Attainment"), 1.2),
        Column(_("Difference"), 1.4),
        Column(_("Due by pace"), 1.35),
        Column(_("State"), 1.15, "center"),
        Column(_("Month on month"), 1.2),
        Column(_("Year on year"), 1.2),
    ]
    rows: list[list[Cell | str]] = [
        [
            line.measure.with_unit(in_wan=wan),
            value_cell(line.measure, line.assigned, in_wan=wan),
            value_cell(line.measure, line.goal, in_wan=wan),
            value_cell(line.measure, line.actual, in_wan=wan),
            _attainment(line),
            value_cell(line.measure, line.difference, in_wan=wan),
            value_cell(line.measure, _due(line, figures.pace), in_wan=wan),
            Cell(_(STATUSES[line.status]), status=line.status),
            growth_cell(line.month_on_month),
            growth_cell(line.year_on_year),
        ]
        for line in figures.lines
    ]
    note = _(
        "Pace: {pace} of the month's weighted working days have passed; so much of each target "
        "was due by now."
    ).format(pace=format_percent(figures.pace))
    return Section("measures", _(SECTIONS["measures"]), [Table(columns, rows)], note)


def _due(line: Line, pace: Fraction) -> int | None:
    """What of the target should be there by now: target x pace, rounded half up."""
    if line.target is None:
        return None
    return math.floor(expected(line.target, pace) + Fraction(1, 2))


def _year(figures: MonthlyFigures) -> Section:
    main = figures.main
    if main is None or not figures.months:
        return Section("year", _(SECTIONS["year"]), [])
    wan = figures.settings.in_wan
    chart = Chart(
        _("Month"),
        [point.month.label_short for point in figures.months],
        [
            (
                _("Target"),
                [value_cell(main, point.target, in_wan=wan) for point in figures.months],
            ),
            (
                _("Actual"),
                [value_cell(main, point.actual, in_wan=wan) for point in figures.months],
            ),
        ],
    )
    note = _("{measure}, target against actual").format(measure=main.with_unit(in_wan=wan))
    return Section("year", _(SECTIONS["year"]), [], note, chart)


def _ranking(lines: Sequence[Line], wan: bool, *, teams: bool) -> Table:
    columns = [Column(_("Rank"), 0.75, "center")]
    if teams:
        columns.append(Column(_("Team"), 1.6, "left"))
    else:
        columns += [Column(_("Name"), 1.6, "left"), Column(_("Team"), 1.4, "left")]
    columns += [
        Column(_("Target"), 1.4),
        Column(_("Actual"), 1.4),
        Column(_("Attainment"), 1.4),
        Column(_("Difference"), 1.4),
        Column(_("State"), 1.3, "center"),
        Column(_("Month on month"), 1.3),
        Column(_("Year on year"), 1.2),
    ]
    rows: list[list[Cell | str]] = []
    for place, line in enumerate(lines, 1):
        row: list[Cell | str] = [count_cell(place), line.name]
        if not teams:
            row.append(line.team_name)
        row += [
            value_cell(line.measure, line.target, in_wan=wan),
            value_cell(line.measure, line.actual, in_wan=wan),
            _attainment(line),
            value_cell(line.measure, line.difference, in_wan=wan),
            Cell(_(STATUSES[line.status]), status=line.status),
            growth_cell(line.month_on_month),
            growth_cell(line.year_on_year),
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
    measure = lines[0].measure.with_unit(in_wan=figures.settings.in_wan)
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
    rows: list[list[Cell | str]] = [
        [
            line.name,
            count_cell(line.units, 2),
            money_cell(line.amount, in_wan=wan),
            money_cell(line.average_price, in_wan=wan),
            money_cell(line.cost, in_wan=wan),
            money_cell(line.profit, in_wan=wan),
            share_cell(line.margin),
            count_cell(line.below_floor or None),
        ]
        for line in figures.products
    ]
    return Section("products", _(SECTIONS["products"]), [Table(columns, rows)], _unit_note(wan))


def _funnel(figures: MonthlyFigures) -> Section:
    columns = [
        Column(_("Stage"), 2, "left"),
        Column(_("Count"), 1),
        Column(_("Of the stage before"), 1.4),
    ]
    rows: list[list[Cell | str]] = [
        [_(STAGES[stage.code]), count_cell(stage.count), share_cell(stage.conversion)]
        for stage in figures.funnel
    ]
    return Section("funnel", _(SECTIONS["funnel"]), [Table(columns, rows)])


def _customers(figures: MonthlyFigures) -> Section:
    found = figures.customers
    by_source = Table(
        [Column(_("Source"), 2, "left"), Column(_("New customers"), 1)],
        [[name or _("Not stated"), count_cell(count)] for name, count in found.by_source],
    )
    by_grade = Table(
        [Column(_("Grade"), 2, "left"), Column(_("New customers"), 1)],
        [[name or _("None"), count_cell(count)] for name, count in found.by_grade],
    )
    overdue = Table(
        [
            Column(_("Overdue contacts of"), 2, "left"),
            Column(_("Customers"), 1),
            Column(_("Worst, days"), 1),
        ],
        [
            [one.person_name, count_cell(one.overdue), count_cell(one.worst_days)]
            for one in found.overdue
        ],
    )
    note = _("{count} customers were registered in the month.").format(count=found.new)
    return Section("customers", _(SECTIONS["customers"]), [by_source, by_grade, overdue], note)


def _money(figures: MonthlyFigures) -> Section:
    wan = figures.settings.in_wan
    money = figures.money
    rows: list[list[Cell | str]] = [
        [_("Payments due in the month"), money_cell(money.due, in_wan=wan)],
        [_("Payments received in the month"), money_cell(money.received, in_wan=wan)],
        [_("Overdue and not received"), money_cell(money.overdue, in_wan=wan)],
        [_("Deals cancelled in the month"), count_cell(money.cancelled)],
        [_("Amount cancelled"), money_cell(money.cancelled_amount, in_wan=wan)],
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
    rows: list[list[Cell | str]] = [
        [line.name or _("Whole office"), line.measure, line.reason, line.countermeasure]
        for line in figures.remarks
    ]
    return Section("remarks", _(SECTIONS["remarks"]), [Table(columns, rows)])


def _next_month(figures: MonthlyFigures) -> Section:
    wan = figures.settings.in_wan
    columns = [Column(_("Measure"), 2, "left"), Column(_("Target"), 1.5)]
    rows: list[list[Cell | str]] = [
        [measure.with_unit(in_wan=wan), value_cell(measure, value, in_wan=wan)]
        for measure, value in figures.next_month
    ]
    return Section("next", _(SECTIONS["next"]), [Table(columns, rows)])


# -- cells -----------------------------------------------------------------------------------------


def _attainment(line: Line) -> Cell:
    return share_cell(line.attainment, _("not set"), status=_coloured(line))


def _coloured(line: Line) -> str:
    return "" if line.attainment is None else line.status


def _unit_note(wan: bool) -> str:
    return _("Amounts in 10,000 yuan") if wan else _("Amounts in yuan")

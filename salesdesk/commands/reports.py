"""Commands about figures and reports."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from salesdesk.calc.money import to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import output_path, write_whole
from salesdesk.commands.opening import opened, whose
from salesdesk.commands.usage import Parsers
from salesdesk.reports import figures
from salesdesk.reports.figures import Line, MonthlyFigures
from salesdesk.text import _


def _add_figures(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    shared.add_month(parser, required=True, help_text=_("which month"))
    shared.add_scope(parser)
    parser.set_defaults(run=_figures)


def _figures(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        who = whose(workspace, arguments)
        found = workspace.read(figures.monthly, arguments.month, who=who)
    if console.as_json:
        console.result(_as_json(found))
        return 0
    # The words of a report bring the drawing of charts, which the JSON does without.
    from salesdesk.reports import monthly

    report = monthly.report(found)
    console.say(f"{report.title} · {report.subtitle}")
    for section in report.sections:
        console.say("")
        console.say(section.title)
        if section.note:
            console.say(section.note)
        for table in section.tables:
            console.table(
                [column.title for column in table.columns],
                [[one if isinstance(one, str) else one.text for one in row] for row in table.rows],
                right=[n for n, one in enumerate(table.columns) if one.align == "right"],
            )
    return 0


def _as_json(found: MonthlyFigures) -> dict[str, object]:
    main = next((one.measure for one in found.lines if one.measure.code == "amount"), None)
    money = found.money
    return {
        "month": found.month.key,
        "office": found.settings.office_name,
        "level": found.who.level,
        "scope": found.scope,
        "made_on": found.made_on,
        "basis": found.settings.basis,
        "pace": found.pace,
        "measures": [{**_line(one), "pace": found.pace} for one in found.lines],
        "months": [
            {
                "month": one.month.key,
                "target": _number(one.target, main.digits),
                "actual": _number(one.actual, main.digits),
            }
            for one in found.months
            if main is not None
        ],
        "teams": _ranking(found.teams),
        "people": _ranking(found.people),
        "products": [
            {
                "name": one.name,
                "units": to_decimal(one.units, 2),
                "amount": to_decimal(one.amount, 2),
                "average_price": _number(one.average_price, 2),
                "cost": to_decimal(one.cost, 2),
                "profit": to_decimal(one.profit, 2),
                "margin": one.margin,
                "below_floor": one.below_floor,
            }
            for one in found.products
        ],
        "funnel": [
            {"stage": one.code, "count": one.count, "conversion": one.conversion}
            for one in found.funnel
        ],
        "customers": {
            "new": found.customers.new,
            "by_source": [
                {"source": name, "count": count} for name, count in found.customers.by_source
            ],
            "by_grade": [
                {"grade": name, "count": count} for name, count in found.customers.by_grade
            ],
            "overdue": [
                {"person": one.person_name, "count": one.overdue, "worst_days": one.worst_days}
                for one in found.customers.overdue
            ],
        },
        "money": {
            "due": to_decimal(money.due, 2),
            "received": to_decimal(money.received, 2),
            "overdue": to_decimal(money.overdue, 2),
            "cancelled": money.cancelled,
            "cancelled_amount": to_decimal(money.cancelled_amount, 2),
        },
        "remarks": [
            {
                "name": one.name,
                "measure": one.measure,
                "reason": one.reason,
                "countermeasure": one.countermeasure,
            }
            for one in found.remarks
        ],
        "next_month": [
            {"code": measure.code, "target": to_decimal(value, measure.digits)}
            for measure, value in found.next_month
        ],
    }


def _line(one: Line) -> dict[str, object]:
    digits = one.measure.digits
    return {
        "code": one.measure.code,
        "name": one.name,
        "unit": one.measure.unit,
        "digits": digits,
        "assigned": _number(one.assigned, digits),
        "goal": _number(one.goal, digits),
        "stretch": _number(one.stretch, digits),
        "target": _number(one.target, digits),
        "plans": [] if one.counted is None else list(one.counted.plans),
        "actual": to_decimal(one.actual, digits),
        "attainment": one.attainment,
        "difference": _number(one.difference, digits),
        "status": one.status,
        "last_month": to_decimal(one.last_month, digits),
        "last_year": to_decimal(one.last_year, digits),
        "month_on_month": one.month_on_month,
        "year_on_year": one.year_on_year,
    }


def _ranking(lines: Sequence[Line]) -> list[dict[str, object]]:
    return [
        {"rank": place, "team": one.team_name, **_line(one)} for place, one in enumerate(lines, 1)
    ]


def _number(value: int | None, digits: int) -> object:
    return None if value is None else to_decimal(value, digits)


# -- reports ---------------------------------------------------------------------------------------


def _add_report(parser: argparse.ArgumentParser) -> None:
    from salesdesk.reports import monthly

    parser.add_argument("report", metavar="NAME", choices=("monthly",), help=_("monthly"))
    shared.add_office(parser)
    shared.add_month(parser, required=True, help_text=_("which month"))
    shared.add_scope(parser)
    parser.add_argument(
        "--leave-out", metavar="SECTION", nargs="+", default=[], choices=list(monthly.SECTIONS),
        help=_("sections that are left out, of: {sections}").format(
            sections=", ".join(monthly.SECTIONS)
        ),
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=output_path(".pdf", ".xlsx"), required=True,
        help=_("the file to write, .pdf or .xlsx"),
    )  # fmt: skip
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace, console: Console) -> int:
    from salesdesk.reports import monthly

    output: Path = arguments.output
    with opened(arguments) as workspace:
        who = whose(workspace, arguments)
        found = workspace.read(figures.monthly, arguments.month, who=who)
    report = monthly.report(found, leave_out=arguments.leave_out)
    if output.suffix.lower() == ".xlsx":
        from salesdesk.workbooks import report_book

        report_book.write(report, output)
    else:
        from salesdesk.reports import documents

        write_whole(output, documents.pdf("monthly", report.data()))
    console.say(_("Wrote {path}.").format(path=output))
    console.result({"report": arguments.report, "month": arguments.month.key, "file": output})
    return 0


PARSERS: Parsers = {"figures": _add_figures, "report": _add_report}

"""Commands about figures and reports."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from salesdesk.calc.periods import Period
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import add_output, output_of
from salesdesk.commands.opening import opened, whose
from salesdesk.commands.usage import Parsers
from salesdesk.reports import catalogue, kinds
from salesdesk.reports.kinds import Figures, ReportKind
from salesdesk.reports.monthly import MONTHLY
from salesdesk.storage import files
from salesdesk.text import _, joined


def _add_figures(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    shared.add_month(parser, required=True, help_text=_("which month"))
    shared.add_scope(parser)
    parser.set_defaults(run=_figures)


def _figures(arguments: argparse.Namespace, console: Console) -> int:
    figures = _read(arguments, MONTHLY, arguments.month)
    _say(figures, console)
    return 0


def _read(
    arguments: argparse.Namespace, kind: ReportKind, period: Period, leave_out: Sequence[str] = ()
) -> Figures:
    with opened(arguments) as workspace:
        return workspace.read(
            kinds.read,
            kind,
            period,
            who=whose(workspace, arguments),
            leave_out=leave_out,
            actor_id=workspace.person_id,
        )


def _say(figures: Figures, console: Console) -> None:
    """The figures as JSON, or the report's tables as text."""
    if console.as_json:
        console.result(kinds.as_json(figures))
        return
    report = kinds.report(figures)
    console.say(f"{report.title} · {report.subtitle}")
    for section in report.sections:
        console.say("")
        console.say(section.title)
        if section.note:
            console.say(section.note)
        for table in section.tables:
            console.table(
                [column.title for column in table.columns],
                [
                    [cell if isinstance(cell, str) else cell.text for cell in row]
                    for row in table.rows
                ],
                right=[n for n, column in enumerate(table.columns) if column.align == "right"],
            )


# -- reports ---------------------------------------------------------------------------------------


def _add_report(parser: argparse.ArgumentParser) -> None:
    codes = [kind.code for kind in catalogue.KINDS]
    sections = list(
        dict.fromkeys(section.code for kind in catalogue.KINDS for section in kind.sections)
    )
    parser.add_argument(
        "report", metavar="KIND", choices=codes,
        help=_("which report: {kinds}").format(kinds=joined(codes)),
    )  # fmt: skip
    shared.add_office(parser)
    period = parser.add_mutually_exclusive_group(required=True)
    period.add_argument(
        "--period", metavar="PERIOD", type=shared.period,
        help=_("which period: 2026-11 for a month, 2026-11-W2 for a week"),
    )  # fmt: skip
    period.add_argument(
        "--month", metavar="2026-11", type=shared.month, dest="period", help=_("which month")
    )
    shared.add_scope(parser)
    parser.add_argument(
        "--leave-out", metavar="SECTION", nargs="+", default=[], choices=sections,
        help=_("sections that are left out, of: {sections}").format(sections=joined(sections)),
    )  # fmt: skip
    add_output(
        parser, ".pdf", ".xlsx", metavar="FILE", required=False,
        help_text=_("the file to write, .pdf or .xlsx (otherwise the figures are shown)"),
    )  # fmt: skip
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace, console: Console) -> int:
    kind = catalogue.kind_with_code(arguments.report)
    output = output_of(arguments)
    figures = _read(arguments, kind, arguments.period, arguments.leave_out)
    if output is None:
        _say(figures, console)
        return 0
    report = kinds.report(figures)
    if output.suffix.lower() == ".xlsx":
        from salesdesk.workbooks import report_book

        report_book.write(report, output)
    else:
        from salesdesk.reports import documents

        files.write(output, documents.pdf("report", report.data()))
    console.say(_("Wrote {path}.").format(path=output))
    console.result({"report": kind.code, "period": arguments.period.key, "file": output})
    return 0


def _add_reports(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_reports)


def _reports(_arguments: argparse.Namespace, console: Console) -> int:
    if console.as_json:
        console.result(
            [
                {
                    "code": kind.code,
                    "name": _(kind.name),
                    "periods": list(kind.periods),
                    "levels": list(kind.levels),
                    "sections": [
                        {"code": section.code, "title": _(section.title)}
                        for section in kind.sections
                    ],
                }
                for kind in catalogue.KINDS
            ]
        )
        return 0
    console.table(
        [_("Code"), _("Report"), _("Period"), _("Of whom"), _("Sections")],
        [
            [
                kind.code,
                _(kind.name),
                joined(_(kinds.PERIODS[name]) for name in kind.periods),
                joined(_(kinds.LEVELS[name]) for name in kind.levels),
                joined(section.code for section in kind.sections),
            ]
            for kind in catalogue.KINDS
        ],
    )
    return 0


PARSERS: Parsers = {"figures": _add_figures, "report": _add_report, "reports": _add_reports}

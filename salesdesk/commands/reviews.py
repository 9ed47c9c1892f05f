"""Commands about a month's review: each target with its actual, reasons and countermeasures."""

from __future__ import annotations

import argparse

from salesdesk.calc.money import format_percent, to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.plans import owner_named
from salesdesk.commands.usage import Parsers, actions
from salesdesk.office import measures
from salesdesk.planning import plans, remarks, reviews
from salesdesk.planning.places import Place
from salesdesk.planning.reviews import ReviewLine
from salesdesk.storage.edits import UNSET
from salesdesk.text import _


def _add_review(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "show": (_("show a month's targets, actuals and reasons"), _add_show),
            "write": (_("say why a target was missed and what will be done"), _add_write),
        },
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))
    shared.add_month(parser, required=True, help_text=_("the month that is reviewed"))


def _add_show(parser: argparse.ArgumentParser) -> None:
    _add_common(parser)
    parser.add_argument("--missed", action="store_true", help=_("only what was missed"))
    parser.set_defaults(run=_show)


def _show(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        lines = workspace.read(reviews.review, arguments.plan, arguments.month)
    if arguments.missed:
        lines = [line for line in lines if line.missed]
    console.table(
        [_("Name"), _("Measure"), _("Target"), _("Actual"), _("Attainment"), _("Reason"),
         _("Countermeasure")],
        [
            [
                line.name,
                line.measure.name,
                line.shown(line.target),
                line.shown(line.actual),
                format_percent(line.attainment),
                line.reason,
                line.countermeasure,
            ]
            for line in lines
        ],
        right=(2, 3, 4),
    )  # fmt: skip
    console.result([_as_json(line) for line in lines])
    return 0


def _as_json(line: ReviewLine) -> dict[str, object]:
    digits = line.measure.digits
    return {
        "name": line.name,
        "level": line.who.level,
        "person_id": line.who.person_id,
        "team_id": line.who.team_id,
        "product_id": line.who.product_id,
        "measure": line.measure.code,
        "tier": line.tier,
        "target": to_decimal(line.target, digits),
        "stretch": None if line.stretch is None else to_decimal(line.stretch, digits),
        "actual": to_decimal(line.actual, digits),
        "attainment": line.attainment,
        "missed": line.missed,
        "reason": line.reason,
        "countermeasure": line.countermeasure,
    }


def _add_write(parser: argparse.ArgumentParser) -> None:
    _add_common(parser)
    parser.add_argument(
        "--measure", metavar="CODE", required=True,
        help=_("amount, units, profit, calls… as “figures” lists them"),
    )  # fmt: skip
    parser.add_argument(
        "--of", metavar="NAME", help=_("whose target: a person's or team's (else the plan owner's)")
    )
    parser.add_argument("--reason", metavar="WORDS", help=_("why it was missed"))
    parser.add_argument("--countermeasure", metavar="WORDS", help=_("what will be done"))
    parser.set_defaults(run=_write, parser=parser)


def _write(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.reason is None and arguments.countermeasure is None:
        arguments.parser.error(_("Give --reason, --countermeasure or both."))
    words = remarks.Words(
        UNSET if arguments.reason is None else arguments.reason,
        UNSET if arguments.countermeasure is None else arguments.countermeasure,
    )
    with opened(arguments) as workspace:
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        measure = workspace.read(measures.measure_with_code, arguments.measure)
        who = owner_named(workspace, arguments.of) if arguments.of else plan.who
        place = Place(who, arguments.month)
        with workspace.change(_("Edit remark")) as change:
            remarks.set_remarks(change, plan.id, measure.id, {place: words})
        noted = workspace.read(remarks.remarks, arguments.month, plan_id=plan.id)
    remark = noted.get((plan.id, measure.id, who), remarks.Remark("", ""))
    console.say(_("Reason: {words}").format(words=remark.reason or "-"))
    console.say(_("Countermeasure: {words}").format(words=remark.countermeasure or "-"))
    console.result(
        {
            "plan": plan.id,
            "measure": measure.code,
            "period": arguments.month.key,
            "reason": remark.reason,
            "countermeasure": remark.countermeasure,
        }
    )
    return 0


PARSERS: Parsers = {"review": _add_review}

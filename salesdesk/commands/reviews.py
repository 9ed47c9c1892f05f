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
from salesdesk.planning import causes, plans, remarks, reviews
from salesdesk.planning.places import Place
from salesdesk.planning.reviews import ReviewLine
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
        [_("Name"), _("Measure"), _("Target"), _("Actual"), _("Attainment"), _("Cause of the miss"),
         _("Reason"), _("Countermeasure")],
        [
            [
                line.name,
                line.measure.name,
                line.shown(line.target),
                line.shown(line.actual),
                format_percent(line.attainment),
                line.cause,
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
        "cause": line.cause,
        "reason": line.reason,
        "countermeasure": line.countermeasure,
        "root_cause": line.remark.root_cause,
        "prevention": line.remark.prevention,
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
    parser.add_argument(
        "--cause", metavar="NAME", help=_("the cause, as “reviews causes” lists it")
    )
    parser.add_argument("--root-cause", metavar="WORDS", help=_("what lies behind it"))
    parser.add_argument("--prevention", metavar="WORDS", help=_("what keeps it from coming back"))
    parser.set_defaults(run=_write, parser=parser)


def _write(arguments: argparse.Namespace, console: Console) -> int:
    said = {
        name: getattr(arguments, name)
        for name in ("reason", "countermeasure", "root_cause", "prevention")
        if getattr(arguments, name) is not None
    }
    if not said and arguments.cause is None:
        arguments.parser.error(_("Give --cause, --reason, --countermeasure or several of them."))
    words = remarks.Words()._replace(**said)
    with opened(arguments) as workspace:
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        measure = workspace.read(measures.measure_with_code, arguments.measure)
        who = owner_named(workspace, arguments.of) if arguments.of else plan.who
        place = Place(who, arguments.month)
        with workspace.change(_("Edit remark")) as change:
            if arguments.cause is not None:
                words = words._replace(cause_id=causes.chosen(change, arguments.cause))
            remarks.set_remarks(change, plan.id, measure.id, {place: words})
        noted = workspace.read(remarks.remarks, arguments.month, plan_id=plan.id)
        remark = noted.get((plan.id, measure.id, who), remarks.Remark("", ""))
        cause, warning = "", ""
        if remark.cause_id is not None:
            cause = workspace.read(causes.cause_by_id, remark.cause_id).name
            start = arguments.month.start
            earlier = workspace.read(causes.repeated, who, remark.cause_id, start)
            warning = causes.warning(cause, earlier)
    console.say(_("Cause: {name}").format(name=cause or "-"))
    console.say(_("Reason: {words}").format(words=remark.reason or "-"))
    console.say(_("Countermeasure: {words}").format(words=remark.countermeasure or "-"))
    if warning:
        console.say(warning)
    console.result(
        {
            "plan": plan.id,
            "measure": measure.code,
            "period": arguments.month.key,
            "cause": cause,
            "reason": remark.reason,
            "countermeasure": remark.countermeasure,
            "root_cause": remark.root_cause,
            "prevention": remark.prevention,
            "warning": warning,
        }
    )
    return 0


PARSERS: Parsers = {"review": _add_review}

"""The command that takes a plan on into the next month or week."""

from __future__ import annotations

import argparse
from datetime import date

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.planning import items, next_plan, plans
from salesdesk.text import _


def add_next(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan next``."""
    shared.add_office(parser)
    parser.add_argument(
        "plan", metavar="ID", type=shared.count, nargs="?",
        help=_("the plan's number (without one: list the plans whose next one is due)"),
    )  # fmt: skip
    parser.add_argument(
        "--day", metavar="DAY", type=shared.day, help=_("which are due on this day, not today")
    )
    parser.set_defaults(run=_next)


def _next(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.plan is None:
        return _due(arguments, console)
    with opened(arguments) as workspace:
        with workspace.change(_("New plan")) as change:
            plan_id = next_plan.make(change, arguments.plan)
        plan = workspace.read(plans.plan_by_id, plan_id)
        text = workspace.read(items.text_of, plan_id)
    console.say(_("Plan number {id}: {title}").format(id=plan.id, title=plan.title))
    console.say(text.rstrip())
    console.result({"id": plan.id, "title": plan.title, "period": plan.period.key, "text": text})
    return 0


def _due(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        found = workspace.read(
            next_plan.offered, workspace.person_id, arguments.day or date.today()
        )
    if not found:
        console.say(_("No plan's next one is due."))
    else:
        console.table(
            [_("No."), _("Plan"), _("Owner"), _("Next period")],
            [
                [
                    str(one.plan.id),
                    one.plan.title,
                    one.plan.owner or _("Whole office"),
                    one.period.label,
                ]
                for one in found
            ],
            right=(0,),
        )
    console.result(
        [{"plan": one.plan.id, "title": one.plan.title, "next": one.period.key} for one in found]
    )
    return 0

"""The command that shows a plan between its wider plan and its parts."""

from __future__ import annotations

import argparse

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.office import settings
from salesdesk.planning import nesting
from salesdesk.planning.nesting import Link, Nesting
from salesdesk.planning.places import TIERS
from salesdesk.text import _


def add_nesting(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan nesting``."""
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))
    named = parser.add_mutually_exclusive_group()
    named.add_argument(
        "--in", metavar="PLAN", type=shared.count, dest="wider",
        help=_("name the plan that its targets come from, by number"),
    )  # fmt: skip
    named.add_argument(
        "--by-itself", action="store_true",
        help=_("let the wider plan be found by itself again"),
    )  # fmt: skip
    parser.set_defaults(run=_nesting)


def _nesting(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        if arguments.wider is not None or arguments.by_itself:
            with workspace.change(_("Name the wider plan")) as change:
                nesting.set_parent(change, arguments.plan, arguments.wider)
        found = workspace.read(nesting.of_plan, arguments.plan)
        in_wan = workspace.read(settings.read).in_wan
    console.say(found.plan.title)
    if found.is_alone:
        console.say(_("It lies in no wider plan and has no parts."))
    for words in nesting.words(found, in_wan=in_wan):
        console.say(words)
    links = [*found.own, *found.links]
    if links:
        console.table(
            [
                _("Plan"), _("Owner"), _("Period"), _("Measure"), _("Tier"), _("Assigned above"),
                _("In the plan"), _("Difference"),
            ],
            [
                [
                    one.plan.title,
                    one.plan.owner or _("Whole office"),
                    one.plan.period.key,
                    one.measure.name,
                    _(TIERS[one.tier]),
                    one.measure.format(one.above),
                    one.measure.format(one.here),
                    one.measure.format(one.difference),
                ]
                for one in links
            ],
            right=(5, 6, 7),
        )  # fmt: skip
    console.result(_as_json(found))
    return 0


def _as_json(found: Nesting) -> dict[str, object]:
    return {
        "plan": found.plan.id,
        "from": None if found.parent is None else found.parent.id,
        "named": found.named,
        "own": [_link(one) for one in found.own],
        "parts": [one.id for one in found.parts],
        "links": [_link(one) for one in found.links],
        "sums": [
            {
                "axis": one.axis,
                "measure": one.measure.code,
                "tier": one.tier,
                "target": None if one.whole is None else one.measure.format(one.whole),
                "parts": one.measure.format(one.total),
                "plans": one.plans,
                "open": None if one.open is None else one.measure.format(one.open),
            }
            for one in found.sums
        ],
    }


def _link(one: Link) -> dict[str, object]:
    return {
        "plan": one.plan.id,
        "measure": one.measure.code,
        "tier": one.tier,
        "assigned": None if one.above is None else one.measure.format(one.above),
        "here": None if one.here is None else one.measure.format(one.here),
    }

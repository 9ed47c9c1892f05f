"""Commands about what a plan says: its items with how their rules stand, and what they offer."""

from __future__ import annotations

import argparse
from datetime import date

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.errors import InputError
from salesdesk.planning import items, outlines, plans, taking
from salesdesk.planning.live import states
from salesdesk.planning.taking import Offered, Pick
from salesdesk.text import _, ngettext


def add_items(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan items``."""
    _add_plan(parser)
    parser.add_argument(
        "--day", metavar="DAY", type=shared.day, default=None,
        help=_("how the rules stand on this day (otherwise today)"),
    )  # fmt: skip
    parser.epilog = _(
        "Below each item stand its rules and how they are kept, and what its words offer and isn't "
        "taken yet, with the number that plan take names it by."
    )
    parser.set_defaults(run=_items)


def _items(arguments: argparse.Namespace, console: Console) -> int:
    today = arguments.day or date.today()
    with opened(arguments) as workspace:
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        found = workspace.read(items.of_plan, plan.id)
        said = workspace.read(states.words, plan.id, today)
        standing = workspace.read(states.of_plan, plan.id, today)
        offered = workspace.read(taking.offers, plan.id)
    numbers = {one.pick: number for number, one in enumerate(offered, 1)}
    console.say(plan.title)
    labels = outlines.labels([item.line for item in found])
    shown = []
    for item, label in zip(found, labels, strict=True):
        indent = "  " * item.level
        console.say(f"{indent}{label} {item.text}".rstrip() if label else f"{indent}{item.text}")
        for rule in item.rules:
            state = standing.get(rule.id)
            console.say(
                f"{indent}    = {said.get(rule.id, '')}"
                + (f"  [{state.words}]" if state is not None else "")
            )
        mine = [one for one in offered if one.item_id == item.id]
        for one in mine:
            console.say(f"{indent}    {numbers[one.pick]} → {one.words}  [{one.source.strip()}]")
            if one.refusal:
                console.say(f"{indent}      {one.refusal}")
        shown.append(
            {
                "id": item.id, "kind": item.kind, "level": item.level, "text": item.text,
                "rules": [
                    {
                        "id": rule.id, "kind": rule.kind, "words": said.get(rule.id, ""),
                        "state": standing[rule.id].words if rule.id in standing else None,
                        "mood": standing[rule.id].mood if rule.id in standing else None,
                    }
                    for rule in item.rules
                ],
                "offers": [
                    {"number": numbers[one.pick], "refusal": one.refusal, **one.offer.to_json()}
                    for one in mine
                ],
            }
        )  # fmt: skip
    console.result({"plan": plan.id, "items": shown})
    return 0


def add_take(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan take``."""
    _add_plan(parser)
    parser.add_argument(
        "numbers", metavar="NUMBER", nargs="*", type=shared.count,
        help=_("what is to be taken, as plan items numbers it"),
    )  # fmt: skip
    parser.add_argument(
        "--all", action="store_true",
        help=_("all that has a place in the plan; what has none stays as words"),
    )  # fmt: skip
    parser.set_defaults(run=_take)


def _take(arguments: argparse.Namespace, console: Console) -> int:
    if bool(arguments.numbers) == arguments.all:
        raise InputError(_("Name the offers by their numbers, or --all."))
    with opened(arguments) as workspace:
        offered = workspace.read(taking.offers, arguments.plan)
        picks = _picked(offered, arguments.numbers) if arguments.numbers else [
            one.pick for one in offered
        ]  # fmt: skip
        with workspace.change(_("Take rules")) as change:
            taken = taking.take(change, arguments.plan, picks, skip=arguments.all)
        left = workspace.read(taking.offers, arguments.plan)
    console.say(ngettext("{count} rule taken", "{count} rules taken", taken).format(count=taken))
    for one in left:
        if one.refusal:
            console.warn(f"“{one.source.strip()}”: {one.refusal}")
    console.result({"plan": arguments.plan, "taken": taken, "left": len(left)})
    return 0


def _picked(offered: list[Offered], numbers: list[int]) -> list[Pick]:
    for number in numbers:
        if not 1 <= number <= len(offered):
            raise InputError(
                _("The plan offers no rule number {number}; plan items lists them.").format(
                    number=number
                )
            )
    return [offered[number - 1].pick for number in numbers]


def _add_plan(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))

"""Commands about a plan's revisions: take one up with its reason, list them, compare two."""

from __future__ import annotations

import argparse

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.errors import InputError, NotFoundError
from salesdesk.planning import items, plans, revisions
from salesdesk.planning.places import TIERS
from salesdesk.planning.revisions import Comparison, LineChange
from salesdesk.text import _, ngettext

#: How a line of a comparison begins, as differences are written everywhere.
_MARKS = {"same": " ", "added": "+", "removed": "-"}


def add_revise(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan revise``."""
    _add_plan(parser)
    parser.add_argument(
        "--reason", metavar="REASON", choices=list(plans.REASONS), required=True,
        help=_("why: correction, market, order or contingency"),
    )  # fmt: skip
    parser.add_argument(
        "--words", metavar="WORDS", required=True, help=_("what happened, kept beside the revision")
    )
    parser.set_defaults(run=_revise)


def _revise(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Revise a plan")) as change:
            revisions.revise(change, arguments.plan, arguments.reason, arguments.words)
        plan = workspace.read(plans.plan_by_id, arguments.plan)
    console.say(
        _("{title}: {status}, revision {number}").format(
            title=plan.title, status=_(plans.STATUSES[plan.status]), number=plan.revision
        )
    )
    console.result({"id": plan.id, "status": plan.status, "revision": plan.revision})
    return 0


def add_activate(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan activate``."""
    _add_plan(parser)
    parser.add_argument(
        "--line", metavar="NUMBER", type=shared.count, required=True,
        help=_("the line of the plan's text that prepares for it, from 1"),
    )  # fmt: skip
    parser.add_argument(
        "--words", metavar="WORDS", default="", help=_("what happened, kept beside the revision")
    )
    parser.set_defaults(run=_activate)


def _activate(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        found = workspace.read(items.of_plan, arguments.plan)
        if not 1 <= arguments.line <= len(found):
            raise NotFoundError(
                _("The plan's text has no line {number}.").format(number=arguments.line)
            )
        rule = next(
            (one for one in found[arguments.line - 1].rules if one.kind == "contingency"), None
        )
        if rule is None:
            raise InputError(_("Line {number} prepares for nothing.").format(number=arguments.line))
        with workspace.change(_("Revise a plan")) as change:
            steps = revisions.activate(change, rule.id, arguments.words)
        plan = workspace.read(plans.plan_by_id, arguments.plan)
    words = ngettext(
        "{title}: revision {number} begun, {count} task to do",
        "{title}: revision {number} begun, {count} tasks to do",
        steps,
    )
    console.say(words.format(title=plan.title, number=plan.revision, count=steps))
    console.result(
        {"id": plan.id, "status": plan.status, "revision": plan.revision, "tasks": steps}
    )
    return 0


def add_revisions(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan revisions``."""
    _add_plan(parser)
    parser.set_defaults(run=_revisions)


def _revisions(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        found = workspace.read(revisions.history, plan.id)
    console.say(
        _("{title}: {status}, revision {number}").format(
            title=plan.title, status=_(plans.STATUSES[plan.status]), number=plan.revision
        )
    )
    console.table(
        [_("Revision"), _("Taken up again on"), _("Revised by"), _("Reason"), _("Words")],
        [
            [
                str(one.number),
                one.made_at.strftime("%Y-%m-%d %H:%M"),
                one.person_name,
                _(plans.REASONS.get(one.reason, one.reason)),
                one.words,
            ]
            for one in found
        ],
        right=(0,),
    )
    console.result(
        {
            "id": plan.id,
            "revision": plan.revision,
            "revisions": [
                {
                    "number": one.number,
                    "reason": one.reason,
                    "words": one.words,
                    "by": one.person_name,
                    "at": one.made_at,
                }
                for one in found
            ],
        }
    )
    return 0


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan compare``."""
    _add_plan(parser)
    parser.add_argument(
        "before", metavar="REVISION", type=shared.count, help=_("the number of a revision")
    )
    parser.add_argument(
        "after", metavar="OTHER", type=shared.count, nargs="?",
        help=_("another one (otherwise the plan as it is now)"),
    )  # fmt: skip
    parser.set_defaults(run=_compare)


def _compare(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        found = workspace.read(revisions.compare, arguments.plan, arguments.before, arguments.after)
    if found.is_same:
        console.say(_("The two say the same."))
    elif found.titles[0] != found.titles[1]:
        console.say(f"- {found.titles[0]}")
        console.say(f"+ {found.titles[1]}")
    for line in found.lines if not found.is_same else ():
        for words in _written(line):
            console.say(words)
    if found.figures:
        console.table(
            [_("Measure"), _("Tier"), _("Name"), _("Period"), _("Before"), _("After")],
            [
                [
                    one.measure.name,
                    _(TIERS[one.tier]),
                    one.whose,
                    one.period.key,
                    one.measure.format(one.before),
                    one.measure.format(one.after),
                ]
                for one in found.figures
            ],
            right=(4, 5),
        )
    console.result(_as_json(found))
    return 0


def _written(line: LineChange) -> list[str]:
    """The line as differences are written, an edited one as two."""
    said = []
    for mark_of, side in (("removed", line.before), ("added", line.after)):
        if side is not None and (line.what in ("changed", mark_of)):
            said.append(f"{_MARKS[mark_of]} {'  ' * side.level}{side.text}")
            rules = line.before_rules if mark_of == "removed" else line.after_rules
            said += [f"{_MARKS[mark_of]} {'  ' * side.level}  = {rule}" for rule in rules]
    if line.what == "same" and line.after is not None:
        said.append(f"{_MARKS['same']} {'  ' * line.after.level}{line.after.text}")
    return said


def _as_json(found: Comparison) -> dict[str, object]:
    return {
        "before": found.before,
        "after": found.after,
        "titles": list(found.titles),
        "lines": [
            {
                "what": line.what,
                "before": None if line.before is None else line.before.text,
                "after": None if line.after is None else line.after.text,
                **(
                    {"rules_before": list(line.before_rules), "rules_after": list(line.after_rules)}
                    if line.before_rules or line.after_rules
                    else {}
                ),
            }
            for line in found.lines
        ],
        "figures": [
            {
                "measure": one.measure.code,
                "tier": one.tier,
                "name": one.whose,
                "period": one.period.key,
                "before": None if one.before is None else one.measure.format(one.before),
                "after": None if one.after is None else one.measure.format(one.after),
            }
            for one in found.figures
        ],
    }


def _add_plan(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))

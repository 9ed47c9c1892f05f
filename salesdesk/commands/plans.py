"""Commands about plans: list them, make one from a template, print one."""

from __future__ import annotations

import argparse
from pathlib import Path

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import output_path, write_whole
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.errors import NotFoundError
from salesdesk.office import people
from salesdesk.planning import plans, templates
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.text import _
from salesdesk.workspace import Workspace


def _add_plans(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_plans)


def _plans(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        found = workspace.read(plans.plans)
    console.table(
        [_("No."), _("Title"), _("Owner"), _("Period"), _("Status")],
        [
            [
                str(one.id),
                one.title,
                one.owner or _("Whole office"),
                one.period.key,
                _(plans.STATUSES[one.status]),
            ]
            for one in found
        ],
        right=(0,),
    )
    console.result([_as_json(one) for one in found])
    return 0


def _as_json(one: plans.Plan) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "owner": one.owner,
        "level": one.who.level,
        "period": one.period.key,
        "status": one.status,
        "template": one.template,
        "revision": one.revision,
    }


def _add_plan(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "new": (_("make a plan"), _add_new),
            "print": (_("write a plan as a PDF to hand in"), _add_print),
        },
    )


def _add_new(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    known = templates.all()
    parser.add_argument(
        "--template", metavar="NAME", required=True, choices=[one.name for one in known],
        help=_("one of the templates below"),
    )  # fmt: skip
    parser.add_argument(
        "--owner", metavar="PERSON",
        help=_("whose plan: a person or a team (otherwise the office's own)"),
    )  # fmt: skip
    parser.add_argument(
        "--period", metavar="PERIOD", type=shared.period, required=True,
        help=_("2026, 2026-Q4, 2026-11, 2026-11-W2 or 2026-W47"),
    )  # fmt: skip
    parser.add_argument("--title", default="", help=_("otherwise the template's"))
    parser.add_argument(
        "--use-measures", action="store_true",
        help=_("take measures of the template into use that the office doesn't use yet"),
    )  # fmt: skip
    lines = [f"  {one.name}: {one.title} ({_kinds(one)})" for one in known]
    parser.epilog = "\n".join([_("templates:"), *lines])
    parser.set_defaults(run=_new)


def _kinds(one: templates.Template) -> str:
    return ", ".join(_(templates.KIND_NAMES[kind]) for kind in one.kinds)


def _new(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        who = _owner(workspace, arguments.owner)
        with workspace.change(_("New plan")) as change:
            plan_id = templates.new_plan(
                change,
                arguments.template,
                period=arguments.period,
                who=who,
                title=arguments.title,
                use_measures=arguments.use_measures,
            )
        plan = workspace.read(plans.plan_by_id, plan_id)
        untracked = workspace.read(templates.unused_measures, arguments.template)
    console.say(_("Plan number {id}: {title}").format(id=plan.id, title=plan.title))
    if untracked:
        console.warn(
            _(
                "The office doesn't use these measures, so that the plan's text alone asks for "
                "them: {measures}. --use-measures takes them into use."
            ).format(measures=_(", ").join(measure.name for measure in untracked))
        )
    console.result({**_as_json(plan), "untracked": [measure.code for measure in untracked]})
    return 0


def _owner(workspace: Workspace, name: str | None) -> Who:
    """The person, else the team, called ``name``. Raises NotFoundError."""
    if not name:
        return OFFICE
    try:
        return person(workspace.read(people.person_named, name).id)
    except NotFoundError as nobody:
        try:
            return team(workspace.read(people.team_named, name).id)
        except NotFoundError:
            raise nobody from None


def _add_print(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))
    parser.add_argument(
        "-o", "--output", metavar="FILE.pdf", type=output_path(".pdf"), required=True,
        help=_("the file to write"),
    )  # fmt: skip
    parser.set_defaults(run=_print)


def _print(arguments: argparse.Namespace, console: Console) -> int:
    # The compiler of pages is a large library that listing and making plans can do without.
    from salesdesk.reports import documents, plan_document

    with opened(arguments) as workspace:
        found = workspace.read(plan_document.document, arguments.plan)
    output: Path = arguments.output
    write_whole(output, documents.pdf("plan", found.data()))
    console.say(_("Wrote {path}.").format(path=output))
    console.result({"plan": arguments.plan, "file": output})
    return 0


PARSERS: Parsers = {"plans": _add_plans, "plan": _add_plan}

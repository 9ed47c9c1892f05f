"""Commands about plans: list them, make, write and print them, and let them be decided on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from salesdesk.commands import arguments as shared
from salesdesk.commands import (
    plan_comments,
    plan_items,
    plan_nesting,
    plan_next,
    plan_reading,
    plan_revisions,
    plan_templates,
)
from salesdesk.commands.console import Console
from salesdesk.commands.files import add_output, output_of
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import approvals, people
from salesdesk.planning import (
    beginning,
    deciding,
    items,
    outlines,
    own_templates,
    plans,
    taking,
    templates,
)
from salesdesk.planning.outlines import Line
from salesdesk.planning.own_templates import OwnTemplate
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.planning.reading.outline import outline
from salesdesk.storage import files
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, mark
from salesdesk.workbooks.document_reader import read_document
from salesdesk.workspace import Workspace

#: The steps that commands take: the status that follows, and what the step does.
STEPS: Mapping[str, tuple[str, str]] = {
    "submit": ("submitted", mark("submit a plan, or submit it again")),
    "approve": ("approved", mark("approve a plan")),
    "return": ("returned", mark("return a submitted plan with comments")),
    "take-back": ("draft", mark("take a submitted plan back")),
    "close": ("closed", mark("close an approved plan")),
    "reopen": ("approved", mark("open a closed plan again")),
}
#: The steps that a comment goes with.
#: Bytes read of a plan's text: more than it may have, which its writer then refuses.
_MOST_READ = 1_000_000
WITH_WORDS = ("submit", "approve", "return")


def _add_plans(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--templates", action="store_true",
        help=_("list the templates instead: the office's own and the program's"),
    )  # fmt: skip
    parser.set_defaults(run=_plans)


def _plans(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        if arguments.templates:
            return plan_templates.listed(workspace, console)
        found = workspace.read(plans.plans)
    console.table(
        [_("No."), _("Title"), _("Owner"), _("Period"), _("Status")],
        [
            [
                str(plan.id),
                plan.title,
                plan.owner or _("Whole office"),
                plan.period.key,
                _(plans.STATUSES[plan.status]),
            ]
            for plan in found
        ],
        right=(0,),
    )
    console.result([_as_json(plan) for plan in found])
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
            "read": (_("read a plan that somebody wrote"), plan_reading.add),
            "text": (_("show a plan's text, or write it"), _add_text),
            "items": (
                _("show a plan's items, how their rules stand and what they offer"),
                plan_items.add_items,
            ),
            "take": (_("make rules of what a plan's text offers"), plan_items.add_take),
            "status": (_("show where a plan stands and what was decided about it"), _add_status),
            **{step: (_(summary), _step_adder(step)) for step, (_to, summary) in STEPS.items()},
            "revise": (
                _("take an approved plan up again as a new revision, with its reason"),
                plan_revisions.add_revise,
            ),
            "activate": (
                _("say that what a plan prepared for happened: a revision, its steps as tasks"),
                plan_revisions.add_activate,
            ),
            "next": (
                _("make the plan of the next month or week from a plan, or list what is due"),
                plan_next.add_next,
            ),
            "revisions": (
                _("list a plan's revisions and their reasons"),
                plan_revisions.add_revisions,
            ),
            "compare": (
                _("show what differs between two revisions, words and figures"),
                plan_revisions.add_compare,
            ),
            "nesting": (
                _("show where a plan's targets come from and what its parts add up to"),
                plan_nesting.add_nesting,
            ),
            "comments": (
                _("list what was said of a plan and its items"),
                plan_comments.add_comments,
            ),
            "comment": (
                _("say something of a plan or one of its items"),
                plan_comments.add_comment,
            ),
            "settle": (_("settle a comment on a plan"), plan_comments.add_settle),
            "uncomment": (
                _("delete a comment of one's own on a plan"),
                plan_comments.add_uncomment,
            ),
            "keep-as-template": (
                _("keep what a plan asks for as a template of the office's own"),
                plan_templates.add_keep,
            ),
            "edit-template": (
                _("call a template of the office's own otherwise"),
                plan_templates.add_edit,
            ),
            "delete-template": (
                _("delete a template of the office's own"),
                plan_templates.add_delete,
            ),
            "delete": (_("delete a plan with its targets and remarks"), _add_delete),
            "print": (_("write a plan as a PDF to hand in"), _add_print),
        },
    )


def _add_new(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    known = templates.all()
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument(
        "--template", metavar="NAME",
        help=_(
            "one of the templates below, or of the office's own (otherwise a plan without text "
            "and targets)"
        ),
    )  # fmt: skip
    begin.add_argument(
        "--like", metavar="ID", type=shared.count, help=_("with the text of an earlier plan")
    )
    begin.add_argument(
        "--from", metavar="FILE", type=Path, dest="written",
        help=_("with the text of a plan that somebody wrote: .docx, .txt or .md"),
    )  # fmt: skip
    parser.add_argument(
        "--take", action="store_true",
        help=_("make rules of all that the text offers and the plan has a place for"),
    )  # fmt: skip
    parser.add_argument(
        "--owner", metavar="PERSON",
        help=_(
            "whose plan: a person or a team (otherwise whose the template usually is, else the "
            "office's own)"
        ),
    )  # fmt: skip
    parser.add_argument(
        "--period", metavar="PERIOD", type=shared.period, required=True,
        help=_("2026, 2026-Q4, 2026-11, 2026-11-W2 or 2026-W47"),
    )  # fmt: skip
    parser.add_argument(
        "--title", default="", help=_("otherwise the template's or the earlier plan's")
    )
    parser.add_argument(
        "--use-measures", action="store_true",
        help=_("take measures of the template into use that the office doesn't use yet"),
    )  # fmt: skip
    lines = [
        f"  {template.name}: {template.title} ({plan_templates.periods_of(template)}; "
        f"{plan_templates.offices_of(template)})"
        for template in known
    ]
    parser.epilog = "\n".join([_("templates:"), *lines])
    parser.set_defaults(run=_new)


def _new(arguments: argparse.Namespace, console: Console) -> int:
    # Read before the office is opened: a file that can't be is no reason to open it.
    lines = None
    if arguments.written is not None:
        lines = outlines.of_items(outline(read_document(arguments.written)))
    with opened(arguments) as workspace:
        named = arguments.owner or not arguments.template
        who = owner_named(workspace, arguments.owner) if named else None
        with workspace.change(_("New plan")) as change:
            plan_id = _begun(change, arguments, who, lines)
            if arguments.take:
                offered = taking.offers(change.connection, plan_id)
                taking.take(change, plan_id, [one.pick for one in offered], skip=True)
        plan = workspace.read(plans.plan_by_id, plan_id)
        shipped = bool(arguments.template and plan.template)
        untracked = workspace.read(templates.unused_measures, plan.template) if shipped else []
    console.say(_("Plan number {id}: {title}").format(id=plan.id, title=plan.title))
    if untracked:
        console.warn(
            _(
                "The office doesn't use these measures, so that the plan's text alone asks for "
                "them: {measures}. --use-measures takes them into use."
            ).format(measures=joined(measure.name for measure in untracked))
        )
    console.result({**_as_json(plan), "untracked": [measure.code for measure in untracked]})
    return 0


def _begun(
    change: Change, arguments: argparse.Namespace, who: Who | None, lines: Sequence[Line] | None
) -> int:
    """A new plan from a template, an earlier plan or a written text, or blank; its id.

    Only a template knows whose a plan is that nobody names (``who`` None).
    """
    period, title = arguments.period, arguments.title
    if arguments.template:
        template = own_templates.named(change.connection, arguments.template)
        if isinstance(template, OwnTemplate):
            return own_templates.new_plan(change, template.id, period=period, who=who, title=title)
        return templates.new_plan(
            change, template.name, period=period, who=who, title=title,
            use_measures=arguments.use_measures,
        )  # fmt: skip
    who = who or OFFICE
    if lines is not None:
        title = title or arguments.written.stem
        return beginning.with_lines(change, lines, title=title, period=period, who=who)
    if arguments.like:
        earlier = plans.plan_by_id(change.connection, arguments.like)
        return beginning.from_plan(change, earlier.id, period, title or earlier.title, who)
    return plans.new_plan(change, title=title, period=period, who=who)


def owner_named(workspace: Workspace, name: str | None) -> Who:
    """The person, else the team, so called; without a name the office. Raises NotFoundError."""
    if not name:
        return OFFICE
    try:
        return person(workspace.read(people.person_named, name).id)
    except NotFoundError as nobody:
        try:
            return team(workspace.read(people.team_named, name).id)
        except NotFoundError:
            raise nobody from None


# -- text ------------------------------------------------------------------------------------------


def _add_text(parser: argparse.ArgumentParser) -> None:
    _add_one_plan(parser)
    parser.add_argument("--title", metavar="TITLE", help=_("give the plan another title"))
    parser.add_argument(
        "--write", metavar="FILE.txt", type=Path,
        help=_("the file that holds the new text (- for standard input)"),
    )  # fmt: skip
    parser.set_defaults(run=_text)


def _text(arguments: argparse.Namespace, console: Console) -> int:
    # Read before the office is opened: a file that isn't there is no reason to open it.
    words = None if arguments.write is None else _written(arguments.write)
    with opened(arguments) as workspace:
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        if words is not None or arguments.title is not None:
            with workspace.change(_("Edit plan text")) as change:
                if words is not None:
                    items.write_text(change, plan.id, words, seen_version=plan.version)
                if arguments.title is not None:
                    seen = plans.plan_by_id(change.connection, plan.id).version
                    plans.rename(change, plan.id, seen_version=seen, title=arguments.title)
            plan = workspace.read(plans.plan_by_id, plan.id)
        text = workspace.read(items.text_of, plan.id)
    console.say(plan.title)
    console.say(text.rstrip())
    console.result({**_as_json(plan), "text": text})
    return 0


def _written(path: Path) -> str:
    """What a file, or standard input, holds. Raises InputError when it can't be read."""
    name = files.shown(path)
    try:
        if str(path) == "-":
            return sys.stdin.read(_MOST_READ)
        return files.read_text(path, _MOST_READ)
    except OSError as error:
        raise InputError(
            _("{name} can't be read: {cause}.").format(
                name=name, cause=files.cause(error, reading=True)
            )
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            _("{name} can't be read: it isn't written in UTF-8.").format(name=name)
        ) from error


def _add_one_plan(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))


# -- where it stands -------------------------------------------------------------------------------


def _add_status(parser: argparse.ArgumentParser) -> None:
    _add_one_plan(parser)
    parser.set_defaults(run=_status)


def _status(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        _tell_status(workspace, arguments.plan, console)
    return 0


def _step_adder(step: str) -> Callable[[argparse.ArgumentParser], None]:
    def add(parser: argparse.ArgumentParser) -> None:
        _add_one_plan(parser)
        if step in WITH_WORDS:
            parser.add_argument(
                "--words", metavar="WORDS", default="",
                help=_("a comment, which is kept beside the plan"),
            )  # fmt: skip
        parser.set_defaults(run=_move, step=step)

    return add


def _move(arguments: argparse.Namespace, console: Console) -> int:
    status, _summary = STEPS[arguments.step]
    with opened(arguments) as workspace:
        with workspace.change(_("Decide on a plan")) as change:
            words = arguments.words if arguments.step in WITH_WORDS else ""
            if arguments.step == "reopen":
                deciding.reopen(change, arguments.plan)
            else:
                deciding.move(change, arguments.plan, status, words)
        _tell_status(workspace, arguments.plan, console)
    return 0


def _tell_status(workspace: Workspace, plan_id: int, console: Console) -> None:
    plan = workspace.read(plans.plan_by_id, plan_id)
    requests = workspace.read(deciding.decisions, plan_id)
    console.say(
        _("{title}: {status}, revision {number}").format(
            title=plan.title, status=_(plans.STATUSES[plan.status]), number=plan.revision
        )
    )
    if requests:
        console.table(
            [_("Asked on"), _("Asked by"), _("Decision"), _("Decided by"), _("Comment")],
            [
                [
                    request.asked_at.strftime("%Y-%m-%d %H:%M"),
                    request.person_name,
                    _(approvals.STATES[request.state]),
                    request.decider_name,
                    request.answer or request.words,
                ]
                for request in requests
            ],
        )
    console.result(
        {
            **_as_json(plan),
            "decisions": [
                {
                    "asked_at": request.asked_at,
                    "asked_by": request.person_name,
                    "words": request.words,
                    "state": request.state,
                    "decided_at": request.decided_at,
                    "decided_by": request.decider_name,
                    "answer": request.answer,
                }
                for request in requests
            ],
        }
    )


def _add_delete(parser: argparse.ArgumentParser) -> None:
    _add_one_plan(parser)
    parser.set_defaults(run=_delete)


def _delete(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        with workspace.change(_("Delete plan")) as change:
            plans.delete_plan(change, plan.id)
    console.say(_("Plan deleted: {title}").format(title=plan.title))
    console.result({**_as_json(plan), "deleted": True})
    return 0


# -- printing --------------------------------------------------------------------------------------


def _add_print(parser: argparse.ArgumentParser) -> None:
    _add_one_plan(parser)
    add_output(parser, ".pdf", metavar="FILE.pdf", help_text=_("the file to write"))
    parser.set_defaults(run=_print)


def _print(arguments: argparse.Namespace, console: Console) -> int:
    # The compiler of pages is a large library that listing and making plans can do without.
    from salesdesk.reports import documents, plan_document

    output = output_of(arguments)
    assert output is not None  # argparse requires it
    with opened(arguments) as workspace:
        found = workspace.read(plan_document.document, arguments.plan)
    files.write(output, documents.pdf("plan", found.data()))
    console.say(_("Wrote {path}.").format(path=output))
    console.result({"plan": arguments.plan, "file": output})
    return 0


PARSERS: Parsers = {"plans": _add_plans, "plan": _add_plan}

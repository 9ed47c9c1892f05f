"""Commands about summaries: who owes which, writing, handing in, commenting and printing them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, timedelta

from salesdesk.calc.money import format_percent, to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import add_output, output_of
from salesdesk.commands.opening import opened
from salesdesk.commands.plans import owner_named
from salesdesk.commands.usage import Fill, Parsers, actions
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.planning import causes, corrective, plans, summaries, tasks
from salesdesk.planning.places import Who, person
from salesdesk.planning.summaries import Action, Explained, Owed, Review, Summary
from salesdesk.planning.summary_figures import Figures
from salesdesk.planning.tasks import Ref
from salesdesk.storage import files
from salesdesk.storage.edits import UNSET
from salesdesk.text import _, joined
from salesdesk.workspace import Workspace


def _add_reviews(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "due": (_("list the summaries that somebody owes"), _add_due),
            "missing": (_("list the summaries that others haven't written yet"), _add_missing),
            "list": (_("list the summaries there are"), _add_list),
            "show": (_("show a summary with its figures"), _add_one(_show)),
            "write": (_("write a summary, beginning it where there is none yet"), _add_write),
            "correct": (_("decide what is put right, by whom and by when"), _add_correct),
            "settle": (_("say what became of a corrective action"), _add_settle),
            "hand-in": (_("hand a summary in; its figures stay as they are"), _add_one(_hand_in)),
            "take-back": (_("take a summary back to change it"), _add_one(_take_back)),
            "comment": (_("say something to a summary, as its writer's superior"), _add_comment),
            "print": (_("write a summary as a PDF"), _add_print),
            "ask": (_("say which summaries a plan asks for"), _add_ask),
            "causes": (_("show or change the list of causes of a miss"), _add_causes),
        },
    )


# -- what is owed ----------------------------------------------------------------------------------


def _add_due(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--person", metavar="NAME", help=_("whose (otherwise of whoever works)"))
    _add_today(parser)
    parser.set_defaults(run=_due)


def _add_today(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--day", metavar="2026-11-30", type=shared.day, help=_("as of this day (otherwise today)")
    )


def _due(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        who = workspace.person_id
        if arguments.person:
            who = workspace.read(people.person_named, arguments.person).id
        assert who is not None
        found = workspace.read(summaries.due, who, arguments.day or date.today())
    return _told_owed(found, console)


def _add_missing(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_today(parser)
    parser.set_defaults(run=_missing)


def _missing(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        day = arguments.day or date.today()
        found = workspace.read(summaries.missing, workspace.person_id, day)
    return _told_owed(found, console)


def _told_owed(found: list[Owed], console: Console) -> int:
    if found:
        console.table(
            [_("Summary"), _("Period"), _("Whose"), _("Who writes it"), _("Number")],
            [
                [
                    _(summaries.REVIEWED[owed.kind]),
                    owed.label,
                    owed.name or _("Whole office"),
                    joined(owed.owners),
                    str(owed.review_id or ""),
                ]
                for owed in found
            ],
        )
    else:
        console.say(_("No summary is due."))
    console.result(
        [
            {
                "kind": owed.kind,
                **_range(owed.start, owed.end),
                **_whose(owed.who, owed.name),
                "owners": list(owed.owners),
                "plans": list(owed.plan_ids),
                "review": owed.review_id,
            }
            for owed in found
        ]
    )
    return 0


# -- reading ---------------------------------------------------------------------------------------


def _add_list(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--owner", metavar="NAME", help=_("only those of this person or team"))
    parser.set_defaults(run=_list)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        who = owner_named(workspace, arguments.owner) if arguments.owner else None
        found = workspace.read(summaries.reviews, who=who)
    console.table(
        [_("Number"), _("Summary"), _("Period"), _("Whose"), _("Status")],
        [
            [
                str(one.id),
                _(summaries.REVIEWED[one.kind]),
                one.label,
                one.name or _("Whole office"),
                _(summaries.STATUSES[one.status]),
            ]
            for one in found
        ],
    )
    console.result([_review_as_json(one) for one in found])
    return 0


def _add_one(run: Callable[[argparse.Namespace, Console], int]) -> Fill:
    """An action on one summary by its number."""

    def add(parser: argparse.ArgumentParser) -> None:
        _add_number(parser)
        parser.set_defaults(run=run)

    return add


def _add_number(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("review", metavar="ID", type=shared.count, help=_("the summary's number"))


def _show(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        whole = workspace.read(
            summaries.read, arguments.review, date.today(), actor_id=workspace.person_id
        )
    _say(whole, console)
    console.result(_as_json(whole))
    return 0


def _say(whole: Summary, console: Console) -> None:
    from salesdesk.reports import summary_document  # the layouts are wanted here alone

    found, wan = whole.review, whole.figures.in_wan
    console.say(f"{found.title} ({_(summaries.STATUSES[found.status])})")
    for action in whole.earlier:
        console.say(f"- {action.words} ({summary_document.outcome(action, found.end)})")
    console.table(
        [_("Measure"), _("Target"), _("Actual"), _("Attainment"), _("Difference"),
         _("Cause of the miss"), _("Reason")],
        [
            [
                one.line.with_unit(in_wan=wan),
                one.line.shown(one.line.target, in_wan=wan),
                one.line.shown(one.line.actual, in_wan=wan),
                format_percent(one.line.attainment),
                one.line.shown(one.line.difference, in_wan=wan),
                one.cause,
                one.remark.reason,
            ]
            for one in whole.lines
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip
    for warning in sorted({one.warning for one in whole.lines if one.warning}):
        console.say(warning)
    for name, value in summary_document.facts(whole):
        console.say(f"{name}: {value}")
    for lost in whole.figures.lost:
        console.say(
            _("Fell through: {customer}, {product}: {reason}").format(
                customer=lost.customer, product=lost.product, reason=lost.reason
            )
        )
    for name, title in summaries.WORDS.items():
        if getattr(found, name):
            console.say(f"{_(title)}: {getattr(found, name)}")
    for action in whole.actions:
        console.say(f"- {action.words} ({action.person}, {action.day.isoformat()})")
    if found.comment:
        console.say(_("{name}: {words}").format(name=found.seen_by, words=found.comment))


# -- writing ---------------------------------------------------------------------------------------


def _add_write(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    when = parser.add_mutually_exclusive_group(required=True)
    when.add_argument(
        "--period", metavar="PERIOD", type=shared.period,
        help=_("the week, month, quarter or year looked back on: 2026-10, 2026-11-W2"),
    )  # fmt: skip
    when.add_argument(
        "--stage", metavar="DAY", type=shared.day, nargs=2,
        help=_("the first and the last day of a stage"),
    )  # fmt: skip
    parser.add_argument(
        "--owner", metavar="NAME",
        help=_("whose: a person's or a team's, “-” for the office's (otherwise of whoever works)"),
    )  # fmt: skip
    parser.add_argument("--done", metavar="WORDS", help=_("what was done"))
    parser.add_argument("--problems", metavar="WORDS", help=_("what went badly"))
    parser.add_argument("--lessons", metavar="WORDS", help=_("what was learned"))
    parser.add_argument("--next", metavar="WORDS", help=_("what comes next"))
    parser.set_defaults(run=_write)


def _write(arguments: argparse.Namespace, console: Console) -> int:
    words = {
        name: UNSET if getattr(arguments, name) is None else getattr(arguments, name)
        for name in summaries.WORDS
    }
    with opened(arguments) as workspace:
        who = _owner(workspace, arguments.owner)
        with workspace.change(_("Write a summary")) as change:
            if arguments.stage:
                first, last = arguments.stage
                end = last + timedelta(days=1)
                review_id = summaries.begin(change, who, "stage", first, end)
            elif arguments.period.kind == "day":
                raise InputError(_("A day has no summary: name a week, month, quarter or year."))
            else:
                period = arguments.period
                review_id = summaries.begin(change, who, period.kind, period.start)
            version = summaries.review_by_id(change.connection, review_id).version
            summaries.write(change, review_id, seen_version=version, **words)
        return _told(workspace, review_id, console)


def _owner(workspace: Workspace, name: str | None) -> Who:
    if name is None:
        assert workspace.person_id is not None
        return person(workspace.person_id)
    return owner_named(workspace, None if name == "-" else name)


def _add_correct(parser: argparse.ArgumentParser) -> None:
    _add_number(parser)
    parser.add_argument("--words", metavar="WORDS", required=True, help=_("what is put right"))
    parser.add_argument("--person", metavar="NAME", help=_("who does it (otherwise whoever works)"))
    parser.add_argument(
        "--by", metavar="DAY", type=shared.day, required=True, help=_("until which day")
    )
    parser.set_defaults(run=_correct)


def _correct(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        who = workspace.person_id
        if arguments.person:
            who = workspace.read(people.person_named, arguments.person).id
        assert who is not None
        with workspace.change(_("Corrective action")) as change:
            task_id = corrective.add(
                change, arguments.review, words=arguments.words, person_id=who, day=arguments.by
            )
        return _told_task(workspace, task_id, console)


def _add_settle(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("task", metavar="ID", type=shared.count, help=_("the action's number"))
    deed = parser.add_mutually_exclusive_group(required=True)
    deed.add_argument("--done", action="store_true", help=_("it was done"))
    deed.add_argument("--move", metavar="DAY", type=shared.day, help=_("it is moved to this day"))
    deed.add_argument("--drop", metavar="REASON", help=_("it is given up, and why"))
    parser.set_defaults(run=_settle)


def _settle(arguments: argparse.Namespace, console: Console) -> int:
    ref = Ref(arguments.task)
    with opened(arguments) as workspace:
        with workspace.change(_("Corrective action")) as change:
            if arguments.done:
                tasks.mark_done(change, ref)
            elif arguments.move:
                tasks.move(change, ref, arguments.move)
            else:
                tasks.drop(change, ref, arguments.drop)
        return _told_task(workspace, arguments.task, console)


def _told_task(workspace: Workspace, task_id: int, console: Console) -> int:
    found = workspace.read(tasks.task_by_ref, Ref(task_id))
    console.say(
        _("Number {id}: {words}, {person}, {day}, {status}").format(
            id=task_id,
            words=found.words,
            person=found.owner,
            day=found.day.isoformat(),
            status=_(tasks.STATUSES[found.status]),
        )
    )
    console.result(
        {
            "task": task_id,
            "words": found.words,
            "person": found.owner,
            "day": found.day,
            "status": found.status,
            "reason": found.reason,
        }
    )
    return 0


def _hand_in(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Hand in a summary")) as change:
            summaries.hand_in(change, arguments.review)
        return _told(workspace, arguments.review, console)


def _take_back(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Take back a summary")) as change:
            summaries.take_back(change, arguments.review)
        return _told(workspace, arguments.review, console)


def _add_comment(parser: argparse.ArgumentParser) -> None:
    _add_number(parser)
    parser.add_argument(
        "--words", metavar="WORDS", default="",
        help=_("the comment (without one it is only marked as seen)"),
    )  # fmt: skip
    parser.set_defaults(run=_comment)


def _comment(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Comment on a summary")) as change:
            summaries.comment(change, arguments.review, arguments.words)
        return _told(workspace, arguments.review, console)


def _told(workspace: Workspace, review_id: int, console: Console) -> int:
    found = workspace.read(summaries.review_by_id, review_id)
    console.say(
        _("Number {id}: {title}, {status}").format(
            id=found.id, title=found.title, status=_(summaries.STATUSES[found.status])
        )
    )
    console.result(_review_as_json(found))
    return 0


def _add_print(parser: argparse.ArgumentParser) -> None:
    _add_number(parser)
    add_output(parser, ".pdf", metavar="FILE.pdf", help_text=_("the file to write"))
    parser.set_defaults(run=_print)


def _print(arguments: argparse.Namespace, console: Console) -> int:
    # The compiler of pages is a large library that the other actions can do without.
    from salesdesk.reports import documents, summary_document

    output = output_of(arguments)
    assert output is not None  # argparse requires it
    with opened(arguments) as workspace:
        found = workspace.read(
            summary_document.document,
            arguments.review,
            today=date.today(),
            actor_id=workspace.person_id,
        )
    files.write(output, documents.pdf("summary", found.data()))
    console.say(_("Wrote {path}.").format(path=output))
    console.result({"review": arguments.review, "file": output})
    return 0


# -- what plans ask for, and causes ----------------------------------------------------------------


def _add_ask(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))
    parser.add_argument(
        "kinds", metavar="KIND", nargs="*",
        help=_("week, month, quarter, year or stage; none: it asks for none any more"),
    )  # fmt: skip
    parser.set_defaults(run=_ask)


def _ask(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        stored = workspace.read(plans.plan_by_id, arguments.plan)
        with workspace.change(_("Summaries asked for")) as change:
            summaries.ask(change, stored.id, arguments.kinds, seen_version=stored.version)
        kinds = summaries.asked(workspace.read(plans.plan_by_id, stored.id))
    words = joined(_(summaries.REVIEWED[kind]) for kind in kinds)
    console.say(_("“{plan}” asks for: {kinds}").format(plan=stored.title, kinds=words or _("None")))
    console.result({"plan": stored.id, "reviewed": list(kinds)})
    return 0


def _add_causes(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    deed = parser.add_mutually_exclusive_group()
    deed.add_argument("--add", metavar="NAME", help=_("enter a further cause"))
    deed.add_argument("--edit", metavar="NAME", help=_("change a cause"))
    deed.add_argument("--retire", metavar="NAME", help=_("use a cause no longer"))
    deed.add_argument("--use", metavar="NAME", help=_("use a cause again"))
    parser.add_argument("--name", metavar="NAME", help=_("the new name, with --edit"))
    parser.add_argument(
        "--side", choices=sorted(causes.SIDES), help=_("whether it lies outside or inside")
    )
    parser.set_defaults(run=_causes, parser=parser)


def _causes(arguments: argparse.Namespace, console: Console) -> int:
    named = arguments.edit or arguments.retire or arguments.use
    if arguments.add and not arguments.side:
        arguments.parser.error(_("Say with --side whether it lies outside or inside."))
    with opened(arguments) as workspace:
        if arguments.add:
            with workspace.change(_("Causes")) as change:
                causes.add(change, arguments.add, arguments.side)
        elif named:
            with workspace.change(_("Causes")) as change:
                causes.begin(change)
                stored = causes.named(change.connection, named)
                active = True if arguments.use else False if arguments.retire else UNSET
                causes.edit(
                    change,
                    stored.id,
                    seen_version=stored.version,
                    name=UNSET if arguments.name is None else arguments.name,
                    side=UNSET if arguments.side is None else arguments.side,
                    active=active,
                )
        found = workspace.read(causes.causes, active_only=False)
    console.table(
        [_("Cause of the miss"), _("Lies"), _("State")],
        [
            [
                one.name,
                _(causes.SIDES[one.side]),
                _("in use") if one.active else _("not in use"),
            ]
            for one in found
        ],
    )
    console.result([{"name": one.name, "side": one.side, "in_use": one.active} for one in found])
    return 0


# -- as JSON ---------------------------------------------------------------------------------------


def _as_json(whole: Summary) -> dict[str, object]:
    return {
        **_review_as_json(whole.review),
        "figures": _figures_as_json(whole.figures),
        "lines": [_line_as_json(one) for one in whole.lines],
        "earlier_actions": [_action_as_json(one) for one in whole.earlier],
        "actions": [_action_as_json(one) for one in whole.actions],
    }


def _review_as_json(found: Review) -> dict[str, object]:
    return {
        "review": found.id,
        "kind": found.kind,
        **_range(found.start, found.end),
        **_whose(found.who, found.name),
        "status": found.status,
        **{name: getattr(found, name) for name in summaries.WORDS},
        "comment": found.comment,
        "seen_by": found.seen_by,
    }


def _range(start: date, end: date) -> dict[str, object]:
    return {"first_day": start, "last_day": end - timedelta(days=1)}


def _whose(who: Who, name: str) -> dict[str, object]:
    return {"level": who.level, "name": name}


def _figures_as_json(figures: Figures) -> dict[str, object]:
    return {
        "as_of": figures.as_of,
        "activities": dict(figures.activities),
        "new_customers": figures.new_customers,
        "regraded": [
            {"before": one.before, "after": one.after, "count": one.count}
            for one in figures.regraded
        ],
        "lost": [
            {
                "customer": one.customer,
                "product": one.product,
                "amount": to_decimal(one.amount, 2),
                "day": one.day,
                "reason": one.reason,
            }
            for one in figures.lost
        ],
    }


def _line_as_json(one: Explained) -> dict[str, object]:
    line = one.line

    def value(number: int | None) -> object:
        return None if number is None else to_decimal(number, line.digits)

    return {
        "measure": line.code,
        "name": line.name,
        "part": line.part,
        "unit": line.unit,
        "tier": line.tier,
        "target": value(line.target),
        "stretch": value(line.stretch),
        "actual": value(line.actual),
        "attainment": line.attainment,
        "difference": value(line.difference),
        "missed": line.missed,
        "plan": one.plan_id,
        "cause": one.cause,
        "side": one.side,
        "reason": one.remark.reason,
        "countermeasure": one.remark.countermeasure,
        "root_cause": one.remark.root_cause,
        "prevention": one.remark.prevention,
        "warning": one.warning,
    }


def _action_as_json(one: Action) -> dict[str, object]:
    return {
        "task": one.id,
        "words": one.words,
        "person": one.person,
        "day": one.day,
        "status": one.status,
        "reason": one.reason,
        "done_on": one.done_on,
    }


PARSERS: Parsers = {"reviews": _add_reviews}

"""Commands about what is to be done: tasks, and the timetable as a list, calendar file or PDF."""

from __future__ import annotations

import argparse
from datetime import date, datetime, timedelta

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import add_output, output_of
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.planning import tasks, timetable
from salesdesk.planning.places import OFFICE, Who, person
from salesdesk.planning.tasks import Task
from salesdesk.planning.timetable import Day
from salesdesk.storage import files
from salesdesk.storage.edits import UNSET
from salesdesk.text import _, joined, ngettext
from salesdesk.workspace import Workspace

# -- tasks -----------------------------------------------------------------------------------------


def _add_tasks(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_whose(parser)
    parser.add_argument(
        "--from", dest="first", metavar="DAY", type=shared.day,
        help=_("the first day (otherwise today)"),
    )  # fmt: skip
    parser.add_argument(
        "--to", dest="last", metavar="DAY", type=shared.day,
        help=_("the last day (otherwise four weeks on)"),
    )  # fmt: skip
    parser.add_argument(
        "--overdue", action="store_true", help=_("only what was to be done before the first day")
    )
    parser.set_defaults(run=_tasks)


def _add_whose(parser: argparse.ArgumentParser) -> None:
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument(
        "--person", metavar="NAME", help=_("a person's (otherwise of whoever works)")
    )
    whose.add_argument("--team", metavar="NAME", help=_("a team's, with its members'"))
    whose.add_argument("--office", dest="whole", action="store_true", help=_("everybody's"))


def _whose(workspace: Workspace, arguments: argparse.Namespace) -> Who:
    if arguments.whole:
        return OFFICE
    if arguments.team:
        return Who(workspace.read(people.team_named, arguments.team).id)
    if arguments.person:
        return person(workspace.read(people.person_named, arguments.person).id)
    return OFFICE if workspace.person_id is None else person(workspace.person_id)


def _tasks(arguments: argparse.Namespace, console: Console) -> int:
    first = arguments.first or date.today()
    last = arguments.last or first + timedelta(days=27)
    if last < first:
        raise InputError(_("The last day lies before the first."))
    with opened(arguments) as workspace:
        who = _whose(workspace, arguments)
        if arguments.overdue:
            found = workspace.read(tasks.overdue, first, who)
        else:
            found = workspace.read(tasks.tasks_between, first, last + timedelta(days=1), who)
    if found:
        console.table(
            [
                _("Number"),
                _("Date"),
                _("What is to be done"),
                _("Who does it"),
                _("State"),
                _("Plan"),
            ],
            [
                [
                    one.ref.text,
                    " ".join(filter(None, [one.day.isoformat(), one.begins])),
                    one.words,
                    one.owner,
                    _(tasks.STATUSES[one.status]),
                    one.plan_title,
                ]
                for one in found
            ],
        )
    else:
        console.say(_("Nothing is to be done in these days."))
    console.result([_as_json(one) for one in found])
    return 0


def _add_task(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "add": (_("enter something to do on a day"), _add_add),
            "arise": (
                _("say that what a rule waits for happens: its tasks get their days"),
                _add_arise,
            ),
            "edit": (_("change the words, the kind or the person of a task"), _add_edit),
            "done": (_("say that a task was done"), _add_done),
            "reopen": (_("say that a task isn't done, or isn't dropped, after all"), _add_reopen),
            "move": (_("put a task on another day"), _add_move),
            "drop": (_("give a task up, with a reason"), _add_drop),
            "delete": (_("delete a task that was entered by itself"), _add_delete),
        },
    )


def _add_ref(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "task", metavar="TASK", help=_("the task as tasks lists it: 12, or R7@2026-11-06")
    )


def _add_add(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("words", metavar="WORDS", help=_("what is to be done"))
    parser.add_argument(
        "--day", metavar="DAY", type=shared.day, required=True, help=_("on which day")
    )
    parser.add_argument(
        "--person", metavar="NAME",
        help=_("who does it, “-” for the office's (otherwise whoever works)"),
    )  # fmt: skip
    _add_kind(parser)
    _add_times(parser)
    parser.set_defaults(run=_add)


def _add_kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kind", choices=sorted(filter(None, tasks.KINDS)), help=_("what kind of task it is")
    )
    parser.add_argument(
        "--customer", metavar="ID", type=shared.count, help=_("the customer it is about")
    )


def _add_times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--begins", metavar="09:30", default="", help=_("when it begins"))
    parser.add_argument("--ends", metavar="10:30", default="", help=_("when it ends"))


def _doer(workspace: Workspace, name: str | None) -> int | None:
    if name is None:
        return workspace.person_id
    return None if name == "-" else workspace.read(people.person_named, name).id


def _add(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        who = _doer(workspace, arguments.person)
        with workspace.change(_("New task")) as change:
            task_id = tasks.add(
                change,
                words=arguments.words,
                person_id=who,
                day=arguments.day,
                kind=arguments.kind or "",
                customer_id=arguments.customer,
                begins=arguments.begins,
                ends=arguments.ends,
            )
        return _told(workspace, task_id, console)


def _add_edit(parser: argparse.ArgumentParser) -> None:
    _add_ref(parser)
    parser.add_argument("--words", metavar="WORDS", help=_("what is to be done"))
    parser.add_argument("--person", metavar="NAME", help=_("who does it, “-” for the office's"))
    _add_kind(parser)
    parser.set_defaults(run=_edit)


def _edit(arguments: argparse.Namespace, console: Console) -> int:
    ref = tasks.ref_of(arguments.task)
    if ref.id is None:
        raise InputError(
            _("The words of a plan's action stand in the plan: change them there (plan text).")
        )
    with opened(arguments) as workspace:
        stored = workspace.read(tasks.task_by_ref, ref)
        named = arguments.person is not None
        who = _doer(workspace, arguments.person) if named else UNSET
        with workspace.change(_("Edit task")) as change:
            tasks.edit(
                change,
                ref.id,
                seen_version=stored.version,
                words=UNSET if arguments.words is None else arguments.words,
                kind=UNSET if arguments.kind is None else arguments.kind,
                person_id=who,
                customer_id=UNSET if arguments.customer is None else arguments.customer,
            )
        return _told(workspace, ref.id, console)


def _add_arise(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "rule", metavar="RULE", type=shared.count,
        help=_("the rule's number, as plan items --json lists it"),
    )  # fmt: skip
    parser.add_argument(
        "--on", metavar="DAY", type=shared.day, help=_("the day it happens on (otherwise today)")
    )
    parser.add_argument(
        "--customer", metavar="ID", type=shared.count, help=_("the customer it is about")
    )
    parser.set_defaults(run=_arise)


def _arise(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("It happened")) as change:
            ids = tasks.arise(
                change, arguments.rule, arguments.on or date.today(),
                customer_id=arguments.customer, person_id=change.person_id,
            )  # fmt: skip
        found = [workspace.read(tasks.task_by_ref, tasks.Ref(task_id)) for task_id in ids]
    for one in found:
        console.say(
            _("Task {number}: {words}, {day}").format(
                number=one.ref.text, words=one.words, day=one.day.isoformat()
            )
        )
    console.result([_as_json(one) for one in found])
    return 0


def _add_done(parser: argparse.ArgumentParser) -> None:
    _add_ref(parser)
    parser.add_argument(
        "--on", metavar="DAY", type=shared.day, help=_("the day it was done (otherwise today)")
    )
    parser.set_defaults(run=_done)


def _done(arguments: argparse.Namespace, console: Console) -> int:
    ref = tasks.ref_of(arguments.task)
    with opened(arguments) as workspace:
        with workspace.change(_("Task done")) as change:
            task_id = tasks.mark_done(change, ref, on=arguments.on)
        return _told(workspace, task_id, console)


def _add_reopen(parser: argparse.ArgumentParser) -> None:
    _add_ref(parser)
    parser.set_defaults(run=_reopen)


def _reopen(arguments: argparse.Namespace, console: Console) -> int:
    ref = tasks.ref_of(arguments.task)
    with opened(arguments) as workspace:
        with workspace.change(_("Task open again")) as change:
            task_id = tasks.reopen(change, ref)
        return _told(workspace, task_id, console)


def _add_move(parser: argparse.ArgumentParser) -> None:
    _add_ref(parser)
    parser.add_argument(
        "--day", metavar="DAY", type=shared.day, required=True, help=_("to which day")
    )
    _add_times(parser)
    parser.set_defaults(run=_move)


def _move(arguments: argparse.Namespace, console: Console) -> int:
    ref = tasks.ref_of(arguments.task)
    with opened(arguments) as workspace:
        with workspace.change(_("Move task")) as change:
            task_id = tasks.move(
                change, ref, arguments.day, begins=arguments.begins, ends=arguments.ends
            )
        return _told(workspace, task_id, console)


def _add_drop(parser: argparse.ArgumentParser) -> None:
    _add_ref(parser)
    parser.add_argument("--reason", metavar="WORDS", required=True, help=_("why it is given up"))
    parser.set_defaults(run=_drop)


def _drop(arguments: argparse.Namespace, console: Console) -> int:
    ref = tasks.ref_of(arguments.task)
    with opened(arguments) as workspace:
        with workspace.change(_("Drop task")) as change:
            task_id = tasks.drop(change, ref, arguments.reason)
        return _told(workspace, task_id, console)


def _add_delete(parser: argparse.ArgumentParser) -> None:
    _add_ref(parser)
    parser.set_defaults(run=_delete)


def _delete(arguments: argparse.Namespace, console: Console) -> int:
    ref = tasks.ref_of(arguments.task)
    if ref.id is None:
        raise InputError(_("The day of a plan's action can't be deleted: drop it with a reason."))
    with opened(arguments) as workspace, workspace.change(_("Delete task")) as change:
        tasks.delete(change, ref.id)
    console.say(_("Task number {id} is deleted.").format(id=ref.id))
    console.result({"task": ref.id})
    return 0


def _told(workspace: Workspace, task_id: int, console: Console) -> int:
    found = workspace.read(tasks.task_by_ref, tasks.Ref(task_id))
    console.say(
        _("Number {id}: {words}, {day}, {status}").format(
            id=task_id,
            words=found.words,
            day=found.day.isoformat(),
            status=_(tasks.STATUSES[found.status]),
        )
    )
    console.result(_as_json(found))
    return 0


# -- the timetable ---------------------------------------------------------------------------------


def _add_timetable(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    span = parser.add_mutually_exclusive_group()
    span.add_argument(
        "--week", metavar="DAY", type=shared.day, help=_("the week that a day lies in (otherwise "
        "this week)"),
    )  # fmt: skip
    span.add_argument("--month", metavar="2026-11", type=shared.month, help=_("a whole month"))
    _add_whose(parser)
    parser.add_argument(
        "--without-contacts", action="store_true", help=_("leave out the customers to contact")
    )
    add_output(
        parser, ".ics", ".pdf", metavar="FILE.ics", required=False,
        help_text=_("write a calendar for the phone (.ics) or a sheet to print (.pdf)"),
    )  # fmt: skip
    parser.set_defaults(run=_timetable)


def _timetable(arguments: argparse.Namespace, console: Console) -> int:
    output = output_of(arguments)
    day = arguments.week or date.today()
    if arguments.month:
        start, end = arguments.month.start, arguments.month.end
    else:
        start, end = timetable.week_of(day)
    with opened(arguments) as workspace:
        who = _whose(workspace, arguments)
        found = workspace.read(
            timetable.read,
            start,
            end,
            who,
            actor_id=workspace.person_id,
            with_contacts=not arguments.without_contacts,
        )
        # The libraries of calendars and pages are wanted by one kind of file each.
        if output is not None and output.suffix.lower() == ".ics":
            from salesdesk.reports import calendar_file

            files.write(
                output, workspace.read(calendar_file.ics, found, now=datetime.now().astimezone())
            )
        elif output is not None:
            from salesdesk.reports import documents, timetable_sheet

            sheet = workspace.read(
                timetable_sheet.sheet, found, today=date.today(), month=arguments.month
            )
            files.write(output, documents.pdf("timetable", sheet))
    if output is not None:
        console.say(_("Wrote {path}.").format(path=output))
    else:
        console.say(
            _("{name}, {first} to {last}").format(
                name=found.name, first=start.isoformat(), last=(end - timedelta(days=1)).isoformat()
            )
        )
        for one in found.days:
            _say_day(one, console)
    console.result(
        {
            "name": found.name,
            "first_day": start,
            "last_day": end - timedelta(days=1),
            "file": output,
            "days": [_day_as_json(one) for one in found.days],
        }
    )
    return 0


def _say_day(day: Day, console: Console) -> None:
    notes = [day.name, *(_("{name} on leave").format(name=one.name) for one in day.away)]
    if not day.worked and not day.name:
        notes.append(_("not worked"))
    said = joined(filter(None, notes))
    head = f"{day.day.isoformat()} {day.weekday}"
    console.say(f"{head} ({said})" if said else head)
    for one in day.tasks:
        time = "–".join(filter(None, [one.begins, one.ends]))
        state = "" if one.status == "open" else f" [{_(tasks.STATUSES[one.status])}]"
        words = " ".join(filter(None, [one.ref.text, time, one.words]))
        console.say(f"  {words} ({one.owner}){state}")
    if day.contacts_due:
        words = ngettext(
            "{count} customer to contact", "{count} customers to contact", day.contacts_due
        )
        console.say("  " + words.format(count=day.contacts_due))


def _as_json(one: Task) -> dict[str, object]:
    return {
        "task": one.ref.text,
        "day": one.day,
        "begins": one.begins,
        "ends": one.ends,
        "words": one.words,
        "who": one.owner,
        "kind": one.kind,
        "status": one.status,
        "reason": one.reason,
        "done_on": one.done_on,
        "moved_from": one.occurrence if one.moved else None,
        "customer": one.customer_id,
        "plan": one.plan_id,
        "review": one.review_id,
    }


def _day_as_json(day: Day) -> dict[str, object]:
    return {
        "day": day.day,
        "worked": day.worked,
        "name": day.name,
        "on_leave": [one.name for one in day.away],
        "tasks": [_as_json(one) for one in day.tasks],
        "customers_to_contact": day.contacts_due,
        "customers": [one.name for one in day.contacts],
    }


PARSERS: Parsers = {
    "tasks": _add_tasks,
    "task": _add_task,
    "timetable": _add_timetable,
}

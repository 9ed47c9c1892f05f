"""Commands about customers: find and list them, who is due today, log what was done."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path

from salesdesk.calc.money import parse_number, to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.customer import GRADES, as_json, show_customers
from salesdesk.commands.files import add_output, output_of
from salesdesk.commands.meant import customer_meant
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.customers import activities, care, customers, kinds
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.planning import meters
from salesdesk.text import _, joined, ngettext
from salesdesk.workspace import Workspace


def _add_customers(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "find": (_("find customers by name, pinyin, initials, company or phone"), _add_find),
            "export": (_("write the list of customers to Excel"), _add_export),
            "import": (_("enter the customers of a workbook"), _add_import),
        },
    )


def _add_find(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("text", metavar="TEXT", help=_("a part of what is looked for"))
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=50, help=_("how many at most (50)")
    )
    parser.set_defaults(run=_find)


def _find(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        found = workspace.read(
            customers.find, arguments.text, seen_by=workspace.person_id, limit=arguments.limit
        )
    show_customers(console, found)
    return 0


def _add_export(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    add_output(parser, ".xlsx", metavar="FILE.xlsx", help_text=_("the file to write"))
    parser.add_argument("--owner", metavar="NAME", help=_("only this person's"))
    parser.add_argument("--grade", choices=("A", "B", "C"), help=_("only of this grade"))
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace, console: Console) -> int:
    # The writer of workbooks is a large library that finding and logging can do without.
    from salesdesk.workbooks import customer_list

    output = output_of(arguments)
    assert output is not None  # argparse requires it
    with opened(arguments) as workspace:
        owner = arguments.owner and workspace.read(people.person_named, arguments.owner)
        customer_filter = CustomerFilter(
            grade=arguments.grade, owner_id=owner.id if owner else None
        )
        count = customer_list.write(workspace, output, customer_filter, progress=console.progress)
    console.say(
        ngettext(
            "Wrote {count} customer to {path}.",
            "Wrote {count} customers to {path}.",
            count,
        ).format(count=count, path=output)
    )
    console.result({"file": output, "customers": count})
    return 0


def _add_import(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help=_("the workbook to read"))
    parser.add_argument(
        "--owner", metavar="NAME",
        help=_("who looks after those that name no owner (otherwise nobody)"),
    )  # fmt: skip
    parser.add_argument("--preview", action="store_true", help=_("only say what it would do"))
    parser.add_argument(
        "--even-if-known", action="store_true",
        help=_("enter those too who are perhaps known already"),
    )  # fmt: skip
    parser.set_defaults(run=_import)


def _import(arguments: argparse.Namespace, console: Console) -> int:
    from salesdesk.workbooks import customer_import

    entered = 0
    with opened(arguments) as workspace:
        owner = arguments.owner and workspace.read(people.person_named, arguments.owner)
        preview = customer_import.read(
            workspace, arguments.file, owner_id=owner.id if owner else None
        )
        if not arguments.preview and not preview.errors:
            entered = len(
                customer_import.take(workspace, preview, even_if_known=arguments.even_if_known)
            )
    for error in preview.errors:
        console.warn(
            _("{sheet}, cell {cell}: {cause}").format(
                sheet=error.sheet, cell=error.cell, cause=error.cause
            )
        )
    for alike in preview.alike:
        console.warn(
            _("Row {row}: {name} is perhaps known already: {customers}").format(
                row=alike.row, name=alike.name, customers=alike.with_whom
            )
        )
    if preview.unread:
        console.warn(_("Not read: {columns}").format(columns=joined(preview.unread)))
    console.say(
        ngettext(
            "{rows} customer in the sheet, {known} of them perhaps known; {entered} entered.",
            "{rows} customers in the sheet, {known} of them perhaps known; {entered} entered.",
            len(preview.new),
        ).format(rows=len(preview.new), known=len(preview.alike), entered=entered)
    )
    console.result(
        {
            "rows": len(preview.new),
            "entered": entered,
            "known": [
                {"row": alike.row, "name": alike.name, "like": alike.with_whom}
                for alike in preview.alike
            ],
            "unread": list(preview.unread),
            "errors": [
                {"sheet": error.sheet, "cell": error.cell, "cause": error.cause}
                for error in preview.errors
            ],
        }
    )
    left_out = bool(preview.alike) and not arguments.even_if_known
    return 1 if preview.errors or left_out else 0


# -- the day ---------------------------------------------------------------------------------------


def _add_today(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--person", metavar="NAME", help=_("whose day (otherwise the whole office's)")
    )
    parser.add_argument(
        "--date", metavar="2026-11-23", type=shared.day, help=_("another day than today")
    )
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=500,
        help=_("how many customers at most (500)"),
    )  # fmt: skip
    parser.set_defaults(run=_today)


def _today(arguments: argparse.Namespace, console: Console) -> int:
    day: date = arguments.date or date.today()
    with opened(arguments) as workspace:
        whose = workspace.read(people.person_named, arguments.person) if arguments.person else None
        person_id = None if whose is None else whose.id
        if person_id is None:
            quotas = workspace.read(meters.office_month, day)
        else:
            quotas = workspace.read(meters.quotas, person_id, day)
        due = workspace.read(
            care.due_list,
            person_id,
            day,
            covers=workspace.read(people.covers, day),
            seen_by=workspace.person_id,
            limit=arguments.limit,
        )
        name = "" if whose is None else whose.name
    console.say(f"{name or _('Whole office')} · {day.isoformat()}")
    for meter in quotas:
        console.say(
            _("{measure}: {actual} of {target} ({period})").format(
                measure=meter.measure.name,
                actual=meter.measure.format(meter.actual),
                target=meter.measure.format(meter.target),
                period=meter.period.label_short,
            )
        )
    console.table(
        [_("Days overdue"), _("Grade"), _("No."), _("Name"), _("Company"), _("Phones"),
         _("Owner"), _("Last words")],
        [
            [str(one.overdue_days), one.customer.grade, str(one.customer.id), one.customer.name,
             one.customer.company, one.customer.phones,
             one.covering_for or one.customer.owner_name, one.customer.last_words[:40]]
            for one in due
        ],
        right=(0, 2),
    )  # fmt: skip
    console.result({"date": day, "person": name, "quotas": [_meter(meter) for meter in quotas],
                    "due": [_due(one) for one in due]})  # fmt: skip
    return 0


def _meter(one: meters.Meter) -> dict[str, object]:
    return {
        "measure": one.measure.code,
        "name": one.measure.name,
        "unit": one.measure.unit,
        "period": one.period.key,
        "target": to_decimal(one.target, one.measure.digits),
        "tier": one.counted.tier,
        "stretch": None if one.stretch is None else to_decimal(one.stretch, one.measure.digits),
        "plans": list(one.plans),
        "actual": to_decimal(one.actual, one.measure.digits),
        "status": one.status,
    }


def _due(one: care.Due) -> dict[str, object]:
    return {
        **as_json(one.customer),
        "due_on": one.due_on,
        "overdue_days": one.overdue_days,
        "covering_for": one.covering_for,
    }


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


# -- logging ---------------------------------------------------------------------------------------


def _add_log(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--customer", metavar="NAME|ID", required=True, help=_("the customer's name or number")
    )
    parser.add_argument("--kind", choices=list(kinds.KINDS), required=True, help=_("what was done"))
    parser.add_argument("--words", metavar="TEXT", default="", help=_("what was said"))
    parser.add_argument(
        "--person",
        metavar="NAME",
        help=_("who did it (otherwise who works by --as, or the customer's owner)"),
    )
    parser.add_argument(
        "--at", metavar="TIME", type=_moment,
        help=_("when, as 2026-11-23 or “2026-11-23 14:30” (otherwise now)"),
    )  # fmt: skip
    parser.add_argument(
        "--next", metavar="DAY", type=shared.day,
        help=_("the day agreed for the next contact (otherwise by the customer's grade)"),
    )  # fmt: skip
    parser.add_argument(
        "--answered", choices=("yes", "no"), default="yes",
        help=_("whether anybody answered; a call in vain is no contact"),
    )  # fmt: skip
    parser.add_argument("--grade", choices=list(GRADES), help=_("the customer's grade from now on"))
    parser.add_argument(
        "--cost", metavar="YUAN", type=_cents, default=0, help=_("what it cost, in yuan")
    )
    parser.set_defaults(run=_log)


def _log(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        customer = customer_meant(workspace, arguments.customer)
        person_id, name = _doer(workspace, arguments, customer)
        with workspace.change("") as change:
            if arguments.grade is not None and GRADES[arguments.grade] != customer.grade:
                customers.set_grade(change, [customer.id], GRADES[arguments.grade])
            activity_id = activities.log(
                change,
                person_id=person_id,
                kind=arguments.kind,
                customer_id=customer.id,
                at=arguments.at,
                words=arguments.words,
                answered=arguments.answered == "yes",
                next_contact_on=arguments.next,
                cost=arguments.cost,
            )
        after = workspace.read(customers.customer_by_id, customer.id)
    console.say(
        _("{kind} with {customer} by {person}; next contact {day}.").format(
            kind=kinds.kind_name(arguments.kind),
            customer=after.name,
            person=name,
            day=_day(after.next_contact_on) or "-",
        )
    )
    console.result(
        {
            "id": activity_id,
            "customer": after.id,
            "person": name,
            "kind": arguments.kind,
            "answered": arguments.answered == "yes",
            "grade": after.grade,
            "next_contact_on": after.next_contact_on,
        }
    )
    return 0


def _doer(
    workspace: Workspace, arguments: argparse.Namespace, with_whom: Customer
) -> tuple[int, str]:
    """Who did it: who is named, else who is said to work (--as), else the customer's owner."""
    if arguments.person:
        doer = workspace.read(people.person_named, arguments.person)
        return doer.id, doer.name
    if with_whom.owner_id is not None and not arguments.acting:
        return with_whom.owner_id, with_whom.owner_name
    assert workspace.person_id is not None
    return workspace.person_id, workspace.person_name


def _cents(words: str) -> int:
    """An amount in yuan as cents. Raises ArgumentTypeError."""
    try:
        return parse_number(words, 2)
    except InputError as error:
        raise argparse.ArgumentTypeError(error.message) from error


def _moment(words: str) -> datetime:
    """A day or a minute. Raises ArgumentTypeError."""
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(words.strip(), form)
        except ValueError:
            continue
    day = shared.day(words)
    return datetime(day.year, day.month, day.day, 12)


PARSERS: Parsers = {"customers": _add_customers, "today": _add_today, "log": _add_log}

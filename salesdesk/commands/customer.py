"""The command customer: enter one, change what is known, list them, show one with its contacts."""

from __future__ import annotations

import argparse

from salesdesk.calc.money import to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.meant import customer_meant
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.customers import activities, customers
from salesdesk.customers.activities import Activity
from salesdesk.customers.customers import STATES, Customer, CustomerFilter
from salesdesk.customers.kinds import kind_name
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.storage.edits import UNSET, Unset
from salesdesk.text import _, joined
from salesdesk.workspace import Workspace

#: Grades as they are written on the line; none is a grade too.
GRADES = {"A": "A", "B": "B", "C": "C", "none": ""}
#: Texts of a customer that the line can give, with what each is.
_TEXTS = ("company", "phones", "region", "source", "needs", "note")


def add_customer(parser: argparse.ArgumentParser) -> None:
    """The actions of the command."""
    actions(
        parser,
        {
            "add": (_("enter a customer"), _add_arguments),
            "edit": (_("change what is known of a customer"), _edit_arguments),
            "list": (_("list customers, the newest first"), _list_arguments),
            "show": (_("show a customer and what was done with them"), _show_arguments),
        },
    )


# -- entering and changing -------------------------------------------------------------------------


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("name", metavar="NAME", help=_("what the customer is called"))
    _add_details(parser)
    parser.add_argument(
        "--registered", metavar="DAY", type=shared.day,
        help=_("when the customer came (otherwise today)"),
    )  # fmt: skip
    parser.add_argument(
        "--even-if-known", action="store_true",
        help=_("enter the customer though somebody like this is known already"),
    )  # fmt: skip
    parser.set_defaults(run=_add)


def _add(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        if not arguments.even_if_known:
            _refuse_known(workspace, arguments)
        owner_id = _owner_id(workspace, arguments)
        with workspace.change("") as change:
            customer_id = customers.add(
                change,
                name=arguments.name,
                company=arguments.company or "",
                phones=arguments.phones or "",
                region=arguments.region or "",
                source=arguments.source or "",
                grade=GRADES[arguments.grade or "none"],
                state=arguments.state or "potential",
                # Who enters a customer looks after them unless somebody else is named.
                owner_id=workspace.person_id if owner_id is UNSET else owner_id,
                needs=arguments.needs or "",
                note=arguments.note or "",
                registered_on=arguments.registered,
            )
        return _told(workspace, console, customer_id)


def _refuse_known(workspace: Workspace, arguments: argparse.Namespace) -> None:
    known = workspace.read(
        customers.duplicates, arguments.name, arguments.company or "", arguments.phones or ""
    )
    if known:
        raise InputError(
            _(
                "This customer is perhaps known already: {customers}. Give --even-if-known if it "
                "is somebody else."
            ).format(customers=joined(_brief(listed) for listed in known[:3]))
        )


def _edit_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("customer", metavar="NAME|ID", help=_("the customer's name or number"))
    parser.add_argument(
        "--rename", metavar="NAME", help=_("what the customer is called from now on")
    )
    owner = _add_details(parser)
    owner.add_argument("--no-owner", action="store_true", help=_("nobody looks after them"))
    parser.set_defaults(run=_edit)


def _edit(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        stored = customer_meant(workspace, arguments.customer)
        with workspace.change("") as change:
            customers.edit(
                change,
                stored.id,
                seen_version=stored.version,
                name=_given(arguments.rename),
                company=_given(arguments.company),
                phones=_given(arguments.phones),
                region=_given(arguments.region),
                source=_given(arguments.source),
                grade=UNSET if arguments.grade is None else GRADES[arguments.grade],
                state=_given(arguments.state),
                owner_id=_owner_id(workspace, arguments),
                needs=_given(arguments.needs),
                note=_given(arguments.note),
            )
        return _told(workspace, console, stored.id)


def _add_details(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    words = {
        "company": _("the company"),
        "phones": _("phone numbers, several separated by ;"),
        "region": _("the region"),
        "source": _("how the customer came"),
        "needs": _("what the customer wants"),
        "note": _("what else is known"),
    }
    for name in _TEXTS:
        parser.add_argument(f"--{name}", metavar="TEXT", help=words[name])
    parser.add_argument("--grade", choices=list(GRADES), help=_("how often to contact them"))
    parser.add_argument("--state", choices=list(STATES), help=_("how far the customer is"))
    owner = parser.add_mutually_exclusive_group()
    owner.add_argument("--owner", metavar="NAME", help=_("who looks after the customer"))
    return owner


def _owner_id(workspace: Workspace, arguments: argparse.Namespace) -> int | Unset | None:
    if arguments.owner:
        return workspace.read(people.person_named, arguments.owner).id
    return None if getattr(arguments, "no_owner", False) else UNSET


def _given(text: str | None) -> str | Unset:
    return UNSET if text is None else text


def _told(workspace: Workspace, console: Console, customer_id: int) -> int:
    stored = workspace.read(customers.customer_by_id, customer_id)
    console.say(
        _("{customer}; next contact {day}.").format(
            customer=_brief(stored), day=stored.next_contact_on or "-"
        )
    )
    console.result(as_json(stored))
    return 0


# -- looking ---------------------------------------------------------------------------------------


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--owner", metavar="NAME", help=_("only this person's"))
    parser.add_argument("--grade", choices=list(GRADES), help=_("only of this grade"))
    parser.add_argument("--state", choices=list(STATES), help=_("only in this state"))
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=50, help=_("how many at most (50)")
    )
    parser.set_defaults(run=_list)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        owner_id = _owner_id(workspace, arguments)
        listed = workspace.read(
            customers.page,
            CustomerFilter(
                owner_id=None if owner_id is UNSET else owner_id,
                grade=None if arguments.grade is None else GRADES[arguments.grade],
                state=arguments.state,
                seen_by=workspace.person_id,
            ),
            descending=True,
            limit=arguments.limit,
        )
    show_customers(console, listed)
    return 0


def show_customers(console: Console, listed: list[Customer]) -> None:
    """Customers as a table and as JSON."""
    console.table(
        [_("No."), _("Name"), _("Company"), _("Phones"), _("Grade"), _("State"), _("Owner"),
         _("Next contact")],
        [
            [str(row.id), row.name, row.company, row.phones, row.grade, _(STATES[row.state]),
             row.owner_name, "" if row.next_contact_on is None else row.next_contact_on.isoformat()]
            for row in listed
        ],
        right=(0,),
    )  # fmt: skip
    console.result([as_json(row) for row in listed])


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("customer", metavar="NAME|ID", help=_("the customer's name or number"))
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=20,
        help=_("how many contacts at most (20)"),
    )  # fmt: skip
    parser.set_defaults(run=_show)


def _show(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        shown = customer_meant(workspace, arguments.customer)
        done = workspace.read(activities.timeline, shown.id, limit=arguments.limit)
    console.say(_brief(shown))
    console.table(
        [_("Time"), _("Kind"), _("Answered"), _("Person"), _("Words"), _("Next contact")],
        [
            [f"{row.at:%Y-%m-%d %H:%M}", kind_name(row.kind), _("yes") if row.answered else _("no"),
             row.person_name, row.words[:60],
             "" if row.next_contact_on is None else row.next_contact_on.isoformat()]
            for row in done
        ],
    )  # fmt: skip
    console.result({**as_json(shown), "activities": [_activity(row) for row in done]})
    return 0


def _activity(row: Activity) -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind,
        "at": row.at,
        "person": row.person_name,
        "answered": row.answered,
        "repeated": row.repeated,
        "words": row.words,
        "next_contact_on": row.next_contact_on,
        "cost": to_decimal(row.cost, 2),
    }


def as_json(row: Customer) -> dict[str, object]:
    """A customer for programs."""
    return {
        "id": row.id,
        "name": row.name,
        "company": row.company,
        "phones": row.phones,
        "region": row.region,
        "source": row.source,
        "grade": row.grade,
        "state": row.state,
        "owner": row.owner_name,
        "needs": row.needs,
        "note": row.note,
        "registered_on": row.registered_on,
        "last_contact_on": row.last_contact_on,
        "last_words": row.last_words,
        "next_contact_on": row.next_contact_on,
    }


def _brief(row: Customer) -> str:
    """Number, name and company."""
    return f"{row.id} {' '.join(part for part in (row.name, row.company) if part)}"


PARSERS: Parsers = {"customer": add_customer}

"""Commands about who works here: person, team, pin."""

from __future__ import annotations

import argparse
import os
from datetime import date

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import asked_password, opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.errors import InputError
from salesdesk.office import people, pins
from salesdesk.office.people import Person, Team
from salesdesk.office.rights import ROLES
from salesdesk.storage.edits import UNSET, Unset
from salesdesk.text import _
from salesdesk.workspace import Workspace

#: The environment variable a new PIN can be given in.
NEW_PIN_VARIABLE = "SALESDESK_NEW_PIN"


# -- people ----------------------------------------------------------------------------------------


def _add_person(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "list": (_("list the people of the office"), _person_list_arguments),
            "add": (_("enter a person"), _person_add_arguments),
            "edit": (_("change what is known of a person"), _person_edit_arguments),
        },
    )


def _person_list_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--all", action="store_true", help=_("those who left too"))
    parser.set_defaults(run=_person_list)


def _person_list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        everyone = workspace.read(people.people, active_only=not arguments.all)
    console.table(
        [_("No."), _("Name"), _("Role"), _("Team"), _("Phone"), _("Since"), _("Left on")],
        [
            [
                str(worker.id),
                worker.name,
                _(ROLES[worker.role]),
                worker.team_name,
                worker.phone,
                _day(worker.joined_on),
                _day(worker.left_on),
            ]
            for worker in everyone
        ],
        right=(0,),
    )
    console.result([_person_as_json(worker) for worker in everyone])
    return 0


def _person_add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("name", metavar="NAME", help=_("what the person is called"))
    _add_details(parser)
    parser.set_defaults(run=_person_add)


def _person_add(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        team_id = _team_id(workspace, arguments)
        with workspace.change("") as change:
            person_id = people.add_person(
                change,
                arguments.name,
                role=arguments.role or "salesperson",
                team_id=None if team_id is UNSET else team_id,
                phone=arguments.phone or "",
                joined_on=arguments.joined,
            )
        return _told_person(workspace, console, person_id)


def _person_edit_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("name", metavar="NAME", help=_("who"))
    parser.add_argument("--rename", metavar="NAME", help=_("what the person is called from now on"))
    team = _add_details(parser)
    team.add_argument("--no-team", action="store_true", help=_("the person is in no team"))
    parser.add_argument(
        "--team-since", metavar="DAY", type=shared.day,
        help=_("from when the new team counts (otherwise from today)"),
    )  # fmt: skip
    leaving = parser.add_mutually_exclusive_group()
    leaving.add_argument(
        "--left", metavar="DAY", type=shared.day,
        help=_("the first day the person no longer works here"),
    )  # fmt: skip
    leaving.add_argument("--back", action="store_true", help=_("the person works here again"))
    parser.set_defaults(run=_person_edit)


def _person_edit(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        worker = workspace.read(people.person_named, arguments.name)
        left_on: date | Unset | None = arguments.left or UNSET
        active: bool | Unset = UNSET
        if arguments.back:
            left_on, active = None, True
        with workspace.change("") as change:
            people.edit_person(
                change,
                worker.id,
                seen_version=worker.version,
                team_since=arguments.team_since,
                name=_given(arguments.rename),
                role=_given(arguments.role),
                team_id=_team_id(workspace, arguments),
                phone=_given(arguments.phone),
                joined_on=arguments.joined or UNSET,
                left_on=left_on,
                active=active,
            )
        return _told_person(workspace, console, worker.id)


def _add_details(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    parser.add_argument("--role", choices=list(ROLES), help=_("what the person may do"))
    parser.add_argument("--phone", metavar="NUMBER", help=_("the phone number"))
    parser.add_argument("--joined", metavar="DAY", type=shared.day, help=_("the first day here"))
    team = parser.add_mutually_exclusive_group()
    team.add_argument("--team", metavar="NAME", help=_("the person's team"))
    return team


def _team_id(workspace: Workspace, arguments: argparse.Namespace) -> int | Unset | None:
    if arguments.team:
        return workspace.read(people.team_named, arguments.team).id
    return None if getattr(arguments, "no_team", False) else UNSET


def _told_person(workspace: Workspace, console: Console, person_id: int) -> int:
    worker = workspace.read(people.person_by_id, person_id)
    parts = [worker.name, _(ROLES[worker.role]), worker.team_name]
    console.say(" · ".join(part for part in parts if part))
    console.result(_person_as_json(worker))
    return 0


def _person_as_json(worker: Person) -> dict[str, object]:
    return {
        "id": worker.id,
        "name": worker.name,
        "role": worker.role,
        "team": worker.team_name,
        "phone": worker.phone,
        "joined_on": worker.joined_on,
        "left_on": worker.left_on,
        "active": worker.active,
    }


# -- teams -----------------------------------------------------------------------------------------


def _add_team(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "list": (_("list the teams"), _team_list_arguments),
            "add": (_("enter a team"), _team_add_arguments),
            "edit": (_("rename, move or dissolve a team"), _team_edit_arguments),
        },
    )


def _team_list_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--all", action="store_true", help=_("those dissolved too"))
    parser.set_defaults(run=_team_list)


def _team_list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        teams = workspace.read(people.teams, active_only=not arguments.all)
    console.table(
        [_("No."), _("Team"), _("State")],
        [
            [str(team.id), team.name, _("In use") if team.active else _("Dissolved")]
            for team in teams
        ],
        right=(0,),
    )
    console.result([_team_as_json(team) for team in teams])
    return 0


def _team_add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("name", metavar="NAME", help=_("what the team is called"))
    parser.set_defaults(run=_team_add)


def _team_add(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change("") as change:
            team_id = people.add_team(change, arguments.name)
        return _told_team(workspace, console, team_id)


def _team_edit_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("name", metavar="NAME", help=_("which team"))
    parser.add_argument("--rename", metavar="NAME", help=_("what the team is called from now on"))
    parser.add_argument(
        "--order", metavar="N", type=shared.count, help=_("its place among the teams")
    )
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--dissolve", action="store_true", help=_("the team is no more"))
    state.add_argument("--restore", action="store_true", help=_("the team is in use again"))
    parser.set_defaults(run=_team_edit)


def _team_edit(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        team = workspace.read(people.team_named, arguments.name)
        active: bool | Unset = UNSET
        if arguments.dissolve or arguments.restore:
            active = bool(arguments.restore)
        with workspace.change("") as change:
            people.edit_team(
                change,
                team.id,
                seen_version=team.version,
                name=_given(arguments.rename),
                position=UNSET if arguments.order is None else arguments.order,
                active=active,
            )
        return _told_team(workspace, console, team.id)


def _told_team(workspace: Workspace, console: Console, team_id: int) -> int:
    team = workspace.read(people.team_by_id, team_id)
    console.say(team.name if team.active else _("{team} (dissolved)").format(team=team.name))
    console.result(_team_as_json(team))
    return 0


def _team_as_json(team: Team) -> dict[str, object]:
    return {"id": team.id, "name": team.name, "position": team.position, "active": team.active}


# -- PINs ------------------------------------------------------------------------------------------


def _add_pin(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "set": (_("set the PIN of who works (--as)"), _pin_set_arguments),
            "clear": (_("clear one's own PIN, or another's by right"), _pin_clear_arguments),
        },
    )
    parser.epilog = _(
        "A PIN keeps colleagues from working under another's name by mistake. Who owns the file "
        "can get around it: real protection is the office's password."
    )


def _pin_set_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_pin_set)


def _pin_set(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        assert workspace.person_id is not None
        with workspace.change("") as change:
            pins.set_pin(change, workspace.person_id, _new_pin(), present=arguments.pin)
        name = workspace.person_name
    console.say(_("{name} has a PIN now.").format(name=name))
    console.result({"person": name, "pin": True})
    return 0


def _new_pin() -> str:
    """A PIN from the environment, else typed twice. Raises InputError."""
    given = os.environ.get(NEW_PIN_VARIABLE)
    if given:
        return given
    first = asked_password(_("New PIN: "))
    if first is None:
        raise InputError(_("Give the new PIN in {variable}.").format(variable=NEW_PIN_VARIABLE))
    if asked_password(_("The same again: ")) != first:
        raise InputError(_("The two PINs differ; nothing was changed."))
    return first


def _pin_clear_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--person", metavar="NAME", help=_("whose PIN (otherwise one's own)"))
    parser.set_defaults(run=_pin_clear)


def _pin_clear(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        assert workspace.person_id is not None
        person_id, name = workspace.person_id, workspace.person_name
        if arguments.person:
            worker = workspace.read(people.person_named, arguments.person)
            person_id, name = worker.id, worker.name
        with workspace.change("") as change:
            pins.clear_pin(change, person_id, present=arguments.pin)
    console.say(_("{name} has no PIN any more.").format(name=name))
    console.result({"person": name, "pin": False})
    return 0


def _given(text: str | None) -> str | Unset:
    return UNSET if text is None else text


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


PARSERS: Parsers = {"person": _add_person, "team": _add_team, "pin": _add_pin}

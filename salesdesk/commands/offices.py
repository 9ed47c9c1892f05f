"""Commands about the office file itself: new, check, backup, restore."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import asked_password, given_password, need_right, opened
from salesdesk.commands.usage import Parsers
from salesdesk.errors import InputError, WrongPasswordError
from salesdesk.office import founding, settings
from salesdesk.storage.places import warning_about
from salesdesk.text import _
from salesdesk.workspace import Workspace, restore


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("office", metavar="OFFICE", type=Path, help=_("the file to make"))
    parser.add_argument(
        "--kind", choices=sorted(founding.KINDS), default="property",
        help=_("what the office sells; sets its measures, calendar and grades"),
    )  # fmt: skip
    parser.add_argument("--name", help=_("the office's name (otherwise the file's)"))
    parser.add_argument(
        "--person", metavar="NAME", help=_("who founds it and is its first sales manager")
    )
    parser.add_argument("--demo", action="store_true", help=_("fill it with invented people"))
    parser.add_argument(
        "--scale", metavar="N", type=shared.count,
        help=_("with --demo: so many times the customers, activities and deals"),
    )  # fmt: skip
    parser.add_argument(
        "--encrypt", action="store_true",
        help=_("protect it by a password, asked for twice unless it is given; a password that is "
               "lost can't be recovered"),
    )  # fmt: skip
    parser.set_defaults(run=_new, parser=parser)


def _new(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.scale and not arguments.demo:
        arguments.parser.error(_("--scale goes with --demo."))
    if arguments.demo and arguments.person:
        arguments.parser.error(_("--person doesn't go with --demo, whose people are invented."))
    password = given_password(arguments)
    if arguments.encrypt and password is None:
        password = _new_password()
    with _made(arguments, password, console) as workspace:
        stored = workspace.read(settings.read)
    warning = warning_about(arguments.office)
    if warning is not None:
        console.warn(warning)
    if password:
        console.say(_("Made {path}, protected by the password.").format(path=arguments.office))
    else:
        console.say(_("Made {path}.").format(path=arguments.office))
    console.result(
        {
            "office": arguments.office,
            "name": stored.office_name,
            "kind": stored.kind,
            "encrypted": bool(password),
        }
    )
    return 0


def _made(arguments: argparse.Namespace, password: str | None, console: Console) -> Workspace:
    if arguments.demo:
        # The demo's texts and tables are of no use to any other command.
        from salesdesk import demo

        return demo.make(
            arguments.office,
            kind=arguments.kind,
            name=arguments.name,
            scale=arguments.scale or 1,
            password=password,
            progress=console.progress,
        )
    return founding.new_office(
        arguments.office,
        name=arguments.name or arguments.office.stem,
        kind=arguments.kind,
        founder=arguments.person or _login(),
        password=password,
    )


def _new_password() -> str:
    """A password typed twice. Raises WrongPasswordError when there is none, InputError."""
    first = asked_password(_("New password: "))
    if first is None:
        raise WrongPasswordError(
            _("Give the password in SALESDESK_PASSWORD or with --password-file.")
        )
    if asked_password(_("The same again: ")) != first:
        raise InputError(_("The two passwords differ; nothing was made."))
    return first


def _login() -> str:
    """What the person at this machine is called, as far as the machine knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return _("Sales manager")


def _add_check(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace, console: Console) -> int:
    from salesdesk import check

    with opened(arguments) as workspace:
        problems = check.check(workspace)
    for sentence in problems:
        console.say(sentence)
    if not problems:
        console.say(_("{path} is sound.").format(path=arguments.office))
    console.result({"sound": not problems, "problems": problems})
    return 1 if problems else 0


def _add_backup(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--to", metavar="FOLDER", type=Path,
        help=_("where to (otherwise a folder beside the office)"),
    )  # fmt: skip
    parser.add_argument(
        "--keep", action="store_true", help=_("never rotate this copy away"),
    )  # fmt: skip
    parser.set_defaults(run=_backup)


def _backup(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        need_right(workspace, "backups.make")
        copy = workspace.back_up(arguments.to, by_hand=arguments.keep)
    console.say(_("Backed up to {path}.").format(path=copy))
    console.result({"backup": copy})
    return 0


def _add_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", metavar="BACKUP", type=Path, help=_("the backup"))
    parser.add_argument(
        "--to", metavar="OFFICE", type=Path, required=True, help=_("the office file to be")
    )
    parser.add_argument(
        "--force", action="store_true",
        help=_("replace an office that stands there; it is kept beside it under another name"),
    )  # fmt: skip
    parser.set_defaults(run=_restore)


def _restore(arguments: argparse.Namespace, console: Console) -> int:
    password = given_password(arguments)
    try:
        replaced = restore(arguments.backup, arguments.to, password, force=arguments.force)
    except WrongPasswordError:
        question = _("Password of {name}: ").format(name=arguments.backup.name)
        typed = None if password else asked_password(question)
        if typed is None:
            raise
        replaced = restore(arguments.backup, arguments.to, typed, force=arguments.force)
    console.say(_("Restored {path}.").format(path=arguments.to))
    if replaced is not None:
        console.say(_("The office that stood there is now {path}.").format(path=replaced))
    console.result({"office": arguments.to, "replaced": replaced})
    return 0


PARSERS: Parsers = {
    "new": _add_new,
    "check": _add_check,
    "backup": _add_backup,
    "restore": _add_restore,
}

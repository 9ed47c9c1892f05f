"""Commands about the office file itself: new, check, backup, restore."""

from __future__ import annotations

import argparse
import getpass
import os
from pathlib import Path

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import (
    asked_password,
    given_password,
    need_right,
    opened,
    password_in,
)
from salesdesk.commands.usage import Parsers
from salesdesk.errors import InputError, WrongPasswordError
from salesdesk.office import founding, protection, settings
from salesdesk.storage.places import warning_about
from salesdesk.text import _, quoted
from salesdesk.workspace import Workspace, restore

#: Bytes of an office that takes longer to read than anybody waits without a word.
LARGE = 50_000_000


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


def _new_password(how: str = "") -> str:
    """A password typed twice. Raises WrongPasswordError when there is none, InputError.

    ``how`` says where else it could have been given.
    """
    first = asked_password(_("New password: "))
    if first is None:
        raise WrongPasswordError(
            how or _("Give the password in SALESDESK_PASSWORD or with --password-file.")
        )
    if asked_password(_("The same again: ")) != first:
        raise InputError(_("The two passwords differ; nothing was done."))
    return first


def _login() -> str:
    """What the person at this machine is called, as far as the machine knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return _("Sales manager")


def _told_of_size(office: Path, console: Console) -> bool:
    """Say of an office so large that reading all of it takes long that it does; whether it is."""
    large = office.stat().st_size > LARGE
    if large:
        console.warn(
            _("{name} is large: this may take some minutes.").format(name=quoted(office.name))
        )
    return large


def _add_check(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--repair", action="store_true",
        help=_("first make anew what only repeats the rows: search index and day counts"),
    )  # fmt: skip
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace, console: Console) -> int:
    from salesdesk import check

    with opened(arguments) as workspace:
        if arguments.repair:
            check.repair(workspace)
        large = _told_of_size(arguments.office, console)
        problems = check.check(workspace, progress=console.progress if large else check.untold)
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
        _told_of_size(arguments.office, console)
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
    parser.add_argument(
        "--damaged", action="store_true",
        help=_("take a backup that is damaged, where there is no better one"),
    )  # fmt: skip
    parser.set_defaults(run=_restore)


def _restore(arguments: argparse.Namespace, console: Console) -> int:
    password = given_password(arguments)
    force, damaged = arguments.force, arguments.damaged

    def restored(key: str | None) -> Path | None:
        return restore(arguments.backup, arguments.to, key, force=force, damaged_too=damaged)

    try:
        replaced = restored(password)
    except WrongPasswordError:
        question = _("Password of {name}: ").format(name=arguments.backup.name)
        typed = None if password else asked_password(question)
        if typed is None:
            raise
        replaced = restored(typed)
    console.say(_("Restored {path}.").format(path=arguments.to))
    if replaced is not None:
        console.say(_("The office that stood there is now {path}.").format(path=replaced))
    console.result({"office": arguments.to, "replaced": replaced})
    return 0


#: The environment variable a new password can be given in.
NEW_PASSWORD_VARIABLE = "SALESDESK_NEW_PASSWORD"


def _add_copy(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("to", metavar="TO", type=Path, help=_("the file to write"))
    parser.add_argument("--force", action="store_true", help=_("replace a file that stands there"))
    parser.set_defaults(run=_copy)


def _copy(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        need_right(workspace, "backups.make")
        _told_of_size(arguments.office, console)
        workspace.save_copy(arguments.to, force=arguments.force)
    console.say(_("Saved a copy as {path}.").format(path=arguments.to))
    console.result({"copy": arguments.to})
    return 0


def _add_password(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--new-password-file", metavar="FILE", type=Path,
        help=_("a file whose first line is the new password (otherwise it is asked for)"),
    )  # fmt: skip
    parser.add_argument(
        "--remove", action="store_true", help=_("take the password off: anybody can open the file")
    )
    parser.set_defaults(run=_password, parser=parser)


def _password(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.remove and arguments.new_password_file:
        arguments.parser.error(_("--remove doesn't go with --new-password-file."))
    with opened(arguments) as workspace:
        need_right(workspace, protection.RIGHT)
        new = None if arguments.remove else _changed_password(arguments)
        had_one = workspace.encrypted
        if arguments.remove and not had_one:
            raise InputError(_("{path} has no password.").format(path=arguments.office))
        _told_of_size(arguments.office, console)
        protection.set_password(workspace, new)
    if new is None:
        console.say(_("{path} has no password any more.").format(path=arguments.office))
    else:
        console.say(
            _(
                "{path} is protected by the new password. If it is lost, nobody can open the file."
            ).format(path=arguments.office)
        )
    if had_one:
        console.say(_("Backups and copies made before keep the password they had."))
    else:
        console.say(_("Backups and copies made before stay without a password."))
    console.result({"office": arguments.office, "encrypted": new is not None})
    return 0


def _changed_password(arguments: argparse.Namespace) -> str:
    if arguments.new_password_file is not None:
        return password_in(arguments.new_password_file)
    return os.environ.get(NEW_PASSWORD_VARIABLE) or _new_password(
        _("Give the new password in {variable} or with --new-password-file.").format(
            variable=NEW_PASSWORD_VARIABLE
        )
    )


PARSERS: Parsers = {
    "copy": _add_copy,
    "password": _add_password,
    "new": _add_new,
    "check": _add_check,
    "backup": _add_backup,
    "restore": _add_restore,
}

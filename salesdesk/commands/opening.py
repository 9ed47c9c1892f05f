"""Opens an office for a command: its password, and who works in it.

Who works is ``--as``, with every command: changes are noted under that name and need that person's
rights. Whose thing a command is about is ``--person`` or ``--owner``. Without ``--as`` it is the
office's first sales manager, as it always was.

A password or PIN is never given on the command line, where every program of the machine can read
it.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from salesdesk.errors import InputError, OfficeFileError, RightsError, WrongPasswordError
from salesdesk.office import people, pins, rights
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.storage import files
from salesdesk.text import _, quoted, readable
from salesdesk.workspace import Workspace

#: All commands share one seat: `undo` takes back what the command before it did.
SEAT = "command"
#: The environment variable a password can be given in.
PASSWORD_VARIABLE = "SALESDESK_PASSWORD"
#: The one for the PIN of who works.
PIN_VARIABLE = "SALESDESK_PIN"

#: Bytes read of a password file. A password has at most 200 characters.
_MOST_READ = 4_096


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Workspace]:
    """The office of ``arguments``, the person of ``--as`` at work in it.

    Raises OfficeFileError and its kin; NotFoundError for a name nobody has; RightsError for who
    no longer works there; InputError for a wrong PIN.
    """
    with (
        _open(arguments.office, given_password(arguments)) as workspace,
        _told_of_damage(workspace),
    ):
        for notice in (*workspace.notices, workspace.read_only):
            if notice:
                _told(notice)
        everyone = workspace.read(people.people)
        if arguments.acting:
            worker = workspace.read(people.person_named, arguments.acting)
            if not worker.active:
                raise RightsError(
                    _("{name} no longer works in this office.").format(name=worker.name)
                )
        else:
            worker = next((known for known in everyone if known.role == "manager"), everyone[0])
        arguments.pin = _checked_pin(workspace, worker)
        workspace.work_as(worker.id, worker.name)
        workspace.seat = SEAT
        yield workspace


@contextmanager
def _told_of_damage(workspace: Workspace) -> Iterator[None]:
    """Where a fault follows from damage of the office, say that: it is no fault of the program."""
    try:
        yield
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        from salesdesk.check import check

        problems = check(workspace)
        if not problems:
            raise
        raise OfficeFileError(
            _("{name} is damaged: {problem}").format(
                name=quoted(workspace.path.name), problem=problems[0]
            )
        ) from error


def need_right(workspace: Workspace, code: str) -> None:
    """Refuse what who works may not do, where no writer asks. Raises RightsError."""
    workspace.read(rights.check, workspace.person_id, code)


def _checked_pin(workspace: Workspace, worker: people.Person) -> str:
    """The PIN a person gave, "" where they have none. Raises InputError for none or a wrong one."""
    if not workspace.read(pins.has_pin, worker.id):
        return ""
    pin = os.environ.get(PIN_VARIABLE) or asked_password(
        _("PIN of {name}: ").format(name=worker.name)
    )
    if not pin:
        raise InputError(
            _("{name} has a PIN: give it in {variable}.").format(
                name=worker.name, variable=PIN_VARIABLE
            )
        )
    pins.check(workspace, worker.id, pin)
    return pin


def given_password(arguments: argparse.Namespace) -> str | None:
    """The password from the file or the environment, None where there is none.

    Raises OfficeFileError when the file can't be read or is empty.
    """
    path: Path | None = arguments.password_file
    if path is None:
        return os.environ.get(PASSWORD_VARIABLE) or None
    return password_in(path)


def password_in(path: Path) -> str:
    """The password in the first line of a file. Raises OfficeFileError without one."""
    name = files.shown(path)
    try:
        with path.open("rb") as file:  # a pipe may give it; a device may give bytes without end
            written = file.read(_MOST_READ).splitlines()
        line = written[0].decode("utf-8-sig") if written else ""
    except OSError as error:
        raise OfficeFileError(
            _("The password file {path} can't be read: {cause}.").format(
                path=name, cause=files.cause(error, reading=True)
            )
        ) from error
    except UnicodeDecodeError as error:
        raise OfficeFileError(
            _("The password file {path} isn't written in UTF-8.").format(path=name)
        ) from error
    if not line:
        raise OfficeFileError(_("The password file {path} is empty.").format(path=name))
    return line


def asked_password(question: str) -> str | None:
    """What a person types at the terminal, None where nobody can be asked."""
    if not _somebody_types():
        return None
    return getpass.getpass(question) or None


def _somebody_types() -> bool:
    """Whether standard input is a terminal that a person can type at.

    On Windows the null device counts as one too, and a password would then be waited for at a
    console that isn't there: only a console has a mode.
    """
    if not sys.stdin.isatty():
        return False
    if sys.platform != "win32":
        return True
    import ctypes
    import msvcrt

    handle = msvcrt.get_osfhandle(sys.stdin.fileno())
    mode = ctypes.c_ulong()
    return bool(ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(mode)))


def whose(workspace: Workspace, arguments: argparse.Namespace) -> Who:
    """The scope of ``--person`` or ``--team``, else the office. Raises NotFoundError."""
    if arguments.person:
        return person(workspace.read(people.person_named, arguments.person).id)
    if arguments.team:
        return team(workspace.read(people.team_named, arguments.team).id)
    return OFFICE


def _told(words: str) -> None:
    print(readable(words), file=sys.stderr, flush=True)


def _open(path: Path, password: str | None) -> Workspace:
    try:
        return Workspace.open(path, password, _told)
    except WrongPasswordError as error:
        question = _("Password of {name}: ").format(name=path.name)
        typed = None if password else asked_password(question)
        if typed is not None:
            return Workspace.open(path, typed, _told)
        if password:
            raise
        raise WrongPasswordError(
            _("{refusal} Give the password in {variable} or with --password-file.").format(
                refusal=error.message, variable=PASSWORD_VARIABLE
            )
        ) from error

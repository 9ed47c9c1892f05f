"""PINs: a person of the office may ask for a few characters before somebody works under the name.

A PIN keeps colleagues at the same machine from taking another's seat by mistake or in passing. The
file lies on somebody's own disk, and who owns it can write anything into it: real protection is the
password that encrypts it.

Wrong tries are counted in the office itself, so that starting the program again doesn't help, and
each one from the third on makes the next wait longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from salesdesk.errors import InputError, RightsError
from salesdesk.office import people, rights, stored
from salesdesk.office.tables import person
from salesdesk.storage.history import Change
from salesdesk.text import _, ngettext
from salesdesk.workspace import Workspace

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 4, 32
#: So many wrong tries are free; then the wait begins with _FIRST_WAIT seconds and doubles.
_FREE_TRIES = 3
_FIRST_WAIT = 5
_LONGEST_WAIT = 300


def has_pin(db: Connection, person_id: int) -> bool:
    """Whether a person asks for a PIN."""
    return bool(_hash(db, person_id))


def seconds_to_wait(db: Connection, person_id: int, now: datetime) -> int:
    """How long nobody can try a person's PIN because of wrong tries; 0 for not at all."""
    tries = stored.value(db, _key(person_id))
    if tries is None or tries["count"] < _FREE_TRIES:
        return 0
    wait = min(_FIRST_WAIT * 2 ** (tries["count"] - _FREE_TRIES), _LONGEST_WAIT)
    # A clock that was set back must not make the wait longer than it is.
    last = min(datetime.fromisoformat(tries["at"]), now)
    left = last + timedelta(seconds=wait) - now
    return max(0, -(-left // timedelta(seconds=1)))


def check(workspace: Workspace, person_id: int, pin: str, *, now: datetime | None = None) -> None:
    """Raise InputError unless ``pin`` is the person's, or the person has none.

    A wrong one is counted, and the next must wait from the third on.
    """
    moment = now or datetime.now()
    # Counted before it is tried: killing the program doesn't save a wrong try.
    with workspace.unrecorded() as change:
        db = change.connection
        stored_hash = _hash(db, person_id)
        if not stored_hash:
            return
        wait = seconds_to_wait(db, person_id, moment)
        if not wait:
            tries = stored.value(db, _key(person_id)) or {"count": 0}
            stored.put(
                change,
                _key(person_id),
                {"count": tries["count"] + 1, "at": moment.isoformat(timespec="seconds")},
            )
        name = people.person_by_id(db, person_id).name
    if wait:
        raise InputError(
            ngettext(
                "Too many wrong PINs for {name}: wait {count} second, then try again.",
                "Too many wrong PINs for {name}: wait {count} seconds, then try again.",
                wait,
            ).format(name=name, count=wait)
        )
    if not _matches(stored_hash, pin):
        raise InputError(_("That isn't the PIN of {name}.").format(name=name))
    with workspace.unrecorded() as change:
        stored.put(change, _key(person_id), None)


def set_pin(change: Change, person_id: int, pin: str, *, present: str = "") -> None:
    """Ask for ``pin`` from now on; only a person themself can. ``present`` is the one so far.

    Raises RightsError for another's PIN; InputError when the one so far is wrong or the new one
    too short or long.
    """
    worker = people.person_by_id(change.connection, person_id)
    if change.person_id != person_id:
        raise RightsError(_("Only {name} can set their own PIN.").format(name=worker.name))
    _check_present(change, worker, present)
    if not SHORTEST <= len(pin) <= LONGEST or pin != pin.strip():
        raise InputError(
            _(
                "A PIN has from {shortest} to {longest} characters, without spaces around it."
            ).format(shortest=SHORTEST, longest=LONGEST)
        )
    change.update(person, person_id, pin_hash=_hasher().hash(pin))
    change.describe(_("PIN of {name} set").format(name=worker.name))


def clear_pin(change: Change, person_id: int, *, present: str = "") -> None:
    """Ask for no PIN any more: one's own with the ``present`` one, another's by right.

    Raises RightsError, InputError.
    """
    worker = people.person_by_id(change.connection, person_id)
    if change.person_id == person_id:
        _check_present(change, worker, present)
    else:
        rights.need(change, "people.edit", person_id)
    change.update(person, person_id, pin_hash="")
    change.describe(_("PIN of {name} cleared").format(name=worker.name))


def _check_present(change: Change, worker: people.Person, present: str) -> None:
    stored_hash = _hash(change.connection, worker.id)
    if stored_hash and not _matches(stored_hash, present):
        raise InputError(_("That isn't the PIN of {name}.").format(name=worker.name))


def _key(person_id: int) -> str:
    return f"pin_tries.{person_id}"


def _hash(db: Connection, person_id: int) -> str:
    return db.execute(select(person.c.pin_hash).where(person.c.id == person_id)).scalar() or ""


def _matches(stored_hash: str, pin: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(stored_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    # Imported when there is a PIN: most offices have none.
    from argon2 import PasswordHasher

    return PasswordHasher()

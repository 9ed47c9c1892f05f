"""Opens an office file: SQLite through sqlcipher3, plain or encrypted, set up so that it keeps.

Write-ahead log with full synchronisation (a committed change survives a power cut), foreign keys
on, and transactions begun explicitly: a write begins with BEGIN IMMEDIATE, because a read that is
upgraded to a write fails at once when another program wrote in between.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from salesdesk.errors import (
    BusyOfficeError,
    ConflictError,
    InputError,
    OfficeFileError,
    SalesDeskError,
    WrongPasswordError,
)
from salesdesk.text import _

#: Marks the file as a SalesDesk office ("SDk1"); readable by the `file` command.
APPLICATION_ID = 0x53446B31
#: Milliseconds a write waits for another program's write to end.
BUSY_TIMEOUT = 10_000
_PLAIN_HEADER = b"SQLite format 3\x00"
# SQLCipher 4's own derivation: PBKDF2-HMAC-SHA512, 256,000 rounds, 32 bytes, salt = the file's
# first 16 bytes. Done here once, so that each further connection doesn't pay for it again.
_ROUNDS = 256_000
_WRITES = "salesdesk_writes"


def is_encrypted(path: Path) -> bool:
    """Whether the office at ``path`` needs a password (its first bytes aren't SQLite's)."""
    with path.open("rb") as file:
        return file.read(16) != _PLAIN_HEADER


def create_file_engine(path: Path, password: str | None) -> Engine:
    """An engine for a new office at ``path``; encrypted when a password is given."""
    salt = secrets.token_bytes(16) if password else b""
    return _engine(path, _pragma_key(password, salt) if password else None)


def open_file_engine(path: Path, password: str | None) -> Engine:
    """An engine for the office at ``path``, its first page read once.

    Raises OfficeFileError when there is no such file or it is no office, WrongPasswordError when
    the password doesn't open it or is missing.
    """
    if not path.is_file():
        raise OfficeFileError(_("There is no office file {path}.").format(path=path))
    try:
        with path.open("rb") as file:
            header = file.read(16)
    except OSError as error:
        raise OfficeFileError(
            _("The office file {path} can't be read: {cause}.").format(
                path=path, cause=error.strerror
            )
        ) from error
    if len(header) < 16:
        raise OfficeFileError(_("{path} is empty and not an office file.").format(path=path))
    encrypted = header != _PLAIN_HEADER
    if encrypted and not password:
        raise WrongPasswordError(
            _("{name} is protected by a password (or isn't an office file).").format(name=path.name)
        )
    engine = _engine(path, _pragma_key(password, header) if encrypted and password else None)
    try:
        with engine.connect() as connection:
            identity = connection.exec_driver_sql("PRAGMA application_id").scalar()
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    except DBAPIError as error:
        engine.dispose()
        if encrypted and "not a database" in str(error.orig):
            raise WrongPasswordError(
                _("The password doesn't open {name}.").format(name=path.name)
            ) from error
        raise (_refusal(error, path) or error) from error
    if identity != APPLICATION_ID:
        engine.dispose()
        raise OfficeFileError(_("{path} isn't a SalesDesk office file.").format(path=path))
    return engine


def _pragma_key(password: str, salt: bytes) -> str:
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, 32)
    return f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\""


def _engine(path: Path, pragma_key: str | None) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # as text, a "?" in the name would end it
        module=sqlcipher3.dbapi2,
        connect_args={"timeout": BUSY_TIMEOUT / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by `begin` below, explicitly
        if pragma_key:
            # A wrong password is told by an exception; the library's own log would go to stderr.
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(pragma_key)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -32000")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def use_write_ahead_log(engine: Engine) -> None:
    """Turn on the write-ahead log (kept in the file): readers and one writer work side by side."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        driver.execute("PRAGMA journal_mode = WAL")


def fold_log(engine: Engine) -> bool:
    """Write the log into the file and empty it, unless somebody reads or writes just now."""
    with told_errors(engine), engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            busy, _frames, _folded = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    return not busy


def remove_office(path: Path) -> None:
    """Delete an office file that nobody has open, with what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def put_in_place(unfinished: Path, path: Path) -> None:
    """Give a finished file, which nobody has open, its own name; never in another's place.

    Raises OfficeFileError when a file of that name has come up meanwhile or can't be made.
    """
    try:
        with unfinished.open("r+b") as file:
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # refuses a name that is taken, where a renaming wouldn't
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if path.exists():
                raise FileExistsError(path) from None
            unfinished.rename(path)
    except FileExistsError as error:
        raise OfficeFileError(_("{path} exists already.").format(path=path)) from error
    except OSError as error:
        raise OfficeFileError(
            _("{path} can't be written: {cause}.").format(path=path, cause=error.strerror)
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one unchanging state of the office until the block ends."""
    with told_errors(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a write transaction: committed when the block ends, else undone whole."""
    with told_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def told_errors(engine: Engine, written: Path | None = None) -> Iterator[None]:
    """Turns what the database refuses for outside reasons into a sentence for the person.

    ``written`` is the file that is written, where it isn't the engine's own.
    """
    try:
        yield
    except (DBAPIError, sqlcipher3.dbapi2.Error) as error:
        refusal = _refusal(error, written or Path(engine.url.database or ""))
        if refusal is None:
            raise
        raise refusal from error
    except OverflowError as error:
        # The driver's own words for a whole number beyond 64 bits.
        raise InputError(_("A figure is too large to be kept; nothing was changed.")) from error


def _refusal(error: Exception, path: Path) -> SalesDeskError | None:
    """The refusal to show for a database error, None when it is our own fault."""
    cause = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    name = path.name
    if "locked" in cause or "busy" in cause:
        return BusyOfficeError(
            _("Another program is writing to {name}. Try again in a moment.").format(name=name)
        )
    if "disk is full" in cause or "database or disk" in cause:
        return OfficeFileError(
            _("The disk is full: nothing was changed in {name}. Free some space.").format(name=name)
        )
    if "readonly" in cause or "unable to open" in cause:
        return OfficeFileError(
            _("{path} can't be written: it or its folder is read-only.").format(path=path)
        )
    if "foreign key" in cause:
        return ConflictError(
            _("What this rests on has been deleted, or something rests on it: nothing was done.")
        )
    if "not a database" in cause:
        return OfficeFileError(_("{path} isn't a SalesDesk office file.").format(path=path))
    if "disk i/o" in cause:
        return OfficeFileError(
            _("The disk can't be read or written: nothing was changed in {name}.").format(name=name)
        )
    if "malformed" in cause:
        return OfficeFileError(
            _("{name} is damaged. Restore the latest backup (File, Restore).").format(name=name)
        )
    return None

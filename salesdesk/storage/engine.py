"""Opens an office file: SQLite through sqlcipher3, plain or encrypted, set up so that it keeps.

Write-ahead log with full synchronisation (a committed change survives a power cut), foreign keys
on, and transactions begun explicitly: a write begins with BEGIN IMMEDIATE, because a read that is
upgraded to a write fails at once when another program wrote in between.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary

import sqlcipher3
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from salesdesk.errors import (
    BusyOfficeError,
    ConflictError,
    DamagedOfficeError,
    InputError,
    OfficeFileError,
    SalesDeskError,
    UnwritableOfficeError,
    WrongPasswordError,
)
from salesdesk.storage import files, schema, sqlite
from salesdesk.storage.file_format import (
    PLAIN_HEADER,
    HeldFile,
    fold_was_begun,
    held,
    hold,
)
from salesdesk.storage.watch import Watch
from salesdesk.text import _, quoted

#: Marks the file as a SalesDesk office ("SDk1"); readable by the `file` command.
APPLICATION_ID = 0x53446B31
#: Milliseconds a write waits for another program's write to end.
BUSY_TIMEOUT = 10_000
# SQLCipher 4's own derivation: PBKDF2-HMAC-SHA512, 256,000 rounds, 32 bytes, salt = the file's
# first 16 bytes. Done here once, so that each further connection doesn't pay for it again.
_ROUNDS = 256_000
_WRITES = "salesdesk_writes"
#: Seconds that closing waits for what is being read.
_READERS_END = 10.0
#: What the name of a file ends in until it is whole.
UNFINISHED = ".part"
#: What SQLite and its driver say of a damaged file: a page, a text that isn't UTF-8, what a search
#: index begins with.
_DAMAGE = ("malformed", "could not decode", "invalid fts5", "constructor failed")
#: What SQLite says where a table is called otherwise in the file than in the program.
_OTHERWISE_CALLED = ("no such column", "no such table", "has no column")
#: What it says where a statement, or an expression in the file's own indexes, asks for a function.
_UNKNOWN_FUNCTION = re.compile(r"(?:unknown|no such) function: (?P<name>[^()]*)")
#: What each engine's connections are unlocked by, None for a plain office.
_keys: WeakKeyDictionary[Engine, str | None] = WeakKeyDictionary()


def is_encrypted(path: Path) -> bool:
    """Whether the office at ``path`` needs a password (its first bytes aren't SQLite's)."""
    with held(path) as file:
        return file.read("", 0, 16) != PLAIN_HEADER


def create_file_engine(path: Path, password: str | None) -> Engine:
    """An engine for a new office at ``path``; encrypted when a password is given."""
    salt = os.urandom(16) if password else b""
    return _engine(path, _pragma_key(password, salt) if password else None)


def open_file_engine(path: Path, password: str | None, *, alone: bool = False) -> Engine:
    """An engine for the office at ``path``, its first page read once.

    ``alone``: for reading only, without a log and without anything being made beside the file.

    Raises OfficeFileError when there is no such file or it is no office, WrongPasswordError when
    the password doesn't open it or is missing.
    """
    try:
        if not path.is_file():
            raise OfficeFileError(_("There is no office file {path}.").format(path=path))
        file = hold(path)
    except OSError as error:
        raise OfficeFileError(
            _("The office file {path} can't be read: {cause}.").format(
                path=path, cause=files.cause(error)
            )
        ) from error
    try:
        return _opened(path, password, file, alone=alone)
    except BaseException:
        file.release()
        raise


def _opened(path: Path, password: str | None, file: HeldFile, *, alone: bool) -> Engine:
    header = file.read("", 0, 16)
    if not header:
        raise OfficeFileError(_("{path} is empty and not an office file.").format(path=path))
    if len(header) < 16:
        raise OfficeFileError(_("{path} isn't a SalesDesk office file.").format(path=path))
    encrypted = header != PLAIN_HEADER
    if encrypted and not password:
        raise WrongPasswordError(
            _("{name} is protected by a password (or isn't an office file).").format(name=path.name)
        )
    pragma_key = _pragma_key(password, header) if encrypted and password else None
    engine = _engine(path, pragma_key, alone=alone)
    try:
        with engine.connect() as connection:
            identity = connection.exec_driver_sql("PRAGMA application_id").scalar()
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    except UnicodeDecodeError as error:  # the database's words, which repeat what is damaged
        engine.dispose()
        raise _damaged(path) from error
    except (DBAPIError, sqlcipher3.dbapi2.Error) as error:
        engine.dispose()
        if encrypted and "not a database" in str(error):
            raise WrongPasswordError(
                _("The password doesn't open {name}.").format(name=path.name)
            ) from error
        raise (_refusal(error, path) or error) from error
    if identity != APPLICATION_ID:
        engine.dispose()
        raise OfficeFileError(_("{path} isn't a SalesDesk office file.").format(path=path))
    _release_when_disposed(engine, file)
    return engine


def _release_when_disposed(engine: Engine, file: HeldFile) -> None:
    """Hold the file until its connections are closed: see ``file_format``."""

    @event.listens_for(engine, "engine_disposed", once=True)
    def release(_engine: Engine) -> None:
        file.release()


def watch(engine: Engine, path: Path, *, alone: bool = False) -> Watch:
    """Watch over the file of an engine that has read from it; until it is disposed of."""
    file = hold(path)
    try:
        with told_errors(engine), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            with_log = mode == "wal" and not alone  # a backup that was opened as it is has none
            if with_log and fold_was_begun(file):  # or a killed program left all of its log
                with suppress(sqlcipher3.dbapi2.Error):  # on a full disk it can't be ended either
                    driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            watcher = Watch(file, path, driver, lambda: _alone(engine, path), with_log=with_log)
    except BaseException:
        file.release()
        raise
    _release_when_disposed(engine, file)

    @event.listens_for(engine, "do_connect")
    def connect(*_how: Any) -> None:
        # By its name a further connection would come to the file that stands there now.
        watcher.need_open()
        watcher.place()

    @event.listens_for(engine, "checkout")
    def begin(*_connection: Any) -> None:
        watcher.need_open()

    return watcher


def part(engine: Engine, watcher: Watch) -> None:
    """Close the office; one that was moved or replaced without harm to what stands there now.

    What is being read in other threads ends first, and nothing more is begun: a connection that
    outlived this would keep SQLite's index of the log under the name that the file has now, and
    whoever opens it by another name in this process would share that one.
    """
    watcher.closed = True
    _await_readers(engine)
    watcher.before_closing()
    engine.dispose()
    watcher.after_closing()


def _await_readers(engine: Engine) -> None:
    """Wait until every connection is given back; not for ever, should a thread be stuck."""
    pool = cast(QueuePool, engine.pool)
    until = time.monotonic() + _READERS_END
    while pool.checkedout() and time.monotonic() < until:
        time.sleep(0.002)


def _alone(engine: Engine, path: Path) -> Any:
    """A connection that sees the file without its log and without what others have in memory."""
    connection = _connect_alone(path)
    _unlock(connection, _keys.get(engine))
    return connection


def _connect_alone(path: Path) -> Any:
    uri = f"{path.absolute().as_uri()}?immutable=1"
    return sqlcipher3.dbapi2.connect(uri, uri=True, check_same_thread=False)


def _pragma_key(password: str, salt: bytes) -> str:
    return f'PRAGMA key = "{_raw_key(password, salt)}"'


def _raw_key(password: str, salt: bytes) -> str:
    """A password as SQLCipher takes it without deriving anything itself."""
    try:
        typed = password.encode()
    except UnicodeEncodeError as error:
        raise WrongPasswordError(
            _("The password isn't written in UTF-8 and opens no office.")
        ) from error
    key = hashlib.pbkdf2_hmac("sha512", typed, salt, _ROUNDS, 32)
    return f"x'{key.hex()}{salt.hex()}'"


def need_utf8(path: Path) -> None:
    """Raise OfficeFileError for a path that SQLite can't be told, whose names are UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise OfficeFileError(
            _("The name {path} isn't written in UTF-8: rename the file or its folder.").format(
                path=quoted(path)
            )
        ) from error


def _engine(path: Path, pragma_key: str | None, *, alone: bool = False) -> Engine:
    need_utf8(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # as text, a "?" in the name would end it
        module=sqlcipher3.dbapi2,
        # A statement's values are the office's: they don't go into the words of an error.
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT / 1000, "check_same_thread": False},
        **({"creator": lambda: _connect_alone(path)} if alone else {}),
    )

    _keys[engine] = pragma_key

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by `begin` below, explicitly
        _unlock(connection, pragma_key)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -32000")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes(connection) else "BEGIN")

    return engine


def writes(connection: Connection) -> bool:
    """Whether a connection's transaction is one that writes."""
    return bool(connection.get_execution_options().get(_WRITES, False))


def attach_empty(driver: Any, path: Path, password: str | None, name: str) -> None:
    """Make an empty database at ``path`` and attach it as ``name``; encrypted by a password."""
    key = ""
    if password:
        key = _raw_key(password, os.urandom(16))
    driver.execute("PRAGMA cipher_log_level = NONE")
    driver.execute(f"ATTACH DATABASE ? AS {name} KEY ?", (str(path), key))


def _unlock(connection: Any, pragma_key: str | None) -> None:
    if pragma_key:
        # A wrong password is told by an exception; the library's own log would go to stderr.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(pragma_key)


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
            _("{path} can't be written: {cause}.").format(path=path, cause=files.cause(error))
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
        if refusal is None and _names_are_damaged(engine, error):
            refusal = _damaged(Path(engine.url.database or ""))
        if refusal is None:
            raise
        raise refusal from error
    except OverflowError as error:
        # The driver's own words for a whole number beyond 64 bits.
        raise InputError(_("A figure is too large to be kept; nothing was changed.")) from error
    except UnicodeEncodeError as error:
        raise InputError(
            _("A text holds half a character, as a broken copy leaves them; nothing was changed.")
        ) from error
    except UnicodeDecodeError as error:  # the driver's own, of a text in the file
        raise _damaged(Path(engine.url.database or "")) from error
    except (ValueError, TypeError) as error:
        # A stored date that is none: what reads it is deep in SQLAlchemy, our own code isn't.
        if not _raised_within(error, "sqlalchemy"):
            raise
        raise _damaged(Path(engine.url.database or "")) from error


def _damaged(path: Path) -> DamagedOfficeError:
    return DamagedOfficeError(
        _("{name} is damaged. Restore the latest backup (File, Restore).").format(name=path.name)
    )


def _names_are_damaged(engine: Engine, error: Exception) -> bool:
    """Whether a statement failed because the file lacks a table or column that every office has.

    Where it has them all, the statement was wrong: that is our own fault and no damage.
    """
    cause = str(error.orig if isinstance(error, DBAPIError) else error)
    asked = _UNKNOWN_FUNCTION.search(cause)
    if asked is not None:  # by an index in the file, where the statement itself doesn't name it
        return asked["name"] not in str(getattr(error, "statement", ""))
    if not any(words in cause for words in _OTHERWISE_CALLED):
        return False
    with engine.connect() as connection:
        return any(
            not set(table.c.keys()) <= sqlite.column_kinds(connection, table.name).keys()
            for table in schema.all_tables(derived=True).values()
        )


def _raised_within(error: BaseException, package: str) -> bool:
    """Whether the innermost frame that raised ``error`` is one of ``package``."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__", "").startswith(package)


def _refusal(error: Exception, path: Path) -> SalesDeskError | None:
    """The refusal to show for a database error, None when it is our own fault."""
    cause = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    # What is written beside its place is told of by the name that it was to have.
    path = Path(str(path).removesuffix(UNFINISHED))
    name = path.name
    if "locked" in cause or "busy" in cause:
        return BusyOfficeError(
            _("Another program is writing to {name}. Try again in a moment.").format(name=name)
        )
    if "readonly" in cause or "unable to open" in cause:
        return UnwritableOfficeError(
            _("{path} can't be written: it or its folder is read-only.").format(path=path)
        )
    if "foreign key" in cause:
        return ConflictError(
            _("What this rests on has been deleted, or something rests on it: nothing was done.")
        )
    if "not a database" in cause:
        return OfficeFileError(_("{path} isn't a SalesDesk office file.").format(path=path))
    if "disk i/o" in cause and not files.has_room(path):  # said so of the index of its log
        cause = "disk is full"
    if "disk is full" in cause or "database or disk" in cause:
        return UnwritableOfficeError(
            _("The disk is full: nothing was changed in {name}. Free some space.").format(name=name)
        )
    if "disk i/o" in cause:
        return UnwritableOfficeError(
            _("The disk can't be read or written: nothing was changed in {name}.").format(name=name)
        )
    if any(words in cause for words in _DAMAGE):
        return _damaged(path)
    return None

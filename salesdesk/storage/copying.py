"""A whole copy of an open office, and the same office under another password.

Both are written beside their place, opened to see that they are whole, and renamed: killed at any
moment, there is what was there before or all of the new.

On a server a copy is a dump, and a password is a matter of its own accounts.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from salesdesk.errors import (
    BusyOfficeError,
    DamagedOfficeError,
    InputError,
    OfficeFileError,
    ReplacedOfficeError,
    SalesDeskError,
)
from salesdesk.storage import backup, files
from salesdesk.storage.engine import (
    UNFINISHED,
    attach_empty,
    open_file_engine,
    part,
    put_in_place,
    remove_office,
    told_errors,
    use_write_ahead_log,
    watch,
)
from salesdesk.storage.file_format import BESIDE, LOG
from salesdesk.storage.watch import Watch
from salesdesk.text import _

#: Seconds that a copy waits for what is being read to end.
_READERS_END = 10.0


def save(
    engine: Engine, path: Path, password: str | None, to: Path, *, force: bool = False
) -> None:
    """Write a verified copy of the office at ``path`` to ``to``; an encrypted one stays so.

    What stands there is replaced only with ``force``, and never an office that a program has open.
    Raises InputError for the office itself, OfficeFileError when the copy can't be written.
    """
    backup.need_placeable(to)
    stands = files.stands(to)
    if stands and files.same(to, path):
        raise InputError(_("That is the office itself: choose another name for the copy."))
    if stands and not force:
        raise OfficeFileError(
            _("{path} exists already and is not overwritten unless you say so.").format(
                path=files.shown(to)
            )
        )
    if files.stands(Path(f"{to}{LOG}")):
        raise OfficeFileError(
            _("{path} is open in a program or has a log beside it: choose another name.").format(
                path=files.shown(to)
            )
        )
    unfinished = to.with_name(f"{to.name}{UNFINISHED}")
    with _unfinished(unfinished, to):
        to.parent.mkdir(parents=True, exist_ok=True)
        _write_copy(engine, unfinished)
        backup.verify(unfinished, password, backup.newest_change(engine))
        _use_log(unfinished, password)
        if stands:
            unfinished.replace(to)
        else:
            put_in_place(unfinished, to)


def _write_copy(engine: Engine, unfinished: Path) -> None:
    """Write the copy; of a file that was moved by a connection that has it open already.

    While all of these are read by, waits for one: no other can be made.
    """
    pool = cast(QueuePool, engine.pool)
    until = time.monotonic() + _READERS_END
    while True:
        try:
            backup.write_copy(engine, unfinished)
        except ReplacedOfficeError as error:
            if not error.whole or not pool.checkedout() or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def change_password(
    engine: Engine, watcher: Watch, path: Path, new: str | None, told: Callable[[str], None]
) -> None:
    """Put the office under the password ``new`` (None: none); its engine is closed after it.

    ``told`` hears what is done next; what it raises leaves the file as it was.

    Raises BusyOfficeError, with nothing done, when another program has the office open, and
    OfficeFileError when the new file can't be written. Backups keep the password they have.
    """
    _need_alone(watcher, path)
    unfinished = path.with_name(f"{path.name}{UNFINISHED}")
    with _unfinished(unfinished, path):
        with told_errors(engine, unfinished), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise _open_elsewhere(path)
            attach_empty(driver, unfinished, new, "changed")
            # Nobody else writes until the new file stands in the place of the old one.
            driver.execute("BEGIN IMMEDIATE")
            try:
                _export(driver)
                newest = driver.execute("SELECT max(id) FROM history").fetchone()
                driver.execute("COMMIT")
                driver.execute("DETACH changed")
                driver.execute("BEGIN IMMEDIATE")
                if driver.execute("SELECT max(id) FROM history").fetchone() != newest:
                    raise _open_elsewhere(path)
                words = _("The new file is compared with the present one.")
                told(words)
                _compare(unfinished, new, _counts(driver))
                told(words)  # the last moment to stay with the present file
                _use_log(unfinished, new)
                with unfinished.open("r+b") as file:
                    os.fsync(file.fileno())
                with suppress(OSError):
                    unfinished.chmod(path.stat().st_mode & 0o777)
                if sys.platform != "win32":
                    _need_alone(watcher, path)
                    # Who opens the new file must not take the old one's index for its own.
                    for ending in BESIDE:
                        Path(f"{path}{ending}").unlink(missing_ok=True)
                    _replace(unfinished, path)
            finally:
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
                if any(
                    name == "changed" for _n, name, _f in driver.execute("PRAGMA database_list")
                ):
                    driver.execute("DETACH changed")
        part(engine, watcher)
        if sys.platform == "win32":  # no file that is open can be replaced there, here or elsewhere
            _replace(unfinished, path)


def _need_alone(watcher: Watch, path: Path) -> None:
    """Raise BusyOfficeError where somebody else has the office open, as far as can be known."""
    # The engine and the watch are two holders themselves.
    if watcher.file.holders > 2 or (
        sys.platform.startswith("linux") and watcher.file.others_have_it_open()
    ):
        raise _open_elsewhere(path)


def _export(driver: Any) -> None:
    driver.execute("SELECT sqlcipher_export('changed')")
    for setting in ("application_id", "user_version"):
        value = driver.execute(f"PRAGMA main.{setting}").fetchone()[0]
        driver.execute(f"PRAGMA changed.{setting} = {value}")


def _replace(unfinished: Path, path: Path) -> None:
    unfinished.replace(path)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)  # so that the new name outlives a power cut
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def reopened(path: Path, password: str | None) -> tuple[Engine, Watch]:
    """The engine and the watch of an office whose file was replaced by this program."""
    engine = open_file_engine(path, password)
    try:
        return engine, watch(engine, path)
    except BaseException:
        engine.dispose()
        raise


def _counts(driver: Any, schema: str = "main") -> dict[str, int]:
    """How many rows each table has."""
    names = driver.execute(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    return {
        name: driver.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()[0]
        for (name,) in names
    }


def _compare(unfinished: Path, password: str | None, counts: dict[str, int]) -> None:
    backup.verify(unfinished, password, None)
    engine = open_file_engine(unfinished, password)
    try:
        with engine.connect() as connection:
            if _counts(connection.connection.driver_connection) != counts:
                raise DamagedOfficeError(
                    _("{path} came out incomplete; nothing was changed.").format(path=unfinished)
                )
    finally:
        engine.dispose()


def _use_log(path: Path, password: str | None) -> None:
    engine = open_file_engine(path, password)
    try:
        with told_errors(engine):
            use_write_ahead_log(engine)
    finally:
        engine.dispose()


@contextmanager
def _unfinished(unfinished: Path, path: Path) -> Iterator[None]:
    """Begin without an older try, leave none behind, and say what the system refuses."""
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            remove_office(unfinished)
        yield
    except OSError as error:
        raise OfficeFileError(
            _("{path} can't be written: {cause}.").format(
                path=files.shown(path), cause=files.cause(error)
            )
        ) from error
    finally:
        with suppress(OSError):
            remove_office(unfinished)


def _open_elsewhere(path: Path) -> SalesDeskError:
    return BusyOfficeError(
        _(
            "{name} is open in another program too; the password was not changed. Close it there "
            "first."
        ).format(name=path.name)
    )

"""Backups: dated copies beside the office, verified by opening them, rotated; and restoring one.

A copy is made by SQLite's VACUUM INTO from a single read transaction, so people go on working
meanwhile; an encrypted office gives an encrypted copy with the same password.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from salesdesk.errors import BusyOfficeError, OfficeFileError, SalesDeskError
from salesdesk.storage import trail
from salesdesk.storage.engine import (
    BUSY_TIMEOUT,
    open_file_engine,
    reading,
    remove_office,
    told_errors,
    use_write_ahead_log,
)
from salesdesk.text import _

#: How many backups are kept: the newest of each of the last days, weeks and months.
KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY = 7, 4, 12
#: What the name of a copy says that somebody made by hand: it is never rotated away.
BY_HAND = "by-hand"
_STAMP = re.compile(r"-(\d{8}-\d{6})\.office$")


def folder_of(path: Path) -> Path:
    """Where the backups of the office at ``path`` go when nobody says otherwise."""
    return path.with_name(f"{path.stem}.backups")


def dated_copies(path: Path, folder: Path | None = None) -> list[tuple[datetime, Path]]:
    """The dated backups of the office at ``path``, newest first."""
    backups = []
    for copy in (folder or folder_of(path)).glob(f"{_glob_quoted(path.stem)}-*.office"):
        match = _STAMP.search(copy.name)
        if match and copy.name == f"{path.stem}-{match[1]}.office":
            backups.append((datetime.strptime(match[1], "%Y%m%d-%H%M%S"), copy))
    return sorted(backups, reverse=True)


def newest_copy(path: Path) -> datetime | None:
    """When the newest backup of the office at ``path`` was made, by hand or by the day."""
    kept = folder_of(path).glob(f"{_glob_quoted(path.stem)}-{BY_HAND}-*.office")
    stamps = [match[1] for copy in kept if (match := _STAMP.search(copy.name))]
    moments = [datetime.strptime(stamp, "%Y%m%d-%H%M%S") for stamp in stamps]
    return max([*moments, *(moment for moment, _copy in dated_copies(path))], default=None)


def make(
    engine: Engine,
    path: Path,
    password: str | None,
    *,
    folder: Path | None = None,
    reason: str | None = None,
) -> Path:
    """Copy the office, open the copy to verify it, rotate the dated ones; returns the copy.

    A copy with a ``reason`` (before an update of the file, say) is named after it and never
    rotated away. Raises OfficeFileError when the folder can't be written or the copy is bad.
    """
    folder = folder or folder_of(path)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    name = f"{path.stem}-{reason}-{stamp}.office" if reason else f"{path.stem}-{stamp}.office"
    copy, unfinished = folder / name, folder / f"{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(engine, unfinished)
        _verify(unfinished, password, _newest_change(engine))
        unfinished.replace(copy)
    except OSError as error:
        raise OfficeFileError(
            _("The backup {path} can't be written: {cause}.").format(
                path=copy, cause=error.strerror
            )
        ) from error
    finally:
        with suppress(OSError):  # a folder that can't be written holds nothing to remove
            remove_office(unfinished)
    for old in superseded([moment for moment, _copy in dated_copies(path, folder)], date.today()):
        (folder / f"{path.stem}-{old:%Y%m%d-%H%M%S}.office").unlink(missing_ok=True)
    return copy


def superseded(moments: list[datetime], today: date) -> list[datetime]:
    """Which of the backups made at ``moments`` no rule keeps.

    Kept is the newest of each of the last 7 days, 4 ISO weeks and 12 months that have one.
    """
    # Those of a clock that ran ahead are kept, and don't take the place of what is made now.
    newest_first = sorted((moment for moment in moments if moment.date() <= today), reverse=True)
    rules: list[tuple[int, Callable[[datetime], object]]] = [
        (KEEP_DAILY, lambda moment: moment.date()),
        (KEEP_WEEKLY, lambda moment: moment.isocalendar()[:2]),
        (KEEP_MONTHLY, lambda moment: (moment.year, moment.month)),
    ]
    kept: set[datetime] = set()
    for count, period in rules:
        newest: dict[object, datetime] = {}
        for moment in newest_first:
            newest.setdefault(period(moment), moment)
        kept.update(list(newest.values())[:count])
    return [moment for moment in newest_first if moment not in kept]


def restore(
    copy: Path, to: Path, password: str | None = None, *, force: bool = False
) -> Path | None:
    """Put the verified backup ``copy`` at ``to``.

    An office that stands there is replaced only with ``force`` and kept beside it; its new path
    is returned. Raises OfficeFileError when it stands there without ``force`` or the copy is bad.
    """
    _verify(copy, password, None)
    if to.is_dir():
        raise OfficeFileError(
            _("{path} can't be written: {cause}.").format(path=to, cause=os.strerror(errno.EISDIR))
        )
    stands = to.exists()
    if stands and not force:
        raise OfficeFileError(
            _("{path} exists already and is not overwritten unless you say so.").format(path=to)
        )
    unfinished = to.with_name(f"{to.name}.part")
    replaced = to.with_name(f"{to.stem}-replaced-{datetime.now():%Y%m%d-%H%M%S}.office")
    try:
        engine = open_file_engine(copy, password)
        try:
            _copy(engine, unfinished)
        finally:
            engine.dispose()
        _verify(unfinished, password, None)
        with _held(to, password) if stands else nullcontext():
            _put_aside(to, replaced)
            unfinished.replace(to)
    except OSError as error:
        raise OfficeFileError(
            _("{path} can't be written: {cause}.").format(path=to, cause=error.strerror)
        ) from error
    finally:
        with suppress(OSError):
            remove_office(unfinished)
    engine = open_file_engine(to, password)
    with told_errors(engine):
        use_write_ahead_log(engine)
    engine.dispose()
    return replaced if stands else None


def _copy(engine: Engine, target: Path) -> None:
    """Write the office as it stands, what is only in its log yet included, to ``target``."""
    target.unlink(missing_ok=True)
    target.touch()  # says better than the database why there can be no file there
    with told_errors(engine, target), engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM INTO ?", (str(target),))
    # SQLite leaves what VACUUM INTO writes to the system's own time.
    with target.open("r+b") as file:
        os.fsync(file.fileno())


def _newest_change(engine: Engine) -> int | None:
    """The newest change of an office, None for a file from before there was a history."""
    with reading(engine) as connection:
        if not engine.dialect.has_table(connection, "history"):
            return None
        return trail.last_id(connection)


def _verify(copy: Path, password: str | None, newest: int | None) -> None:
    """Raise OfficeFileError unless ``copy`` opens, is sound and isn't from after ``newest``."""
    engine = open_file_engine(copy, password)
    try:
        with reading(engine) as connection:
            sound = connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
            if sound and newest is not None:
                sound = trail.last_id(connection) <= newest
    finally:
        engine.dispose()
    if not sound:
        raise OfficeFileError(_("The backup {path} is damaged.").format(path=copy))


def _put_aside(path: Path, replaced: Path) -> None:
    """Rename an office and its log, which must not be taken for that of the one to come.

    A log may be all that is left: of an office deleted after its program was killed, say.
    """
    for ending in ("-journal", "-wal", ""):
        if Path(f"{path}{ending}").exists():
            Path(f"{path}{ending}").replace(f"{replaced}{ending}")
    Path(f"{path}-shm").unlink(missing_ok=True)


@contextmanager
def _held(path: Path, password: str | None) -> Iterator[None]:
    """Fold the office's log into the file, and let no program write to it until the block ends.

    A damaged office, or one with another password, can't be asked: its log stays as it is. Raises
    BusyOfficeError when another program is in the middle of a change.
    """
    try:
        engine = open_file_engine(path, password)
    except SalesDeskError:
        yield
        return
    try:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                with told_errors(engine):
                    # Who reads for long keeps the log from being folded; it is renamed then.
                    driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT // 10}")
                    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
                    # Windows renames no file that is open: there the rename itself refuses.
                    if sys.platform != "win32":
                        driver.execute("BEGIN IMMEDIATE")
            except BusyOfficeError:
                raise
            except SalesDeskError:
                pass  # it is damaged: there is nothing to hold
            if sys.platform == "win32":
                engine.dispose()
            yield
            if driver.in_transaction:
                driver.execute("ROLLBACK")
    finally:
        engine.dispose()


def _glob_quoted(stem: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", stem)

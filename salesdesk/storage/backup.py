"""Backups: dated copies beside the office, verified by opening them, rotated; and restoring one.

A copy is made by SQLite's VACUUM INTO from a single read transaction, so people go on working
meanwhile; an encrypted office gives an encrypted copy with the same password.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from salesdesk.errors import (
    BusyOfficeError,
    DamagedOfficeError,
    OfficeFileError,
    SalesDeskError,
)
from salesdesk.storage import files, migrations, soundness, sqlite, trail
from salesdesk.storage.engine import (
    BUSY_TIMEOUT,
    UNFINISHED,
    need_utf8,
    open_file_engine,
    reading,
    remove_office,
    told_errors,
    use_write_ahead_log,
)
from salesdesk.storage.file_format import held
from salesdesk.storage.watch import mark_of
from salesdesk.text import _, quoted

#: How many backups are kept: the newest of each of the last days, weeks and months.
KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY = 7, 4, 12
#: Seconds after which a copy that isn't whole won't be any more.
_BROKEN_OFF = 86_400
#: After so long without a backup the clock is doubted, and none is let go.
_JUMP = timedelta(days=366)
#: What the name of a copy says that somebody made by hand: it is never rotated away.
BY_HAND = "by-hand"
#: What the name of a copy of a damaged office says; it isn't rotated away either.
DAMAGED = "damaged"
#: How the name of a copy says when it was made.
_FORM = "%Y%m%d-%H%M%S"
_STAMP = re.compile(r"-(\d{8}-\d{6})\.office$")


def folder_of(path: Path) -> Path:
    """Where the backups of the office at ``path`` go when nobody says otherwise."""
    return path.with_name(f"{path.stem}.backups")


def dated_copies(path: Path, folder: Path | None = None) -> list[tuple[datetime, Path]]:
    """The dated backups of the office at ``path``, newest first."""
    backups = []
    for copy in (folder or folder_of(path)).glob(f"{_glob_quoted(path.stem)}-*.office"):
        moment = _moment(copy)
        if moment is not None and copy.name == f"{path.stem}-{moment:{_FORM}}.office":
            backups.append((moment, copy))
    return sorted(backups, reverse=True)


def _moment(copy: Path) -> datetime | None:
    """When a copy was made, by its name; None for a name that holds no moment."""
    match = _STAMP.search(copy.name)
    try:
        return datetime.strptime(match[1], _FORM) if match else None
    except ValueError:  # figures alone make no day
        return None


def newest_copy(path: Path) -> datetime | None:
    """When the newest backup of the office at ``path`` was made, by hand or by the day.

    One that a clock made which ran ahead says nothing: today's would never be made.
    """
    kept = folder_of(path).glob(f"{_glob_quoted(path.stem)}-{BY_HAND}-*.office")
    moments = [moment for copy in kept if (moment := _moment(copy))]
    moments += [moment for moment, _copy in dated_copies(path)]
    today = date.today()
    return max((moment for moment in moments if moment.date() <= today), default=None)


def make(
    engine: Engine,
    path: Path,
    password: str | None,
    *,
    folder: Path | None = None,
    reason: str | None = None,
    keep_damaged: bool = False,
) -> Path:
    """Copy the office, open the copy to verify it, rotate the dated ones; returns the copy.

    A copy with a ``reason`` (before an update of the file, say) is named after it and never
    rotated away. Raises OfficeFileError when the folder can't be written or the copy is bad.

    An office that is damaged rotates nothing: that raises DamagedOfficeError, after a copy named
    as damaged was made where ``keep_damaged`` says so.
    """
    folder = folder or folder_of(path)
    need_utf8(folder)
    with _written(folder, _begins(path, reason)) as (copy, unfinished):
        problem = _damage_of(engine)
        if problem is None:
            write_copy(engine, unfinished)
            verify(unfinished, password, newest_change(engine))
            problem = _first_problem(unfinished, password)
        if problem is None:
            unfinished.replace(copy)
    if problem is not None:
        raise _refused(engine, path, folder, problem, keep_damaged)
    if reason is None:
        copies = dict(dated_copies(path, folder))
        if folder != folder_of(path):  # others of this name may keep theirs there too
            ours = _office_id(copy, password)
            copies = {at: old for at, old in copies.items() if _office_id(old, password) == ours}
        for moment in superseded(list(copies), date.today()):
            with suppress(OSError):  # open in a program, say: the next backup tries again
                copies[moment].unlink(missing_ok=True)
    return copy


def _office_id(copy: Path, password: str | None) -> str | None:
    """Which office a copy is of; None for one that ``password`` doesn't open."""
    try:
        engine = open_file_engine(copy, password)
    except SalesDeskError:
        return None
    try:
        with told_errors(engine), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            return mark_of(driver).office_id
    except SalesDeskError:
        return None
    finally:
        engine.dispose()


def _first_problem(copy: Path, password: str | None) -> str | None:
    """What is wrong with the rows of a backup first.

    One of an older version is looked at by ``check`` once it is opened and brought up to date.
    """
    engine = open_file_engine(copy, password)
    try:
        with reading(engine) as connection:
            if migrations.revision_of(connection) != migrations.HEAD:
                return None
            return next(iter(soundness.problems(connection)), None)
    finally:
        engine.dispose()


def _damage_of(engine: Engine) -> str | None:
    """What the database finds wrong with an office first.

    Its indexes too, though a copy has them made anew: the office then needs to be looked at.
    """
    try:
        with reading(engine) as connection:
            cause = sqlite.first_damage(connection)
    except DamagedOfficeError as error:
        return error.message
    return None if cause is None else _("The file is damaged: {cause}.").format(cause=cause)


def _refused(
    engine: Engine, path: Path, folder: Path, problem: str, keep: bool
) -> DamagedOfficeError:
    """The refusal to back up a damaged office, which is kept as it is first if ``keep`` says so."""
    told = _("{name} is damaged, and its earlier backups stay: {problem}").format(
        name=quoted(path.name), problem=problem
    )
    if not keep:
        return DamagedOfficeError(told)
    with _written(folder, _begins(path, DAMAGED)) as (copy, unfinished):
        # As it is, page by page: what is damaged may be all there is to repair it from.
        with told_errors(engine), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN IMMEDIATE")
            try:
                # Opened and closed by itself, the file would lose the locks SQLite has on it.
                with held(path) as file:
                    file.copy_to(unfinished)
                log = Path(f"{path}-wal")
                if log.exists() and log.stat().st_size:
                    shutil.copyfile(log, f"{copy}-wal")
            finally:
                driver.execute("ROLLBACK")
        unfinished.replace(copy)
    return DamagedOfficeError(
        _("{told} A copy of it as it is was kept as {copy}.").format(told=told, copy=copy), copy
    )


def _begins(path: Path, reason: str | None) -> str:
    """What the name of a copy begins with."""
    return f"{path.stem}-{reason}" if reason else path.stem


def _free(folder: Path, begins: str) -> Path:
    """A name with the present moment that is free: a clock that was set back comes by again."""
    moment = datetime.now()
    while True:
        copy = folder / f"{begins}-{moment:{_FORM}}.office"
        if not (files.stands(copy) or files.stands(_unfinished(copy))):
            return copy
        moment += timedelta(seconds=1)


def _unfinished(copy: Path) -> Path:
    """What a copy is called until it is whole."""
    return copy.with_name(f"{copy.name}{UNFINISHED}")


def _clear_away(folder: Path, begins: str) -> None:
    """Delete what was left of copies whose making was broken off: as large as an office each."""
    for left in folder.glob(f"{_glob_quoted(begins)}-*.office{UNFINISHED}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _BROKEN_OFF:
                left.unlink()


@contextmanager
def _written(folder: Path, begins: str) -> Iterator[tuple[Path, Path]]:
    """Where to write a copy, and what it is to be called then: (copy, unfinished).

    Makes the folder, turns what the system refuses into a sentence, leaves nothing half done.
    Another program that makes one in the same second gets another name.
    """
    copy, unfinished = folder / f"{begins}.office", None
    is_new = not files.stands(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_away(folder, begins)
        while unfinished is None:
            copy = _free(folder, begins)
            with suppress(FileExistsError):
                _unfinished(copy).touch(exist_ok=False)
                unfinished = _unfinished(copy)
        yield copy, unfinished
    except OSError as error:
        raise OfficeFileError(
            _("The backup {path} can't be written: {cause}.").format(
                path=copy, cause=files.cause(error)
            )
        ) from error
    finally:
        if unfinished is not None:
            with suppress(OSError):
                remove_office(unfinished)
        with suppress(OSError):  # one that holds a backup stays
            if is_new:
                folder.rmdir()


def superseded(moments: list[datetime], today: date) -> list[datetime]:
    """Which of the backups made at ``moments`` no rule keeps.

    Kept is the newest of each of the last 7 days, 4 ISO weeks and 12 months that have one.
    """
    # Those of a clock that ran ahead are kept, and don't take the place of what is made now.
    newest_first = sorted((moment for moment in moments if moment.date() <= today), reverse=True)
    before = [moment for moment in newest_first if moment.date() < today]
    if before and today - before[0].date() > _JUMP:
        return []  # it may be now that the clock runs ahead
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
    copy: Path,
    to: Path,
    password: str | None = None,
    *,
    force: bool = False,
    damaged_too: bool = False,
) -> Path | None:
    """Put the verified backup ``copy`` at ``to``.

    An office that stands there is replaced only with ``force`` and kept beside it; its new path
    is returned. Raises OfficeFileError when it stands there without ``force`` or the copy is bad,
    and DamagedOfficeError when it opens but a row in it isn't as it was written: such a copy is
    put there only with ``damaged_too``, for who has no better one.
    """
    try:
        verify(copy, password, None)
    except DamagedOfficeError as error:
        raise OfficeFileError(error.message) from error  # no wish to have it can be met
    if not damaged_too:
        _verify_rows(copy, password)
    need_placeable(to)
    stands = files.stands(to)
    if stands and not force:
        raise OfficeFileError(
            _("{path} exists already and is not overwritten unless you say so.").format(path=to)
        )
    unfinished = to.with_name(f"{to.name}{UNFINISHED}")
    replaced = _free(to.parent, f"{to.stem}-replaced")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        engine = open_file_engine(copy, password)
        try:
            write_copy(engine, unfinished)
        finally:
            engine.dispose()
        verify(unfinished, password, None)
        with _held(to, password) if stands else nullcontext():
            _put_aside(to, replaced)
            unfinished.replace(to)
    except OSError as error:
        raise OfficeFileError(
            _("{path} can't be written: {cause}.").format(path=to, cause=files.cause(error))
        ) from error
    finally:
        with suppress(OSError):
            remove_office(unfinished)
    engine = open_file_engine(to, password)
    with told_errors(engine):
        use_write_ahead_log(engine)
    engine.dispose()
    return replaced if stands else None


def need_placeable(to: Path) -> None:
    """Raise OfficeFileError where no office can be put: a device, a folder, a name of no text."""
    need_utf8(to)
    kept = files.special(to)
    if kept:
        raise OfficeFileError(
            _("{path} can't be written: {cause}.").format(path=files.shown(to), cause=kept)
        )


def write_copy(engine: Engine, target: Path) -> None:
    """Write the office as it stands, what is only in its log yet included, to ``target``."""
    target.unlink(missing_ok=True)
    target.touch()  # says better than the database why there can be no file there
    with told_errors(engine, target), engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM INTO ?", (str(target),))
    # SQLite leaves what VACUUM INTO writes to the system's own time.
    with target.open("r+b") as file:
        os.fsync(file.fileno())


def newest_change(engine: Engine) -> int | None:
    """The newest change of an office, None for a file from before there was a history."""
    with reading(engine) as connection:
        if not engine.dialect.has_table(connection, "history"):
            return None
        return trail.last_id(connection)


def verify(copy: Path, password: str | None, newest: int | None) -> None:
    """Raise DamagedOfficeError unless ``copy`` opens, is sound and isn't from after ``newest``."""
    engine = open_file_engine(copy, password)
    try:
        with reading(engine) as connection:
            sound = connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
            if sound and newest is not None:
                sound = trail.last_id(connection) <= newest
    finally:
        engine.dispose()
    if not sound:
        raise DamagedOfficeError(_("The backup {path} is damaged.").format(path=copy))


def _verify_rows(copy: Path, password: str | None) -> None:
    """Raise DamagedOfficeError where a row of ``copy`` isn't as it was written."""
    problem = _first_problem(copy, password)
    if problem is not None:
        raise DamagedOfficeError(
            _("The backup {name} is damaged: {problem}").format(
                name=quoted(copy.name), problem=problem
            )
        )


def _put_aside(path: Path, replaced: Path) -> None:
    """Rename an office and its log, which must not be taken for that of the one to come.

    A log may be all that is left: of an office deleted after its program was killed, say.
    """
    for ending in ("-journal", "-wal", ""):
        file = Path(f"{path}{ending}")
        if ending and file.exists() and not file.stat().st_size:
            file.unlink()
        elif file.exists():
            file.replace(f"{replaced}{ending}")
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

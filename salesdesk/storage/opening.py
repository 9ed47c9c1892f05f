"""Opens an office file whatever befell it: its log damaged, its disk full, its folder read-only.

What was lost is said, and what is left can be read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlcipher3.dbapi2 import DatabaseError

from salesdesk.errors import SalesDeskError, UnwritableOfficeError
from salesdesk.storage import files, soundness
from salesdesk.storage.engine import fold_log, open_file_engine
from salesdesk.storage.file_format import (
    INDEX,
    LOG,
    HeldFile,
    LogFrames,
    held,
    holds_of_its_log,
    left_frames,
    lost_changes,
)
from salesdesk.storage.watch import STAMP, Mark, mark_of
from salesdesk.text import _, ngettext


@dataclass
class OpenedFile:
    """An office file that was opened.

    ``path`` is what is read, a copy elsewhere where the file's own log can't be read in its place.
    ``notices`` are sentences about what was found, ``read_only`` why nothing can be changed.
    """

    engine: Engine
    path: Path
    notices: list[str] = field(default_factory=list)
    read_only: str = ""
    alone: bool = False
    folder: Path | None = None

    def clear_away(self) -> None:
        """Delete the copy, when the engine was disposed of."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def open_file(path: Path, password: str | None) -> OpenedFile:
    """Open the office at ``path``, for reading only where it can't be written.

    Raises what ``engine.open_file_engine`` raises.
    """
    if not files.is_file(path):  # a pipe, say, which whoever opens it waits at for ever
        return OpenedFile(open_file_engine(path, password), path)  # which refuses
    adopted = _adopt_log(path, password)
    left: LogFrames | None = None
    with suppress(OSError), held(path) as file:
        if Path(f"{path}{LOG}").exists():
            left = left_frames(file)
        try:
            engine = open_file_engine(path, password)
        except UnwritableOfficeError:
            return _for_reading(path, password)
        opened = OpenedFile(engine, path, notices=[adopted] if adopted else [])
        try:
            if left is not None:
                _look_at_log(opened, file, left)
        except BaseException:
            engine.dispose()
            raise
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            opened.read_only = _reason(path)
        return opened
    return OpenedFile(open_file_engine(path, password), path)  # which says why it can't be read


def _adopt_log(path: Path, password: str | None) -> str:
    """Take over the log of an office that was renamed while it was open; what was done, else "".

    Killed before it folds its log into the renamed file, a program leaves the log under the old
    name. It is tried on a copy: only a log that leaves the office sound, and goes on with its own
    history, belongs to it.
    """
    own = Path(f"{path}{LOG}")
    with suppress(OSError):
        if own.stat().st_size:
            return ""
    if not files.is_file(path):
        return ""
    for log in sorted(path.parent.glob(f"*{path.suffix}{LOG}")):
        office = log.with_name(log.name.removesuffix(LOG))
        try:
            if office.exists() or log.stat().st_size == 0 or not _continues(path, log, password):
                continue
            for stale in (office, path):
                Path(f"{stale}{INDEX}").unlink(missing_ok=True)
            log.replace(own)
        except OSError:
            continue
        return _(
            "{name} was called {old} while it was open, and what was written last stood in a log "
            "of that name only. It was taken over."
        ).format(name=path.name, old=office.name)
    return ""


def _continues(path: Path, log: Path, password: str | None) -> bool:
    """Whether the office at ``path`` goes on in ``log``."""
    with tempfile.TemporaryDirectory(prefix="salesdesk-") as folder:
        copy = Path(folder) / path.name
        with held(path) as file:
            if file.holders > 1 or file.others_have_it_open():
                return False  # its log is in use still
            file.copy_to(copy)
        by_itself = _history_of(copy, password)
        try:
            shutil.copyfile(log, f"{copy}{LOG}")
            with held(copy) as file:
                half_folded = holds_of_its_log(file)
            if half_folded:  # or new offices that are alike: a sound one needs no foreign log
                Path(f"{copy}{LOG}").unlink()
                half_folded = _history_of(copy, password, rows=True) is None
                shutil.copyfile(log, f"{copy}{LOG}")
        except OSError:
            return False
        with_log = _history_of(copy, password, by_itself and by_itself[1].last_id, rows=half_folded)
        if with_log is None or half_folded:
            return with_log is not None
        # A new office, in which nothing was changed yet, could go on in the log of any other one.
        alone = set(path.parent.glob(f"*{path.suffix}")) == {path}
        return (
            by_itself is not None
            and (by_itself[1].last_id > 0 or alone)
            and with_log[0] == by_itself[1]
            and with_log[1].last_id > by_itself[1].last_id
        )


def _history_of(
    copy: Path, password: str | None, last_id: int | None = None, *, rows: bool = False
) -> tuple[Mark, Mark] | None:
    """How far the history of an office goes, as of its entry ``last_id`` and as a whole.

    None where the office isn't sound, ``rows`` looked at one by one where that is asked for.
    """
    try:
        engine = open_file_engine(copy, password)
        try:
            with engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                marks = mark_of(driver, last_id), mark_of(driver)
                [[said]] = driver.execute("PRAGMA quick_check(1)").fetchall()
                broken = driver.execute("PRAGMA foreign_key_check").fetchone()
                if said != "ok" or broken is not None:
                    return None
                return None if rows and soundness.problems(connection) else marks
        finally:
            engine.dispose()
    except (SalesDeskError, DatabaseError, DBAPIError):
        return None


def _look_at_log(opened: OpenedFile, file: HeldFile, left: LogFrames) -> None:
    """Say what of the log SQLite couldn't read, and keep it before it is folded."""
    lost = lost_changes(left, file)
    if not lost:
        return
    path = opened.path
    kept = path.with_name(f"{path.stem}-damaged-log-{datetime.now():{STAMP}}")
    with suppress(OSError):
        shutil.copyfile(f"{path}{LOG}", kept)
    opened.notices.append(
        ngettext(
            "The log beside {name} is damaged: at least the last {count} change is lost; what was "
            "written before it is there. The damaged log was kept as {kept}.",
            "The log beside {name} is damaged: at least the last {count} changes are lost; what "
            "was written before them is there. The damaged log was kept as {kept}.",
            lost,
        ).format(name=path.name, count=lost, kept=kept.name)
    )
    if files.stands(kept):
        with suppress(SalesDeskError):
            fold_log(opened.engine)


def _for_reading(path: Path, password: str | None) -> OpenedFile:
    """Open for reading what can't be written: alone, or with its log as a copy elsewhere."""
    log = Path(f"{path}{LOG}")
    if not files.stands(log) or log.stat().st_size == 0:
        engine = open_file_engine(path, password, alone=True)
        return OpenedFile(engine, path, read_only=_reason(path), alone=True)
    folder = Path(tempfile.mkdtemp(prefix="salesdesk-"))
    try:
        copy = folder / path.name
        for ending in ("", LOG):
            shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
        engine = open_file_engine(copy, password)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return OpenedFile(engine, copy, read_only=_reason(path), folder=folder)


def _reason(path: Path) -> str:
    """Why an office was opened for reading only."""
    if not files.has_room(path):
        return _(
            "The disk is full: {name} was opened for reading only. Free some space and open it "
            "again."
        ).format(name=path.name)
    return _(
        "{name} or its folder is read-only: it was opened for reading only. Nothing can be "
        "changed in it there."
    ).format(name=path.name)

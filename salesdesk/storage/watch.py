"""Sees whether an open office file is still the one that was opened.

A synchroniser, or a copy put over the file, changes it behind SQLite's back: what SQLite has read
before stays in its memory, and what it writes next makes a mixture of two offices. So every change
and every read looks first. Mostly nobody has written to the file since, which its length and times
tell in some microseconds. Otherwise the file is read past SQLite's memory and past the log: it
must hold this office, its history must reach at least as far as when it was seen last, and must be
the beginning of the history that is known; the log must end in the frame that its index names.
A file that is half folded, since a full disk or a kill broke the folding off, says nothing by
itself: with its log it is the office still, and it is judged when the folding went on.

Where the office is on a server nothing of this can happen: its database belongs to one program.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any, NoReturn

import sqlcipher3

from salesdesk.errors import ReplacedOfficeError
from salesdesk.storage.file_format import (
    INDEX,
    LOG,
    FileKey,
    HeldFile,
    Stamp,
    is_half_folded,
    key_of,
    log_is_the_known_one,
    read_log_index,
)
from salesdesk.text import _

#: Seconds that nobody may have written to the file before it is judged: another program may just
#: be folding its log into it.
_STILL = 0.1
#: How a moment is written in the name of a file that is kept.
STAMP = "%Y%m%d-%H%M%S"
#: What reading raises where the disk or what stands on it is damaged; a text may be none any more.
_DISK_ERRORS = (OSError, sqlcipher3.dbapi2.Error, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Mark:
    """Which office this is and how far its history goes; ``entry`` is the last one as stored."""

    office_id: str
    last_id: int
    entry: tuple[Any, ...]


def mark_of(driver: Any, last_id: int | None = None) -> Mark:
    """The mark of what a connection sees, its history taken as ending at ``last_id``."""
    office_id = driver.execute("SELECT value FROM setting WHERE key = 'office_id'").fetchone()
    entry = driver.execute(
        "SELECT id, at, person_name, label, seat FROM history"
        + ("" if last_id is None else " WHERE id = ?")
        + " ORDER BY id DESC LIMIT 1",
        () if last_id is None else (last_id,),
    ).fetchone()
    return Mark(
        "" if office_id is None else str(office_id[0]),
        0 if entry is None else entry[0],
        () if entry is None else tuple(entry),
    )


class Watch:
    """Watches over the office file ``file``; ``alone`` opens it without its log and memory.

    ``driver`` is a connection that has read from it.
    """

    def __init__(
        self, file: HeldFile, path: Path, driver: Any, alone: Callable[[], Any], *, with_log: bool
    ) -> None:
        self.file, self._path, self._alone = file, path, alone
        self._lock = threading.Lock()
        self._log: dict[str, FileKey | None] = {}
        if with_log:
            for ending in (LOG, INDEX):
                file.read(ending, 0, 1)  # opened now, it is the one that SQLite has open
                self._log[ending] = key_of(f"{path}{ending}")
        self._stamp = file.stamp()
        if self._is_half_folded():
            self._known = Mark(mark_of(driver).office_id, 0, ())
        else:
            self._known = self._mark_alone()
        #: What the file was like when it was seen half folded.
        self._half_folded: Stamp | None = None
        #: The newest entry of the history that this program wrote or heard of.
        self.newest = 0
        #: Whether the office is being closed or is: nothing of it is read any more.
        self.closed = False
        self._mixed = False  # whether file and log belong to different states
        #: Set once the file was found to be another: nothing is read from it or written any more.
        self.lost: ReplacedOfficeError | None = None

    def look(self, driver: Any, *, log: bool = False) -> None:
        """Raise ReplacedOfficeError when the file or its log isn't what it must be.

        ``driver`` is a connection in a transaction. The ``log`` is looked at too before anything
        is written, to it or from it to the file.
        """
        with self._lock:
            if self.lost is not None:
                raise self.lost
            try:
                if log:
                    self._look_at_log()
                stamp = self.file.stamp()
                if stamp in (self._stamp, self._half_folded) or self.is_elsewhere():
                    return  # moved: what was read from it and is read now is the same office
                while not self._is_known(driver, stamp):
                    if self._is_half_folded():
                        self._half_folded = stamp
                        return
                    time.sleep(_STILL)
                    before, stamp = stamp, self.file.stamp()
                    if before == stamp:
                        self._mixed = True
                        self.lose(
                            _(
                                "{name} was written over by another program while it was open: it "
                                "isn't the office that you see any more. Nothing was changed."
                            )
                        )
            except OSError:
                self.lose(_("{name} can't be read any more; nothing was changed."))
            self._stamp = stamp

    def _look_at_log(self) -> None:
        words = _(
            "The log beside {name} was deleted or replaced while the office was open; nothing was "
            "changed. Close the office and open it again."
        )
        if self._log_is_elsewhere():
            self.lose(words)
        if not self._log_is_whole():
            self._mixed = True
            self.lose(words)

    def need_open(self) -> None:
        """Raise ReplacedOfficeError once the office is being closed."""
        if self.closed:
            raise ReplacedOfficeError(_("{name} was closed.").format(name=self._path.name))

    def is_elsewhere(self) -> bool:
        """Whether another file, or none, stands where this one did."""
        return key_of(self._path) != self.file.key

    def place(self) -> None:
        """Raise ReplacedOfficeError when another file, or none, stands where this one did.

        What is written to a file without a name is lost when the program ends.
        """
        if not self.is_elsewhere():
            return
        taken, now_at = key_of(self._path) is not None, self.file.present_path()
        if now_at is not None and taken:
            words = _(
                "{name} was replaced by another file while it was open; nothing was changed. The "
                "office you had open is {path} now."
            )
        elif now_at is not None:
            words = _(
                "{name} was moved or renamed while it was open; nothing was changed. It is {path} "
                "now: open it there."
            )
        elif not taken:
            words = _(
                "{name} was moved or deleted while it was open; nothing was changed. It isn't in "
                "its place any more."
            )
        else:
            words = _(
                "{name} was moved, deleted or replaced while it was open; nothing was changed. "
                "Open it again."
            )
        raise ReplacedOfficeError(
            words.format(name=self._path.name, path=now_at), now_at=now_at, whole=True
        )

    def lose(self, words: str) -> NoReturn:
        """Raise ReplacedOfficeError, now and whenever somebody looks again."""
        self.lost = ReplacedOfficeError(words.format(name=self._path.name))
        raise self.lost

    def _is_known(self, driver: Any, stamp: Stamp) -> bool:
        """Whether the file continues what was seen, and is the beginning of what is known now."""
        if stamp.size < self._stamp.size:
            return False
        try:
            log_was_empty = self._log_is_empty()
            mark = self._mark_alone()
            if self._known.office_id not in ("", mark.office_id):  # it has none while it is founded
                return False
            if mark.last_id < self._known.last_id or mark_of(driver, mark.last_id) != mark:
                return False
            whole = mark_of(driver)
            if whole.last_id < self.newest:
                return False
            if whole != mark and log_was_empty and self._log_is_empty():
                return False  # what lies between was in nobody's log
        except _DISK_ERRORS:
            return False
        self._known = mark
        return True

    def _mark_alone(self) -> Mark:
        connection = self._alone()
        try:
            return mark_of(connection)
        finally:
            connection.close()

    # -- the log -----------------------------------------------------------------------------------

    def _log_is_elsewhere(self) -> bool:
        """Whether other files, or none, stand where the log and its index did."""
        return any(key_of(f"{self._path}{ending}") != key for ending, key in self._log.items())

    def _log_is_empty(self) -> bool:
        index = read_log_index(self.file) if self._log else None
        return index is None or index.frames == 0

    def _is_half_folded(self) -> bool:
        return bool(self._log) and is_half_folded(self.file)

    def _log_is_whole(self) -> bool:
        """Whether the log ends as its index says."""
        if not self._log or log_is_the_known_one(self.file):
            return True
        time.sleep(_STILL)  # somebody may have begun the log anew between the two readings
        return log_is_the_known_one(self.file)

    def before_closing(self) -> None:
        """Keep SQLite from writing a log into a file that was written over, as closing it would.

        The log is kept beside the file. (It writes none into a file that was moved.)
        """
        if self.lost is None or self.is_elsewhere() or not self._log:
            return
        log = Path(f"{self._path}{LOG}")
        with suppress(OSError):
            if key_of(log) == self._log[LOG]:
                if self._mixed and log.stat().st_size:
                    copyfile(log, self._kept_log())
                    os.truncate(log, 0)
            elif log.exists():
                log.rename(self._kept_log())

    def after_closing(self) -> None:
        """Clear away the log of a file that was moved: another of its name would be read with it.

        One that still holds what the file lacks is kept.
        """
        if not self.is_elsewhere():
            return
        with suppress(OSError):
            for ending, key in self._log.items():
                old = Path(f"{self._path}{ending}")
                if key is None or key_of(old) != key:
                    continue  # that of the file that stands there now
                if ending == INDEX or not old.stat().st_size:
                    old.unlink()
                elif self._path.exists():
                    old.rename(self._kept_log())

    def _kept_log(self) -> Path:
        return self._path.with_name(f"{self._path.stem}-replaced-log-{datetime.now():{STAMP}}")

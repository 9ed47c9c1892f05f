"""What stands in an SQLite file and the two beside it: header, log, index of the log.

Only bytes are read here, so that it can be told what happened to a file behind SQLite's back. The
layout is from "Database File Format" and "WAL-mode File Format" of SQLite's documentation;
SQLCipher encrypts the pages and leaves headers and checksums of the log and its index as they are.

A server's database has nothing like it: who asks PostgreSQL's system identifier and the newest
entry of the history knows as much.

Whoever opens and closes a file that SQLite has open in the same process takes SQLite's locks away
from it on POSIX systems ("How To Corrupt An SQLite Database File", 2.2). So each of the three is
opened once for all of the process, and closed when nobody holds it any more (:class:`HeldFile`).
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

PLAIN_HEADER = b"SQLite format 3\x00"
LOG, INDEX = "-wal", "-shm"
#: What SQLite may keep beside a file.
BESIDE = (LOG, INDEX, "-journal")
_LOG_HEADER, _FRAME_HEADER = 32, 24
_LOG_MAGIC = (0x377F0682, 0x377F0683)
_INDEX_HEADER = 48
#: Where the index says how many frames the last fold took into the file, and how many it began to.
_FOLDED, _BEGUN = 96, 128
_BLOCK = 1 << 20
#: Where SQLite's lock of all readers stands in the file, and how many bytes it takes.
_SHARED_FIRST, _SHARED_SIZE = 0x4000_0002, 510

#: Device and number: what tells a file from another of the same name.
FileKey = tuple[int, int]


def key_of(path: Path | str) -> FileKey | None:
    """What tells the file at ``path`` from another of the same name; None when there is none."""
    try:
        stat = Path(path).stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


@dataclass(frozen=True, slots=True)
class Stamp:
    """Changes whenever anybody writes to a file: its length in bytes and its times."""

    size: int
    written: int
    changed: int


@dataclass(eq=False)
class HeldFile:
    """An office file that this process has open, with the log and its index; shared and counted."""

    path: Path
    key: FileKey
    holders: int = 0
    _files: dict[str, int] = field(default_factory=dict)

    def read(self, ending: str, offset: int, size: int) -> bytes:
        """``size`` bytes of the file, or of the one beside it, from ``offset``; fewer at its end.

        Raises OSError.
        """
        if sys.platform == "win32":  # locks are another matter there, and open files can't go
            with Path(f"{self.path}{ending}").open("rb") as file:
                file.seek(offset)
                return file.read(size)
        return os.pread(self._open(ending), size, offset)

    def copy_to(self, target: Path, ending: str = "") -> None:
        """Copy the file, or the one beside it, byte by byte. Raises OSError."""
        with target.open("wb") as copy:
            while block := self.read(ending, copy.tell(), _BLOCK):
                copy.write(block)

    def stamp(self) -> Stamp:
        """What the file is like now, wherever it was moved. Raises OSError."""
        stat = self.path.stat() if sys.platform == "win32" else os.fstat(self._open(""))
        return Stamp(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)

    def present_path(self) -> Path | None:
        """Where the file is now, though renamed or moved; None where that can't be known."""
        if not sys.platform.startswith("linux"):
            return None
        try:
            path = Path(f"/proc/self/fd/{self._open('')}").readlink()
        except OSError:
            return None
        return path if key_of(path) == self.key else None

    def others_have_it_open(self) -> bool:
        """Whether another process holds SQLite's lock of readers on the file."""
        if not sys.platform.startswith("linux"):
            return True  # it can't be asked, and a file that is open can't be moved anyway
        import fcntl

        asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, _SHARED_FIRST, _SHARED_SIZE, 0)
        answer = fcntl.fcntl(self._open(""), fcntl.F_GETLK, asked)
        return bool(struct.unpack("hhqqi4x", answer)[0] != fcntl.F_UNLCK)

    def _open(self, ending: str) -> int:
        with _lock:
            if ending not in self._files:
                self._files[ending] = os.open(f"{self.path}{ending}", os.O_RDONLY | os.O_CLOEXEC)
            return self._files[ending]

    def release(self) -> None:
        """Hold it no longer; to be called after SQLite's own connections are closed."""
        with _lock:
            self.holders -= 1
            if self.holders == 0:
                _held.pop(self.key, None)
                for number in self._files.values():
                    os.close(number)
                self._files.clear()

    def again(self) -> Self:
        """The same file, held once more."""
        with _lock:
            self.holders += 1
        return self


_lock = threading.RLock()
_held: dict[FileKey, HeldFile] = {}


def hold(path: Path) -> HeldFile:
    """The office file at ``path``, held until it is released. Raises OSError."""
    with _lock:
        stat = Path(path).stat()
        key = (stat.st_dev, stat.st_ino)
        file = _held.get(key)
        if file is None:
            file = HeldFile(path, key)
            file.read("", 0, 1)
            _held[key] = file
        return file.again()


@contextmanager
def held(path: Path) -> Iterator[HeldFile]:
    """As :func:`hold`, for the time of the block."""
    file = hold(path)
    try:
        yield file
    finally:
        file.release()


def is_open_here(path: Path) -> bool:
    """Whether this process has the file at ``path`` open."""
    return key_of(path) in _held


# -- the log ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogIndex:
    """What SQLite knows of the log: its frames that stand, their size and the last one's marks."""

    frames: int
    page_size: int
    salts: bytes
    checksum: tuple[int, int]


def log_index(content: bytes) -> LogIndex | None:
    """Read the head of an index; None for one that is being made, or that nobody uses."""
    if len(content) < _INDEX_HEADER or not content[12]:
        return None
    (page_size,) = struct.unpack_from("=H", content, 14)
    (frames,) = struct.unpack_from("=I", content, 16)
    checksum = struct.unpack_from("=II", content, 24)
    return LogIndex(frames, 65_536 if page_size == 1 else page_size, content[32:40], checksum)


def read_log_index(file: HeldFile) -> LogIndex | None:
    """The index of the log of an open office. Raises OSError."""
    return log_index(file.read(INDEX, 0, _INDEX_HEADER))


def log_is_the_known_one(file: HeldFile) -> bool:
    """Whether the last frame of the log is the one that its index tells of.

    The one who asks holds the write lock, or asks again. Raises OSError.
    """
    index = read_log_index(file)
    if index is None or index.frames == 0:
        return True
    place = _LOG_HEADER + (index.frames - 1) * (_FRAME_HEADER + index.page_size)
    frame = file.read(LOG, place, _FRAME_HEADER)
    return (
        len(frame) == _FRAME_HEADER
        and frame[8:16] == index.salts
        and struct.unpack(">II", frame[16:24]) == index.checksum
    )


def fold_was_begun(file: HeldFile) -> tuple[int, int] | None:
    """From which frame of the log to which a fold was begun that didn't end; None without one.

    SQLite also says so of a whole log that a killed program left behind. Raises OSError.
    """
    index = file.read(INDEX, 0, _BEGUN + 4)
    if len(index) < _BEGUN + 4 or log_index(index) is None:
        return None
    [folded], [begun] = (struct.unpack_from("=I", index, place) for place in (_FOLDED, _BEGUN))
    return (folded, begun) if folded < begun else None


def is_half_folded(file: HeldFile) -> bool:
    """Whether the file is part of the way through taking its log over.

    A fold that was broken off, by a kill or by a full disk, leaves a file that by itself is no
    state of the office; with its log it is whole. Raises OSError.
    """
    begun = fold_was_begun(file)
    return begun is not None and holds_of_its_log(file, *begun)


def holds_of_its_log(file: HeldFile, after: int = 0, until: int | None = None) -> bool:
    """Whether of the frames ``after``.. to ``until`` the one folded first stands in the file.

    Frames are folded in the order of the pages and byte by byte, encrypted ones too. Raises
    OSError.
    """
    head = file.read(LOG, 0, _LOG_HEADER)
    if len(head) < _LOG_HEADER or not _is_sound(head):
        return False
    (page_size,) = struct.unpack_from(">I", head, 8)
    newest: dict[int, int] = {}  # the number of each page's newest frame
    number, place = 0, _LOG_HEADER
    while len(frame := file.read(LOG, place, _FRAME_HEADER)) == _FRAME_HEADER:
        if frame[8:16] != head[16:24]:
            break
        number += 1
        newest[struct.unpack_from(">I", frame)[0]] = number
        place += _FRAME_HEADER + page_size
    folded = [page for page, frame in newest.items() if after < frame <= (until or number)]
    if not folded:
        return False
    first = min(folded)
    place = _LOG_HEADER + newest[first] * (_FRAME_HEADER + page_size) - page_size
    return file.read("", (first - 1) * page_size, page_size) == file.read(LOG, place, page_size)


@dataclass(frozen=True, slots=True)
class LogFrames:
    """The frames of a log that was left behind, by their headers alone.

    ``ends`` are the numbers of the frames that ended a change, in order. Which of them are sound
    only SQLite's own reading tells, by their checksums. ``salts`` is None where the head of the
    log is damaged, which makes all of it unreadable.
    """

    ends: tuple[int, ...]
    salts: bytes | None


def left_frames(file: HeldFile) -> LogFrames | None:
    """What the log beside a file holds, before SQLite has read it; None where there is none.

    A log ends where frames of an earlier round (other salts) begin. Where the program was killed,
    the index is still there, and tells of frames that have been cut off since.
    """
    try:
        head = file.read(LOG, 0, _LOG_HEADER)
        if len(head) < _LOG_HEADER:
            return None
        (page_size,) = struct.unpack_from(">I", head, 8)
        if not 512 <= page_size <= 65_536 or page_size & (page_size - 1):
            page_size = 4096  # the damage is in the head itself; ours are all of this size
        frames = []
        place = _LOG_HEADER
        while len(frame := file.read(LOG, place, _FRAME_HEADER)) == _FRAME_HEADER:
            frames.append(frame)
            place += _FRAME_HEADER + page_size
    except OSError:
        return None
    sound = _is_sound(head)
    # A round that hasn't begun yet leaves the frames of the one before, all in the file already.
    salts = head[16:24] if sound or not frames else frames[0][8:16]
    ends = [
        number
        for number, frame in enumerate(frames, 1)
        if frame[8:16] == salts and frame[4:8] != bytes(4)
    ]
    with suppress(OSError):
        index = read_log_index(file)
        if index is not None and index.salts == salts and index.frames > max(ends, default=0):
            ends.append(index.frames)
    return LogFrames(tuple(ends), salts if sound else None)


def lost_changes(left: LogFrames, file: HeldFile) -> int:
    """How many changes of what was ``left`` SQLite didn't take over when it read the log.

    Where the end of the log is gone there may have been more. Raises OSError.
    """
    index = read_log_index(file)
    if index is None or (left.salts is not None and index.salts != left.salts):
        return 0  # another program has begun the log anew meanwhile
    return sum(1 for number in left.ends if number > index.frames)


def _is_sound(head: bytes) -> bool:
    """Whether the head of a log has SQLite's mark and its sum over the first 24 bytes."""
    if struct.unpack_from(">I", head, 0)[0] not in _LOG_MAGIC:
        return False
    order = ">" if head[3] & 1 else "<"
    first = second = 0
    words = struct.unpack(f"{order}6I", head[:24])
    for left, right in zip(words[::2], words[1::2], strict=True):
        first = (first + left + second) & 0xFFFF_FFFF
        second = (second + right + first) & 0xFFFF_FFFF
    return (first, second) == struct.unpack(">II", head[24:32])

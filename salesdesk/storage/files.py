"""The one way a file is written for a person: whole or not at all, and refused in a sentence.

Workbooks, pages, copies: whatever the window or a command writes goes through :func:`written`.
The content goes into a file beside the place and takes it once it is whole, so that a full disk or
a crash leaves what stood there before. A workbook that somebody has open isn't replaced under
their hands: LibreOffice, Excel and WPS lay a file beside it while it is open, and what they saved
later would put the old figures back.
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from salesdesk.errors import WriteError
from salesdesk.text import _, mark

#: What a refusal of the system means, in words for who wanted a file written.
_CAUSES = {
    errno.ENOSPC: mark("the disk is full"),
    errno.EDQUOT: mark("your share of the disk is used up"),
    errno.EFBIG: mark("files of this size aren't allowed there"),
    errno.EACCES: mark("you have no permission for it"),
    errno.EPERM: mark("you have no permission for it"),
    errno.EROFS: mark("the disk is read-only"),
    errno.ENOENT: mark("there is no such folder"),
    errno.ENOTDIR: mark("there is no such folder"),
    errno.EISDIR: mark("a folder is called so"),
    errno.EEXIST: mark("something of that name is there already"),
    errno.ENAMETOOLONG: mark("the name or the path is too long"),
    errno.EINVAL: mark("the name isn't allowed there"),
    errno.EIO: mark("the disk reports an error"),
    errno.ENODEV: mark("the disk isn't there any more"),
}
#: What Windows says when another program has the file open, or won't let it be replaced.
_HELD_OPEN = frozenset({5, 32, 33})
#: Less than this free, in bytes, and a disk is full.
_NO_ROOM = 1_000_000
#: The same for an office: the index of its log alone takes 32 KiB.
_NO_ROOM_TO_OPEN = 100_000
#: Names that mean devices on Windows, whatever their ending.
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
#: Half characters, but for those that Python makes of bytes that are no text.
_SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_LONGEST_SHOWN = 120
#: Bytes of a name that every system takes, and of a whole path.
_LONGEST_NAME, _LONGEST_PATH = 255, 4_000


def cause(error: OSError, *, reading: bool = False) -> str:
    """Why the system refused, as a clause in the language in force."""
    if reading and error.errno == errno.ENOENT:
        return _("there is no such file")
    windows = getattr(error, "winerror", None)
    if windows in _HELD_OPEN:
        return _("it is open in another program, or you have no permission for it")
    words = _CAUSES.get(error.errno or 0)
    return _(words) if words else error.strerror or str(error)


def read_text(path: Path, most: int) -> str:
    """The first ``most`` bytes of a text file, not all of what a device or pipe gives without end.

    Raises OSError, and UnicodeDecodeError for what isn't written in UTF-8.
    """
    with path.open("rb") as file:
        content = file.read(most)
    # The last character may have been cut in two.
    return codecs.getincrementaldecoder("utf-8-sig")().decode(content, final=len(content) < most)


def shown(path: Path) -> str:
    """The path as a sentence names it: one of thousands of characters loses its middle."""
    text = str(path).encode("utf-8", "replace").decode()
    if len(text) <= _LONGEST_SHOWN:
        return text
    half = _LONGEST_SHOWN // 2
    return f"{text[:half]}…{text[-half:]}"


def unfit(path: Path) -> str:
    """Why no file can be at ``path``, whatever the disk; "" when one can."""
    if len(str(path).encode("utf-8", "replace")) > _LONGEST_PATH:
        return _(_CAUSES[errno.ENAMETOOLONG])
    return unfit_name(path.name)


def unfit_name(name: str, *, windows: bool = sys.platform == "win32") -> str:
    """Why no file can have this name, "" when one can; ``windows`` for the names of Windows.

    Windows would take "a:b.xlsx" for a hidden part of a file "a", and "NUL.xlsx" for nothing.
    """
    if not windows and len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
        return _(_CAUSES[errno.ENAMETOOLONG])
    if "\0" in name or _SURROGATE.search(name):
        return _("the name holds a character that no file can have")
    if not windows:
        return ""
    forbidden = _FORBIDDEN.search(name)
    if forbidden:
        return _("Windows allows no {sign} in a name").format(sign=forbidden[0])
    if _DEVICES.fullmatch(name.rstrip(" .")):
        return _("Windows keeps this name for itself")
    if name != name.rstrip(" ."):
        return _("Windows allows no dot or space at the end of a name")
    return ""


def special(path: Path) -> str:
    """Why what stands at ``path`` must not be replaced, "" when it may: a folder, a device, a pipe.

    A file laid over the null device, say, would bring down every program of the machine.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return ""  # nothing that could be harmed
    if stat.S_ISREG(mode):
        return ""
    if stat.S_ISDIR(mode):
        return _(_CAUSES[errno.EISDIR])
    return _("a device or something else that isn't a file stands there")


def has_room(office: Path) -> bool:
    """Whether the disk takes what opening an office and changing it needs at least."""
    try:
        return shutil.disk_usage(office.parent).free >= _NO_ROOM_TO_OPEN
    except OSError:
        return True


def stands(path: Path) -> bool:
    """Whether anything stands at ``path``, as far as can be known.

    A folder without rights or a network that is gone answers nothing; whoever then reads or writes
    there is told why.
    """
    try:
        return path.exists()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether a file stands at ``path``, as far as can be known: see :func:`stands`."""
    try:
        return path.is_file()
    except OSError:
        return False


def same(one: Path, other: Path) -> bool:
    """Whether both are the same file, as far as can be known: see :func:`stands`."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def opened_elsewhere(path: Path) -> Path | None:
    """What another program laid beside ``path`` because it has it open, None when nothing lies."""
    locks = (f".~lock.{path.name}#", f"~${path.name}", f".~{path.name}")
    with suppress(OSError, ValueError):
        if path.exists():
            return next((lock for name in locks if (lock := path.with_name(name)).exists()), None)
    return None


def need_free(path: Path, *, force: bool) -> None:
    """Raise WriteError when something stands at ``path`` already, unless ``force``."""
    with suppress(OSError, ValueError):
        if not force and path.exists() and not path.is_dir():
            raise WriteError(
                _("{path} exists already and is not overwritten unless you say so.").format(
                    path=shown(path)
                )
            )


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``path`` once it is complete, or leaves it as it was.

    Raises WriteError naming path and cause: the disk full, the folder gone, no right to write
    there, the file open in another program, a name that can't be.
    """
    unfit = unfit_name(path.name)
    if unfit:
        raise _refusal(path, unfit)
    lock = opened_elsewhere(path)
    if lock is not None:
        raise WriteError(
            _(
                "{path} is open in another program: close it there, or choose another name. (If "
                "it isn't open, {lock} was left behind and can be deleted.)"
            ).format(path=shown(path), lock=lock.name)
        )
    part: Path | None = None
    try:
        place = path.resolve()  # what a link points to is written, the link stays
        kept = special(place)
        if kept:
            raise _refusal(path, kept)
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        # Of its own name: two may write at once, and the longest names leave no room for more.
        part = place.with_name(f".{os.urandom(6).hex()}.part")
        with part.open("xb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        with suppress(OSError):
            shutil.copymode(place, part)
        part.replace(place)
    except OSError as error:
        raise _refusal(path, _where_full(path, error) or cause(error)) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Write a finished file whole or not at all. Raises WriteError, as :func:`written`."""
    with written(path) as target:
        target.write(content)


def _refusal(path: Path, words: str) -> WriteError:
    return WriteError(_("{path} can't be written: {cause}.").format(path=shown(path), cause=words))


def _where_full(path: Path, error: OSError) -> str:
    """Names the folder for temporary files when it is that one which is full, not the path's."""
    if error.errno != errno.ENOSPC:
        return ""
    folder = tempfile.gettempdir()
    with suppress(OSError):
        if shutil.disk_usage(folder).free < _NO_ROOM <= shutil.disk_usage(path.parent).free:
            return _("the disk of the temporary files ({folder}) is full").format(folder=folder)
    return ""

"""Starts the reading process, hears its answer, and ends it: in time, when cancelled, always."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import salesdesk
from salesdesk.text import mark
from salesdesk.workbooks.foreign import READING_ARGUMENT, limits
from salesdesk.workbooks.foreign.refused import (
    Refused,
    damaged,
    too_large,
    too_long,
    too_much_memory,
)  # fmt: skip

#: Seconds between two looks whether the answer is still wanted.
_PATIENCE = 0.1
_CHUNK = 1 << 16
#: How Windows ends what aborted (Rust does where memory is refused), and what reckoned too long.
_WINDOWS_ABORTED, _WINDOWS_QUOTA = 0xC0000409, 1816


def ask(
    path: Path,
    take: Callable[[bytes], None],
    wanted: Callable[[], None],
    *,
    document: bool = False,
) -> None:
    """Hand each line of the answer to ``take`` until the process ends.

    The file is read as a workbook, or as a ``document``.

    ``wanted`` is called several times a second; what it raises ends the process. Raises Refused
    when the process took too much memory or time, died, or didn't start.
    """
    process = _start(path)
    assert process.stdin is not None
    assert process.stdout is not None
    chunks: Queue[bytes] = Queue(16)
    pump = threading.Thread(target=_pump, args=(process.stdout, chunks), daemon=True)
    pump.start()
    try:
        with suppress(OSError):  # it died already; its answer tells
            request = {"path": str(path), "document": document}
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.close()
        lines = _hear(chunks, take, wanted)
        status = process.wait(limits.WAIT_SECONDS)
    finally:
        process.kill()
        while pump.is_alive():  # it may be waiting for room
            with suppress(Empty):
                chunks.get(timeout=_PATIENCE)
        process.stdout.close()
        process.wait()
    if lines == 0:  # it never came to reading: a fault of ours
        raise RuntimeError(f"the reading process said nothing and ended with {status}")
    if status != 0:
        raise _ended(status)


def _hear(chunks: Queue[bytes], take: Callable[[bytes], None], wanted: Callable[[], None]) -> int:
    """Cut the answer into lines and hand them on; how many there were."""
    rest, length, lines = bytearray(), 0, 0
    until = time.monotonic() + limits.WAIT_SECONDS
    while True:
        wanted()
        if time.monotonic() > until:
            raise too_long()
        try:
            chunk = chunks.get(timeout=_PATIENCE)
        except Empty:
            continue
        if not chunk:
            return lines
        length += len(chunk)
        if length > 2 * limits.MAX_ANSWER_BYTES:
            raise too_large()
        *whole, last = chunk.split(b"\n")
        if whole:
            rest += whole[0]
            for line in (bytes(rest), *whole[1:]):
                take(line)
            lines += len(whole)
            rest = bytearray(last)
        else:
            rest += last


def _pump(stream: IO[bytes], chunks: Queue[bytes]) -> None:
    """Carry the answer over; an empty chunk is its end. A pipe can't be waited for on Windows."""
    try:
        while chunk := os.read(stream.fileno(), _CHUNK):
            chunks.put(chunk)
    finally:
        chunks.put(b"")


def _start(path: Path) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":  # no console window flashes up
        flags = subprocess.CREATE_NO_WINDOW
    try:
        return subprocess.Popen(
            _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "RUST_BACKTRACE": "0"}, creationflags=flags,
        )  # fmt: skip
    except OSError as error:
        raise Refused(
            mark("{name} can't be read: the part that reads workbooks doesn't start ({cause})."),
            cause=error.strerror or str(error),
        ) from error


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        # The window's program has no standard output to answer on; the commands' lies beside it.
        program = Path(sys.executable)
        return [str(program.with_name(f"salesdesk-cli{program.suffix}")), READING_ARGUMENT]
    # Isolated, and without what site-packages start by themselves: 30 ms instead of 60. Nothing
    # is imported from the folder one happens to be in.
    places = [str(Path(salesdesk.__file__).resolve().parents[1]), *filter(None, sys.path)]
    begin = (
        f"import sys; sys.path[:] = {places!r}; sys.dont_write_bytecode = True; "
        "from salesdesk.workbooks.foreign import serving; serving.leave(serving.main())"
    )
    return [sys.executable, "-I", "-S", "-c", begin]


def _ended(status: int) -> Refused:
    """Why a process with this exit status is gone."""
    if sys.platform == "win32":
        memory, late = status == _WINDOWS_ABORTED, status == _WINDOWS_QUOTA
    else:
        memory = status == -signal.SIGABRT
        late = status in (-signal.SIGXCPU, -signal.SIGKILL)
    if memory:
        return too_much_memory(limits.MEMORY_BYTES)
    if late:
        return too_long()
    return damaged()

"""A real print queue for tests: a CUPS of their own, whose PDF printer keeps every page.

The scheduler runs from a temporary folder on its own socket, as root or as an ordinary user, and
leaves the machine's own printers alone. Jobs go through CUPS' filters to the driver of its PDF
printer; the last hop stores what a printer would have received. The driver is told to take PDF,
as today's printers do: on the way over PostScript, Chinese text would become nameless shapes.
"""

from __future__ import annotations

import ctypes
import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

DRIVER = Path("/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd")
SERVER_PROGRAMS = Path("/usr/lib/cups")
#: Seconds after which a scheduler or a job that shows nothing is given up.
LIMIT = 60

_FILES = """
FileDevice Yes
ServerRoot {folder}/etc
ServerBin {folder}/programs
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
StateDir {folder}/state
CacheDir {folder}/cache
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
"""
_SCHEDULER = """
Listen {folder}/socket
Browsing No
WebInterface No
LogLevel info
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Location /admin>
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
_LAST_HOP = """#!/bin/sh
[ $# = 0 ] && exit 0
cat ${{6:+"$6"}} > {folder}/printed/part-$1 &&
    mv {folder}/printed/part-$1 {folder}/printed/$(printf %04d "$1").pdf
"""


@dataclass(frozen=True)
class Queue:
    """A print queue: what programs call it, and what it has printed."""

    name: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which other programs find the queue."""
        return os.environ | {"CUPS_SERVER": f"{self.folder}/socket"}

    def printed_files(self, count: int = 1) -> list[Path]:
        """The PDFs printed so far, oldest first, once there are ``count``.

        Raises TimeoutError when they don't come.
        """

        def files() -> list[Path]:
            return sorted((self.folder / "printed").glob("*.pdf"))

        _until(lambda: len(files()) >= count, f"{count} printed pages", self.folder)
        return files()


@pytest.fixture
def pdf_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """A PDF printer, the default one of this process and of those it starts, while a test runs."""
    with tempfile.TemporaryDirectory(prefix="salesdesk-cups-", dir="/tmp") as name:
        folder = Path(name)
        with scheduler(folder):
            queue = Queue("SalesDesk-test", folder)
            add_queue(queue)
            monkeypatch.setenv("CUPS_SERVER", queue.environment["CUPS_SERVER"])
            # A process that printed before has looked the server up and keeps it: tell it.
            library = ctypes.CDLL("libcups.so.2")
            library.cupsSetServer(queue.environment["CUPS_SERVER"].encode())
            try:
                yield queue
            finally:
                library.cupsSetServer(None)


@contextmanager
def scheduler(folder: Path) -> Iterator[None]:
    """A running cupsd whose every file is below ``folder``."""
    # What prints as another user must get through to its folders; sockets' names are short.
    folder.chmod(0o755)
    for part in ("etc/ppd", "programs/backend", "spool/tmp", "state", "cache", "log", "printed"):
        (folder / part).mkdir(parents=True)
    for program in SERVER_PROGRAMS.iterdir():
        if program.name != "backend":
            (folder / "programs" / program.name).symlink_to(program)
    last_hop = folder / "programs/backend/keep"
    last_hop.write_text(_LAST_HOP.format(folder=folder))
    last_hop.chmod(0o700)  # CUPS runs what only its owner may run as that owner
    files = _FILES.format(folder=folder)
    if os.geteuid() == 0:
        files += "User lp\nGroup lp\nSystemGroup root\n"
    (folder / "files.conf").write_text(files)
    (folder / "scheduler.conf").write_text(_SCHEDULER.format(folder=folder))
    # A copy of the scheduler: rules that confine the system's own go by its path.
    found = shutil.which("cupsd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert found is not None, "cupsd is missing: `make setup` installs it"
    shutil.copy(found, folder / "cupsd")
    command = ["-f", "-c", f"{folder}/scheduler.conf", "-s", f"{folder}/files.conf"]
    with (folder / "log/said").open("wb") as said:
        process = subprocess.Popen([folder / "cupsd", *command], stdout=said, stderr=said)
    try:
        _until(lambda: (folder / "socket").exists() or process.poll() is not None, "CUPS", folder)
        assert process.poll() is None, (folder / "log/said").read_text()
        yield
    finally:
        process.terminate()
        process.wait(LIMIT)


def add_queue(queue: Queue) -> None:
    """Add the queue to its scheduler, as the default."""
    filter_line = '*cupsFilter2: "application/vnd.cups-pdf application/pdf 0 -"\n'
    heading, rest = DRIVER.read_text(encoding="latin-1").split("\n", 1)
    driver = queue.folder / "driver.ppd"
    driver.write_text(f"{heading}\n{filter_line}{rest}", encoding="latin-1")
    adding = ["lpadmin", "-p", queue.name, "-E", "-v", "keep:/", "-P", str(driver)]
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    for command in (
        [*adding, "-o", "printer-error-policy=abort-job", "-o", "PageSize=A4"],
        ["lpadmin", "-d", queue.name],
    ):
        subprocess.run(
            command,
            env=queue.environment | {"PATH": path, "USER": getpass.getuser()},
            check=True,
            capture_output=True,
        )


def _until(come: Callable[[], bool], what: str, folder: Path) -> None:
    """Wait for something that another process does."""
    give_up = time.monotonic() + LIMIT
    while not come():
        if time.monotonic() > give_up:
            log = folder / "log/error"
            told = log.read_text(errors="replace")[-3_000:] if log.exists() else ""
            raise TimeoutError(f"waited {LIMIT} s for {what}\n{told}")
        time.sleep(0.02)

"""A Windows machine as far as Wine is one: its screen, its programs, its files, its person.

Everything runs in the environment of :mod:`scripts.windows.environment`; paths of Windows lead
into the Wine prefix, which lies below the project and can be looked into from outside.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.windows.environment import PYTHON, ROOT, Finished, run, windows_path


class CheckError(AssertionError):
    """What was to be proved isn't so."""


def require(condition: object, sentence: str) -> None:
    """Raise CheckError with the sentence unless the condition holds."""
    if not condition:
        raise CheckError(sentence)


def wait_for(condition: Callable[[], object], sentence: str, seconds: float = 60) -> None:
    """Wait until ``found`` gives something; raise CheckError when it never does."""
    until = time.monotonic() + seconds
    while not condition():
        require(time.monotonic() < until, f"never happened: {sentence}")
        time.sleep(0.2)


@dataclass
class Screen:
    """A virtual screen with its own number; windows are found by their title."""

    number: int
    server: subprocess.Popen[bytes] = field(repr=False)

    @property
    def display(self) -> str:
        """What DISPLAY is set to."""
        return f":{self.number}"

    def picture(self, path: Path) -> None:
        """Write what is on the screen as a PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["import", "-display", self.display, "-window", "root", str(path)], check=True
        )

    def windows(self, title: str) -> list[str]:
        """The windows whose title holds ``title``."""
        return self._xdotool("search", "--onlyvisible", "--name", title).split()

    def title(self, window: str) -> str:
        """A window's title."""
        return self._xdotool("getwindowname", window).strip()

    def click(self, window: str, x: int, y: int) -> None:
        """Click into a window."""
        self._xdotool("mousemove", "--window", window, str(x), str(y), "click", "1")

    def press(self, window: str, *keys: str) -> None:
        """Press keys, ctrl+2 say, in a window."""
        self._xdotool("windowfocus", "--sync", window)
        for key in keys:
            self._xdotool("key", "--clearmodifiers", key)

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env={"DISPLAY": self.display, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout


@contextmanager
def screen() -> Iterator[Screen]:
    """A virtual screen for as long as the block runs."""
    number = next(n for n in range(90, 200) if not Path(f"/tmp/.X11-unix/X{n}").exists())
    server = subprocess.Popen(
        ["Xvfb", f":{number}", "-screen", "0", "1440x900x24", "-ac", "-nolisten", "tcp"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(Path(f"/tmp/.X11-unix/X{number}").exists, "the virtual screen starts", 20)
        yield Screen(number, server)
    finally:
        server.terminate()
        server.wait(10)


@dataclass
class Machine:
    """A Wine prefix and the person it belongs to; ``home`` is seen from inside, ``user`` is
    "UID:GID" of somebody other than root.
    """

    screen: Screen
    name: str = "prefix"
    home: str = "/root"
    user: str = ""

    @property
    def drive(self) -> Path:
        """Drive C: from outside."""
        return ROOT / self.home.lstrip("/") / self.name / "drive_c"

    @property
    def settings(self) -> dict[str, str]:
        """The variables that say whose machine it is."""
        return {"WINEPREFIX": f"{self.home}/{self.name}", "HOME": self.home}

    def path(self, windows: str) -> Path:
        """A path of drive C:, written as Windows does, seen from outside."""
        return self.drive / windows.removeprefix("C:\\").replace("\\", "/")

    def start(self, *command: str, seconds: int = 600) -> subprocess.Popen[bytes]:
        """Start a program and go on."""
        code = (
            "import json, sys; from scripts.windows.environment import run;"
            "done = run(sys.argv[1:], **json.loads(sys.stdin.read()));"
            "sys.stdout.buffer.write(done.raw); sys.exit(done.status)"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, "wine", *command], stdin=subprocess.PIPE
        )
        assert process.stdin is not None
        wishes = {
            "seconds": seconds,
            "display": self.screen.display,
            "settings": self.settings,
            "user": self.user,
        }
        process.stdin.write(json.dumps(wishes).encode())
        process.stdin.close()
        return process

    def run(
        self, *command: str, seconds: int = 300, variables: Mapping[str, str] | None = None
    ) -> Finished:
        """Run a program to its end."""
        return run(
            ["wine", *command],
            seconds=seconds,
            display=self.screen.display,
            settings={**self.settings, **(variables or {})},
            user=self.user,
        )

    def run_line(self, line: str, seconds: int = 300) -> Finished:
        """Run a command line exactly as it stands: the installer's /D= takes no quotes."""
        code = f"import subprocess, sys; sys.exit(subprocess.call({line!r}))"
        return self.run(windows_path(PYTHON / "python.exe"), "-c", code, seconds=seconds)

    def memory(self, program: str) -> int:
        """Bytes that the running program holds in memory, the largest of its processes."""
        sizes = [0]
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                named = program in (folder / "cmdline").read_text(errors="replace")
                status = (folder / "status").read_text()
            except OSError:
                continue  # it ended meanwhile
            match = re.search(r"VmRSS:\s+(\d+) kB", status)
            if named and match:
                sizes.append(int(match[1]) * 1024)
        return max(sizes)

    def kill(self, program: str) -> None:
        """End a program at once, as the task manager or a power cut would."""
        subprocess.run(["pkill", "-KILL", "-f", program], check=False)

    def stop(self) -> None:
        """End everything that runs on the machine."""
        run(["wineserver", "-k"], seconds=30, settings=self.settings, user=self.user)

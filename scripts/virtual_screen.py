"""Runs a command on a screen that nobody sees: Xvfb with a window manager.

    python scripts/virtual_screen.py COMMAND [ARGUMENT …]

The X server picks a free display itself. The command's exit status is handed on; server and
window manager end with it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

#: Width, height and colour depth: an office's ordinary screen.
SIZE = "1920x1080x24"


def main(command: Sequence[str]) -> int:
    """Run ``command`` on a virtual screen; its exit status, or 2 when there can't be one."""
    if not command:
        print("usage: virtual_screen.py COMMAND [ARGUMENT …]", file=sys.stderr)
        return 2
    if shutil.which("Xvfb") is None:
        print(
            "There is no display, and Xvfb is missing: `make setup` installs it.", file=sys.stderr
        )
        return 2
    signal.signal(signal.SIGTERM, _end)
    with virtual_screen() as environment:
        return subprocess.run(command, env=environment, check=False).returncode


@contextmanager
def virtual_screen() -> Iterator[Mapping[str, str]]:
    """A screen while the block lasts; gives the environment in which programs find it."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            SIZE,
            "-dpi",
            "96",
            "-nolisten",
            "tcp",
        ],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()  # ends without a number when the server can't start
        if not number:
            raise RuntimeError("Xvfb didn't start")
        environment = os.environ | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        with _window_manager(environment):
            yield environment
    finally:
        _stop(server)


@contextmanager
def _window_manager(environment: Mapping[str, str]) -> Iterator[None]:
    """openbox, where it is installed: it gives windows the focus, as a desktop does."""
    if shutil.which("openbox") is None:
        yield
        return
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        _stop(manager)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end(_number: int, _frame: object) -> None:
    """Leave through the ``finally`` clauses, so that no server stays behind."""
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Faults of the program itself: a sentence for the person, the place of the fault for the log.

Nothing of an office goes into the log, which lies beside it in plain: where an office is encrypted,
a customer's name in the words of an error would undo that. So the log has the kinds of the errors
and where they were raised, line by line of our own source, and the words only of those kinds whose
words the interpreter makes of our own code.
"""

from __future__ import annotations

import logging
import os
import traceback
from pathlib import Path

from platformdirs import user_log_path

from salesdesk import __version__
from salesdesk.text import _

#: Kinds whose words name what stands in our source (a name, a type, a module), no values.
_OF_OUR_SOURCE = (
    ArithmeticError, AttributeError, ImportError, MemoryError, NameError, NotImplementedError,
    RecursionError, TypeError,
)  # fmt: skip


def log_file() -> Path:
    """Where faults are written: the same file as the window's."""
    return user_log_path("SalesDesk", False) / "salesdesk.log"


class LogFile(logging.Handler):
    """Writes to the log file; what does so is loaded with the first fault, which seldom comes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def open(self) -> None:
        """Open the file now. Raises OSError."""
        from logging.handlers import RotatingFileHandler

        file = RotatingFileHandler(self._path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        if self._file is None:
            try:
                self.open()
            except OSError:
                return  # nobody is there to be told; the person has been
        if self._file is not None:
            self._file.handle(record)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()


def story(error: BaseException) -> str:
    """What happened, for the log: kinds and places of an error and those before it, no values."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{frames}{_kind(current)}")
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return "\nafter which came:\n".join(reversed(parts))


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, OSError):
        return f"{name}: {os.strerror(error.errno)}" if error.errno else name
    if isinstance(error, _OF_OUR_SOURCE):
        return f"{name}: {error}"
    statement = getattr(error, "statement", None)  # its values are apart, and left out
    return f"{name}: {statement}" if isinstance(statement, str) else name


def record(error: BaseException) -> str:
    """Write ``error`` and where it was raised to the log; the sentence that tells of it."""
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = LogFile(path)
        handler.open()
    except (OSError, RuntimeError):  # RuntimeError: there is no home folder
        return _("Something went wrong in the program: {kind}. No log could be written.").format(
            kind=type(error).__name__
        )
    log = logging.Logger("salesdesk.commands")
    log.addHandler(handler)
    log.error("SalesDesk %s\n%s", __version__, story(error))
    handler.close()
    return _("Something went wrong in the program. The details are in {path}.").format(path=path)

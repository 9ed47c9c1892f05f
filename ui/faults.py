"""Faults of the program itself: a sentence for the person, the whole story for the log.

The log says the version, the last steps (the tables that changes touched) and where the fault was
raised, nothing of the office (``salesdesk.commands.faults``); a crash in native code, which no
Python sees, leaves its trace beside it. Nothing here may fail in its turn: a log that can't be
written is left out of the sentence.
"""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
from collections import deque
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from platformdirs import user_log_path
from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from salesdesk import __version__
from salesdesk.commands.faults import LogFile, story
from salesdesk.errors import OfficeFileError, SalesDeskError
from salesdesk.storage import files
from salesdesk.text import _, quoted
from ui.shared.messages import ask, tell

_log = logging.getLogger("salesdesk")
#: What was done last, for the log: moment and kind.
_steps: deque[str] = deque(maxlen=20)


def note_step(kind: str) -> None:
    """Remember a step of the person's, should a fault follow: what sort it was, never its words."""
    _steps.append(f"{datetime.now():%H:%M:%S} {kind}")


def log_file() -> Path:
    """Where faults are written."""
    return user_log_path("SalesDesk", False) / "salesdesk.log"


def crash_file() -> Path:
    """Where a crash in native code leaves its trace."""
    return log_file().with_name("crash.log")


class FaultCatcher(QObject):
    """Takes over what nobody caught, in whichever thread, and tells of it in the window's."""

    _caught = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._telling = False
        self._crash_trace: TextIO | None = None
        self._caught.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Begin to catch."""
        try:
            log_file().parent.mkdir(parents=True, exist_ok=True)
            _log.addHandler(LogFile(log_file()))
            # Kept open as long as the program runs: that is how a crash can still write to it.
            self._crash_trace = crash_file().open("a", encoding="utf-8")
            faulthandler.enable(self._crash_trace, all_threads=True)
        except (OSError, RuntimeError):  # RuntimeError: there is no home folder
            _log.addHandler(logging.NullHandler())
        _log.propagate = False  # nothing of it to a console
        sys.excepthook = self._hook
        # What is raised where nobody can be told: Python would write it, words and all, to stderr.
        sys.unraisablehook = lambda args: _log.error(
            "SalesDesk %s: unraisable\n%s", __version__, story(args.exc_value or args.exc_type())
        )
        threading.excepthook = lambda args: self._hook(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def uninstall(self) -> None:
        """Leave faults to Python again."""
        sys.excepthook = sys.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        threading.excepthook = threading.__excepthook__
        for handler in list(_log.handlers):
            _log.removeHandler(handler)
            handler.close()
        if self._crash_trace is not None:
            faulthandler.disable()
            self._crash_trace.close()
            self._crash_trace = None

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if isinstance(error, OSError) and error.filename is not None:
            # A path that no system takes, or a disk that went away: no fault of the program.
            error = OfficeFileError(
                _("{path} can't be used: {cause}.").format(
                    path=quoted(error.filename), cause=files.cause(error)
                )
            )
        if not isinstance(error, SalesDeskError):
            _log.error(
                "SalesDesk %s, %s; last steps: %s\n%s",
                __version__,
                platform.platform(),
                "; ".join(_steps) or "none",
                story(error.with_traceback(trace)),
            )
        self._caught.emit(error)

    def _tell(self, error: BaseException) -> None:
        if self._telling:
            return
        self._telling = True
        try:
            if isinstance(error, SalesDeskError):
                tell(QApplication.activeWindow(), error)
                return
            words = _(
                "Something went wrong in the program. What was saved is safe; what you were "
                "doing last may not have been. The details are in {path}."
            ).format(path=log_file())
            if ask(QApplication.activeWindow(), words, _("Open the folder")):
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent)))
        finally:
            self._telling = False

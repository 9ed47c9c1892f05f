"""Faults of the program itself: a sentence for the person, the whole story for the log.

Nothing here may fail in its turn: a log that can't be written is left out of the sentence.
"""

from __future__ import annotations

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from salesdesk import __version__
from salesdesk.errors import SalesDeskError
from salesdesk.text import _
from ui.shared.messages import say, tell

_log = logging.getLogger("salesdesk")


def log_file() -> Path:
    """Where faults are written."""
    return user_log_path("SalesDesk", False) / "salesdesk.log"


class FaultCatcher(QObject):
    """Takes over what nobody caught, in whichever thread, and tells of it in the window's."""

    _caught = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._telling = False
        self._caught.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Begin to catch."""
        try:
            log_file().parent.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                log_file(), maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
            )
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            _log.addHandler(handler)
        except OSError:
            _log.addHandler(logging.NullHandler())
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._hook(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if not isinstance(error, SalesDeskError):
            _log.error("SalesDesk %s", __version__, exc_info=(kind, error, trace))
        self._caught.emit(error)

    def _tell(self, error: BaseException) -> None:
        if self._telling:
            return
        self._telling = True
        try:
            if isinstance(error, SalesDeskError):
                tell(QApplication.activeWindow(), error)
                return
            say(
                QApplication.activeWindow(),
                _(
                    "Something went wrong in the program. What was saved is safe; what you were "
                    "doing last may not have been. The details are in {path}."
                ).format(path=log_file()),
                QMessageBox.Icon.Critical,
            )
        finally:
            self._telling = False

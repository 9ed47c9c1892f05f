"""Faults of the program itself: a sentence for the person, the whole story for the log."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path

from salesdesk import __version__
from salesdesk.text import _


def log_file() -> Path:
    """Where faults are written: the same file as the window's."""
    return user_log_path("SalesDesk", False) / "salesdesk.log"


def record(error: BaseException) -> str:
    """Write ``error`` with its traceback to the log; the sentence that tells of it."""
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    except OSError:
        return _("Something went wrong in the program: {kind}. No log could be written.").format(
            kind=type(error).__name__
        )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.Logger("salesdesk.commands")
    log.addHandler(handler)
    log.error("SalesDesk %s", __version__, exc_info=error)
    handler.close()
    return _("Something went wrong in the program. The details are in {path}.").format(path=path)

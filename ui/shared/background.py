"""Work that takes longer than a blink: off the window's thread, with progress and cancel.

The work itself knows nothing of Qt: it gets a function ``progress(done, of)`` that raises
Cancelled once the person has pressed Cancel; what it returns is handed over in the window's
thread.

Python's garbage collector is held while work is under way. It runs in whichever thread happens to
allocate, and a page that was closed (a widget in a cycle of references) must not be destroyed in
another thread than the window's: Qt ends the program then.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget
from shiboken6 import isValid

from salesdesk.errors import Cancelled, SalesDeskError
from salesdesk.text import _
from ui.shared.messages import tell

T = TypeVar("T")
Progress = Callable[[int, int], None]
#: Milliseconds of work before the progress box appears.
PATIENCE = 400


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)
    progress = Signal(int, int)


class _Job(QRunnable):
    """One piece of work in a thread of the pool."""

    def __init__(self, work: Callable[[Progress], Any]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.signals = _Signals()
        self.cancelled = threading.Event()
        self._work = work

    def run(self) -> None:
        try:
            result = self._work(self._progress)
        except BaseException as error:  # noqa: BLE001 - handed over to the window's thread whole
            self.signals.failed.emit(error)
        else:
            self.signals.done.emit(result)

    def _progress(self, done: int, of: int) -> None:
        if self.cancelled.is_set():
            raise Cancelled(_("Cancelled: nothing was changed."))
        self.signals.progress.emit(done, of)


class Work(QObject):
    """A piece of work under way; kept alive by :data:`running` until it is over."""

    def __init__(
        self,
        job: _Job,
        then: Callable[[Any], None],
        failed: Callable[[SalesDeskError], None],
        box: QProgressDialog | None,
    ) -> None:
        super().__init__()
        self._job, self._then, self._failed, self._box = job, then, failed, box
        queued = Qt.ConnectionType.QueuedConnection
        job.signals.done.connect(self._on_done, queued)
        job.signals.failed.connect(self._on_failed, queued)
        if box is not None:
            job.signals.progress.connect(self._on_progress, queued)
            box.canceled.connect(self.cancel)

    def cancel(self) -> None:
        """Ask the work to stop at its next report of progress."""
        self._job.cancelled.set()

    @Slot(object)
    def _on_done(self, result: object) -> None:
        self._over()
        if not self._job.cancelled.is_set() and _stands(self._then):
            self._then(result)

    @Slot(object)
    def _on_failed(self, error: BaseException) -> None:
        dropped = self._job.cancelled.is_set() and self._box is None
        self._over()
        if dropped:
            return
        if isinstance(error, SalesDeskError):
            if _stands(self._failed):
                self._failed(error)
        else:
            raise error

    @Slot(int, int)
    def _on_progress(self, done: int, of: int) -> None:
        if self._box is not None and not self._job.cancelled.is_set():
            self._box.setMaximum(of)
            self._box.setValue(min(done, of - 1) if of else 0)

    def _over(self) -> None:
        running.discard(self)
        if not running:
            gc.enable()
        if self._box is not None:
            self._box.canceled.disconnect(self.cancel)
            self._box.close()
            self._box.deleteLater()
            self._box = None


def _stands(handler: Callable[..., None]) -> bool:
    """Whether the widget that waits for a result is still there: its page may be closed by now."""
    plain = handler.func if isinstance(handler, partial) else handler
    owner = getattr(plain, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


#: Work under way, so that Python doesn't let go of it.
running: set[Work] = set()


def run(
    parent: QWidget,
    text: str,
    work: Callable[[Progress], T],
    then: Callable[[T], None],
    failed: Callable[[SalesDeskError], None] | None = None,
) -> Work:
    """Do ``work`` in the background behind a box that says ``text`` and can be cancelled.

    ``then`` gets the result and ``failed`` a refusal (else it is shown), in the window's thread.
    """
    box = QProgressDialog(text, _("Cancel"), 0, 0, parent)
    box.setWindowTitle("SalesDesk")
    box.setWindowModality(Qt.WindowModality.WindowModal)
    box.setMinimumDuration(PATIENCE)
    box.setAutoClose(False)
    box.setAutoReset(False)
    box.setValue(0)
    return _start(_Job(work), then, failed or (lambda error: tell(parent, error)), box)


def run_quietly(
    work: Callable[[], T],
    then: Callable[[T], None],
    failed: Callable[[SalesDeskError], None],
) -> Work:
    """Do ``work`` in the background without a box; cancelling it drops the result."""
    return _start(_Job(lambda _progress: work()), then, failed, None)


def _start(
    job: _Job,
    then: Callable[[Any], None],
    failed: Callable[[SalesDeskError], None],
    box: QProgressDialog | None,
) -> Work:
    under_way = Work(job, then, failed, box)
    gc.disable()
    running.add(under_way)
    QThreadPool.globalInstance().start(job)
    return under_way

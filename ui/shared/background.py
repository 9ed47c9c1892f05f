"""Work that takes longer than a blink: off the window's thread, with progress and cancel.

The work itself knows nothing of Qt: it gets a function ``progress(done, of)`` that raises
Cancelled once the person has pressed Cancel; what it returns is handed over in the window's
thread. Work that never asks, or is asked too late, is done all the same, and the person is told of
it as of any other: until it ends the box says that it is being cancelled.

Python's garbage collector is held while work is under way (see ``collector``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressDialog, QPushButton, QWidget
from shiboken6 import isValid

from salesdesk.errors import Cancelled, SalesDeskError
from salesdesk.text import _
from ui.shared import collector
from ui.shared.messages import tell

T = TypeVar("T")
#: What work reports how far it is by; :meth:`Report.say` beside it changes what its box says.
Progress = Callable[[int, int], None]
#: Milliseconds of work before the progress box appears.
PATIENCE = 400


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)
    progress = Signal(int, int)
    said = Signal(str)


class Report:
    """How far work is: called with (done, of), or told in words; both raise Cancelled."""

    def __init__(self, signals: _Signals, cancelled: threading.Event) -> None:
        self._signals, self._cancelled = signals, cancelled

    def __call__(self, done: int, of: int) -> None:
        self._go_on()
        self._signals.progress.emit(done, of)

    def say(self, words: str) -> None:
        """Say what is done now. Raises Cancelled."""
        self._go_on()
        self._signals.said.emit(words)

    def _go_on(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled(_("Cancelled: nothing was changed."))


class _Job(QRunnable):
    """One piece of work in a thread of the pool."""

    def __init__(self, work: Callable[[Report], Any]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.signals = _Signals()
        self.cancelled = threading.Event()
        self._work = work

    def run(self) -> None:
        try:
            result = self._work(Report(self.signals, self.cancelled))
        except BaseException as error:  # noqa: BLE001 - handed over to the window's thread whole
            outcome, signal = error, "failed"
        else:
            outcome, signal = result, "done"
        # Reading may outlive the window that asked: then nobody is there to be told.
        if isValid(self.signals):
            getattr(self.signals, signal).emit(outcome)


class _Box(QProgressDialog):
    """Stays until the work is over, also once it was cancelled: nobody works beside it."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, "", 0, 0, parent)
        self._button = QPushButton(_("Cancel"))
        self.setCancelButton(self._button)
        self.canceled.disconnect(self.cancel)  # which would hide it
        self.setWindowTitle("SalesDesk")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumDuration(PATIENCE)
        self.setAutoClose(False)
        self.setAutoReset(False)
        self.setValue(0)
        self.canceled.connect(self._being_cancelled)
        self._over = False

    def end(self) -> None:
        """Go away, the work being over."""
        self._over = True
        self.reset()  # or, not shown yet, it would come up while what follows asks something
        self.close()
        self.deleteLater()

    def _being_cancelled(self) -> None:
        self._button.setEnabled(False)
        self.setLabelText(_("Cancelling…"))

    def reject(self) -> None:
        if self._button.isEnabled():
            self.canceled.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._over:
            event.accept()
            return
        event.ignore()
        self.reject()


class Work(QObject):
    """A piece of work under way; kept alive by :data:`running` until it is over."""

    def __init__(
        self,
        job: _Job,
        then: Callable[[Any], None],
        failed: Callable[[SalesDeskError], None],
        box: _Box | None,
        *,
        of_office: bool,
    ) -> None:
        super().__init__()
        #: Whether the result is nobody's any more once the office is closed.
        self.of_office = of_office
        self._job, self._then, self._failed, self._box = job, then, failed, box
        queued = Qt.ConnectionType.QueuedConnection
        job.signals.done.connect(self._on_done, queued)
        job.signals.failed.connect(self._on_failed, queued)
        if box is not None:
            job.signals.progress.connect(self._on_progress, queued)
            job.signals.said.connect(self._on_said, queued)
            box.canceled.connect(self.cancel)

    def cancel(self) -> None:
        """Ask the work to stop at its next report of progress."""
        self._job.cancelled.set()

    @Slot(object)
    def _on_done(self, result: object) -> None:
        dropped = self._job.cancelled.is_set() and self._box is None
        self._over()
        if not dropped and _stands(self._then):
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

    @Slot(str)
    def _on_said(self, words: str) -> None:
        if self._box is not None and not self._job.cancelled.is_set():
            self._box.setLabelText(words)

    def _over(self) -> None:
        running.discard(self)
        collector.let_go(self)
        if self._box is not None:
            self._box.canceled.disconnect(self.cancel)
            self._box.end()
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
    work: Callable[[Report], T],
    then: Callable[[T], None],
    failed: Callable[[SalesDeskError], None] | None = None,
) -> Work:
    """Do ``work`` in the background behind a box that says ``text`` and can be cancelled.

    ``then`` gets the result and ``failed`` a refusal (else it is shown), in the window's thread.
    """
    shown = failed or (lambda error: tell(parent, error))
    return _start(_Job(work), then, shown, _Box(text, parent))


def run_quietly(
    work: Callable[[], T],
    then: Callable[[T], None],
    failed: Callable[[SalesDeskError], None],
    *,
    of_office: bool = True,
) -> Work:
    """Do ``work`` in the background without a box; cancelling it drops the result.

    So does closing the office, unless the work isn't ``of_office``.
    """
    return _start(_Job(lambda _progress: work()), then, failed, None, of_office=of_office)


def drop_of_office() -> None:
    """Drop the results of the quiet work that reads the office, which is being closed."""
    for work in running:
        if work.of_office:
            work.cancel()


def _start(
    job: _Job,
    then: Callable[[Any], None],
    failed: Callable[[SalesDeskError], None],
    box: _Box | None,
    *,
    of_office: bool = False,
) -> Work:
    under_way = Work(job, then, failed, box, of_office=of_office)
    collector.hold(under_way)
    running.add(under_way)
    QThreadPool.globalInstance().start(job)
    return under_way

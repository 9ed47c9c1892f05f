"""A process that shows a window and says when: run by bench_window, once a measurement.

``python -m tests.benchmarks.window_probe bare|empty|OFFICE`` prints a line of JSON: the moments
(CLOCK_MONOTONIC, comparable between processes) at which the first frame stood and the first page
of rows stood on the screen, and the memory then held.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView, QTabWidget, QWidget

if TYPE_CHECKING:
    from salesdesk.workspace import Workspace

#: Seconds after which a probe gives up.
_LIMIT = 60_000
_FIRST = Qt.EventPriority.HighEventPriority.value


class Probe(QObject):
    """Notes when the next picture of a widget stands."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.painted: float | None = None
        self._widget = widget
        widget.installEventFilter(self)

    # -- Qt --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._widget.removeEventFilter(self)
            # It is just being painted; what is posted comes right after, before any timer.
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), _FIRST)
        return super().eventFilter(watched, event)

    def customEvent(self, _event: QEvent) -> None:
        self.painted = time.monotonic()


class Rows(QObject):
    """Tells when the first table that holds rows stands on the screen."""

    def __init__(self, frame: Probe) -> None:
        super().__init__()
        self._frame = frame

    def first_person(self, workspace: Workspace, *, again: bool = False) -> bool:
        """Answer "who is working here?" as somebody would who was asked before; then watch."""
        from salesdesk.office import people
        from ui.shared.tables import RecordTable

        staff = workspace.read(people.people)
        manager = next(person for person in staff if person.role == "manager")
        workspace.work_as(manager.id, manager.name)
        rows = self

        def paint(table: RecordTable[object], event: QPaintEvent) -> None:
            QTableView.paintEvent(table, event)
            if table.records.rows:
                QCoreApplication.postEvent(rows, QEvent(QEvent.Type.User), _FIRST)

        setattr(RecordTable, "paintEvent", paint)  # noqa: B010 - the table has none of its own
        return True

    # -- Qt --------------------------------------------------------------------------------------

    def customEvent(self, _event: QEvent) -> None:
        _tell(self._frame, time.monotonic())


def bare() -> tuple[QApplication, QMainWindow]:
    """The least that could be called this window: a main window with three tabs."""
    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    tabs = QTabWidget()
    for name in ("客户", "计划", "报表"):
        tabs.addTab(QWidget(), name)
    window.setCentralWidget(tabs)
    window.resize(1280, 800)
    return application, window


def main(what: str) -> None:
    """Show what is asked for, tell, and go."""
    if what == "bare":
        application, window = bare()
        probe = Probe(window)
        window.show()
        timer = QTimer()
        timer.timeout.connect(lambda: _tell(probe, None) if probe.painted else None)
        timer.start(1)
        application.exec()
        return
    import tempfile

    from ui.__main__ import build
    from ui.opening import Opening
    from ui.preferences import Preferences

    folder = Path(tempfile.mkdtemp(prefix="salesdesk-probe-"))
    preferences = Preferences(folder / "preferences.json")
    application, office = build(preferences, "zh")
    probe = Probe(office)
    path = None if what == "empty" else Path(what)
    office.begin_once_painted(path)
    office.show()
    if path is None:
        timer = QTimer()
        timer.timeout.connect(lambda: _tell(probe, None) if probe.painted else None)
        timer.start(1)
    else:
        rows = Rows(probe)
        setattr(Opening, "choose_person", rows.first_person)  # noqa: B010 - nobody is there to ask
    QTimer.singleShot(_LIMIT, lambda: sys.exit("no page was filled"))
    application.exec()


def _tell(probe: Probe, filled: float | None) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    memory = pages * resource.getpagesize()
    print(json.dumps({"painted": probe.painted, "filled": filled, "memory": memory}), flush=True)
    QApplication.quit()


if __name__ == "__main__":
    main(sys.argv[1])

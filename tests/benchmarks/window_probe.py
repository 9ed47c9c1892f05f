"""A process that shows a window and says when: run by bench_window, once a measurement.

``python -m tests.benchmarks.window_probe bare|empty|OFFICE`` prints a line of JSON: the moments
(CLOCK_MONOTONIC, comparable between processes) of the first painted frame and of the first page
filled with rows, and the memory then held.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTabWidget, QWidget

if TYPE_CHECKING:
    from salesdesk.workspace import Workspace
    from ui.main_window import MainWindow

#: Seconds after which a probe gives up.
_LIMIT = 60_000


class Probe(QObject):
    """Notes the first painted frame of a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.painted: float | None = None
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.painted is None and event.type() == QEvent.Type.Paint:
            # The event is being painted: the frame stands once the loop comes round again.
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._note)
        return super().eventFilter(watched, event)

    def _note(self) -> None:
        self.painted = time.monotonic()


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
    setattr(Opening, "choose_person", _first_person)  # noqa: B010 - nobody is there to ask
    path = None if what == "empty" else Path(what)
    office.begin_once_painted(path)
    office.show()
    timer = QTimer()
    timer.timeout.connect(lambda: _filled(probe, office, wanted=path is not None))
    timer.start(1)
    QTimer.singleShot(_LIMIT, lambda: sys.exit("no page was filled"))
    application.exec()


def _first_person(_opening: object, workspace: Workspace, *, again: bool = False) -> bool:
    """Answer "who is working here?" as somebody would who was asked before."""
    from salesdesk.office import people

    manager = next(person for person in workspace.read(people.people) if person.role == "manager")
    workspace.work_as(manager.id, manager.name)
    return True


def _filled(probe: Probe, window: MainWindow, *, wanted: bool) -> None:
    if probe.painted is None:
        return
    if not wanted:
        _tell(probe, None)
        return
    from ui.shared.tables import RecordTable

    tab = window.current_tab
    if tab is not None and any(
        table.isVisible() and table.records.rows for table in tab.findChildren(RecordTable)
    ):
        _tell(probe, time.monotonic())


def _tell(probe: Probe, filled: float | None) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    memory = pages * resource.getpagesize()
    print(json.dumps({"painted": probe.painted, "filled": filled, "memory": memory}), flush=True)
    QApplication.quit()


if __name__ == "__main__":
    main(sys.argv[1])

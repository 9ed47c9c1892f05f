"""Pages in cycles of references are destroyed in the window's thread alone, whoever allocates."""

from __future__ import annotations

import gc
import threading

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.shared import background, collector


class _Closed(QWidget):
    """A page that holds itself, as pages do by the callbacks they give away."""

    destroyed_in: list[int] = []

    def __init__(self) -> None:
        super().__init__()
        self.callback = self.refresh

    def refresh(self) -> None:
        """What the page gives away."""

    def __del__(self) -> None:
        self.destroyed_in.append(threading.get_ident())


def test_no_page_is_destroyed_by_a_thread_that_works(qtbot: QtBot) -> None:
    _Closed.destroyed_in.clear()
    done: list[int] = []

    def work() -> int:
        # Enough of what the collector counts to make it run many times over.
        kept = []
        for number in range(200_000):
            kept.append([number])
        return len(kept)

    for _turn in range(5):
        _Closed()
        background.run_quietly(work, done.append, lambda _error: None)
    qtbot.waitUntil(lambda: len(done) == 5 and not background.running, timeout=60_000)
    gc.collect()
    assert len(_Closed.destroyed_in) == 5
    assert set(_Closed.destroyed_in) == {threading.main_thread().ident}
    assert gc.isenabled()


def test_work_that_ends_leaves_the_collector_to_who_else_holds_it(qtbot: QtBot) -> None:
    collector.hold("start")
    try:
        done: list[int] = []
        background.run_quietly(lambda: 1, done.append, lambda _error: None)
        qtbot.waitUntil(lambda: bool(done) and not background.running, timeout=20_000)
        assert not gc.isenabled()
    finally:
        collector.let_go("start")
    assert gc.isenabled()

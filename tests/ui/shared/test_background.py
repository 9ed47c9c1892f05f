"""Background work: results in the window's thread, cancel, refusals; latest wish wins."""

from __future__ import annotations

import threading

from PySide6.QtWidgets import QProgressDialog, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import people
from salesdesk.workspace import Workspace
from ui.preferences import Preferences
from ui.shared import background
from ui.shared.session import Latest, Session


def test_the_result_arrives_in_the_windows_thread(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    found: list[tuple[int, bool]] = []
    main = threading.get_ident()
    background.run(
        parent,
        "Working",
        lambda _progress: threading.get_ident(),
        lambda worker: found.append((worker, threading.get_ident() == main)),
    )
    qtbot.waitUntil(lambda: bool(found))
    assert found[0][0] != main
    assert found[0][1]
    assert not background.running


def test_cancelled_work_stops_at_its_next_report_and_hands_nothing_over(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    go_on = threading.Event()
    results: list[int] = []
    refusals: list[SalesDeskError] = []

    def work(progress: background.Progress) -> int:
        go_on.wait(10)
        progress(1, 2)
        return 1

    under_way = background.run(parent, "Working", work, results.append, refusals.append)
    under_way.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: bool(refusals))
    assert results == []


def test_work_that_is_over_before_it_could_be_cancelled_is_told_of(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    go_on = threading.Event()
    results: list[int] = []

    def work(report: background.Report) -> int:
        report.say("Moving the furniture")
        go_on.wait(10)
        return 1

    background.run(parent, "Working", work, results.append)
    box = parent.findChild(QProgressDialog)
    assert box is not None
    qtbot.waitUntil(lambda: box.labelText() == "Moving the furniture")
    qtbot.waitUntil(box.isVisible)
    box.close()  # as with Escape or the button: nobody gets at the window while it is at work
    assert box.isVisible()
    assert box.labelText() == "Cancelling…"
    go_on.set()
    qtbot.waitUntil(lambda: bool(results))
    assert results == [1]
    qtbot.waitUntil(lambda: parent.findChild(QProgressDialog) is None)


def test_a_refusal_is_handed_to_the_one_who_asked(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    refusals: list[SalesDeskError] = []

    def work(_progress: background.Progress) -> int:
        raise InputError("No.")

    background.run(parent, "Working", work, lambda _result: None, refusals.append)
    qtbot.waitUntil(lambda: bool(refusals))
    assert refusals[0].message == "No."


def test_only_the_newest_wish_is_answered(qtbot: QtBot, session: Session) -> None:
    answers: list[int] = []
    latest = Latest(session, lambda _error: None)
    for _turn in range(5):
        latest.read(lambda _rows: answers.append(0), people.people)
    latest.read(lambda rows: answers.append(len(rows)), people.people)
    qtbot.waitUntil(lambda: not background.running)
    assert answers == [3]


def test_what_was_read_of_an_office_reaches_nobody_once_it_is_closed(
    qtbot: QtBot, session: Session, preferences: Preferences
) -> None:
    """A page that is being taken down would read the closed office again for what it shows."""
    begun, go_on = threading.Event(), threading.Event()
    results: list[object] = []
    closing = Session(Workspace.open(session.workspace.path), preferences)
    latest = Latest(closing, lambda _error: None)

    def slow(_db: object) -> int:
        begun.set()
        assert go_on.wait(20)
        return 1

    latest.read(results.append, slow)
    printed = background.run_quietly(
        lambda: go_on.wait(20), results.append, lambda _error: None, of_office=False
    )
    assert begun.wait(20)
    go_on.set()
    closing.close()
    qtbot.waitUntil(lambda: printed not in background.running and not background.running)
    assert results == [True]

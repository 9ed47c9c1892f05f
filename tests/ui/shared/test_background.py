"""Background work: results in the window's thread, cancel, refusals; latest wish wins."""

from __future__ import annotations

import threading

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import people
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

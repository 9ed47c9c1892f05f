"""A call is logged by keys alone, from wherever one is: three keys at most, and the words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.customers import activities, customers
from salesdesk.customers.activities import Activity
from salesdesk.office.founding import new_office
from ui.customers.all_customers import AllCustomersPage
from ui.customers.contact_form import ContactForm
from ui.customers.tab import CustomersTab
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.shared import background

WORDS = "wants a second visit"
_ALONE = Qt.KeyboardModifier.NoModifier


class Keys:
    """Presses keys where the focus is, and counts them; words are not counted."""

    def __init__(self) -> None:
        self.pressed = 0

    def press(self, widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = _ALONE) -> None:
        self.pressed += 1
        QTest.keyClick(widget, key, held)


@pytest.fixture
def window(qtbot: QtBot, preferences: Preferences, tmp_path: Path) -> Iterator[MainWindow]:
    """An office where Chen Ai (A) is overdue and Gu Ci (C) is not, seen by its founder."""
    path = tmp_path / "keys.office"
    today = date.today()
    with (
        new_office(path, name="Keys", kind="property", founder="Wang Min") as workspace,
        workspace.unrecorded() as change,
    ):
        for name, grade, days in (("Chen Ai", "A", 60), ("Gu Ci", "C", 1)):
            customers.add(
                change, name=name, grade=grade, owner_id=1, phones=f"138000000{days}",
                registered_on=today - timedelta(days=days),
            )  # fmt: skip
    main_window = MainWindow(preferences)
    qtbot.addWidget(main_window)
    main_window.show()
    with qtbot.waitSignal(main_window.ready, timeout=20_000):
        main_window.begin(path)
    qtbot.waitUntil(lambda: not background.running, timeout=20_000)
    yield main_window
    main_window.close()


def _log(
    window: MainWindow, keys: Keys, find: Callable[[ContactForm], None] | None = None
) -> Activity:
    """Press Ctrl+L, type the words, press Ctrl+Enter; what was logged."""
    opened: list[ContactForm] = []

    def type_into() -> None:
        form = QApplication.activeModalWidget()
        if not isinstance(form, ContactForm) or QApplication.activeWindow() is not form:
            if isinstance(form, ContactForm):
                form.activateWindow()  # no window manager does it here
            QTimer.singleShot(20, type_into)
            return
        opened.append(form)
        try:
            if find is not None:
                find(form)
            assert form.focusWidget() is form.words
            QTest.keyClicks(form.words, WORDS)
            keys.press(form.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            assert not form.isVisible(), form.error.text()
        finally:  # a form that stays open would keep the test waiting for ever
            form.done(0)

    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)  # keys reach menus in the active window alone
    QTimer.singleShot(20, type_into)
    keys.press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert opened
    session = window.session
    assert session is not None
    (logged,) = session.read(activities.timeline, customer_id=_customer(window, "Chen Ai"))
    return logged


def _customer(window: MainWindow, name: str) -> int:
    assert window.session is not None
    return window.session.read(customers.find, name)[0].id


def _check(window: MainWindow, logged: Activity) -> None:
    """The defaults are a call that was answered, now, with the next contact by the cadence."""
    session = window.session
    assert session is not None
    assert (logged.kind, logged.answered, logged.words) == ("call", True, WORDS)
    assert abs(datetime.now() - logged.at) < timedelta(minutes=5)
    chen = session.read(customers.find, "Chen Ai")[0]
    assert chen.next_contact_on == session.today + timedelta(days=7)


def test_from_todays_list_a_call_costs_two_keys_and_the_words(window: MainWindow) -> None:
    tab = window.show_tab("customers")
    assert isinstance(tab, CustomersTab)
    tab.show_page("today")
    keys = Keys()
    _check(window, _log(window, keys))
    assert keys.pressed == 2


def test_from_the_list_of_all_customers_and_from_the_panel_too(
    window: MainWindow, qtbot: QtBot
) -> None:
    tab = window.show_tab("customers")
    assert isinstance(tab, CustomersTab)
    page = tab.show_page("all")
    assert isinstance(page, AllCustomersPage)
    qtbot.waitUntil(lambda: page.table.records.rowCount() == 2)
    page.table.setFocus()
    names = [page.table.records.record(row).name for row in range(2)]
    page.table.selectRow(names.index("Chen Ai"))
    keys = Keys()
    _check(window, _log(window, keys))
    assert keys.pressed == 2


def test_the_panel_s_customer_is_meant_where_no_list_has_the_focus(
    window: MainWindow, qtbot: QtBot
) -> None:
    tab = window.show_tab("customers")
    assert isinstance(tab, CustomersTab)
    page = tab.show_page("all")
    assert isinstance(page, AllCustomersPage)
    qtbot.waitUntil(lambda: page.table.records.rowCount() == 2)
    names = [page.table.records.record(row).name for row in range(2)]
    page.table.selectRow(names.index("Gu Ci"))
    tab.open_customer(_customer(window, "Chen Ai"))
    tab.panel.edit_button.setFocus()
    keys = Keys()
    _check(window, _log(window, keys))
    assert keys.pressed == 2


def test_from_another_tab_the_customer_is_found_by_name_with_one_key_more(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show_tab("planning")
    keys = Keys()

    def find(form: ContactForm) -> None:
        assert form.focusWidget() is form.customer.search
        QTest.keyClicks(form.customer.search, "chen")
        qtbot.waitUntil(lambda: form.customer.list.count() == 1)
        keys.press(form.customer.search, Qt.Key.Key_Return)

    _check(window, _log(window, keys, find))
    assert keys.pressed == 3

"""The tab as the window's menus ask it: pages by code, search, print, Ctrl+L, Ctrl+N."""

from __future__ import annotations

import pytest
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.customers import contact_form, customer_form, deal_form
from ui.customers.all_customers import AllCustomersPage
from ui.customers.tab import CustomersTab
from ui.shared import background, printing, record_form
from ui.shared.painted import all_painted
from ui.shared.session import Session

PAGES = ("today", "all", "deals", "handover")


@pytest.fixture
def tab(office: Session, qtbot: QtBot) -> CustomersTab:
    """The tab, shown."""
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.resize(1024, 608)
    tab.show()
    qtbot.waitUntil(lambda: all_painted(tab) and not background.running)
    return tab


def test_pages_are_built_when_first_shown_and_the_first_is_today(tab: CustomersTab) -> None:
    assert tab.pages.code == "today"
    assert tab.pages.stack.count() == 1
    first = [tab.show_page(code) for code in PAGES]
    assert [tab.show_page(code) for code in PAGES] == first
    with pytest.raises(KeyError):
        tab.show_page("complaints")


@pytest.mark.parametrize("code", PAGES)
def test_nothing_on_a_page_needs_more_than_a_small_window(
    tab: CustomersTab, code: str, qtbot: QtBot
) -> None:
    page = tab.show_page(code)
    qtbot.waitUntil(lambda: not background.running)
    assert tab.minimumSizeHint().width() <= 1024
    assert tab.minimumSizeHint().height() <= 608
    for part in page.findChildren(QWidget):
        if part.isVisible() and part.parentWidget() is page:
            assert page.rect().contains(part.geometry())


@pytest.mark.parametrize(
    ("code", "wish", "module", "form"),
    [
        ("today", "log_contact", contact_form, "ContactForm"),
        ("all", "log_contact", contact_form, "ContactForm"),
        ("today", "new", customer_form, "CustomerForm"),
        ("all", "new", customer_form, "CustomerForm"),
        ("deals", "new", deal_form, "DealForm"),
        ("handover", "new", record_form, "RecordForm"),
    ],
)
def test_each_page_opens_the_form_that_fits(
    tab: CustomersTab,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    wish: str,
    module: object,
    form: str,
) -> None:
    opened: list[str] = []

    def noted(dialog: QDialog) -> int:
        opened.append(type(dialog).__name__)
        return int(QDialog.DialogCode.Rejected)

    monkeypatch.setattr(getattr(module, form), "exec", noted)
    tab.show_page(code)
    getattr(tab, wish)()
    assert opened == [form]


def test_a_contact_logged_in_the_panel_is_with_the_customer_shown_there(
    tab: CustomersTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []

    def noted(dialog: contact_form.ContactForm) -> int:
        logged.append(dialog.customer.customer().name)
        return int(QDialog.DialogCode.Rejected)

    monkeypatch.setattr(contact_form.ContactForm, "exec", noted)
    tab.panel.log_button.click()
    assert logged == ["Chen Ai"]


def test_find_goes_to_the_search(tab: CustomersTab, qtbot: QtBot) -> None:
    page = tab.show_page("all")
    assert isinstance(page, AllCustomersPage)
    page.table.setFocus()
    tab.find()
    assert tab.focusWidget() is page.search


@pytest.mark.parametrize(("code", "title"), [("today", "To contact"), ("all", "Customers")])
def test_lists_are_printed_with_title_and_rows(
    tab: CustomersTab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, code: str, title: str
) -> None:
    printed: list[bytes] = []
    monkeypatch.setattr(
        printing, "print_pdf", lambda _parent, _kept, pdf, _title: printed.append(pdf)
    )
    tab.show_page(code)
    qtbot.waitUntil(lambda: not background.running)
    tab.print_current()
    qtbot.waitUntil(lambda: bool(printed), timeout=20_000)
    document: QPdfDocument = printing.Pages(printed[0]).document
    text = document.getAllText(0).text()
    assert title in text
    assert "Chen Ai" in text

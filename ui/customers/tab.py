"""The Customers tab: its pages, and the customer panel beside them."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from salesdesk.customers.customers import CustomerFilter
from salesdesk.text import _
from ui.customers.desk import Desk
from ui.customers.panel import CustomerPanel
from ui.customers.today import TodayPage
from ui.shared.pages import Page, Pages
from ui.shared.session import Session

_SHOWN = "customer_panel"


class _Asked(Protocol):
    """What the menus ask of a page; each does what fits it."""

    def begin_search(self) -> None: ...

    def new(self) -> None: ...

    def log_contact(self) -> None: ...

    def print_current(self) -> None: ...


class CustomersTab(QWidget):
    """Pages at the left, the panel of the customer chosen at the right."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.desk = Desk(session, self)
        self.pages = Pages(
            [
                Page("today", _("Today"), "mdi6.calendar-check", self._today),
                Page("all", _("All customers"), "mdi6.account-group", self._all),
                Page("deals", _("Deals"), "mdi6.handshake", self._deals),
                Page(
                    "handover",
                    _("Leave and hand-over"),
                    "mdi6.account-switch",
                    self._handover,
                ),
            ],
            name=_("Pages of customers"),
        )
        self.panel = CustomerPanel(session, self.desk)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.pages)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([900, 340])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self.panel.setVisible(session.preferences.get(_SHOWN, True))
        self.panel.closed.connect(self.close_panel)
        self.desk.picked.connect(self.panel.follow)
        self.desk.opened.connect(self.open_customer)
        self.show_page("today")

    # -- what the window asks --------------------------------------------------------------------

    def show_page(self, code: str) -> QWidget:
        """Show a page: today, all, deals or handover. Raises KeyError."""
        return self.pages.show_page(code)

    def find(self) -> None:  # type: ignore[override]  # QWidget.find finds windows by number
        """Search on the page shown."""
        self._page().begin_search()

    def new(self) -> None:
        """Enter what the page shown is about."""
        self._page().new()

    def log_contact(self) -> None:
        """Log a contact with the customer chosen on the page, else with the one in the panel."""
        self._page().log_contact()

    def print_current(self) -> None:
        """Print the page's list."""
        self._page().print_current()

    def show_overdue(self, person_id: int) -> None:
        """Show the overdue customers of a person on the page of all customers."""
        page = self.show_page("all")
        page.show_filter(  # type: ignore[attr-defined]
            CustomerFilter(owner_id=person_id, overdue_on=self.session.today)
        )

    # -- the panel -------------------------------------------------------------------------------

    def open_customer(self, customer_id: int) -> None:
        """Show a customer in the panel, which opens."""
        self.panel.show()
        self.session.preferences.set(_SHOWN, True)
        self.panel.show_customer(customer_id)

    def close_panel(self) -> None:
        """Close the panel; a double click on a customer opens it again."""
        self.panel.hide()
        self.session.preferences.set(_SHOWN, False)

    # -- the pages, made when first shown --------------------------------------------------------

    def _page(self) -> _Asked:
        return cast(_Asked, self.pages.stack.currentWidget())

    def _today(self) -> QWidget:
        page = TodayPage(self.session, self.desk)
        page.neglect_wanted.connect(self.show_overdue)
        return page

    def _all(self) -> QWidget:
        from ui.customers.all_customers import AllCustomersPage

        return AllCustomersPage(self.session, self.desk)

    def _deals(self) -> QWidget:
        from ui.customers.deals_page import DealsPage

        return DealsPage(self.session, self.desk)

    def _handover(self) -> QWidget:
        from ui.customers.handover import HandoverPage

        return HandoverPage(self.session, self.desk)

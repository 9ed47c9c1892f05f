"""The Customers tab: its pages, and the customer panel beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from salesdesk.customers.customers import CustomerFilter
from salesdesk.text import _
from ui.customers.desk import Desk
from ui.customers.today import TodayPage
from ui.shared.pages import Page, Pages
from ui.shared.painted import once_painted
from ui.shared.session import Session
from ui.shared.tables import RecordTable

if TYPE_CHECKING:
    from salesdesk.planning.live.state import Where
    from ui.customers.panel import CustomerPanel

_SHOWN = "customer_panel"
#: Pixels the panel needs.
PANEL_WIDTH = 290
#: Pixels below which the list of pages gives way, and the least that the tab needs.
_NARROW, _NARROWEST = 1000, 780


class _Asked(Protocol):
    """What the menus ask of a page; each does what fits it."""

    def begin_search(self) -> None: ...

    def new(self) -> None: ...

    def log_contact(self) -> None: ...

    def print_current(self) -> None: ...


class CustomersTab(QWidget):
    """Pages at the left, the panel of the customer chosen at the right.

    ``summary_wanted`` asks the window for a summary that is due.
    """

    summary_wanted = Signal(object)

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
        # The panel is made once the list stands: half of what the tab shows first is the panel's.
        self._panel: CustomerPanel | None = None
        self._room = QWidget()
        self._room.setMinimumWidth(PANEL_WIDTH)
        self._led_to: int | None = None
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.pages)
        self.splitter.addWidget(self._room)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([900, 340])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._room.hide()
        # Narrower the list of pages shows only its pictures.
        self.setMinimumWidth(_NARROWEST)
        self.desk.picked.connect(self._follow)
        self.desk.opened.connect(self.open_customer)
        self.show_page("today")
        once_painted(self, self._complete)

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
        """Log a contact with the customer whom the person looks at.

        In a list it is the one the cursor is on; elsewhere the one in the panel, if it is open.
        """
        focused = self.focusWidget()
        in_list = isinstance(focused, RecordTable) and self.pages.isAncestorOf(focused)
        if not in_list and self.panel.isVisible() and self.panel.customer_id is not None:
            self.panel.log_contact()
        else:
            self._page().log_contact()

    def print_current(self) -> None:
        """Print the page's list."""
        self._page().print_current()

    def look_at(self, where: Where) -> None:
        """Show what a plan's rule counts: deals, or the customers of a grade or state."""
        if where.page == "deals":
            self.show_page("deals")
            return
        page = self.show_page("all")
        page.show_filter(  # type: ignore[attr-defined]
            CustomerFilter(grade=where.grade or None, state=where.state or None)
        )

    def show_overdue(self, person_id: int) -> None:
        """Show the overdue customers of a person on the page of all customers."""
        page = self.show_page("all")
        page.show_filter(  # type: ignore[attr-defined]
            CustomerFilter(owner_id=person_id, overdue_on=self.session.today)
        )

    # -- the panel -------------------------------------------------------------------------------

    @property
    def panel(self) -> CustomerPanel:
        """The panel, made when it is first wanted."""
        if self._panel is None:
            from ui.customers.panel import CustomerPanel

            sizes = self.splitter.sizes()
            self._panel = CustomerPanel(self.session, self.desk)
            self._panel.setVisible(not self._room.isHidden())
            self._panel.closed.connect(self.close_panel)
            self._panel.emptied.connect(self._show_panel)
            self.splitter.replaceWidget(1, self._panel)
            self.splitter.setStretchFactor(1, 0)
            self.splitter.setSizes(sizes)
            self._room.deleteLater()
        return self._panel

    def _complete(self) -> None:
        """Make what stands beside the list, which is on the screen."""
        panel = self.panel
        if self._led_to is not None and panel.customer_id is None:
            panel.follow(self._led_to)

    def _follow(self, customer_id: int) -> None:
        if self._panel is None:
            self._led_to = customer_id
        else:
            self._panel.follow(customer_id)
        self._show_panel()

    def open_customer(self, customer_id: int) -> None:
        """Show a customer in the panel, which opens."""
        self.session.preferences.set(_SHOWN, True)
        self.panel.show_customer(customer_id)
        self._show_panel()

    def close_panel(self) -> None:
        """Close the panel; a double click on a customer opens it again."""
        self.session.preferences.set(_SHOWN, False)
        self._show_panel()

    def _show_panel(self) -> None:
        """The panel has room while it has a customer to show and nobody closed it."""
        panel = self._panel
        customer_id = self._led_to if panel is None else panel.customer_id
        shown = self.session.preferences.get(_SHOWN, True) and customer_id is not None
        (self._room if panel is None else panel).setVisible(shown)

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pages.set_narrow(self.width() < _NARROW)

    # -- the pages, made when first shown --------------------------------------------------------

    def _page(self) -> _Asked:
        return cast(_Asked, self.pages.stack.currentWidget())

    def _today(self) -> QWidget:
        page = TodayPage(self.session, self.desk)
        page.neglect_wanted.connect(self.show_overdue)
        page.summary_wanted.connect(self.summary_wanted)
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

"""The customer panel: beside the lists, it follows the cursor while they are browsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHeaderView,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from salesdesk.calc.cadence import days_overdue
from salesdesk.customers import customers
from salesdesk.customers.customers import GRADES, STATES, Customer
from salesdesk.errors import NotFoundError, RightsError
from salesdesk.planning.record_kinds import KINDS
from salesdesk.sales import deals
from salesdesk.sales.deals import Deal
from salesdesk.text import _, ngettext
from ui.customers.columns import one_line
from ui.customers.desk import Desk
from ui.customers.owned import concern_customer
from ui.customers.texts import (
    day_text,
    due_colour,
    grade_name,
    state_colour,
    state_name,
    yuan,
)
from ui.customers.timeline import Timeline
from ui.shared import look
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import NAMED, FreshPage, Shown
from ui.shared.guarding import guard
from ui.shared.labels import EmptyPage, button, label, row, show_status
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable, TableOrEmpty

if TYPE_CHECKING:
    from salesdesk.workspace import Connection

#: The kinds of records that are about a customer.
_KINDS = tuple(kind for kind in KINDS if kind.about)
#: Milliseconds that the cursor must rest on a row: holding an arrow key reads nothing.
_REST = 60


@dataclass(frozen=True, slots=True)
class _File:
    """What is known of a customer."""

    customer: Customer
    deals: list[Deal]


class CustomerPanel(FreshPage):
    """``closed`` tells that the person closed it, ``emptied`` that its customer is gone."""

    closed = Signal()
    emptied = Signal()
    tables = (
        "customer", "activity", "deal", "payment", "product", "person",
        *(kind.table.name for kind in _KINDS),
    )  # fmt: skip

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session)
        self._desk = desk
        self._wanted: int | None = None
        self._file: _File | None = None
        self.name = label("", "subtitle", wrap=True)
        self.company = label("", "hint", wrap=True)
        close = QToolButton()
        close.setIcon(look.icon("mdi6.close", "pale"))
        close.setToolTip(_("Close the panel"))
        close.setAccessibleName(_("Close the panel"))
        close.clicked.connect(self.closed)
        self.close_button = close
        self.grade: Choice[str] = Choice({code: grade_name(code) for code in GRADES})
        self.grade.setAccessibleName(_("Grade"))
        self.log_button = button(_("Log a contact"), self.log_contact, primary=True)
        self.deal_button = button(_("New deal…"), self._new_deal)
        self._deal_guard = guard(self.deal_button, session, "deals.add")
        self.edit_button = button(_("Edit…"), self._edit)
        self.phone, self.owner, self.next, self.needs = (
            _fact(), _fact(), _fact(), _fact(),
        )  # fmt: skip
        self.timeline = Timeline(session)
        self.deals: RecordTable[Deal] = RecordTable(_deal_columns(), name=_("Deals"))
        header = self.deals.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._details: dict[str, QLabel] = {}
        self._guards = [
            guard(self.log_button, session, "activities.log"),
            guard(self.edit_button, session, "customers.edit"),
            guard(self.grade, session, "customers.edit"),
        ]
        self._assemble()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self.outdated)
        self.grade.currentIndexChanged.connect(self._grade_chosen)
        self.deals.opened.connect(desk.edit_deal)

    def _assemble(self) -> None:
        facts = QFormLayout()
        facts.setHorizontalSpacing(12)
        facts.setVerticalSpacing(4)
        facts.addRow(label(_("Grade"), "hint"), row(self.grade, None))
        for name, fact in (
            (_("Phone"), self.phone), (_("Owner"), self.owner),
            (_("Next contact"), self.next), (_("Wants"), self.needs),
        ):  # fmt: skip
            facts.addRow(label(name, "hint"), fact)
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 8)
        head.setSpacing(8)
        head.addWidget(row(self.name, self.close_button))
        head.addWidget(self.company)
        head.addWidget(flow(self.log_button, self.deal_button, self.edit_button))
        head.addLayout(facts)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setMinimumHeight(90)  # in a low window what is known stands before what was said
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.timeline, _("Contacts"))
        self.tabs.addTab(
            TableOrEmpty(
                self.deals,
                lambda: EmptyPage(
                    _("No deals yet"),
                    _("This customer's intentions, subscriptions and contracts are listed here."),
                    button(_("New deal…"), self._new_deal),
                ),
            ),
            _("Deals"),
        )
        self.tabs.addTab(self._profile(), _("Profile"))
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        empty = EmptyPage(
            _("No customer chosen"),
            _(
                "Choose a customer in the list to see what they want, what was said, and "
                "their deals."
            ),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(empty)
        self.stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        self.setMinimumWidth(290)

    def _profile(self) -> QWidget:
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(12, 10, 12, 10)
        form.setHorizontalSpacing(12)
        for code, name in (
            ("state", _("State")), ("source", _("Source")), ("region", _("Region")),
            ("registered", _("Registered")), ("last", _("Last contact")),
            ("number", _("Number")), ("note", _("Note")),
        ):  # fmt: skip
            self._details[code] = _fact()
            form.addRow(label(name, "hint"), self._details[code])
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    # -- what is shown ---------------------------------------------------------------------------

    @property
    def customer_id(self) -> int | None:
        """Who is shown, or will be as soon as the cursor rests."""
        return self._wanted

    def follow(self, customer_id: int) -> None:
        """Show who the cursor of a list stands on, once it rests."""
        if customer_id != self._wanted:
            self._wanted = customer_id
            self._rest.start()

    def show_customer(self, customer_id: int) -> None:
        """Show a customer at once."""
        self._wanted = customer_id
        self.outdated()

    def log_contact(self) -> None:
        """Log a contact with the customer shown."""
        if self._wanted is not None:
            self._desk.log_contact(self._wanted)

    def has_something_to_show(self) -> bool:
        """Whether a customer was chosen."""
        return self._wanted is not None

    def shown_parts(self) -> Mapping[str, Shown]:
        mine = Shown({"customer_id": {self._wanted}})
        records = {kind.table.name: Shown({kind.about: {self._wanted}}) for kind in _KINDS}
        return {
            "customer": Shown({"id": {self._wanted}}), "activity": mine, "deal": mine,
            "person": NAMED, **records,
        }  # fmt: skip

    def refresh(self) -> None:
        """Read what is known of the customer."""
        assert self._wanted is not None
        self._rest.stop()
        try:
            self._file = self.session.read(_read, self._wanted, self.session.person_id)
        except (NotFoundError, RightsError):  # undone meanwhile, or no longer one's own
            self._file, self._wanted = None, None
            self.stack.setCurrentIndex(0)
            self.timeline.activities.show(None)
            self.emptied.emit()
            return
        self._show(self._file)

    def _show(self, file: _File) -> None:
        customer, today = file.customer, self.session.today
        for guarded in self._guards:
            self._desk.concern(guarded, [customer.owner_id])
        self.name.setText(customer.name)
        self.company.setText(customer.company)
        self.company.setVisible(bool(customer.company))
        self.grade.blockSignals(True)
        self.grade.set_value(customer.grade)
        self.grade.blockSignals(False)
        self.phone.setText(customer.phones or "—")
        self.owner.setText(customer.owner_name or _("nobody"))
        concern_customer(self._deal_guard, self.session, customer.owner_id)
        self.next.setText(_next_text(customer, self.session))
        show_status(self.next, due_colour(customer.next_contact_on, today))
        needs = one_line(customer.needs)
        self.needs.setText(needs if len(needs) <= 140 else needs[:139] + "…")
        self.needs.setToolTip(customer.needs if len(needs) > 140 else "")
        details = {
            "state": _(STATES[customer.state]),
            "source": customer.source,
            "region": customer.region,
            "registered": day_text(customer.registered_on),
            "last": day_text(customer.last_contact_on),
            "number": str(customer.id),
            "note": customer.note,
        }
        for code, text in details.items():
            self._details[code].setText(text or "—")
        self.timeline.activities.show(customer.id)
        self.timeline.scrollToTop()
        self.deals.set_rows(file.deals, same=lambda deal: deal.id)
        self.tabs.setTabText(
            1, _("Deals ({count})").format(count=len(file.deals)) if file.deals else _("Deals")
        )
        self.stack.setCurrentIndex(1)

    # -- what is pressed and heard ---------------------------------------------------------------

    def _grade_chosen(self) -> None:
        if self._file is not None and self.grade.value() != self._file.customer.grade:
            self._desk.grade([self._file.customer], self.grade.value())

    def _new_deal(self) -> None:
        self._desk.new_deal(self._wanted)

    def _edit(self) -> None:
        if self._wanted is not None:
            self._desk.edit_customer(self._wanted)


def _read(db: Connection, customer_id: int, person_id: int | None) -> _File:
    return _File(
        customers.customer_seen_by(db, customer_id, person_id),
        deals.deals(db, customer_id=customer_id),
    )


def _fact() -> QLabel:
    text_label = label("", wrap=True)
    text_label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return text_label


def _next_text(one: Customer, session: Session) -> str:
    if one.next_contact_on is None:
        return "—"
    late = days_overdue(one.next_contact_on, session.today)
    if not late:
        return day_text(one.next_contact_on)
    return ngettext("{day}, {count} day overdue", "{day}, {count} days overdue", late).format(
        day=day_text(one.next_contact_on), count=late
    )


def _deal_columns() -> list[Column[Deal]]:
    return [
        Column(_("Product"), lambda deal: f"{deal.product_name} {deal.unit_label}".strip(), 130,
               tip=lambda deal: f"{deal.product_name} {deal.unit_label}".strip()),
        Column(_("Amount"), lambda deal: yuan(deal.amount), 90, "right",
               sort=lambda deal: deal.amount),
        Column(_("State"), state_name, 84, colour=state_colour),
        Column(_("Date"), lambda deal: day_text(deal.latest_on), 88,
               sort=lambda deal: deal.latest_on),
    ]  # fmt: skip

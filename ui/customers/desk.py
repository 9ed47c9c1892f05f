"""What can be done with customers and deals from any page of the tab; each is one undo.

Dialogs, and what only they need, are imported when first wanted, so that the tab stands sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from salesdesk.customers import access, customers
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.errors import SalesDeskError
from salesdesk.office import rights
from salesdesk.text import _
from ui.customers.texts import deal_name
from ui.shared import background
from ui.shared.guarding import Guard
from ui.shared.messages import tell
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.sales.deals import Deal, PaymentDue

#: Changes of more rows than this run in the background, behind a box.
MANY = 200


class Desk(QObject):
    """``picked`` tells which customer a list stands on, ``opened`` which is to be shown."""

    picked = Signal(int)
    opened = Signal(int)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session, self._parent = session, parent

    # -- customers -------------------------------------------------------------------------------

    def log_contact(self, customer_id: int | None) -> bool:
        """Log a call, a visit or another contact; False when it was given up."""
        from ui.customers.contact_form import ContactForm

        customer = self._customer(customer_id)
        if customer is None and customer_id is not None:
            return False
        return self._done(ContactForm(self.session, customer, self._parent))

    def new_customer(self) -> None:
        """Enter a customer and show them."""
        self._customer_form(None)

    def edit_customer(self, customer_id: int) -> None:
        """Change what is known of a customer."""
        customer = self._customer(customer_id)
        if customer is not None:
            self._customer_form(customer)

    def _customer_form(self, customer: Customer | None) -> None:
        from ui.customers.customer_form import CustomerForm

        form = CustomerForm(self.session, customer, self._parent)
        saved = self._done(form)
        wanted = form.saved_id if saved and customer is None else form.known_id
        if wanted is not None:
            self.opened.emit(wanted)

    def grade(self, chosen: Sequence[Customer], grade: str) -> None:
        """Give customers a grade."""
        self._change_many(
            _("Grade customers"), customers.set_grade, [customer.id for customer in chosen], grade
        )

    def ask_hand_over(self, ids: Sequence[int], name: str = "") -> None:
        """Ask whom to give customers to, and do it; ``name`` is what one of them is called."""
        from ui.customers.hand_over_form import HandOverForm

        if not ids:
            return
        form = HandOverForm(self.session, len(ids), name, self._parent)
        if self._done(form):
            self.hand_over(ids, form.owner.value())

    def ask_hand_over_all(self, wanted: CustomerFilter) -> None:
        """The same with all customers of a list, however long."""
        background.run(
            self._parent,
            _("Reading the list…"),
            lambda _progress: self.session.workspace.read(
                customers.matching_ids, replace(wanted, seen_by=self.session.person_id)
            ),
            self.ask_hand_over,
        )

    def hand_over(self, ids: Sequence[int], owner_id: int | None) -> None:
        """Give customers to a person, or to nobody."""
        self._change_many(_("Hand over customers"), customers.hand_over, ids, owner_id)

    def export(self, wanted: CustomerFilter, chosen: Sequence[Customer]) -> None:
        """Write the chosen customers, or a whole list, to Excel."""
        from ui.customers.export import ask_export

        ask_export(self._parent, self.session, wanted, chosen)

    # -- deals -----------------------------------------------------------------------------------

    def new_deal(self, customer_id: int | None) -> None:
        """Enter a deal."""
        customer = self._customer(customer_id)
        if customer is not None or customer_id is None:
            self._deal_form(None, customer)

    def edit_deal(self, deal: Deal) -> None:
        """Change a deal's figures and shares."""
        customer, stored = self._customer(deal.customer_id), self._stored(deal)
        if customer is not None and stored is not None:
            self._deal_form(stored, customer)

    def _deal_form(self, deal: Deal | None, customer: Customer | None) -> None:
        from ui.customers.deal_form import DealForm

        self._done(DealForm(self.session, deal, customer, self._parent))

    def date_stages(self, deal: Deal) -> None:
        """Set the dates of a deal's stages."""
        from ui.customers.deal_dialogs import StagesForm

        self._done(StagesForm(self.session, deal, self._parent))

    def show_payments(self, deal: Deal) -> None:
        """Show a deal's payments, to add and to receive."""
        from ui.customers.payments import PaymentsDialog

        self._done(PaymentsDialog(self.session, deal, self._parent))

    def receive(self, due: PaymentDue) -> None:
        """Note on which day a payment was received."""
        from ui.customers.payments import ReceiveForm

        self._done(ReceiveForm(self.session, due.payment, due.customer_name, self._parent))

    def cancel_deal(self, deal: Deal) -> None:
        """Ask when and why a deal fell through."""
        from ui.customers.deal_dialogs import CancelForm

        self._done(CancelForm(self.session, deal, self._parent))

    def revive_deal(self, deal: Deal) -> None:
        """Take a deal's cancellation back."""
        from salesdesk.sales import selling

        label = _("Revive the deal {name}").format(name=deal_name(deal))
        self.session.change(self._parent, label, selling.revive, deal.id, seen_version=deal.version)

    # -- rights ----------------------------------------------------------------------------------

    def concern(self, guard: Guard, owners: Iterable[int | None]) -> None:
        """Let a guard ask for customers of ``owners``: for one it is refused for, if there is."""
        person_id, today = self.session.person_id, self.session.today
        asked = [
            self.session.read(access.asked_for, person_id, guard.code, owner_id, today)
            for owner_id in set(owners)
        ]
        for owner_id in asked:
            if not self.session.read(rights.may, person_id, guard.code, person_id=owner_id):
                guard.concern(person_id=owner_id)
                return
        guard.concern(person_id=asked[0] if asked else person_id)

    # -- within ----------------------------------------------------------------------------------

    def _customer(self, customer_id: int | None) -> Customer | None:
        """The customer as stored now; None, and it is said, when somebody deleted them."""
        if customer_id is None:
            return None
        try:
            return self.session.read(
                customers.customer_seen_by, customer_id, self.session.person_id
            )
        except SalesDeskError as error:
            tell(self._parent, error)
            return None

    def _stored(self, deal: Deal) -> Deal | None:
        """The deal as stored now, as who works here may see it; None, and it is said, if gone."""
        from salesdesk.sales import deals

        try:
            return self.session.read(deals.deal_by_id, deal.id, viewer_id=self.session.person_id)
        except SalesDeskError as error:
            tell(self._parent, error)
            return None

    def _done(self, dialog: QDialog) -> bool:
        """Show a dialog until it is over; whether it was accepted. Its fields can still be read."""
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return accepted

    def _change_many(
        self, label: str, writer: Callable[..., Any], ids: Sequence[int], value: object
    ) -> None:
        if len(ids) <= MANY:
            self.session.change(self._parent, label, writer, list(ids), value)
            return

        def work(_progress: background.Progress) -> None:
            with self.session.workspace.change(label) as change:
                writer(change, list(ids), value)

        background.run(self._parent, label, work, lambda _nothing: None)

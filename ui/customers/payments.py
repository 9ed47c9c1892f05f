"""The payments of a deal: due, received, refunded."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from salesdesk.errors import InputError, NotFoundError
from salesdesk.sales import bounds, deals, payments
from salesdesk.sales.deals import Deal, Payment
from salesdesk.storage.edits import UNSET
from salesdesk.text import _
from salesdesk.workspace import ChangeNotice
from ui.customers.owned import concern
from ui.customers.texts import day_text, deal_name, due_colour, yuan
from ui.shared.day_field import DayField
from ui.shared.dialogs import Dialog
from ui.shared.forms import Choice, FormDialog, NumberField, TextField
from ui.shared.guarding import guard
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.messages import ask
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable, TableOrEmpty


class PaymentsDialog(Dialog):
    """A deal's payments, each change of them written at once."""

    def __init__(self, session: Session, deal: Deal, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._session, self._deal = session, deal
        self.setWindowTitle(_("Payments"))
        self.resize(620, 420)
        self.title = label("", "subtitle", wrap=True)
        self.sums = label("", wrap=True)
        self.table: RecordTable[Payment] = RecordTable(
            [
                Column(_("Due on"), lambda payment: day_text(payment.due_on), 104,
                       sort=lambda payment: payment.due_on,
                       colour=lambda payment: "" if payment.paid_on
                       else due_colour(payment.due_on, session.today)),
                Column(_("Received on"), lambda payment: day_text(payment.paid_on), 104,
                       sort=lambda payment: payment.paid_on),
                Column(_("Amount"), lambda payment: yuan(payment.amount), 120, "right",
                       sort=lambda payment: payment.amount),
                Column(_("Note"), lambda payment: payment.note, 200),
            ],
            name=_("Payments"),
        )  # fmt: skip
        self.new_button = button(_("New payment…"), self._new, primary=True)
        self.receive_button = button(_("Received…"), self._receive)
        self.unpay_button = button(_("Not received"), self._unpay)
        self.edit_button = button(_("Edit…"), self._edit)
        self.delete_button = button(_("Delete"), self._delete)
        self._on_row = (
            self.receive_button, self.unpay_button, self.edit_button, self.delete_button,
        )  # fmt: skip
        self._guards = [
            guard(push_button, session, "payments.edit")
            for push_button in (self.new_button, *self._on_row)
        ]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(self.sums)
        layout.addWidget(TableOrEmpty(self.table, self._no_payments), 1)
        layout.addWidget(
            row(
                self.new_button, *self._on_row, None, button(_("Close"), self.accept),
            )
        )  # fmt: skip
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._open)
        session.changed.connect(self._heard)
        self.refresh()

    def refresh(self) -> None:
        """Read the payments again."""
        try:
            deal = self._session.read(deals.deal_by_id, self._deal.id)
        except NotFoundError as error:  # somebody undid the deal meanwhile
            self.sums.setText(error.message)
            for push_button in (self.new_button, *self._on_row):
                push_button.setEnabled(False)
            self.reject()
            return
        self._deal = deal
        for held in self._guards:
            concern(held, self._session, deal)
        rows = self._session.read(deals.payments, deal.id)
        self.title.setText(deal_name(deal))
        self.sums.setText(
            _("Amount {amount} yuan, received {paid}, outstanding {open}").format(
                amount=yuan(deal.amount), paid=yuan(deal.paid), open=yuan(deal.amount - deal.paid)
            )
        )
        self.table.set_rows(rows, same=lambda payment: payment.id)
        self._picked(self.table.current())

    def _picked(self, one: Payment | None) -> None:
        self.receive_button.setEnabled(one is not None and one.paid_on is None)
        # One that was never due has nothing to fall back to: it is deleted instead.
        self.unpay_button.setEnabled(
            one is not None and one.paid_on is not None and one.due_on is not None
        )
        self.edit_button.setEnabled(one is not None)
        self.delete_button.setEnabled(one is not None)

    def _heard(self, notice: ChangeNotice) -> None:
        if notice.touches("deal", "payment"):
            self.refresh()

    def _no_payments(self) -> QWidget:
        return EmptyPage(
            _("No payments yet"),
            _("Enter what the customer owes and when, and note what is received."),
            button(_("New payment…"), self._new),
        )

    def _new(self) -> None:
        PaymentForm(self._session, self._deal, self).exec()

    def _receive(self) -> None:
        payment = self.table.current()
        if payment is not None:
            ReceiveForm(self._session, payment, self._deal.customer_name, self).exec()

    def _edit(self) -> None:
        payment = self.table.current()
        if payment is not None:
            PaymentForm(self._session, self._deal, self, payment).exec()

    def _open(self, one: Payment) -> None:
        if not self.edit_button.isEnabled():
            return
        if one.paid_on is None:
            self._receive()
        else:
            self._edit()

    def _unpay(self) -> None:
        payment = self.table.current()
        if payment is not None:
            label_text = _("Not received: {amount} yuan of {name}").format(
                amount=yuan(payment.amount), name=self._deal.customer_name
            )
            self._session.change(
                self, label_text, payments.pay, payment.id, None, seen_version=payment.version
            )

    def _delete(self) -> None:
        payment = self.table.current()
        if payment is not None and ask(
            self,
            _("Delete the payment of {amount} yuan?").format(amount=yuan(payment.amount)),
            _("Delete"),
            danger=True,
        ):
            label_text = _("Delete a payment of {name}").format(name=self._deal.customer_name)
            self._session.change(self, label_text, payments.delete_payment, payment.id)


class PaymentForm(FormDialog):
    """A payment that is due, was received, or was given back; new when ``payment`` is None."""

    def __init__(
        self,
        session: Session,
        deal: Deal,
        parent: QWidget | None,
        payment: Payment | None = None,
    ) -> None:
        super().__init__(_("Payment") if payment else _("New payment"), parent)
        self._session, self._deal, self._payment = session, deal, payment
        outstanding = deal.amount - deal.paid
        amount: int | None = outstanding if outstanding > 0 else None
        kind, day = "due", session.today
        if payment is not None:
            amount = abs(payment.amount)
            kind = _kind(payment)
            day = payment.paid_on or payment.due_on or session.today
        self.kind: Choice[str] = Choice(
            {"due": _("Due"), "received": _("Received"), "refund": _("Refund")}, kind
        )
        self.amount = NumberField(_("Amount"), amount, hint=_("Yuan"))
        self.day = DayField(day, today=session.today)
        self.note = TextField(payment.note if payment else "", longest=bounds.LONGEST_PAYMENT_NOTE)
        self.form.addRow(label(deal_name(deal), "subtitle", wrap=True))
        self.add(_("Kind"), self.kind)
        self.add(_("Amount"), self.amount)
        self.add(_("On"), self.day)
        self.add(_("Note"), self.note)

    def save(self) -> None:
        """Write the payment. Raises SalesDeskError."""
        amount, kind, day = self.amount.value(), self.kind.value(), self.day.day()
        if amount <= 0:
            raise InputError(_("The amount must be positive; choose Refund for money given back."))
        signed = -amount if kind == "refund" else amount
        paid_on = None if kind == "due" else day
        label_text = _("New payment of {name}").format(name=self._deal.customer_name)
        with self._session.changing(label_text) as change:
            if self._payment is None:
                payments.add_payment(
                    change,
                    self._deal.id,
                    signed,
                    due_on=day if kind == "due" else None,
                    paid_on=paid_on,
                    note=self.note.value(),
                )
            else:
                payments.edit_payment(
                    change,
                    self._payment.id,
                    seen_version=self._payment.version,
                    amount=signed,
                    due_on=day if kind == "due" else UNSET,
                    paid_on=paid_on,
                    note=self.note.value(),
                )


def _kind(payment: Payment) -> str:
    if payment.amount < 0:
        return "refund"
    return "due" if payment.paid_on is None else "received"


class ReceiveForm(FormDialog):
    """On which day a payment was received."""

    def __init__(
        self, session: Session, payment: Payment, customer_name: str, parent: QWidget | None
    ) -> None:
        super().__init__(_("Payment received"), parent, save_text=_("Received"))
        self._session, self._payment, self._name = session, payment, customer_name
        self.day = DayField(session.today, today=session.today, towards="past")
        text = _("{amount} yuan of {name}").format(amount=yuan(payment.amount), name=customer_name)
        self.form.addRow(label(text, "subtitle", wrap=True))
        self.add(_("Received on"), self.day)

    def save(self) -> None:
        """Note it. Raises SalesDeskError."""
        label_text = _("Received: {amount} yuan of {name}").format(
            amount=yuan(self._payment.amount), name=self._name
        )
        with self._session.changing(label_text) as change:
            payments.pay(
                change, self._payment.id, self.day.day(), seen_version=self._payment.version
            )

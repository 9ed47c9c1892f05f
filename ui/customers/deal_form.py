"""Enters or edits a deal: who buys what for how much, who shares it, and its first stage."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox, QWidget

from salesdesk.customers.customers import Customer
from salesdesk.errors import InputError
from salesdesk.office import approvals, people, rights, settings
from salesdesk.sales import bounds, deals, floors, products, selling
from salesdesk.sales.deals import STAGES, Deal, Share
from salesdesk.sales.floors import Figures
from salesdesk.sales.products import Product
from salesdesk.storage.edits import UNSET
from salesdesk.text import _
from ui.customers.approval_field import ApprovalField
from ui.customers.picker import CustomerPicker
from ui.customers.shares_field import SharesField
from ui.customers.texts import deal_name
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, NumberField, TextField, WordsField
from ui.shared.labels import row
from ui.shared.session import Session


class DealForm(FormDialog):
    """One deal, new when ``deal`` is None; its stages are dated later in a form of their own.

    Who may not see costs sees no field for them: the product's cost is taken.
    """

    def __init__(
        self,
        session: Session,
        deal: Deal | None,
        customer: Customer | None,
        parent: QWidget | None,
    ) -> None:
        super().__init__(_("Deal") if deal else _("New deal"), parent)
        self._session, self._deal = session, deal
        self._products = {known.id: known for known in session.read(products.products)}
        if deal is not None and deal.product_id not in self._products:
            self._products[deal.product_id] = session.read(products.product_by_id, deal.product_id)
        # What was typed stays; what follows from the product is worked out anew.
        self._amount_typed = deal is not None
        self._cost_typed = deal is not None
        self._shares_touched = deal is not None
        self.costs_shown = self._sees_costs()
        self.setMinimumWidth(560)
        self.customer = CustomerPicker(session, customer)
        self.product: Choice[int] = Choice(
            {known.id: known.name for known in self._products.values()},
            deal.product_id if deal else None,
        )
        self.unit_label = TextField(
            deal.unit_label if deal else "",
            longest=bounds.LONGEST_UNIT_LABEL,
        )
        self.quantity = QSpinBox()
        self.quantity.setRange(1, bounds.MOST_PIECES)
        self.quantity.setValue(deal.quantity if deal else 1)
        self.amount = NumberField(_("Amount"), deal.amount if deal else None, hint=_("Yuan"))
        self.cost = NumberField(
            _("Cost"), deal.cost if deal else None, hint=_("Yuan; empty when it isn't known")
        )
        asked = [] if deal is None else session.read(approvals.of, floors.SUBJECT, deal.id)
        self.approval = ApprovalField(asked)
        self.shares = SharesField(session.read(people.people), self._first_shares(customer))
        self.stages: Choice[str] = Choice({code: _(name) for code, name in STAGES.items()})
        self.day = DayField(session.today, today=session.today, towards="past")
        self.note = WordsField(deal.note if deal else "", lines=2)
        self._assemble()
        self._connect()
        self._work_out()
        if customer is None:
            self.customer.setFocus()

    def _assemble(self) -> None:
        self.add(_("Customer"), self.customer)
        self.add(_("Product"), self.product)
        kind = self._session.read(settings.read).kind
        self.add(_(settings.PIECE_NUMBERS[kind]), self.unit_label)
        self.add(_("Quantity"), self.quantity)
        self.add(_("Amount"), self.amount)
        self.add(_("Cost"), self.cost)
        self.form.setRowVisible(self.cost, self.costs_shown)
        self.form.addRow("", self.approval)
        self.add(_("People"), self.shares)
        if self._deal is None:
            self.day.setAccessibleName(_("Stage date"))
            self.add(_("Stage"), row(self.stages, self.day, None))
            self.stages.setAccessibleName(_("Stage"))
        self.add(_("Note"), self.note)

    def _connect(self) -> None:
        self.product.currentIndexChanged.connect(self._work_out)
        self.quantity.valueChanged.connect(self._work_out)
        self.amount.textEdited.connect(self._amount_edited)
        self.cost.textEdited.connect(self._cost_edited)
        for field in (self.amount, self.cost):
            field.textChanged.connect(self._look_for_breaches)
        self.stages.currentIndexChanged.connect(self._look_for_breaches)
        self.customer.chosen.connect(self._customer_chosen)
        self.shares.touched.connect(self._note_shares)
        # Once the new line has been laid out: only then the form knows the height it wants.
        self.shares.resized.connect(self.fit, Qt.ConnectionType.QueuedConnection)
        self.approval.resized.connect(self.fit, Qt.ConnectionType.QueuedConnection)

    def _sees_costs(self) -> bool:
        if self._deal is not None:
            return not self._deal.costs_hidden
        person_id = self._session.person_id
        return self._session.read(rights.may, person_id, "costs.see", person_id=person_id)

    def _first_shares(self, customer: Customer | None) -> list[Share]:
        """Who shares a deal already; a new one is the customer's owner's, else who enters it."""
        if self._deal is not None:
            return self._session.read(deals.shares, self._deal.id)
        person_id = self._session.person_id
        if customer is not None and customer.owner_id is not None:
            owner = self._session.read(people.person_by_id, customer.owner_id)
            if owner.active:
                person_id = owner.id
        return [] if person_id is None else [Share(person_id, 10_000)]

    def save(self) -> None:
        """Write the deal, or ask approval for it. Raises SalesDeskError."""
        customer = self.customer.customer()
        product = self._product()
        if product is None:
            raise InputError(_("There is no product yet: enter one in the Office menu, Products."))
        self.approval.need_answer(waits=self._agreed())
        if self._deal is None:
            self._save_new(customer, product)
        else:
            self._save_edited(self._deal, customer, product)

    def _save_new(self, customer: Customer, product: Product) -> None:
        asked = self.approval.words()
        stage = "intention" if asked else self.stages.value()
        with self._session.changing(_("New deal with {name}").format(name=customer.name)) as change:
            deal_id = selling.add_deal(
                change,
                customer_id=customer.id,
                product_id=product.id,
                amount=self.amount.value(),
                cost=self.cost.value_or_none() if self._cost_given() else UNSET,
                quantity=self.quantity.value(),
                shares=self.shares.value(),
                stages={stage: self.day.day()},
                unit_label=self.unit_label.value(),
                note=self.note.value(),
            )
            if asked:
                floors.ask(change, deal_id, asked)

    def _save_edited(self, deal: Deal, customer: Customer, product: Product) -> None:
        asked = self.approval.words()
        label = _("Edit the deal {name}").format(name=deal_name(deal))
        with self._session.changing(label) as change:
            if asked and deal.binding:
                floors.ask(change, deal.id, asked, planned=self._figures(product))
                return
            selling.edit_deal(
                change,
                deal.id,
                seen_version=deal.version,
                customer_id=customer.id,
                product_id=product.id,
                amount=self.amount.value(),
                cost=self.cost.value_or_none() if self._cost_given() else UNSET,
                quantity=self.quantity.value(),
                shares=self.shares.value(),
                unit_label=self.unit_label.value(),
                note=self.note.value(),
            )
            if asked:
                floors.ask(change, deal.id, asked)

    # -- what follows from what ------------------------------------------------------------------

    def _product(self) -> Product | None:
        return self._products[self.product.value()] if self.product.count() else None

    def _figures(self, product: Product) -> Figures:
        """What the form says. Raises InputError for what is no number."""
        quantity, amount = self.quantity.value(), self.amount.value()
        if self.costs_shown:
            return Figures(product, quantity, amount, self.cost.value_or_none())
        if self._deal is not None:  # what isn't shown still counts
            stored = self._session.read(deals.deal_by_id, self._deal.id)
            return selling.edited_figures(stored, product, quantity, amount)
        cost = None if product.cost is None else product.cost * quantity
        return Figures(product, quantity, amount, cost)

    def _agreed(self) -> bool:
        """Whether the deal is, or is to be, more than an intention."""
        if self._deal is not None:
            return self._deal.binding
        return self.stages.value() != "intention"

    def _cost_given(self) -> bool:
        return self.costs_shown and self._cost_typed

    def _amount_edited(self) -> None:
        self._amount_typed = True

    def _cost_edited(self) -> None:
        self._cost_typed = True

    def _note_shares(self) -> None:
        self._shares_touched = True

    def _customer_chosen(self, customer: Customer | None) -> None:
        """The deal is the customer's owner's, until somebody says otherwise."""
        if customer is not None and not self._shares_touched:
            self.shares.set_shares(self._first_shares(customer))

    def _work_out(self) -> None:
        """Amount and cost by the product, unless they were typed."""
        product = self._product()
        if product is not None:
            count = self.quantity.value()
            if not self._amount_typed and product.price:
                self.amount.set_value(product.price * count)
            if not self._cost_typed:
                self.cost.set_value(None if product.cost is None else product.cost * count)
        self._look_for_breaches()

    def _look_for_breaches(self) -> None:
        """Tell of a price that needs approval, and offer to ask for it."""
        product = self._product()
        try:
            figures = None if product is None else self._figures(product)
        except InputError:
            figures = None
        breaches, missing = [], None
        if figures is not None:
            breaches = self._session.read(
                floors.breaches,
                self._session.person_id,
                figures,
                deal_id=self._deal.id if self._deal else None,
            )
            missing = floors.below_floor(figures)
        if self.approval.tell(
            figures,
            breaches,
            missing,
            costs_shown=self.costs_shown,
            new=self._deal is None,
            agreed=self._agreed(),
        ):
            self.form.setRowVisible(self.approval, self.approval.telling)
            self.fit()

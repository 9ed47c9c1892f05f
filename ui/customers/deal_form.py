"""Enters or edits a deal: who buys what for how much, who shares it, and its first stage."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from salesdesk.calc.money import format_number
from salesdesk.customers.customers import Customer
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.sales import deals, products, selling
from salesdesk.sales.deals import STAGES, Deal, Share
from salesdesk.sales.products import Product
from salesdesk.text import _
from ui.customers.picker import CustomerPicker
from ui.customers.shares_field import SharesField
from ui.customers.texts import deal_name, yuan
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, NumberField, TextField, WordsField
from ui.shared.labels import label, row
from ui.shared.session import Session


class DealForm(FormDialog):
    """One deal, new when ``deal`` is None; its stages are dated later in a form of their own."""

    def __init__(
        self,
        session: Session,
        deal: Deal | None,
        customer: Customer | None,
        parent: QWidget | None,
    ) -> None:
        super().__init__(_("Deal") if deal else _("New deal"), parent)
        self._session, self._deal = session, deal
        self._products = {one.id: one for one in session.read(products.products)}
        if deal is not None and deal.product_id not in self._products:
            self._products[deal.product_id] = session.read(products.product_by_id, deal.product_id)
        # What was typed stays; what follows from the product is worked out anew.
        self._amount_typed = self._cost_typed = deal is not None
        self.setMinimumWidth(560)
        self.customer = CustomerPicker(session, customer)
        self.product: Choice[int] = Choice(
            {one.id: one.name for one in self._products.values()},
            deal.product_id if deal else None,
        )
        self.unit_label = TextField(
            deal.unit_label if deal else "", longest=60, hint=_("House number, serial number…")
        )
        self.quantity = QSpinBox()
        self.quantity.setRange(1, 100_000)
        self.quantity.setValue(deal.quantity if deal else 1)
        self.amount = NumberField(_("Amount"), deal.amount if deal else None, hint=_("Yuan"))
        self.cost = NumberField(_("Cost"), deal.cost if deal else None, hint=_("Yuan"))
        self.floor = label("", "error", wrap=True)
        self.accept_floor = QCheckBox(_("Enter it below the floor all the same"))
        self.shares = SharesField(session.read(people.people), self._first_shares())
        self.stages: Choice[str] = Choice({code: _(name) for code, name in STAGES.items()})
        self.day = DayField(session.today, today=session.today, towards="past")
        self.note = WordsField(deal.note if deal else "", lines=2)
        self.add(_("Customer"), self.customer)
        self.add(_("Product"), self.product)
        self.add(_("Unit number"), self.unit_label)
        self.add(_("Quantity"), self.quantity)
        self.add(_("Amount"), self.amount)
        self.add(_("Cost"), self.cost)
        self.form.addRow("", self.floor)
        self.form.addRow("", self.accept_floor)
        self.add(_("People"), self.shares)
        if deal is None:
            self._add_stage()
        self.add(_("Note"), self.note)
        self.product.currentIndexChanged.connect(self._work_out)
        self.quantity.valueChanged.connect(self._work_out)
        self.amount.textEdited.connect(self._amount_edited)
        self.cost.textEdited.connect(self._cost_edited)
        for field in (self.amount, self.cost):
            field.textChanged.connect(self._check_floor)
        # Once the new line has been laid out: only then the form knows the height it wants.
        self.shares.resized.connect(self.fit, Qt.ConnectionType.QueuedConnection)
        self._work_out()
        if customer is None:
            self.customer.setFocus()

    def _add_stage(self) -> None:
        self.day.setAccessibleName(_("Stage date"))
        self.add(_("Stage"), row(self.stages, self.day, None))
        self.stages.setAccessibleName(_("Stage"))

    def _first_shares(self) -> list[Share]:
        if self._deal is not None:
            return self._session.read(deals.shares, self._deal.id)
        person_id = self._session.person_id
        return [] if person_id is None else [Share(person_id, 10_000)]

    def save(self) -> None:
        """Write the deal. Raises SalesDeskError, and while the floor isn't accepted."""
        customer = self.customer.customer()
        product = self._product()
        if product is None:
            raise InputError(_("There is no product yet: enter one in the Office menu, Products."))
        amount, cost = self.amount.value(), self.cost.value_or_none() or 0
        missing = products.below_floor(product, self.quantity.value(), amount, cost)
        if missing is not None and not self.accept_floor.isChecked():
            raise InputError(_("The profit is below the product's floor: confirm it to go on."))
        shares = self.shares.value()
        if self._deal is None:
            with self._session.changing(
                _("New deal with {name}").format(name=customer.name)
            ) as change:
                selling.add_deal(
                    change,
                    customer_id=customer.id,
                    product_id=product.id,
                    amount=amount,
                    cost=cost,
                    quantity=self.quantity.value(),
                    shares=shares,
                    stages={self.stages.value(): self.day.day()},
                    unit_label=self.unit_label.value(),
                    note=self.note.value(),
                )
            return
        name = _("Edit the deal {name}").format(name=deal_name(self._deal))
        with self._session.changing(name[:200]) as change:
            selling.edit_deal(
                change,
                self._deal.id,
                seen_version=self._deal.version,
                shares=shares,
                customer_id=customer.id,
                product_id=product.id,
                amount=amount,
                cost=cost,
                quantity=self.quantity.value(),
                unit_label=self.unit_label.value(),
                note=self.note.value(),
            )

    # -- what follows from what ------------------------------------------------------------------

    def _product(self) -> Product | None:
        return self._products[self.product.value()] if self.product.count() else None

    def _amount_edited(self) -> None:
        self._amount_typed = True

    def _cost_edited(self) -> None:
        self._cost_typed = True

    def _work_out(self) -> None:
        """Amount and cost by the product, unless they were typed."""
        product = self._product()
        if product is not None:
            count = self.quantity.value()
            if not self._amount_typed and product.price:
                self.amount.set_value(product.price * count)
            if not self._cost_typed:
                self.cost.set_value(product.cost * count if product.cost else None)
        self._check_floor()

    def _check_floor(self) -> None:
        """Warn of a profit below the product's floor."""
        missing, product = None, self._product()
        try:
            amount, cost = self.amount.value_or_none(), self.cost.value_or_none() or 0
        except InputError:
            amount = None
        if product is not None and amount is not None:
            missing = products.below_floor(product, self.quantity.value(), amount, cost)
            if missing is not None:
                self.floor.setText(
                    _(
                        "The profit is {profit} yuan, {missing} below the floor of {floor} yuan "
                        "a piece."
                    ).format(
                        profit=yuan(amount - cost),
                        missing=yuan(missing),
                        floor=format_number(product.profit_floor or 0, 2, trim=True),
                    )
                )
        shown = missing is not None
        if shown == self.floor.isHidden() or shown == self.accept_floor.isHidden():
            self.form.setRowVisible(self.floor, shown)
            self.form.setRowVisible(self.accept_floor, shown)
            self.accept_floor.setChecked(False)
            self.fit()

"""Products: price, cost, profit floor, commission."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.calc.money import format_number
from salesdesk.sales import products
from salesdesk.sales.products import Product
from salesdesk.text import _
from ui.office.records import OfficeDialog, Records
from ui.shared.forms import Choice, FormDialog, NumberField, TextField
from ui.shared.session import Session
from ui.shared.tables import Column


class ProductsDialog(OfficeDialog):
    """What the office sells."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Products"), parent)
        self.resize(980, 560)
        self.records: Records[Product] = Records(
            session,
            [
                Column(_("Product"), lambda one: one.name, 210),
                Column(_("Category"), lambda one: one.category, 110),
                Column(_("Unit"), lambda one: one.unit, 60),
                _money(_("Price"), "price"),
                _money(_("Cost"), "cost"),
                _money(_("Profit floor"), "profit_floor"),
                Column(_("Commission"), _rate, 90, "right", sort=lambda one: one.commission_rate),
                Column(_("State"), lambda one: _("On sale") if one.active else _("Discontinued"),
                       90, colour=lambda one: "" if one.active else "pale"),
            ],
            name=_("Products"),
            tables=("product",),
            read=lambda: session.read(products.products, active_only=False),
            same=lambda one: one.id,
            edit=self._edit,
            hint=_("Yuan a piece. A deal whose profit is below the floor is warned of."),
        )  # fmt: skip
        self.records.add_buttons((_("New product…"), self._new), on_row=[(_("Edit…"), self._edit)])
        self.content.addWidget(self.records)
        self.finish()

    def _new(self) -> None:
        ProductForm(self.session, None, self).exec()

    def _edit(self, one: Product) -> None:
        ProductForm(self.session, one, self).exec()


class ProductForm(FormDialog):
    """One product, new when ``product`` is None."""

    def __init__(self, session: Session, product: Product | None, parent: QWidget | None) -> None:
        super().__init__(_("Product") if product else _("New product"), parent)
        self._session, self._product = session, product
        self.name = TextField(product.name if product else "", longest=120)
        self.category = TextField(product.category if product else "", longest=60)
        self.unit = TextField(product.unit if product else "", longest=20)
        self.price = NumberField(_("Price"), product.price if product else None)
        self.cost = NumberField(_("Cost"), product.cost if product else None)
        self.floor = NumberField(_("Profit floor"), product.profit_floor if product else None)
        self.rate = NumberField(_("Commission"), product.commission_rate if product else None)
        self.active: Choice[bool] = Choice(
            [(True, _("On sale")), (False, _("Discontinued"))], product.active if product else True
        )
        self.add(_("Product"), self.name)
        self.add(_("Category"), self.category)
        self.add(_("Unit"), self.unit, _("Piece, flat, machine…"))
        self.add(_("Price"), self.price, _("Yuan a piece"))
        self.add(_("Cost"), self.cost)
        self.add(_("Profit floor"), self.floor, _("The least profit of one piece; empty: none"))
        self.add(_("Commission"), self.rate, _("Per cent of the amount"))
        if product is not None:
            self.add(_("State"), self.active)

    def save(self) -> None:
        """Write the product. Raises SalesDeskError."""
        values = {
            "category": self.category.value(),
            "unit": self.unit.value(),
            "price": self.price.value_or_none() or 0,
            "cost": self.cost.value_or_none() or 0,
            "profit_floor": self.floor.value_or_none(),
            "commission_rate": self.rate.value_or_none() or 0,
        }
        if self._product is None:
            with self._session.changing(_("New product")) as change:
                products.add_product(change, self.name.value(), **values)  # type: ignore[arg-type]
            return
        with self._session.changing(_("Edit product")) as change:
            products.edit_product(
                change,
                self._product.id,
                seen_version=self._product.version,
                name=self.name.value(),
                active=self.active.value(),
                **values,
            )


def _money(title: str, name: str) -> Column[Product]:
    def shown(one: Product) -> str:
        value = getattr(one, name)
        return "" if value is None else format_number(value, 2)

    return Column(title, shown, 110, "right", sort=lambda one: getattr(one, name))


def _rate(one: Product) -> str:
    return f"{format_number(one.commission_rate, 2, trim=True)}%"

"""Products: price, cost, profit floor and commission of what the office sells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.errors import InputError, NotFoundError
from salesdesk.sales.tables import product
from salesdesk.storage.history import Change
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class Product:
    """One product; amounts are cents a piece, the commission rate is of 10,000."""

    id: int
    name: str
    category: str
    unit: str
    price: int
    cost: int
    profit_floor: int | None
    commission_rate: int
    active: bool
    version: int


def products(db: Connection, *, active_only: bool = True) -> list[Product]:
    """The products by category, then in the order they were entered."""
    query = select(product).order_by(product.c.category, product.c.id)
    if active_only:
        query = query.where(product.c.active)
    return [_product(row) for row in db.execute(query)]


def product_by_id(db: Connection, product_id: int) -> Product:
    """Raises NotFoundError when there is none."""
    row = db.execute(select(product).where(product.c.id == product_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no product number {id}.").format(id=product_id))
    return _product(row)


def product_named(db: Connection, name: str) -> Product:
    """The product called ``name``, spaces ignored. Raises NotFoundError."""
    wanted = "".join(name.split())
    for one in products(db, active_only=False):
        if "".join(one.name.split()) == wanted:
            return one
    raise NotFoundError(_("There is no product called {name}.").format(name=name))


def add_product(
    change: Change,
    name: str,
    *,
    category: str = "",
    unit: str = "",
    price: int = 0,
    cost: int = 0,
    profit_floor: int | None = None,
    commission_rate: int = 0,
) -> int:
    """A new product; its id. Raises InputError for a bad or taken name or bad figures."""
    values = _checked(
        change,
        None,
        {
            "name": name,
            "category": category.strip(),
            "unit": unit.strip(),
            "price": price,
            "cost": cost,
            "profit_floor": profit_floor,
            "commission_rate": commission_rate,
        },
    )
    return change.insert(product, **values, active=True)


def edit_product(change: Change, product_id: int, *, seen_version: int, **values: Any) -> None:
    """Set columns of a product. Raises InputError, ConflictError, NotFoundError.

    Deals keep the cost and commission they were entered with.
    """
    change.update(
        product, product_id, seen_version=seen_version, **_checked(change, product_id, values)
    )


def below_floor(product: Product, quantity: int, amount: int, cost: int) -> int | None:
    """By how many cents a deal's profit is below the product's floor; None when it isn't."""
    if product.profit_floor is None:
        return None
    missing = product.profit_floor * quantity - (amount - cost)
    return missing if missing > 0 else None


def _checked(change: Change, own_id: int | None, values: dict[str, Any]) -> dict[str, Any]:
    if "name" in values:
        name = " ".join(str(values["name"]).split())
        if not name:
            raise InputError(_("A name is missing."))
        taken = change.connection.execute(
            select(product.c.id).where(product.c.name == name, product.c.id != (own_id or 0))
        ).first()
        if taken is not None:
            raise InputError(_("{name} exists already.").format(name=name))
        values = {**values, "name": name}
    if values.get("price", 0) < 0 or values.get("cost", 0) < 0:
        raise InputError(_("Price and cost aren't negative."))
    if not 0 <= values.get("commission_rate", 0) <= 10_000:
        raise InputError(_("A commission rate is from 0 to 100 %."))
    return values


def _product(row: Any) -> Product:
    return Product(
        row.id, row.name, row.category, row.unit, row.price, row.cost, row.profit_floor,
        row.commission_rate, row.active, row.version,
    )  # fmt: skip

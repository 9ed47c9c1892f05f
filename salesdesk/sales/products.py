"""Products: price, cost, profit floor and commission of what the office sells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.errors import InputError, NotFoundError
from salesdesk.office.names import free_name, named
from salesdesk.records import records
from salesdesk.records.kinds import Field, Kind
from salesdesk.records.values import FieldError
from salesdesk.sales.tables import product
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import _, mark


@dataclass(frozen=True, slots=True)
class Product:
    """One product; amounts are cents a piece, the commission rate is of 10,000.

    A cost of None isn't known, one of 0 is nothing; a floor of None is none.
    """

    id: int
    name: str
    category: str
    unit: str
    price: int
    cost: int | None
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
    """The product called ``name``. Raises NotFoundError."""
    product_so_called = named(products(db, active_only=False), name)
    if product_so_called is None:
        raise NotFoundError(_("There is no product called {name}.").format(name=name))
    return product_so_called


def add_product(
    change: Change,
    name: str,
    *,
    category: str = "",
    unit: str = "",
    price: int = 0,
    cost: int | None = None,
    profit_floor: int | None = None,
    commission_rate: int = 0,
    active: bool = True,
) -> int:
    """A new product; its id. Raises InputError for a bad or taken name or bad figures, RightsError.

    Amounts are cents a piece; a ``cost`` of None isn't known.
    """
    return records.add(
        change,
        KIND,
        {
            "name": name,
            "category": category,
            "unit": unit,
            "price": price,
            "cost": cost,
            "profit_floor": profit_floor,
            "commission_rate": commission_rate,
            "active": active,
        },
    )


def edit_product(
    change: Change,
    product_id: int,
    *,
    seen_version: int,
    name: str | Unset = UNSET,
    category: str | Unset = UNSET,
    unit: str | Unset = UNSET,
    price: int | Unset = UNSET,
    cost: int | Unset | None = UNSET,
    profit_floor: int | Unset | None = UNSET,
    commission_rate: int | Unset = UNSET,
    active: bool | Unset = UNSET,
) -> None:
    """Set what is given. Raises as :func:`add_product`, and ConflictError, NotFoundError.

    Deals keep the cost and commission they were entered with.
    """
    values = given(
        name=name, category=category, unit=unit, price=price, cost=cost,
        profit_floor=profit_floor, commission_rate=commission_rate, active=active,
    )  # fmt: skip
    records.edit(change, KIND, product_id, values, seen_version=seen_version)


def _check(change: Change, values: Mapping[str, Any], own_id: int | None) -> Mapping[str, Any]:
    """Products are told apart by their names."""
    try:
        return {"name": free_name(change, product, values["name"], own_id=own_id, longest=120)}
    except InputError as error:
        raise FieldError("name", error.message) from error


def _product(row: Any) -> Product:
    return Product(
        row.id, row.name, row.category, row.unit, row.price, row.cost, row.profit_floor,
        row.commission_rate, row.active, row.version,
    )  # fmt: skip


KIND = Kind(
    code="product",
    words=mark("Products"),
    one=mark("product"),
    table=product,
    fields=(
        Field("name", "text", mark("Product name"), needed=True, longest=120, width=210),
        Field("category", "text", mark("Category"), longest=60),
        Field(
            "unit", "text", mark("Unit"), longest=20, hint=mark("Piece, flat, machine…"), width=60
        ),
        Field("price", "money", mark("Price"), default=0, least=0, hint=mark("Yuan a piece")),
        Field(
            "cost", "money", mark("Cost"), least=0, may_see="costs.see",
            hint=mark("Empty: not known; 0: it costs nothing"),
        ),
        Field(
            "profit_floor", "money", mark("Profit floor"), least=0, may_see="costs.see",
            hint=mark("The least profit of one piece; empty: none"),
        ),
        Field(
            "commission_rate", "number", mark("Commission"), default=0, least=0, most=10_000,
            digits=2, unit="%", hint=mark("Per cent of the amount"), width=90,
        ),
        Field(
            "active", "flag", mark("State"), default=True, asked_when_new=False, width=90,
            choices={True: mark("On sale"), False: mark("Discontinued")},
        ),
    ),
    may_write="products.edit",
    named_by=("name",),
    order="category",
    check=_check,
    add=add_product,
    edit=edit_product,
    can_be_deleted=False,
    hint=mark("Yuan a piece. A deal whose profit is below the floor is warned of."),
)  # fmt: skip

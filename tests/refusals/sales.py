"""The sales room's writers."""

from __future__ import annotations

from datetime import date

from salesdesk.calc.periods import month
from salesdesk.office import months
from salesdesk.sales import deals, floors, payments, products, selling
from salesdesk.storage.history import Change
from tests.offices import STAFF
from tests.refusals import Line

LONG = "x" * 30_000
DAY = date(2026, 10, 20)
INNER = {
    "sales.crediting.check": "refuses; changes nothing",
    "sales.crediting.credit": "what follows from a deal, whose writer has asked",
    "sales.crediting.credit_deal_again": "what follows from a deal, whose writer has asked",
    "sales.crediting.credit_payment": "what follows from a payment, whose writer has asked",
    "sales.floors.need": "refuses; changes nothing",
    "sales.floors.need_cost": "refuses; changes nothing",
    "sales.ownership.need": "refuses; changes nothing",
}


def _sell(
    change: Change,
    *,
    amount: int = 5_000_00,
    quantity: int = 1,
    stage: str = "contracted",
    day: date = DAY,
    customer_id: int = STAFF.lin,
    product_id: int = STAFF.laptop,
    note: str = "",
) -> int:
    return selling.add_deal(
        change, customer_id=customer_id, product_id=product_id, amount=amount, quantity=quantity,
        shares=[deals.Share(STAFF.ann, 10_000)], stages={stage: day}, note=note,
    )  # fmt: skip


def _intend(change: Change) -> int:
    """A deal not yet agreed, at a price below the product's floor."""
    return _sell(change, amount=4_500_00, stage="intention")


def _sell_and_owe(change: Change) -> None:
    _sell(change)
    payments.add_payment(change, 1, 1_000_00, due_on=date(2026, 11, 5))


def _sell_and_cancel(change: Change) -> None:
    _sell(change)
    selling.cancel(change, 1, date(2026, 10, 25), "No loan")


def _sell_and_close(change: Change) -> None:
    _sell(change)
    months.close(change, month(2026, 10))


LINES = [
    Line(
        products.add_product,
        lambda change: products.add_product(change, "Screen", price=900_00),
        (
            ("exists", lambda change: products.add_product(change, "lap top")),
            ("", lambda change: products.add_product(change, " ")),
            ("", lambda change: products.add_product(change, LONG)),
            ("", lambda change: products.add_product(change, "Screen", price=-1)),
            ("", lambda change: products.add_product(change, "Screen", commission_rate=10_001)),
        ),
    ),
    Line(
        products.edit_product,
        lambda change: products.edit_product(change, STAFF.laptop, seen_version=1, price=1),
        (
            (
                "exists",
                lambda change: products.edit_product(
                    change, STAFF.laptop, seen_version=1, name="TOWER"
                ),
            ),
            (
                "",
                lambda change: products.edit_product(change, STAFF.laptop, seen_version=1, cost=-1),
            ),
            ("", lambda change: products.edit_product(change, 99, seen_version=1, price=1)),
        ),
    ),
    Line(
        selling.add_deal,
        _sell,
        (
            ("yuan", lambda change: _sell(change, amount=-1)),
            ("quantity is from 1", lambda change: _sell(change, quantity=0)),
            ("no customer number 99", lambda change: _sell(change, customer_id=99)),
            ("no product number 99", lambda change: _sell(change, product_id=99)),
            ("needs the date", lambda change: _sell(change, stage="dreamt")),
            ("can't be right", lambda change: _sell(change, day=date(2999, 1, 1))),
            ("at most", lambda change: _sell(change, note=LONG)),
        ),
    ),
    Line(
        selling.edit_deal,
        lambda change: selling.edit_deal(change, 1, seen_version=1, amount=5_100_00),
        (
            ("yuan", lambda change: selling.edit_deal(change, 1, seen_version=1, amount=-1)),
            ("no deal number 99", lambda change: selling.edit_deal(change, 99, seen_version=1)),
            ("at most", lambda change: selling.edit_deal(change, 1, seen_version=1, note=LONG)),
        ),
        before=_sell,
    ),
    Line(
        selling.set_stage,
        lambda change: selling.set_stage(change, 1, "intention", date(2026, 10, 10)),
        (
            (
                "out of order",
                lambda change: selling.set_stage(change, 1, "intention", date(2026, 10, 21)),
            ),
            ("isn't a stage", lambda change: selling.set_stage(change, 1, "dreamt", DAY)),
        ),
        before=_sell,
    ),
    Line(
        selling.set_stages,
        lambda change: selling.set_stages(change, 1, {"subscribed": date(2026, 10, 12)}),
        (("needs the date", lambda change: selling.set_stages(change, 1, {"contracted": None})),),
        before=_sell,
    ),
    Line(
        selling.cancel,
        lambda change: selling.cancel(change, 1, date(2026, 10, 25), "No loan"),
        (
            ("Say why", lambda change: selling.cancel(change, 1, date(2026, 10, 25), "  ")),
            ("out of order", lambda change: selling.cancel(change, 1, date(2026, 10, 1), "Why")),
        ),
        before=_sell,
    ),
    Line(
        selling.revive,
        lambda change: selling.revive(change, 1),
        (("no deal number 99", lambda change: selling.revive(change, 99)),),
        before=_sell_and_cancel,
    ),
    Line(
        selling.add_deal,
        lambda change: _sell(change, day=date(2026, 11, 2)),
        (
            ("closed month", _sell),
            (
                "closed month",
                lambda change: selling.edit_deal(change, 1, seen_version=1, amount=6_000_00),
            ),
            (
                "closed month",
                lambda change: selling.cancel(change, 1, date(2026, 10, 25), "No loan"),
            ),
            (
                "closed month",
                lambda change: payments.add_payment(change, 1, 100, paid_on=date(2026, 10, 25)),
            ),
        ),
        before=_sell_and_close,
    ),
    Line(
        payments.add_payment,
        lambda change: payments.add_payment(change, 1, 1_000_00, due_on=date(2026, 11, 5)),
        (
            (
                "an amount and a date",
                lambda change: payments.add_payment(change, 1, 0, due_on=date(2026, 11, 5)),
            ),
            ("an amount and a date", lambda change: payments.add_payment(change, 1, 100)),
            (
                "more than the deal's",
                lambda change: payments.add_payment(change, 1, 9_000_00, due_on=DAY),
            ),
            (
                "No more can be given back",
                lambda change: payments.add_payment(change, 1, -100, paid_on=DAY),
            ),
            (
                "no deal number 99",
                lambda change: payments.add_payment(change, 99, 100, due_on=DAY),
            ),
        ),
        before=_sell,
    ),
    Line(
        payments.edit_payment,
        lambda change: payments.edit_payment(change, 1, seen_version=1, amount=2_000_00),
        (
            (
                "more than the deal's",
                lambda change: payments.edit_payment(change, 1, seen_version=1, amount=9_000_00),
            ),
            (
                "no payment number 99",
                lambda change: payments.edit_payment(change, 99, seen_version=1),
            ),
        ),
        before=_sell_and_owe,
    ),
    Line(
        payments.pay,
        lambda change: payments.pay(change, 1, date(2026, 11, 5)),
        (
            ("no payment number 99", lambda change: payments.pay(change, 99, DAY)),
            ("can't be right", lambda change: payments.pay(change, 1, date(2999, 1, 1))),
        ),
        before=_sell_and_owe,
    ),
    Line(
        payments.delete_payment,
        lambda change: payments.delete_payment(change, 1),
        (("no payment number 99", lambda change: payments.delete_payment(change, 99)),),
        before=_sell_and_owe,
    ),
    Line(
        floors.ask,
        lambda change: floors.ask(change, 1, "An old customer"),
        (
            ("Say why", lambda change: floors.ask(change, 1, "  ")),
            ("no deal number 99", lambda change: floors.ask(change, 99, "Please")),
        ),
        before=_intend,
        by=STAFF.ann,  # a manager needs no approval
    ),
    Line(
        floors.set_discount_limit,
        lambda change: floors.set_discount_limit(change, "salesperson", 500),
        (
            ("king isn't a role", lambda change: floors.set_discount_limit(change, "king", 500)),
            (
                "from 0 to 100 %",
                lambda change: floors.set_discount_limit(change, "salesperson", 10_001),
            ),
        ),
    ),
]

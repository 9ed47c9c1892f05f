"""What each product brought: pieces, amount, price, and profit as far as the costs are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from salesdesk.calc.money import to_decimal
from salesdesk.office import measures
from salesdesk.planning.actuals import actuals
from salesdesk.planning.places import OFFICE
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell, money_cell, share_cell
from salesdesk.reports.lines import decimal_or_none
from salesdesk.reports.reading import Facts, Reading
from salesdesk.sales import floors, products
from salesdesk.sales.tables import deal, deal_share, product
from salesdesk.storage.schema import whole_sum
from salesdesk.text import _, mark, ngettext


@dataclass(frozen=True, slots=True)
class ProductLine:
    """What a product brought: hundredths of pieces, cents, counts of deals.

    ``amount`` counts by the office's basis. ``sold`` is the deals' own amount, from which prices
    come; ``sold_known`` and ``cost`` are of the deals whose cost is known, ``unknown`` how many
    there are of the others. ``below_floor`` deals left less profit than the product must bring.
    """

    name: str
    units: int
    amount: int
    sold: int
    sold_known: int
    cost: int
    unknown: int
    below_floor: int

    @property
    def profit(self) -> int | None:
        """Amount less cost of the deals whose cost is known; None where no cost is."""
        return self.sold_known - self.cost if self.sold_known or self.cost else None

    @property
    def average_price(self) -> int | None:
        """Cents a piece, rounded half up; None when nothing was sold."""
        return None if self.units <= 0 else (self.sold * 200 + self.units) // (2 * self.units)

    @property
    def margin(self) -> Fraction | None:
        """Profit / amount of the deals whose cost is known."""
        if self.profit is None or self.sold_known <= 0:
            return None
        return Fraction(self.profit, self.sold_known)


def read(reading: Reading) -> list[ProductLine]:
    """The products sold or taken back in the period, the largest amount first."""
    sold = _sold(reading)
    paid = _paid(reading) if reading.facts.settings.basis == "collection" else None
    below = _below_floor(reading) if reading.facts.sees_costs else {}
    lines = []
    for article in products.products(reading.db, active_only=False):
        if article.id not in sold and article.id not in (paid or {}):
            continue
        units, amount, known, cost, unknown = sold.get(article.id, (0, 0, 0, 0, 0))
        counted = amount if paid is None else paid.get(article.id, 0)
        lines.append(
            ProductLine(
                article.name, units, counted, amount, known, cost, unknown,
                below.get(article.id, 0),
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: (-line.amount, line.name))


def _sold(reading: Reading) -> dict[int, tuple[int, ...]]:
    """By product: units, amount, amount and cost of known costs, deals of unknown cost.

    By the office's basis, on the contract date where it counts what was paid; a deal that fell
    through is taken off by the office's rule (see planning.actuals).
    """
    stage = "subscribed" if reading.facts.settings.basis == "subscription" else "contracted"
    kept = reading.dated(deal, stage)
    if reading.facts.settings.cancellations == "original_month":
        parts = [(1, and_(kept, deal.c.cancelled_on.is_(None)))]
    else:
        gone = and_(reading.dated(deal, "cancelled"), deal.c[f"{stage}_on"].is_not(None))
        parts = [(1, kept), (-1, gone)]
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0] * 5)
    for sign, condition in parts:
        for product_id, *values, unknown in reading.db.execute(_sums(reading, condition)):
            for place, value in enumerate(values):
                sums[product_id][place] += sign * (value or 0)
            # Left out of the profit either way, sold or taken back.
            sums[product_id][-1] += unknown
    return {product_id: tuple(values) for product_id, values in sums.items() if any(values)}


def _sums(reading: Reading, condition: ColumnElement[bool]) -> Select[Any]:
    """Sums by product; the whole deals of the office, the credited parts of others."""
    if reading.who == OFFICE:
        part, units = deal.c, deal.c.quantity * 100
    else:
        part, units = deal_share.c, deal_share.c.quantity
    known = part.cost.is_not(None)
    query = (
        select(
            deal.c.product_id,
            whole_sum(units),
            whole_sum(part.amount),
            whole_sum(case((known, part.amount), else_=0)),
            whole_sum(part.cost),
            func.count(func.distinct(case((known, None), else_=deal.c.id))),
        )
        .where(condition, *_credited_to(reading))
        .group_by(deal.c.product_id)
    )
    return (
        query
        if reading.who == OFFICE
        else query.join(deal_share, deal_share.c.deal_id == deal.c.id)
    )


def _credited_to(reading: Reading) -> list[ColumnElement[bool]]:
    return reading.of_people(deal_share.c.person_id)


def _paid(reading: Reading) -> dict[int, int]:
    """Cents received by product."""
    amount = [m for m in measures.measures(reading.db, active_only=False) if m.counts == "amount"]
    found = actuals(
        reading.db, amount[:1], reading.period.start, reading.period.end, by_product=True
    )
    sums: defaultdict[int, int] = defaultdict(int)
    for key, value in found.items():
        if key.product_id is not None and reading.within(key.person_id):
            sums[key.product_id] += value
    return sums


def _below_floor(reading: Reading) -> dict[int, int]:
    """Deals contracted in the period, and standing, that left less than the product must bring."""
    query = (
        select(deal.c.product_id, func.count(func.distinct(deal.c.id)))
        .join(product, product.c.id == deal.c.product_id)
        .where(
            reading.dated(deal, "contracted"),
            reading.standing(),
            floors.is_below_floor(),
            *_credited_to(reading),
        )
        .group_by(deal.c.product_id)
    )
    if reading.who != OFFICE:
        query = query.join(deal_share, deal_share.c.deal_id == deal.c.id)
    return {row[0]: row[1] for row in reading.db.execute(query)}


def _lay_out(lines: Sequence[ProductLine], facts: Facts) -> Content:
    wan = facts.in_wan
    columns = [
        Column(_("Product"), 2.4, "left"),
        Column(_("Units"), 0.9),
        Column(_("Amount"), 1.5),
        # The price of a piece is never shown in 万元: 49 yuan would be 0.00.
        Column(_("Average price (yuan)"), 1.5),
    ]
    if facts.sees_costs:
        columns += [
            Column(_("Cost"), 1.5, optional=True),
            Column(_("Profit"), 1.5, optional=True),
            Column(_("Margin"), 1.0, optional=True),
            Column(_("Below floor"), 1.0, optional=True),
        ]
    rows: list[list[Cell | str]] = []
    for line in lines:
        row: list[Cell | str] = [
            line.name,
            count_cell(line.units, 2),
            money_cell(line.amount, in_wan=wan),
            money_cell(line.average_price, in_wan=False),
        ]
        if facts.sees_costs:
            row += [
                money_cell(None if line.profit is None else line.cost, in_wan=wan),
                money_cell(line.profit, in_wan=wan),
                share_cell(line.margin),
                count_cell(line.below_floor or None),
            ]
        rows.append(row)
    return Content([Table(columns, rows)], _note(lines, facts))


def _note(lines: Sequence[ProductLine], facts: Facts) -> str:
    note = unit_note(facts)
    unknown = sum(line.unknown for line in lines)
    if unknown and facts.sees_costs:
        words = ngettext(
            "The cost of {count} deal isn't known: cost, profit and margin are without it.",
            "The costs of {count} deals aren't known: cost, profit and margin are without them.",
            unknown,
        ).format(count=unknown)
        note = _("{first}. {second}").format(first=note, second=words)
    return note


def unit_note(facts: Facts) -> str:
    """What amounts of a section are in."""
    return _("Amounts in 10,000 yuan") if facts.in_wan else _("Amounts in yuan")


def _as_json(lines: Sequence[ProductLine], facts: Facts) -> object:
    told = []
    for line in lines:
        entry: dict[str, object] = {
            "name": line.name,
            "units": to_decimal(line.units, 2),
            "amount": to_decimal(line.amount, 2),
            "average_price": decimal_or_none(line.average_price, 2),
        }
        if facts.sees_costs:
            entry |= {
                "cost": decimal_or_none(None if line.profit is None else line.cost, 2),
                "profit": decimal_or_none(line.profit, 2),
                "margin": line.margin,
                "cost_unknown": line.unknown,
                "below_floor": line.below_floor,
            }
        told.append(entry)
    return told


PRODUCTS = SectionKind("products", mark("Products"), read, _lay_out, _as_json)

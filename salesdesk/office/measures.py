"""What the office measures: each measure's unit, decimals, smallest part of a split, and count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from salesdesk.calc.money import format_number, format_wan, parse_number
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office.tables import measure
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

#: How an actual is counted; planning.actuals has the rule behind each.
COUNTS: Mapping[str, str] = {
    "amount": mark("Amount of deals, by the office's basis"),
    "units": mark("Pieces sold, by the office's basis"),
    "profit": mark("Amount less cost, by the office's basis"),
    "subscriptions": mark("Deals by subscription date"),
    "contracts": mark("Deals by contract date"),
    "collections": mark("Payments received"),
    "commission": mark("Commission, by the office's basis"),
    "calls": mark("Calls made, effective ones included"),
    "effective_calls": mark("Effective calls made"),
    "visits": mark("Visits made"),
    "new_customers": mark("Customers registered"),
    "potential_customers": mark("Customers registered that are still potential"),
    "hand": mark("Counted by hand"),
}


@dataclass(frozen=True, slots=True)
class Standard:
    """A measure every office knows: what it is called and how it is counted."""

    code: str
    name: str
    unit: str
    digits: int
    step: int


#: Counts of deals have two digits because shared deals are credited in parts.
STANDARD: tuple[Standard, ...] = (
    Standard("amount", mark("Sales amount"), mark("yuan"), 2, 100),
    Standard("units", mark("Units sold"), mark("units"), 2, 100),
    Standard("profit", mark("Profit"), mark("yuan"), 2, 100),
    Standard("subscriptions", mark("Subscriptions"), mark("deals"), 2, 100),
    Standard("contracts", mark("Contracts"), mark("deals"), 2, 100),
    Standard("collections", mark("Collections"), mark("yuan"), 2, 100),
    Standard("commission", mark("Commission"), mark("yuan"), 2, 100),
    Standard("calls", mark("Calls"), mark("calls"), 0, 1),
    Standard("effective_calls", mark("Effective calls"), mark("calls"), 0, 1),
    Standard("visits", mark("Visits"), mark("visits"), 0, 1),
    Standard("new_customers", mark("New customers"), mark("customers"), 0, 1),
    Standard("potential_customers", mark("Potential customers"), mark("customers"), 0, 1),
)
MONEY = frozenset({"amount", "profit", "collections", "commission"})


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; its values are integers of ``10 ** -digits`` of ``unit``."""

    id: int
    code: str
    name: str
    unit: str
    digits: int
    step: int
    counts: str
    position: int
    active: bool
    version: int

    @property
    def is_money(self) -> bool:
        """Whether values are yuan, and so shown in 万元 where the office wants."""
        return self.counts in MONEY

    def format(self, value: int | None, *, in_wan: bool = False) -> str:
        """The value as people read it; nothing for None; money in 万 with ``in_wan``."""
        if value is None:
            return ""
        if in_wan and self.is_money:
            return format_wan(value, self.digits)
        return format_number(value, self.digits, trim=True)

    def with_unit(self, *, in_wan: bool) -> str:
        """The name with the unit that values are shown in."""
        unit = _("10,000 yuan") if in_wan and self.is_money else self.unit
        return _("{name} ({unit})").format(name=self.name, unit=unit)

    def parse(self, text: str) -> int | None:
        """The value a person typed, None for nothing. Raises InputError naming the text."""
        return parse_number(text, self.digits) if text.strip() else None


def measures(db: Connection, *, active_only: bool = True) -> list[Measure]:
    """The measures in the office's order."""
    query = select(measure).order_by(measure.c.position, measure.c.id)
    if active_only:
        query = query.where(measure.c.active)
    return [_measure(row) for row in db.execute(query)]


def measure_by_id(db: Connection, measure_id: int) -> Measure:
    """Raises NotFoundError when there is none."""
    row = db.execute(select(measure).where(measure.c.id == measure_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no measure number {id}.").format(id=measure_id))
    return _measure(row)


def measure_with_code(db: Connection, code: str) -> Measure:
    """The measure with a code ("amount"), or so named. Raises NotFoundError naming those known."""
    for one in measures(db, active_only=False):
        if code in (one.code, one.name):
            return one
    known = ", ".join(one.code for one in measures(db))
    raise NotFoundError(
        _("There is no measure {code}; there are: {known}.").format(code=code, known=known)
    )


def seed(change: Change, active_codes: frozenset[str], *, goods: str) -> None:
    """Enter the standard measures, named in the language in force; only some in use.

    ``goods`` is what a piece sold is counted in: units, machines, pieces.
    """
    change.insert_many(
        measure,
        [
            {
                "code": one.code,
                "name": _(one.name),
                "unit": _(goods if one.code == "units" else one.unit),
                "digits": one.digits,
                "step": one.step,
                "counts": one.code,
                "position": position,
                "active": one.code in active_codes,
            }
            for position, one in enumerate(STANDARD, 1)
        ],
    )


def add(change: Change, name: str, unit: str, digits: int = 0) -> int:
    """A measure of the office's own, counted by hand; its id. Raises InputError."""
    name = _free_name(change, name, None)
    if not 0 <= digits <= 4:
        raise InputError(_("A measure has from 0 to 4 decimals."))
    last = change.connection.execute(
        select(func.max(measure.c.position), func.max(measure.c.id))
    ).one()
    return change.insert(
        measure,
        code=f"own{(last[1] or 0) + 1}",
        name=name,
        unit=unit.strip(),
        digits=digits,
        step=1,
        counts="hand",
        position=(last[0] or 0) + 1,
        active=True,
    )


def edit(change: Change, measure_id: int, *, seen_version: int, **values: Any) -> None:
    """Set name, unit, step, position or active. Raises InputError, ConflictError, NotFoundError.

    The digits stay: every stored value is counted in them.
    """
    if "digits" in values or "counts" in values:
        raise ValueError("digits and count of a measure stay as they are")
    if "name" in values:
        values["name"] = _free_name(change, values["name"], measure_id)
    if values.get("step", 1) < 1:
        raise InputError(_("The smallest part of a split is positive."))
    change.update(measure, measure_id, seen_version=seen_version, **values)


def _free_name(change: Change, name: str, own_id: int | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise InputError(_("A name is missing."))
    taken = change.connection.execute(
        select(measure.c.id).where(measure.c.name == name, measure.c.id != (own_id or 0))
    ).first()
    if taken is not None:
        raise InputError(_("{name} exists already.").format(name=name))
    return name


def _measure(row: Any) -> Measure:
    return Measure(
        row.id, row.code, row.name, row.unit, row.digits, row.step, row.counts, row.position,
        row.active, row.version,
    )  # fmt: skip

"""What the office measures: each measure's unit, decimals, smallest part of a split, and count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from salesdesk.calc import texts
from salesdesk.calc.money import format_number, format_wan, parse_number, parse_percent
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import rights
from salesdesk.office.names import free_name, same_name
from salesdesk.office.tables import measure
from salesdesk.storage.edits import UNSET, Unset, after, given
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, mark, quoted

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
    "calls_received": mark("Calls received"),
    "walk_ins": mark("Walk-ins, invited ones included"),
    "first_walk_ins": mark("Walk-ins of customers who came for the first time"),
    "repeat_walk_ins": mark("Walk-ins of customers who had come before"),
    "invited_walk_ins": mark("Walk-ins of customers who were invited"),
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
    Standard("calls_received", mark("Calls received"), mark("calls"), 0, 1),
    Standard("walk_ins", mark("Walk-ins"), mark("visits"), 0, 1),
    Standard("first_walk_ins", mark("First walk-ins"), mark("visits"), 0, 1),
    Standard("repeat_walk_ins", mark("Repeat walk-ins"), mark("visits"), 0, 1),
    Standard("invited_walk_ins", mark("Invited walk-ins"), mark("visits"), 0, 1),
)
LONGEST_NAME, LONGEST_UNIT = 60, 20
LARGEST_STEP = 10**12
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
        if not text.strip():
            return None
        # A rate that the office counts itself is typed with its sign or without.
        return (parse_percent if self.unit in ("%", "％") else parse_number)(text, self.digits)


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
    everything = measures(db, active_only=False)
    for candidate in everything:
        if code == candidate.code:
            return candidate
    for candidate in everything:
        if same_name(code, candidate.name):
            return candidate
    known = joined(candidate.code for candidate in measures(db))
    raise NotFoundError(
        _("There is no measure {code}; there are: {known}.").format(code=code, known=known)
    )


def seed(change: Change, active_codes: frozenset[str], *, goods: str) -> None:
    """Enter the standard measures, named in the language in force; only some in use.

    ``goods`` is what a piece sold is counted in: units, machines, pieces.
    """
    rights.need(change, "measures.edit")
    change.insert_many(
        measure,
        [
            {
                "code": standard.code,
                "name": _(standard.name),
                "unit": _(goods if standard.code == "units" else standard.unit),
                "digits": standard.digits,
                "step": standard.step,
                "counts": standard.code,
                "position": position,
                "active": standard.code in active_codes,
            }
            for position, standard in enumerate(STANDARD, 1)
        ],
    )
    change.describe(_("Standard measures entered"))


def add(change: Change, name: str, unit: str, digits: int = 0, *, counts: str = "hand") -> int:
    """A measure of the office's own; its id. Raises RightsError, InputError.

    It is counted by hand unless ``counts`` says which records it counts (records.measuring).
    """
    rights.need(change, "measures.edit")
    name = free_name(change, measure, name, longest=LONGEST_NAME)
    unit = _checked_unit(unit)
    if not 0 <= digits <= 4:
        raise InputError(_("A measure can have from 0 to 4 decimals."))
    last = change.connection.execute(
        select(func.max(measure.c.position), func.max(measure.c.id))
    ).one()
    measure_id = change.insert(
        measure,
        code=f"own{(last[1] or 0) + 1}",
        name=name,
        unit=unit,
        digits=digits,
        step=1,
        counts=counts,
        position=(last[0] or 0) + 1,
        active=True,
    )
    change.describe(_("New measure {name}").format(name=name))
    return measure_id


def edit(
    change: Change,
    measure_id: int,
    *,
    seen_version: int,
    name: str | Unset = UNSET,
    unit: str | Unset = UNSET,
    step: int | Unset = UNSET,
    position: int | Unset = UNSET,
    active: bool | Unset = UNSET,
) -> None:
    """Set some of a measure. Raises RightsError, InputError, ConflictError, NotFoundError.

    The digits stay, since every stored value is counted in them, and so does how it is counted.
    ``step`` is in ``10 ** -digits``.
    """
    rights.need(change, "measures.edit")
    before = measure_by_id(change.connection, measure_id)
    if name is not UNSET:
        name = free_name(change, measure, name, own_id=measure_id, longest=LONGEST_NAME)
    if unit is not UNSET:
        unit = _checked_unit(unit)
    if step is not UNSET and not 1 <= step <= LARGEST_STEP:
        raise InputError(
            _("The smallest part of a split must be from {least} to {most}.").format(
                least=before.format(1), most=before.format(LARGEST_STEP)
            )
        )
    if position is not UNSET and not 0 <= position <= 9_999:
        raise InputError(_("The order is a number from 0 to 9,999."))
    if active is False and not any(other.id != measure_id for other in measures(change.connection)):
        raise InputError(_("The office needs at least one measure in use."))
    change.update(
        measure,
        measure_id,
        seen_version=seen_version,
        **given(name=name, unit=unit, step=step, position=position, active=active),
    )
    change.describe(_("Edit measure {name}").format(name=after(name, before.name)))


def _checked_unit(unit: str) -> str:
    unit = texts.line(_("The unit {unit}").format(unit=quoted(unit, 20)), unit, LONGEST_UNIT)
    if not unit:
        raise InputError(_("{field} is missing.").format(field=_("Unit")))
    return unit


def _measure(row: Any) -> Measure:
    return Measure(
        row.id, row.code, row.name, row.unit, row.digits, row.step, row.counts, row.position,
        row.active, row.version,
    )  # fmt: skip

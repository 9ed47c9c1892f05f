"""What the office measures: each measure's unit, decimals, smallest part of a split, and count.

What a measure counts is data: which rows (``counts``), which of them only (``among``), and of what
nature the figure is. A *flow* sums over time; a *level* is what holds at a period's end, and over
time the last one stands; a *ratio* divides one measure by another, both summed first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select

from salesdesk.calc import texts
from salesdesk.calc.money import format_number, format_wan, parse_number, parse_percent
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import among as filters
from salesdesk.office import rights
from salesdesk.office.among import EVERYTHING, Among
from salesdesk.office.names import free_name, same_name
from salesdesk.office.tables import measure
from salesdesk.storage.edits import UNSET, Unset, after, given
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, language, mark, quoted, resources_folder

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
    "activities": mark("Activities of any kind"),
    "tasks": mark("Tasks done"),
    "customers": mark("Customers there are"),
    "active_customers": mark("Customers with an activity or a deal of late"),
    "ratio": mark("One measure divided by another"),
}
NATURES: Mapping[str, str] = {
    "flow": mark("Over time: it sums up"),
    "level": mark("At the end: what holds on the last day"),
    "ratio": mark("Ratio: one sum divided by another"),
}
#: The same in a column of a table.
NATURE_NAMES: Mapping[str, str] = {
    "flow": mark("Sums up"),
    "level": mark("At the end"),
    "ratio": mark("Ratio"),
}
#: What holds on a day and doesn't sum up over time.
STANDING = frozenset({"customers", "active_customers"})


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
#: The decimals and smallest part that what is counted has, whatever the measure.
_SCALES: Mapping[str, tuple[int, int]] = {
    **{standard.code: (standard.digits, standard.step) for standard in STANDARD},
    **dict.fromkeys(("activities", "tasks", *STANDING), (0, 1)),
}
PERCENT_SIGNS = ("%", "％")


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
    nature: str = "flow"
    among: Among = EVERYTHING
    numerator: Measure | None = None
    denominator: Measure | None = None

    @property
    def is_money(self) -> bool:
        """Whether values are yuan, and so shown in 万元 where the office wants."""
        return self.counts in MONEY

    @property
    def is_flow(self) -> bool:
        """Whether values of days and months sum up, and so can be split over time."""
        return self.nature == "flow"

    @property
    def is_ratio(self) -> bool:
        """Whether it is divided: then no values are ever summed, over time or people."""
        return self.nature == "ratio"

    @property
    def stands(self) -> bool:
        """Whether it holds on a day: a level, or a ratio of two."""
        parts = [part for part in (self.numerator, self.denominator) if part is not None]
        return self.nature == "level" or (bool(parts) and all(part.stands for part in parts))

    def due(self, pace: Fraction) -> Fraction:
        """The share of a target that should be there when ``pace`` of the time has passed.

        What doesn't sum up is as much on any day as at the end.
        """
        return pace if self.is_flow else Fraction(1)

    @property
    def tells_costs(self) -> bool:
        """Whether it says, or lets reckon, what things cost the office (costs.see)."""
        parts = (self, self.numerator, self.denominator)
        return any(one is not None and one.counts == "profit" for one in parts)

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
        return (parse_percent if self.unit in PERCENT_SIGNS else parse_number)(text, self.digits)


def measures(db: Connection, *, active_only: bool = True) -> list[Measure]:
    """The measures in the office's order."""
    # All of them, since a ratio's parts needn't be in use.
    rows = db.execute(select(measure).order_by(measure.c.position, measure.c.id)).all()
    known = {row.id: _measure(row) for row in rows}
    return [
        replace(
            known[row.id],
            numerator=known.get(row.numerator_id),
            denominator=known.get(row.denominator_id),
        )
        if row.nature == "ratio"
        else known[row.id]
        for row in rows
        if row.active or not active_only
    ]


def measure_by_id(db: Connection, measure_id: int) -> Measure:
    """Raises NotFoundError when there is none."""
    for one in measures(db, active_only=False):
        if one.id == measure_id:
            return one
    raise NotFoundError(_("There is no measure number {id}.").format(id=measure_id))


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


def add(
    change: Change,
    name: str,
    unit: str,
    digits: int = 0,
    *,
    counts: str = "hand",
    nature: str = "",
    among: Among = EVERYTHING,
    numerator_id: int | None = None,
    denominator_id: int | None = None,
) -> int:
    """A measure of the office's own; its id. Raises RightsError, InputError, NotFoundError.

    It is counted by hand unless ``counts`` says what it counts: one of :data:`COUNTS`, or records
    (records.measuring). ``nature`` follows from it but for what is counted by hand, which flows
    unless it is said to be a level: then each person's latest figure stands. A ratio
    (``counts="ratio"``) has a numerator and a denominator that are no ratios. ``digits`` are those
    of what is counted where that has its own.
    """
    return _add(
        change, "", name, unit, digits, counts, nature, among, numerator_id, denominator_id
    )  # fmt: skip


def _add(
    change: Change,
    code: str,
    name: str,
    unit: str,
    digits: int,
    counts: str,
    nature: str,
    among: Among,
    numerator_id: int | None,
    denominator_id: int | None,
) -> int:
    rights.need(change, "measures.edit")
    db = change.connection
    name = free_name(change, measure, name, longest=LONGEST_NAME)
    unit = _checked_unit(unit)
    digits, step = _SCALES.get(counts, (digits, 1))
    if not 0 <= digits <= 4:
        raise InputError(_("A measure can have from 0 to 4 decimals."))
    nature = _checked_nature(counts, nature)
    _check_parts(db, nature, numerator_id, denominator_id)
    among = filters.checked(db, counts, _(COUNTS.get(counts, counts)), among)
    last = db.execute(select(func.max(measure.c.position), func.max(measure.c.id))).one()
    measure_id = change.insert(
        measure,
        code=code or f"own{(last[1] or 0) + 1}",
        name=name,
        unit=unit,
        digits=digits,
        step=step,
        counts=counts,
        position=(last[0] or 0) + 1,
        active=True,
        nature=nature,
        among=among.as_json(),
        numerator_id=numerator_id,
        denominator_id=denominator_id,
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
    nature: str | Unset = UNSET,
    among: Among | Unset = UNSET,
    numerator_id: int | Unset = UNSET,
    denominator_id: int | Unset = UNSET,
) -> None:
    """Set some of a measure. Raises RightsError, InputError, ConflictError, NotFoundError.

    The digits stay, since every stored value is counted in them, and so does what it counts.
    ``step`` is in ``10 ** -digits``. Another filter, nature or part holds for the past too.
    """
    rights.need(change, "measures.edit")
    db = change.connection
    before = measure_by_id(db, measure_id)
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
    if active is False and not any(other.id != measure_id for other in measures(db)):
        raise InputError(_("The office needs at least one measure in use."))
    if nature is not UNSET:
        nature = _checked_nature(before.counts, nature)
    if numerator_id is not UNSET or denominator_id is not UNSET:
        above = after(numerator_id, before.numerator.id if before.numerator else None)
        below = after(denominator_id, before.denominator.id if before.denominator else None)
        _check_parts(db, before.nature, above, below)
    stored: str | Unset = UNSET
    if among is not UNSET:
        words = _(COUNTS.get(before.counts, before.counts))
        stored = filters.checked(db, before.counts, words, among).as_json()
    change.update(
        measure,
        measure_id,
        seen_version=seen_version,
        **given(
            name=name, unit=unit, step=step, position=position, active=active, nature=nature,
            among=stored, numerator_id=numerator_id, denominator_id=denominator_id,
        ),
    )  # fmt: skip
    change.describe(_("Edit measure {name}").format(name=after(name, before.name)))


def natures_of(counts: str) -> tuple[str, ...]:
    """The natures that what is counted can have, the usual one first."""
    if counts == "ratio":
        return ("ratio",)
    if counts in STANDING:
        return ("level",)
    return ("flow", "level") if counts == "hand" else ("flow",)


def _checked_nature(counts: str, nature: str) -> str:
    possible = natures_of(counts)
    if nature and nature not in possible:
        raise InputError(
            _("“{counts}” can't be “{nature}”; it can be: {known}.").format(
                counts=_(COUNTS.get(counts, counts)),
                nature=_(NATURES[nature]) if nature in NATURES else quoted(nature, 40),
                known=joined(_(NATURES[one]) for one in possible),
            )
        )
    return nature or possible[0]


def _check_parts(
    db: Connection, nature: str, numerator_id: int | None, denominator_id: int | None
) -> None:
    """A ratio has two parts that are no ratios themselves, so that none goes round in a circle."""
    if nature != "ratio":
        if numerator_id is not None or denominator_id is not None:
            raise InputError(_("Only a ratio has a numerator and a denominator."))
        return
    if numerator_id is None or denominator_id is None:
        raise InputError(_("A ratio needs a numerator and a denominator."))
    if numerator_id == denominator_id:
        raise InputError(_("A measure divided by itself says nothing."))
    for part in (measure_by_id(db, numerator_id), measure_by_id(db, denominator_id)):
        if part.is_ratio:
            raise InputError(
                _("{measure} is a ratio itself and can't be part of another.").format(
                    measure=part.name
                )
            )


# -- the list that offices choose from -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """A measure that can be taken into use; parts of a ratio by their codes."""

    code: str
    name: str
    unit: str
    digits: int
    counts: str
    nature: str
    among: Among = EVERYTHING
    numerator: str = ""
    denominator: str = ""


@cache
def _listed(tongue: str) -> Mapping[str, Offered]:
    """The list that comes with the program, in a language ("zh", "en"), by code."""
    path = resources_folder() / "measures" / "offered.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    found = {}
    for code, entry in data.items():
        name, unit = entry[tongue]
        counts = entry.get("counts", "hand")
        narrowed = {
            key: value[tongue] if isinstance(value, dict) else value
            for key, value in entry.get("among", {}).items()
        }
        found[code] = Offered(
            code,
            name,
            unit,
            entry.get("digits", 0),
            counts,
            entry.get("nature", natures_of(counts)[0]),
            filters.from_values(narrowed),
            entry.get("numerator", ""),
            entry.get("denominator", ""),
        )
    return found


def _known_codes() -> dict[str, Offered]:
    standard = {
        one.code: Offered(one.code, _(one.name), _(one.unit), one.digits, one.code, "flow")
        for one in STANDARD
    }
    return standard | dict(_listed(language()))


def offered(db: Connection) -> list[Offered]:
    """What the office doesn't use yet and could: standard ones first, then the program's list.

    What is narrowed to product categories that the office hasn't got is left out.
    """
    stored = {one.code: one for one in measures(db, active_only=False)}
    found = []
    for code, one in _known_codes().items():
        own = stored.get(code)
        if own is not None and own.active:
            continue
        if own is not None:
            one = replace(one, name=own.name, unit=own.unit)
        elif one.among.given():
            try:
                filters.checked(db, one.counts, one.name, one.among)
            except InputError:
                continue
        found.append(one)
    return found


def take_into_use(change: Change, code: str, name: str = "", *, unit: str = "") -> int:
    """See that the office uses a measure of a code; its id.

    One that is there is taken into use, one of the list is made, with what it is divided by; else,
    as "own", one that is counted by hand is made and called ``name`` (unless one is called so
    already), in ``unit``: one in per cent is a level, since per cents don't sum up.
    Raises RightsError; InputError for a name that is missing; NotFoundError for an unknown code.
    """
    rights.need(change, "measures.edit")
    stored = measures(change.connection, active_only=False)
    listed = _known_codes().get(code)
    called = listed.name if listed is not None else name
    for one in stored:
        if one.code == code or (called and same_name(one.name, called)):
            if not one.active:
                edit(change, one.id, seen_version=one.version, active=True)
            return one.id
    if listed is not None:
        parts = [
            _part_of_a_ratio(change, stored, part) if part else None
            for part in (listed.numerator, listed.denominator)
        ]
        return _add(
            change, code, listed.name, listed.unit, listed.digits, listed.counts, listed.nature,
            listed.among, *parts,
        )  # fmt: skip
    if code != "own":
        known = joined(_known_codes())
        raise NotFoundError(
            _("There is no measure {code}; there are: {known}.").format(code=code, known=known)
        )
    if unit in PERCENT_SIGNS:
        return add(change, name, unit, 2, nature="level")
    return add(change, name, unit or _("times"))


def _part_of_a_ratio(change: Change, stored: list[Measure], code: str) -> int:
    """The measure of a code that is to be divided; in use only where people must count it."""
    for one in stored:
        if one.code == code and one.counts != "hand":
            return one.id
    return take_into_use(change, code)


def _checked_unit(unit: str) -> str:
    unit = texts.line(_("The unit {unit}").format(unit=quoted(unit, 20)), unit, LONGEST_UNIT)
    if not unit:
        raise InputError(_("{field} is missing.").format(field=_("Unit")))
    return unit


def _measure(row: Any) -> Measure:
    return Measure(
        row.id, row.code, row.name, row.unit, row.digits, row.step, row.counts, row.position,
        row.active, row.version, row.nature, filters.from_json(row.among),
    )  # fmt: skip

"""What taking a quota sheet over does to the totals, beside what is to be reached.

A figure typed in the wrong unit or row is hardly seen among two hundred changes, but in the total
of its month it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from salesdesk.calc.periods import Kind, Period, month_of_key
from salesdesk.office.measures import Measure
from salesdesk.planning import plans, targets
from salesdesk.planning.places import person
from salesdesk.planning.reaching import Reaching, ToReach
from salesdesk.text import _, mark
from salesdesk.workbooks.quota_comparison import Comparison, Difference

#: What the parts of a period are called together.
_TOGETHER: Mapping[str, str] = {
    "quarter": mark("Quarters together"),
    "month": mark("Months together"),
    "week": mark("Weeks together"),
    "day": mark("Days together"),
}


class _Sum(NamedTuple):
    """Which figures are added up: of a block, a measure and tier, of somebody or all."""

    block: str
    measure_id: int
    tier: str
    person_id: int | None  # None for all people
    period: Period  # the period itself, or the whole that the parts of ``kind`` make
    kind: Kind  # of the periods added up


@dataclass(frozen=True, slots=True)
class Total:
    """A total as it is and as it would be, in the measure's smallest step.

    ``person`` is empty for all people together. ``open`` is what would still be missing of the
    figure to be reached, None where none is set.
    """

    sheet: str
    measure: Measure
    tier: str
    person: str
    period: str
    before: int
    after: int
    reach: ToReach | None

    @property
    def open(self) -> int | None:
        """What would still be missing."""
        return None if self.reach is None else self.reach.value - self.after


class Totals:
    """The totals that a comparison touches, as they are in the office, read once."""

    def __init__(self, db: Connection, comparison: Comparison) -> None:
        self._plan = plans.plan_by_id(db, comparison.plan_id)
        touched = _targets([*comparison.changed, *comparison.deletions, *comparison.conflicts])
        held = {
            key: targets.by_who(db, comparison.plan_id, *key)
            for key in dict.fromkeys((one.slot.measure_id, one.slot.tier) for one in touched)
        }
        reaching = Reaching(db, self._plan)
        self._before: dict[_Sum, int] = {}
        self._reach: dict[_Sum, ToReach | None] = {}
        with_products = {
            block: any(one.row.product_id is not None for one in touched if one.row.block == block)
            for block in {one.row.block for one in touched}
        }
        for which in dict.fromkeys(which for one in touched for which in self._sums(one)):
            values = held[which.measure_id, which.tier]
            self._before[which] = sum(
                value
                for who, mine in values.items()
                if who.person_id is not None
                and which.person_id in (None, who.person_id)
                and not who.category
                and (who.product_id is not None) == with_products[which.block]
                for period, value in mine.values.items()
                if period.kind == which.kind and period.start in which.period
            )
            who = self._plan.who if which.person_id is None else person(which.person_id)
            figure = reaching.at(which.measure_id, who, which.period, which.tier)
            self._reach[which] = figure if figure and figure.tier == which.tier else None

    def of(self, chosen: Iterable[Difference]) -> list[Total]:
        """The totals that taking ``chosen`` over would change: of all people, then of each."""
        added: dict[_Sum, int] = {}
        first: dict[_Sum, Difference] = {}
        for one in _targets(chosen):
            for which in self._sums(one):
                added[which] = (
                    added.get(which, 0) + _step(one.sheet_value) - _step(one.office_value)
                )
                first.setdefault(which, one)
        order = sorted(added, key=lambda which: _order(which, first[which]))
        return [
            Total(
                first[which].sheet,
                first[which].measure,
                which.tier,
                first[which].person if which.person_id is not None else "",
                _period_name(which),
                self._before[which],
                self._before[which] + added[which],
                self._reach[which],
            )
            for which in order
        ]

    def _sums(self, one: Difference) -> list[_Sum]:
        """What a changed target is part of."""
        block, slot = one.row.block, one.slot
        whole = month_of_key(int(block[2:])) if block.startswith("M.") else self._plan.period
        keys = []
        for person_id in (None, one.row.person_id):
            key = _Sum(block, slot.measure_id, slot.tier, person_id, slot.period, slot.period.kind)
            if person_id is None or slot.period == whole:
                keys.append(key)
            if slot.period != whole:
                keys.append(key._replace(period=whole))
        return keys


def _targets(differences: Iterable[Difference]) -> Sequence[Difference]:
    return [one for one in differences if not one.slot.field]


def _step(value: int | str | None) -> int:
    return value if isinstance(value, int) else 0


def _period_name(which: _Sum) -> str:
    if which.kind == which.period.kind:
        return which.period.label
    return _("{period}: {parts}").format(period=which.period.label, parts=_(_TOGETHER[which.kind]))


def _order(which: _Sum, first: Difference) -> tuple[object, ...]:
    """All people before each; the whole before its parts, in time."""
    return (
        which.person_id is not None, first.measure.position, which.tier, which.block,
        first.person if which.person_id is not None else "",
        -(which.period.end - which.period.start).days, which.kind != which.period.kind,
        which.period.start,
    )  # fmt: skip

"""What was achieved, as parts that add up: of days, months, people and products.

The figures of a flow are plain numbers. A level isn't summed over time and a ratio not at all, so
theirs are parts of their own kind that ``+`` puts together rightly: of levels of two days the later
one stands, those of one day are summed; a ratio's numerators are summed and its denominators.
:func:`value_of` gives the figure in the end, and nothing else divides.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from salesdesk.office.measures import PERCENT_SIGNS, Measure


@dataclass(frozen=True, slots=True)
class Level:
    """What holds at the end of a day, in the measure's smallest step."""

    day: date
    value: int

    def __add__(self, other: Level | int) -> Level:
        if isinstance(other, int) or other.day < self.day:
            return self
        return other if other.day > self.day else Level(self.day, self.value + other.value)

    __radd__ = __add__


@dataclass(frozen=True, slots=True)
class Quotient:
    """The two sums of a ratio, each in its own measure's smallest step."""

    numerator: int | Level = 0
    denominator: int | Level = 0

    def __add__(self, other: Quotient | int) -> Quotient:
        if isinstance(other, int):
            return self
        return Quotient(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
        )

    __radd__ = __add__


#: A figure that may be added to others of its measure, or to 0.
Part = int | Level | Quotient
P = TypeVar("P", bound=Hashable)
K = TypeVar("K", bound=Hashable)


def value_of(measure: Measure, part: Part) -> int | None:
    """The figure that a sum of parts comes to, in ``10 ** -digits`` of the measure.

    A ratio is rounded half up; in per cent 0.1234 is 12.34. None for one divided by nothing.
    """
    if not isinstance(part, Quotient):
        return None if measure.is_ratio else _number(part)
    assert measure.numerator is not None
    assert measure.denominator is not None
    below = Fraction(_number(part.denominator), 10**measure.denominator.digits)
    if below == 0:
        return None
    above = Fraction(_number(part.numerator), 10**measure.numerator.digits)
    scale = 10**measure.digits * (100 if measure.unit in PERCENT_SIGNS else 1)
    return int((above / below * scale + Fraction(1, 2)) // 1)


def total(measure: Measure, parts: Iterable[Part]) -> int:
    """The figure that some parts of a measure come to; 0 for none, and where nothing divides."""
    sum_of_all: Part = 0
    for part in parts:
        sum_of_all = added(sum_of_all, part)
    return value_of(measure, sum_of_all) or 0


def _number(part: int | Level) -> int:
    return part.value if isinstance(part, Level) else part


def summed(
    parts: Mapping[K, Part],
    measure_of: Callable[[K], Measure],
    places: Callable[[K], Iterable[P]],
) -> dict[tuple[int, P], int]:
    """What the parts come to at the places that each belongs to: by measure id and place.

    A ratio divided by nothing is left out.
    """
    sums: dict[tuple[int, P], Part] = {}
    known: dict[int, Measure] = {}
    for key, part in parts.items():
        measure = known.setdefault(measure_of(key).id, measure_of(key))
        for place in places(key):
            at = (measure.id, place)
            sums[at] = added(sums.get(at, 0), part)
    return finished(sums, known)


def added(one: Part, other: Part) -> Part:
    """Two parts of a measure together."""
    return one + other  # type: ignore[operator]


def finished(
    sums: Mapping[tuple[int, P], Part], known: Mapping[int, Measure]
) -> dict[tuple[int, P], int]:
    """The figures of sums by measure id and place, those divided by nothing left out."""
    found = {}
    for (measure_id, place), part in sums.items():
        value = value_of(known[measure_id], part)
        if value is not None:
            found[measure_id, place] = value
    return found

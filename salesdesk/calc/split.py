"""Exact splits: the parts of a target always sum to the whole, on every level and every axis.

The rule is the method of largest remainders (Hamilton's method of apportionment; Balinski and
Young, Fair Representation, 1982), dealt out in steps: every place first gets the whole steps of
its exact quota ``total x weight / sum of weights``; the steps still left go one each to the places
with the largest remainders, ties to the earlier place; and what is less than a step goes to the
place next in that line. Of two places with equally many whole steps the heavier has the larger
remainder and is served first: so a greater weight never gets less, and no part lies a step or more
away from its exact quota.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import gcd, lcm
from operator import mul
from types import MappingProxyType
from typing import cast

from salesdesk.errors import SplitError
from salesdesk.text import _

Weight = int | Fraction | Decimal

_NOTHING: Mapping[int, int] = MappingProxyType({})
#: Up to this many places sorting costs less than anything clever.
_FEW = 10_000
#: How many of many weights are looked at to tell whether they repeat.
_SAMPLE = 2_000


def split(
    total: int,
    weights: Sequence[Weight],
    *,
    step: int = 1,
    locked: Mapping[int, int] = _NOTHING,
) -> list[int]:
    """``total`` split by ``weights``: one part a weight, always summing to ``total``.

    ``total``, the parts and ``step`` are in the measure's smallest step (cents, hundredths of a
    unit, calls). Every part is a multiple of ``step`` but for one that carries what is less than a
    step. ``locked`` maps places to the value they keep, which counts against the total and may be
    anything. A place of weight zero gets nothing, unless all the places that are not locked weigh
    nothing: then they share evenly. A negative total is split as its magnitude is, so there "a
    greater weight never gets less" speaks of magnitudes.

    Raises SplitError, with the ``gap`` that would be left over, when there is no weight, a weight
    is negative or no number, the step is not positive, a locked place doesn't exist, all places are
    locked and don't sum to the total, or the locked places exceed the total (what is left would
    have the other sign than the total).
    """
    if not weights:
        raise SplitError(
            _("There is nothing to split over: {gap} is left.").format(gap=total), total
        )
    if step <= 0:
        raise SplitError(
            _("The step of a split must be above zero, not {step}.").format(step=step), total
        )
    rest = total - _locked_sum(total, len(weights), locked)
    _check_locked(total, rest, len(weights) - len(locked))
    if len(locked) == len(weights):
        return [locked[place] for place in range(len(weights))]
    scaled = _whole_weights(total, weights)
    for place in locked:
        scaled[place] = 0
    if not any(scaled):
        scaled = [1] * len(scaled)
        for place in locked:
            scaled[place] = 0
    parts = _deal(abs(rest), scaled, step)
    if rest < 0:
        parts = [-part for part in parts]
    for place, value in locked.items():
        parts[place] = value
    return parts


def gap(parent: int, children: Iterable[int]) -> int:
    """What of ``parent`` its ``children`` leave unassigned; negative when they exceed it."""
    return parent - sum(children)


def _locked_sum(total: int, places: int, locked: Mapping[int, int]) -> int:
    for place in locked:
        if not 0 <= place < places:
            raise SplitError(
                _("Place {place} is locked, but there are only {places} places.").format(
                    place=place, places=places
                ),
                total,
            )
    return sum(locked.values())


def _check_locked(total: int, rest: int, unlocked: int) -> None:
    """Refuse what the locked places make impossible; ``rest`` is what they leave."""
    if (rest < 0) if total >= 0 else (rest > 0):
        raise SplitError(
            _("The locked cells exceed the total by {gap}.").format(gap=abs(rest)), rest
        )
    if rest and not unlocked:
        raise SplitError(
            _("All cells are locked and {gap} of the total is not assigned.").format(gap=rest), rest
        )


def _whole_weights(total: int, weights: Sequence[Weight]) -> list[int]:
    """The weights as whole numbers in the same proportions, as a list of its own."""
    if set(map(type, weights)) <= {int, bool}:
        whole = cast(list[int], list(weights))
    else:
        try:
            ratios = [weight.as_integer_ratio() for weight in weights]
        except (ValueError, OverflowError) as error:  # Decimal's NaN and infinity
            raise SplitError(_("A weight of the split is not a number."), total) from error
        scale = lcm(*{denominator for _numerator, denominator in ratios})
        whole = [numerator * (scale // denominator) for numerator, denominator in ratios]
    if min(whole) < 0:
        place = next(place for place, weight in enumerate(whole) if weight < 0)
        raise SplitError(
            _("Weight {weight} at place {place} is negative.").format(
                weight=weights[place], place=place + 1
            ),
            total,
        )
    return whole


def _deal(amount: int, weights: list[int], step: int) -> list[int]:
    """``amount`` (>= 0) over ``weights`` (>= 0, not all zero) by largest remainder.

    A place's exact quota in steps is ``factor x weight / divisor``. ``line`` places still get
    something after the whole steps of the quotas: those whose remainder is above ``last``, and the
    earliest of those where it equals ``last``.
    """
    whole_weight = sum(weights)
    divisor = whole_weight * step
    common = gcd(amount, divisor)
    factor, divisor = amount // common, divisor // common
    steps, small = divmod(amount, step)

    repeated = _repeated(weights)
    values = weights if repeated is None else list(repeated)
    remainders = [factor * weight % divisor for weight in values]
    counts = None if repeated is None else list(repeated.values())
    sum_of_remainders = sum(remainders if counts is None else map(mul, remainders, counts))
    left = steps - (factor * whole_weight - sum_of_remainders) // divisor
    line = left + bool(small)
    last = divisor if line == 0 else _nth_largest(remainders, counts, line)

    rounding = divisor - last - 1 if line else 0
    parts = [(factor * weight + rounding) // divisor * step for weight in values]
    ahead = [remainder > last for remainder in remainders]
    served = sum(ahead if counts is None else map(mul, ahead, counts))
    if repeated is None:
        tied = (place for place, remainder in enumerate(remainders) if remainder == last)
    else:
        parts = list(map(dict(zip(values, parts, strict=True)).__getitem__, weights))
        last_weights = {w for w, r in zip(values, remainders, strict=True) if r == last}
        tied = (place for place, weight in enumerate(weights) if weight in last_weights)
    for place in islice(tied, left - served):
        parts[place] += step
    if small:
        parts[next(tied)] += small
    return parts


def _repeated(weights: list[int]) -> dict[int, int] | None:
    """How often each weight occurs, or None where most weights are different ones.

    An office's weights repeat (working days, shares of months): reckoning once for each that occurs
    is what makes a split of a million places cost about as much as reading them.
    """
    sample = weights[:: len(weights) // _SAMPLE + 1]
    if len(weights) <= _FEW or len(set(sample)) > len(sample) // 2:
        return None
    return Counter(weights)


def _nth_largest(values: list[int], counts: list[int] | None, place: int) -> int:
    """The ``place``-th largest (from 1) of ``values``, each standing there ``counts`` times."""
    if counts is not None:
        for value, count in sorted(zip(values, counts, strict=True), reverse=True):
            place -= count
            if place <= 0:
                return value
    return sorted(values, reverse=True)[place - 1]

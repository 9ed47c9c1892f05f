"""Exact splits: the parts of a target always sum to the whole, on every level and every axis.

The rule is the method of largest remainders (Hamilton's method of apportionment; Balinski and
Young, Fair Representation, 1982), dealt out in steps: every place first gets the whole steps of
its exact quota ``total x weight / sum of weights``; the steps still left go one each to the places
with the largest remainders; and what is less than a step goes to the place next in that line. So a
greater weight never gets less, and no part lies a step or more away from its exact quota.

Where fewer steps are left than places have the same remainder, they are dealt out evenly along the
line, not to its beginning: 30 over four quarters are 8, 7, 8 and 7.

Fairness goes before evenness. Among unequal weights the line isn't evened out, however little they
differ: 3 over the weights 3, 3, 3, 2, 2, 2 are 1, 1, 1, 0, 0, 0, since as soon as a place of weight
2 had one, all three of weight 3 would need one too, and these take all there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from math import lcm
from types import MappingProxyType

from salesdesk.errors import SplitError
from salesdesk.text import _

Weight = int | Fraction

_NOTHING: Mapping[int, int] = MappingProxyType({})


def split(
    total: int,
    weights: Sequence[Weight],
    *,
    step: int = 1,
    locked: Mapping[int, int] = _NOTHING,
    show: Callable[[int], str] = str,
) -> list[int]:
    """``total`` split by ``weights``: one part a weight, always summing to ``total``.

    ``total``, the parts and ``step`` are in the measure's smallest step (cents, hundredths of a
    unit, calls). Every part is a multiple of ``step`` but for one that carries what is less than a
    step. ``locked`` maps places to the value they keep, which counts against the total and may be
    anything. A place of weight zero gets nothing, unless all the places that are not locked weigh
    nothing: then they share evenly. A negative total is split as its magnitude is, so there "a
    greater weight never gets less" speaks of magnitudes. ``show`` writes figures as people read
    them, for refusals.

    Raises SplitError, with the ``gap`` that would be left over, when there is no weight, a weight
    is negative, the step is not positive, a locked place doesn't exist, all places are
    locked and don't sum to the total, or the locked places exceed the total (what is left would
    have the other sign than the total).
    """
    if not weights:
        raise SplitError(
            _("There is nothing to split over: {gap} is left.").format(gap=show(total)), total
        )
    for place in locked:
        if not 0 <= place < len(weights):
            raise SplitError(
                _("Place {place} is locked, but the last place is {places}.").format(
                    place=place + 1, places=len(weights)
                ),
                total,
            )
    _check_weights(total, weights)
    free = [place for place in range(len(weights)) if place not in locked]
    parts = share_out(
        total, sum(locked.values()), [weights[place] for place in free], step=step, show=show
    )
    split_up = dict(locked)
    split_up.update(zip(free, parts, strict=True))
    return [split_up[place] for place in range(len(weights))]


def share_out(
    total: int,
    kept: int,
    weights: Sequence[Weight],
    *,
    step: int = 1,
    show: Callable[[int], str] = str,
) -> list[int]:
    """What ``kept`` leaves of ``total``, split by ``weights`` as :func:`split` does.

    Raises SplitError when ``kept`` exceeds the total or leaves something over that has no place.
    """
    if step <= 0:
        raise SplitError(
            _("The step of a split must be above zero, not {step}.").format(step=step), total
        )
    rest = total - kept
    if (rest < 0) if total >= 0 else (rest > 0):
        raise SplitError(
            _("The locked cells exceed the total by {gap}.").format(gap=show(abs(rest))), rest
        )
    if not weights:
        if rest:
            raise SplitError(
                _("All cells are locked and {gap} of the total is not assigned.").format(
                    gap=show(rest)
                ),
                rest,
            )
        return []
    _check_weights(total, weights)
    parts = _deal(abs(rest), _as_whole_numbers(weights), step)
    return parts if rest >= 0 else [-part for part in parts]


def _check_weights(total: int, weights: Sequence[Weight]) -> None:
    for place, weight in enumerate(weights):
        if weight < 0:
            raise SplitError(
                _("Weight {weight} at place {place} is negative.").format(
                    weight=weight, place=place + 1
                ),
                total,
            )


def _as_whole_numbers(weights: Sequence[Weight]) -> list[int]:
    """The weights in the same proportions as whole numbers; equal ones where all are zero."""
    if not any(weights):
        return [1] * len(weights)
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*{denominator for _numerator, denominator in ratios})
    return [numerator * (scale // denominator) for numerator, denominator in ratios]


def _deal(amount: int, weights: Sequence[int], step: int) -> list[int]:
    """``amount`` (>= 0) over ``weights`` (>= 0, not all zero) by largest remainder."""
    steps, small = divmod(amount, step)
    divisor = sum(weights) * step
    quotas = [divmod(amount * weight, divisor) for weight in weights]
    parts = [whole * step for whole, _remainder in quotas]
    left = steps - sum(whole for whole, _remainder in quotas)
    # Sorting is stable: among equal remainders the line keeps the order of the places.
    line = sorted(range(len(weights)), key=lambda place: quotas[place][1], reverse=True)
    for _remainder, group in groupby(line, key=lambda place: quotas[place][1]):
        fellows = list(group)
        served = _evenly(fellows, min(left, len(fellows)))
        for place in served:
            parts[place] += step
        left -= len(served)
        waiting = [place for place in fellows if place not in served]
        if waiting:
            parts[waiting[0]] += small
            break
    return parts


def _evenly(places: Sequence[int], count: int) -> set[int]:
    """``count`` of the places, as evenly spaced as can be, the first among them."""
    return {places[number * len(places) // count] for number in range(count)}

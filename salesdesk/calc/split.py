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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, islice
from math import floor, gcd, lcm
from types import MappingProxyType
from typing import cast

from salesdesk.errors import SplitError
from salesdesk.text import _

Weight = int | Fraction | Decimal

_NOTHING: Mapping[int, int] = MappingProxyType({})
#: Up to this many places the rule is followed as it is written; above, by ways that are quicker.
_FEW = 2_000
#: How many of many weights are looked at to choose the way.
_SAMPLE = 20_000
#: Quotas below this are known to 2**-19 or better in floating point (53 bits, three roundings).
_EXACT_FLOAT = 2**32
#: Places with remainders this near to the guessed end of the line are reckoned exactly.
_NEAR = 0.015


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
    whole = _whole_weights(total, weights)
    counts = _counts(whole)
    if min(whole if counts is None else counts) < 0:
        raise _negative(total, weights)
    if locked:
        whole = [0 if place in locked else weight for place, weight in enumerate(whole)]
        counts = _counts(whole)
    if not any(whole):
        whole = [0 if place in locked else 1 for place in range(len(whole))]
        counts = _counts(whole)
    parts = _deal(abs(rest), whole, counts, step)
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
                    place=place + 1, places=places
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
    try:
        kind = type(sum(weights))  # a single fraction makes the sum one
    except (TypeError, ArithmeticError):  # fractions and decimals don't add up with each other
        kind = Fraction
    return cast(list[int], list(weights)) if kind is int else _scaled(total, weights)


def _negative(total: int, weights: Sequence[Weight]) -> SplitError:
    place = next(place for place, weight in enumerate(weights) if weight < 0)
    return SplitError(
        _("Weight {weight} at place {place} is negative.").format(
            weight=weights[place], place=place + 1
        ),
        total,
    )


def _scaled(total: int, weights: Sequence[Weight]) -> list[int]:
    """Weights of any kind brought to their common denominator."""
    try:
        ratios = [weight.as_integer_ratio() for weight in weights]
    except (ValueError, OverflowError) as error:  # Decimal's NaN and infinity
        raise SplitError(_("A weight of the split is not a number."), total) from error
    scale = lcm(*{denominator for _numerator, denominator in ratios})
    return [numerator * (scale // denominator) for numerator, denominator in ratios]


@dataclass(frozen=True, slots=True)
class _Quota:
    """A place's exact quota in steps is ``factor x weight / divisor``.

    ``steps`` whole steps are to be dealt out over ``whole_weight``, and ``small``, less than one.
    """

    factor: int
    divisor: int
    whole_weight: int
    step: int
    steps: int
    small: int


def _counts(weights: list[int]) -> Counter[int] | None:
    """How often each weight occurs; None for few places and where most weights are different."""
    if len(weights) <= _FEW:
        return None
    sample = weights[:: len(weights) // _SAMPLE + 1]
    return Counter(weights) if len(set(sample)) <= len(sample) // 2 else None


def _deal(amount: int, weights: list[int], counts: Counter[int] | None, step: int) -> list[int]:
    """``amount`` (>= 0) over ``weights`` (>= 0, not all zero) by largest remainder."""
    whole_weight = sum(weights)
    divisor = whole_weight * step
    common = gcd(amount, divisor)
    quota = _Quota(amount // common, divisor // common, whole_weight, step, *divmod(amount, step))
    if counts is not None:
        return _deal_by_weight(quota, weights, counts)
    guessed = _deal_by_guess(quota, weights) if len(weights) > _FEW else None
    return _deal_by_place(quota, weights) if guessed is None else guessed


def _deal_by_place(quota: _Quota, weights: list[int]) -> list[int]:
    """The rule as it is written: sort the places by their remainders, serve them in that line."""
    factor, divisor, step = quota.factor, quota.divisor, quota.step
    remainders = [factor * weight % divisor for weight in weights]
    parts = [factor * weight // divisor * step for weight in weights]
    left = quota.steps - (factor * quota.whole_weight - sum(remainders)) // divisor
    if left or quota.small:
        # Sorting is stable: among equal remainders the earlier place comes first.
        line = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
        _serve(parts, iter(line), left, quota)
    return parts


def _deal_by_weight(quota: _Quota, weights: list[int], counts: Counter[int]) -> list[int]:
    """The same for many places whose weights repeat (working days, shares of months).

    Equal weights have equal quotas: each weight that occurs is reckoned once, and only among the
    places of the last remainder served does their order count.
    """
    factor, divisor, step = quota.factor, quota.divisor, quota.step
    remainders = {weight: factor * weight % divisor for weight in counts}
    part = {weight: factor * weight // divisor * step for weight in counts}
    in_all = sum(remainders[weight] * count for weight, count in counts.items())
    left = quota.steps - (factor * quota.whole_weight - in_all) // divisor
    if not left and not quota.small:
        return list(map(part.__getitem__, weights))
    line = sorted(counts, key=remainders.__getitem__, reverse=True)
    last: set[int] = set()
    for remainder, same in groupby(line, key=remainders.__getitem__):
        fellows = list(same)
        count = sum(counts[weight] for weight in fellows)
        if remainder and count <= left:
            left -= count
            for weight in fellows:
                part[weight] += step
        else:
            last = set(fellows)
            break
    parts = list(map(part.__getitem__, weights))
    _serve(parts, (place for place, w in enumerate(weights) if w in last), left, quota)
    return parts


def _deal_by_guess(quota: _Quota, weights: list[int]) -> list[int] | None:
    """The same for many places whose weights differ, or None when the guess didn't hold.

    A sample tells about where the line ends. Places clearly before or behind that end are rounded
    up or down by floating point, which can't err by as much as the distance; those near the end
    are reckoned exactly and served in order. The end must then lie among them.
    """
    factor, divisor, step = quota.factor, quota.divisor, quota.step
    largest = factor * max(weights) // divisor
    if largest >= _EXACT_FLOAT or max(quota.whole_weight, divisor).bit_length() > 900:
        return None
    sample = weights[:: len(weights) // _SAMPLE + 1]
    seen = sorted(factor * weight % divisor for weight in sample)
    served = sum(seen) // divisor  # of the sample: its remainders sum to what is left for it
    end = Fraction(seen[-1 - min(served, len(seen) - 1)], divisor)
    if not 2 * _NEAR < end < 1 - 2 * _NEAR:
        return None
    ratio = factor / divisor
    raised = 1 - float(end) + _NEAR
    quotas = [weight * ratio + raised for weight in weights]
    near = [place for place, value in enumerate(quotas) if value % 1.0 < 2 * _NEAR]
    parts = list(map(floor, quotas))
    remainders = {}
    for place in near:
        parts[place], remainders[place] = divmod(factor * weights[place], divisor)
    left = quota.steps - sum(parts)
    line = sorted(near, key=remainders.__getitem__, reverse=True)
    if not 0 <= left < len(line):
        return None
    if abs(Fraction(remainders[line[left]], divisor) - end) > Fraction(_NEAR) * 3 / 4:
        return None
    if step > 1:
        parts = [part * step for part in parts]
    _serve(parts, iter(line), left, quota)
    return parts


def _serve(parts: list[int], line: Iterator[int], left: int, quota: _Quota) -> None:
    """Deal the ``left`` steps one each along the ``line`` of places, then what is no whole step."""
    for place in islice(line, left):
        parts[place] += quota.step
    if quota.small:
        parts[next(line)] += quota.small

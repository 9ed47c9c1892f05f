"""A total spread over a tree (year to weeks, office to people) with locked places on any level.

One :func:`split` over the leaves does it: a place in between is the sum of its leaves, unless it
is locked, and then its value is spread over its own leaves first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from salesdesk.calc.split import split

Node = TypeVar("Node", bound=Hashable)


def spread(
    root: Node,
    total: int,
    children: Callable[[Node], Sequence[Node]],
    weight: Callable[[Node], int | Fraction | Decimal],
    *,
    locked: Mapping[Node, int] | None = None,
    step: int = 1,
) -> dict[Node, int]:
    """The value of every node below ``root``, locked ones included, so that all levels sum.

    ``children`` gives the nodes one level down (none for a leaf), ``weight`` a leaf's weight.
    Raises SplitError, naming the gap, when the locked values can't be met.
    """
    fixed = locked or {}
    places: list[Node] = []
    _collect(root, children, fixed, places)
    parts = split(
        total,
        [0 if place in fixed else weight(place) for place in places],
        step=step,
        locked={index: fixed[place] for index, place in enumerate(places) if place in fixed},
    )
    found: dict[Node, int] = {}
    for place, part in zip(places, parts, strict=True):
        found[place] = part
        if children(place):
            found.update(spread(place, part, children, weight, locked=fixed, step=step))
    _sum_up(root, children, found)
    found.pop(root, None)
    return found


def _collect(
    node: Node,
    children: Callable[[Node], Sequence[Node]],
    locked: Mapping[Node, int],
    places: list[Node],
) -> None:
    """The places that share the total: leaves, and locked nodes in place of what is below them."""
    for child in children(node):
        if child in locked or not children(child):
            places.append(child)
        else:
            _collect(child, children, locked, places)


def _sum_up(node: Node, children: Callable[[Node], Sequence[Node]], found: dict[Node, int]) -> int:
    if node not in found:
        found[node] = sum(_sum_up(child, children, found) for child in children(node))
    return found[node]

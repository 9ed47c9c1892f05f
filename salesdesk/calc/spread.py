"""A total spread over a tree (year to weeks, office to people) with locked places on any level.

Level by level: each place shares its value out to those right below it by what they weigh
together, so that every level is even, not only the leaves. What is locked further down is kept
back first; the rest is shared by the weights that are free.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

from salesdesk.calc.split import Weight, share_out

Node = TypeVar("Node", bound=Hashable)


def spread(
    root: Node,
    total: int,
    children: Callable[[Node], Sequence[Node]],
    weight: Callable[[Node], Weight],
    *,
    locked: Mapping[Node, int] | None = None,
    step: int = 1,
    show: Callable[[int], str] = str,
) -> dict[Node, int]:
    """The value of every node below ``root``, locked ones included, so that all levels sum.

    ``children`` gives the nodes one level down (none for a leaf), ``weight`` a leaf's weight,
    ``show`` a figure as refusals write it.
    Raises SplitError, naming the gap, when the locked values can't be met.
    """
    values = {root: total}
    _Spread(children, weight, locked or {}, step, show).share(root, values)
    del values[root]
    return values


class _Load(NamedTuple):
    """What a node asks for: what is locked in it, what its free leaves weigh, how many they are."""

    kept: int
    weight: Fraction
    free: int


class _Spread(Generic[Node]):
    """One total on its way down."""

    def __init__(
        self,
        children: Callable[[Node], Sequence[Node]],
        weight: Callable[[Node], Weight],
        locked: Mapping[Node, int],
        step: int,
        show: Callable[[int], str],
    ) -> None:
        self._show = show
        self._children, self._weight = children, weight
        self._locked, self._step = locked, step
        self._loads: dict[Node, _Load] = {}

    def share(self, node: Node, values: dict[Node, int]) -> None:
        """Give the nodes below ``node``, whose value is known, theirs."""
        parts = self._children(node)
        if not parts:
            return
        loads = [self._load(part) for part in parts]
        open_to = [place for place, load in enumerate(loads) if load.free]
        weights = [loads[place].weight for place in open_to]
        if not any(weights):  # where nothing weighs anything, all leaves weigh the same
            weights = [Fraction(loads[place].free) for place in open_to]
        kept = sum(load.kept for load in loads)
        shares = dict(
            zip(
                open_to,
                share_out(values[node], kept, weights, step=self._step, show=self._show),
                strict=True,
            )
        )
        for place, part in enumerate(parts):
            values[part] = loads[place].kept + shares.get(place, 0)
            self.share(part, values)

    def _load(self, node: Node) -> _Load:
        if node not in self._loads:
            self._loads[node] = self._reckoned(node)
        return self._loads[node]

    def _reckoned(self, node: Node) -> _Load:
        if node in self._locked:
            return _Load(self._locked[node], Fraction(0), 0)
        parts = self._children(node)
        if not parts:
            return _Load(0, Fraction(self._weight(node)), 1)
        loads = [self._load(part) for part in parts]
        return _Load(
            sum(load.kept for load in loads),
            sum((load.weight for load in loads), Fraction(0)),
            sum(load.free for load in loads),
        )

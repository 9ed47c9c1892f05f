"""A total spread over a tree (year to weeks, office to people) with locked places on any level.

Level by level: each place shares its value out to those right below it by what they weigh
together, so that every level is even, not only the leaves. What is locked further down is kept
back first; the rest is shared by the weights that are free.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
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
    _Spread(children, weight, locked or {}, step, show, root).share(root, values)
    del values[root]
    return values


class _Load(NamedTuple):
    """What a node asks for: what is locked in it, what its free leaves weigh, how many they are."""

    kept: int
    weight: Weight
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
        root: Node,
    ) -> None:
        self._show = show
        self._children, self._weight = children, weight
        self._locked, self._step = locked, step
        #: What lies right below each node that isn't a leaf, with what it asks for.
        self._below: dict[Node, tuple[Sequence[Node], list[_Load]]] = {}
        self._load(root)

    def share(self, node: Node, values: dict[Node, int]) -> None:
        """Give the nodes below ``node``, whose value is known, theirs."""
        below = self._below.get(node)
        if below is None:
            return
        parts, loads = below
        open_to = [place for place, load in enumerate(loads) if load.free]
        weights = [loads[place].weight for place in open_to]
        if not any(weights):  # where nothing weighs anything, all leaves weigh the same
            weights = [loads[place].free for place in open_to]
        kept = sum([load.kept for load in loads])
        shares = share_out(values[node], kept, weights, step=self._step, show=self._show)
        for part, load in zip(parts, loads, strict=True):
            values[part] = load.kept
        for place, share in zip(open_to, shares, strict=True):
            values[parts[place]] += share
        for part in parts:
            if part in self._below:
                self.share(part, values)

    def _load(self, node: Node) -> _Load:
        """What a node asks for; what lies below locked ones is noted too."""
        parts = self._children(node)
        if not parts:
            if node in self._locked:
                return _Load(self._locked[node], 0, 0)
            return _Load(0, self._weight(node), 1)
        loads = [self._load(part) for part in parts]
        self._below[node] = parts, loads
        if node in self._locked:
            return _Load(self._locked[node], 0, 0)
        return _Load(
            sum([load.kept for load in loads]),
            sum([load.weight for load in loads]),
            sum([load.free for load in loads]),
        )

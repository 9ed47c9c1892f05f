"""Balancing a plan's targets: rebalancing over time, people and products, adding up, catching up.

Each function reckons on a :class:`~salesdesk.planning.grid.Grid` and gives the cells to be set, so
that a dialog can show what would change before it is written. What is balanced on one axis is
followed through on the other: when a team's months change, so do its people's, in proportion, and
their quarters and years are added up again. Locked cells keep their value everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from salesdesk.calc.periods import KINDS, Kind, Period, children, descendants, parent
from salesdesk.calc.split import split
from salesdesk.calc.spread import spread
from salesdesk.errors import InputError
from salesdesk.planning.grid import Grid
from salesdesk.planning.places import Place, Who
from salesdesk.planning.structure import AXES
from salesdesk.planning.target_rules import need_split
from salesdesk.text import _, mark

#: The cells to be set, with their values.
Changes = dict[Place, int]
#: What can be balanced, and what that is called.
WAYS: Mapping[str, str] = {
    "time": mark("Shorter periods to the target"),
    "people": mark("Teams and people to the target"),
    "products": mark("Products to the target"),
    "up": mark("Targets to the sum of their parts"),
}
#: How many of the largest changes a preview names.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell whose target would change; ``row_name`` is empty for the office."""

    row_name: str
    place: Place
    before: int | None
    after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What some changes would do: how many cells, how many gaps there are before and after.

    ``largest`` names the cells that hold a target already and would change most.
    """

    cells: int
    overwritten: int
    gaps_before: int
    gaps_after: int
    largest: Sequence[CellChange]


def effect(cells: Grid, changes: Mapping[Place, int]) -> Effect:
    """What ``changes`` would do to the grid."""
    names = {row.who: row.name for row in cells.rows}
    changed = [
        CellChange(names.get(place.who, ""), place, cells.stored(*place), value)
        for place, value in changes.items()
        if cells.stored(*place) != value
    ]
    overwritten = [change for change in changed if change.before is not None]
    overwritten.sort(
        key=lambda change: (-abs(change.after - (change.before or 0)), change.place.period)
    )
    after = cells.with_values(changes)
    return Effect(
        len(changed),
        len(overwritten),
        len(cells.all_gaps()),
        len(after.all_gaps()),
        overwritten[:_NAMED],
    )


def rebalance(cells: Grid, place: Place, way: str = "time") -> Changes:
    """The cells that make the parts of ``place`` sum to it again, or with "up" it to them.

    The unlocked parts keep their proportions (equal parts where all are zero). Raises InputError
    (nothing set or nothing to balance there, or more gaps would open than close), SplitError
    (locked cells can't be met).
    """
    need_split(cells.measure, way if way in ("people", "products") else "time")
    balance = _Balance(cells)
    if way == "up":
        balance.add_up(place)
    elif way == "time":
        leaves = balance.over_time(place)
        balance.follow(place.who, leaves, "people")
        balance.follow(place.who, leaves, "products")
        balance.hand_over()
        balance.settle(place.who)
    else:
        kind = balance.deepest(place)
        leaves = [place.period] if kind is None else list(descendants(place.period, kind))
        if not balance.follow(place.who, leaves, way):
            raise InputError(
                _("Nothing is set below {period} that could be balanced.").format(
                    period=place.period.label
                )
            )
        balance.hand_over()
        balance.settle(place.who)
    gaps = effect(cells, balance.changes)
    if gaps.gaps_after > gaps.gaps_before:
        raise InputError(
            _(
                "There would be more gaps than before ({after} instead of {before}): a locked "
                "target or one of another level stands in the way. Unlock it, or let the targets "
                "follow their parts."
            ).format(before=gaps.gaps_before, after=gaps.gaps_after)
        )
    return balance.changes


def catch_up(
    cells: Grid, place: Place, today: date, missing: int, weights: Mapping[Period, int]
) -> Changes:
    """The rest of the place's period with what is ``missing`` to its target, its parts too.

    The periods that begin after ``today`` share it by ``weights``; those before keep their
    targets, so that the gap then shows, with a minus, the shortfall that was carried over. Teams
    and people follow in proportion to what they have to do in those periods.
    Raises InputError when nothing remains of the period, SplitError.
    """
    balance = _Balance(cells)
    rest = rest_of(cells, place, today)
    locked = {
        number: cells.stored(place.who, leaf) or 0
        for number, leaf in enumerate(rest)
        if cells.locked(place.who, leaf)
    }
    parts = split(
        missing,
        [weights[leaf] for leaf in rest],
        step=cells.measure.step,
        locked=locked,
        show=cells.measure.format,
    )
    for leaf, value in zip(rest, parts, strict=True):
        balance.changes[Place(place.who, leaf)] = value
    balance.follow(place.who, rest, "people")
    balance.follow(place.who, rest, "products")
    balance.hand_over()
    return balance.changes


def rest_of(cells: Grid, place: Place, today: date) -> list[Period]:
    """The shortest periods with targets in the place's period that begin after ``today``.

    Raises InputError when there are none.
    """
    kind = _Balance(cells).deepest(place) or next_kind(place.period)
    rest = [leaf for leaf in descendants(place.period, kind) if leaf.start > today]
    if not rest:
        raise InputError(
            _("Nothing is left of {period} to catch up in.").format(period=place.period.label)
        )
    return rest


def next_kind(period: Period) -> Kind:
    """The kind of the periods one level down. Raises InputError for a day."""
    below = children(period)
    if not below:
        raise InputError(_("A day can't be split any further."))
    return below[0].kind


def _level(period: Period) -> int:
    return KINDS.index(period.kind)


def _made_up(whole: Period, periods: Iterable[Period]) -> bool:
    """Whether some of the periods, none of which overlap, make up a longer one."""
    inside = [period for period in periods if period.start in whole]
    days = sum((period.end - period.start).days for period in inside)
    return days == (whole.end - whole.start).days


class _Balance:
    """Changes being gathered over a grid."""

    def __init__(self, cells: Grid) -> None:
        self.cells = cells
        self.changes: Changes = {}
        self._step = cells.measure.step
        #: What falls to a longer target in each of the shorter periods that were followed.
        self._owed: dict[Place, dict[Period, int]] = {}
        self._kinds: dict[Who, set[tuple[Kind, Period]]] = {}
        for who, period in cells.cells:
            self._kinds.setdefault(who, set()).add((period.kind, period))

    def value(self, place: Place) -> int | None:
        """What stands at a place once the changes are made."""
        if place in self.changes:
            return self.changes[place]
        return self.cells.value(*place)

    def deepest(self, place: Place) -> Kind | None:
        """The shortest kind of period below a place that its row has targets for."""
        kinds = {
            kind
            for kind, period in self._kinds.get(place.who, ())
            if period != place.period
            and period.start in place.period
            and KINDS.index(kind) > KINDS.index(place.period.kind)
        }
        return max(kinds, key=KINDS.index) if kinds else None

    def over_time(self, place: Place) -> list[Period]:
        """Make the shorter periods of a row sum to its target; the shortest of them."""
        total = self.cells.stored(*place) if place not in self.changes else self.changes[place]
        if total is None:
            raise InputError(
                _("Set a target for {period} first: there is nothing to split.").format(
                    period=place.period.label
                )
            )
        kind = self.deepest(place) or next_kind(place.period)
        locked = {
            period: self.cells.stored(place.who, period) or 0
            for _kind, period in self._kinds.get(place.who, ())
            if self.cells.locked(place.who, period)
        }

        def below(period: Period) -> Sequence[Period]:
            return () if period.kind == kind else children(period)

        values = spread(
            place.period,
            total,
            below,
            lambda leaf: max(0, self.cells.value(place.who, leaf) or 0),
            locked=locked,
            step=self._step,
            show=self.cells.measure.format,
        )
        self.changes.update({Place(place.who, period): new for period, new in values.items()})
        return list(descendants(place.period, kind))

    def follow(self, who: Who, periods: Sequence[Period], axis: str) -> bool:
        """Let the parts of ``who`` sum to it in each period, in proportion; whether any do.

        A part whose target stands for a longer period, not split any further, shares too: the
        others get what is theirs of a period, not all of it. What is its own is noted until
        :meth:`hand_over`.
        """
        followed = False
        for period in periods:
            place = Place(who, period)
            total = self.value(place)
            holders = self._holders(place, axis)
            if total is None or not holders:
                continue
            followed = True
            locked = {
                number: self.cells.stored(*part) or 0
                for number, part in enumerate(holders)
                if self.cells.locked(*part)
            }
            shares = split(
                total,
                self._weights(holders),
                step=self._step,
                locked=locked,
                show=self.cells.measure.format,
            )
            for (part, holder), share in zip(holders.items(), shares, strict=True):
                if holder == part:
                    self._set(part, share)
                else:
                    self._owed.setdefault(holder, {})[period] = share
        return followed

    def hand_over(self) -> None:
        """Set the longer targets whose shares are known of all the shorter periods in them."""
        while self._owed:
            holder, shares = self._owed.popitem()
            if _made_up(holder.period, shares) and not self.cells.locked(*holder):
                self._set(holder, sum(shares.values()))

    def _holders(self, place: Place, axis: str) -> dict[Place, Place]:
        """Each part of a place that shares in it, and where its target stands: there, or longer."""
        holders: dict[Place, Place] = {}
        for part in self.cells.structure.parts(place, axis):
            if self.cells.value(*part) is not None:
                holders[part] = part
                continue
            longer = self._unsplit_above(part)
            if longer is not None:
                holders[part] = longer
        return holders

    def _unsplit_above(self, part: Place) -> Place | None:
        """The shortest longer period with a target of its own that isn't split over time."""
        whole = parent(part.period)
        while whole is not None:
            above = Place(part.who, whole)
            if self.cells.stored(*above) is not None:
                below = (self.cells.value(part.who, child) for child in children(whole))
                return above if all(value is None for value in below) else None
            whole = parent(whole)
        return None

    def _weights(self, holders: Mapping[Place, Place]) -> list[int]:
        """What the parts of a place weigh: their targets in the shortest period that all have.

        What only some of a team's people have isn't the team's.
        """
        longest = min((holder.period for holder in holders.values()), key=_level)
        period: Period | None = next(iter(holders)).period
        while period is not None:
            if all(self._whole(Place(part.who, period)) for part in holders):
                break
            period = parent(period)
        # Where no period has targets of all of them, the longest that one of them has.
        weighed = period or longest
        return [max(0, self.cells.value(part.who, weighed) or 0) for part in holders]

    def _whole(self, place: Place) -> bool:
        """Whether what stands at a place stands for all who share in it."""
        if self.cells.stored(*place) is not None:
            return True
        if self.cells.value(*place) is None:
            return False
        for axis in ("people", "products"):
            holders = self._holders(place, axis)
            if holders:
                return all(self._whole(part) for part in holders)
        return True

    def _set(self, place: Place, value: int) -> None:
        """Set a part and, in proportion, whatever has targets below it."""
        if self.value(place) == value and self.cells.stored(*place) is not None:
            return
        self.changes[place] = value
        leaves = [place.period]
        if self.deepest(place) is not None:
            leaves = self.over_time(place)
        self.follow(place.who, leaves, "people")
        self.follow(place.who, leaves, "products")

    def settle(self, above: Who) -> None:
        """Add the changed rows below ``above`` up over time: quarters and years follow months."""
        ancestors: set[Place] = set()
        for place in self.changes:
            whole = parent(place.period)
            while whole is not None and place.who != above:
                ancestors.add(Place(place.who, whole))
                whole = parent(whole)
        self._sum_up(ancestors - self.changes.keys())

    def add_up(self, place: Place) -> None:
        """Make a target, and every one it is made up of, the sum of its parts."""
        if self.cells.stored(*place) is None:
            raise InputError(
                _("Set a target for {period} first: there is nothing to split.").format(
                    period=place.period.label
                )
            )
        self._sum_up(self._subtree(place))

    def _sum_up(self, places: Iterable[Place]) -> None:
        """Set the unlocked places that have parts to what would stand there if nobody had set them.

        That is the rule by which any target that isn't set is reckoned.
        """
        wholes = [
            place
            for place in places
            if self.cells.stored(*place) is not None
            and not self.cells.locked(*place)
            and self.cells.has_parts(place)
        ]
        emptied = self.cells.with_values({**self.changes, **dict.fromkeys(wholes)})
        for place in wholes:
            value = emptied.value(*place)
            if value is not None:
                self.changes[place] = value

    def _subtree(self, place: Place) -> set[Place]:
        """A place and all below it on every axis that have targets."""
        seen = {place}
        waiting = [place]
        while waiting:
            current = waiting.pop()
            for axis in AXES:
                for part in self.cells.structure.parts(current, axis):
                    if part not in seen and self.cells.value(*part) is not None:
                        seen.add(part)
                        waiting.append(part)
        return seen

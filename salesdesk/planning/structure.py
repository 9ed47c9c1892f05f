"""What a target is made up of: the places one level down, over time, over people, over products.

A team is made up of those whose part of the period belongs to it (``people.Memberships``), the
office of its teams and of those without one. Over a quarter or year in which somebody changed
teams, the office is made up of its people: each is counted once, whichever team had which month.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection

from salesdesk.calc.periods import Period, children, months_between
from salesdesk.office import people
from salesdesk.planning.places import OFFICE, Place, Who, person, team

#: Along which a target is made up of smaller ones.
AXES = ("time", "people", "products")


@dataclass(frozen=True)
class Structure:
    """The office's people, as they belong together in each period, and products."""

    everyone: Sequence[people.Person]
    memberships: people.Memberships
    teams: Sequence[people.Team]
    product_ids: Sequence[int] = ()
    #: Of the categories that have rows of their own, those of ``product_ids`` that belong to each.
    categories: Mapping[str, Sequence[int]] = field(default_factory=dict)
    _below: dict[tuple[Who, Period], tuple[Who, ...]] = field(default_factory=dict)
    _goods: dict[Who, tuple[Who, ...]] = field(default_factory=dict)

    @cached_property
    def _team_ids(self) -> frozenset[int]:
        return frozenset(part.id for part in self.teams)

    def parts(self, place: Place, axis: str) -> Sequence[Place]:
        """The places one level down on an axis, none where there is no such level."""
        who, period = place
        if axis == "products":
            return [Place(part, period) for part in self.goods(who)]
        if axis == "time":
            return [Place(who, child) for child in children(period)]
        return [Place(below, period) for below in self.below(who, period)]

    def goods(self, who: Who) -> tuple[Who, ...]:
        """The categories and products that make up somebody's target of all products, or the
        products that make up that of a category.
        """
        if who.product_id is not None:
            return ()
        found = self._goods.get(who)
        if found is None:
            team_id, person_id, _none, category = who
            if category:
                inside = self.categories.get(category, ())
                found = tuple(Who(team_id, person_id, key) for key in inside)
            else:
                taken = {key for keys in self.categories.values() for key in keys}
                found = (
                    *(Who(team_id, person_id, None, name) for name in self.categories),
                    *(
                        Who(team_id, person_id, key)
                        for key in self.product_ids if key not in taken
                    ),
                )  # fmt: skip
            self._goods[who] = found
        return found

    def below(self, who: Who, period: Period) -> tuple[Who, ...]:
        """The teams and people that make up the office or a team in a period."""
        if who.level == "person":
            return ()
        key = (who, period)
        found = self._below.get(key)
        if found is None:
            if who.of_goods:  # whoever makes up all products makes up each
                found = tuple(
                    Who(part.team_id, part.person_id, who.product_id, who.category)
                    for part in self.below(who.whole, period)
                )
            else:
                found = tuple(self._made_of(who, period))
            self._below[key] = found
        return found

    def people_of(self, who: Who, period: Period) -> set[int]:
        """The ids of the people whose part of a period belongs to ``who``."""
        if who.person_id is not None:
            return {who.person_id}
        return {
            member.id
            for member in self.everyone
            if who.level == "office" or self._team_in(member.id, period) == who.team_id
        }

    def wholes(self, person_id: int | None, month_key: int) -> list[Who]:
        """For whom a person's month (202611) counts: the office, the team, the person."""
        if person_id is None:
            return [OFFICE]
        team_id = self.team_in_month(person_id, month_key)
        own = [OFFICE, person(person_id)]
        return own if team_id is None else [*own, team(team_id)]

    def team_in_month(self, person_id: int, month_key: int) -> int | None:
        """The team that a person's month (202611) belongs to."""
        return self.memberships.team_in_month(person_id, month_key)

    def _made_of(self, who: Who, period: Period) -> Iterable[Who]:
        movers = self._movers(period)
        for member in self.everyone:
            if not _works_in(member, period):
                continue
            if who.level == "team":
                inside = member.id not in movers and self._team_in(member.id, period) == who.team_id
            else:
                inside = bool(movers) or self._team_in(member.id, period) is None
            if inside:
                yield who._replace(team_id=None, person_id=member.id)
        if who.level == "office" and not movers:
            for part in self.teams:
                yield who._replace(team_id=part.id)

    def _movers(self, period: Period) -> set[int]:
        """Who changed teams within a period of several months.

        Their months belong to different teams, so that a target for the whole period belongs to
        none, and the office is made up of people instead of teams.
        """
        if period.kind not in ("year", "quarter"):
            return set()
        months = months_between(period.start, period.end)
        return {
            member.id
            for member in self.everyone
            if len({self._team_in(member.id, month) for month in months}) > 1
        }

    def _team_in(self, person_id: int, period: Period) -> int | None:
        team_id = self.memberships.team_in(person_id, period)
        return team_id if team_id in self._team_ids else None


def _works_in(member: people.Person, period: Period) -> bool:
    """Whether somebody worked in the office in a period."""
    if member.left_on is not None and member.left_on <= period.start:
        return False
    if member.joined_on is not None and member.joined_on >= period.end:
        return False
    return member.active or member.left_on is not None


def read(
    db: Connection,
    *,
    product_ids: Collection[int] = (),
    categories: Mapping[str, Sequence[int]] | None = None,
) -> Structure:
    """The structure of the office; teams that are no longer used count while they have people."""
    return Structure(
        people.people(db, active_only=False),
        people.memberships(db),
        people.teams(db, active_only=False),
        tuple(product_ids),
        dict(categories or {}),
    )


class Sum(NamedTuple):
    """What stands at a place, and whether all of it is known.

    What was entered is all known, and so is the sum of periods that all are. A sum over people or
    products never is: whoever has no target may get one.
    """

    value: int | None
    complete: bool


UNKNOWN = Sum(None, False)


def sum_of(axis: str, parts: Iterable[Sum], nature: str = "flow") -> Sum:
    """The parts along an axis together: the sum of those that are known, None where none is.

    Of a level (``Measure.nature``) the last of several times stands; a ratio is never summed.
    """
    if nature == "ratio":
        return UNKNOWN
    known: list[int] = []
    complete = axis == "time"
    for part in parts:
        complete = complete and part.complete
        if part.value is not None:
            known.append(part.value)
    if not known:
        return UNKNOWN
    return Sum(known[-1] if nature == "level" and axis == "time" else sum(known), complete)


def standing_in(sums: Mapping[str, Sum]) -> str | None:
    """The axis whose sum stands in for a target that nobody set; None where there is none.

    Periods that are all known make up the whole. Otherwise each sum is only a part of it, so that
    the whole is at least the largest: among equals time before people before products.
    """
    best: str | None = None
    largest = 0
    for axis in AXES:
        total = sums.get(axis, UNKNOWN)
        if total.value is None:
            continue
        if total.complete:
            return axis
        if best is None or total.value > largest:
            best, largest = axis, total.value
    return best

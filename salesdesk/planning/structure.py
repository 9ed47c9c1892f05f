"""What a target is made up of: the places one level down, over time, over people, over products.

A team is made up of those whose part of the period belongs to it (``people.Memberships``), the
office of its teams and of those without one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection

from salesdesk.calc.periods import Period, children
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
    _below: dict[tuple[Who, Period], tuple[Who, ...]] = field(default_factory=dict)

    @cached_property
    def _team_ids(self) -> frozenset[int]:
        return frozenset(part.id for part in self.teams)

    def parts(self, place: Place, axis: str) -> Sequence[Place]:
        """The places one level down on an axis, none where there is no such level."""
        who, period = place
        if axis == "time":
            return [Place(who, child) for child in children(period)]
        if axis == "people":
            return [Place(below, period) for below in self.below(who, period)]
        if who.product_id is not None:
            return ()
        return [Place(who._replace(product_id=key), period) for key in self.product_ids]

    def below(self, who: Who, period: Period) -> tuple[Who, ...]:
        """The teams and people that make up the office or a team in a period."""
        if who.level == "person":
            return ()
        key = (who, period)
        if key not in self._below:
            self._below[key] = tuple(self._made_of(who, period))
        return self._below[key]

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
        product_id = who.product_id
        for member in self.everyone:
            team_id = self._team_in(member.id, period)
            inside = team_id == who.team_id if who.level == "team" else team_id is None
            if inside and _works_in(member, period):
                yield person(member.id, product_id)
        if who.level == "office":
            for part in self.teams:
                yield team(part.id, product_id)

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


def read(db: Connection, *, product_ids: Collection[int] = ()) -> Structure:
    """The structure of the office; teams that are no longer used count while they have people."""
    return Structure(
        people.people(db, active_only=False),
        people.memberships(db),
        people.teams(db, active_only=False),
        tuple(product_ids),
    )


def sum_of(values: Iterable[int | None]) -> tuple[int | None, bool]:
    """The sum of the known values (None where none is), and whether all are known."""
    known = []
    complete = True
    for value in values:
        if value is None:
            complete = False
        else:
            known.append(value)
    return (sum(known) if known else None), complete and bool(known)


def standing_in(sums: Mapping[str, tuple[int | None, bool]]) -> str | None:
    """The axis whose sum stands in for a target that nobody set; None where there is none.

    Periods that are all set make up the whole. Otherwise each sum is only a part of it, so that
    the whole is at least the largest: among equals time before people before products.
    """
    total, complete = sums.get("time", (None, False))
    if complete and total is not None:
        return "time"
    known = [(axis, sums[axis][0]) for axis in AXES if axis in sums]
    best: tuple[str, int] | None = None
    for axis, value in known:
        if value is not None and (best is None or value > best[1]):
            best = axis, value
    return None if best is None else best[0]

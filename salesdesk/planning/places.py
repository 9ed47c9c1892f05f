"""Where a target stands: whose it is, of which product, in which period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from salesdesk.calc.periods import Period
from salesdesk.text import mark

#: Targets come in three tiers side by side: what was assigned, one's own goal, the stretch.
TIERS: Mapping[str, str] = {
    "assigned": mark("Assigned task"),
    "goal": mark("Own goal"),
    "stretch": mark("Stretch"),
}


class Who(NamedTuple):
    """The office when neither team nor person is named, else one of them.

    Maybe of one product, or of one category of products.
    """

    team_id: int | None = None
    person_id: int | None = None
    product_id: int | None = None
    category: str = ""

    @property
    def level(self) -> str:
        """office, team or person."""
        if self.person_id is not None:
            return "person"
        return "office" if self.team_id is None else "team"

    @property
    def whole(self) -> Who:
        """The person, team or office, of all products."""
        return Who(self.team_id, self.person_id)

    @property
    def of_goods(self) -> bool:
        """Whether it is of a product or category, and not of all."""
        return self.product_id is not None or bool(self.category)


class Place(NamedTuple):
    """One cell of the split grid."""

    who: Who
    period: Period


OFFICE = Who()


def person(person_id: int, product_id: int | None = None, category: str = "") -> Who:
    """A person; the team isn't part of the place, since people change teams."""
    return Who(None, person_id, product_id, category)


def team(team_id: int, product_id: int | None = None) -> Who:
    """A team."""
    return Who(team_id, None, product_id)

"""How plans nest: which plan a plan's targets come from, and what its parts add up to.

The wider plan is the one that was named, else the same owner's plan of a longer period, else the
team's or the office's. Its parts are the plans whose wider plan it is: shorter periods of the same
owner, and teams and people. What the wider plan assigns stands in its own cells, at the place of
the part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from salesdesk.calc.periods import KINDS
from salesdesk.errors import InputError
from salesdesk.office import measures
from salesdesk.office.measures import Measure
from salesdesk.planning import plan_rules, plans, structure
from salesdesk.planning.places import OFFICE, TIERS, Place, Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.tables import plan as plan_table
from salesdesk.planning.tables import target
from salesdesk.planning.targets import stored_period
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.text import _, mark, ngettext

#: How parts lie in a plan. Those of another owner and a shorter period are compared one by one.
AXES: Mapping[str, str] = {
    "time": mark("Shorter periods"),
    "people": mark("Teams and people"),
    "both": mark("Shorter periods of teams and people"),
}
_SETTLED = ("approved", "closed")


class Link(NamedTuple):
    """What a plan says of a measure for its whole period, and what its wider plan assigns there."""

    plan: Plan
    measure: Measure
    tier: str
    here: int | None
    above: int | None

    @property
    def difference(self) -> int | None:
        """How much more the plan says than was assigned; None where one of them says nothing."""
        return None if self.here is None or self.above is None else self.here - self.above


class Sum(NamedTuple):
    """What the parts on an axis add up to, beside the plan's own target."""

    axis: str
    measure: Measure
    tier: str
    whole: int | None
    total: int
    plans: int

    @property
    def open(self) -> int | None:
        """What isn't assigned to parts; negative where they are above the plan."""
        return None if self.whole is None else self.whole - self.total


@dataclass(frozen=True, slots=True)
class Nesting:
    """A plan between the wider one and its parts; ``named`` says that somebody chose the wider."""

    plan: Plan
    parent: Plan | None
    named: bool
    own: Sequence[Link]
    parts: Sequence[Plan]
    links: Sequence[Link]
    sums: Sequence[Sum]

    @property
    def is_alone(self) -> bool:
        """Whether it has neither a wider plan nor parts."""
        return self.parent is None and not self.parts


def of_plan(db: Connection, plan_id: int) -> Nesting:
    """A plan's place among the others. Raises NotFoundError."""
    tree = _Tree(db)
    plan = tree.plan(plan_id)
    parent = tree.parent(plan)
    parts = tree.parts(plan)
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    here = _own_values(db, [plan, *parts])
    own = [] if parent is None else _links(db, parent, [plan], here, known)
    return Nesting(
        plan,
        parent,
        parent is not None and parent.id == plan.parent_id,
        own,
        parts,
        _links(db, plan, parts, here, known),
        _sums(plan, parts, here, known),
    )


def parent_of(db: Connection, plan_id: int) -> Plan | None:
    """The plan that a plan's targets come from, None where there is none. Raises NotFoundError."""
    tree = _Tree(db)
    return tree.parent(tree.plan(plan_id))


def possible(db: Connection, plan_id: int) -> list[Plan]:
    """The plans that can be named as a plan's wider one. Raises NotFoundError."""
    tree = _Tree(db)
    plan = tree.plan(plan_id)
    return [one for one in tree.every if not _why_not(tree, plan, one)]


def set_parent(change: Change, plan_id: int, parent_id: int | None) -> None:
    """Name the plan that a plan's targets come from; None lets it be found again.

    Raises InputError (it isn't wider, or lies in this one; the plan takes no change), RightsError,
    NotFoundError.
    """
    db = change.connection
    plan = plans.plan_by_id(db, plan_id)
    plan_rules.need_write(change, plan)
    if parent_id is not None:
        why = _why_not(_Tree(db), plan, plans.plan_by_id(db, parent_id))
        if why:
            raise InputError(why)
    change.update(plan_table, plan_id, parent_id=parent_id)
    change.describe(_("Where the targets of {plan} come from").format(plan=plan.title))


def words(found: Nesting, *, in_wan: bool = False) -> list[str]:
    """In a line each: where the targets come from, and what the parts add up to.

    Of several measures, the first that differs, else the first. Parts without targets say nothing.
    """
    said = []
    if found.parent is not None:
        said.append(_from_words(found.parent, found.own, in_wan))
    for axis in AXES:
        of_axis = [one for one in found.sums if one.axis == axis and one.plans]
        if of_axis:
            first = next((one for one in of_axis if one.open), of_axis[0])
            said.append(_sum_words(first, in_wan))
    return said


# -- within ----------------------------------------------------------------------------------------


class _Tree:
    """All plans, and which lies in which."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.every = plans.plans(db)
        self._by_id = {plan.id: plan for plan in self.every}
        self._by_who: dict[Who, list[Plan]] = {}
        for plan in self.every:
            self._by_who.setdefault(plan.who, []).append(plan)

    @cached_property
    def _people(self) -> structure.Structure:
        return structure.read(self._db)

    def plan(self, plan_id: int) -> Plan:
        """Raises NotFoundError when there is none."""
        return self._by_id.get(plan_id) or plans.plan_by_id(self._db, plan_id)

    def parent(self, plan: Plan) -> Plan | None:
        """The wider plan: named, else found."""
        if plan.parent_id is not None:
            return self._by_id.get(plan.parent_id)
        for who in (plan.who, *self._above(plan)):
            wider = [
                one for one in self._by_who.get(who, ())
                if one.id != plan.id and _is_wider(one, plan)
            ]  # fmt: skip
            if wider:
                return min(wider, key=_nearest)
        return None

    def parts(self, plan: Plan) -> list[Plan]:
        """The plans whose wider plan it is, by period and owner."""
        level = plan.who.level
        found = [
            one for one in self.every
            if one.id != plan.id
            and (one.parent_id == plan.id or (
                one.parent_id is None
                and (one.who == plan.who or level == "office"
                     or (level == "team" and one.who.level == "person"))
                and _is_wider(plan, one)
            ))
        ]  # fmt: skip
        # The office's year isn't made of the months that a team's year is made of.
        return sorted(
            (one for one in found if (parent := self.parent(one)) and parent.id == plan.id),
            key=lambda one: (one.period.start, KINDS.index(one.period.kind), one.owner, one.id),
        )

    def _above(self, plan: Plan) -> list[Who]:
        """The team and the office that a plan's owner belongs to."""
        who = plan.who
        if who.level == "office":
            return []
        if who.person_id is not None:
            team_id = self._people.memberships.team_in(who.person_id, plan.period)
            if team_id is not None:
                return [Who(team_id), OFFICE]
        return [OFFICE]


def _is_wider(wide: Plan, plan: Plan) -> bool:
    """Whether a plan can lie in another: its period within, its owner the same or below."""
    if not (wide.period.start <= plan.period.start and plan.period.end <= wide.period.end):
        return False
    if wide.who == plan.who:
        return wide.period != plan.period
    return _LEVELS.index(wide.who.level) < _LEVELS.index(plan.who.level)


_LEVELS = ("office", "team", "person")


def _nearest(plan: Plan) -> tuple[int, bool, int]:
    """Of several wider plans the shortest, the approved before drafts, the newest."""
    return (plan.period.end - plan.period.start).days, plan.status not in _SETTLED, -plan.id


def _why_not(tree: _Tree, plan: Plan, wider: Plan) -> str:
    """Why a plan can't be another's wider plan; "" where it can."""
    if not _is_wider(wider, plan):
        return _(
            "“{title}” isn't a wider plan: its period or its owner doesn't hold this one."
        ).format(title=wider.title)
    above: Plan | None = wider
    seen: set[int] = set()
    while above is not None and above.id not in seen:
        if above.id == plan.id:
            return _("“{title}” lies in this plan itself.").format(title=wider.title)
        seen.add(above.id)
        above = tree.parent(above)
    return ""


def _own_values(db: Connection, those: Sequence[Plan]) -> dict[int, dict[tuple[int, str], int]]:
    """What each plan says for its own owner and whole period, by measure and tier."""
    rows = db.execute(
        select(target.c.plan_id, target.c.measure_id, target.c.tier, target.c.value)
        .join(plan_table, plan_table.c.id == target.c.plan_id)
        .where(
            among(target.c.plan_id, [plan.id for plan in those]),
            target.c.period_kind == plan_table.c.period_kind,
            target.c.start_day == plan_table.c.start_day,
            target.c.team_id.is_not_distinct_from(plan_table.c.team_id),
            target.c.person_id.is_not_distinct_from(plan_table.c.person_id),
            target.c.product_id.is_(None),
            target.c.category == "",
        )
    )
    found: dict[int, dict[tuple[int, str], int]] = {}
    for row in rows:
        found.setdefault(row.plan_id, {})[row.measure_id, row.tier] = row.value
    return found


def _links(
    db: Connection,
    wide: Plan,
    those: Sequence[Plan],
    here: Mapping[int, Mapping[tuple[int, str], int]],
    known: Mapping[int, Measure],
) -> list[Link]:
    """What plans say, beside what the wider plan's cells assign to their places."""
    places = {Place(plan.who, plan.period): plan for plan in those}
    above: dict[int, dict[tuple[int, str], int]] = {}
    for row in _cells(db, wide, those):
        place = Place(
            Who(row.team_id, row.person_id), stored_period(row.period_kind, row.start_day)
        )
        if place in places:
            above.setdefault(places[place].id, {})[row.measure_id, row.tier] = row.value
    return [
        Link(
            plan, known[measure_id], tier, here.get(plan.id, {}).get((measure_id, tier)),
            above.get(plan.id, {}).get((measure_id, tier)),
        )
        for plan in those
        for measure_id, tier in _ordered(
            {*here.get(plan.id, {}), *above.get(plan.id, {})}, known
        )
    ]  # fmt: skip


def _cells(db: Connection, wide: Plan, those: Sequence[Plan]) -> Sequence[Any]:
    """The wider plan's cells in the periods of ``those``."""
    if not those:
        return ()
    return db.execute(
            select(
                target.c.team_id, target.c.person_id, target.c.period_kind, target.c.start_day,
                target.c.measure_id, target.c.tier, target.c.value,
            ).where(
                target.c.plan_id == wide.id,
                target.c.period_kind.in_(sorted({plan.period.kind for plan in those})),
                target.c.start_day >= min(plan.period.start for plan in those),
                target.c.start_day <= max(plan.period.start for plan in those),
                target.c.product_id.is_(None),
                target.c.category == "",
            )
        ).all()  # fmt: skip


def _sums(
    plan: Plan,
    parts: Sequence[Plan],
    here: Mapping[int, Mapping[tuple[int, str], int]],
    known: Mapping[int, Measure],
) -> list[Sum]:
    """What the parts add up to on each axis; ratios never do, levels not over time."""
    found = []
    for axis in ("time", "people"):
        those = [one for one in parts if axis_of(plan, one) == axis]
        used = {key for one in those for key in here.get(one.id, {})}
        if those:
            used |= set(here.get(plan.id, {}))
        for measure_id, tier in _ordered(used, known):
            measure = known[measure_id]
            if measure.is_ratio or (axis == "time" and not measure.is_flow):
                continue
            values = [
                here[one.id][measure_id, tier] for one in those
                if (measure_id, tier) in here.get(one.id, {})
            ]  # fmt: skip
            whole = here.get(plan.id, {}).get((measure_id, tier))
            found.append(Sum(axis, measure, tier, whole, sum(values), len(values)))
    return found


def axis_of(plan: Plan, part: Plan) -> str:
    """How a part lies in a plan: one of :data:`AXES`."""
    if part.who == plan.who:
        return "time"
    return "people" if part.period == plan.period else "both"


def _ordered(keys: set[tuple[int, str]], known: Mapping[int, Measure]) -> list[tuple[int, str]]:
    tiers = list(TIERS)
    return sorted(keys, key=lambda key: (known[key[0]].position, key[0], tiers.index(key[1])))


def _from_words(parent: Plan, own: Sequence[Link], in_wan: bool) -> str:
    said = _("From: {title}").format(title=parent.title)
    given = [one for one in own if one.above is not None]
    if not given:
        return _("{start}, which assigns nothing here").format(start=said)
    first = next((one for one in given if one.difference), given[0])
    assigned = _("{start}, {measure}: {value} assigned there").format(
        start=said, measure=_named(first.measure, first.tier),
        value=_value(first.measure, first.above, in_wan),
    )  # fmt: skip
    if first.here is None:
        return _("{start}, none here").format(start=assigned)
    if not first.difference:
        return _("{start}, the same here").format(start=assigned)
    return _("{start}, {value} here").format(
        start=assigned, value=_value(first.measure, first.here, in_wan)
    )


def _sum_words(one: Sum, in_wan: bool) -> str:
    words = ngettext(
        "{axis}: {count} plan, {measure} {total} in all",
        "{axis}: {count} plans, {measure} {total} in all",
        one.plans,
    )
    said = words.format(
        axis=_(AXES[one.axis]), count=one.plans, total=_value(one.measure, one.total, in_wan),
        measure=_named(one.measure, one.tier),
    )  # fmt: skip
    if one.open is None or not one.open:
        return said
    amount = _value(one.measure, abs(one.open), in_wan)
    if one.open > 0:
        return _("{start}, {amount} not assigned").format(start=said, amount=amount)
    return _("{start}, {amount} too much").format(start=said, amount=amount)


def _named(measure: Measure, tier: str) -> str:
    return measure.name if tier == "assigned" else f"{measure.name} / {_(TIERS[tier])}"


def _value(measure: Measure, value: int | None, in_wan: bool) -> str:
    if in_wan and measure.is_money:
        return _("{value} ×10,000 yuan").format(value=measure.format(value, in_wan=True))
    return _("{value} {unit}").format(value=measure.format(value), unit=measure.unit)

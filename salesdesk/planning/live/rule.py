"""A rule as it is read: its columns, and its value as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import NotFoundError
from salesdesk.office import calendar, measures
from salesdesk.office.measures import Measure
from salesdesk.planning import plans, targets, wording
from salesdesk.planning.live import cells
from salesdesk.planning.places import Place
from salesdesk.planning.tables import item_rule, plan_item
from salesdesk.text import _, mark

KINDS: Mapping[str, str] = {
    "target": mark("Target"),
    "cadence": mark("Contact"),
    "floor": mark("Floor"),
    "action": mark("To do"),
    "contingency": mark("When it happens"),
}
#: How often: periods, or "weekday" for working days, or half years.
EVERY: Mapping[str, str] = {
    "day": mark("every day"),
    "weekday": mark("every working day"),
    "week": mark("every week"),
    "month": mark("every month"),
    "quarter": mark("every quarter"),
    "half_year": mark("in half a year"),
    "year": mark("every year"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a rule says, by the columns of ``item_rule``; which count depends on the kind.

    ``value`` and ``highest`` are: of a target in its measure's smallest step, of a floor in cents,
    of a contingency in hundredths of a per cent; a cadence has ``days``. None asks for its figure.
    """

    kind: str
    written: str = ""
    measure_id: int | None = None
    tier: str = ""
    value: int | None = None
    highest: int | None = None
    every: str = ""
    step: int = 1
    at: str = ""
    days: int | None = None
    period: str = ""
    grade: str = ""
    state: str = ""
    category: str = ""
    product_id: int | None = None
    team_id: int | None = None
    person_id: int | None = None
    whom: str = ""
    growth: int | None = None
    over: str = ""
    words: str = ""
    steps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Draft):
    """A stored rule; a target's value is that of its cells.

    ``varies``: the cells of a target differ from what the rule alone would set, since somebody
    changed them in the grid; the value is then the usual one.
    """

    id: int
    item_id: int
    number: int
    version: int
    varies: bool = False
    places: tuple[Place, ...] = field(default=(), repr=False)

    @property
    def highest_written(self) -> bool:
        """Whether its figure was written as a range."""
        return wording.read_figure(self.written)[1] is not None

    @property
    def asks_for_figure(self) -> bool:
        """Whether the plan left its figure blank."""
        if self.kind == "cadence":
            return self.days is None
        if self.kind in ("target", "floor"):
            return self.value is None
        return False

    def figure(self, known: Mapping[int, Measure]) -> str:
        """The figure as it stands in the item's words; "" where the rule has none there."""
        if not self.written:
            return ""
        return wording.write_figure(self.written, *self.numbers(known))

    def numbers(self, known: Mapping[int, Measure]) -> tuple[Fraction | None, Fraction | None]:
        """The value and the upper end in people's units: yuan, pieces, days, per cent."""
        if self.kind == "cadence":
            return (None if self.days is None else Fraction(self.days)), None
        if self.growth is not None:
            return Fraction(self.growth, 100), None
        scale = 100
        if self.kind == "target":
            measure = known.get(self.measure_id or 0)
            scale = 10**measure.digits if measure else 1
        low, high = (
            None if value is None else Fraction(value, scale)
            for value in (self.value, self.highest)
        )
        return low, high


_COLUMNS = [one.name for one in fields(Draft)]


def columns(draft: Draft) -> dict[str, Any]:
    """What of a draft stands in ``item_rule``: all, but for a target's values."""
    values = {name: getattr(draft, name) for name in _COLUMNS}
    if draft.kind == "target":
        values["value"] = values["highest"] = None
    return values


def draft_of(rule: Rule, *, with_value: bool = True) -> Draft:
    """A stored rule as what another plan's may say, with its value as it is now or without."""
    values = {name: getattr(rule, name) for name in _COLUMNS}
    if not with_value:
        values["value"] = values["highest"] = None
    return Draft(**values)


def as_values(draft: Draft) -> dict[str, Any]:
    """A rule as JSON keeps it: its columns and value, without what says nothing."""
    usual = Draft(kind="")
    return {
        name: getattr(draft, name)
        for name in _COLUMNS
        if getattr(draft, name) != getattr(usual, name)
    }


def from_values(values: Mapping[str, Any]) -> Draft:
    """What :func:`as_values` kept, other keys left out. Raises KeyError without a kind."""
    return Draft(kind=values["kind"], **{
        name: values[name] for name in _COLUMNS if name != "kind" and name in values
    })  # fmt: skip


def of_plan(db: Connection, plan: plans.Plan) -> list[Rule]:
    """A plan's rules by item and number, targets with the values of their cells."""
    rows = db.execute(
        select(item_rule)
        .join(plan_item, plan_item.c.id == item_rule.c.plan_item_id)
        .where(plan_item.c.plan_id == plan.id)
        .order_by(plan_item.c.position, item_rule.c.number, item_rule.c.id)
    ).all()
    found = [of_row(row) for row in rows]
    if not any(rule.kind == "target" for rule in found):
        return found
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    return with_values(db, plan, found, known, calendar.work_calendar(db))


def plan_and_rule(db: Connection, rule_id: int) -> tuple[plans.Plan, Rule]:
    """A rule and its plan. Raises NotFoundError."""
    plan_id = db.execute(
        select(plan_item.c.plan_id)
        .join(item_rule, item_rule.c.plan_item_id == plan_item.c.id)
        .where(item_rule.c.id == rule_id)
    ).scalar()
    if plan_id is None:
        raise NotFoundError(_("There is no rule number {id}.").format(id=rule_id))
    plan = plans.plan_by_id(db, plan_id)
    return plan, next(rule for rule in of_plan(db, plan) if rule.id == rule_id)


def with_values(
    db: Connection,
    plan: plans.Plan,
    rules: list[Rule],
    known: Mapping[int, Measure],
    work: WorkCalendar,
) -> list[Rule]:
    """The rules, those of targets with the values and places of their cells."""
    stored = {
        (measure_id, tier): targets.values(db, plan.id, measure_id, tier)
        for measure_id, tier in targets.measures_used(db, plan.id)
    }
    return [
        cells.filled(rule, plan, known, work, stored) if rule.kind == "target" else rule
        for rule in rules
    ]


def of_row(row: Any) -> Rule:
    """A row of ``item_rule``; a target's without the value of its cells."""
    return Rule(
        id=row.id,
        item_id=row.plan_item_id,
        number=row.number,
        version=row.version,
        **{name: getattr(row, name) for name in _COLUMNS},
    )

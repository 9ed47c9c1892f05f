"""How all rules of a plan read and stand today, read at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Connection

from salesdesk.planning import plans
from salesdesk.planning.live import actions, cadences, contingencies, floors, rule, targets, view
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.state import State
from salesdesk.planning.live.view import Names, View

_WORDS: Mapping[str, Callable[[Rule, Names], str]] = {
    "target": targets.words, "cadence": cadences.words, "floor": floors.words,
    "contingency": contingencies.words, "action": actions.words,
}  # fmt: skip
_STATES: Mapping[str, Callable[[Rule, View], State]] = {
    "target": targets.state, "cadence": cadences.state, "floor": floors.state,
    "contingency": contingencies.state, "action": actions.state,
}  # fmt: skip


def of_plan(db: Connection, plan_id: int, today: date) -> dict[int, State]:
    """How each rule of a plan stands, by rule id. Raises NotFoundError."""
    plan = plans.plan_by_id(db, plan_id)
    rules = rule.of_plan(db, plan)
    if not rules:
        return {}
    seen = view.read(db, plan, rules, today)
    return {one.id: _STATES[one.kind](one, seen) for one in rules}


def reads(one: Rule, names: Names) -> str:
    """How a rule reads, stored or kept of an earlier revision."""
    return _WORDS[one.kind](one, names)


def words(db: Connection, plan_id: int, today: date) -> dict[int, str]:
    """How each rule of a plan reads, by rule id. Raises NotFoundError."""
    plan = plans.plan_by_id(db, plan_id)
    rules = rule.of_plan(db, plan)
    if not rules:
        return {}
    names = view.names(db)
    return {one.id: _WORDS[one.kind](one, names) for one in rules}

"""A plan as it stood when it was approved: kept as JSON when it is taken up again.

Targets are all of the plan's, of every measure and tier, by whose they are: [team, person, product,
category] and the values by "month/2026-11-01".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection

from salesdesk.errors import InputError
from salesdesk.planning import items, plans, targets
from salesdesk.planning.live.rule import Rule, as_values, from_values
from salesdesk.planning.targets import StoredWho
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A line of the plan as people read it; ``id`` is the item's, to know it again."""

    id: int
    kind: str
    level: int
    text: str
    rules: Sequence[Rule] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """What a plan said; ``targets`` by measure and tier, whose, and period as the database keys."""

    title: str
    items: Sequence[KeptItem]
    targets: Mapping[tuple[int, str], Mapping[StoredWho, Mapping[str, int]]]


def now(db: Connection, plan_id: int) -> Contents:
    """What a plan says as it is. Raises NotFoundError."""
    plan = plans.plan_by_id(db, plan_id)
    return Contents(
        plan.title,
        [
            KeptItem(item.id, item.kind, item.level, item.text, item.rules)
            for item in items.of_plan(db, plan_id)
        ],
        _targets(db, plan_id),
    )


def as_text(db: Connection, plan_id: int) -> str:
    """What a plan says, with its rules, as it is kept."""
    found = items.of_plan(db, plan_id)
    contents = {
        "title": plans.plan_by_id(db, plan_id).title,
        "items": [
            {
                "id": item.id, "kind": item.kind, "level": item.level, "text": item.text,
                "rules": [{"number": rule.number, **as_values(rule)} for rule in item.rules],
            }
            for item in found
        ],
        "targets": [
            {"measure": measure_id, "tier": tier, "who": list(who), "values": values}
            for (measure_id, tier), held in _targets(db, plan_id).items()
            for who, values in held.items()
        ],
    }  # fmt: skip
    return json.dumps(contents, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Contents:
    """What was kept by :func:`as_text`. Raises InputError where it was damaged since."""
    try:
        return _contents(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(_("This revision is damaged and can't be read any more.")) from error


def _contents(data: Any) -> Contents:
    kept: dict[tuple[int, str], dict[StoredWho, Mapping[str, int]]] = {}
    for one in data["targets"]:
        team_id, person_id, product_id, category = one["who"]
        whose = kept.setdefault((one["measure"], one["tier"]), {})
        whose[team_id, person_id, product_id, category] = one["values"]
    return Contents(
        data["title"],
        [
            KeptItem(
                item["id"],
                item["kind"],
                item["level"],
                item["text"],
                [_rule(rule, item["id"]) for rule in item["rules"]],
            )
            for item in data["items"]
        ],
        kept,
    )


def _rule(kept: Mapping[str, Any], item_id: int) -> Rule:
    """A rule as it was kept."""
    said = from_values(kept)
    return Rule(
        id=0, item_id=item_id, number=kept["number"], version=0,
        **{one.name: getattr(said, one.name) for one in fields(said)},
    )  # fmt: skip


def _targets(
    db: Connection, plan_id: int
) -> dict[tuple[int, str], dict[StoredWho, Mapping[str, int]]]:
    return {
        (measure_id, tier): {
            who: held.values
            for who, held in targets.as_stored(db, plan_id, measure_id, tier).items()
        }
        for measure_id, tier in targets.measures_used(db, plan_id)
    }

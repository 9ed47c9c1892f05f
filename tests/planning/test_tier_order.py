"""A goal below the task, or a stretch below the goal, is allowed and said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.planning import tier_order
from salesdesk.planning.places import OFFICE, person
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, set_targets, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def test_each_tier_asks_for_at_least_the_last(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    amount = measure(workspace)
    year, november = place("2026", OFFICE), place("2026-11", person(STAFF.ann))
    set_targets(workspace, plan_id, {year: 300_000_00, november: 20_000_00})
    set_targets(workspace, plan_id, {year: 350_000_00, november: 20_000_00}, tier="goal")
    assert workspace.read(tier_order.sentence, plan_id, amount) == ""
    set_targets(workspace, plan_id, {november: 19_000_00}, tier="goal")
    assert workspace.read(tier_order.sentence, plan_id, amount) == (
        "Ann, 2026-11: Own goal 19,000 is below Assigned task 20,000."
    )
    set_targets(workspace, plan_id, {year: 310_000_00}, tier="stretch")
    found = workspace.read(tier_order.disorders, plan_id, amount.id)
    # The year before the month; the stretch is above the task, but below the goal.
    assert [(one.place, one.lower, one.higher) for one in found] == [
        (year, "goal", "stretch"), (november, "assigned", "goal"),
    ]  # fmt: skip
    assert workspace.read(tier_order.sentence, plan_id, amount).endswith("And 1 more.")

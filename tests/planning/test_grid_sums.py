"""Sums that a typed target doesn't touch are kept; those that it does are as if read anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.calc.periods import KINDS, descendants, parse
from salesdesk.planning import grid
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from salesdesk.sales import products
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, set_targets, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, its laptop in a category of its own."""
    with staffed_office(tmp_path) as opened:
        with opened.change("Category") as change:
            seen = products.product_by_id(change.connection, STAFF.laptop).version
            products.edit_product(change, STAFF.laptop, seen_version=seen, category="笔记本")
        yield opened


@pytest.mark.parametrize("seed", range(6))
def test_typing_leaves_every_sum_as_a_new_reading_has_it(workspace: Workspace, seed: int) -> None:
    chance = random.Random(seed)
    year = parse("2026")
    plan_id = plan_for(workspace)
    owners = [OFFICE, team(STAFF.east), team(STAFF.west), person(STAFF.ann), person(STAFF.cleo)]
    whos: list[Who] = [
        goods
        for who in owners
        for goods in (
            who, who._replace(product_id=STAFF.laptop), who._replace(product_id=STAFF.tower),
            who._replace(category="笔记本"),
        )
    ]  # fmt: skip
    periods = [part for kind in KINDS[:4] for part in descendants(year, kind)]
    set_targets(
        workspace, plan_id,
        {
            Place(chance.choice(whos), chance.choice(periods)): chance.randrange(1, 90) * 100
            for _nth in range(60)
        },
    )  # fmt: skip
    amount = measure(workspace)
    shown = workspace.read(grid.read, plan_id, amount.id, "assigned", with_products=True)
    everywhere = [place(part.key, who) for who in whos for part in periods]
    for _turn in range(12):
        for at in everywhere:  # all sums are known before something is typed
            shown.value(*at)
        typed = Place(chance.choice(whos), chance.choice(periods))
        shown = shown.with_values({typed: chance.choice([None, chance.randrange(90) * 100])})
        anew = grid.Grid(
            shown.plan, shown.measure, shown.tier, shown.rows, shown.cells, shown.structure
        )
        assert [shown.value(*at) for at in everywhere] == [anew.value(*at) for at in everywhere]

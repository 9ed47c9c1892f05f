"""Rows of product categories: between the target of all products and those of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.planning import grid, splitting
from salesdesk.planning.places import OFFICE, Place, person
from salesdesk.sales import products
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, sell, set_targets, staffed_office

NOTEBOOKS, TOWERS = OFFICE._replace(category="笔记本"), OFFICE._replace(category="台式机")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office with its laptop among the notebooks, its tower among the desktops."""
    with staffed_office(tmp_path) as opened:
        with opened.change("Categories") as change:
            for product_id, name in ((STAFF.laptop, "笔记本"), (STAFF.tower, "台式机")):
                seen = products.product_by_id(change.connection, product_id).version
                products.edit_product(change, product_id, seen_version=seen, category=name)
            products.add_product(change, "Netbook", category="笔记本", price=2_000_00)
            products.add_product(change, "Cable", price=20_00)
        yield opened


def _grid(workspace: Workspace, plan_id: int, **shown: bool) -> grid.Grid:
    amount = measure(workspace)
    return workspace.read(grid.read, plan_id, amount.id, "assigned", **shown)


def test_a_category_stands_between_all_products_and_its_own(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-11")
    names = [row.name for row in _grid(workspace, plan_id, with_categories=True).rows[:3]]
    assert names == ["", "台式机", "笔记本"]
    both = _grid(workspace, plan_id, with_categories=True, with_products=True)
    assert [(row.name, row.depth) for row in both.rows[:7]] == [
        ("", 0), ("台式机", 1), ("Tower", 2), ("笔记本", 1), ("Laptop", 2), ("Netbook", 2),
        ("Cable", 1),
    ]  # fmt: skip
    assert not any(row.who.of_goods for row in _grid(workspace, plan_id).rows)


def test_what_a_category_lacks_is_a_gap_on_its_own_level(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-11")
    netbook = 3
    set_targets(
        workspace, plan_id,
        {
            place("2026-11"): 100_000_00,
            place("2026-11", NOTEBOOKS): 70_000_00,
            place("2026-11", TOWERS): 20_000_00,
            place("2026-11", OFFICE._replace(product_id=STAFF.laptop)): 50_000_00,
            place("2026-11", OFFICE._replace(product_id=netbook)): 15_000_00,
        },
    )  # fmt: skip
    cells = _grid(workspace, plan_id)
    assert cells.gaps(OFFICE, parse("2026-11")) == {"products": 10_000_00}
    assert cells.gaps(NOTEBOOKS, parse("2026-11")) == {"products": 5_000_00}
    # Where the category itself isn't set, its products stand for it.
    set_targets(workspace, plan_id, {place("2026-11", NOTEBOOKS): None})
    cells = _grid(workspace, plan_id, with_categories=True)
    assert cells.value(NOTEBOOKS, parse("2026-11")) == 65_000_00
    assert cells.gaps(OFFICE, parse("2026-11")) == {"products": 15_000_00}


def test_a_categorys_actual_is_its_products(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-11")
    sell(workspace, 5_000_00, date(2026, 11, 5))
    sell(workspace, 2_000_00, date(2026, 11, 6), product_id=3, cost=None)
    sell(workspace, 4_000_00, date(2026, 11, 6), product_id=STAFF.tower)
    cells = _grid(workspace, plan_id, with_categories=True, with_actuals=True)
    november = parse("2026-11")
    assert cells.actual_of(NOTEBOOKS, november) == 7_000_00
    assert cells.actual_of(person(STAFF.ann)._replace(category="笔记本"), november) == 7_000_00
    assert cells.actual_of(TOWERS, november) == 4_000_00
    assert cells.actual_of(OFFICE, november) == 11_000_00


def test_a_target_is_split_over_categories_and_a_category_over_its_products(
    workspace: Workspace,
) -> None:
    plan_id = plan_for(workspace, "2026-11")
    sell(workspace, 6_000_00, date(2026, 10, 5))
    sell(workspace, 2_000_00, date(2026, 10, 6), product_id=STAFF.tower, cost=None)
    set_targets(workspace, plan_id, {place("2026-11"): 80_000_00})
    cells = _grid(workspace, plan_id, with_categories=True, with_products=True)
    november = Place(OFFICE, parse("2026-11"))
    names = ["台式机", "笔记本"]
    by_last = workspace.read(splitting.over_categories, cells, november, names, way="last")
    assert {at.who.category: value for at, value in by_last.items()} == {
        "台式机": 20_000_00, "笔记本": 60_000_00,
    }  # fmt: skip
    whole = cells.with_values(by_last)
    of_notebooks = workspace.read(
        splitting.over_products, whole, Place(NOTEBOOKS, parse("2026-11")), [STAFF.laptop, 3]
    )
    assert {at.who: value for at, value in of_notebooks.items()} == {
        OFFICE._replace(product_id=STAFF.laptop): 30_000_00,
        OFFICE._replace(product_id=3): 30_000_00,
    }

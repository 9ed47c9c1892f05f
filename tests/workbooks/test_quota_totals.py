"""What taking a sheet over does to the totals: before, after, and against what is to be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.planning.places import OFFICE, person
from salesdesk.workbooks.quota_totals import Total, Totals
from salesdesk.workspace import Workspace
from tests.offices import STAFF, grid_of, place, plan_for, set_targets, staffed_office
from tests.workbooks.quota import Page, compared, send, take_back

ANN, BOB = person(STAFF.ann), person(STAFF.bob)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _totals(workspace: Workspace, path: Path) -> list[Total]:
    comparison = compared(workspace, path)
    return workspace.read(Totals, comparison).of(comparison.changed)


def _told(totals: list[Total]) -> list[tuple[str, str, str, int, int, int | None]]:
    return [
        (total.person, total.period, total.tier, total.before // 100, total.after // 100,
         None if total.open is None else total.open // 100)
        for total in totals
    ]  # fmt: skip


def test_totals_of_all_and_each_before_and_after(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {place("2026", OFFICE): 1_000_00, place("2026-01", OFFICE): 100_00,
         place("2026", ANN): 600_00, place("2026-01", ANN): 50_00, place("2026-02", ANN): 40_00,
         place("2026-01", BOB): 30_00},
    )  # fmt: skip
    page = Page(send(workspace, plan_id))
    page.set("Ann", "Assigned task", 700)
    page.set("Ann", "Month 1", 60)
    page.set("Bob", "Month 1", 45)
    page.set("Bob", "Own goal", 5)
    path = page.save()
    totals = _totals(workspace, path)
    assert _told(totals) == [
        ("", "2026", "assigned", 600, 700, 300),
        ("", "2026: Months together", "assigned", 120, 145, 855),
        ("", "2026-01", "assigned", 80, 105, -5),
        ("", "2026", "goal", 0, 5, None),
        ("Ann", "2026", "assigned", 600, 700, None),
        ("Ann", "2026: Months together", "assigned", 90, 100, None),
        ("Bob", "2026: Months together", "assigned", 30, 45, None),
        ("Bob", "2026", "goal", 0, 5, None),
    ]
    take_back(workspace, path)
    grid = grid_of(workspace, plan_id)
    months = [total for total in totals if total.period == "2026-01"]
    assert sum(grid.stored(who, place("2026-01").period) or 0 for who in (ANN, BOB)) == (
        months[0].after
    )


def test_a_sheet_filled_in_in_the_wrong_unit_is_seen_in_the_total(workspace: Workspace) -> None:
    year = plan_for(workspace)
    set_targets(workspace, year, {place("2026-03", ANN): 80_000_00})
    plan_id = plan_for(workspace, "2026-03")
    page = Page(send(workspace, plan_id))
    page.set("Ann", "Assigned task", 8)
    [everybody, ann] = _totals(workspace, page.save())
    assert (everybody.after, everybody.open) == (8_00, 79_992_00)
    assert (ann.person, ann.open) == ("Ann", 79_992_00)
    assert ann.reach is not None
    assert (ann.reach.tier, ann.reach.plans) == ("assigned", (year,))


def test_what_is_left_out_changes_no_total(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    page = Page(send(workspace, plan_id))
    page.set("Ann", "Month 1", 60)
    page.set("Bob", "Month 2", 45)
    comparison = compared(workspace, page.save())
    totals = workspace.read(Totals, comparison)
    assert totals.of([]) == []
    chosen = [one for one in comparison.changed if one.person == "Bob"]
    assert [total.after for total in totals.of(chosen)] == [45_00, 45_00, 45_00]


def test_products_and_people_are_not_added_to_each_other(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {place("2026-01", ANN): 500_00, place("2026-01", person(STAFF.ann, STAFF.laptop)): 20_00},
    )  # fmt: skip
    page = Page(send(workspace, plan_id, with_products=True))
    product = next(
        row[page.columns["Product"] - 1].value
        for row in page.sheet.iter_rows(min_row=page.head + 1)
        if row[page.columns["Month 1"] - 1].value == 20
    )
    page.set("Ann", "Month 1", 35, product=product)
    totals = _totals(workspace, page.save())
    assert {(total.before, total.after) for total in totals} == {(20_00, 35_00)}

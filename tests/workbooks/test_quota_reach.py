"""What is to be reached stands in the sheet, with what is still open; no figure stands twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesdesk.calc.periods import month
from salesdesk.office import people
from salesdesk.planning.places import OFFICE, person, team
from salesdesk.workspace import Workspace
from tests import libreoffice
from tests.libreoffice import SetCell
from tests.offices import STAFF, measure, place, plan_for, set_targets, staffed_office
from tests.workbooks.quota import Page, changes, compared, send

ANN, BOB, CLEO = person(STAFF.ann), person(STAFF.bob), person(STAFF.cleo)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _lines(path: Path, *headings: str) -> Mapping[str, list[Any]]:
    """The values below ``headings`` as they are shown, by what stands in a line's first cells."""
    page = Page(path)
    shown = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    columns = [page.columns[heading] for heading in headings]
    lines: dict[str, list[Any]] = {}
    for row in shown.iter_rows(min_row=1, max_row=shown.max_row):
        first = page.columns["Person"]
        name = next((cell.value for cell in row[first - 1 :: -1] if cell.value is not None), None)
        lines.setdefault(str(name), [row[column - 1].value for column in columns])
    return lines


def _note(path: Path) -> str:
    """The line that says which plan sets what is to be reached."""
    page = Page(path)
    texts = [cell.value for row in page.sheet.iter_rows(max_row=page.head) for cell in row]
    return next(str(text) for text in texts if str(text).startswith("To be reached: "))


def _year(workspace: Workspace) -> int:
    year = plan_for(workspace)
    set_targets(
        workspace, year,
        {place("2026", OFFICE): 1_200_00, place("2026-03", OFFICE): 90_00,
         place("2026-03", team(STAFF.east)): 60_00, place("2026-03", ANN): 35_00,
         place("2026-03", BOB): 20_00},
    )  # fmt: skip
    return year


def test_a_month_plan_shows_the_year_s_figure_and_what_is_open(workspace: Workspace) -> None:
    _year(workspace)
    plan_id = plan_for(workspace, "2026-03")
    set_targets(workspace, plan_id, {place("2026-03", ANN): 30_00})
    path = send(workspace, plan_id)
    lines = _lines(path, "To be reached", "Still open", "Assigned task", "Own goal")
    assert lines["To be reached"] == [None, None, 90, None]
    assert lines["Filled in"][2:] == [30, 0]
    assert lines["Still open"] == [None, None, 60, None]
    assert lines["Ann"] == [35, 5, 30, None]
    assert lines["Bob"] == [20, 20, None, None]
    assert lines["Cleo"] == [None, None, None, None]
    assert lines["East total"] == [55, 25, 30, 0]
    assert _note(path) == "To be reached: Assigned task of the plan Plan 2026"
    page = Page(path)
    below = [
        [page.sheet.cell(row, page.columns["Assigned task"]).value for row in range(at, at + 3)]
        for at in range(page.head + 1, page.sheet.max_row)
        if page.sheet.cell(at, page.columns["Team"]).value == "East total"
    ]
    assert below[0][1] == 60  # the team's figure stands below its total, and what is open of it
    assert str(below[0][2]).startswith("=")


def test_what_is_open_follows_while_it_is_filled_in(workspace: Workspace, tmp_path: Path) -> None:
    _year(workspace)
    plan_id = plan_for(workspace, "2026-03")
    path = send(workspace, plan_id)
    cell = Page(path).cell("Bob", "Assigned task")
    back = tmp_path / "back.xlsx"
    sheet = openpyxl.load_workbook(path).sheetnames[0]
    libreoffice.edit(path, [SetCell(sheet, cell.coordinate, 25)], back)
    lines = _lines(back, "To be reached", "Still open", "Assigned task")
    assert lines["Still open"][2] == 65
    assert lines["Bob"] == [20, -5, 25]
    found = compared(workspace, back)
    assert changes(found) == {(place("2026-03", BOB), "assigned"): 25_00}
    assert not found.errors


def test_a_year_plan_shows_its_own_figure(workspace: Workspace) -> None:
    year = _year(workspace)
    set_targets(workspace, year, {place("2026", ANN): 1_000_00})
    path = send(workspace, year)
    assert "To be reached" not in Page(path).columns  # nobody else says what Ann has to reach
    lines = _lines(path, "Assigned task", "Month 3", "Sum")
    assert lines["To be reached"] == [1_200, 90, None]
    assert lines["Filled in"] == [1_000, 55, None]
    assert lines["Still open"] == [200, 35, None]


def test_a_team_s_plan_shows_the_team_s_figure(workspace: Workspace) -> None:
    _year(workspace)
    path = send(workspace, plan_for(workspace, "2026-03", who=team(STAFF.east)))
    assert _lines(path, "Assigned task")["To be reached"] == [60]


def test_a_month_s_sheet_shows_it_per_measure_and_what_the_weeks_leave(
    workspace: Workspace,
) -> None:
    year = _year(workspace)
    set_targets(workspace, year, {place("2026-03", OFFICE): 9_00}, code="units")
    plan_id = plan_for(workspace, "2026-03")
    set_targets(workspace, plan_id, {place("2026-03", ANN): 30_00, place("2026-03-W1", ANN): 12_00})
    path = send(workspace, plan_id, month=month(2026, 3))
    lines = _lines(
        path, "To be reached", "Target Units sold (pieces)", "Target Sales amount (yuan)",
        "Left after weeks",
    )  # fmt: skip
    assert lines["To be reached"] == [None, 9, 90, None]
    assert lines["Ann"] == [35, None, 30, 18]
    assert lines["Bob"][-1] is None


def test_plans_below_and_beside_set_nothing_to_be_reached(workspace: Workspace) -> None:
    year = plan_for(workspace)
    below = plan_for(workspace, "2026-03")
    beside = plan_for(workspace)
    other = plan_for(workspace, "2026", who=team(STAFF.west))
    for plan_id in (below, beside, other):
        set_targets(workspace, plan_id, {place("2026-03", CLEO): 7_00})
    assert "To be reached" not in _lines(send(workspace, year), "Month 3")


@pytest.mark.parametrize(
    ("key", "headings"),
    [
        ("2026-03", ["Assigned task", "Own goal"]),
        ("2026-Q2", ["Assigned task", "Own goal", "Month 4", "Month 5", "Month 6", "Sum",
                     "Difference"]),
    ],
)  # fmt: skip
def test_no_place_has_two_columns(workspace: Workspace, key: str, headings: list[str]) -> None:
    plan_id = plan_for(workspace, key)
    set_targets(workspace, plan_id, {place(key, ANN): 40_00})
    path = send(workspace, plan_id)
    assert list(Page(path).columns) == ["No.", "Team", "Person", *headings, "_rid"]
    page = Page(path)
    page.set("Ann", "Assigned task", 50)
    assert changes(compared(workspace, page.save())) == {(place(key, ANN), "assigned"): 50_00}


def test_the_split_tier_is_named_over_its_columns(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    path = send(workspace, plan_id, tier="goal")
    page = Page(path)
    captions = [cell.value for cell in page.sheet[page.head - 1] if cell.value]
    assert captions.count("Own goal (yuan)") == 4
    assert page.sheet.cell(1, page.columns["Assigned task"]).value == (
        "2026 sales plan: Sales amount (yuan), Own goal by month"
    )


def test_cents_are_shown_only_where_there_are_some(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026", ANN): 1_000_00})
    assert Page(send(workspace, plan_id)).cell("Ann", "Assigned task").number_format == "#,##0"
    set_targets(workspace, plan_id, {place("2026-01", BOB): 1_50})
    page = Page(send(workspace, plan_id, "again.xlsx"))
    assert page.cell("Ann", "Assigned task").number_format == "#,##0.00"


def test_names_are_shown_whole_and_the_title_scrolls(workspace: Workspace) -> None:
    with workspace.change("Hire") as change:
        people.add_person(change, "Bartholomew Featherstonehaugh-Cholmondeley", team_id=STAFF.east)
    page = Page(send(workspace, plan_for(workspace), measure_ids=[measure(workspace).id]))
    assert page.sheet.freeze_panes == f"D{page.head + 1}"
    assert str(page.sheet.cell(1, 4).value).startswith("2026 sales plan")
    assert not any(area.min_row == 1 and area.max_col > 3 for area in page.sheet.merged_cells)
    row = page.row("Bartholomew Featherstonehaugh-Cholmondeley")
    assert page.sheet.row_dimensions[row].height > 30


def test_the_sheets_own_lines_are_not_told_as_skipped(workspace: Workspace) -> None:
    page = Page(send(workspace, _year(workspace)))
    labels = [page.sheet.cell(row, page.columns["Team"]).value for row in range(4, 20)]
    assert {"To be reached", "Still open", "East total"} <= set(labels)
    assert compared(workspace, page.path).notices == []


@pytest.mark.parametrize("period", ["2026-11-W2", "2026-11"])
def test_a_title_that_is_longer_than_its_sheet_stands_in_several_lines(
    workspace: Workspace, period: str
) -> None:
    page = Page(send(workspace, plan_for(workspace, period)))
    title = page.sheet.cell(1, page.columns["Assigned task"])
    [merged] = [area for area in page.sheet.merged_cells.ranges if title.coordinate in area]
    assert merged.max_col == page.columns["Own goal"]
    assert title.alignment.wrap_text
    assert page.sheet.row_dimensions[1].height > 40

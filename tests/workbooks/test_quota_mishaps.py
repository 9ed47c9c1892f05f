"""What happens to quota sheets on their way: moved, copied, emptied, renamed, slipped, noted on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import delete

from salesdesk.calc.periods import month, parse
from salesdesk.errors import InputError, WorkbookError
from salesdesk.office import months, people
from salesdesk.planning import deciding, remarks
from salesdesk.planning.places import person, team
from salesdesk.workbooks import quota_import, quota_taking
from salesdesk.workbooks.error_copy import write_error_copy
from salesdesk.workbooks.quota_comparison import Comparison
from salesdesk.workbooks.tables import quota_export
from salesdesk.workspace import Workspace
from tests.offices import (
    STAFF,
    measure,
    place,
    plan_for,
    set_targets,
    staffed_office,
    targets_of,
)
from tests.workbooks.quota import Page, causes, changes, compared, send, take_back

ANN, BOB, CLEO, MAX = (person(one) for one in (STAFF.ann, STAFF.bob, STAFF.cleo, STAFF.max))
KEYS = [f"2026-{number:02}" for number in range(1, 13)]
JANUARY, FEBRUARY = KEYS[:2]
Meddle = Callable[[Page], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, with a plan (1) of other figures for everybody in every month."""
    with staffed_office(tmp_path) as opened:
        plan_for(opened)
        set_targets(
            opened, 1,
            {place(key, who): 10_000_00 + 1_000_00 * who.person_id + 10_00 * number  # type: ignore[operator]
             for number, key in enumerate(KEYS) for who in (ANN, BOB, CLEO)},
        )  # fmt: skip
        set_targets(opened, 1, {place(JANUARY, ANN): 5_00}, code="units")
        yield opened


@pytest.fixture
def page(workspace: Workspace) -> Page:
    """The yearly sheet of the amount, the first of two, as it went out."""
    return Page(send(workspace, 1))


def _told(comparison: Comparison, kind: Any) -> list[str]:
    return [notice.words for notice in comparison.told(kind)]


def _january(comparison: Comparison) -> Any:
    """What the sheet says of Ann's January, and that it says nothing else."""
    [((at, tier), value)] = changes(comparison).items()
    assert (at, tier) == (place(JANUARY, ANN), "assigned")
    return value


def _moved(page: Page, path: Path, *others: Path) -> Path:
    """The sheet of a page alone, as "move to a new workbook" leaves it, beside those of others."""
    book = openpyxl.Workbook()
    sheets = [page.sheet, *(openpyxl.load_workbook(other).worksheets[0] for other in others)]
    for number, sheet in enumerate(sheets):
        copy: Any = book.create_sheet(f"{sheet.title} {number}")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    copy.cell(cell.row, cell.column).value = cell.value
    book.save(path)
    return path


def _forget_the_mark(page: Page) -> None:
    """As a sheet of before, which didn't say itself which export it is of."""
    page.sheet.cell(1, page.columns["_rid"]).value = None


# -- sheets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("marked", [True, False])
def test_a_sheet_moved_into_a_new_workbook_is_taken_by_its_ids(
    workspace: Workspace, page: Page, tmp_path: Path, marked: bool
) -> None:
    send(workspace, 1, "later.xlsx", tier="goal")  # another export of the same block
    page.set("Ann", "Month 1", 77)
    if not marked:
        _forget_the_mark(page)
    comparison = compared(workspace, _moved(page, tmp_path / "mine.xlsx"))
    assert _january(comparison) == 77_00
    assert (comparison.errors, comparison.missing_rows) == ([], [])


def test_a_sheet_copied_into_another_sheets_workbook_is_taken(
    workspace: Workspace, page: Page
) -> None:
    page.set("Ann", "Month 1", 77)
    monthly = openpyxl.load_workbook(send(workspace, 1, "month.xlsx", month=month(2026, 11)))
    copy: Any = monthly.create_sheet("Yearly plan", 0)
    for row in page.sheet.iter_rows():
        for cell in row:
            copy.cell(cell.row, cell.column).value = cell.value
    path = workspace.path.with_name("both.xlsx")
    monthly.save(path)
    assert _january(compared(workspace, path)) == 77_00


def test_a_sheet_of_another_plan_is_named_and_left(workspace: Workspace, page: Page) -> None:
    other = plan_for(workspace, "2027")
    other_sheet = send(workspace, other, "other.xlsx")
    page.set("Ann", "Month 1", 77)
    comparison = compared(
        workspace, _moved(page, workspace.path.with_name("mix.xlsx"), other_sheet)
    )
    assert _january(comparison) == 77_00
    assert _told(comparison, "not_taken") == [
        "It belongs to the plan “Plan 2027”: take it back in a workbook of its own."
    ]


def test_sheets_and_blocks_that_arent_taken_are_named(workspace: Workspace, page: Page) -> None:
    del page.book["Yearly plan Units sold"]
    page.book.create_sheet("Notes").append(["Ann", 5])
    assert [(n.sheet, n.words) for n in compared(workspace, page.save()).told("not_taken")] == [
        ("Notes", "It is no quota sheet."),
        ("", "“2026 sales plan: Units sold (pieces), Assigned task by month” went out and no "
             "sheet holds it: its figures stay."),
    ]  # fmt: skip


def test_without_ids_rows_are_found_by_their_names(workspace: Workspace, page: Page) -> None:
    page.set("Ann", "Month 1", 77)
    page.sheet.delete_cols(page.columns["_rid"])
    units = page.book["Yearly plan Units sold"]
    units.cell(page.head + 1, page.columns["Month 1"]).value = 9
    comparison = compared(workspace, page.save())
    assert {(d.measure.code, d.place.period.key, d.sheet_value) for d in comparison.changed} == {
        ("amount", JANUARY, 77_00), ("units", JANUARY, 9_00),
    }  # fmt: skip
    # The hidden sheet gone too: the office remembers what went out.
    del page.book["_salesdesk"]
    assert len(compared(workspace, page.save()).changed) == 2


def test_a_sheet_of_nothing_known_is_refused_by_name(workspace: Workspace, page: Page) -> None:
    for area in list(page.sheet.merged_cells.ranges):
        page.sheet.unmerge_cells(str(area))
    for row in (1, 2):
        for cell in page.sheet[row]:
            cell.value = None
    page.sheet.delete_cols(page.columns["_rid"])
    for row in range(page.head + 1, page.head + 4):
        for column in range(4, 23):
            page.sheet.cell(row, column).value = 1
    with pytest.raises(WorkbookError, match="Yearly plan Sales amount 0: It could be of several"):
        compared(workspace, _moved(page, workspace.path.with_name("x.xlsx")))


def test_a_copy_beside_the_original_counts_only_where_it_alone_says_something(
    workspace: Workspace, page: Page
) -> None:
    copy = page.book.copy_worksheet(page.sheet)
    assert compared(workspace, page.save()).nothing_to_do
    cell = page.cell("Ann", "Month 1").coordinate
    copy[cell].value = 77
    comparison = compared(workspace, page.save())
    assert _january(comparison) == 77_00
    assert [notice.sheet for notice in comparison.told("not_taken")] == [page.sheet.title]
    page.sheet[cell].value = 77
    assert _january(compared(workspace, page.save())) == 77_00
    page.sheet[cell].value = 78
    comparison = compared(workspace, page.save())
    assert comparison.changed == []
    assert {e.cell for e in comparison.errors} == {cell}
    assert "say different things" in comparison.errors[0].cause


def test_two_columns_of_one_heading_are_refused_naming_both(
    workspace: Workspace, page: Page
) -> None:
    page.sheet.insert_cols(6)
    for row in range(page.head, page.head + 4):
        page.sheet.cell(row, 6).value = "Month 1" if row == page.head else 1
    comparison = compared(workspace, page.save())
    [error] = comparison.errors
    assert error.cell == "G3"
    assert "columns F, G have the same heading “Month 1”" in error.cause
    assert comparison.changed == []


# -- one target in two cells -----------------------------------------------------------------------


def test_one_target_in_two_columns_must_say_one_thing(workspace: Workspace) -> None:
    """As in sheets of one-month plans that went out before: whole period and month."""
    plan = plan_for(workspace, "2026-11")
    set_targets(workspace, plan, {place("2026-11", ANN): 100_00})
    page = Page(send(workspace, plan))
    with workspace.unrecorded() as change:
        change.connection.execute(delete(quota_export))  # what the workbook says counts
    hidden = page.book["_salesdesk"]
    assert [hidden[f"A{row}"].value for row in (7, 8, 9)] == ["headings", "keys", "row"]
    hidden["E7"].value, hidden["E8"].value, hidden["E9"].value = (
        "Month 11", hidden["C8"].value, hidden["C9"].value,
    )  # fmt: skip
    whole = page.cell("Ann", "Assigned task").coordinate
    page.sheet.cell(page.head, page.columns["_rid"] + 1).value = "Month 11"
    twin = page.sheet.cell(page.row("Ann"), page.columns["_rid"] + 1)
    month_cell, twin.value = twin.coordinate, 100
    assert compared(workspace, page.save()).nothing_to_do
    page.sheet[month_cell].value = 120
    cause = f"{whole} and {month_cell} are the same target and say different things."
    assert causes(compared(workspace, page.save())) == {whole: cause, month_cell: cause}
    page.sheet[whole].value = 120
    assert changes(compared(workspace, page.save())) == {
        (place("2026-11", ANN), "assigned"): 120_00
    }
    page.sheet[whole].value = None  # an emptied cell says nothing
    assert len(compared(workspace, page.save()).changed) == 1


# -- emptied and deleted ---------------------------------------------------------------------------


def test_an_emptied_column_changes_nothing(workspace: Workspace, page: Page) -> None:
    for who, empty in (("Ann", None), ("Bob", " "), ("Cleo", "")):
        page.set(who, "Month 1", empty)
    assert compared(workspace, page.save()).nothing_to_do


@pytest.mark.parametrize("typed", ["-", "－", "——", "–", " 删 ", "删除", "Delete", "ＤＥＬ"])
def test_a_figure_is_deleted_only_by_a_mark_and_only_when_asked_for(
    workspace: Workspace, page: Page, typed: str
) -> None:
    cell = page.set("Ann", "Month 1", typed)
    page.set("Bob", "Own goal", typed)  # nothing there to delete
    comparison = compared(workspace, page.save())
    assert (comparison.changed, comparison.errors) == ([], [])
    assert [d.cell for d in comparison.deletions] == [cell]
    assert take_back(workspace, page.path) == 0
    sheet = comparison.deletions[0].sheet
    assert take_back(workspace, page.path, deletions={(sheet, cell)}) == 1
    assert (JANUARY, ANN) not in targets_of(workspace, 1)
    assert compared(workspace, page.path).nothing_to_do


def test_the_sheet_counts_is_no_word_on_what_it_would_delete(
    workspace: Workspace, page: Page
) -> None:
    cell = page.set("Ann", "Month 1", "-")
    set_targets(workspace, 1, {place(JANUARY, ANN): 7_00})
    comparison = compared(workspace, page.save())
    assert [d.cell for d in comparison.conflicts] == [cell]
    assert take_back(workspace, page.path, keep="sheet") == 0
    key = (comparison.conflicts[0].sheet, cell)
    assert take_back(workspace, page.path, choices={key: "sheet"}) == 1


def test_a_remark_is_deleted_by_a_mark_too(workspace: Workspace) -> None:
    page = Page(send(workspace, 1, month=month(2026, 11)))
    page.set("Ann", "Reason", "-")  # there is none: nothing to do
    page.set("Bob", "Reason", "Snow")
    take_back(workspace, page.save())
    page = Page(send(workspace, 1, month=month(2026, 11)))
    cell = page.set("Bob", "Reason", "删")
    comparison = compared(workspace, page.save())
    assert [d.cell for d in comparison.deletions] == [cell]
    key = (comparison.deletions[0].sheet, cell)
    assert take_back(workspace, page.path, deletions={key}) == 1
    assert {r.reason for r in workspace.read(remarks.remarks, parse("2026-11")).values()} == {""}


# -- rows ------------------------------------------------------------------------------------------


def test_own_notes_and_totals_are_skipped_and_named(workspace: Workspace, page: Page) -> None:
    below = page.sheet.max_row + 2
    january = page.columns["Month 1"]
    for number, text in enumerate(
        ["说明：以上为草案", "合计", "Total of all", "East", "备注", None]
    ):
        page.sheet.cell(below + number, page.columns["Person"]).value = text
        page.sheet.cell(below + number, january).value = "2026-11-27" if number == 0 else 5
    comparison = compared(workspace, page.save())
    assert comparison.nothing_to_do
    assert [notice.cell for notice in comparison.told("skipped")] == [
        f"C{below + number}" for number in range(6)
    ]


def test_somebody_renamed_is_told_and_blocks_nothing(workspace: Workspace, page: Page) -> None:
    with workspace.change("Rename") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, name="Robert")
    page.set("Ann", "Month 1", 77)
    comparison = compared(workspace, page.save())
    assert _january(comparison) == 77_00
    assert _told(comparison, "told") == ["The row is taken as Robert's, though it says “Bob”."] * 2
    # Without ids the old name finds the row, even when somebody else is called so by now.
    with workspace.change("Hire") as change:
        people.add_person(change, "Bob", team_id=STAFF.west)
    page.set("Bob", "Month 2", 88)
    assert compared(workspace, page.save()).errors == []
    page.sheet.delete_cols(page.columns["_rid"])
    found = {d.place: d.sheet_value for d in compared(workspace, page.save()).changed}
    assert found == {place(JANUARY, ANN): 77_00, place(FEBRUARY, BOB): 88_00}


def test_figures_of_who_left_or_moved_are_taken_and_told(workspace: Workspace, page: Page) -> None:
    page.set("Cleo", "Month 2", 5)
    page.set("Ann", "Month 2", 6)
    with workspace.change("Leave and move") as change:
        people.edit_person(change, STAFF.cleo, seen_version=1, left_on=date(2026, 6, 1))
        people.edit_person(change, STAFF.ann, seen_version=1, team_id=STAFF.west)
    comparison = compared(workspace, page.save())
    assert len(comparison.changed) == 2
    assert _told(comparison, "told") == [
        "Ann is no longer in East: the figures are taken all the same.",
        "Cleo has left: the figures are taken all the same.",
    ]


def test_somebody_outside_a_teams_plan_is_refused_by_cell(workspace: Workspace) -> None:
    plan = plan_for(workspace, who=team(STAFF.east))
    page = Page(send(workspace, plan))
    row = page.head + 3
    page.sheet.insert_rows(row)
    page.sheet.cell(row, page.columns["Person"]).value = "Cleo"
    page.sheet.cell(row, page.columns["Month 1"]).value = 5
    assert causes(compared(workspace, page.save())) == {
        f"C{row}": "Cleo isn't one of those the plan “Plan 2026” is for."
    }


def test_two_peoples_rows_in_one_sheet_count_where_they_say_something(
    workspace: Workspace, page: Page
) -> None:
    below = page.sheet.max_row + 2
    for row in range(page.head, page.head + 4):  # what a colleague filled in, headings and all
        for column, value in enumerate(page.values(row), 1):
            page.sheet.cell(below + row - page.head, column).value = value
    page.set("Ann", "Month 1", 77)
    january = page.columns["Month 1"]
    page.sheet.cell(below + 2, january).value = 88  # Bob's
    comparison = compared(workspace, page.save())
    assert changes(comparison) == {
        (place(JANUARY, ANN), "assigned"): 77_00, (place(JANUARY, BOB), "assigned"): 88_00,
    }  # fmt: skip
    assert _told(comparison, "skipped") == [
        f"Ann appears in rows 4 and {below + 1}: row 4 counts.",
        f"Bob appears in rows {below + 2} and 5: row {below + 2} counts.",
        f"Cleo appears in rows 6 and {below + 3}: row 6 counts.",
    ]
    page.set("Bob", "Month 1", 99)
    comparison = compared(workspace, page.save())
    assert list(causes(comparison).values()) == [f"Bob appears twice, in rows 5 and {below + 2}."]
    assert len(comparison.changed) == 1


def test_without_its_headings_or_sheets_a_sentence_says_so(
    workspace: Workspace, page: Page
) -> None:
    page.sheet.delete_rows(page.head)
    assert compared(workspace, page.save()).told("not_taken")[0].words == (
        "The line of headings is gone, so that no column is known."
    )
    for name in ("Yearly plan Sales amount", "Yearly plan Units sold"):
        del page.book[name]
    with pytest.raises(WorkbookError, match="those that went out are gone"):
        compared(workspace, page.save())


# -- errors ----------------------------------------------------------------------------------------


def test_the_good_cells_can_be_taken_without_the_wrong_ones(
    workspace: Workspace, page: Page
) -> None:
    page.set("Ann", "Month 1", 77)
    page.set("Ann", "Month 2", "many")
    bob = page.row("Bob")
    page.sheet.append(page.values(bob))
    page.sheet.cell(bob, page.columns["Month 1"]).value = 9  # which of his two rows counts?
    page.sheet.cell(page.sheet.max_row, page.columns["Month 1"]).value = 10
    with pytest.raises(InputError, match="2 cells are wrong"):
        take_back(workspace, page.save())
    before = targets_of(workspace, 1)
    assert take_back(workspace, page.path, take_good=True) == 1
    assert targets_of(workspace, 1) == before | {(JANUARY, ANN): 77_00}


def test_the_marked_copy_corrected_is_taken_in(workspace: Workspace, page: Page) -> None:
    page.set("Ann", "Month 1", "many")
    page.set("Bob", "Month 2", 88)
    comparison = compared(workspace, page.save())
    marked = page.path.with_name("marked.xlsx")
    write_error_copy(page.path, comparison.errors, marked)
    copy = openpyxl.load_workbook(marked)
    sheet: Any = copy[page.sheet.title]
    sheet[comparison.errors[0].cell].value = 77
    copy.save(marked)
    comparison = compared(workspace, marked)
    assert (comparison.errors, comparison.notices) == ([], [])
    assert changes(comparison) == {
        (place(JANUARY, ANN), "assigned"): 77_00, (place(FEBRUARY, BOB), "assigned"): 88_00,
    }  # fmt: skip
    # A copy of a copy has one list of errors; as one of before it has no hidden sheet.
    del copy["_salesdesk"]
    copy.save(marked)
    again = marked.with_name("again.xlsx")
    write_error_copy(marked, [], again)
    assert openpyxl.load_workbook(again).sheetnames[:2] == ["Errors", page.sheet.title]
    assert len(compared(workspace, again).changed) == 2


def test_the_marked_copy_is_never_the_sheet_itself(workspace: Workspace, page: Page) -> None:
    before = page.path.read_bytes()
    link = page.path.with_name("link.xlsx")
    link.symlink_to(page.path)
    for path in (page.path, link):
        with pytest.raises(WorkbookError, match="is the sheet itself"):
            write_error_copy(page.path, [], path)
    assert page.path.read_bytes() == before


def test_closed_months_are_refused_by_cell(workspace: Workspace, page: Page) -> None:
    with workspace.change("Close") as change:
        months.close(change, parse("2026-01"))
    january = page.set("Ann", "Month 1", 77)
    page.set("Ann", "Month 2", 78)
    comparison = workspace.read(quota_import.compare, page.save(), person_id=STAFF.max)
    assert causes(comparison) == {
        january: "2026-01 is closed: its targets stay as they were reported."
    }
    with workspace.change("Take") as change:
        assert quota_taking.apply(change, comparison, take_good=True) == 1


def test_a_plan_that_takes_no_change_says_what_to_do(workspace: Workspace, page: Page) -> None:
    page.set("Ann", "Month 1", 77)
    with workspace.change("Approve") as change:
        deciding.move(change, 1, "approved")
    comparison = compared(workspace, page.save())
    assert "take it up again as a new revision" in workspace.read(
        quota_taking.why_not, comparison, STAFF.max
    )
    with pytest.raises(InputError, match="take it up again as a new revision"):
        take_back(workspace, page.path)


# -- doubts ----------------------------------------------------------------------------------------


def test_a_sheet_filled_in_in_wan_is_doubted_and_can_be_read_so(
    workspace: Workspace, page: Page
) -> None:
    for who, base in (("Ann", 12_000), ("Bob", 13_000), ("Cleo", 14_000)):
        for number in range(1, 13):
            page.set(who, f"Month {number}", (base + 500 + 10 * (number - 1)) / 10_000)
    cell = page.set("Cleo", "Month 12", "１.４９万")
    page.set("Bob", "Month 12", 13_110)  # as it went out
    [words] = _told(compared(workspace, page.save()), "doubt")
    assert words.startswith("35 changed amounts are about 10,000 times smaller than what went out")
    assert "F4: 12,000 became 1.25." in words
    comparison = workspace.read(quota_import.compare, page.path, unit="wan")
    assert _told(comparison, "doubt") == []
    values = {d.cell: d.sheet_value for d in comparison.changed}
    assert values["F4"] == 12_500_00
    assert values[cell] == 14_900_00
    assert len(values) == 35


def test_wan_in_a_new_plan_is_doubted_by_what_is_to_be_reached_there(workspace: Workspace) -> None:
    """Nothing stands in it yet to compare with: the year's figures for the month tell."""
    new = plan_for(workspace, JANUARY)
    page = Page(send(workspace, new))
    page.set("Ann", "Assigned task", 1.3)
    page.set("Bob", "Assigned task", 1.2)
    [words] = _told(compared(workspace, page.save()), "doubt")
    assert words.startswith("2 amounts are about 10,000 times smaller than is to be expected, such")
    assert ": 1.3, where about 12,000 would be." in words
    comparison = workspace.read(quota_import.compare, page.path, unit="wan")
    assert _told(comparison, "doubt") == []
    assert [d.sheet_value for d in comparison.changed] == [13_000_00, 12_000_00]


def test_wan_in_a_new_year_is_doubted_by_what_people_had_in_other_plans(
    workspace: Workspace,
) -> None:
    page = Page(send(workspace, plan_for(workspace, "2027")))
    for who in ("Ann", "Bob", "Cleo"):
        for number in range(1, 13):
            page.set(who, f"Month {number}", 1 + number / 10)
    [words] = _told(compared(workspace, page.save()), "doubt")
    assert words.startswith("36 amounts are about 10,000 times smaller than is to be expected")
    for who in ("Ann", "Bob", "Cleo"):
        for number in range(1, 13):
            page.set(who, f"Month {number}", 3_000 * number)
    assert _told(compared(workspace, page.save()), "doubt") == []


def test_figures_that_slipped_by_a_row_are_doubted(workspace: Workspace, page: Page) -> None:
    for number in (1, 2, 3):
        column = page.columns[f"Month {number}"]
        values = [page.sheet.cell(row, column).value for row in range(page.head + 1, page.head + 4)]
        for row, value in enumerate([None, *values[:2]], page.head + 1):
            page.sheet.cell(row, column).value = value
    [words] = _told(compared(workspace, page.save()), "doubt")
    assert words == "6 changed figures are those of the row above: did they slip by one row?"


def test_figures_that_are_meant_are_not_doubted(workspace: Workspace, page: Page) -> None:
    for who in ("Ann", "Bob", "Cleo"):
        for number in range(1, 13):
            page.set(who, f"Month {number}", 20_000 if number < 6 else 0)
    page.set("Ann", "Own goal", 100)
    assert _told(compared(workspace, page.save()), "doubt") == []


def test_an_own_measure_is_read_in_its_unit_whatever_amounts_are_in(workspace: Workspace) -> None:
    page = Page(send(workspace, 1, measure_ids=[measure(workspace, "units").id]))
    page.set("Ann", "Month 1", 8)
    comparison = workspace.read(quota_import.compare, page.save(), unit="wan")
    assert [d.sheet_value for d in comparison.changed] == [8_00]

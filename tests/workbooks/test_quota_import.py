"""The quota sheet back: what people do to it is taken in their stride, or refused by cell."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesdesk.calc.periods import month, parse
from salesdesk.errors import ConflictError, InputError, WorkbookError
from salesdesk.office import people
from salesdesk.planning import plans, remarks, targets
from salesdesk.planning.places import Place, person
from salesdesk.planning.remarks import Remark
from salesdesk.workbooks import quota_taking
from salesdesk.workbooks.error_copy import write_error_copy
from salesdesk.workspace import Workspace
from tests.offices import (
    STAFF,
    employ,
    found,
    measure,
    place,
    plan_for,
    set_targets,
    staffed_office,
    targets_of,
    trust_everybody,
)
from tests.workbooks.quota import HEAD, Page, causes, changes, compared, send, take_back

ANN, BOB, CLEO, MAX = (person(one) for one in (STAFF.ann, STAFF.bob, STAFF.cleo, STAFF.max))
JANUARY, FEBRUARY, MARCH = (f"2026-0{number}" for number in (1, 2, 3))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, with a plan (1) that gives everybody January and Ann the year."""
    with staffed_office(tmp_path) as opened:
        plan_for(opened)
        set_targets(
            opened, 1,
            {place("2026", ANN): 1_200_00, place(JANUARY, ANN): 100_00, place(JANUARY, BOB): 100_00,
             place(JANUARY, CLEO): 100_00},
        )  # fmt: skip
        yield opened


@pytest.fixture
def page(workspace: Workspace) -> Page:
    """The yearly sheet as it went out, open for changes."""
    return Page(send(workspace, 1))


# -- what people do to a sheet ---------------------------------------------------------------------


def _blank_and_comment_rows(page: Page) -> None:
    page.sheet.insert_rows(HEAD + 2, 2)
    page.sheet.cell(HEAD + 3, page.columns["Person"]).value = "Bob asked for less, see mail"
    page.sheet.insert_rows(1)
    page.sheet.cell(1, 1).value = "Draft, please fill in"


def _rename_and_reorder_sheets(page: Page) -> None:
    page.sheet.title = "计划 (2)"
    page.book.move_sheet(page.sheet, 2)
    page.book.create_sheet("Notes", 0).append(["Ann", 5, 6])


def _reorder_and_hide_columns(page: Page) -> None:
    first, second = page.columns["Month 1"], page.columns["Month 3"]
    for row in range(HEAD, HEAD + 4):
        one, other = page.sheet.cell(row, first), page.sheet.cell(row, second)
        one.value, other.value = other.value, one.value
    page.sheet.move_range(f"A{HEAD}:X{HEAD + 3}", cols=2)
    page.sheet.column_dimensions["J"].hidden = True


def _headings_broken_over_lines(page: Page) -> None:
    for heading in ("Assigned task", "Month 3"):
        page.sheet.cell(HEAD, page.columns[heading]).value = heading.replace(" ", "\n ")


def _merge_titles_and_filter(page: Page) -> None:
    page.sheet.auto_filter.ref = None
    page.sheet.merge_cells("A2:F2")
    for row in range(HEAD + 1, HEAD + 3):
        page.sheet.row_dimensions[row].hidden = True


def _lose_the_ids(page: Page) -> None:
    for row in range(HEAD + 2, HEAD + 4):
        page.sheet.cell(row, page.columns["_rid"]).value = None


def _names_with_spaces(page: Page) -> None:
    page.cell("Bob", "Person").value = " B ob\u3000"


def _no_team_and_number_columns(page: Page) -> None:
    page.sheet.delete_cols(1, 2)


@pytest.mark.parametrize(
    "meddle",
    [_blank_and_comment_rows, _rename_and_reorder_sheets, _reorder_and_hide_columns,
     _headings_broken_over_lines, _merge_titles_and_filter, _lose_the_ids, _names_with_spaces,
     _no_team_and_number_columns],
)  # fmt: skip
def test_what_people_do_to_a_sheet_leaves_its_figures_where_they_belong(
    workspace: Workspace, page: Page, meddle: Callable[[Page], None]
) -> None:
    page.set("Bob", "Month 3", 7.25)
    page.set("Ann", "Assigned task", 1_300)
    meddle(page)
    comparison = compared(workspace, page.save())
    assert comparison.errors == []
    assert changes(comparison) == {
        (place(MARCH, BOB), "assigned"): 7_25, (place("2026", ANN), "assigned"): 1_300_00,
    }  # fmt: skip
    assert comparison.new_rows == comparison.missing_rows == []


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        (1200, 1_200_00), (1200.5, 1_200_50), (0.1 + 0.2, 30), ("1,200", 1_200_00),
        ("１２００", 1_200_00), (" 1200 ", 1_200_00), ("1.2万", 12_000_00), ("35万元", 350_000_00),
        ("¥300", 300_00), (100 / 3, 33_33), (0, 0), ("0", 0),
    ],
)  # fmt: skip
def test_numbers_are_taken_however_they_are_written(
    workspace: Workspace, page: Page, typed: Any, cents: int | None
) -> None:
    page.set("Ann", "Month 1", typed)
    comparison = compared(workspace, page.save())
    assert changes(comparison) == {(place(JANUARY, ANN), "assigned"): cents}


def test_a_row_that_is_gone_is_reported_and_its_figures_are_kept(
    workspace: Workspace, page: Page
) -> None:
    page.sheet.delete_rows(page.row("Bob"))
    comparison = compared(workspace, page.save())
    assert [odd_row.person for odd_row in comparison.missing_rows] == ["Bob"]
    assert comparison.changed == []
    take_back(workspace, page.path)
    assert targets_of(workspace, 1)[JANUARY, BOB] == 100_00


def test_a_new_row_of_somebody_of_the_office_is_taken(workspace: Workspace, page: Page) -> None:
    row = page.row("Bob")
    page.sheet.insert_rows(row)
    page.sheet.cell(row, page.columns["Person"]).value = "Max"
    page.sheet.cell(row, page.columns["Month 2"]).value = "50"
    comparison = compared(workspace, page.save())
    assert [(odd_row.person, odd_row.row) for odd_row in comparison.new_rows] == [("Max", row)]
    assert changes(comparison) == {(place(FEBRUARY, MAX), "assigned"): 50_00}
    assert comparison.errors == []
    assert take_back(workspace, page.path) == 1
    assert targets_of(workspace, 1)[FEBRUARY, MAX] == 50_00


def test_rows_of_people_and_products_are_told_apart(workspace: Workspace) -> None:
    page = Page(send(workspace, 1, with_products=True, measure_ids=[measure(workspace).id]))
    page.set("Ann", "Month 1", 5, product="Tower")
    page.set("Cleo", "Own goal", 6, product="Laptop")
    page.reorder([5, 3, 1, 0, 2, 4])
    tower = ANN._replace(product_id=STAFF.tower)
    laptop = CLEO._replace(product_id=STAFF.laptop)
    comparison = compared(workspace, page.save())
    assert changes(comparison) == {
        (place(JANUARY, tower), "assigned"): 5_00, (place("2026", laptop), "goal"): 6_00,
    }  # fmt: skip
    row = HEAD + 4
    page.sheet.insert_rows(row)
    for heading, value in (("Person", "Ann"), ("Product", "Abacus"), ("Month 1", 3)):
        page.sheet.cell(row, page.columns[heading]).value = value
    [cause] = causes(compared(workspace, page.save())).values()
    assert cause == "There is no product called Abacus."


def test_the_monthly_sheet_brings_weeks_measures_and_words(workspace: Workspace) -> None:
    path = send(workspace, 1, month=month(2026, 11))
    page = Page(path)
    page.set("Ann", "Week 2", "1,200")
    page.set("Ann", "Target Units sold (pieces)", 3)
    page.set("Bob", "Reason", " =Snow, and\nmore snow ", text=True)
    page.set("Bob", "Countermeasure", 42)
    assert take_back(workspace, page.save()) == 4
    assert targets_of(workspace, 1)["2026-11-W2", ANN] == 1_200_00
    assert targets_of(workspace, 1, code="units") == {("2026-11", ANN): 3_00}
    words = workspace.read(remarks.remarks, parse("2026-11"))
    assert list(words.values()) == [Remark("=Snow, and\nmore snow", "42")]
    assert compared(workspace, path).nothing_to_do


def test_half_a_piece_is_no_target(workspace: Workspace) -> None:
    page = Page(send(workspace, 1, month=month(2026, 11)))
    cell = page.set("Ann", "Target Units sold (pieces)", 3.5)
    comparison = compared(workspace, page.save())
    assert causes(comparison) == {
        cell: "3.5 can't be a target of Units sold, which goes in steps of 1 pieces."
    }


# -- what is refused by cell -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("about 5", "“about 5” is not a number."),
        ("1.005", "“1.005” has more than 2 decimals."),
        (-5, "A target can't be negative."),
        ("(5)", "A target can't be negative."),
        (True, "“TRUE” is not a number."),
        (date(2026, 3, 1), "“2026-03-01” is not a number."),
        ("=1+1", "The formula has no value: open and save the file in Excel first."),
        (1e30, "1e+30 is too large for a target."),
        ("9" * 18, f"{',999' * 6} is too large for a target."[1:]),
    ],
)
@pytest.mark.parametrize("heading", ["Month 1", "Month 3"])  # with a figure, and empty before
def test_a_wrong_cell_is_refused_by_name_and_cause(
    workspace: Workspace, page: Page, typed: Any, cause: str, heading: str
) -> None:
    cell = page.set("Ann", heading, typed)
    page.set("Bob", "Month 1", 5)
    comparison = compared(workspace, page.save())
    assert causes(comparison) == {cell: cause}
    before = targets_of(workspace, 1)
    with pytest.raises(InputError, match="1 cell is wrong"):
        take_back(workspace, page.path)
    assert targets_of(workspace, 1) == before


def test_a_count_of_calls_has_no_half(workspace: Workspace) -> None:
    set_targets(workspace, 1, {place("2026", ANN): 5}, code="calls")
    page = Page(send(workspace, 1, measure_ids=[measure(workspace, "calls").id]))
    half = page.set("Ann", "Month 1", 3.5)
    page.set("Ann", "Month 2", 4.0)
    comparison = compared(workspace, page.save())
    assert causes(comparison) == {half: "“3.5” is not a whole number."}
    assert changes(comparison) == {(place(FEBRUARY, ANN), "assigned"): 4}


def test_a_profit_may_be_negative(workspace: Workspace) -> None:
    page = Page(send(workspace, 1, measure_ids=[measure(workspace, "profit").id]))
    page.set("Ann", "Month 1", "(500)")
    assert changes(compared(workspace, page.save())) == {
        (place(JANUARY, ANN), "assigned"): -500_00,
    }  # fmt: skip


def _duplicate(page: Page) -> str:
    row = page.row("Bob")
    values = page.values(row)
    page.sheet.insert_rows(HEAD + 1)
    for column, value in enumerate(values, 1):
        page.sheet.cell(HEAD + 1, column).value = value
    page.sheet.cell(HEAD + 1, page.columns["Month 1"]).value = 1
    page.sheet.cell(row + 1, page.columns["Month 1"]).value = 2
    return f"C{row + 1}"


def _unknown_person(page: Page) -> str:
    page.sheet.insert_rows(HEAD + 1)
    page.sheet.cell(HEAD + 1, page.columns["Person"]).value = "Nemo"
    page.sheet.cell(HEAD + 1, page.columns["Month 1"]).value = 5
    return f"C{HEAD + 1}"


def _sort_one_column_alone(page: Page) -> str:
    page.cell("Bob", "Person").value = "Cleo"
    return f"C{HEAD + 2}"


def _foreign_id(page: Page) -> str:
    page.cell("Bob", "_rid").value = "Y.99/p3"
    return str(page.sheet.cell(HEAD + 2, page.columns["_rid"]).coordinate)


def _lose_a_column(page: Page) -> str:
    page.sheet.cell(HEAD, page.columns["Month 5"]).value = "May"
    return f"A{HEAD}"


@pytest.mark.parametrize(
    ("meddle", "cause"),
    [
        (_duplicate, "Bob appears twice, in rows 4 and 6."),
        (_unknown_person, "Nobody in this office is called Nemo."),
        (_sort_one_column_alone, "The row belongs to Bob, but it says “Cleo”."),
        (_foreign_id, "“Y.99/p3” isn't a row of this sheet."),
        (_lose_a_column, "The column “Month 5” is missing."),
    ],
)
def test_rows_and_columns_that_can_t_be_placed_are_refused(
    workspace: Workspace, page: Page, meddle: Callable[[Page], str], cause: str
) -> None:
    cell = meddle(page)
    comparison = compared(workspace, page.save())
    assert causes(comparison) == {cell: cause}
    assert comparison.changed == []


def test_what_is_locked_in_the_plan_stays_and_bounds_the_whole(
    workspace: Workspace, page: Page
) -> None:
    with workspace.change("Lock") as change:
        amount = measure(workspace).id
        targets.set_locked(change, 1, amount, "assigned", [place(JANUARY, ANN)], True)
    january = page.set("Ann", "Month 1", 99)
    assert causes(compared(workspace, page.save())) == {january: "This cell is locked in the plan."}
    page.set("Ann", "Month 1", 100)
    year = page.set("Ann", "Assigned task", 99)
    assert causes(compared(workspace, page.save())) == {
        year: "99 is below the 100 that are locked of it."
    }
    page.set("Ann", "Assigned task", 100)
    assert take_back(workspace, page.save()) == 1


def test_errors_can_be_saved_as_a_marked_copy(workspace: Workspace, page: Page) -> None:
    page.set("Ann", "Month 1", "about 5")
    page.set("Bob", "Month 2", -1)
    page.set("Cleo", "Month 3", "=HYPERLINK(1)", text=True)
    comparison = compared(workspace, page.save())
    copy = page.path.with_name("errors.xlsx")
    write_error_copy(page.path, comparison.errors, copy)
    book = openpyxl.load_workbook(copy)
    listed = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert listed[0] == ["Sheet", "Cell", "Cause"]
    assert {(row[1], row[2]) for row in listed[1:]} == {
        (c, t) for c, t in causes(comparison).items()
    }
    sheet: Any = book["Yearly plan"]
    for cell_error in comparison.errors:
        cell = sheet[cell_error.cell]
        assert cell.comment.text == cell_error.cause
        assert cell.fill.start_color.rgb.endswith("F8D7DA")
    assert sheet[comparison.errors[0].cell].value == "about 5"
    right = sheet.cell(page.row("Bob"), page.columns["Month 1"])
    assert (right.value, right.comment) == (100, None)
    assert book.sheetnames == ["Errors", "Yearly plan", "How to fill in", "_salesdesk"]
    assert book["_salesdesk"].sheet_state == "hidden"


# -- three ways ------------------------------------------------------------------------------------


def _set(workspace: Workspace, key: str, value: int | None, who: Any = ANN) -> None:
    trust_everybody(workspace)
    workspace.work_as(STAFF.bob, "Bob")
    set_targets(workspace, 1, {place(key, who): value})
    workspace.work_as(STAFF.max, "Max")


def test_what_only_the_office_changed_stays_as_the_office_has_it(
    workspace: Workspace, page: Page
) -> None:
    _set(workspace, JANUARY, 300_00)
    comparison = compared(workspace, page.path)
    assert changes(comparison) == {}
    assert [
        (difference.base, difference.sheet_value, difference.office_value)
        for difference in comparison.office_changed
    ] == [(100_00, 100_00, 300_00)]
    assert comparison.nothing_to_do
    assert take_back(workspace, page.path, keep="sheet") == 0
    assert targets_of(workspace, 1)[JANUARY, ANN] == 300_00


def test_what_both_changed_alike_is_no_conflict(workspace: Workspace, page: Page) -> None:
    _set(workspace, JANUARY, 300_00)
    page.set("Ann", "Month 1", 300)
    assert compared(workspace, page.save()).nothing_to_do


def test_what_both_changed_otherwise_is_a_conflict_to_be_settled(
    workspace: Workspace, page: Page
) -> None:
    _set(workspace, JANUARY, 300_00)
    _set(workspace, FEBRUARY, 1_00)
    january, february = page.set("Ann", "Month 1", 500), page.set("Ann", "Month 2", 2)
    march = page.set("Ann", "Month 3", 3)
    comparison = compared(workspace, page.save())
    assert [
        (
            difference.cell,
            difference.shown(difference.sheet_value),
            difference.shown(difference.office_value),
        )
        for difference in comparison.conflicts
    ] == [(january, "500", "300"), (february, "2", "1")]
    keys = (JANUARY, FEBRUARY, MARCH)

    def values() -> list[int | None]:
        stored = targets_of(workspace, 1)
        return [stored.get((key, ANN)) for key in keys]

    assert take_back(workspace, page.path) == 1  # the office's way, when nobody says otherwise
    assert values() == [300_00, 1_00, 3_00]
    workspace.undo()
    assert take_back(workspace, page.path, keep="sheet") == 3
    assert values() == [500_00, 2_00, 3_00]
    workspace.undo()
    sheet = comparison.conflicts[0].sheet
    assert (
        take_back(
            workspace, page.path, choices={(sheet, february): "sheet"},
            leave_out=frozenset({(sheet, march)}),
        )
        == 1
    )  # fmt: skip
    assert values() == [300_00, 2_00, None]


def test_an_office_that_changed_since_the_comparison_is_not_overwritten(
    workspace: Workspace, page: Page
) -> None:
    page.set("Ann", "Month 1", 500)
    page.set("Bob", "Month 1", 500)
    comparison = compared(workspace, page.save())
    _set(workspace, JANUARY, 300_00, BOB)
    before = targets_of(workspace, 1)
    with (
        pytest.raises(ConflictError, match="Bob, 2026-01: changed in the office meanwhile"),
        workspace.change("Take back") as change,
    ):
        quota_taking.apply(change, comparison)
    assert targets_of(workspace, 1) == before


def test_taking_back_is_one_change_and_one_undo(workspace: Workspace, page: Page) -> None:
    before = targets_of(workspace, 1)
    for who in ("Ann", "Bob", "Cleo"):
        for number in range(1, 13):
            page.set(who, f"Month {number}", number)
    entries = len(workspace.history())
    assert take_back(workspace, page.save()) == 36
    assert len(workspace.history()) == entries + 1
    assert len(targets_of(workspace, 1)) == 37
    workspace.undo()
    assert targets_of(workspace, 1) == before


# -- what is no quota sheet of this office ---------------------------------------------------------


def _refusal(workspace: Workspace, path: Path) -> str:
    with pytest.raises(WorkbookError) as refusal:
        compared(workspace, path)
    assert path.name in refusal.value.message
    return refusal.value.message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("letter.xlsx", b"Dear colleagues", "isn't a workbook, whatever its name says"),
        ("empty.xlsx", b"", "isn't a workbook, whatever its name says"),
        ("letter.docx", b"PK\x03\x04", "isn't a workbook: .xlsx, .xls, .ods and .csv can be read"),
        ("cut.xlsx", b"PK\x03\x04 and no more", "can't be read as a workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "can't be read"),
        ("list.csv", b"Person,Month 1\nAnn,5\n", "isn't a quota sheet that SalesDesk sent out"),
        ("binary.csv", b"\x00\x01\x02\x00", "isn't a workbook"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(
    workspace: Workspace, name: str, content: bytes, said: str
) -> None:
    path = workspace.path.with_name(name)
    path.write_bytes(content)
    assert said in _refusal(workspace, path)


def test_a_missing_file_is_refused(workspace: Workspace) -> None:
    assert "No such file" in _refusal(workspace, workspace.path.with_name("absent.xlsx"))


def test_a_zip_that_would_swell_to_gigabytes_is_not_opened(workspace: Workspace) -> None:
    path = workspace.path.with_name("bomb.xlsx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 << 20))
    assert path.stat().st_size < 100_000
    assert "too large" in _refusal(workspace, path)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3_001):
            archive.writestr(f"xl/{number}", b"")
    assert "too large" in _refusal(workspace, path)


def test_any_other_workbook_is_no_quota_sheet(workspace: Workspace) -> None:
    path = workspace.path.with_name("other.xlsx")
    openpyxl.Workbook().save(path)
    assert "isn't a quota sheet" in _refusal(workspace, path)


def test_a_damaged_hidden_sheet_is_told(workspace: Workspace, page: Page) -> None:
    page.book["_salesdesk"].delete_rows(3, 2)
    assert "hidden sheet" in _refusal(workspace, page.save())


def test_a_sheet_of_a_newer_version_is_refused(workspace: Workspace, page: Page) -> None:
    page.book["_salesdesk"]["B1"].value = 2
    assert "newer version" in _refusal(workspace, page.save())


def test_a_sheet_of_another_office_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with found(tmp_path / "other") as other:
        employ(other)
        path = send(other, plan_for(other))
    assert "another office" in _refusal(workspace, path)


def test_a_sheet_of_a_deleted_plan_is_refused(workspace: Workspace, page: Page) -> None:
    with workspace.change("Delete") as change:
        plans.delete_plan(change, 1)
    assert "has been deleted" in _refusal(workspace, page.path)
    workspace.undo()
    assert compared(workspace, page.path).nothing_to_do


def test_someone_who_left_keeps_the_row(workspace: Workspace, page: Page) -> None:
    with workspace.change("Leave and rename") as change:
        people.edit_person(change, STAFF.cleo, seen_version=1, left_on=date(2026, 6, 1))
    page.set("Cleo", "Month 2", 5)
    assert changes(compared(workspace, page.save())) == {(place(FEBRUARY, CLEO), "assigned"): 5_00}


def test_places_of_differences_are_those_of_the_plan(workspace: Workspace, page: Page) -> None:
    cell = page.set("Ann", "Own goal", 2_000)
    [difference] = compared(workspace, page.save()).changed
    assert (difference.cell, difference.person, difference.place) == (
        cell,
        "Ann",
        Place(ANN, parse("2026")),
    )
    values = difference.base, difference.sheet_value, difference.office_value
    assert (difference.slot.tier, *values) == ("goal", None, 2_000_00, None)

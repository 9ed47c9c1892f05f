"""A real office program opens, edits, sorts and saves the sheet: it comes back right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.calc.periods import month, parse
from salesdesk.errors import WorkbookError
from salesdesk.planning import remarks
from salesdesk.planning.places import OFFICE, person
from salesdesk.planning.remarks import Remark
from salesdesk.workbooks.reader import read_workbook
from salesdesk.workspace import Workspace
from tests import libreoffice
from tests.libreoffice import (
    Clear,
    CopyRow,
    DeleteColumns,
    InsertColumns,
    InsertRows,
    MoveSheet,
    RenameSheet,
    SetCell,
    SetFormula,
    Sort,
)
from tests.offices import STAFF, place, plan_for, set_targets, staffed_office, targets_of
from tests.workbooks.quota import Page, causes, changes, compared, send, take_back

pytestmark = [pytest.mark.libreoffice, pytest.mark.timeout(180)]
ANN, BOB, CLEO, MAX = (person(one) for one in (STAFF.ann, STAFF.bob, STAFF.cleo, STAFF.max))
FORMATS = (".xlsx", ".xls", ".ods")
SHEET = "Yearly plan"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, with a plan (1) of 100 for everybody in every month."""
    with staffed_office(tmp_path) as opened:
        plan_for(opened)
        months = [f"2026-{number:02}" for number in range(1, 13)]
        set_targets(
            opened, 1,
            {place(key, who): 100_00 for key in months for who in (ANN, BOB, CLEO)}
            | {place("2026", who): 1_200_00 for who in (ANN, BOB, CLEO)},
        )  # fmt: skip
        yield opened


def _back(path: Path) -> list[Path]:
    """The paths of what comes back, one a format."""
    return [path.with_name(f"back{ending}") for ending in FORMATS]


def test_opened_and_saved_it_comes_back_unchanged(workspace: Workspace) -> None:
    path = send(workspace, 1)
    libreoffice.convert(path, _back(path))
    for back in _back(path):
        comparison = compared(workspace, back)
        assert comparison.nothing_to_do, back
        assert comparison.office_changed == []
        assert comparison.new_rows == comparison.missing_rows == []


def test_the_office_program_shows_the_same_sums_as_stand_in_the_file(workspace: Workspace) -> None:
    """Formulas are recalculated there: the values written beside them must be theirs."""
    path = send(workspace, 1)
    changed = path.with_name("changed.xlsx")
    # A changed cell makes it calculate anew; changed back, the sums are those of the start.
    libreoffice.edit(path, [SetCell(SHEET, "F4", 7), SetCell(SHEET, "F4", 100)], changed)
    ours, theirs = (
        next(sheet for sheet in read_workbook(each) if sheet.name == SHEET)
        for each in (path, changed)
    )
    for row in range(3, 9):
        assert [ours.cell(row, n) for n in range(1, 23)] == [
            theirs.cell(row, n) for n in range(1, 23)
        ]


def test_a_sheet_changed_sorted_and_added_to_comes_back_right_in_every_format(
    workspace: Workspace,
) -> None:
    path = send(workspace, 1)
    # Rows 4 to 6 are Ann, Bob and Cleo; F to H are the first three months, column X the ids.
    edits: list[libreoffice.Operation] = [
        SetCell(SHEET, "F4", 150),
        SetCell(SHEET, "G4", "１，２００"),
        SetCell(SHEET, "H4", "1.2万"),
        SetCell(SHEET, "F5", 100.25),
        Clear(SHEET, "G5:G5"),
        SetFormula(SHEET, "H5", "=F5*2+0.5"),
        SetCell(SHEET, "E6", "2,000元"),
        Sort(SHEET, "A4:X6", 2, descending=True),
        # A comment and a new row among them.
        InsertRows(SHEET, 5, 2),
        SetCell(SHEET, "A5", "the figures below are Bob's last word"),
        SetCell(SHEET, "C6", "Max"),
        SetCell(SHEET, "F6", 10),
        InsertColumns(SHEET, 4),
        RenameSheet(SHEET, "计划 (copy)"),
        MoveSheet("计划 (copy)", 2),
    ]
    libreoffice.edit(path, edits, _back(path))
    before = targets_of(workspace, 1)
    for back in _back(path):
        comparison = compared(workspace, back)
        assert comparison.errors == [], back
        assert changes(comparison) == {
            (place("2026-01", ANN), "assigned"): 150_00,
            (place("2026-02", ANN), "assigned"): 1_200_00,
            (place("2026-03", ANN), "assigned"): 12_000_00,
            (place("2026-01", BOB), "assigned"): 100_25,
            (place("2026-03", BOB), "assigned"): 201_00,
            (place("2026", CLEO), "goal"): 2_000_00,
            (place("2026-01", MAX), "assigned"): 10_00,
        }, back
        assert [odd_row.person for odd_row in comparison.new_rows] == ["Max"]
        assert comparison.missing_rows == []
        assert take_back(workspace, back) == 7
        assert compared(workspace, back).nothing_to_do
        workspace.undo()
        assert targets_of(workspace, 1) == before


def test_what_is_wrong_is_named_by_the_cell_it_stands_in(workspace: Workspace) -> None:
    path = send(workspace, 1)
    edits: list[libreoffice.Operation] = [
        SetCell(SHEET, "F4", "about 5"),
        SetFormula(SHEET, "G4", "=1/0"),
        SetCell(SHEET, "H4", -1),
        InsertRows(SHEET, 7),
        CopyRow(SHEET, 5, 7),
        SetCell(SHEET, "F5", 1),
        SetCell(SHEET, "F7", 2),
    ]
    libreoffice.edit(path, edits, _back(path))
    for back in _back(path):
        found = causes(compared(workspace, back))
        assert set(found) == {"F4", "G4", "H4", "C7"}, back
        assert found["F4"] == "“about 5” is not a number."
        assert found["G4"] == "The cell shows the error #DIV/0!."
        assert found["H4"] == "A target can't be negative."
        assert found["C7"] == "Bob appears twice, in rows 5 and 7."


def test_a_sheet_without_ids_and_with_own_lines_comes_back_in_every_format(
    workspace: Workspace,
) -> None:
    path = send(workspace, 1)
    edits: list[libreoffice.Operation] = [
        SetCell(SHEET, "F4", 150),
        SetCell(SHEET, "G4", "－"),
        Clear(SHEET, "H4:H6"),
        SetCell(SHEET, "C10", "合计"),
        SetFormula(SHEET, "F10", "=SUM(F4:F6)"),
        DeleteColumns(SHEET, 24),  # the ids
        InsertRows(SHEET, 1),
        MoveSheet(SHEET, 2),
    ]
    backs = _back(path)
    libreoffice.edit(path, edits, backs)
    for back in backs:
        comparison = compared(workspace, back)
        assert comparison.errors == [], back
        assert changes(comparison) == {(place("2026-01", ANN), "assigned"): 150_00}
        assert [d.place for d in comparison.deletions] == [place("2026-02", ANN)]
        assert [notice.cell for notice in comparison.told("skipped")] == ["C11"]
        assert comparison.missing_rows == []


def test_saved_as_text_or_alone_in_a_new_workbook_it_comes_back(workspace: Workspace) -> None:
    path = send(workspace, 1)
    csv = path.with_name("alone.csv")  # one sheet, no hidden one, figures as they are shown
    libreoffice.edit(path, [SetCell(SHEET, "F4", 1500), SetCell(SHEET, "H6", "Delete")], csv)
    alone = path.with_name("alone.xlsx")
    libreoffice.edit(csv, [RenameSheet("alone", "年度 张三")], alone)
    for back in (csv, alone):
        comparison = compared(workspace, back)
        assert (comparison.errors, comparison.missing_rows) == ([], [])
        assert changes(comparison) == {(place("2026-01", ANN), "assigned"): 1_500_00}
        assert [d.place for d in comparison.deletions] == [place("2026-03", CLEO)]


def test_the_monthly_sheet_comes_back_with_weeks_and_words(workspace: Workspace) -> None:
    path = send(workspace, 1, month=month(2026, 11))
    sheet = "Month 11 plan"
    page = Page(path)
    week = page.cell("Bob", "Week 2").coordinate
    reason = page.cell("Bob", "Reason").coordinate
    edits: list[libreoffice.Operation] = [
        SetCell(sheet, week, 40),
        SetCell(sheet, reason, "下雪, =all week"),
        Sort(sheet, f"A4:{page.cell('Cleo', '_rid').coordinate}", 2, descending=True),
    ]
    libreoffice.edit(path, edits, _back(path))
    for back in _back(path):
        assert take_back(workspace, back) == 2, back
        assert targets_of(workspace, 1)["2026-11-W2", BOB] == 40_00
        words = workspace.read(remarks.remarks, parse("2026-11"))
        assert list(words.values()) == [Remark("下雪, =all week", "")]
        assert OFFICE not in {who for _plan, _measure, who in words}
        workspace.undo()


def test_a_workbook_protected_by_a_password_is_refused(workspace: Workspace) -> None:
    path = send(workspace, 1)
    # LibreOffice writes no encrypted .xlsx from a macro; the old format renamed is refused too.
    locked = [path.with_name("locked.ods"), path.with_name("locked.xls")]
    libreoffice.edit(path, [], locked, password="secret")
    for one in locked:
        with pytest.raises(WorkbookError, match="protected by a password"):
            compared(workspace, one)
    renamed = path.with_name("locked.xlsx")
    shutil.copy(locked[1], renamed)
    with pytest.raises(WorkbookError, match=r"locked\.xlsx"):
        compared(workspace, renamed)

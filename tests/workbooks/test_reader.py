"""Workbooks are read as plain values, and written whole or not at all."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from salesdesk.errors import SalesDeskError, WorkbookError, WriteError
from salesdesk.workbooks.foreign import limits
from salesdesk.workbooks.reader import cell_name, read_workbook, text_of
from salesdesk.workbooks.writer import TEXT, Book, Look
from salesdesk.workspace import Workspace
from tests import libreoffice
from tests.libreoffice import SetFormula
from tests.offices import place, plan_for, set_targets, staffed_office
from tests.workbooks.mutated import mutate
from tests.workbooks.quota import send, take_back

PLAIN = Look()


def unread_cells(path: Path, sheet_name: str) -> Mapping[tuple[int, int], str]:
    """The cells of a sheet that only read as empty."""
    return {sheet.name: sheet.unread for sheet in read_workbook(path)}.get(sheet_name, {})


def _written(tmp_path: Path, *rows: list[Any], name: str = "book.xlsx") -> Path:
    book = Book("A book")
    sheet = book.sheet("Data")
    for number, row in enumerate(rows, 1):
        sheet.row(number, row, PLAIN)
    book.save(tmp_path / name)
    return tmp_path / name


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_files_are_read_in_the_encodings_and_separators_in_use(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(f"姓名{separator}电话\r\n张三{separator}13800001111\r\n".encode(encoding))
    [sheet] = read_workbook(path)
    assert sheet.rows == [["姓名", "电话"], ["张三", "13800001111"]]


def test_a_text_file_in_no_known_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xff\xff\xff")
    with pytest.raises(WorkbookError, match="neither UTF-8 nor GB18030"):
        read_workbook(path)


def test_cells_outside_a_sheet_are_empty(tmp_path: Path) -> None:
    [sheet] = read_workbook(_written(tmp_path, ["a", 1], [None, 2.5]))
    assert [sheet.cell(*at) for at in ((0, 0), (0, 1), (1, 0), (1, 1), (9, 0), (0, 9))] == [
        "a", 1, "", 2.5, "", "",
    ]  # fmt: skip


def test_a_sheet_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.cell(1, limits.MAX_COLUMNS + 1).value = 1
    book.save(path)
    with pytest.raises(WorkbookError, match=r"too large: it reaches to row 1 and column 1001\."):
        read_workbook(path)


@pytest.mark.parametrize("lie", [False, True])
def test_a_stray_cell_in_the_last_corner_doesn_t_fill_the_memory(tmp_path: Path, lie: bool) -> None:
    path = tmp_path / "stray.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["A1"], sheet["XFD1048576"] = 1, " "
    book.save(path)
    if lie:  # what a sheet says of itself isn't believed of a small one
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part.replace(b"A1:XFD1048576", b"A1:A1"))
    with pytest.raises(
        WorkbookError, match=r"too large: it reaches to row 1048576 and column 16384\."
    ):
        read_workbook(path)


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (5.25, "5.25"), (True, "TRUE"), (" a\u3000b\u00a0", "a b"),
     (date(2026, 11, 23), "2026-11-23"), (datetime(2026, 11, 23, 9), "2026-11-23T09:00:00")],
)  # fmt: skip
def test_a_value_is_shown_as_a_person_would_type_it(value: Any, text: str) -> None:
    assert text_of(value) == text


@given(st.integers(0, 20_000), st.integers(0, 16_383))
def test_cells_are_named_as_the_office_programs_do(row: int, column: int) -> None:
    expected = f"{openpyxl.utils.get_column_letter(column + 1)}{row + 1}"
    assert cell_name(row, column) == expected


# -- cells that only read as empty -----------------------------------------------------------------


def test_formulas_nobody_calculated_are_found(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["=1+1", 5, None, "text"])
    sheet["AB3"] = "=A1"
    book.save(path)
    assert unread_cells(path, "Sheet") == {(0, 0): "", (2, 27): ""}
    assert unread_cells(path, "Other") == {}


def test_formulas_with_their_values_are_read(tmp_path: Path) -> None:
    book = Book("A book")
    sheet = book.sheet("Data")
    sheet.formula(1, 1, "=1+1", Decimal(2), PLAIN)
    sheet.formula(1, 2, '=""', "", PLAIN)
    book.save(tmp_path / "book.xlsx")
    assert unread_cells(tmp_path / "book.xlsx", "Data") == {}
    assert read_workbook(tmp_path / "book.xlsx")[0].cell(0, 0) == 2


@pytest.mark.libreoffice
@pytest.mark.timeout(180)
def test_errors_are_found_in_every_format(tmp_path: Path) -> None:
    # Enough rows that the old format's streams are of their usual size.
    path = _written(tmp_path, *([f"row {number}", number] for number in range(300)))
    edits: list[libreoffice.Operation] = [
        SetFormula("Data", "D2", "=1/0"), SetFormula("Data", "AA250", "=NA()"),
        SetFormula("Data", "C1", '=""'), SetFormula("Data", "C3", "=foo()"),
        SetFormula("Data", "C4", "=B4"),
    ]  # fmt: skip
    outs = [tmp_path / f"out{ending}" for ending in (".xlsx", ".ods", ".xls")]
    libreoffice.edit(path, edits, outs)
    for out in outs:
        cells = unread_cells(out, "Data")
        assert cells == {(1, 3): "#DIV/0!", (249, 26): "#N/A", (2, 2): "#NAME?"}, out
        assert unread_cells(out, "Other") == {}


# -- writing ---------------------------------------------------------------------------------------


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["=1+1", "+86 138", "-5", "@me", "=HYPERLINK(1)"]]
    path = _written(tmp_path, *rows)
    [sheet] = read_workbook(path)
    assert list(sheet.rows[0]) == rows[0]
    cells: Any = openpyxl.load_workbook(path).worksheets[0]
    assert {cell.data_type for cell in cells[1]} == {"s"}
    assert all(cell.quotePrefix for cell in cells[1])


def test_what_a_cell_can_t_hold_is_left_out(tmp_path: Path) -> None:
    [sheet] = read_workbook(_written(tmp_path, ["a\x00b\x1fc", "x" * 40_000]))
    assert sheet.cell(0, 0) == "a b c"
    assert len(str(sheet.cell(0, 1))) == 32_000


def test_sheets_get_names_a_workbook_can_have(tmp_path: Path) -> None:
    book = Book("A book")
    names = [book.sheet(name).name for name in ("a/b:c?", "a/b:c?", "", "x" * 40, "'quoted'")]
    assert names == ["a b c", "a b c2", "Sheet", "x" * 28, "quoted"]
    book.save(tmp_path / "book.xlsx")
    assert [sheet.name for sheet in read_workbook(tmp_path / "book.xlsx")] == names


def test_numbers_and_dates_are_kept_as_such(tmp_path: Path) -> None:
    [sheet] = read_workbook(
        _written(tmp_path, [Decimal("1.25"), Decimal(3), date(2026, 11, 23), None])
    )
    assert list(sheet.rows[0])[:3] == [1.25, 3, date(2026, 11, 23)]


def test_a_workbook_that_can_t_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = _written(tmp_path, ["old"])
    book = Book("A book")
    book.sheet("Data").put(1, 1, "new", Look(format=TEXT))
    with pytest.raises(WriteError, match="can't be written"):
        book.save(tmp_path / "missing" / "book.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(WriteError, match="can't be written"):
        book.save(tmp_path / "folder.xlsx")
    assert read_workbook(path)[0].cell(0, 0) == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx", "folder.xlsx"]


# -- damaged files ---------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office with a plan (1)."""
    with staffed_office(tmp_path) as opened:
        plan_for(opened)
        set_targets(opened, 1, {place("2026"): 1_00})
        yield opened


def _targets(db: Connection) -> list[Any]:
    return list(db.execute(text("SELECT * FROM target ORDER BY id")))


def _take_back_damaged(workspace: Workspace, count: int) -> None:
    """Take back ``count`` damaged copies of a quota sheet: each wholly or not at all."""
    path = send(workspace, 1)
    content, chance = path.read_bytes(), random.Random(count)
    before = workspace.read(_targets)
    assert before
    for _number in range(count):
        path.write_bytes(mutate(content, chance))
        last = workspace.history(limit=1)
        with suppress(SalesDeskError):
            take_back(workspace, path, keep="sheet")
        if workspace.history(limit=1) != last:
            workspace.undo()
        assert workspace.read(_targets) == before


@pytest.mark.timeout(300)
def test_damaged_quota_sheets_are_taken_wholly_or_not_at_all(workspace: Workspace) -> None:
    _take_back_damaged(workspace, 60)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_damaged_quota_sheets_are_taken_wholly_or_not_at_all(workspace: Workspace) -> None:
    _take_back_damaged(workspace, 1_000)

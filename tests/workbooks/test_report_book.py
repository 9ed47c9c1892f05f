"""The monthly report as a workbook: the page's rows as numbers, ready to print."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesdesk.calc import periods
from salesdesk.reports import kinds, layout
from salesdesk.reports.layout import Cell, Report
from salesdesk.reports.monthly import MONTHLY
from salesdesk.workbooks import report_book
from salesdesk.workspace import Workspace
from tests.sample import sample_office


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """October of the small office."""
    sample = sample_office(tmp_path_factory.mktemp("office") / "sample.office")
    with Workspace.open(sample.path) as workspace:
        figures = workspace.read(
            kinds.read, MONTHLY, periods.month(2026, 10), today=date(2026, 11, 2)
        )
    return kinds.report(figures)


@pytest.fixture
def written(report: Report, tmp_path: Path) -> Path:
    """The report as a workbook."""
    path = tmp_path / "report.xlsx"
    report_book.write(report, path)
    return path


def _cells(report: Report) -> Iterator[Cell]:
    for section in report.sections:
        for table in section.tables:
            for row in table.rows:
                yield from (cell for cell in row if isinstance(cell, Cell))
        for _name, cells in section.chart.series if section.chart else ():
            yield from cells


def _row_of(sheet: Any, name: str) -> list[Any]:
    return next(list(row) for row in sheet.iter_rows() if row[0].value == name)


def test_figures_are_numbers_in_the_format_of_the_page(written: Path) -> None:
    sheet = openpyxl.load_workbook(written).worksheets[0]
    row = _row_of(sheet, "Sales amount (yuan)")
    assert [cell.value for cell in row if cell.value is not None] == [
        "Sales amount (yuan)", 400_000, 450_000, 400_000, 1, 0, "On track",
    ]  # fmt: skip
    formats = [cell.number_format for cell in row if isinstance(cell.value, int | float)]
    assert formats == ["#,##0", "#,##0", "#,##0", "#,##0.0%", "#,##0"]
    product = _row_of(sheet, "商用笔记本")
    values = [cell.value for cell in product if cell.value is not None]
    assert values == ["商用笔记本", 60, 300_000, 5_000, 264_000, 36_000, 0.12]


def test_every_value_shown_in_its_format_is_the_text_of_the_page(report: Report) -> None:
    figures_seen = 0
    for cell in _cells(report):
        if cell.value is None:
            continue
        figures_seen += 1
        scaled = Fraction(cell.value) * (100 if cell.style in ("percent", "growth") else 1)
        exact = Decimal(scaled.numerator) / scaled.denominator
        text = f"{exact.quantize(Decimal(1).scaleb(-cell.decimals), ROUND_HALF_UP):,}"
        assert text == cell.text.rstrip("%").lstrip("+")
    assert figures_seen > 40


def test_amounts_in_ten_thousands_keep_what_the_page_rounds_away() -> None:
    cell = layout.money_cell(123_456_789, in_wan=True)
    assert (cell.text, cell.value) == ("123.46", Decimal("123.456789"))
    assert report_book.number_format(cell) == "#,##0.00"


def test_the_chart_is_drawn_from_the_figures_beside_it(written: Path) -> None:
    sheet: Any = openpyxl.load_workbook(written).worksheets[0]
    (chart,) = sheet._charts
    october = _row_of(sheet, "Month 10")
    assert [cell.value for cell in october[1:3]] == [400_000, 400_000]
    top = _row_of(sheet, "Month 1")[0].row
    name = f"'{sheet.title}'"
    assert [series.val.numRef.f for series in chart.series] == [
        f"{name}!$B${top}:$B${top + 11}", f"{name}!$C${top}:$C${top + 11}",
    ]  # fmt: skip


def test_a_section_left_out_of_the_page_is_left_out_of_the_workbook(
    report: Report, tmp_path: Path
) -> None:
    shorter = dataclasses.replace(
        report, sections=[section for section in report.sections if section.code != "products"]
    )
    report_book.write(shorter, tmp_path / "shorter.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "shorter.xlsx").worksheets[0]
    headings = {row[0].value for row in sheet.iter_rows()}
    assert "People" in headings
    assert "Products" not in headings


def test_long_remarks_wrap_in_rows_high_enough(report: Report, tmp_path: Path) -> None:
    words = "客户推迟到下个季度才决定，预算还没有批下来。" * 8
    columns = [
        layout.Column("Name", 1.2, "left"), layout.Column("Measure", 1.2, "left"),
        layout.Column("Reason", 3, "left"), layout.Column("Countermeasure", 3, "left"),
    ]  # fmt: skip
    table = layout.Table(columns, [["张三", "Profit", words, "short"]])
    section = layout.Section("remarks", "Remarks", [table])
    report_book.write(dataclasses.replace(report, sections=[section]), tmp_path / "long.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx").worksheets[0]
    row = _row_of(sheet, "张三")
    assert row[2].alignment.wrap_text
    # 176 characters of double width over four columns of about 11 make nine lines.
    assert float(sheet.row_dimensions[row[0].row].height or 0) > 8 * 15


def test_a_table_wider_than_the_grid_widens_it(report: Report, tmp_path: Path) -> None:
    columns = [layout.Column(f"C{n}", 1) for n in range(13)]
    table = layout.Table(columns, [[layout.count_cell(n) for n in range(13)]])
    section = layout.Section("wide", "Wide", [table])
    report_book.write(dataclasses.replace(report, sections=[section]), tmp_path / "wide.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "wide.xlsx").worksheets[0]
    assert [cell.value for cell in _row_of(sheet, "C0")] == [f"C{n}" for n in range(13)]
    assert "$M$" in str(sheet.print_area)


def test_it_prints_on_upright_a4_one_page_wide_with_lines_to_sign(written: Path) -> None:
    sheet = openpyxl.load_workbook(written).worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    last = [cell.value for cell in list(sheet.iter_rows())[-1] if cell.value]
    assert last == ["Prepared by:", "Checked by:", "Approved by:"]
    assert f"$J${sheet.max_row}" in str(sheet.print_area)


@pytest.mark.libreoffice
@pytest.mark.timeout(180)
def test_an_office_program_shows_the_texts_of_the_page(written: Path, tmp_path: Path) -> None:
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(written)],
        check=True, capture_output=True, timeout=150,
    )  # fmt: skip
    pdf = written.with_suffix(".pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    line = next(line for line in text.splitlines() if "张三" in line)
    assert line.split()[:7] == ["1", "张三", "East", "250,000", "350,000", "140.0%", "100,000"]


def test_a_new_page_begins_between_sections_never_within_one(
    report: Report, tmp_path: Path
) -> None:
    columns = [layout.Column("Name", 2, "left"), layout.Column("Count", 1)]
    rows: list[list[Cell | str]] = [[f"N{n}", layout.count_cell(n)] for n in range(14)]
    sections = [
        layout.Section(f"s{n}", f"Section {n}", [layout.Table(columns, rows)]) for n in range(9)
    ]
    report_book.write(dataclasses.replace(report, sections=sections), tmp_path / "long.xlsx")
    sheet: Any = openpyxl.load_workbook(tmp_path / "long.xlsx").worksheets[0]
    below = [str(sheet.cell(one.id + 1, 1).value) for one in sheet.row_breaks.brk]
    assert len(below) >= 2
    assert all(text.startswith("Section ") for text in below)

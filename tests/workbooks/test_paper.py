"""How sheets lie on paper: no smaller than 8 points, nothing cut, in a real office program."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc.periods import descendants, parse
from salesdesk.customers import customers
from salesdesk.planning.places import OFFICE, Place, person
from salesdesk.sales import products
from salesdesk.workbooks import customer_list, paper, quota_sheet, record_list
from salesdesk.workbooks.writer import FONT_SIZE
from salesdesk.workspace import Workspace
from tests import libreoffice
from tests.offices import STAFF, plan_for, set_targets, staffed_office


def _year(workspace: Workspace, path: Path, amount: int) -> None:
    plan_id = plan_for(workspace)
    months = descendants(parse("2026"), "month")
    values: dict[Place, int | None] = {Place(OFFICE, parse("2026")): 40 * amount}
    for who in (STAFF.ann, STAFF.bob, STAFF.cleo):
        values[Place(person(who), parse("2026"))] = 13 * amount
        values.update({Place(person(who), one): amount for one in months})
    set_targets(workspace, plan_id, values)
    quota_sheet.export(workspace, plan_id, path)


def _customers(workspace: Workspace, path: Path) -> None:
    with workspace.change("Customers") as change:
        for number in range(3):
            customers.add(
                change, name=f"Customer {number}", company="Longwood Brothers and Company",
                phones="13800138000、0551-62345678", needs="three rooms, south, quiet " * 6,
                note="heard of us by Ms Summers " * 3,
            )  # fmt: skip
    customer_list.write(workspace, path)


def _products(workspace: Workspace, path: Path) -> None:
    with workspace.change("Products") as change:
        for number in range(3):
            products.add_product(
                change, f"Customer {number} of Longwood Brothers and Company's finest",
                price=98_765_432_00,
            )  # fmt: skip
    record_list.write(workspace, products.KIND, path)


@pytest.mark.parametrize(
    "write",
    [
        lambda workspace, path: _year(workspace, path, 150_000_00),
        lambda workspace, path: _year(workspace, path, 98_765_432_00),
        _customers,
        _products,
    ],
    ids=["year", "hundreds of millions", "customers", "products"],
)
def test_what_is_printed_can_be_read(
    tmp_path: Path, write: Callable[[Workspace, Path], None]
) -> None:
    path, pdf = tmp_path / "book.xlsx", tmp_path / "book.pdf"
    with staffed_office(tmp_path) as workspace:
        write(workspace, path)
    libreoffice.convert(path, pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "###" not in text
    assert min(_sizes(pdf)) >= 7.9
    sheet = openpyxl.load_workbook(path).worksheets[0]
    pages_wide = len(sheet.col_breaks.brk) + 1
    for page in text.split("\f")[:pages_wide]:
        assert "Ann" in page or "Customer" in page  # the names stand on each page


def test_rows_of_the_customer_list_are_as_high_as_their_words(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace, workspace.change("Customers") as change:
        customers.add(change, name="Short", phones="13800138000", needs="=three rooms")
        customers.add(change, name="Long", phones="13800138001", needs="three rooms, south, " * 6)
        customers.add(change, name="Endless", phones="13800138002", needs="a\n" * 200)
    with Workspace.open(workspace.path) as again:
        customer_list.write(again, tmp_path / "book.xlsx")
    [sheet] = openpyxl.load_workbook(tmp_path / "book.xlsx")
    rows: dict[Any, Any] = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    heights = {name: sheet.row_dimensions[row[0].row].height for name, row in rows.items()}
    assert heights["Short"] is None
    assert heights["Long"] == 60
    assert heights["Endless"] == 405  # Excel takes no more than 409
    assert rows["Long"][0].alignment.vertical == "top"
    assert rows["Short"][8].value == "=three rooms"
    assert rows["Short"][8].data_type == "s"
    assert rows["Long"][10].is_date


def _sizes(pdf: Path) -> list[float]:
    """The sizes of all letters printed, in points."""
    xml = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", "-zoom", "3", pdf],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    fonts = re.findall(r'id="(\d+)" size="([\d.]+)"', xml)
    sizes = {number: float(size) / 3 for number, size in fonts}  # 3 is the largest zoom there is
    return [sizes[number] for number in re.findall(r'<text [^>]*font="(\d+)"', xml)]


@given(
    st.lists(st.floats(5, 40), min_size=1, max_size=40),
    st.integers(0, 4),
    st.sets(st.integers(1, 40)),
    st.booleans(),
)
def test_every_column_stands_on_one_page_and_none_is_too_small(
    widths: list[float], naming: int, breaks: set[int], portrait: bool
) -> None:
    naming = min(naming, len(widths) - 1)
    layout = paper.layout(widths, naming=naming, breaks=sorted(breaks), portrait=portrait)
    assert paper.SMALLEST <= layout.scale <= 100
    assert list(layout.starts) == sorted(set(layout.starts))
    assert all(naming < start <= len(widths) for start in layout.starts)
    assert FONT_SIZE * paper.SMALLEST >= 800


def test_a_year_breaks_in_halves() -> None:
    widths = [5.0, 12, 12, 14, 14, *[11.0, 11, 11, 12] * 4, 13, 12]
    layout = paper.layout(widths, naming=3, breaks=[4, 6, 10, 14, 18])
    assert layout.starts == (14,)
    assert paper.layout([10.0] * 5, portrait=True) == paper.Layout(False, 100)
    assert paper.layout([10.0] * 11, portrait=True).landscape

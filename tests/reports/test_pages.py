"""The printed pages hold together: nothing runs into its neighbour, long lists run on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from salesdesk.reports import charts, documents
from salesdesk.reports.layout import Cell, Chart, Column, Report, Section, Table
from salesdesk.text import set_language

_WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)
#: A4 less its margins of 15 mm, in points.
LEFT, RIGHT = 42.5, 595.3 - 42.5


@dataclass(frozen=True)
class Word:
    """A word on paper and the box it fills, in points."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str


def words(sections: Sequence[Section], folder: Path) -> list[Word]:
    """Every word of a printed report and where it stands."""
    report = Report(
        "Report", "Of nobody", "Office", "Made today", sections, "Report",
        ["Prepared by", "Checked by", "Approved by"],
    )  # fmt: skip
    path = folder / "report.pdf"
    path.write_bytes(documents.pdf("report", report.data()))
    text = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    return [
        Word(page, float(left), float(top), float(right), float(bottom), word)
        for page, part in enumerate(text.split("<page ")[1:], 1)
        for left, top, right, bottom, word in _WORD.findall(part)
    ]


def wide_table(rows: int, value: str) -> Table:
    """A ranking of so many people with nine figures each."""
    titles = ("Attainment", "Difference", "Month on month", "Year on year", "Actual")
    columns = [Column("Rank", 0.6, "center"), Column("Name", 1.2, "left")]
    columns += [Column(title, 1.0) for title in titles]
    return Table(
        columns,
        [
            [str(number), f"Person{number}", *(Cell(value, Decimal(1)) for _one in titles)]
            for number in range(1, rows + 1)
        ],
    )


def overlapping(found: Sequence[Word]) -> list[tuple[str, str]]:
    """Pairs of words in a line of which one begins before the other ends."""
    ordered = sorted(found, key=lambda word: (word.page, round(word.top), word.left))
    return [
        (word.text, other.text)
        for word, other in pairwise(ordered)
        if (word.page, round(word.top)) == (other.page, round(other.top))
        and other.left < word.right - 0.5
    ]


@pytest.mark.parametrize("value", ["1", "+1,450.9%", "123,456,789.00", "12,345,678,901.00"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_figure_or_heading_runs_into_the_next_column(
    value: str, language: str, tmp_path: Path
) -> None:
    set_language(language)
    found = words([Section("people", "People", [wide_table(5, value)])], tmp_path)
    assert sum(word.text == value for word in found) >= 5
    assert overlapping(found) == []
    assert all(word.left >= LEFT and word.right <= RIGHT for word in found)


def test_five_hundred_people_run_on_under_repeated_headings(tmp_path: Path) -> None:
    found = words([Section("people", "People", [wide_table(500, "+12.3%")])], tmp_path)
    pages = max(word.page for word in found)
    assert pages > 5
    for page in range(1, pages + 1):
        assert sum(word.page == page and word.text == "Attainment" for word in found) == 1
    named = [word.text for word in found if word.text.startswith("Person")]
    assert named == [f"Person{number}" for number in range(1, 501)]


def test_a_long_list_of_few_columns_runs_through_three_columns_of_text(tmp_path: Path) -> None:
    rows: list[list[Cell | str]] = [
        [f"欧阳{number}", Cell("3", Decimal(3))] for number in range(300)
    ]
    table = Table([Column("Name", 2, "left"), Column("Customers", 1)], rows)
    found = words([Section("customers", "Customers", [table])], tmp_path)
    assert max(word.page for word in found) <= 3
    assert len([word for word in found if word.text.startswith("欧阳")]) == 300
    assert overlapping(found) == []


def test_a_heading_never_stands_at_the_foot_without_rows(tmp_path: Path) -> None:
    for rows in range(28, 44):
        found = words(
            [
                Section("teams", "First", [wide_table(rows, "1")]),
                Section("people", "Second", [wide_table(40, "2")]),
            ],
            tmp_path,
        )
        (heading,) = (word for word in found if word.text == "Second")
        below = {
            round(word.top)
            for word in found
            if word.text == "2" and word.page == heading.page and word.top > heading.top
        }
        assert len(below) >= 3


def test_lines_to_sign_stand_below_rows_on_the_same_page(tmp_path: Path) -> None:
    for rows in range(1, 60):
        table = Table([Column("Measure", 2, "left"), Column("Target", 1)], [["x", "y"]] * 6)
        found = words(
            [
                Section("people", "People", [wide_table(rows, "1")]),
                Section("next", "Next", [table]),
            ],
            tmp_path,
        )
        (signed,) = (word for word in found if word.text == "Prepared")
        assert any(word.text == "y" and word.page == signed.page for word in found)


def test_an_empty_section_says_so_once(tmp_path: Path) -> None:
    empty = Table([Column("Name", 2, "left"), Column("Count", 1)], [])
    found = words(
        [
            Section("customers", "Customers", [empty, empty, empty]),
            Section("year", "Year", []),
        ],
        tmp_path,
    )
    assert [word.text for word in found].count("Nothing") == 2
    assert "Count" not in {word.text for word in found}


def test_no_bar_is_higher_than_the_axis_and_its_marks_differ() -> None:
    for values in ([537.2], [0.3, 0.7], [4_190.16, 3_829.4], [-132.1, 20.0], [5e9], []):
        marks, digits = charts.scale(values)
        shown = [f"{mark:.{digits}f}" for mark in marks]
        assert len(set(shown)) == len(shown)
        assert 0 in marks
        assert marks[0] <= min(values, default=0)
        assert marks[-1] >= max(values, default=0)


def test_the_chart_carries_chinese_names_of_months(tmp_path: Path) -> None:
    cells = [Cell("1", Decimal(1)), Cell("2", Decimal(2))]
    chart = Chart("月份", ["十一月", "十二月"], [("目标", cells), ("实际", cells)])
    found = words([Section("year", "Year", [], "", chart)], tmp_path)
    assert {"十一月", "十二月", "目标", "实际"} <= {word.text for word in found}

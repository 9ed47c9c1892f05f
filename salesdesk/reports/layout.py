"""What reports are laid out from: sections, tables and cells with a text and the value behind it.

A cell holds both, so that the page shows the text and the workbook gets the number: nothing is
ever read back from a text. One report is printed through a typst template (documents.py) and
written to Excel (workbooks/report_book.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from salesdesk.calc.money import format_number, format_percent, format_wan, to_decimal
from salesdesk.office.measures import Measure
from salesdesk.reports import charts
from salesdesk.text import _

#: How a value is written: as a number, as a share in per cent, or as growth in per cent with sign.
Style = Literal["number", "percent", "growth"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, and the value behind it where it is a figure.

    ``value`` is in the unit the text is in (万元 where the office shows those), exact, with
    ``decimals`` of it shown; ``status`` (see :data:`lines.STATUSES`) colours the cell.
    """

    text: str
    value: Decimal | Fraction | None = None
    style: Style = "number"
    decimals: int = 0
    status: str = ""

    def shown(self) -> str | list[str]:
        """What the template reads: the text, or text and status where it is coloured."""
        return [self.text, self.status] if self.status else self.text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report's table; ``width`` in parts of the page.

    An ``optional`` one is left out of a report where no row says anything in it.
    """

    title: str
    width: float
    align: str = "right"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a section; a cell of mere words may be a plain text."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | str]]

    def trimmed(self) -> Table:
        """The table without the optional columns in which no row says anything."""
        kept = [
            place
            for place, column in enumerate(self.columns)
            if not column.optional or any(_says(row[place]) for row in self.rows)
        ]
        return Table(
            [self.columns[place] for place in kept],
            [[row[place] for place in kept] for row in self.rows],
        )

    def data(self) -> dict[str, Any]:
        """What the typst template reads."""
        return {
            "columns": [
                {"title": column.title, "width": column.width, "align": column.align}
                for column in self.columns
            ],
            "rows": [
                [one if isinstance(one, str) else one.shown() for one in row] for row in self.rows
            ],
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side: a label for each group, and each series' cells (no value: no bar)."""

    heading: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[Cell]]]

    def svg(self) -> str:
        """The chart as a picture."""
        return charts.bars(
            self.labels,
            [
                (name, [None if cell.value is None else float(cell.value) for cell in cells])
                for name, cells in self.series
            ],
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report; without tables and chart it says that there is nothing to report."""

    code: str
    title: str
    tables: Sequence[Table]
    note: str = ""
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report ready to be laid out; ``name`` is that of its kind, ``sign`` who signs it."""

    title: str
    subtitle: str
    office: str
    made: str
    sections: Sequence[Section]
    name: str = ""
    sign: Sequence[str] = ()

    def data(self) -> dict[str, Any]:
        """What the typst template reads."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "office": self.office,
            "made": self.made,
            "texts": {**page_texts(), "sign": list(self.sign)},
            "sections": [
                {
                    "title": section.title,
                    "note": section.note,
                    "chart": section.chart.svg() if section.chart else None,
                    "tables": [table.data() for table in section.tables],
                }
                for section in self.sections
            ],
        }


def page_texts() -> dict[str, Any]:
    """The words every page template uses."""
    return {
        "page": _("Page {page} of {pages}"),
        "nothing": _("Nothing to report in this section."),
        "sign": signatures(),
    }


def signatures() -> list[str]:
    """Who signs a page."""
    return [_("Prepared by"), _("Checked by"), _("Approved by")]


def _says(cell: Cell | str) -> bool:
    """Whether a cell says more than that there is nothing: a figure, a state, words."""
    if isinstance(cell, str):
        return bool(cell)
    return cell.value is not None or cell.status not in ("", "not_set")


# -- cells -----------------------------------------------------------------------------------------


def value_cell(measure: Measure, value: int | None, *, in_wan: bool, status: str = "") -> Cell:
    """A value of a measure as the office shows it; a dash for None."""
    if value is None:
        return Cell("—")
    text = measure.format(value, in_wan=in_wan)
    exact = to_decimal(value, measure.digits)
    if in_wan and measure.is_money:
        return Cell(text, exact / 10_000, decimals=2, status=status)
    return Cell(text, exact, decimals=_decimals(value, measure.digits), status=status)


def money_cell(cents: int | None, *, in_wan: bool) -> Cell:
    """An amount to the cent or in 万元; a dash for None."""
    if cents is None:
        return Cell("—")
    exact = to_decimal(cents, 2)
    if in_wan:
        return Cell(format_wan(cents, 2), exact / 10_000, decimals=2)
    return Cell(format_number(cents, 2), exact, decimals=2)


def count_cell(count: int | None, digits: int = 0) -> Cell:
    """A count of ``10 ** -digits``, decimals that are zero left out; a dash for None."""
    if count is None:
        return Cell("—")
    text = format_number(count, digits, trim=True)
    return Cell(text, to_decimal(count, digits), decimals=_decimals(count, digits))


def share_cell(share: Fraction | None, missing: str = "—", *, status: str = "") -> Cell:
    """A share in per cent; ``missing`` for None."""
    if share is None:
        return Cell(missing)
    return Cell(format_percent(share), share, "percent", 1, status)


def growth_cell(share: Fraction | None) -> Cell:
    """Growth in per cent with its sign; says that there is no base for None."""
    if share is None:
        return Cell(_("no base"))
    return Cell(format_percent(share, signed=True), share, "growth", 1)


def _decimals(value: int, digits: int) -> int:
    """How many decimals of a value aren't zero at the end: none for 500 cents, one for 550."""
    while digits and value % 10 == 0:
        value //= 10
        digits -= 1
    return digits

"""A report as a workbook: the rows of the printed page as numbers, one sheet to print on A4.

All sections stand one below the other on a common grid of columns, so that the sheet prints as
the page does. The year's chart is a native one beside the figures it is drawn from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.styles import Border, Side
from openpyxl.worksheet.pagebreak import Break

from salesdesk.reports.layout import Cell, Chart, Column, Report, Section, Table
from salesdesk.text import _
from salesdesk.workbooks import paper
from salesdesk.workbooks.writer import TEXT, Book, Look, SheetWriter

#: Ink of a status, as on the printed page.
STATUS_COLOURS = {
    "ahead": "1E7F4F",
    "on_track": "2F6DB5",
    "at_risk": "B26A00",
    "behind": "B3261E",
    "not_set": "6B7480",
}
#: Columns of the grid, or more where a table has more.
_COLUMNS = 10
#: A column fits its figures within these bounds, in characters; the first one its names.
_NARROWEST, _WIDEST = 8.4, 18.0
_NARROWEST_FIRST, _WIDEST_FIRST = 14.0, 18.0
#: Columns of words this wide on the page take several columns of the sheet.
_WORDS = 2.5
#: A table that leaves no more columns of the grid free fills it.
_NEARLY = 2
_LINE_HEIGHT = 16.0
#: Points: A4's height within its margins, upright and across, and a row nobody set.
_PAGE_HEIGHT, _LANDSCAPE_HEIGHT = 750.0, 503.0
_ROW = 15.0
_HEADING = Look(bold=True, size=12, grid=False, colour="2F6DB5")
_SUBTITLE = Look(grid=False, align="center", colour="6B7480")
_NOTE = Look(grid=False, colour="6B7480")
_HEAD = Look(fill="head", bold=True, align="center", wrap=True)
_SERIES = ("B8C4D2", "2F6DB5")


def write(report: Report, path: Path) -> None:
    """Write the report to ``path``. Raises WriteError when it can't be written."""
    book = Book(report.title)
    sheet = _ReportSheet(book.sheet(report.name or _("Report")), _widths(report))
    sheet.write(report)
    book.save(path)


class _ReportSheet:
    """The sheet being written; ``row`` is the next free one."""

    def __init__(self, sheet: SheetWriter, widths: Sequence[float]) -> None:
        self.sheet = sheet
        self.page = sheet.worksheet
        self.widths = widths
        self.columns = len(widths)
        self.row = 1
        self.page_top = 1  # the first row of the page that is being filled

    def write(self, report: Report) -> None:
        """Everything, from the title to the signatures, and how it prints."""
        self.sheet.widths(self.widths)
        self.sheet.title(1, report.title, self.columns, size=16)
        self.sheet.put(2, 1, report.subtitle, _SUBTITLE)
        self.page.merge_cells(start_row=2, start_column=1, end_row=2, end_column=self.columns)
        self.row = 4
        for section in report.sections:
            top = self.row
            self._section(section)
            self._keep_together(top)
            self.row += 1
        self._signatures(report.sign)
        self.sheet.page(2, self.row, self.columns, portrait=True)
        self.page.page_margins.top = self.page.page_margins.bottom = 0.6
        self.page.page_margins.footer = 0.3
        self.page.sheet_view.showGridLines = False

    def _section(self, section: Section) -> None:
        self.sheet.put(self.row, 1, section.title, _HEADING)
        self.page.row_dimensions[self.row].height = 22
        self.row += 1
        if section.note:
            self._note(section.note)
        if section.chart is not None:
            self._chart(section.chart)
        elif not any(table.rows for table in section.tables):
            if not section.note:
                self._note(_("Nothing to report in this section."))
            return
        tables = [table for table in section.tables if table.rows]
        if len(tables) > 1 and sum(len(table.columns) + 1 for table in tables) <= self.columns + 1:
            top, bottom, first = self.row, self.row, 1
            for table in tables:
                self.row = top
                self._table(table, first)
                bottom, first = max(bottom, self.row), first + len(table.columns) + 1
            self.row = bottom
            return
        for number, table in enumerate(tables):
            self.row += 1 if number else 0
            self._table(table)

    def _keep_together(self, top: int) -> None:
        """Begin a new page before the section that starts at ``top`` if it would be torn."""
        layout = paper.layout(self.widths, portrait=True)
        room = (_LANDSCAPE_HEIGHT if layout.landscape else _PAGE_HEIGHT) * 100 / layout.scale
        needed = self._height(top, self.row)
        if self._height(self.page_top, self.row) > room >= needed:
            self.page.row_breaks.append(Break(id=top - 1))
            # The title rows stand on every page.
            self.page_top = top - 3

    def _height(self, first: int, end: int) -> float:
        heights = (self.page.row_dimensions[row].height for row in range(first, end))
        return sum(height or _ROW for height in heights)

    def _note(self, text: str) -> None:
        self.sheet.put(self.row, 1, text, _NOTE)
        self.row += 1

    def _table(self, table: Table, first: int = 1) -> None:
        places = _places(table.columns, self.columns, first)
        titles = [column.title for column in table.columns]
        for title, place in zip(titles, places, strict=True):
            self._put(place, title, _HEAD)
        self._fit(titles, places)
        for cells in table.rows:
            for column, cell, place in zip(table.columns, cells, places, strict=True):
                self._put(place, *_written(cell, column))
            self._fit([cell if isinstance(cell, str) else cell.text for cell in cells], places)

    def _put(self, place: tuple[int, int], value: Decimal | str | None, look: Look) -> None:
        """Set a cell that takes ``place[1]`` columns from ``place[0]`` on."""
        first, span = place
        for column in range(first + 1, first + span):
            self.sheet.put(self.row, column, None, look)
        self.sheet.put(self.row, first, value, look)
        if span > 1:
            self.page.merge_cells(
                start_row=self.row,
                start_column=first,
                end_row=self.row,
                end_column=first + span - 1,
            )

    def _fit(self, texts: Sequence[str], places: Sequence[tuple[int, int]]) -> None:
        """Make the row high enough for its texts and go on to the next one.

        Merged cells don't fit their height by themselves.
        """
        lines = 1
        for text, (first, span) in zip(texts, places, strict=True):
            width = sum(self.widths[first - 1 : first - 1 + span]) - 1
            needed = sum(max(1, math.ceil(paper.wide(line) / width)) for line in text.splitlines())
            lines = max(lines, needed)
        known = self.page.row_dimensions[self.row].height or 0
        self.page.row_dimensions[self.row].height = max(known, 2 + lines * _LINE_HEIGHT)
        self.row += 1

    def _chart(self, chart: Chart) -> None:
        """The chart's figures as a table on the left and the chart beside it."""
        table = _chart_table(chart)
        top = self.row
        self._table(table)
        native = _bars(self.page, top, self.row - 1, len(chart.series))
        # From cell to cell: how wide a column of so many characters is depends on the program.
        native.anchor = TwoCellAnchor(
            _from=AnchorMarker(col=len(table.columns), row=top - 1, colOff=90_000),
            to=AnchorMarker(col=self.columns, row=self.row - 1),
        )
        self.page.add_chart(native)

    def _signatures(self, names: Sequence[str]) -> None:
        """Who signs, each with a line to sign on."""
        if not names:
            return
        self.row += 1
        step = max(self.columns // len(names), 3)
        line = Border(bottom=Side("thin", color="222222"))
        for place, name in enumerate(names):
            first = 1 + place * step
            text = _("{name}:").format(name=name)
            self.sheet.put(self.row, first, text, Look(grid=False, align="right"))
            for column in (first + 1, first + 2):
                self.page.cell(self.row, column).border = line
        self.page.row_dimensions[self.row].height = 30


def _bars(page: Any, top: int, bottom: int, count: int) -> Any:
    """A native chart of the table whose labels and ``count`` series stand in these rows."""
    native: Any = BarChart()
    native.type = "col"
    native.gapWidth, native.overlap = 60, 0
    native.legend.position = "b"
    native.x_axis.delete = native.y_axis.delete = False
    native.y_axis.numFmt = "#,##0"
    line = LineProperties(solidFill="DDDDDD", w=6350)
    native.y_axis.majorGridlines.spPr = GraphicalProperties(ln=line)
    figures = Reference(page, min_col=2, max_col=1 + count, min_row=top, max_row=bottom)
    native.add_data(figures, titles_from_data=True)
    native.set_categories(Reference(page, min_col=1, min_row=top + 1, max_row=bottom))
    for series, colour in zip(native.series, _SERIES, strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
    return native


def _places(columns: Sequence[Column], grid: int, first: int = 1) -> list[tuple[int, int]]:
    """(first column, how many) of each column of a table on the sheet's grid.

    What the grid has more goes to columns of words; else, in a table nearly as wide as the page,
    to the one of names, so that the right edges stand in a line.
    """
    free = grid - len(columns)
    wide = [
        number
        for number, column in enumerate(columns)
        if number and column.align == "left" and column.width >= _WORDS
    ]
    if not wide and free <= _NEARLY:
        wide = [next((n for n, column in enumerate(columns) if column.align == "left"), 0)]
    places = []
    for number in range(len(columns)):
        span = 1
        if number in wide:
            place = wide.index(number)
            span += free * (place + 1) // len(wide) - free * place // len(wide)
        places.append((first, span))
        first += span
    return places


def _chart_table(chart: Chart) -> Table:
    columns = [Column(name, 1) for name, _cells in chart.series]
    rows: list[list[Cell | str]] = [
        [label, *(cells[place] for _name, cells in chart.series)]
        for place, label in enumerate(chart.labels)
    ]
    return Table([Column(chart.heading, 1, "left"), *columns], rows)


def _widths(report: Report) -> list[float]:
    """How wide each column of the grid must be for what stands in it."""
    tables = [table for section in report.sections for table in section.tables]
    tables += [_chart_table(section.chart) for section in report.sections if section.chart]
    grid = max([_COLUMNS, *(len(table.columns) for table in tables)])
    widths = [_NARROWEST_FIRST, *[_NARROWEST] * (grid - 1)]
    for table in tables:
        for row in table.rows:
            for cell, (first, span) in zip(row, _places(table.columns, grid), strict=True):
                text = cell if isinstance(cell, str) else cell.text
                figure = isinstance(cell, Cell) and cell.value is not None
                whole = paper.number_width(text) if figure else paper.wide(text) + 2
                needed = whole / span
                if first == 1:
                    widths[0] = max(widths[0], min(needed, _WIDEST_FIRST))
                elif figure:
                    widths[first - 1] = max(widths[first - 1], min(needed, _WIDEST))
    return widths


def _written(cell: Cell | str, column: Column) -> tuple[Decimal | str | None, Look]:
    """What goes into a cell and how it looks."""
    if isinstance(cell, str) or cell.value is None:
        text = cell if isinstance(cell, str) else cell.text
        status = "" if isinstance(cell, str) else cell.status
        look = Look(format=TEXT, align=column.align, wrap=True, colour=_colour(status))
        return text, look
    look = Look(format=number_format(cell), align=column.align, colour=_colour(cell.status))
    return _exact(cell.value), look


def number_format(cell: Cell) -> str:
    """The format that shows the cell's value as its text does."""
    decimals = f".{'0' * cell.decimals}" if cell.decimals else ""
    if cell.style == "percent":
        return f"#,##0{decimals}%"
    if cell.style == "growth":
        return f"+#,##0{decimals}%;-#,##0{decimals}%;0{decimals}%"
    return f"#,##0{decimals}"


def _exact(value: Decimal | Fraction) -> Decimal:
    """A number a workbook can hold: a share to 12 places, anything else as it is."""
    if isinstance(value, Decimal):
        return value
    return Decimal(round(value * 10**12)).scaleb(-12)


def _colour(status: str) -> str:
    return STATUS_COLOURS.get(status, "222222")

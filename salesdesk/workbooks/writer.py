"""Writes workbooks from the office's data: the looks all its sheets share, and cached formulas.

openpyxl writes a formula without its value, so a viewer that doesn't calculate shows nothing; the
program knows the values and :meth:`Book.save` puts them in. A workbook is always built anew, never
loaded and saved again, since that loses what openpyxl doesn't know.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from salesdesk.storage import files
from salesdesk.text import _
from salesdesk.workbooks import paper

Value = str | int | float | Decimal | date | datetime | None

_FONT = "Microsoft YaHei"
#: Points; what is printed is no smaller than ``paper.SMALLEST`` per cent of it.
FONT_SIZE = 10
_LINE = Side("thin", color="BFC5CD")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
#: What a cell looks like tells what may be done with it.
FILLS = {
    "head": "DCE6F1",
    "input": "FFF9E5",  # may be filled in
    "locked": "EDE7F6",  # an input that was locked in the plan
    "computed": "F1F3F5",
    "subtotal": "E3E8EE",
    "error": "F8D7DA",
    "plain": None,
}
#: Counts that shared deals halve have no format of their own: "#,##0.##" would show "12.".
NUMBER, WHOLE, AMOUNT = "General", "#,##0", "#,##0.00"
PERCENT, TEXT, DAY = "0.0%", "@", "yyyy-mm-dd"
MOMENT = "yyyy-mm-dd hh:mm"
_MARKS = "=+-@\t\r"
_FORMULA_CELL = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)<v\s*(?:/>|></v>)')
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def allowed_text(text: str) -> str:
    """What of ``text`` a cell can hold."""
    return _FORBIDDEN.sub(" ", text)[:32_000]


@dataclass(frozen=True, slots=True)
class Look:
    """The looks of a cell: one of :data:`FILLS`, a number format, alignment, weight, size, ink."""

    fill: str = "plain"
    format: str = "General"
    align: str = ""
    bold: bool = False
    size: int = FONT_SIZE
    grid: bool = True
    wrap: bool = False
    locked: bool = False
    colour: str = "222222"


_UNSEEN = Look(grid=False)


class Book:
    """A workbook being built; its sheets are made by :meth:`sheet`."""

    def __init__(self, title: str) -> None:
        self.workbook = Workbook()
        first = self.workbook.active
        if first is not None:
            self.workbook.remove(first)
        self.workbook.properties.title = title
        self.workbook.properties.creator = "SalesDesk"
        use_own_font(self.workbook)
        self._styles: dict[Look, StyleArray] = {}
        self._cached: dict[str, dict[str, float | str]] = {}

    def property(self, name: str, value: str) -> None:
        """Set a document property of the program's own."""
        properties: Any = self.workbook.custom_doc_props  # type: ignore[attr-defined]
        properties.append(StringProperty(name=name, value=value))

    def sheet(self, name: str, *, hidden: bool = False) -> SheetWriter:
        """A new sheet; characters a sheet's name can't hold are replaced, doubles numbered."""
        safe = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:28] or "Sheet"
        unique, number = safe, 2
        while unique in self.workbook.sheetnames:
            unique, number = f"{safe}{number}", number + 1
        worksheet = self.workbook.create_sheet(unique)
        if hidden:
            worksheet.sheet_state = "hidden"
        return SheetWriter(self, worksheet, self._cached.setdefault(unique, {}))

    def style(self, worksheet: Worksheet, look: Look) -> StyleArray:
        """The number openpyxl has for ``look``; each look is registered once, not once a cell."""
        if look not in self._styles:
            cell: Any = worksheet.cell(1, 1)
            # Its own style is shared by all cells of its look: a blank one is filled instead.
            kept, cell._style = cell._style, StyleArray()
            cell.font = Font(name=_FONT, size=look.size, bold=look.bold, color=look.colour)
            colour = FILLS[look.fill]
            if colour:
                cell.fill = PatternFill("solid", start_color=colour)
            if look.grid:
                cell.border = _GRID
            cell.number_format = look.format
            cell.alignment = Alignment(
                horizontal=look.align or None, vertical="center", wrap_text=look.wrap
            )
            cell.protection = Protection(locked=look.locked)
            self._styles[look] = copy(cell._style)
            cell._style = kept
        return self._styles[look]

    def save(self, path: Path) -> None:
        """Write the workbook whole or not at all. Raises WriteError when it can't be written."""
        with files.written(path) as target:
            self.write(target)

    def write(self, target: IO[bytes]) -> None:
        """Write the workbook into an open file."""
        self.workbook.properties.modified = datetime.now(UTC).replace(tzinfo=None)
        with zipfile.ZipFile(
            target, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=4
        ) as archive:
            _WriterWithValues(self.workbook, archive, self._cached).save()


@contextmanager
def streamed(target: IO[bytes]) -> Iterator[Workbook]:
    """A workbook for more rows than fit into memory, written to ``target`` when the block ends.

    openpyxl keeps each sheet's rows in a temporary file until the program ends: on a full disk that
    would keep it full. Its archive is closed here too, since one that is left to Python closes
    itself later, and prints that it could not.
    """
    book = Workbook(write_only=True)
    try:
        yield book
        book.properties.modified = datetime.now(UTC).replace(tzinfo=None)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            ExcelWriter(book, archive).save()
    except BaseException:
        for sheet in book.worksheets:
            writer: Any = getattr(sheet, "_writer", None)
            if writer is not None:
                with suppress(Exception):
                    writer.close()
                with suppress(OSError, ValueError):
                    writer.cleanup()
        raise


class _WriterWithValues(ExcelWriter):
    """openpyxl's writer, which puts the values of formulas in and makes no temporary files."""

    def __init__(
        self,
        workbook: Workbook,
        archive: zipfile.ZipFile,
        cached: Mapping[str, Mapping[str, float | str]],
    ) -> None:
        super().__init__(workbook, archive)
        self._cached = cached

    def write_worksheet(self, ws: Any) -> None:
        """As in openpyxl, but in memory: its file would fill a disk that nobody thinks of."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        content = io.BytesIO()
        writer: Any = WorksheetWriter(ws, content)
        writer.write()
        ws._rels = writer._rels
        data = content.getvalue()
        content.close()
        cached = self._cached.get(ws.title)
        writer_self: Any = self
        writer_self._archive.writestr(ws.path[1:], _with_values(data, cached) if cached else data)
        writer_self.manifest.append(ws)


def use_own_font(workbook: Any) -> None:
    """Make the cells' font the workbook's own: the widths of columns are counted in its digits."""
    font = Font(name=_FONT, size=FONT_SIZE, family=2)
    workbook._fonts[0] = font
    workbook._named_styles["Normal"].font = font


class SheetWriter:
    """One sheet being built. Rows and columns are counted from 1, as openpyxl does."""

    def __init__(self, book: Book, worksheet: Worksheet, cached: dict[str, float | str]) -> None:
        self.book = book
        self.worksheet = worksheet
        self._cached = cached

    @property
    def name(self) -> str:
        """The sheet's name as it stands in the file."""
        return str(self.worksheet.title)

    def put(self, row: int, column: int, value: Value, look: Look) -> None:
        """Set a cell; a text is always written as text, whatever sign it starts with."""
        if isinstance(value, date) and look.format == "General":
            # openpyxl would set a format of its own, in the style that many cells share.
            look = replace(look, format=MOMENT if isinstance(value, datetime) else DAY)
        cell: Any = self.worksheet.cell(row, column)
        cell._style = self.book.style(self.worksheet, look)
        if isinstance(value, str):
            cell.value = allowed_text(value)
            if value[:1] in _MARKS and value:
                cell.data_type = "s"
                cell._style = copy(cell._style)  # the registered style is shared by many cells
                cell.quotePrefix = True
        elif isinstance(value, Decimal):
            cell.value = int(value) if value == value.to_integral_value() else value
        else:
            cell.value = value

    def row(self, row: int, values: Iterable[Value], look: Look, *, first: int = 1) -> None:
        """Set cells side by side from column ``first``."""
        for column, value in enumerate(values, first):
            self.put(row, column, value, look)

    def plain_row(self, row: int, values: Iterable[Value]) -> None:
        """Set cells side by side without looks, for a sheet that nobody sees."""
        plain: dict[int, Value] = {}
        for column, value in enumerate(values, 1):
            if isinstance(value, str):
                self.put(row, column, value, _UNSEEN)
            elif value is not None:
                plain[column] = value
        sheet: Any = self.worksheet
        sheet._current_row = row - 1  # where openpyxl appends
        sheet.append(plain)

    def formula(
        self, row: int, column: int, formula: str, value: Decimal | float | str | None, look: Look
    ) -> None:
        """Set a formula (with its "=") and the value it has now."""
        cell: Any = self.worksheet.cell(row, column, formula)
        cell._style = self.book.style(self.worksheet, look)
        if value is not None:
            self._cached[cell.coordinate] = value if isinstance(value, str) else float(value)

    def title(self, row: int, text: str, columns: int, *, size: int = 14) -> None:
        """A line across ``columns`` columns."""
        look = Look(bold=True, size=size, align="center", grid=False)
        self.put(row, 1, text, look)
        self.worksheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
        self.worksheet.row_dimensions[row].height = size * 2

    def widths(self, widths: Mapping[int, float] | Sequence[float]) -> None:
        """Set column widths in characters, by column number or from the first on."""
        pairs = widths.items() if isinstance(widths, Mapping) else enumerate(widths, 1)
        for column, width in pairs:
            self.worksheet.column_dimensions[get_column_letter(column)].width = width

    def hide_column(self, column: int) -> None:
        """Hide a column; it stays unlocked, so that a sort takes it along."""
        self.worksheet.column_dimensions[get_column_letter(column)].hidden = True

    def page(
        self,
        head_row: int,
        rows: int,
        columns: int,
        *,
        frozen_columns: int = 0,
        breaks: Sequence[int] = (),
        portrait: bool = False,
    ) -> tuple[int, ...]:
        """Freeze the header and the first columns, and lay the sheet on A4 as it can be read.

        The widths must be set. Where it takes several pages side by side, they begin at some of
        the columns ``breaks``, and repeat the frozen columns; returns where they begin.
        """
        sheet = self.worksheet
        sheet.freeze_panes = f"{get_column_letter(frozen_columns + 1)}{head_row + 1}"
        sheet.print_area = f"A1:{get_column_letter(columns)}{max(rows, head_row)}"
        widths = [
            sheet.column_dimensions[get_column_letter(column)].width
            for column in range(1, columns + 1)
        ]
        layout = paper.layout(widths, naming=frozen_columns, breaks=breaks, portrait=portrait)
        lay_out(sheet, layout, head_row, frozen_columns)
        return layout.starts

    def numbers_only(
        self, area: str, *, negative: bool, message: str, marks: Sequence[str] = ()
    ) -> None:
        """Let the cells of ``area`` take numbers and ``marks``; ``message`` asks before others.

        It only asks: 1.2万 is no number to Excel, and is understood when the sheet comes back.
        """
        first = area.split(":")[0]
        number = f"ISNUMBER({first})" if negative else f"AND(ISNUMBER({first}),{first}>=0)"
        texts = [f'LOWER({first})="{mark}"' for mark in marks]
        rule = DataValidation(
            type="custom",
            formula1=f"OR({','.join([number, *texts])})",
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="warning",
            error=message,
            errorTitle=_("Not a number"),
        )
        rule.add(area)
        self.worksheet.add_data_validation(rule)


def lay_out(sheet: Any, layout: paper.Layout, head_row: int, frozen_columns: int = 0) -> None:
    """Set a sheet up to print so; the rows down to ``head_row`` stand on each page."""
    sheet.print_title_rows = f"1:{head_row}"
    sheet.page_setup.orientation = "landscape" if layout.landscape else "portrait"
    sheet.page_setup.paperSize = 9  # A4
    if layout.starts:
        # Excel forgets breaks set by hand in a sheet that is fitted to pages.
        sheet.page_setup.scale = layout.scale
        sheet.page_setup.pageOrder = "overThenDown"
        for column in layout.starts:
            sheet.col_breaks.append(Break(id=column - 1))
        if frozen_columns:
            sheet.print_title_cols = f"A:{get_column_letter(frozen_columns)}"
    else:
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter is not None and sheet.oddFooter.center is not None:
        sheet.oddFooter.center.text = "&P / &N"
    sheet.print_options.horizontalCentered = not layout.starts
    sheet.page_margins.left = sheet.page_margins.right = 0.3


def _with_values(data: bytes, cached: Mapping[str, float | str]) -> bytes:
    """The sheet's XML with the values of its formulas put in."""

    def fill(match: re.Match[bytes]) -> bytes:
        value = cached.get(match[2].decode())
        if value is None:
            return match[0]
        if isinstance(value, str):
            escaped = value.replace("&", "&amp;").replace("<", "&lt;")
            start = match[1].replace(b"><f>", b' t="str"><f>', 1)
            return start + f"<v>{escaped}</v>".encode()
        return match[1] + b"<v>%s</v>" % repr(value).encode()

    return _FORMULA_CELL.sub(fill, data)

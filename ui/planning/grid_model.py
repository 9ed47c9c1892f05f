"""The split grid as a table: rows office, teams, people; columns year, quarters, months, days.

The model shows a Grid, which computes on demand, and turns what people do (type, fill, paste,
clear) into one wish for a change; it is refused as a whole, with a sentence naming the cell, or
handed to ``write``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont

from salesdesk.calc.periods import Kind, Period, children, descendants, week_number
from salesdesk.errors import InputError
from salesdesk.office.measures import Measure
from salesdesk.planning.grid import Gap, Grid, GridRow
from salesdesk.planning.places import Place
from salesdesk.planning.target_rules import may_be_negative
from salesdesk.text import _, mark
from ui.shared import look

Index = QModelIndex | QPersistentModelIndex
#: Changes the office: (label, cells to set) -> whether it was done.
Write = Callable[[str, Mapping[Place, int | None]], bool]
#: A cell with everything that is drawn of it.
CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 1
#: Larger values are typing errors, and don't fit the sums of an office.
_LARGEST = 10**17
_ROOT: Index = QModelIndex()

_MISSING = {
    "time": mark("{amount} not assigned to shorter periods"),
    "people": mark("{amount} not assigned to people"),
    "products": mark("{amount} not assigned to products"),
}
_TOO_MUCH = {
    "time": mark("the shorter periods exceed it by {amount}"),
    "people": mark("the people exceed it by {amount}"),
    "products": mark("the products exceed it by {amount}"),
}


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as it is shown. ``entered`` tells a target from a sum of what lies below."""

    text: str
    actual: str
    entered: bool
    locked: bool
    gaps: Mapping[str, int]


def gap_words(measure: Measure, axis: str, amount: int) -> str:
    """What a gap says: "50,000 not assigned to shorter periods"."""
    words = _MISSING[axis] if amount > 0 else _TOO_MUCH[axis]
    return _(words).format(amount=measure.format(abs(amount)))


def gap_sentence(grid: Grid, gap: Gap) -> str:
    """A gap with its place."""
    return _("{name}, {period}: {gap}").format(
        name=gap.row_name or _("Whole office"),
        period=gap.place.period.label,
        gap=gap_words(grid.measure, gap.axis, gap.amount),
    )


class GridModel(QAbstractTableModel):
    """The cells of one plan, measure and tier. ``refused`` says why something wasn't taken."""

    refused = Signal(str)

    def __init__(self, write: Write, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid: Grid | None = None
        self.rows: Sequence[GridRow] = ()
        self.columns: Sequence[Period] = ()
        self.editable = True
        self.with_actuals = False
        self.opened: tuple[Period, Kind] | None = None
        self._write = write
        self._cells: dict[tuple[int, int], GridCell] = {}

    # -- what is shown ---------------------------------------------------------------------------

    def show(
        self, grid: Grid | None, *, opened: tuple[Period, Kind] | None = None,
        with_actuals: bool = False,
    ) -> bool:  # fmt: skip
        """Show a grid; ``opened`` is the month shown in weeks or days.

        True when rows or columns are others than before, so that the cursor is lost.
        """
        rows = list(grid.rows) if grid is not None else []
        columns = columns_of(grid.plan.period, opened) if grid is not None else []
        same = rows == self.rows and columns == self.columns
        if not same:
            self.beginResetModel()
        self.grid, self.rows, self.columns = grid, rows, columns
        self.opened, self.with_actuals = opened, with_actuals
        self._cells.clear()
        if not same:
            self.endResetModel()
        elif rows and columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(columns) - 1), [])
        return not same

    def place(self, row: int, column: int) -> Place:
        """Where a cell stands."""
        return Place(self.rows[row].who, self.columns[column])

    def find(self, place: Place) -> tuple[int, int] | None:
        """Row and column of a place, None when it isn't shown."""
        for row, grid_row in enumerate(self.rows):
            if grid_row.who == place.who and place.period in self.columns:
                return row, list(self.columns).index(place.period)
        return None

    def row_name(self, row: int) -> str:
        """What a row is called, a product with whose it is."""
        grid_row = self.rows[row]
        if not grid_row.who.of_goods:
            return grid_row.name or _("Whole office")
        above = next(
            (self.rows[at] for at in range(row - 1, -1, -1)
             if self.rows[at].who == grid_row.who.whole),
            None,
        )  # fmt: skip
        whose = (above.name or _("Whole office")) if above is not None else ""
        return f"{whose} / {grid_row.name}" if whose else grid_row.name

    def cell_name(self, row: int, column: int) -> str:
        """A cell as sentences name it."""
        return _("{name}, {period}").format(
            name=self.row_name(row), period=self.columns[column].label
        )

    def cell(self, row: int, column: int) -> GridCell:
        """A cell as it is shown."""
        grid_cell = self._cells.get((row, column))
        if grid_cell is None:
            grid_cell = self._cells[row, column] = self._made(row, column)
        return grid_cell

    def _made(self, row: int, column: int) -> GridCell:
        grid = self.grid
        assert grid is not None
        who, period = self.place(row, column)
        value = grid.value(who, period)
        actual = ""
        if self.with_actuals:
            actual = grid.measure.format(grid.actual_of(who, period))
        return GridCell(
            grid.measure.format(value),
            actual,
            grid.stored(who, period) is not None,
            grid.locked(who, period),
            grid.gaps(who, period),
        )

    def describe(self, row: int, column: int) -> str:
        """Everything about a cell in a sentence."""
        assert self.grid is not None
        cell = self.cell(row, column)
        if not cell.text:
            kind = _("not set")
        elif cell.entered:
            kind = _("{value}, locked") if cell.locked else _("{value}, entered")
        else:
            kind = _("{value}, the sum of what lies below")
        parts = [kind.format(value=cell.text)]
        if cell.actual:
            parts.append(_("actual {value}").format(value=cell.actual))
        parts += [gap_words(self.grid.measure, axis, n) for axis, n in cell.gaps.items()]
        return _("{cell}: {facts}").format(
            cell=self.cell_name(row, column), facts=_("; ").join(parts)
        )

    # -- what people do --------------------------------------------------------------------------

    def enter(self, row: int, column: int, text: str) -> bool:
        """Take what was typed into one cell."""
        try:
            wanted = {self.place(row, column): self._parsed(row, column, text)}
            return self._wish(_("Set target"), wanted)
        except InputError as error:
            self.refused.emit(error.message)
            return False

    def clear_cells(self, cells: Iterable[tuple[int, int]]) -> bool:
        """Clear the entered targets among ``cells``."""
        return self._try(_("Clear targets"), {self.place(*cell): None for cell in cells})

    def fill(self, cells: Sequence[tuple[int, int]], *, right: bool) -> bool:
        """Copy the first column of a block to its right, or its first row downwards.

        A single cell takes its left, or upper, neighbour's value.
        """
        if self.grid is None or not cells:
            return False
        lines: dict[int, list[tuple[int, int]]] = {}
        for cell in sorted(cells):
            lines.setdefault(cell[0 if right else 1], []).append(cell)
        wanted: dict[Place, int | None] = {}
        for line in lines.values():
            first, others = line[0], line[1:]
            if not others:
                row, column = first
                others = [first]
                first = (row, column - 1) if right else (row - 1, column)
                if min(first) < 0:
                    continue
            value = self.grid.value(*self.place(*first))
            wanted.update({self.place(*cell): value for cell in others})
        return self._try(_("Fill right") if right else _("Fill down"), wanted)

    def paste(self, top: int, left: int, block: Sequence[Sequence[str]]) -> bool:
        """Set a block of texts, its upper left corner at a cell: all of it or nothing."""
        wide = max((len(line) for line in block), default=0)
        try:
            self._check_room(top, left, len(block), wide)
            wanted = {
                self.place(top + down, left + across): self._parsed(top + down, left + across, text)
                for down, line in enumerate(block)
                for across, text in enumerate(line)
            }
            return self._wish(_("Paste targets"), wanted)
        except InputError as error:
            self.refused.emit(error.message)
            return False

    def block_text(self, cells: Iterable[tuple[int, int]]) -> str:
        """The rectangle around ``cells``, tab-separated, numbers as Excel reads them."""
        assert self.grid is not None
        chosen = set(cells)
        rows = sorted({row for row, _column in chosen})
        columns = sorted({column for _row, column in chosen})
        lines = []
        for row in range(rows[0], rows[-1] + 1):
            texts = [
                self.cell(row, column).text.replace(",", "") if (row, column) in chosen else ""
                for column in range(columns[0], columns[-1] + 1)
            ]
            lines.append("\t".join(texts))
        return "\n".join(lines)

    def whole_text(self) -> list[list[str]]:
        """The whole grid with headings, for Excel and paper."""
        head = ["", *(heading(period).replace("\n", " ") for period in self.columns)]
        return [head] + [
            [
                "　" * grid_row.depth + (grid_row.name or _("Whole office")),
                *(self.cell(row, column).text for column in range(len(self.columns))),
            ]
            for row, grid_row in enumerate(self.rows)
        ]

    def _parsed(self, row: int, column: int, text: str) -> int | None:
        """What a text means in a cell. Raises InputError naming the cell."""
        assert self.grid is not None
        measure = self.grid.measure
        try:
            value = measure.parse(text)
        except InputError as error:
            raise self._wrong(row, column, error.message) from error
        if value is not None and abs(value) >= _LARGEST:
            raise self._wrong(
                row, column, _("{value} is too large for a target.").format(value=text.strip())
            )
        if value is not None and value < 0 and not may_be_negative(measure):
            raise self._wrong(row, column, _("A target can't be negative."))
        return value

    def _wrong(self, row: int, column: int, cause: str) -> InputError:
        return InputError(
            _("{cell}: {cause}").format(cell=self.cell_name(row, column), cause=cause)
        )

    def _check_room(self, top: int, left: int, tall: int, wide: int) -> None:
        if not tall or not wide:
            raise InputError(_("There is nothing on the clipboard that could be pasted."))
        rows, columns = len(self.rows) - top, len(self.columns) - left
        if tall > rows or wide > columns:
            raise InputError(
                _(
                    "The copied block is {tall} × {wide} cells (rows × columns); from here on "
                    "there is only room for {rows} × {columns}. Nothing was pasted."
                ).format(tall=tall, wide=wide, rows=rows, columns=columns)
            )

    def _try(self, label: str, wanted: Mapping[Place, int | None]) -> bool:
        try:
            return self._wish(label, wanted)
        except InputError as error:
            self.refused.emit(error.message)
            return False

    def _wish(self, label: str, wanted: Mapping[Place, int | None]) -> bool:
        """Hand over what really changes. Raises InputError naming a locked cell."""
        grid = self.grid
        assert grid is not None
        changed = {place: value for place, value in wanted.items() if grid.stored(*place) != value}
        for place in changed:
            if grid.locked(*place):
                found = self.find(place)
                name = self.cell_name(*found) if found is not None else place.period.label
                raise InputError(
                    _("{cell} is locked: unlock it first. Nothing was changed.").format(cell=name)
                )
        return self._write(label, changed) if changed else True

    # -- Qt --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.grid is None:
            return None
        row, column = index.row(), index.column()
        if role == CELL_ROLE:
            return self.cell(row, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.cell(row, column).text
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.describe(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Qt.ItemDataRole.EditRole or not self.editable:
            return False
        return self.enter(index.row(), index.column(), str(value))

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self.editable and index.isValid():
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        if not 0 <= section < (len(self.columns) if across else len(self.rows)):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignCenter if across else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if across:
            return self._column_header(self.columns[section], role)
        return self._row_header(section, role)

    def _column_header(self, period: Period, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(period)
        if role == Qt.ItemDataRole.ToolTipRole:
            if period.kind == "month" and self.can_open(period):
                return _("{month}: click to show its weeks or days").format(month=period.label)
            return period.label
        if role == Qt.ItemDataRole.DecorationRole and self.can_open(period):
            is_open = self.opened is not None and self.opened[0] == period
            return look.icon("mdi6.chevron-down" if is_open else "mdi6.chevron-right", "pale")
        return None

    def can_open(self, period: Period) -> bool:
        """Whether a column can be opened into weeks or days."""
        return period.kind == "month"

    def _row_header(self, section: int, role: int) -> Any:
        grid_row = self.rows[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return "    " * grid_row.depth + (grid_row.name or _("Whole office"))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.row_name(section)
        if role == Qt.ItemDataRole.FontRole and grid_row.who.level != "person":
            font = QFont()
            font.setBold(not grid_row.who.of_goods)
            return font
        return None


def columns_of(period: Period, opened: tuple[Period, Kind] | None) -> list[Period]:
    """The columns of a plan: its period, quarters, months; the opened month with what is in it."""
    if period.kind in ("week", "day"):
        return [period, *children(period)]
    periods = [period]
    if period.kind == "year":
        periods += children(period)
    months = descendants(period, "month") if period.kind != "month" else ()
    for month in months or (period,):
        if months:
            periods.append(month)
        if opened is not None and opened[0] == month:
            for week in children(month):
                periods.append(week)
                periods += children(week) if opened[1] == "day" else ()
    return periods


def heading(period: Period) -> str:
    """A column's heading; a week's second line has its days."""
    if period.kind == "week":
        name = _("Week {number}").format(number=week_number(period))
        return f"{name}\n{period.start:%m.%d}–{period.last_day:%m.%d}"
    return period.label_short


def parse_block(text: str) -> list[list[str]]:
    """The rows and cells of a block copied from Excel or WPS; the last line break ends it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if lines.endswith("\n"):
        lines = lines[:-1]
    return [line.split("\t") for line in lines.split("\n")] if lines else []

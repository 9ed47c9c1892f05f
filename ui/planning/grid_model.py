"""The split grid as a table: rows are the office, teams and people, columns periods.

A cell shows what was entered, or in pale italics the sum of what is below it. A cell whose parts
don't sum carries a mark and says in its tip along which axis how much is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from salesdesk.calc.periods import Kind, Period, children, descendants
from salesdesk.errors import InputError
from salesdesk.planning.grid import Gap, Grid, GridRow
from salesdesk.planning.places import Place
from salesdesk.text import _
from ui.shared import look

Index = QModelIndex | QPersistentModelIndex
#: Stands behind a value whose parts don't sum to it.
GAP_MARK = " ▲"
PLACE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_INDENT = "    "


def columns_of(period: Period, opened: Mapping[Period, Kind]) -> list[Period]:
    """The columns for a plan of ``period``: itself, quarters and months, and what is opened.

    ``opened`` says of a month that its weeks or days follow it.
    """
    found = [period]
    if period.kind in ("year", "quarter"):
        for child in children(period):
            found += columns_of(child, opened)
    elif period.kind == "month" and period in opened:
        found += descendants(period, opened[period])
    elif period.kind == "week" and period in opened:
        found += children(period)
    return found


class GridModel(QAbstractTableModel):
    """One measure and tier of a plan.

    ``edited`` asks for cells to be set: a mapping of places to values (None clears);
    ``refused`` tells why what was typed can't be taken.
    """

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid: Grid | None = None
        self.columns: list[Period] = []
        self.with_actuals = False
        self._office_name = ""

    # -- what is shown -----------------------------------------------------------------------------

    def show(
        self, grid: Grid | None, columns: Sequence[Period], office_name: str, actuals: bool
    ) -> None:
        """Show a grid; the same rows and columns keep their place."""
        same = (
            self.grid is not None
            and grid is not None
            and [row.who for row in self.grid.rows] == [row.who for row in grid.rows]
            and self.columns == list(columns)
        )
        if not same:
            self.beginResetModel()
        self.grid, self.columns = grid, list(columns)
        self.with_actuals, self._office_name = actuals, office_name
        if not same:
            self.endResetModel()
        elif self.columns and grid is not None and grid.rows:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self.rowCount() - 1)

    def place(self, row: int, column: int) -> Place:
        """The place a cell stands for."""
        return Place(self.row(row).who, self.columns[column])

    def row(self, row: int) -> GridRow:
        """A row of the grid."""
        assert self.grid is not None
        return self.grid.rows[row]

    def name(self, row: GridRow) -> str:
        """How a row is called; the office's own row by the office's name."""
        return row.name or self._office_name

    def find(self, place: Place) -> QModelIndex:
        """The cell of a place; an invalid index when no column shows it."""
        if self.grid is None or place.period not in self.columns:
            return QModelIndex()
        for number, row in enumerate(self.grid.rows):
            if row.who == place.who:
                return self.index(number, self.columns.index(place.period))
        return QModelIndex()

    def parse(self, text: str) -> int | None:
        """The value a person typed or pasted. Raises InputError naming the text."""
        assert self.grid is not None
        value = self.grid.measure.parse(text)
        if value is not None and value < 0 and self.grid.measure.counts not in ("profit", "hand"):
            raise InputError(_("A target isn't negative."))
        if value is not None and abs(value) >= 10**17:
            raise InputError(_("{value} is too large for a target.").format(value=text.strip()))
        return value

    def gap_words(self, gap: Gap) -> str:
        """A gap in words: whose, when, along which axis, how much."""
        assert self.grid is not None
        amount = self.grid.measure.format(abs(gap.amount))
        sentences = {
            ("time", True): _("{name}, {period}: {amount} not yet split over shorter periods"),
            ("time", False): _("{name}, {period}: the shorter periods exceed it by {amount}"),
            ("people", True): _("{name}, {period}: {amount} not yet split over people"),
            ("people", False): _("{name}, {period}: the people exceed it by {amount}"),
            ("products", True): _("{name}, {period}: {amount} not yet split over products"),
            ("products", False): _("{name}, {period}: the products exceed it by {amount}"),
        }
        return sentences[gap.axis, gap.amount > 0].format(
            name=gap.row_name or self._office_name, period=gap.place.period.label, amount=amount
        )

    # -- Qt ----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self.grid is None else len(self.grid.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.grid is None:
            return None
        who, period = place = self.place(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(place)
        if role == Qt.ItemDataRole.EditRole:
            return self.grid.measure.format(self.grid.stored(who, period))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.BackgroundRole:
            if self.grid.gaps(who, period):
                return look.colour("gap")
            if self.grid.locked(who, period):
                return look.colour("locked")
            return look.colour("computed") if index.column() == 0 else None
        if role == Qt.ItemDataRole.ForegroundRole:
            if self.grid.gaps(who, period):
                return look.colour("gap_text")
            return look.colour("pale") if self.grid.stored(who, period) is None else None
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setItalic(self.grid.stored(who, period) is None)
            font.setBold(self.row(index.row()).who.level != "person")
            return font
        if role == Qt.ItemDataRole.DecorationRole and self.grid.locked(who, period):
            return look.icon("mdi6.lock", "pale")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(place)
        return place if role == PLACE_ROLE else None

    def _shown(self, place: Place) -> str:
        assert self.grid is not None
        who, period = place
        text = self.grid.measure.format(self.grid.value(who, period))
        if self.grid.gaps(who, period):
            text += GAP_MARK
        if self.with_actuals:
            actual = self.grid.actual_of(who, period)
            text += "\n" + ("" if actual is None else self.grid.measure.format(actual))
        return text

    def _tip(self, place: Place) -> str | None:
        assert self.grid is not None
        who, period = place
        row = next(one for one in self.grid.rows if one.who == who)
        lines = [
            self.gap_words(Gap(place, row.name, axis, amount))
            for axis, amount in self.grid.gaps(who, period).items()
        ]
        if self.grid.locked(who, period):
            lines.append(_("Locked: splits leave this cell as it is."))
        if self.grid.stored(who, period) is None and self.grid.value(who, period) is not None:
            lines.append(_("The sum of what is below; nothing was entered here."))
        return "\n".join(lines) or None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or self.grid is None or not index.isValid():
            return False
        place = self.place(index.row(), index.column())
        try:
            wanted = self.parse(str(value))
        except InputError as error:
            self.refused.emit(error.message)
            return False
        if wanted == self.grid.stored(*place):
            return False
        self.edited.emit({place: wanted})
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if self.grid is None:
            return None
        if orientation == Qt.Orientation.Horizontal:
            if not 0 <= section < len(self.columns):
                return None
            period = self.columns[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return period.label_short
            return period.label if role == Qt.ItemDataRole.ToolTipRole else None
        if not 0 <= section < len(self.grid.rows):
            return None
        row = self.row(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return _INDENT * row.depth + self.name(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and row.who.level != "person":
            font = QFont()
            font.setBold(True)
            return font
        return None

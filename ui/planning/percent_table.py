"""Parts with a percentage each, typed one by one, and what they sum to."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from salesdesk.calc.money import format_number, parse_percent
from salesdesk.errors import InputError
from salesdesk.text import _
from ui.shared.labels import label

Index = QModelIndex | QPersistentModelIndex
_ROOT: Index = QModelIndex()


class PercentTable(QWidget):
    """Parts with a percentage each, and what they sum to."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = PercentModel()
        self.table = QTableView()
        self.table.setModel(self.parts)
        self.table.setAccessibleName(_("Percentages"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setFixedHeight(190)
        self.sum = label("", "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        layout.addWidget(self.sum)
        self.setFocusProxy(self.table)
        self.parts.summed.connect(self._show_sum)
        self.parts.refused.connect(self.sum.setText)

    def show_parts(self, names: Sequence[str]) -> None:
        """Ask for a percentage for each name; equal ones to begin with."""
        if names != self.parts.names:
            self.parts.show(names)

    def percentages(self) -> list[int | Fraction]:
        """The percentages, exact."""
        return [Fraction(hundredth, 100) for hundredth in self.parts.hundredths]

    def _show_sum(self) -> None:
        total = sum(self.parts.hundredths)
        text = _("Sum {total}%").format(total=format_number(total, 2, trim=True))
        if total < 10_000:
            missing = format_number(10_000 - total, 2, trim=True)
            text += " · " + _("{missing}% to 100").format(missing=missing)
        elif total > 10_000:
            over = format_number(total - 10_000, 2, trim=True)
            text += " · " + _("{over}% too much").format(over=over)
        self.sum.setText(text)


class PercentModel(QAbstractTableModel):
    """Names and percentages, in hundredths of a per cent."""

    summed = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.hundredths: list[int] = []
        self.typed = False  # whether a person changed one

    def show(self, names: Sequence[str]) -> None:
        """Begin with equal percentages; the first ones take what doesn't divide."""
        self.beginResetModel()
        self.names, self.typed = list(names), False
        count = len(self.names)
        each, rest = divmod(10_000, count) if count else (0, 0)
        self.hundredths = [each + (place < rest) for place in range(count)]
        self.endResetModel()
        self.summed.emit()

    # -- Qt --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            if index.column() == 0:
                return self.names[index.row()]
            return format_number(self.hundredths[index.row()], 2, trim=True)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if index.column() != 1 or role != Qt.ItemDataRole.EditRole:
            return False
        try:
            typed = parse_percent(str(value))
            if typed < 0:
                raise InputError(_("A share can't be below 0 %."))
        except InputError as error:
            self.refused.emit(error.message)
            return False
        self.hundredths[index.row()] = typed
        self.typed = True
        self.dataChanged.emit(index, index)
        self.summed.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else flags

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation == Qt.Orientation.Vertical:
            return None
        return (_("Part"), "%")[section] if 0 <= section < 2 else None

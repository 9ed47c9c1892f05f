"""The split grid's table: keys as in Excel, blocks copied and pasted, months opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QMenu,
    QTableView,
    QWidget,
)

from salesdesk.calc.periods import Period
from salesdesk.errors import InputError
from salesdesk.planning.places import Place
from salesdesk.text import _
from ui.planning.grid_model import GridModel
from ui.shared import look

_NAMES_WIDTH = 170
_CELL_WIDTH = 112


class GridView(QTableView):
    """The table; what it wants done goes through the model's ``edited`` and its own signals.

    ``lock_wanted`` asks to lock (True) or unlock places, ``open_wanted`` to open or close a month.
    """

    lock_wanted = Signal(object, bool)
    open_wanted = Signal(object)

    def __init__(self, model: GridModel) -> None:
        super().__init__()
        self.cells = model
        self.setModel(model)
        self.setAccessibleName(_("Targets"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed
        )
        self.setTabKeyNavigation(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        names = self.verticalHeader()
        names.setFixedWidth(_NAMES_WIDTH)
        names.setSectionsClickable(True)
        names.setDefaultSectionSize(self.fontMetrics().height() + 12)
        self.horizontalHeader().setDefaultSectionSize(_CELL_WIDTH)
        self.horizontalHeader().setHighlightSections(True)
        self.horizontalHeader().sectionDoubleClicked.connect(self._open_column)
        self._add(_("Copy"), QKeySequence.StandardKey.Copy, self.copy)
        self._add(_("Paste"), QKeySequence.StandardKey.Paste, self.paste)
        self._add(_("Clear"), QKeySequence(Qt.Key.Key_Delete), self.clear_cells)
        self._add(_("Fill to the right"), QKeySequence("Ctrl+R"), self.fill_right)
        self._add(_("Fill down"), QKeySequence("Ctrl+D"), self.fill_down)
        self._add(_("Lock or unlock"), QKeySequence("Ctrl+K"), self.toggle_lock)
        self._add(_("Open or close the month"), QKeySequence("Ctrl+Return"), self._open_current)

    def _add(self, name: str, key: QKeySequence | QKeySequence.StandardKey, pressed: Any) -> None:
        action = QAction(name, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: pressed())
        self.addAction(action)

    def set_tall(self, tall: bool) -> None:
        """Give the rows room for a second line."""
        height = self.fontMetrics().height()
        self.verticalHeader().setDefaultSectionSize(height * (2 if tall else 1) + 12)

    # -- the selection -----------------------------------------------------------------------------

    def block(self) -> list[list[Place]]:
        """The places selected, by rows; the cell under the cursor when nothing is."""
        ranges = self.selectionModel().selection().toList()
        if not ranges:
            index = self.currentIndex()
            return [[self.cells.place(index.row(), index.column())]] if index.isValid() else []
        area = ranges[0]
        return [
            [self.cells.place(row, column) for column in range(area.left(), area.right() + 1)]
            for row in range(area.top(), area.bottom() + 1)
        ]

    def current_place(self) -> Place | None:
        """The place under the cursor."""
        index = self.currentIndex()
        return self.cells.place(index.row(), index.column()) if index.isValid() else None

    def go_to(self, place: Place) -> bool:
        """Put the cursor on a place; False when no column shows it."""
        index = self.cells.find(place)
        if not index.isValid():
            return False
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.setFocus()
        return True

    # -- what the keys do --------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the selected values, tab-separated."""
        grid = self.cells.grid
        if grid is None:
            return
        lines = [
            "\t".join(grid.measure.format(grid.value(*place)).replace(",", "") for place in row)
            for row in self.block()
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def paste(self) -> None:
        """Paste a block as Excel copies it, from the cursor on: all of it or nothing."""
        block = self.block()
        if not block or self.cells.grid is None:
            return
        try:
            wanted = self._pasted(QGuiApplication.clipboard().text())
        except InputError as error:
            self.cells.refused.emit(error.message)
            return
        self._set(wanted)

    def _pasted(self, text: str) -> dict[Place, int | None]:
        """Raises InputError naming the cell that can't be taken."""
        first = self.cells.find(self.block()[0][0])
        lines = [line.split("\t") for line in text.rstrip("\r\n").splitlines()]
        single = len(lines) == 1 and len(lines[0]) == 1
        if single and len(self.block()) * len(self.block()[0]) > 1:
            value = self.cells.parse(lines[0][0])
            return {place: value for row in self.block() for place in row}
        wanted: dict[Place, int | None] = {}
        for down, line in enumerate(lines):
            for right, cell in enumerate(line):
                row, column = first.row() + down, first.column() + right
                if row >= self.cells.rowCount() or column >= self.cells.columnCount():
                    raise InputError(
                        _("The block of {rows} x {columns} cells doesn't fit here.").format(
                            rows=len(lines), columns=max(len(one) for one in lines)
                        )
                    )
                place = self.cells.place(row, column)
                try:
                    wanted[place] = self.cells.parse(cell)
                except InputError as error:
                    raise InputError(
                        _("{name}, {period}: {cause} Nothing was pasted.").format(
                            name=self.cells.name(self.cells.row(row)),
                            period=place.period.label,
                            cause=error.message,
                        )
                    ) from error
        return wanted

    def clear_cells(self) -> None:
        """Clear what is entered in the selected cells."""
        self._set({place: None for row in self.block() for place in row})

    def fill_right(self) -> None:
        """Give every selected cell the value of the first in its row."""
        grid = self.cells.grid
        if grid is not None:
            self._set(
                {
                    place: grid.value(*row[0])
                    for row in self.block()
                    for place in row[1:]
                    if grid.value(*row[0]) is not None
                }
            )

    def fill_down(self) -> None:
        """Give every selected cell the value of the topmost in its column."""
        grid, block = self.cells.grid, self.block()
        if grid is not None and block:
            self._set(
                {
                    place: grid.value(*top)
                    for row in block[1:]
                    for top, place in zip(block[0], row, strict=True)
                    if grid.value(*top) is not None
                }
            )

    def toggle_lock(self) -> None:
        """Lock the selected cells, or unlock them when all are locked."""
        grid = self.cells.grid
        places = [place for row in self.block() for place in row]
        if grid is not None and places:
            self.lock_wanted.emit(places, not all(grid.locked(*place) for place in places))

    def _set(self, wanted: Mapping[Place, int | None]) -> None:
        grid = self.cells.grid
        assert grid is not None
        changed = {place: value for place, value in wanted.items() if grid.stored(*place) != value}
        if changed:
            self.cells.edited.emit(changed)

    def _open_column(self, column: int) -> None:
        self.open_wanted.emit(self.cells.columns[column])

    def _open_current(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            period: Period = self.cells.columns[index.column()]
            self.open_wanted.emit(period)

    # -- Qt ----------------------------------------------------------------------------------------

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            # Enter goes on to the cell below, as in Excel.
            index = self.currentIndex()
            below = self.cells.index(index.row() + 1, index.column())
            if below.isValid():
                self.selectionModel().setCurrentIndex(
                    below, QItemSelectionModel.SelectionFlag.ClearAndSelect
                )

    def contextMenuEvent(self, event: Any) -> None:
        menu = QMenu(self)
        menu.addActions(self.actions())
        menu.exec(event.globalPos())


def legend() -> list[tuple[str, str]]:
    """(colour name, words) of what the colours of the grid mean."""
    return [
        ("gap", _("doesn't sum")),
        ("locked", _("locked")),
        ("computed", _("whole period")),
    ]


def swatch_style(name: str) -> str:
    """The style of a little square in a colour of the grid."""
    return (
        f"background: {look.colour(name).name()}; border: 1px solid {look.colour('line').name()};"
    )

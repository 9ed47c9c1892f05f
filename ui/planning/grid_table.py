"""The split grid on screen: drawing of cells, and what keys and the clipboard do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QPixmap,
    QPolygon,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from salesdesk.text import _
from ui.planning.grid_model import CELL_ROLE, GridCell, GridModel, parse_block
from ui.shared import look

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_PADDING = 7
_NARROWEST, _WIDEST_NAME = 84, 230
#: Property of an editor whose text was refused: it stays open on Enter.
_REFUSED = "refused"


class GridTable(QTableView):
    """The grid with its keys: Enter goes down, Ctrl+R and Ctrl+D fill, Ctrl+C and Ctrl+V copy and
    paste, Delete clears, Ctrl+K locks, Alt+Right and Alt+Left open and close the cursor's month.
    """

    moved = Signal()  # the cursor or the selection
    lock_wanted = Signal()
    month_wanted = Signal(int, bool)  # a column; open or close it
    print_wanted = Signal()

    def __init__(self, model: GridModel) -> None:
        super().__init__()
        self.grid_model = model
        self.setModel(model)
        self.setAccessibleName(_("Targets"))
        self.setItemDelegate(CellDelegate(self))
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, names = self.horizontalHeader(), self.verticalHeader()
        across.setHighlightSections(False)
        across.setMinimumSectionSize(40)
        across.setSectionsClickable(True)
        across.sectionClicked.connect(self._header_clicked)
        names.setHighlightSections(False)
        names.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        names.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.actions_by_code = self._make_actions()
        model.modelReset.connect(self.fit)
        self.fit()

    def _make_actions(self) -> dict[str, QAction]:
        keys = QKeySequence.StandardKey
        wanted: list[tuple[str, str, QKeySequence.StandardKey | str, Callable[[], object]]] = [
            ("copy", _("Copy"), keys.Copy, self.copy),
            ("copy_all", _("Copy all with headings"), "", self.copy_all),
            ("paste", _("Paste"), keys.Paste, self.paste),
            ("clear", _("Clear"), keys.Delete, self.clear_chosen),
            ("right", _("Fill right"), "Ctrl+R", lambda: self.fill(right=True)),
            ("down", _("Fill down"), "Ctrl+D", lambda: self.fill(right=False)),
            ("lock", _("Lock or unlock"), "Ctrl+K", self.lock_wanted.emit),
            ("open", _("Open the month"), "Alt+Right", lambda: self._ask_month(True)),
            ("close", _("Close the month"), "Alt+Left", lambda: self._ask_month(False)),
            ("print", _("Print the table…"), "", self.print_wanted.emit),
        ]
        made: dict[str, QAction] = {}
        for code, name, key, pressed in wanted:
            action = QAction(name, self)
            if key:
                action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _checked=False, pressed=pressed: pressed())
            self.addAction(action)
            made[code] = action
        return made

    # -- how it looks ----------------------------------------------------------------------------

    def fit(self) -> None:
        """Fit heights to one or two lines, widths to the largest sums, names to their column."""
        model, metrics = self.grid_model, self.fontMetrics()
        height = metrics.height() + 12
        if model.with_actuals:
            height += self.small_metrics().height()
        self.verticalHeader().setDefaultSectionSize(height)
        names = [
            str(model.headerData(row, Qt.Orientation.Vertical)) for row in range(len(model.rows))
        ]
        bold = QFont(self.font())
        bold.setBold(True)
        widest = max((QFontMetrics(bold).horizontalAdvance(name) for name in names), default=80)
        self.verticalHeader().setFixedWidth(min(max(widest + 22, 110), _WIDEST_NAME))
        for column, period in enumerate(model.columns):
            sums = [
                model.cell(row, column)
                for row, grid_row in enumerate(model.rows)
                if grid_row.depth < 2
            ]
            texts = [text for cell in sums for text in (cell.text, cell.actual)]
            width = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            head = str(model.headerData(column, Qt.Orientation.Horizontal)).split("\n")
            width = max(width, *(metrics.horizontalAdvance(line) for line in head))
            if model.can_open(period):
                width = max(width, metrics.horizontalAdvance(head[0]) + 22)
            self.setColumnWidth(column, max(width + 3 * _PADDING + 8, _NARROWEST))

    def small_metrics(self) -> QFontMetrics:
        """The measures of the small line under a target."""
        return QFontMetrics(small(self.font()))

    # -- cells -----------------------------------------------------------------------------------

    def chosen(self) -> list[tuple[int, int]]:
        """The selected cells, else the cursor's."""
        found = [(index.row(), index.column()) for index in self.selectionModel().selectedIndexes()]
        current = self.currentIndex()
        if not found and current.isValid():
            found = [(current.row(), current.column())]
        return sorted(found)

    def go_to(self, row: int, column: int) -> None:
        """Put the cursor on a cell and show it."""
        index = self.grid_model.index(row, column)
        # Not the view's own way: with Shift or Ctrl held down that would keep the selection.
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.scrollTo(index)

    def copy(self) -> None:
        """Copy the selected block as Excel takes it."""
        cells = self.chosen()
        if cells:
            QGuiApplication.clipboard().setText(self.grid_model.block_text(cells))

    def copy_all(self) -> None:
        """Copy the whole grid with names and headings."""
        lines = self.grid_model.whole_text()
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def paste(self) -> None:
        """Paste a block at the selection's upper left corner; one value fills the selection."""
        cells = self.chosen()
        if not cells or not self.grid_model.editable:
            return
        top, left = min(row for row, _column in cells), min(column for _row, column in cells)
        block = parse_block(QGuiApplication.clipboard().text())
        if block and len(block) == 1 and len(block[0]) == 1:
            bottom = max(row for row, _column in cells)
            right = max(column for _row, column in cells)
            if len(cells) == (bottom - top + 1) * (right - left + 1):
                block = [block[0] * (right - left + 1)] * (bottom - top + 1)
        if self.grid_model.paste(top, left, block):
            self._select(top, left, len(block), max(len(line) for line in block))

    def _select(self, top: int, left: int, tall: int, wide: int) -> None:
        area = QItemSelection(
            self.grid_model.index(top, left),
            self.grid_model.index(top + tall - 1, left + wide - 1),
        )
        self.selectionModel().select(area, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def clear_chosen(self) -> None:
        """Clear the selected targets."""
        if self.grid_model.editable:
            self.grid_model.clear_cells(self.chosen())

    def fill(self, *, right: bool) -> None:
        """Fill the selection from its left column, or its first row."""
        if self.grid_model.editable:
            self.grid_model.fill(self.chosen(), right=right)

    def _ask_month(self, wish: bool) -> None:
        if self.currentIndex().isValid():
            self.month_wanted.emit(self.currentIndex().column(), wish)

    def _header_clicked(self, column: int) -> None:
        if self.grid_model.can_open(self.grid_model.columns[column]):
            opened = self.grid_model.opened
            is_open = opened is not None and opened[0] == self.grid_model.columns[column]
            self.month_wanted.emit(column, not is_open)

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.state() == QAbstractItemView.State.EditingState:
                # The editor passes its Enter on here; it will close, and then the cursor steps.
                return
            up = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(-1 if up else 1)
            return
        super().keyPressEvent(event)

    def _step(self, down: int) -> None:
        current = self.currentIndex()
        row = current.row() + down
        if current.isValid() and 0 <= row < self.grid_model.rowCount():
            self.go_to(row, current.column())

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802
        hints = QAbstractItemDelegate.EndEditHint
        leaving = hint in (hints.NoHint, hints.RevertModelCache)
        if editor.property(_REFUSED) and not leaving:
            assert isinstance(editor, QLineEdit)
            editor.selectAll()  # what was typed stays to be corrected; Escape drops it
            return
        super().closeEditor(editor, hint)
        if hint == hints.SubmitModelCache:
            self._step(1)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        self.moved.emit()

    def selectionChanged(self, selected: object, deselected: object) -> None:  # noqa: N802
        super().selectionChanged(selected, deselected)  # type: ignore[arg-type]
        self.moved.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addActions(self.actions())
        menu.exec(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "actions_by_code"):
            self.fit()


class CellDelegate(QStyledItemDelegate):
    """Draws a cell, and edits it as people write numbers."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(CELL_ROLE)
        if not isinstance(cell, GridCell):
            return
        area: QRect = option.rect  # type: ignore[attr-defined]
        font: QFont = option.font  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        fill = _fill(cell)
        if fill:
            painter.fillRect(area, look.colour(fill))
        if state & QStyle.StateFlag.State_Selected:
            tint = look.colour("accent")
            tint.setAlpha(45)
            painter.fillRect(area, tint)
        if cell.gaps:
            _mark_gap(painter, area)
        if cell.locked:
            picture = _lock(area)
            painter.drawPixmap(area.left() + 4, area.bottom() - 15, picture)
        _write(painter, font, area, cell)
        table = self.parent()
        if isinstance(table, GridTable) and table.currentIndex() == index:
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFrame(False)
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setTextMargins(0, 0, 0, 0)
        editor.setStyleSheet("padding: 0 4px; border-radius: 0;")
        model = index.model()
        if isinstance(model, GridModel):
            editor.setAccessibleName(model.cell_name(index.row(), index.column()))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        assert isinstance(model, GridModel)
        # A cell that was only looked at keeps showing its sum: nothing is entered.
        taken = not editor.isModified() or model.setData(index, editor.text())
        editor.setProperty(_REFUSED, not taken)


def small(font: QFont) -> QFont:
    """The font of the small line under a target."""
    font = QFont(font)
    font.setPointSizeF(max(font.pointSizeF() - 1.5, 6))
    return font


def _fill(cell: GridCell) -> str:
    """The colour behind a cell, "" for the table's own."""
    if cell.gaps:
        return "gap"
    if cell.locked:
        return "locked"
    return "computed" if cell.text and not cell.entered else ""


def _mark_gap(painter: QPainter, area: QRect) -> None:
    """A corner in the upper left, as spreadsheets mark what wants to be looked at."""
    corner = area.topLeft()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("gap_text"))
    painter.drawPolygon(QPolygon([corner, corner + QPoint(10, 0), corner + QPoint(0, 10)]))


def _lock(area: QRect) -> QPixmap:
    return look.icon("mdi6.lock", "pale").pixmap(12, 12)


def _write(painter: QPainter, font: QFont, area: QRect, cell: GridCell) -> None:
    """The target, and below it in small what was achieved."""
    inner = area.adjusted(_PADDING, 0, -_PADDING, 0)
    shown = QFont(font)
    name = "gap_text" if cell.gaps else "text"
    if not cell.entered:
        shown.setItalic(True)
        name = "pale"
    tiny = small(font)
    if cell.actual:
        lower = QRect(inner)
        lower.setTop(area.bottom() - QFontMetrics(tiny).height() - 3)
        inner.setBottom(lower.top())
        painter.setFont(tiny)
        painter.setPen(look.colour("accent"))
        painter.drawText(lower, _RIGHT, cell.actual)
    painter.setFont(shown)
    painter.setPen(look.colour(name))
    painter.drawText(inner, _RIGHT, cell.text)

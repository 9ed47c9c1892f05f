"""The one table of records: columns as declared data, sorting, paging, copying to Excel, printing.

A model holds frozen rows. A short list is handed over whole with :meth:`RecordModel.set_rows` and
sorts itself; a long one is given a ``pager`` that reads a page at a time, in the order asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from salesdesk.text import _
from ui.shared import look

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
#: Sorting key and whole row, for code that looks behind a cell.
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
RECORD_ROLE = int(Qt.ItemDataRole.UserRole) + 2
_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    "right": Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    "center": Qt.AlignmentFlag.AlignCenter,
}


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: its heading, what a cell shows, and how it sorts.

    ``sort`` gives what rows are ordered by (None values come last); without it the text is.
    ``colour`` names a colour of :mod:`ui.shared.look` for the cell's text ("" for plain).
    ``key`` is what a pager calls the order; a paged column without one can't be sorted by.
    """

    title: str
    text: Callable[[R], str]
    width: int = 110
    align: str = "left"
    sort: Callable[[R], Any] | None = None
    colour: Callable[[R], str] | None = None
    tip: Callable[[R], str] | None = None
    bold: Callable[[R], bool] | None = None
    key: str = ""


#: Reads the rows that follow ``after`` (None: the first) in the order ``key``: (key, descending,
#: after) -> rows; fewer than :data:`PAGE` mean that there are no more.
Pager = Callable[[str, bool, R | None], Sequence[R]]
PAGE = 200
#: Where more rows than this differ, a list is shown anew rather than row by row.
_MERGED = 60


class RecordModel(QAbstractTableModel, Generic[R]):
    """The rows of one table."""

    order_wanted = Signal()  # a long list that is read elsewhere is wished in another order

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self._rows: list[R] = []
        self._all: list[R] = []  # with those that the filter hides
        self._filter = ""
        self._pager: Pager[R] | None = None
        self._read_outside = False
        self._more = False
        self._order: tuple[int, bool] | None = None

    @property
    def order(self) -> tuple[str, bool]:
        """What a pager is asked for: the key ("" for the list's own order), and descending."""
        column, descending = self._order or (-1, False)
        return (self.columns[column].key if column >= 0 else ""), descending

    @property
    def rows(self) -> Sequence[R]:
        """The rows read so far, in the order shown."""
        return self._rows

    @property
    def all_rows(self) -> Sequence[R]:
        """The rows of a short list, with those that the filter hides."""
        return self._all

    @property
    def nothing_there(self) -> bool:
        """Whether there is nothing to show, a filter or not."""
        return not self._rows and not self._all

    def record(self, row: int) -> R:
        """The row at a place."""
        return self._rows[row]

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows, in the order last asked for."""
        self.beginResetModel()
        self._pager, self._more = None, False
        self._all = list(rows)
        self._arrange()
        self.endResetModel()

    def merge(self, rows: Sequence[R], same: Callable[[R], object]) -> None:
        """Show other rows, touching only those that differ; ``same`` is a row's identity.

        Rows that stay keep their selection and their picture. What follows a long list's last page
        is still to come. Where much differs, all is shown anew.
        """
        before = {same(row) for row in self._rows}
        self._all = [] if self._pager is not None else list(rows)
        shown, self._rows = self._rows, list(rows)
        self._arrange()
        wanted, self._rows = self._rows, shown
        places = {same(row): place for place, row in enumerate(wanted)}
        touched = len(before ^ places.keys()) + sum(
            1
            for row in shown
            if places.get(same(row), -1) >= 0 and wanted[places[same(row)]] != row
        )
        if touched > _MERGED or len(places) < len(wanted) or len(before) < len(shown):
            self.beginResetModel()
            self._rows = wanted
            self.endResetModel()
            return
        nowhere = QModelIndex()
        for place in range(len(self._rows) - 1, -1, -1):
            if same(self._rows[place]) not in places:
                self.beginRemoveRows(nowhere, place, place)
                del self._rows[place]
                self.endRemoveRows()
        for place, row in enumerate(wanted):
            if same(row) not in before:
                self.beginInsertRows(nowhere, place, place)
                self._rows.insert(place, row)
                self.endInsertRows()
                continue
            while same(self._rows[place]) != same(row):
                there = self._rows[place]
                if same(self._rows[place + 1]) == same(row):  # one row went down
                    self._move(place, places[same(there)])
                else:
                    keys = [same(other) for other in self._rows]
                    self._move(keys.index(same(row), place), place)
            if self._rows[place] != row:
                self._rows[place] = row
                self.dataChanged.emit(
                    self.index(place, 0), self.index(place, len(self.columns) - 1)
                )

    def _move(self, place: int, to: int) -> None:
        """Take a row from one place to another, among as many rows as there are."""
        to = min(to, len(self._rows) - 1)
        nowhere = QModelIndex()
        self.beginMoveRows(nowhere, place, place, nowhere, to + 1 if to > place else to)
        self._rows.insert(to, self._rows.pop(place))
        self.endMoveRows()

    def set_filter(self, text: str) -> None:
        """Show only rows in which every word of ``text`` stands in some cell. Not for pagers."""
        self._filter = text.casefold()
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def set_pager(self, pager: Pager[R]) -> None:
        """Show a long list, a page at a time."""
        self._pager, self._read_outside = pager, False
        self.reload()

    def show_pages(self, pager: Pager[R], rows: Sequence[R], *, more: bool) -> None:
        """Show the first pages of a long list that were read elsewhere, in the background say.

        From then on ``order_wanted`` asks for them when another order is wished; ``pager`` reads
        what follows while the list is scrolled.
        """
        self.beginResetModel()
        self._pager, self._read_outside, self._more = pager, True, more
        self._rows, self._all = list(rows), []
        self.endResetModel()

    def reload(self) -> None:
        """Read a paged list again from its first page."""
        if self._pager is None:
            return
        self.beginResetModel()
        self._rows = list(self._page(None))
        self.endResetModel()

    def _page(self, after: R | None) -> Sequence[R]:
        assert self._pager is not None
        page = self._pager(*self.order, after)
        self._more = len(page) >= PAGE
        return page

    def _arrange(self) -> None:
        """Choose and order what is shown of all rows."""
        if self._pager is not None:
            return
        words = self._filter.split()
        self._rows = [row for row in self._all if self._holds(row, words)]
        if self._order is None:
            return
        place, descending = self._order
        column = self.columns[place]
        key = column.sort or column.text
        known = [(key(row), row) for row in self._rows]
        missing = [row for value, row in known if value is None]
        present = [pair for pair in known if pair[0] is not None]
        present.sort(key=lambda pair: pair[0], reverse=descending)
        self._rows = [row for _value, row in present] + missing

    def _holds(self, row: R, words: Sequence[str]) -> bool:
        if not words:
            return True
        cells = "\n".join(column.text(row) for column in self.columns).casefold()
        return all(word in cells for word in words)

    # -- Qt --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[column.align]
        if role == Qt.ItemDataRole.ForegroundRole and column.colour is not None:
            name = column.colour(row)
            return look.colour(name) if name else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip(row) if column.tip is not None else None
        if role == Qt.ItemDataRole.FontRole and column.bold is not None and column.bold(row):
            font = QFont()
            font.setBold(True)
            return font
        if role == SORT_ROLE:
            return (column.sort or column.text)(row)
        return row if role == RECORD_ROLE else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return _ALIGN[self.columns[section].align] if role == _ALIGNMENT else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self.columns):
            self._order = None
            return
        if self._pager is not None and not self.columns[column].key:
            return
        self._order = (column, order == Qt.SortOrder.DescendingOrder)
        if self._pager is not None:
            if self._read_outside:
                self._more = False  # what is shown has the old order: nothing follows it
                self.order_wanted.emit()
            else:
                self.reload()
            return
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def canFetchMore(self, parent: Index) -> bool:
        return self._more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        if not self._more or not self._rows:
            return
        page = self._page(self._rows[-1])
        if page:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(page) - 1)
            self._rows.extend(page)
            self.endInsertRows()


_ALIGNMENT = Qt.ItemDataRole.TextAlignmentRole
#: Pixels between a cell's edge and its text, and how many rows are looked at for wide figures.
_PADDING, _LOOKED_AT = 7, 60


class RecordTable(QTableView, Generic[R]):
    """A table of records. ``opened`` tells of a double click or Enter, ``picked`` of the row
    the cursor is on (None for none), ``print_wanted`` that it is to be printed.
    """

    opened = Signal(object)
    picked = Signal(object)
    print_wanted = Signal()

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        name: str,
        several: bool = False,
        model: RecordModel[R] | None = None,
    ) -> None:
        super().__init__()
        self.records: RecordModel[R] = RecordModel(columns, self) if model is None else model
        self.setModel(self.records)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # A figure far off at the window's edge belongs to no row any more.
        header.setStretchLastSection(not columns or columns[-1].align != "right")
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(False)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(True)
        header.sortIndicatorChanged.connect(self._widen_sorted)
        for place, column in enumerate(columns):
            heading = header.fontMetrics().horizontalAdvance(column.title) + 2 * _PADDING + 2
            self.setColumnWidth(place, max(column.width, heading))
        self._actions()
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentRowChanged.connect(self._picked)
        self.records.modelReset.connect(self._was_reset)

    def _actions(self) -> None:
        copy = QAction(_("Copy for Excel"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.triggered.connect(self.copy)
        print_action = QAction(_("Print the table…"), self)
        print_action.triggered.connect(self.print_wanted)
        for action in (copy, print_action):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self.addAction(action)

    # -- rows ------------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[R], *, same: Callable[[R], object] | None = None) -> None:
        """Show other rows. With ``same`` (a row's identity) the cursor stays on its row, and only
        rows that differ are painted.
        """
        if same is None:
            self.records.set_rows(rows)
            return
        self.merge_rows(rows, same)

    def merge_rows(self, rows: Sequence[R], same: Callable[[R], object]) -> None:
        """Show other rows where they differ; the cursor leaves a row that is gone."""
        kept = self.current()
        if kept is not None and same(kept) not in {same(row) for row in rows}:
            self.setCurrentIndex(QModelIndex())
        self.records.merge(rows, same)
        if kept is not None and self.current() is None:
            self.pick(lambda row: same(row) == same(kept))
        self.picked.emit(self.current())

    def current(self) -> R | None:
        """The row the cursor is on."""
        index = self.currentIndex()
        return self.records.record(index.row()) if index.isValid() else None

    def chosen(self) -> list[R]:
        """The selected rows, in the order shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.records.record(row) for row in rows]

    def pick(self, wanted: Callable[[R], bool]) -> bool:
        """Put the cursor on the first row that is wanted; False when there is none."""
        for place, row in enumerate(self.records.rows):
            if wanted(row):
                self.selectRow(place)
                self.scrollTo(self.records.index(place, 0))
                return True
        return False

    def copy(self) -> None:
        """Copy the selected rows (all when none is) with headings, tab-separated as Excel takes."""
        rows = self.chosen() or list(self.records.rows)
        QGuiApplication.clipboard().setText(self.as_text(rows))

    def as_text(self, rows: Sequence[R]) -> str:
        """Headings and rows, tab-separated; tabs and line breaks inside become spaces."""
        lines = [[column.title for column in self.records.columns]]
        lines += [[column.text(row) for column in self.records.columns] for row in rows]
        return "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)

    def printed_columns(self) -> list[tuple[str, float, str]]:
        """(title, width, alignment) of the columns shown, for paper."""
        return [
            (column.title, float(self.columnWidth(place)), column.align)
            for place, column in enumerate(self.records.columns)
            if not self.isColumnHidden(place)
        ]

    def printed_rows(self) -> list[list[str]]:
        """The selected rows (all when at most one is) as texts, for paper."""
        chosen = self.chosen()
        rows = chosen if len(chosen) > 1 else list(self.records.rows)
        shown = [c for p, c in enumerate(self.records.columns) if not self.isColumnHidden(p)]
        return [[column.text(row) for column in shown] for row in rows]

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.records.record(index.row()))

    def _picked(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.picked.emit(self.records.record(index.row()) if index.isValid() else None)

    def _was_reset(self) -> None:
        self._widen_figures()
        self.picked.emit(None)

    def _widen_sorted(self, place: int) -> None:
        """A heading makes room for the arrow that says how the table is sorted."""
        if 0 <= place < len(self.records.columns):
            wanted = self.horizontalHeader().sectionSizeHint(place)
            if wanted > self.columnWidth(place):
                self.setColumnWidth(place, wanted)

    def _widen_figures(self) -> None:
        """A figure that is cut is another figure: their columns grow with them, words don't."""
        metrics, rows = self.fontMetrics(), self.records.rows[:_LOOKED_AT]
        for place, column in enumerate(self.records.columns):
            if column.align != "right" or not rows:
                continue
            wanted = max(metrics.horizontalAdvance(column.text(row)) for row in rows) + 2 * _PADDING
            if wanted > self.columnWidth(place):
                self.setColumnWidth(place, wanted)

    # -- Qt --------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by the keyboard sees where the cursor is: on a row, not on a cell of it."""
        super().focusInEvent(event)
        came = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        current = self.currentIndex()
        if came and current.isValid() and not self.selectionModel().hasSelection():
            self.selectRow(current.row())

    def keyPressEvent(self, event: Any) -> None:
        # The Enter that ends an editor's work comes by here as well.
        editing = self.state() == QAbstractItemView.State.EditingState
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.KeyPress and enter and not editing:
            record = self.current()
            if record is not None:
                self.opened.emit(record)
                return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Words that find no room in their cell are shown whole in a tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            shown = str(index.data() or "") if index.isValid() else ""
            room = self.columnWidth(index.column()) - 2 * _PADDING
            if (
                shown
                and not index.data(Qt.ItemDataRole.ToolTipRole)
                and self.fontMetrics().horizontalAdvance(shown) > room
            ):
                QToolTip.showText(event.globalPos(), shown, self)
                return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: Any) -> None:
        menu = QMenu(self)
        menu.addActions(self.actions())
        menu.exec(event.globalPos())


class FilterField(QLineEdit):
    """Narrows a table down to the rows that hold what is typed; Escape shows all again."""

    def __init__(self, table: RecordTable[Any]) -> None:
        super().__init__()
        self.setPlaceholderText(_("Filter"))
        self.setAccessibleName(_("Filter"))
        self.setMaximumWidth(220)
        self.textChanged.connect(table.records.set_filter)
        # The button is only seen beside words; its picture is loaded when the first are typed.
        self.textChanged.connect(lambda: self.setClearButtonEnabled(True))

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class TableOrEmpty(QWidget):
    """A table, and in its place a page that helps while there is nothing in it.

    ``empty`` makes that page when it is first shown: most tables have something in them.
    """

    def __init__(self, table: RecordTable[Any], empty: Callable[[], QWidget]) -> None:
        super().__init__()
        self._table, self._empty = table, empty
        self._stack = QStackedWidget()
        self._stack.addWidget(table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        for changed in (
            table.records.modelReset, table.records.rowsInserted, table.records.rowsRemoved,
        ):  # fmt: skip
            changed.connect(self._choose)

    def _choose(self) -> None:
        nothing_there = self._table.records.nothing_there
        if nothing_there and self._stack.count() == 1:
            if not self.isVisible():
                return  # what it will show isn't known yet
            self._stack.addWidget(self._empty())
        self._stack.setCurrentIndex(1 if nothing_there else 0)

    # -- Qt --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._choose()

"""Looks for what no picture shows at once: ``python -m tests.tour.inspection OFFICE OUT SIZE …``.

Walks the tour's pages and dialogs in Chinese and English, in windows of each SIZE (1024x700; with
"pages" among them without the dialogs), and prints as JSON what is wrong there: texts wider than
their room, numbers and headings that are cut, widgets outside their window, dialogs larger than the
screen, controls that Tab doesn't reach.
QT_SCALE_FACTOR in the environment shows it as on a screen with large pixels; sizes count in the
window's own pixels.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QScrollBar,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QTextEdit,
    QWidget,
)

from salesdesk import text
from salesdesk.planning import plans
from tests.tour.__main__ import BREATH, Tour
from ui.__main__ import speak
from ui.planning.tab import PlanningTab
from ui.shared import background, look
from ui.shared.day_field import DayField
from ui.shared.dialogs import room_on_screen
from ui.shared.labels import ElidedLabel
from ui.shared.tables import RecordTable

#: Pixels by which rounding at 150 % may differ.
_SLACK = 2
#: Pixels between a heading and its edge (look.py).
_PADDING = 7
_CONTROLS = (
    QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QAbstractSpinBox, QPlainTextEdit,
    QTextEdit, QTabBar,
)  # fmt: skip


class Inspection(Tour):
    """A tour that looks at each page instead of drawing it."""

    def __init__(self, office: Path, name: str, out: Path, sizes: list[QSize]) -> None:
        self.sizes = sizes
        self.faults: set[str] = set()
        super().__init__(office, name, out)

    def picture(self, widget: QWidget, name: str) -> None:
        """Look at a page in each size, and press Tab through it once."""
        if widget is not self.window:
            _settle()
            self._note(name, "", _faults_in(widget))
            self._note(name, "", _larger_than(widget))
            self._note(name, "", _not_reached(widget))
            return
        for size in self.sizes:
            widget.setMinimumSize(0, 0)
            widget.resize(size)
            _settle()
            where = f"{size.width()}x{size.height()}"
            if widget.width() > size.width() or widget.height() > size.height():
                grown = f"{widget.width()}x{widget.height()}"
                self._note(name, where, iter([f"the window wants {grown}"]))
            self._note(name, where, _faults_in(widget))
        self._note(name, "", _not_reached(widget))

    def choose_plan(self, planning: PlanningTab) -> None:
        """The year's plan where there is one; an empty office shows its empty pages."""
        assert self.window.session is not None
        if self.window.session.read(plans.plans):
            super().choose_plan(planning)

    def _note(self, page: str, size: str, faults: Iterator[str]) -> None:
        self.faults.update(" ".join(f"{page} {size} {fault}".split()) for fault in faults)


# -- what is cut -----------------------------------------------------------------------------------


def _faults_in(window: QWidget) -> Iterator[str]:
    """What is cut or outside in a window as it stands."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not window or _scrolled_away(widget):
            continue
        place = _described(widget)
        if not _inside(widget, window):
            yield f"outside: {place}"
            continue
        for fault in _cut(widget):
            yield f"{fault}: {place}"


def _cut(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel):
        if widget.text() and widget.wordWrap():
            if widget.heightForWidth(widget.width()) > widget.height() + _SLACK:
                yield f"lines cut ({widget.heightForWidth(widget.width())} > {widget.height()})"
            words = [word for word in widget.text().split() if word.isascii()]
            longest = max(map(widget.fontMetrics().horizontalAdvance, words), default=0)
            if longest > widget.contentsRect().width() + _SLACK:
                yield "word cut"
        elif isinstance(widget, ElidedLabel):
            return  # it gives way where there is little room, and its tip says the whole
        elif widget.text() and _wants(widget) > widget.width() + _SLACK:
            yield f"text cut ({_wants(widget)} > {widget.width()})"
    elif isinstance(widget, QComboBox):
        yield from _cut_choice(widget)
    elif isinstance(widget, QAbstractButton):
        if widget.text() and _wants(widget) > widget.width() + _SLACK:
            yield f"text cut ({_wants(widget)} > {widget.width()})"
        in_field = isinstance(widget.parentWidget(), QLineEdit)  # drawn in the field's own height
        if widget.sizeHint().height() > widget.height() + _SLACK and not in_field:
            yield f"flattened ({widget.sizeHint().height()} > {widget.height()})"
    elif isinstance(widget, QTabBar):
        room = widget.width()
        wanted = sum(widget.tabRect(place).width() for place in range(widget.count()))
        if wanted > room + _SLACK:
            yield f"tabs cut ({wanted} > {room})"
    elif isinstance(widget, QGroupBox):
        if widget.title() and widget.minimumSizeHint().width() > widget.width() + _SLACK:
            yield "title cut"
    elif isinstance(widget, QLineEdit):
        shown = widget.placeholderText() if not widget.text() else ""
        room = widget.contentsRect().width() - 2 * 4
        if shown and widget.fontMetrics().horizontalAdvance(shown) > room and not widget.toolTip():
            yield f"hint cut (“{shown}”)"
    elif isinstance(widget, QHeaderView):
        yield from _cut_headings(widget)
    elif isinstance(widget, QTableView):
        yield from _cut_cells(widget)
    elif isinstance(widget, QListView):
        yield from _cut_items(widget)


def _wants(widget: QLabel | QAbstractButton) -> int:
    """The width that the text needs; a label's by its lines, a button's with its frame."""
    if isinstance(widget, QLabel):
        lines = widget.text().split("\n")
        margins = widget.contentsMargins()
        room = max(map(widget.fontMetrics().horizontalAdvance, lines))
        return room + margins.left() + margins.right()
    return widget.sizeHint().width()


def _cut_choice(widget: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    widget.initStyleOption(option)
    room = widget.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, widget
    )
    wanted = widget.fontMetrics().horizontalAdvance(widget.currentText())
    if wanted > room.width() + _SLACK and not widget.toolTip():
        yield f"choice cut ({wanted} > {room.width()}) “{widget.currentText()}”"


def _cut_headings(header: QHeaderView) -> Iterator[str]:
    if header.orientation() == Qt.Orientation.Vertical:
        return
    for section in range(header.count()):
        if header.isSectionHidden(section) or header.sectionViewportPosition(section) < 0:
            continue
        title = str(header.model().headerData(section, header.orientation()) or "")
        wanted = header.fontMetrics().horizontalAdvance(title) + 2 * _PADDING
        if header.isSortIndicatorShown() and header.sortIndicatorSection() == section:
            wanted = header.sectionSizeFromContents(section).width()
        if wanted > header.sectionSize(section) + _SLACK:
            yield f"heading “{title}” cut ({wanted} > {header.sectionSize(section)})"


def _cut_cells(table: QTableView) -> Iterator[str]:
    """Numbers that are cut; words that are, where nothing shows them whole."""
    model, metrics = table.model(), table.fontMetrics()
    for row in range(min(model.rowCount(), 40)):
        for column in range(model.columnCount()):
            if table.isColumnHidden(column):
                continue
            index = model.index(row, column)
            shown = str(index.data() or "")
            if metrics.horizontalAdvance(shown) + 12 <= table.columnWidth(column) + _SLACK:
                continue
            alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
            is_figure = alignment is not None and bool(
                Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight
            )
            if is_figure:
                yield f"figure cut in column {column}"
            elif not isinstance(table, RecordTable) and not index.data(Qt.ItemDataRole.ToolTipRole):
                yield f"words cut in column {column} without a tip"


def _cut_items(view: QListView) -> Iterator[str]:
    if view.wordWrap() or view.model() is None:
        return
    for row in range(min(view.model().rowCount(), 40)):
        index = view.model().index(row, 0)
        shown = str(index.data() or "")
        room = view.viewport().width()
        wanted = view.sizeHintForIndex(index).width()
        if shown and wanted > room + _SLACK and not index.data(Qt.ItemDataRole.ToolTipRole):
            yield f"item cut ({wanted} > {room}) “{shown}”"


# -- what is outside -------------------------------------------------------------------------------


def _scroller(widget: QWidget) -> QAbstractScrollArea | None:
    """The area in which a widget can be scrolled, if any."""
    parent = widget.parentWidget()
    while parent is not None:
        holder = parent.parentWidget()
        if isinstance(holder, QAbstractScrollArea) and holder.viewport() is parent:
            return holder
        parent = holder
    return None


def _scrolled_away(widget: QWidget) -> bool:
    """What an area scrolls is whole as soon as it is scrolled to; inside tables it isn't ours."""
    area = _scroller(widget)
    return area is not None and (
        isinstance(area, QAbstractItemView) or widget.visibleRegion().isEmpty()
    )


def _inside(widget: QWidget, window: QWidget) -> bool:
    if _scroller(widget) is not None or isinstance(widget, QScrollBar):
        return True
    parent = widget.parentWidget()
    if parent is None or isinstance(parent, QAbstractItemView | QHeaderView):
        return True
    rect = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    slack = QRect(window.rect()).adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
    around = parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
    return slack.contains(rect) and around.contains(widget.geometry())


def _larger_than(dialog: QWidget) -> Iterator[str]:
    room = room_on_screen(dialog)
    if dialog.width() > room.width() or dialog.height() > room.height():
        yield f"larger than the screen: {dialog.width()}x{dialog.height()}"
    for box in dialog.findChildren(QDialogButtonBox):
        if box.isVisible() and not _inside(box, dialog):
            yield "buttons outside"


# -- what Tab reaches ------------------------------------------------------------------------------


def _not_reached(window: QWidget) -> Iterator[str]:
    """Enabled controls that pressing Tab never comes to."""
    # Not by QWidget.nextInFocusChain: PySide takes what that gives for the widget's child, so the
    # chain, a ring, ends Python when it takes its objects down.
    reached: set[QWidget] = set()
    while window.focusNextChild():
        focused = window.focusWidget()
        if focused is None or focused in reached:
            break
        reached.add(focused)
    for control in window.findChildren(QWidget):
        if not isinstance(control, _CONTROLS) or control in reached:
            continue
        if not control.isVisible() or not control.isEnabled() or control.window() is not window:
            continue
        if _belongs_to_a_control(control):
            continue
        if isinstance(control.parentWidget(), DayField):
            continue  # the calendar opens by Alt+Down in the field beside it
        yield f"Tab doesn't reach: {_described(control)}"


def _belongs_to_a_control(widget: QWidget) -> bool:
    """Headings of tables, fields within choices: whoever holds them has the keys."""
    if isinstance(widget, QHeaderView):
        return True
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(
            parent, QLineEdit | QComboBox | QAbstractSpinBox | QAbstractItemView | QTabBar
        ):
            return True
        parent = parent.parentWidget()
    return False


# -- words -----------------------------------------------------------------------------------------


def _described(widget: QWidget) -> str:
    """A widget's kind and words, and whose it is."""
    words = ""
    for name in ("text", "title", "currentText", "toPlainText", "placeholderText"):
        read = getattr(widget, name, None)
        if callable(read) and not isinstance(widget, QAbstractItemView):
            words = str(read())
            if words:
                break
    words = words or widget.accessibleName() or widget.toolTip()
    holder = widget.parentWidget()
    while holder is not None and type(holder).__module__.startswith("PySide6"):
        holder = holder.parentWidget()
    where = "" if holder is None else f" in {type(holder).__name__}"
    return f"{type(widget).__name__} “{words[:60]}”{where}"


def _settle() -> None:
    """Let the window read and lay out what it shows."""
    for _turn in range(3):
        while True:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            if not background.running:
                break
            time.sleep(BREATH)


def main() -> None:
    """Inspect an office in both languages; the faults go to standard output as JSON."""
    office, out = Path(sys.argv[1]), Path(sys.argv[2])
    sizes = [QSize(*map(int, size.split("x"))) for size in sys.argv[3:] if size != "pages"]
    with_dialogs = "pages" not in sys.argv[3:]
    application = QApplication([*sys.argv[:1], *look.ARGUMENTS])
    faults: list[str] = []
    for language in ("zh", "en"):
        text.set_language(language)
        speak(application, language)
        look.apply(application, "light")
        inspection = Inspection(office, language, out, sizes)
        inspection.pages()
        if with_dialogs:
            inspection.dialogs()
            if not office.stem.startswith("empty"):
                inspection.more_dialogs()
        inspection.end()
        faults += sorted(f"{language} {fault}" for fault in inspection.faults)
    print(json.dumps(faults, ensure_ascii=False, indent=0))


if __name__ == "__main__":
    main()

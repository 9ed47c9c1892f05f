"""A day of the timetable: what is to be done, as a list that is ticked, dragged and keyed."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDropEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from salesdesk.planning import tasks
from salesdesk.planning.tasks import Ref, Task
from salesdesk.planning.timetable import Day
from salesdesk.text import _, joined, ngettext
from ui.shared import look
from ui.shared.labels import ElidedLabel

#: How many days an arrow key goes.
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}
#: Pixels that the box beside a task takes, with what is free around it.
_BOX = 38
_DONE_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


def same(one: Ref, other: Ref) -> bool:
    """Whether two references mean one task, with or without a row of its own."""
    if one.rule_id is not None and one.occurrence is not None:
        return (one.rule_id, one.occurrence) == (other.rule_id, other.occurrence)
    return one.id == other.id


class _Lines(QStyledItemDelegate):
    """Gives a task all the lines its words need: Qt's own reckoning forgets the box beside them."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        usual = super().sizeHint(option, index)
        view = self.parent()
        if not isinstance(view, QListWidget) or not view.wordWrap():
            return usual
        width = view.viewport().width()
        room = QRect(0, 0, max(width - _BOX, 20), 10_000)
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        lines = view.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), words)
        return QSize(width, max(usual.height(), lines.height() + 6))


class DayList(QListWidget):
    """The tasks of a day.

    Space or Enter ticks, Delete drops, Alt with arrows moves by days and weeks, Left and Right go
    to the days beside it. ``moved`` carries a task and a day, ``stepped`` days to go on by.
    """

    ticked = Signal(object)
    dropped = Signal(object)
    moved = Signal(object, object)
    stepped = Signal(int)
    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.day = date.min
        self.tasks: list[Task] = []
        self._filling = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setMinimumSize(QSize(40, 22))
        self.setItemDelegate(_Lines(self))
        self.itemChanged.connect(self._item_changed)
        self.itemDoubleClicked.connect(lambda _item: self._tick())

    def show_day(self, day: Day, today: date, *, several: bool, whole: bool) -> None:
        """Show a day's tasks; ``several``: with who does them; ``whole``: in as many lines as
        their words need.
        """
        kept = self.current()
        self.setWordWrap(whole)
        self.day, self.tasks = day.day, list(day.tasks)
        self._filling = True
        self.clear()
        for task in self.tasks:
            self.addItem(_item(task, today, several=several))
        self._filling = False
        if kept is not None:
            self.choose(kept.ref)

    def current(self) -> Task | None:
        """The task that is chosen."""
        at = self.currentRow()
        return self.tasks[at] if 0 <= at < len(self.tasks) else None

    def choose(self, ref: Ref) -> bool:
        """Choose a task; False when it isn't here."""
        for at, task in enumerate(self.tasks):
            if same(task.ref, ref):
                self.setCurrentRow(at)
                return True
        return False

    def _tick(self) -> None:
        task = self.current()
        if task is not None:
            self.ticked.emit(task)

    def _item_changed(self, item: QListWidgetItem) -> None:
        if not self._filling:
            task = self.tasks[self.row(item)]
            QTimer.singleShot(0, self, lambda: self.ticked.emit(task))

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        task, key = self.current(), Qt.Key(event.key())
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and key in _STEPS and task is not None:
            self.moved.emit(task, self.day + timedelta(days=_STEPS[key]))
        elif key in _DONE_KEYS and task is not None:
            self.ticked.emit(task)
        elif key == Qt.Key.Key_Delete and task is not None:
            self.dropped.emit(task)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not alt:
            self.stepped.emit(_STEPS[key])
        elif key == Qt.Key.Key_Up and self.currentRow() <= 0 and not alt:
            self.stepped.emit(-7)
        elif key == Qt.Key.Key_Down and self.currentRow() >= self.count() - 1 and not alt:
            self.stepped.emit(7)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.count() and not self.selectedItems():
            self.setCurrentRow(max(self.currentRow(), 0))
        self.chosen.emit()

    def dropEvent(self, event: QDropEvent) -> None:
        source = event.source()
        task = source.current() if isinstance(source, DayList) else None
        # Read anew, the lists show what became of it: Qt itself moves nothing.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if task is not None and source is not self:
            day = self.day
            QTimer.singleShot(0, self, lambda: self.moved.emit(task, day))


class DayFrame(QFrame):
    """A day's heading, its list, and below it how many customers are to be contacted."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("day")
        self.heading = ElidedLabel()
        self.beside = ElidedLabel("hint")  # what a month's narrow days say beside their number
        self.note = ElidedLabel("")
        self.list = DayList()
        self.contacts = ElidedLabel("")
        for words in (self.beside, self.note, self.contacts):  # the days stay equally wide
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(5)
        head.addWidget(self.heading)
        head.addWidget(self.beside, 1)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.contacts)

    def show_day(self, day: Day, today: date, *, several: bool, week: bool, within: bool) -> None:
        """Show a day: in a week's view under its weekday, ``within`` the month that is shown."""
        number = f"{day.day:%m-%d}"
        self.heading.setText(f"{day.weekday} {number}" if week else number)
        self.heading.setStyleSheet(_heading_rule(is_today=day.day == today, within=within))
        away = [_("{name} on leave").format(name=one.name) for one in day.away]
        note = joined(filter(None, [day.name, *away]))
        words = ""
        if day.contacts_due:
            words = ngettext(
                "{count} customer to contact", "{count} customers to contact", day.contacts_due
            ).format(count=day.contacts_due)
        for part, said, shown in (
            (self.note, note, week),
            (self.contacts, words, week),
            (self.beside, joined(filter(None, [note, words])), not week),
        ):
            part.setText(said)
            part.setToolTip(said)
            part.setVisible(shown and bool(said))
        self.list.show_day(day, today, several=several, whole=week)
        self.list.setAccessibleName(
            joined(filter(None, [f"{day.weekday} {day.day.isoformat()}", note, words]))
        )
        named = [one.name for one in day.contacts]
        if len(named) < day.contacts_due:
            named.append("…")
        self.contacts.setToolTip(joined(named))
        ground = "base" if day.worked else "computed"
        self.setStyleSheet(
            f"QFrame#day {{ border: 1px solid {_css('accent' if day.day == today else 'line')};"
            f" background: {_css(ground)}; }}"
            f" QListView {{ border: 0; background: transparent; }}"
            f" QListView::item {{ padding: {2 if week else 0}px 1px; }}"
        )


def _css(name: str) -> str:
    return look.colour(name).name()


def _heading_rule(*, is_today: bool, within: bool) -> str:
    name = "accent" if is_today else "text" if within else "off"
    return f"color: {_css(name)}; font-weight: 600;"


def _item(task: Task, today: date, *, several: bool) -> QListWidgetItem:
    words = f"{task.begins} {task.words}" if task.begins else task.words
    if several:
        words = _("{words} ({name})").format(words=words, name=task.owner)
    item = QListWidgetItem(words)
    flags = item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled
    if task.status == "dropped":
        font = item.font()
        font.setStrikeOut(True)
        item.setFont(font)
    else:
        flags |= Qt.ItemFlag.ItemIsUserCheckable
        done = task.status == "done"
        item.setCheckState(Qt.CheckState.Checked if done else Qt.CheckState.Unchecked)
    if task.status != "open":
        item.setForeground(look.colour("pale"))
        flags &= ~Qt.ItemFlag.ItemIsDragEnabled
    elif task.day < today:
        item.setForeground(look.colour("behind"))
    item.setFlags(flags)
    item.setToolTip(told(task))
    said = joined([_(tasks.STATUSES[task.status]), words])
    item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
    return item


def told(task: Task) -> str:
    """All that is known of a task, a line each."""
    lines = [task.words, task.owner]
    if task.begins:
        lines.append("–".join(filter(None, [task.begins, task.ends])))
    if task.kind:
        lines.append(_(tasks.KINDS[task.kind]))
    if task.customer_name:
        lines.append(_("Customer: {name}").format(name=task.customer_name))
    if task.plan_title:
        lines.append(_("Plan: {title}").format(title=task.plan_title))
    if task.moved and task.occurrence is not None:
        lines.append(_("Moved from {day}").format(day=task.occurrence.isoformat()))
    if task.done_on is not None:
        lines.append(_("Done on {day}").format(day=task.done_on.isoformat()))
    if task.reason:
        lines.append(_("Dropped: {reason}").format(reason=task.reason))
    return "\n".join(lines)

"""A field for a day: read as people type it, and shown as it was understood."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from salesdesk.calc.days import WEEKDAYS, Towards, read_day
from salesdesk.errors import InputError
from salesdesk.text import _
from ui.shared.labels import label
from ui.shared.look import icon

#: How far the arrow keys go, in days.
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 7, Qt.Key.Key_PageDown: -7}


class DayField(QWidget):
    """A day, typed (2025-3-1, 20250301, 3/1, 明天) or picked from a calendar (Alt+Down).

    Up and Down go a day on or back, Page Up and Page Down a week. An ``optional`` one may be
    empty. ``towards`` says whether a day without its year lies behind or ahead; ``today`` is what
    words like "tomorrow" are reckoned from.
    """

    #: The day that is understood now, None for an empty field or no day.
    changed = Signal(object)

    def __init__(
        self,
        value: date | None = None,
        *,
        optional: bool = False,
        towards: Towards | None = None,
        today: date | None = None,
    ) -> None:
        super().__init__()
        self._optional, self._towards, self._today = optional, towards, today or date.today()
        self.edit = _Line()
        self.edit.setMaxLength(40)
        self.edit.setFixedWidth(130)
        self.edit.setPlaceholderText(_("none") if optional else "2026-11-23")
        self.edit.setToolTip(
            _("Type a day: 2026-11-23, 20261123, 11/23, tomorrow, +3. Up and Down go by a day.")
        )
        self.pick = QToolButton()
        self.pick.setIcon(icon("mdi6.calendar-month-outline", "text"))
        self.pick.setAccessibleName(_("Pick from a calendar"))
        self.pick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pick.clicked.connect(self._open_calendar)
        self.meaning = label("", "hint")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for part in (self.edit, self.pick, self.meaning):
            layout.addWidget(part)
        layout.addStretch(1)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._typed)
        self.edit.left.connect(self._tidy)
        self.edit.stepped.connect(self._step)
        self.edit.calendar_wanted.connect(self._open_calendar)
        self.set_value(value if value is not None or optional else self._today)

    def value(self) -> date | None:
        """The day, None for an empty optional field. Raises InputError for what is no day."""
        text = self.edit.text().strip()
        if not text and self._optional:
            return None
        if not text:
            raise InputError(_("{field} is missing.").format(field=self.accessibleName()))
        try:
            return read_day(text, self._today, towards=self._towards)
        except InputError as error:
            raise InputError(
                _("{field}: {cause}").format(field=self.accessibleName(), cause=error.message)
            ) from error

    def day(self) -> date:
        """The day. Raises InputError when none is given or what is typed is none."""
        day = self.value()
        if day is None:
            raise InputError(_("{field} is missing.").format(field=self.accessibleName()))
        return day

    def understood(self) -> date | None:
        """The day as far as it is understood; None for an empty field or no day."""
        try:
            return read_day(self.edit.text(), self._today, towards=self._towards)
        except InputError:
            return None

    def set_value(self, value: date | None) -> None:
        """Show a day; an empty field for None."""
        self.edit.setText("" if value is None else value.isoformat())

    def _typed(self, text: str) -> None:
        day = self.understood()
        if day is not None:
            weekday = _(WEEKDAYS[day.weekday()])
            self.meaning.setText(
                weekday if text.strip() == day.isoformat() else f"{day.isoformat()} {weekday}"
            )
        else:
            self.meaning.setText(_("not a day") if text.strip() else "")
        self.changed.emit(day)

    def _tidy(self) -> None:
        """Write the day that was understood into the field, once it is left."""
        day = self.understood()
        if day is not None and self.edit.text() != day.isoformat():
            self.set_value(day)

    def _step(self, days: int) -> None:
        shown = self.understood()
        self.set_value(self._today if shown is None else shown + timedelta(days=days))
        self.edit.selectAll()

    def _open_calendar(self) -> None:
        shown = self.understood() or self._today
        menu = QMenu(self)
        calendar = QCalendarWidget()
        calendar.setGridVisible(False)
        calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)

        def take(chosen: QDate) -> None:
            self.set_value(date(chosen.year(), chosen.month(), chosen.day()))
            menu.close()

        calendar.clicked.connect(take)
        calendar.activated.connect(take)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.edit.mapToGlobal(self.edit.rect().bottomLeft()))
        calendar.setFocus()

    # -- Qt --------------------------------------------------------------------------------------

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)


class _Line(QLineEdit):
    """The line that is typed into; it passes on what isn't typing."""

    left = Signal()
    stepped = Signal(int)
    calendar_wanted = Signal()

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_F4 or (
            key == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        ):
            self.calendar_wanted.emit()
        elif key in _STEPS:
            self.stepped.emit(_STEPS[key])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

"""Forms: dialogs with named fields, where a refusal is shown beside what was typed.

A field says what is wrong with it by raising InputError from ``value``; the dialog shows the
sentence and stays open, so nothing typed is lost. Where the screen is too low the fields scroll;
the sentence and the buttons always stay in sight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from salesdesk.calc.money import format_number, parse_number, parse_percent
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.text import _
from ui.shared.dialogs import Dialog, room_on_screen
from ui.shared.labels import label, make_primary, scrolled

T = TypeVar("T")


class FormDialog(Dialog):
    """A dialog with a form; :meth:`save` does its work and may raise SalesDeskError.

    Subclasses add fields with :meth:`add` in ``__init__`` and implement :meth:`save`. One that
    only asks on the way to something else, with nothing that could be lost, has no
    ``holds_work``: it closes without a question.
    """

    holds_work = True

    def __init__(self, title: str, parent: QWidget | None, *, save_text: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(440)
        self.form = QFormLayout()
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(9)
        self.error = label("", "error", wrap=True)
        self.error.hide()
        self.buttons = QDialogButtonBox()
        self.save_button = self.buttons.addButton(
            save_text or _("Save"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        make_primary(self.save_button)
        self.save_button.setDefault(True)
        self.cancel_button = self.buttons.addButton(
            _("Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        self._at_first: list[object] | None = None
        self._warned_at: list[object] | None = None
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._body = QWidget()
        body_layout = QVBoxLayout(self._body)
        body_layout.setContentsMargins(20, 18, 20, 4)
        body_layout.addLayout(self.form)
        body_layout.addStretch(1)
        self._area = scrolled(self._body)
        self._below = QWidget()
        below_layout = QVBoxLayout(self._below)
        below_layout.setContentsMargins(20, 8, 20, 16)
        below_layout.setSpacing(12)
        below_layout.addWidget(self.error)
        below_layout.addWidget(self.buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._area, 1)
        whole.addWidget(self._below)
        self._body.installEventFilter(self)

    def add(self, name: str, field: QWidget, hint: str = "") -> None:
        """A line of the form: ``name``, the field, and maybe a pale line below it."""
        field.setAccessibleName(name)
        title = QLabel(name)
        title.setBuddy(field)
        self.form.addRow(title, field)
        if hint:
            self.form.addRow("", label(hint, "hint", wrap=True))

    def show_error(self, text: str) -> None:
        """Show a refusal; nothing hides it when ``text`` is empty."""
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self.fit()

    def fit(self, *, shrink: bool = False) -> None:
        """Grow to what the form needs now: wrapped lines want a height by their width.

        With ``shrink`` also give room back that is no longer needed. The screen is the limit.
        """
        if self._at_first is not None:
            self._order_tabs()  # lines may have come
        room = room_on_screen(self)
        bar = self._area.verticalScrollBar().sizeHint().width()
        least = min(self._body.minimumSizeHint().width() + bar, room.width())
        self._area.setMinimumWidth(least)
        width = max(self.width(), self.minimumWidth(), least)
        wanted = _height_at(self._body, width) + _height_at(self._below, width)
        self.resize(width, min(room.height(), wanted if shrink else max(self.height(), wanted)))
        self.keep_inside()

    def save(self) -> None:
        """Do what the form is for. Raises SalesDeskError to keep the dialog open."""
        raise TypeError(f"{type(self).__name__} says nothing of how it is saved")

    @property
    def is_changed(self) -> bool:
        """Whether something was typed, chosen or ticked since the form was shown."""
        if self._at_first is None or not self.holds_work:
            return False
        return self._entered() != self._at_first

    def typed_text(self) -> str:
        """What stands in the form as text, to be kept where it can't be saved."""
        lines = [self.windowTitle()]
        for row in range(self.form.rowCount()):
            title = self.form.itemAt(row, QFormLayout.ItemRole.LabelRole)
            field = self.form.itemAt(row, QFormLayout.ItemRole.FieldRole)
            holder = None if field is None else field.widget()
            if holder is None or not _words_in(holder):
                continue
            named = title.widget() if title is not None else None
            name = named.text() if isinstance(named, QLabel) else holder.accessibleName()
            lines.append(f"{name}: {_words_in(holder)}")
        return "\n".join(lines)

    # -- Qt --------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        # Not the scrolling area's: that asks for little.
        width = max(self._body.sizeHint().width(), self._below.sizeHint().width())
        return QSize(width, _height_at(self._body, width) + _height_at(self._below, width))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Events still come while Python lets go of a dialog, whose attributes are gone by then.
        body = getattr(self, "_body", None)
        if event.type() == QEvent.Type.LayoutRequest and watched is body and self.isVisible():
            self.fit()  # lines were shown or their words changed
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()
        if self._at_first is None:
            self._begin_in(self._order_tabs())
            self._at_first = self._entered()

    def accept(self) -> None:
        try:
            self.save()
        except SalesDeskError as error:
            self.show_error(error.message)
            return
        super().accept()

    def reject(self) -> None:
        """Close without saving; what was entered is thrown away only when asked twice."""
        if self.isVisible() and self.is_changed and self._entered() != self._warned_at:
            self._warned_at = self._entered()
            self.show_error(_("Your changes aren't saved yet. Cancel again to discard them."))
            return
        super().reject()

    def _order_tabs(self) -> list[QWidget]:
        """Tab goes through the fields, then the buttons; the fields in that order."""
        chain = [
            widget
            for widget in self.findChildren(QWidget)
            # The lists of combo boxes are windows of their own.
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
            and widget.window() is self
        ]
        fields = [widget for widget in chain if not self.buttons.isAncestorOf(widget)]
        fields.sort(key=lambda widget: self._place_of(widget))
        ordered = [*fields, self.save_button, self.cancel_button]
        for before, after in pairwise(ordered):
            QWidget.setTabOrder(before, after)
        return fields

    def _begin_in(self, fields: Sequence[QWidget]) -> None:
        """Typing begins in the first field, unless the form itself chose another."""
        focused = self.focusWidget()
        if focused is None or focused in (self.save_button, self.cancel_button, self):
            first = next((widget for widget in fields if _can_be_typed_in(widget)), None)
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)

    def _place_of(self, widget: QWidget) -> tuple[int, int]:
        at = widget.mapTo(self, widget.rect().topLeft())
        return at.y(), at.x()

    def _entered(self) -> list[object]:
        """What stands in the fields: words, figures, days, choices and ticks."""
        return [
            value
            for widget in self.findChildren(QWidget)
            if (value := _entered_in(widget)) is not None
        ]


def _height_at(part: QWidget, width: int) -> int:
    """The height that a part of a dialog wants at a width."""
    layout = part.layout()
    assert layout is not None
    if layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return layout.totalSizeHint().height()


def _entered_in(widget: QWidget) -> object:
    """What a field holds, None for what is no field. Editable choices and counters hold a line."""
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QPlainTextEdit):
        return None if widget.isReadOnly() else widget.toPlainText()
    if isinstance(widget, QComboBox):
        return None if widget.isEditable() else widget.currentText()
    if isinstance(widget, QAbstractButton):
        return widget.isChecked() if widget.isCheckable() else None
    return None


def _can_be_typed_in(widget: QWidget) -> bool:
    return widget.isEnabled() and widget.isVisible() and not isinstance(widget, QPushButton)


def _words_in(field: QWidget) -> str:
    """The words of a field and of what it is made of; never a password."""
    words = []
    for part in (field, *field.findChildren(QWidget)):
        if isinstance(part, QLineEdit) and part.echoMode() is QLineEdit.EchoMode.Normal:
            words.append(part.text())
        elif isinstance(part, QPlainTextEdit):
            words.append(part.toPlainText())
        elif isinstance(part, QComboBox) and not part.isEditable():
            words.append(part.currentText())
        elif isinstance(part, QCheckBox) and part.isChecked():
            words.append(part.text() or _("yes"))
    return " ".join(word for word in words if word)


class TextField(QLineEdit):
    """A line of text."""

    def __init__(self, value: str = "", *, hint: str = "", longest: int = 200) -> None:
        super().__init__(value)
        self.setPlaceholderText(hint)
        self.setMaxLength(longest)

    def value(self) -> str:
        """The text without spaces around it."""
        return self.text().strip()


class WordsField(QPlainTextEdit):
    """Several lines of text; Tab goes to the next field."""

    def __init__(self, value: str = "", *, hint: str = "", lines: int = 3) -> None:
        super().__init__(value)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 18)

    def value(self) -> str:
        """The text without spaces around it."""
        return self.toPlainText().strip()


class NumberField(QLineEdit):
    """A number as people write it: 1,200 · 1.2万; ``digits`` decimals, 2 for money in cents."""

    def __init__(
        self, name: str, value: int | None = None, *, digits: int = 2, hint: str = ""
    ) -> None:
        super().__init__()
        self._name, self._digits = name, digits
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText(hint)
        self.set_value(value)

    @staticmethod
    def _read(text: str, digits: int) -> int:
        return parse_number(text, digits)

    def set_value(self, value: int | None) -> None:
        """Show a value, nothing for None."""
        self.setText("" if value is None else format_number(value, self._digits, trim=True))

    def value_or_none(self) -> int | None:
        """The value in ``10 ** -digits``, None for an empty field. Raises InputError."""
        text = self.text().strip()
        if not text:
            return None
        try:
            return self._read(text, self._digits)
        except InputError as error:
            raise InputError(
                _("{field}: {cause}").format(field=self._name, cause=error.message)
            ) from error

    def value(self) -> int:
        """The value. Raises InputError when the field is empty or holds no number."""
        value = self.value_or_none()
        if value is None:
            raise InputError(_("{field} is missing.").format(field=self._name))
        return value


class PercentField(NumberField):
    """Per cent, in hundredths of one: 1.5 · 1.5% · 百分之五."""

    @staticmethod
    def _read(text: str, digits: int) -> int:
        return parse_percent(text, digits)


class Choice(QComboBox, Generic[T]):
    """A choice among values, each shown by a name."""

    def __init__(
        self, choices: Mapping[T, str] | Sequence[tuple[T, str]], value: T | None = None
    ) -> None:
        super().__init__()
        self._values: list[T] = []
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_choices(choices, value)

    def set_choices(
        self, choices: Mapping[T, str] | Sequence[tuple[T, str]], value: T | None = None
    ) -> None:
        """Offer other choices, quietly; ``value`` is chosen if it is among them, else the first."""
        pairs = list(choices.items()) if isinstance(choices, Mapping) else list(choices)
        names = [self.itemText(place) for place in range(self.count())]
        self.blockSignals(True)
        # What is offered already isn't painted again.
        if pairs != list(zip(self._values, names, strict=True)):
            self.clear()
            self._values = [choice for choice, _name in pairs]
            self.addItems([name for _one, name in pairs])
        elif pairs and value not in self._values:
            self.setCurrentIndex(0)
        if value in self._values:
            self.setCurrentIndex(self._values.index(value))
        self.blockSignals(False)

    def value(self) -> T:
        """What is chosen. Raises InputError when there is nothing to choose."""
        if not 0 <= self.currentIndex() < len(self._values):
            raise InputError(_("There is nothing to choose yet."))
        return self._values[self.currentIndex()]

    def offers(self, value: T) -> bool:
        """Whether ``value`` is among the choices."""
        return value in self._values

    def set_value(self, value: T) -> None:
        """Choose ``value``, which must be offered."""
        self.setCurrentIndex(self._values.index(value))

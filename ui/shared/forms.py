"""Forms: dialogs with named fields, where a refusal is shown beside what was typed.

A field says what is wrong with it by raising InputError from ``value``; the dialog shows the
sentence and stays open, so nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from salesdesk.calc.money import format_number, parse_number
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.text import _
from ui.shared.labels import label, make_primary

T = TypeVar("T")


class FormDialog(QDialog):
    """A dialog with a form; :meth:`save` does its work and may raise SalesDeskError.

    Subclasses add fields with :meth:`add` in ``__init__`` and implement :meth:`save`.
    """

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
        self._typed_at_first: list[str] | None = None
        self._warned = False
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(20, 18, 20, 16)
        self.content.setSpacing(12)
        self.content.addLayout(self.form)
        self.content.addStretch(1)
        self.content.addWidget(self.error)
        self.content.addWidget(self.buttons)

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

    def fit(self) -> None:
        """Grow to what the form needs now: wrapped lines want a height by their width."""
        width = max(self.width(), self.minimumWidth())
        self.resize(width, max(self.height(), self.content.totalHeightForWidth(width)))

    def save(self) -> None:
        """Do what the form is for. Raises SalesDeskError to keep the dialog open."""
        raise TypeError(f"{type(self).__name__} says nothing of how it is saved")

    # -- Qt --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()
        if self._typed_at_first is None:
            self._fields_first()
            self._typed_at_first = self._typed()

    def accept(self) -> None:
        try:
            self.save()
        except SalesDeskError as error:
            self.show_error(error.message)
            return
        super().accept()

    def reject(self) -> None:
        """Close without saving; words that were typed are thrown away only when asked twice."""
        if not self._warned and self.isVisible() and self._typed() != self._typed_at_first:
            self._warned = True
            self.show_error(_("What you typed isn't saved yet. Cancel again to discard it."))
            return
        super().reject()

    def _fields_first(self) -> None:
        """Tab goes through the fields, then the buttons; typing begins in the first field."""
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
        focused = self.focusWidget()
        if focused is None or focused in (self.save_button, self.cancel_button, self):
            first = next((widget for widget in fields if _can_be_typed_in(widget)), None)
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)

    def _place_of(self, widget: QWidget) -> tuple[int, int]:
        at = widget.mapTo(self, widget.rect().topLeft())
        return at.y(), at.x()

    def _typed(self) -> list[str]:
        """What stands in the fields for words and figures."""
        lines = [field.text() for field in self.findChildren(QLineEdit)]
        return lines + [field.toPlainText() for field in self.findChildren(QPlainTextEdit)]


def _can_be_typed_in(widget: QWidget) -> bool:
    return widget.isEnabled() and widget.isVisible() and not isinstance(widget, QPushButton)


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

    def set_value(self, value: int | None) -> None:
        """Show a value, nothing for None."""
        self.setText("" if value is None else format_number(value, self._digits, trim=True))

    def value_or_none(self) -> int | None:
        """The value in ``10 ** -digits``, None for an empty field. Raises InputError."""
        text = self.text().strip()
        if not text:
            return None
        try:
            return parse_number(text, self._digits)
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
        self.blockSignals(True)
        self.clear()
        self._values = [choice for choice, _name in pairs]
        self.addItems([name for _one, name in pairs])
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

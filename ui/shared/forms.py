"""Forms: dialogs with named fields, where a refusal is shown beside what was typed.

A field says what is wrong with it by raising InputError from ``value``; the dialog shows the
sentence and stays open, so nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Generic, TypeVar

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
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

    def accept(self) -> None:
        try:
            self.save()
        except SalesDeskError as error:
            self.show_error(error.message)
            return
        super().accept()


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


class DayField(QWidget):
    """A day, with a calendar to pick from; an ``optional`` one has a box to tick first."""

    def __init__(self, value: date | None = None, *, optional: bool = False) -> None:
        super().__init__()
        self.edit = QDateEdit()
        self.edit.setCalendarPopup(True)
        self.edit.setDisplayFormat("yyyy-MM-dd")
        self.edit.setMinimumWidth(130)
        self.box = QCheckBox()
        self.box.setVisible(optional)
        self.box.toggled.connect(self.edit.setEnabled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addWidget(self.edit)
        layout.addStretch(1)
        self.setFocusProxy(self.edit)
        self._optional = optional
        self.set_value(value)

    def value(self) -> date | None:
        """The day, None where the box isn't ticked."""
        if self._optional and not self.box.isChecked():
            return None
        shown = self.edit.date()
        return date(shown.year(), shown.month(), shown.day())

    def day(self) -> date:
        """The day of a field that isn't optional. Raises InputError when none is given."""
        day = self.value()
        if day is None:
            raise InputError(_("{field} is missing.").format(field=self.accessibleName()))
        return day

    def set_value(self, value: date | None) -> None:
        """Show a day; None unticks an optional field and shows today in another."""
        self.box.setChecked(value is not None)
        self.edit.setEnabled(value is not None or not self._optional)
        shown = value or date.today()
        self.edit.setDate(QDate(shown.year, shown.month, shown.day))

    # -- Qt --------------------------------------------------------------------------------------

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)
        self.box.setAccessibleName(name)

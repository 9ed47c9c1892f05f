"""The field of a form for each type of field a kind of record can declare."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from salesdesk.records import records
from salesdesk.records import values as field_values
from salesdesk.records.kinds import Field
from salesdesk.records.records import Record
from salesdesk.text import _
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, TextField, WordsField
from ui.shared.session import Session

#: How many customers are proposed while a name is typed.
_PROPOSED = 20


class CustomerField(QLineEdit):
    """A customer by number and name; matches are proposed while one types."""

    def __init__(self, session: Session, field: Field, shown: str) -> None:
        super().__init__(shown)
        self._session, self._field = session, field
        self.setPlaceholderText(_("Name, pinyin, initials, phone or company"))
        self._proposals = QCompleter([], self)
        self._proposals.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        # What matches was found by pinyin or phone too: the list is shown as it is.
        self._proposals.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setCompleter(self._proposals)
        self.textEdited.connect(self._propose)

    def _propose(self, typed: str) -> None:
        from PySide6.QtCore import QStringListModel

        matches = (
            self._session.read(records.choices, self._field, typed, limit=_PROPOSED)
            if typed.strip()
            else []
        )
        names = [f"{number} {name}" for number, name in matches]
        self._proposals.setModel(QStringListModel(names, self._proposals))


def widget(session: Session, field: Field, record: Record | None) -> QWidget:
    """The widget for a field, with the record's value or what a new one has."""
    value = None if record is None else record.values.get(field.name)
    if field.type == "text":
        return TextField(value or "", longest=field.longest)
    if field.type == "words":
        return WordsField(value or "")
    if field.is_number:
        # What a record shows is typed in the same way; nothing is 0 until somebody says so.
        edit = QLineEdit("" if record is None else record.text(field).removesuffix("%"))
        edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        return edit
    if field.type in ("day", "last_day"):
        return _day_field(session, field, value, is_new=record is None)
    if field.type == "customer":
        shown = "" if value is None or record is None else f"{value} {record.text(field)}"
        return CustomerField(session, field, shown)
    return _choice(session, field, value, record)


def _day_field(session: Session, field: Field, value: date | None, *, is_new: bool) -> DayField:
    shown = None if value is None else field_values.shown_day(field, value)
    if is_new and field.needed:
        shown = session.today
    return DayField(shown, optional=not field.needed, today=session.today)


def _choice(session: Session, field: Field, value: Any, record: Record | None) -> Choice[Any]:
    if field.type in ("choice", "flag"):
        choices = [(code, _(words)) for code, words in field.offered.items()]
        value = field.default if value is None else value
    else:
        choices = list(session.read(records.choices, field))
        if record is not None and value is not None and value not in dict(choices):
            choices.append((value, record.text(field)))  # no longer in use, but chosen then
        if record is None and field.type == "person" and field.needed:
            value = session.person_id
    if not field.needed and field.default is None:
        choices.insert(0, (None, "—"))
    return Choice(choices, value)


def typed_value(
    session: Session, field: Field, shown: QWidget, others: Mapping[str, QWidget]
) -> Any:
    """What a widget of :func:`widget` holds, as it is stored. Raises FieldError, InputError.

    A number is read in the decimals of the measure that is chosen in another of the form's fields.
    """
    if isinstance(shown, Choice):
        return shown.value()
    if isinstance(shown, TextField | WordsField):
        return shown.value()
    if isinstance(shown, DayField):
        day = shown.value()
        return None if day is None else field_values.stored_day(field, day)
    assert isinstance(shown, QLineEdit)
    digits = None
    if field.digits_of:
        measure = others[field.digits_of]
        assert isinstance(measure, Choice)
        digits = session.read(field_values.digits_of_measure, measure.value())
    return session.read(field_values.parse, field, shown.text(), digits=digits)

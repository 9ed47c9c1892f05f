"""The form of a record, made from the declaration of its kind."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from salesdesk.records import records
from salesdesk.records.kinds import Kind
from salesdesk.records.records import Record
from salesdesk.records.values import FieldError
from salesdesk.text import _
from ui.shared import record_fields
from ui.shared.forms import FormDialog
from ui.shared.session import Session


class RecordForm(FormDialog):
    """One record, new when ``record`` is None; ``fields`` are its widgets by the field's name."""

    def __init__(
        self, session: Session, kind: Kind, record: Record | None, parent: QWidget | None
    ) -> None:
        title = _("New {kind}") if record is None else _("Edit {kind}")
        super().__init__(title.format(kind=_(kind.one)), parent)
        self._session, self._kind, self._record = session, kind, record
        shown = session.read(records.shown_fields, kind, session.person_id)
        self._shown = [field for field in shown if record is not None or field.asked_when_new]
        self.fields: dict[str, Any] = {}  # as record_fields.widget made them
        for field in self._shown:
            self.fields[field.name] = record_fields.widget(session, field, record)
            self.add(_(field.words), self.fields[field.name], _(field.hint))

    def save(self) -> None:
        """Write the record. Raises SalesDeskError."""
        try:
            self._save()
        except FieldError as error:
            if error.field in self.fields:
                self.fields[error.field].setFocus()
            raise

    def _save(self) -> None:
        given = {
            field.name: record_fields.typed_value(
                self._session, field, self.fields[field.name], self.fields
            )
            for field in self._shown
        }
        kind, record = self._kind, self._record
        with self._session.changing(self.windowTitle()) as change:
            if record is None:
                records.enter(change, kind, given)
                return
            # Only what was changed is written: a colleague's edit of another field stays.
            changed = {name: value for name, value in given.items() if value != record.values[name]}
            if changed:
                records.alter(change, kind, record.id, changed, seen_version=record.version)

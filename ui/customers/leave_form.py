"""Leave: who is away, from when to when, and who covers."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from salesdesk.office import people
from salesdesk.office.people import Leave
from salesdesk.text import _
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, TextField
from ui.shared.labels import label
from ui.shared.session import Session


class LeaveForm(FormDialog):
    """A new leave; on its days the one who covers has the customers on their own Today page."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(_("New leave"), parent)
        self._session = session
        self._names = {one.id: one.name for one in session.read(people.people)}
        covers: list[tuple[int | None, str]] = [(None, _("nobody")), *self._names.items()]
        self.person: Choice[int] = Choice(self._names, session.person_id)
        self.cover: Choice[int | None] = Choice(covers)
        self.first = DayField(session.today, today=session.today, towards="future")
        self.last = DayField(session.today, today=session.today, towards="future")
        self.note = TextField()
        self.add(_("Person"), self.person)
        self.add(_("First day"), self.first)
        self.add(_("Last day"), self.last)
        self.add(
            _("Covered by"),
            self.cover,
            _("Due customers then stand on that person's Today page, and come back by themselves."),
        )
        self.add(_("Note"), self.note)

    def save(self) -> None:
        """Write the leave. Raises SalesDeskError."""
        person_id = self.person.value()
        label_text = _("Leave of {name}").format(name=self._names[person_id])
        with self._session.changing(label_text) as change:
            people.add_leave(
                change,
                person_id,
                self.first.day(),
                self.last.day() + timedelta(days=1),
                cover_id=self.cover.value(),
                note=self.note.value(),
            )


class BackForm(FormDialog):
    """On which day somebody is back, earlier or later than was said."""

    def __init__(self, session: Session, leave: Leave, parent: QWidget | None) -> None:
        super().__init__(_("End of leave"), parent)
        self._session, self._leave = session, leave
        self.back = DayField(max(session.today, leave.first_day))
        text = _("{name}: {first} to {last}").format(
            name=leave.person_name, first=leave.first_day, last=leave.end_day - timedelta(days=1)
        )
        self.form.addRow(label(text, "subtitle", wrap=True))
        self.add(
            _("Back on"),
            self.back,
            _("The first day back at work. Back on the first day or before: no leave at all."),
        )

    def save(self) -> None:
        """End the leave. Raises SalesDeskError."""
        label_text = _("{name} is back").format(name=self._leave.person_name)
        with self._session.changing(label_text) as change:
            people.end_leave(change, self._leave.id, self.back.day())

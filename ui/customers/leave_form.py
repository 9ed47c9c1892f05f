"""The end of a leave: on which day somebody is back."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from salesdesk.customers.leave import end_leave
from salesdesk.office.people import Leave
from salesdesk.text import _
from ui.shared.day_field import DayField
from ui.shared.forms import FormDialog
from ui.shared.labels import label
from ui.shared.session import Session


class BackForm(FormDialog):
    """On which day somebody is back, earlier or later than was said."""

    def __init__(self, session: Session, leave: Leave, parent: QWidget | None) -> None:
        super().__init__(_("End of leave"), parent)
        self._session, self._leave = session, leave
        self.back = DayField(
            max(session.today, leave.first_day), today=session.today, towards="future"
        )
        text = _("{name}: {first} to {last}").format(
            name=leave.person_name, first=leave.first_day, last=leave.end_day - timedelta(days=1)
        )
        self.form.addRow(label(text, "subtitle", wrap=True))
        self.add(
            _("Back on"),
            self.back,
            _(
                "The first day back at work. If that is the leave's first day or earlier, "
                "the leave is deleted."
            ),
        )

    def save(self) -> None:
        """End the leave. Raises SalesDeskError."""
        label_text = _("{name} is back").format(name=self._leave.person_name)
        with self._session.changing(label_text) as change:
            end_leave(change, self._leave.id, self.back.day())

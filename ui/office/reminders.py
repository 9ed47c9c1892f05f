"""Whether this person is reminded at this machine, and when they are left in peace."""

from __future__ import annotations

from datetime import time

from PySide6.QtWidgets import QCheckBox, QWidget

from salesdesk.errors import InputError
from salesdesk.text import _, quoted
from ui import reminder
from ui.shared.forms import FormDialog, TextField
from ui.shared.labels import label
from ui.shared.session import Session

_CLOCK = 5


class RemindersForm(FormDialog):
    """Kept in the preferences of this machine, not in the office."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(_("Reminders"), parent)
        self._preferences = session.preferences
        self.form.addRow(
            label(
                _("The day's tasks are told from the tray once a day, timed ones a quarter of an "
                  "hour before they begin."),
                "hint", wrap=True,
            )
        )  # fmt: skip
        self.enabled = QCheckBox(_("Remind me"))
        self.enabled.setChecked(self._preferences.get(reminder.ENABLED, True))
        begins, ends = reminder.quiet_hours(self._preferences)
        self.begins = TextField(begins, hint=reminder.USUAL_FROM, longest=_CLOCK)
        self.ends = TextField(ends, hint=reminder.USUAL_UNTIL, longest=_CLOCK)
        self.form.addRow("", self.enabled)
        self.add(_("Quiet from"), self.begins)
        self.add(_("Quiet until"), self.ends)

    def save(self) -> None:
        begins, ends = _clock(self.begins.value()), _clock(self.ends.value())
        self._preferences.set(reminder.ENABLED, self.enabled.isChecked())
        self._preferences.set(reminder.FROM, begins)
        self._preferences.set(reminder.UNTIL, ends)


def _clock(words: str) -> str:
    try:
        return f"{time.fromisoformat(words):%H:%M}"
    except ValueError as error:
        raise InputError(
            _("{time} isn't a time of day: write it as 09:30.").format(time=quoted(words, 20))
        ) from error

"""PINs in the window: asked for when somebody sits down, and set by who has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from salesdesk.errors import InputError
from salesdesk.office import pins
from salesdesk.text import _
from ui.shared.forms import FormDialog
from ui.shared.labels import label
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.workspace import Workspace


class PinDialog(FormDialog):
    """Asks for a person's PIN; accepted only when it is right."""

    holds_work = False

    def __init__(
        self, workspace: Workspace, person_id: int, name: str, parent: QWidget | None
    ) -> None:
        super().__init__(_("PIN of {name}").format(name=name), parent, save_text=_("Go on"))
        self._workspace, self._person_id = workspace, person_id
        self.pin = _hidden()
        self.add(_("PIN"), self.pin, _("Forgotten? A sales manager can clear it."))

    def save(self) -> None:
        """Try the PIN. Raises InputError for a wrong one or while nobody may try."""
        pin = self.pin.text()
        self.pin.clear()
        if not pin:
            raise InputError(_("{field} is missing.").format(field=_("PIN")))
        pins.check(self._workspace, self._person_id, pin)


class PinForm(FormDialog):
    """Sets, changes or clears the PIN of who works here."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(_("My PIN"), parent)
        self._session = session
        assert session.person_id is not None
        self._person_id = session.person_id
        self._has_pin = session.read(pins.has_pin, self._person_id)
        self.present, self.new, self.again = _hidden(), _hidden(), _hidden()
        words = _("{name} has a PIN.") if self._has_pin else _("{name} has no PIN.")
        self.form.addRow(label(words.format(name=session.workspace.person_name), wrap=True))
        if self._has_pin:
            self.add(_("Present PIN"), self.present)
        self.add(
            _("New PIN"),
            self.new,
            _("At least {count} characters; empty: no PIN.").format(count=pins.SHORTEST),
        )
        self.add(_("New PIN again"), self.again)
        self.form.addRow(
            label(
                _(
                    "A PIN keeps colleagues at this computer from working under your name by "
                    "mistake. It can't protect the file from somebody who has it: for that, give "
                    "the office a password."
                ),
                "hint",
                wrap=True,
            )
        )

    def save(self) -> None:
        """Write the PIN. Raises SalesDeskError."""
        if self.new.text() != self.again.text():
            raise InputError(_("The two PINs differ."))
        if self._has_pin:
            # Counted like any other try, so that this form is no way around the wait.
            pins.check(self._session.workspace, self._person_id, self.present.text())
        with self._session.changing(_("My PIN")) as change:
            if self.new.text():
                pins.set_pin(change, self._person_id, self.new.text(), present=self.present.text())
            elif self._has_pin:
                pins.clear_pin(change, self._person_id, present=self.present.text())
            else:
                raise InputError(_("{field} is missing.").format(field=_("New PIN")))


def _hidden() -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMaxLength(pins.LONGEST)
    return field

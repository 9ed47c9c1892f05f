"""The password of the office file: set, changed, removed."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from salesdesk.errors import Cancelled, InputError, SalesDeskError
from salesdesk.office import protection
from salesdesk.text import _
from ui.shared import background
from ui.shared.forms import FormDialog
from ui.shared.labels import label
from ui.shared.messages import ask
from ui.shared.session import Session


class OfficePasswordForm(FormDialog):
    """Puts the open office under another password; the window goes on with the changed file."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(_("Password"), parent)
        self._session = session
        self._encrypted = session.workspace.encrypted
        self.present, self.new, self.again = _hidden(), _hidden(), _hidden()
        self.form.addRow(
            label(
                _("The office file is encrypted by a password.")
                if self._encrypted
                else _("The office file has no password: whoever has the file can read it."),
                wrap=True,
            )
        )
        if self._encrypted:
            self.add(_("Present password"), self.present)
        self.add(_("New password"), self.new, _("Empty: no password.") if self._encrypted else "")
        self.add(_("New password again"), self.again)
        self.form.addRow(
            label(
                _(
                    "A lost password can't be recovered by anybody: without it the file stays "
                    "closed."
                ),
                "error",
                wrap=True,
            )
        )
        self.form.addRow(
            label(
                _("Backups and copies made before keep the password they had.")
                if self._encrypted
                else _("Backups and copies made before stay without a password."),
                "hint",
                wrap=True,
            )
        )

    def accept(self) -> None:
        """Change the password in the background: each page of the file is written anew."""
        try:
            new = self._asked()
        except SalesDeskError as error:
            self.show_error(error.message)
            return
        workspace = self._session.workspace
        background.run(
            self,
            _("Writing the office file anew. With a large office this takes some minutes."),
            lambda report: protection.set_password(workspace, new, report.say),
            lambda _nothing: QDialog.accept(self),
            lambda error: self.show_error(error.message),
        )

    def _asked(self) -> str | None:
        """The new password, None for none. Raises SalesDeskError."""
        new = self.new.text()
        if new != self.again.text():
            raise InputError(_("The two passwords differ; nothing was done."))
        if not new and not self._encrypted:
            raise InputError(_("{field} is missing.").format(field=_("New password")))
        if self._encrypted:
            self._session.workspace.check_password(self.present.text())
        question = _("Take the password off? Whoever has the file can read it then.")
        if not new and not ask(self, question, _("Remove the password"), danger=True):
            raise Cancelled(_("The password was not changed."))
        return new or None


def _hidden() -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMaxLength(200)
    return field

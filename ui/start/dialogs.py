"""The dialogs before an office is open: a new one, its password, who is working."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from salesdesk.errors import InputError
from salesdesk.storage import files
from salesdesk.text import _
from ui.preferences import Preferences
from ui.shared.files import OFFICE_ENDING as ENDING
from ui.shared.files import OFFICES, ask_place, last_folder, safe_name
from ui.shared.forms import Choice, FormDialog, TextField
from ui.shared.labels import button, label, row


class NewOfficeDialog(FormDialog):
    """Asks what a new office needs; ``path`` and the fields hold the answer once accepted."""

    def __init__(self, parent: QWidget | None, preferences: Preferences) -> None:
        super().__init__(_("New office"), parent, save_text=_("Create"))
        self._preferences = preferences
        from salesdesk.office.settings import KINDS  # SQLAlchemy isn't needed for the first picture

        self.setMinimumWidth(560)
        self.name = TextField(hint=_("e.g. Riverside Garden sales office"), longest=80)
        self.founder = TextField(longest=80)
        self.kind: Choice[str] = Choice({code: _(name) for code, name in KINDS.items()})
        self.file = TextField(longest=1000)
        self.file.setAccessibleName(_("File"))
        self._file_chosen = False
        self.password, self.again = TextField(), TextField()
        for field in (self.password, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self.add(_("Name of the office"), self.name)
        self.add(_("Your name"), self.founder)
        self.add(
            _("Kind of office"),
            self.kind,
            _("Sets measures, grades, contact intervals and weekday weights; all can be changed."),
        )
        self.add(_("File"), row(self.file, button(_("Choose…"), self._choose)))
        self.add(_("Password"), self.password, _("Optional: it encrypts the file."))
        self.add(_("Password again"), self.again)
        self.warning = label(
            _("A lost password can't be recovered by anybody: without it the file stays closed."),
            "error",
            wrap=True,
        )
        self.warning.hide()
        self.form.addRow("", self.warning)
        self.name.textChanged.connect(self._propose_file)
        self.file.textEdited.connect(self._edited)
        self.password.textChanged.connect(self._password_typed)
        self._propose_file("")

    @property
    def path(self) -> Path:
        """Where the office is to be."""
        path = Path(self.file.value()).expanduser()
        return path if path.suffix == ENDING else path.with_name(path.name + ENDING)

    @property
    def password_or_none(self) -> str | None:
        """The password, None when none was wished."""
        return self.password.text() or None

    def save(self) -> None:
        """Check what was typed. Raises InputError."""
        if not self.name.value():
            raise InputError(_("The office needs a name."))
        if not self.founder.value():
            raise InputError(_("Your name is missing."))
        if not self.file.value():
            raise InputError(_("Say where to put the file."))
        if files.stands(self.path):
            raise InputError(_("{path} exists already.").format(path=self.path))
        if self.password.text() != self.again.text():
            raise InputError(_("The two passwords differ."))

    def _propose_file(self, name: str) -> None:
        if not self._file_chosen:
            safe = safe_name(name) or _("Sales office")
            self.file.setText(str(last_folder(self._preferences, OFFICES) / f"{safe}{ENDING}"))

    def _edited(self, _text: str) -> None:
        self._file_chosen = True

    def _password_typed(self, typed: str) -> None:
        self.warning.setVisible(bool(typed))
        self.fit()

    def _choose(self) -> None:
        path = ask_place(self, self._preferences, _("New office"), self.path)
        if path is not None:
            self._file_chosen = True
            self.file.setText(str(path))


class PasswordDialog(FormDialog):
    """Asks for the password of an office file."""

    holds_work = False

    def __init__(self, parent: QWidget | None, name: str, refusal: str = "") -> None:
        super().__init__(_("Password"), parent, save_text=_("Open"))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.form.addRow(label(_("{name} is encrypted.").format(name=name), wrap=True))
        self.add(_("Password"), self.password)
        self.show_error(refusal)

    def save(self) -> None:
        """Check that something was typed. Raises InputError."""
        if not self.password.text():
            raise InputError(_("{field} is missing.").format(field=_("Password")))


class WhoDialog(FormDialog):
    """Asks who is working at this machine."""

    holds_work = False

    def __init__(
        self, parent: QWidget | None, people: Sequence[tuple[int, str]], chosen: int | None = None
    ) -> None:
        super().__init__(_("Who is working here?"), parent, save_text=_("Go on"))
        self.person: Choice[int] = Choice(people, chosen)
        self.add(
            _("Person"),
            self.person,
            _("Changes are noted under this name; it can be changed in the Office menu."),
        )

    def save(self) -> None:
        """Check that somebody is chosen. Raises InputError."""
        self.person.value()

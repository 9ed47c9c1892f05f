"""How an office comes into the window: new, opened, the demo, a backup restored.

Asks what must be asked (password, who is working) and says why something can't be opened; gives
an open workspace to :attr:`Opening.opened`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from salesdesk.errors import DamagedOfficeError, SalesDeskError, WrongPasswordError
from salesdesk.storage import files
from salesdesk.text import _
from ui.preferences import Preferences
from ui.shared import background
from ui.shared.files import (
    BACKUPS,
    OFFICE_ENDING,
    OFFICES,
    ask_open,
    ask_save,
    documents_folder,
    office_filter,
)
from ui.shared.messages import ask, say, tell

if TYPE_CHECKING:
    from salesdesk.workspace import Workspace


class Opening(QObject):
    """Opens offices for the main window."""

    opened = Signal(object)  # a Workspace whose person is known
    failed = Signal()  # an office that was to be opened stays closed, and it was said why

    def __init__(self, parent: QWidget, preferences: Preferences) -> None:
        super().__init__(parent)
        self._parent, self._preferences = parent, preferences

    # -- asking ----------------------------------------------------------------------------------

    def ask_new(self) -> None:
        """Ask for a new office and open it."""
        from ui.start.dialogs import NewOfficeDialog

        dialog = NewOfficeDialog(self._parent, self._preferences)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.new(
                dialog.path,
                name=dialog.name.value(),
                kind=dialog.kind.value(),
                founder=dialog.founder.value(),
                password=dialog.password_or_none,
            )

    def ask_open(self) -> None:
        """Ask for a file and open it."""
        recent = self._preferences.recent
        path = ask_open(
            self._parent,
            self._preferences,
            _("Open an office"),
            office_filter(),
            kind=OFFICES,
            first=recent[0].parent if recent else None,
        )
        if path is not None:
            self.open(path)

    def demo(self) -> None:
        """Open the demo office in the documents folder; it is made when it isn't there."""
        path = documents_folder() / f"{_('SalesDesk demo office')}{OFFICE_ENDING}"
        if files.stands(path):
            self.open(path)
        else:
            self.make_demo(path)

    def ask_restore(self, office: Path | None, close: Callable[[], None]) -> None:
        """Ask for a backup and put it in the place of ``office`` or elsewhere, then open it."""
        from salesdesk.storage.backup import folder_of

        # An open office's own backups are what is looked for, wherever others were found last.
        kind = BACKUPS if office is None else f"{BACKUPS}_{office.name}"
        backup = ask_open(
            self._parent,
            self._preferences,
            _("Choose the backup to restore"),
            office_filter(),
            kind=kind,
            first=None if office is None else folder_of(office),
        )
        if backup is None:
            return
        if office is not None and ask(
            self._parent,
            _(
                "Replace the office that is open now with {backup}? The present file is "
                "kept beside it."
            ).format(backup=backup.name),
            _("Replace"),
            danger=True,
        ):
            close()
            self.restore(backup, office)
            return
        target = ask_save(
            self._parent,
            self._preferences,
            _("Restore as"),
            _("{name} restored").format(name=office.stem if office is not None else backup.stem),
            OFFICE_ENDING,
            office_filter(),
            kind=OFFICES,
        )
        if target is not None:
            self.restore(backup, target)

    # -- doing -----------------------------------------------------------------------------------

    def new(
        self, path: Path, *, name: str, kind: str, founder: str, password: str | None = None
    ) -> None:
        """Found an office and open it."""
        from salesdesk.office.founding import new_office

        self._warn_of_place(path)
        background.run(
            self._parent,
            _("Making the office…"),
            lambda _progress: new_office(
                path, name=name, kind=kind, founder=founder, password=password
            ),
            self._hand_over,
            self._refused,
        )

    def make_demo(self, path: Path) -> None:
        """Make the demo office at ``path`` and open it."""
        from salesdesk import demo

        background.run(
            self._parent,
            _("Making the demo office…"),
            lambda progress: demo.make(path, progress=progress),
            self._hand_over,
            self._refused,
        )

    def open(self, path: Path, password: str | None = None) -> None:
        """Open the office at ``path``, asking for its password when it has one."""
        from salesdesk.workspace import Workspace

        def refused(error: SalesDeskError) -> None:
            if not isinstance(error, WrongPasswordError):
                self._refused(error)
                return
            typed = self._ask_password(path, error, again=bool(password))
            if typed is not None:
                self.open(path, typed)

        background.run(
            self._parent,
            _("Opening {name}…").format(name=path.name),
            lambda report: Workspace.open(path, password, report.say),
            self._come_in,
            refused,
        )

    def _come_in(self, workspace: Workspace) -> None:
        for notice in (*workspace.notices, workspace.read_only):
            if notice:
                say(self._parent, notice, QMessageBox.Icon.Warning)
        self._warn_of_place(workspace.path)
        self._hand_over(workspace)

    def _ask_password(self, path: Path, error: WrongPasswordError, *, again: bool) -> str | None:
        """The password of the office at ``path``; None, and that it failed, when none is given."""
        from ui.start.dialogs import PasswordDialog

        dialog = PasswordDialog(self._parent, path.name, error.message if again else "")
        if dialog.exec() == QDialog.DialogCode.Accepted:
            return dialog.password.text()
        self.failed.emit()
        return None

    def restore(
        self,
        backup: Path,
        to: Path,
        password: str | None = None,
        *,
        damaged_too: bool = False,
    ) -> None:
        """Put a backup at ``to`` (what stands there is kept beside it) and open it."""
        from salesdesk.workspace import restore

        def refused(error: SalesDeskError) -> None:
            if isinstance(error, WrongPasswordError):
                typed = self._ask_password(backup, error, again=bool(password))
                if typed is not None:
                    self.restore(backup, to, typed, damaged_too=damaged_too)
                return
            if not isinstance(error, DamagedOfficeError):
                self._refused(error)
                return
            words = _(
                "{refusal} Take another backup if there is one. The present file is kept "
                "beside the restored one in any case."
            ).format(refusal=error.message)
            if not damaged_too and ask(
                self._parent, words, _("Restore it all the same"), danger=True
            ):
                self.restore(backup, to, password, damaged_too=True)
            else:
                self.failed.emit()

        def work(_progress: background.Progress) -> None:
            restore(backup, to, password, force=True, damaged_too=damaged_too)

        background.run(
            self._parent,
            _("Restoring {name}…").format(name=backup.name),
            work,
            lambda _nothing: self.open(to, password),
            refused,
        )

    def choose_person(self, workspace: Workspace, *, again: bool = False) -> bool:
        """Say who works in the office: as remembered, the only one, or whom the person picks.

        Whoever has a PIN must give it, unless they sit there already. False when nobody sat down.
        """
        from salesdesk.office import people, settings

        everyone = workspace.read(people.people)
        office_id = workspace.read(settings.read).office_id
        names = {person.id: person.name for person in everyone}
        known = workspace.person_id or self._preferences.person_in(office_id)
        while True:
            if again or known not in names:
                known = self._ask_who(list(names.items()), known)
                if known is None:
                    return False
            if known == workspace.person_id or self._knows_pin(workspace, known, names[known]):
                break
            if len(names) == 1:
                return False
            again = True  # the PIN isn't known: somebody else may be meant
        workspace.work_as(known, names[known])
        self._preferences.work_as(office_id, known)
        return True

    def _knows_pin(self, workspace: Workspace, person_id: int, name: str) -> bool:
        """Whether a person has no PIN, or it was given."""
        from salesdesk.office import pins

        if not workspace.read(pins.has_pin, person_id):
            return True
        from ui.office.pin import PinDialog

        dialog = PinDialog(workspace, person_id, name, self._parent)
        return dialog.exec() == QDialog.DialogCode.Accepted

    def _ask_who(self, people: list[tuple[int, str]], known: int | None) -> int | None:
        from ui.start.dialogs import WhoDialog

        if len(people) == 1:
            return people[0][0]
        dialog = WhoDialog(self._parent, people, known)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return None
        return dialog.person.value()

    def _hand_over(self, workspace: Workspace) -> None:
        if not self.choose_person(workspace):
            workspace.close()
            self.failed.emit()
            return
        self._preferences.opened(workspace.path)
        self.opened.emit(workspace)

    def _refused(self, error: SalesDeskError) -> None:
        tell(self._parent, error)
        self.failed.emit()

    def _warn_of_place(self, path: Path) -> None:
        """Say once of a file that it lies where files can be damaged."""
        from salesdesk.storage.places import warning_about

        warned = self._preferences.get("warned", [])
        if str(path) in warned:
            return
        warning = warning_about(path)
        if warning is not None:
            say(self._parent, warning, QMessageBox.Icon.Warning)
            self._preferences.set("warned", [*warned, str(path)][-20:])

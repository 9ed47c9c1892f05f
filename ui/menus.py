"""The menus: their entries, keys, and which of them need an open office."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget

from salesdesk import text
from salesdesk.errors import ReplacedOfficeError, SalesDeskError
from salesdesk.storage import files
from salesdesk.text import _
from ui.preferences import Preferences
from ui.shared.messages import say, tell
from ui.shared.painted import once_painted
from ui.status import StatusBar
from ui.tabs import TABS

if TYPE_CHECKING:
    from salesdesk.workspace import ChangeNotice
    from ui.opening import Opening
    from ui.shared.guarding import Guard
    from ui.shared.session import Session

_KEYS = QKeySequence.StandardKey


class Host(Protocol):
    """What the menus ask of the window they hang in."""

    preferences: Preferences
    status: StatusBar
    session: Session | None

    @property
    def opening(self) -> Opening: ...
    @property
    def current_tab(self) -> QWidget | None: ...
    def show_tab(self, code: str) -> QWidget: ...
    def back_up(self) -> None: ...
    def save_copy(self) -> None: ...
    def may_leave(self) -> bool: ...
    def leave_office(self) -> None: ...
    def close_office(self) -> None: ...


class Menus(QObject):
    """The menu bar of ``window``; what its entries do they ask of ``host``."""

    def __init__(self, window: QMainWindow, host: Host) -> None:
        super().__init__(window)
        self._window, self._host = window, host
        self._with_office: list[QAction] = []
        self._rights: dict[QAction, str] = {}
        self._guards: list[Guard] = []
        bar = window.menuBar()
        self._file(bar.addMenu(_("&File")))
        self._edit(bar.addMenu(_("&Edit")))
        self._view(bar.addMenu(_("&View")))
        self._office(bar.addMenu(_("&Office")))
        self._help(bar.addMenu(_("&Help")))
        self.office_open(False)

    def office_open(self, is_open: bool) -> None:
        """Offer what fits: some entries need an open office."""
        self.let_go()
        for action in self._with_office:
            action.setEnabled(is_open)
        session = self._host.session
        if is_open and session is not None:
            # What somebody may and could undo is read once the rows stand: nobody opens a menu
            # before, and the writers refuse it all the same.
            once_painted(self._window.centralWidget(), partial(self._fit, session))
        self._offer(None, None)

    def _fit(self, session: Session) -> None:
        """Grey what the person may not do in the office that was opened, if it is open still."""
        from ui.shared.guarding import guard

        if self._host.session is not session:
            return
        try:
            for action, code in self._rights.items():
                self._guards.append(guard(action, session, code))
            self.refresh_undo()
        except ReplacedOfficeError:
            return  # lost since it was opened: the window tells of it, with all that can be done

    def let_go(self) -> None:
        """Guard nothing by the office that is being closed."""
        for held in self._guards:
            held.drop()
        self._guards = []

    def heard(self, notice: ChangeNotice) -> None:
        """Say what would be undone after a change. What was just done says so itself."""
        if notice.kind == "do":
            self._offer(notice.label, None)
        else:
            self.refresh_undo()

    def refresh_undo(self) -> None:
        """Say in the Edit menu what would be undone and redone."""
        session = self._host.session
        if session is None:
            self._offer(None, None)
        else:
            self._offer(session.workspace.undo_label(), session.workspace.redo_label())

    def _offer(self, undo: str | None, redo: str | None) -> None:
        self.undo.setText(_("Undo: {label}").format(label=undo) if undo else _("Undo"))
        self.undo.setEnabled(bool(undo))
        self.redo.setText(_("Redo: {label}").format(label=redo) if redo else _("Redo"))
        self.redo.setEnabled(bool(redo))

    # -- the menus -------------------------------------------------------------------------------

    def _file(self, menu: QMenu) -> None:
        host = self._host
        self._add(menu, _("New office…"), lambda: host.opening.ask_new())
        self._add(menu, _("Open…"), lambda: host.opening.ask_open(), _KEYS.Open)
        self.recent = menu.addMenu(_("Opened lately"))
        self.recent.aboutToShow.connect(self._list_recent)
        self._add(menu, _("Demo office"), lambda: host.opening.demo())
        menu.addSeparator()
        menu.setToolTipsVisible(True)  # they say why an entry is grey
        backing_up = self._add(menu, _("Back up now"), host.back_up, office=True)
        self._rights[backing_up] = "backups.make"
        copying = self._add(menu, _("Save a copy…"), host.save_copy, office=True)
        self._rights[copying] = "backups.make"
        self._add(menu, _("Restore a backup…"), self._restore)
        menu.addSeparator()
        self._add(menu, _("Print…"), partial(self._ask_tab, "print_current"), _KEYS.Print, True)
        menu.addSeparator()
        self._add(menu, _("Close the office"), host.leave_office, office=True)
        self._add(menu, _("Quit"), self._window.close, "Ctrl+Q")  # Windows has no key of its own

    def _edit(self, menu: QMenu) -> None:
        self.undo = self._add(menu, _("Undo"), self._undo, _KEYS.Undo)
        self.redo = self._add(menu, _("Redo"), self._redo)
        self.redo.setShortcuts([QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")])
        self._add(
            menu, _("History…"), partial(self._dialog, "history", "HistoryDialog"), None, True
        )
        menu.addSeparator()
        self._add(menu, _("Find"), partial(self._ask_tab, "find"), _KEYS.Find, True)
        self._add(menu, _("New entry"), partial(self._ask_tab, "new"), _KEYS.New, True)
        self._add(menu, _("Log a contact…"), self._log_contact, "Ctrl+L", True)

    def _view(self, menu: QMenu) -> None:
        for number, tab in enumerate(TABS, 1):
            show = partial(self._host.show_tab, tab.code)
            self._add(menu, _(tab.name), show, f"Ctrl+{number}", True)
        menu.addSeparator()
        scheme = self._host.preferences.get("scheme", "system")
        choices = (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
        self._choices(menu, choices, scheme, self._dress)
        menu.addSeparator()
        languages = (("zh", "中文"), ("en", "English"))
        self._choices(menu, languages, text.language(), self._speak)

    def _office(self, menu: QMenu) -> None:
        for name, module, dialog in (
            (_("People and teams…"), "people", "PeopleDialog"),
            (_("Working calendar…"), "calendar", "CalendarDialog"),
            (_("Measures…"), "measures", "MeasuresDialog"),
            (_("Causes of a miss…"), "causes", "CausesDialog"),
            (_("Rules…"), "rules", "RulesDialog"),
            (_("Who may do what…"), "rights", "RightsDialog"),
        ):
            self._add(menu, name, partial(self._dialog, module, dialog), None, True)
        menu.addSeparator()
        for name, code in (
            (_("Products…"), "product"),
            (_("Leave…"), "leave"),
            (_("Count by hand…"), "count"),
        ):
            self._add(menu, name, partial(self._records, code), None, True)
        self._add(menu, _("Leave and hand-over"), self._leave, None, True)
        self._add(menu, _("Approvals…"), self.approvals, None, True)
        menu.addSeparator()
        self._add(menu, _("Who is working here…"), self._who, None, True)
        self._add(menu, _("My PIN…"), partial(self._dialog, "pin", "PinForm"), None, True)
        reminders = partial(self._dialog, "reminders", "RemindersForm")
        self._add(menu, _("Reminders…"), reminders, None, True)
        locking = self._add(
            menu,
            _("Password…"),
            partial(self._dialog, "password", "OfficePasswordForm"),
            office=True,
        )
        self._rights[locking] = "password.change"

    def _help(self, menu: QMenu) -> None:
        self._add(menu, _("Guide"), self._guide, _KEYS.HelpContents)
        self._add(menu, _("Check the office file"), self._check, None, True)
        menu.addSeparator()
        self._add(menu, _("About SalesDesk"), self._about)

    def _add(
        self,
        menu: QMenu,
        name: str,
        pressed: Callable[[], Any],
        key: _KEYS | str | None = None,
        office: bool = False,
    ) -> QAction:
        action = QAction(name, self._window)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _checked=False: pressed())
        menu.addAction(action)
        if office:
            self._with_office.append(action)
        return action

    def _choices(
        self,
        menu: QMenu,
        choices: tuple[tuple[str, str], ...],
        chosen: str,
        pressed: Callable[[str], None],
    ) -> None:
        group = QActionGroup(self)
        for code, name in choices:
            action = QAction(name, self._window)
            action.setCheckable(True)
            action.setChecked(code == chosen)
            action.triggered.connect(lambda _checked=False, code=code: pressed(code))
            group.addAction(action)
            menu.addAction(action)

    # -- what they do ----------------------------------------------------------------------------

    def _ask_tab(self, wish: str) -> None:
        """Pass a wish on to the tab that is shown; tabs that don't know it stay as they are."""
        tab = self._host.current_tab
        answer = getattr(tab, wish, None)
        if answer is not None:
            answer()

    def _log_contact(self) -> None:
        """Log a contact from anywhere; tabs without customers ask with whom it was."""
        session, tab = self._host.session, self._host.current_tab
        if session is None:
            return
        if hasattr(tab, "log_contact"):
            self._ask_tab("log_contact")
            return
        from ui.customers.contact_form import ContactForm

        ContactForm(session, None, self._window).exec()

    def _dialog(self, module: str, name: str) -> None:
        import importlib  # dialogs are imported when first wanted

        if self._host.session is not None:
            dialog = getattr(importlib.import_module(f"ui.office.{module}"), name)
            dialog(self._host.session, self._window).exec()

    def _records(self, code: str) -> None:
        """The records of a kind, as its declaration says."""
        from ui.office.record_dialog import RecordDialog

        if self._host.session is not None:
            RecordDialog(self._host.session, code, self._window).exec()

    def approvals(self) -> None:
        """Show what waits for a decision."""
        self._dialog("approvals", "ApprovalsDialog")

    def _list_recent(self) -> None:
        self.recent.clear()
        for path in self._host.preferences.recent:
            if files.is_file(path):
                action = self.recent.addAction(str(path))
                action.triggered.connect(partial(self._open_recent, path))

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self._host.opening.open(path)

    def _restore(self) -> None:
        session = self._host.session
        office = None if session is None else session.workspace.path
        self._host.opening.ask_restore(office, self._host.close_office)

    def _undo(self) -> None:
        self._reverse("undo", _("Undone: {label}"))

    def _redo(self) -> None:
        self._reverse("redo", _("Redone: {label}"))

    def _reverse(self, way: str, sentence: str) -> None:
        session = self._host.session
        if session is None:
            return
        try:
            label = getattr(session.workspace, way)()
        except SalesDeskError as error:
            tell(self._window, error)
            return
        if label:
            self._host.status.say(sentence.format(label=label))

    def _leave(self) -> None:
        """Who is away and who covers is a page of the Customers tab, since customers follow."""
        tab: Any = self._host.show_tab("customers")
        tab.show_page("handover")

    def _who(self) -> None:
        session = self._host.session
        # Words are saved under the name of who typed them.
        if session is None or not self._host.may_leave():
            return
        if self._host.opening.choose_person(session.workspace, again=True):
            session.person_changed.emit()

    def _dress(self, scheme: str) -> None:
        from ui.shared import look

        self._host.preferences.set("scheme", scheme)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        look.apply(application, scheme)

    def _speak(self, language: str) -> None:
        if language != text.language():
            self._host.preferences.language = language
            say(self._window, _("The language changes when SalesDesk is started again."))

    def _guide(self) -> None:
        from ui.help import GuideDialog

        guide = GuideDialog(self._window)
        guide.show()

    def _check(self) -> None:
        session = self._host.session
        if session is None:
            return
        from salesdesk.check import check
        from ui.help import show_problems
        from ui.shared import background

        background.run(
            self._window,
            _("Checking the office file…"),
            lambda progress: check(session.workspace, progress=progress),
            partial(show_problems, self._window),
        )

    def _about(self) -> None:
        from salesdesk import __version__

        say(
            self._window,
            _(
                "SalesDesk {version}\nPlans, targets, customers and reports of a sales office."
            ).format(version=__version__),
        )

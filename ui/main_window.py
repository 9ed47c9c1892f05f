"""The main window: menus, three tabs, status bar. It opens and closes offices and asks the tabs.

No business logic: what a menu entry does lives in the tab, dialog or flow it calls. Tabs are built
when they are first shown, and nothing of the office is imported before the frame stands.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from salesdesk.errors import DamagedOfficeError, ReplacedOfficeError, SalesDeskError
from salesdesk.storage import files
from salesdesk.text import _
from ui.faults import note_step
from ui.menus import Menus
from ui.preferences import Preferences
from ui.shared.dialogs import room_on_screen
from ui.shared.messages import ask
from ui.status import StatusBar
from ui.tabs import TABS

if TYPE_CHECKING:
    from salesdesk.workspace import ChangeNotice, Workspace
    from ui.opening import Opening
    from ui.shared.session import Session
    from ui.start.page import StartPage

#: Milliseconds between two looks for what other programs changed.
_POLL = 1000
#: Milliseconds without a change until all of the office is brought into its one file.
_IDLE = 3_000
#: Milliseconds after opening until the day's backup is made, when people have begun to work.
_BACKUP_AFTER = 20_000
#: Milliseconds after which a person is reminded of the day's tasks for the first time.
_REMIND_AFTER = 30_000
#: Milliseconds that closing waits for work in the background to end.
_PARTING = 10_000


#: How large the window is at first, and at least, where the screen has room for it.
_USUAL, _SMALLEST = QSize(1280, 800), QSize(960, 640)


class MainWindow(QMainWindow):
    """The window. ``ready`` tells that an office stands in it, with its first page built."""

    ready = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        self.session: Session | None = None
        self._opening: Opening | None = None
        self._start: StartPage | None = None
        self._built: dict[str, QWidget] = {}
        self._after_paint: Callable[[], None] | None = None
        self.tabs = QTabWidget()
        self.tabs.tabBar().setObjectName("mainTabs")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)  # a white line across dark windows
        for tab in TABS:
            page = QWidget()
            layout = QVBoxLayout(page)
            layout.setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(page, _(tab.name))
        self.tabs.currentChanged.connect(self._tab_chosen)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.tabs)
        self.setCentralWidget(self.stack)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.menus = Menus(self, self)
        self.status.requests_wanted.connect(self.menus.approvals)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL)
        self._poll.timeout.connect(self._look_around)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE)
        self._idle.timeout.connect(self._fold_log)
        room = room_on_screen(self)
        self.setMinimumSize(_SMALLEST.boundedTo(room))
        self.resize(_USUAL.boundedTo(room))
        geometry = preferences.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self.setWindowTitle("SalesDesk")

    # -- opening and closing ---------------------------------------------------------------------

    @property
    def opening(self) -> Opening:
        """The flows that open offices."""
        if self._opening is None:
            from ui.opening import Opening

            self._opening = Opening(self, self.preferences)
            self._opening.opened.connect(self.show_office)
            self._opening.failed.connect(self._stay_closed)
        return self._opening

    def begin_once_painted(self, path: Path | None) -> None:
        """Begin as soon as the first picture stands, so that nobody looks at nothing meanwhile."""
        self._after_paint = lambda: self.begin(path)

    def begin(self, path: Path | None) -> None:
        """Open ``path``, else the office used last, else ask."""
        if path is None and self.preferences.get("reopen", True):
            path = next(
                (recent for recent in self.preferences.recent if files.is_file(recent)), None
            )
        if path is None:
            self.show_start()
        else:
            self.opening.open(path)

    def come_forward(self, path: Path | None) -> None:
        """Come to the front and open ``path``, unless it is None or open already."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        if path is None or not files.is_file(path):
            return
        if self.session is None or not files.same(path, self.session.workspace.path):
            from ui.leaving import leave

            leave(self, lambda: self.opening.open(path))

    def show_start(self) -> None:
        """Show the first page."""
        from ui.start.page import StartPage

        if self._start is None:
            self._start = StartPage(self.preferences.recent)
            self._start.new_wanted.connect(self.opening.ask_new)
            self._start.open_wanted.connect(self.opening.ask_open)
            self._start.demo_wanted.connect(self.opening.demo)
            self._start.recent_wanted.connect(self.opening.open)
            self.stack.addWidget(self._start)
        self._start.show_recent(self.preferences.recent)
        self.stack.setCurrentWidget(self._start)
        self.menus.office_open(False)

    def show_office(self, workspace: Workspace) -> None:
        """Show an open office in place of the one before, unless words there would be lost."""
        from salesdesk.office import settings
        from ui.shared.session import Session

        if not self.may_leave():
            workspace.close()
            return
        self.close_office()
        self.session = Session(workspace, self.preferences)
        self.session.changed.connect(self._note_step)
        self.session.changed.connect(lambda _notice: self._idle.start())
        self.session.changed.connect(self.menus.heard)
        self.session.person_changed.connect(self.menus.refresh_undo)
        self.stack.setCurrentWidget(self.tabs)
        self.menus.office_open(True)
        name = workspace.read(settings.read).office_name
        self.setWindowTitle(f"{name} — SalesDesk")
        self._build(self.tabs.currentIndex())
        self.status.attach(self.session)
        self._poll.start()
        self._idle.start()
        QTimer.singleShot(_BACKUP_AFTER, self.session, self._daily_backup)
        QTimer.singleShot(_REMIND_AFTER, self.session, self._remind)
        self.ready.emit()

    def _remind(self) -> None:
        """Remind whoever works here of the day's tasks from now on, where there is a tray."""
        from ui.reminder import Reminder  # what reads tasks isn't loaded for the first picture

        if self.session is None:
            return
        reminder = Reminder(self.session)
        if not reminder.has_tray:
            reminder.deleteLater()
            return
        reminder.wanted.connect(lambda: self.come_forward(None))
        reminder.start()

    def close_office(self) -> None:
        """Let go of the office that is open."""
        if self.session is None:
            return
        self._poll.stop()
        self._idle.stop()
        self.menus.let_go()
        self.status.attach(None)
        for widget in self._built.values():
            widget.setParent(None)
            widget.deleteLater()
        self._built.clear()
        self.session.close()
        self.session.deleteLater()
        self.session = None
        self.setWindowTitle("SalesDesk")

    def may_leave(self) -> bool:
        """Whether what was typed is kept, or its person has agreed to throw it away."""
        for tab in TABS:
            leave = getattr(self._built.get(tab.code), "leave", None)
            if leave is None or leave():
                continue
            self.show_tab(tab.code)
            words = _("What you typed can't be saved. The page says why. Discard it?")
            return ask(self, words, _("Discard"), danger=True)
        return True

    def leave_office(self) -> None:
        """Close the office and go back to the first page, unless words would be lost."""
        if not self.may_leave():
            return
        self.close_office()
        self.show_start()

    def _stay_closed(self) -> None:
        if self.session is None:
            self.show_start()

    # -- tabs ------------------------------------------------------------------------------------

    def show_tab(self, code: str) -> QWidget:
        """The tab called ``code``, shown and built. Raises KeyError while no office is open."""
        place = [tab.code for tab in TABS].index(code)
        self.tabs.setCurrentIndex(place)
        return self._built[code]

    @property
    def current_tab(self) -> QWidget | None:
        """The tab that is shown, None while no office is open."""
        return self._built.get(TABS[self.tabs.currentIndex()].code)

    def _tab_chosen(self, place: int) -> None:
        self._build(place)

    def _build(self, place: int) -> None:
        tab = TABS[place]
        if self.session is None or tab.code in self._built:
            return
        page: QWidget = getattr(importlib.import_module(tab.module), tab.class_name)(self.session)
        layout = self.tabs.widget(place).layout()
        assert layout is not None
        layout.addWidget(page)
        self._built[tab.code] = page
        summary_wanted = getattr(page, "summary_wanted", None)
        if summary_wanted is not None:
            summary_wanted.connect(self._show_summary)

        look_wanted = getattr(page, "look_wanted", None)
        if look_wanted is not None:
            look_wanted.connect(self._look)

    def _look(self, where: object) -> None:
        """Show the customers or deals that a rule of a plan counts."""
        self.show_tab("customers").look_at(where)  # type: ignore[attr-defined]

    def _show_summary(self, owed: object) -> None:
        """Show a summary that is due, in the Plan tab."""
        self.show_tab("planning").show_owed(owed)  # type: ignore[attr-defined]

    # -- what goes on meanwhile ------------------------------------------------------------------

    def _note_step(self, notice: ChangeNotice) -> None:
        """Remember which tables were touched, should a fault have to be told of."""
        note_step(", ".join(sorted(notice.rows)))

    def _look_around(self) -> None:
        """Hear of what other programs changed."""
        if self.session is None:
            return
        try:
            self.session.workspace.poll()
        except SalesDeskError as error:
            self._tell(error)

    def _tell(self, error: SalesDeskError) -> None:
        """Say what went wrong meanwhile; of a file that was replaced with all that can be done."""
        if not isinstance(error, ReplacedOfficeError):
            self.status.say(error.message)
            return
        session = self.session
        if session is None or not self._poll.isActive():
            return  # it is being told already
        self._poll.stop()
        self._idle.stop()
        from ui.leaving import tell_of_replacement

        def open_again(path: Path) -> None:
            self.close_office()
            self.opening.open(path)

        tell_of_replacement(
            self, self.preferences, session.workspace, error, open_again, self.leave_office
        )

    def _fold_log(self) -> None:
        """Let the file alone be the whole office once nobody has changed it for a while.

        People copy the one file they see to a stick; what they wrote must be in it.
        """
        if self.session is None:
            return
        from ui.shared import background

        def told(folded: bool) -> None:
            if not folded:
                self._idle.start()

        background.run_quietly(self.session.workspace.fold_log, told, self._tell)

    def save_copy(self) -> None:
        """Save a whole copy of the office where the person wants it."""
        if self.session is not None:
            from ui.leaving import save_copy

            save_copy(self, self.preferences, self.session.workspace, self.status.say)

    def _daily_backup(self) -> None:
        """Make the day's backup, if there is none yet, without a word."""
        if self.session is None:
            return
        from datetime import date

        last = self.session.workspace.last_backup()
        if last is None or last.date() < date.today():
            self.back_up(quietly=True)

    def back_up(self, *, quietly: bool = False) -> None:
        """Make a backup in the background; say where it is."""
        session = self.session
        if session is None:
            return
        from ui.shared import background

        def tell_where(path: Path) -> None:
            self.status.say(_("Backed up to {path}.").format(path=path))
            self.status.refresh()

        def refused(error: SalesDeskError) -> None:
            if isinstance(error, DamagedOfficeError):
                from ui.shared.messages import tell

                tell(self, error)  # the person must know, whatever they are doing
            else:
                self._tell(error)

        if quietly:
            background.run_quietly(
                lambda: session.workspace.back_up(keep_damaged=False), tell_where, refused
            )
        else:
            background.run(
                self,
                _("Backing up…"),
                lambda _progress: session.workspace.back_up(by_hand=True),
                tell_where,
            )

    # -- Qt --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._after_paint is not None:
            QTimer.singleShot(0, self._after_paint)
            self._after_paint = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        leaves = event.type() in (QEvent.Type.ActivationChange, QEvent.Type.WindowStateChange)
        if leaves and not self.isActiveWindow() and self._idle.isActive():
            # Who goes to another window may copy, rename or send the file from there.
            self._idle.stop()
            self._fold_log()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_leave():
            event.ignore()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.preferences.set("geometry", geometry)
        self.close_office()
        # What still reads in the background must not tell a window that is gone.
        QThreadPool.globalInstance().waitForDone(_PARTING)
        super().closeEvent(event)

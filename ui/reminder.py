"""A reminder from the tray: what is to be done today, once a day and as timed tasks come up.

It speaks where the system has a tray, unless it was turned off, and never in the quiet hours.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from salesdesk.errors import SalesDeskError
from salesdesk.planning import tasks
from salesdesk.planning.places import person
from salesdesk.planning.tasks import Ref, Task
from salesdesk.text import _, joined, ngettext, resources_folder
from salesdesk.workspace import Connection
from ui.preferences import Preferences
from ui.shared.session import Latest, Session

#: Milliseconds between two looks at the clock.
_LOOK = 60_000
#: So long before it begins a timed task is reminded of.
BEFORE = timedelta(minutes=15)
#: So many tasks are named in one reminder.
_NAMED = 3
ENABLED, FROM, UNTIL = "reminders", "quiet_from", "quiet_until"
#: Quiet from the evening to the morning unless somebody says otherwise.
USUAL_FROM, USUAL_UNTIL = "18:30", "08:30"


def is_quiet(now: time, begins: str, ends: str) -> bool:
    """Whether a time of day lies in the quiet hours, which may go past midnight; equal: never."""
    first, last = time.fromisoformat(begins), time.fromisoformat(ends)
    if first <= last:
        return first <= now < last
    return now >= first or now < last


def quiet_hours(preferences: Preferences) -> tuple[str, str]:
    """From when to when nobody is reminded, as 18:30; the usual ones for what is no time."""
    kept = []
    for key, usual in ((FROM, USUAL_FROM), (UNTIL, USUAL_UNTIL)):
        value = preferences.get(key, usual)
        try:
            time.fromisoformat(value)
        except ValueError:
            value = usual
        kept.append(value)
    return kept[0], kept[1]


class Reminder(QObject):
    """Looks once a minute. ``told`` carries a reminder's words, ``wanted`` a press on it."""

    told = Signal(str)
    wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._latest = Latest(session, self._failed)
        self._said_on: dict[int, datetime] = {}  # by person, when the day's tasks were told
        self._said: set[tuple[Ref, datetime]] = set()
        self._tray: QSystemTrayIcon | None = None
        if QSystemTrayIcon.isSystemTrayAvailable():
            icons = resources_folder() / "icons"
            self._tray = QSystemTrayIcon(QIcon(str(icons / "salesdesk.svg")), self)
            self._tray.setToolTip("SalesDesk")
            self._tray.activated.connect(lambda _how: self.wanted.emit())
            self._tray.messageClicked.connect(self.wanted)
            self._tray.show()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(lambda: self.look(datetime.now()))

    @property
    def has_tray(self) -> bool:
        """Whether there is a tray to remind from."""
        return self._tray is not None

    def start(self) -> None:
        """Look now and from now on."""
        self._timer.start()
        self.look(datetime.now())

    def look(self, now: datetime) -> None:
        """Remind of what there is to remind of at ``now``."""
        preferences, person_id = self._session.preferences, self._session.person_id
        if person_id is None or not preferences.get(ENABLED, True):
            return
        if is_quiet(now.time(), *quiet_hours(preferences)):
            return
        self._latest.read(lambda found: self._remind(found, person_id, now), _due, person_id, now)

    def _remind(self, found: list[Task], person_id: int, now: datetime) -> None:
        if person_id != self._session.person_id:
            return  # somebody else sat down meanwhile
        before = self._said_on.get(person_id)
        if before is None or before.date() != now.date():
            self._said_on[person_id] = now
            if found:
                self._say(_words(found))
        for task in found:
            if task.day == now.date() and task.begins:
                begins = datetime.combine(task.day, time.fromisoformat(task.begins))
                if begins - BEFORE <= now < begins and (task.ref, begins) not in self._said:
                    self._said.add((task.ref, begins))
                    self._say(_("{time} {words}").format(time=task.begins, words=task.words))

    def _say(self, words: str) -> None:
        if self._tray is not None:
            self._tray.showMessage(_("To do"), words)
        self.told.emit(words)

    def _failed(self, _error: SalesDeskError) -> None:
        """Nobody asked: what is wrong with the office is told where somebody does."""


def _due(db: Connection, person_id: int, now: datetime) -> list[Task]:
    return tasks.due(db, now.date(), person(person_id))


def _words(found: list[Task]) -> str:
    """How many tasks there are, and the first of them."""
    count = ngettext("{count} task", "{count} tasks", len(found)).format(count=len(found))
    shown = [one.words for one in found[:_NAMED]]
    if len(found) > _NAMED:
        shown.append("…")
    return _("{name}: {words}").format(name=count, words=joined(shown))

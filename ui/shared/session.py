"""An open office as the pages share it: reading, changing, hearing of changes, who works here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from salesdesk.errors import SalesDeskError
from ui.preferences import Preferences
from ui.shared import background
from ui.shared.messages import tell

if TYPE_CHECKING:
    from salesdesk.workspace import Change, ChangeNotice, Connection, Workspace

P = ParamSpec("P")
T = TypeVar("T")


class Session(QObject):
    """The workspace of the window.

    ``changed`` tells, in the window's thread, of every committed change, of this program and of
    others; ``person_changed`` that somebody else sat down.
    """

    changed = Signal(object)  # a ChangeNotice
    person_changed = Signal()

    def __init__(
        self, workspace: Workspace, preferences: Preferences, *, today: date | None = None
    ) -> None:
        super().__init__()
        self.workspace = workspace
        self.preferences = preferences
        self._today = today
        # Emitted from whichever thread committed; Qt carries it over to the window's.
        workspace.on_change(self._heard)

    def close(self) -> None:
        """Let go of the office. What is being read of it in the background reaches nobody."""
        self.workspace.off_change(self._heard)
        background.drop_of_office()
        self.workspace.close()

    @property
    def today(self) -> date:
        """The day it is (a fixed one in tests and the tour)."""
        return self._today or date.today()

    @property
    def person_id(self) -> int | None:
        """Who works here."""
        return self.workspace.person_id

    def work_as(self, person_id: int, name: str) -> None:
        """Say who works here from now on."""
        self.workspace.work_as(person_id, name)
        self.person_changed.emit()

    # -- reading ---------------------------------------------------------------------------------

    def read(
        self,
        reader: Callable[Concatenate[Connection, P], T],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> T:
        """What ``reader`` finds, at once: for what takes less than 50 ms."""
        return self.workspace.read(reader, *arguments, **options)

    # -- changing --------------------------------------------------------------------------------

    def change(
        self,
        parent: QWidget | None,
        label: str,
        writer: Callable[Concatenate[Change, P], Any],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> bool:
        """Let ``writer`` make one change called ``label``; False when it was refused (and told)."""
        try:
            with self.workspace.change(label) as change:
                writer(change, *arguments, **options)
        except SalesDeskError as error:
            tell(parent, error)
            return False
        return True

    @contextmanager
    def changing(self, label: str) -> Iterator[Change]:
        """One change made of several writers; refusals are raised, for forms that show them."""
        with self.workspace.change(label) as change:
            yield change

    def _heard(self, notice: ChangeNotice) -> None:
        self.changed.emit(notice)


class Latest:
    """Reads in the background, one thing after the other: only the newest wish is answered."""

    def __init__(self, session: Session, failed: Callable[[SalesDeskError], None]) -> None:
        self._session, self._failed = session, failed
        self._work: background.Work | None = None

    def read(
        self,
        then: Callable[[T], None],
        reader: Callable[Concatenate[Connection, P], T],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> None:
        """Hand what ``reader`` finds to ``then``, unless something newer is wished meanwhile."""
        self.drop()
        self._work = background.run_quietly(
            lambda: self._session.workspace.read(reader, *arguments, **options),
            then,
            self._failed,
        )

    def drop(self) -> None:
        """Forget what is under way."""
        if self._work is not None:
            self._work.cancel()
            self._work = None

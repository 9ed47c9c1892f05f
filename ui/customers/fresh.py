"""A page that stays up to date: it reads itself again when what it shows was changed."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.workspace import ChangeNotice
from ui.shared.messages import tell
from ui.shared.session import Session


class FreshPage(QWidget):
    """A page over ``tables``; while hidden it only notes that it is out of date."""

    tables: tuple[str, ...] = ()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._read_on: date | None = None
        session.changed.connect(self._heard)
        session.person_changed.connect(self.outdated)

    def refresh(self) -> None:
        """Read everything again."""
        raise TypeError(f"{type(self).__name__} says nothing of what it shows")

    def outdated(self) -> None:
        """Read again, now or when the page comes up next."""
        self._read_on = None
        if self.isVisible():
            self.bring_up_to_date()

    def bring_up_to_date(self) -> None:
        """Read again if something changed, or a new day began, since the last time."""
        if self._read_on != self.session.today:
            self._read_on = self.session.today
            self.refresh()

    def failed(self, error: SalesDeskError) -> None:
        """Say that something couldn't be read."""
        tell(self, error)

    def _heard(self, notice: ChangeNotice) -> None:
        if notice.touches(*self.tables):
            self.outdated()

    # -- Qt --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.bring_up_to_date()

"""What the pages of a plan share: which plan is shown, and that it stays up to date."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from salesdesk.planning.plans import Plan
from salesdesk.workspace import ChangeNotice
from ui.shared.session import Session


class PlanPage(QWidget):
    """A page over one plan; while hidden it only notes that it is out of date.

    Subclasses name the ``tables`` they show and read them in :meth:`refresh`.
    """

    tables: tuple[str, ...] = ()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.plan: Plan | None = None
        self._stale = True
        session.changed.connect(self._heard)

    def show_plan(self, plan: Plan) -> None:
        """Show a plan, or what became of the one shown."""
        if plan != self.plan:
            self.plan = plan
            self.outdated()

    def leave(self) -> bool:
        """Keep what was typed, as the plan is about to go; False when it can't be kept."""
        return True

    def refresh(self) -> None:
        """Read everything again; only called while a plan is shown."""
        raise TypeError(f"{type(self).__name__} says nothing of what it shows")

    def outdated(self) -> None:
        """Read again, now or when the page comes up next."""
        self._stale = True
        if self.isVisible():
            self.bring_up_to_date()

    def bring_up_to_date(self) -> None:
        """Read again if something changed since the last time."""
        if self._stale and self.plan is not None:
            self._stale = False
            self.refresh()

    def _heard(self, notice: ChangeNotice) -> None:
        if notice.touches(*self.tables):
            self.outdated()

    # -- Qt --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.bring_up_to_date()

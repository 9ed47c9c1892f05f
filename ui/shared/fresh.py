"""Pages that stay up to date: they read themselves anew when what they show was changed.

A page is told which rows of its tables changed. Hidden, it only notes that it is out of date; it
reads once when it comes up. A new day, or somebody else sitting down, counts as a change too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.workspace import ChangeNotice
from ui.shared.messages import tell
from ui.shared.session import Session

#: By table, the ids of the rows that a change touched.
ChangedRows = Mapping[str, frozenset[int]]


def changed_rows(notice: ChangeNotice, tables: tuple[str, ...]) -> ChangedRows:
    """What of ``tables`` a change touched; empty when it is of no concern to them."""
    return {name: notice.rows[name] for name in tables if name in notice.rows}


class FreshPage(QWidget):
    """A page over ``tables``.

    Subclasses implement :meth:`refresh`; one that shows certain rows only narrows
    :meth:`concerns`, and one that shows nothing yet says so in :meth:`has_something_to_show`.
    """

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

    def concerns(self, rows: ChangedRows) -> bool:
        """Whether a change of these ``rows`` (never empty) can be seen on this page."""
        return bool(rows)

    def has_something_to_show(self) -> bool:
        """Whether there is anything to read now."""
        return True

    def outdated(self) -> None:
        """Read again, now or when the page comes up next."""
        self._read_on = None
        if self.isVisible():
            self.bring_up_to_date()

    def bring_up_to_date(self) -> None:
        """Read again if something changed, or a new day began, since the last time."""
        if self._read_on != self.session.today and self.has_something_to_show():
            self._read_on = self.session.today
            self.refresh()

    @property
    def is_outdated(self) -> bool:
        """Whether what is shown isn't what stands in the office now."""
        return self._read_on is None

    def failed(self, error: SalesDeskError) -> None:
        """Say that something couldn't be read."""
        tell(self, error)

    def _heard(self, notice: ChangeNotice) -> None:
        rows = changed_rows(notice, self.tables)
        if rows and self.concerns(rows):
            self.outdated()

    # -- Qt --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.bring_up_to_date()

"""Pages that stay up to date: they read themselves anew when what they show was changed.

A page names the tables it shows and, where that is less than everything, which of their rows and
columns (:class:`Shown`): a change elsewhere is none of its business, and costs it no reading. Of
what concerns it, it takes over a few rows by themselves, if it can (:meth:`FreshPage.take_over`):
one customer's call isn't worth 500 rows read and painted. Hidden, it only notes that it is out of
date; it reads once when it comes up. A new day, or somebody else sitting down, counts as a change
too.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from salesdesk.errors import ReplacedOfficeError, SalesDeskError
from ui.shared.messages import tell
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.calc.periods import Period
    from salesdesk.workspace import ChangeNotice

#: By table, the ids of the rows that a change touched.
ChangedRows = Mapping[str, frozenset[int]]
#: More rows than this are read with everything else, not by themselves.
FEW = 200


@dataclass(frozen=True)
class Shown:
    """What of a table is shown: the rows with one of the values of each column in ``where`` (as
    stored), and of them, unless it is empty, only ``columns``. Rows that come or go always are.
    """

    where: Mapping[str, Container[Any]] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()

    def meets(self, notice: ChangeNotice, table_name: str) -> bool:
        """Whether a change may have altered something of this."""
        if self.columns and not notice.alters(table_name, self.columns):
            return False
        return notice.touches_row(table_name, self.where)


class Days:
    """The days of a period, as they are stored."""

    def __init__(self, period: Period) -> None:
        self._start, self._end = period.start.isoformat(), period.end.isoformat()

    def __contains__(self, day: object) -> bool:
        return isinstance(day, str) and self._start <= day < self._end


#: What of a customer counts in figures.
COUNTED_CUSTOMER = Shown(columns=frozenset({"owner_id", "state", "registered_on"}))
#: What is shown of people by name, and what of them somebody's rights hang on.
NAMED = Shown(columns=frozenset({"name", "active"}))
PERSON = Shown(columns=frozenset({"name", "role", "team_id", "active"}))


def changed_rows(
    notice: ChangeNotice, tables: tuple[str, ...], shown: Mapping[str, Shown] | None = None
) -> ChangedRows:
    """What of ``tables`` a change touched; empty when it is of no concern to them.

    A table that ``shown`` doesn't name is shown whole.
    """
    parts = shown or {}
    return {
        name: notice.rows[name]
        for name in tables
        if name in notice.rows and (name not in parts or parts[name].meets(notice, name))
    }


class FreshPage(QWidget):
    """A page over ``tables``.

    Subclasses implement :meth:`refresh`; one that shows certain rows only says which in
    :meth:`shown_parts`, and one that shows nothing yet says so in :meth:`has_something_to_show`.
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

    def shown_parts(self) -> Mapping[str, Shown]:
        """What is shown of tables that aren't shown whole."""
        return {}

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Show just these few rows as they are now; False when everything must be read again.

        Asked only of a page that is shown and up to date.
        """
        return False

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
        """Say that something couldn't be read; of a file that was replaced the window tells."""
        if not isinstance(error, ReplacedOfficeError):
            tell(self, error)

    def _heard(self, notice: ChangeNotice) -> None:
        if not self.has_something_to_show():
            self._read_on = None
            return
        rows = changed_rows(notice, self.tables, self.shown_parts())
        if not rows:
            return
        few = sum(len(ids) for ids in rows.values()) <= FEW
        up_to_date = self.isVisible() and self._read_on == self.session.today
        if not (few and up_to_date and self.take_over(rows, notice)):
            self.outdated()

    # -- Qt --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.bring_up_to_date()

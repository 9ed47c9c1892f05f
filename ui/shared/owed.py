"""The notice of summaries that are due: it comes up by itself for whoever owes one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from salesdesk.planning import summaries
from salesdesk.planning.summaries import Owed
from salesdesk.text import ngettext
from ui.shared.fresh import FreshPage, Shown
from ui.shared.labels import button
from ui.shared.session import Latest, Session

#: What of a plan a summary's being due hangs on.
_OF_PLAN = frozenset({"reviewed", "status", "team_id", "person_id", "start_day", "end_day"})


class OwedNotice(FreshPage):
    """Nothing where nothing is due, else a button: ``wanted`` asks for the one due longest.

    ``listed`` tells how many are due; ``missing_wanted`` asks who else hasn't written theirs.
    """

    tables = ("plan", "review", "person", "team", "setting", "calendar_day")
    wanted = Signal(object)
    missing_wanted = Signal()
    listed = Signal(int)

    def __init__(self, session: Session, *, with_missing: bool = False) -> None:
        super().__init__(session)
        self._with_missing = with_missing
        self._latest = Latest(session, self.failed)
        self._others = Latest(session, self.failed)
        self.owed: list[Owed] = []
        self.due_button = button("", self._open)
        self.missing_button = button("", self.missing_wanted.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for one in (self.due_button, self.missing_button):
            one.hide()
            layout.addWidget(one)

    def shown_parts(self) -> Mapping[str, Shown]:
        return {
            "plan": Shown(columns=_OF_PLAN),
            "review": Shown(columns=frozenset({"status"})),
            "setting": Shown({"key": {"rights"}}),
        }

    def refresh(self) -> None:
        """Read what is due of whoever works here, and who else hasn't written."""
        actor, today = self.session.person_id, self.session.today
        if actor is None:
            self._show_due([])
            return
        self._latest.read(self._show_due, summaries.due, actor, today)
        if self._with_missing:
            self._others.read(self._show_missing, summaries.missing, actor, today)

    def _show_due(self, found: list[Owed]) -> None:
        self.owed = found
        count = len(found)
        words = ngettext("{count} summary is due", "{count} summaries are due", count)
        self.due_button.setText(words.format(count=count))
        self.due_button.setToolTip("\n".join(owed.title for owed in found[:10]))
        self.due_button.setVisible(bool(found))
        self._keep_clear()
        self.listed.emit(count)

    def _show_missing(self, found: list[Owed]) -> None:
        count = len(found)
        words = ngettext(
            "{count} summary of others is missing", "{count} summaries of others are missing", count
        )
        self.missing_button.setText(words.format(count=count))
        self.missing_button.setToolTip("\n".join(owed.title for owed in found[:10]))
        self.missing_button.setVisible(bool(found))
        self._keep_clear()

    def _keep_clear(self) -> None:
        """Keep clear of what stands above, and take no room where nothing is due."""
        shown = not (self.due_button.isHidden() and self.missing_button.isHidden())
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(0, 6 if shown else 0, 0, 0)

    def _open(self) -> None:
        if self.owed:
            self.wanted.emit(self.owed[0])

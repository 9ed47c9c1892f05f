"""The notice of summaries that are due: it comes up by itself for whoever owes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout

from salesdesk.planning import summaries
from salesdesk.planning.summaries import Owed, Review
from salesdesk.text import joined, ngettext
from ui.shared.fresh import FreshPage, Shown
from ui.shared.labels import button
from ui.shared.session import Latest, Session

if TYPE_CHECKING:
    from salesdesk.workspace import Connection

#: What of a plan a summary's being due hangs on.
_OF_PLAN = frozenset({"reviewed", "status", "team_id", "person_id", "start_day", "end_day"})


class OwedNotice(FreshPage):
    """Nothing where nothing is due, else a button: ``wanted`` asks for the one due longest.

    ``listed`` tells how many are due; ``missing_wanted`` asks who else hasn't written theirs, or
    whose is to be read.
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

    def minimumSizeHint(self) -> QSize:
        """None of height: where room is short, whoever holds it hides it."""
        return QSize(super().minimumSizeHint().width(), 0)

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
            self._others.read(self._show_others, _of_others, actor, today)

    def _show_due(self, found: list[Owed]) -> None:
        self.owed = found
        count = len(found)
        words = ngettext("{count} summary is due", "{count} summaries are due", count)
        self.due_button.setText(words.format(count=count))
        self.due_button.setToolTip("\n".join(owed.title for owed in found[:10]))
        self.due_button.setVisible(bool(found))
        self._keep_clear()
        self.listed.emit(count)

    def _show_others(self, found: tuple[list[Owed], list[Review]]) -> None:
        missing, unread = found
        parts = []
        if missing:
            words = ngettext(
                "{count} summary missing", "{count} summaries missing", len(missing),
            )  # fmt: skip
            parts.append(words.format(count=len(missing)))
        if unread:
            words = ngettext("{count} to be read", "{count} to be read", len(unread))
            parts.append(words.format(count=len(unread)))
        self.missing_button.setText(joined(parts))
        titles = [owed.title for owed in missing[:10]] + [one.title for one in unread[:10]]
        self.missing_button.setToolTip("\n".join(titles))
        self.missing_button.setVisible(bool(parts))
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


def _of_others(db: Connection, actor_id: int, today: date) -> tuple[list[Owed], list[Review]]:
    """What others owe, and what of theirs is to be read."""
    return summaries.missing(db, actor_id, today), summaries.unread(db, actor_id)

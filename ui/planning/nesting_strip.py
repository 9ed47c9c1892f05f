"""A line above a plan's pages: where its targets come from, and what its parts add up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout

from salesdesk.office import settings
from salesdesk.planning import nesting
from salesdesk.planning.nesting import Nesting
from salesdesk.text import _
from ui.planning.plan_page import PlanPage
from ui.shared.fresh import NAMED, Shown
from ui.shared.labels import button, label, row
from ui.shared.session import Latest, Session

if TYPE_CHECKING:
    from salesdesk.workspace import Connection


class NestingStrip(PlanPage):
    """Shows nothing of a plan that lies in no other and has no parts."""

    tables = ("plan", "target", "measure", "membership", "team", "person", "setting")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._latest = Latest(session, self.failed)
        self._concerned: set[int] = set()
        self.words = label("", "hint", wrap=True)
        self.words.setAccessibleName(_("Where its targets come from"))
        self.more = button(_("Wider plan and parts…"), self.show_all)
        self.line = row(self.words, self.more)
        self.line.setContentsMargins(14, 8, 14, 2)
        self.line.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)

    def minimumSizeHint(self) -> QSize:
        """None: in a low window the tab hides it, rather than wanting a higher one."""
        return QSize(0, 0)

    def shown_parts(self) -> Mapping[str, Shown]:
        return {
            "target": Shown({"plan_id": self._concerned | {self.plan_id}}),
            "plan": Shown(
                columns=frozenset({"title", "status", "parent_id", "start_day", "person_id"})
            ),
            "person": NAMED,
            "setting": Shown({"key": {"in_wan"}}),
        }

    def refresh(self) -> None:
        # With hundreds of people's plans this takes longer than a page may stand still for.
        self._latest.read(self._show, _read, self.plan_id)

    def _show(self, read: tuple[Nesting, bool]) -> None:
        found, in_wan = read
        if found.plan.id != self.plan_id:
            return
        self._concerned = {one.id for one in (found.parent, *found.parts) if one is not None}
        said = nesting.words(found, in_wan=in_wan)
        self.words.setText(" · ".join(said))
        self.line.setVisible(not found.is_alone)

    def show_all(self) -> None:
        """Show each part, and let the wider plan be named."""
        from ui.planning.nesting_dialog import NestingDialog

        if self.plan is not None:
            form = NestingDialog(self.session, self.plan, self)
            form.exec()
            form.deleteLater()


def _read(db: Connection, plan_id: int) -> tuple[Nesting, bool]:
    """How a plan lies among the others, and whether money shows in 万元."""
    return nesting.of_plan(db, plan_id), settings.read(db).in_wan

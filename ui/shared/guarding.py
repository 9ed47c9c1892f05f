"""Greys what the person at work may not do, and says why; the writers refuse it all the same.

    guard(self.add_button, session, "customers.add", at_all=True)
    self.edit_guard = guard(self.edit_button, session, "deals.edit")
    self.edit_guard.concern(person_id=deal.owner_id)   # another row was picked
    self.edit_guard.enable(deal is not None)           # what the page itself says

A guard looks again whenever somebody else sits down and whenever people or rights are changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.shared.fresh import Shown, changed_rows
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.workspace import ChangeNotice

#: What rights hang on: people's roles and teams, and what the office has adjusted.
_SHOWN = {
    "person": Shown(columns=frozenset({"role", "team_id", "active"})),
    "setting": Shown({"key": {"rights"}}),
}


class Guard(QObject):
    """Holds one action or widget to a right. Lives as long as what it guards."""

    def __init__(
        self,
        target: QAction | QWidget,
        session: Session,
        code: str,
        *,
        person_id: int | None = None,
        team_id: int | None = None,
        at_all: bool = False,
        hide: bool = False,
    ) -> None:
        super().__init__(target)
        self.target, self.code = target, code
        self._session = session
        self._person_id, self._team_id = person_id, team_id
        self._at_all, self._hide = at_all, hide
        self._why: str | None = None
        self._setting = False
        self._wished = _enabled(target)
        self._tip = target.toolTip()
        if isinstance(target, QWidget):
            target.installEventFilter(self)
        else:
            target.changed.connect(self._action_changed)
        session.person_changed.connect(self.look)
        session.changed.connect(self._heard)
        self.look()

    @property
    def allowed(self) -> bool:
        """Whether the person at work may."""
        return self._why is None

    def concern(self, *, person_id: int | None = None, team_id: int | None = None) -> None:
        """Say whose thing it is about from now on (its owner's, a team's, else the office's)."""
        self._person_id, self._team_id = person_id, team_id
        self.look()

    def enable(self, wished: bool) -> None:
        """Enable the target if the person may as well."""
        self._wished = wished
        self._apply()

    def drop(self) -> None:
        """Guard no longer: the office is being closed. What is guarded stays as it is."""
        self._session.person_changed.disconnect(self.look)
        self._session.changed.disconnect(self._heard)
        if isinstance(self.target, QWidget):
            self.target.removeEventFilter(self)
        else:
            self.target.changed.disconnect(self._action_changed)
        self.target.setToolTip(self._tip)
        self.deleteLater()

    def look(self) -> None:
        """Ask again whether the person may."""
        # Rights read the office: imported with it, not with the frame.
        from salesdesk.office import rights

        why = self._session.read(
            rights.why_not,
            self._session.person_id,
            self.code,
            person_id=self._person_id,
            team_id=self._team_id,
            at_all=self._at_all,
        )
        self._why = why
        self._apply()

    def _apply(self) -> None:
        self._setting = True
        self.target.setToolTip(self._tip if self._why is None else self._why)
        self.target.setEnabled(self._wished and self.allowed)
        if self._hide:
            self.target.setVisible(self.allowed)
        self._setting = False

    def _heard(self, notice: ChangeNotice) -> None:
        if changed_rows(notice, tuple(_SHOWN), _SHOWN):
            self.look()

    def _action_changed(self) -> None:
        if not self._setting and _enabled(self.target) != (self._wished and self.allowed):
            self.enable(_enabled(self.target))

    # -- Qt --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The page enabled or disabled its widget itself: its wish is kept, the right comes first.
        if event.type() == QEvent.Type.EnabledChange and not self._setting:
            enabled = _enabled(self.target)
            if enabled != (self._wished and self.allowed):
                self.enable(enabled)
        return super().eventFilter(watched, event)


def guard(
    target: QAction | QWidget,
    session: Session,
    code: str,
    *,
    person_id: int | None = None,
    team_id: int | None = None,
    at_all: bool = False,
    hide: bool = False,
) -> Guard:
    """Grey (or ``hide``) ``target`` while the person at work lacks the right ``code``.

    It is asked for a thing of ``person_id`` or ``team_id``, else of the office; with ``at_all`` for
    anything, if only the person's own.
    """
    return Guard(
        target, session, code, person_id=person_id, team_id=team_id, at_all=at_all, hide=hide
    )


def _enabled(target: QAction | QWidget) -> bool:
    """Whether a target itself is enabled; a widget may still lie in one that isn't."""
    if isinstance(target, QWidget):
        return not target.testAttribute(Qt.WidgetAttribute.WA_ForceDisabled)
    return target.isEnabled()

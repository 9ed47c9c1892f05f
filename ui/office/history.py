"""The history: every change, when, by whom; older ones are read as one scrolls."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from salesdesk.text import _, mark
from salesdesk.workspace import HistoryEntry
from ui.office.records import OfficeDialog
from ui.shared.session import Session
from ui.shared.tables import PAGE, Column, RecordTable

KINDS = {"do": mark("Change"), "undo": mark("Undo"), "redo": mark("Redo")}


class HistoryDialog(OfficeDialog):
    """The changes of the office, newest first."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("History"), parent)
        self.table: RecordTable[HistoryEntry] = RecordTable(
            [
                Column(_("When"), lambda one: one.at.strftime("%Y-%m-%d %H:%M"), 140),
                Column(_("Who"), lambda one: one.person_name, 120),
                Column(_("What"), lambda one: one.label, 300),
                Column(_("Kind"), _kind, 110, colour=lambda one: "pale" if one.undone else ""),
                Column(_("Rows"), lambda one: f"{one.rows:,}", 70, "right"),
            ],
            name=_("History"),
        )
        self.table.records.set_pager(self._page)
        session.changed.connect(self._changed)
        self.content.addWidget(self.table)
        self.finish()

    def _page(self, _key: str, _descending: bool, after: HistoryEntry | None) -> list[HistoryEntry]:
        before = None if after is None else after.id
        return self.session.workspace.history(limit=PAGE, before_id=before)

    def _changed(self, _notice: Any) -> None:
        self.table.records.reload()


def _kind(one: HistoryEntry) -> str:
    return _("Undone") if one.undone else _(KINDS[one.kind])

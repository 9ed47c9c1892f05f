"""The history: every change, when, by whom; older ones are read as one scrolls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from salesdesk import audit
from salesdesk.errors import SalesDeskError
from salesdesk.office import undoing
from salesdesk.text import _, mark
from salesdesk.workspace import HistoryEntry
from ui.office.records import OfficeDialog
from ui.shared.labels import button, label, row
from ui.shared.messages import tell
from ui.shared.session import Session
from ui.shared.tables import PAGE, Column, RecordTable

KINDS = {"do": mark("Change"), "undo": mark("Undo"), "redo": mark("Redo")}


@dataclass(frozen=True, slots=True)
class Line:
    """One column of one row, before and after."""

    row: str
    column: str
    before: str
    after: str


class HistoryDialog(OfficeDialog):
    """The changes of the office, newest first; below them what the one picked altered."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("History"), parent)
        self.table: RecordTable[HistoryEntry] = RecordTable(
            [
                Column(_("When"), lambda entry: entry.at.strftime("%Y-%m-%d %H:%M"), 140),
                Column(_("Who"), lambda entry: entry.person_name, 120),
                Column(_("What"), lambda entry: entry.label, 300),
                Column(_("Kind"), _kind, 110, colour=lambda entry: "pale" if entry.undone else ""),
                Column(_("Rows"), lambda entry: f"{entry.rows:,}", 70, "right"),
            ],
            name=_("History"),
        )
        self.altered: RecordTable[Line] = RecordTable(
            [
                Column(_("Row"), lambda line: line.row, 260),
                Column(_("Column"), lambda line: line.column, 120),
                Column(_("Before"), lambda line: line.before, 180),
                Column(_("After"), lambda line: line.after, 180),
            ],
            name=_("What was changed"),
        )
        self.note = label("", "hint", wrap=True)
        self.undo = button(_("Undo this entry"), self._undo)
        self.table.records.set_pager(self._page)
        self.table.picked.connect(self._picked)
        session.changed.connect(self._changed)
        session.person_changed.connect(self._picked)
        self.content.addWidget(self.table, 3)
        self.content.addWidget(self.altered, 2)
        self.content.addWidget(row(self.undo, self.note))
        self._picked()
        self.finish()

    def _picked(self, *_row: object) -> None:
        """Show what the entry picked altered, and whether it can be undone."""
        entry = self.table.current()
        lines: list[Line] = []
        why = _("Pick an entry to see what it changed.")
        allowed = False
        if entry is not None:
            rows = self.session.read(audit.told, entry.id, actor_id=self.session.person_id)
            lines = [
                Line(
                    f"{told.table} {told.name} ({told.what})",
                    altered.column,
                    altered.before,
                    altered.after,
                )
                for told in rows
                for altered in told.altered
            ]
            allowed = self.session.read(undoing.may_undo, self.session.person_id, entry)
            why = "" if allowed else _("Others' changes are undone by who has the right for it.")
            if entry.undone:
                why = _("This doesn't stand any more.")
            if entry.rows > audit.MOST:
                why = _("The first {count} rows are shown. {more}").format(
                    count=audit.MOST, more=why
                )
        self.altered.set_rows(lines)
        self.note.setText(why.strip())
        self.undo.setEnabled(allowed and entry is not None and not entry.undone)
        self.undo.setText(
            _("Take this undo back")
            if entry is not None and entry.kind == "undo"
            else _("Undo this entry")
        )

    def _undo(self) -> None:
        entry = self.table.current()
        if entry is None:
            return
        try:
            undoing.undo_entry(self.session.workspace, entry.id)
        except SalesDeskError as error:
            tell(self, error)

    def _page(self, _key: str, _descending: bool, after: HistoryEntry | None) -> list[HistoryEntry]:
        before = None if after is None else after.id
        return self.session.workspace.history(limit=PAGE, before_id=before)

    def _changed(self, _notice: Any) -> None:
        self.table.records.reload()
        self._picked()


def _kind(one: HistoryEntry) -> str:
    return _("Undone") if one.undone else _(KINDS[one.kind])

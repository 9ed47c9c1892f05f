"""Records of a kind out to Excel and back in, with a preview before anything is taken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.records import records
from salesdesk.records.kinds import Kind
from salesdesk.records.records import Wanted
from salesdesk.text import _, ngettext
from ui.shared import background
from ui.shared.dialogs import Dialog
from ui.shared.files import ask_open, ask_workbook
from ui.shared.labels import button, label, row
from ui.shared.messages import say, tell
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable

if TYPE_CHECKING:
    from salesdesk.workbooks.quota_comparison import CellError
    from salesdesk.workbooks.record_import import Preview, Row


def ask_export(
    parent: QWidget, session: Session, kind: Kind, wanted: Wanted, order: tuple[str, bool]
) -> None:
    """Ask where to write the records wanted, in the order shown, and write them."""
    name = _("{kind} {day}").format(kind=_(kind.words), day=session.today.isoformat())
    path = ask_workbook(parent, session.preferences, name)
    if path is not None:
        export(parent, session, kind, wanted, order, path)


def export(
    parent: QWidget,
    session: Session,
    kind: Kind,
    wanted: Wanted,
    order: tuple[str, bool],
    path: Path,
) -> None:
    """Write the records in the background and say when it is done."""

    def work(_progress: background.Progress) -> int:
        # openpyxl takes its time to load: only when first wanted, off the window's thread.
        from salesdesk.workbooks import record_list

        return record_list.write(
            session.workspace, kind, path, wanted, order=order[0], descending=order[1]
        )

    def done(count: int) -> None:
        say(
            parent,
            ngettext(
                "{count} entry was written to {path}.", "{count} entries were written to {path}.",
                count,
            ).format(count=f"{count:,}", path=path),
        )  # fmt: skip

    background.run(parent, _("Writing the list…"), work, done)


def ask_import(parent: QWidget, session: Session, kind: Kind) -> None:
    """Ask for a workbook, read it in the background, and show what it would do."""
    path = ask_open(
        parent,
        session.preferences,
        _("Import from Excel"),
        _("Workbooks") + " (*.xlsx *.xlsm *.xls *.et *.ods *.csv)",
    )
    if path is None:
        return

    def work(progress: background.Progress) -> Preview:
        from salesdesk.workbooks import record_import

        return record_import.read(session.workspace, kind, path, progress)

    def done(preview: Preview) -> None:
        RecordImportDialog(session, preview, parent).exec()

    background.run(parent, _("Reading the workbook…"), work, done)


class RecordImportDialog(Dialog):
    """What a workbook would do: rows new and changed, or what is wrong with which cell."""

    def __init__(self, session: Session, preview: Preview, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._session, self.preview = session, preview
        title = _("Import: {name}").format(name=preview.path.name)
        self.setWindowTitle(title)
        self.resize(820, 520)
        self.summary = label(self._summary(), "subtitle", wrap=True)
        self.wrong: RecordTable[CellError] = RecordTable(
            [
                Column(_("Cell"), lambda cell_error: cell_error.cell, 80),
                Column(_("Cause"), lambda cell_error: cell_error.cause, 600),
            ],
            name=_("Errors"),
        )
        self.wrong.set_rows(list(preview.errors))
        self.rows: RecordTable[Row] = RecordTable(
            [
                Column(_("Row"), lambda one: str(one.number), 60, "right",
                       sort=lambda one: one.number),
                Column(_("Entry"), self._entry, 240),
                Column(_("What changes"), _changes, 480, tip=_changes),
            ],
            name=_("What changes"),
        )  # fmt: skip
        self.rows.set_rows(list(preview.rows))
        self.take_button = button(_("Import"), self.accept, primary=True)
        self.take_button.setEnabled(bool(preview.rows) and not preview.errors)
        content = QVBoxLayout(self)
        content.setContentsMargins(18, 16, 18, 14)
        content.setSpacing(10)
        content.addWidget(self.summary)
        content.addWidget(self.wrong if preview.errors else self.rows, 1)
        content.addWidget(row(None, button(_("Cancel"), self.reject), self.take_button))

    def _summary(self) -> str:
        if self.preview.errors:
            return ngettext(
                "{count} cell is wrong: nothing can be taken until it is put right.",
                "{count} cells are wrong: nothing can be taken until they are put right.",
                len(self.preview.errors),
            ).format(count=len(self.preview.errors))
        return _("{new} new, {changed} changed, {same} as they are.").format(
            new=self.preview.new, changed=self.preview.changed, same=self.preview.same
        )

    def _entry(self, one: Row) -> str:
        kind = self.preview.kind
        return (
            _("New {kind}").format(kind=_(kind.one))
            if one.record is None
            else records.named(kind, one.record)
        )

    # -- Qt --------------------------------------------------------------------------------------

    def accept(self) -> None:
        from salesdesk.workbooks import record_import

        try:
            record_import.take(self._session.workspace, self.preview)
        except SalesDeskError as error:
            tell(self, error)
            return
        super().accept()


def _changes(one: Row) -> str:
    """Each field that differs, before and after; of a new record what it holds."""
    return _("; ").join(
        _("{field}: {after}").format(field=words, after=after)
        if one.record is None
        else _("{field}: {before} → {after}").format(
            field=words, before=before or "—", after=after or "—"
        )
        for words, (before, after) in one.shown.items()
    )

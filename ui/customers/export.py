"""Writes customers to an Excel file that the person chooses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.text import _, ngettext
from ui.shared import background
from ui.shared.files import documents_folder
from ui.shared.messages import say
from ui.shared.session import Session

_LAST_FOLDER = "export_folder"


def ask_export(
    parent: QWidget, session: Session, wanted: CustomerFilter, chosen: Sequence[Customer]
) -> None:
    """Ask where to write the chosen customers, or without any the whole list, and write them."""
    folder = Path(session.preferences.get(_LAST_FOLDER) or documents_folder())
    name = _("Customers {day}").format(day=session.today.isoformat())
    path, _filter = QFileDialog.getSaveFileName(
        parent,
        _("Export to Excel"),
        str(folder / f"{name}.xlsx"),
        _("Excel workbook") + " (*.xlsx)",
    )
    if path:
        target = Path(path)
        if target.suffix.lower() != ".xlsx":
            target = target.with_name(f"{target.name}.xlsx")
        session.preferences.set(_LAST_FOLDER, str(target.parent))
        if chosen:
            wanted = CustomerFilter(ids=tuple(customer.id for customer in chosen))
        export(parent, session, wanted, target)


def export(parent: QWidget, session: Session, wanted: CustomerFilter, path: Path) -> None:
    """Write the customers of a filter in the background and say when it is done."""

    def work(progress: background.Progress) -> int:
        # openpyxl takes its time to load: only with the first export, and off the window's thread.
        from salesdesk.workbooks import customer_list

        return customer_list.write(session.workspace, path, wanted, progress=progress)

    def done(count: int) -> None:
        say(
            parent,
            ngettext(
                "{count} customer was written to {path}.",
                "{count} customers were written to {path}.",
                count,
            ).format(count=f"{count:,}", path=path),
        )

    background.run(parent, _("Writing the customers…"), work, done)

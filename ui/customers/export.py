"""Writes customers to an Excel file that the person chooses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.text import _, ngettext
from ui.shared import background
from ui.shared.files import ask_workbook
from ui.shared.messages import say
from ui.shared.session import Session


def ask_export(
    parent: QWidget, session: Session, wanted: CustomerFilter, chosen: Sequence[Customer]
) -> None:
    """Ask where to write the chosen customers, or without any the whole list, and write them."""
    name = _("Customers {day}").format(day=session.today.isoformat())
    target = ask_workbook(parent, session.preferences, name)
    if target is not None:
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

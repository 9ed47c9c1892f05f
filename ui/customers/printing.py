"""Prints a table of the tab as a list with the office's name and page numbers."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from ui.shared.session import Session
from ui.shared.tables import RecordTable


def print_table(
    parent: QWidget, session: Session, table: RecordTable[Any], title: str, subtitle: str = ""
) -> None:
    """Print the selected rows of a table, all of them when at most one is."""
    from ui.shared.printing import print_listing  # the printer's modules load when first wanted

    print_listing(parent, session, title, subtitle, table.printed_columns(), table.printed_rows())

"""Where a person's files are and go, and names that every file system takes."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from salesdesk.text import _
from ui.preferences import Preferences

#: The preference that holds where the last workbook was written or read.
LAST_FOLDER = "export_folder"


def documents_folder() -> Path:
    """Where the person's documents are."""
    location = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(location) or Path.home())


def safe_name(name: str) -> str:
    """``name`` without what no file name can hold; "" when nothing is left."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", name).strip(" .")


def last_folder(preferences: Preferences) -> Path:
    """Where the last workbook was written or read, the documents at first."""
    return Path(preferences.get(LAST_FOLDER) or documents_folder())


def ask_workbook(parent: QWidget, preferences: Preferences, name: str) -> Path | None:
    """Ask where to write a workbook, proposing ``name``; None when nowhere."""
    chosen, _filter = QFileDialog.getSaveFileName(
        parent,
        _("Export to Excel"),
        str(last_folder(preferences) / f"{name}.xlsx"),
        _("Excel workbook") + " (*.xlsx)",
    )
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() != ".xlsx":
        path = path.with_name(f"{path.name}.xlsx")
    preferences.set(LAST_FOLDER, str(path.parent))
    return path

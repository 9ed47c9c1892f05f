"""Where a person's files are and go, and names that every file system takes.

Every dialog that asks for a file is opened here, so that each opens where the last of its kind
was, adds the ending that belongs to the file, and asks once before anything is replaced.
"""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from salesdesk.text import _
from ui.preferences import Preferences
from ui.shared.messages import ask

#: What files are kept apart by: offices and their backups stay where they are, sheets travel.
OFFICES, BACKUPS, SHEETS = "offices", "backups", "sheets"
#: The ending of office files.
OFFICE_ENDING = ".office"


def documents_folder() -> Path:
    """Where the person's documents are."""
    location = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(location) or Path.home())


def safe_name(name: str) -> str:
    """``name`` without what no file name can hold; "" when nothing is left."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", name).strip(" .")


def last_folder(preferences: Preferences, kind: str, first: Path | None = None) -> Path:
    """Where the last file of a kind was; ``first`` (or the documents) when it is gone or none."""
    kept = preferences.get(f"folder_{kind}")
    if isinstance(kept, str) and Path(kept).is_dir():
        return Path(kept)
    return first if first is not None and first.is_dir() else documents_folder()


def keep_folder(preferences: Preferences, kind: str, file: Path) -> None:
    """Remember that a file of a kind was read or written there."""
    preferences.set(f"folder_{kind}", str(file.absolute().parent))


def ask_open(
    parent: QWidget,
    preferences: Preferences,
    title: str,
    wanted: str,
    *,
    kind: str = SHEETS,
    first: Path | None = None,
) -> Path | None:
    """Ask for a file to read, of those the filter ``wanted`` names; None when none was chosen."""
    start = last_folder(preferences, kind, first)
    chosen, _filter = QFileDialog.getOpenFileName(parent, title, str(start), wanted)
    if not chosen:
        return None
    keep_folder(preferences, kind, Path(chosen))
    return Path(chosen)


def ask_save(
    parent: QWidget,
    preferences: Preferences,
    title: str,
    name: str,
    ending: str,
    wanted: str,
    *,
    kind: str = SHEETS,
) -> Path | None:
    """Ask where to write a file, proposing ``name`` without its ending; None when nowhere.

    What stands there already has been agreed to be replaced.
    """
    stem = safe_name(name) or _("Untitled")
    proposed = last_folder(preferences, kind) / f"{stem}{ending}"
    while True:
        chosen, _filter = QFileDialog.getSaveFileName(parent, title, str(proposed), wanted)
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() != ending:
            # The dialog asked about the name as typed; with its ending it may be another file's.
            path = path.with_name(f"{path.name}{ending}")
            words = _("{name} exists already. Replace it?").format(name=path.name)
            if path.exists() and not ask(parent, words, _("Replace"), danger=True):
                proposed = path
                continue
        keep_folder(preferences, kind, path)
        return path


def ask_workbook(
    parent: QWidget, preferences: Preferences, name: str, title: str = ""
) -> Path | None:
    """Ask where to write a workbook, proposing ``name``; None when nowhere."""
    return ask_save(
        parent, preferences, title or _("Export to Excel"), name, ".xlsx",
        _("Excel workbook") + " (*.xlsx)",
    )  # fmt: skip


def ask_pdf(parent: QWidget, preferences: Preferences, name: str) -> Path | None:
    """Ask where to write pages, proposing ``name``; None when nowhere."""
    return ask_save(parent, preferences, _("Save as PDF"), name, ".pdf", "PDF (*.pdf)")


def ask_place(parent: QWidget, preferences: Preferences, title: str, proposed: Path) -> Path | None:
    """Ask for a new file's place without a word about what stands there: the form refuses it."""
    chosen, _filter = QFileDialog.getSaveFileName(
        parent, title, str(proposed), office_filter(),
        options=QFileDialog.Option.DontConfirmOverwrite,
    )  # fmt: skip
    if not chosen:
        return None
    keep_folder(preferences, OFFICES, Path(chosen))
    return Path(chosen)


def office_filter() -> str:
    """How file dialogs name office files."""
    return _("Office files (*{ending})").format(ending=OFFICE_ENDING)

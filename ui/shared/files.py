"""Where a person's files are, and names that every file system takes."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths


def documents_folder() -> Path:
    """Where the person's documents are."""
    location = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(location) or Path.home())


def safe_name(name: str) -> str:
    """``name`` without what no file name can hold; "" when nothing is left."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", name).strip(" .")

"""What pages read and paint after a change, counted."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel

from ui.shared.session import Session


class Counted:
    """What a page did since the last look: readers called, and rows its table painted anew."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.readers: list[str] = []
        self.rows: list[object] = []
        self.anew = 0
        read = session.workspace.read

        def counting(reader: Any, *arguments: Any, **options: Any) -> Any:
            self.readers.append(f"{reader.__module__.rpartition('.')[2]}.{reader.__name__}")
            return read(reader, *arguments, **options)

        monkeypatch.setattr(session.workspace, "read", counting)

    def watch(self, model: QAbstractItemModel) -> None:
        """Note what the model tells its table."""
        model.dataChanged.connect(
            lambda first, last: self.rows.extend(range(first.row(), last.row() + 1))
        )
        model.modelReset.connect(self._reset)

    def forget(self) -> None:
        """Count from here."""
        self.readers.clear()
        self.rows.clear()
        self.anew = 0

    def _reset(self) -> None:
        self.anew += 1

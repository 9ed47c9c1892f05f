"""The records of one kind as a dialog of the Office menu."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.planning.record_kinds import kind_with_code
from salesdesk.text import _
from ui.office.records import OfficeDialog
from ui.shared.record_page import RecordPage
from ui.shared.session import Session


class RecordDialog(OfficeDialog):
    """All records of the kind with a code."""

    def __init__(self, session: Session, code: str, parent: QWidget | None) -> None:
        kind = kind_with_code(code)
        super().__init__(session, _(kind.words), parent)
        self.resize(980, 560)
        self.page = RecordPage(session, kind)
        self.content.addWidget(self.page)
        self.finish()

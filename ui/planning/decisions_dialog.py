"""Everything that was asked and decided about a plan, the latest first."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from salesdesk.office.approvals import STATES, Approval
from salesdesk.planning import deciding
from salesdesk.planning.plans import Plan
from salesdesk.text import _
from ui.shared.dialogs import Dialog
from ui.shared.labels import button, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable


class DecisionsDialog(Dialog):
    """Lists the decisions about a plan."""

    def __init__(self, session: Session, plan: Plan, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Decisions about the plan"))
        self.resize(960, 360)
        self.table: RecordTable[Approval] = RecordTable(_columns(), name=_("Decisions"))
        self.table.set_rows(session.read(deciding.decisions, plan.id))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(label(plan.title, "subtitle", wrap=True))
        layout.addWidget(self.table, 1)
        layout.addWidget(row(None, button(_("Close"), self.accept, primary=True)))


def _columns() -> list[Column[Approval]]:
    return [
        Column(_("Asked on"), lambda request: _moment(request.asked_at), 120),
        Column(_("Asked by"), lambda request: request.person_name, 90),
        Column(_("Their words"), lambda request: request.words, 170,
               tip=lambda request: request.words),
        Column(_("Decision"), lambda request: _(STATES[request.state]), 80),
        Column(_("Decided on"), lambda request: _moment(request.decided_at), 120),
        Column(_("Decided by"), lambda request: request.decider_name, 90),
        Column(_("Comment"), lambda request: request.answer, 220,
               tip=lambda request: request.answer),
    ]  # fmt: skip


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M")

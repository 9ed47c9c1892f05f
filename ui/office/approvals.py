"""Approvals: what waits for a decision, and what was decided with which words."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from salesdesk import requests
from salesdesk.office import approvals
from salesdesk.office.approvals import Approval
from salesdesk.text import _
from ui.office.records import OfficeDialog, Records
from ui.shared.forms import FormDialog, WordsField
from ui.shared.labels import label, row
from ui.shared.session import Session
from ui.shared.tables import Column


class ApprovalsDialog(OfficeDialog):
    """Requests that the person may decide or has asked for."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Approvals"), parent)
        self.resize(980, 560)
        self.decided = QCheckBox(_("Decided ones and my own too"))
        self._about: dict[int, str] = {}
        self.records: Records[Approval] = Records(
            session,
            [
                Column(_("Asked on"), lambda request: f"{request.asked_at:%Y-%m-%d %H:%M}", 130),
                Column(_("By"), lambda request: request.person_name, 90),
                Column(_("About"), lambda request: self._about[request.id], 290,
                       tip=lambda request: self._about[request.id]),
                Column(_("Words"), lambda request: request.words, 190),
                Column(_("State"), lambda request: _(approvals.STATES[request.state]), 90,
                       colour=_colour),
                Column(_("Answer"), _answer, 150),
            ],
            name=_("Approvals"),
            tables=("approval", "person", "setting"),
            read=self._requests,
            same=lambda request: request.id,
            edit=self._open,
            hint=_("Nobody can decide their own request, unless nobody else may decide it."),
        )  # fmt: skip
        self.records.add_buttons(
            on_row=[
                (_("Grant…"), self._grant),
                (_("Refuse…"), self._refuse),
                (_("Withdraw"), self._withdraw),
            ]
        )
        self.decided.toggled.connect(lambda _checked: self.records.refresh())
        self.content.addWidget(row(self.decided, None))
        self.content.addWidget(self.records)
        self.finish()

    def _requests(self) -> list[Approval]:
        reader = requests.visible if self.decided.isChecked() else requests.waiting
        shown = self.session.read(reader, self.session.person_id)
        self._about = {
            request.id: self.session.read(requests.described, request) for request in shown
        }
        return shown

    def _open(self, request: Approval) -> None:
        DecisionForm(self.session, request, self._about[request.id], self, approve=None).exec()

    def _grant(self, request: Approval) -> None:
        DecisionForm(self.session, request, self._about[request.id], self, approve=True).exec()

    def _refuse(self, request: Approval) -> None:
        DecisionForm(self.session, request, self._about[request.id], self, approve=False).exec()

    def _withdraw(self, request: Approval) -> None:
        self.session.change(self, _("Withdraw a request"), approvals.withdraw, request.id)


class DecisionForm(FormDialog):
    """One request with all its words; grants it or refuses it, or only shows it (None)."""

    def __init__(
        self,
        session: Session,
        request: Approval,
        about: str,
        parent: QWidget | None,
        *,
        approve: bool | None,
    ) -> None:
        titles = {True: _("Grant"), False: _("Refuse"), None: _("Request")}
        super().__init__(titles[approve], parent, save_text=titles[approve])
        self._session, self._request, self._approve = session, request, approve
        self.add(_("About"), label(about, wrap=True))
        self.add(
            _("Asked by"),
            label(f"{request.person_name} · {request.asked_at:%Y-%m-%d %H:%M}", wrap=True),
        )
        self.add(_("Words"), label(request.words or _("No words"), wrap=True))
        self.answer = WordsField()
        if approve is None:
            self.save_button.hide()
            self.cancel_button.setText(_("Close"))
            self.add(_("State"), label(_(approvals.STATES[request.state])))
            self.add(_("Answer"), label(_answer(request), wrap=True))
        else:
            self.add(
                _("Answer"), self.answer, "" if approve else _("Say why: who asked will read it.")
            )
            self.answer.setFocus()

    def save(self) -> None:
        """Decide. Raises SalesDeskError."""
        if self._approve is None:
            return
        with self._session.changing(_("Decide a request")) as change:
            approvals.decide(change, self._request.id, self._approve, self.answer.value())


def _answer(request: Approval) -> str:
    if not request.decider_name:
        return ""
    return " · ".join(part for part in (request.decider_name, request.answer) if part)


def _colour(request: Approval) -> str:
    return {"granted": "on_track", "refused": "behind", "withdrawn": "pale"}.get(request.state, "")

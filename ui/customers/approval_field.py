"""Tells of a deal that needs approval: confirmed by who may decide it, else asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from salesdesk.calc.money import format_number
from salesdesk.errors import InputError
from salesdesk.office import approvals
from salesdesk.office.approvals import Approval
from salesdesk.sales.floors import Breach, Figures
from salesdesk.text import _
from ui.customers.texts import yuan
from ui.shared.forms import WordsField
from ui.shared.labels import label


class ApprovalField(QWidget):
    """What is wrong with a price, a box to tick, and the words of a request.

    ``asked`` is what was asked about the deal before, the latest first. ``resized`` tells that it
    needs another height.
    """

    resized = Signal()

    def __init__(self, asked: Sequence[Approval] = ()) -> None:
        super().__init__()
        self._broken = self._asking = False
        self._said: tuple[object, ...] = ()
        self.warning = label("", "error", wrap=True)
        self.box = QCheckBox()
        self.reason = WordsField(lines=2, hint=_("Why it should be allowed"))
        self.reason.setAccessibleName(_("Why it should be allowed"))
        self.consequence = label("", "hint", wrap=True)
        self.state = label(_state(asked[0]) if asked else "", "hint", wrap=True)
        self.state.setVisible(bool(asked))
        self._asked_before = bool(asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.state, self.warning, self.box, self.reason, self.consequence):
            layout.addWidget(part)
        self.box.toggled.connect(self._ticked)
        self._ticked()

    @property
    def telling(self) -> bool:
        """Whether there is anything to be seen in it."""
        return self._broken or self._asked_before

    def tell(
        self,
        figures: Figures | None,
        breaches: Sequence[Breach],
        missing: int | None,
        *,
        costs_shown: bool,
        new: bool,
        agreed: bool,
    ) -> bool:
        """Show which rules ``figures`` break; whether anything else is shown than before.

        ``breaches`` are those that somebody else decides; without any, ``missing`` is by how much
        the profit falls short of the floor, for the person at work to confirm.
        """
        lines: list[str] = []
        if figures is not None and breaches:
            lines = [breach.words(figures, costs_shown=costs_shown) for breach in breaches]
        elif figures is not None and missing is not None and figures.cost is not None:
            lines = [
                _(
                    "The profit is {profit} yuan, {missing} below the floor of {floor} yuan "
                    "a piece."
                ).format(
                    profit=yuan(figures.amount - figures.cost),
                    missing=yuan(missing),
                    floor=format_number(figures.product.profit_floor or 0, 2, trim=True),
                )
            ]
        said = (tuple(lines), bool(breaches), new, agreed)
        if said == self._said:
            return False
        self._said, self._broken, self._asking = said, bool(lines), bool(breaches)
        self.warning.setText("\n".join(lines))
        self.warning.setVisible(self._broken)
        self.box.setVisible(self._broken)
        self.box.setText(
            _("Ask for approval") if breaches else _("Enter it below the floor all the same")
        )
        if new or not agreed:
            consequence = _(
                "The deal is kept as an intention; its contract can be dated once the request is "
                "granted."
            )
        else:
            consequence = _(
                "The deal stays as it is; enter the change again once the request is granted."
            )
        self.consequence.setText(consequence)
        self.box.setChecked(False)
        self._ticked()
        return True

    def need_answer(self, *, waits: bool) -> None:
        """Refuse while nothing is confirmed or asked for a deal that ``waits`` for it.

        Raises InputError.
        """
        if not self._broken:
            return
        if self.box.isChecked():
            if self._asking and not self.reason.value():
                raise InputError(_("Say why it should be allowed."))
            return
        if not self._asking:
            raise InputError(_("The profit is below the product's floor: confirm it to go on."))
        if waits:
            raise InputError(
                _("This needs approval: tick “Ask for approval” and say why, or raise the price.")
            )

    def words(self) -> str:
        """The words of the request, empty when none is made."""
        return self.reason.value() if self._asking and self.box.isChecked() else ""

    def _ticked(self) -> None:
        asked = self._asking and self.box.isChecked()
        self.reason.setVisible(asked)
        self.consequence.setVisible(asked)
        self.resized.emit()


def _state(request: Approval) -> str:
    """Where a request stands, and what was said to it."""
    if request.state == "asked":
        text = _("Approval was asked on {day} by {person}: {words}")
        return text.format(
            day=request.asked_at.date().isoformat(), person=request.person_name, words=request.words
        )
    day = (request.decided_at or request.asked_at).date().isoformat()
    parts = [_(approvals.STATES[request.state]), day, request.decider_name, request.answer]
    return _("Approval: {what}").format(what=" · ".join(part for part in parts if part))

"""Small forms of a deal: the dates of its stages, its cancellation."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.sales import selling
from salesdesk.sales.deals import STAGES, Deal
from salesdesk.text import _
from ui.customers.texts import deal_name
from ui.shared.day_field import DayField
from ui.shared.forms import FormDialog, WordsField
from ui.shared.labels import label
from ui.shared.session import Session


class StagesForm(FormDialog):
    """When the deal reached each stage; an empty one wasn't reached yet."""

    def __init__(self, session: Session, deal: Deal, parent: QWidget | None) -> None:
        super().__init__(_("Stage dates"), parent)
        self._session, self._deal = session, deal
        self.form.addRow(label(deal_name(deal), "subtitle", wrap=True))
        days = {
            "intention": deal.intention_on,
            "subscribed": deal.subscribed_on,
            "contracted": deal.contracted_on,
        }
        self.days = {
            code: DayField(days[code], optional=True, today=session.today, towards="past")
            for code in STAGES
        }
        for code, name in STAGES.items():
            self.add(_(name), self.days[code])

    def save(self) -> None:
        """Write the dates. Raises SalesDeskError when they are out of order."""
        name = _("Stage dates of {name}").format(name=deal_name(self._deal))
        with self._session.changing(name) as change:
            selling.set_stages(
                change,
                self._deal.id,
                {code: field.value() for code, field in self.days.items()},
                seen_version=self._deal.version,
            )


class CancelForm(FormDialog):
    """When and why a deal fell through."""

    def __init__(self, session: Session, deal: Deal, parent: QWidget | None) -> None:
        super().__init__(_("Cancel the deal"), parent, save_text=_("Cancel the deal"))
        self.cancel_button.setText(_("Keep it"))
        self._session, self._deal = session, deal
        self.day = DayField(session.today, today=session.today, towards="past")
        self.reason = WordsField(hint=_("Why it fell through"))
        self.form.addRow(label(deal_name(deal), "subtitle", wrap=True))
        self.add(_("On"), self.day)
        self.add(_("Reason"), self.reason)

    def save(self) -> None:
        """Cancel the deal. Raises SalesDeskError without a reason."""
        name = _("Cancel the deal {name}").format(name=deal_name(self._deal))
        with self._session.changing(name) as change:
            selling.cancel(
                change,
                self._deal.id,
                self.day.day(),
                self.reason.value(),
                seen_version=self._deal.version,
            )

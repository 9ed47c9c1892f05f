"""Says that what an action waits for happens: a sample goes out, an interview is fixed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.planning import tasks
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.reading.telling import moment
from salesdesk.records import values
from salesdesk.records.kinds import Field
from salesdesk.text import _, joined, mark
from ui.shared.day_field import DayField
from ui.shared.forms import FormDialog
from ui.shared.labels import label
from ui.shared.record_fields import CustomerField
from ui.shared.session import Session

_CUSTOMER = Field("customer_id", "customer", mark("Customer"))


class AriseForm(FormDialog):
    """Asks on which day, and about which customer; the task stands in the timetable then."""

    def __init__(self, session: Session, rule: Rule, parent: QWidget | None) -> None:
        super().__init__(_("It happens"), parent, save_text=_("Put in the timetable"))
        self.setMinimumWidth(480)
        self.session, self.rule = session, rule
        self.form.addRow(
            label(joined([rule.words, *moment(None, rule.at, 1, rule.days)]), "subtitle", wrap=True)
        )
        self.day = DayField(session.today, today=session.today)
        self.customer = CustomerField(session, _CUSTOMER, "")
        self.add(
            _("Day"),
            self.day,
            _("The day of what it waits for; the task falls so many days before or after it."),
        )
        self.add(_("Customer"), self.customer)

    def save(self) -> None:
        day = self.day.day()
        customer_id = self.session.read(values.parse, _CUSTOMER, self.customer.text())
        with self.session.changing(_("It happened")) as change:
            tasks.arise(
                change, self.rule.id, day, customer_id=customer_id,
                person_id=change.person_id,
            )  # fmt: skip

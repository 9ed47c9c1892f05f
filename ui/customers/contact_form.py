"""Logs a contact: what kind, what was said, and when the next one is due by the grade."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtWidgets import QCheckBox, QWidget

from salesdesk.customers import activities, contacts, customers
from salesdesk.customers.customers import GRADES, Customer
from salesdesk.customers.kinds import KINDS, TRIED, is_contact, kind_name
from salesdesk.errors import InputError
from salesdesk.text import _, ngettext
from ui.customers.picker import CustomerPicker
from ui.customers.texts import grade_name
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, NumberField, WordsField
from ui.shared.labels import label
from ui.shared.session import Session


class ContactForm(FormDialog):
    """A contact with ``customer``; with None it is asked for, and may stay open."""

    def __init__(self, session: Session, customer: Customer | None, parent: QWidget | None) -> None:
        super().__init__(_("Log a contact"), parent, save_text=_("Log"))
        self._session = session
        self._rules = session.read(contacts.rules)
        self._next_typed = self._proposing = False
        self.setMinimumWidth(500)
        self.customer = CustomerPicker(session, customer)
        # Calls are what is logged all day: whatever came last, nobody has to choose them.
        self.kind: Choice[str] = Choice({code: kind_name(code) for code in KINDS}, "call")
        self.words = WordsField(hint=_("What was said, what the customer wants"), lines=4)
        self.unanswered = QCheckBox(_("Nobody answered (F8)"))
        self.unanswered.setShortcut("F8")
        self.day = DayField(session.today, today=session.today, towards="past")
        self.cost = NumberField(_("Expense"), hint=_("Yuan"))
        self.grade: Choice[str] = Choice({code: grade_name(code) for code in GRADES})
        self.next = DayField(None, optional=True, today=session.today, towards="future")
        self.rule = label("", "hint", wrap=True)
        self.add(_("Customer"), self.customer)
        self.form.addRow("", self._about(customer))
        self.add(_("Kind"), self.kind)
        self.form.addRow("", self.unanswered)
        self.add(_("Words"), self.words)
        self.add(_("On"), self.day)
        self.add(_("Expense"), self.cost)
        self.add(_("Grade"), self.grade)
        self.add(_("Next contact"), self.next)
        self.form.addRow("", self.rule)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.unanswered.toggled.connect(self._show_next)
        self.customer.chosen.connect(self._customer_chosen)
        self.grade.currentIndexChanged.connect(self._propose)
        self.day.changed.connect(self._propose)
        self.next.changed.connect(self._next_changed)
        self._kind_chosen()
        self._customer_chosen(customer)
        (self.customer if customer is None else self.words).setFocus()

    def _about(self, customer: Customer | None) -> QWidget:
        """What was said last and what is wanted, so that one needn't look for it."""
        lines = []
        if customer is not None:
            if customer.phones:
                lines.append(_("Phone: {phone}").format(phone=customer.phones))
            if customer.needs:
                lines.append(_("Wants: {needs}").format(needs=_short(customer.needs)))
            if customer.last_contact_on is not None:
                lines.append(
                    _("Last contact {day}: {words}").format(
                        day=customer.last_contact_on, words=_short(customer.last_words)
                    )
                )
        about = label("\n".join(lines), "hint", wrap=True)
        about.setVisible(bool(lines))
        return about

    def save(self) -> None:
        """Log it, and the new grade with it. Raises SalesDeskError."""
        person_id = self._session.person_id
        if person_id is None:
            raise InputError(_("Say who works here first: Office menu, Who is working here."))
        customer, kind = self.customer.value(), self.kind.value()
        if customer is None and self.customer.search.text().strip():
            raise InputError(_("Choose the customer among those found, or leave the field empty."))
        cost = self.cost.value_or_none() or 0 if kind == "gift" else 0
        now = datetime.now().replace(microsecond=0)
        answered = not self._nobody()
        # A proposal that nobody touched stays the rule's: a new grade may move it later.
        agreed = self._next_typed and self._reaches(customer)
        with self._session.changing(_("Log a contact")) as change:
            if customer is not None and self.grade.value() != customer.grade:
                customers.set_grade(change, [customer.id], self.grade.value())
            activities.log(
                change,
                person_id=person_id,
                kind=kind,
                customer_id=None if customer is None else customer.id,
                at=datetime.combine(self.day.day(), now.time()),
                words=self.words.value(),
                answered=answered,
                next_contact_on=self.next.value() if agreed else None,
                cost=cost,
            )

    # -- what follows from what ------------------------------------------------------------------

    def _kind_chosen(self) -> None:
        self.form.setRowVisible(self.cost, self.kind.value() == "gift")
        self.form.setRowVisible(self.unanswered, self.kind.value() in TRIED)
        self._show_next()

    def _customer_chosen(self, customer: Customer | None) -> None:
        self.form.setRowVisible(self.grade, customer is not None)
        if customer is not None:
            self.grade.set_value(customer.grade)
            self._next_typed = False
            self.words.setFocus()
        self._show_next()

    def _nobody(self) -> bool:
        """Whether it was tried in vain."""
        return self.kind.value() in TRIED and self.unanswered.isChecked()

    def _reaches(self, customer: Customer | None) -> bool:
        """Whether this is contact with a customer, so that a next one can be agreed."""
        return customer is not None and is_contact(self.kind.value(), not self._nobody())

    def _show_next(self) -> None:
        """Ask for the next contact where this is one; otherwise say that nothing moves."""
        customer = self.customer.value()
        reaches = self._reaches(customer)
        self.form.setRowVisible(self.next, reaches)
        self.form.setRowVisible(self.rule, customer is not None)
        if reaches:
            self._propose()
        elif customer is not None:
            self.rule.setText(
                _("Counts as done, not as contact: the customer stays as due as before.")
            )
        self.fit()

    def _propose(self) -> None:
        """Propose the next contact by the grade's cadence, unless another day was chosen."""
        if not self._reaches(self.customer.value()):
            return
        grade = self.grade.value()
        day = self.day.understood()
        if day is None:
            return
        proposed = self._rules.next_contact(day, grade)
        if proposed is None:
            self.rule.setText(_("Without a grade no next contact is proposed."))
        else:
            self.rule.setText(
                ngettext(
                    "Grade {grade}: every day.",
                    "Grade {grade}: every {days} days.",
                    self._rules.cadence[grade],
                ).format(grade=grade, days=self._rules.cadence[grade])
            )
        if not self._next_typed:
            self._proposing = True
            self.next.set_value(proposed)
            self._proposing = False

    def _next_changed(self, _day: date | None = None) -> None:
        if not self._proposing:
            self._next_typed = True


def _short(text: str, longest: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"

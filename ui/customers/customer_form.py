"""Enters or edits a customer, and warns while typing when the customer is perhaps known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from salesdesk.customers import customers
from salesdesk.customers.customers import GRADES, SOURCES, STATES, Customer
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import people
from salesdesk.text import _
from ui.customers.texts import full_name, grade_name
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, TextField, WordsField
from ui.shared.guarding import guard
from ui.shared.labels import button, label, row
from ui.shared.session import Latest, Session

#: Milliseconds that typing must rest before duplicates are looked for.
_REST = 200


class SuggestField(QComboBox):
    """A line of text with suggestions, the office's own words among them."""

    def __init__(self, suggestions: Sequence[str], value: str, *, longest: int) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.addItems(list(suggestions))
        line = self.lineEdit()
        assert line is not None
        line.setMaxLength(longest)
        self.setEditText(value)

    def value(self) -> str:
        """The text without spaces around it."""
        return self.currentText().strip()


class CustomerForm(FormDialog):
    """One customer, new when ``customer`` is None.

    After it is over ``saved_id`` is the customer written; ``known_id`` another one whom the
    person would rather see.
    """

    def __init__(self, session: Session, customer: Customer | None, parent: QWidget | None) -> None:
        super().__init__(_("Customer") if customer else _("New customer"), parent)
        self._session, self._customer = session, customer
        self.saved_id: int | None = None
        self.known_id: int | None = None
        self._warned_of: set[int] = set()
        self._latest = Latest(session, self._failed)
        one = customer
        owners: list[tuple[int | None, str]] = [(None, _("nobody"))]
        owners += [(person.id, person.name) for person in session.read(people.people)]
        if one is not None and one.owner_id not in [number for number, _name in owners]:
            owners.append((one.owner_id, one.owner_name))
        regions = session.read(customers.used_values, "region")
        sources = [_(source) for source in SOURCES]
        self.setMinimumWidth(520)
        self.name = TextField(one.name if one else "", longest=80)
        self.company = TextField(one.company if one else "", longest=120)
        self.phones = TextField(
            one.phones if one else "", longest=200, hint=_("Several are separated by ;")
        )
        self.warning = _Known()
        self.warning.wanted.connect(self._show_known)
        self.grade: Choice[str] = Choice(
            {code: grade_name(code) for code in GRADES}, one.grade if one else ""
        )
        self.state: Choice[str] = Choice(
            {code: _(name) for code, name in STATES.items()}, one.state if one else "potential"
        )
        self.owner: Choice[int | None] = Choice(owners, one.owner_id if one else session.person_id)
        self.region = SuggestField(regions, one.region if one else "", longest=60)
        self.source = SuggestField(sources, one.source if one else "", longest=40)
        self.registered = DayField(session.today, today=session.today, towards="past")
        self.needs = WordsField(
            one.needs if one else "", hint=_("What, how much, at what price, for what")
        )
        self.note = WordsField(one.note if one else "", lines=2)
        self.add(_("Name"), self.name)
        self.add(_("Company"), self.company)
        self.add(_("Phone"), self.phones)
        self.form.addRow("", self.warning)
        self.add(_("Grade"), self.grade)
        self.add(_("State"), self.state)
        self.add(_("Owner"), self.owner)
        if one is not None:
            guard(self.owner, session, "customers.hand_over", person_id=one.owner_id)
        else:
            guard(self.owner, session, "customers.add")
        self.add(_("Region"), self.region)
        self.add(_("Source"), self.source)
        if customer is None:
            self.add(_("Registered"), self.registered)
        self.add(_("Needs"), self.needs)
        self.add(_("Note"), self.note)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._look)
        for field in (self.name, self.company, self.phones):
            field.textChanged.connect(self._rest.start)

    def save(self) -> None:
        """Write the customer. Raises SalesDeskError, once for duplicates not seen yet."""
        texts = {
            "name": self.name.value(),
            "company": self.company.value(),
            "phones": self.phones.value(),
            "region": self.region.value(),
            "source": self.source.value(),
            "needs": self.needs.value(),
            "note": self.note.value(),
            "grade": self.grade.value(),
            "state": self.state.value(),
        }
        self._refuse_unseen()
        customer = self._customer
        if customer is None:
            label_text = _("New customer: {name}").format(name=self.name.value())
            with self._session.changing(label_text) as change:
                self.saved_id = customers.add(
                    change,
                    registered_on=self.registered.day(),
                    owner_id=self.owner.value(),
                    **texts,
                )
            return
        with self._session.changing(
            _("Edit customer: {name}").format(name=customer.name)
        ) as change:
            customers.edit(
                change,
                customer.id,
                seen_version=customer.version,
                owner_id=self.owner.value(),
                **texts,
            )
        self.saved_id = customer.id

    # -- duplicates ------------------------------------------------------------------------------

    def _asked(self) -> tuple[str, str, str]:
        return self.name.value(), self.company.value(), self.phones.value()

    def _own_id(self) -> int | None:
        return None if self._customer is None else self._customer.id

    def _look(self) -> None:
        self._latest.read(self._warn, customers.duplicates, *self._asked(), own_id=self._own_id())

    def _warn(self, found: Sequence[Customer]) -> None:
        self.warning.show_known(found)
        self._warned_of = {customer.id for customer in found}
        self.fit()

    def _refuse_unseen(self) -> None:
        """Stop once for customers found who were not warned of before Save was pressed."""
        customer = self._customer
        if customer is not None and self._asked() == (
            customer.name,
            customer.company,
            customer.phones,
        ):
            return
        self._rest.stop()
        self._latest.drop()
        found = self._session.read(customers.duplicates, *self._asked(), own_id=self._own_id())
        unseen = {other.id for other in found} - self._warned_of
        self._warn(found)
        if unseen:
            raise InputError(
                _("This customer may be known already. Save again if it is somebody else.")
            )

    def _show_known(self, customer_id: int) -> None:
        self.known_id = customer_id
        self.reject()

    def _failed(self, error: SalesDeskError) -> None:
        self.show_error(error.message)


class _Known(QWidget):
    """Names customers who are perhaps the same, each with a button; ``wanted`` tells whose."""

    wanted = Signal(int)
    _MOST = 3

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self.setVisible(False)

    def show_known(self, found: Sequence[Customer]) -> None:
        """Show who was found, or nothing."""
        while (item := self._layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for one in found[: self._MOST]:
            text = _("Known already? {customer}").format(customer=_described(one))
            words = label(text, "error", wrap=True)
            self._layout.addWidget(row(words, button(_("Show"), partial(self.wanted.emit, one.id))))
        if len(found) > self._MOST:
            more = _("and {count} more").format(count=len(found) - self._MOST)
            self._layout.addWidget(label(more, "hint"))
        self.setVisible(bool(found))


def _described(one: Customer) -> str:
    owner = one.owner_name or _("nobody")
    parts = (full_name(one), one.phones, _("owner: {name}").format(name=owner))
    return " · ".join(part for part in parts if part)

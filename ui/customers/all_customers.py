"""All customers: instant search, filters, and what is done with many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
)

from salesdesk.customers import customers
from salesdesk.customers.customers import GRADES, STATES, Customer, CustomerFilter
from salesdesk.office import people
from salesdesk.text import _, ngettext
from ui.customers.columns import customer_columns
from ui.customers.desk import Desk
from ui.customers.listing import Listing
from ui.customers.printing import print_table
from ui.customers.texts import grade_name
from ui.shared import look
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import ChangedRows, FreshPage
from ui.shared.guarding import guard
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.session import Latest, Session
from ui.shared.tables import RecordTable

if TYPE_CHECKING:
    from salesdesk.workspace import ChangeNotice, Connection

#: Milliseconds that typing must rest before the list is read: less than a pause for thought.
REST = 120
_NOBODY = 0


class AllCustomersPage(FreshPage):
    """The paged table of all customers."""

    tables = ("customer", "person")

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session)
        self._desk = desk
        self._choices = Latest(session, self.failed)
        self.search = SearchField()
        self.new_button = button(
            _("New customer"), self.new, primary=True,
            icon=look.icon("mdi6.account-plus", "accent_text"), tip="Ctrl+N",
        )  # fmt: skip
        grades: list[tuple[str | None, str]] = [(None, _("Any grade"))]
        grades += [(code, grade_name(code)) for code in GRADES]
        states: list[tuple[str | None, str]] = [(None, _("Any state"))]
        states += [(code, _(name)) for code, name in STATES.items()]
        self.grade: Choice[str | None] = Choice(grades)
        self.owner: Choice[int | None] = Choice([(None, _("Any owner"))])
        self.state: Choice[str | None] = Choice(states)
        self.source: Choice[str | None] = Choice([(None, _("Any source"))])
        self.region: Choice[str | None] = Choice([(None, _("Any region"))])
        self.overdue = QCheckBox(_("Overdue"))
        self.clear_button = button(_("Show all"), self.show_all)
        self.clear_button.hide()
        for name, field in (
            (_("Grade"), self.grade), (_("Owner"), self.owner), (_("State"), self.state),
            (_("Source"), self.source), (_("Region"), self.region),
        ):  # fmt: skip
            field.setAccessibleName(name)
            field.setMaximumWidth(170)
        self.table: RecordTable[Customer] = RecordTable(
            customer_columns(lambda: session.today), name=_("Customers"), several=True
        )
        self.listing = Listing(session, self.table)
        self.count = label("", "hint")
        self.reading = label(_("Reading the list…"), "hint")
        self.reading.hide()
        self.chosen_count = label("", "hint")
        self._on_one: list[QPushButton] = []
        self._on_some: list[QPushButton] = []
        self._assemble()
        self._connect()

    def _assemble(self) -> None:
        nobody = EmptyPage(
            _("No customers yet"),
            _(
                "All customers of the office are listed here, to be found by name, pinyin, "
                "initials, phone or company. Enter the first one; the grade says how often "
                "to contact them."
            ),
            button(_("New customer"), self.new, primary=True),
        )
        nothing = EmptyPage(
            _("Nothing found"),
            _("No customer matches the search and the filters."),
            button(_("Show all"), self.show_all),
            button(_("New customer"), self.new),
        )
        self.stack = QStackedWidget()
        for part in (self.table, nobody, nothing):
            self.stack.addWidget(part)
        one = partial(self._button, self._on_one)
        some = partial(self._button, self._on_some)
        self.log_button = one(_("Log a contact"), self.log_contact)
        self.edit_button = one(_("Edit…"), self._edit)
        self.deal_button = one(_("New deal…"), self._new_deal)
        self.grade_button = some(_("Grade"), lambda: None)
        self.grade_button.setMenu(self._grade_menu())
        self.hand_button = some(_("Hand over…"), self._hand_over)
        self._guards = [
            guard(self.log_button, self.session, "activities.log"),
            guard(self.edit_button, self.session, "customers.edit"),
            guard(self.grade_button, self.session, "customers.edit"),
            guard(self.hand_button, self.session, "customers.hand_over"),
        ]
        guard(self.new_button, self.session, "customers.add", at_all=True)
        self.export_button = button(_("Export to Excel…"), self._export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(row(self.search, self.new_button))
        layout.addWidget(
            flow(
                self.grade, self.owner, self.state, self.source, self.region, self.overdue,
                self.clear_button,
            )
        )  # fmt: skip
        layout.addWidget(self.stack, 1)
        layout.addWidget(row(self.count, self.chosen_count, self.reading, None))
        layout.addWidget(
            flow(
                self.log_button, self.edit_button, self.deal_button, self.grade_button,
                self.hand_button, self.export_button,
            )
        )  # fmt: skip

    def _button(
        self, group: list[QPushButton], name: str, pressed: Callable[[], object]
    ) -> QPushButton:
        push_button = button(name, pressed)
        group.append(push_button)
        return push_button

    def _grade_menu(self) -> QMenu:
        menu = QMenu(self)
        for code in GRADES:
            action = QAction(grade_name(code), menu)
            action.triggered.connect(partial(self._grade, code))
            menu.addAction(action)
        return menu

    def _connect(self) -> None:
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._search)
        self.search.textChanged.connect(self._rest.start)
        self.search.down.connect(self._into_table)
        for field in (self.grade, self.owner, self.state, self.source, self.region):
            field.currentIndexChanged.connect(self._search)
        self.overdue.toggled.connect(self._search)
        self.listing.counted.connect(self._counted)
        self.listing.slow.connect(self.reading.setVisible)
        self.listing.loaded.connect(self._loaded)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.table.print_wanted.connect(self.print_current)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self._chosen()

    # -- what the tab asks -----------------------------------------------------------------------

    def begin_search(self) -> None:
        """Go to the search."""
        self.search.setFocus()
        self.search.selectAll()

    def new(self) -> None:
        """Enter a customer."""
        self._desk.new_customer()

    def log_contact(self) -> None:
        """Log a contact with the customer the cursor is on."""
        current = self.table.current()
        self._desk.log_contact(None if current is None else current.id)

    def print_current(self) -> None:
        """Print the chosen customers, or those read so far."""
        print_table(self, self.session, self.table, _("Customers"), self._described())

    def show_filter(self, wanted: CustomerFilter) -> None:
        """Show what a filter leaves (its overdue day is today's)."""
        self._fill_owners()
        self._set_fields(wanted)
        self._search()

    def show_all(self) -> None:
        """Take search and filters away."""
        self.show_filter(CustomerFilter())
        self.search.setFocus()

    # -- reading ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list again where it stands."""
        self._fill_owners()
        self.listing.wanted = self.wanted()
        self.listing.refresh()
        self._choices.read(self._fill_choices, _used)

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Show customers that changed where they now belong; other rows stay as they are."""
        if set(rows) != {"customer"} or self.listing.wanted != self.wanted():
            return False
        now = self.listing.take_over(rows["customer"])
        if now is None:
            return False
        words = {(self.source, customer.source) for customer in now}
        words |= {(self.region, customer.region) for customer in now}
        if not all(text == "" or field.offers(text) for field, text in words):
            self._choices.read(self._fill_choices, _used)
        return True

    def wanted(self) -> CustomerFilter:
        """The filter that the fields make."""
        owner = self.owner.value()
        return CustomerFilter(
            text=self.search.text(),
            grade=self.grade.value(),
            owner_id=owner or None,
            no_owner=owner == _NOBODY,
            state=self.state.value(),
            source=self.source.value(),
            region=self.region.value(),
            overdue_on=self.session.today if self.overdue.isChecked() else None,
        )

    def _set_fields(self, wanted: CustomerFilter) -> None:
        fields: tuple[tuple[Choice[Any], Any], ...] = (
            (self.grade, wanted.grade),
            (self.owner, _NOBODY if wanted.no_owner else wanted.owner_id),
            (self.state, wanted.state), (self.source, wanted.source),
            (self.region, wanted.region),
        )  # fmt: skip
        for field in (*[choice for choice, _value in fields], self.search, self.overdue):
            field.blockSignals(True)
        for field, value in fields:
            field.set_value(value)
        self.search.setText(wanted.text)
        self.overdue.setChecked(wanted.overdue_on is not None)
        for field in (*[choice for choice, _value in fields], self.search, self.overdue):
            field.blockSignals(False)

    def _fill_owners(self) -> None:
        owners: list[tuple[int | None, str]] = [(None, _("Any owner")), (_NOBODY, _("No owner"))]
        owners += [
            (person.id, person.name)
            for person in self.session.read(people.people, active_only=False)
        ]
        self.owner.set_choices(owners, self.owner.value())

    def _fill_choices(self, used: tuple[Sequence[str], Sequence[str]]) -> None:
        for field, name, values in (
            (self.source, _("Any source"), used[0]),
            (self.region, _("Any region"), used[1]),
        ):
            pairs: list[tuple[str | None, str]] = [(None, name)]
            field.set_choices(pairs + [(value, value) for value in values], field.value())

    def _search(self) -> None:
        self._rest.stop()
        self.listing.show(self.wanted())

    def _loaded(self) -> None:
        self.clear_button.setVisible(self.wanted() != CustomerFilter())
        if self.table.records.rowCount():
            self.stack.setCurrentIndex(0)
        else:
            self.stack.setCurrentIndex(1 if self.listing.wanted == CustomerFilter() else 2)
        self._chosen()

    def _counted(self, count: int) -> None:
        self.count.setText(
            ngettext("{count} customer", "{count} customers", count).format(count=f"{count:,}")
        )

    def _described(self) -> str:
        """What the list shows, for the head of a printed one."""
        fields = (self.grade, self.owner, self.state, self.source, self.region)
        parts = [field.currentText() for field in fields if field.value() is not None]
        if self.overdue.isChecked():
            parts.append(_("Overdue"))
        return " · ".join([part for part in (self.search.text().strip(), *parts) if part])

    # -- what is pressed -------------------------------------------------------------------------

    def _into_table(self) -> None:
        if self.table.records.rowCount():
            if self.table.current() is None:
                self.table.selectRow(0)
            self.table.setFocus()

    def _picked(self, one: Customer | None) -> None:
        if one is not None:
            self._desk.picked.emit(one.id)

    def _opened(self, one: Customer) -> None:
        self._desk.opened.emit(one.id)

    def _chosen(self) -> None:
        count = len(self.table.selectionModel().selectedRows())
        for push_button in self._on_one:
            push_button.setEnabled(count == 1)
        for push_button in self._on_some:
            push_button.setEnabled(count > 0)
        owners = {listed.owner_id for listed in self.table.chosen()}
        for guarded in self._guards:
            self._desk.concern(guarded, owners)
        self.chosen_count.setText(_("{count} chosen").format(count=count) if count > 1 else "")

    def _edit(self) -> None:
        for customer in self.table.chosen()[:1]:
            self._desk.edit_customer(customer.id)

    def _new_deal(self) -> None:
        for customer in self.table.chosen()[:1]:
            self._desk.new_deal(customer.id)

    def _grade(self, code: str, _checked: bool = False) -> None:
        self._desk.grade(self.table.chosen(), code)

    def _hand_over(self) -> None:
        chosen = self.table.chosen()
        self._desk.ask_hand_over(
            [customer.id for customer in chosen], chosen[0].name if chosen else ""
        )

    def _export(self) -> None:
        chosen = self.table.chosen()
        self._desk.export(self.wanted(), chosen if len(chosen) > 1 else [])


class SearchField(QLineEdit):
    """The search; only composed text searches. Down goes to what was found, Escape clears."""

    down = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(_("Name, pinyin, initials, phone or company"))
        self.setAccessibleName(_("Search customers"))
        self.setClearButtonEnabled(True)
        self.addAction(look.icon("mdi6.magnify", "pale"), QLineEdit.ActionPosition.LeadingPosition)

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # An input method keeps these keys to itself while it composes.
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


def _used(db: Connection) -> tuple[list[str], list[str]]:
    return customers.used_values(db, "source"), customers.used_values(db, "region")

"""Leave and hand-over: who is away and who covers; customers whom nobody looks after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSpinBox, QSplitter, QVBoxLayout, QWidget

from salesdesk.customers import leave
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.office import people
from salesdesk.office.people import Leave
from salesdesk.text import _, ngettext
from ui.customers.columns import customer_columns, one_line
from ui.customers.desk import Desk
from ui.customers.listing import Listing
from ui.customers.printing import print_table
from ui.customers.texts import day_text
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import ChangedRows, FreshPage
from ui.shared.guarding import guard
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable, TableOrEmpty

if TYPE_CHECKING:
    from salesdesk.workspace import ChangeNotice

_QUIET = "quiet_days"


class HandoverPage(FreshPage):
    """Leaves above, customers to hand over below."""

    tables = ("leave", "person", "customer")

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session)
        self._desk = desk
        self.past = QCheckBox(_("Past ones too"))
        self.leaves: RecordTable[Leave] = RecordTable(
            _leave_columns(lambda: session.today), name=_("Leaves")
        )
        self.leave_button = button(_("New leave…"), self.new, primary=True, tip="Ctrl+N")
        self.back_button = button(_("Back at work…"), self._back)
        self.which: Choice[str] = Choice(
            {
                "none": _("Without owner"),
                "left": _("Owner has left"),
                "quiet": _("Not contacted for"),
            }
        )
        self.which.setAccessibleName(_("Which customers"))
        self.days = QSpinBox()
        self.days.setRange(1, 3650)
        self.days.setValue(int(session.preferences.get(_QUIET, 90)))
        self.days.setSuffix(_(" days"))
        self.days.setAccessibleName(_("Days without contact"))
        self.owner: Choice[int | None] = Choice([(None, _("Any owner"))])
        self.owner.setAccessibleName(_("Owner"))
        self.table: RecordTable[Customer] = RecordTable(
            customer_columns(lambda: session.today), name=_("Customers to hand over"), several=True
        )
        self.listing = Listing(session, self.table)
        self.count = label("", "hint")
        self.reading = label(_("Reading the list…"), "hint")
        self.reading.hide()
        self.hand_button = button(_("Hand over…"), self._hand_over)
        self.hand_all_button = button(_("Hand over all…"), self._hand_over_all)
        self.log_button = button(_("Log a contact"), self.log_contact)
        self._guards = [
            guard(self.hand_button, session, "customers.hand_over"),
            guard(self.log_button, session, "activities.log"),
        ]
        guard(self.hand_all_button, session, "customers.hand_over")
        self._assemble()
        self.past.toggled.connect(self._read_leaves)
        self.leaves.picked.connect(self._leave_picked)
        self.leaves.opened.connect(self._end)
        self.leaves.print_wanted.connect(self._print_leaves)
        self.which.currentIndexChanged.connect(self._search)
        self.owner.currentIndexChanged.connect(self._search)
        self.days.valueChanged.connect(self._days_changed)
        self.listing.counted.connect(self._counted)
        self.listing.slow.connect(self.reading.setVisible)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.table.print_wanted.connect(self.print_current)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.listing.loaded.connect(self._chosen)
        self._show_fields()
        self._leave_picked(None)
        self._chosen()

    def _assemble(self) -> None:
        above, below = QWidget(), QWidget()
        upper, lower = QVBoxLayout(above), QVBoxLayout(below)
        for layout in (upper, lower):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(8)
        upper.addWidget(
            row(label(_("Leave"), "subtitle"), None, self.past, self.back_button, self.leave_button)
        )
        upper.addWidget(TableOrEmpty(self.leaves, _nobody_away), 1)
        lower.addWidget(
            row(label(_("Customers to hand over"), "subtitle"), self.count, self.reading, None)
        )
        lower.addWidget(flow(self.which, self.days, self.owner))
        lower.addWidget(TableOrEmpty(self.table, _all_well), 1)
        lower.addWidget(flow(self.hand_button, self.hand_all_button, self.log_button))
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(above)
        parts.addWidget(below)
        parts.setStretchFactor(0, 1)
        parts.setStretchFactor(1, 2)
        parts.setSizes([210, 420])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 8, 14, 12)
        whole.addWidget(parts)

    # -- what the tab asks -----------------------------------------------------------------------

    def begin_search(self) -> None:
        """Go to the choice of customers."""
        self.which.setFocus()

    def new(self) -> None:
        """Enter a leave."""
        from ui.shared.record_form import RecordForm

        RecordForm(self.session, leave.KIND, None, self).exec()

    def log_contact(self) -> None:
        """Log a contact with the customer the cursor is on."""
        current = self.table.current()
        self._desk.log_contact(None if current is None else current.id)

    def print_current(self) -> None:
        """Print the customers to hand over."""
        print_table(self, self.session, self.table, _("Customers to hand over"), self._described())

    # -- reading ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read leaves and customers again."""
        self._read_leaves()
        owners: list[tuple[int | None, str]] = [(None, _("Any owner"))]
        owners += [(person.id, person.name) for person in self.session.read(people.people)]
        self.owner.set_choices(owners, self.owner.value())
        self.listing.wanted = self.wanted()
        self.listing.refresh()

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Show customers that changed where they now belong, or no longer do."""
        return (
            set(rows) == {"customer"}
            and self.listing.wanted == self.wanted()
            and self.listing.take_over(rows["customer"]) is not None
        )

    def wanted(self) -> CustomerFilter:
        """Which customers are to be handed over."""
        which = self.which.value()
        if which == "quiet":
            since = self.session.today - timedelta(days=self.days.value())
            return CustomerFilter(quiet_since=since, owner_id=self.owner.value())
        return CustomerFilter(no_owner=which == "none", owner_left=which == "left")

    def _read_leaves(self) -> None:
        since = None if self.past.isChecked() else self.session.today
        self.leaves.set_rows(self.session.read(people.leaves, since=since), same=lambda one: one.id)
        self._leave_picked(self.leaves.current())

    def _search(self) -> None:
        self._show_fields()
        self.listing.show(self.wanted())

    def _show_fields(self) -> None:
        quiet = self.which.value() == "quiet"
        self.days.setVisible(quiet)
        self.owner.setVisible(quiet)

    def _days_changed(self, days: int) -> None:
        self.session.preferences.set(_QUIET, days)
        self._search()

    def _counted(self, count: int) -> None:
        self.count.setText(
            ngettext("{count} customer", "{count} customers", count).format(count=f"{count:,}")
        )
        self.hand_all_button.setEnabled(count > 0)

    def _described(self) -> str:
        text = self.which.currentText()
        return f"{text} {self.days.text()}" if self.which.value() == "quiet" else text

    # -- what is pressed -------------------------------------------------------------------------

    def _leave_picked(self, leave: Leave | None) -> None:
        self.back_button.setEnabled(leave is not None)

    def _back(self) -> None:
        leave = self.leaves.current()
        if leave is not None:
            self._end(leave)

    def _end(self, leave: Leave) -> None:
        from ui.customers.leave_form import BackForm

        BackForm(self.session, leave, self).exec()

    def _picked(self, one: Customer | None) -> None:
        if one is not None:
            self._desk.picked.emit(one.id)

    def _opened(self, one: Customer) -> None:
        self._desk.opened.emit(one.id)

    def _chosen(self) -> None:
        count = len(self.table.selectionModel().selectedRows())
        self.hand_button.setEnabled(count > 0)
        self.log_button.setEnabled(count == 1)
        owners = {listed.owner_id for listed in self.table.chosen()}
        for guarded in self._guards:
            self._desk.concern(guarded, owners)

    def _hand_over(self) -> None:
        chosen = self.table.chosen()
        self._desk.ask_hand_over(
            [customer.id for customer in chosen], chosen[0].name if chosen else ""
        )

    def _hand_over_all(self) -> None:
        self._desk.ask_hand_over_all(self.wanted())

    def _print_leaves(self) -> None:
        print_table(self, self.session, self.leaves, _("Leave"))


def _leave_columns(today: Callable[[], date]) -> list[Column[Leave]]:
    return [
        Column(_("Person"), lambda one: one.person_name, 130),
        Column(_("First day"), lambda one: day_text(one.first_day), 104,
               sort=lambda one: one.first_day),
        Column(_("Last day"), lambda one: day_text(_last_day(one)), 104, sort=_last_day),
        Column(_("Covered by"), lambda one: one.cover_name or _("nobody"), 130,
               colour=lambda one: "" if one.cover_id else "behind"),
        Column(_("State"), lambda one: _state(one, today()), 90,
               colour=lambda one: "on_track" if one.first_day <= today() < one.end_day else "pale"),
        Column(_("Note"), lambda one: one_line(one.note), 180),
    ]  # fmt: skip


def _last_day(one: Leave) -> date:
    return one.end_day - timedelta(days=1)


def _state(one: Leave, today: date) -> str:
    if one.end_day <= today:
        return _("over")
    return _("now") if one.first_day <= today else _("to come")


def _nobody_away() -> QWidget:
    return EmptyPage(
        _("Nobody is away"),
        _("Enter a leave and who covers, so that the customers are looked after meanwhile."),
    )


def _all_well() -> QWidget:
    return EmptyPage(
        _("Nobody to hand over"),
        _("Every customer in this list has somebody who looks after them."),
    )

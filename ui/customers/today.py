"""Today: quotas, whom to contact, which payments are due, and whose customers are neglected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from salesdesk.customers import care
from salesdesk.customers.care import Due, Neglect
from salesdesk.office import people, settings
from salesdesk.planning import meters
from salesdesk.planning.meters import Meter
from salesdesk.sales import deals
from salesdesk.sales.deals import PaymentDue
from salesdesk.text import _, ngettext
from ui.customers.columns import one_line
from ui.customers.desk import Desk
from ui.customers.meters import QuotaStrip
from ui.customers.owned import concern
from ui.customers.printing import print_table
from ui.customers.texts import day_text, due_colour, grade_colour, yuan
from ui.shared import look
from ui.shared.forms import Choice
from ui.shared.fresh import FreshPage
from ui.shared.guarding import guard
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.session import Latest, Session
from ui.shared.tables import Column, FilterField, RecordTable, TableOrEmpty

if TYPE_CHECKING:
    from datetime import date

    from salesdesk.workspace import Connection

#: The longest list of due contacts; more than anybody does in a day.
LONGEST = 500
_SCOPE = "today_scope"
#: Pixels the lists below need, and the page for a second line of quotas.
_LOWEST, _TALL = 120, 680


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is read in the background: everything but the contacts."""

    meters: list[Meter]
    in_wan: bool
    payments: list[PaymentDue]
    neglected: list[Neglect]


class TodayPage(FreshPage):
    """``neglect_wanted`` asks for a person's overdue customers."""

    tables = (
        "customer", "activity", "deal", "payment", "target", "person", "leave", "setting",
        "hand_count",
    )  # fmt: skip
    neglect_wanted = Signal(int)

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session)
        self._desk = desk
        self._latest = Latest(session, self.failed)
        self._led = False  # whether the panel was led to the first customer yet
        self.title = label("", "title")
        self.summary = label("", "hint")
        self.scope: Choice[str] = Choice({"mine": _("Mine"), "office": _("Whole office")})
        self.scope.setAccessibleName(_("Whose contacts"))
        self.log_button = button(
            _("Log a contact"), self.log_contact, primary=True,
            icon=look.icon("mdi6.phone-plus", "accent_text"), tip="Ctrl+L",
        )  # fmt: skip
        self.quotas = QuotaStrip()
        self.table: RecordTable[Due] = RecordTable(_due_columns(), name=_("Contacts due"))
        self.filter = FilterField(self.table)
        self.due = TableOrEmpty(
            self.table,
            EmptyPage(
                _("Nobody is due"),
                _(
                    "The customers due for contact today are listed here, the longest overdue "
                    "first. Give customers a grade, and log your contacts with them: the next "
                    "one follows by itself."
                ),
                button(_("New customer"), desk.new_customer),
            ),
        )
        self.payments: RecordTable[PaymentDue] = RecordTable(
            _payment_columns(lambda: session.today), name=_("Payments due")
        )
        self.receive = button(_("Received…"), self._receive)
        self._receive_guard = guard(self.receive, session, "payments.edit")
        self.supervision: RecordTable[Neglect] = RecordTable(
            _neglect_columns(), name=_("Overdue by person")
        )
        self._assemble()
        self.scope.currentIndexChanged.connect(self._scope_chosen)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.table.print_wanted.connect(self.print_current)
        self.payments.picked.connect(self._payment_picked)
        self.payments.opened.connect(desk.receive)
        self.payments.print_wanted.connect(self._print_payments)
        self.supervision.opened.connect(self._neglect_opened)
        self.supervision.print_wanted.connect(self._print_supervision)

    def _assemble(self) -> None:
        self.payments_part = _part(
            row(label(_("Payments due"), "subtitle"), None, self.receive), self.payments
        )
        self.supervision_part = _part(
            row(label(_("Overdue by person"), "subtitle"), None), self.supervision
        )
        for part in (self.payments_part, self.supervision_part):
            part.setMinimumHeight(_LOWEST)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.setChildrenCollapsible(False)
        below.addWidget(self.payments_part)
        below.addWidget(self.supervision_part)
        below.setStretchFactor(0, 2)
        below.setStretchFactor(1, 1)
        self._below = below
        above = _part(
            row(label(_("To contact"), "subtitle"), self.summary, None, self.filter), self.due
        )
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(above)
        parts.addWidget(below)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 1)
        parts.setSizes([420, 150])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(row(self.title, None, self.scope, self.log_button))
        layout.addWidget(self.quotas)
        layout.addWidget(parts, 1)

    # -- what the tab asks -----------------------------------------------------------------------

    def begin_search(self) -> None:
        """Go to the filter."""
        self.filter.setFocus()
        self.filter.selectAll()

    def new(self) -> None:
        """Enter a customer."""
        self._desk.new_customer()

    def log_contact(self) -> None:
        """Log a contact with the customer the cursor is on."""
        current = self.table.current()
        if self._desk.log_contact(None if current is None else current.customer.id):
            self._picked(self.table.current())  # the next one to call

    def print_current(self) -> None:
        """Print whom to contact."""
        print_table(self, self.session, self.table, _("To contact"), self.title.text())

    # -- reading ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the contacts at once and the rest in the background."""
        session = self.session
        manager = _is_manager(session)
        self.scope.setVisible(manager)
        if manager:
            scope = session.preferences.get(_SCOPE, "mine")
            self.scope.blockSignals(True)
            self.scope.set_value("office" if scope == "office" else "mine")
            self.scope.blockSignals(False)
        person_id = self._person_id()
        name = _("Whole office") if person_id is None else session.workspace.person_name
        self.title.setText(_("{day}, {name}").format(day=session.today.isoformat(), name=name))
        self._show_due(
            session.read(_due, person_id, session.today, session.person_id), whole=person_id is None
        )
        self._latest.read(self._show_rest, _rest, person_id, session.today, with_neglected=manager)

    def _person_id(self) -> int | None:
        """Whose day is shown, None for the whole office's."""
        whole = not self.scope.isHidden() and self.scope.value() == "office"
        return None if whole else self.session.person_id

    def _show_due(self, found: list[Due], *, whole: bool) -> None:
        place = self.table.currentIndex().row()
        before = self.table.current()
        # Reading again moves no cursor of a person's: the panel stays where it is.
        self.table.blockSignals(True)
        self.table.set_rows(found, same=lambda due: due.customer.id)
        for column, hidden in (
            (_COMPANY, not any(due.customer.company for due in found)),
            (_COVERING, whole or not any(due.covering_for for due in found)),
            (_OWNER, not whole),
        ):
            self.table.setColumnHidden(column, hidden)
        # After a contact is logged the row is gone: the cursor goes on to the next one.
        rows = self.table.records.rowCount()
        if rows and self.table.current() is None:
            self.table.selectRow(min(max(place, 0), rows - 1) if before is not None else 0)
        self.table.blockSignals(False)
        if not self._led:
            self._led = True
            self._picked(self.table.current())
        overdue = sum(due.overdue_days > 0 for due in found)
        if len(found) >= LONGEST:
            text = _("the {count} longest overdue").format(count=len(found))
        else:
            text = _("{count} due, {overdue} of them overdue").format(
                count=len(found), overdue=overdue
            )
        self.summary.setText(text if found else "")

    def _show_rest(self, found: _Rest) -> None:
        self.quotas.show_meters(found.meters, found.in_wan)
        self.payments.set_rows(found.payments, same=lambda payment_due: payment_due.payment.id)
        self.payments_part.setVisible(bool(found.payments))
        # Beside the payments a little room; alone it stands in line with what is above.
        beside = self.payments_part.isVisibleTo(self._below)
        self.supervision_part.setContentsMargins(10 if beside else 0, 0, 0, 0)
        self.supervision.set_rows(found.neglected, same=lambda neglect: neglect.person_id)
        self.supervision_part.setVisible(bool(found.neglected))
        self._below.setVisible(bool(found.payments or found.neglected))
        self._payment_picked(self.payments.current())

    # -- what is pressed -------------------------------------------------------------------------

    def _scope_chosen(self) -> None:
        self.session.preferences.set(_SCOPE, self.scope.value())
        self.refresh()

    def _picked(self, due: Due | None) -> None:
        if due is not None:
            self._desk.picked.emit(due.customer.id)

    def _opened(self, due: Due) -> None:
        self._desk.opened.emit(due.customer.id)

    def _payment_picked(self, due: PaymentDue | None) -> None:
        self._receive_guard.enable(due is not None)
        if due is not None:
            concern(self._receive_guard, self.session, due)
        if due is not None and self.payments.hasFocus():
            self._desk.picked.emit(due.customer_id)

    def _receive(self) -> None:
        current = self.payments.current()
        if current is not None:
            self._desk.receive(current)

    def _neglect_opened(self, one: Neglect) -> None:
        self.neglect_wanted.emit(one.person_id)

    def _print_payments(self) -> None:
        print_table(self, self.session, self.payments, _("Payments due"), self.title.text())

    def _print_supervision(self) -> None:
        print_table(self, self.session, self.supervision, _("Overdue by person"), self.title.text())

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.quotas.set_lines(2 if self.height() >= _TALL else 1)


# -- reading ---------------------------------------------------------------------------------------


def _due(db: Connection, person_id: int | None, today: date, seen_by: int | None) -> list[Due]:
    covers = people.covers(db, today)
    return care.due_list(db, person_id, today, covers=covers, seen_by=seen_by, limit=LONGEST)


def _rest(db: Connection, person_id: int | None, today: date, *, with_neglected: bool) -> _Rest:
    if person_id is None:
        found = meters.office_month(db, today)
    else:
        found = meters.quotas(db, person_id, today)
    return _Rest(
        found,
        settings.read(db).in_wan,
        deals.payments_due(db, person_id, today, limit=100),
        care.overdue_by_person(db, today) if with_neglected else [],
    )


def _is_manager(session: Session) -> bool:
    if session.person_id is None:
        return True
    return session.read(people.person_by_id, session.person_id).role == "manager"


# -- columns ---------------------------------------------------------------------------------------

_COMPANY, _COVERING, _OWNER = 4, 7, 8


def _due_columns() -> list[Column[Due]]:
    return [
        Column(_("Grade"), lambda due: due.customer.grade, 52, "center",
               sort=lambda due: due.customer.grade or "Z", bold=lambda _one: True,
               colour=lambda due: grade_colour(due.customer.grade)),
        Column(_("Name"), lambda due: due.customer.name, 120),
        Column(_("Overdue"), _overdue, 80, "right", sort=lambda due: due.overdue_days,
               colour=lambda due: "behind" if due.overdue_days else "on_track"),
        Column(_("Phone"), lambda due: due.customer.phones, 112,
               tip=lambda due: due.customer.phones),
        Column(_("Company"), lambda due: due.customer.company, 140),
        Column(_("Last contact"), lambda due: day_text(due.customer.last_contact_on), 96,
               sort=lambda due: due.customer.last_contact_on),
        Column(_("Last words"), lambda due: one_line(due.customer.last_words), 210,
               tip=lambda due: due.customer.last_words),
        Column(_("Covering for"), lambda due: due.covering_for, 100),
        Column(_("Owner"), lambda due: due.customer.owner_name, 100),
        Column(_("Wants"), lambda due: one_line(due.customer.needs), 220,
               tip=lambda due: due.customer.needs),
    ]  # fmt: skip


def _overdue(one: Due) -> str:
    if not one.overdue_days:
        return _("today")
    return _days(one.overdue_days)


def _days(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=count)


def _payment_columns(today: Callable[[], date]) -> list[Column[PaymentDue]]:
    return [
        Column(_("Due on"), lambda payment_due: day_text(payment_due.payment.due_on), 96,
               sort=lambda payment_due: payment_due.payment.due_on,
               colour=lambda payment_due: due_colour(payment_due.payment.due_on, today())),
        Column(_("Customer"), lambda payment_due: payment_due.customer_name, 110),
        Column(_("Amount"), lambda payment_due: yuan(payment_due.payment.amount), 110, "right",
               sort=lambda payment_due: payment_due.payment.amount),
        Column(_("Product"), lambda payment_due: payment_due.product_name, 170),
        Column(_("People"), lambda payment_due: payment_due.people, 120),
        Column(_("Note"), lambda payment_due: one_line(payment_due.payment.note), 120),
    ]  # fmt: skip


def _neglect_columns() -> list[Column[Neglect]]:
    return [
        Column(_("Person"), lambda neglect: neglect.person_name, 120),
        Column(_("Overdue"), lambda neglect: str(neglect.overdue), 76, "right",
               sort=lambda neglect: neglect.overdue),
        Column(_("Longest"), lambda neglect: _days(neglect.worst_days), 90, "right",
               sort=lambda neglect: neglect.worst_days),
    ]  # fmt: skip


def _part(head: QWidget, body: QWidget) -> QWidget:
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    head.setMinimumHeight(32)  # heads side by side stand on one line, a button in one or not
    layout.addWidget(head)
    layout.addWidget(body, 1)
    return part

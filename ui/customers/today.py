"""Today: quotas, whom to contact, which payments are due, and whose customers are neglected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from salesdesk.customers import care
from salesdesk.customers.care import Due, Neglect
from salesdesk.errors import ReplacedOfficeError
from salesdesk.office import people, settings
from salesdesk.text import _
from ui.customers.columns import one_line
from ui.customers.desk import Desk
from ui.customers.meters import QuotaStrip
from ui.customers.printing import print_table
from ui.customers.texts import day_text, days_text, grade_colour
from ui.shared import look
from ui.shared.forms import Choice
from ui.shared.fresh import ChangedRows, FreshPage
from ui.shared.labels import EmptyPage, button, headed, label, row
from ui.shared.painted import once_painted
from ui.shared.session import Latest, Session
from ui.shared.tables import Column, FilterField, RecordTable, TableOrEmpty

if TYPE_CHECKING:
    from datetime import date

    from salesdesk.planning.meters import Meter
    from salesdesk.planning.tasks import Task
    from salesdesk.sales.deals import PaymentDue
    from salesdesk.workspace import ChangeNotice, Connection
    from ui.customers.today_below import TodayBelow
    from ui.shared.next_plan import NextPlanNotice
    from ui.shared.owed import OwedNotice

#: The longest list of due contacts; more than anybody does in a day.
LONGEST = 500
_SCOPE = "today_scope"
#: The longest list of tasks.
_MOST_TASKS = 100
#: What of a customer counts in meters and in who neglects whom, or stands beside a payment.
_COUNTED = ("name", "owner_id", "state", "registered_on", "next_contact_on")
#: Pixels the page needs for the notice of summaries, and for a second line of quotas.
_ROOM_FOR_NOTICE, _TALL = 430, 680


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is read in the background: everything but the contacts."""

    meters: list[Meter]
    in_wan: bool
    payments: list[PaymentDue]
    neglected: list[Neglect]
    tasks: list[Task]
    plans_are_due: bool


class TodayPage(FreshPage):
    """``neglect_wanted`` asks for a person's overdue customers, ``summary_wanted`` for a summary
    that is due.
    """

    tables = (
        "customer", "activity", "deal", "payment", "target", "person", "leave", "setting",
        "hand_count", "task", "item_rule", "plan", "calendar_day",
    )  # fmt: skip
    neglect_wanted = Signal(int)
    summary_wanted = Signal(object)

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session)
        self._desk = desk
        self._latest = Latest(session, self.failed)
        self._painted = False  # whether the page has been on the screen
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
            lambda: EmptyPage(
                _("Nobody is due"),
                _(
                    "The customers due for contact today are listed here, the longest overdue "
                    "first. Give customers a grade, and log your contacts with them: the next "
                    "one follows by itself."
                ),
                button(_("New customer"), desk.new_customer),
            ),
        )
        # Made once the rows stand: nothing of them is read before.
        self._notice: OwedNotice | None = None
        self._below: TodayBelow | None = None
        self.next_plans: NextPlanNotice | None = None
        self._room_below = QWidget()
        self._assemble()
        self.scope.currentIndexChanged.connect(self._scope_chosen)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.table.print_wanted.connect(self.print_current)

    def _assemble(self) -> None:
        above = headed(
            row(label(_("To contact"), "subtitle"), self.summary, None, self.filter), self.due
        )
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(above)
        parts.addWidget(self._room_below)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 1)
        parts.setSizes([420, 150])
        self._parts = parts
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 12)
        layout.setSpacing(10)
        head = QWidget()
        self._head = QVBoxLayout(head)
        self._head.setContentsMargins(0, 0, 0, 0)
        self._head.setSpacing(0)
        self._head.addWidget(row(self.title, None, self.scope, self.log_button))
        layout.addWidget(head)
        layout.addWidget(self.quotas)
        layout.addWidget(parts, 1)

    @property
    def below(self) -> TodayBelow:
        """What stands below the contacts due, made when it is first wanted."""
        if self._below is None:
            from ui.customers.today_below import TodayBelow

            self._below = TodayBelow(self.session, self._desk, self.title.text)
            self._below.neglect_wanted.connect(self.neglect_wanted)
            sizes = self._parts.sizes()
            self._parts.replaceWidget(1, self._below)
            self._parts.setStretchFactor(1, 1)
            self._parts.setSizes(sizes)
            self._room_below.deleteLater()
        return self._below

    @property
    def notice(self) -> OwedNotice:
        """The notice of summaries that are due, made when it is first wanted."""
        if self._notice is None:
            from ui.shared.owed import OwedNotice

            self._notice = OwedNotice(self.session)
            self._notice.wanted.connect(self.summary_wanted)
            self._head.addWidget(self._notice)
        return self._notice

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
        payments = None if self._below is None else self._below.payments
        payment = None if payments is None or not payments.hasFocus() else payments.current()
        if payment is not None:
            self._desk.log_contact(payment.customer_id)
            return
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
        self._read_due()
        if self._painted:
            self._read_rest()
        else:
            # With the first picture come the contacts alone: what reads the rest isn't loaded yet.
            self._painted = True
            once_painted(self, self._read_rest)

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Read who is due, which costs little; of the rest only what the change may count in."""
        if set(rows) - {"customer", "activity"} or not self._painted:
            return False
        self._read_due()
        if "activity" in rows or notice.alters("customer", _COUNTED):
            self._read_rest()
        return True

    def _read_due(self) -> None:
        person_id = self._person_id()
        found = self.session.read(_due, person_id, self.session.today, self.session.person_id)
        self._show_due(found, whole=person_id is None)

    def _read_rest(self) -> None:
        self.notice.setVisible(self.height() >= _ROOM_FOR_NOTICE)
        self._latest.read(
            self._show_rest,
            _rest,
            self._person_id(),
            self.session.person_id,
            self.session.today,
            with_neglected=_is_manager(self.session),
        )

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
        self._fit_words()
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

    def _fit_words(self) -> None:
        """Let the last words end where the table does, so that nobody scrolls to read them."""
        before = sum(self.table.columnWidth(place) for place in range(_LAST_WORDS))
        layout = self.layout()
        assert layout is not None
        margins = layout.contentsMargins()
        beside = margins.left() + margins.right() + 2 * self.table.frameWidth()
        beside += self.table.verticalScrollBar().sizeHint().width()
        room = self.width() - beside - before
        self.table.setColumnWidth(_LAST_WORDS, min(max(room, _FEWEST_WORDS), _WORDS))

    def _show_rest(self, found: _Rest) -> None:
        self.quotas.show_meters(found.meters, found.in_wan)
        if self.next_plans is None and found.plans_are_due:
            self._offer_next_plans()
        try:
            self.below.show_lists(found.payments, found.neglected, found.tasks)
        except ReplacedOfficeError:
            return  # lost since it was read: the window tells of it, with all that can be done

    def _offer_next_plans(self) -> None:
        """Say at the turn of a month which plans want a next one; made once the rows stand."""
        from ui.shared.next_plan import NextPlanNotice

        self.next_plans = NextPlanNotice(self.session)
        self._head.addWidget(self.next_plans)
        self.next_plans.show()

    # -- what is pressed -------------------------------------------------------------------------

    def _scope_chosen(self) -> None:
        self.session.preferences.set(_SCOPE, self.scope.value())
        self.refresh()

    def _picked(self, due: Due | None) -> None:
        if due is not None:
            self._desk.picked.emit(due.customer.id)

    def _opened(self, due: Due) -> None:
        self._desk.opened.emit(due.customer.id)

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.quotas.set_lines(2 if self.height() >= _TALL else 1)
        if self._notice is not None:  # in a low window the contacts stand before it
            self._notice.setVisible(self.height() >= _ROOM_FOR_NOTICE)
        self._fit_words()


# -- reading ---------------------------------------------------------------------------------------


def _due(db: Connection, person_id: int | None, today: date, seen_by: int | None) -> list[Due]:
    covers = people.covers(db, today)
    return care.due_list(db, person_id, today, covers=covers, seen_by=seen_by, limit=LONGEST)


def _rest(
    db: Connection, person_id: int | None, actor_id: int | None, today: date, *,
    with_neglected: bool,
) -> _Rest:  # fmt: skip
    from salesdesk.planning import meters, next_plan, tasks
    from salesdesk.planning.places import OFFICE, person
    from salesdesk.sales import deals

    if person_id is None:
        found = meters.office_month(db, today)
    else:
        found = meters.quotas(db, person_id, today)
    return _Rest(
        found,
        settings.read(db).in_wan,
        deals.payments_due(db, person_id, today, limit=100),
        care.overdue_by_person(db, today) if with_neglected else [],
        tasks.due(db, today, OFFICE if person_id is None else person(person_id))[:_MOST_TASKS],
        bool(next_plan.offered(db, actor_id, today)),
    )


def _is_manager(session: Session) -> bool:
    if session.person_id is None:
        return True
    return session.read(people.person_by_id, session.person_id).role == "manager"


# -- columns ---------------------------------------------------------------------------------------

_COMPANY, _LAST_WORDS, _COVERING, _OWNER = 4, 5, 7, 8
#: Pixels of the last words where there is room, and at least.
_WORDS, _FEWEST_WORDS = 210, 120


def _due_columns() -> list[Column[Due]]:
    return [
        Column(_("Grade"), lambda due: due.customer.grade, 52, "center",
               sort=lambda due: due.customer.grade or "Z", bold=lambda _one: True,
               colour=lambda due: grade_colour(due.customer.grade)),
        Column(_("Name"), lambda due: due.customer.name, 96),
        Column(_("Overdue"), _overdue, 72, "right", sort=lambda due: due.overdue_days,
               colour=lambda due: "behind" if due.overdue_days else "on_track"),
        Column(_("Phone"), lambda due: due.customer.phones, 112,
               tip=lambda due: due.customer.phones),
        Column(_("Company"), lambda due: due.customer.company, 140),
        # What was said comes before when: it is what a call begins with, on small screens too.
        Column(_("Last words"), lambda due: one_line(due.customer.last_words), _WORDS,
               tip=lambda due: due.customer.last_words),
        Column(_("Last contact"), lambda due: day_text(due.customer.last_contact_on), 96,
               sort=lambda due: due.customer.last_contact_on),
        Column(_("Covering for"), lambda due: due.covering_for, 100),
        Column(_("Owner"), lambda due: due.customer.owner_name, 100),
        Column(_("Wants"), lambda due: one_line(due.customer.needs), 220,
               tip=lambda due: due.customer.needs),
    ]  # fmt: skip


def _overdue(one: Due) -> str:
    if not one.overdue_days:
        return _("today")
    return days_text(one.overdue_days)

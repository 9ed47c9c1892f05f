"""What stands below the contacts due: tasks, payments due, whose customers are neglected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter

from salesdesk.text import _
from ui.customers.columns import one_line
from ui.customers.desk import Desk
from ui.customers.owned import concern
from ui.customers.printing import print_table
from ui.customers.texts import day_text, days_text, due_colour, yuan
from ui.shared.guarding import guard
from ui.shared.labels import button, headed, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable

if TYPE_CHECKING:
    from datetime import date

    from salesdesk.customers.care import Neglect
    from salesdesk.planning.tasks import Task
    from salesdesk.sales.deals import PaymentDue

#: Pixels each of the lists needs.
_LOWEST = 90
#: The column that says who does a task.
_DOER = 3


class TodayBelow(QSplitter):
    """The lists side by side, each only while there is something in it.

    ``neglect_wanted`` asks for a person's overdue customers; ``title`` says whose day is shown.
    """

    neglect_wanted = Signal(int)

    def __init__(self, session: Session, desk: Desk, title: Callable[[], str]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._session, self._desk, self._title = session, desk, title
        self.payments: RecordTable[PaymentDue] = RecordTable(
            _payment_columns(lambda: session.today), name=_("Payments due")
        )
        self.receive = button(_("Received…"), self._receive)
        self._receive_guard = guard(self.receive, session, "payments.edit")
        self.supervision: RecordTable[Neglect] = RecordTable(
            _neglect_columns(), name=_("Overdue by person")
        )
        self.tasks: RecordTable[Task] = RecordTable(
            _task_columns(lambda: session.today), name=_("To do")
        )
        self.done = button(_("Done"), self._task_done)
        self._done_guard = guard(self.done, session, "plans.write", at_all=True)
        self.tasks_part = headed(row(label(_("To do"), "subtitle"), None, self.done), self.tasks)
        self.payments_part = headed(
            row(label(_("Payments due"), "subtitle"), None, self.receive), self.payments
        )
        self.supervision_part = headed(
            row(label(_("Overdue by person"), "subtitle"), None), self.supervision
        )
        self.setChildrenCollapsible(False)
        for place, (part, stretch) in enumerate(
            ((self.tasks_part, 2), (self.payments_part, 2), (self.supervision_part, 1))
        ):
            part.setMinimumHeight(_LOWEST)
            self.addWidget(part)
            self.setStretchFactor(place, stretch)
        self.tasks.opened.connect(lambda _task: self._task_done())
        self.tasks.picked.connect(lambda task: self._done_guard.enable(task is not None))
        self.tasks.print_wanted.connect(self._print_tasks)
        self.payments.picked.connect(self._payment_picked)
        self.payments.opened.connect(desk.receive)
        self.payments.print_wanted.connect(self._print_payments)
        self.supervision.opened.connect(self._neglect_opened)
        self.supervision.print_wanted.connect(self._print_supervision)

    def show_lists(
        self,
        payments: Sequence[PaymentDue],
        neglected: Sequence[Neglect],
        tasks: Sequence[Task] = (),
    ) -> None:
        """Show other lists; nothing at all when all are empty."""
        self.tasks.set_rows(tasks, same=lambda task: (task.ref, task.words))
        self.tasks.setColumnHidden(_DOER, len({task.owner for task in tasks}) < 2)
        self.tasks_part.setVisible(bool(tasks))
        self._done_guard.enable(self.tasks.current() is not None)
        self.payments.set_rows(payments, same=lambda payment_due: payment_due.payment.id)
        self.payments_part.setVisible(bool(payments))
        # Beside another list a little room; alone it stands in line with what is above.
        beside = bool(tasks)
        self.payments_part.setContentsMargins(10 if beside else 0, 0, 0, 0)
        beside = beside or bool(payments)
        self.supervision_part.setContentsMargins(10 if beside else 0, 0, 0, 0)
        self.supervision.set_rows(neglected, same=lambda neglect: neglect.person_id)
        self.supervision_part.setVisible(bool(neglected))
        self.setVisible(bool(tasks or payments or neglected))
        self._payment_picked(self.payments.current())

    # -- what is pressed -------------------------------------------------------------------------

    def _payment_picked(self, due: PaymentDue | None) -> None:
        self._receive_guard.enable(due is not None)
        if due is not None:
            concern(self._receive_guard, self._session, due)
        if due is not None and self.payments.hasFocus():
            self._desk.picked.emit(due.customer_id)

    def _receive(self) -> None:
        current = self.payments.current()
        if current is not None:
            self._desk.receive(current)

    def _neglect_opened(self, neglect: Neglect) -> None:
        self.neglect_wanted.emit(neglect.person_id)

    def _task_done(self) -> None:
        """Tick the task with the cursor."""
        task = self.tasks.current()
        if task is not None:
            from salesdesk.planning import tasks  # what reads plans loads after the first picture

            self._session.change(self, _("Task done"), tasks.mark_done, task.ref)

    def _print_tasks(self) -> None:
        print_table(self, self._session, self.tasks, _("To do"), self._title())

    def _print_payments(self) -> None:
        print_table(self, self._session, self.payments, _("Payments due"), self._title())

    def _print_supervision(self) -> None:
        print_table(self, self._session, self.supervision, _("Overdue by person"), self._title())


def _task_columns(today: Callable[[], date]) -> list[Column[Task]]:
    return [
        Column(_("Date"), lambda task: day_text(task.day), 96, sort=lambda task: task.day,
               colour=lambda task: due_colour(task.day, today())),
        Column(_("Begins"), lambda task: task.begins, 60),
        Column(_("What is to be done"), lambda task: one_line(task.words), 240,
               tip=lambda task: task.words),
        Column(_("Who does it"), lambda task: task.owner, 90),
        Column(_("Customer"), lambda task: task.customer_name, 100),
        Column(_("Plan"), lambda task: task.plan_title, 120),
    ]  # fmt: skip


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
        Column(_("Longest"), lambda neglect: days_text(neglect.worst_days), 90, "right",
               sort=lambda neglect: neglect.worst_days),
    ]  # fmt: skip

"""The month's review: each target with its actual, and why it was missed and what will be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QVBoxLayout

from salesdesk.calc.money import format_percent
from salesdesk.calc.periods import Period, containing, months_between, previous
from salesdesk.errors import SalesDeskError
from salesdesk.planning import causes, plan_rules, remarks
from salesdesk.planning.actuals import counted_tables
from salesdesk.planning.places import TIERS, Place
from salesdesk.planning.plans import Plan
from salesdesk.planning.reviews import ReviewLine, review
from salesdesk.text import _, ngettext
from salesdesk.workspace import ChangeNotice
from ui.planning.plan_page import PlanPage
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import COUNTED_CUSTOMER, NAMED, ChangedRows, Days, Shown
from ui.shared.labels import EmptyPage, label, row
from ui.shared.session import Latest, Session
from ui.shared.tables import Column, FilterField, RecordModel, RecordTable, TableOrEmpty

Index = QModelIndex | QPersistentModelIndex

#: What the review is made of, besides what the measures in it are counted from.
_TABLES: tuple[str, ...] = (
    "remark",
    "miss_cause",
    "target",
    "plan",
    "person",
    "membership",
    "team",
    "measure",
    "setting",
)


class RemarksPage(PlanPage):
    """``shown`` tells that the month's lines stand in :attr:`table`."""

    tables = _TABLES

    shown = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._latest = Latest(session, self._failed)
        self._lines: Sequence[ReviewLine] = ()
        self.month: Choice[Period] = Choice([])
        self.month.setAccessibleName(_("Month"))
        self.only_missed = QCheckBox(_("Only what was missed"))
        columns = _columns()
        self.records = ReviewModel(columns, self._write)
        self.table: RecordTable[ReviewLine] = RecordTable(
            columns, name=_("Review of the month"), model=self.records
        )
        trigger = QAbstractItemView.EditTrigger
        self.table.setEditTriggers(
            trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed
        )
        self.table.opened.connect(self._begin_reason)
        self.table.print_wanted.connect(self.print_table)
        self.summary = label("", "hint")
        self.how = label("", "hint", wrap=True)
        self.error = label("", "error", wrap=True)
        self.error.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(8)
        layout.addWidget(
            flow(row(label(_("Month")), self.month), self.only_missed, FilterField(self.table),
                 self.summary, spacing=14)
        )  # fmt: skip
        layout.addWidget(TableOrEmpty(self.table, _no_targets), 1)
        layout.addWidget(self.how)
        layout.addWidget(self.error)
        self.month.currentIndexChanged.connect(self.outdated)
        self.only_missed.toggled.connect(self._show_lines)

    # -- what is shown ---------------------------------------------------------------------------

    def show_plan(self, plan: Plan) -> None:
        if self.plan is None or plan.id != self.plan.id:
            months = months_between(plan.period.start, plan.period.end)
            now = containing(self.session.today, "month")
            # What is over is what one explains: the last month, as far as the plan has it.
            usual = previous(now) if previous(now) in months else now
            self.month.set_choices([(period, period.label) for period in months], usual)
            self.records.set_rows([])
        super().show_plan(plan)

    def shown_parts(self) -> Mapping[str, Shown]:
        of_month = Days(self.month.value())
        mine = {"plan_id": {self.plan_id}}
        return self.plan_parts() | {
            "remark": Shown(mine | {"start_day": of_month}),
            "target": Shown(mine),
            "team": NAMED,
            "activity": Shown({"day": of_month}),
            "hand_count": Shown({"day": of_month}),
            "customer": COUNTED_CUSTOMER,
        }

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Put remarks that changed beside their targets."""
        if set(rows) != {"remark"} or not self._lines:
            return False
        said = self.session.read(remarks.remarks, self.month.value(), plan_id=self.plan_id)
        nothing = remarks.Remark("", "")
        words = [said.get((self.plan_id, line.measure.id, line.who), nothing)
                 for line in self._lines]  # fmt: skip
        listed = {line.remark.cause_id or 0: line.cause for line in self._lines}
        if {remark.cause_id for remark in words} - {None} - set(listed):
            listed = self.session.read(causes.names)
        self._lines = [
            replace(line, remark=remark, cause=listed.get(remark.cause_id or 0, ""))
            for line, remark in zip(self._lines, words, strict=True)
        ]
        self._show_lines()
        return True

    def refresh(self) -> None:
        plan = self.plan
        assert plan is not None
        why = self.session.read(plan_rules.why_not_review, self.session.person_id, plan)
        self.records.editable = not why
        self.how.setText(
            why or _("Press F2 to write reason and countermeasure straight into the table.")
        )
        self._latest.read(self._read, review, plan.id, self.month.value())

    def _read(self, found: list[ReviewLine]) -> None:
        self._lines = found
        # Until something is reviewed there is nothing that could be counted otherwise.
        self.tables = (*_TABLES, *counted_tables(line.measure for line in found))
        self.table.setColumnHidden(_STRETCH, all(line.stretch is None for line in found))
        self._show_lines()
        self.shown.emit()

    def _show_lines(self) -> None:
        missed = [review_line for review_line in self._lines if review_line.missed]
        lines = missed if self.only_missed.isChecked() else self._lines
        self.table.set_rows(
            lines, same=lambda review_line: (review_line.measure.id, review_line.who)
        )
        unexplained = sum(not review_line.reason for review_line in missed)
        over = self.month.value().end <= self.session.today
        text = ngettext("{count} target below 100%", "{count} targets below 100%", len(missed))
        if over and unexplained:
            text += ngettext(
                ", {open} of them without a reason", ", {open} of them without a reason",
                unexplained,
            )  # fmt: skip
        self.summary.setText(text.format(count=len(missed), open=unexplained))

    # -- what is done ----------------------------------------------------------------------------

    def _begin_reason(self, _line: object) -> None:
        """Enter, or a double click elsewhere, begins to write the reason."""
        current = self.table.currentIndex()
        if current.column() not in _WORDS:
            current = self.records.index(current.row(), min(_WORDS))
            self.table.setCurrentIndex(current)
        if self.records.editable:
            self.table.edit(current)

    def _write(self, line: ReviewLine, field: str, text: str) -> bool:
        """Set the reason or countermeasure of a line as one change."""
        plan = self.plan
        assert plan is not None
        self.error.hide()
        try:
            said: dict[str, Any] = {field: text}
            words = remarks.Words()._replace(**said)
            place = Place(line.who, self.month.value())
            with self.session.changing(_("Edit remark")) as change:
                remarks.set_remarks(change, plan.id, line.measure.id, {place: words})
        except SalesDeskError as error:
            self._failed(error)
            return False
        return True

    def print_table(self) -> None:
        """Print the review as it is shown."""
        from ui.shared.printing import print_listing  # the printer's modules load when first wanted

        if self.plan is not None:
            print_listing(
                self, self.session, _("Review {month}").format(month=self.month.currentText()),
                self.plan.title, self.table.printed_columns(), self.table.printed_rows(),
            )  # fmt: skip

    def _failed(self, error: SalesDeskError) -> None:
        self.error.setText(error.message)
        self.error.show()


class ReviewModel(RecordModel[ReviewLine]):
    """Lines whose words are edited in place."""

    def __init__(
        self,
        columns: Sequence[Column[ReviewLine]],
        write: Callable[[ReviewLine, str, str], bool],
    ) -> None:
        super().__init__(columns)
        self.editable = True
        self._write = write

    # -- Qt --------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self.editable and index.isValid() and index.column() in _WORDS:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.EditRole:
            role = Qt.ItemDataRole.DisplayRole
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Qt.ItemDataRole.EditRole or not self.editable:
            return False
        field = _WORDS.get(index.column())
        if field is None:
            return False
        line, text = self.record(index.row()), str(value).strip()
        return text == getattr(line, field) or self._write(line, field, text)


#: Columns that hold words, and which of a remark they are.
_WORDS = {8: "reason", 9: "countermeasure"}
_STRETCH = 3


def _columns() -> list[Column[ReviewLine]]:
    return [
        Column(_("Name"), lambda line: line.name, 95, bold=lambda line: line.who.level != "person"),
        Column(_("Measure"), lambda line: line.measure.name, 100),
        Column(_("Target"), lambda line: line.shown(line.target), 95, "right",
               sort=lambda line: line.target, tip=lambda line: _(TIERS[line.tier])),
        Column(_("Stretch"), lambda line: line.shown(line.stretch), 95, "right",
               sort=lambda line: line.stretch),
        Column(_("Actual"), lambda line: line.shown(line.actual), 95, "right",
               sort=lambda line: line.actual),
        Column(_("Attainment"), lambda line: format_percent(line.attainment), 80, "right",
               sort=lambda line: line.attainment,
               colour=lambda line: "behind" if line.missed else "ahead"),
        Column(_("Difference"), lambda line: line.shown(line.actual - line.target), 95, "right",
               sort=lambda line: line.actual - line.target),
        Column(_("Cause of the miss"), lambda line: line.cause, 120, tip=lambda line: line.cause),
        Column(_("Reason"), lambda line: line.reason, 180, tip=lambda line: line.reason),
        Column(_("Countermeasure"), lambda line: line.countermeasure, 180,
               tip=lambda line: line.countermeasure),
    ]  # fmt: skip


def _no_targets() -> EmptyPage:
    return EmptyPage(
        _("No targets in this month"),
        _("Split the plan's targets over the months: here you then say why one was missed."),
    )

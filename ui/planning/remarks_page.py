"""The month's review: each target with its actual, and why it was missed and what will be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QVBoxLayout

from salesdesk.calc.money import format_percent
from salesdesk.calc.pace import attainment
from salesdesk.calc.periods import Period, containing, months_between, previous
from salesdesk.errors import SalesDeskError
from salesdesk.office import measures, settings
from salesdesk.office.measures import Measure
from salesdesk.planning import grid, remarks, targets
from salesdesk.planning.places import TIERS, Place, Who
from salesdesk.planning.plans import Plan
from salesdesk.text import _, ngettext
from ui.planning.plan_page import PlanPage
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.labels import EmptyPage, label, row
from ui.shared.session import Latest, Session
from ui.shared.tables import Column, FilterField, RecordModel, RecordTable, TableOrEmpty

if TYPE_CHECKING:
    from salesdesk.workspace import Connection

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One target of the month with what was achieved and the words on it."""

    who: Who
    name: str
    measure: Measure
    tier: str
    target: int
    actual: int
    reason: str
    countermeasure: str
    in_wan: bool

    @property
    def attainment(self) -> Fraction | None:
        """Actual / target, None for a target of zero."""
        return attainment(self.actual, self.target)

    @property
    def missed(self) -> bool:
        """Whether less was achieved than the target asks for."""
        return self.actual < self.target

    def shown(self, value: int) -> str:
        """A value as people read it."""
        return self.measure.format(value, in_wan=self.in_wan)


class RemarksPage(PlanPage):
    """``shown`` tells that the month's lines stand in :attr:`table`."""

    tables = (
        "remark", "target", "plan", "person", "team", "measure", "deal", "deal_share", "payment",
        "payment_share", "activity", "customer", "hand_count", "setting",
    )  # fmt: skip

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
        self.error = label("", "error", wrap=True)
        self.error.hide()
        empty = EmptyPage(
            _("No targets in this month"),
            _("Split the plan's targets over the months: here you then say why one was missed."),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(8)
        layout.addWidget(
            flow(row(label(_("Month")), self.month), self.only_missed, FilterField(self.table),
                 self.summary, spacing=14)
        )  # fmt: skip
        layout.addWidget(TableOrEmpty(self.table, empty), 1)
        layout.addWidget(
            label(_("Reason and countermeasure are written straight into the table: F2."), "hint")
        )
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
            self.month.set_choices([(one, one.label) for one in months], usual)
            self.records.set_rows([])
        super().show_plan(plan)

    def refresh(self) -> None:
        plan = self.plan
        assert plan is not None
        self.records.editable = plan.status != "closed"
        self._latest.read(self._read, review, plan.id, self.month.value())

    def _read(self, found: list[ReviewLine]) -> None:
        self._lines = found
        self._show_lines()
        self.shown.emit()

    def _show_lines(self) -> None:
        missed = [one for one in self._lines if one.missed]
        lines = missed if self.only_missed.isChecked() else self._lines
        self.table.set_rows(lines, same=lambda one: (one.measure.id, one.who))
        unexplained = sum(not one.reason for one in missed)
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
            with self.session.changing(_("Edit remark")) as change:
                remarks.set_remarks(
                    change, plan.id, line.measure.id,
                    {Place(line.who, self.month.value()): {field: text}},
                )  # fmt: skip
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
_WORDS = {6: "reason", 7: "countermeasure"}


def _columns() -> list[Column[ReviewLine]]:
    return [
        Column(_("Name"), lambda one: one.name, 95, bold=lambda one: one.who.level != "person"),
        Column(_("Measure"), lambda one: one.measure.name, 100),
        Column(_("Target"), lambda one: one.shown(one.target), 95, "right",
               sort=lambda one: one.target, tip=lambda one: _(TIERS[one.tier])),
        Column(_("Actual"), lambda one: one.shown(one.actual), 95, "right",
               sort=lambda one: one.actual),
        Column(_("Attainment"), lambda one: format_percent(one.attainment), 80, "right",
               sort=lambda one: one.attainment,
               colour=lambda one: "behind" if one.missed else "ahead"),
        Column(_("Difference"), lambda one: one.shown(one.actual - one.target), 95, "right",
               sort=lambda one: one.actual - one.target),
        Column(_("Reason"), lambda one: one.reason, 180, tip=lambda one: one.reason),
        Column(_("Countermeasure"), lambda one: one.countermeasure, 180,
               tip=lambda one: one.countermeasure),
    ]  # fmt: skip


def review(db: Connection, plan_id: int, month: Period) -> list[ReviewLine]:
    """The plan's targets of a month, missed ones first, by measure, the furthest behind before.

    Each measure stands in the first tier that has a target there: assigned, else own goal, else
    stretch.
    """
    words = remarks.remarks(db, month, plan_id=plan_id)
    in_wan = settings.read(db).in_wan
    known = {one.id: one for one in measures.measures(db, active_only=False)}
    tiers: dict[int, list[str]] = {}
    for measure_id, tier in targets.measures_used(db, plan_id):
        tiers.setdefault(measure_id, []).append(tier)
    found: list[ReviewLine] = []
    for measure_id in sorted(tiers, key=lambda one: known[one].position):
        seen: set[Who] = set()
        for tier in (one for one in TIERS if one in tiers[measure_id]):
            cells = grid.read(db, plan_id, measure_id, tier, with_actuals=True)
            for one in cells.rows:
                wanted = cells.value(one.who, month)
                if one.who in seen or wanted is None:
                    continue
                seen.add(one.who)
                said = words.get((plan_id, measure_id, one.who), remarks.Remark("", ""))
                found.append(
                    ReviewLine(
                        one.who, one.name or _("Whole office"), known[measure_id], tier, wanted,
                        cells.actual_of(one.who, month) or 0, said.reason, said.countermeasure,
                        in_wan,
                    )
                )  # fmt: skip
    found.sort(key=lambda one: (not one.missed, one.measure.position, one.attainment or 0))
    return found

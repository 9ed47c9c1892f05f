"""The targets of a plan: the split grid, what can be done with it, and its gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QToolButton, QVBoxLayout

from salesdesk.calc.periods import Kind, Period, children, containing, descendants
from salesdesk.errors import SalesDeskError
from salesdesk.office.measures import Measure, measures
from salesdesk.planning import grid, plan_rules, splitting, standing, targets, tier_order
from salesdesk.planning.actuals import counted_tables
from salesdesk.planning.grid import Gap, Grid
from salesdesk.planning.places import TIERS, Place
from salesdesk.planning.plans import Plan
from salesdesk.text import _, ngettext
from salesdesk.workspace import ChangeNotice
from ui.planning.follow_line import FollowLine
from ui.planning.gap_line import GapLine
from ui.planning.grid_model import GridModel
from ui.planning.grid_table import GridTable
from ui.planning.plan_page import PlanPage
from ui.shared import background, look
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import FEW, NAMED, ChangedRows, Shown
from ui.shared.labels import label, row
from ui.shared.session import Latest, Session

if TYPE_CHECKING:
    from ui.planning.rebalance_dialog import RebalanceDialog
    from ui.planning.split_dialog import SplitDialog

#: Above so many cells their sum isn't reckoned while the selection grows.
_SUMMED = 5000
_TEXT_BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_PICTURE_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
#: Pixels below which the page makes room for the grid.
_LOW = 440
#: What the grid is made of; with actuals also what these are counted from.
_TABLES: tuple[str, ...] = (
    "target",
    "plan",
    "person",
    "membership",
    "team",
    "product",
    "measure",
    "setting",
)
#: Kinds of period that hold months.
_LONG: tuple[Kind, ...] = ("year", "quarter", "month")


class TargetsPage(PlanPage):
    """``shown`` tells that the grid asked for stands in :attr:`table`, ``gaps_found`` that its
    gaps are named below it.
    """

    tables = _TABLES

    shown = Signal()
    gaps_found = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._latest = Latest(session, self._failed)
        self._gap_work: background.Work | None = None
        self._reading = False
        self._writing = False
        self._wanted_measure: str | None = None
        self.measure: Choice[Measure] = Choice([])
        self.measure.setAccessibleName(_("Measure"))
        self.tier: Choice[str] = Choice([(code, _(name)) for code, name in TIERS.items()])
        self.tier.setAccessibleName(_("Tier"))
        self.month: Choice[Period | None] = Choice([])
        self.month.setAccessibleName(_("Month to open"))
        self.detail: Choice[Kind] = Choice([("week", _("in weeks")), ("day", _("in days"))])
        self.detail.setAccessibleName(_("Weeks or days"))
        self.actuals = QCheckBox(_("Show actuals"))
        self.products = QCheckBox(_("By product"))
        self.categories = QCheckBox(_("By category"))
        self.model = GridModel(self.write, self)
        self.table = GridTable(self.model)
        self.status = label("", "hint")
        # As high as an error is with its frame, so that the grid doesn't move when one is shown.
        self.status.setMinimumHeight(self.fontMetrics().height() + 14)
        self.why = label("", "hint", wrap=True)
        self.why.hide()
        self.gaps = GapLine()
        self.follow = FollowLine()
        self.order = label("", "error", wrap=True)
        self._order = Latest(session, self._failed)
        self.order.hide()
        self._errors = QTimer(self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._tools = flow(
            self._tool(_("Split…"), "mdi6.call-split", self.split),
            self._tool(_("Rebalance…"), "mdi6.scale-balance", self.rebalance,
                       _("Make parts sum to the target again, or the target follow its parts")),
            self._tool(_("Catch up"), "mdi6.fast-forward", self.catch_up,
                       _("Spread what is still missing over the rest of the period")),
            self._line(),
            self._action("right", "mdi6.arrow-right-bold"),
            self._action("down", "mdi6.arrow-down-bold"),
            self._action("lock", "mdi6.lock"),
            spacing=4,
        )  # fmt: skip
        choices = flow(
            row(label(_("Measure")), self.measure, self.tier),
            row(label(_("Month to open")), self.month, self.detail),
            self.actuals,
            self.categories,
            self.products,
            spacing=14,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(7)
        layout.addWidget(choices)
        layout.addWidget(self._tools)
        layout.addWidget(self.why)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.status)
        layout.addWidget(self.follow)
        layout.addWidget(self.order)
        layout.addWidget(self.gaps)

    def _make_room(self) -> None:
        """In a low window the grid stands before words: tools without names, reasons as tips."""
        low = self.height() < _LOW
        self.why.setVisible(bool(self.why.text()) and not low)
        for tool_button in self._tools.findChildren(QToolButton):
            tool_button.setToolButtonStyle(_PICTURE_ONLY if low else _TEXT_BESIDE)

    def _tool(
        self, name: str, icon: str, pressed: Callable[[], object], tip: str = ""
    ) -> QToolButton:
        tool_button = QToolButton()
        tool_button.setText(name)
        tool_button.setIcon(look.icon(icon))
        tool_button.setToolButtonStyle(_TEXT_BESIDE)
        tool_button.setToolTip(tip or name)
        tool_button.clicked.connect(lambda _checked=False: pressed())
        return tool_button

    def _action(self, code: str, icon: str) -> QToolButton:
        action = self.table.actions_by_code[code]
        tool_button = self._tool(action.text(), icon, action.trigger)
        tool_button.setToolTip(f"{action.text()} ({action.shortcut().toString()})")
        return tool_button

    def _line(self) -> QFrame:
        frame = QFrame()
        frame.setFrameShape(QFrame.Shape.VLine)
        return frame

    def _connect(self) -> None:
        self.follow.follow.connect(self._follow)
        self.measure.currentIndexChanged.connect(self._choice_changed)
        self.tier.currentIndexChanged.connect(self._choice_changed)
        self.actuals.toggled.connect(self._choice_changed)
        self.products.toggled.connect(self._choice_changed)
        self.categories.toggled.connect(self._choice_changed)
        self.month.currentIndexChanged.connect(self._reshape)
        self.detail.currentIndexChanged.connect(self._reshape)
        self.model.refused.connect(self.say_error)
        self.table.moved.connect(self._describe)
        self.table.lock_wanted.connect(self.toggle_lock)
        self.table.month_wanted.connect(self._month_wanted)
        self.table.print_wanted.connect(self.print_table)
        self.gaps.picked.connect(self.go_to_gap)
        self._errors.setSingleShot(True)
        self._errors.setInterval(12_000)
        self._errors.timeout.connect(self._describe)

    # -- what is shown ---------------------------------------------------------------------------

    def show_plan(self, plan: Plan) -> None:
        if self.plan is None or plan.id != self.plan.id:
            self._wanted_measure = None
            self._latest.drop()
            self._show_grid(None)
            self._offer_months(plan)
            self.plan = plan
            self._offer_measures(anew=True)
            self.outdated()
        super().show_plan(plan)

    def shown_parts(self) -> Mapping[str, Shown]:
        cells = Shown(
            {
                "plan_id": {self.plan_id},
                "measure_id": {self.measure.value().id},
                "tier": {self.tier.value()},
            }
        )
        return self.plan_parts() | {"target": cells, "product": NAMED, "team": NAMED}

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Put targets that changed into the grid shown."""
        grid_shown = self.model.grid
        if set(rows) != {"target"} or self._reading or grid_shown is None:
            return False
        # Many targets set at once stand in the grid before their rows are known.
        if any(cell.id == 0 for cell in grid_shown.cells.values()):
            return False
        found = self.session.read(
            targets.rows_at, rows["target"],
            plan_id=self.plan_id, measure_id=grid_shown.measure.id, tier=grid_shown.tier,
        )  # fmt: skip
        now = grid_shown.with_rows(rows["target"], found)
        if now is None:
            return False
        self._show_grid(now)
        self.shown.emit()
        return True

    def set_measure(self, code: str) -> None:
        """Show another measure, by its code. Raises ValueError when it isn't offered."""
        found = self.session.read(measures, active_only=False)
        self.measure.set_value(next(measure for measure in found if measure.code == code))

    def set_tier(self, code: str) -> None:
        """Show another tier: assigned, goal or stretch."""
        self.tier.set_value(code)

    def refresh(self) -> None:
        plan = self.plan
        assert plan is not None
        self._offer_measures()
        measure = self.measure.value()
        self.tables = _TABLES
        if self.actuals.isChecked():
            self.tables += tuple(counted_tables([measure]))
        self._reading = True
        self._latest.read(
            self._read, grid.read, plan.id, measure.id, self.tier.value(),
            with_products=self.products.isChecked(),
            with_categories=self.categories.isChecked(), with_actuals=self.actuals.isChecked(),
        )  # fmt: skip

    def _offer_measures(self, *, anew: bool = False) -> None:
        """The measures in use and those the plan has targets for; the main one to begin with."""
        plan = self.plan
        assert plan is not None
        known = self.session.read(measures, active_only=False)
        used = self.session.read(targets.measures_used, plan.id)
        used_ids = {measure_id for measure_id, _tier in used}
        shown = [measure for measure in known if measure.active or measure.id in used_ids]
        main = standing.main_target({measure.id: measure for measure in known}, used)
        usual = main[0] if main is not None else shown[0]
        current = None if anew or not self.measure.count() else self.measure.value().id
        kept = next((measure for measure in shown if measure.id == current), usual)
        names = [
            _("{name} ({unit})").format(name=measure.name, unit=measure.unit) for measure in shown
        ]
        self.measure.set_choices(list(zip(shown, names, strict=True)), kept)
        if anew:
            with QSignalBlocker(self.tier):
                self.tier.set_value(main[1] if main is not None else "assigned")

    def _offer_months(self, plan: Plan) -> None:
        months = descendants(plan.period, "month") if plan.period.kind in _LONG else ()
        choices: list[tuple[Period | None, str]] = [(None, _("no month"))]
        if plan.period.kind == "month":
            choices = []
        choices += [(period, period.label_short) for period in months]
        self.month.set_choices(choices, choices[0][0] if choices else None)
        for part in (self.month, self.detail):
            part.setEnabled(bool(choices))

    def _choice_changed(self) -> None:
        if self.plan is not None:
            self.outdated()

    def _show_order(self) -> None:
        """Say where a goal lies below the task, or the stretch below the goal."""
        plan, shown = self.plan, self.model.grid
        if plan is None or shown is None:
            return
        self._order.read(self._tell_order, tier_order.sentence, plan.id, shown.measure)

    def _tell_order(self, words: str) -> None:
        self.order.setText(words)
        self.order.setVisible(bool(words))

    def _read(self, found: Grid) -> None:
        self._reading = False
        self._show_grid(found)
        self.shown.emit()

    def _show_grid(self, found: Grid | None) -> None:
        current = self.table.currentIndex()
        kept = self.model.place(current.row(), current.column()) if current.isValid() else None
        why = self._why_not(found.plan) if found is not None else ""
        self.model.editable = not why
        self._tools.setEnabled(not why)
        self.why.setText(why)
        self._tools.setToolTip(why)
        self._make_room()
        opened = self._opened() if found is not None else None
        changed_lines = self.model.with_actuals != self.actuals.isChecked()
        lost = self.model.show(found, opened=opened, with_actuals=self.actuals.isChecked())
        if changed_lines and not lost:
            self.table.fit()
        if lost and found is not None and self.model.columns:
            at = self.model.find(kept) if kept is not None else None
            self.table.go_to(*(at or (0, 0)))
        self._describe()
        self._find_gaps()

    def _why_not(self, plan: Plan) -> str:
        """Why the person at work can't set the plan's targets."""
        return self.session.read(
            plan_rules.why_not_write, self.session.person_id, plan, plan_rules.TARGETS
        )

    def _opened(self) -> tuple[Period, Kind] | None:
        if not self.month.count():
            return None
        month = self.month.value()
        return None if month is None else (month, self.detail.value())

    def _reshape(self) -> None:
        """Open or close a month: nothing needs to be read for that."""
        if self.model.grid is None:
            return
        self._show_grid(self.model.grid)
        opened = self._opened()
        if opened is not None:
            self._keep_column(children(opened[0])[-1])
            self._keep_column(opened[0])

    def _month_wanted(self, column: int, wish: bool) -> None:
        period = self.model.columns[column]
        if period.kind in _LONG[:2]:
            return
        month = containing(period.start, "month")
        if not self.month.offers(month):
            return
        if wish and self.month.value() == month:
            self.detail.set_value("day")
        elif wish:
            self.detail.set_value("week")
            self.month.set_value(month)
        elif self.detail.value() == "day" and not self.month.offers(None):
            self.detail.set_value("week")
        elif self.month.offers(None):
            self.month.set_value(None)
        self._keep_column(period if period in self.model.columns else month)

    def _keep_column(self, period: Period) -> None:
        current = self.table.currentIndex()
        row_ = max(current.row(), 0)
        if period in self.model.columns:
            self.table.go_to(row_, list(self.model.columns).index(period))

    # -- below the grid --------------------------------------------------------------------------

    def _describe(self) -> None:
        """Say everything about the cursor's cell, or the sum of the cells selected."""
        self._errors.stop()
        self._set_status("hint")
        current = self.table.currentIndex()
        if self.model.grid is None or not current.isValid():
            self.status.setText("")
            return
        chosen = self.table.selectionModel().selection().toList()
        count = sum(area.width() * area.height() for area in chosen)
        if 1 < count <= _SUMMED:
            self.status.setText(self._summed())
        else:
            self.status.setText(self.model.describe(current.row(), current.column()))

    def _summed(self) -> str:
        shown = self.model.grid
        assert shown is not None
        values = [shown.value(*self.model.place(*cell)) for cell in self.table.chosen()]
        known = [value for value in values if value is not None]
        if not shown.measure.is_flow:
            words = ngettext("{count} cell with a figure", "{count} cells with figures", len(known))
            return words.format(count=len(known))
        words = ngettext(
            "{count} cell with a figure, sum {sum}",
            "{count} cells with figures, sum {sum}",
            len(known),
        )
        return words.format(count=len(known), sum=shown.measure.format(sum(known)))

    def say_error(self, text: str) -> None:
        """Say below the grid why something wasn't taken."""
        self._set_status("error")
        self.status.setText(text)
        self._errors.start()

    def _set_status(self, role: str) -> None:
        if self.status.property("role") != role:
            self.status.setProperty("role", role)
            self.status.style().unpolish(self.status)
            self.status.style().polish(self.status)

    def _find_gaps(self) -> None:
        if self._gap_work is not None:
            self._gap_work.cancel()
            self._gap_work = None
        found = self.model.grid
        if found is None:
            self.gaps.clear()
            return
        self._gap_work = background.run_quietly(found.all_gaps, self._show_gaps, self._failed)

    def _show_gaps(self, found: list[Gap]) -> None:
        self._gap_work = None
        if self.model.grid is not None:
            self.gaps.show_gaps(self.model.grid, found)
            self._show_order()
            self.gaps_found.emit()

    def go_to_gap(self, gap: Gap) -> None:
        """Put the cursor on a gap; a month that hides it is opened first."""
        period = gap.place.period
        if period not in self.model.columns and period.kind in ("week", "day"):
            month = containing(period.start, "month")
            if self.month.offers(month):
                with QSignalBlocker(self.detail):
                    self.detail.set_value(period.kind)
                self.month.set_value(month)
                self._reshape()
        at = self.model.find(gap.place)
        if at is not None:
            self.table.go_to(*at)
            self.table.setFocus()

    # -- what is done ----------------------------------------------------------------------------

    def write(self, change_label: str, wanted: Mapping[Place, int | None]) -> bool:
        """Set cells as one change; the grid shows them at once, without being read again."""
        shown, plan = self.model.grid, self.plan
        assert shown is not None
        assert plan is not None
        self._writing = True
        try:
            with self.session.changing(change_label) as change:
                targets.set_values(change, plan.id, shown.measure.id, shown.tier, wanted)
        except SalesDeskError as error:
            self.say_error(error.message)
            return False
        finally:
            self._writing = False
        if self.model.grid is not shown:
            self._ask_parts(shown, self.model.grid, wanted)
            return True
        # What was read before this change is older than it: read it again.
        again = self._reading or self.is_outdated
        now = shown.with_values(wanted)
        self._show_grid(now)
        if again:
            self.outdated()
        self._ask_parts(shown, now, wanted)
        return True

    def _ask_parts(
        self, before: Grid, now: Grid | None, wanted: Mapping[Place, int | None]
    ) -> None:
        """Ask what the parts of a target shall do whose own value alone was typed."""
        self.follow.clear()
        if len(wanted) != 1 or now is None:
            return
        place = next(iter(wanted))
        if before.stored(*place) == now.stored(*place) or not now.has_parts(place):
            return
        found = self.model.find(place)
        if found is not None:
            self.follow.ask(now, place, self.model.cell_name(*found))

    def _follow(self, place: Place, axis: str) -> None:
        """Let the parts of a place sum to it again, in their proportions."""
        shown, plan = self.model.grid, self.plan
        if shown is None or plan is None:
            return
        try:
            with self.session.changing(_("Rebalance target")) as change:
                splitting.rebalance(change, plan.id, shown.measure, shown.tier, place, axis)
        except SalesDeskError as error:
            self.say_error(error.message)

    def split(self) -> None:
        """Ask how to split the cursor's target, and split it."""
        form = self.split_form()
        if form is not None:
            form.exec()
            form.deleteLater()

    def split_form(self) -> SplitDialog | None:
        """The dialog that splits the selected targets; None where there is no cell."""
        from ui.planning.split_dialog import SplitDialog

        shown = self.model.grid
        places = self._selected()
        if shown is None or not places:
            return None
        current = self.table.currentIndex()
        name = self.model.cell_name(current.row(), current.column())
        if len(places) > 1:
            name = _("{count} targets").format(count=len(places))
        return SplitDialog(self.session, shown, places, name, self)

    def _selected(self) -> list[Place]:
        """The selected cells that have a figure, the cursor's first; the cursor's alone if none."""
        shown, current = self.model.grid, self.table.currentIndex()
        if shown is None or not current.isValid():
            return []
        cursor = self.model.place(current.row(), current.column())
        chosen = [self.model.place(*cell) for cell in self.table.chosen()]
        others = [place for place in chosen if place != cursor and shown.value(*place) is not None]
        return [cursor, *others]

    def rebalance(self) -> None:
        """Ask which parts follow the cursor's target, and balance them."""
        form = self.rebalance_form()
        if form is not None:
            form.exec()
            form.deleteLater()

    def rebalance_form(self) -> RebalanceDialog | None:
        """The dialog that balances the cursor's target; None where there is no cell."""
        from ui.planning.rebalance_dialog import RebalanceDialog

        shown, current = self.model.grid, self.table.currentIndex()
        if shown is None or not current.isValid():
            return None
        place = self.model.place(current.row(), current.column())
        name = self.model.cell_name(current.row(), current.column())
        return RebalanceDialog(self.session, shown, place, name, self)

    def catch_up(self) -> None:
        """Put what is still missing to the selected targets on the rest of their periods."""
        shown = self.model.grid
        if shown is None:
            return
        try:
            with self.session.changing(_("Catch up")) as change:
                for place in self._selected():
                    splitting.catch_up(
                        change, shown.plan.id, shown.measure, shown.tier, place,
                        self.session.today,
                    )  # fmt: skip
        except SalesDeskError as error:
            self.say_error(error.message)

    def toggle_lock(self) -> None:
        """Lock the selected targets; unlock them when all are locked."""
        shown, plan = self.model.grid, self.plan
        if shown is None or plan is None or not self.model.editable:
            return
        places = [self.model.place(*cell) for cell in self.table.chosen()]
        entered = [place for place in places if shown.stored(*place) is not None]
        if not entered:
            self.say_error(_("Only entered targets can be locked: this is a sum, or empty."))
            return
        lock = not all(shown.locked(*place) for place in entered)
        self.session.change(
            self, _("Lock targets") if lock else _("Unlock targets"), targets.set_locked,
            plan.id, shown.measure.id, shown.tier, entered, lock,
        )  # fmt: skip

    def print_table(self) -> None:
        """Print the grid as it is shown."""
        from ui.shared.printing import print_listing  # the printer's modules load when first wanted

        shown = self.model.grid
        if shown is None:
            return
        lines = self.model.whole_text()
        columns = [
            (title, float(self.table.columnWidth(place - 1)) if place else 160.0,
             "right" if place else "left")
            for place, title in enumerate(lines[0])
        ]  # fmt: skip
        subtitle = f"{self.measure.currentText()} · {self.tier.currentText()}"
        print_listing(self, self.session, shown.plan.title, subtitle, columns, lines[1:])

    def _failed(self, error: SalesDeskError) -> None:
        self._reading = False
        self.say_error(error.message)

    def _heard(self, notice: ChangeNotice) -> None:
        # What this page has just written it shows already; a few cells it takes over.
        if not self._writing or len(notice.rows.get("target", ())) <= FEW:
            super()._heard(notice)

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

"""Targets: the split grid of a plan with its toolbar and the line that names the gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from salesdesk.calc.periods import Kind, Period
from salesdesk.errors import SalesDeskError
from salesdesk.office import measures, settings
from salesdesk.office.measures import Measure
from salesdesk.planning import grid, splitting, targets
from salesdesk.planning.grid import Gap
from salesdesk.planning.places import TIERS, Place
from salesdesk.planning.plans import Plan
from salesdesk.text import _
from ui.planning.grid_model import GridModel, columns_of
from ui.planning.grid_view import GridView, legend, swatch_style
from ui.planning.split_dialog import SplitDialog
from ui.shared import look
from ui.shared.flow import FlowLayout
from ui.shared.forms import Choice
from ui.shared.labels import button, label
from ui.shared.session import Session

#: The largest gaps are named in the line below the grid; the others are counted.
_NAMED = 3
#: Changes of these tables are seen in the grid.
TABLES = ("target", "plan", "person", "team", "product", "measure", "deal", "payment", "activity")


class TargetsPage(QWidget):
    """The grid of the plan shown; ``table`` is the grid's view."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.plan: Plan | None = None
        self._opened: dict[Period, Kind] = {}
        self.measure: Choice[Measure] = Choice(self._measures())
        self.measure.setAccessibleName(_("Measure"))
        self.tier: Choice[str] = Choice({code: _(name) for code, name in TIERS.items()})
        self.tier.setAccessibleName(_("Tier"))
        self.detail: Choice[Kind] = Choice([("week", _("Weeks")), ("day", _("Days"))])
        self.detail.setAccessibleName(_("A month opens into"))
        self.actuals = QCheckBox(_("Show actuals"))
        self.by_product = QCheckBox(_("By product"))
        self.model = GridModel(self)
        self.table = GridView(self.model)
        self.unit = label("", "hint")
        self.refusal = label("", "error", wrap=True)
        self.refusal.hide()
        self.gaps = QWidget()
        self._gaps_line = FlowLayout(self.gaps, spacing=6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._bar())
        layout.addWidget(self.table, 1)
        layout.addWidget(self.refusal)
        layout.addWidget(self.gaps)
        layout.addLayout(self._legend())
        for choice in (self.measure, self.tier):
            choice.currentIndexChanged.connect(self._chosen)
        self.detail.currentIndexChanged.connect(self._detail_chosen)
        self.actuals.toggled.connect(self._chosen)
        self.by_product.toggled.connect(self._chosen)
        self.model.edited.connect(self.set_cells)
        self.model.refused.connect(self._say)
        self.table.lock_wanted.connect(self._lock)
        self.table.open_wanted.connect(self.open_month)

    # -- what is shown -----------------------------------------------------------------------------

    def show_plan(self, plan: Plan | None) -> None:
        """Show another plan: its own measure first, months closed."""
        if plan is None or self.plan is None or plan.id != self.plan.id:
            self._opened.clear()
            if plan is not None:
                self._choose_used(plan)
                if plan.period.kind in ("month", "week"):
                    self._opened[plan.period] = "week" if plan.period.kind == "month" else "day"
        self.plan = plan
        self.refresh()

    def refresh(self) -> None:
        """Read the grid again."""
        self._say("")
        if self.plan is None or self.measure.count() == 0:
            self.model.show(None, [], "", False)
            return
        measure = self.measure.value()
        found = self.session.read(
            grid.read,
            self.plan.id,
            measure.id,
            self.tier.value(),
            with_products=self.by_product.isChecked(),
            with_actuals=self.actuals.isChecked(),
        )
        name = self.session.read(settings.read).office_name
        self.model.show(
            found, columns_of(self.plan.period, self._opened), name, self.actuals.isChecked()
        )
        self.table.set_tall(self.actuals.isChecked())
        self.unit.setText(_("in {unit}; 1.2万 is understood").format(unit=measure.unit))
        self._show_gaps(found.all_gaps())
        index = self.table.currentIndex()
        if not index.isValid() and self.model.rowCount():
            self.table.selectionModel().setCurrentIndex(
                self.model.index(0, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def set_measure(self, code: str) -> None:
        """Show another measure, by its code. Raises ValueError for one not in use."""
        known = self._measures()
        self.measure.setCurrentIndex([one.code for one, _name in known].index(code))

    def set_tier(self, code: str) -> None:
        """Show the assigned task, own goal or stretch."""
        self.tier.set_value(code)

    def open_month(self, period: Period) -> None:
        """Open a month into its weeks or days, or close it; a week or day closes its month."""
        if self.plan is None:
            return
        if period in self._opened and period != self.plan.period:
            del self._opened[period]
        elif period.kind == "month":
            self._opened[period] = self.detail.value()
        elif period.kind in ("week", "day"):
            for month in [one for one in self._opened if period.start in one]:
                if month != self.plan.period:
                    del self._opened[month]
        self.refresh()

    def changed(self, notice: Any) -> None:
        """Hear of a change."""
        if notice.touches("measure"):
            current = self.measure.value() if self.measure.count() else None
            known = self._measures()
            kept = next((o for o, _n in known if current and o.id == current.id), None)
            self.measure.set_choices(known, kept)
        if notice.touches(*TABLES):
            self.refresh()

    # -- changing ----------------------------------------------------------------------------------

    def set_cells(self, wanted: Mapping[Place, int | None]) -> None:
        """Set cells as one change; a refusal is said below the grid."""
        self._do(_("Set targets"), targets.set_values, wanted)

    def split(self) -> None:
        """Split the target under the cursor, as a dialog asks."""
        place = self.table.current_place()
        if place is None or self.plan is None or self.model.grid is None:
            return
        if self.model.grid.stored(*place) is None:
            self._say(
                _("Set a target for {period} first: there is nothing to split.").format(
                    period=place.period.label
                )
            )
            return
        name = self.model.name(self.model.row(self.table.currentIndex().row()))
        SplitDialog(
            self.session, self.plan, self.measure.value(), self.tier.value(), place, name, self
        ).exec()

    def rebalance(self) -> None:
        """Let what is below the cursor's cell sum to it again."""
        self._on_place(_("Rebalance targets"), splitting.rebalance)

    def catch_up(self) -> None:
        """Put what is still missing on the rest of the cursor's period."""
        self._on_place(_("Catch up"), splitting.catch_up, self.session.today)

    def toggle_lock(self) -> None:
        """Lock or unlock the selected cells."""
        self.table.toggle_lock()

    def _on_place(self, name: str, writer: Any, *more: Any) -> None:
        place = self.table.current_place()
        if place is None or self.plan is None:
            return
        self._write(
            name, writer, self.plan.id, self.measure.value(), self.tier.value(), place, *more
        )

    def _lock(self, places: Sequence[Place], locked: bool) -> None:
        stored = [p for p in places if self.model.grid and self.model.grid.stored(*p) is not None]
        if not stored:
            self._say(_("Only a cell with a target of its own can be locked."))
            return
        name = _("Lock targets") if locked else _("Unlock targets")
        self._do(name, targets.set_locked, stored, locked)

    def _do(self, name: str, writer: Any, *more: Any) -> None:
        if self.plan is not None:
            self._write(
                name, writer, self.plan.id, self.measure.value().id, self.tier.value(), *more
            )

    def _write(self, name: str, writer: Any, *arguments: Any) -> None:
        try:
            with self.session.changing(name) as change:
                writer(change, *arguments)
        except SalesDeskError as error:
            self._say(error.message)

    # -- within ------------------------------------------------------------------------------------

    def _measures(self) -> list[tuple[Measure, str]]:
        return [(one, one.name) for one in self.session.read(measures.measures)]

    def _choose_used(self, plan: Plan) -> None:
        """Show a measure and tier that the plan has targets for, the one shown if it has."""
        used = self.session.read(targets.measures_used, plan.id)
        known = self._measures()
        if not used or not known:
            return
        now = (self.measure.value().id, self.tier.value()) if self.measure.count() else None
        if now in used:
            return
        order = [one.id for one, _name in known]
        tiers = list(TIERS)
        shown = [pair for pair in used if pair[0] in order]
        if not shown:
            return
        measure_id, tier = min(shown, key=lambda pair: (order.index(pair[0]), tiers.index(pair[1])))
        for choice, place in (
            (self.measure, order.index(measure_id)),
            (self.tier, tiers.index(tier)),
        ):
            choice.blockSignals(True)
            choice.setCurrentIndex(place)
            choice.blockSignals(False)

    def _chosen(self, _place: object = None) -> None:
        self.refresh()

    def _detail_chosen(self, _place: int) -> None:
        for period in self._opened:
            if period.kind == "month":
                self._opened[period] = self.detail.value()
        self.refresh()

    def _show_gaps(self, gaps: Sequence[Gap]) -> None:
        while self._gaps_line.count():
            item = self._gaps_line.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.gaps.setVisible(bool(gaps))
        for gap in gaps[:_NAMED]:
            one = QPushButton(self.model.gap_words(gap))
            one.setAutoDefault(False)
            one.setStyleSheet(
                f"background: {look.colour('gap').name()}; color: {look.colour('gap_text').name()};"
            )
            one.clicked.connect(partial(self._go_to_gap, gap))
            self._gaps_line.addWidget(one)
        if len(gaps) > _NAMED:
            self._gaps_line.addWidget(
                label(_("and {count} more").format(count=len(gaps) - _NAMED), "hint")
            )

    def _go_to_gap(self, gap: Gap, _checked: bool = False) -> None:
        if not self.table.go_to(gap.place):
            for month in columns_of(self.plan.period, {}) if self.plan else []:
                if month.kind == "month" and gap.place.period.start in month:
                    self._opened[month] = "day" if gap.place.period.kind == "day" else "week"
            self.refresh()
            self.table.go_to(gap.place)

    def _say(self, text: str) -> None:
        self.refusal.setText(text)
        self.refusal.setVisible(bool(text))

    def _bar(self) -> QWidget:
        holder = QWidget()
        bar = FlowLayout(holder, spacing=8)
        for part in (
            self.measure,
            self.tier,
            button(_("Split…"), self.split, primary=True),
            button(_("Rebalance"), self.rebalance,
                   tip=_("The parts of the cell keep their proportions and sum to it again")),
            button(_("Catch up"), self.catch_up,
                   tip=_("What is still missing is put on the rest of the period")),
            button(_("Lock"), self.toggle_lock, tip=_("Ctrl+K")),
            label(_("A month opens into"), "hint"),
            self.detail,
            self.by_product,
            self.actuals,
            self.unit,
        ):  # fmt: skip
            bar.addWidget(part)
        return holder

    def _legend(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        for colour, words in legend():
            square = QLabel()
            square.setFixedSize(12, 12)
            square.setStyleSheet(swatch_style(colour))
            line.addWidget(square)
            line.addWidget(label(words, "hint"))
            line.addSpacing(8)
        line.addWidget(label(_("Italics: the sum of what is below"), "hint"))
        line.addStretch(1)
        line.addWidget(label(_("Double-click a month to open it"), "hint"))
        return line

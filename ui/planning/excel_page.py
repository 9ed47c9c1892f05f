"""The quota sheet of a plan: sent out as Excel, taken back with the team's changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from salesdesk.calc.periods import Period, containing, months_between
from salesdesk.errors import SalesDeskError
from salesdesk.office.measures import measure_with_code, measures
from salesdesk.planning import standing, targets
from salesdesk.planning.places import TIERS
from salesdesk.planning.plans import Plan
from salesdesk.text import _, ngettext
from ui.planning.plan_page import PlanPage
from ui.shared import background
from ui.shared.files import SHEETS, ask_open, ask_workbook, keep_folder
from ui.shared.forms import Choice
from ui.shared.labels import button, card, label, row, scrolled
from ui.shared.messages import tell
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.workbooks.quota_comparison import Comparison
    from ui.planning.quota_preview import QuotaPreview


class ExcelPage(PlanPage):
    """``sent`` tells that a workbook was written, ``compared`` that :attr:`preview` is open."""

    tables = ("plan", "target", "measure", "product")

    sent = Signal(object)  # the Path
    compared = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.preview: QuotaPreview | None = None
        self._last_sent: Path | None = None
        self.sheet: Choice[str] = Choice(
            [("year", _("Yearly sheet: a page for each measure")), ("month", _("Sheet of a month"))]
        )
        self.month: Choice[Period] = Choice([])
        self.tier: Choice[str] = Choice([(code, _(name)) for code, name in TIERS.items()])
        self.measures = QListWidget()
        self.measures.setFixedHeight(150)
        self.with_products = QCheckBox(_("A row for each person and product"))
        self.send_button = button(_("Send…"), self.ask_send, primary=True)
        self.take_button = button(_("Take back…"), self.ask_take_back, primary=True)
        self.open_button = button(_("Open the folder"), self._open_folder)
        self.open_button.hide()
        self.result = label("", "hint", wrap=True)
        self.taken = label("", "hint", wrap=True)
        self._tier_line = self._named(_("Months and weeks are of"), self.tier)
        self._month_line = self._named(_("Month"), self.month)
        self._measure_line = self._named(_("Measures"), self.measures)
        cards = QWidget()
        layout = QVBoxLayout(cards)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(12)
        layout.addWidget(self._send_card())
        layout.addWidget(self._take_card())
        layout.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(cards))  # a low window scrolls them
        self.sheet.currentIndexChanged.connect(self._sheet_chosen)

    def _send_card(self) -> QWidget:
        return _airy(
            label(_("Send the quota sheet"), "subtitle"),
            label(
                _(
                    "An Excel workbook to fill in: figures in the tinted cells. Rows may be sorted "
                    "and comments added; it is found again all the same."
                ),
                "hint",
                wrap=True,
            ),
            self._named(_("What"), self.sheet),
            self._month_line,
            self._measure_line,
            self._tier_line,
            self.with_products,
            row(self.send_button, self.open_button, None),
            self.result,
        )

    def _take_card(self) -> QWidget:
        return _airy(
            label(_("Take the quota sheet back"), "subtitle"),
            label(
                _(
                    "Every cell is compared with what went out and with the office. You see all "
                    "differences first and choose; nothing is written before."
                ),
                "hint",
                wrap=True,
            ),
            row(self.take_button, None),
            self.taken,
        )

    def _named(self, name: str, field: QWidget) -> QWidget:
        field.setAccessibleName(name)
        title = label(name)
        title.setMinimumWidth(150)
        title.setBuddy(field)
        line = row(title, field, None)
        layout = line.layout()
        assert layout is not None
        if field is self.measures:
            layout.setAlignment(title, Qt.AlignmentFlag.AlignTop)
        return line

    # -- what is shown ---------------------------------------------------------------------------

    def show_plan(self, plan: Plan) -> None:
        if self.plan is None or plan.id != self.plan.id:
            self.result.setText("")
            self.taken.setText("")
            self.open_button.hide()
            self.measures.clear()
            months = months_between(plan.period.start, plan.period.end)
            months = [
                period for period in months
                if plan.period.start <= period.start and period.end <= plan.period.end
            ]  # fmt: skip
            now = containing(self.session.today, "month")
            self.month.set_choices([(period, period.label) for period in months], now)
            self.sheet.set_value("year")
            self._sheet_chosen()
        super().show_plan(plan)

    def refresh(self) -> None:
        plan = self.plan
        assert plan is not None
        known = self.session.read(measures, active_only=False)
        used = self.session.read(targets.measures_used, plan.id)
        used_ids = {measure_id for measure_id, _tier in used}
        if not self.measures.count():
            main = standing.main_target({measure.id: measure for measure in known}, used)
            self.tier.set_value(main[1] if main is not None else "assigned")
            ticked = used_ids or {measure.id for measure in known if measure.code == standing.MAIN}
        else:
            ticked = set(self._ticked())
        self.measures.clear()
        for measure in known:
            # What doesn't sum up has no place among a sheet's totals.
            if measure.is_flow and (measure.active or measure.id in used_ids):
                name = _("{name} ({unit})").format(name=measure.name, unit=measure.unit)
                item = QListWidgetItem(name)
                item.setData(Qt.ItemDataRole.UserRole, measure.id)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(
                    Qt.CheckState.Checked if measure.id in ticked else Qt.CheckState.Unchecked
                )
                self.measures.addItem(item)

    def _ticked(self) -> list[int]:
        items = [self.measures.item(place) for place in range(self.measures.count())]
        return [
            int(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        ]

    def _sheet_chosen(self) -> None:
        monthly = self.sheet.value() == "month"
        self._month_line.setVisible(monthly)
        self._measure_line.setVisible(not monthly)

    # -- out -------------------------------------------------------------------------------------

    def ask_send(self) -> None:
        """Ask where to write the sheet as chosen, and write it."""
        plan = self.plan
        if plan is None:
            return
        monthly = self.sheet.value() == "month"
        if monthly and not self.month.count():
            self.result.setText(_("The plan has no whole month: send the yearly sheet."))
            return
        month = self.month.value() if monthly else None
        if not monthly and not self._ticked():
            self.result.setText(_("Tick at least one measure."))
            return
        name = plan.title if month is None else f"{plan.title} {month.label}"
        path = ask_workbook(self, self.session.preferences, name, _("Send the quota sheet"))
        if path is not None:
            self._send(
                path, month, None if monthly else self._ticked(), self.tier.value(),
                self.with_products.isChecked(),
            )  # fmt: skip

    def send(
        self,
        path: Path,
        *,
        month: Period | None = None,
        measure_codes: Sequence[str] = (),
        tier: str = "assigned",
        with_products: bool = False,
    ) -> None:
        """Write the quota sheet to ``path`` in the background; ``sent`` tells the end.

        The yearly sheet of the measures (those the plan has targets for when none is named), or
        with ``month`` the sheet of that month.
        """
        ids = [self.session.read(measure_with_code, code).id for code in measure_codes]
        self._send(path, month, ids or None, tier, with_products)

    def _send(
        self,
        path: Path,
        month: Period | None,
        measure_ids: Sequence[int] | None,
        tier: str,
        with_products: bool,
    ) -> None:
        plan = self.plan
        assert plan is not None
        session = self.session

        def work(progress: background.Progress) -> Path:
            # openpyxl takes its time to load: only with the first sheet, off the window's thread.
            from salesdesk.workbooks import quota_sheet

            quota_sheet.export(
                session.workspace, plan.id, path, month=month, measure_ids=measure_ids, tier=tier,
                with_products=with_products, progress=progress,
            )  # fmt: skip
            return path

        keep_folder(session.preferences, SHEETS, path)
        background.run(self, _("Writing the quota sheet…"), work, self._sent)

    def _sent(self, path: Path) -> None:
        self._last_sent = path
        self.result.setText(_("The quota sheet was written to {path}.").format(path=path))
        self.open_button.show()
        self.sent.emit(path)

    def _open_folder(self) -> None:
        if self._last_sent is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._last_sent.parent)))

    # -- back ------------------------------------------------------------------------------------

    def ask_take_back(self) -> None:
        """Ask which workbook came back, and compare it."""
        path = ask_open(
            self,
            self.session.preferences,
            _("Take the quota sheet back"),
            _("Workbooks") + " (*.xlsx *.xlsm *.xls *.et *.ods *.csv)",
        )
        if path is not None:
            self.take_back(path)

    def take_back(self, path: Path, unit: str = "yuan") -> None:
        """Compare a workbook in the background; then ``compared``, with the preview open.

        ``unit`` is what amounts are read in that don't say it: "yuan", or "wan" for 万元.
        """
        session = self.session

        def work(progress: background.Progress) -> Comparison:
            from salesdesk.workbooks import quota_import

            return session.workspace.read(
                quota_import.compare, path, progress, unit=unit, person_id=session.person_id
            )

        def failed(error: SalesDeskError) -> None:
            self.taken.setText(error.message)
            tell(self, error)

        self.taken.setText("")
        background.run(
            self, _("Comparing the quota sheet…"), work,
            lambda comparison: self._show_preview(comparison, path), failed,
        )  # fmt: skip

    def _show_preview(self, comparison: Comparison, path: Path) -> None:
        from ui.planning.quota_preview import QuotaPreview

        if self.preview is not None:
            self.preview.deleteLater()
        self.preview = QuotaPreview(self.session, comparison, path, self.window())
        self.preview.applied.connect(self._applied)
        self.preview.unit_wanted.connect(lambda unit: self.take_back(path, unit))
        self.preview.open()
        self.compared.emit()

    def _applied(self, count: int) -> None:
        self.taken.setText(
            ngettext(
                "{count} cell was taken over. Undo takes it back.",
                "{count} cells were taken over. Undo takes them back.",
                count,
            ).format(count=f"{count:,}")
        )


def _airy(*parts: QWidget) -> QWidget:
    """A card with room between its lines, as forms have."""
    frame = card(*parts)
    layout = frame.layout()
    assert layout is not None
    layout.setSpacing(9)
    return frame

"""Quota meters: a card for each measure; its shortest period stands large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QWidget

from salesdesk.calc.money import format_percent
from salesdesk.calc.pace import attainment
from salesdesk.planning.meters import Meter
from salesdesk.text import _, mark
from ui.shared import look
from ui.shared.labels import card, label, row

_STATUSES: Mapping[str, str] = {
    "ahead": mark("Ahead"),
    "on_track": mark("On track"),
    "at_risk": mark("At risk"),
    "behind": mark("Behind"),
    "not_set": mark("No target"),
}
_SPANS: Mapping[str, str] = {
    "day": mark("today"),
    "week": mark("this week"),
    "month": mark("this month"),
}
#: Pixels a card needs, gap included, and how many cards there are at most.
_CARD, _MOST = 172, 6


class QuotaStrip(QWidget):
    """Cards of equal width, on as many lines as the width asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[QFrame] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)

    def show_meters(self, meters: Sequence[Meter], in_wan: bool) -> None:
        """Show the quotas of today, this week and this month; measures counted daily come first."""
        for old in self.cards:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        by_measure: dict[int, list[Meter]] = {}
        for one in meters:  # they come by length of period, the shortest first
            by_measure.setdefault(one.measure.id, []).append(one)
        self.cards = [_card(found, in_wan) for found in list(by_measure.values())[:_MOST]]
        self.setVisible(bool(self.cards))
        self._columns = 0
        self._arrange()

    def _arrange(self) -> None:
        columns = max(1, min(len(self.cards), self.width() // _CARD))
        if columns == self._columns:
            return
        for column in range(self._columns):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        for place, one in enumerate(self.cards):
            self._grid.addWidget(one, place // columns, place % columns)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _card(meters: Sequence[Meter], in_wan: bool) -> QFrame:
    """One measure's card; the first meter is the one shown large."""
    first = meters[0]
    measure = first.measure
    wan = in_wan and measure.is_money
    name = _("{measure}, {period}").format(
        measure=measure.name, period=_(_SPANS[first.period.kind])
    )
    figure = label(_figures(first, in_wan), "subtitle")
    figure.setStyleSheet(f"color: {look.colour(first.status).name()}")
    beside = label(_("10,000 yuan") if wan else "", "hint")
    if len(meters) > 1 and not measure.is_money:
        beside.setText(
            _("{figures} {period}").format(
                figures=_figures(meters[1], in_wan, tight=True),
                period=_(_SPANS[meters[1].period.kind]),
            )
        )
    beside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setRange(0, 1000)
    share = attainment(first.actual, first.target)
    bar.setValue(0 if share is None else max(0, min(1000, int(share * 1000))))
    bar.setStyleSheet(f"QProgressBar::chunk {{ background: {look.colour(first.status).name()}; }}")
    made = card(label(name, "hint"), row(figure, None, beside), bar)
    lines = [
        _("{measure} {period}: {figures} {unit}, {share}, {status}").format(
            measure=measure.name,
            period=_(_SPANS[one.period.kind]),
            figures=_figures(one, in_wan),
            unit=_("10,000 yuan") if wan else measure.unit,
            share=format_percent(attainment(one.actual, one.target)),
            status=_(_STATUSES[one.status]),
        )
        for one in meters
    ]
    made.setToolTip("\n".join(lines))
    made.setAccessibleName(lines[0])
    bar.setAccessibleName(lines[0])
    return made


def _figures(meter: Meter, in_wan: bool, *, tight: bool = False) -> str:
    """12 / 40."""
    actual = meter.measure.format(meter.actual, in_wan=in_wan)
    target = meter.measure.format(meter.target, in_wan=in_wan)
    return f"{actual}/{target}" if tight else f"{actual} / {target}"

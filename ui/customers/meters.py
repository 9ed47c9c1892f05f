"""Quota meters: a card for each measure; its shortest period stands large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from salesdesk.calc.money import format_percent
from salesdesk.calc.pace import attainment
from salesdesk.text import _, mark
from ui.shared.labels import label, row, show_status

if TYPE_CHECKING:
    from salesdesk.planning.meters import Meter

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
#: Pixels a card needs at least, gap included, and how many cards there are at most.
_CARD, _MOST = 156, 6


class QuotaStrip(QWidget):
    """Cards of equal width on one or two lines; those that find no room there are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[QuotaCard] = []
        self._columns, self._lines = 0, 2
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)

    def show_meters(self, meters: Sequence[Meter], in_wan: bool) -> None:
        """Show the quotas of today, this week and this month; measures counted daily come first."""
        by_measure: dict[int, list[Meter]] = {}
        for meter in meters:  # they come by length of period, the shortest first
            by_measure.setdefault(meter.measure.id, []).append(meter)
        before = self.cards
        self.cards = [
            next((old for old in before if old.shows(found, in_wan)), None)
            or QuotaCard(found, in_wan)
            for found in list(by_measure.values())[:_MOST]
        ]
        for old in before:
            if old not in self.cards:
                self._grid.removeWidget(old)
                old.hide()
                old.deleteLater()
        self.setVisible(bool(self.cards))
        self._arrange()

    def set_lines(self, lines: int) -> None:
        """How many lines of cards there is room for."""
        if lines != self._lines:
            self._lines = lines
            self._arrange()

    def _arrange(self) -> None:
        fitting = max(1, self.width() // _CARD)
        shown = min(len(self.cards), fitting * self._lines)
        lines = -(-shown // fitting) or 1
        columns = -(-shown // lines)
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for place, quota_card in enumerate(self.cards):
            quota_card.setVisible(place < shown)
            if place < shown:
                self._grid.addWidget(quota_card, place // columns, place % columns)

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class QuotaCard(QFrame):
    """One measure: its shortest period large, the next one beside where there is room for it."""

    _MARGIN = 12

    def __init__(self, meters: Sequence[Meter], in_wan: bool) -> None:
        super().__init__()
        self._shown = list(meters), in_wan
        self.setProperty("card", True)
        first = meters[0]
        measure = first.measure
        wan = in_wan and measure.is_money
        unit = _("10,000 yuan") if wan else measure.unit
        self._name = _("{measure}, {period}").format(
            measure=measure.name, period=_(_SPANS[first.period.kind])
        )
        self.name = label(self._name, "hint")
        self.figure = label(_figures(first, in_wan), "subtitle")
        show_status(self.figure, first.status)
        self.beside = label("", "hint")
        if measure.is_money:
            self.beside.setText(unit)
        elif len(meters) > 1:
            self.beside.setText(
                _("{figures} {period}").format(
                    figures=_figures(meters[1], in_wan, tight=True),
                    period=_(_SPANS[meters[1].period.kind]),
                )
            )
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        share = attainment(first.actual, first.target)
        self.bar.setValue(0 if share is None else max(0, min(1000, int(share * 1000))))
        show_status(self.bar, first.status)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(self._MARGIN, 8, self._MARGIN, 10)
        layout.setSpacing(3)
        layout.addWidget(self.name)
        layout.addWidget(row(self.figure, None, self.beside))
        layout.addWidget(self.bar)
        lines = [_in_words(meter, unit, in_wan) for meter in meters]
        self.setToolTip("\n".join([*lines, first.from_plans]))
        self.setAccessibleName(lines[0])
        self.bar.setAccessibleName(lines[0])
        # However long its figures are, a card is as wide as the others.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def shows(self, meters: Sequence[Meter], in_wan: bool) -> bool:
        """Whether the card says just that already."""
        return self._shown == (list(meters), in_wan)

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - 2 * self._MARGIN - 2
        elided = self.name.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        self.name.setText(elided)
        wanted = self.figure.sizeHint().width() + 8 + self.beside.sizeHint().width()
        self.beside.setVisible(wanted <= room)


def _in_words(meter: Meter, unit: str, in_wan: bool) -> str:
    """A meter as a line of its own, the stretch behind it where there is one."""
    text = _("{measure} {period}: {figures} {unit}, {share}, {status}").format(
        measure=meter.measure.name,
        period=_(_SPANS[meter.period.kind]),
        figures=_figures(meter, in_wan),
        unit=unit,
        share=format_percent(attainment(meter.actual, meter.target)),
        status=_(_STATUSES[meter.status]),
    )
    if meter.needed:
        text = _("{text}; the rest needs {needed} a day").format(
            text=text, needed=meter.measure.format(meter.needed, in_wan=in_wan)
        )
    if meter.stretch is None:
        return text
    return _("{text}; stretch {stretch}").format(
        text=text, stretch=meter.measure.format(meter.stretch, in_wan=in_wan)
    )


def _figures(meter: Meter, in_wan: bool, *, tight: bool = False) -> str:
    """12 / 40."""
    actual = meter.measure.format(meter.actual, in_wan=in_wan)
    target = meter.measure.format(meter.target, in_wan=in_wan)
    return f"{actual}/{target}" if tight else f"{actual} / {target}"

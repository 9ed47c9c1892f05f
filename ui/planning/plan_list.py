"""The plans at the left of the Plan tab: title, period and owner, status, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from salesdesk.calc.money import format_percent
from salesdesk.planning.plans import STATUSES, Plan
from salesdesk.planning.standing import Standing
from salesdesk.text import _
from ui.shared import look
from ui.shared.tables import RECORD_ROLE, Column, RecordTable

#: Colours of the statuses, from ui.shared.look.
_STATUS_COLOURS = {
    "draft": "pale", "submitted": "on_track", "returned": "at_risk", "approved": "ahead",
    "closed": "pale",
}  # fmt: skip
_MARGIN = 10


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan with what is known of its attainment (None while it is read, or without targets)."""

    plan: Plan
    standing: Standing | None

    @property
    def owner(self) -> str:
        """Whose it is, in words."""
        return self.plan.owner or _("Whole office")

    @property
    def where(self) -> str:
        """Period and owner in a line."""
        return _("{period} · {owner}").format(period=self.plan.period.label, owner=self.owner)

    @property
    def status(self) -> str:
        """The status in words."""
        return _(STATUSES[self.plan.status])

    @property
    def attained(self) -> str:
        """The attainment so far, "" when there is none."""
        share = self.standing.attainment if self.standing is not None else None
        return "" if share is None else format_percent(share)

    @property
    def spoken(self) -> str:
        """Everything in one line, for filtering, copying and screen readers."""
        parts = [self.plan.title, self.where, self.status, self.attained]
        return " · ".join(part for part in parts if part)

    @property
    def tip(self) -> str:
        """Target and actual in figures."""
        if self.standing is None:
            return self.spoken
        standing = self.standing
        text = _("{measure}: {actual} of {target}").format(
            measure=standing.measure.with_unit(in_wan=standing.in_wan),
            actual=standing.shown(standing.actual),
            target=standing.shown(standing.target),
        )
        if standing.stretch is not None:
            text += "\n" + _("Stretch: {value}").format(value=standing.shown(standing.stretch))
        return text


class PlanTable(RecordTable[PlanLine]):
    """The list of plans: one column that is drawn in three lines."""

    def __init__(self) -> None:
        super().__init__(
            [Column(_("Plan"), lambda line: line.spoken, 240, tip=lambda line: line.tip)],
            name=_("Plans"),
        )
        self.horizontalHeader().hide()
        self.setSortingEnabled(False)
        self.setAlternatingRowColors(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        drawn = _PlanDelegate(self)
        self.setItemDelegate(drawn)
        self.verticalHeader().setDefaultSectionSize(drawn.height())


class _PlanDelegate(QStyledItemDelegate):
    """Draws a plan: its title, period and owner, status with the attainment as bar and figure."""

    def height(self) -> int:
        """What three lines need."""
        table = self.parent()
        assert isinstance(table, PlanTable)
        return table.fontMetrics().height() * 3 + 18

    # -- Qt --------------------------------------------------------------------------------------

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        line = index.data(RECORD_ROLE)
        assert isinstance(line, PlanLine)
        area: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, look.colour("selection"))
        painter.setPen(look.colour("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        step = option.fontMetrics.height() + 2  # type: ignore[attr-defined]
        inner = area.adjusted(_MARGIN, 6, -_MARGIN, 0)
        inner.setHeight(step)
        font = QFont(option.font)  # type: ignore[attr-defined]
        painter.setPen(look.colour("text"))
        font.setBold(True)
        _write(painter, font, inner, line.plan.title)
        font.setBold(False)
        inner.translate(0, step)
        painter.setPen(look.colour("pale"))
        _write(painter, font, inner, line.where)
        inner.translate(0, step)
        _draw_standing(painter, font, inner, line)
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(200, self.height())


def _draw_standing(painter: QPainter, font: QFont, area: QRect, line: PlanLine) -> None:
    """Status at the left; bar and per cent at the right."""
    painter.setPen(look.colour(_STATUS_COLOURS[line.plan.status]))
    _write(painter, font, area, line.status)
    share = line.standing.attainment if line.standing is not None else None
    if line.standing is None or share is None:
        return
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance("000.0%")
    figure = QRect(area.right() - width, area.top(), width, area.height())
    painter.setPen(look.colour(line.standing.status))
    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(figure, int(flags), line.attained)
    taken = painter.fontMetrics().horizontalAdvance(line.status) + 12
    left = max(area.left() + taken, area.left() + area.width() // 3)
    bar = QRect(left, area.center().y() - 2, figure.left() - 6 - left, 6)
    if bar.width() < 12:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("line"))
    painter.drawRoundedRect(bar, 3, 3)
    bar.setWidth(int(bar.width() * min(max(float(share), 0.0), 1.0)))
    painter.setBrush(look.colour(line.standing.status))
    painter.drawRoundedRect(bar, 3, 3)


def _write(painter: QPainter, font: QFont, area: QRect, text: str) -> None:
    painter.setFont(font)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, int(flags), shown)

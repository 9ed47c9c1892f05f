"""The dialog that splits a target: over time, people or products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from salesdesk.calc.money import format_number, parse_number
from salesdesk.calc.periods import KINDS, Kind, children, descendants
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office.measures import Measure
from salesdesk.planning import splitting, targets
from salesdesk.planning.places import Place
from salesdesk.planning.splitting import AXIS_WAYS, TIME_WAYS
from salesdesk.planning.templates import KIND_NAMES
from salesdesk.sales import products
from salesdesk.storage.history import Change
from salesdesk.text import _
from ui.shared import background
from ui.shared.forms import Choice, FormDialog, NumberField
from ui.shared.labels import label
from ui.shared.session import Session

Index = QModelIndex | QPersistentModelIndex
#: Own percentages are typed one by one: so many at most.
_MOST_PARTS = 60
_ROOT: Index = QModelIndex()


class SplitDialog(FormDialog):
    """Splits the target at ``place``, of the measure and tier shown."""

    def __init__(
        self,
        session: Session,
        plan_id: int,
        measure: Measure,
        tier: str,
        place: Place,
        name: str,
        value: int | None,
        parent: QWidget | None,
    ) -> None:
        super().__init__(_("Split a target"), parent, save_text=_("Split"))
        self.setMinimumWidth(480)
        self.session, self.plan_id, self.measure, self.tier = session, plan_id, measure, tier
        self.place = place
        self._stored = value
        self._people = session.read(splitting.people_of, place.who)
        self._products = session.read(products.products)
        self.form.addRow(label(name, "subtitle", wrap=True))
        self.total = NumberField(
            _("Target ({unit})").format(unit=measure.unit), value, digits=measure.digits
        )
        self.along: Choice[str] = Choice(self._axes())
        self.to: Choice[Kind] = Choice(self._kinds(), self._usual_kind())
        self.then: Choice[Kind | None] = Choice([(None, _("No")), *self._kinds()])
        self.way: Choice[str] = Choice([])
        self.percent = PercentTable()
        self.add(_("Target ({unit})").format(unit=measure.unit), self.total)
        self.add(_("Split"), self.along)
        self.add(_("Down to"), self.to)
        self.add(_("How"), self.way)
        self.add(_("Then over time, down to"), self.then)
        self.add(_("Percentages"), self.percent)
        self.form.addRow(
            "", label(_("Locked cells keep their value. The parts always sum to the target."),
                      "hint", wrap=True),
        )  # fmt: skip
        self.along.currentIndexChanged.connect(self._axis_chosen)
        self.to.currentIndexChanged.connect(self._show_percent)
        self.way.currentIndexChanged.connect(self._show_percent)
        self._axis_chosen()

    # -- what can be chosen ----------------------------------------------------------------------

    def _axes(self) -> list[tuple[str, str]]:
        who, period = self.place
        found = []
        if children(period):
            found.append(("time", _("Over time")))
        if self._people and who.level != "person":
            found.append(("people", _("Over teams and people")))
        if self._products and who.product_id is None:
            found.append(("products", _("Over products")))
        return found

    def _kinds(self) -> list[tuple[Kind, str]]:
        shorter = KINDS[KINDS.index(self.place.period.kind) + 1 :]
        return [(kind, _(KIND_NAMES[kind])) for kind in shorter]

    def _usual_kind(self) -> Kind:
        """Months of a year or quarter, else the next shorter period."""
        kind = self.place.period.kind
        if kind in ("year", "quarter"):
            return "month"
        return KINDS[min(KINDS.index(kind) + 1, len(KINDS) - 1)]

    def _axis_chosen(self) -> None:
        axis = self.along.value()
        ways = TIME_WAYS if axis == "time" else AXIS_WAYS
        usual = "workdays" if axis == "time" else "equal"
        self.way.set_choices([(way, _(name)) for way, name in ways.items()], usual)
        self.form.setRowVisible(self.to, axis == "time")
        self.form.setRowVisible(self.then, axis == "people" and bool(children(self.place.period)))
        self._show_percent()

    def _show_percent(self) -> None:
        wanted = self.way.value() == "percent"
        self.form.setRowVisible(self.percent, wanted)
        if wanted:
            names = self._part_names()
            self.percent.show_parts(names[:_MOST_PARTS])
            too_many = len(names) > _MOST_PARTS
            self.show_error(
                _("{count} parts are too many for own percentages.").format(count=len(names))
                if too_many
                else ""
            )
            self.save_button.setEnabled(not too_many)
        else:
            self.save_button.setEnabled(True)
            self.show_error("")
            # Without the percentages the dialog is small again.
            self.resize(self.width(), self.content.totalHeightForWidth(self.width()))

    def _part_names(self) -> list[str]:
        axis = self.along.value()
        if axis == "time":
            return [one.label_short for one in descendants(self.place.period, self.to.value())]
        if axis == "people":
            return [
                _("{name}, {team}").format(name=one.name, team=one.team_name)
                if one.team_name
                else one.name
                for one in self._people
            ]
        return [one.name for one in self._products]

    # -- splitting -------------------------------------------------------------------------------

    def writer(self) -> Callable[[Change], int]:
        """The split as chosen. Raises InputError for what is typed wrongly."""
        total = self.total.value()
        axis, way = self.along.value(), self.way.value()
        percent = self.percent.percentages() if way == "percent" else None
        to = self.to.value() if axis == "time" else None
        then = self.then.value() if axis == "people" else None
        plan_id, measure, tier, place = self.plan_id, self.measure, self.tier, self.place
        people_ids = [one.id for one in self._people]
        product_ids = [one.id for one in self._products]
        stored = self._stored

        def write(change: Change) -> int:
            if total != stored:
                targets.set_values(change, plan_id, measure.id, tier, {place: total})
            if axis == "time":
                assert to is not None
                return splitting.split_time(
                    change, plan_id, measure, tier, place, to, way=way, percent=percent
                )
            if axis == "people":
                weights = None if percent is None else dict(zip(people_ids, percent, strict=True))
                return splitting.split_people(
                    change, plan_id, measure, tier, place, way=way, percent=weights, then_time=then
                )
            return splitting.split_products(
                change, plan_id, measure, tier, place, product_ids, way=way, percent=percent
            )

        return write

    def accept(self) -> None:
        try:
            write = self.writer()
        except InputError as error:
            self.show_error(error.message)
            return
        workspace = self.session.workspace

        def work(_progress: background.Progress) -> int:
            with workspace.change(_("Split target")) as change:
                return write(change)

        background.run(self, _("Splitting the target…"), work, self._done, self._failed)

    def _done(self, _changed: int) -> None:
        QDialog.accept(self)

    def _failed(self, error: SalesDeskError) -> None:
        self.show_error(error.message)


class PercentTable(QWidget):
    """Parts with a percentage each, and what they sum to."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = PercentModel()
        self.table = QTableView()
        self.table.setModel(self.parts)
        self.table.setAccessibleName(_("Percentages"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setFixedHeight(190)
        self.sum = label("", "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        layout.addWidget(self.sum)
        self.setFocusProxy(self.table)
        self.parts.summed.connect(self._show_sum)

    def show_parts(self, names: Sequence[str]) -> None:
        """Ask for a percentage for each name; equal ones to begin with."""
        if names != self.parts.names:
            self.parts.show(names)

    def percentages(self) -> list[int | Fraction]:
        """The percentages, exact."""
        return [Fraction(one, 100) for one in self.parts.hundredths]

    def _show_sum(self) -> None:
        total = sum(self.parts.hundredths)
        text = _("Sum {total}%").format(total=format_number(total, 2, trim=True))
        if total != 10_000:
            missing = format_number(10_000 - total, 2, trim=True)
            text += " · " + _("{missing}% to 100").format(missing=missing)
        self.sum.setText(text)


class PercentModel(QAbstractTableModel):
    """Names and percentages, in hundredths of a per cent."""

    summed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.hundredths: list[int] = []

    def show(self, names: Sequence[str]) -> None:
        """Begin with equal percentages; the first ones take what doesn't divide."""
        self.beginResetModel()
        self.names = list(names)
        count = len(self.names)
        each, rest = divmod(10_000, count) if count else (0, 0)
        self.hundredths = [each + (place < rest) for place in range(count)]
        self.endResetModel()
        self.summed.emit()

    # -- Qt --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            if index.column() == 0:
                return self.names[index.row()]
            return format_number(self.hundredths[index.row()], 2, trim=True)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if index.column() != 1 or role != Qt.ItemDataRole.EditRole:
            return False
        try:
            typed = parse_number(str(value).strip().removesuffix("%"), 2)
        except InputError:
            return False
        if typed < 0:
            return False
        self.hundredths[index.row()] = typed
        self.dataChanged.emit(index, index)
        self.summed.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else flags

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation == Qt.Orientation.Vertical:
            return None
        return (_("Part"), "%")[section] if 0 <= section < 2 else None

"""The office's rules: how it counts, how often it contacts whom, which weekdays weigh how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QGridLayout, QSpinBox, QWidget

from salesdesk.calc.days import WEEKDAYS
from salesdesk.calc.periods import Period, containing, following, month_of_key, previous
from salesdesk.office import months, settings
from salesdesk.office.rights import ROLES
from salesdesk.sales import floors
from salesdesk.text import _
from ui.shared.forms import Choice, FormDialog, PercentField, TextField
from ui.shared.guarding import guard
from ui.shared.labels import label
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.workspace import Change

#: The roles that sell and can't grant themselves a discount.
_SELLING = ("assistant", "salesperson")


class RulesDialog(FormDialog):
    """All settings of the office in one form."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(_("Rules of the office"), parent)
        self.setMinimumWidth(600)
        self._session = session
        guard(self.save_button, session, "rules.edit")
        now = session.read(settings.read)
        self.name = TextField(now.office_name, longest=80)
        self.kind: Choice[str] = Choice(
            {code: _(name) for code, name in settings.KINDS.items()}, now.kind
        )
        self.basis: Choice[str] = Choice(
            {code: _(name) for code, name in settings.BASES.items()}, now.basis
        )
        self.cancellations: Choice[str] = Choice(
            {code: _(name) for code, name in settings.CANCELLATIONS.items()}, now.cancellations
        )
        self.in_wan = QCheckBox(_("Show large sums in 10,000 yuan"))
        self.in_wan.setChecked(now.in_wan)
        self.open_on_holidays = QCheckBox(_("Open on public holidays"))
        self.open_on_holidays.setChecked(now.holidays_open)
        self.cadence = {
            grade: _spin(now.cadence.get(grade, 30), 1, 3650) for grade in settings.GRADES
        }
        self.weights = [_spin(weight, 0, 99) for weight in now.weekday_weights]
        self.add(_("Name of the office"), self.name)
        self.kind.setToolTip(_("Decides which plan templates and words are offered."))
        self.add(_("Kind of office"), self.kind)
        self.add(_("Sales count on"), self.basis)
        self.add(_("Cancelled deals are taken off"), self.cancellations)
        self.add(_("Amounts"), self.in_wan)
        self.add(_("Contact every … days"), _labelled(self.cadence))
        self.add(
            _("Weight of weekdays"),
            _labelled(dict(zip((_(day) for day in WEEKDAYS), self.weights, strict=True))),
            _("0 is closed; a day that sells twice as much as a Monday has 2."),
        )
        self.add(_("Holidays"), self.open_on_holidays)
        self._limits = session.read(floors.discount_limits)
        self.discounts = {
            role: PercentField(_(ROLES[role]), self._limits.get(role), hint=_("no limit"))
            for role in _SELLING
        }
        self.add(
            _("Discount without approval"),
            _labelled({_(ROLES[role]): field for role, field in self.discounts.items()}),
            _("Per cent of the list price; more needs approval."),
        )
        closed = session.read(months.closed_through)
        self._closed = None if closed is None else closed.month_key
        self.closed: Choice[int | None] = Choice(_months_to_close(session, closed), self._closed)
        guard(self.closed, session, "months.close")
        self.add(
            _("Months closed up to"),
            self.closed,
            _("Nothing dated in a closed month can be entered, changed or taken out any more."),
        )

    def save(self) -> None:
        """Write the rules. Raises SalesDeskError."""
        with self._session.changing(_("Edit the rules")) as change:
            settings.store(
                change,
                office_name=self.name.value(),
                kind=self.kind.value(),
                basis=self.basis.value(),
                cancellations=self.cancellations.value(),
                in_wan=self.in_wan.isChecked(),
                holidays_open=self.open_on_holidays.isChecked(),
                cadence={grade: box.value() for grade, box in self.cadence.items()},
                weekday_weights=[box.value() for box in self.weights],
            )
            for role, field in self.discounts.items():
                limit = field.value_or_none()
                if limit != self._limits.get(role):
                    floors.set_discount_limit(change, role, limit)
            self._close_months(change)

    def _close_months(self, change: Change) -> None:
        wished = self.closed.value()
        if wished == self._closed:
            return
        if wished is None:
            months.reopen_all(change)
        elif self._closed is None or wished > self._closed:
            months.close(change, month_of_key(wished))
        else:
            months.reopen(change, following(month_of_key(wished)))


def _months_to_close(session: Session, closed: Period | None) -> list[tuple[int | None, str]]:
    """The months that can be the newest closed one, the latest first; None for none."""
    month = previous(containing(session.today, "month"))
    choices: list[tuple[int | None, str]] = []
    for _number in range(24):
        choices.append((month.month_key, month.label))
        month = previous(month)
    if closed is not None and closed.month_key not in dict(choices):
        choices.append((closed.month_key, closed.label))
    return [(None, _("None")), *choices]


def _spin(value: int, least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setValue(value)
    return box


def _labelled(boxes: Mapping[str, QWidget]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    for column, (name, box) in enumerate(boxes.items()):
        box.setAccessibleName(name)
        grid.addWidget(label(name, "hint"), 0, column)
        grid.addWidget(box, 1, column)
    grid.setColumnStretch(len(boxes), 1)
    return holder

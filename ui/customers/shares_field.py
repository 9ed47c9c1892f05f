"""Who shares a deal: people with their parts in per cent, which must sum to 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from salesdesk.calc.money import format_number
from salesdesk.calc.shares import WHOLE
from salesdesk.calc.split import split
from salesdesk.errors import InputError
from salesdesk.office.people import Person
from salesdesk.sales.deals import Share
from salesdesk.text import _
from ui.shared import look
from ui.shared.forms import Choice, PercentField
from ui.shared.labels import button, label, row, show_status


@dataclass(frozen=True)
class Line:
    """One person's line."""

    holder: QWidget
    person: Choice[int]
    part: PercentField


class SharesField(QWidget):
    """Lines of person and per cent.

    ``resized`` tells that lines came or went, ``touched`` that a person changed something.
    """

    resized = Signal()
    touched = Signal()

    def __init__(self, people: Sequence[Person], shares: Sequence[Share]) -> None:
        super().__init__()
        self._people = {person.id: person.name for person in people}
        self.lines: list[Line] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self.add_button = button(_("Add a person"), self.add_person)
        self.equal_button = button(_("Equal parts"), self.split_equally)
        self.sum = label("", "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._lines)
        layout.addWidget(row(self.add_button, self.equal_button, self.sum, None))
        self.set_shares(shares)

    def set_shares(self, shares: Sequence[Share]) -> None:
        """Show other shares, quietly."""
        for line in tuple(self.lines):
            self._take_off(line)
        for share in shares:
            self._people.setdefault(share.person_id, share.person_name)  # who has left by now
            self._add(share.person_id, share.basis_points)
        self._count()

    def value(self) -> list[Share]:
        """The shares. Raises InputError for a part that is no number; the deal checks the sum."""
        return [Share(line.person.value(), line.part.value()) for line in self.lines]

    def add_person(self) -> None:
        """Another line, for somebody not in it yet, with what is missing to 100 %."""
        taken = {line.person.value() for line in self.lines}
        free = [person_id for person_id in self._people if person_id not in taken]
        if free:
            self._add(free[0], max(0, WHOLE - (self._total() or 0)) or None)
            self.lines[-1].person.setFocus()
            self._count()
            self.touched.emit()
            self.resized.emit()

    def split_equally(self) -> None:
        """The same part for everybody; what doesn't divide goes to the first."""
        for line, part in zip(self.lines, split(WHOLE, [1] * len(self.lines)), strict=True):
            line.part.set_value(part)
        self.touched.emit()

    def _add(self, person_id: int, basis_points: int | None) -> None:
        person: Choice[int] = Choice(self._people, person_id)
        person.setAccessibleName(_("Person"))
        part = PercentField(_("Share"), basis_points)
        part.setAccessibleName(_("Share in per cent"))
        part.setFixedWidth(80)
        part.textChanged.connect(self._count)
        part.textEdited.connect(self.touched)
        person.activated.connect(self.touched)
        remove = QToolButton()
        remove.setIcon(look.icon("mdi6.close", "pale"))
        remove.setToolTip(_("Take off"))
        remove.setAccessibleName(_("Take off"))
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(person, 1)
        layout.addWidget(part)
        layout.addWidget(label("%"))
        layout.addWidget(remove)
        line = Line(holder, person, part)
        remove.clicked.connect(lambda _checked=False: self._remove(line))
        self.lines.append(line)
        self._lines.addWidget(holder)

    def _remove(self, line: Line) -> None:
        self._take_off(line)
        self._count()
        self.touched.emit()
        self.resized.emit()

    def _take_off(self, line: Line) -> None:
        self.lines.remove(line)
        self._lines.removeWidget(line.holder)
        line.holder.hide()
        line.holder.deleteLater()

    def _total(self) -> int | None:
        """The sum of the parts in basis points, None while one is no number."""
        try:
            return sum(line.part.value_or_none() or 0 for line in self.lines)
        except InputError:
            return None

    def _count(self) -> None:
        total = self._total()
        shown = "—" if total is None else format_number(total, 2, trim=True)
        self.sum.setText(_("Sum {total} %").format(total=shown))
        right = total == WHOLE
        show_status(self.sum, "" if right else "behind")
        self.equal_button.setVisible(len(self.lines) > 1)
        self.add_button.setEnabled(len(self.lines) < len(self._people))

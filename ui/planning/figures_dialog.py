"""Asks what a table of figures in a plan's text shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QWidget

from salesdesk.errors import InputError
from salesdesk.office import measures
from salesdesk.planning.figures_spec import BY, MOST_YEARS, Spec, spec_of
from salesdesk.text import _, ngettext
from ui.shared.forms import Choice, FormDialog
from ui.shared.session import Session

_CODE = Qt.ItemDataRole.UserRole


class FiguresDialog(FormDialog):
    """Makes a table, or changes the one that ``words`` ask for; ``spec`` is what was chosen."""

    def __init__(self, session: Session, words: str, parent: QWidget | None) -> None:
        super().__init__(_("Table of figures"), parent, save_text=_("Put it in"))
        self.spec: Spec | None = None
        try:
            shown = spec_of(words)
        except InputError:
            shown = Spec(("amount",))
        self.measures = QListWidget()
        for measure in session.read(measures.measures):
            line = QListWidgetItem(measure.name)
            line.setData(_CODE, measure.code)
            line.setFlags(line.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = measure.code in shown.measures
            line.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.measures.addItem(line)
        self.by: Choice[str] = Choice([(code, _(name)) for code, name in BY.items()], shown.by)
        years = [(0, _("no year before"))] + [
            (count, ngettext("{count} year before", "{count} years before", count).format(
                count=count
            ))
            for count in range(1, MOST_YEARS + 1)
        ]  # fmt: skip
        self.years: Choice[int] = Choice(years, shown.years)
        self.own = QCheckBox(_("What is achieved in the plan's own period"))
        self.own.setChecked(shown.own)
        self.planned = QCheckBox(_("What the plan asks for"))
        self.planned.setChecked(shown.planned)
        self.add(_("Measures"), self.measures, _("Space ticks one."))
        self.add(_("Lines"), self.by)
        self.add(_("Beside it"), self.years)
        self.form.addRow("", self.own)
        self.form.addRow("", self.planned)

    def save(self) -> None:
        ticked = [
            self.measures.item(place).data(_CODE)
            for place in range(self.measures.count())
            if self.measures.item(place).checkState() == Qt.CheckState.Checked
        ]
        self.spec = Spec(
            tuple(ticked), self.by.value(), self.years.value(), self.own.isChecked(),
            self.planned.isChecked(),
        )  # fmt: skip

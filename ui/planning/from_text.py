"""A plan from a text: pasted, typed or opened, its offers ticked off, then made a plan."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from salesdesk.errors import SalesDeskError
from salesdesk.planning import from_text, items, outlines, plan_rules
from salesdesk.planning.from_text import Choice, Proposal
from salesdesk.planning.outlines import Line
from salesdesk.planning.plans import Plan
from salesdesk.planning.reading import outline
from salesdesk.text import _, ngettext
from salesdesk.workbooks.document_reader import read_document
from ui.planning.new_plan import NewPlanDialog, Source
from ui.planning.outline_editor import OutlineEditor
from ui.shared import background
from ui.shared.files import ask_open
from ui.shared.labels import button, label, row
from ui.shared.session import Session

#: Milliseconds after the last key before the text is read again.
_SETTLE = 300
_CHOICE = Qt.ItemDataRole.UserRole


class FromTextDialog(NewPlanDialog):
    """Makes a plan of a text, or fills ``present``, the plan shown, where that has none yet."""

    def __init__(self, session: Session, present: Plan | None, parent: QWidget | None) -> None:
        self.text = OutlineEditor()
        super().__init__(session, parent)
        self.setWindowTitle(_("Plan from text"))
        self.setMinimumWidth(860)
        self.present = present if present is not None and self._is_empty(present) else None
        self.source.set_value(Source("blank"))
        if self.owner.offers(self._usual_owner()):
            self.owner.set_value(self._usual_owner())
        for shown in (self.source, self.about):
            self.form.setRowVisible(shown, False)
        self.text.setAccessibleName(_("Text of the plan"))
        self.text.setPlaceholderText(_("Paste the plan here as it was written, or open its file."))
        self.text.setMinimumHeight(250)
        self.offers = QListWidget()
        self.offers.setAccessibleName(_("What can be tracked"))
        self.offers.setWordWrap(True)
        self.offers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.count = label("", "hint", wrap=True)
        self.into = QCheckBox("")
        self.open_button = button(_("Open a file…"), self.open)
        self._add_text()
        self._proposals: list[Proposal] = []
        self._lines: list[Line] = []
        self._named = ""  # the title that the text gave
        self._reading = 0
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE)
        self._settle.timeout.connect(self.read)
        self.text.textChanged.connect(self._settle.start)
        self.text.refused.connect(self.show_error)
        self.period.currentIndexChanged.connect(self._settle.start)
        self.offers.currentItemChanged.connect(self._go_to)
        self.offers.itemChanged.connect(lambda _item: self._say_count())
        self.into.toggled.connect(self._show_fields)
        self.into.setChecked(self.present is not None)
        self._show_fields()
        self._say_count()

    def _is_empty(self, plan: Plan) -> bool:
        writable = not self.session.read(plan_rules.why_not_write, self.session.person_id, plan)
        return writable and not self.session.read(items.of_plan, plan.id)

    def _add_text(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.count)
        column.addWidget(self.offers, 1)
        self.all_button = button(_("Tick all"), partial(self.tick, True))
        self.none_button = button(_("Tick none"), partial(self.tick, False))
        column.addWidget(row(self.all_button, self.none_button, None))
        whole = QWidget()
        beside = QHBoxLayout(whole)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.text, 3)
        beside.addWidget(right, 2)
        self.form.insertRow(0, whole)
        self.form.insertRow(1, row(self.open_button, self.into, None))
        if self.present is not None:
            self.into.setText(
                _("Into “{title}”, which has no text yet").format(title=self.present.title)
            )
        self.into.setVisible(self.present is not None)

    # -- what is done ----------------------------------------------------------------------------

    def open(self) -> None:
        """Ask for a file, and read it."""
        path = ask_open(
            self, self.session.preferences, _("Open a plan"),
            _("Plans (*.docx *.txt *.md);;All files (*)"),
        )  # fmt: skip
        if path is not None:
            self.read_file(path)

    def read_file(self, path: Path) -> None:
        """Read a file and show its outline instead of what is shown."""

        def work(progress: background.Progress) -> list[Line]:
            found = read_document(path, lambda: progress(0, 0))
            return outlines.of_items(outline.outline(found))

        background.run(self, _("Reading the file…"), work, self._show_lines, self._refuse)

    def _show_lines(self, lines: list[Line]) -> None:
        if len(lines) > items.MOST:
            self.show_error(_("A plan has at most {most} lines.").format(most=items.MOST))
            return
        self.show_error("")
        self.text.selectAll()
        self.text.put_in([(line, 0) for line in lines])
        self.read()

    def read(self) -> None:
        """Look for what the text offers."""
        self._settle.stop()
        self._reading += 1
        lines = self.text.outline.written()[0]
        year = (
            self.present.period if self.present is not None and self.into.isChecked()
            else self.period.value()
        ).start.year  # fmt: skip

        def work(_progress: background.Progress) -> list[Proposal]:
            return from_text.proposals(lines, year)

        background.run(
            self, _("Reading the text…"), work, partial(self._show_offers, self._reading, lines),
            self._refuse,
        )  # fmt: skip

    def _refuse(self, error: SalesDeskError) -> None:
        self.show_error(error.message)

    def _show_offers(self, reading: int, lines: list[Line], found: list[Proposal]) -> None:
        if reading != self._reading:
            return  # the text has been typed on since
        ticked = {(one.words, one.source) for one in self._ticked()}
        self._lines, self._proposals = lines, found
        self.offers.blockSignals(True)
        self.offers.clear()
        for number, one in enumerate(found):
            shown = QListWidgetItem(f"{one.words}\n“{one.source}”")
            shown.setFlags(shown.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            was = (one.words, one.source) in ticked
            shown.setCheckState(Qt.CheckState.Checked if was else Qt.CheckState.Unchecked)
            shown.setData(_CHOICE, number)
            self.offers.addItem(shown)
        self.offers.blockSignals(False)
        heading = next((line.text for line in lines if line.kind == "heading"), "")
        if heading and self.title.value() in ("", self._proposed, self._named):
            self._named = heading[: self.title.maxLength()]
            self.title.setText(self._named)
        self._say_count()

    def _ticked(self) -> list[Proposal]:
        return [
            self._proposals[place]
            for place in range(self.offers.count())
            if self.offers.item(place).checkState() == Qt.CheckState.Checked
        ]

    def tick(self, wish: bool) -> None:
        """Tick everything that is offered, or nothing."""
        state = Qt.CheckState.Checked if wish else Qt.CheckState.Unchecked
        for place in range(self.offers.count()):
            self.offers.item(place).setCheckState(state)

    def _say_count(self) -> None:
        count = len(self._proposals)
        if not count:
            self.count.setText(_("What the text says can be tracked is listed here."))
        else:
            self.count.setText(
                ngettext(
                    "{ticked} of {count} will be tracked. Space ticks one.",
                    "{ticked} of {count} will be tracked. Space ticks one.", count,
                ).format(ticked=len(self._ticked()), count=count)
            )  # fmt: skip
        for one in (self.all_button, self.none_button):
            one.setEnabled(bool(count))

    def _go_to(self, current: QListWidgetItem | None, _before: object = None) -> None:
        """Show the line that an offer came from."""
        if current is None:
            return
        index = self._proposals[current.data(_CHOICE)].choice.line
        lines, places = self.text.outline.written()
        if lines == self._lines:
            self.text.go_to_block(places[index])

    def _show_fields(self) -> None:
        new = not self.into.isChecked()
        for field in (self.owner, self.kind, self.period, self.title):
            self.form.setRowVisible(field, new)
        self.fit()

    # -- saving ----------------------------------------------------------------------------------

    def save(self) -> None:
        lines = self.text.outline.written()[0]
        chosen: list[Choice] = []
        if lines == self._lines:  # else the offers are of another text
            chosen = [one.choice for one in self._ticked()]
        with self.session.changing(_("Plan from text")) as change:
            if self.present is not None and self.into.isChecked():
                from_text.fill(change, self.present.id, lines, chosen)
                self.plan_id = self.present.id
            else:
                self.plan_id = from_text.new_plan(
                    change, lines, chosen, title=self.title.value(), period=self.period.value(),
                    who=self.owner.value(),
                )  # fmt: skip

    @property
    def is_changed(self) -> bool:
        """Whether there is a text, or something else was entered."""
        return bool(self.text.outline.written()[0]) or super().is_changed

"""The revisions of a plan and their reasons, and any two of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.planning import revisions
from salesdesk.planning.as_approved import KeptItem
from salesdesk.planning.places import TIERS
from salesdesk.planning.plans import REASONS, STATUSES, Plan
from salesdesk.planning.revisions import Comparison, FigureChange, LineChange, Piece, Revision
from salesdesk.text import _, mark, ngettext
from ui.shared import look
from ui.shared.dialogs import Dialog
from ui.shared.forms import Choice
from ui.shared.labels import button, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable

#: How a line that differs is marked: by a word, and by colours of the look.
_MARKS = {
    "changed": (mark("changed"), "at_risk"),
    "added": (mark("added"), "ahead"),
    "removed": (mark("removed"), "behind"),
}
#: Pixels of a choice beside its words.
_FRAME = 64


class RevisionsDialog(Dialog):
    """Lists the revisions; below, two of them word by word and figure by figure."""

    def __init__(self, session: Session, plan: Plan, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Revisions of the plan"))
        self.resize(960, 640)
        self.session, self.plan = session, plan
        found = session.read(revisions.history, plan.id)
        self.table: RecordTable[Revision] = RecordTable(_columns(), name=_("Revisions"))
        self.table.set_rows(found)
        numbers = sorted(one.number for one in found)
        now = _("{number} (as it is now, {status})").format(
            number=plan.revision, status=_(STATUSES[plan.status])
        )
        named = [(number, str(number)) for number in numbers] + [(plan.revision, now)]
        self.before: Choice[int] = Choice(named, numbers[-1] if numbers else plan.revision)
        self.after: Choice[int] = Choice(named, plan.revision)
        self.before.setAccessibleName(_("Compare revision"))
        self.after.setAccessibleName(_("with revision"))
        longest = self.fontMetrics().horizontalAdvance(now) + _FRAME
        for choice in (self.before, self.after):
            choice.setMinimumWidth(longest)
        self.summary = label("", "hint", wrap=True)
        self.words = QTextBrowser()
        self.words.setAccessibleName(_("Text"))
        self.figures: RecordTable[FigureChange] = RecordTable(_figure_columns(), name=_("Targets"))
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.words, _("Text"))
        self.pages.addTab(self.figures, _("Targets"))
        below = QWidget()
        below_layout = QVBoxLayout(below)
        below_layout.setContentsMargins(0, 6, 0, 0)
        below_layout.addWidget(
            row(label(_("Compare revision")), self.before, label(_("with revision")), self.after,
                None)
        )  # fmt: skip
        below_layout.addWidget(self.summary)
        below_layout.addWidget(self.pages, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([150, 450])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(label(plan.title, "subtitle", wrap=True))
        layout.addWidget(split, 1)
        layout.addWidget(row(None, button(_("Close"), self.accept, primary=True)))
        self.table.picked.connect(self._picked)
        self.before.currentIndexChanged.connect(self.compare)
        self.after.currentIndexChanged.connect(self.compare)
        self.compare()

    def compare(self) -> None:
        """Show what differs between the two that are chosen."""
        try:
            found = self.session.read(
                revisions.compare, self.plan.id, self.before.value(), self.after.value()
            )
        except SalesDeskError as error:
            self.summary.setText(error.message)
            self.words.clear()
            self.figures.set_rows([])
            return
        self.summary.setText(_summary(found))
        self.words.setHtml(side_by_side(found, self.before.currentText(), self.after.currentText()))
        self.figures.set_rows(found.figures)
        self.pages.setTabText(
            1, _("Targets ({count})").format(count=len(found.figures))
        )  # fmt: skip

    def _picked(self, revision: object) -> None:
        if isinstance(revision, Revision):
            self.before.set_value(revision.number)


def side_by_side(found: Comparison, before: str, after: str) -> str:
    """The texts of both as a page of two columns, what differs in colour and marked by a word."""
    heading = (
        f"<tr><th width='10%'></th><th width='45%' align='left'>{escape(before)}</th>"
        f"<th width='45%' align='left'>{escape(after)}</th></tr>"
    )
    lines = [] if found.titles[0] == found.titles[1] else [_title(found.titles)]
    lines += found.lines
    return (
        "<table width='100%' cellspacing='0' cellpadding='4'>"
        f"{heading}{''.join(_line(line) for line in lines)}</table>"
    )


def _title(titles: tuple[str, str]) -> LineChange:
    old, new = (KeptItem(0, "heading", 0, title) for title in titles)
    return LineChange("changed", old, new, *revisions.words_differ(*titles))


def _line(line: LineChange) -> str:
    word, colour = _MARKS.get(line.what, ("", "pale"))
    said = _(word) if word else ""
    ink = look.colour(colour).name()
    return (
        f"<tr><td style='color:{ink}'>{escape(said)}</td>"
        f"{_cell(line.before, line.before_pieces, line.before_rules, 'behind')}"
        f"{_cell(line.after, line.after_pieces, line.after_rules, 'ahead')}</tr>"
    )


def _cell(side: KeptItem | None, pieces: Sequence[Piece], rules: Sequence[str], colour: str) -> str:
    if side is None:
        return f"<td bgcolor='{look.colour('computed').name()}'></td>"
    ink = look.colour(colour).name()
    line_through = "line-through" if colour == "behind" else "underline"
    words = "".join(
        f"<span style='color:{ink}; text-decoration:{line_through}'>{escape(piece.text)}</span>"
        if piece.changed
        else escape(piece.text)
        for piece in pieces
    )
    if side.kind == "heading":
        words = f"<b>{words}</b>"
    pale = look.colour("pale").name()
    words += "".join(f"<br><span style='color:{pale}'>= {escape(rule)}</span>" for rule in rules)
    return f"<td style='padding-left:{6 + 14 * side.level}px'>{words}</td>"


def _summary(found: Comparison) -> str:
    if found.is_same:
        return _("The two say the same.")
    lines = sum(line.what != "same" for line in found.lines)
    words = ngettext("{count} line of the text differs", "{count} lines of the text differ", lines)
    figures = ngettext("{count} target differs", "{count} targets differ", len(found.figures))
    return _("{lines}; {figures}.").format(
        lines=words.format(count=lines), figures=figures.format(count=len(found.figures))
    )


def _columns() -> list[Column[Revision]]:
    return [
        Column(_("Revision"), lambda one: str(one.number), 80, sort=lambda one: one.number),
        Column(_("Taken up again on"), lambda one: one.made_at.strftime("%Y-%m-%d %H:%M"), 140),
        Column(_("Revised by"), lambda one: one.person_name, 90),
        Column(_("Reason"), lambda one: _(REASONS.get(one.reason, one.reason)), 150),
        Column(_("Words"), lambda one: one.words, 300, tip=lambda one: one.words),
    ]


def _figure_columns() -> list[Column[FigureChange]]:
    return [
        Column(_("Measure"), lambda one: one.measure.name, 130),
        Column(_("Tier"), lambda one: _(TIERS[one.tier]), 100),
        Column(_("Name"), lambda one: one.whose, 150),
        Column(_("Period"), lambda one: one.period.label, 150, sort=lambda one: one.period),
        Column(_("Before"), lambda one: one.measure.format(one.before), 110, "right",
               sort=lambda one: one.before),
        Column(_("After"), lambda one: one.measure.format(one.after), 110, "right",
               sort=lambda one: one.after),
        Column(_("Difference"), _difference, 110, "right",
               sort=lambda one: (one.after or 0) - (one.before or 0)),
    ]  # fmt: skip


def _difference(one: FigureChange) -> str:
    value = (one.after or 0) - (one.before or 0)
    return f"{'+' if value > 0 else ''}{one.measure.format(value)}"

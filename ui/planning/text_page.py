"""Text: the plan as a document, its status, and what may follow it."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.planning import plans
from salesdesk.planning.plans import FOLLOWS, STATUSES, Plan
from salesdesk.text import _, mark
from ui.shared import background
from ui.shared.forms import TextField
from ui.shared.labels import button, label, make_primary
from ui.shared.messages import tell
from ui.shared.session import Session

#: What moves a plan to a status.
MOVES = {
    "submitted": mark("Submit"),
    "returned": mark("Return with comments"),
    "approved": mark("Approve"),
    "closed": mark("Close the plan"),
    "draft": mark("Take up again"),
}


class TextPage(QWidget):
    """Title and text of a plan; what was typed is saved by Ctrl+S and when one goes elsewhere."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.plan: Plan | None = None
        self.title = TextField(longest=120)
        self.title.setAccessibleName(_("Title of the plan"))
        self.title.setStyleSheet("font-size: 13pt; font-weight: 600;")
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(_("Text of the plan"))
        self.text.setPlaceholderText(
            _("Write the plan here: “# ” begins a heading, “1. ” a numbered item, “- ” a point.")
        )
        self.text.setTabChangesFocus(True)
        self.state = label("", "hint")
        self.save_button = button(_("Save"), self.save)
        make_primary(self.save_button)
        self._moves = QHBoxLayout()
        self._moves.setSpacing(6)
        bar = QHBoxLayout()
        bar.addWidget(self.state)
        bar.addStretch(1)
        bar.addLayout(self._moves)
        bar.addWidget(button(_("Print…"), self.print_plan))
        bar.addWidget(button(_("PDF…"), self.save_pdf))
        bar.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.title)
        layout.addWidget(self.text, 1)
        layout.addLayout(bar)
        save = QAction(self)
        save.setShortcut(QKeySequence.StandardKey.Save)
        save.triggered.connect(self.save)
        self.addAction(save)
        self.title.textEdited.connect(self._typed)
        self.text.textChanged.connect(self._typed)

    @property
    def dirty(self) -> bool:
        """Whether something typed isn't saved yet."""
        return self.plan is not None and (self.title.value(), self.text.toPlainText()) != (
            self.plan.title,
            self.plan.text,
        )

    def show_plan(self, plan: Plan | None) -> None:
        """Show a plan; what was typed into the one before is saved first."""
        if self.plan is not None and (plan is None or plan.id != self.plan.id):
            self.leave()
        typing = self.dirty and plan is not None and self.plan is not None
        self.plan = plan
        if not typing:
            self._fill()
        self._show_moves()
        self._typed()

    def leave(self) -> None:
        """Save what was typed, since the person goes elsewhere."""
        if self.dirty:
            self.save()

    def save(self) -> None:
        """Save title and text as one change; a refusal is shown and nothing typed is lost."""
        if self.plan is None or not self.dirty:
            return
        try:
            with self.session.changing(_("Edit the plan's text")) as change:
                plans.edit_plan(
                    change,
                    self.plan.id,
                    seen_version=self.plan.version,
                    title=self.title.value(),
                    text=self.text.toPlainText(),
                )
        except SalesDeskError as error:
            tell(self, error)

    def set_status(self, status: str) -> None:
        """Move the plan on."""
        self.leave()
        if self.plan is not None:
            self.session.change(self, _(MOVES[status]), plans.set_status, self.plan.id, status)

    def print_plan(self) -> None:
        """Print the plan as a document to hand in."""
        from ui.shared.printing import print_pdf  # the printer's modules load when first wanted

        if self.plan is not None:
            self._make(lambda pdf, title=self.plan.title: print_pdf(self, pdf, title))

    def save_pdf(self) -> None:
        """Save the plan as a document to hand in."""
        from ui.shared.printing import save_pdf

        if self.plan is not None:
            self._make(lambda pdf, title=self.plan.title: save_pdf(self, pdf, title))

    def _make(self, then: Any) -> None:
        self.leave()
        plan, workspace, today = self.plan, self.session.workspace, self.session.today
        assert plan is not None

        def work(_progress: background.Progress) -> bytes:
            from salesdesk.reports import documents, plan_document

            made = workspace.read(plan_document.document, plan.id, today=today)
            return documents.pdf("plan", made.data())

        background.run(self, _("Making the pages…"), work, then)

    def _fill(self) -> None:
        for field in (self.title, self.text):
            field.blockSignals(True)
            field.setEnabled(self.plan is not None)
        self.title.setText(self.plan.title if self.plan else "")
        self.text.setPlainText(self.plan.text if self.plan else "")
        for field in (self.title, self.text):
            field.blockSignals(False)
        locked = self.plan is not None and self.plan.status in ("approved", "closed")
        self.title.setReadOnly(locked)
        self.text.setReadOnly(locked)

    def _show_moves(self) -> None:
        while self._moves.count():
            item = self._moves.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self.plan is None:
            return
        for status in FOLLOWS[self.plan.status]:
            self._moves.addWidget(button(_(MOVES[status]), partial(self.set_status, status)))

    def _typed(self) -> None:
        self.save_button.setEnabled(self.dirty)
        if self.plan is not None:
            words = _("{status} · revision {number}").format(
                status=_(STATUSES[self.plan.status]), number=self.plan.revision
            )
            self.state.setText(words + (_(" · not saved yet") if self.dirty else ""))

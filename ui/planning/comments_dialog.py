"""What was said of a plan and its items: read, answered, settled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.planning import comments, items
from salesdesk.planning.comments import Comment
from salesdesk.planning.plans import Plan
from salesdesk.text import _
from ui.shared.dialogs import Dialog
from ui.shared.forms import Choice, WordsField
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable, TableOrEmpty

#: How much of an item's words its name in the list of items shows.
_SHOWN = 60


class CommentsDialog(Dialog):
    """Lists the comments; below, one more is written. ``item_id`` is what it is about at first."""

    def __init__(
        self, session: Session, plan: Plan, parent: QWidget | None, *, item_id: int | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Comments on the plan"))
        self.resize(860, 520)
        self.session, self.plan = session, plan
        lines = session.read(items.of_plan, plan.id)
        self._texts = {item.id: item.text for item in lines}
        self.table: RecordTable[Comment] = RecordTable(self._columns(), name=_("Comments"))
        about: list[tuple[int | None, str]] = [(None, _("The whole plan"))]
        about += [(item.id, item.text[:_SHOWN]) for item in lines if item.text]
        self.about: Choice[int | None] = Choice(about, item_id)
        self.about.setAccessibleName(_("What it is about"))
        self.about.setMaximumWidth(420)
        self.words = WordsField(lines=2)
        self.words.setAccessibleName(_("The comment"))
        self.words.setPlaceholderText(_("What you have to say of it"))
        self.add_button = button(_("Add comment"), self.add, primary=True)
        self.settle_button = button(_("Settled"), self.settle)
        self.delete_button = button(_("Delete"), self.delete)
        self.error = label("", "error", wrap=True)
        self.error.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(label(plan.title, "subtitle", wrap=True))
        layout.addWidget(TableOrEmpty(self.table, _nothing_said), 1)
        layout.addWidget(row(self.settle_button, self.delete_button, None))
        layout.addWidget(row(label(_("About")), self.about, None))
        layout.addWidget(self.words)
        layout.addWidget(self.error)
        layout.addWidget(row(self.add_button, None, button(_("Close"), self.accept)))
        self.table.picked.connect(lambda _one: self._grey())
        why = session.read(comments.why_not_comment, session.person_id, plan)
        self._may = not why
        for widget in (self.add_button, self.words, self.about):
            widget.setEnabled(self._may)
            widget.setToolTip(why)
        self.read()
        self.words.setFocus()

    def read(self) -> None:
        """Show the comments as they are now, those still open first."""
        found = self.session.read(comments.of_plan, self.plan.id)
        self.table.set_rows(sorted(found, key=lambda one: one.settled), same=lambda one: one.id)
        self._grey()

    def add(self) -> None:
        """Keep what was written."""
        if self._done(
            comments.add, self.plan.id, self.words.value(), item_id=self.about.value()
        ):  # fmt: skip
            self.words.clear()
            self.read()

    def settle(self) -> None:
        """Settle the comment chosen, or open it again."""
        chosen = self.table.current()
        if chosen is not None and self._done(
            comments.settle, chosen.id, settled=not chosen.settled
        ):  # fmt: skip
            self.read()

    def delete(self) -> None:
        """Delete the comment chosen, one's own; undo brings it back."""
        chosen = self.table.current()
        if chosen is not None and self._done(comments.delete, chosen.id):
            self.read()

    def _done(self, writer: object, *arguments: object, **options: object) -> bool:
        assert callable(writer)
        try:
            with self.session.changing(_("Comment on a plan")) as change:
                writer(change, *arguments, **options)
        except SalesDeskError as error:
            self.error.setText(error.message)
            self.error.show()
            return False
        self.error.hide()
        return True

    def _grey(self) -> None:
        chosen = self.table.current()
        self.settle_button.setEnabled(self._may and chosen is not None)
        settled = chosen is not None and chosen.settled
        self.settle_button.setText(_("Open again") if settled else _("Settled"))
        own = chosen is not None and chosen.person_id == self.session.person_id
        self.delete_button.setEnabled(self._may and own)

    def _columns(self) -> Sequence[Column[Comment]]:
        return [
            Column(_("State"), lambda one: _("settled") if one.settled else _("open"), 70,
                   colour=lambda one: "pale" if one.settled else "at_risk"),
            Column(_("About"), self._about, 220, tip=self._about),
            Column(_("Words"), lambda one: one.words, 260, tip=lambda one: one.words),
            Column(_("Said by"), lambda one: one.person_name, 90),
            Column(_("On"), lambda one: one.written_at.strftime("%Y-%m-%d %H:%M"), 130),
        ]  # fmt: skip

    def _about(self, one: Comment) -> str:
        if one.item_id is None:
            return _("The whole plan")
        return self._texts.get(one.item_id, "")


def _nothing_said() -> QWidget:
    return EmptyPage(
        _("Nothing was said yet"),
        _("Say below what is to be changed, of the whole plan or of one of its items."),
    )

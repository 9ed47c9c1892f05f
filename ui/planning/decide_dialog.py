"""The words that go with a plan's step: to whoever decides, or from who decided."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from salesdesk.planning import comments, deciding
from salesdesk.planning.plans import Plan
from salesdesk.text import _, mark, ngettext
from ui.shared.forms import FormDialog, WordsField
from ui.shared.labels import label
from ui.shared.session import Session

#: The steps that words go with: the dialog's title, its button, what the words are.
WITH_WORDS: Mapping[str, tuple[str, str, str]] = {
    "submitted": (mark("Submit the plan"), mark("Submit"), mark("Words to whoever decides")),
    "approved": (mark("Approve the plan"), mark("Approve"), mark("Words with the approval")),
    "returned": (mark("Return the plan"), mark("Return"), mark("What is to be changed")),
}


class DecideDialog(FormDialog):
    """Lets ``status`` follow once words are given: needed to return a plan, else as one likes."""

    def __init__(self, session: Session, plan: Plan, status: str, parent: QWidget | None) -> None:
        title, name, about = WITH_WORDS[status]
        super().__init__(_(title), parent, save_text=_(name))
        self.session, self.plan, self.status = session, plan, status
        self.form.addRow(label(plan.title, "subtitle", wrap=True))
        self.words = WordsField()
        self.add(_(about), self.words, _("The words are kept beside the plan."))
        waiting = session.read(comments.open_on_items, plan.id) if status == "returned" else 0
        if waiting:
            said = ngettext(
                "{count} comment on an item is open: it says what is to be changed, too.",
                "{count} comments on items are open: they say what is to be changed, too.",
                waiting,
            )
            self.form.addRow("", label(said.format(count=waiting), "hint", wrap=True))

    def save(self) -> None:
        with self.session.changing(_("Decide on a plan")) as change:
            deciding.move(change, self.plan.id, self.status, self.words.value())

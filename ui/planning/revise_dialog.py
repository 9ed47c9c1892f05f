"""Takes an approved plan up again as a new revision: which needs a reason, and words."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.planning import revisions
from salesdesk.planning.plans import REASONS, Plan
from salesdesk.text import _
from ui.shared.forms import Choice, FormDialog, WordsField
from ui.shared.labels import label
from ui.shared.session import Session


class ReviseDialog(FormDialog):
    """Asks why, and makes the plan a draft again."""

    def __init__(self, session: Session, plan: Plan, parent: QWidget | None) -> None:
        super().__init__(_("Revise the plan"), parent, save_text=_("Begin the revision"))
        self.setMinimumWidth(520)
        self.session, self.plan = session, plan
        self.form.addRow(label(plan.title, "subtitle", wrap=True))
        self.reason: Choice[str] = Choice([(code, _(name)) for code, name in REASONS.items()])
        self.words = WordsField()
        self.add(_("Reason"), self.reason)
        self.add(
            _("What happened"),
            self.words,
            _(
                "The plan as it was approved is kept beside its revision and can be compared "
                "with it. Closed months don't move. The revision is to be approved again."
            ),
        )

    def save(self) -> None:
        with self.session.changing(_("Revise a plan")) as change:
            revisions.revise(change, self.plan.id, self.reason.value(), self.words.value())

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
        self.prepared: Choice[int] = Choice(
            [
                (rule.id, rule.words or rule.steps)
                for rule in session.read(revisions.contingencies, plan.id)
            ]
        )
        self.prepared.setMaximumWidth(420)
        self.words = WordsField()
        self.add(_("Reason"), self.reason)
        self.add(_("What was prepared for"), self.prepared, _("Its steps become tasks, due today."))
        self.add(
            _("What happened"),
            self.words,
            _(
                "The plan as it was approved is kept beside its revision and can be compared "
                "with it. Closed months don't move. The revision is to be approved again."
            ),
        )

        self.reason.currentIndexChanged.connect(self._show_prepared)
        self._show_prepared()

    def _show_prepared(self) -> None:
        """Ask what happened of what the plan prepares for, where that is the reason."""
        at = self.form.getWidgetPosition(self.prepared)[0]  # type: ignore[index]
        asked = self.activates
        for line in (at, at + 1):
            self.form.setRowVisible(line, asked)
        if self.isVisible():
            self.fit(shrink=True)

    @property
    def activates(self) -> bool:
        """Whether one of the plan's contingencies has happened."""
        return self.reason.value() == "contingency" and self.prepared.count() > 0

    def save(self) -> None:
        if self.activates:
            with self.session.changing(_("Revise a plan")) as change:
                revisions.activate(change, self.prepared.value(), self.words.value())
            return
        with self.session.changing(_("Revise a plan")) as change:
            revisions.revise(change, self.plan.id, self.reason.value(), self.words.value())

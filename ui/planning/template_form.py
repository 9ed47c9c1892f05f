"""The form of a template of the office's own: what it is called, and what it is for."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.planning import own_templates
from salesdesk.planning.own_templates import LONGEST_NAME, OwnTemplate
from salesdesk.planning.plans import Plan
from salesdesk.text import _
from ui.shared.forms import FormDialog, TextField, WordsField
from ui.shared.labels import label
from ui.shared.session import Session


class TemplateForm(FormDialog):
    """Keeps a plan as a template, or edits what one is called."""

    def __init__(
        self,
        session: Session,
        parent: QWidget | None,
        *,
        plan: Plan | None = None,
        template: OwnTemplate | None = None,
    ) -> None:
        super().__init__(
            _("Template") if plan is None else _("Keep as template"), parent, save_text=_("Keep")
        )
        self.setMinimumWidth(500)
        self.session, self.plan, self.template = session, plan, template
        self.name = TextField("" if template is None else template.name, longest=LONGEST_NAME)
        self.about = WordsField("" if template is None else template.about)
        if plan is not None:
            self.form.addRow(label(plan.title, "subtitle", wrap=True))
        self.add(_("Template name"), self.name)
        self.add(
            _("What it is for"),
            self.about,
            ""
            if plan is None
            else _(
                "The template holds the text with its rules and figures, for any owner and "
                "period. Targets that were set by hand aren't part of it."
            ),
        )

    def save(self) -> None:
        name, about = self.name.value(), self.about.value()
        if self.plan is not None:
            with self.session.changing(_("Keep as template")) as change:
                own_templates.keep(change, self.plan.id, name, about)
        elif self.template is not None:
            with self.session.changing(_("Edit template")) as change:
                own_templates.edit(
                    change, self.template.id, seen_version=self.template.version, name=name,
                    about=about,
                )  # fmt: skip

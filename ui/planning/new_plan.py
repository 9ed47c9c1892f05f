"""Asks for a new plan: from a template, blank, or with an earlier plan's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtWidgets import QWidget

from salesdesk.calc.periods import Kind, Period, containing, following, previous
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.planning import plans, templates
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.planning.plans import Plan
from salesdesk.planning.templates import KIND_NAMES, Template
from salesdesk.text import _
from ui.shared.forms import Choice, FormDialog, TextField
from ui.shared.labels import label
from ui.shared.session import Session

_KINDS: tuple[Kind, ...] = ("year", "quarter", "month", "week")


@dataclass(frozen=True)
class Origin:
    """What a new plan begins as."""

    kind: Literal["blank", "template", "copy"]
    template: Template | None = None
    plan: Plan | None = None


class NewPlanDialog(FormDialog):
    """Makes the plan; ``plan_id`` is its id once accepted."""

    def __init__(
        self, session: Session, parent: QWidget | None, *, copy_of: Plan | None = None
    ) -> None:
        super().__init__(_("New plan"), parent, save_text=_("Create"))
        self.setMinimumWidth(560)
        self._session = session
        self.plan_id: int | None = None
        self._titled = False
        origins: list[tuple[Origin, str]] = [(Origin("blank"), _("Blank"))]
        origins += [(Origin("template", one), one.title) for one in templates.all()]
        origins += [
            (Origin("copy", plan=one), _("Text of: {title}").format(title=one.title))
            for one in session.read(plans.plans)[:30]
        ]
        self.origin: Choice[Origin] = Choice(origins)
        self.origin.setMaxVisibleItems(20)
        self.owner: Choice[Who] = Choice(self._owners(), OFFICE)
        self.kind: Choice[Kind] = Choice([(kind, _(KIND_NAMES[kind])) for kind in _KINDS])
        self.period: Choice[Period] = Choice([(containing(session.today, "year"), "")])
        self.title = TextField(longest=120)
        self.about = label("", "hint", wrap=True)
        self.add(_("Begin with"), self.origin)
        self.form.addRow("", self.about)
        self.add(_("Owner"), self.owner)
        self.add(_("Kind of period"), self.kind)
        self.add(_("Period"), self.period)
        self.add(_("Title"), self.title)
        self.origin.currentIndexChanged.connect(self._origin_chosen)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.period.currentIndexChanged.connect(self._propose_title)
        self.owner.currentIndexChanged.connect(self._propose_title)
        self.title.textEdited.connect(self._title_typed)
        if copy_of is not None:
            self.origin.setCurrentIndex(
                next(n for n, (one, _name) in enumerate(origins) if one.plan == copy_of)
            )
        self._origin_chosen()

    def save(self) -> None:
        """Make the plan. Raises SalesDeskError."""
        if not self.title.value():
            raise InputError(_("The plan needs a title."))
        origin, who, period = self.origin.value(), self.owner.value(), self.period.value()
        title = self.title.value()
        with self._session.changing(_("New plan")) as change:
            if origin.template is not None:
                self.plan_id = templates.new_plan(
                    change, origin.template.name, period=period, who=who, title=title
                )
                return
            text = origin.plan.text if origin.plan is not None else ""
            template = origin.plan.template if origin.plan is not None else ""
            self.plan_id = plans.new_plan(
                change, title=title, period=period, who=who, text=text, template=template
            )

    def _owners(self) -> list[tuple[Who, str]]:
        found: list[tuple[Who, str]] = [(OFFICE, _("Whole office"))]
        found += [(team(one.id), one.name) for one in self._session.read(people.teams)]
        found += [(person(one.id), one.name) for one in self._session.read(people.people)]
        return found

    def _origin_chosen(self, _place: int = 0) -> None:
        origin = self.origin.value()
        kinds = origin.template.kinds if origin.template is not None else _KINDS
        if origin.plan is not None:
            kinds = (origin.plan.period.kind, *(k for k in _KINDS if k != origin.plan.period.kind))
            self.owner.set_value(origin.plan.who)
        self.kind.set_choices([(kind, _(KIND_NAMES[kind])) for kind in kinds])
        self.about.setText(origin.template.about if origin.template is not None else "")
        self.about.setVisible(bool(self.about.text()))
        self._kind_chosen()
        self.fit()

    def _kind_chosen(self, _place: int = 0) -> None:
        now = containing(self._session.today, self.kind.value())
        found = [previous(now), now]
        for _turn in range(4):
            found.append(following(found[-1]))
        self.period.set_choices([(one, one.label) for one in found], now)
        self._propose_title()

    def _title_typed(self, typed: str) -> None:
        self._titled = bool(typed)

    def _propose_title(self, _place: int = 0) -> None:
        if self._titled:
            return
        origin, who = self.origin.value(), self.owner.value()
        what = origin.template.title if origin.template is not None else _("Work plan")
        owner = "" if who == OFFICE else self.owner.currentText()
        self.title.setText(
            _("{owner} {period} {what}")
            .format(owner=owner, period=self.period.value().label, what=what)
            .strip()
        )

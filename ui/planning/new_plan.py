"""The dialog for a new plan: from a template, blank, or as an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QCheckBox, QWidget

from salesdesk.calc.periods import KINDS, Kind, Period, containing, following, previous
from salesdesk.errors import SalesDeskError
from salesdesk.office import people, settings
from salesdesk.planning import beginning, own_templates, plan_rules, plans, templates
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.text import _, joined
from ui.shared.forms import Choice, FormDialog, TextField
from ui.shared.guarding import guard
from ui.shared.labels import button, label, row
from ui.shared.messages import ask
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.workspace import Connection

#: How many periods of a kind can be chosen before and after the present one.
_AROUND: dict[Kind, tuple[int, int]] = {
    "year": (2, 3), "quarter": (4, 8), "month": (12, 18), "week": (4, 12), "day": (7, 31),
}  # fmt: skip


class Source(NamedTuple):
    """What a plan is begun from: "blank", "own" with the id of the office's template, "template"
    with its name, "plan" with its id, or "more" templates.
    """

    kind: str
    name: str = ""
    plan_id: int = 0
    template_id: int = 0


class NewPlanDialog(FormDialog):
    """Asks for source, owner, period and title; ``plan_id`` is the plan made."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(_("New plan"), parent, save_text=_("Create"))
        self.setMinimumWidth(540)
        self.session = session
        self.plan_id: int | None = None
        self._templates = {template.name: template for template in templates.all()}
        self._own = {template.id: template for template in session.read(own_templates.all)}
        self._plans = {plan.id: plan for plan in session.read(plans.plans)}
        self._office_kind = session.read(settings.read).kind
        self.source: Choice[Source] = Choice(self._sources(fitting_only=True))
        self.source.setMaxVisibleItems(20)
        self.about = label("", "hint", wrap=True)
        self.owner: Choice[Who] = Choice(
            session.read(_owners, session.person_id), self._usual_owner()
        )
        self.kind: Choice[Kind] = Choice([])
        self.period: Choice[Period] = Choice([])
        self.title = TextField(longest=120)
        self.add(_("Begin with"), self.source)
        self.form.addRow("", self.about)
        self.rename_button = button(_("Rename…"), self.rename_template)
        self.delete_button = button(_("Delete"), self.delete_template)
        guard(self.rename_button, session, plan_rules.WRITE)
        guard(self.delete_button, session, "rules.edit")
        self.own_row = row(self.rename_button, self.delete_button, None)
        self.form.addRow("", self.own_row)
        self.add(_("Owner"), self.owner)
        self.add(_("Kind of period"), self.kind)
        self.add(_("Period"), self.period)
        self.add(_("Title"), self.title)
        self.use_measures = QCheckBox(_("Take them into use"))
        self._may_use = guard(self.use_measures, session, "measures.edit")
        self.untracked = label("", "hint", wrap=True)
        self.form.addRow("", self.untracked)
        self.form.addRow("", self.use_measures)
        self._proposed = ""
        self._proposed_owner = self.owner.value()
        self._all_offered = False
        self.source.currentIndexChanged.connect(self._source_chosen)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.period.currentIndexChanged.connect(self._propose_title)
        self.owner.currentIndexChanged.connect(self._propose_title)
        self._source_chosen()

    def save(self) -> None:
        source, period, who = self.source.value(), self.period.value(), self.owner.value()
        with self.session.changing(_("New plan")) as change:
            if source.kind == "template":
                self.plan_id = templates.new_plan(
                    change,
                    source.name,
                    period=period,
                    who=who,
                    title=self.title.value(),
                    use_measures=self.use_measures.isChecked(),
                )
                return
            title = self.title.value()
            if source.kind == "own":
                self.plan_id = own_templates.new_plan(
                    change, source.template_id, period=period, who=who, title=title
                )
            elif source.kind == "plan":
                self.plan_id = beginning.from_plan(change, source.plan_id, period, title, who)
            else:
                self.plan_id = plans.new_plan(change, title=title, period=period, who=who)

    def _sources(self, *, fitting_only: bool) -> list[tuple[Source, str]]:
        """What a plan can begin with: the office's own templates, of the program's those that were
        written for this kind of office, and earlier plans.
        """
        found = [
            (Source("own", template_id=one.id), one.name) for one in self._own.values()
        ]  # fmt: skip
        found += [
            (Source("template", template.name), template.title)
            for template in self._templates.values()
            if not fitting_only or self._office_kind in template.offices
        ]
        if fitting_only and len(found) < len(self._templates):
            found.append((Source("more"), _("Templates for other kinds of office…")))
        found.append((Source("blank"), _("Blank")))
        found += [
            (Source("plan", plan_id=plan.id), _("Text of: {title}").format(title=plan.title))
            for plan in self._plans.values()
        ]
        return found

    def _usual_owner(self) -> Who:
        """A manager plans for the office, everybody else for themselves."""
        if self.session.person_id is None:
            return OFFICE
        me = self.session.read(people.person_by_id, self.session.person_id)
        return OFFICE if me.role == "manager" else person(me.id)

    def _source_chosen(self) -> None:
        source = self.source.value()
        if source.kind == "more":
            first = next(
                template.name
                for template in self._templates.values()
                if self._office_kind not in template.offices
            )
            self._all_offered = True
            self.source.set_choices(self._sources(fitting_only=False), Source("template", first))
            source = self.source.value()
        template = self._templates.get(source.name)
        earlier = self._plans.get(source.plan_id)
        own = self._own.get(source.template_id)
        self.form.setRowVisible(self.own_row, own is not None)
        kinds: tuple[Kind, ...] = template.kinds if template is not None else KINDS[:-1]
        usual, me = kinds[0], self.session.person_id
        if earlier is not None:
            usual, who = earlier.period.kind, earlier.who
        elif own is not None:
            usual, who = own.kind, self.session.read(own_templates.usual_owner, own.id, me)
        elif template is not None:
            who = self.session.read(templates.usual_owner, template.name, me)
        else:
            who = self._usual_owner()
        self.kind.set_choices([(kind, _(templates.KIND_NAMES[kind])) for kind in kinds], usual)
        if template is not None:
            self.about.setText(template.about)
        elif own is not None:
            self.about.setText(own.about or _("A template that the office keeps."))
        elif earlier is not None:
            self.about.setText(_("Takes over the text; targets are set anew."))
        else:
            self.about.setText(_("An empty text and no targets."))
        self._kind_chosen()
        self._own_it(who)
        self._say_untracked(source)
        self.fit()

    def _own_it(self, who: Who) -> None:
        """Propose whose the plan is, unless somebody else was chosen or it may not be theirs."""
        if self.owner.value() == self._proposed_owner and self.owner.offers(who):
            self.owner.set_value(who)
            self._proposed_owner = who

    def rename_template(self) -> None:
        """Call the office's own template that is chosen otherwise."""
        from ui.planning.template_form import TemplateForm

        template = self._own[self.source.value().template_id]
        if TemplateForm(self.session, self, template=template).exec():
            self._read_own(template.id)

    def delete_template(self) -> None:
        """Delete the office's own template that is chosen, once the person says so."""
        template = self._own[self.source.value().template_id]
        question = _("Delete the template “{name}”? The plans made of it stay.")
        if not ask(self, question.format(name=template.name), _("Delete"), danger=True):
            return
        try:
            with self.session.changing(_("Delete template")) as change:
                own_templates.delete(change, template.id)
        except SalesDeskError as error:
            self.show_error(error.message)
            return
        self._read_own(None)

    def _read_own(self, template_id: int | None) -> None:
        """Offer the office's templates as they are now, ``template_id`` chosen or the first."""
        self._own = {one.id: one for one in self.session.read(own_templates.all)}
        choices = self._sources(fitting_only=not self._all_offered)
        wanted = Source("own", template_id=template_id) if template_id else choices[0][0]
        self.source.set_choices(choices, wanted)
        self._source_chosen()

    def _say_untracked(self, source: Source) -> None:
        """Name the targets that the office couldn't track, and offer to take them into use."""
        measures = (
            self.session.read(templates.unused_measures, source.name)
            if source.kind == "template"
            else []
        )
        if measures:
            self.untracked.setText(
                _(
                    "The office doesn't use these measures yet, so that the plan's text alone "
                    "would ask for them: {measures}."
                ).format(measures=joined(measure.name for measure in measures))
            )
        self.use_measures.setChecked(bool(measures) and self._may_use.allowed)
        for part in (self.untracked, self.use_measures):
            self.form.setRowVisible(part, bool(measures))

    def _kind_chosen(self) -> None:
        kind = self.kind.value()
        now = containing(self.session.today, kind)
        before, after = _AROUND[kind]
        periods = [now]
        for _number in range(before):
            periods.insert(0, previous(periods[0]))
        for _number in range(after):
            periods.append(following(periods[-1]))
        usual = self._usual_period(now)
        self.period.set_choices(
            [(period, period.label) for period in periods], usual if usual in periods else now
        )
        self._propose_title()

    def _usual_period(self, now: Period) -> Period:
        """The period after an earlier plan's, else the present one, near its end the next."""
        earlier = self._plans.get(self.source.value().plan_id)
        if earlier is not None and earlier.period.kind == now.kind:
            return following(earlier.period)
        nearly_over = (now.end - self.session.today) * 4 < now.end - now.start
        return following(now) if nearly_over and now.kind != "day" else now

    def _propose_title(self) -> None:
        """Keep the title in step with the choices until somebody writes their own."""
        if self.title.value() not in ("", self._proposed) or not self.period.count():
            return
        template = self._templates.get(self.source.value().name)
        own = self._own.get(self.source.value().template_id)
        owner = "" if self.owner.value() == OFFICE else self.owner.currentText()
        self._proposed = (
            _("{owner} {period} {what}")
            .format(
                owner=owner,
                period=self.period.value().label,
                what=template.title
                if template is not None
                else own.name
                if own is not None
                else _("Work plan"),
            )
            .strip()
        )
        self.title.setText(self._proposed)


def _owners(db: Connection, actor_id: int | None) -> list[tuple[Who, str]]:
    """The office, its teams, its people: those for whom ``actor_id`` may write plans."""
    found: list[tuple[Who, str]] = [(OFFICE, _("Whole office"))]
    found += [(team(one.id), _("Team {name}").format(name=one.name)) for one in people.teams(db)]
    found += [(person(one.id), one.name) for one in people.people(db)]
    return [(who, name) for who, name in found if not plan_rules.why_not_own(db, actor_id, who)]

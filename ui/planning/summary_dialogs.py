"""The small forms around a summary: why a target was missed, what is put right, comments, whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from salesdesk.calc.periods import KINDS, Kind
from salesdesk.errors import InputError
from salesdesk.office import people, settings
from salesdesk.planning import causes, corrective, remarks, summaries, tasks
from salesdesk.planning.places import Place, Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.remarks import Words
from salesdesk.planning.summaries import Action, Explained, Owed, Review
from salesdesk.planning.summary_figures import parts_of
from salesdesk.planning.tasks import Ref
from salesdesk.storage.history import Change
from salesdesk.text import _, joined
from ui.shared.day_field import DayField
from ui.shared.dialogs import Dialog
from ui.shared.forms import Choice, FormDialog, TextField, WordsField
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, FilterField, RecordTable, TableOrEmpty

#: Days that an action is given unless another day is named.
_USUAL_DAYS = 14


class ExplainDialog(FormDialog):
    """Why a target was missed, what lies behind it, and what is put right."""

    def __init__(
        self, session: Session, found: Review, one: Explained, parent: QWidget | None
    ) -> None:
        super().__init__(_("Why the target was missed"), parent)
        self.session, self.found, self.one = session, found, one
        in_wan = session.read(settings.read).in_wan
        line = one.line
        self.form.addRow(
            label(
                _("{measure}, {period}: {actual} of {target}").format(
                    measure=line.with_unit(in_wan=in_wan),
                    period=found.label,
                    actual=line.shown(line.actual, in_wan=in_wan),
                    target=line.shown(line.target, in_wan=in_wan),
                ),
                "subtitle",
                wrap=True,
            )
        )
        self._listed = session.read(causes.causes)
        choices: list[tuple[str, str]] = [("", _("Choose a cause"))]
        choices += [
            (cause.name, _("{side}: {cause}").format(side=_(causes.SIDES[cause.side]),
                                                     cause=cause.name))
            for cause in self._listed
        ]  # fmt: skip
        if one.cause and one.cause not in {name for name, _shown in choices}:
            choices.append((one.cause, one.cause))  # one that is no longer used
        self.cause: Choice[str] = Choice(choices, one.cause)
        self.warning = label("", "error", wrap=True)
        self.reason = WordsField(one.remark.reason, lines=2)
        self.root_cause = WordsField(one.remark.root_cause, lines=2)
        self.prevention = WordsField(one.remark.prevention, lines=2)
        self.countermeasure = WordsField(one.remark.countermeasure, lines=2)
        self.add(_("Cause of the miss"), self.cause)
        self.form.addRow("", self.warning)
        self.add(_("Reason"), self.reason)
        self.add(_("Root cause"), self.root_cause)
        self.add(_("Prevention"), self.prevention)
        self.add(_("Countermeasure"), self.countermeasure)
        self.action = _ActionFields(session, found)
        self.action.add_to(self, optional=True)
        self.cause.currentIndexChanged.connect(self._warn)
        self._warn()

    def _warn(self) -> None:
        """Point out a cause that comes back."""
        cause = next((one for one in self._listed if one.name == self.cause.value()), None)
        words = ""
        if cause is not None and cause.id:
            earlier = self.session.read(causes.repeated, self.found.who, cause.id, self.found.start)
            words = causes.warning(cause.name, earlier)
        self.warning.setText(words)
        self.warning.setVisible(bool(words))

    def save(self) -> None:
        one, found = self.one, self.found
        assert one.plan_id is not None
        [period] = parts_of(found.start, found.end)
        whose = one.line.who(found.who)
        at = Place(whose, period)
        with self.session.changing(_("Edit remark")) as change:
            chosen = self.cause.value()
            cause_id = one.remark.cause_id
            if chosen != one.cause:
                cause_id = causes.chosen(change, chosen) if chosen else None
            words = Words(
                reason=self.reason.value(),
                countermeasure=self.countermeasure.value(),
                cause_id=cause_id,
                root_cause=self.root_cause.value(),
                prevention=self.prevention.value(),
            )
            measure_id = one.line.measure_id
            remarks.set_remarks(change, one.plan_id, measure_id, {at: words})
            if self.action.words.value():
                ids = remarks.row_ids(change.connection, period)
                self.action.enter(
                    change, found, remark_id=ids.get((one.plan_id, measure_id, whose))
                )


class _ActionFields:
    """What is put right, by whom and by when."""

    def __init__(self, session: Session, found: Review) -> None:
        everyone = session.read(people.people)
        first = found.who.person_id or session.person_id
        self.words = TextField(longest=corrective.LONGEST)
        self.person: Choice[int] = Choice([(one.id, one.name) for one in everyone], first)
        usual = session.today + timedelta(days=_USUAL_DAYS)
        self.day = DayField(usual, today=session.today)

    def add_to(self, form: FormDialog, *, optional: bool) -> None:
        """Add the fields to a form."""
        hint = _("It stands in the timetable, and the next summary begins with it.")
        form.add(_("Corrective action"), self.words, hint if optional else "")
        form.add(_("Who does it"), self.person)
        form.add(_("Due on"), self.day)

    def enter(self, change: Change, found: Review, *, remark_id: int | None = None) -> None:
        """Enter the action; the summary begins with it, if it wasn't begun."""
        review_id = found.id or summaries.begin(
            change, found.who, found.kind, found.start, found.end
        )
        day = _day_in(self.day)
        corrective.add(
            change, review_id, words=self.words.value(), person_id=self.person.value(), day=day,
            remark_id=remark_id,
        )  # fmt: skip


def _day_in(field: DayField) -> date:
    """The day. Raises InputError where there is none."""
    day = field.value()
    if day is None:
        raise InputError(_("{field} is missing.").format(field=_("Due on")))
    return day


class ActionDialog(FormDialog):
    """Something to be put right that follows from no single target."""

    def __init__(self, session: Session, found: Review, parent: QWidget | None) -> None:
        super().__init__(_("Corrective action"), parent)
        self.session, self.found = session, found
        self.action = _ActionFields(session, found)
        self.action.add_to(self, optional=False)

    def save(self) -> None:
        with self.session.changing(_("Corrective action")) as change:
            self.action.enter(change, self.found)


class MoveDialog(FormDialog):
    """Another day for an action."""

    def __init__(self, session: Session, action: Action, parent: QWidget | None) -> None:
        super().__init__(_("Move the action"), parent)
        self.session, self.action = session, action
        self.form.addRow(label(action.words, "subtitle", wrap=True))
        usual = session.today + timedelta(days=_USUAL_DAYS)
        self.day = DayField(usual, today=session.today)
        self.add(_("Due on"), self.day)

    def save(self) -> None:
        day = _day_in(self.day)
        with self.session.changing(_("Move the action")) as change:
            tasks.move(change, Ref(self.action.id), day)


class DropDialog(FormDialog):
    """Why an action is given up."""

    def __init__(self, session: Session, action: Action, parent: QWidget | None) -> None:
        super().__init__(_("Drop the action"), parent, save_text=_("Drop"))
        self.session, self.action = session, action
        self.form.addRow(label(action.words, "subtitle", wrap=True))
        self.reason = WordsField(lines=2)
        self.add(_("Reason"), self.reason)

    def save(self) -> None:
        with self.session.changing(_("Drop the action")) as change:
            tasks.drop(change, Ref(self.action.id), self.reason.value())


class CommentDialog(FormDialog):
    """What the superior says to a summary."""

    def __init__(self, session: Session, found: Review, parent: QWidget | None) -> None:
        super().__init__(_("Comment on the summary"), parent)
        self.session, self.found = session, found
        self.form.addRow(label(found.title, "subtitle", wrap=True))
        self.words = WordsField(found.comment, lines=4)
        hint = _("Without a comment the summary is only marked as seen.")
        self.add(_("Comment"), self.words, hint)

    def save(self) -> None:
        with self.session.changing(_("Comment on a summary")) as change:
            summaries.comment(change, self.found.id, self.words.value())


class AskDialog(FormDialog):
    """Which summaries a plan asks for."""

    def __init__(self, session: Session, plan: Plan, parent: QWidget | None) -> None:
        super().__init__(_("Summaries that the plan asks for"), parent)
        self.session, self.plan = session, plan
        self.form.addRow(label(plan.title, "subtitle", wrap=True))
        asked = summaries.asked(plan)
        self.ticks: dict[str, QCheckBox] = {}
        ticks = QWidget()
        layout = QVBoxLayout(ticks)
        layout.setContentsMargins(0, 0, 0, 0)
        for kind, name in summaries.REVIEWED.items():
            if kind != "stage" and KINDS.index(cast(Kind, kind)) < KINDS.index(plan.period.kind):
                continue  # longer than the plan
            tick = QCheckBox(_(name))
            tick.setChecked(kind in asked)
            self.ticks[kind] = tick
            layout.addWidget(tick)
        hint = _("They are owed from the last working day of each period on.")
        self.add(_("Asked for"), ticks, hint)

    def save(self) -> None:
        kinds = [kind for kind, tick in self.ticks.items() if tick.isChecked()]
        with self.session.changing(_("Summaries asked for")) as change:
            summaries.ask(change, self.plan.id, kinds, seen_version=self.plan.version)


@dataclass(frozen=True, slots=True)
class _Row:
    """A summary that is owed or was written; ``state`` is what the list says of it."""

    who: Who
    name: str
    kind: str
    start: date
    end: date
    state: str
    status: str
    owners: str


class SummariesDialog(Dialog):
    """Who hasn't written yet, and all summaries there are; Enter chooses one."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Summaries"))
        self.table: RecordTable[_Row] = RecordTable(_row_columns(), name=_("Summaries"))
        self.chosen: _Row | None = None
        rows = _rows(session)
        missing = sum(one.status == "missing" for one in rows)
        self.table.set_rows(rows)
        self.open_button = button(_("Show"), self._open, primary=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(
            row(label(_("Not written yet: {count}").format(count=missing), "hint"), None,
                FilterField(self.table))
        )  # fmt: skip
        layout.addWidget(
            TableOrEmpty(
                self.table,
                lambda: EmptyPage(
                    _("No summaries yet"),
                    _("Let a plan ask for some with “Asked for…”: who owes one sees it then."),
                ),
            ),
            1,
        )
        layout.addWidget(row(None, self.open_button, button(_("Close"), self.reject)))
        self.resize(720, 460)
        self.table.opened.connect(lambda _one: self._open())

    def ask(self) -> _Row | None:
        """The summary that was chosen, None for none."""
        accepted = self.exec() == QDialog.DialogCode.Accepted
        return self.chosen if accepted else None

    def _open(self) -> None:
        self.chosen = self.table.current()
        if self.chosen is not None:
            self.accept()


def _rows(session: Session) -> list[_Row]:
    """What is owed first, the oldest before, then what was written."""
    actor, today = session.person_id, session.today
    owed: list[Owed] = session.read(summaries.missing, actor, today)
    if actor is not None:
        owed = [*session.read(summaries.due, actor, today), *owed]
    rows = [
        _Row(one.who, one.name or _("Whole office"), one.kind, one.start, one.end,
             _("Not written yet"), "missing", joined(one.owners))
        for one in owed
    ]  # fmt: skip
    known = {(one.who, one.kind, one.start, one.end) for one in owed}
    for found in session.read(summaries.visible, actor):
        if (found.who, found.kind, found.start, found.end) not in known:
            rows.append(
                _Row(found.who, found.name or _("Whole office"), found.kind, found.start,
                     found.end, _(summaries.STATUSES[found.status]), found.status, found.seen_by)
            )  # fmt: skip
    return rows


def _row_columns() -> list[Column[_Row]]:
    colours: Mapping[str, str] = {"missing": "behind", "written": "at_risk", "seen": "ahead"}
    return [
        Column(_("State"), lambda one: one.state, 90,
               colour=lambda one: colours.get(one.status, "")),
        Column(_("Whose"), lambda one: one.name, 120),
        Column(_("Summary"), lambda one: _(summaries.REVIEWED[one.kind]), 110),
        Column(_("Period"), lambda one: summaries.period_label(one.kind, one.start, one.end), 225,
               sort=lambda one: (one.start, one.end)),
        Column(_("Person"), lambda one: one.owners, 110),
    ]  # fmt: skip

"""The small forms of the timetable: a task, another day for it, why it is given up."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from salesdesk.office import people
from salesdesk.planning import tasks
from salesdesk.planning.places import Who
from salesdesk.planning.tasks import Ref, Task
from salesdesk.text import _
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, TextField, WordsField
from ui.shared.labels import label
from ui.shared.session import Session

#: The longest text of a time of day.
_CLOCK = 5


class TaskForm(FormDialog):
    """Enters a task on a day, or changes what one says that was entered by itself."""

    def __init__(
        self, session: Session, day: date, who: Who, parent: QWidget | None,
        task: Task | None = None,
    ) -> None:  # fmt: skip
        super().__init__(_("New task") if task is None else _("Edit task"), parent)
        self.session, self.task = session, task
        self.words = TextField("" if task is None else task.words, longest=tasks.LONGEST)
        doer = who.person_id if task is None else task.who.person_id
        choices: list[tuple[int | None, str]] = [(None, _("Whole office"))]
        choices += [(one.id, one.name) for one in session.read(people.people)]
        if doer is None and task is None:
            doer = session.person_id
        self.person: Choice[int | None] = Choice(choices, doer)
        kinds = [(code, _(name)) for code, name in tasks.KINDS.items()]
        self.kind: Choice[str] = Choice(kinds, "" if task is None else task.kind)
        self.add(_("What is to be done"), self.words)
        self.add(_("Who does it"), self.person)
        self.add(_("Kind"), self.kind)
        if task is None:
            self.day = DayField(day, today=session.today)
            self.begins = TextField(hint="09:30", longest=_CLOCK)
            self.ends = TextField(hint="10:30", longest=_CLOCK)
            self.add(_("Date"), self.day)
            self.add(_("Begins"), self.begins)
            self.add(_("Ends"), self.ends)

    def save(self) -> None:
        task = self.task
        if task is None:
            with self.session.changing(_("New task")) as change:
                tasks.add(
                    change, words=self.words.value(), person_id=self.person.value(),
                    day=self.day.day(), kind=self.kind.value(), begins=self.begins.value(),
                    ends=self.ends.value(),
                )  # fmt: skip
            return
        assert task.ref.id is not None
        with self.session.changing(_("Edit task")) as change:
            tasks.edit(
                change, task.ref.id, seen_version=task.version, words=self.words.value(),
                person_id=self.person.value(), kind=self.kind.value(),
            )  # fmt: skip


class MoveTaskForm(FormDialog):
    """Another day, or another time, for a task."""

    def __init__(self, session: Session, task: Task, parent: QWidget | None) -> None:
        super().__init__(_("Move task"), parent, save_text=_("Move"))
        self.session, self.task = session, task
        self.form.addRow(label(task.words, "subtitle", wrap=True))
        self.day = DayField(task.day, today=session.today)
        self.begins = TextField(task.begins, hint="09:30", longest=_CLOCK)
        self.ends = TextField(task.ends, hint="10:30", longest=_CLOCK)
        self.add(_("Date"), self.day)
        self.add(_("Begins"), self.begins)
        self.add(_("Ends"), self.ends)

    def save(self) -> None:
        with self.session.changing(_("Move task")) as change:
            tasks.move(
                change, self.task.ref, self.day.day(), begins=self.begins.value(),
                ends=self.ends.value(),
            )  # fmt: skip


class DropTaskForm(FormDialog):
    """Why a task is given up."""

    def __init__(self, session: Session, task: Task, parent: QWidget | None) -> None:
        super().__init__(_("Drop task"), parent, save_text=_("Drop"))
        self.session, self.ref = session, task.ref
        self.form.addRow(label(task.words, "subtitle", wrap=True))
        self.reason = WordsField(lines=2)
        self.add(_("Reason"), self.reason)

    def save(self) -> None:
        with self.session.changing(_("Drop task")) as change:
            tasks.drop(change, self.ref, self.reason.value())


def own(ref: Ref) -> bool:
    """Whether a task was entered by itself, so that its words can be changed here."""
    return ref.id is not None and ref.rule_id is None

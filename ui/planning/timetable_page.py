"""The timetable: a week or a month of what is to be done, per person, team or office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from salesdesk.calc.periods import containing
from salesdesk.errors import SalesDeskError
from salesdesk.office import people
from salesdesk.planning import tasks, timetable
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.tasks import Ref, Task
from salesdesk.planning.timetable import WEEKDAYS, Timetable
from salesdesk.storage import files
from salesdesk.text import _, ngettext
from salesdesk.workspace import Connection
from ui.planning.day_list import DayFrame, DayList, told
from ui.planning.plan_page import PlanPage
from ui.planning.task_forms import DropTaskForm, MoveTaskForm, TaskForm, own
from ui.shared import background
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import Shown
from ui.shared.labels import ElidedLabel, button, label
from ui.shared.messages import tell
from ui.shared.session import Latest, Session

#: Pixels that a day takes at least.
_LEAST_DAY = 56
_WEEK = 7
_VIEW = "timetable_view"


@dataclass(frozen=True, slots=True)
class _Found:
    """What is shown, and what was left undone before today."""

    timetable: Timetable
    overdue: list[Task]


class TimetablePage(PlanPage):
    """Days side by side, each a list to tick off; it begins with whoever the plan is for."""

    tables = (
        "task", "item_rule", "plan_item", "plan", "approval", "customer", "person", "team",
        "leave", "setting", "calendar_day",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._latest = Latest(session, self.failed)
        self.at = session.today
        self._followed: Who | None = None  # the owner of the plan that the page last turned to
        self._wanted: Ref | None = None  # what is to have the cursor once the days are read
        self._overdue: list[Task] = []
        self.found: Timetable | None = None
        self.view: Choice[str] = Choice({"week": _("Week"), "month": _("Month")})
        self.view.set_value(
            "month" if session.preferences.get(_VIEW, "week") == "month" else "week"
        )
        self.view.setAccessibleName(_("Week or month"))
        self.who: Choice[Who] = Choice([])
        self.who.setAccessibleName(_("Whose timetable"))
        self.title = label("", "subtitle")
        self.told = ElidedLabel("")
        self._make_buttons()
        self.days = [DayFrame() for _at in range(6 * _WEEK)]
        self._names = [label(_(name), "hint") for name in WEEKDAYS]
        self._assemble()
        for frame in self.days:
            frame.list.ticked.connect(self.tick)
            frame.list.dropped.connect(self.drop)
            frame.list.moved.connect(self.put)
            frame.list.stepped.connect(self._step)
            frame.list.chosen.connect(self._tell)
            frame.list.currentRowChanged.connect(lambda _at: self._tell())
        self.view.currentIndexChanged.connect(self._view_chosen)
        self.who.currentIndexChanged.connect(lambda _at: self.outdated())
        for keys, does in (("Ins", self.new), ("F2", self.edit), ("Ctrl+Home", self.go_today)):
            shortcut = QShortcut(QKeySequence(keys), self, does)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_buttons(self) -> None:
        self.back_button = button("‹", lambda: self._turn(-1), tip=_("Earlier"))
        self.back_button.setAccessibleName(_("Earlier"))
        self.on_button = button("›", lambda: self._turn(1), tip=_("Later"))
        self.on_button.setAccessibleName(_("Later"))
        self.today_button = button(_("Today"), self.go_today, tip="Ctrl+Home")
        self.overdue_button = button("", self._go_overdue)
        self.new_button = button(_("New task…"), self.new, primary=True, tip=_("Insert"))
        self.done_button = button(_("Done"), self._tick_current, tip=_("Space"))
        self.move_button = button(_("Move…"), self.ask_day, tip=_("Alt with the arrow keys"))
        self.drop_button = button(_("Drop…"), self._drop_current, tip=_("Delete"))
        self.edit_button = button(_("Edit…"), self.edit, tip="F2")
        self.delete_button = button(_("Delete"), self.delete)
        self.print_button = button(_("Print…"), self.print_sheet)
        self.pdf_button = button(_("Save as PDF…"), self.save_pdf)
        self.phone_button = button(
            _("For the phone…"), self.save_calendar,
            tip=_("A calendar file (.ics) that a phone or mail program takes in"),
        )  # fmt: skip
        for narrow in (self.back_button, self.on_button):
            narrow.setFixedWidth(34)

    def _assemble(self) -> None:
        self._grid = QGridLayout()
        self._grid.setSpacing(3)
        for place, name in enumerate(self._names):
            name.setMinimumWidth(_LEAST_DAY)
            self._grid.addWidget(name, 0, place, Qt.AlignmentFlag.AlignHCenter)
            self._grid.setColumnStretch(place, 1)
        for place, frame in enumerate(self.days):
            # Seven days side by side are as wide as there is room; their words are elided.
            policy = frame.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
            frame.setSizePolicy(policy)
            frame.setMinimumWidth(_LEAST_DAY)
            self._grid.addWidget(frame, 1 + place // _WEEK, place % _WEEK)
            frame.hide()  # until it is known which days are up: all at once would need more room
        holder = QWidget()
        holder.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(
            flow(
                self.view, self.back_button, self.today_button, self.on_button, self.title,
                self.who, self.overdue_button,
            )
        )  # fmt: skip
        layout.addWidget(holder, 1)
        layout.addWidget(self.told)
        layout.addWidget(
            flow(
                self.new_button, self.done_button, self.move_button, self.drop_button,
                self.edit_button, self.delete_button, self.print_button, self.pdf_button,
                self.phone_button,
            )
        )  # fmt: skip

    # -- what is shown ---------------------------------------------------------------------------

    def show_day(self, day: date) -> None:
        """Turn to the week or month that a day lies in."""
        self.at = day
        self.outdated()

    def shown_parts(self) -> Mapping[str, Shown]:
        return {"customer": Shown(columns=frozenset({"name", "owner_id", "next_contact_on"}))}

    def span(self) -> tuple[date, date]:
        """The days that are up: the first, and the one after the last."""
        if self.view.value() == "week":
            return timetable.week_of(self.at)
        return timetable.sheet_of(containing(self.at, "month"))

    def refresh(self) -> None:
        """Read the days anew; another plan's owner comes up where the plan is another's."""
        plan = self.plan
        chosen = self.who.value() if self.who.count() else OFFICE
        if plan is not None and plan.who != self._followed:
            self._followed = plan.who
            chosen = Who(plan.who.team_id, plan.who.person_id)
            today = self.session.today
            self.at = today if today in plan.period else plan.period.start
        self.who.set_choices(self.session.read(_choices), chosen)
        start, end = self.span()
        self._latest.read(
            self._show, _read, start, end, self.who.value(), self.session.today,
            self.session.person_id,
        )  # fmt: skip

    def _show(self, found: _Found) -> None:
        self.found, self._overdue = found.timetable, found.overdue
        focused = self._focused()
        kept = self._wanted or self._current_ref()
        week = self.view.value() == "week"
        month = containing(self.at, "month")
        self.title.setText(self._named())
        several = found.timetable.who.person_id is None
        days = found.timetable.days
        for name in self._names:
            name.setVisible(not week)
        for place, frame in enumerate(self.days):
            shown = place < len(days)
            frame.setVisible(shown)
            if shown:
                frame.show_day(
                    days[place], self.session.today, several=several, week=week,
                    within=week or days[place].day in month,
                )  # fmt: skip
        for line in range(6):
            self._grid.setRowStretch(1 + line, 1 if line * _WEEK < len(days) else 0)
        late = len(found.overdue)
        self.overdue_button.setVisible(bool(late))
        self.overdue_button.setText(
            ngettext("{count} overdue", "{count} overdue", late).format(count=late)
        )
        if kept is not None:
            self._choose(kept, focus=focused or self._wanted is not None)
        self._wanted = None
        self._tell()

    def _named(self) -> str:
        start, end = self.span()
        if self.view.value() == "month":
            return containing(self.at, "month").label
        return _("{first} to {last}").format(
            first=start.isoformat(), last=f"{end - timedelta(days=1):%m-%d}"
        )

    def _choose(self, ref: Ref, *, focus: bool) -> None:
        for frame in self.days:
            if not frame.isHidden() and frame.list.choose(ref):
                if focus:
                    frame.list.setFocus()
                return

    def _focused(self) -> bool:
        return any(frame.list.hasFocus() for frame in self.days)

    def _current_list(self) -> DayList | None:
        """The day with the cursor; buttons leave it where it was."""
        for frame in self.days:
            if frame.list.hasFocus():
                return frame.list
        chosen = [one.list for one in self.days if not one.isHidden() and one.list.current()]
        return chosen[0] if chosen else None

    def current(self) -> Task | None:
        """The task with the cursor."""
        found = self._current_list()
        return None if found is None else found.current()

    def _current_ref(self) -> Ref | None:
        task = self.current()
        return None if task is None else task.ref

    def _tell(self) -> None:
        """One cursor alone, and what it stands on in words; grey what can't be done with it."""
        own_list = next((one.list for one in self.days if one.list.hasFocus()), None)
        if own_list is not None:
            for frame in self.days:
                if frame.list is not own_list and frame.list.currentRow() >= 0:
                    frame.list.blockSignals(True)
                    frame.list.setCurrentRow(-1)
                    frame.list.blockSignals(False)
        task = self.current()
        is_open = task is not None and task.status == "open"
        words = "" if task is None else told(task).replace("\n", " · ")
        self.told.setText(words)
        self.told.setToolTip(words)
        self.done_button.setEnabled(task is not None)
        self.done_button.setText(_("Done") if task is None or is_open else _("Open again"))
        self.move_button.setEnabled(is_open)
        self.drop_button.setEnabled(is_open)
        self.edit_button.setEnabled(task is not None and own(task.ref))
        self.delete_button.setEnabled(task is not None and own(task.ref) and task.review_id is None)

    # -- turning ---------------------------------------------------------------------------------

    def go_today(self) -> None:
        """Turn to today."""
        self.show_day(self.session.today)

    def _go_overdue(self) -> None:
        if self._overdue:
            self._wanted = self._overdue[0].ref
            self.show_day(self._overdue[0].day)

    def _turn(self, by: int) -> None:
        if self.view.value() == "week":
            self.show_day(self.at + timedelta(days=_WEEK * by))
            return
        month = containing(self.at, "month")
        self.show_day(month.end if by > 0 else month.start - timedelta(days=1))

    def _view_chosen(self) -> None:
        self.session.preferences.set(_VIEW, self.view.value())
        self.outdated()

    def _step(self, days: int) -> None:
        """Let the cursor go to another day that is up."""
        shown = [frame for frame in self.days if not frame.isHidden()]
        at = next((at for at, frame in enumerate(shown) if frame.list.hasFocus()), None)
        if at is not None and 0 <= at + days < len(shown):
            shown[at + days].list.setFocus()

    # -- what is done ----------------------------------------------------------------------------

    def tick(self, task: Task) -> None:
        """Say that a task was done; that it isn't, where it was done or dropped."""
        if task.status == "open":
            self._write(task.ref, _("Task done"), lambda change: tasks.mark_done(change, task.ref))
        else:
            self._write(
                task.ref, _("Task open again"), lambda change: tasks.reopen(change, task.ref)
            )

    def put(self, task: Task, day: date) -> None:
        """Put a task on another day, at the same time of day."""
        if not self.span()[0] <= day < self.span()[1]:
            self.at = day  # it stays in sight
        self._write(
            task.ref,
            _("Move task"),
            lambda change: tasks.move(change, task.ref, day, begins=task.begins, ends=task.ends),
        )

    def drop(self, task: Task) -> None:
        """Ask why a task is given up."""
        if task.status == "open":
            self._ask(DropTaskForm(self.session, task, self))

    def new(self) -> None:
        """Enter a task on the day with the cursor."""
        found = self._current_list()
        start, end = self.span()
        day = self.session.today if start <= self.session.today < end else start
        self._ask(
            TaskForm(self.session, day if found is None else found.day, self.who.value(), self)
        )

    def edit(self) -> None:
        """Change what a task says that was entered by itself."""
        task = self.current()
        if task is not None and own(task.ref):
            self._ask(TaskForm(self.session, task.day, task.who, self, task))

    def ask_day(self) -> None:
        """Ask for another day for the task with the cursor."""
        task = self.current()
        if task is not None and task.status == "open":
            self._ask(MoveTaskForm(self.session, task, self))

    def delete(self) -> None:
        """Delete a task that was entered by itself; undo brings it back."""
        task = self.current()
        if task is not None and task.ref.id is not None and own(task.ref):
            task_id = task.ref.id
            self._write(task.ref, _("Delete task"), lambda change: tasks.delete(change, task_id))

    def _tick_current(self) -> None:
        task = self.current()
        if task is not None:
            self.tick(task)

    def _drop_current(self) -> None:
        task = self.current()
        if task is not None:
            self.drop(task)

    def _ask(self, form: QDialog) -> None:
        form.exec()
        form.deleteLater()

    def _write(self, ref: Ref, words: str, writer: Callable[..., object]) -> None:
        self._wanted = ref
        try:
            with self.session.changing(words) as change:
                writer(change)
        except SalesDeskError as error:
            self._wanted = None
            self.outdated()  # a box that was ticked stands as it was
            tell(self, error)

    # -- paper and phone -------------------------------------------------------------------------

    def print_sheet(self) -> None:
        """Print the week or month that is up."""
        from ui.shared.printing import print_pdf  # the printer's modules load when first wanted

        self._with_pdf(lambda pdf, name: print_pdf(self, self.session.preferences, pdf, name))

    def save_pdf(self) -> None:
        """Save the week or month that is up as a PDF."""
        from ui.shared.printing import save_pdf

        self._with_pdf(lambda pdf, name: save_pdf(self, self.session.preferences, pdf, name))

    def _with_pdf(self, then: Callable[[bytes, str], object]) -> None:
        found = self.found
        if found is None:
            return
        month = None if self.view.value() == "week" else containing(self.at, "month")
        session, name = self.session, self._file_name()

        def make(_progress: background.Progress) -> bytes:
            from salesdesk.reports import documents, timetable_sheet  # typst, wanted here alone

            sheet = session.read(timetable_sheet.sheet, found, today=session.today, month=month)
            return documents.pdf("timetable", sheet)

        def made(pdf: bytes) -> None:
            then(pdf, name)

        background.run(self, _("Making the pages…"), make, made)

    def save_calendar(self) -> None:
        """Write the days that are up as a calendar file where the person says."""
        from ui.shared.files import ask_save

        if self.found is None:
            return
        path = ask_save(
            self, self.session.preferences, _("Calendar for the phone"), self._file_name(), ".ics",
            _("Calendar") + " (*.ics)",
        )  # fmt: skip
        if path is not None:
            self.write_calendar(path)

    def write_calendar(self, path: Path) -> None:
        """Write the days that are up as a calendar file."""
        from salesdesk.reports import calendar_file  # its library is wanted here alone

        assert self.found is not None
        try:
            files.write(
                path,
                self.session.read(calendar_file.ics, self.found, now=datetime.now().astimezone()),
            )
        except SalesDeskError as error:
            tell(self, error)

    def _file_name(self) -> str:
        assert self.found is not None
        return _("Timetable {name} {period}").format(name=self.found.name, period=self._named())


def _read(
    db: Connection, start: date, end: date, who: Who, today: date, actor_id: int | None
) -> _Found:
    return _Found(
        timetable.read(db, start, end, who, actor_id=actor_id),
        [one for one in tasks.due(db, today, who) if one.day < today],
    )


def _choices(db: Connection) -> list[tuple[Who, str]]:
    """Whose timetable can be shown: the office's, teams', people's."""
    found = [(OFFICE, _("Whole office"))]
    found += [(Who(one.id), one.name) for one in people.teams(db)]
    found += [(Who(None, one.id), one.name) for one in people.people(db)]
    return found

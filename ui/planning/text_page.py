"""A plan's text: title, document, status and what may follow it; printing and PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from salesdesk.errors import ConflictError, SalesDeskError
from salesdesk.planning import comments, deciding, items, margin, plan_rules, plans, taking, tasks
from salesdesk.planning.items import LineError
from salesdesk.planning.live import states
from salesdesk.planning.margin import Margin
from salesdesk.planning.outlines import Line
from salesdesk.planning.plans import FOLLOWS, STATUSES, Plan
from salesdesk.planning.taking import Offered, Pick
from salesdesk.text import _, mark, ngettext
from ui.planning.comments_dialog import CommentsDialog
from ui.planning.decide_dialog import WITH_WORDS, DecideDialog
from ui.planning.decisions_dialog import DecisionsDialog
from ui.planning.outline_bar import OutlineBar
from ui.planning.outline_document import text_of
from ui.planning.outline_editor import OutlineEditor
from ui.planning.outline_margin import Note, OutlineMargin
from ui.planning.plan_page import PlanPage
from ui.planning.revise_dialog import ReviseDialog
from ui.planning.revisions_dialog import RevisionsDialog
from ui.shared import background
from ui.shared.flow import flow
from ui.shared.forms import FormDialog, TextField
from ui.shared.fresh import Shown
from ui.shared.labels import button, label, row
from ui.shared.messages import tell
from ui.shared.session import Latest, Session

#: Milliseconds after the last key before the words are compared with those stored.
_SETTLE = 300
#: What the step from one status to another is called; without an entry, by the next status alone.
_STEPS = {
    ("draft", "submitted"): mark("Submit"),
    ("returned", "submitted"): mark("Submit again"),
    ("closed", "approved"): mark("Open again"),
    ("approved", "draft"): mark("Revise…"),
}
_STEP_TO = {
    "submitted": mark("Submit"),
    "approved": mark("Approve"),
    "returned": mark("Return"),
    "closed": mark("Close the plan"),
    "draft": mark("Take back to draft"),
}


class _Typed(NamedTuple):
    title: str
    lines: tuple[tuple[str, int, str], ...]  # kind, level, words of each


class TextPage(PlanPage):
    """The plan as a document. What is typed is saved as one change, with Save or on leaving.

    ``wanted`` tells what somebody wants to look at, having clicked how a rule stands.
    """

    wanted = Signal(object)
    tables = (
        "plan",
        "plan_item",
        "item_rule",
        "target",
        "plan_comment",
        "task",
        "approval",
        "person",
        "setting",
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.title = TextField(longest=120)
        self.title.setAccessibleName(_("Title"))
        self.title.setProperty("role", "title")
        self.status = label("", "hint")
        self.text = OutlineEditor()
        self.text.setAccessibleName(_("Text of the plan"))
        self.text.setPlaceholderText(
            _("Type or paste the plan. “1. ” begins a numbered item, “# ” a heading; Tab goes in.")
        )
        self.bar = OutlineBar(self.text)
        self.margin = OutlineMargin(self.text)
        self.rules_button = button(_("Rules…"), self.show_rules, tip="F6")
        self.rules_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.figures_button = button(_("Figures…"), self.add_figures, tip="F7")
        self.figures_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offered = label("", "hint", wrap=True)
        self.take_button = button(_("Track all of them"), self.take_all)
        self.offers_row = row(self.offered, self.take_button)
        self.offers_row.hide()
        self.comment = label("", "error", wrap=True)
        self.comment.hide()
        self.why = label("", "hint", wrap=True)
        self.why.hide()
        self.error = label("", "error", wrap=True)
        self.error.hide()
        self.save_button = button(_("Save"), self.save, primary=True)
        self.discard_button = button(_("Discard what was typed"), self.discard)
        self.print_button = button(_("Print…"), self.print_plan)
        self.pdf_button = button(_("Save as PDF…"), self.save_pdf)
        self.decisions_button = button(_("Decisions…"), self.show_decisions)
        self.comments_button = button(_("Comments…"), self.show_comments)
        self.revisions_button = button(_("Revisions…"), self.show_revisions)
        self._steps = QWidget()
        self._steps_layout = QHBoxLayout(self._steps)
        self._steps_layout.setContentsMargins(0, 0, 0, 0)
        self.step_buttons: dict[str, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(9)
        layout.addWidget(row(self.title, self.status))
        layout.addWidget(self.comment)
        layout.addWidget(self.why)
        layout.addWidget(self.bar)
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.text, 1)
        beside.addWidget(self.margin)
        layout.addLayout(beside, 1)
        layout.addWidget(self.offers_row)
        layout.addWidget(self.error)
        layout.addWidget(
            flow(self.save_button, self.discard_button, self._steps, self.rules_button,
                 self.figures_button, self.decisions_button, self.comments_button,
                 self.revisions_button, self.print_button, self.pdf_button)
        )  # fmt: skip
        self.title.textChanged.connect(self._typed)
        self.text.textChanged.connect(self._typed)
        self.title.installEventFilter(self)
        self.text.installEventFilter(self)
        self.text.refused.connect(self._show_error)
        self.margin.chosen.connect(self._chosen)
        for key, does in (
            (QKeySequence(QKeySequence.StandardKey.Save), self.save),
            (QKeySequence("Ctrl+Return"), self.take_here),
            (QKeySequence("Ctrl+Shift+Return"), self.take_all),
            (QKeySequence("F4"), self.look_here),
            (QKeySequence("F6"), self.show_rules),
            (QKeySequence("F7"), self.add_figures),
        ):
            shortcut = QShortcut(key, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(_do, does))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE)
        self._settle.timeout.connect(lambda: self._show_changed(self.changed))
        self._beside = Latest(session, partial(tell, self))
        self._offers: list[Offered] = []
        self._shown_words = _Typed("", ())
        self._shown: Plan | None = None  # the plan as it was when its text was put into the fields

    # -- what is shown ---------------------------------------------------------------------------

    def shown_parts(self) -> Mapping[str, Shown]:
        return self.plan_parts() | {
            "approval": Shown({"subject_id": {self.plan_id}}),
            "plan_comment": Shown({"plan_id": {self.plan_id}}),
            "plan_item": Shown({"plan_id": {self.plan_id}}),
            "target": Shown({"plan_id": {self.plan_id}}),
        }

    def show_plan(self, plan: Plan) -> None:
        if self.plan is not None and plan.id != self.plan.id:
            self._shown = None
            self._show_error("")
        super().show_plan(plan)

    def refresh(self) -> None:
        plan = self.plan
        assert plan is not None
        # Words being typed stay, even when somebody else has changed the plan's meanwhile: saving
        # them then says so.
        words = self._words(plan)
        if not self.changed or words == self._now():
            self._fill(plan)
        elif self._shown is not None and words == self._shown_words:
            self._shown = plan  # only its status moved on: this is the version saving expects
        self.status.setText(
            _("{status} · revision {number}").format(
                status=_(STATUSES[plan.status]), number=plan.revision
            )
        )
        self._show_steps(plan)
        self._show_comment(plan)
        why = self.session.read(plan_rules.why_not_write, self.session.person_id, plan)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.title.setReadOnly(bool(why))
        self.text.setReadOnly(bool(why))
        self.bar.setVisible(not why)
        self.rules_button.setVisible(not why)
        self.figures_button.setVisible(not why)
        self._typed()
        self._read_beside(plan)

    def _show_comment(self, plan: Plan) -> None:
        """What the plan came back with, and whether anything was ever asked about it."""
        comment = self.session.read(deciding.comment, plan)
        self.comment.setVisible(comment is not None)
        if comment is not None and comment.decided_at is not None:
            self.comment.setText(
                _("Returned by {person} on {day}: {words}").format(
                    person=comment.decider_name,
                    day=comment.decided_at.date().isoformat(),
                    words=comment.answer,
                )
            )
        self.decisions_button.setVisible(bool(self.session.read(deciding.decisions, plan.id)))
        self.revisions_button.setVisible(plan.revision > 1)
        waiting = sum(not one.settled for one in self.session.read(comments.of_plan, plan.id))
        self.comments_button.setText(
            _("Comments ({count})…").format(count=waiting) if waiting else _("Comments…")
        )

    @property
    def changed(self) -> bool:
        """Whether something was typed that isn't saved."""
        return self._shown is not None and self._now() != self._shown_words

    def _now(self) -> _Typed:
        lines, _places = self.text.outline.written()
        return _Typed(self.title.value(), _said(lines))

    def _fill(self, plan: Plan) -> None:
        self._shown, self._shown_words = plan, self._words(plan)
        if self.title.value() != plan.title:
            self.title.setText(plan.title)
        found = self.session.read(items.of_plan, plan.id)
        self.text.show_items(found, f"{self.session.workspace.path}#{plan.id}")

    def _words(self, plan: Plan) -> _Typed:
        found = self.session.read(items.of_plan, plan.id)
        return _Typed(plan.title, _said([item.line for item in found]))

    def _show_steps(self, plan: Plan) -> None:
        while self._steps_layout.count():
            item = self._steps_layout.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.step_buttons.clear()
        for status in FOLLOWS[plan.status]:
            name = _STEPS.get((plan.status, status), _STEP_TO[status])
            push_button = button(_(name), self._step_to(status))
            why = self.session.read(deciding.why_not, self.session.person_id, plan, status)
            push_button.setEnabled(not why)
            push_button.setToolTip(why)
            self.step_buttons[status] = push_button
            self._steps_layout.addWidget(push_button)

    def _step_to(self, status: str) -> Callable[[], None]:
        return lambda: self.ask_step(status)

    def _typed(self) -> None:
        """Show that there is something to save; to compare all words would be felt at each key."""
        self._show_changed(
            self._shown is not None
            and (self.text.outline.isModified() or self.title.value() != self._shown_words.title)
        )
        self._settle.start()

    def _show_changed(self, changed: bool) -> None:
        self.save_button.setEnabled(changed)
        self.discard_button.setVisible(changed)

    def _show_error(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))

    # -- what is done ----------------------------------------------------------------------------

    def save(self) -> bool:
        """Save what was typed as one change; False when it was refused, with the reason shown."""
        if not self.changed:
            return True
        shown, typed = self._shown, self._now()
        assert shown is not None
        lines, places = self.text.outline.written()
        try:
            with self.session.changing(_("Edit plan text")) as change:
                version = shown.version
                if typed.lines != self._shown_words.lines:
                    items.write(change, shown.id, lines, seen_version=version)
                    version = plans.plan_by_id(change.connection, shown.id).version
                if typed.title != self._shown_words.title:
                    plans.rename(change, shown.id, title=typed.title, seen_version=version)
        except ConflictError as error:
            self._show_error(
                _("{cause} Your words are still here: copy what you need, then discard.").format(
                    cause=error.message
                )
            )
            return False
        except LineError as error:
            self.text.go_to_block(places[error.index])
            self._show_error(error.what)
            return False
        except SalesDeskError as error:
            self._show_error(error.message)
            return False
        self._show_error("")
        self._fill(self.session.read(plans.plan_by_id, shown.id))
        self._typed()
        return True

    def leave(self) -> bool:
        return self.save()

    # -- the margin ------------------------------------------------------------------------------

    def _read_beside(self, plan: Plan) -> None:
        self._beside.read(
            partial(self._show_beside, plan.id),
            margin.read,
            plan.id,
            self.session.today,
            self.session.person_id,
        )

    def _show_beside(self, plan_id: int, found: Margin) -> None:
        if plan_id != self.plan_id:
            return
        notes: dict[int, list[Note]] = {}
        for item in found.items:
            for rule in item.rules:
                state = found.states[rule.id]
                notes.setdefault(item.id, []).append(
                    Note(state.words, f"{found.words[rule.id]}\n{state.words}", state.mood,
                         state.where, rule.id)
                )  # fmt: skip
        for comment in found.comments:
            if comment.item_id is not None:
                said = _("{person}: {words}").format(
                    person=comment.person_name, words=comment.words
                )
                notes.setdefault(comment.item_id, []).append(Note(said, said, "warn", comment=True))
        self.text.show_tables(found.figures)
        self._offers = found.offers
        writable = not self.text.isReadOnly()
        for offered in found.offers if writable else ():
            tip = _("{words}\nfrom: {source}\nCtrl+Enter takes it.").format(
                words=offered.words, source=offered.source.strip()
            )
            if offered.refusal:
                tip = f"{offered.words}\n{offered.refusal}"
            notes.setdefault(offered.item_id, []).append(
                Note(offered.words, tip, pick=offered.pick, refused=bool(offered.refusal))
            )
        self.margin.show_notes(notes)
        count = sum(not offered.refusal for offered in found.offers)
        self.offers_row.setVisible(bool(count) and writable)
        self.offered.setText(
            ngettext(
                "The text holds {count} figure or rhythm that can be tracked.",
                "The text holds {count} figures and rhythms that can be tracked.", count,
            ).format(count=count)
        )  # fmt: skip

    def _chosen(self, note: Note) -> None:
        """What a click into the margin does: take an offer, or look at what a state counts."""
        if note.pick is not None:
            self._take([note.pick])
        elif note.where is not None:
            self._look(note)
        elif note.comment:
            self.show_comments()

    def take_here(self) -> None:
        """Take what the item at the cursor offers."""
        if self.text.isReadOnly() or not self.save():
            return
        item = self.text.outline.item_of(self.text.textCursor().block())
        if item is None or self.plan is None:
            return
        offered = self.session.read(taking.offers, self.plan.id)
        mine = [one for one in offered if one.item_id == item.id]
        refused = next((one.refusal for one in mine if one.refusal), "")
        picks = [one.pick for one in mine if not one.refusal]
        if picks:
            self._take(picks)
        elif refused:
            self._show_error(refused)

    def take_all(self) -> None:
        """Take all that the plan offers and has a place for."""
        if self.text.isReadOnly() or not self.save() or self.plan is None:
            return
        offered = self.session.read(taking.offers, self.plan.id)
        self._take([one.pick for one in offered if not one.refusal])

    def _take(self, picks: Sequence[Pick]) -> None:
        plan = self.plan
        if plan is None or not picks or self.text.isReadOnly() or not self.save():
            return
        try:
            with self.session.changing(_("Take rules")) as change:
                taking.take(change, plan.id, picks)
        except SalesDeskError as error:
            self._show_error(error.message)
            return
        self._show_error("")

    def look_here(self) -> None:
        """Look at what the first rule of the item at the cursor counts."""
        item = self.text.outline.item_of(self.text.textCursor().block())
        notes = () if item is None else self.margin.notes_of(item.id)
        note = next((one for one in notes if one.where is not None), None)
        if note is not None:
            self._look(note)

    def _look(self, note: Note) -> None:
        """Look at what a state counts: here at the rule itself, elsewhere on its page.

        An action that waits for something is told here that it happens.
        """
        waits = None if note.rule_id is None else self.session.read(tasks.waiting, note.rule_id)
        if waits is not None:
            from ui.planning.arise_form import AriseForm

            form = AriseForm(self.session, waits, self)
            form.exec()
            form.deleteLater()
        elif note.where is not None and note.where.page == "rule":
            self.show_rules(note.rule_id)
        else:
            self.wanted.emit(note)

    def add_figures(self) -> None:
        """Ask for a table of figures and put it below the item at the cursor."""
        if self.text.isReadOnly():
            return
        from ui.planning.figures_dialog import FiguresDialog  # reads the measures

        block = self.text.textCursor().block()
        form = FiguresDialog(self.session, text_of(block) if self.text.kind() == "figures" else "",
                             self)  # fmt: skip
        if form.exec() and form.spec is not None:
            self.text.put_table(form.spec.words)
            self.save()
        form.deleteLater()

    def show_rules(self, rule_id: int | None = None) -> None:
        """Show the rules of the item at the cursor, or of the one that has ``rule_id``."""
        if self.text.isReadOnly() or self.plan is None or not self.save():
            return
        from ui.planning.rule_dialog import RuleDialog  # reads measures, products and people

        at_cursor = self.text.outline.item_of(self.text.textCursor().block())
        wanted = None if at_cursor is None else at_cursor.id
        found = self.session.read(items.of_plan, self.plan.id)
        item = next(
            (
                one for one in found
                if (one.id == wanted if rule_id is None
                    else any(rule.id == rule_id for rule in one.rules))
            ),
            None,
        )  # fmt: skip
        if item is None:
            return
        said = self.session.read(states.words, self.plan.id, self.session.today)
        form = RuleDialog(self.session, self.plan, item, said, self, rule_id=rule_id)
        form.exec()
        form.deleteLater()

    def discard(self) -> None:
        """Forget what was typed and show the plan as it is."""
        if self.plan is not None:
            self._fill(self.session.read(plans.plan_by_id, self.plan.id))
            self._show_error("")
            self._typed()

    def ask_step(self, status: str) -> None:
        """Save, ask for the words that go with a step, then let ``status`` follow."""
        plan = self.plan
        if plan is None or not self.save():
            return
        form: FormDialog
        if (plan.status, status) == ("approved", "draft"):
            form = ReviseDialog(self.session, plan, self)
        elif status not in WITH_WORDS or plan.status == "closed":
            self.move_on(status)
            return
        else:
            form = DecideDialog(self.session, plan, status, self)
        form.exec()
        form.deleteLater()

    def move_on(self, status: str) -> None:
        """Save, then let ``status`` follow."""
        if self.plan is not None and self.save():
            self.session.change(
                self, _("Plan: {step}").format(step=_(STATUSES[status])), deciding.move,
                self.plan.id, status,
            )  # fmt: skip

    def show_decisions(self) -> None:
        """Show everything asked and decided about the plan."""
        if self.plan is not None:
            form = DecisionsDialog(self.session, self.plan, self)
            form.exec()
            form.deleteLater()

    def show_comments(self) -> None:
        """Show what was said of the plan, and take more."""
        if self.plan is not None and self.save():
            form = CommentsDialog(self.session, self.plan, self)
            form.exec()
            form.deleteLater()

    def show_revisions(self) -> None:
        """Show the revisions of the plan, any two of them compared."""
        if self.plan is not None and self.save():
            form = RevisionsDialog(self.session, self.plan, self)
            form.exec()
            form.deleteLater()

    def print_plan(self) -> None:
        """Print the plan as a document through the system's dialog."""
        from ui.shared.printing import print_pdf  # the printer's modules load when first wanted

        self._with_pdf(lambda pdf, title: print_pdf(self, self.session.preferences, pdf, title))

    def save_pdf(self) -> None:
        """Save the plan as a PDF where the person says."""
        from ui.shared.printing import save_pdf

        self._with_pdf(lambda pdf, title: save_pdf(self, self.session.preferences, pdf, title))

    def _with_pdf(self, then: Callable[[bytes, str], object]) -> None:
        plan = self.plan
        if plan is None or not self.save():
            return
        session = self.session

        def make(_progress: background.Progress) -> bytes:
            return plan_pdf(session, plan.id)

        background.run(
            self,
            _("Making the pages…"),
            make,
            partial(self._made_pdf, then, plan.title),
            partial(tell, self),
        )

    def _made_pdf(self, then: Callable[[bytes, str], object], title: str, pdf: bytes) -> None:
        then(pdf, title)

    # -- Qt --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self._focus_left()
        return super().eventFilter(watched, event)

    def _focus_left(self) -> None:
        """Save once the person has gone elsewhere in the window: not from title to text."""
        going_to = QApplication.focusWidget()
        if going_to not in (self.title, self.text, self.discard_button) and self.isVisible():
            self.save()


def _do(does: Callable[[], object]) -> None:
    does()


def _said(lines: Sequence[Line]) -> tuple[tuple[str, int, str], ...]:
    return tuple((line.kind, line.level, line.text) for line in lines)


def plan_pdf(session: Session, plan_id: int) -> bytes:
    """The plan as pages. Raises ReportError, NotFoundError."""
    # The page maker loads when the first pages are wanted.
    from salesdesk.reports import documents, plan_document

    made = session.workspace.read(
        plan_document.document, plan_id, today=session.today, actor_id=session.person_id
    )
    return documents.pdf("plan", made.data())

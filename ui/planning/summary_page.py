"""A plan's summaries: what was to be put right, the figures, why targets were missed, own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QStackedWidget, QVBoxLayout, QWidget

from salesdesk.calc.money import format_percent
from salesdesk.calc.periods import Kind, Period, containing, previous
from salesdesk.customers.kinds import kind_name
from salesdesk.errors import ConflictError, SalesDeskError
from salesdesk.planning import summaries, tasks
from salesdesk.planning.actuals import COUNTED
from salesdesk.planning.places import TIERS, Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.summaries import Action, Explained, Review, Summary
from salesdesk.planning.tasks import Ref
from salesdesk.storage.history import Change
from salesdesk.text import _, joined
from ui.planning.plan_page import PlanPage
from ui.planning.summary_dialogs import (
    ActionDialog,
    AskDialog,
    CommentDialog,
    DropDialog,
    ExplainDialog,
    MoveDialog,
    SummariesDialog,
)
from ui.shared import background
from ui.shared.flow import flow
from ui.shared.forms import Choice, FormDialog, WordsField
from ui.shared.fresh import COUNTED_CUSTOMER, Days, Shown
from ui.shared.labels import EmptyPage, button, label, row, scrolled
from ui.shared.messages import tell
from ui.shared.session import Latest, Session
from ui.shared.tables import Column, RecordTable

#: Rows a table of the page shows before it scrolls.
_ROWS = 40
#: How many periods back a summary can be chosen.
_BACK = 60


@dataclass(frozen=True, slots=True)
class At:
    """Whose summary of which period; ``end`` is the first day after it."""

    who: Who
    kind: str
    start: date
    end: date


#: Pixels that a week with its days takes in the choice of periods.
_PERIOD = 280


class SummaryPage(PlanPage):
    """The summaries of whoever the plan is for.

    What is typed is saved as one change, with Save or on leaving. ``shown`` tells that a summary
    stands on the page, ``wanted`` (an At) that somebody else's is to be shown.
    """

    tables = (
        "review", "remark", "task", "miss_cause", "target", "plan", "person", "membership", "team",
        "measure", "setting", "calendar_day", *COUNTED,
    )  # fmt: skip
    shown = Signal()
    wanted = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._latest = Latest(session, self._failed)
        self.whole: Summary | None = None
        self._kept: dict[str, str] = {}  # the words as they were read
        self.kind: Choice[str] = Choice([])
        self.kind.setAccessibleName(_("Summary"))
        self.period: Choice[At] = Choice([])
        self.period.setAccessibleName(_("Period"))
        self.period.setMinimumWidth(_PERIOD)
        self.status = label("", "hint")
        self.warning = label("", "error", wrap=True)
        self.why = label("", "hint", wrap=True)
        self.error = label("", "error", wrap=True)
        self.error.hide()
        self.earlier: RecordTable[Action] = RecordTable(
            _action_columns(lambda: self.session.today), name=_("What was to be put right")
        )
        self.lines: RecordTable[Explained] = RecordTable(
            _line_columns(self._shown_value), name=_("Targets and actuals")
        )
        self.facts = label("", wrap=True)
        self.lost = label("", wrap=True)
        self.corrections: RecordTable[Action] = RecordTable(
            _new_action_columns(), name=_("What will be put right")
        )
        self.words = {name: WordsField(lines=3) for name in summaries.WORDS}
        self.comment = label("", wrap=True)
        self._make_buttons()
        self._assemble()
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.period.currentIndexChanged.connect(self._period_chosen)
        self.lines.opened.connect(self.explain)
        self.lines.print_wanted.connect(self.print_summary)
        self.earlier.opened.connect(lambda _action: self.finish())
        for field in self.words.values():
            field.textChanged.connect(self._typed)
        self._at: At | None = None

    def _make_buttons(self) -> None:
        self.done_button = button(_("Done"), self.finish)
        self.move_button = button(_("Move…"), self.move_action)
        self.drop_button = button(_("Drop…"), self.drop)
        self.explain_button = button(_("Why missed…"), self.explain)
        self.action_button = button(_("Corrective action…"), self.add_action)
        self.save_button = button(_("Save"), self.save)
        self.hand_in_button = button(_("Hand in"), self.hand_in, primary=True)
        self.take_back_button = button(_("Take back"), self.take_back)
        self.comment_button = button(_("Comment…"), self.say)
        self.ask_button = button(_("Asked for…"), self.ask)
        self.all_button = button(_("All summaries…"), self.show_all)
        self.print_button = button(_("Print…"), self.print_summary)
        self.pdf_button = button(_("Save as PDF…"), self.save_pdf)

    def _assemble(self) -> None:
        self._earlier_part = _part(
            row(label(_("What was to be put right"), "subtitle"), None, self.done_button,
                self.move_button, self.drop_button),
            self.earlier,
        )  # fmt: skip
        figures = _part(
            row(label(_("Targets and actuals"), "subtitle"), None, self.explain_button), self.lines
        )
        self._actions_part = _part(
            row(label(_("What will be put right"), "subtitle"), None, self.action_button),
            self.corrections,
        )
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        for name, title in summaries.WORDS.items():
            field = self.words[name]
            field.setAccessibleName(_(title))
            named = label(_(title))
            named.setBuddy(field)
            form.addRow(named, field)
        self._words_part = QWidget()
        self._words_part.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(10)
        for part in (self._earlier_part, figures, self.warning, self.facts, self.lost,
                     self._words_part, self._actions_part, self.comment):  # fmt: skip
            inner.addWidget(part)
        inner.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(scrolled(body))
        self._stack.addWidget(
            EmptyPage(
                _("Nothing to look back on yet"),
                _("The plan's period hasn't begun. Its summaries are written once it runs."),
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(8)
        layout.addWidget(
            flow(self.kind, self.period, self.status, self.ask_button, self.all_button, spacing=10)
        )
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.why)
        layout.addWidget(self.error)
        layout.addWidget(
            flow(self.hand_in_button, self.save_button, self.take_back_button, self.comment_button,
                 self.print_button, self.pdf_button)
        )  # fmt: skip

    # -- what is shown ---------------------------------------------------------------------------

    def shown_parts(self) -> Mapping[str, Shown]:
        at = self._at
        if at is None:
            return {}
        days = Days(Period(at.start, at.end, "day"))
        return {
            "activity": Shown({"day": days}),
            "hand_count": Shown({"day": days}),
            "customer": COUNTED_CUSTOMER,
        }

    def show_plan(self, plan: Plan) -> None:
        if self.plan is None or plan.id != self.plan.id:
            self._forget()
            self._offer(plan)
        super().show_plan(plan)

    def show_summary(self, at: At) -> None:
        """Show a summary of whoever the plan is for."""
        if self.plan is None or not self.save():
            return
        self._forget()
        self._stack.setCurrentIndex(0)
        if not self.kind.offers(at.kind):
            kinds = [(one, _(summaries.REVIEWED[one])) for one in summaries.REVIEWED]
            self.kind.set_choices(kinds)
        self.kind.set_value(at.kind)
        self._offer_periods(self.plan, at)
        self.outdated()

    def _offer(self, plan: Plan) -> None:
        """Offer what can be looked back on, and begin with what is owed longest."""
        kinds = [kind for kind in summaries.REVIEWED if _periods(plan, kind, self.session.today)]
        self.kind.set_choices([(kind, _(summaries.REVIEWED[kind])) for kind in kinds])
        self._stack.setCurrentIndex(0 if kinds else 1)
        if not kinds:
            self._at = None
            return
        owed = self.session.read(summaries.owed_by, plan.who, self.session.today)
        if owed:
            first = owed[0]
            at = At(plan.who, first.kind, first.start, first.end)
            self.kind.set_value(first.kind)
            self._offer_periods(plan, at)
            return
        asked = [kind for kind in summaries.asked(plan) if kind in kinds]
        self.kind.set_value(next(iter(asked), "month" if "month" in kinds else kinds[0]))
        self._offer_periods(plan, None)

    def _offer_periods(self, plan: Plan, wanted: At | None) -> None:
        found = _periods(plan, self.kind.value(), self.session.today)
        if wanted is not None and wanted not in found:
            found = [wanted, *found]
        self.period.set_choices(
            [(at, summaries.period_label(at.kind, at.start, at.end)) for at in found]
        )
        if wanted is None and found:
            today = self.session.today
            # What is over is looked back on first.
            wanted = next((at for at in found if at.end <= today), found[0])
        if wanted is not None:
            self.period.set_value(wanted)
        self._at = wanted

    def refresh(self) -> None:
        if self._at is None:
            self._grey()
            return
        at = self._at
        self._latest.read(
            partial(self._read, at), summaries.preview, at.who, at.kind, at.start, at.end,
            self.session.today, actor_id=self.session.person_id,
        )  # fmt: skip

    def _read(self, at: At, found: Summary) -> None:
        if at != self._at:
            return
        typed = self.changed
        self.whole = found
        self.earlier.set_rows(found.earlier, same=lambda action: action.id)
        self.lines.set_rows(found.lines, same=_line_key)
        self.corrections.set_rows(found.actions, same=lambda action: action.id)
        _fit(self.earlier)
        _fit(self.lines)
        _fit(self.corrections)
        stretch = any(one.line.stretch is not None for one in found.lines)
        self.lines.setColumnHidden(_STRETCH, not stretch)
        self._earlier_part.setVisible(bool(found.earlier))
        self.corrections.setVisible(bool(found.actions))
        self._show_facts(found)
        if not typed:
            self._fill(found.review)
        self._grey()
        self.shown.emit()

    def _show_facts(self, found: Summary) -> None:
        figures = found.figures
        parts = [
            _("{what} {count}").format(what=kind_name(kind), count=count)
            for kind, count in figures.activities
        ]
        parts.append(
            _("{what} {count}").format(what=_("New customers"), count=figures.new_customers)
        )
        parts += [
            _("{before} to {after}: {count}").format(
                before=one.before or _("None"), after=one.after or _("None"), count=one.count
            )
            for one in figures.regraded
        ]
        self.facts.setText(joined(parts))
        self.lost.setText(
            "\n".join(
                _("Fell through: {customer}, {product}: {reason}").format(
                    customer=one.customer, product=one.product, reason=one.reason
                )
                for one in figures.lost
            )
        )
        self.lost.setVisible(bool(figures.lost))
        warnings = sorted({one.warning for one in found.lines if one.warning and one.line.missed})
        self.warning.setText("\n".join(warnings))
        self.warning.setVisible(bool(warnings))

    def _fill(self, found: Review) -> None:
        self._kept = {name: getattr(found, name) for name in summaries.WORDS}
        for name, field in self.words.items():
            if field.toPlainText() != self._kept[name]:
                field.setPlainText(self._kept[name])

    def _forget(self) -> None:
        """Show nothing of what stood here; what was typed was kept before."""
        self._latest.drop()
        self.whole = None
        self._kept = {}
        for field in self.words.values():
            field.setPlainText("")
        self._show_error("")

    @property
    def changed(self) -> bool:
        """Whether something was typed that isn't saved."""
        return self.whole is not None and any(
            field.value() != self._kept.get(name, "") for name, field in self.words.items()
        )

    def _shown_value(self, one: Explained, value: int | None) -> str:
        in_wan = self.whole is not None and self.whole.figures.in_wan
        return one.line.shown(value, in_wan=in_wan)

    def _grey(self) -> None:
        """Grey what the person at work may not do, and say why."""
        whole, session = self.whole, self.session
        found = None if whole is None else whole.review
        why = why_comment = ""
        if found is not None:
            why = session.read(summaries.why_not_write, session.person_id, found)
            why_comment = session.read(summaries.why_not_comment, session.person_id, found)
        writes = found is not None and not why
        handed_in = found is not None and found.status != "draft"
        self.why.setText(why)
        self.why.setVisible(bool(why))
        for field in self.words.values():
            field.setReadOnly(not writes)
        for one in (self.hand_in_button, self.action_button):
            one.setEnabled(writes)
        self.hand_in_button.setVisible(not handed_in)
        self.save_button.setVisible(not handed_in)
        self.take_back_button.setVisible(found is not None and found.status == "written")
        self.comment_button.setVisible(handed_in and not why_comment)
        self._actions_part.setVisible(writes or bool(whole and whole.actions))
        missed = whole is not None and any(one.line.missed for one in whole.lines)
        self.explain_button.setEnabled(missed)
        to_settle = whole is not None and any(one.status == "open" for one in whole.earlier)
        for one in (self.done_button, self.move_button, self.drop_button):
            one.setEnabled(to_settle)
        for one in (self.print_button, self.pdf_button):
            one.setEnabled(found is not None and found.id > 0)
        self.status.setText("" if found is None else _status(found))
        self.comment.setText(
            ""
            if found is None or found.status != "seen"
            else _("{name}: {words}").format(
                name=found.seen_by, words=found.comment or _("Seen without a comment")
            )
        )
        self.comment.setVisible(bool(self.comment.text()))
        self._typed()

    def _typed(self) -> None:
        self.save_button.setEnabled(self.changed)

    def _show_error(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def _failed(self, error: SalesDeskError) -> None:
        self._show_error(error.message)

    # -- what is chosen --------------------------------------------------------------------------

    def _kind_chosen(self) -> None:
        if not self.save():
            assert self._at is not None
            self.kind.set_value(self._at.kind)
            return
        self._forget()
        if self.plan is not None:
            self._offer_periods(self.plan, None)
        self.outdated()

    def _period_chosen(self) -> None:
        if not self.save():
            assert self._at is not None
            self.period.set_value(self._at)
            return
        self._forget()
        self._at = self.period.value()
        self.outdated()

    # -- what is done ----------------------------------------------------------------------------

    def _begun(self, change: Change) -> int:
        """The summary's id; it begins with the first thing that is said in it."""
        assert self.whole is not None
        found = self.whole.review
        return found.id or summaries.begin(change, found.who, found.kind, found.start, found.end)

    def save(self) -> bool:
        """Save what was typed as one change; False when it was refused, with the reason shown."""
        if not self.changed:
            return True
        assert self.whole is not None
        found = self.whole.review
        typed = {name: field.value() for name, field in self.words.items()}
        changed = {name: text for name, text in typed.items() if text != self._kept.get(name, "")}
        try:
            with self.session.changing(_("Write a summary")) as change:
                review_id = self._begun(change)
                version = found.version or 1
                summaries.write(change, review_id, seen_version=version, **changed)
        except ConflictError as error:
            self._show_error(
                _("{cause} Your words are still here: copy what you need, then discard.").format(
                    cause=error.message
                )
            )
            return False
        except SalesDeskError as error:
            self._show_error(error.message)
            return False
        self._show_error("")
        self._kept = typed
        self._typed()
        return True

    def leave(self) -> bool:
        return self.save()

    def hand_in(self) -> None:
        """Save and hand the summary in."""
        if self.whole is None or not self.save():
            return
        try:
            with self.session.changing(_("Hand in a summary")) as change:
                summaries.hand_in(change, self._begun(change))
        except SalesDeskError as error:
            self._show_error(error.message)
            return
        self._show_error("")

    def take_back(self) -> None:
        """Make the summary a draft again."""
        if self.whole is not None:
            self.session.change(
                self, _("Take back a summary"), summaries.take_back, self.whole.review.id
            )

    def explain(self, _line: object = None) -> None:
        """Say why the target was missed that the cursor is on, else the first that asks."""
        whole = self.whole
        if whole is None or not self.save():
            return
        current = self.lines.current()
        if current is None or not current.line.missed:
            missed = [one for one in whole.lines if one.line.missed]
            current = next((one for one in missed if one.asks), next(iter(missed), None))
        if current is None:
            return
        if current.plan_id is None:
            self._show_error(_("No open plan of the period holds this target: nothing to say."))
            return
        self._ask(ExplainDialog(self.session, whole.review, current, self))

    def add_action(self) -> None:
        """Decide on something to be put right."""
        if self.whole is not None and self.save():
            self._ask(ActionDialog(self.session, self.whole.review, self))

    def finish(self) -> None:
        """The action that the cursor is on was done."""
        action = self._action()
        if action is not None:
            self.session.change(self, _("Action done"), tasks.mark_done, Ref(action.id))

    def move_action(self) -> None:
        """Put the action that the cursor is on off."""
        action = self._action()
        if action is not None:
            self._ask(MoveDialog(self.session, action, self))

    def drop(self) -> None:
        """Give the action that the cursor is on up."""
        action = self._action()
        if action is not None:
            self._ask(DropDialog(self.session, action, self))

    def _action(self) -> Action | None:
        """The earlier action that the cursor is on, else the first that is open."""
        current = self.earlier.current()
        if current is not None and current.status == "open":
            return current
        return next((one for one in self.earlier.records.rows if one.status == "open"), None)

    def say(self) -> None:
        """Comment on the summary."""
        if self.whole is not None:
            self._ask(CommentDialog(self.session, self.whole.review, self))

    def ask(self) -> None:
        """Say which summaries the plan asks for."""
        if self.plan is not None:
            self._ask(AskDialog(self.session, self.plan, self))

    def show_all(self) -> None:
        """Show who hasn't written, and what was written."""
        dialog = SummariesDialog(self.session, self)
        chosen = dialog.ask()
        dialog.deleteLater()
        if chosen is not None:
            self.wanted.emit(At(chosen.who, chosen.kind, chosen.start, chosen.end))

    def _ask(self, form: FormDialog) -> None:
        form.exec()
        form.deleteLater()

    # -- paper -----------------------------------------------------------------------------------

    def print_summary(self) -> None:
        """Print the summary through the system's dialog."""
        from ui.shared.printing import print_pdf  # the printer's modules load when first wanted

        self._with_pdf(lambda pdf, title: print_pdf(self, self.session.preferences, pdf, title))

    def save_pdf(self) -> None:
        """Save the summary as a PDF where the person says."""
        from ui.shared.printing import save_pdf

        self._with_pdf(lambda pdf, title: save_pdf(self, self.session.preferences, pdf, title))

    def _with_pdf(self, then: Callable[[bytes, str], object]) -> None:
        if self.whole is None or not self.whole.review.id or not self.save():
            return
        session, found = self.session, self.whole.review

        def make(_progress: background.Progress) -> bytes:
            return summary_pdf(session, found.id)

        background.run(
            self, _("Making the pages…"), make, lambda pdf: _nothing(then(pdf, found.title)),
            partial(tell, self),
        )  # fmt: skip


def summary_pdf(session: Session, review_id: int) -> bytes:
    """The summary as pages. Raises ReportError, RightsError, NotFoundError."""
    # The page maker loads when the first pages are wanted.
    from salesdesk.reports import documents, summary_document

    made = session.workspace.read(
        summary_document.document, review_id, today=session.today, actor_id=session.person_id
    )
    return documents.pdf("summary", made.data())


def _nothing(_result: object) -> None:
    """What was done shows itself."""


def _periods(plan: Plan, kind: str, today: date) -> list[At]:
    """What can be looked back on within a plan, the newest first."""
    whole = plan.period
    if whole.start > today:
        return []
    if kind == "stage":
        return [At(plan.who, kind, whole.start, whole.end)]
    found: list[At] = []
    period = containing(min(today, whole.last_day), cast(Kind, kind))
    while period.start >= whole.start and len(found) < _BACK:
        if period.end <= whole.end:
            found.append(At(plan.who, kind, period.start, period.end))
        period = previous(period)
    return found


def _status(found: Review) -> str:
    words = _(summaries.STATUSES[found.status]) if found.id else _("Not begun")
    if found.written_at is None:
        return words
    return _("{status} · {day}").format(status=words, day=found.written_at.date().isoformat())


def _part(head: QWidget, body: QWidget) -> QWidget:
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    layout.addWidget(head)
    layout.addWidget(body)
    return part


def _fit(table: RecordTable[Action] | RecordTable[Explained]) -> None:
    """Let a table be as high as its rows, up to where it scrolls itself."""
    rows = min(max(table.records.rowCount(), 1), _ROWS)
    header, lines = table.horizontalHeader().sizeHint().height(), table.verticalHeader()
    table.setFixedHeight(header + rows * lines.defaultSectionSize() + 2 * table.frameWidth() + 2)


_STRETCH = 2


def _line_columns(shown: Callable[[Explained, int | None], str]) -> list[Column[Explained]]:
    return [
        Column(_("Measure"), lambda one: one.line.title, 92,
               tip=lambda one: f"{one.line.title} ({one.line.unit})"),
        Column(_("Target"), lambda one: shown(one, one.line.target), 70, "right",
               sort=lambda one: one.line.target,
               tip=lambda one: _(TIERS[one.line.tier]) if one.line.tier else ""),
        Column(_("Stretch"), lambda one: shown(one, one.line.stretch), 70, "right",
               sort=lambda one: one.line.stretch),
        Column(_("Actual"), lambda one: shown(one, one.line.actual), 70, "right",
               sort=lambda one: one.line.actual),
        Column(_("Attainment"), lambda one: format_percent(one.line.attainment), 70, "right",
               sort=lambda one: one.line.attainment,
               colour=lambda one: "" if one.line.target is None
               else "behind" if one.line.missed else "ahead"),
        Column(_("Difference"), lambda one: shown(one, one.line.difference), 76, "right",
               sort=lambda one: one.line.difference),
        Column(_("Cause of the miss"), _cause, 150, tip=_cause,
               colour=lambda one: "at_risk" if one.asks else ""),
        Column(_("Reason"), lambda one: one.remark.reason, 120,
               tip=lambda one: one.remark.reason),
    ]  # fmt: skip


def _line_key(one: Explained) -> tuple[int, int | None, str]:
    return one.line.measure_id, one.line.product_id, one.line.category


def _cause(one: Explained) -> str:
    return one.cause or (_("to be named") if one.asks else "")


def _action_columns(today: Callable[[], date]) -> list[Column[Action]]:
    return [
        Column(_("Corrective action"), lambda one: one.words, 250, tip=lambda one: one.words),
        Column(_("Person"), lambda one: one.person, 80),
        Column(_("Due on"), lambda one: one.day.isoformat(), 90, sort=lambda one: one.day,
               colour=lambda one: "behind" if one.status == "open" and one.day < today() else ""),
        Column(_("What became of it"), _outcome, 140, tip=_outcome,
               colour=lambda one: "ahead" if one.status == "done" else ""),
    ]  # fmt: skip


def _new_action_columns() -> list[Column[Action]]:
    return [
        Column(_("Corrective action"), lambda one: one.words, 330, tip=lambda one: one.words),
        Column(_("Person"), lambda one: one.person, 90),
        Column(_("Due on"), lambda one: one.day.isoformat(), 100, sort=lambda one: one.day),
    ]


def _outcome(one: Action) -> str:
    words = _(summaries.OUTCOMES.get(one.status, one.status))
    return f"{words}: {one.reason}" if one.reason else words

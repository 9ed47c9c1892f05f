"""The Plan tab: the plans at the left, the chosen one at the right as text, targets, Excel, review.

The pages of a plan are built when they are first shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from salesdesk.office import measures
from salesdesk.planning import plan_rules, plans, standing
from salesdesk.planning.actuals import COUNTED, counted_tables
from salesdesk.planning.plans import Plan
from salesdesk.planning.standing import Standing
from salesdesk.planning.summaries import Owed
from salesdesk.text import _
from salesdesk.workspace import ChangeNotice
from ui.planning.nesting_strip import NestingStrip
from ui.planning.outline_margin import Note
from ui.planning.plan_list import PlanLine, PlanTable
from ui.planning.plan_page import PlanPage
from ui.planning.text_page import TextPage
from ui.shared import background
from ui.shared.flow import flow
from ui.shared.fresh import COUNTED_CUSTOMER, PERSON, ChangedRows, FreshPage, Shown
from ui.shared.guarding import guard
from ui.shared.labels import EmptyPage, button
from ui.shared.messages import ask
from ui.shared.next_plan import NextPlanNotice
from ui.shared.owed import OwedNotice
from ui.shared.session import Latest, Session
from ui.shared.tables import FilterField, TableOrEmpty

if TYPE_CHECKING:
    from ui.planning.summary_page import At

#: What the list says of plans; their attainment is read from their targets and what is counted.
_TABLES = ("plan", "person", "membership", "team", "setting", "measure", "calendar_day")

#: Milliseconds that changes of figures are gathered before attainment is read again.
#: Pixels below which the tab is low.
_LOW = 440
_SETTLE = 300


class PlanningTab(FreshPage):
    """``listed`` tells that the plans' attainment was read, ``look_wanted`` what somebody wants to
    look at outside the tab.
    """

    tables = (*_TABLES, "target", *COUNTED)

    listed = Signal()
    look_wanted = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.plan: Plan | None = None
        self._standings: dict[int, Standing] = {}
        self._latest = Latest(session, self.failed)
        self._due: set[int] | None = set()  # the plans whose attainment is to be read; None: all
        self._makers: dict[str, Callable[[], PlanPage]] = {
            "text": self._make_text,
            "targets": self._make_targets,
            "excel": self._make_excel,
            "timetable": self._make_timetable,
            "remarks": self._make_remarks,
            "summaries": self._make_summaries,
        }
        self._made: dict[str, PlanPage] = {}
        self.table = PlanTable()
        self.filter = FilterField(self.table)
        self.filter.setMaximumWidth(16_777_215)
        self.new_button = button(_("New plan…"), self.new, primary=True)
        self.text_button = button(_("From text…"), self.new_from_text)
        self.text_button.setToolTip(
            _("Make a plan of a pasted text, or of a .docx, .txt or .md file")
        )
        self.delete_button = button(_("Delete"), self.delete)
        self.notice = OwedNotice(session, with_missing=True)
        self.notice.wanted.connect(self.show_owed)
        self.notice.missing_wanted.connect(self._show_missing)
        self.keep_button = button(_("Keep as template…"), self.keep_as_template)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.tabBar().setDrawBase(False)
        self.pages.tabBar().setAccessibleName(_("Pages of the plan"))
        for name in (
            _("Text"), _("Targets"), _("Excel"), _("Timetable"), _("Why missed"), _("Summaries"),
        ):  # fmt: skip
            holder = QWidget()
            QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self.pages.addTab(holder, name)
        self._stack = QStackedWidget()
        self.nesting = NestingStrip(session)
        right = QWidget()
        right_layout = QVBoxLayout(right)
        right_layout.setContentsMargins(0, 0, 0, 0)
        right_layout.setSpacing(0)
        right_layout.addWidget(self.nesting)
        right_layout.addWidget(self.pages, 1)
        self._stack.addWidget(right)
        self._stack.addWidget(
            EmptyPage(
                _("No plan is chosen"),
                _("Choose a plan on the left, or start one from a template."),
            )
        )
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._left())
        self.splitter.addWidget(self._stack)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([270, 1010])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._picking = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE)
        self._settle.timeout.connect(self._read_standings)
        self.pages.currentChanged.connect(self._page_chosen)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.table.print_wanted.connect(self._print_list)
        guard(self.new_button, session, plan_rules.WRITE, at_all=True)
        guard(self.text_button, session, plan_rules.WRITE, at_all=True)
        self.bring_up_to_date()
        self._choose_first()
        self._show_plan()

    def resizeEvent(self, event: QResizeEvent) -> None:
        # In a low window the page stands before the line above it.
        self.nesting.setVisible(event.size().height() >= _LOW)
        super().resizeEvent(event)

    def _choose_first(self) -> None:
        """Begin with a plan that is running: the office's, else one's own, else any."""
        today, me = self.session.today, self.session.person_id
        rows = self.table.records.rows
        running = [plan_line for plan_line in rows if today in plan_line.plan.period]
        mine = [
            plan_line
            for plan_line in running
            if me is not None and plan_line.plan.who.person_id == me
        ]
        office = [plan_line for plan_line in running if plan_line.plan.who.level == "office"]
        first = next(iter(office or mine or running or rows), None)
        if first is not None:
            self.table.pick(lambda line: line.plan.id == first.plan.id)

    def _no_plans(self) -> QWidget:
        return EmptyPage(
            _("No plans yet"),
            _("A plan says what will be sold, by whom and by when. Start from a template."),
            button(_("New plan…"), self.new, primary=True),
            button(_("From text…"), self.new_from_text),
        )

    def _left(self) -> QWidget:
        left = QWidget()
        left.setMinimumWidth(220)
        layout = QVBoxLayout(left)
        layout.setContentsMargins(10, 12, 8, 10)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(self.filter)
        self.next_plans = NextPlanNotice(self.session)
        self.next_plans.made.connect(self.select_plan)
        layout.addWidget(self.next_plans)
        layout.addWidget(TableOrEmpty(self.table, self._no_plans), 1)
        layout.addWidget(
            flow(self.new_button, self.text_button, self.keep_button, self.delete_button)
        )
        return left

    # -- what the window asks --------------------------------------------------------------------

    def show_page(self, code: str) -> PlanPage:
        """Show a page of the plan by its code (text, targets, timetable …). Raises KeyError."""
        if code not in self._makers:
            raise KeyError(code)
        self.pages.setCurrentIndex(list(self._makers).index(code))
        return self.page(code)

    def page(self, code: str) -> PlanPage:
        """A page of the plan, built if it wasn't yet."""
        if code not in self._made:
            plan_page = self._makers[code]()
            holder = self.pages.widget(list(self._makers).index(code)).layout()
            assert holder is not None
            if self.plan is not None:
                plan_page.show_plan(self.plan)
            holder.addWidget(plan_page)
            plan_page.show()
            self._made[code] = plan_page
        return self._made[code]

    @property
    def page_shown(self) -> str:
        """The code of the page that is up."""
        return list(self._makers)[self.pages.currentIndex()]

    def select_plan(self, plan_id: int) -> bool:
        """Choose a plan by its number; False when it isn't there."""
        self.filter.clear()
        return self.table.pick(lambda line: line.plan.id == plan_id)

    def show_owed(self, owed: Owed) -> None:
        """Show a summary that is owed."""
        from ui.planning.summary_page import At

        self.show_summary(At(owed.who, owed.kind, owed.start, owed.end))

    def show_summary(self, at: At) -> None:
        """Show somebody's summary of a period, on the page of a plan of theirs that holds it."""
        lines = self.table.records.all_rows
        theirs = [line.plan for line in lines if line.plan.who == at.who]
        holding = [
            plan for plan in theirs if plan.period.start <= at.start and at.end <= plan.period.end
        ]
        # The shortest says the most of it.
        holding.sort(key=lambda plan: plan.period.end - plan.period.start)
        chosen = next(iter(holding or theirs), None)
        if chosen is None or not self.select_plan(chosen.id):
            return
        from ui.planning.summary_page import SummaryPage

        page = self.show_page("summaries")
        assert isinstance(page, SummaryPage)
        page.show_summary(at)

    def _show_missing(self) -> None:
        """Show who hasn't written; the one chosen comes up."""
        from ui.planning.summary_dialogs import SummariesDialog
        from ui.planning.summary_page import At

        dialog = SummariesDialog(self.session, self)
        chosen = dialog.ask()
        dialog.deleteLater()
        if chosen is not None:
            self.show_summary(At(chosen.who, chosen.kind, chosen.start, chosen.end))

    def find(self) -> None:  # type: ignore[override]  # QWidget.find finds windows by number
        """Search among the plans."""
        self.filter.setFocus()
        self.filter.selectAll()

    def new(self) -> None:
        """Ask for a new plan and show it."""
        from ui.planning.new_plan import NewPlanDialog  # reads the templates

        form = NewPlanDialog(self.session, self)
        if form.exec() and form.plan_id is not None:
            self.select_plan(form.plan_id)
        form.deleteLater()

    def new_from_text(self) -> None:
        """Ask for a text and make a plan of it, or fill the plan shown where it has none."""
        from ui.planning.from_text import FromTextDialog  # reads documents

        if not self.leave():
            return
        form = FromTextDialog(self.session, self.plan, self)
        if form.exec() and form.plan_id is not None:
            self.select_plan(form.plan_id)
            self.show_page("text")
        form.deleteLater()

    def print_current(self) -> None:
        """Print the plan that is chosen."""
        page = self.page("text")
        assert isinstance(page, TextPage)
        if self.plan is not None:
            page.print_plan()

    def delete(self) -> None:
        """Delete the chosen plan once the person says so; undo brings it back."""
        plan = self.plan
        if plan is not None and ask(
            self,
            _("Delete “{title}” with its targets and remarks? Undo brings it back.").format(
                title=plan.title
            ),
            _("Delete"),
            danger=True,
        ):
            self._delete(plan)

    def keep_as_template(self) -> None:
        """Keep what the chosen plan asks for as a template of the office's own."""
        from ui.planning.template_form import TemplateForm

        if self.plan is not None and self.leave():
            form = TemplateForm(self.session, self, plan=self.plan)
            form.exec()
            form.deleteLater()

    def _delete(self, plan: Plan) -> None:
        workspace = self.session.workspace

        def work(_progress: background.Progress) -> None:
            with workspace.change(_("Delete plan")) as change:
                plans.delete_plan(change, plan.id)

        background.run(self, _("Deleting the plan…"), work, _nothing)

    # -- pages -----------------------------------------------------------------------------------

    def _make_text(self) -> PlanPage:
        page = TextPage(self.session)
        page.wanted.connect(self._look)
        return page

    def _look(self, note: Note) -> None:
        """Show what a rule's state counts: here its targets, elsewhere customers and deals."""
        where = note.where
        if where is None or not self.leave():
            return
        if where.page == "targets" and where.measure_id is not None:
            from ui.planning.targets_page import TargetsPage

            page = self.show_page("targets")
            assert isinstance(page, TargetsPage)
            code = self.session.read(measures.measure_by_id, where.measure_id).code
            page.set_measure(code)
            page.set_tier(where.tier or "assigned")
        elif where.page == "timetable":
            from ui.planning.timetable_page import TimetablePage

            found = self.show_page("timetable")
            assert isinstance(found, TimetablePage)
            if where.day is not None:
                found.show_day(where.day)
        elif where.page in self._makers:
            self.show_page(where.page)
        elif where.page in ("customers", "deals"):
            self.look_wanted.emit(where)

    def _make_targets(self) -> PlanPage:
        from ui.planning.targets_page import TargetsPage

        return TargetsPage(self.session)

    def _make_excel(self) -> PlanPage:
        from ui.planning.excel_page import ExcelPage

        return ExcelPage(self.session)

    def _make_timetable(self) -> PlanPage:
        from ui.planning.timetable_page import TimetablePage

        return TimetablePage(self.session)

    def _make_remarks(self) -> PlanPage:
        from ui.planning.remarks_page import RemarksPage

        return RemarksPage(self.session)

    def _make_summaries(self) -> PlanPage:
        from ui.planning.summary_page import SummaryPage

        page = SummaryPage(self.session)
        page.wanted.connect(self.show_summary)
        return page

    def _page_chosen(self, _place: int) -> None:
        self.page(self.page_shown)

    # -- plans -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the plans again, and in the background how far they are."""
        self._settle.stop()
        self._read_plans()
        self._due = None
        self._read_standings()

    def shown_parts(self) -> Mapping[str, Shown]:
        return {"person": PERSON, "customer": COUNTED_CUSTOMER}

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Read the plans alone where only they changed, and of attainment what hangs on the rest.

        Changes of figures are gathered for a moment: several often come together.
        """
        if set(rows) & set(_TABLES) - {"plan"}:
            return False
        if "plan" in rows:
            self._read_plans()
        due = {
            plan_id for plan_id, judged in self._standings.items()
            if not counted_tables([judged.measure]).isdisjoint(rows)
        }  # fmt: skip
        of_targets = notice.values("target", "plan_id") if "target" in rows else frozenset()
        if self._due is not None:
            self._due = None if of_targets is None else self._due | due | of_targets
        if self._due is None or self._due:
            self._settle.start()
        return True

    def _read_plans(self) -> None:
        found = self.session.read(plans.plans)
        self._show([PlanLine(plan, self._standings.get(plan.id)) for plan in found])

    def _show(self, lines: list[PlanLine]) -> None:
        """Show the plans and stay on the one chosen; where it is gone, go to its neighbour."""
        wanted = self.plan.id if self.plan is not None else None
        place = self.table.currentIndex().row()
        self._show_lines(lines)
        self.plan = next((line.plan for line in lines if line.plan.id == wanted), None)
        if self.plan is None and wanted is not None and self.table.records.rows:
            self.table.selectRow(min(max(place, 0), len(self.table.records.rows) - 1))
        else:
            self._show_plan()

    def _show_lines(self, lines: list[PlanLine]) -> None:
        self._picking = True  # the list is put together: that isn't the person choosing
        self.table.set_rows(lines, same=lambda line: line.plan.id)
        self.table.pick(lambda line: self.plan is not None and line.plan.id == self.plan.id)
        self._picking = False

    def _show_standings(self, of_plans: set[int] | None, found: dict[int, Standing]) -> None:
        others = {} if of_plans is None else self._standings
        kept = {plan_id: at for plan_id, at in others.items() if plan_id not in (of_plans or ())}
        self._standings = kept | found
        if not self._settle.isActive():  # else there is more to read
            self._due = set()
        self._show_lines(
            [
                replace(line, standing=self._standings.get(line.plan.id))
                for line in self.table.records.all_rows
            ]
        )
        self.listed.emit()

    def _picked(self, line: object) -> None:
        if self._picking:
            return
        if not isinstance(line, PlanLine):
            return  # a filter that hides the plan chosen doesn't close it
        if self.plan is not None and line.plan.id != self.plan.id and not self.leave():
            kept = self.plan.id
            self._picking = True
            self.table.pick(lambda plan_line: plan_line.plan.id == kept)
            self._picking = False
            return
        self.plan = line.plan
        self._show_plan()

    def leave(self) -> bool:
        """Whether everything typed could be kept; the page where it couldn't comes up."""
        for code, page in self._made.items():
            if not page.leave():
                self.show_page(code)
                return False
        return True

    def _show_plan(self) -> None:
        self._stack.setCurrentIndex(0 if self.plan is not None else 1)
        self._grey()
        if self.plan is None:
            return
        self.page(self.page_shown)
        self.nesting.show_plan(self.plan)
        for page in self._made.values():
            page.show_plan(self.plan)

    def _grey(self) -> None:
        """Grey what the person at work may not do, and say why."""
        actor, plan = self.session.person_id, self.plan
        why = "" if plan is None else self.session.read(plan_rules.why_not_delete, actor, plan)
        self.delete_button.setEnabled(plan is not None and not why)
        self.delete_button.setToolTip(why)
        why = "" if plan is None else self.session.read(plan_rules.why_not_own, actor, plan.who)
        self.keep_button.setEnabled(plan is not None and not why)
        self.keep_button.setToolTip(why)

    def _opened(self, _line: object) -> None:
        """Enter on a plan goes to its page."""
        self.page(self.page_shown).setFocus(Qt.FocusReason.OtherFocusReason)

    def _print_list(self) -> None:
        from ui.shared.printing import print_listing  # the printer's modules load when first wanted

        print_listing(
            self, self.session, _("Plans"), "", self.table.printed_columns(),
            self.table.printed_rows(),
        )  # fmt: skip

    def _read_standings(self) -> None:
        # What is read anew while this is under way replaces it: it reads what is due of both.
        of_plans = None if self._due is None else set(self._due)
        self._latest.read(
            partial(self._show_standings, of_plans), standing.standings, self.session.today,
            plan_ids=of_plans,
        )  # fmt: skip


def _nothing(_result: object) -> None:
    """What was done shows itself through the session's change notice."""

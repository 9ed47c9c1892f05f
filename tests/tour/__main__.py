"""Walks through the program on the demo office: ``python -m tests.tour``.

Leaves in build/tour: pictures of every page and dialog in Chinese and English (zh/, en/, dark/),
the quota sheet that went out and the one that came back, and the monthly report as PDF and Excel.
Whoever changes a page looks at its picture before saying that it is done.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from salesdesk import demo, text
from salesdesk.calc import periods
from salesdesk.customers import customers
from salesdesk.office import calendar, people
from salesdesk.planning import plans
from tests.libreoffice import SetCell, Sort, edit
from tests.workbooks.quota import head_in
from ui.__main__ import speak
from ui.main_window import MainWindow
from ui.planning.tab import PlanningTab
from ui.preferences import Preferences
from ui.shared import background, look
from ui.shared.painted import all_painted

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "tour"
#: Seconds that a page is given to fill itself.
_PATIENCE = 60
#: Seconds left to those who work in the background before it is looked again.
BREATH = 0.005


class Tour:
    """One walk in one language and scheme."""

    def __init__(self, office: Path, name: str, out: Path = OUT) -> None:
        self.folder = out / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.number = 0
        self.window = MainWindow(Preferences(out / f"{name}.json"))
        self.window.resize(1280, 800)
        self.window.show()
        self.window.show_start()
        self.picture(self.window, "start")
        self.window.preferences.work_as(*_manager(office))
        self.window.begin(office)
        settle()

    @property
    def session(self) -> object:
        """The office that is open."""
        assert self.window.session is not None
        return self.window.session

    def picture(self, widget: QWidget, name: str) -> None:
        """Write what a widget looks like once it has filled itself."""
        settle()
        self.number += 1
        widget.grab().save(str(self.folder / f"{self.number:02}-{name}.png"))

    def dialog(self, dialog: QDialog, name: str) -> None:
        """Write what a dialog looks like."""
        dialog.show()
        self.picture(dialog, name)
        dialog.close()
        dialog.deleteLater()

    def pages(self) -> None:
        """Every page of every tab."""
        from ui.customers.tab import CustomersTab
        from ui.reports.tab import ReportsTab

        tab = self.window.show_tab("customers")
        assert isinstance(tab, CustomersTab)
        for code in ("today", "all", "deals", "handover"):
            tab.show_page(code)
            self.picture(self.window, f"customers-{code}")
        planning = self.window.show_tab("planning")
        assert isinstance(planning, PlanningTab)
        self.choose_plan(planning)
        for code in ("text", "targets", "excel", "timetable", "remarks", "summaries"):
            planning.show_page(code)
            self.picture(self.window, f"plan-{code}")
        reports = self.window.show_tab("reports")
        assert isinstance(reports, ReportsTab)
        reports.set_period(_last_month())
        wait_for(lambda: reports.pdf is not None and not background.running, "the report")
        self.picture(self.window, "reports")

    def dialogs(self) -> None:
        """Every dialog that can stand by itself."""
        from salesdesk.planning.record_kinds import KINDS
        from ui.customers.contact_form import ContactForm
        from ui.customers.customer_form import CustomerForm
        from ui.help import GuideDialog
        from ui.office.calendar import CalendarDialog
        from ui.office.causes import CausesDialog
        from ui.office.history import HistoryDialog
        from ui.office.measures import MeasuresDialog
        from ui.office.people import PeopleDialog, PersonForm
        from ui.office.record_dialog import RecordDialog
        from ui.office.rules import RulesDialog
        from ui.planning.new_plan import NewPlanDialog
        from ui.shared.record_form import RecordForm
        from ui.start.dialogs import NewOfficeDialog

        session = self.window.session
        assert session is not None
        someone = next(iter(session.read(customers.page, limit=1)), None)
        for dialog, name in (
            (NewOfficeDialog(self.window, session.preferences), "new-office"),
            (PeopleDialog(session, self.window), "people"),
            (PersonForm(session, None, self.window), "person"),
            (CalendarDialog(session, self.window), "calendar"),
            *((RecordDialog(session, kind.code, self.window), kind.code) for kind in KINDS),
            *((RecordForm(session, kind, None, self.window), f"new-{kind.code}") for kind in KINDS),
            (MeasuresDialog(session, self.window), "measures"),
            (CausesDialog(session, self.window), "causes"),
            (RulesDialog(session, self.window), "rules"),
            (HistoryDialog(session, self.window), "history"),
            (ContactForm(session, someone, self.window), "contact"),
            (CustomerForm(session, someone, self.window), "customer"),
            (NewPlanDialog(session, self.window), "new-plan"),
            (GuideDialog(self.window), "guide"),
        ):
            self.dialog(dialog, name)

    def choose_plan(self, planning: PlanningTab) -> None:
        """Choose the plan whose pages are shown."""
        planning.select_plan(self.yearly_plan())

    def more_dialogs(self) -> None:
        """Those that need a deal, a payment, a plan or a cell to stand over."""
        from salesdesk.sales import deals
        from ui.customers.deal_dialogs import CancelForm, StagesForm
        from ui.customers.deal_form import DealForm
        from ui.customers.hand_over_form import HandOverForm
        from ui.customers.payments import PaymentForm, PaymentsDialog, ReceiveForm
        from ui.office.approvals import ApprovalsDialog
        from ui.office.calendar import DayForm, YearForm
        from ui.office.measure_form import MeasureForm
        from ui.office.people import TeamForm
        from ui.office.pin import PinForm
        from ui.office.rights import RightsDialog
        from ui.planning.comments_dialog import CommentsDialog
        from ui.planning.decide_dialog import WITH_WORDS, DecideDialog
        from ui.planning.decisions_dialog import DecisionsDialog
        from ui.planning.nesting_dialog import NestingDialog
        from ui.planning.revise_dialog import ReviseDialog
        from ui.planning.revisions_dialog import RevisionsDialog
        from ui.planning.targets_page import TargetsPage
        from ui.start.dialogs import PasswordDialog, WhoDialog

        session, window = self.window.session, self.window
        assert session is not None
        deal = session.read(deals.deals, limit=1)[0]
        customer = session.read(customers.customer_by_id, deal.customer_id)
        due = session.read(deals.payments_due, None, session.today, limit=1)[0]
        plan = session.read(plans.plan_by_id, self.yearly_plan())
        planning = window.show_tab("planning")
        assert isinstance(planning, PlanningTab)
        self.choose_plan(planning)
        targets = planning.show_page("targets")
        assert isinstance(targets, TargetsPage)
        settle()
        over_cells = [
            (dialog, name)
            for dialog, name in (
                (targets.split_form(), "split"),
                (targets.rebalance_form(), "rebalance"),
            )
            if dialog is not None
        ]
        special = calendar.SpecialDay(session.today, working=True, provisional=False, name="")
        everyone = [(one.id, one.name) for one in session.read(people.people)]
        for dialog, name in (
            (DealForm(session, deal, customer, window), "deal"),
            (DealForm(session, None, None, window), "new-deal"),
            (StagesForm(session, deal, window), "stages"),
            (CancelForm(session, deal, window), "cancel-deal"),
            (PaymentsDialog(session, deal, window), "payments"),
            (PaymentForm(session, deal, window), "payment"),
            (ReceiveForm(session, due.payment, due.customer_name, window), "received"),
            (HandOverForm(session, 3, "", window), "hand-over"),
            (ApprovalsDialog(session, window), "approvals"),
            (RightsDialog(session, window), "rights"),
            (MeasureForm(session, None, window), "measure"),
            (TeamForm(session, None, window), "team"),
            (DayForm(session, special, window), "day"),
            (YearForm(session, session.today.year, window), "year"),
            (PinForm(session, window), "pin"),
            (PasswordDialog(window, "office.office"), "password"),
            (WhoDialog(window, everyone), "who"),
            *((DecideDialog(session, plan, status, window), status) for status in WITH_WORDS),
            (DecisionsDialog(session, plan, window), "decisions"),
            (ReviseDialog(session, plan, window), "revise"),
            (RevisionsDialog(session, plan, window), "revisions"),
            (CommentsDialog(session, plan, window), "comments"),
            (NestingDialog(session, plan, window), "nesting"),
            *over_cells,
        ):
            self.dialog(dialog, name)

    def main_job(self) -> None:
        """The quota sheet out, changed by LibreOffice, back in; the report saved."""
        from ui.reports.tab import ReportsTab

        planning = self.window.show_tab("planning")
        assert isinstance(planning, PlanningTab)
        planning.select_plan(self.yearly_plan())
        page = planning.show_page("excel")
        sent, back = OUT / "quota-sheet.xlsx", OUT / "quota-sheet-back.xlsx"
        page.send(sent, measure_codes=["amount"])  # type: ignore[attr-defined]
        wait_for(lambda: sent.exists() and not background.running, "the quota sheet")
        first = head_in(sent) + 1
        rows = Sort("年度计划", f"A{first}:Z{first + 5}", 2)
        edit(sent, [SetCell("年度计划", f"F{first}", 888888.0), rows], back)
        page.take_back(back)  # type: ignore[attr-defined]
        wait_for(lambda: getattr(page, "preview", None) is not None, "the preview")
        self.picture(page.preview, "preview")  # type: ignore[attr-defined]
        page.preview.apply()  # type: ignore[attr-defined]
        wait_for(lambda: not background.running, "the figures taken over")
        reports = self.window.show_tab("reports")
        assert isinstance(reports, ReportsTab)
        reports.set_period(_last_month())
        wait_for(lambda: reports.pdf is not None and not background.running, "the report")
        reports.save_pdf(OUT / "monthly-report.pdf")
        reports.save_excel(OUT / "monthly-report.xlsx")
        wait_for(lambda: not background.running, "the report's workbook")

    def yearly_plan(self) -> int:
        """The office's own plan of this year."""
        session = self.window.session
        assert session is not None
        period = periods.year(date.today().year)
        return next(
            plan.id
            for plan in session.read(plans.plans)
            if plan.period == period and plan.who.level == "office"
        )

    def end(self) -> None:
        """Close the window."""
        self.window.close()
        self.window.deleteLater()
        settle()


def settle() -> None:
    """Let the window do what it has to, until nothing is under way."""
    until = time.monotonic() + _PATIENCE
    for _turn in range(3):
        while True:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            unseen = [
                window for window in QApplication.topLevelWidgets() if not all_painted(window)
            ]
            if not (background.running or unseen) or time.monotonic() > until:
                break
            time.sleep(BREATH)
        time.sleep(0.15)  # what gathers changes for a moment before it reads again
    QCoreApplication.processEvents()


def wait_for(come: Callable[[], bool], what: str) -> None:
    """Wait until something has come; end the tour when it never does."""
    until = time.monotonic() + _PATIENCE
    while not come():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        if time.monotonic() > until:
            sys.exit(f"The tour waited in vain for {what}.")
        time.sleep(BREATH)
    settle()


def _last_month() -> periods.Period:
    return periods.previous(periods.containing(date.today(), "month"))


def _manager(office: Path) -> tuple[str, int]:
    """The office's id and its manager's, so that nobody is asked who is working."""
    from salesdesk.office import settings
    from salesdesk.workspace import Workspace

    with Workspace.open(office) as workspace:
        manager = next(
            person for person in workspace.read(people.people) if person.role == "manager"
        )
        return workspace.read(settings.read).office_id, manager.id


def main() -> None:
    """Walk through the program in Chinese, in the dark, and in English."""
    application = QApplication([*sys.argv[:1], *look.ARGUMENTS])
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    speak(application, "zh")
    look.apply(application, "light")
    office = OUT / "演示销售部.office"
    demo.make(office).close()
    tour = Tour(office, "zh")
    tour.pages()
    tour.dialogs()
    tour.more_dialogs()
    tour.main_job()
    tour.end()
    look.apply(application, "dark")
    tour = Tour(office, "dark")
    tour.pages()
    tour.end()
    text.set_language("en")
    look.apply(application, "light")
    tour = Tour(office, "en")
    tour.pages()
    tour.dialogs()
    tour.end()
    print(f"The tour's pictures, workbooks and report are in {OUT.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()

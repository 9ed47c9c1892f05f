"""The whole circle in the real window: plan, split, Excel out and back, work, report.

    a new office with two salespeople and one product
    a plan of 3,600,000 for the year, split equally over both and their twelve months
    the quota sheet out; LibreOffice raises one month to 200,000 and sorts the rows; back in
    a call logged, a deal of 250,000 signed and shared between both
    the monthly report, whose figures are reckoned by hand below

The window is real, on a real X display; so are the workbook's program and the report's PDF.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from salesdesk.calc import periods
from salesdesk.check import check
from salesdesk.customers import activities, customers
from salesdesk.office import people, settings
from salesdesk.office.measures import measure_with_code
from salesdesk.planning import grid, plans
from salesdesk.planning.places import OFFICE, person
from salesdesk.sales import products
from tests.libreoffice import SetCell, Sort, edit
from tests.workbooks.quota import head_in
from ui.customers.contact_form import ContactForm
from ui.customers.customer_form import CustomerForm
from ui.customers.deal_form import DealForm
from ui.customers.tab import CustomersTab
from ui.main_window import MainWindow
from ui.office.people import PersonForm, TeamForm
from ui.planning.excel_page import ExcelPage
from ui.planning.new_plan import NewPlanDialog, Source
from ui.planning.tab import PlanningTab
from ui.planning.targets_page import TargetsPage
from ui.preferences import Preferences
from ui.reports.tab import ReportsTab
from ui.shared import background, look
from ui.shared.record_form import RecordForm
from ui.shared.session import Session

pytestmark = [pytest.mark.xvfb, pytest.mark.libreoffice]
TODAY = date.today()
MONTH = periods.containing(TODAY, "month")
YEAR = periods.containing(TODAY, "year")


def accepted(dialog: QDialog) -> None:
    """Press the dialog's default button; it must take what was filled in."""
    dialog.accept()
    error = getattr(dialog, "error", None)
    assert dialog.result() == QDialog.DialogCode.Accepted, error.text() if error else dialog


def settle(qtbot: QtBot, come: Callable[[], bool]) -> None:
    qtbot.waitUntil(lambda: come() and not background.running, timeout=60_000)


def text_of(pdf: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout


def employ(session: Session) -> None:
    """A team, two salespeople and a product, through the Office menu's forms."""
    team = TeamForm(session, None, None)
    team.name.setText("Team One")
    accepted(team)
    team_id = session.read(people.team_named, "Team One").id
    for name in ("Zhang San", "Li Si"):
        form = PersonForm(session, None, None)
        form.name.setText(name)
        form.team.set_value(team_id)
        accepted(form)
    product = RecordForm(session, products.KIND, None, None)
    product.fields["name"].setText("Flat 90")
    product.fields["price"].setText("250,000")
    product.fields["cost"].setText("200,000")
    accepted(product)


def make_plan(qtbot: QtBot, tab: PlanningTab) -> int:
    """A blank yearly plan of the office, its target typed into the grid and split twice."""
    dialog = NewPlanDialog(tab.session, tab)
    dialog.source.set_value(Source("blank"))
    dialog.kind.set_value("year")
    dialog.period.set_value(YEAR)
    dialog.title.setText("Year plan")
    accepted(dialog)
    plan_id = next(plan.id for plan in tab.session.read(plans.plans) if plan.title == "Year plan")
    qtbot.waitUntil(lambda: tab.select_plan(plan_id), timeout=20_000)
    page = tab.show_page("targets")
    assert isinstance(page, TargetsPage)
    page.set_measure("amount")
    page.set_tier("assigned")
    settle(qtbot, lambda: page.model.rowCount() == 5)
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, 0))
    qtbot.keyClick(page.table, Qt.Key.Key_3)
    editor = QApplication.focusWidget()
    assert editor is not None
    qtbot.keyClicks(editor, "60")
    composed = QInputMethodEvent("wan", [])
    composed.setCommitString("万")
    QApplication.sendEvent(editor, composed)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    amount = tab.session.read(measure_with_code, "amount")

    def typed() -> bool:
        found = tab.session.read(grid.read, plan_id, amount.id, "assigned")
        return found.stored(OFFICE, YEAR) == 360_000_000

    settle(qtbot, typed)
    assert page.table.currentIndex().row() == 1, "Enter goes on to the cell below"
    page.table.setCurrentIndex(page.model.index(0, 0))
    form = page.split_form()
    assert form is not None
    form.along.set_value("people")
    form.then.set_value("month")
    form.accept()
    settle(qtbot, lambda: form.result() == QDialog.DialogCode.Accepted)
    return plan_id


def change_outside(sent: Path, back: Path) -> None:
    """What somebody does in their office program: one month raised, rows sorted by name."""
    first = head_in(sent) + 1
    rows = Sort("Yearly plan", f"A{first}:Z{first + 1}", 2)
    edit(sent, [SetCell("Yearly plan", f"F{first + 1}", 200_000.0), rows], back)


def take_back(qtbot: QtBot, page: ExcelPage, back: Path) -> None:
    with qtbot.waitSignal(page.compared, timeout=60_000):
        page.take_back(back)
    preview = page.preview
    assert preview is not None
    assert [difference.sheet_value for difference in preview.comparison.changed] == [20_000_000]
    assert not preview.comparison.conflicts
    assert not preview.comparison.errors
    with qtbot.waitSignal(preview.applied, timeout=60_000):
        qtbot.mouseClick(preview.apply_button, Qt.MouseButton.LeftButton)


def work_customers(qtbot: QtBot, session: Session) -> None:
    """A customer registered, a call logged, a deal signed and shared half and half."""
    zhang, li = (session.read(people.person_named, name).id for name in ("Zhang San", "Li Si"))
    form = CustomerForm(session, None, None)
    form.name.setText("Zhao Liu")
    form.phones.setText("138 0000 0000")
    form.grade.set_value("A")
    accepted(form)
    buyer = session.read(customers.find, "Zhao Liu")[0]
    contact = ContactForm(session, buyer, None)
    contact.kind.set_value("effective_call")
    contact.words.setPlainText("Comes on Saturday")
    accepted(contact)
    deal = DealForm(session, None, buyer, None)
    deal.product.set_value(session.read(products.product_named, "Flat 90").id)
    deal.amount.setText("250,000")
    deal.stages.set_value("contracted")
    # The manager enters it; it was sold by the two of them.
    deal.shares.add_person()
    for line, person_id in zip(deal.shares.lines, (zhang, li), strict=True):
        line.person.set_value(person_id)
    deal.shares.split_equally()
    accepted(deal)
    called = session.read(activities.timeline, buyer.id)
    assert [activity.words for activity in called] == ["Comes on Saturday"]


def test_the_whole_circle_from_the_plan_to_the_printed_page(qtbot: QtBot, tmp_path: Path) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert application.platformName() == "xcb", "this is to be a real window"
    look.apply(application, "light")
    window = MainWindow(Preferences(tmp_path / "preferences.json"))
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.ready, timeout=60_000):
        window.opening.new(
            tmp_path / "riverside.office", name="Riverside", kind="b2b", founder="Wang Min"
        )
    session = window.session
    assert session is not None
    employ(session)

    # Plan and split: 3,600,000 over two people and twelve months are 150,000 a month each.
    planning = window.show_tab("planning")
    assert isinstance(planning, PlanningTab)
    plan_id = make_plan(qtbot, planning)
    amount = session.read(measure_with_code, "amount")
    zhang, li = (session.read(people.person_named, name).id for name in ("Zhang San", "Li Si"))
    made = session.read(grid.read, plan_id, amount.id, "assigned")
    assert made.value(OFFICE, YEAR) == 360_000_000
    assert made.value(person(zhang), YEAR) == made.value(person(li), YEAR) == 180_000_000
    before = made.value(person(li), MONTH)
    zhangs = made.value(person(zhang), MONTH)
    assert before is not None
    assert zhangs is not None
    assert made.all_gaps() == []

    # Excel out and back: Li Si's row is the second; the sheet's columns F to H are the first
    # quarter's months, so January was raised.
    excel = planning.show_page("excel")
    assert isinstance(excel, ExcelPage)
    sent, back = tmp_path / "sent.xlsx", tmp_path / "back.xlsx"
    with qtbot.waitSignal(excel.sent, timeout=60_000):
        excel.send(sent, measure_codes=["amount"])
    change_outside(sent, back)
    take_back(qtbot, excel, back)
    settle(qtbot, lambda: True)
    january = periods.month(YEAR.start.year, 1)
    changed = session.read(grid.read, plan_id, amount.id, "assigned")
    assert changed.value(person(li), january) == 20_000_000
    told = f"Quota sheet of Year plan: Sales amount, {january.label}, Li Si"
    assert session.workspace.undo_label() == told
    # What one raised is now more than the quarter that stands above it: the gap is shown.
    assert any(gap.axis == "time" and gap.amount < 0 for gap in changed.all_gaps())

    # Work the customers.
    customers_tab = window.show_tab("customers")
    assert isinstance(customers_tab, CustomersTab)
    work_customers(qtbot, session)
    settle(qtbot, lambda: True)

    # The report. The office's target of the month is its stored part of 3,600,000, the actual
    # 250,000: shown in 10,000 yuan, as this kind of office wants.
    assert session.read(settings.read).in_wan
    reports = window.show_tab("reports")
    assert isinstance(reports, ReportsTab)
    qtbot.waitUntil(lambda: reports.pdf is not None and not background.running, timeout=60_000)
    reports.save_pdf(tmp_path / "report.pdf")
    text = text_of(tmp_path / "report.pdf")
    office = zhangs + before
    assert changed.value(OFFICE, MONTH) == office, "the office's own target was not touched"
    share = f"{25_000_000 / office * 100:.1f}%"
    missing = f"{(25_000_000 - office) / 1_000_000:,.2f}"
    # Measures: assigned, actual, attainment, difference. Long names wrap around them.
    assert re.search(rf"{office / 1_000_000:,.2f}\s+25\.00\s+{share}\s+{missing}", text), text
    # Each of the two is credited with half of it.
    for name in ("Zhang San", "Li Si"):
        ranked = next(line for line in text.splitlines() if name in line)
        assert "12.50" in ranked
    flat = next(line for line in text.splitlines() if "Flat 90" in line)
    # Amount 25.00, cost 20.00, profit 5.00 (in 10,000 yuan), margin 20 %; the price in yuan.
    assert re.search(r"25\.00\s+250,000\.00\s+20\.00\s+5\.00\s+20\.0%", flat)

    # And nothing is out of order in the file.
    assert session.read(lambda db: db.exec_driver_sql("PRAGMA quick_check").scalar()) == "ok"
    assert check(session.workspace) == []
    window.close()

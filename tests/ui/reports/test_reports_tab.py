"""The Reports tab shows the pages exactly as they print, saves and prints them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import python_calamine
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter, QPdfWriter, QWheelEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.calc import periods
from salesdesk.customers import customers
from salesdesk.errors import WriteError
from salesdesk.office import people
from salesdesk.office.founding import new_office
from salesdesk.office.tables import setting
from salesdesk.planning.places import person
from salesdesk.reports import documents
from salesdesk.sales import deals, products, selling
from tests.cups_queue import Queue
from ui.preferences import Preferences
from ui.reports.tab import ReportsTab
from ui.shared import background
from ui.shared.printing import DrawJob, Pages, print_pages
from ui.shared.session import Session


@pytest.fixture
def sold(session: Session) -> Session:
    """Zhang San sold a flat in November, for 1,234,567.00 yuan."""
    with session.changing("Sell") as change:
        zhang = people.person_named(change.connection, "Zhang San")
        buyer = customers.add(change, name="Zhao Liu", owner_id=zhang.id)
        selling.add_deal(
            change,
            customer_id=buyer,
            product_id=products.product_named(change.connection, "Flat 90").id,
            amount=123_456_700,
            shares=[deals.Share(zhang.id, 10_000)],
            stages={"contracted": date(2026, 11, 3)},
        )
    return session


@pytest.fixture
def tab(qtbot: QtBot, sold: Session) -> Iterator[ReportsTab]:
    reports_tab = ReportsTab(sold)
    qtbot.addWidget(reports_tab)
    with qtbot.waitSignal(reports_tab.made, timeout=30_000):
        reports_tab.show()
    yield reports_tab
    qtbot.waitUntil(lambda: not background.running, timeout=30_000)


def text_of(pdf: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_pages_of_this_month_come_up_by_themselves(tab: ReportsTab, tmp_path: Path) -> None:
    tab.save_pdf(tmp_path / "report.pdf")
    text = text_of(tmp_path / "report.pdf")
    # The showroom counts in 10,000 yuan: 1,234,567.00 are 123.46.
    assert "123.46" in text
    assert "Zhang San" in text
    assert "2026-11" in text
    assert tab.stack.currentWidget() is tab.view
    assert tab.view.document().pageCount() >= 1


def test_another_month_and_person_are_made_anew(
    qtbot: QtBot, tab: ReportsTab, tmp_path: Path
) -> None:
    li = tab.session.read(people.person_named, "Li Si")
    with qtbot.waitSignal(tab.made, timeout=30_000):
        tab.set_period(periods.month(2026, 10))
    with qtbot.waitSignal(tab.made, timeout=30_000):
        tab.set_scope(person(li.id))
    tab.save_pdf(tmp_path / "report.pdf")
    text = text_of(tmp_path / "report.pdf")
    assert "Li Si" in text
    assert "2026-10" in text
    assert "123.46" not in text


def test_another_kind_of_report_brings_its_periods_and_sections(
    qtbot: QtBot, tab: ReportsTab, tmp_path: Path
) -> None:
    with qtbot.waitSignal(tab.made, timeout=30_000):
        tab.set_kind("weekly")
    assert tab.period.value() == periods.containing(tab.session.today, "week").key
    with qtbot.waitSignal(tab.made, timeout=30_000):
        tab.set_period(periods.parse("2026-11-W1"))
    tab.save_pdf(tmp_path / "report.pdf")
    text = text_of(tmp_path / "report.pdf")
    assert "Weekly sales report 2026, 11/W1" in text
    assert "123.46" in text
    tab.sections.menu().aboutToShow.emit()
    offered = {action.text() for action in tab.sections.menu().actions()}
    assert "Targets and actuals" in offered
    assert "The year's months" not in offered


def test_only_reports_that_may_be_seen_are_offered(qtbot: QtBot, tab: ReportsTab) -> None:
    li = tab.session.read(people.person_named, "Li Si")
    with tab.session.workspace.unrecorded() as change:
        change.insert(
            setting, key="rights", value=json.dumps({"reports.see": {"salesperson": "own"}})
        )
    with qtbot.waitSignal(tab.made, timeout=30_000):
        tab.session.work_as(li.id, li.name)
    assert tab.report is not None
    assert "Li Si" in tab.report.subtitle
    assert tab.scope.count() == 1


def test_a_section_left_out_is_gone_and_remembered(
    qtbot: QtBot, tab: ReportsTab, tmp_path: Path
) -> None:
    menu = tab.sections.menu()
    products_action = next(action for action in menu.actions() if action.text() == "Products")
    with qtbot.waitSignal(tab.made, timeout=30_000):
        products_action.trigger()
    tab.save_pdf(tmp_path / "report.pdf")
    assert not re.search(r"^ *Products$", text_of(tmp_path / "report.pdf"), re.MULTILINE)
    again = ReportsTab(tab.session)
    qtbot.addWidget(again)
    assert again._left_out == {"products"}


def test_a_change_of_the_office_is_seen_in_the_pages(
    qtbot: QtBot, tab: ReportsTab, tmp_path: Path
) -> None:
    with qtbot.waitSignal(tab.made, timeout=30_000):
        undone = tab.session.workspace.undo()
    assert undone is not None
    assert "Contract of Zhao Liu: Flat 90, 1,234,567.00" in undone
    tab.save_pdf(tmp_path / "report.pdf")
    assert "123.46" not in text_of(tmp_path / "report.pdf")


def test_the_workbook_holds_the_same_figure_as_a_number(
    qtbot: QtBot, tab: ReportsTab, tmp_path: Path
) -> None:
    path = tmp_path / "report.xlsx"
    tab.save_excel(path)
    qtbot.waitUntil(lambda: path.exists() and not background.running, timeout=30_000)
    sheets = python_calamine.CalamineWorkbook.from_path(path)
    numbers = [
        value
        for name in sheets.sheet_names
        for row in sheets.get_sheet_by_name(name).to_python()
        for value in row
        if isinstance(value, float)
    ]
    assert any(abs(value - 123.4567) < 1e-9 for value in numbers)


def test_a_folder_that_cannot_be_written_is_named(tab: ReportsTab, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"gone.*report\.pdf"):
        tab.save_pdf(tmp_path / "gone" / "report.pdf")


def test_a_missing_font_is_said_instead_of_printed_as_boxes(
    qtbot: QtBot, tab: ReportsTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "FONTS", ("No Such Font",))
    documents.font.cache_clear()
    try:
        tab.set_period(periods.month(2026, 9))
        qtbot.waitUntil(lambda: tab._problem is not None, timeout=30_000)
        assert tab.stack.currentWidget() is tab._problem
        assert tab.pdf is None
        assert not tab.print_button.isEnabled()
    finally:
        documents.font.cache_clear()


def test_the_place_on_the_page_is_kept_when_the_office_changes(
    qtbot: QtBot, tab: ReportsTab
) -> None:
    bar = tab.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    place = bar.maximum() // 3
    bar.setValue(place)
    with qtbot.waitSignal(tab.made, timeout=30_000), tab.session.changing("Add") as change:
        customers.add(change, name="Sun Ba")
    assert bar.value() == place


def test_keys_and_wheel_zoom_the_pages_and_fit_them_again(qtbot: QtBot, tab: ReportsTab) -> None:
    tab.activateWindow()
    tab.view.setFocus()
    qtbot.waitUntil(tab.view.hasFocus)
    fitted = tab.view.verticalScrollBar().maximum()
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(tab.view, Qt.Key.Key_Plus, control)
    qtbot.waitUntil(lambda: tab.view.verticalScrollBar().maximum() > fitted)
    assert tab.view.zoomMode() == tab.view.ZoomMode.Custom
    before = tab.view.zoomFactor()
    middle = QPointF(tab.view.viewport().rect().center())
    turned = QWheelEvent(
        middle, middle, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, control,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(tab.view.viewport(), turned)
    assert tab.view.zoomFactor() < before
    qtbot.keyClick(tab.view, Qt.Key.Key_0, control)
    assert tab.view.zoomMode() == tab.view.ZoomMode.FitToWidth
    for _press in range(40):
        qtbot.keyClick(tab.view, Qt.Key.Key_Plus, control)
    assert tab.view.zoomFactor() <= 4


def test_the_month_before_and_after_are_a_press_away(qtbot: QtBot, tab: ReportsTab) -> None:
    earlier, later = (
        next(
            tool_button
            for tool_button in tab.findChildren(QToolButton)
            if tool_button.accessibleName() == name
        )
        for name in ("Period before", "Period after")
    )
    with qtbot.waitSignal(tab.made, timeout=30_000):
        qtbot.mouseClick(earlier, Qt.MouseButton.LeftButton)
    assert tab.period.value() == "2026-10"
    for _press in range(5):
        qtbot.mouseClick(later, Qt.MouseButton.LeftButton)
    # The month after this one is the last that can be chosen.
    assert tab.period.value() == "2026-12"


def test_an_office_where_nobody_sold_anything_has_a_report(
    qtbot: QtBot, tmp_path: Path, preferences: Preferences
) -> None:
    workspace = new_office(tmp_path / "new.office", name="New", kind="shop", founder="Wang Min")
    session = Session(workspace, preferences, today=date(2026, 11, 24))
    tab = ReportsTab(session)
    qtbot.addWidget(tab)
    with qtbot.waitSignal(tab.made, timeout=30_000):
        tab.show()
    tab.save_pdf(tmp_path / "report.pdf")
    text = text_of(tmp_path / "report.pdf")
    assert "Nothing was planned or entered for this period." in text
    assert "Prepared by" in text
    session.close()


@pytest.mark.cups
def test_the_report_is_printed_by_cups_with_its_text(
    qtbot: QtBot, tab: ReportsTab, pdf_queue: Queue
) -> None:
    tab.print_to(pdf_queue.name)
    text = text_of(pdf_queue.printed_files()[0])
    assert "123.46" in text
    assert "Zhang San" in text


@pytest.mark.cups
def test_only_the_pages_asked_for_are_printed(
    qtbot: QtBot, tab: ReportsTab, pdf_queue: Queue, tmp_path: Path
) -> None:
    # How many pages a report has hangs on the day it is made.
    writer = QPdfWriter(str(tmp_path / "two.pdf"))
    painter = QPainter(writer)
    painter.drawText(500, 500, "the first")
    writer.newPage()
    painter.drawText(500, 500, "the second")
    painter.end()
    pages = Pages((tmp_path / "two.pdf").read_bytes())
    assert pages.count == 2
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPrinterName(pdf_queue.name)
    printer.setFromTo(2, 2)
    print_pages(tab, pages, printer)
    printed = text_of(pdf_queue.printed_files()[0])
    assert printed.count("\f") == 1
    assert "second" in printed


def test_pages_are_drawn_where_no_cups_takes_them(
    qtbot: QtBot, tab: ReportsTab, tmp_path: Path
) -> None:
    assert tab.pdf is not None
    pages = Pages(tab.pdf)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "drawn.pdf"))
    job = DrawJob(tab, pages, printer)
    with qtbot.waitSignal(job.done, timeout=60_000):
        job.start()
    assert printer.resolution() <= 300
    drawn = Pages((tmp_path / "drawn.pdf").read_bytes())
    assert drawn.count == pages.count
    subprocess.run(
        ["pdftoppm", "-r", "40", "-f", "1", "-l", "1", "-gray", str(tmp_path / "drawn.pdf"),
         str(tmp_path / "page")],
        check=True,
    )  # fmt: skip
    picture = next(tmp_path.glob("page-*.pgm")).read_bytes()
    # Paper with ink on it: mostly white, and darker than nothing at all.
    inked = sum(1 for value in picture[-200_000:] if value < 128)
    assert 200 < inked < 100_000


def test_a_drawn_print_that_is_cancelled_ends(
    qtbot: QtBot, tab: ReportsTab, tmp_path: Path
) -> None:
    assert tab.pdf is not None
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "drawn.pdf"))
    parent = QWidget()
    qtbot.addWidget(parent)
    job = DrawJob(parent, Pages(tab.pdf), printer)
    finished: list[object] = []
    job.done.connect(lambda: finished.append(True))
    with qtbot.waitSignal(job.destroyed, timeout=30_000):
        job.start()
        job._box.cancel()
    assert not finished

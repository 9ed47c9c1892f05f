"""Pages go to a real queue as the dialog says, or are drawn where no queue takes PDF."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPageRanges
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from salesdesk.errors import SalesDeskError
from salesdesk.reports import documents, listing
from salesdesk.reports.layout import Column
from tests.cups_queue import Queue
from ui.preferences import Preferences
from ui.shared import printing
from ui.shared.printing import DrawJob, Pages, lp_command, print_pdf, send_pages
from ui.shared.session import Session

W = TypeVar("W", bound=QWidget)
MODE = QPrinter.PrinterMode.HighResolution


def list_of(rows: int, columns: int = 2) -> bytes:
    """A printed list: 10 columns make it lie, 150 rows take four upright pages."""
    shown = [Column(f"Column {place}", 20.0, "left") for place in range(columns)]
    cells = [[f"r{row}c{place}" for place in range(columns)] for row in range(rows)]
    titles: list[Column | str] = [column.title for column in shown]
    return documents.pdf("table", listing.listing("Customers 客户", "all", titles, cells))


@pytest.fixture(scope="module")
def four_pages() -> bytes:
    pdf = list_of(170)
    assert Pages(pdf).count == 4
    return pdf


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def on_queue(queue: Queue, ranges: str = "") -> QPrinter:
    printer = QPrinter(QPrinterInfo.printerInfo(queue.name), MODE)
    printer.setPageRanges(QPageRanges.fromString(ranges))
    return printer


def on_file(path: Path, ranges: str = "") -> QPrinter:
    printer = QPrinter(MODE)
    printer.setOutputFileName(str(path))
    printer.setPageRanges(QPageRanges.fromString(ranges))
    return printer


def send(qtbot: QtBot, window: QWidget, pdf: bytes, printer: QPrinter) -> SalesDeskError | None:
    """Print and wait for the end; the refusal, if it came to one."""
    ends: list[SalesDeskError | None] = []
    over = send_pages(window, Pages(pdf), printer, lambda: ends.append(None), ends.append)
    assert over == bool(ends)
    qtbot.waitUntil(lambda: bool(ends), timeout=30_000)
    assert len(ends) == 1
    return ends[0]


def pages_of(pdf: Path) -> list[str]:
    """The footers that number the pages of a printed PDF."""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    lines = text.stdout.decode().splitlines()
    return [" ".join(line.split()).split(" Made")[0] for line in lines if "Page " in line]


def part(dialog: QPrintDialog, kind: type[W], name: str) -> W:
    """A widget of Qt's own dialog."""
    found = dialog.findChild(kind, name)
    assert found is not None
    return found


# -- the queue -------------------------------------------------------------------------------------


@pytest.mark.cups
def test_single_pages_that_were_asked_for_leave_out_those_between(
    qtbot: QtBot, window: QWidget, four_pages: bytes, pdf_queue: Queue
) -> None:
    assert send(qtbot, window, four_pages, on_queue(pdf_queue, "1,3")) is None
    (printed,) = pdf_queue.printed_files()
    assert pages_of(printed) == ["Page 1 of 4", "Page 3 of 4"]


@pytest.mark.cups
def test_pages_can_come_out_last_first(
    qtbot: QtBot, window: QWidget, four_pages: bytes, pdf_queue: Queue
) -> None:
    printer = on_queue(pdf_queue)
    printer.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    assert send(qtbot, window, four_pages, printer) is None
    (printed,) = pdf_queue.printed_files()
    assert pages_of(printed) == [f"Page {page} of 4" for page in (4, 3, 2, 1)]


@pytest.mark.cups
def test_a_printer_that_is_gone_is_named(
    qtbot: QtBot, window: QWidget, four_pages: bytes, pdf_queue: Queue
) -> None:
    printer = on_queue(pdf_queue)
    subprocess.run(
        ["lpadmin", "-x", pdf_queue.name],
        check=True,
        env=pdf_queue.environment | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    refusal = send(qtbot, window, four_pages, printer)
    assert refusal is not None
    assert pdf_queue.name in refusal.message


@pytest.mark.cups
def test_copies_sides_and_colour_of_the_dialog_reach_the_queue(pdf_queue: Queue) -> None:
    # Printers make copies themselves, so that the pages CUPS hands on say nothing of them.
    printer = on_queue(pdf_queue)
    command = lp_command(printer, 4)
    assert command[command.index("-n") + 1] == "1"
    assert "sides=one-sided" in command
    assert "media=A4" in command
    assert "-P" not in command
    printer.setColorMode(QPrinter.ColorMode.GrayScale)
    printer.setCopyCount(2)
    printer.setCollateCopies(False)
    command = lp_command(printer, 4)
    assert command[command.index("-n") + 1] == "2"
    assert "collate=false" in command
    assert "print-color-mode=monochrome" in command


@pytest.mark.cups
def test_the_dialog_prints_the_pages_chosen_in_it(
    qtbot: QtBot, window: QWidget, preferences: Preferences, four_pages: bytes, pdf_queue: Queue
) -> None:
    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QPrintDialog)
        assert (dialog.minPage(), dialog.maxPage()) == (1, 4)
        part(dialog, QRadioButton, "pagesRadioButton").click()
        part(dialog, QLineEdit, "pagesLineEdit").setText("1-2,4")
        part(dialog, QCheckBox, "reverse").click()
        dialog.accept()

    QTimer.singleShot(0, choose)
    print_pdf(window, preferences, four_pages, "Customers")
    (printed,) = pdf_queue.printed_files()
    assert pages_of(printed) == ["Page 4 of 4", "Page 2 of 4", "Page 1 of 4"]


@pytest.mark.cups
def test_what_the_dialog_has_for_cups_alone_reaches_the_queue(
    qtbot: QtBot, window: QWidget, preferences: Preferences, four_pages: bytes, pdf_queue: Queue
) -> None:
    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QPrintDialog)
        odd_ones = part(dialog, QComboBox, "pageSetCombo")
        odd_ones.setCurrentIndex(odd_ones.findText("Odd Pages"))
        dialog.accept()

    QTimer.singleShot(0, choose)
    print_pdf(window, preferences, four_pages, "Customers")
    (printed,) = pdf_queue.printed_files()
    assert pages_of(printed) == ["Page 1 of 4", "Page 3 of 4"]


# -- drawing and files -----------------------------------------------------------------------------


def test_printing_to_a_file_keeps_the_pages_with_their_text(
    qtbot: QtBot, window: QWidget, four_pages: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "pages.pdf"
    assert send(qtbot, window, four_pages, on_file(path)) is None
    assert path.read_bytes() == four_pages


def test_some_pages_are_drawn_into_a_file(
    qtbot: QtBot, window: QWidget, four_pages: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "pages.pdf"
    assert send(qtbot, window, four_pages, on_file(path, "1,4")) is None
    assert Pages(path.read_bytes()).count == 2


def test_copies_are_drawn_where_the_printer_makes_none(
    qtbot: QtBot, window: QWidget, four_pages: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "pages.pdf"
    printer = on_file(path, "2")
    printer.setCopyCount(3)
    assert not printer.supportsMultipleCopies()
    assert send(qtbot, window, four_pages, printer) is None
    assert Pages(path.read_bytes()).count == 3


def test_a_list_that_lies_is_drawn_lying(qtbot: QtBot, window: QWidget, tmp_path: Path) -> None:
    lying = Pages(list_of(100, columns=14))
    assert lying.count > 1
    job = DrawJob(window, lying, on_file(tmp_path / "pages.pdf"))
    with qtbot.waitSignal(job.done, timeout=30_000):
        job.start()
    size = Pages((tmp_path / "pages.pdf").read_bytes()).document.pagePointSize(1)
    assert size.width() > size.height()


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_file_that_cannot_be_written_is_named(
    qtbot: QtBot, window: QWidget, four_pages: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "gone" / "pages.pdf"
    for ranges in ("", "1"):
        refusal = send(qtbot, window, four_pages, on_file(path, ranges))
        assert refusal is not None
        assert "pages.pdf" in refusal.message


# -- without a printer -----------------------------------------------------------------------------


def test_without_a_printer_the_pages_can_be_saved(
    window: QWidget,
    preferences: Preferences,
    four_pages: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def yes(_parent: QWidget, text: str, _button: str) -> bool:
        asked.append(text)
        return True

    chosen: Callable[..., tuple[str, str]] = lambda *_given: (str(tmp_path / "kept"), "")  # noqa: E731
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", lambda: [])
    monkeypatch.setattr(printing, "ask", yes)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    print_pdf(window, preferences, four_pages, "Customers")
    assert "No printer" in asked[0]
    assert (tmp_path / "kept.pdf").read_bytes() == four_pages


def test_a_table_of_the_window_is_printed_as_a_list(
    qtbot: QtBot, window: QWidget, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[bytes, str]] = []
    monkeypatch.setattr(
        printing, "print_pdf", lambda _parent, _preferences, pdf, title: made.append((pdf, title))
    )
    columns = [("Name", 120.0, "left"), ("Amount", 80.0, "right")]
    printing.print_listing(window, session, "Customers", "all", columns, [["林先生", "12.50"]])
    qtbot.waitUntil(lambda: bool(made), timeout=30_000)
    pdf, title = made[0]
    assert title == "Customers"
    text = Pages(pdf).document.getAllText(0).text()
    for expected in ("Customers", "all", "Name", "Amount", "林先生", "12.50", "Riverside"):
        assert expected in text

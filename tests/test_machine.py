"""The machine itself: what the set-up promises to the tests and to the program is there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import typst
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.cups_queue import Queue

PAGE = """
#set text(font: ("Noto Sans CJK SC", "WenQuanYi Micro Hei"))
= 月报
完成率 116.7%
"""


def text_of(pdf: Path) -> str:
    """What a person would read in a PDF."""
    command = ["pdftotext", "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.cups
def test_a_document_sent_to_the_printer_comes_out_with_its_text(
    pdf_queue: Queue, tmp_path: Path
) -> None:
    source, page = tmp_path / "page.typ", tmp_path / "page.pdf"
    source.write_text(PAGE, encoding="utf-8")
    typst.compile(str(source), output=str(page))
    subprocess.run(["lp", page], env=pdf_queue.environment, check=True, capture_output=True)
    (printed,) = pdf_queue.printed_files()
    assert "月报" in text_of(printed)
    assert "116.7%" in text_of(printed)


@pytest.mark.cups
def test_the_window_finds_the_printer_and_prints_on_it(qtbot: QtBot, pdf_queue: Queue) -> None:
    assert QPrinterInfo.availablePrinterNames() == [pdf_queue.name]
    printer = QPrinter(QPrinterInfo.printerInfo(pdf_queue.name))
    assert printer.isValid()
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    painter = QPainter(printer)
    # The program's own font, which tests before may have set, gives digits no text in Qt's PDF.
    painter.setFont(QFont("Sans Serif"))
    painter.drawText(200, 200, "Monthly report 116.7%")
    painter.end()
    (printed,) = pdf_queue.printed_files()
    assert "116.7%" in text_of(printed)


def test_a_font_with_chinese_characters_is_installed(qtbot: QtBot) -> None:
    system = QFontDatabase.WritingSystem.SimplifiedChinese
    assert QFontDatabase.families(system)


@pytest.mark.xvfb
def test_a_window_on_the_virtual_screen_is_shown_and_active(qtbot: QtBot) -> None:
    assert QGuiApplication.platformName() == "xcb"
    window = QLabel("销售")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

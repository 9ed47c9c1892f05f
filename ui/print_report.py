"""Prints the monthly report without a window: ``SalesDesk OFFICE --print-report 2026-10``.

For the task scheduler and shortcuts: the same pages and the same way to the printer as the Reports
tab. Says what was done or refused in a line and in the exit status (0 printed, 1 refused).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from salesdesk.calc import periods
from salesdesk.commands import faults
from salesdesk.errors import InputError, ReportError, SalesDeskError
from salesdesk.text import _, ngettext
from salesdesk.workspace import Workspace
from ui.shared.printing import Pages, send_pages


def print_report(office: Path, month: str, printer_name: str | None) -> int:
    """Print the monthly report of ``month`` (2026-10); the exit status.

    Without a name the system's default printer is used; an encrypted office takes its password
    from SALESDESK_PASSWORD.
    """
    try:
        pages, title = _make(office, month)
        printer = _printer(printer_name)
        printer.setDocName(title)
        _send(pages, printer)
    except SalesDeskError as error:
        _say(error.message)
        return 1
    except Exception as error:  # noqa: BLE001 - the last place where anything can be told
        _say(faults.record(error))
        return 2
    _say(
        ngettext(
            "{count} page was sent to {printer}.",
            "{count} pages were sent to {printer}.",
            pages.count,
        ).format(count=pages.count, printer=printer.printerName())
    )
    return 0


def _make(office: Path, month: str) -> tuple[Pages, str]:
    from salesdesk.reports import documents, kinds
    from salesdesk.reports.monthly import MONTHLY

    period = periods.parse(month)
    if period.kind != "month":
        raise InputError(_("{text} names no month: write 2026-10.").format(text=month))
    with Workspace.open(office, os.environ.get("SALESDESK_PASSWORD")) as workspace:
        figures = workspace.read(kinds.read, MONTHLY, period, today=date.today())
    report = kinds.report(figures)
    return Pages(documents.pdf("report", report.data())), report.title


def _printer(name: str | None) -> QPrinter:
    info = QPrinterInfo.printerInfo(name) if name else QPrinterInfo.defaultPrinter()
    if info.isNull():
        raise ReportError(
            _("There is no printer {name}.").format(name=name)
            if name
            else _("No printer is installed on this computer.")
        )
    return QPrinter(info, QPrinter.PrinterMode.HighResolution)


def _send(pages: Pages, printer: QPrinter) -> None:
    """Send the pages and wait until they are drawn. Raises SalesDeskError."""
    loop, refusals = QEventLoop(), list[SalesDeskError]()

    def refused(error: SalesDeskError) -> None:
        refusals.append(error)
        loop.quit()

    finished: Callable[[], None] = loop.quit
    holder = QWidget()
    if not send_pages(holder, pages, printer, finished, refused):
        loop.exec()
    if refusals:
        raise refusals[0]


def _say(words: str) -> None:
    # The window's program has no console on Windows, and then no standard output either.
    if sys.stdout is not None:
        print(words)

"""Prints pages: through the system's dialog, with page range and copies, cancellable.

Where CUPS prints (Linux, macOS) the PDF itself is handed over: CUPS prints PDF as it is, so text
stays text and nothing is drawn twice. Elsewhere (Windows) pages are drawn onto the printer, at
300 dpi at most: a page of that size is 8.7 million points, and finer ones cost memory for nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QFileDialog, QProgressDialog, QWidget

from salesdesk.errors import ReportError, SalesDeskError
from salesdesk.text import _
from ui.shared.files import documents_folder, safe_name
from ui.shared.messages import ask, tell
from ui.shared.session import Session

#: Dots an inch that pages are drawn with at most.
FINEST = 300
#: Points an inch, in which PDF measures pages.
_POINTS = 72
_PDF_FILTER = "PDF (*.pdf)"


def print_pdf(parent: QWidget, pdf: bytes, title: str) -> None:
    """Ask how to print the pages of ``pdf`` and print them; without a printer offer to save."""
    if not QPrinterInfo.availablePrinterNames():
        words = _("No printer is installed on this computer. Save the pages as PDF instead?")
        if ask(parent, words, _("Save as PDF…")):
            save_pdf(parent, pdf, title)
        return
    document = Pages(pdf)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange, True)
    dialog.setMinMax(1, document.count)
    dialog.setFromTo(1, document.count)
    if dialog.exec() == QDialog.DialogCode.Accepted:
        print_pages(parent, document, printer)


def print_pages(
    parent: QWidget, document: Pages, printer: QPrinter, done: Callable[[], None] | None = None
) -> None:
    """Print ``document`` as ``printer`` is set (queue, range, copies); refusals are shown."""
    send_pages(parent, document, printer, done or _nothing, lambda error: tell(parent, error))


def send_pages(
    parent: QWidget,
    document: Pages,
    printer: QPrinter,
    done: Callable[[], None],
    refused: Callable[[SalesDeskError], None],
) -> bool:
    """Send ``document`` to ``printer``; ``done`` or ``refused`` is called at the end.

    True when it is over already (CUPS has taken the PDF), False while pages are being drawn.
    """
    native = printer.outputFormat() == QPrinter.OutputFormat.NativeFormat
    if sys.platform != "win32" and native and shutil.which("lp"):
        try:
            _hand_over(document, printer)
        except SalesDeskError as error:
            refused(error)
        else:
            done()
        return True
    job = DrawJob(parent, document, printer)
    job.failed.connect(refused)
    job.done.connect(done)
    job.start()
    return False


def _nothing() -> None:
    """What is done when printing is over and nobody waits for it."""


def save_pdf(parent: QWidget, pdf: bytes, proposed: str) -> Path | None:
    """Ask where to save ``pdf``; where it is now, None when it was given up or refused."""
    start = documents_folder() / f"{safe_name(proposed)}.pdf"
    chosen, _filter = QFileDialog.getSaveFileName(parent, _("Save as PDF"), str(start), _PDF_FILTER)
    if not chosen:
        return None
    path = Path(chosen) if chosen.lower().endswith(".pdf") else Path(f"{chosen}.pdf")
    try:
        write_whole(path, pdf)
    except ReportError as error:
        tell(parent, error)
        return None
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises ReportError naming path and cause."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ReportError(
            _("{path} can't be written (is it open in another program?): {cause}.").format(
                path=path, cause=error.strerror
            )
        ) from error


def print_listing(
    parent: QWidget,
    session: Session,
    title: str,
    subtitle: str,
    columns: Sequence[tuple[str, float, str]],
    rows: Sequence[Sequence[str]],
) -> None:
    """Print a table of the window; ``columns`` are (title, width, alignment)."""
    from salesdesk.office import settings
    from salesdesk.reports import documents, listing  # the page maker loads when first wanted
    from salesdesk.reports.layout import Column
    from ui.shared import background

    office = session.read(settings.read).office_name

    def make(_progress: background.Progress) -> bytes:
        shown = [Column(*column) for column in columns]
        data = listing.listing(title, subtitle, shown, rows, office=office, today=session.today)
        return documents.pdf("table", data)

    background.run(parent, _("Making the pages…"), make, lambda pdf: print_pdf(parent, pdf, title))


class Pages:
    """A PDF in memory and its pages."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self._bytes = QByteArray(pdf)
        self._buffer = QBuffer(self._bytes)
        self._buffer.open(QBuffer.OpenModeFlag.ReadOnly)
        self.document = QPdfDocument(None)  # type: ignore[call-overload]
        self.document.load(self._buffer)

    @property
    def count(self) -> int:
        """How many pages there are."""
        return int(self.document.pageCount())


class DrawJob(QObject):
    """Draws pages onto a printer, one each time the window has seen to its own affairs."""

    done = Signal()
    failed = Signal(object)  # a SalesDeskError

    def __init__(self, parent: QWidget, document: Pages, printer: QPrinter) -> None:
        super().__init__(parent)
        self._document, self._printer = document, printer
        self._painter = QPainter()
        first, last = printer.fromPage() or 1, printer.toPage() or document.count
        self._left = list(range(max(1, first), min(last, document.count) + 1))
        if printer.pageOrder() == QPrinter.PageOrder.LastPageFirst:
            self._left.reverse()
        self._whole = len(self._left)
        self._box = QProgressDialog(_("Printing…"), _("Cancel"), 0, self._whole, parent)
        self._box.setWindowModality(Qt.WindowModality.WindowModal)
        self._box.setMinimumDuration(400)
        self._box.setAutoReset(False)

    def start(self) -> None:
        """Begin; ``done`` or ``failed`` tells the end."""
        self._printer.setFullPage(True)
        self._printer.setResolution(min(self._printer.resolution(), FINEST))
        if not self._left or not self._painter.begin(self._printer):
            self._end()
            self.failed.emit(
                ReportError(
                    _("The printer {name} takes no pages: is it switched on?").format(
                        name=self._printer.printerName()
                    )
                )
            )
            return
        QTimer.singleShot(0, self._next)

    def _next(self) -> None:
        if self._box.wasCanceled():
            self._printer.abort()
            self._end()
            return
        page = self._left.pop(0)
        self._draw(page - 1)
        self._box.setValue(self._whole - len(self._left))
        if not self._left:
            self._painter.end()
            self._end()
            self.done.emit()
            return
        self._printer.newPage()
        QTimer.singleShot(0, self._next)

    def _draw(self, page: int) -> None:
        dots = self._printer.resolution()
        size = self._document.document.pagePointSize(page)
        wanted = QSize(round(size.width() / _POINTS * dots), round(size.height() / _POINTS * dots))
        picture = self._document.document.render(page, wanted)
        paper = self._painter.viewport()
        self._painter.drawImage(_fitted(wanted, paper), picture)

    def _end(self) -> None:
        if self._painter.isActive():
            self._painter.end()
        self._box.close()
        self._box.deleteLater()
        self.deleteLater()


def _fitted(size: QSize, paper: QRect) -> QRectF:
    """Where a page of ``size`` goes on ``paper``: whole, in the middle, never larger than it is."""
    scale = min(1.0, paper.width() / size.width(), paper.height() / size.height())
    width, height = size.width() * scale, size.height() * scale
    return QRectF((paper.width() - width) / 2, (paper.height() - height) / 2, width, height)


def _hand_over(document: Pages, printer: QPrinter) -> None:
    """Give the PDF itself to CUPS. Raises ReportError when it isn't taken."""
    command = ["lp", "-d", printer.printerName(), "-n", str(max(1, printer.copyCount()))]
    if printer.docName():
        command += ["-t", printer.docName()]
    if printer.fromPage():
        command += ["-P", f"{printer.fromPage()}-{printer.toPage() or printer.fromPage()}"]
    duplex: Any = {
        QPrinter.DuplexMode.DuplexLongSide: "two-sided-long-edge",
        QPrinter.DuplexMode.DuplexShortSide: "two-sided-short-edge",
    }.get(printer.duplex())
    if duplex:
        command += ["-o", f"sides={duplex}"]
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(document.pdf)
        file.flush()
        taken = subprocess.run(
            [*command, "--", file.name], capture_output=True, text=True, check=False, timeout=60
        )
    if taken.returncode != 0:
        raise ReportError(
            _("The printer {name} refused the pages: {cause}").format(
                name=printer.printerName(), cause=taken.stderr.strip()[:200]
            )
        )

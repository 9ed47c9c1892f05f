"""Prints pages: through the system's dialog, with page range and copies, cancellable.

Where CUPS prints (Linux, macOS) the PDF itself is handed over: CUPS prints PDF as it is, so text
stays text and nothing is drawn twice. Elsewhere (Windows, or a CUPS without ``lp``) pages are drawn
onto the printer, at 300 dpi at most: a page of that size is 8.7 million points, and finer ones
cost memory for nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import (
    QAbstractPrintDialog,
    QPrintDialog,
    QPrintEngine,
    QPrinter,
    QPrinterInfo,
)
from PySide6.QtWidgets import QDialog, QProgressDialog, QWidget

from salesdesk.errors import ReportError, SalesDeskError, WriteError
from salesdesk.storage import files
from salesdesk.text import _
from ui.preferences import Preferences
from ui.shared import background
from ui.shared.files import ask_pdf
from ui.shared.messages import ask, tell
from ui.shared.session import Session

#: Dots an inch that pages are drawn with at most.
FINEST = 300
#: Points an inch, in which PDF measures pages.
_POINTS = 72


def print_pdf(parent: QWidget, preferences: Preferences, pdf: bytes, title: str) -> None:
    """Ask how to print the pages of ``pdf`` and print them; without a printer offer to save."""
    if not QPrinterInfo.availablePrinterNames():
        words = _("No printer is installed on this computer. Save the pages as PDF instead?")
        if ask(parent, words, _("Save as PDF…")):
            save_pdf(parent, preferences, pdf, title)
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

    True when it is over already (a file was written), False while pages are on their way.
    """
    native = printer.outputFormat() == QPrinter.OutputFormat.NativeFormat
    if not native and len(wanted_pages(printer, document.count)) == document.count:
        # Printing to a file: the pages are one already, with their text.
        try:
            files.write(Path(printer.outputFileName()), document.pdf)
        except WriteError as error:
            refused(error)
        else:
            done()
        return True
    if sys.platform != "win32" and native and shutil.which("lp"):
        _hand_over(parent, document, printer, done, refused)
        return False
    job = DrawJob(parent, document, printer)
    job.failed.connect(refused)
    job.done.connect(done)
    job.start()
    return False


def _nothing() -> None:
    """What is done when printing is over and nobody waits for it."""


def save_pdf(parent: QWidget, preferences: Preferences, pdf: bytes, proposed: str) -> Path | None:
    """Ask where to save ``pdf``; where it is now, None when it was given up or refused."""
    path = ask_pdf(parent, preferences, proposed)
    if path is None:
        return None
    try:
        files.write(path, pdf)
    except WriteError as error:
        tell(parent, error)
        return None
    return path


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

    office = session.read(settings.read).office_name

    def make(_progress: background.Progress) -> bytes:
        shown = [Column(*column) for column in columns]
        data = listing.listing(title, subtitle, shown, rows, office=office, today=session.today)
        return documents.pdf("table", data)

    background.run(
        parent,
        _("Making the pages…"),
        make,
        lambda pdf: print_pdf(parent, session.preferences, pdf, title),
    )


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
        self._left = wanted_pages(printer, document.count)
        if printer.pageOrder() == QPrinter.PageOrder.LastPageFirst:
            self._left.reverse()
        # Most printers make copies themselves; a file and some drivers are given the pages again.
        copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
        if printer.collateCopies():
            self._left *= copies
        else:
            self._left = [page for page in self._left for _copy in range(copies)]
        self._whole = len(self._left)
        self._box = QProgressDialog(_("Printing…"), _("Cancel"), 0, self._whole, parent)
        self._box.setWindowModality(Qt.WindowModality.WindowModal)
        self._box.setMinimumDuration(400)
        self._box.setAutoReset(False)

    def start(self) -> None:
        """Begin soon; ``done`` or ``failed`` tells the end, never before this has returned."""
        QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        self._printer.setFullPage(True)
        self._printer.setResolution(min(self._printer.resolution(), FINEST))
        self._turn(self._left[0])
        if not self._painter.begin(self._printer):
            self._fail()
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
        if self._left:
            self._turn(self._left[0])
            if not self._printer.newPage():
                self._fail()
                return
            QTimer.singleShot(0, self._next)
        elif self._painter.end() and self._printer.printerState() != QPrinter.PrinterState.Error:
            self._end()
            self.done.emit()
        else:
            self._fail()

    def _turn(self, page: int) -> None:
        """Lay the paper as the page lies, before it is begun."""
        size = self._document.document.pagePointSize(page - 1)
        orientation = QPageLayout.Orientation
        wide = size.width() > size.height()
        self._printer.setPageOrientation(orientation.Landscape if wide else orientation.Portrait)

    def _draw(self, page: int) -> None:
        dots = self._printer.resolution()
        size = self._document.document.pagePointSize(page)
        size_in_dots = QSize(
            round(size.width() / _POINTS * dots), round(size.height() / _POINTS * dots)
        )
        picture = self._document.document.render(page, size_in_dots)
        paper = self._painter.viewport()
        self._painter.drawImage(_fitted(size_in_dots, paper), picture)

    def _fail(self) -> None:
        name = self._printer.printerName() or self._printer.outputFileName()
        self._end()
        self.failed.emit(
            ReportError(
                _("The printer {name} takes no pages: is it switched on?").format(name=name)
            )
        )

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


def wanted_pages(printer: QPrinter, count: int) -> list[int]:
    """Which of ``count`` pages, from 1, the dialog asked for; all where it left that open.

    Raises ValueError where none of them exists: the dialog knows the last page and refuses others.
    """
    ranges = printer.pageRanges()
    every = range(1, count + 1)
    chosen = [page for page in every if ranges.isEmpty() or ranges.contains(page)]
    if not chosen:
        raise ValueError(f"there are {count} pages, none of {ranges.toString()}")
    return chosen


def _hand_over(
    parent: QWidget,
    document: Pages,
    printer: QPrinter,
    done: Callable[[], None],
    refused: Callable[[SalesDeskError], None],
) -> None:
    """Give the PDF itself to CUPS, in the background: the queue may be on another machine."""
    command, name = lp_command(printer, document.count), printer.printerName()

    def give(progress: background.Progress) -> None:
        _run_lp(command, document.pdf, name, progress)

    if parent.isVisible():
        background.run(parent, _("Printing…"), give, lambda _taken: done(), refused)
    else:
        # Without a window there is nobody to cancel, and no place for a box.
        background.run_quietly(
            lambda: give(_unheard), lambda _taken: done(), refused, of_office=False
        )


def lp_command(printer: QPrinter, count: int) -> list[str]:
    """``lp`` for a PDF of ``count`` pages on its standard input, as the dialog set the printer."""
    command = ["lp", "-d", printer.printerName(), "-n", str(max(1, printer.copyCount()))]
    if printer.docName():
        command += ["-t", printer.docName()]
    pages = wanted_pages(printer, count)
    if len(pages) < count:
        command += ["-P", ",".join(str(page) for page in pages)]
    options = {"media": printer.pageLayout().pageSize().key()}
    if printer.duplex() in _SIDES:
        options["sides"] = _SIDES[printer.duplex()]
    if printer.copyCount() > 1:
        options["collate"] = "true" if printer.collateCopies() else "false"
    if printer.pageOrder() == QPrinter.PageOrder.LastPageFirst:
        options["outputorder"] = "reverse"
    if printer.colorMode() == QPrinter.ColorMode.GrayScale:
        options["print-color-mode"] = "monochrome"
    # What the dialog has for CUPS alone (pages a sheet, odd pages, hold until): names and values.
    more = printer.printEngine().property(_CUPS_OPTIONS) or []
    options |= dict(zip(more[::2], more[1::2], strict=True))
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    return command


_SIDES = {
    QPrinter.DuplexMode.DuplexNone: "one-sided",
    QPrinter.DuplexMode.DuplexLongSide: "two-sided-long-edge",
    QPrinter.DuplexMode.DuplexShortSide: "two-sided-short-edge",
}
#: Under which Qt's own dialog keeps them with the printer.
_CUPS_OPTIONS = QPrintEngine.PrintEnginePropertyKey(0xFE00)
#: Seconds between two looks whether the person has cancelled.
_LOOK = 0.1


def _run_lp(
    command: Sequence[str], pdf: bytes, name: str, progress: Callable[[int, int], None]
) -> None:
    """Run ``lp``. Raises ReportError when the PDF isn't taken, Cancelled when it is given up."""
    with tempfile.TemporaryFile() as pages, tempfile.TemporaryFile() as words:
        pages.write(pdf)
        pages.seek(0)
        try:
            process = subprocess.Popen(command, stdin=pages, stdout=words, stderr=words)
        except OSError as error:
            raise _refusal(name, str(error)) from error
        try:
            while process.poll() is None:
                progress(0, 0)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK)
        finally:
            process.kill()
            process.wait()
        words.seek(0)
        said = words.read().decode(errors="replace").strip()
    if process.returncode != 0:
        raise _refusal(name, said)


def _refusal(name: str, cause: str) -> ReportError:
    return ReportError(
        _("The printer {name} refused the pages: {cause}").format(name=name, cause=cause[:200])
    )


def _unheard(_done: int, _of: int) -> None:
    """Progress that nobody looks at."""

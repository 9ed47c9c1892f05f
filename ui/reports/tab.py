"""The Reports tab: a report of any kind exactly as it prints, and what is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QPalette, QShowEvent, QWheelEvent
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from salesdesk.calc import periods
from salesdesk.calc.periods import Kind, Period, containing, following, previous
from salesdesk.errors import RightsError, SalesDeskError
from salesdesk.office import people, rights
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.storage import files
from salesdesk.text import _, ngettext
from ui.shared import background, look
from ui.shared.files import ask_workbook
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.printing import Pages, print_pages, print_pdf, save_pdf
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.reports.kinds import ReportKind
    from salesdesk.reports.layout import Report
    from salesdesk.workspace import Connection

#: How many periods can be chosen, the present and the next one included.
_CHOICES: dict[Kind, int] = {"year": 6, "quarter": 16, "month": 48, "week": 60, "day": 62}
#: Milliseconds that changes and choices are gathered before the pages are made again.
_SETTLE = 250
#: Points on the screen that pages are shown with at most.
_WIDEST = 1000
#: How much larger a step makes the pages, and between which sizes (1 is life size).
_ZOOM, _SMALLEST, _LARGEST = 1.2, 0.3, 4.0
_LEFT_OUT = "report_left_out"


class ReportsTab(QWidget):
    """A report of a period, for the office, a team or a person.

    ``made`` tells that the pages asked for are shown; :attr:`pdf` holds them.
    """

    made = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.pdf: bytes | None = None
        self.report: Report | None = None
        self._pages: Pages | None = None
        self._stale = True
        self._work: background.Work | None = None
        self._left_out: set[str] = {
            code for code in session.preferences.get(_LEFT_OUT, []) if isinstance(code, str)
        }
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE)
        self._settle.timeout.connect(self._make)
        self.kinds = {kind.code: kind for kind in _kinds()}
        self.kind_code: Choice[str] = Choice(
            [(code, _(kind.name)) for code, kind in self.kinds.items()], next(iter(self.kinds))
        )
        self.kind_code.setAccessibleName(_("Report"))
        self.period: Choice[str] = Choice([], None)
        self.period.setAccessibleName(_("Period"))
        self.period.setMaxVisibleItems(16)
        self.scope: Choice[Who] = Choice([], None)
        self.scope.setAccessibleName(_("Of whom"))
        self._offer()
        self.sections = self._sections_button()
        self.state = label("", "hint")
        self.view = QPdfView(self)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(_("Pages of the report"))
        self._look()
        self._zooming()
        # A page as wide as a large screen is harder to read than one of a paper's width.
        self.stack = QStackedWidget()
        self.stack.setMaximumWidth(_WIDEST)
        self.waiting = EmptyPage(_("The report is being made…"), "")
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self.view)
        self._problem: QWidget | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(8)
        layout.addWidget(self._bar())
        centre = QHBoxLayout()
        centre.addWidget(self.stack)
        layout.addLayout(centre, 1)
        self.kind_code.currentIndexChanged.connect(self._kind_chosen)
        self.period.currentIndexChanged.connect(self._chosen)
        self.scope.currentIndexChanged.connect(self._chosen)
        session.changed.connect(self._changed)
        session.person_changed.connect(self._kind_chosen)

    # -- what the window and tests ask -----------------------------------------------------------

    @property
    def kind(self) -> ReportKind:
        """The kind of report that is chosen."""
        return self.kinds[self.kind_code.value()]

    def set_kind(self, code: str) -> None:
        """Show another kind of report. Raises ValueError for one there isn't."""
        self.kind_code.set_value(code)

    def set_period(self, period: Period) -> None:
        """Show the report of a period. Raises ValueError for one that can't be chosen."""
        self.period.set_value(period.key)

    def set_scope(self, who: Who) -> None:
        """Show the report of the office, a team or a person."""
        self.scope.set_value(who)

    def find(self) -> None:  # type: ignore[override]  # QWidget.find finds windows by number
        """Go to the choice of the period: what is looked for among reports."""
        self.period.setFocus()

    def print_current(self) -> None:
        """Print the pages shown, through the system's dialog."""
        if self.pdf is not None and self.report is not None:
            print_pdf(self, self.session.preferences, self.pdf, self.report.title)

    def print_to(self, printer_name: str) -> None:
        """Print the pages shown on a printer by its name, all of them once."""
        from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

        if self.pdf is None or self.report is None:
            return
        printer = QPrinter(
            QPrinterInfo.printerInfo(printer_name), QPrinter.PrinterMode.HighResolution
        )
        printer.setDocName(self.report.title)
        print_pages(self, Pages(self.pdf), printer)

    def save_pdf(self, path: Path) -> None:
        """Write the pages shown to a file. Raises WriteError when it can't be written."""
        if self.pdf is not None:
            files.write(path, self.pdf)

    def save_excel(self, path: Path) -> None:
        """Write the same figures as a workbook, in the background."""
        report = self.report
        if report is None:
            return

        def write(_progress: background.Progress) -> Path:
            from salesdesk.workbooks import report_book  # openpyxl loads when first wanted

            report_book.write(report, path)
            return path

        background.run(self, _("Writing the workbook…"), write, self._saved)

    # -- the bar ---------------------------------------------------------------------------------

    def _bar(self) -> QWidget:
        earlier = self._step(_("Period before"), "mdi6.chevron-left", -1)
        later = self._step(_("Period after"), "mdi6.chevron-right", 1)
        self.print_button = button(
            _("Print…"), self.print_current, primary=True, icon=look.icon("mdi6.printer",
                                                                          "accent_text")
        )  # fmt: skip
        self.pdf_button = button(_("PDF…"), self._ask_pdf)
        self.excel_button = button(_("Excel…"), self._ask_excel)
        for push_button in (self.print_button, self.pdf_button, self.excel_button):
            push_button.setEnabled(False)
        choices = flow(
            self.kind_code,
            row(earlier, self.period, later),
            self.scope,
            self.sections,
            self.state,
        )
        bar, line = QWidget(), QHBoxLayout()
        bar.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(choices, 1)
        line.addWidget(row(self.print_button, self.pdf_button, self.excel_button))
        return bar

    def _step(self, name: str, icon: str, by: int) -> QToolButton:
        tool_button = QToolButton()
        tool_button.setIcon(look.icon(icon))
        tool_button.setToolTip(name)
        tool_button.setAccessibleName(name)
        # The list begins with the latest period.
        tool_button.clicked.connect(
            lambda _checked=False: self.period.setCurrentIndex(
                min(max(self.period.currentIndex() - by, 0), self.period.count() - 1)
            )
        )
        return tool_button

    def _sections_button(self) -> QToolButton:
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill_sections(menu))
        self._fill_sections(menu)
        tool_button = QToolButton()
        tool_button.setText(_("Sections"))
        # The arrow beside the word: the style's own stands in the corner below it.
        tool_button.setIcon(look.icon("mdi6.chevron-down", "pale"))
        tool_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        tool_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        tool_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        tool_button.setMenu(menu)
        tool_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return tool_button

    def _fill_sections(self, menu: QMenu) -> None:
        """List the sections of the kind that is chosen."""
        menu.clear()
        for section in self.kind.sections:
            action = QAction(_(section.title), menu)
            action.setCheckable(True)
            action.setChecked(section.code not in self._left_out)
            action.toggled.connect(lambda on, code=section.code: self._section_chosen(code, on))
            menu.addAction(action)

    def _zooming(self) -> None:
        """Let the keys of any viewer, and the wheel with Ctrl, make the pages larger or smaller."""
        keys = QKeySequence.StandardKey
        for key_sequences, steps in (
            ([*QKeySequence.keyBindings(keys.ZoomIn), QKeySequence("Ctrl+=")], 1),
            (QKeySequence.keyBindings(keys.ZoomOut), -1),
            ([QKeySequence("Ctrl+0")], 0),
        ):
            action = QAction(self)
            action.setShortcuts(key_sequences)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, steps=steps: self.zoom(steps))
            self.addAction(action)
        self.view.viewport().installEventFilter(self)

    def zoom(self, steps: int) -> None:
        """Show the pages larger (above zero) or smaller by steps; 0 fits them to the width."""
        modes = QPdfView.ZoomMode
        if steps == 0 or self._pages is None:
            self.view.setZoomMode(modes.FitToWidth)
            return
        factor = self.view.zoomFactor()
        if self.view.zoomMode() != modes.Custom:
            # Where fitting has brought the pages, it tells nobody.
            margins = self.view.documentMargins()
            width = self.view.viewport().width() - margins.left() - margins.right()
            points = self._pages.document.pagePointSize(0).width()
            factor = width / (points * self.logicalDpiX() / 72)
        self.view.setZoomMode(modes.Custom)
        self.view.setZoomFactor(min(max(factor * _ZOOM**steps, _SMALLEST), _LARGEST))

    def _look(self) -> None:
        """Lay the paper, white at all times, on the window's own ground."""
        ground = QPalette()
        ground.setColor(QPalette.ColorRole.Dark, look.colour("line"))
        for part in (self.view, self.view.viewport()):
            part.setPalette(ground)

    def _section_chosen(self, code: str, on: bool) -> None:
        if on:
            self._left_out.discard(code)
        else:
            self._left_out.add(code)
        self.session.preferences.set(_LEFT_OUT, sorted(self._left_out))
        self._chosen()

    def _offer(self) -> None:
        """Offer the periods and scopes of the kind chosen, keeping what is chosen if it can be."""
        choices = _periods(self.kind, self.session.today)
        keys = {key for key, _name in choices}
        chosen = self.period.value() if self.period.count() else ""
        present = containing(self.session.today, self.kind.periods[0]).key
        self.period.set_choices(choices, chosen if chosen in keys else present)
        who = self.scope.value() if self.scope.count() else OFFICE
        scopes = self.session.read(_scopes, self.kind.levels, self.session.person_id)
        self.scope.set_choices(scopes, who)

    def _kind_chosen(self, _place: int = 0) -> None:
        self._offer()
        self._chosen()

    # -- making the pages ------------------------------------------------------------------------

    def _chosen(self, _place: int = 0) -> None:
        self._stale = True
        if self.isVisible():
            self._settle.start()

    def _changed(self, notice: Any) -> None:
        if notice.touches("person", "team"):
            self._offer()
        self._chosen()

    def _make(self) -> None:
        """Read the figures and make the pages, in the background; an older wish is dropped."""
        self._stale = False
        if self._work is not None:
            self._work.cancel()
        if not self.scope.count():
            self._failed(RightsError(_("There is no report of this kind that you may see.")))
            return
        self.state.setText(_("being made…"))
        workspace = self.session.workspace
        kind, period, who = self.kind, periods.parse(self.period.value()), self.scope.value()
        left_out, today = sorted(self._left_out), self.session.today
        actor_id = self.session.person_id

        def work() -> tuple[Report, bytes]:
            from salesdesk.reports import documents, kinds  # typst loads when first wanted

            figures = workspace.read(
                kinds.read, kind, period, who=who, today=today, leave_out=left_out,
                actor_id=actor_id,
            )  # fmt: skip
            report = kinds.report(figures)
            return report, documents.pdf("report", report.data())

        self._work = background.run_quietly(work, self._show, self._failed)

    def _show(self, made: tuple[Report, bytes]) -> None:
        self._work = None
        place = self.view.verticalScrollBar().value()
        self.report, self.pdf = made
        before, self._pages = self._pages, Pages(self.pdf)
        self.view.setDocument(self._pages.document)
        if before is not None:
            self.view.verticalScrollBar().setValue(place)
            before.document.deleteLater()
        self.state.setText(
            ngettext(
                "{count} page",
                "{count} pages",
                self._pages.count,
            ).format(count=self._pages.count)
        )
        self.stack.setCurrentWidget(self.view)
        for push_button in (self.print_button, self.pdf_button, self.excel_button):
            push_button.setEnabled(True)
        self.made.emit()

    def _failed(self, error: SalesDeskError) -> None:
        self._work = None
        self.report = self.pdf = None
        self.state.clear()
        for push_button in (self.print_button, self.pdf_button, self.excel_button):
            push_button.setEnabled(False)
        if self._problem is not None:
            self.stack.removeWidget(self._problem)
            self._problem.deleteLater()
        self._problem = EmptyPage(
            _("The report can't be made."), error.message, button(_("Try again"), self._make)
        )
        self.stack.addWidget(self._problem)
        self.stack.setCurrentWidget(self._problem)

    # -- saving ----------------------------------------------------------------------------------

    def _ask_pdf(self) -> None:
        if self.pdf is not None and self.report is not None:
            path = save_pdf(self, self.session.preferences, self.pdf, self.report.title)
            if path is not None:
                self._saved(path)

    def _ask_excel(self) -> None:
        if self.report is None:
            return
        path = ask_workbook(
            self, self.session.preferences, self.report.title, _("Save as workbook")
        )
        if path is not None:
            self.save_excel(path)

    def _saved(self, path: Path) -> None:
        self.state.setText(_("Saved as {name}.").format(name=path.name))

    # -- Qt --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            turned = event.angleDelta().y()
            if turned:
                self.zoom(1 if turned > 0 else -1)
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            # The style sheet, which comes after the palette, puts the view's old colours back.
            QTimer.singleShot(0, self, self._look)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._settle.start()


def _kinds() -> Sequence[ReportKind]:
    from salesdesk.reports import catalogue

    return catalogue.KINDS


def _periods(kind: ReportKind, today: date) -> list[tuple[str, str]]:
    """(key, name) of the periods that can be chosen, by their kinds, the next one first."""
    choices = []
    for period_kind in kind.periods:
        period = following(containing(today, period_kind))
        for _turn in range(_CHOICES[period_kind]):
            choices.append((period.key, period.label))
            period = previous(period)
    return choices


def _scopes(db: Connection, levels: Sequence[str], actor_id: int | None) -> list[tuple[Who, str]]:
    """The office, then each team with its people: those whose report the actor may see."""
    everyone = people.people(db)
    offered: list[tuple[Who, str]] = [(OFFICE, _("Whole office"))]
    for group in people.teams(db):
        offered.append((team(group.id), group.name))
        offered += [(person(p.id), f"    {p.name}") for p in everyone if p.team_id == group.id]
    offered += [(person(p.id), p.name) for p in everyone if p.team_id is None]
    sees_all = rights.scope(db, actor_id, "reports.see") == "office"
    return [
        (who, name)
        for who, name in offered
        if who.level in levels
        and (sees_all or rights.may(db, actor_id, "reports.see", who.person_id, who.team_id))
    ]

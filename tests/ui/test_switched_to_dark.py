"""Switched to dark while it is open, the window looks as if it had been started so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.office import settings
from salesdesk.workspace import Workspace
from tests.sample import Sample, sample_office
from ui.customers.tab import CustomersTab
from ui.main_window import MainWindow
from ui.office.rules import RulesDialog
from ui.planning.tab import PlanningTab
from ui.preferences import Preferences
from ui.reports.tab import ReportsTab
from ui.shared import background, look
from ui.shared.painted import all_painted

_ROLES = QPalette.ColorRole
#: The colours of a widget that the scheme chooses.
_COLOURS = (
    _ROLES.Window, _ROLES.WindowText, _ROLES.Base, _ROLES.AlternateBase, _ROLES.Text, _ROLES.Button,
    _ROLES.ButtonText, _ROLES.Highlight, _ROLES.HighlightedText, _ROLES.PlaceholderText,
    _ROLES.Link, _ROLES.Mid, _ROLES.Dark, _ROLES.Light,
)  # fmt: skip
_PAGES = {
    "customers": ("today", "all", "deals", "handover"),
    "planning": ("text", "targets", "excel", "remarks"),
    "reports": ("",),
}


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    look.apply(qapp, "light")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample_office(tmp_path_factory.mktemp("dark") / "sample.office")


def test_a_window_switched_to_dark_looks_as_one_started_dark(
    application: QApplication, sample: Sample, tmp_path: Path, qtbot: QtBot
) -> None:
    switched = _Shown(sample, tmp_path / "switched", qtbot)
    light = switched.look_at_pages()
    look.apply(application, "dark")
    live = switched.look_at_pages()
    switched.close()
    started = _Shown(sample, tmp_path / "started", qtbot)
    started.look_at_pages()  # a page looked at again may have its cursor elsewhere
    fresh = started.look_at_pages()
    started.close()
    assert live.keys() == fresh.keys()
    for page, (picture, colours) in live.items():
        expected_picture, expected_colours = fresh[page]
        assert _differing(colours, expected_colours) == [], page
        if page.startswith("reports"):
            continue  # its pages are drawn by a thread of Qt's own, some time
        assert picture == expected_picture, page
        assert picture != light[page][0], page


Look = tuple[QImage, list[tuple[str, list[str]]]]


class _Shown:
    """The window over a copy of the sample office."""

    def __init__(self, sample: Sample, folder: Path, qtbot: QtBot) -> None:
        folder.mkdir()
        self._qtbot = qtbot
        office = folder / "sample.office"
        office.write_bytes(sample.path.read_bytes())
        preferences = Preferences(folder / "preferences.json")
        with Workspace.open(office) as workspace:
            preferences.work_as(workspace.read(settings.read).office_id, sample.manager)
        self.window = MainWindow(preferences)
        qtbot.addWidget(self.window)
        self.window.resize(1024, 700)
        self.window.show()
        with qtbot.waitSignal(self.window.ready, timeout=20_000):
            self.window.opening.open(office)
        session = self.window.session
        assert session is not None
        self._plan = sample.plan
        self._dialog = RulesDialog(session, self.window)
        self._dialog.show()

    def look_at_pages(self) -> dict[str, Look]:
        """Every page by its name: its picture, and the colours of each widget.

        Without the status bar, which says for a while what was done.
        """
        looks = {}
        for code, pages in _PAGES.items():
            tab = self.window.show_tab(code)
            for page in pages:
                if isinstance(tab, CustomersTab):
                    tab.show_page(page)
                elif isinstance(tab, PlanningTab):
                    tab.select_plan(self._plan)
                    tab.show_page(page)
                else:
                    assert isinstance(tab, ReportsTab)
                    self._made(tab)
                looks[f"{code} {page}"] = self._look(self.window.stack)
        looks["rules"] = self._look(self._dialog)
        return looks

    def _made(self, tab: ReportsTab) -> None:
        """Wait for the report: it is begun a moment after the tab came up."""
        self._qtbot.waitUntil(lambda: tab.stack.currentWidget() is tab.view, timeout=20_000)

    def close(self) -> None:
        """Close the window with its office."""
        self._dialog.close()
        self.window.close()
        self._qtbot.waitUntil(lambda: not background.running, timeout=20_000)

    def _look(self, widget: QWidget) -> Look:
        self._qtbot.waitUntil(
            lambda: all_painted(self.window) and not background.running, timeout=20_000
        )
        focused = widget.focusWidget()
        if focused is not None:
            focused.clearFocus()  # where the keys go may differ: pages were looked at before
        self._qtbot.wait(1)
        parts = [part for part in widget.findChildren(QWidget) if part.isVisibleTo(widget)]
        colours = [
            (type(part).__name__, [part.palette().color(role).name() for role in _COLOURS])
            for part in parts
        ]
        return widget.grab().toImage(), colours


def _differing(
    colours: list[tuple[str, list[str]]], expected: list[tuple[str, list[str]]]
) -> list[str]:
    """Which colours of which kinds of widgets differ."""
    assert [name for name, _of_part in colours] == [name for name, _of_part in expected]
    return [
        f"{name} {role.name}: {colour} for {wanted}"
        for (name, of_part), (_name, all_wanted) in zip(colours, expected, strict=True)
        for role, colour, wanted in zip(_COLOURS, of_part, all_wanted, strict=True)
        if colour != wanted
    ]

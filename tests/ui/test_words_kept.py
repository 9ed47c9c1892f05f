"""What was typed isn't lost by closing, nor by somebody else sitting down; colours follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office.founding import new_office
from salesdesk.planning import items, plans
from salesdesk.workspace import Workspace
from ui import main_window
from ui.main_window import MainWindow
from ui.planning.new_plan import NewPlanDialog
from ui.planning.tab import PlanningTab
from ui.planning.text_page import TextPage
from ui.preferences import Preferences
from ui.reports.tab import ReportsTab
from ui.shared import background, look


@pytest.fixture
def window(qtbot: QtBot, preferences: Preferences, tmp_path: Path) -> Iterator[MainWindow]:
    """A shop with one draft plan, its window open."""
    path = tmp_path / "shop.office"
    with new_office(path, name="Shop", kind="shop", founder="Wang Min") as workspace:
        workspace.work_as(1, "Wang Min")
        with workspace.change("New plan") as change:
            plans.new_plan(change, title="Spring", period=parse("2026-11"))
    shown = MainWindow(preferences)
    qtbot.addWidget(shown)
    shown.show()
    with qtbot.waitSignal(shown.ready, timeout=20_000):
        shown.begin(path)
    yield shown
    shown.close()
    qtbot.waitUntil(lambda: not background.running, timeout=20_000)


def _type(window: MainWindow, qtbot: QtBot) -> TextPage:
    planning = window.show_tab("planning")
    assert isinstance(planning, PlanningTab)
    planning.select_plan(1)
    page = planning.show_page("text")
    assert isinstance(page, TextPage)
    qtbot.waitUntil(lambda: page.title.value() == "Spring")
    page.text.setPlainText("Visit every dealer.")
    return page


def test_closing_the_window_keeps_the_plans_words(window: MainWindow, qtbot: QtBot) -> None:
    _type(window, qtbot)
    assert window.session is not None
    path = window.session.workspace.path
    assert window.close()
    with Workspace.open(path) as workspace:
        assert workspace.read(items.text_of, 1) == "Visit every dealer.\n"


def test_words_that_cant_be_kept_are_asked_about_before_anything_closes(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _type(window, qtbot)
    page.title.setText("")  # a plan needs a title: it is refused
    questions: list[str] = []
    answers = [False, False, True]

    def answer(_parent: object, text: str, _yes: str, *, danger: bool) -> bool:
        questions.append(text)
        return answers.pop(0)

    monkeypatch.setattr(main_window, "ask", answer)
    assert not window.close()
    window.leave_office()
    assert window.session is not None
    assert page.text.toPlainText() == "Visit every dealer."
    assert window.close()
    assert questions == ["What you typed can't be saved. The page says why. Discard it?"] * 3


def test_a_shop_is_offered_what_fits_shops_and_the_rest_behind_one_entry(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert window.session is not None
    dialog = NewPlanDialog(window.session, None)
    qtbot.addWidget(dialog)
    names = [dialog.source.itemText(place) for place in range(dialog.source.count())]
    assert "Shop sales plan" in names
    assert "Property salesperson's yearly plan" not in names
    dialog.source.setCurrentIndex(names.index("Templates for other kinds of office…"))
    names = [dialog.source.itemText(place) for place in range(dialog.source.count())]
    assert "Property salesperson's yearly plan" in names
    assert dialog.source.value().kind == "template"


def test_the_paper_s_ground_follows_the_scheme_switched_live(
    window: MainWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    reports = window.show_tab("reports")
    assert isinstance(reports, ReportsTab)
    look.apply(qapp, "dark")

    def ground() -> str:
        return reports.view.palette().color(QPalette.ColorRole.Dark).name()

    qtbot.waitUntil(lambda: ground() == look.colour("line").name())

"""The guide names every key there is, in both languages, and promises none that doesn't exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from salesdesk.text import resources_folder
from ui.customers.contact_form import ContactForm
from ui.main_window import MainWindow
from ui.planning.grid_model import GridModel
from ui.planning.grid_table import GridTable
from ui.planning.text_page import TextPage
from ui.preferences import Preferences
from ui.reports.tab import ReportsTab
from ui.shared.session import Session

#: Keys that a widget reads itself, each with a test of its own.
_READ_BY_WIDGETS = {
    "↓", "↑", "Enter", "Tab", "Shift+Tab", "Esc", "PageUp", "PageDown", "Alt+↓", "F4", "F2", "空格",
    "Space",
}  # fmt: skip
_WRITTEN = {
    "Del": "Delete", "Alt+Right": "Alt+→", "Alt+Left": "Alt+←", "Ctrl+Return": "Ctrl+Enter",
    "Ctrl+Shift+Return": "Ctrl+Shift+Enter",
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_names_every_key(
    qtbot: QtBot, session: Session, preferences: Preferences, language: str
) -> None:
    guide = (resources_folder() / "help" / f"guide.{language}.md").read_text("utf-8")
    cells = re.findall(r"^\| (.+?) \|", guide, re.MULTILINE)
    told = {key for cell in cells for key in re.split(r" / | 或 | or ", cell)}
    assert not _keys_of(qtbot, session, preferences) - told
    assert told - _READ_BY_WIDGETS - {"按键", "Key"} <= _keys_of(qtbot, session, preferences)


def _keys_of(qtbot: QtBot, session: Session, preferences: Preferences) -> set[str]:
    keys: set[str] = set()
    for widget in (
        MainWindow(preferences),
        ContactForm(session, None, None),
        TextPage(session),
        GridTable(GridModel(lambda _label, _values: True)),
        ReportsTab(session),
    ):
        qtbot.addWidget(widget)
        for sequence in _sequences(widget):
            key = sequence.toString(QKeySequence.SequenceFormat.PortableText)
            keys.add(_WRITTEN.get(key, key))
    return keys - {"", "Ctrl+="}  # as Ctrl++ without Shift


def _sequences(widget: QWidget) -> Iterator[QKeySequence]:
    for action in widget.findChildren(QAction):
        yield from action.shortcuts()
    for shortcut in widget.findChildren(QShortcut):
        yield shortcut.key()
    for button in widget.findChildren(QAbstractButton):
        if not button.text().count("&"):
            yield button.shortcut()

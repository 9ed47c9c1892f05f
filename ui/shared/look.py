"""Colours, fonts, icons and the style sheet, light and dark."""

from __future__ import annotations

import sys
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from salesdesk.text import resources_folder
from ui.shared import icons

#: Families with Chinese characters, the best for a screen first.
FAMILIES = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei")

#: The colours that tell how something stands.
STATUSES = ("ahead", "on_track", "at_risk", "behind", "not_set", "pale")
_LIGHT = {
    "window": "#F5F7FA", "base": "#FFFFFF", "alternate": "#F7F9FC", "text": "#1F2933",
    "pale": "#5F6B7A", "line": "#D5DCE4", "accent": "#2F6DB5", "accent_text": "#FFFFFF",
    "selection": "#D6E6F7", "button": "#FFFFFF", "head": "#EBF0F6", "tip": "#FFFFFF",
    "ahead": "#1E7F4F", "on_track": "#2F6DB5", "at_risk": "#9A5B00", "behind": "#B3261E",
    "not_set": "#5F6B7A", "off": "#A9B2BD",
    "gap": "#FDE7D3", "gap_text": "#8A3B00", "locked": "#EDE7F6",
    "computed": "#F1F3F5", "input": "#FFFBEC", "error": "#B3261E", "error_fill": "#FCE8E6",
}  # fmt: skip
_DARK = {
    "window": "#1E2329", "base": "#262C33", "alternate": "#2B3239", "text": "#E6EAEE",
    "pale": "#A3AEBA", "line": "#3C4651", "accent": "#5B9BE0", "accent_text": "#10161C",
    "selection": "#2F4A66", "button": "#2E353D", "head": "#2F3740", "tip": "#2E353D",
    "ahead": "#6CC79A", "on_track": "#7DB4EE", "at_risk": "#E8B25A", "behind": "#F28B82",
    "not_set": "#A3AEBA", "off": "#66717C",
    "gap": "#5A3A1E", "gap_text": "#FFD0A3", "locked": "#3D3550",
    "computed": "#2A3036", "input": "#33321F", "error": "#F28B82", "error_fill": "#4A2A28",
}  # fmt: skip


class _Current:
    """The colours in force in this process."""

    colours = _LIGHT


def colour(name: str) -> QColor:
    """The colour called ``name`` (see the tables above) in the scheme in force."""
    return QColor(_Current.colours[name])


def is_dark() -> bool:
    """Whether the dark scheme is in force."""
    return _Current.colours is _DARK


#: What the application is begun with: the style that all of this dresses. (Set later, it would
#: come back as an object, for which Python makes a class with three hundred constants: 8 ms.)
ARGUMENTS = ("-style", "Fusion")


def apply(application: QApplication, scheme: str = "system") -> None:
    """Dress the application: ``scheme`` is "light", "dark" or "system"."""
    dark = scheme == "dark" or (
        scheme == "system" and application.styleHints().colorScheme() == Qt.ColorScheme.Dark
    )
    _Current.colours = _DARK if dark else _LIGHT
    application.setPalette(_palette())
    font = QFont()
    font.setFamilies([*FAMILIES])
    font.setPointSizeF(9.5 if sys.platform == "win32" else 10)
    application.setFont(font)
    application.setStyleSheet(_sheet())


@lru_cache(maxsize=200)
def icon(name: str, colour_name: str = "accent") -> QIcon:
    """An icon of the drawn set by its name ("mdi6.phone-outgoing"), in a colour of the scheme."""
    # The colour is asked for when it is drawn: icons follow when the scheme is switched.
    return icons.icon(name, lambda: colour(colour_name), lambda: colour("off"))


def _palette() -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "base",
        QPalette.ColorRole.AlternateBase: "alternate",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.PlaceholderText: "pale",
        QPalette.ColorRole.Button: "button",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.ToolTipBase: "tip",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Highlight: "selection",
        QPalette.ColorRole.HighlightedText: "text",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.Accent: "accent",
        QPalette.ColorRole.Mid: "line",
    }
    for role, name in roles.items():
        palette.setColor(role, colour(name))
    for role in (
        QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText,
    ):  # fmt: skip
        palette.setColor(QPalette.ColorGroup.Disabled, role, colour("pale"))
    return palette


def _picture(name: str) -> str:
    """The path of a small picture of the style sheet, for the scheme in force."""
    file = f"{name}-dark.svg" if is_dark() else f"{name}.svg"
    return (resources_folder() / "icons" / file).as_posix()


def _status_rules() -> str:
    """How labels and bars look that show a status (labels.show_status)."""
    return "\n".join(
        f'QLabel[status="{name}"] {{ color: {_Current.colours[name]}; }}\n'
        f'QProgressBar[status="{name}"]::chunk {{ background: {_Current.colours[name]}; }}'
        for name in STATUSES
    )


def _sheet() -> str:
    c = _Current.colours
    tick, down, up = (_picture(name) for name in ("check", "chevron-down", "chevron-up"))
    return f"""
QMenuBar {{ background: {c["window"]}; border-bottom: 1px solid {c["line"]}; }}
QMenuBar::item {{ padding: 2px 10px; background: transparent; color: {c["text"]}; }}
QMenuBar::item:selected {{ background: {c["selection"]}; border-radius: 4px; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {c["line"]}; }}
QTabBar#mainTabs::tab {{ padding: 9px 26px; border: 0; color: {c["pale"]}; font-size: 11pt; }}
QTabBar#mainTabs::tab:selected {{ color: {c["accent"]}; border-bottom: 3px solid {c["accent"]}; }}
QTabBar#mainTabs::tab:selected:focus {{ background: {c["selection"]}; }}
QTabBar#mainTabs::tab:hover {{ color: {c["text"]}; }}
QTabWidget QTabBar::tab {{ padding: 6px 14px; border: 0; color: {c["pale"]};
  border-bottom: 2px solid transparent; }}
QTabWidget QTabBar::tab:selected {{ color: {c["accent"]}; border-bottom-color: {c["accent"]}; }}
QTabWidget QTabBar::tab:selected:focus {{ background: {c["selection"]}; }}
QTabWidget QTabBar::tab:hover {{ color: {c["text"]}; }}
QToolTip {{ border: 1px solid {c["line"]}; padding: 4px; background: {c["tip"]};
  color: {c["text"]}; }}
QTableView, QTreeView, QListView {{ border: 1px solid {c["line"]}; gridline-color: {c["line"]};
  background: {c["base"]}; alternate-background-color: {c["alternate"]};
  selection-background-color: {c["selection"]}; selection-color: {c["text"]}; outline: 0; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ border-color: {c["accent"]}; }}
QListView::item {{ padding: 5px 8px; }}
QListView#pages {{ border: 0; background: {c["window"]}; outline: 0; }}
QListView#pages::item {{ padding: 9px 12px; border-radius: 6px; margin: 1px 6px; }}
QListView#pages::item:selected {{ background: {c["selection"]}; color: {c["accent"]}; }}
QListView#pages::item:selected:focus {{ border: 1px solid {c["accent"]}; }}
QHeaderView {{ background: {c["head"]}; border: 0; }}
QHeaderView::section {{ background: {c["head"]}; color: {c["text"]}; border: 0;
  border-right: 1px solid {c["line"]}; border-bottom: 1px solid {c["line"]}; padding: 5px 7px; }}
QTableCornerButton::section {{ background: {c["head"]}; border: 0; }}
QLineEdit, QPlainTextEdit, QTextEdit {{
  border: 1px solid {c["line"]}; border-radius: 4px; padding: 4px 6px; background: {c["base"]};
  color: {c["text"]}; selection-background-color: {c["accent"]};
  selection-color: {c["accent_text"]}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border: 1px solid {c["accent"]}; }}
QComboBox, QAbstractSpinBox {{ border: 1px solid {c["line"]}; border-radius: 4px;
  padding: 4px 6px; background: {c["base"]}; color: {c["text"]};
  selection-background-color: {c["accent"]}; selection-color: {c["accent_text"]}; }}
QComboBox:focus, QComboBox:on, QAbstractSpinBox:focus {{ border: 1px solid {c["accent"]}; }}
QComboBox:disabled, QAbstractSpinBox:disabled, QLineEdit:disabled, QPlainTextEdit:disabled {{
  color: {c["pale"]}; background: {c["window"]}; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: 0; padding: 0; border-radius: 0; }}
QComboBox {{ padding-right: 22px; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ border: 1px solid {c["line"]}; outline: 0;
  background: {c["base"]}; color: {c["text"]}; selection-background-color: {c["selection"]};
  selection-color: {c["text"]}; }}
QAbstractSpinBox {{ padding: 2px 20px 2px 6px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; width: 18px;
  background: transparent; }}
QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
QTableView::item {{ padding: 0 5px; }}
{_status_rules()}
QToolButton[gap="true"] {{ background: {c["gap"]}; color: {c["gap_text"]}; padding: 3px 8px; }}
QToolButton[gap="true"]::menu-indicator {{ image: none; }}
QPushButton {{ border: 1px solid {c["line"]}; border-radius: 4px; padding: 5px 14px;
  background: {c["button"]}; color: {c["text"]}; }}
QPushButton:hover {{ border-color: {c["accent"]}; }}
QPushButton:focus {{ border-color: {c["accent"]}; }}
QPushButton:disabled {{ color: {c["off"]}; background: {c["window"]}; }}
QPushButton[primary="true"] {{ background: {c["accent"]}; color: {c["accent_text"]};
  border-color: {c["accent"]}; }}
QPushButton[primary="true"]:disabled {{ background: {c["line"]}; border-color: {c["line"]};
  color: {c["off"]}; }}
QCheckBox::indicator, QAbstractItemView::indicator {{ width: 14px; height: 14px;
  border: 1px solid {c["pale"]}; border-radius: 3px; background: {c["base"]}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{
  background: {c["accent"]}; border-color: {c["accent"]}; image: url("{tick}"); }}
QCheckBox::indicator:focus {{ border-color: {c["accent"]}; }}
QCheckBox::indicator:disabled {{ border-color: {c["line"]}; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 4px 8px; }}
QToolButton:disabled {{ color: {c["off"]}; }}
QToolButton:hover {{ border-color: {c["line"]}; background: {c["button"]}; }}
QToolButton:checked {{ background: {c["selection"]}; }}
QSplitter::handle {{ background: {c["line"]}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QStatusBar {{ border-top: 1px solid {c["line"]}; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QPushButton {{ border: 0; padding: 2px 8px; background: transparent;
  color: {c["accent"]}; }}
QLabel[role="title"] {{ font-size: 15pt; font-weight: 600; }}
QLabel[role="subtitle"] {{ font-size: 12pt; font-weight: 600; }}
QLabel[role="hint"] {{ color: {c["pale"]}; }}
QLabel[role="error"] {{ color: {c["error"]}; background: {c["error_fill"]}; border-radius: 4px;
  padding: 6px 8px; }}
QLabel[role="figure"] {{ font-size: 15pt; font-weight: 600; }}
QFrame[card="true"] {{ background: {c["base"]}; border: 1px solid {c["line"]};
  border-radius: 8px; }}
QProgressBar {{ border: 0; border-radius: 3px; background: {c["line"]}; max-height: 6px; }}
QProgressBar::chunk {{ border-radius: 3px; background: {c["accent"]}; }}
"""

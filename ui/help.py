"""Help: the short guide, and what a check of the office file found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QTextBrowser, QVBoxLayout, QWidget

from salesdesk.text import _, language, ngettext, resources_folder
from ui.shared.dialogs import Dialog
from ui.shared.labels import button, label, row
from ui.shared.messages import say


class GuideDialog(Dialog):
    """The guide in the language in force; stays open beside the work."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Guide"))
        self.resize(720, 640)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(_("Guide"))
        file = resources_folder() / "help" / f"guide.{language()}.md"
        self.browser.setMarkdown(file.read_text("utf-8"))
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser)
        layout.addWidget(row(None, button(_("Close"), self.close)))


class ProblemsDialog(Dialog):
    """What is wrong with an office file, a line each, to be copied."""

    def __init__(self, parent: QWidget | None, problems: Sequence[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Check the office file"))
        self.resize(640, 420)
        words = QPlainTextEdit("\n".join(problems))
        words.setReadOnly(True)
        words.setAccessibleName(_("Problems found"))
        layout = QVBoxLayout(self)
        layout.addWidget(
            label(
                ngettext(
                    "{count} problem was found. Make a backup before anything else.",
                    "{count} problems were found. Make a backup before anything else.",
                    len(problems),
                ).format(count=len(problems)),
                wrap=True,
            )
        )
        layout.addWidget(words)
        layout.addWidget(row(None, button(_("Close"), self.accept, primary=True)))


def show_problems(parent: QWidget, problems: Sequence[str]) -> None:
    """Show what a check found, or that all is well."""
    if problems:
        ProblemsDialog(parent, problems).exec()
    else:
        say(parent, _("The office file is sound."))

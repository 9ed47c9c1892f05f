"""What to know of a sheet before taking it over: doubts, what is left out, what is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from salesdesk.text import _
from ui.shared.labels import button, label, row
from ui.shared.tables import Column

if TYPE_CHECKING:
    from salesdesk.workbooks.quota_comparison import Comparison, Notice

#: More doubts than this would push the differences off the screen; all are among the notes.
_SHOWN = 3


class Doubts(QWidget):
    """Says above the differences what can hardly be meant, and offers to read amounts otherwise.

    ``read_as`` is called with the unit to read them in.
    """

    def __init__(self, comparison: Comparison, read_as: Callable[[str], None]) -> None:
        super().__init__()
        doubts = comparison.told("doubt")
        other = "wan" if comparison.unit == "yuan" else "yuan"
        words = _("Read as 万元") if other == "wan" else _("Read as yuan")
        self.read_button = button(words, lambda: read_as(other))
        self.read_button.setVisible(comparison.unit == "wan" or bool(doubts))
        lines = [
            _("{sheet}: {reason}").format(sheet=doubt.sheet, reason=doubt.words)
            for doubt in doubts[:_SHOWN]
        ]
        if comparison.unit == "wan":
            lines.insert(0, _("Amounts that don't say their unit are read as 万元."))
        self.words = label("\n".join(lines), "error" if doubts else "hint", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(row(self.words, self.read_button))
        self.setVisible(bool(lines))


def notice_columns() -> list[Column[Notice]]:
    """The columns of the notes."""
    kinds = {
        "not_taken": _("Not taken"),
        "skipped": _("Skipped"),
        "told": _("To be known"),
        "doubt": _("Doubtful"),
    }
    return [
        Column(_("Kind"), lambda notice: kinds[notice.kind], 110),
        Column(_("Sheet"), lambda notice: notice.sheet, 170),
        Column(_("Cell"), lambda notice: notice.cell, 70),
        Column(_("Note"), lambda notice: notice.words, 600, tip=lambda notice: notice.words),
    ]

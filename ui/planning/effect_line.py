"""What a split or a balancing would do, said before it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.planning import balancing
from salesdesk.planning.balancing import CellChange, Changes, Effect
from salesdesk.planning.grid import Grid
from salesdesk.text import _, ngettext
from ui.shared.labels import label
from ui.shared.session import Latest, Session

if TYPE_CHECKING:
    from salesdesk.workspace import Connection

#: Reckons the cells to be set, from the grid as it is.
Reckon = Callable[["Connection", Grid], Changes]
#: Milliseconds that choices are gathered before the effect is reckoned again.
_SETTLE = 200


class EffectLine(QWidget):
    """How many cells would change, the gaps before and after, the largest changes by name.

    ``shown`` tells that the newest choice has been reckoned.
    """

    shown = Signal()

    def __init__(self, session: Session, cells: Grid) -> None:
        super().__init__()
        self._cells = cells
        self._reckon: Callable[[], Reckon] | None = None
        self._latest = Latest(session, self._failed)
        self.summary = label("", wrap=True)
        self.details = label("", "hint", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.summary)
        layout.addWidget(self.details)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE)
        self._settle.timeout.connect(self._begin)

    def ask(self, reckon: Callable[[], Reckon]) -> None:
        """Reckon what is chosen, soon; ``reckon`` may raise SalesDeskError for what is typed."""
        self._reckon = reckon
        self._settle.start()

    def drop(self) -> None:
        """Forget what is being reckoned."""
        self._settle.stop()
        self._latest.drop()

    def _begin(self) -> None:
        assert self._reckon is not None
        try:
            reckon = self._reckon()
        except SalesDeskError as error:
            self._failed(error)
            return
        self._latest.read(self._show, _effect, self._cells, reckon)

    def _show(self, effect: Effect) -> None:
        text = ngettext("{count} cell changes", "{count} cells change", effect.cells)
        if effect.overwritten:
            text += ngettext(
                ", {overwritten} of them has a target already",
                ", {overwritten} of them have targets already",
                effect.overwritten,
            )
        text += _("; gaps: {before} before, {after} after.")
        self.summary.setText(
            text.format(
                count=effect.cells,
                overwritten=effect.overwritten,
                before=effect.gaps_before,
                after=effect.gaps_after,
            )
        )
        self._say(self.details, "\n".join(self._named(change) for change in effect.largest))
        self.shown.emit()

    def _named(self, change: CellChange) -> str:
        measure = self._cells.measure
        return _("{name}, {period}: {before} → {after}").format(
            name=change.row_name or _("Whole office"),
            period=change.place.period.label_short,
            before=measure.format(change.before),
            after=measure.format(change.after),
        )

    def _failed(self, error: SalesDeskError) -> None:
        self.summary.setText(error.message)
        self._say(self.details, "")
        self.shown.emit()

    def _say(self, line: QLabel, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))


def _effect(db: Connection, cells: Grid, reckon: Reckon) -> Effect:
    return balancing.effect(cells, reckon(db, cells))

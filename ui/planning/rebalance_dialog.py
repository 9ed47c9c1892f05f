"""The dialog that balances a target with its parts, saying first what would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.planning import balancing, splitting
from salesdesk.planning.balancing import Changes
from salesdesk.planning.grid import Grid
from salesdesk.planning.places import Place
from salesdesk.text import _
from ui.planning.effect_line import EffectLine, Reckon
from ui.shared import background
from ui.shared.forms import Choice, FormDialog
from ui.shared.labels import label
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.workspace import Connection


class RebalanceDialog(FormDialog):
    """Makes the parts of a target sum to it again, or the target follow its parts."""

    def __init__(
        self, session: Session, cells: Grid, place: Place, name: str, parent: QWidget | None
    ) -> None:
        super().__init__(_("Rebalance"), parent, save_text=_("Rebalance"))
        self.setMinimumWidth(480)
        self.session, self.cells, self.place = session, cells, place
        self.form.addRow(label(name, "subtitle", wrap=True))
        self.way: Choice[str] = Choice(
            [(way, _(words)) for way, words in balancing.WAYS.items()], self._usual_way()
        )
        self.effect = EffectLine(session, cells)
        self.add(_("What follows"), self.way)
        self.add(_("What changes"), self.effect)
        self.form.addRow(
            "",
            label(
                _("Unlocked parts keep their proportions; levels further down follow."),
                "hint", wrap=True,
            ),
        )  # fmt: skip
        self.way.currentIndexChanged.connect(self._reckon_soon)
        self.effect.shown.connect(self.fit)
        self._reckon_soon()

    def _usual_way(self) -> str:
        """The axis on which there is a gap, else time."""
        gaps = self.cells.gaps(*self.place)
        return next(iter(gaps), "time")

    def _reckon_soon(self) -> None:
        self.effect.ask(self.reckoner)

    def reckoner(self) -> Reckon:
        """The balancing as chosen."""
        place, way = self.place, self.way.value()

        def reckon(_db: Connection, cells: Grid) -> Changes:
            return balancing.rebalance(cells, place, way)

        return reckon

    def accept(self) -> None:
        reckon = self.reckoner()
        self.effect.drop()
        workspace, cells = self.session.workspace, self.cells

        def work(_progress: background.Progress) -> int:
            with workspace.change(_("Rebalance")) as change:
                return splitting.set_reckoned(change, cells, reckon, splitting.REBALANCE)

        background.run(self, _("Rebalancing…"), work, self._done, self._failed)

    def _done(self, _changed: int) -> None:
        QDialog.accept(self)

    def _failed(self, error: SalesDeskError) -> None:
        self.show_error(error.message)

"""A notice at the turn of a month or week: the next plan isn't there yet; one click makes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from salesdesk.planning import next_plan
from salesdesk.planning.next_plan import Offer
from salesdesk.text import _, joined, ngettext
from ui.shared import background
from ui.shared.fresh import PERSON, FreshPage, Shown
from ui.shared.labels import button, label, row
from ui.shared.messages import tell
from ui.shared.session import Session

#: How many plans have a button of their own; more are only counted.
_SHOWN = 2


class NextPlanNotice(FreshPage):
    """Shows nothing while nothing is due; ``made`` tells of the plan that was made."""

    tables = ("plan", "person", "setting", "calendar_day")
    made = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.offers: list[Offer] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._lines = QWidget()
        self._layout.addWidget(self._lines)

    def shown_parts(self) -> Mapping[str, Shown]:
        return {
            "plan": Shown(
                columns=frozenset(
                    {"title", "status", "start_day", "period_kind", "team_id", "person_id"}
                )
            ),
            "person": PERSON,
        }

    def refresh(self) -> None:
        session = self.session
        self.offers = session.read(next_plan.offered, session.person_id, session.today)
        lines = QWidget()
        layout = QVBoxLayout(lines)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for offer in self.offers[:_SHOWN]:
            words = label(
                _("There is no plan for {period} after “{title}” yet.").format(
                    period=offer.period.label, title=offer.plan.title
                ),
                "hint", wrap=True,
            )  # fmt: skip
            layout.addWidget(
                row(words, button(_("Make it"), partial(self.make, offer), tip=_what_of()))
            )
        more = self.offers[_SHOWN:]
        if more:
            counted = ngettext("{count} more plan: {titles}", "{count} more plans: {titles}",
                               len(more))  # fmt: skip
            layout.addWidget(
                label(
                    counted.format(
                        count=len(more), titles=joined(one.plan.title for one in more)
                    ),
                    "hint", wrap=True,
                )
            )  # fmt: skip
        self._layout.replaceWidget(self._lines, lines)
        self._lines.deleteLater()
        self._lines = lines
        lines.setVisible(bool(self.offers))

    def make(self, offer: Offer) -> None:
        """Make the next plan of an offer."""
        workspace = self.session.workspace

        def work(_progress: background.Progress) -> int:
            with workspace.change(_("New plan")) as change:
                return next_plan.make(change, offer.plan.id)

        background.run(self, _("Making the plan…"), work, self.made.emit, partial(tell, self))


def _what_of() -> str:
    return _(
        "With the text and rules of the last plan, the targets that the wider plan assigns, what "
        "was missed and what is still to be done. Edit it afterwards."
    )

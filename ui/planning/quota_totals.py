"""The totals that taking a quota sheet over would change, beside what is to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salesdesk.planning.places import TIERS
from salesdesk.text import _
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable

if TYPE_CHECKING:
    from salesdesk.workbooks.quota_comparison import Comparison, Difference
    from salesdesk.workbooks.quota_totals import Total


class TotalsTable(RecordTable["Total"]):
    """Totals before and after, following what is ticked."""

    def __init__(self, session: Session, comparison: Comparison) -> None:
        from salesdesk.workbooks.quota_totals import Totals  # loads openpyxl: not at start

        super().__init__(_columns(), name=_("Totals"))
        self._totals = session.read(Totals, comparison)

    def follow(self, chosen: Sequence[Difference]) -> None:
        """Show what taking ``chosen`` over would make of the totals."""
        self.set_rows(self._totals.of(chosen))


def _columns() -> list[Column[Total]]:
    def shown(total: Total, value: int | None) -> str:
        return "" if value is None else total.measure.format(value)

    return [
        Column(_("Sheet"), lambda total: total.sheet, 105),
        Column(_("Measure"), lambda total: _("{name} ({unit})").format(
            name=total.measure.name, unit=total.measure.unit), 130),
        Column(_("Tier"), lambda total: _(TIERS[total.tier]), 80),
        Column(_("Whose"), lambda total: total.person or _("All"), 85,
               bold=lambda total: not total.person),
        Column(_("Period"), lambda total: total.period, 135),
        Column(_("Before"), lambda total: shown(total, total.before), 105, "right",
               sort=lambda total: total.before),
        Column(_("After"), lambda total: shown(total, total.after), 105, "right",
               sort=lambda total: total.after, bold=lambda _total: True),
        Column(_("To be reached"), lambda total: shown(
            total, total.reach.value if total.reach else None), 105, "right",
            sort=lambda total: total.reach.value if total.reach else None),
        Column(_("Still open"), lambda total: shown(total, total.open), 105, "right",
               sort=lambda total: total.open),
    ]  # fmt: skip

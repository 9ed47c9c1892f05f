"""A month's review of a plan: each target with its actual, why it was missed, what will be done."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection

from salesdesk.calc import pace
from salesdesk.calc.periods import Period
from salesdesk.office import measures, settings
from salesdesk.office.measures import Measure
from salesdesk.planning import causes, grid, remarks, targets
from salesdesk.planning.places import TIERS, Who
from salesdesk.planning.remarks import Remark
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One target of the month with what was achieved and the words on it.

    ``tier`` is the one that attainment is reckoned against; ``stretch`` stands beside it. ``cause``
    is what the office calls the cause that was chosen.
    """

    who: Who
    name: str
    measure: Measure
    tier: str
    target: int
    stretch: int | None
    actual: int
    remark: Remark
    cause: str
    in_wan: bool

    @property
    def reason(self) -> str:
        """Why it was missed, in one's own words."""
        return self.remark.reason

    @property
    def countermeasure(self) -> str:
        """What will be done."""
        return self.remark.countermeasure

    @property
    def attainment(self) -> Fraction | None:
        """Actual / target, None for a target of zero."""
        return pace.attainment(self.actual, self.target)

    @property
    def missed(self) -> bool:
        """Whether less was achieved than the target asks for."""
        return self.actual < self.target

    def shown(self, value: int | None) -> str:
        """A value as people read it, nothing for None."""
        return self.measure.format(value, in_wan=self.in_wan)


def review(db: Connection, plan_id: int, month: Period) -> list[ReviewLine]:
    """The plan's targets of a month, missed ones first, by measure, the furthest behind before.

    Each measure stands in the first tier that has a target there: assigned, else own goal, else
    stretch. Raises NotFoundError for an unknown plan.
    """
    words = remarks.remarks(db, month, plan_id=plan_id)
    listed = causes.names(db)
    in_wan = settings.read(db).in_wan
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    used: dict[int, set[str]] = {}
    for measure_id, tier in targets.measures_used(db, plan_id):
        used.setdefault(measure_id, set()).add(tier)
    lines: list[ReviewLine] = []
    for measure_id, tiers in used.items():
        grids = {
            tier: grid.read(db, plan_id, measure_id, tier, with_actuals=True)
            for tier in TIERS
            if tier in tiers
        }
        for who, name in _rows(grids).items():
            values = {tier: cells.value(who, month) for tier, cells in grids.items()}
            tier = next((tier for tier, value in values.items() if value is not None), "")
            target = values.get(tier)
            if target is None:
                continue
            said = words.get((plan_id, measure_id, who), remarks.Remark("", ""))
            lines.append(
                ReviewLine(
                    who,
                    name or _("Whole office"),
                    known[measure_id],
                    tier,
                    target,
                    values.get("stretch") if tier != "stretch" else None,
                    grids[tier].actual_of(who, month) or 0,
                    said,
                    listed.get(said.cause_id or 0, ""),
                    in_wan,
                )
            )
    lines.sort(key=lambda line: (not line.missed, line.measure.position, line.attainment or 0))
    return lines


def _rows(grids: dict[str, grid.Grid]) -> dict[Who, str]:
    """The rows of all tiers, each once; a tier may have rows of its own for who left."""
    names: dict[Who, str] = {}
    for cells in grids.values():
        for row in cells.rows:
            names.setdefault(row.who, row.name)
    return names

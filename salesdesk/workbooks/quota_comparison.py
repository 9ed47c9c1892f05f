"""What a quota sheet that came back differs in: the plain values that a comparison is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from salesdesk.office.measures import Measure
from salesdesk.planning.places import Place, person
from salesdesk.workbooks.quota_layout import RowKey, Slot
from salesdesk.workbooks.quota_sent import Base


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs; values as stored (a measure's smallest step, or a remark's text)."""

    sheet: str
    cell: str
    row: RowKey
    slot: Slot
    person: str
    product: str
    measure: Measure
    base: Base
    sheet_value: Base
    office_value: Base

    @property
    def place(self) -> Place:
        """Where the value belongs."""
        return Place(person(self.row.person_id, self.row.product_id), self.slot.period)

    def shown(self, value: Base) -> str:
        """A value of this cell as people read it."""
        return self.measure.format(value) if isinstance(value, int) else value or ""


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that can't be taken, and why."""

    sheet: str
    cell: str
    cause: str


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that is new in the sheet, or missing from it."""

    sheet: str
    row: int  # as the sheet counts, 0 for a missing row
    person: str
    product: str


@dataclass(slots=True)
class Comparison:
    """What coming back would change; ``changed`` includes the cells of new rows."""

    plan_id: int
    plan_title: str
    export_id: str
    changed: list[Difference] = field(default_factory=list)
    office_changed: list[Difference] = field(default_factory=list)
    conflicts: list[Difference] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    new_rows: list[OddRow] = field(default_factory=list)
    missing_rows: list[OddRow] = field(default_factory=list)

    @property
    def nothing_to_do(self) -> bool:
        """Whether the office has it all already."""
        return not (self.changed or self.conflicts or self.errors)

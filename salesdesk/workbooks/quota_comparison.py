"""What a quota sheet that came back differs in: the plain values that a comparison is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

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

    @property
    def is_deletion(self) -> bool:
        """Whether the sheet's mark would delete what the office has."""
        return self.sheet_value in (None, "")

    def shown(self, value: Base) -> str:
        """A value of this cell as people read it."""
        return self.measure.format(value) if isinstance(value, int) else value or ""


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that can't be taken, and why."""

    sheet: str
    cell: str
    cause: str


#: What is told: a sheet or block that isn't taken, a row that is skipped, something about a row
#: that is taken all the same, a doubt whether the figures are what they seem.
NoticeKind = Literal["not_taken", "skipped", "told", "doubt"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know before taking over; it forbids nothing.

    ``cell`` is empty where it is about a whole sheet, ``sheet`` where no sheet of the workbook
    holds what ``words`` name.
    """

    kind: NoticeKind
    sheet: str
    cell: str
    words: str


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that is new in the sheet, or missing from it."""

    sheet: str
    row: int  # as the sheet counts, 0 for a missing row
    person: str
    product: str


@dataclass(slots=True)
class Comparison:
    """What coming back would change; ``changed`` includes the cells of new rows.

    Cells marked to be deleted are in ``deletions`` alone, or in ``conflicts`` where the office
    changed them too. What has errors is in none of the lists, but a cell may be right in itself and
    wrong beside others: :meth:`good` tells which can be taken. ``unit`` is how amounts were read.
    """

    plan_id: int
    plan_title: str
    export_id: str
    unit: str = "yuan"
    changed: list[Difference] = field(default_factory=list)
    deletions: list[Difference] = field(default_factory=list)
    office_changed: list[Difference] = field(default_factory=list)
    conflicts: list[Difference] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    new_rows: list[OddRow] = field(default_factory=list)
    missing_rows: list[OddRow] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def nothing_to_do(self) -> bool:
        """Whether the office has it all already."""
        return not (self.changed or self.deletions or self.conflicts or self.errors)

    def told(self, *kinds: NoticeKind) -> list[Notice]:
        """The notices of these kinds."""
        return [notice for notice in self.notices if notice.kind in kinds]

    def good(self, differences: list[Difference]) -> list[Difference]:
        """Those of ``differences`` whose cells have no error."""
        wrong = {(cell_error.sheet, cell_error.cell) for cell_error in self.errors}
        return [
            difference
            for difference in differences
            if (difference.sheet, difference.cell) not in wrong
        ]

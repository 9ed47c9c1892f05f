"""Rows of a quota sheet that came back as they went out and still stand so in the office.

Most rows are such. Each is told by comparing it whole, so that only the others are looked at cell
by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from salesdesk.office.measures import Measure
from salesdesk.planning.places import Who
from salesdesk.planning.targets import stored_period_key
from salesdesk.workbooks.quota_finding import Table
from salesdesk.workbooks.quota_layout import Slot
from salesdesk.workbooks.quota_office import OfficeNow
from salesdesk.workbooks.quota_sent import Base


class AsSent:
    """Asked about the rows of one table.

    ``inputs`` are the (column, place among the slots) that count.
    """

    def __init__(
        self,
        table: Table,
        slots: Sequence[Slot],
        measures: Mapping[int, Measure],
        inputs: Sequence[tuple[int, int]],
    ) -> None:
        self._rows = table.sheet.rows
        self._unread = {row for row, _column in table.sheet.unread}
        columns = [column for column, _place in inputs]
        self._least = max(columns, default=0) + 1
        self._cells = _getter(columns)
        self._least_sent = max((place for _column, place in inputs), default=0) + 1
        self._sent = _getter([place for _column, place in inputs])
        shown = [slots[place] for _column, place in inputs]
        #: What a stored value is divided by to be shown; 0 for a remark.
        self._scales = [
            0 if slot.field else 10 ** measures[slot.measure_id].digits for slot in shown
        ]
        #: Of each measure and tier where its targets stand in the row, and the office's periods.
        self._tiers = []
        for tier in dict.fromkeys((slot.measure_id, slot.tier) for slot in shown if not slot.field):
            places = [at for at, slot in enumerate(shown) if (slot.measure_id, slot.tier) == tier]
            periods = [stored_period_key(shown[at].period) for at in places]
            self._tiers.append((tier, _getter(places), periods))
        self._remarks = [(at, slot) for at, slot in enumerate(shown) if slot.field]

    def holds(self, row: int, base: Sequence[Base], office: OfficeNow, who: Who) -> bool:
        """Whether a row's inputs are what went out, and what the office has.

        A "no" says nothing: the row is to be looked at.
        """
        line = self._rows[row]
        if row in self._unread or len(line) < self._least or len(base) < self._least_sent:
            return False
        sent = self._sent(base)
        cells = self._cells(line)
        if cells != tuple(
            [
                "" if value is None else value / scale if scale else value
                for value, scale in zip(sent, self._scales, strict=True)
            ]
        ):
            return False
        if bool in set(map(type, cells)):  # True is 1.0 for Python, and no figure
            return False
        for tier, taken, periods in self._tiers:
            if tuple(map(office.held(*tier, who).values.get, periods)) != taken(sent):
                return False
        return all(office.value(slot, who) == sent[at] for at, slot in self._remarks)


def _getter(places: Sequence[int]) -> Any:
    """Takes the values at ``places`` out of a row, as a tuple however many there are."""
    if len(places) == 1:
        [place] = places
        return lambda row: (row[place],)
    return itemgetter(*places) if places else lambda _row: ()

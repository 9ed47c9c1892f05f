"""Customers whose grade changed in the period."""

from __future__ import annotations

from collections.abc import Sequence

from salesdesk.customers.regrading import Regraded, regraded
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, mark


def read(reading: Reading) -> list[Regraded]:
    """What changed from the period's start to its end, of whoever belongs to the report."""
    return regraded(reading.db, reading.period.start, reading.until, reading.within)


def _lay_out(rows: Sequence[Regraded], _facts: Facts) -> Content:
    columns = [
        Column(_("Grade before"), 1, "left"),
        Column(_("Grade after"), 1, "left"),
        Column(_("Customers"), 1),
    ]
    cells: list[list[Cell | str]] = [
        [row.before or _("None"), row.after or _("None"), count_cell(row.count)] for row in rows
    ]
    return Content([Table(columns, cells)])


def _as_json(rows: Sequence[Regraded], _facts: Facts) -> object:
    return [{"before": row.before, "after": row.after, "count": row.count} for row in rows]


REGRADED = SectionKind("regraded", mark("Regraded customers"), read, _lay_out, _as_json)

"""Rows that the history doesn't know, beside the sums of what was written past it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table

from salesdesk import audit
from salesdesk.check.telling import MOST
from salesdesk.storage import row_sums
from salesdesk.storage.row_sums import Unlike
from salesdesk.storage.schema import all_tables
from salesdesk.text import _, mark

_SENTENCES = {
    "changed": mark("{place} isn't as it was written."),
    "gone": mark("{place} is gone, though nothing deleted it."),
    "unknown": mark("{place} is there, though nothing wrote it."),
    "before": mark("{place} wasn't as it had been written when it was first changed."),
}


def rows_by_sums(db: Connection) -> Iterator[str]:
    """Rows of the founding, of a demo or of an update that aren't as they were written."""
    teller = audit.Teller(db, costs=False)
    found = 0
    for table in all_tables().values():
        for unlike in row_sums.unlike(db, table):
            found += 1
            if found <= MOST:
                yield _told(teller, table, unlike)
    if found > MOST:
        yield _("More rows that aren't as they were written: {count}.").format(count=found - MOST)


def _told(teller: audit.Teller, table: Table, unlike: Unlike) -> str:
    """One row in words."""
    if unlike.fault == "sums":
        return _(
            "What tells whether rows {first} to {last} of {table} are as they were written is "
            "damaged itself. “check --repair” makes it anew."
        ).format(first=unlike.row_id, last=unlike.row_id + row_sums.ROWS - 1, table=table.name)
    place = teller.place(table.name, unlike.row_id, unlike.now)
    return _(_SENTENCES[unlike.fault]).format(place=place)

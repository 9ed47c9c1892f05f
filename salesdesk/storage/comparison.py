"""Compares rows with what the history says of them: the one witness of a byte that has changed.

A plain file has no checksums: whatever changes a byte within a row, a worn disk or a wrong copy,
leaves a row that reads as well as before. But each row that was ever changed stands in the history
as it was left, and each of its images is there twice: as what one change left and as what the next
one met. So both can be compared, the rows and the history itself.

One pass a table, in the order of the history's index; only what differs leaves the database.
Another database would do the same with its own JSON functions (PostgreSQL: ``jsonb_build_object``
and ``lead``), or leave it to its page checksums.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table

from salesdesk.storage import images, sqlite

#: Columns that images may name though no table of today has them: (table, column), of those that an
#: update of the program dropped.
FORMER_COLUMNS: frozenset[tuple[str, str]] = frozenset({("plan", "text")})


@dataclass(frozen=True, slots=True)
class Unlike:
    """A row that isn't what its last image says, or an image that isn't what the next one met.

    ``said`` is what the change left, ``now`` what stands there (or what the next change met, where
    ``within`` is true), each by column as stored and with the columns that both know; None: no
    row. ``older``: the change was made before an update of the program that added or dropped
    columns.
    ``unread``: one of them can't be read as an image at all, ``said`` and ``now`` are empty.
    """

    row_id: int
    said: Mapping[str, Any] | None
    now: Mapping[str, Any] | None
    within: bool
    older: bool = False
    unread: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ, in the order of the table."""
        if self.said is None or self.now is None:
            return ()
        return tuple(name for name in self.said if self.said[name] != self.now[name])


def unlike_history(db: Connection, table: Table) -> Iterator[Unlike]:
    """What of ``table`` isn't as the history says, row by row; rows without history say nothing."""
    stored = images.stored(table, "t")
    rows = sqlite.run(
        db,
        "SELECT row_id, CAST(after AS BLOB), CAST(now AS BLOB), following IS NOT NULL FROM ("
        " SELECT h.row_id, h.after, lead(h.id) OVER every AS following,"
        " CASE WHEN lead(h.id) OVER every IS NULL"
        f' THEN (SELECT {stored} FROM "{table.name}" AS t WHERE t.id = h.row_id)'
        " ELSE lead(h.before) OVER every END AS now"
        " FROM history_row AS h WHERE h.table_name = ?"
        " WINDOW every AS (PARTITION BY h.row_id ORDER BY h.id)"
        ") WHERE after IS NOT now ORDER BY row_id",
        (table.name,),
    )
    for row_id, after, now, within in rows:
        unlike = _compared(table, row_id, after, now, within=bool(within))
        if unlike is not None:
            yield unlike


def _compared(
    table: Table, row_id: int, after: bytes | None, now: bytes | None, *, within: bool
) -> Unlike | None:
    """None where the two say the same, as far as both know the columns."""
    try:
        said, stands = _opened(table, after), _opened(table, now)
    except ValueError:
        return Unlike(row_id, {}, {}, within, unread=True)
    if said is None or stands is None:
        return Unlike(row_id, said, stands, within)
    # Images from before an update of the program know other columns; versions go on with them.
    common = [name for name in said if name in stands]
    unlike = [name for name in common if said[name] != stands[name]]
    if not unlike:
        return None
    if within and unlike == ["version"] and _grew(said["version"], stands["version"]):
        return None
    return Unlike(
        row_id,
        {name: said[name] for name in common},
        {name: stands[name] for name in common},
        within,
        older=said.keys() != stands.keys(),
    )


def _grew(said: Any, stands: Any) -> bool:
    """Whether a version went on: it did without an entry where a change undid its own edit."""
    return isinstance(said, int) and isinstance(stands, int) and said < stands


def _opened(table: Table, image: bytes | None) -> dict[str, Any] | None:
    """The columns of an image. Raises ValueError where it can't be one of a row of ``table``."""
    if image is None:
        return None
    # A byte that makes no text any more is a difference, not a reason to stop.
    columns = json.loads(image.decode("utf-8", "replace"))
    if not isinstance(columns, dict):
        raise ValueError("an image is an object of columns")
    if any(name not in table.c and (table.name, name) not in FORMER_COLUMNS for name in columns):
        raise ValueError("an image names a column that never was")
    return columns

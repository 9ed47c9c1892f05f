"""Images: rows as they are stored, for the history that keeps them before and after a change.

An image is a JSON object that the database itself makes of a row, untouched by column types, so
that the row can be put back exactly; its ``version`` stands last, so that two images can be
compared without it and without being read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

Image = str
#: ``id IN`` this, with :func:`listed` ids as the one parameter, whatever their number.
LISTED = "(SELECT value FROM json_each(?))"
_VERSION = ',"version":'


def run(db: Connection, sql: str, parameters: tuple[Any, ...] = ()) -> Sequence[Any]:
    """Run SQL as it stands, past the column types; the rows when it gives any."""
    result = db.exec_driver_sql(sql, parameters)
    return result.all() if result.returns_rows else []


def listed(ids: Sequence[int]) -> tuple[str]:
    """The parameters for a statement that names ``ids`` by :data:`LISTED`."""
    return (json.dumps(list(ids)),)


def columns_of(db: Connection, table: str) -> list[str]:
    """The columns of ``table`` as the file has them, ``version`` last."""
    names = [row[0] for row in run(db, "SELECT name FROM pragma_table_info(?)", (table,))]
    return sorted(names, key=lambda name: name == "version")


def read(db: Connection, table: str, ids: Sequence[int]) -> dict[int, Image]:
    """The images of the rows ``ids`` of ``table`` that exist, by id, in the order of ``ids``."""
    pairs = ", ".join(f"'{column}', t.\"{column}\"" for column in columns_of(db, table))
    rows = run(
        db,
        f"SELECT t.id, json_object({pairs}) FROM json_each(?) AS wanted"
        f' CROSS JOIN "{table}" AS t ON t.id = wanted.value ORDER BY wanted.key',
        listed(ids),
    )
    return {row[0]: row[1] for row in rows}


def same(one: Image | None, other: Image | None) -> bool:
    """Whether two images say the same, their versions apart."""
    if one is None or other is None or one == other:
        return one == other
    return _without_version(one) == _without_version(other)


def agree(one: Image | None, other: Image | None) -> bool:
    """Whether two images say the same in all columns that both have, their versions apart.

    An image from before an update of the program may lack a column or have one more.
    """
    if one is None or other is None or same(one, other):
        return same(one, other)
    first, second = json.loads(one), json.loads(other)
    common = (first.keys() & second.keys()) - {"version"}
    return all(first[column] == second[column] for column in common)


def _without_version(image: Image) -> str:
    return image[:place] if (place := image.rfind(_VERSION)) > 0 else image

"""Images: rows as they are stored, for the history that keeps them before and after a change.

An image is a JSON object that the database itself makes of a row, untouched by column types, so
that the row can be put back exactly; its ``version`` stands last, so that two images can be
compared without it and without being read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table

from salesdesk.storage import sqlite

Image = str
#: Stands for the image of a row that came in this change and wasn't altered since: it is made when
#: the history is written, by the database within its own statement.
AS_IT_STANDS: Image = "as it stands"
_VERSION = ',"version":'


def columns_of(table: Table) -> list[str]:
    """The columns of ``table``, ``version`` last."""
    return sorted(table.c.keys(), key=lambda name: name == "version")


def read(db: Connection, table: Table, ids: Sequence[int]) -> dict[int, Image]:
    """The images of the rows ``ids`` of ``table`` that exist, by id, in the order of ``ids``."""
    return dict(sqlite.rows_as_json(db, table.name, columns_of(table), ids))


def write_new(
    db: Connection, table: Table, history_id: int, ids: Sequence[int], *, hand_back: bool
) -> dict[int, Image]:
    """Record in the history that the rows ``ids`` of ``table`` came with ``history_id``.

    With ``hand_back``, for few rows, the images written by id; else nothing.
    """
    return dict(
        sqlite.record_new(db, table.name, columns_of(table), history_id, ids, hand_back=hand_back)
    )


def stored(table: Table, alias: str) -> str:
    """The SQL of the image of a row, called ``alias``, of ``table``, however damaged it is."""
    return as_json(columns_of(table), alias, named=True)


def as_json(columns: Sequence[str], alias: str, *, named: bool = False) -> str:
    """The SQL of the values of ``columns`` as JSON: an array, or an object if they are ``named``.

    Bytes, which no writer stores in them and JSON can't hold, as text.
    """
    values = [
        f"CASE typeof({alias}.\"{column}\") WHEN 'blob' THEN 'x''' || hex({alias}.\"{column}\")"
        f' ELSE {alias}."{column}" END'
        for column in columns
    ]
    if named:
        pairs = (f"'{column}', {value}" for column, value in zip(columns, values, strict=True))
        return f"json_object({', '.join(pairs)})"
    return f"json_array({', '.join(values)})"


def opened(image: Image | None) -> dict[str, Any]:
    """The columns of an image, each as stored; of none: nothing."""
    return {} if image is None else json.loads(image)


def same(one: Image | None, other: Image | None) -> bool:
    """Whether two images say the same, their versions apart."""
    if one is None or other is None or one == other:
        return one == other
    return _without_version(one) == _without_version(other)


def _without_version(image: Image) -> str:
    return image[:place] if (place := image.rfind(_VERSION)) > 0 else image

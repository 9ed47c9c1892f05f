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
_VERSION = ',"version":'


def columns_of(table: Table) -> list[str]:
    """The columns of ``table``, ``version`` last."""
    return sorted(table.c.keys(), key=lambda name: name == "version")


def read(db: Connection, table: Table, ids: Sequence[int]) -> dict[int, Image]:
    """The images of the rows ``ids`` of ``table`` that exist, by id, in the order of ``ids``."""
    return dict(sqlite.rows_as_json(db, table.name, columns_of(table), ids))


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

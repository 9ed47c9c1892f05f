"""The rows of the table ``setting``: a JSON value under each key. What they mean others say."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.office.tables import setting
from salesdesk.storage.history import Change


def value(db: Connection, key: str) -> Any:
    """What is stored under a key, None when nothing is."""
    text = db.execute(select(setting.c.value).where(setting.c.key == key)).scalar()
    return None if text is None else json.loads(text)


def values(db: Connection) -> dict[str, Any]:
    """Everything that is stored."""
    return {
        row.key: json.loads(row.value) for row in db.execute(select(setting.c.key, setting.c.value))
    }


def put(change: Change, key: str, value: Any) -> None:
    """Store a value; None takes the key away. Whoever calls has asked whether it may be done."""
    row_id = change.connection.execute(select(setting.c.id).where(setting.c.key == key)).scalar()
    text = json.dumps(value, ensure_ascii=False)
    if value is None:
        if row_id is not None:
            change.delete(setting, row_id)
    elif row_id is None:
        change.insert(setting, key=key, value=text)
    else:
        change.update(setting, row_id, value=text)

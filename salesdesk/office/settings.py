"""The office's settings: how it counts, grades, works and shows figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.errors import InputError
from salesdesk.office.tables import setting
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

#: Kinds of office; the kind sets measures, cadence, weekday weights and words at the founding.
KINDS: Mapping[str, str] = {
    "property": mark("Property showroom"),
    "shop": mark("Shop"),
    "b2b": mark("Component maker (B2B)"),
    "territory": mark("Regional sales force"),
}
#: Which date makes a deal's amount count.
BASES: Mapping[str, str] = {
    "subscription": mark("Subscription date"),
    "contract": mark("Contract date"),
    "collection": mark("Collections received"),
}
#: Where a cancelled deal is taken off.
CANCELLATIONS: Mapping[str, str] = {
    "when_cancelled": mark("In the month of the cancellation"),
    "original_month": mark("In the deal's own month"),
}
GRADES = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an office can set; ``cadence`` is in days, weights are Monday to Sunday."""

    office_id: str = ""
    office_name: str = ""
    kind: str = "property"
    language: str = "zh"
    basis: str = "contract"
    cancellations: str = "when_cancelled"
    cadence: Mapping[str, int] = field(default_factory=lambda: {"A": 7, "B": 15, "C": 30})
    weekday_weights: tuple[int, ...] = (1, 1, 1, 1, 1, 0, 0)
    holidays_open: bool = False
    in_wan: bool = False


def read(db: Connection) -> Settings:
    """The settings in force; what was never stored has its default."""
    stored: dict[str, Any] = {
        row.key: json.loads(row.value) for row in db.execute(select(setting.c.key, setting.c.value))
    }
    known = {one.name for one in fields(Settings)}
    values = {key: value for key, value in stored.items() if key in known}
    if "weekday_weights" in values:
        values["weekday_weights"] = tuple(values["weekday_weights"])
    return Settings(**values)


def store(change: Change, **values: Any) -> None:
    """Set some settings. Raises InputError, naming the setting, for a value it can't have."""
    known = {one.name for one in fields(Settings)}
    stored = {
        row.key: row.id for row in change.connection.execute(select(setting.c.key, setting.c.id))
    }
    for key, value in values.items():
        if key not in known:
            raise ValueError(f"no such setting: {key}")
        _check(key, value)
        text = json.dumps(value, ensure_ascii=False)
        if key in stored:
            change.update(setting, stored[key], value=text)
        else:
            change.insert(setting, key=key, value=text)


def _check(key: str, value: Any) -> None:
    choices = {"kind": KINDS, "basis": BASES, "cancellations": CANCELLATIONS}
    if key in choices and value not in choices[key]:
        raise InputError(
            _("{value} is not a choice for {setting}.").format(value=value, setting=key)
        )
    if key == "office_name" and not str(value).strip():
        raise InputError(_("The office needs a name."))
    if key == "cadence" and any(not 1 <= int(days) <= 3650 for days in value.values()):
        raise InputError(_("A grade's contact interval is from 1 to 3650 days."))
    if key == "weekday_weights":
        weights = [int(weight) for weight in value]
        if len(weights) != 7 or min(weights) < 0 or max(weights) == 0:
            raise InputError(_("Weekday weights are seven numbers, not all of them zero."))

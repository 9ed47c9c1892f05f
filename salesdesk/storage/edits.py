"""Typed edits: a writer's parameters that were not given leave their columns as they are.

def edit_team(change, team_id, *, seen_version: int, name: str | Unset = UNSET) -> None:
    change.update(team, team_id, seen_version=seen_version, **given(name=name))
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal, TypeVar


class _Unset(Enum):
    """What stands for "not given" where None says something of its own."""

    UNSET = "unset"


T = TypeVar("T")

UNSET: Final = _Unset.UNSET
Unset = Literal[_Unset.UNSET]


def given(**values: Any) -> dict[str, Any]:
    """Those of ``values`` that aren't UNSET, by their names."""
    return {name: value for name, value in values.items() if value is not UNSET}


def after(value: T | Unset, stored: T) -> T:
    """What will stand there: ``value`` if it was given, else what is stored."""
    return stored if value is UNSET else value

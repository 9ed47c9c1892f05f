"""How a rule stands, in words and in one of five moods, and where one looks further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

#: done: reached; good: as it should be by now; warn: less; bad: much less, or overdue; none:
#: nothing is due, or nothing can be said.
Mood = Literal["done", "good", "warn", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Where:
    """What one looks at to see what a state counts.

    ``page`` is targets, customers, deals, timetable or rule (the rule's own form, for what is to be
    filled in); the others narrow it down where they say something.
    """

    page: Literal["targets", "customers", "deals", "timetable", "rule"]
    measure_id: int | None = None
    tier: str = ""
    grade: str = ""
    state: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How a rule stands today. ``words`` are short: they stand in a margin."""

    words: str
    mood: Mood
    where: Where

"""What a sentence offers to become: one of the five kinds of rule, with the words it came from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(ABC):
    """A rule that an item's text holds; ``place`` is where its words begin and end there.

    ``figure`` is where its number stands, without the unit: what becomes live in the text. None
    where no number does.
    """

    rule: ClassVar[str]
    place: tuple[int, int]
    figure: tuple[int, int] | None = None

    @property
    def start(self) -> int:
        return self.place[0]

    @property
    def end(self) -> int:
        return self.place[1]

    @abstractmethod
    def to_json(self) -> dict[str, object]:
        """The offer as ``plan read --json`` prints it; what it doesn't say further is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOffer(Offer):
    """So much of a measure, for every period of a kind or for one.

    ``value`` and ``to`` are in the measure's unit (yuan, pieces, per cent); ``value`` is None
    where the plan leaves a blank or only tells the growth, in per cent over ``over``. ``interval``
    counts periods: every second day is "day" and 2. ``period`` names one of them: "Q1", "M3",
    "H1". ``whom`` is "each", "team", "office" or None, ``of`` a product as written. A ``measure``
    that the grammar doesn't know is "own", and ``name`` the words that it is counted by.
    """

    rule: ClassVar[str] = "target"
    measure: str
    tier: str
    value: Fraction | None
    to: Fraction | None = None
    every: str | None = None
    interval: int = 1
    period: str | None = None
    whom: str | None = None
    of: str | None = None
    growth: Fraction | None = None
    over: str | None = None
    name: str | None = None

    def to_json(self) -> dict[str, object]:
        more = {
            "interval": self.interval if self.interval != 1 else None,
            "period": self.period,
            "whom": self.whom,
            "of": self.of,
            "growth": _decimal(self.growth),
            "over": self.over,
            "name": self.name,
        }
        return {
            "rule": self.rule,
            "measure": self.measure,
            "tier": self.tier,
            "value": _decimal(self.value),
            "to": _decimal(self.to),
            "every": self.every,
            **_said(more),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceOffer(Offer):
    """Customers of a ``grade``, or of the kind called ``of``, are contacted every ``days``."""

    rule: ClassVar[str] = "cadence"
    grade: str | None
    days: int
    of: str | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "rule": self.rule, "grade": self.grade, "days": self.days, **_said({"of": self.of})
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorOffer(Offer):
    """No piece ``of`` a product or category at less than ``value`` yuan of profit or price."""

    rule: ClassVar[str] = "floor"
    measure: str
    value: Fraction | None
    of: str | None

    def to_json(self) -> dict[str, object]:
        return {
            "rule": self.rule, "measure": self.measure, "value": _decimal(self.value),
            "of": self.of,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOffer(Offer):
    """Something to do: ``words``, every ``interval`` periods or once.

    ``at`` is the place in the period ("start", "middle", "end", "friday", "25"), a date ("06-30"),
    or "before" and "after" something by so many ``days``.
    """

    rule: ClassVar[str] = "action"
    every: str | None
    at: str | None
    words: str
    interval: int = 1
    days: int | None = None

    def to_json(self) -> dict[str, object]:
        more = {"interval": self.interval if self.interval != 1 else None, "days": self.days}
        return {
            "rule": self.rule, "every": self.every, "at": self.at, "words": self.words,
            **_said(more),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ContingencyOffer(Offer):
    """When ``when`` happens, ``then`` is done."""

    rule: ClassVar[str] = "contingency"
    when: str
    then: str = ""

    def to_json(self) -> dict[str, object]:
        return {"rule": self.rule, "when": self.when, **_said({"then": self.then or None})}


def _said(more: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in more.items() if value is not None}


def _decimal(value: Fraction | None) -> str | None:
    """Decimal text without idle zeros: 300000, 7.5."""
    if value is None:
        return None
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.4f}".rstrip("0").rstrip(".")

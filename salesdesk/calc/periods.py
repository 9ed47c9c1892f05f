"""Years, quarters, months, weeks and days as an office plans by them.

All ranges are half-open: a period holds its ``start`` and not its ``end``. Weeks run Monday to
Sunday and are clipped to the month; a clipped end of fewer than four days joins its neighbour, so
every month is made of four or five whole weeks and every day of the year lies in exactly one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from salesdesk.errors import InputError
from salesdesk.text import _, language

Kind = Literal["year", "quarter", "month", "week", "day"]
#: From the longest to the shortest.
KINDS: tuple[Kind, ...] = ("year", "quarter", "month", "week", "day")
#: A clipped week shorter than this joins its neighbour.
SHORTEST_WEEK = 4
#: Years that can be planned and looked back to, a year before and after them included.
FIRST_YEAR, LAST_YEAR = 1900, 2999
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days ``start <= day < end`` of one kind."""

    start: date
    end: date
    kind: Kind

    def __contains__(self, day: object) -> bool:
        """Whether ``day`` lies in the period."""
        return isinstance(day, date) and self.start <= day < self.end

    @property
    def last_day(self) -> date:
        """The last day, as screens show ranges."""
        return self.end - _DAY

    @property
    def key(self) -> str:
        """The text that :func:`parse` reads: 2026, 2026-Q4, 2026-11, 2026-11-W2, 2026-11-23."""
        year, month = self.start.year, self.start.month
        if self.kind == "year":
            return f"{year:04}"
        if self.kind == "quarter":
            return f"{year:04}-Q{(month + 2) // 3}"
        if self.kind == "month":
            return f"{year:04}-{month:02}"
        if self.kind == "week":
            return f"{year:04}-{month:02}-W{week_number(self)}"
        return self.start.isoformat()

    @property
    def month_key(self) -> int:
        """The month the period begins in, as the database keeps months: 202611."""
        return self.start.year * 100 + self.start.month

    @property
    def label(self) -> str:
        """How the period is called in full, in the language in force."""
        if self.kind == "year":
            return _("{year}").format(year=self.start.year)
        if self.kind == "day" and language() == "en":
            return f"{self.start:%Y-%m-%d}"
        if self.kind == "month":
            return _("{year}-{month:02}").format(year=self.start.year, month=self.start.month)
        return _("{year}, {part}").format(year=self.start.year, part=self.label_short)

    @property
    def label_short(self) -> str:
        """How it is called where the year is known."""
        if self.kind == "year":
            return self.label
        if self.kind == "quarter":
            return _("Q{number}").format(number=(self.start.month + 2) // 3)
        if self.kind == "month":
            return _("Month {number}").format(number=self.start.month)
        if self.kind == "week":
            return _("{month}/W{number} ({first:%m.%d}–{last:%m.%d})").format(
                month=self.start.month,
                number=week_number(self),
                first=self.start,
                last=self.last_day,
            )
        return _("{month}/{day}").format(month=self.start.month, day=self.start.day)


def year(number: int) -> Period:
    """The calendar year ``number``."""
    return Period(date(number, 1, 1), date(number + 1, 1, 1), "year")


def month(year_number: int, number: int) -> Period:
    """Month ``number`` (1 to 12) of a year."""
    start = date(year_number, number, 1)
    return Period(start, _month_after(start), "month")


def month_of_key(key: int) -> Period:
    """The month that the database writes as ``key`` (202611)."""
    return month(key // 100, key % 100)


def containing(day: date, kind: Kind) -> Period:
    """The period of a kind that holds ``day``."""
    if kind == "year":
        return year(day.year)
    if kind == "quarter":
        first = (day.month - 1) // 3 * 3 + 1
        return Period(date(day.year, first, 1), _months_later(date(day.year, first, 1), 3), kind)
    if kind == "month":
        return month(day.year, day.month)
    if kind == "week":
        return next(week for week in weeks_of_month(day.year, day.month) if day in week)
    return Period(day, day + _DAY, "day")


@lru_cache(maxsize=512)
def weeks_of_month(year_number: int, number: int) -> tuple[Period, ...]:
    """The four or five weeks a month is made of."""
    first, end = date(year_number, number, 1), _month_after(date(year_number, number, 1))
    cuts = [first]
    monday = first + (7 - first.weekday()) % 7 * _DAY
    while monday < end:
        if monday > first:
            cuts.append(monday)
        monday += 7 * _DAY
    if len(cuts) > 1 and (cuts[1] - first).days < SHORTEST_WEEK:
        del cuts[1]
    if len(cuts) > 1 and (end - cuts[-1]).days < SHORTEST_WEEK:
        del cuts[-1]
    return tuple(
        Period(start, stop, "week") for start, stop in zip(cuts, [*cuts[1:], end], strict=True)
    )


def week_number(week: Period) -> int:
    """Which week of its month it is, from 1."""
    return weeks_of_month(week.start.year, week.start.month).index(week) + 1


@lru_cache(maxsize=8192)  # some years down to their days, asked for by every row of a grid
def children(period: Period) -> tuple[Period, ...]:
    """The periods one level down that make up ``period``; none below a day."""
    if period.kind == "year":
        return tuple(
            containing(date(period.start.year, first, 1), "quarter") for first in (1, 4, 7, 10)
        )
    if period.kind == "quarter":
        first = period.start.month
        return tuple(month(period.start.year, number) for number in range(first, first + 3))
    if period.kind == "month":
        return weeks_of_month(period.start.year, period.start.month)
    if period.kind == "week":
        return days(period)
    return ()


def days(period: Period) -> tuple[Period, ...]:
    """The days of a period."""
    count = (period.end - period.start).days
    starts = [period.start + number * _DAY for number in range(count)]
    return tuple(Period(start, start + _DAY, "day") for start in starts)


def descendants(period: Period, kind: Kind) -> tuple[Period, ...]:
    """The periods of a shorter (or the same) kind that make up ``period``, in order."""
    if period.kind == kind:
        return (period,)
    if KINDS.index(kind) < KINDS.index(period.kind):
        raise ValueError(f"a {period.kind} isn't made of {kind}s")
    if kind == "day":
        return days(period)
    return tuple(part for child in children(period) for part in descendants(child, kind))


def parent(period: Period) -> Period | None:
    """The period one level up, None above a year."""
    if period.kind == "year":
        return None
    return containing(period.start, KINDS[KINDS.index(period.kind) - 1])


def following(period: Period) -> Period:
    """The next period of the same kind."""
    return containing(period.end, period.kind)


def previous(period: Period) -> Period:
    """The period of the same kind just before."""
    return containing(period.start - _DAY, period.kind)


def same_last_year(period: Period) -> Period:
    """The comparable period a year before: the same quarter, month, n-th week or date.

    The fifth week of a month that had four a year before compares with its last week; 29 February
    with 28 February.
    """
    start = period.start
    if period.kind == "week":
        weeks = weeks_of_month(start.year - 1, start.month)
        return weeks[min(week_number(period), len(weeks)) - 1]
    if (start.month, start.day) == (2, 29):
        start = start - _DAY
    return containing(start.replace(year=start.year - 1), period.kind)


def months_between(start: date, end: date) -> list[Period]:
    """The months that days ``start <= day < end`` fall in."""
    months = []
    current = containing(start, "month")
    while current.start < end:
        months.append(current)
        current = following(current)
    return months


def parse(text: str) -> Period:
    """The period a text names: 2026, 2026-Q4, 2026-11, 2026-11-W2, 2026-W47 or 2026-11-23.

    An ISO week (2026-W47) gives the clipped week that holds its Thursday. Raises InputError, also
    for a year that no office plans in.
    """
    cleaned = text.strip().upper()
    try:
        if (named := re.match(r"\d{4}", cleaned)) and not FIRST_YEAR <= int(named[0]) <= LAST_YEAR:
            raise ValueError(f"the year of {text} is out of range")
        if match := re.fullmatch(r"(\d{4})", cleaned):
            return year(int(match[1]))
        if match := re.fullmatch(r"(\d{4})-?Q([1-4])", cleaned):
            return containing(date(int(match[1]), int(match[2]) * 3, 1), "quarter")
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})", cleaned):
            return month(int(match[1]), int(match[2]))
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})-W([1-5])", cleaned):
            return weeks_of_month(int(match[1]), int(match[2]))[int(match[3]) - 1]
        if match := re.fullmatch(r"(\d{4})-?W(\d{1,2})", cleaned):
            return containing(date.fromisocalendar(int(match[1]), int(match[2]), 4), "week")
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", cleaned):
            return containing(date(int(match[1]), int(match[2]), int(match[3])), "day")
    except (ValueError, IndexError) as error:
        raise InputError(_("There is no period {text}.").format(text=text)) from error
    raise InputError(
        _("{text} names no period: write 2026, 2026-Q4, 2026-11, 2026-11-W2 or 2026-11-23.").format(
            text=text
        )
    )


def _month_after(start: date) -> date:
    return _months_later(start, 1)


def _months_later(start: date, count: int) -> date:
    total = start.year * 12 + start.month - 1 + count
    return date(total // 12, total % 12 + 1, 1)

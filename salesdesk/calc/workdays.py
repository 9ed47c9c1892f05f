"""Which days are worked, and how much each weighs.

A day weighs as its weekday does (0 means closed), unless it is special: a public holiday weighs
nothing where holidays are closed; a weekend day worked in exchange (调休) weighs at least what a
Monday does; a day the office closes by itself weighs nothing, whatever the rules say. Weights are
relative: a showroom whose weekends count double gives them 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from salesdesk.calc.periods import Period
from salesdesk.errors import CalendarError
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The office's calendar as a plain value.

    ``special`` says of a day whether it is worked against its weekday; ``closed`` are the days the
    office closes by itself; ``weekday_weights`` are Monday to Sunday; days outside ``first_year``
    to ``last_year`` are unknown.
    """

    special: Mapping[date, bool]
    weekday_weights: tuple[int, ...]
    first_year: int
    last_year: int
    holidays_open: bool = False
    closed: frozenset[date] = frozenset()

    def weight(self, day: date) -> int:
        """What ``day`` weighs. Raises CalendarError for a year the calendar doesn't know."""
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarError(
                _(
                    "The working calendar knows {first} to {last}, not {day}. Import the year in "
                    "Office, Working calendar."
                ).format(first=self.first_year, last=self.last_year, day=day)
            )
        if day in self.closed:
            return 0
        usual = self.weekday_weights[day.weekday()]
        working = self.special.get(day)
        if working is None or (not working and self.holidays_open):
            return usual
        return max(usual, self.weekday_weights[0]) if working else 0

    def weight_between(self, start: date, end: date) -> int:
        """The weight of the days ``start <= day < end`` together."""
        return sum(self.weight(start + timedelta(days=n)) for n in range((end - start).days))

    def weights(self, periods: Iterable[Period]) -> list[int]:
        """The weight of each period."""
        return [self.weight_between(period.start, period.end) for period in periods]

    def next_working_day(self, day: date) -> date:
        """``day`` itself when it is worked, else the next that is; ``day`` beyond the calendar."""
        current = day
        while current.year <= self.last_year and current.year >= self.first_year:
            if self.weight(current) > 0:
                return current
            current += timedelta(days=1)
        return day

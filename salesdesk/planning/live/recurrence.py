"""On which days an action falls: reckoned from its rule and the working calendar, never stored.

"At the start" of a week, month, quarter or year is its first working day, "at the end" its last;
without a place in the period it is due by the period's end. A day that isn't worked gives way to
the working day before it, else to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from salesdesk.calc.periods import Period, containing, descendants
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError
from salesdesk.planning.live.rule import Draft

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONE_DAY = timedelta(days=1)


def occurrences(rule: Draft, whole: Period, work: WorkCalendar) -> list[date]:
    """The days of an action in the plan's period, in order.

    One that hangs on something else ("three days before an interview") has none.
    """
    if rule.days is not None or rule.at in ("before", "after"):
        return []
    if not rule.every:
        return _once(rule, whole, work)
    if rule.every in ("day", "weekday"):
        days = [day for day in _days(whole.start, whole.end) if is_worked(day, work)]
        return days[:: max(rule.step, 1)]
    found = (_within(rule.at, part, work) for part in _parts(rule, whole))
    return sorted({day for day in found if day is not None and day in whole})


def _once(rule: Draft, whole: Period, work: WorkCalendar) -> list[date]:
    """The one day of an action that doesn't repeat; by the plan's end where it names none."""
    if "-" in rule.at:
        month, day = rule.at.split("-")
        for year in range(whole.start.year, whole.last_day.year + 1):
            try:
                named = date(year, int(month), int(day))
            except ValueError:
                return []
            if named in whole:
                return [named]
        return []
    found = _within(rule.at, (whole.start, whole.end), work)
    return [] if found is None else [found]


def _parts(rule: Draft, whole: Period) -> Iterable[tuple[date, date]]:
    """The stretches of days, each once, whose action it is: whole weeks from Monday on."""
    step = max(rule.step, 1)
    if rule.every == "week":
        monday = whole.start - timedelta(days=whole.start.weekday())
        while monday < whole.end:
            yield max(monday, whole.start), min(monday + timedelta(days=7), whole.end)
            monday += timedelta(days=7 * step)
        return
    if rule.every == "half_year":
        quarters = _of_kind(whole, "quarter")
        for first, last in zip(quarters[::2], quarters[1::2], strict=False):
            yield first.start, last.end
        return
    for part in _of_kind(whole, rule.every)[::step]:
        yield part.start, part.end


def _of_kind(whole: Period, kind: str) -> Sequence[Period]:
    """The plan's periods of a kind; of a longer kind the one that it lies in."""
    for known in ("month", "quarter", "year"):
        if kind == known:
            try:
                return descendants(whole, known)
            except ValueError:
                return [containing(whole.start, known)]
    return []


def _within(at: str, part: tuple[date, date], work: WorkCalendar) -> date | None:
    start, end = part
    days = list(_days(start, end))
    worked = [day for day in days if is_worked(day, work)]
    if not worked:
        return None  # a Sunday that begins a month is no week to do anything in
    if at == "start":
        return worked[0]
    if at in WEEKDAYS:
        named = next((day for day in days if day.weekday() == WEEKDAYS.index(at)), None)
        return None if named is None else _worked(named, days, work)
    if at == "middle":
        return _worked(start + (end - start) / 2, days, work)
    if at.isdigit():
        nth = min(int(at), len(days))
        return _worked(start + timedelta(days=nth - 1), days, work) if nth else None
    return worked[-1]


def _worked(named: date, days: Sequence[date], work: WorkCalendar) -> date:
    """The day itself where it is worked, else the working day before it, else the next."""
    before = [day for day in days if day <= named and is_worked(day, work)]
    after = [day for day in days if day > named and is_worked(day, work)]
    return (before or after[:1] or [named])[-1]


def is_worked(day: date, work: WorkCalendar) -> bool:
    """Whether a day is worked; in a year that the calendar doesn't know, by its weekday."""
    try:
        return work.weight(day) > 0
    except CalendarError:
        return work.weekday_weights[day.weekday()] > 0


def _days(start: date, end: date) -> Iterable[date]:
    day = start
    while day < end:
        yield day
        day += _ONE_DAY

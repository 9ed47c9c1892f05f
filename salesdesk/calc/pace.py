"""Attainment, comparison with other periods, and pace: how far one should be by today.

Everything is exact; a missing or zero base gives None, never a division by zero.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from salesdesk.calc.periods import Period
from salesdesk.calc.workdays import WorkCalendar

Status = Literal["ahead", "on_track", "at_risk", "behind", "not_set"]
#: Shares of what is expected by today from which on a measure counts as ahead, on track, at risk.
AHEAD, ON_TRACK, AT_RISK = Fraction(11, 10), Fraction(1), Fraction(8, 10)


def attainment(actual: int, target: int | None) -> Fraction | None:
    """Actual / target; above 1 when exceeded, None without a target or with a target of zero."""
    return None if not target else Fraction(actual, target)


def change(now: int, base: int) -> Fraction | None:
    """Growth against a base period (环比 or 同比): now / base - 1; None without a positive base."""
    return None if base <= 0 else Fraction(now, base) - 1


def pace(period: Period, calendar: WorkCalendar, today: date) -> Fraction:
    """The share of the period's weighted working days passed, ``today`` included: 0 to 1.

    A period without any working day counts by its plain days. Raises CalendarError.
    """
    if today < period.start:
        return Fraction(0)
    if today >= period.last_day:
        return Fraction(1)
    passed_until = today + timedelta(days=1)
    whole = calendar.weight_between(period.start, period.end)
    if whole == 0:
        return Fraction((passed_until - period.start).days, (period.end - period.start).days)
    return Fraction(calendar.weight_between(period.start, passed_until), whole)


def expected(target: int, share: Fraction) -> Fraction:
    """What should be there by now: target x pace."""
    return target * share


def status(actual: int, target: int | None, share: Fraction) -> Status:
    """How the actual stands against what is expected by now (``share`` is the pace).

    Ahead from 110 % of what is expected or once the whole target is met, on track from 100 %, at
    risk from 80 %, behind below. At pace 0 nothing is expected yet: on track.
    """
    if not target:
        return "not_set"
    if actual >= target:
        return "ahead" if share < 1 or actual > target else "on_track"
    due = expected(target, share)
    if due == 0:
        return "on_track"
    reached = Fraction(actual) / due
    if reached >= AHEAD:
        return "ahead"
    if reached >= ON_TRACK:
        return "on_track"
    return "at_risk" if reached >= AT_RISK else "behind"


def remaining(actual: int, target: int) -> int:
    """What is still missing to the target, never negative."""
    return max(0, target - actual)


def per_remaining_day(
    actual: int, target: int, period: Period, calendar: WorkCalendar, today: date, step: int = 1
) -> int | None:
    """Catch-up: what each remaining weighted day must bring, rounded up to ``step``.

    The days after ``today`` count; None when none of them is worked.
    """
    start = max(period.start, today + timedelta(days=1))
    if start >= period.end:
        return None
    weight = calendar.weight_between(start, period.end)
    if weight == 0:
        return None
    return -(-remaining(actual, target) // (weight * step)) * step


def due_in_week(quota: int, week: Period, calendar: WorkCalendar, step: int = 1) -> int:
    """What a weekly quota asks for in a week that is clipped to its month.

    In proportion to the weight of its working days against that of a usual week, rounded half up
    to ``step`` and at least one ``step``: a week of three working days out of five asks for 1 of 2.
    A week without a working day asks for nothing. Raises CalendarError.
    """
    usual = sum(calendar.weekday_weights)
    weight = calendar.weight_between(week.start, week.end)
    if weight == 0 or quota == 0:
        return 0
    steps = (2 * quota * weight + usual * step) // (2 * usual * step)
    return max(1, steps) * step

"""Rules of kind "target": so much of a measure in every period, or in one."""

from __future__ import annotations

from fractions import Fraction

from salesdesk.calc import pace
from salesdesk.calc.money import format_percent
from salesdesk.calc.periods import Period
from salesdesk.calc.periods import days as days_of
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError
from salesdesk.office.measures import Measure
from salesdesk.planning.live import cells
from salesdesk.planning.live.rule import EVERY, Rule
from salesdesk.planning.live.state import Mood, State, Where
from salesdesk.planning.live.view import Names, View, named
from salesdesk.planning.places import TIERS, Who
from salesdesk.text import _, joined, mark, ngettext

_MOODS: dict[pace.Status, Mood] = {
    "ahead": "good", "on_track": "good", "at_risk": "warn", "behind": "bad", "not_set": "none",
}  # fmt: skip
_SHORT = {"day": mark("today {done}/{of}"), "week": mark("this week {done}/{of}")}


def words(rule: Rule, names: Names) -> str:
    """How the rule reads: "Target: effective calls 40, every day, assigned task"."""
    measure = names.measures.get(rule.measure_id or 0)
    parts = [measure.name if measure else ""]
    if rule.value is None or measure is None:
        parts.append(_("figure to be filled in"))
    elif rule.highest is not None:
        parts.append(
            _("{value} to {to}").format(
                value=measure.format(rule.value), to=measure.format(rule.highest)
            )
        )
    else:
        parts.append(measure.format(rule.value))
    if rule.period:
        parts.append(rule.period)
    elif rule.every:
        parts.append(_(EVERY[rule.every]))
    parts.append(_(TIERS[rule.tier]))
    parts += named(names, Who(rule.team_id, rule.person_id, rule.product_id, rule.category))
    if rule.whom == "each":
        parts.append(_("for each person"))
    return _("Target: {words}").format(words=joined(filter(None, parts)))


def state(rule: Rule, view: View) -> State:
    """How it stands in the period that today lies in: done of what is asked, by the pace."""
    where = Where("targets", measure_id=rule.measure_id, tier=rule.tier)
    if rule.value is None:
        return State(_("figure missing"), "warn", Where("rule"))
    if not rule.places:
        return State(_("has no place in the plan's period"), "warn", Where("rule"))
    period = _current(rule, view)
    if period is None:
        first = min(place.period for place in rule.places)
        if view.today < first.start:
            return State(_("from {day}").format(day=first.start.isoformat()), "none", where)
        return State(_("nothing due today"), "none", where)
    if rule.whom == "each":
        return _of_each(rule, view, period, where)
    target = view.target(rule, rule.tier, period)
    if target is None:
        return State(_("no target in {period}").format(period=period.label), "none", where)
    measure = view.names.measures[rule.measure_id or 0]
    actual = view.actual(rule, cells.whose(rule, view.plan.who), period)
    return _standing(rule, view, measure, period, target, actual, where)


def _standing(
    rule: Rule,
    view: View,
    measure: Measure,
    period: Period,
    target: int,
    actual: int,
    where: Where,
) -> State:
    upper = view.target(rule, cells.UPPER, period) if rule.highest is not None else None
    done, of = (measure.format(value) for value in (actual, target))
    if target and actual >= (upper or target):
        return State(
            _("reached: {done}/{of}").format(
                done=done, of=measure.format(upper or target)
            ),
            "done", where,
        )  # fmt: skip
    if period.kind in _SHORT and view.today in period:
        share = measure.due(_share(period, view))
        mood = _MOODS[pace.status(actual, target, share)]
        if period.kind == "day":
            mood = "good" if actual >= target else "warn"
        return State(_(_SHORT[period.kind]).format(done=done, of=of), mood, where)
    share = measure.due(_share(period, view))
    status = pace.status(actual, target, share)
    said = _("{done}/{of}, {percent}").format(
        done=done, of=of, percent=format_percent(pace.attainment(actual, target), digits=0)
    )
    behind = _days_behind(actual, target, share, period, view.work)
    if status in ("at_risk", "behind") and behind and share < 1:
        said = joined(
            [
                said,
                ngettext(
                    "behind by {count} day's work", "behind by {count} days' work", behind
                ).format(count=behind),
            ]
        )
    elif share == 1:
        said = joined(
            [said, _("missing {amount}").format(amount=measure.format(target - actual))]
        )  # fmt: skip
    return State(said, _MOODS[status], where)


def _of_each(rule: Rule, view: View, period: Period, where: Where) -> State:
    """How many of those it is for have reached it in the period."""
    reached = there = 0
    stored = view.cells.get((rule.measure_id or 0, rule.tier), {})
    for place, cell in stored.items():
        who = place.who
        if place.period != period or who.person_id not in view.members:
            continue
        there += 1
        reached += view.actual(rule, who, period) >= cell.value
    mood: Mood = "done" if there and reached == there else "warn"
    said = ngettext("{done} of {count} person", "{done} of {count} people", there)
    return State(said.format(done=reached, count=there), mood if there else "none", where)


def _current(rule: Rule, view: View) -> Period | None:
    """The rule's period that today lies in; of a plan that is over, its last one."""
    periods = [place.period for place in rule.places]
    for period in periods:
        if view.today in period:
            return period
    if view.today >= view.plan.period.end and periods[-1].kind not in ("day", "week"):
        return periods[-1]
    if rule.period or rule.every == "half_year":
        before = [period for period in periods if period.end <= view.today]
        return before[-1] if before else None
    return None


def _share(period: Period, view: View) -> Fraction:
    try:
        return pace.pace(period, view.work, view.today)
    except CalendarError:
        days = (min(view.today, period.last_day) - period.start).days + 1
        return Fraction(max(days, 0), (period.end - period.start).days)


def _days_behind(
    actual: int, target: int, share: Fraction, period: Period, work: WorkCalendar
) -> int:
    """How many average working days' share of the target is missing by now, rounded up."""
    try:
        days = sum(work.weight(day.start) > 0 for day in days_of(period))
    except CalendarError:
        return 0
    missing = pace.expected(target, share) - actual
    if missing <= 0 or not days:
        return 0
    a_day = Fraction(target, days)
    return -(-missing.numerator * a_day.denominator // (missing.denominator * a_day.numerator))

"""Which cells of the grid a target rule points to, what it puts there, and what it reads there.

A rule for every day stands on each working day, one for every week on each week in proportion to
its working days (``pace.due_in_week``), one for half a year on its two quarters in equal parts. A
range stands in two tiers: its lower end in the rule's own, its upper end in the stretch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, cast

from salesdesk.calc.pace import due_in_week
from salesdesk.calc.periods import KINDS, Kind, Period, containing, descendants, month
from salesdesk.calc.split import split
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError, InputError
from salesdesk.office.measures import Measure
from salesdesk.planning.places import Place, Who
from salesdesk.text import _

if TYPE_CHECKING:
    from salesdesk.planning.live.rule import Draft, Rule
    from salesdesk.planning.plans import Plan
    from salesdesk.planning.targets import Target

#: The tier that the upper end of a range stands in.
UPPER = "stretch"


def periods(rule: Draft, whole: Period, work: WorkCalendar) -> list[Period]:
    """The periods of the plan's that a target rule sets.

    Raises InputError (the plan's period has none such), CalendarError.
    """
    if rule.period:
        return _named(rule.period, whole)
    if not rule.every:
        return [whole]
    kind = cast(Kind, {"weekday": "day", "half_year": "quarter"}.get(rule.every, rule.every))
    if KINDS.index(kind) < KINDS.index(whole.kind):
        raise InputError(
            _("The plan is for {period}: a longer period's target has no place in it.").format(
                period=whole.label
            )
        )
    found = list(descendants(whole, kind))
    if kind == "day":
        found = [day for day in found if work.weight(day.start) > 0]
    step = max(rule.step, 1)
    return found if rule.every == "half_year" else found[::step]


def wanted(
    rule: Draft, value: int, whole: Period, work: WorkCalendar, measure: Measure
) -> dict[Period, int]:
    """What each period of the rule gets for a value. Raises as :func:`periods`.

    A level or a ratio is the same in a short week, and in each half of a half year.
    """
    found = periods(rule, whole, work)
    step = measure.step
    if not measure.is_flow:
        return dict.fromkeys(found, value)
    if rule.every == "half_year" or rule.period.startswith("H"):
        return _halves(found, value, step)
    if rule.every == "week":
        return {week: due_in_week(value, week, work, step) for week in found}
    return dict.fromkeys(found, value)


def usual(
    rule: Draft, values: Mapping[Period, int], whole: Period, work: WorkCalendar, measure: Measure
) -> tuple[int | None, bool]:
    """The value that a rule's cells say, and whether they differ from what it would put there."""
    there = {period: value for period, value in values.items() if value is not None}
    if not there:
        return None, False
    if measure.is_flow and (rule.every == "half_year" or rule.period.startswith("H")):
        halves = Counter(
            sum(there.get(part, 0) for part in pair) for pair in _pairs(periods(rule, whole, work))
        )
        value = max(halves, key=lambda one: (halves[one], one))
    elif measure.is_flow and rule.every == "week":
        value = _a_week(there, work, measure.step)
    else:
        counted = Counter(there.values())
        value = max(counted, key=lambda one: (counted[one], one))
    return value, there != wanted(rule, value, whole, work, measure)


def _a_week(there: Mapping[Period, int], work: WorkCalendar, step: int) -> int:
    """What a usual week gets, of weeks some of which are shorter or longer than that."""
    usual_weight = sum(work.weekday_weights)
    usual_weeks: Counter[int] = Counter()
    scaled: Counter[int] = Counter()
    for week, value in there.items():
        weight = work.weight_between(week.start, week.end)
        if weight == usual_weight:
            usual_weeks[value] += 1
        elif weight:
            scaled[(2 * value * usual_weight + weight * step) // (2 * weight * step) * step] += 1
    counted = usual_weeks or scaled or Counter(there.values())
    return max(counted, key=lambda one: (counted[one], one))


def filled(
    rule: Rule,
    plan: Plan,
    known: Mapping[int, Measure],
    work: WorkCalendar,
    stored: Mapping[tuple[int, str], Mapping[Place, Target]],
) -> Rule:
    """A target rule with the values and places of its cells."""
    measure = known[rule.measure_id or 0]
    try:
        found = periods(rule, plan.period, work)
    except (InputError, CalendarError):
        return rule  # the plan's period or the office's calendar has none of its periods
    whom = _whom(rule, plan, stored.get((measure.id, rule.tier), {}), found)
    ends: list[int | None] = []
    varies = False
    for tier in (rule.tier, UPPER):
        cells = stored.get((measure.id, tier), {})
        told: Counter[int | None] = Counter()
        for who in whom:
            at = (cells.get(Place(who, period)) for period in found)
            values = {
                period: cell.value
                for period, cell in zip(found, at, strict=True)
                if cell is not None
            }
            value, differs = usual(rule, values, plan.period, work, measure)
            told[value] += 1
            varies = varies or (differs and tier == rule.tier)
        ends.append(max(told, key=lambda one: (told[one], one or 0)))
        varies = varies or (len(told) > 1 and tier == rule.tier)
    low, high = ends
    is_range = rule.tier != UPPER and rule.highest_written
    return replace(
        rule,
        value=low,
        highest=high if is_range else None,
        varies=varies,
        places=tuple(Place(who, period) for who in whom for period in found),
    )


def _whom(
    rule: Draft, plan: Plan, cells: Mapping[Place, Target], found: Sequence[Period]
) -> list[Who]:
    """Whose cells a rule reads: of a rule for each person, those of everybody who has one."""
    who = whose(rule, plan.who)
    if rule.whom != "each" or who.person_id is not None:
        return [who]
    within = set(found)
    each = {
        place.who
        for place in cells
        if place.who.person_id is not None
        and (place.who.product_id, place.who.category) == (who.product_id, who.category)
        and place.period in within
    }
    return sorted(each, key=lambda one: one.person_id or 0) or [who]


def whose(rule: Draft, owner: Who) -> Who:
    """Whose a rule's target is: named by the rule, else the plan's owner."""
    if rule.team_id is not None or rule.person_id is not None:
        owner = Who(rule.team_id, rule.person_id)
    return owner._replace(product_id=rule.product_id, category=rule.category)


def _named(name: str, whole: Period) -> list[Period]:
    """Q1, M3, H2 of the year that the plan begins in. Raises InputError outside of the plan."""
    year = whole.start.year
    number = int(name[1:])
    if name[0] == "M":
        found = [month(year, number)]
    elif name[0] == "Q":
        found = [containing(date(year, number * 3 - 2, 1), "quarter")]
    else:
        first = number * 2 - 1
        found = [
            containing(date(year, quarter * 3 - 2, 1), "quarter") for quarter in (first, first + 1)
        ]
    if found[0].start < whole.start or found[-1].end > whole.end:
        raise InputError(
            _("{period} lies outside the plan, which is for {whole}.").format(
                period=found[0].label, whole=whole.label
            )
        )
    return found


def _halves(quarters: Sequence[Period], value: int, step: int) -> dict[Period, int]:
    found: dict[Period, int] = {}
    for pair in _pairs(quarters):
        found.update(zip(pair, split(value, [1] * len(pair), step=step), strict=True))
    return found


def _pairs(quarters: Sequence[Period]) -> list[Sequence[Period]]:
    return [quarters[at : at + 2] for at in range(0, len(quarters), 2)]

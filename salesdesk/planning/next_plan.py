"""The next period's plan: offered at the turn of a month or week, made from the last one.

Its text and rules are the last plan's; its targets come from the wider plan (the year's) where that
says something for the period, else they are the last plan's. What was missed and which actions are
still open is named at its end, to be worked in or thrown away: it is only a beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from salesdesk.calc.periods import Kind, Period, containing, following, previous, week_number
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError, InputError
from salesdesk.office import calendar, measures
from salesdesk.planning import (
    items,
    nesting,
    plan_rules,
    plans,
    structure,
    summary_figures,
    targets,
    tasks,
)
from salesdesk.planning.live import rule as rules
from salesdesk.planning.outlines import Line
from salesdesk.planning.places import Place, Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.tables import target
from salesdesk.storage.history import Change
from salesdesk.text import _

#: For each kind of plan, how many last working days of a period it is offered on, and how many
#: first days of the next one.
TURNS: Mapping[Kind, tuple[int, int]] = {"month": (3, 5), "week": (1, 2)}
_SETTLED = ("approved", "closed")
_LONGEST_TITLE = 120
#: November as 十一月 or 11月 in a title.
_MONTH = re.compile(r"(?:十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])(?=月)")
#: The third week as 第三周 or 第3周.
_WEEK = re.compile(r"(?<=第)(?:[一二三四五]|[1-5])(?=周)")
_SIGNS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan whose next one isn't there yet, and the period that it would be for."""

    plan: Plan
    period: Period


def offered(db: Connection, person_id: int | None, today: date) -> list[Offer]:
    """The plans that somebody may take on into the next period now.

    Their own, and those of teams and the office that they may write; months before weeks.
    """
    every = plans.plans(db)
    work = calendar.work_calendar(db)
    taken = {(plan.who, plan.period) for plan in every}
    found = []
    for kind in TURNS:
        for period in _turning(kind, today, work):
            mine: dict[Who, Plan] = {}
            for plan in every:
                if plan.period == period and (plan.who, following(period)) not in taken:
                    best = mine.get(plan.who)
                    if best is None or _better(plan, best):
                        mine[plan.who] = plan
            found += [
                Offer(plan, following(period)) for plan in mine.values()
                if plan.who.person_id in (None, person_id)
                and plan_rules.may(db, person_id, plan.who, plan_rules.WRITE)
            ]  # fmt: skip
    return found


def make(change: Change, plan_id: int) -> int:
    """Make the plan of the next period from a plan; its id.

    Raises InputError (there is one already, the period has no next one of its kind), RightsError,
    NotFoundError.
    """
    db = change.connection
    last = plans.plan_by_id(db, plan_id)
    period = following(last.period)
    there = [one for one in plans.plans(db) if one.who == last.who and one.period == period]
    if there:
        raise InputError(
            _("There is a plan for {period} already: “{title}”.").format(
                period=period.label, title=there[0].title
            )
        )
    title = titled(last, period)
    with change.told_as(_("New plan: {title}").format(title=title)):
        new_id = plans.new_plan(
            change, title=title, period=period, who=last.who, template=last.template,
            reviewed=last.reviewed,
        )  # fmt: skip
        items.copied(change, plan_id, new_id)
        _set_targets(change, last, new_id)
        _name_what_is_left(change, last, new_id)
    return new_id


def titled(last: Plan, period: Period) -> str:
    """What the next plan is called: as the last one, with its own period."""
    title = last.title
    for old, new in ((last.period.label, period.label), (last.period.key, period.key)):
        if old in title:
            return title.replace(old, new)[:_LONGEST_TITLE]
    moved = title
    if period.kind == "week":
        moved = _counted_on(moved, _WEEK, week_number(last.period), week_number(period))
    if period.kind in ("week", "month") and f"{last.period.start.year}" not in title:
        moved = _counted_on(moved, _MONTH, last.period.start.month, period.start.month)
    if moved != title:
        return moved[:_LONGEST_TITLE]
    return _("{period} {title}").format(period=period.label, title=title)[:_LONGEST_TITLE]


# -- within ----------------------------------------------------------------------------------------


def _counted_on(title: str, pattern: re.Pattern[str], old: int, new: int) -> str:
    """The title with another number where it names the old one, in digits or signs alike."""
    for match in pattern.finditer(title):
        if match[0].lstrip("0") in (str(old), _SIGNS[old - 1]):
            number = _SIGNS[new - 1] if match[0] in _SIGNS else str(new)
            return f"{title[: match.start()]}{number}{title[match.end() :]}"
    return title


def _turning(kind: Kind, today: date, work: WorkCalendar) -> Iterator[Period]:
    """The periods of a kind that are just ending, or have just ended."""
    last_days, first_days = TURNS[kind]
    now = containing(today, kind)
    if today < now.start + timedelta(days=first_days):
        yield previous(now)
    if today >= _nth_last_day(now, last_days, work):
        yield now


def _nth_last_day(period: Period, count: int, work: WorkCalendar) -> date:
    """The ``count``-th last working day of a period; of days the calendar doesn't know, any."""
    day = period.last_day
    while day > period.start:
        try:
            count -= work.weight(day) > 0
        except CalendarError:
            count -= 1
        if count <= 0:
            break
        day -= timedelta(days=1)
    return day


def _better(plan: Plan, than: Plan) -> bool:
    """Of two plans for the same, the approved one, else the newer."""
    return (plan.status in _SETTLED, plan.id) > (than.status in _SETTLED, than.id)


def _set_targets(change: Change, last: Plan, new_id: int) -> None:
    """Let the whole period's targets be those of the wider plan, else the last plan's where a rule
    set none.
    """
    db = change.connection
    new = plans.plan_by_id(db, new_id)
    wanted = {
        key: value for key, value in _whole(db, last, last.period).items()
        if key not in _whole(db, new, new.period)
    }  # fmt: skip
    wider = nesting.parent_of(db, new_id)
    if wider is not None:
        wanted |= _whole(db, wider, new.period)
    known = {measure.id: measure for measure in measures.measures(db)}
    belongs = _belonging(db, new)
    by_measure: dict[tuple[int, str], dict[Place, int | None]] = {}
    for (measure_id, tier, who), value in wanted.items():
        if measure_id in known and (who.team_id, who.person_id) in belongs:
            places = by_measure.setdefault((measure_id, tier), {})
            places[Place(who, new.period)] = value
    for (measure_id, tier), places in by_measure.items():
        targets.set_values(change, new_id, measure_id, tier, places, any_step=True)


def _whole(db: Connection, plan: Plan, period: Period) -> dict[tuple[int, str, Who], int]:
    """What a plan's grid says for a whole period: by measure, tier and whose."""
    rows = db.execute(
        select(target)
        .where(
            target.c.plan_id == plan.id,
            target.c.period_kind == period.kind,
            target.c.start_day == period.start,
        )
        .order_by(target.c.id)
    )
    return {
        (
            row.measure_id,
            row.tier,
            Who(row.team_id, row.person_id, row.product_id, row.category),
        ): row.value
        for row in rows
    }


def _belonging(db: Connection, plan: Plan) -> set[tuple[int | None, int | None]]:
    """The teams and people that a plan's grid has rows for."""
    everyone = structure.read(db)
    found: set[tuple[int | None, int | None]] = set()
    waiting = [plan.who]
    while waiting:
        who = waiting.pop()
        found.add((who.team_id, who.person_id))
        waiting += everyone.below(who, plan.period)
    return found


def _name_what_is_left(change: Change, last: Plan, new_id: int) -> None:
    """Name at the plan's end what was missed and what is still to be done."""
    db = change.connection
    said = [*_missed(db, last, change.now.date()), *_open(db, last)]
    if not said:
        return
    heading = _("Left over from {period}").format(period=last.period.label)
    lines = [item.line for item in items.of_plan(db, new_id)]
    lines.append(Line("heading", 0, heading))
    lines += [Line("item", 1, words) for words in said]
    items.write(change, new_id, lines, seen_version=plans.plan_by_id(db, new_id).version)


def _missed(db: Connection, last: Plan, today: date) -> list[str]:
    """What of the last plan's targets wasn't reached, in words."""
    used = {measure_id for measure_id, _tier in targets.measures_used(db, last.id)}
    figures = summary_figures.read(db, last.who, last.period.start, last.period.end, today)
    found = []
    for line in figures.missed:
        if line.measure_id not in used or line.difference is None:
            continue
        found.append(
            _("{measure}: {amount} short of {target}").format(
                measure=line.with_unit(in_wan=figures.in_wan),
                amount=line.shown(-line.difference, in_wan=figures.in_wan),
                target=line.shown(line.target, in_wan=figures.in_wan),
            )
        )
    return found


def _open(db: Connection, last: Plan) -> list[str]:
    """The actions that are still open, but for those that repeat: their rules go on."""
    repeating = {one.id for one in rules.of_plan(db, last) if one.every}
    found = []
    for one in tasks.tasks_between(db, last.period.start, last.period.end, last.who):
        if one.status != "open" or one.ref.rule_id in repeating:
            continue
        if one.plan_id not in (None, last.id) or not one.words:
            continue
        found.append(
            _("{words} ({owner}, was due on {day})").format(
                words=one.words, owner=one.owner, day=one.day.isoformat()
            )
        )
    return found

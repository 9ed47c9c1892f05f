"""Rules of kind "contingency": when this happens, these steps are taken.

One that watches a figure (``measure_id`` and ``value``, the attainment in hundredths of a per cent)
happens by itself once the attainment of the plan's whole period at its pace lies below that, from
the moment it names (``at``) on; another is declared by a person.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from salesdesk.calc.money import format_percent
from salesdesk.calc.periods import Period, containing
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.state import State, Where
from salesdesk.planning.live.view import Names, View
from salesdesk.planning.places import Place
from salesdesk.text import _, joined


def words(rule: Rule, names: Names) -> str:
    """How the rule reads: "When it happens: …; then: …"."""
    parts = [_("When it happens: {words}").format(words=rule.words)]
    measure = names.measures.get(rule.measure_id or 0)
    if measure is not None and rule.value is not None:
        parts.append(
            _("{measure} below {percent}").format(
                measure=measure.name, percent=format_percent(Fraction(rule.value, 10_000), digits=0)
            )
        )
    if rule.steps:
        parts.append(_("then: {steps}").format(steps=joined(rule.steps.splitlines())))
    return _("; ").join(parts)


def state(rule: Rule, view: View) -> State:
    """Whether what it watches has happened; once somebody said so, what became of its steps."""
    where = Where("rule")
    steps = view.tasks.get(rule.id, ())
    if steps:
        open_steps = sum(step.status == "open" for step in steps)
        said = _("happened on {day}, {done} of {of} steps done").format(
            day=steps[-1].day.isoformat(), done=len(steps) - open_steps, of=len(steps)
        )
        return State(said, "warn" if open_steps else "done", Where("timetable", day=steps[-1].day))
    if not rule.measure_id or rule.value is None:
        return State(_("declared when it happens"), "none", where)
    share = attained(rule, view)
    if share is None:
        return State(_("nothing to watch yet"), "none", where)
    percent = format_percent(share, digits=0)
    if view.today < _from(rule, view):
        return State(
            _("{percent}, looked at from {day}").format(
                percent=percent, day=_from(rule, view).isoformat()
            ),
            "none", where,
        )  # fmt: skip
    if share < Fraction(rule.value, 10_000):
        return State(_("has happened: {percent}").format(percent=percent), "bad", where)
    return State(_("not so far: {percent}").format(percent=percent), "good", where)


def attained(rule: Rule, view: View) -> Fraction | None:
    """The attainment that it watches: of the month that today lies in, else of the plan's period.

    None where there is no target.
    """
    for period in (_month(view), view.plan.period):
        for tier in ("assigned", "goal", "stretch"):
            stored = view.cells.get((rule.measure_id or 0, tier), {})
            cell = stored.get(Place(view.plan.who, period))
            if cell is not None and cell.value:
                return Fraction(view.actual(rule, view.plan.who, period), cell.value)
    return None


def _month(view: View) -> Period:
    day = min(max(view.today, view.plan.period.start), view.plan.period.last_day)
    return containing(day, "month")


def _from(rule: Rule, view: View) -> date:
    """The day from which on it is looked at: the middle or end of the month, or at once."""
    month = _month(view)
    if rule.at == "middle":
        return month.start + timedelta(days=14)
    if rule.at == "end":
        return month.last_day
    return view.plan.period.start

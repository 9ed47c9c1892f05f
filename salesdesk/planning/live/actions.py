"""Rules of kind "action": something to do once, on a day, or again and again."""

from __future__ import annotations

from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.state import State, Where
from salesdesk.planning.live.view import Names, View
from salesdesk.planning.reading.telling import moment
from salesdesk.text import _, joined, ngettext

#: The statuses of plans whose actions are to be done.
RUNNING = ("submitted", "approved", "closed")


def words(rule: Rule, names: Names) -> str:
    """How the rule reads: "To do: every month, at the end, next month's training plan"."""
    parts = [*moment(rule.every or None, rule.at or None, rule.step, rule.days), rule.words]
    if rule.person_id is not None:
        parts.append(names.people.get(rule.person_id, ""))
    elif rule.team_id is not None:
        parts.append(names.teams.get(rule.team_id, ""))
    return _("To do: {words}").format(words=joined(filter(None, parts)))


def state(rule: Rule, view: View) -> State:
    """What is open of it: overdue since, today, or next; else how often it was done."""
    where = Where("timetable")
    tasks = view.tasks.get(rule.id, ())
    if not tasks:
        if rule.days is not None:
            return State(_("done when it is due"), "none", where)
        return State(_("has no day in the plan's period"), "none", Where("rule"))
    if view.plan.status not in RUNNING and rule.days is None:
        return State(_("first on {day}").format(day=tasks[0].day.isoformat()), "none", where)
    waiting = [task.day for task in tasks if task.status == "open"]
    late = [day for day in waiting if day < view.today]
    if late:
        said = _("overdue since {day}").format(day=late[0].isoformat())
        if len(late) > 1:
            said = joined(
                [said, ngettext("{count} time", "{count} times", len(late)).format(count=len(late))]
            )
        return State(said, "bad", Where("timetable", day=late[0]))
    if view.today in waiting:
        return State(_("due today"), "warn", Where("timetable", day=view.today))
    if waiting:
        return State(
            _("next on {day}").format(day=waiting[0].isoformat()),
            "good",
            Where("timetable", day=waiting[0]),
        )
    done = sum(task.status == "done" for task in tasks)
    if done == len(tasks):
        return State(_("done"), "done", where)
    return State(_("done {done} of {of}").format(done=done, of=len(tasks)), "warn", where)

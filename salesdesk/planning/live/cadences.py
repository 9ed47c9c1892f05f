"""Rules of kind "cadence": customers of a grade or state are contacted every so many days."""

from __future__ import annotations

from fractions import Fraction

from salesdesk.calc.money import format_percent
from salesdesk.customers.customers import STATES
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.state import State, Where
from salesdesk.planning.live.view import Names, View
from salesdesk.planning.reading.telling import periods
from salesdesk.text import _, joined, ngettext


def words(rule: Rule, _names: Names) -> str:
    """How the rule reads: "Contact: grade A, every 7 days"."""
    if rule.grade:
        whom = _("grade {grade}").format(grade=rule.grade)
    elif rule.state:
        whom = _(STATES[rule.state])
    else:
        whom = _("all customers")
    often = [_("figure to be filled in")] if rule.days is None else periods("day", rule.days)
    return _("Contact: {words}").format(words=joined([whom, *often]))


def state(rule: Rule, view: View) -> State:
    """How many of its customers weren't contacted in time, and the share that was."""
    where = Where("customers", grade=rule.grade, state=rule.state)
    care = view.care.get(rule.id)
    if care is None:
        return State(_("figure missing"), "warn", Where("rule"))
    if not care.total:
        return State(_("no such customers"), "none", where)
    if not care.late:
        return State(_("all kept in time"), "good", where)
    kept = format_percent(Fraction(care.total - care.late, care.total), digits=0)
    said = ngettext("{count} late of {total}", "{count} late of {total}", care.late)
    return State(
        joined(
            [said.format(count=care.late, total=care.total), _("kept {kept}").format(kept=kept)]
        ),
        "bad" if care.late * 5 > care.total else "warn",
        where,
    )

"""Rules of kind "action": something to do once, on a day, or again and again."""

from __future__ import annotations

from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.view import Names
from salesdesk.planning.reading.telling import moment
from salesdesk.text import _, joined


def words(rule: Rule, names: Names) -> str:
    """How the rule reads: "To do: every month, at the end, next month's training plan"."""
    parts = [*moment(rule.every or None, rule.at or None, rule.step, rule.days), rule.words]
    if rule.person_id is not None:
        parts.append(names.people.get(rule.person_id, ""))
    elif rule.team_id is not None:
        parts.append(names.teams.get(rule.team_id, ""))
    return _("To do: {words}").format(words=joined(filter(None, parts)))

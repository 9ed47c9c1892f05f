"""A plan out of a text that somebody wrote: what its lines offer, looked through before it is made.

Nothing is taken by itself: the caller says which of what is offered becomes a rule.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from salesdesk.calc.periods import Period
from salesdesk.errors import InputError
from salesdesk.planning import items, plans, taking
from salesdesk.planning.outlines import Line
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.reading import engine, outline
from salesdesk.planning.reading.telling import told
from salesdesk.storage.history import Change
from salesdesk.text import _


class Choice(NamedTuple):
    """What is offered for a line, counted from 0: the ``nth`` of its offers, from 0 too."""

    line: int
    nth: int


class Proposal(NamedTuple):
    """A rule that a line offers: what it becomes, and the words that it came from."""

    choice: Choice
    words: str
    source: str


def proposals(lines: Sequence[Line], year: int) -> list[Proposal]:
    """What the lines of a plan for ``year`` offer, in their order."""
    pieces = [outline.Item(line.level, line.text, line.kind == "heading") for line in lines]
    return [
        Proposal(Choice(index, nth), told(offer), item.item.text[offer.start : offer.end].strip())
        for index, item in enumerate(engine.read(pieces, year))
        for nth, offer in enumerate(item.offers)
    ]


def new_plan(
    change: Change,
    lines: Sequence[Line],
    chosen: Collection[Choice],
    *,
    title: str,
    period: Period,
    who: Who = OFFICE,
) -> int:
    """A new draft with these lines and the rules chosen of what they offer; its id.

    What has no place in the plan stays an offer. Raises as ``plans.new_plan`` and ``items.write``.
    """
    with change.told_as(_("New plan: {title}").format(title=title.strip())):
        plan_id = plans.new_plan(change, title=title, period=period, who=who)
        _write(change, plan_id, lines, chosen)
    return plan_id


def fill(change: Change, plan_id: int, lines: Sequence[Line], chosen: Collection[Choice]) -> int:
    """Give a plan without text these lines and the rules chosen of what they offer; how many.

    What has no place in the plan stays an offer. Raises InputError (the plan has a text), and as
    ``items.write``.
    """
    if items.of_plan(change.connection, plan_id):
        raise InputError(_("The plan has a text already."))
    return _write(change, plan_id, lines, chosen)


def _write(change: Change, plan_id: int, lines: Sequence[Line], chosen: Collection[Choice]) -> int:
    version = plans.plan_by_id(change.connection, plan_id).version
    ids = items.write(change, plan_id, lines, seen_version=version)
    picks = [taking.Pick(ids[one.line], one.nth) for one in chosen if one.line < len(ids)]
    return taking.take(change, plan_id, picks, skip=True) if picks else 0

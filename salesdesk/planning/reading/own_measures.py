"""Measures that a grammar doesn't know: the words that a figure is counted by, and its period."""

from __future__ import annotations

import re

from salesdesk.planning.reading.clause_reading import ClauseReading
from salesdesk.planning.reading.figures import Figure
from salesdesk.planning.reading.grammar import OwnWords, Period


def own_measure(
    clause: ClauseReading, number: int, figure: Figure
) -> tuple[str, Period | None] | None:
    """What the clause's figure of that number counts, in its words, and how often.

    None where it seems to count nothing that anybody aims at.
    """
    own = clause.grammar.own
    if own is None or figure.unit == "money" or (figure.is_blank and not figure.unit):
        return None
    if figure.large and not figure.unit:
        return None
    if figure.unit == "percent":
        answer = _rate(clause, own, figure)
    elif figure.bound >= 0 and own.never.search(clause.text):
        return None
    elif number and clause.is_left(number - 1, clause.figures[number - 1]):
        answer = _level(clause, own, figure)
    else:
        answer = _count(clause, own, number, figure)
    return answer if answer is not None and 2 <= len(answer[0]) <= own.longest else None


def _rate(clause: ClauseReading, own: OwnWords, figure: Figure) -> tuple[str, Period | None] | None:
    """A share, by its name: 承认率, 占比."""
    name = own.rate.search(clause.text, 0, figure.start)
    if name is None or not (figure.bound or own.meant.search(clause.text)):
        return None
    growth = clause.grammar.growth
    verbs = list(growth.verbs.finditer(clause.text, 0, figure.start))
    if verbs and not growth.level.search(clause.text, verbs[-1].start(), figure.start):
        return None  # so much more than it was, whatever that is
    return own.strip.sub("", name[0]).strip(), clause.period_of(figure)


def _level(
    clause: ClauseReading, own: OwnWords, figure: Figure
) -> tuple[str, Period | None] | None:
    """What changes from one figure to another: the counters of "counters from 18 to 24"."""
    left = clause.grammar.left.search(clause.text, 0, clause.figures[0].start)
    if left is None:
        return None
    return own.strip.sub("", clause.text[: left.start()]).strip(), clause.period_of(figure)


def _count(
    clause: ClauseReading, own: OwnWords, number: int, figure: Figure
) -> tuple[str, Period | None] | None:
    """What comes again every day, week or month."""
    text, figures = clause.text, clause.figures
    period = next(
        (p for p in clause.periods if not p.once and (own.spaced or p.end <= figure.start)), None
    )
    carried = clause.carried.period
    if period is None and carried is not None and not carried.once:
        period = carried if figure.bound or clause.carried.counted else None
    named = [p for p in clause.periods if p.once and p.end <= figure.start]
    if period is None and named and own.meant.search(clause.text, named[-1].end, figure.start):
        period = named[-1]  # "finish two reports in May"
    if period is None or not (figure.unit or own.spaced):
        return None
    if clause.grammar.of_which.match(text, figure.end):
        return None  # the two fairs of a year
    slight = figure.numerals or figure.unit in clause.grammar.time_units
    if figure.low == 1 and figure.bound >= 0 and slight:
        return None  # what is done once a month is an action
    first = max(
        [0, *(other.end for other in figures[:number])]
        + [p.end for p in clause.periods if p.end <= figure.start and not own.spaced]
    )
    last = figures[number + 1].start if number + 1 < len(figures) else len(text)
    before = own.strip.sub("", text[first : figure.start]).strip()
    behind = own.strip.sub("", text[figure.end : last]).strip(" 。.!;,")
    behind = own.ends.split(behind)[0]
    if own.spans.fullmatch(figure.unit) and not _is_span(own.lengths, before, figure, clause):
        return None
    if not behind and (not before or own.vague.fullmatch(before)):
        before = own.strip.sub("", text[: period.start]).strip() + before
    return (f"{before} {behind}" if own.spaced else before + behind).strip(), period


def _is_span(lengths: re.Pattern[str], before: str, figure: Figure, clause: ClauseReading) -> bool:
    """Whether hours or days are what is counted, not how long something takes."""
    if not before:
        return False
    return bool(figure.bound or clause.whom or lengths.fullmatch(before))

"""Cadences: customers of a grade or a kind, and how often they are contacted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from salesdesk.planning.reading.offers import CadenceOffer
from salesdesk.planning.reading.sentence import Sentence

DAYS = {
    "day": 1,
    "weekday": 1,
    "week": 7,
    "month": 30,
    "quarter": 90,
    "year": 365,
    "half_year": 180,
}


@dataclass(frozen=True, slots=True)
class _Subject:
    start: int
    end: int
    grades: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Interval:
    start: int
    end: int
    days: int
    bare: bool = False


def cadences(sentence: Sentence) -> list[CadenceOffer]:
    """The sentence's cadences, each grade of "A、B" by itself."""
    grammar, text = sentence.grammar, sentence.text
    if not grammar.contact.search(text) or any(
        sentence.guarded(name, text) for name in ("question", "negation", "others", "habit")
    ):
        return []
    if sentence.guarded("past", text) and not sentence.guarded("ahead", text):
        return []
    subjects = _subjects(sentence)
    if not subjects:
        return []
    intervals = _intervals(sentence)
    offers = []
    used: _Interval | None = None
    for number, subject in enumerate(subjects):
        before = subjects[number - 1].end if number else 0
        after = subjects[number + 1].start if number + 1 < len(subjects) else len(text)
        interval = _interval_of(text, subject, before, after, intervals)
        if interval is None or not _is_cadence(sentence, subject, interval, after):
            continue
        if interval is used and "," in text[interval.end : subject.start]:
            continue  # it was said of those before the comma
        used = interval if interval.start >= subject.end else None
        start, end = min(subject.start, interval.start), max(subject.end, interval.end)
        place = sentence.place(start, _end_of(sentence, end))
        if subject.grades:
            offers += [
                CadenceOffer(grade=grade.upper(), days=interval.days, place=place)
                for grade in subject.grades
            ]
        else:
            offers.append(
                CadenceOffer(grade=None, days=interval.days, of=subject.kind, place=place)
            )
    return _each_once(offers)


def _each_once(offers: list[CadenceOffer]) -> list[CadenceOffer]:
    """Without those that say the same of the same customers in overlapping words."""
    kept: list[CadenceOffer] = []
    for offer in offers:
        if not any(
            (offer.grade, offer.days, offer.of) == (other.grade, other.days, other.of)
            and offer.start < other.end and other.start < offer.end
            for other in kept
        ):  # fmt: skip
            kept.append(offer)
    return kept


def _end_of(sentence: Sentence, end: int) -> int:
    """The end of the clause at ``end``: what follows the interval says how they are contacted."""
    return next((piece.end for piece in sentence.clauses if piece.start < end <= piece.end), end)


def _subjects(sentence: Sentence) -> list[_Subject]:
    grammar, text = sentence.grammar, sentence.text
    subjects = [
        _Subject(
            match.start(), match.end(),
            _grades(match), "",
        )
        for match in grammar.grade.finditer(text)
    ]  # fmt: skip
    for match in grammar.kinds.finditer(text):
        if not any(subject.start < match.end() and match.start() < subject.end + 4
                   for subject in subjects):  # fmt: skip
            start = _named_from(sentence, match)
            words = sentence.written(start, match.end())
            if grammar.doers.match(words):
                continue
            subjects.append(_Subject(start, match.end(), "", words))
    return sorted(subjects, key=lambda subject: subject.start)


def _named_from(sentence: Sentence, match: re.Match[str]) -> int:
    """Where the name of a kind begins: behind what is done with them."""
    verbs = [verb.end() for verb in sentence.grammar.contact.finditer(match[0])]
    return match.start() + max((end for end in verbs if end < len(match[0])), default=0)


def _grades(match: re.Match[str]) -> str:
    """The letters of a list of grades: "ab" of "A and B"."""
    words = next((words for words in match.groups() if words), "")
    return "".join(re.findall(r"(?<![a-z])[a-e](?![a-z])", words))


def _intervals(sentence: Sentence) -> list[_Interval]:
    grammar, text = sentence.grammar, sentence.text
    intervals = [
        _Interval(period.start, period.end, DAYS.get(period.every, 1) * period.interval)
        for period in sentence.periods
        if not period.once
    ]
    for match in grammar.bare.finditer(text):
        if not any(known.start < match.end() and match.start() < known.end for known in intervals):
            intervals.append(
                _Interval(match.start(), match.end(), _bare_days(sentence, match[0]), bare=True)
            )
    counted = []
    for interval in sorted(intervals, key=lambda interval: interval.start):
        times = _times(sentence, interval)
        if times is not None:
            counted.append(replace(interval, days=max(1, interval.days // times)))
        elif not interval.bare:  # "a week" alone is a stretch of time
            counted.append(interval)
    return counted


def _times(sentence: Sentence, interval: _Interval) -> int | None:
    """How often in the interval, as is said just before or behind it; None when nothing is."""
    grammar, text = sentence.grammar, sentence.text
    match = grammar.times_before.search(text[max(0, interval.start - 12) : interval.start])
    if match is None:
        match = grammar.times.search(text, interval.end)
        if match is None or match.start() - interval.end > 16:
            return None
        if grammar.clause_end.search(text, interval.end, match.start()):
            return None
    return int(grammar.figures.number_in(match["times"] or "") or 1) or 1


def _bare_days(sentence: Sentence, words: str) -> int:
    grammar = sentence.grammar
    days = DAYS[grammar.unit_in(words)]
    if grammar.half.match(words):
        return {7: 3, 30: 15, 90: 45, 365: 180}.get(days, days)
    return int(grammar.figures.number_in(words) or 1) * days


def _interval_of(
    text: str, subject: _Subject, before: int, after: int, intervals: list[_Interval]
) -> _Interval | None:
    """The interval behind the subject, else the one before it; a list of them shares the next."""
    behind = [interval for interval in intervals if subject.end <= interval.start < after]
    ahead = [interval for interval in intervals if before <= interval.start < subject.start]
    comma = not behind or "," in text[subject.end : behind[0].start]
    if ahead and comma and not _breaks(text[ahead[-1].end : subject.start], most=0):
        return ahead[-1]
    if behind and not _breaks(text[subject.end : behind[0].start], most=1):
        return behind[0]
    if ahead:
        return ahead[-1]
    return behind[0] if behind else None


def _breaks(words: str, *, most: int) -> bool:
    """Whether the words between are too many to belong together, or have more commas."""
    return any(sign in words for sign in ";。") or words.count(",") > most or len(words) > 24


def _is_cadence(sentence: Sentence, subject: _Subject, interval: _Interval, after: int) -> bool:
    """Figures that count customers make a target of it: 3 of them a week, 20 times a month."""
    most = sentence.grammar.data["cadence"]["most_times"]
    start = min(subject.start, interval.start)
    end = min(max(subject.end, interval.end) + 16, max(after, interval.end))
    end = min(end, _end_of(sentence, max(subject.end, interval.end)))
    for figure in sentence.figures:
        if sentence.text[figure.start - 1 : figure.start] == "(":
            continue  # "grade A (12 of them)"
        counts_them = 0 <= subject.start - figure.end <= 1
        if counts_them or start <= figure.start < end:
            if interval.start <= figure.start < interval.end:
                continue
            words = sentence.text[figure.start : figure.end].strip()
            counts_times = (
                figure.unit in sentence.grammar.time_units or words in sentence.grammar.times_words
            )
            if counts_times and figure.low is not None:
                if figure.low > most:
                    return False
            elif figure.is_article and not counts_them:
                continue  # "send them a message" once
            elif not sentence.grammar.bare.match(sentence.text, figure.start):
                return False
    return True

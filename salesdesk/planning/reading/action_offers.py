"""Actions: what is done daily, at a month's end, by a date, before or after something."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from salesdesk.planning.reading.offers import ActionOffer, CadenceOffer, Offer, TargetOffer
from salesdesk.planning.reading.sentence import Sentence
from salesdesk.planning.reading.sentences import Piece

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE_DAYS = {sign: number for number, sign in enumerate("一二三四五六日")} | {"天": 6}
#: A moment with no more than this behind it ("Friday before leaving,") is followed by what is done.
_SHORT = 7
#: 一次 alone says nothing of what is done.
_ONCE = 2
#: What stands around words that say what is done: an hour alone says nothing of it.
_NO_WORDS = " ,、:;。.0123456789"
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


class _Moment:
    """When something is done: where that stands, and what it says."""

    def __init__(
        self, start: int, end: int, every: str | None, at: str | None = None, interval: int = 1,
        days: int | None = None, *, sure: bool = False, words_from: int | None = None,
    ) -> None:  # fmt: skip
        self.start, self.end = start, end
        self.every, self.at, self.interval, self.days = every, at, interval, days
        self.sure = sure
        self.words_from = end if words_from is None else words_from


def actions(sentence: Sentence, others: Sequence[Offer]) -> list[ActionOffer]:
    """The sentence's actions; what ``others`` say already of the same words isn't one."""
    text = sentence.text
    if any(sentence.guarded(name, text) for name in ("question", "habit", "example")):
        return []
    moments = _moments(sentence)
    offers: list[ActionOffer] = []
    for number, moment in enumerate(moments):
        clause = _clause_at(sentence, moment.start)
        if _said(sentence, moment, clause, others) or _guarded(sentence, clause, moment):
            continue
        limit = moments[number + 1].start if number + 1 < len(moments) else len(text)
        joined = sentence.grammar.joins.fullmatch(text, moment.end, limit) is not None
        if joined and number + 1 < len(moments):  # "on the 15th and at the end" of it
            moment.words_from = max(moment.words_from, moments[number + 1].end)
        words = _words(sentence, moment, clause, limit)
        if words is None:
            continue
        start, end = words
        if (moment.at is None or moment.at in _WEEKDAYS) and _counted(sentence, start, end, others):
            continue
        offers.append(
            ActionOffer(
                every=moment.every, at=moment.at, words=sentence.written(start, end),
                interval=moment.interval, days=moment.days,
                place=sentence.place(moment.start, max(moment.end, end)),
            )
        )  # fmt: skip
    return offers


def _counted(sentence: Sentence, start: int, end: int, others: Sequence[Offer]) -> bool:
    """Whether what is to be done on some days of the week is a target: 500 leaflets."""
    first, last = sentence.place(start, end)
    return any(
        isinstance(offer, TargetOffer) and first <= offer.end <= last and offer.interval == 1
        for offer in others
    )


def _clause_at(sentence: Sentence, place: int) -> Piece:
    return next(
        (piece for piece in sentence.clauses if piece.start <= place < piece.end),
        sentence.clauses[-1],
    )


def _guarded(sentence: Sentence, clause: Piece, moment: _Moment) -> bool:
    if any(sentence.guarded(name, clause.text) for name in ("negation", "others")):
        return True
    if sentence.grammar.no_action.search(clause.text):
        return True
    # Behind the moment it is what is worked at: a report on the month before.
    if (
        sentence.guarded("past", sentence.text[clause.start : moment.start])
        or sentence.under.reviews
    ):
        return not sentence.guarded("ahead", clause.text)
    return False


def _said(sentence: Sentence, moment: _Moment, clause: Piece, others: Sequence[Offer]) -> bool:
    """Whether a target or a cadence uses this moment: it lies in its place, or in its clause."""
    start, end = moment.start + sentence.piece.start, moment.end + sentence.piece.start
    for offer in others:
        if offer.start < end and start < offer.end:
            return True
        if isinstance(offer, (TargetOffer, CadenceOffer)) and not moment.at:
            first = clause.start + sentence.piece.start
            if first <= offer.start < clause.end + sentence.piece.start:
                return True
    return False


def _words(
    sentence: Sentence, moment: _Moment, clause: Piece, limit: int
) -> tuple[int, int] | None:
    """The place of what is done: behind the moment, else before it; None when nothing is."""
    grammar = sentence.grammar
    verbs = grammar.dated_actions if moment.every is None or moment.at else grammar.actions
    start = moment.words_from
    if start >= limit:  # 3, 7 and 15 days after share their words
        limit, clause = len(sentence.text), _clause_at(sentence, start)
    end = min(clause.end, limit)
    # "Every Friday, send the report": the words are those of the next clause.
    while len(sentence.text[start:end].strip(" ,、:")) < 2 and end < limit:
        following = next((piece for piece in sentence.clauses if piece.start >= end), None)
        if following is None:
            break
        end = min(following.end, limit)
    if not verbs.search(sentence.text, start, end) and len(sentence.text[start:end]) < _SHORT:
        end = min(next((p.end for p in sentence.clauses if p.start >= end), end), limit)
    once = any(
        figure.low == 1 and figure.numerals and figure.unit in grammar.time_units
        and start <= figure.start < end
        for figure in sentence.figures
    )  # fmt: skip
    if once and len(sentence.text[start:end].strip(" ,、。")) > _ONCE:
        # "Change the window once": whatever the verb is, with what it is done to.
        first = clause.start if moment.start - clause.start > 1 and moment.at is None else start
        return first, end
    if moment.sure and len(sentence.text[start:end].strip(_NO_WORDS)) > 1:
        return start, end
    if verbs.search(sentence.text, start, end):
        return start, end
    if moment.at and moment.every and grammar.action_signs.search(sentence.text, start, end):
        return start, end
    if _is_label(sentence, clause, moment):  # "Monthly report: on the 30th"
        label = max((p for p in sentence.clauses if p.end < clause.start), key=lambda p: p.end)
        named = verbs.search(label.text) and not grammar.no_label.search(label.text)
        return (label.start, label.end) if named else None
    before = clause.start, moment.start
    stands_before = grammar.data.get("words_before", False) or moment.sure or moment.every is None
    return before if stands_before and verbs.search(sentence.text, *before) else None


def _is_labelled(sentence: Sentence, moment: _Moment, placed: Sequence[int]) -> bool:
    """Whether a moment stands behind the colon of another: "Friday: write the weekly report"."""
    clause = _clause_at(sentence, moment.start)
    label = next((piece for piece in sentence.clauses if piece.end + 1 == clause.start), None)
    colon = sentence.text[clause.start - 1 : clause.start] == ":"
    return colon and label is not None and label.start in placed


def _is_label(sentence: Sentence, clause: Piece, moment: _Moment) -> bool:
    """Whether the moment's clause says nothing but when, of what stands before its colon."""
    rest = clause.text[moment.end - clause.start :].strip(" 。.;,:0123456789点半上下早晚午")
    return (
        bool(moment.at) and sentence.text[clause.start - 1 : clause.start] == ":" and not rest
        and not clause.text[: moment.start - clause.start].strip()
    )  # fmt: skip


def _moments(sentence: Sentence) -> list[_Moment]:
    moments = [*_dated(sentence), *_placed(sentence)]
    # "The weekly report every Friday": the day says it all.
    placed = [_clause_at(sentence, moment.start).start for moment in moments]
    moments += [
        moment
        for moment in _short(sentence)
        if _clause_at(sentence, moment.start).start not in placed
        and not _is_labelled(sentence, moment, placed)
    ]
    for period in sentence.periods:
        clause = _clause_at(sentence, period.start)
        if sentence.grammar.basis.search(sentence.text, clause.start, period.start):
            continue  # "from each month's figures"
        if not period.once and clause.start not in placed:
            moments.append(_Moment(period.start, period.end, period.every, None, period.interval))
    kept: list[_Moment] = []
    for moment in moments:
        if not any(other.start < moment.end and moment.start < other.end for other in kept):
            kept.append(moment)
    return sorted(kept, key=lambda moment: moment.start)


def _short(sentence: Sentence) -> list[_Moment]:
    """一周一小结, 周小结: the interval and what is done in a few signs."""
    moments = []
    for match in sentence.grammar.short.finditer(sentence.text):
        groups = match.groupdict()
        words = groups.get("every") or groups.get("each") or groups.get("noun") or match[0]
        every = sentence.grammar.unit_in(words)
        if groups.get("noun") and not _is_due(sentence, match):
            continue
        moments.append(
            _Moment(match.start(), match.end(), every, sure=True, words_from=match.start())
        )
    return moments


def _is_due(sentence: Sentence, match: re.Match[str]) -> bool:
    """A summary that is only named isn't asked for: somebody must write it."""
    return sentence.grammar.due.search(sentence.text) is not None


def _placed(sentence: Sentence) -> list[_Moment]:
    """月初, 每月25日, 周五, at the end of each month, every Friday."""
    grammar, text = sentence.grammar, sentence.text
    moments = []
    for pattern, entry in grammar.places:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            every = entry.get("every") or grammar.unit_in(groups.get("every") or "")
            if groups.get("day"):
                at = str(int(grammar.figures.number_in(groups["day"]) or 1))
            elif groups.get("weekday"):
                at = _weekday(groups["weekday"])
            else:
                at = grammar.data["places"][groups["at"]]
            start = match.start()
            for period in sentence.periods:  # 每个月末: the interval belongs to it
                if period.start < match.end() and match.start() <= period.end:
                    start = min(start, period.start)
            further = _further_days(sentence, match, bool(groups.get("weekday")), at)
            last = max([match.end(), *(end for _start, end, _at in further)])
            sure = bool(groups.get("day")) or (
                bool(groups.get("weekday")) and match[0].startswith("每")
            )
            sure = sure or grammar.by.match(text, match.end()) is not None
            starts = [begin for begin, _end, _at in further]
            ends = [match.end(), *(end for _begin, end, _at in further)]
            listed = bool(further) and all(
                not text[end:begin].strip(" 、,和及/周每星期")
                for end, begin in zip(ends, starts, strict=False)
            )
            moments.append(
                _Moment(
                    start,
                    match.end(),
                    every,
                    at,
                    sure=sure,
                    words_from=last if listed else None,
                )
            )
            moments += [
                _Moment(
                    begin,
                    end,
                    every,
                    other,
                    sure=sure,
                    words_from=last if listed else None,
                )
                for begin, end, other in further
            ]
    return moments


def _further_days(
    sentence: Sentence, match: re.Match[str], weekday: bool, at: str
) -> list[tuple[int, int, str]]:
    """The other days of a list, with their places: "Tuesday and Thursday", "10th, 20th"."""
    grammar, text = sentence.grammar, sentence.text
    further: list[tuple[int, int, str]] = []
    if weekday:
        more = grammar.more_weekdays.match(text, match.end())
        while more is not None:
            further.append((more.start("weekday"), more.end(), _weekday(more["weekday"])))
            more = grammar.more_weekdays.match(text, more.end())
    elif at.isdigit():
        further = [
            (more.start(), more.end(), str(int(more["day"])))
            for more in grammar.more_days.finditer(text, match.end())
            if 1 <= int(more["day"]) <= 31
        ]
    return further


def _weekday(words: str) -> str:
    return _WEEKDAYS[_CHINESE_DAYS[words]] if words in _CHINESE_DAYS else words.lower()


def _dated(sentence: Sentence) -> list[_Moment]:
    grammar, text = sentence.grammar, sentence.text
    moments = []
    for match in grammar.dated_day.finditer(text):
        month = grammar.month_of(match["month"])
        day = int(grammar.figures.number_in(match["day"]) or 0)
        if month is not None and 1 <= day <= 31:
            moments.append(_Moment(match.start(), match.end(), None, f"{month:02}-{day:02}"))
    for match in grammar.dated_month_end.finditer(text):
        month = grammar.month_of(match["month"])
        if month is not None:
            last = 28 if month == 2 else calendar.monthrange(2001, month)[1]
            moments.append(_Moment(match.start(), match.end(), None, f"{month:02}-{last:02}"))
    for match in grammar.dated_quarter_end.finditer(text):
        month = int(grammar.figures.number_in(match["quarter"]) or 4) * 3
        last = calendar.monthrange(2001, month)[1]
        moments.append(_Moment(match.start(), match.end(), None, f"{month:02}-{last:02}"))
    for match in grammar.dated_before.finditer(text):
        groups = match.groupdict()
        number = next(
            (groups[key] for key in ("before", "before2", "before3") if groups.get(key)), ""
        )
        unit = next((groups[key] for key in ("unit", "unit2", "unit3") if groups.get(key)), "")
        many = grammar.figures.number_in(number)
        days = _DAYS.get(grammar.unit_in(unit), 1)
        days = days // 2 if number and many is None else int(many or 0) * days
        if days:
            moments.append(_Moment(match.start(), match.end(), None, "before", days=days))
    for match in (match for pattern in grammar.dated_after for match in pattern.finditer(text)):
        unit = _DAYS.get(grammar.unit_in(match["unit"]), 1)
        if grammar.figures.number_in(match["after"]) is None:  # half a year
            moments.append(
                _Moment(match.start("after"), match.end(), None, "after", days=unit // 2)
            )
        for number in re.finditer(grammar.figures.number, match["after"]):
            days = int(grammar.figures.number_in(number[0]) or 0) * unit
            start = match.start("after") + number.start()
            if days:
                moments.append(
                    _Moment(start, match.end() if number.end() == len(match["after"]) else
                            start + len(number[0]), None, "after", days=days,
                            words_from=match.end())
                )  # fmt: skip
    if any(moment.at == "after" for moment in moments):
        moments += _chained(sentence, moments)
    return moments


def _chained(sentence: Sentence, moments: Sequence[_Moment]) -> list[_Moment]:
    """What is due "within a week" behind "3 days after": it counts from the same event."""
    first = min(moment.end for moment in moments if moment.at == "after")
    chained = []
    for match in sentence.grammar.dated_within.finditer(sentence.text, first):
        groups = match.groupdict()
        unit = groups.get("unit") or groups.get("unit2") or ""
        days = _DAYS.get(sentence.grammar.unit_in(unit), 1)
        number = sentence.grammar.figures.number_in(
            groups.get("number") or groups.get("number2") or ""
        )
        days = days // 2 if number is None else int(number) * days
        chained.append(_Moment(match.start(), match.end(), None, "after", days=days))
    return chained

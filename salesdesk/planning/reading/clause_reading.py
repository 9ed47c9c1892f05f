"""A clause with what was found in it and before it: periods, tiers, goods, places of figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from salesdesk.planning.reading.figures import Figure
from salesdesk.planning.reading.grammar import Grammar, Measure, Period, Tag, Word
from salesdesk.planning.reading.sentence import Sentence
from salesdesk.planning.reading.sentences import Piece

_SHORT = frozenset({"day", "weekday", "week"})


@dataclass(slots=True)
class Carried:
    """What the clauses before this one leave to it."""

    period: Period | None = None
    tier: str | None = None
    whom: str | None = None
    measure: Measure | None = None
    product: str | None = None
    unit: str = ""
    words: list[Word] | None = None  # of the clause just before, when it has no figures
    named: list[Word] = field(default_factory=list)
    past: bool = False
    label: str | None = None  # the tier of a label before a colon, for all that is listed
    counted: bool = False
    labels: bool = False  # whether the clause before ends in a colon


class ClauseReading:
    """One clause, with what was said before it; places of its figures are within the clause."""

    def __init__(
        self, sentence: Sentence, piece: Piece, carried: Carried, taken: list[tuple[int, int]]
    ) -> None:
        self.sentence, self.piece, self.carried = sentence, piece, carried
        self.grammar: Grammar = sentence.grammar
        self.taken = taken
        self.text = piece.text
        self.periods = [
            replace(period, start=period.start - piece.start, end=period.end - piece.start)
            for period in sentence.periods
            if piece.start <= period.start and period.end <= piece.end
        ]
        self.figures = [
            replace(
                figure,
                start=figure.start - piece.start,
                end=figure.end - piece.start,
                digits_end=figure.digits_end - piece.start,
            )
            for figure in sentence.figures
            if piece.start <= figure.start
            and figure.end <= piece.end
            and not any(period.start <= figure.start < period.end for period in sentence.periods)
        ]
        self.words = self.grammar.words(self.text)
        self.tiers = self.grammar.tiers(self.text)
        self.whom = self.grammar.whom(self.text)

    def is_left(self, number: int, figure: Figure) -> bool:
        """Whether the figure is only where a change begins: the 8 of "from 8 % to 12 %"."""
        return (
            number + 1 < len(self.figures)
            and self.grammar.left.search(self.text, 0, figure.start) is not None
            and self.figures[number + 1].unit in (figure.unit, "")
        )

    def is_change(self, figure: Figure) -> bool:
        """Whether a range is one: "raise it from 20 to 25 %"."""
        return self.grammar.left.search(self.text, 0, figure.start) is not None and (
            self.grammar.growth.verbs.search(self.text) is not None
        )

    def whom_of(self, figure: Figure) -> str | None:
        whom = self.nearest(self.whom, figure)
        if whom is None and not self.periods:
            whom = self.carried.whom
        return None if whom == "self" else whom  # the plan's owner, as everywhere

    def period_name(self, period: Period | None, figure: Figure) -> str | None:
        """The period's name: of "in the first quarter 40 a month" the quarter's."""
        if period is None or period.name or period.once:
            return None if period is None else period.name
        named = [p.name for p in self.periods if p.once and p.name and p.end <= period.start]
        return named[-1] if named else None

    def says_else(self, figure: Figure) -> bool:
        """Whether words that nobody knows stand before the figure, behind its period."""
        own = self.grammar.own
        starts = [0, *(p.end for p in self.periods if p.end <= figure.start)]
        starts += [other.end for other in self.figures if other.end <= figure.start]
        words = self.text[max(starts) : figure.start]
        return own is not None and len(own.strip.sub("", words).strip(" ,:、~+")) > 1

    def names_else(self, figure: Figure) -> bool:
        """Whether the clause begins with words that nobody knows: of something new."""
        own = self.grammar.own
        period = next((p for p in self.periods if p.end <= figure.start and not p.once), None)
        if own is None or period is None or self.figures[0] != figure:
            return False
        words = self.text[: period.start]
        return own.part.match(words) is None and len(own.strip.sub("", words).strip(" ,:、~+")) > 1

    def counts_else(self, figure: Figure) -> bool:
        """Whether a noun that nobody knows stands behind the figure."""
        own = self.grammar.own
        if own is None:
            return False
        following = [other.start for other in self.figures if other.start >= figure.end]
        rest = self.text[figure.end : min(following, default=len(self.text))]
        return len(own.strip.sub("", own.ends.split(rest)[0]).strip(" 。.!;,")) > 1

    def goes_further(self, figure: Figure) -> bool:
        """Whether a figure is said to go further than one before it."""
        before = self.text_before(figure)
        return not self.periods and self.grammar.further.search(before) is not None

    def digits_place(self, figure: Figure) -> tuple[int, int]:
        start, end = figure.start, figure.digits_end or figure.end
        return self.sentence.place(self.piece.start + start, self.piece.start + end)

    def text_before(self, figure: Figure) -> str:
        first = max((other.end for other in self.figures if other.end <= figure.start), default=0)
        return self.text[first : figure.start]

    def period_of(self, figure: Figure) -> Period | None:
        own = [period for period in self.periods if not period.once] or self.periods
        if own:
            before = [period for period in own if period.end <= figure.start]
            if self.grammar.data.get("period_behind", False):
                after = [other.start for other in self.figures if other.start > figure.start]
                limit = min(after, default=len(self.text))
                behind = [p for p in own if figure.end <= p.start and p.end <= limit]
                if behind:
                    return behind[0]
            labelled = self.carried.labels and self.carried.period is not None
            if not before and labelled and own[0].once:  # "January: 200,000 February: 150,000"
                return self.carried.period
            return before[-1] if before else own[0]
        carried = self.carried.period
        if figure.unit == "percent" and carried is not None and carried.every in _SHORT:
            return None  # a rate is nobody's daily work because calls are
        return carried

    def every_of(self, period: Period | None) -> str | None:
        if period is None:
            return self.whole_period()
        return "day" if period.every == "weekday" else period.every

    def whole_period(self) -> str | None:
        """Without a period of its own a figure is the whole plan's."""
        if self.sentence.context is not None:
            return self.sentence.context
        # Whoever names a quarter's part means the year by the whole.
        if any(period.every == "quarter" for period in self.sentence.periods):
            return "year"
        return None

    def tier_of(self, figure: Figure) -> str | None:
        tier = self.nearest(self.tiers, figure)
        # "Sales target: revenue of 3 million": what stands before the colon says of what tier.
        follows = not self.has_own_words(figure) or self.carried.words is not None
        if self.carried.tier == "stretch" and self.whom:
            follows = False  # how far the team goes is nobody's own share
        return tier or (self.carried.tier if follows else self.carried.label)

    def has_own_words(self, figure: Figure) -> bool:
        return any(not word.weak and word.end <= figure.start for word in self.words)

    def nearest(self, tags: list[Tag], figure: Figure) -> str | None:
        """The last tag before the figure, else the first behind it."""
        before = [tag for tag in tags if tag.end <= figure.start]
        if before:
            return before[-1].value
        behind = [tag for tag in tags if tag.start >= figure.end]
        return behind[0].value if behind else None

    def product_of(self, figure: Figure, measure: Measure) -> str | None:
        if measure.code not in ("units", "amount", "contracts", "subscriptions", "profit"):
            return None
        products = list(self.grammar.products.finditer(self.text))
        behind = [
            match
            for match in products
            if figure.end <= match.start() < figure.end + self.grammar.reach
        ]
        before = [match for match in products if match.end() <= figure.start]
        match = behind[0] if behind else before[-1] if before else None
        if match is None:
            return self.goods_before(figure) if measure.code == "units" else None
        start = self.piece.start + match.start()
        return self.sentence.written(start, start + len(match[0]))

    def goods_before(self, figure: Figure) -> str | None:
        """The goods by where they stand: between what is done and the figure, or before it."""
        own = self.grammar.own
        if own is None or own.goods is None:
            return None
        first = max((other.end for other in self.figures if other.end <= figure.start), default=0)
        words = [word for word in self.words if first <= word.start and word.end <= figure.start]
        cuts = [first, *(p.end for p in self.periods if first <= p.end <= figure.start)]
        cuts += [word.end for word in words]
        ends = sorted({*(word.start for word in words), *(p.start for p in self.periods),
                       *(tier.start for tier in self.tiers), figure.start})  # fmt: skip
        for start in sorted(cuts, reverse=True):
            end = next((end for end in ends if start < end <= figure.start), None)
            if end is None or any(word.start == start for word in words):
                continue
            name = own.strip.sub("", self.text[start:end]).strip(" ,:、")
            if any(tag.start < end and start < tag.end for tag in self.whom):
                continue  # a sales adviser is no goods
            if own.goods.fullmatch(name):
                return name
        return None

    def place_of(self, figure: Figure, word: Word | None) -> tuple[int, int]:
        """From the period or word before the figure to the noun behind it."""
        start, end = figure.start, figure.end
        starts = [period.start for period in self.periods if period.end <= start]
        starts += [tier.start for tier in self.tiers if tier.end <= start]
        if word is not None:
            start, end = min(start, word.start), max(end, word.end)
        start = min([start, *starts])
        return self.sentence.place(self.piece.start + start, self.piece.start + end)

    def period_left(self) -> Period:
        own = [period for period in self.periods if not period.once] or self.periods
        return own[-1]

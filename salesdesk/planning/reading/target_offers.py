"""Targets: figures of a sentence, each bound to a measure, a period, a tier, and for whom."""

from __future__ import annotations

from fractions import Fraction

from salesdesk.planning.reading.clause_reading import Carried, ClauseReading
from salesdesk.planning.reading.figures import Figure
from salesdesk.planning.reading.grammar import Measure, Period, Word
from salesdesk.planning.reading.offers import TargetOffer
from salesdesk.planning.reading.own_measures import own_measure
from salesdesk.planning.reading.sentence import Sentence

#: From here on a figure without a unit may be money.
_BARE_MONEY = 1_000

_MINUTES = frozenset({"分钟", "刻钟", "minute", "minutes"})

#: What is counted piece by piece of goods, whose names nobody can know.
_OF_GOODS = frozenset({"units", "contracts", "subscriptions"})

#: What is done with customers, whatever kind of them is named.
_CONTACTS = frozenset({"visits", "follow_ups", "invited_walk_ins"})


def targets(sentence: Sentence, taken: list[tuple[int, int]]) -> list[TargetOffer]:
    """The sentence's targets; figures within ``taken`` places belong to other rules."""
    carried = Carried()
    offers: list[TargetOffer] = []
    if not sentence.figures or sentence.guarded("question", sentence.text):
        return offers
    last = sentence.figures[-1].start
    for clause in sentence.clauses:
        if clause.start > last:
            break
        offers += _Clause(sentence, clause, carried, taken).offers()
    return _joined(offers)


class _Clause(ClauseReading):
    """A clause whose figures are bound to measures, one by one."""

    def offers(self) -> list[TargetOffer]:
        offers: list[TargetOffer] = []
        guarded = self._guarded()
        if not guarded:
            for number, figure in enumerate(self.figures):
                if not self._is_taken(figure) and not self.is_left(number, figure):
                    offer = self._offer(number, figure)
                    if offer is not None:
                        offers.append(offer)
        self._carry(guarded=guarded)
        return offers

    def _is_taken(self, figure: Figure) -> bool:
        """Whether the figure belongs to another rule, or to a period: the 3 of "every 3 days"."""
        in_period = any(period.start <= figure.start < period.end for period in self.periods)
        return in_period or self._is_others(figure)

    def _is_others(self, figure: Figure) -> bool:
        start, end = figure.start + self.piece.start, figure.end + self.piece.start
        return any(first < end and start < last for first, last in self.taken)

    def _guarded(self) -> bool:
        """Whether what the clause counts was, is, belongs to others, or isn't to be."""
        past = self._past()
        self.carried.past = past
        if not self.figures:
            return False
        # What follows "for example" is one to the end of the sentence.
        if self.sentence.guarded("example", self.sentence.text[: self.piece.end]):
            return True
        if not self.periods and self.sentence.guarded("each_time", self.text):
            return True
        changes = any(self.is_left(*entry) for entry in enumerate(self.figures))
        names = ("negation", "others", "habit", *(() if changes else ("now",)))
        return (past and not self._grows() and not changes) or any(
            self.sentence.guarded(name, self.text) for name in names
        )

    def _past(self) -> bool:
        if self.sentence.guarded("past", self.text) or self.sentence.names_past_year(self.text):
            return not self._grows()
        if self.sentence.guarded("ahead", self.text):
            return False
        if self.carried.past:
            return not self.periods or not self.sentence.guarded("ahead", self.text)
        return self.sentence.under.reviews and not self.sentence.guarded(
            "ahead", self.sentence.text
        )

    def _grows(self) -> bool:
        """Whether the clause says how much more it shall be than in a period that is over."""
        if self.carried.past and not self.sentence.guarded("ahead", self.text):
            return False
        if self.sentence.guarded("grown", self.text):
            return False
        return self.grammar.growth.verbs.search(self.text) is not None and any(
            figure.unit == "percent" for figure in self.figures
        )

    # -- one figure --------------------------------------------------------------------------------

    def _offer(self, number: int, figure: Figure) -> TargetOffer | None:
        if figure.low == 1 and any(
            pattern.search(self.text) for pattern, _at in self.grammar.places
        ):
            return None  # "a meeting at each month's end" is something to do
        if figure.is_article and not self.periods and not figure.bound:
            return None
        if figure.bound < 0 and self.grammar.refuse.search(self.text, figure.end):
            return None  # what is below it isn't sold
        if figure.unit in ("money", "percent", "") and (
            figure.bound and self.grammar.condition.match(self.text, figure.end)
        ):
            return None  # orders above it, projects below it
        if figure.unit == "money" and self.sentence.guarded("price", self.text_before(figure)):
            return None
        grown = self._growth(figure)
        if grown is not None:
            return grown
        measure, word = self._measure(number, figure)
        if measure is None:
            return self._own(number, figure)
        measure = self._done_with(measure, word, figure)
        if word is None and self.grammar.losses.search(self.text_before(figure)):
            return self._own(number, figure)
        code = measure.code if figure.bound < 0 else measure.otherwise or measure.code
        period = self.period_of(figure)
        tier = self._further(figure, measure) or self.tier_of(figure)
        if self._is_of_a_piece(figure, period) or not self._is_meant(figure, period, tier, word):
            return None
        low, high = figure.low, figure.high
        if high is not None and self.is_change(figure):
            low, high = high, None
        if figure.bound < 0 and high is None and low is not None:
            low, high = Fraction(0), low
        if figure.unit in _MINUTES and "hours" in code:
            low, high = low and low / 60, high and high / 60
        product = self.product_of(figure, measure)
        if product is None and self._continues(word, figure, period):
            product = self.carried.product
        offer = TargetOffer(
            measure=code, tier=tier or "assigned", value=low, to=high,
            whom=self.whom_of(figure), of=product,
            every=self.every_of(period), interval=period.interval if period else 1,
            period=self.period_name(period, figure), place=self.place_of(figure, word),
            figure=self.digits_place(figure),
        )  # fmt: skip
        self.carried.measure, self.carried.counted = measure, True
        self.carried.product, self.carried.unit = product, figure.unit
        return offer

    def _continues(self, word: Word | None, figure: Figure, period: Period | None) -> bool:
        """Whether only the period changes from the clause before: "second quarter 260"."""
        return (
            word is None and period is not None and period.once and period in self.periods
            and figure.unit == self.carried.unit and not self.says_else(figure)
        )  # fmt: skip

    def _is_of_a_piece(self, figure: Figure, period: Period | None) -> bool:
        """Whether money is what a single piece costs or brings: it adds up to nothing."""
        piece = self.grammar.per_piece.search(self.text_before(figure))
        return figure.unit == "money" and period is None and piece is not None

    def _further(self, figure: Figure, measure: Measure) -> str | None:
        """Stretch for what goes further than the sentence's figure of the same measure."""
        if self.carried.measure != measure or not self.carried.counted:
            return None
        second = self.figures.index(figure) > 0 and self.grammar.further.search(
            self.text_before(figure)
        )
        return "stretch" if second or self.goes_further(figure) else None

    def _own(self, number: int, figure: Figure) -> TargetOffer | None:
        """A figure of something that comes again, of which the grammar knows no measure."""
        answer = own_measure(self, number, figure)
        if answer is None:
            return None
        words, period = answer
        low, high = figure.low, figure.high
        if figure.bound < 0 and high is None and low is not None:
            low, high = Fraction(0), low
        self.carried.counted = True
        return TargetOffer(
            measure="own", name=words, tier=self.tier_of(figure) or "assigned", value=low, to=high,
            whom=self.whom_of(figure), every=period.every if period else None,
            interval=period.interval if period else 1, place=self.place_of(figure, None),
            period=self.period_name(period, figure), figure=self.digits_place(figure),
        )  # fmt: skip

    def _measure(self, number: int, figure: Figure) -> tuple[Measure | None, Word | None]:
        """The measure a figure counts: by the noun behind it, else the nearest word before it."""
        next_start = (
            self.figures[number + 1].start if number + 1 < len(self.figures) else len(self.text)
        )
        around = [
            word for word in self.words
            if word.start < figure.start and figure.end < word.end and _goes(word.measure, figure)
        ]  # fmt: skip
        if around:
            return around[0].measure, around[0]
        behind = [
            word for word in self.words
            if figure.end <= word.start < min(next_start, figure.end + self.grammar.reach)
            and not word.weak and self._suits(word, figure)
        ]  # fmt: skip
        if behind:
            nearest = min(behind, key=lambda word: (word.start, -word.end, word.verb))
            if not nearest.verb or not self._has_before(figure):
                return nearest.measure, nearest
        last_end = 0  # a change's first figure doesn't part the second from its words
        if number and not self.is_left(number - 1, self.figures[number - 1]):
            last_end = self.figures[number - 1].end
        before = [
            word for word in self.words if last_end <= word.start and word.end <= figure.start
        ]
        choice = self._choose(before, figure)
        if choice is None and behind:
            choice = behind[0]
        if choice is None and number and self.carried.measure is not None:
            choice = self._choose([word for word in self.words if word.end <= figure.start], figure)
        if choice is None and self.carried.words and self._is_said_to_be_one(figure):
            # Behind a colon "target" is enough to say that money is meant.
            weak = figure.large and self.carried.labels
            choice = self._choose(
                [word for word in self.carried.words if weak or not word.weak], figure, far=True
            )
            if choice is not None:
                return choice.measure, None
        if choice is None:
            tail = [word for word in self.words if word.weak and 0 <= word.start - figure.end < 4]
            choice = self._choose(tail, figure)
        carried = self.carried.measure
        # "1.5 million, better 1.8": a weak word doesn't change what is counted.
        same = (
            choice is not None
            and choice.weak
            and carried is not None
            and (self.carried.counted and _goes(carried, figure) and self.goes_further(figure))
        )
        if choice is not None and not same:
            return choice.measure, choice
        if (
            carried is not None
            and self.carried.counted
            and _goes(carried, figure)
            and not self._is_of_else(carried, figure)
            and (not [word for word in before if not word.weak])
        ):
            return carried, None
        return self._pieces(figure), None

    def _is_of_else(self, carried: Measure, figure: Figure) -> bool:
        """Whether a figure is of something else than what was counted before it."""
        if "money" in carried.counters:
            return False
        if not figure.unit:
            return self.says_else(figure)
        if figure.unit in self.grammar.slight and self.counts_else(figure):
            return True
        return carried.code not in _OF_GOODS and self.names_else(figure)

    def _done_with(self, measure: Measure, word: Word | None, figure: Figure) -> Measure:
        """What is done with those who are named: to call back 3 closed customers closes none."""
        if word is None or word.verb:
            return measure
        start = min(word.start, figure.start)
        verbs = [
            verb.measure for verb in self.words
            if verb.verb and not verb.weak and 0 <= start - verb.end <= 1
            and verb.measure.code in _CONTACTS and _goes(verb.measure, figure)
        ]  # fmt: skip
        return verbs[0] if verbs else measure

    def _is_said_to_be_one(self, figure: Figure) -> bool:
        """Whether a figure goes with what was named just before it: "Calls: 40 a day"."""
        carried = self.carried
        if self.grammar.apiece.search(self.text, 0, figure.start):
            return True
        return bool(self.periods or figure.bound or self.tiers or carried.period or carried.tier)

    def _pieces(self, figure: Figure) -> Measure | None:
        """Pieces of a product that is named with a period: "notebooks, 20 a month"."""
        named = self.grammar.products.search(self.text, 0, figure.start)
        units = self.grammar.units_sold
        if self._is_plain_money(figure):
            return self.grammar.amount
        goods = self.grammar.goods.get(figure.unit)
        if figure.unit in self.grammar.shared_goods and named is None and self.says_else(figure):
            goods = None
        if goods is not None and (self.periods or figure.bound or self.tier_of(figure) is not None):
            return None if [word for word in self.words if not word.weak] else goods
        return units if named and self.periods and figure.unit and _goes(units, figure) else None

    def _is_plain_money(self, figure: Figure) -> bool:
        """Whether money stands with nothing but a period's name: "first quarter: 600,000"."""
        period = self.period_of(figure)
        alone = self.grammar.plain.fullmatch(self.text_before(figure)) is not None
        return (
            period is not None and alone and figure.unit in ("money", "")
            and figure.large and not [word for word in self.words if not word.weak]
        )  # fmt: skip

    def _has_before(self, figure: Figure) -> bool:
        return any(
            word.end <= figure.start and not word.weak and _goes(word.measure, figure)
            and self._suits(word, figure)
            for word in self.words
        )  # fmt: skip

    def _choose(self, words: list[Word], figure: Figure, *, far: bool = False) -> Word | None:
        for weak in (False, True):
            known = [
                word for word in words
                if word.weak == weak and (_goes(word.measure, figure) if far
                                          else self._suits(word, figure))
            ]  # fmt: skip
            if known:
                latest = max(known, key=lambda word: (word.end, word.end - word.start))
                same = [word for word in known if word.end == latest.end]
                longest = max(word.end - word.start for word in same)
                return next(word for word in same if word.end - word.start == longest)
        return None

    def _suits(self, word: Word, figure: Figure) -> bool:
        """Whether the figure can count what the word stands for; some verbs need an object."""
        if not _goes(word.measure, figure):
            return False
        if word.weak and figure.unit in self.grammar.slight and self.counts_else(figure):
            return False
        if word.weak and figure.unit in self.grammar.vague and not figure.large:
            return "money" in word.measure.counters
        if word.needs is None:
            return True
        return (
            word.needs.search(self.text[figure.end : figure.end + 10]) is not None
            or word.needs.search(self.text[word.end : figure.start]) is not None
            or (figure.unit not in ("个", "次", "人") and figure.unit != "")
        )

    def _is_meant(
        self, figure: Figure, period: Period | None, tier: str | None, word: Word | None
    ) -> bool:
        """A figure is a target where a period, a tier, a bound or a verb of will says so."""
        if period is not None or figure.bound or tier is not None or self.sentence.under.aims:
            return True
        if self.grammar.intended.search(self.text) is not None:
            return True
        if self.grammar.apiece.search(self.text, 0, figure.start):
            return True
        if (
            word is not None
            and word.verb
            and not word.weak
            and word.end <= figure.start
            and (not self.sentence.guarded("each_done", self.text[: word.start]))
        ):
            return True  # "open up 15 shops": who writes that in a plan means to
        number = self.figures.index(figure)
        if number and self.is_left(number - 1, self.figures[number - 1]):
            return True  # from 8 to 10
        return self.carried.counted and word is not None

    def _growth(self, figure: Figure) -> TargetOffer | None:
        """A growth over an earlier period, where the measure that grows is named before it."""
        if figure.unit != "percent" or figure.is_blank or self.is_change(figure):
            return None
        growth = self.grammar.growth
        before = self.text[: figure.start]
        verb = list(growth.verbs.finditer(before))
        over_last = growth.over_last.search(self.text)
        over = growth.over.search(self.text)
        period = self.period_of(figure)
        if not verb or growth.level.search(before[verb[-1].start() :]):
            return None
        words = [
            word for word in self.words if word.measure.code in growth.measures and not word.weak
        ] or [word for word in self.carried.named if word.measure.code in growth.measures]
        alone = growth.alone.fullmatch(before.strip()) is not None
        if not words and not alone:
            return None
        grows = max(
            words,
            key=lambda word: ("money" in word.measure.counters, word.end - word.start),
            default=None,
        )
        measure = self.grammar.amount if grows is None else grows.measure
        return TargetOffer(
            measure=measure.code, tier=self.tier_of(figure) or "assigned", value=None,
            growth=figure.low,
            over="last_period" if (over_last or alone) and not over else "last_year",
            every=self.every_of(period), interval=period.interval if period else 1,
            period=period.name if period else None, place=self.place_of(figure, None),
        )  # fmt: skip

    # -- what it leaves to the next ----------------------------------------------------------------

    def _carry(self, *, guarded: bool) -> None:
        carried = self.carried
        carried.named = [word for word in self.words if not word.weak] or carried.named
        if guarded:  # how often something is so says nothing of what shall be
            carried.period = None
            return
        # How often customers are contacted isn't how often the next clause's figure is due.
        if self.periods and not any(self._is_others(figure) for figure in self.figures):
            carried.period = self.period_left()
        if not self.tiers and self.figures and any(not word.weak for word in self.words):
            carried.tier = carried.label  # what follows goes with this clause's measure
        if self.tiers:
            carried.tier = self.tiers[-1].value
            if not self.figures and self.sentence.text.startswith(":", self.piece.end):
                carried.label = carried.tier
        if self.whom:
            carried.whom = self.whom[-1].value
        carried.labels = self.sentence.text.startswith(":", self.piece.end)
        carried.words = self.words if not self.figures else None


def _goes(measure: Measure, figure: Figure) -> bool:
    """Whether a measure counts in the figure's unit."""
    if figure.unit:
        return figure.unit in measure.counters
    if "money" in measure.counters:
        return figure.large or (figure.low is not None and figure.low >= _BARE_MONEY)
    return "" in measure.counters and (figure.is_blank or not figure.large)


def _joined(offers: list[TargetOffer]) -> list[TargetOffer]:
    """Without the second of two that say the same of the same words."""
    kept: list[TargetOffer] = []
    for offer in offers:
        if not any(offer.start == other.start and offer.end == other.end for other in kept):
            kept.append(offer)
    return kept

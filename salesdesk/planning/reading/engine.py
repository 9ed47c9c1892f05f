"""Reads the items of a plan: for each sentence the rules it offers, in their order of place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salesdesk.planning.reading.action_offers import actions
from salesdesk.planning.reading.cadence_offers import cadences
from salesdesk.planning.reading.grammar import grammar
from salesdesk.planning.reading.offers import Offer
from salesdesk.planning.reading.other_offers import contingencies, floors
from salesdesk.planning.reading.outline import Item
from salesdesk.planning.reading.sentence import NO_HEADING, Heading, Sentence, sentence
from salesdesk.planning.reading.sentences import language_of, sentences, uniform
from salesdesk.planning.reading.target_offers import targets

#: A sentence longer than this was pasted from somewhere and is no rule that somebody wrote.
_LONGEST_SENTENCE = 2_000


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item of the outline and what it offers."""

    item: Item
    offers: Sequence[Offer]

    def to_json(self) -> dict[str, object]:
        """As ``plan read --json`` prints it."""
        return {
            "level": self.item.level,
            "text": self.item.text,
            "offers": [offer.to_json() for offer in self.offers],
        }


def read(items: Sequence[Item], year: int) -> list[ReadItem]:
    """Every item with its offers; headings above an item tell what period its figures are of.

    What is said of years before ``year`` is past.
    """
    context: str | None = None
    above: list[tuple[int, Heading]] = []
    answer = []
    for item in items:
        plain = uniform(item.text)
        rules = grammar(language_of(plain))
        context = rules.context_of(plain) or (None if item.is_title else context)
        while above and above[-1][0] >= item.level:
            above.pop()
        under = Heading(
            any(heading.reviews for _level, heading in above), bool(above) and above[-1][1].aims
        )
        if item.is_heading:
            above.append((item.level, Heading(rules.looks_back(plain), rules.aims(plain))))
        answer.append(ReadItem(item, offers(item.text, year, context, under)))
    return answer


def offers(
    text: str, year: int, context: str | None = None, under: Heading = NO_HEADING
) -> list[Offer]:
    """What a text offers; ``context`` is the period of figures that name none.

    ``under`` tells of the headings that it stands under, ``year`` which years are over.
    """
    answer: list[Offer] = []
    plain = uniform(text)
    for piece in sentences(plain):
        if len(piece.text) > _LONGEST_SENTENCE:
            continue
        rules = grammar(language_of(piece.text))
        said = sentence(rules, piece, text[piece.start : piece.end], context, under, year)
        answer += _offers_of(said)
    return sorted(answer, key=lambda offer: (offer.start, offer.end, offer.rule))


def _offers_of(said: Sentence) -> list[Offer]:
    if not said.clauses:
        return []
    shift = said.piece.start
    when = contingencies(said)
    least = [offer for offer in floors(said) if not _within(offer, when)]
    rhythm = [offer for offer in cadences(said) if not _within(offer, when)]
    taken = [(offer.start - shift, offer.end - shift) for offer in [*when, *least, *rhythm]]
    aims = targets(said, taken)
    known: list[Offer] = [*when, *least, *rhythm, *aims]
    return [*known, *actions(said, known)]


def _within(offer: Offer, others: Sequence[Offer]) -> bool:
    return any(other.start <= offer.start and offer.end <= other.end for other in others)

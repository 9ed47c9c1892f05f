"""A sentence with all that was found in it, for whoever looks for a kind of rule there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from salesdesk.planning.reading.figures import Figure
from salesdesk.planning.reading.grammar import Grammar, Period
from salesdesk.planning.reading.sentences import Piece, clauses

_YEAR = re.compile(
    r"(?<!\d)(?P<zh>(?:19|20)\d\d)(?=\s?年)"
    r"|(?<![a-z])(?:in|of|for|during) (?P<en>(?:19|20)\d\d)(?![\d,])"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the headings over an item say of it: that they look back, or name targets."""

    reviews: bool = False
    aims: bool = False


NO_HEADING = Heading()


@dataclass(frozen=True, slots=True)
class Sentence:
    """``piece`` is uniform text, ``original`` the same as written; places are within it.

    ``context`` is the period that the plan is about, None when nothing says so; years before
    ``year`` are past.
    """

    grammar: Grammar
    piece: Piece
    original: str
    context: str | None
    under: Heading
    year: int
    clauses: list[Piece] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    _guarded: dict[tuple[str, str], bool] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.piece.text

    def guarded(self, name: str, text: str) -> bool:
        """Whether one of the grammar's guards so called is in the text."""
        answer = self._guarded.get((name, text))
        if answer is None:
            answer = self.grammar.guards[name].search(text) is not None
            self._guarded[name, text] = answer
        return answer

    def names_past_year(self, text: str) -> bool:
        """Whether the text names a year that is over."""
        return any(int(match["zh"] or match["en"]) < self.year for match in _YEAR.finditer(text))

    def written(self, start: int, end: int) -> str:
        """The words from ``start`` to ``end`` as they were written, without marks around them."""
        return self.original[start:end].strip(' \u3000,，;；。.:：、!！?？)）(（\t\n"“”')

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The same place in the item's text, as offers have it."""
        return self.piece.start + start, self.piece.start + end


def sentence(
    grammar: Grammar,
    piece: Piece,
    original: str,
    context: str | None,
    under: Heading,
    year: int,
) -> Sentence:
    """The sentence, looked through once."""
    return Sentence(
        grammar, piece, original, context, under, year, list(clauses(piece.text)),
        grammar.figures.find(piece.text), grammar.periods(piece.text),
    )  # fmt: skip

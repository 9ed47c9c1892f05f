"""Floors and contingencies: what a piece must bring at least, and what is done when."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from salesdesk.planning.reading.offers import ContingencyOffer, FloorOffer
from salesdesk.planning.reading.sentence import Sentence
from salesdesk.planning.reading.sentences import Piece

_LONGEST_NAME = 16
_LONGEST_EPITHET = 4


def floors(sentence: Sentence) -> list[FloorOffer]:
    """The least profit or price of a piece, clause by clause."""
    grammar = sentence.grammar
    offers: list[FloorOffer] = []
    last: str | None = None  # of what the clause before said the least
    if sentence.guarded("question", sentence.text):
        return offers
    for clause in sentence.clauses:
        lossless = grammar.none_lost.search(clause.text)
        if lossless:
            offers.append(_floor(sentence, clause, "profit", Fraction(0), lossless.start(),
                                 lossless.end()))  # fmt: skip
            continue
        piece = grammar.per_piece.search(clause.text)
        profit = grammar.floor_profit.search(clause.text)
        price = grammar.floor_price.search(clause.text)
        if any(sentence.guarded(name, clause.text) for name in ("past", "others", "now")):
            continue
        for figure in sentence.figures:
            if not (clause.start <= figure.start and figure.end <= clause.end):
                continue
            if figure.unit not in ("money", "") or (figure.unit == "" and figure.large):
                continue
            first = figure.start - clause.start
            if profit and piece and (figure.bound > 0 or grammar.earns.search(clause.text)):
                measure, named = "profit", piece.start()
            elif (price or profit) and figure.bound < 0 and grammar.refuse.search(clause.text):
                word = profit or price
                measure = "profit" if profit else "price"
                named = piece.start() if piece else word.start() if word else first
            elif (
                last
                and (figure.bound > 0 or grammar.earns.search(clause.text))
                and not price
                and ((piece and figure.unit == "money") or grammar.products.search(clause.text))
            ):
                measure, named = last, piece.start() if piece else first
            elif price and figure.bound > 0 and price.end() <= first:
                measure, named = "price", piece.start() if piece else price.start()
            else:
                continue
            if figure.unit == "" and figure.low is not None and figure.low < 10:
                continue
            last = measure
            least = _floor(
                sentence, clause, measure, figure.low, named, figure.end - clause.start, first
            )
            digits = sentence.place(figure.start, figure.digits_end or figure.end)
            offers.append(replace(least, figure=digits))
            break
    return offers


def _floor(
    sentence: Sentence,
    clause: Piece,
    measure: str,
    value: Fraction | None,
    named: int,
    end: int,
    begin: int | None = None,
) -> FloorOffer:
    product = sentence.grammar.products.search(clause.text)
    if product is not None:
        start = clause.start + _wider(sentence, clause.text, product, named)
        name: str | None = sentence.written(start, clause.start + product.end())
        first, end = min(start - clause.start, named), max(end, product.end())
    else:
        lead = sentence.grammar.floor_lead.match(clause.text)
        first = lead.end() if lead else 0
        name = sentence.grammar.floor_tail.sub(
            "", sentence.written(clause.start + first, clause.start + named)
        )
        name = name or None
        if name is not None and len(name) > _LONGEST_NAME:
            name = None
    start = min(first, named, end if begin is None else begin)
    return FloorOffer(
        measure=measure, value=value, of=name,
        place=sentence.place(clause.start + start, clause.start + end),
    )  # fmt: skip


def _wider(sentence: Sentence, text: str, product: re.Match[str], named: int) -> int:
    """Where the product's name begins: with what stands before it, up to the clause's lead."""
    lead = sentence.grammar.floor_lead.match(text)
    first = lead.end() if lead else 0
    near = product.end() == named and first <= product.start() <= first + _LONGEST_EPITHET
    return first if near else product.start()


def contingencies(sentence: Sentence) -> list[ContingencyOffer]:
    """What is to be done when something happens; at most one a sentence."""
    grammar, text = sentence.grammar, sentence.text
    if sentence.guarded("question", text) or sentence.guarded("example", text):
        return []
    for pattern, needs_modal in grammar.contingencies:
        match = pattern.search(text)
        if match is None:
            continue
        when, then = match["when"], match["then"]
        asked = (grammar.modal, grammar.dated_actions, grammar.contact)
        if needs_modal and not any(words.search(then) for words in asked):
            continue
        if grammar.no_when.search(when) or grammar.no_then.search(then):
            continue
        if _looks_back(sentence, text):
            continue
        return [
            ContingencyOffer(
                when=sentence.written(*match.span("when")),
                then=sentence.written(*match.span("then")),
                place=sentence.place(match.start(), match.end()),
            )
        ]
    return []


def _looks_back(sentence: Sentence, text: str) -> bool:
    guards = sentence.grammar.guards
    if sentence.guarded("habit", text):
        return True
    past: re.Match[str] | None = guards["past"].search(text)
    return past is not None and guards["ahead"].search(text) is None

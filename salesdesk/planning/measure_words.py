"""What measures count, in people's words: for the Measures dialog and the command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from salesdesk.office import among as filters
from salesdesk.office import measures
from salesdesk.office.among import Among
from salesdesk.office.measures import COUNTS, Measure, Offered
from salesdesk.planning import record_kinds
from salesdesk.records import measuring
from salesdesk.storage.history import Change
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class Told:
    """A measure of the office with what it counts, in words."""

    measure: Measure
    words: str


@dataclass(frozen=True, slots=True)
class ToldOffer:
    """A measure that can be taken into use, with what it would count."""

    offered: Offered
    words: str


def told(db: Connection, *, active_only: bool = False) -> list[Told]:
    """The office's measures, in its order."""
    return [Told(one, words_of(db, one)) for one in measures.measures(db, active_only=active_only)]


def words_of(db: Connection, one: Measure) -> str:
    """What a measure counts: what, only which, or what is divided by what."""
    names = (one.numerator.name if one.numerator else "",
             one.denominator.name if one.denominator else "")  # fmt: skip
    return _words(db, one.counts, one.nature, one.among, names)


def told_offers(db: Connection) -> list[ToldOffer]:
    """What the office could take into use."""
    known = {one.code: one.name for one in measures.measures(db, active_only=False)}
    offers = measures.offered(db)
    names: Mapping[str, str] = {one.code: one.name for one in offers} | known
    return [
        ToldOffer(
            one,
            _words(
                db, one.counts, one.nature, one.among,
                (names.get(one.numerator, one.numerator),
                 names.get(one.denominator, one.denominator)),
            ),
        )
        for one in offers
    ]  # fmt: skip


def countable() -> dict[str, str]:
    """What a new measure can count -> words: by hand first, records last, then ratios."""
    words = {code: _(name) for code, name in COUNTS.items()}
    records = {code: _(name) for code, name in measuring.offered(record_kinds.KINDS).items()}
    by_hand, ratio = words.pop("hand"), words.pop("ratio")
    return {"hand": by_hand, **words, **records, "ratio": ratio}


def add(
    change: Change,
    name: str,
    unit: str,
    digits: int = 0,
    *,
    counts: str = "hand",
    nature: str = "",
    among: Among = filters.EVERYTHING,
    numerator_id: int | None = None,
    denominator_id: int | None = None,
) -> int:
    """A measure that counts anything of :func:`countable`; its id. Raises as ``measures.add``.

    A measure of records has the decimals of what is summed.
    """
    known = countable()
    if counts not in known:
        measuring.need_counted(record_kinds.KINDS, counts, known)
    digits = measuring.digits_of(record_kinds.KINDS, counts, digits)
    return measures.add(
        change, name, unit, digits, counts=counts, nature=nature, among=among,
        numerator_id=numerator_id, denominator_id=denominator_id,
    )  # fmt: skip


def _words(db: Connection, counts: str, nature: str, among: Among, parts: tuple[str, str]) -> str:
    if counts == "ratio":
        return _("{numerator} / {denominator}").format(numerator=parts[0], denominator=parts[1])
    words = [measuring.words_of(record_kinds.KINDS, counts)]
    if counts == "hand" and nature == "level":
        words.append(_("each one's latest stands"))
    only = filters.told(db, among)
    if only:
        words.append(_("only: {filter}").format(filter=only))
    return _("; ").join(words)

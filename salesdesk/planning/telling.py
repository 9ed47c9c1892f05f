"""What was changed in a plan, in the few words that the history has room for."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Table, select

from salesdesk.calc.periods import KINDS
from salesdesk.office.measures import Measure
from salesdesk.office.tables import person, team
from salesdesk.planning.places import Place, Who
from salesdesk.sales.tables import product
from salesdesk.text import _, joined, ngettext


def places(db: Connection, measure: Measure, touched: Collection[Place]) -> str:
    """Which cells: "Sales amount, November, 3 people". There must be one at least."""
    return joined([measure.name, _periods(touched), _whos(db, {at.who for at in touched})])


def _periods(touched: Collection[Place]) -> str:
    periods = {place.period for place in touched}
    if len(periods) == 1:
        return next(iter(periods)).label
    longest = min(periods, key=lambda period: KINDS.index(period.kind))
    if all(period.start in longest for period in periods):
        count = len(periods) - 1
        words = ngettext("{whole} and {count} part", "{whole} and {count} parts", count)
        return words.format(whole=longest.label, count=count)
    first, last = min(periods), max(periods)
    if len({period.kind for period in periods}) == 1:
        return _("{first} to {last}").format(first=first.label, last=last.label)
    return ngettext("{count} period", "{count} periods", len(periods)).format(count=len(periods))


def _whos(db: Connection, whos: Collection[Who]) -> str:
    if len(whos) == 1:
        return name(db, next(iter(whos)))
    people = {who.person_id for who in whos}
    if None not in people:
        return ngettext("{count} person", "{count} people", len(people)).format(count=len(people))
    return ngettext("{count} row", "{count} rows", len(whos)).format(count=len(whos))


def name(db: Connection, who: Who) -> str:
    """Whose it is, in words: the person, team or office, and the product."""
    words = _("Whole office")
    if who.person_id is not None:
        words = _named(db, person, who.person_id)
    elif who.team_id is not None:
        words = _named(db, team, who.team_id)
    if who.product_id is not None:
        return f"{words} / {_named(db, product, who.product_id)}"
    return f"{words} / {who.category}" if who.category else words


def _named(db: Connection, within: Table, row_id: int) -> str:
    return str(db.execute(select(within.c.name).where(within.c.id == row_id)).scalar() or "")

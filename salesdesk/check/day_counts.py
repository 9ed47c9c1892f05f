"""Day counts beside what they count: days made anew from their rows, months from their days."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from salesdesk.calc.money import format_number
from salesdesk.check.telling import MOST
from salesdesk.customers.customers import STATES
from salesdesk.customers.kinds import KINDS
from salesdesk.office import measures, people
from salesdesk.sales import products
from salesdesk.storage import triggers
from salesdesk.storage.day_counts import Difference, differences
from salesdesk.text import _, joined, mark

#: What deals count as, by the stage.
_STAGES = {"subscribed": mark("Subscriptions"), "contracted": mark("Contracts")}
_ENDINGS = {"cancelled": mark("later cancelled"), "void": mark("cancelled since")}
_APART = {"again": mark("repeated"), "missed": mark("unanswered")}
_FIGURES = {
    "number": mark("number of deals"),
    "quantity": mark("pieces sold"),
    "amount": mark("amount"),
    "profit": mark("profit"),
    "commission": mark("commission"),
}


def kept_by_triggers(db: Connection) -> Iterator[str]:
    """Triggers without which figures would stay behind the rows."""
    for name in triggers.wrong(db):
        yield _(
            "The trigger {name} is missing or isn't as this program makes it: figures may stay "
            "behind what is entered."
        ).format(name=name)


def day_counts(db: Connection) -> Iterator[str]:
    """Sums that aren't what their rows come to."""
    names = _Names(db)
    found = 0
    for difference in differences(db):
        found += 1
        if found <= MOST:
            yield names.told(difference)
    if found > MOST:
        yield _("More figures that aren't what their rows come to: {count}.").format(
            count=found - MOST
        )


class _Names:
    """What day counts are of, in words."""

    def __init__(self, db: Connection) -> None:
        self._people = {one.id: one.name for one in people.people(db, active_only=False)}
        self._products = {one.id: one.name for one in products.products(db, active_only=False)}
        self._measures = {f"hand.{one.id}": one for one in measures.measures(db, active_only=False)}

    def told(self, difference: Difference) -> str:
        """One sum in words. Profits are told without their figures, as costs are everywhere."""
        facts = {
            "what": self._what(difference),
            "person": self._person(difference.person_id),
            "day": difference.day or difference.month,
            "kept": self._value(difference, difference.kept),
            "counted": self._value(difference, difference.counted),
        }
        if difference.figure == "profit":
            return _(
                "{what} of {person}, {day}: the figure kept isn't what its rows come to."
            ).format(**facts)
        if difference.day is None:
            return _(
                "{what} of {person}, {day}: {kept} is kept, but its days come to {counted}."
            ).format(**facts)
        return _(
            "{what} of {person}, {day}: {kept} is kept, but its rows come to {counted}."
        ).format(**facts)

    def _person(self, person_id: int | None) -> str:
        if person_id is None:
            return _("nobody")
        return self._people.get(person_id, f"#{person_id}")

    def _what(self, difference: Difference) -> str:
        source, _dot, rest = difference.what.partition(".")
        code, _dot, ending = rest.partition(".")
        words = difference.what
        if source == "activity" and code in KINDS:
            kept_apart = [_(_APART[one]) for one in ending.split(".") if one in _APART]
            words = _(KINDS[code]) + (f" ({joined(kept_apart)})" if kept_apart else "")
        elif source == "customer" and code in STATES:
            words = _("Customers registered") + f" ({_(STATES[code])})"
        elif difference.what in self._measures:
            words = self._measures[difference.what].name
        elif source == "task":
            words = _("Tasks done")
        elif source == "payment":
            words = _("Payments received")
        elif source == "deal" and code in _STAGES:
            parts = [_FIGURES[difference.figure], *filter(None, [_ENDINGS.get(ending)])]
            words = f"{_(_STAGES[code])} ({joined(_(part) for part in parts)})"
        if difference.product_id is not None:
            product = self._products.get(difference.product_id, f"#{difference.product_id}")
            words = f"{words}, {product}"
        return f"“{words}”"

    def _value(self, difference: Difference, value: int) -> str:
        if difference.figure != "number" or difference.what.startswith("deal."):
            return format_number(value, 2)
        measure = self._measures.get(difference.what)
        return format_number(value, 0 if measure is None else measure.digits)

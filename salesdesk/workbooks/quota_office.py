"""The office as a comparison needs it: who is who in it, and what its plan holds now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from salesdesk.calc.periods import Kind, Period
from salesdesk.errors import InputError
from salesdesk.office import measures, months, people
from salesdesk.office.names import name_key
from salesdesk.planning import plans, remarks, target_rules, targets
from salesdesk.planning.places import Place, Who
from salesdesk.planning.reaching import Reaching
from salesdesk.sales import products
from salesdesk.storage import trail
from salesdesk.workbooks.quota_layout import RowKey, Slot
from salesdesk.workbooks.quota_sent import Base

_NOTHING_HELD = targets.AsStored({})


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what is called how, by name key; people also as they were called before."""

    people: Mapping[str, int]
    once: Mapping[str, frozenset[int]]  # earlier names, and whose they were
    products: Mapping[str, int]
    current: Mapping[int, str]  # people's names as they are spelt

    def person_id(self, name: str, sent: Collection[int]) -> int | None:
        """Who is called so, now or once: of several, the one of ``sent``, whose rows went out."""
        key = name_key(name)
        now = self.people.get(key)
        called = set(self.once.get(key, frozenset()))
        if now is not None:
            called.add(now)
        known = called.intersection(sent)
        if len(known) == 1:
            return known.pop()
        return now if now is not None or len(called) != 1 else called.pop()

    def was_called(self, person_id: int, name: str) -> bool:
        """Whether somebody has this name, or had it once."""
        key = name_key(name)
        return self.people.get(key) == person_id or person_id in self.once.get(key, ())


def names_in(db: Connection) -> Names:
    """The names of an office, those that the history knows included."""
    everyone = people.people(db, active_only=False)
    once: dict[str, set[int]] = {}
    for person_id, image in trail.earlier_images(db, "person"):
        once.setdefault(name_key(str(image.get("name", ""))), set()).add(person_id)
    return Names(
        {name_key(someone.name): someone.id for someone in everyone},
        {key: frozenset(ids) for key, ids in once.items()},
        {name_key(item.name): item.id for item in products.products(db, active_only=False)},
        {someone.id: someone.name for someone in everyone},
    )


class OfficeNow:
    """What is in the office now about a plan, each thing read once.

    ``closed_for`` is who is at work: closed months bind whoever is named. Raises NotFoundError when
    there is no such plan.
    """

    def __init__(self, db: Connection, plan_id: int, *, closed_for: int | None = None) -> None:
        self._db = db
        self.plan = plans.plan_by_id(db, plan_id)
        self.measures = {
            measure.id: measure for measure in measures.measures(db, active_only=False)
        }
        self.names = names_in(db)
        self.people = {someone.id: someone for someone in people.people(db, active_only=False)}
        self.person_names = self.names.current
        self.team_names = {team.name for team in people.teams(db, active_only=False)}
        everything = products.products(db, active_only=False)
        self.product_names = {product.id: product.name for product in everything}
        self._closed = None if closed_for is None else months.closed_through(db)
        self._held: dict[tuple[int, str], Mapping[targets.StoredWho, targets.AsStored]] = {}
        self._reaching: Reaching | None = None
        self._usual: dict[tuple[int, Kind, bool], int | None] = {}
        self._words: dict[Period, dict[tuple[int, int, Who], remarks.Remark]] = {}

    def held(self, measure_id: int, tier: str, who: Who) -> targets.AsStored:
        """The plan's targets of a measure and tier that are ``who``'s, as they are stored."""
        key = (measure_id, tier)
        if key not in self._held:
            self._held[key] = targets.as_stored(self._db, self.plan.id, measure_id, tier)
        return self._held[key].get(who, _NOTHING_HELD)

    def value(self, slot: Slot, who: Who) -> Base:
        """The value at a slot of a row."""
        if slot.field:
            if slot.period not in self._words:
                self._words[slot.period] = remarks.remarks(
                    self._db, slot.period, plan_id=self.plan.id
                )
            remark = self._words[slot.period].get((self.plan.id, slot.measure_id, who))
            return getattr(remark, slot.field) if remark else ""
        held = self.held(slot.measure_id, slot.tier, who)
        return held.values.get(targets.stored_period_key(slot.period))

    def expected(self, slot: Slot, who: Who) -> int | None:
        """About what a target may be, where none is set yet; None when nothing tells.

        What is to be reached there, else what people have in periods of the kind in other plans.
        """
        if slot.field:
            return None
        if self._reaching is None:
            self._reaching = Reaching(self._db, self.plan)
        figure = self._reaching.at(slot.measure_id, who, slot.period, slot.tier)
        if figure is not None and figure.value:
            return figure.value
        key = (slot.measure_id, slot.period.kind, who.product_id is not None)
        if key not in self._usual:
            self._usual[key] = targets.usual_of_person(self._db, *key)
        return self._usual[key]

    def locked(self, slot: Slot, who: Who) -> bool:
        """Whether the target is locked."""
        if slot.field:
            return False
        held = self.held(slot.measure_id, slot.tier, who)
        return targets.stored_period_key(slot.period) in held.locked

    def in_closed_month(self, slot: Slot) -> bool:
        """Whether a target lies in a month that is closed: remarks may be written there."""
        if slot.field or self._closed is None:
            return False
        return slot.period.last_day < self._closed.end

    def holds(self, who: Who) -> bool:
        """Whether the plan may hold targets of ``who``: a team's plan, of its own people only."""
        try:
            target_rules.check_places(
                self._db, self.plan.who, self.plan.period, [Place(who, self.plan.period)]
            )
        except InputError:
            return False
        return True

    def name(self, key: RowKey) -> str:
        """Whose row it is, with the product if it is one's."""
        name = self.person_names.get(key.person_id, "")
        product = self.product_names.get(key.product_id or 0)
        return f"{name} / {product}" if product else name

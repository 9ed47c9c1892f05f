"""The demo's customers: how each came, was followed up, bought or was lost, and who is due.

One customer's story is told after the other, so that millions need no more memory than one. Days
are counted as ordinals and turned into the texts the database keeps by lists made once.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random
from typing import NamedTuple, TypeVar

from salesdesk.calc.periods import containing
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.customers.customers import keys_of
from salesdesk.demo.content import Content
from salesdesk.demo.profiles import Profile
from salesdesk.text import _

#: Months of activities kept; customers and deals go back to the start of the third year before.
MONTHS_OF_ACTIVITIES = 26
#: Each month brings so much more customers than the one before.
GROWTH = 1.019
#: How many contacts a customer of a grade takes until it buys, is lost or stays.
_STEPS = {"A": (3, 7), "B": (3, 6), "C": (2, 6)}
_GRADES = ("A", "A", "B", "B", "C", "C")
_LEARNING = 60  # days for which somebody new mostly calls from lists
_CAMPAIGN = 75  # days for which the office has been calling from lists
_UNDER_WAY = 45  # days ahead for which deals are under negotiation
_AHEAD = 400  # days after today that may be named

CUSTOMER_COLUMNS = (
    "id", "name", "company", "phones", "region", "source", "grade", "state", "owner_id", "needs",
    "note", "search_key", "name_key", "name_sort", "company_sort", "state_before",
    "registered_on", "registered_month", "last_contact_on", "last_words", "next_contact_on",
)  # fmt: skip
PHONE_COLUMNS = ("customer_id", "number")
ACTIVITY_COLUMNS = (
    "customer_id", "person_id", "kind", "at", "day", "month", "words", "next_contact_on", "cost",
)  # fmt: skip
_PREFIXES = (
    "130", "131", "132", "133", "135", "136", "137", "138", "139", "150", "151", "152", "153",
    "155", "156", "157", "158", "159", "166", "173", "175", "176", "177", "178", "180", "181",
    "182", "183", "185", "186", "187", "188", "189", "191", "198", "199",
)  # fmt: skip
Row = tuple[object, ...]
Choice = TypeVar("Choice", str, int)


@dataclass(frozen=True, slots=True)
class Seller:
    """Someone who looks after customers; days are ordinals, ``left`` the first day gone.

    ``skill`` weighs how many customers they get, ``lateness`` how late they are with contacts.
    """

    id: int
    team: int
    skill: int
    joined: int
    left: int | None = None
    lateness: float = 1.0


class Order(NamedTuple):
    """A deal by the ordinals of its stages, before it is written out."""

    first: int
    customer_id: int
    article: int
    quantity: int
    amount: int
    intention: int | None
    subscribed: int | None
    contracted: int | None
    cancelled: int | None
    owner: int
    partner: int | None
    basis_points: int
    below_floor: bool


class Opening(NamedTuple):
    """A deal that will be signed on ``day`` by somebody: which article, how many."""

    day: int
    article: int
    quantity: int


class Days:
    """Days as the database keeps them, from ``first`` to beyond ``today``."""

    def __init__(self, first: date, today: date, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self.first, self.today = first.toordinal(), today.toordinal()
        whole = [date.fromordinal(one) for one in range(self.first, self.today + _AHEAD)]
        self.iso = [day.isoformat() for day in whole]
        self.month = [day.year * 100 + day.month for day in whole]
        self.weights = [calendar.weight(day) for day in whole[: self.today - self.first + 1]]
        # The next day that is worked, the day itself included; beyond today any day will do.
        self.working = list(range(self.first, self.today + _AHEAD))
        for place in range(len(self.weights) - 2, -1, -1):
            if self.weights[place] == 0:
                self.working[place] = self.working[place + 1]

    def worked_text(self, day: int) -> str:
        """The stored text of a day, or of the next one that is worked."""
        return self._calendar.next_working_day(date.fromordinal(day)).isoformat()

    def text(self, day: int | None) -> str | None:
        """The stored text of a day."""
        return None if day is None else self.iso[day - self.first]

    def month_key(self, day: int | None) -> int | None:
        """The stored month of a day."""
        return None if day is None else self.month[day - self.first]


class Crowd:
    """Tells the customers' stories; the rows they leave gather in the lists given.

    ``away`` is (person id, first day, end day, cover id) of the leave under way.
    """

    def __init__(
        self,
        *,
        content: Content,
        profile: Profile,
        sellers: Sequence[Seller],
        days: Days,
        cadence: Mapping[str, int],
        away: tuple[int, int, int, int],
        rng: Random,
    ) -> None:
        self.content, self.profile, self.days = content, profile, days
        self.sellers = {seller.id: seller for seller in sellers}
        self.cadence = cadence
        self.away = away
        self.rng = rng
        self.activities: list[Row] = []
        self.phones: list[Row] = []
        self.orders: list[Order] = []
        self.log_since = _first_logged(date.fromordinal(days.today)).toordinal()
        self._first_kinds = _drawn(profile.first)
        self._kinds = _drawn(profile.follow)
        self._sources = [_(name) for name in _drawn(profile.sources)]
        self._articles = _drawn({n: article.weight for n, article in enumerate(content.articles)})
        self._additions = _drawn(
            {n: article.addition for n, article in enumerate(content.articles)}
        )
        self._times = _times(9, 18)
        self._morning = _times(8, 10)
        self._owed = dict.fromkeys(self.sellers, 0)
        self._openings: dict[int, list[Opening]] = {}
        self._last = (0, "")

    # -- customers ---------------------------------------------------------------------------------

    def stories(self, count: int) -> Iterator[Row]:
        """``count`` customers' rows in the order they were registered."""
        for number, day in enumerate(self._registrations(count), 1):
            yield self._story(number, day)

    def _registrations(self, count: int) -> list[int]:
        """The days on which customers came: more each month, by the season and the weekday."""
        days = self.days
        start = months_since_zero(days.month[0])
        weights = [
            weight
            * self.profile.season[days.month[place] % 100 - 1]
            * GROWTH ** (months_since_zero(days.month[place]) - start)
            for place, weight in enumerate(days.weights)
        ]
        self._open(weights, round(count * self.profile.closing))
        places = self.rng.choices(
            range(len(weights)), cum_weights=list(accumulate(weights)), k=count
        )
        return [days.first + place for place in sorted(places)]

    def _open(self, weights: Sequence[float], count: int) -> None:
        """Lay out when each person's customers will buy, and what: ``count`` times until today.

        It is set beforehand and evenly, so that months, people and products differ as a working
        office's do and not as dice would have it. Some lie beyond today: they are under way.
        """
        days, chance = self.days, self.rng.random
        luck = {month: 0.88 + 0.24 * chance() for month in dict.fromkeys(days.month)}
        daily = [weight * luck[days.month[place]] for place, weight in enumerate(weights)]
        per_order = sum(daily) / max(1, count)
        daily += [sum(daily[-30:]) / 30] * _UNDER_WAY
        due = {seller: chance() for seller in self.sellers}
        found: list[tuple[int, int]] = []
        for place, weight in enumerate(daily):
            day = days.first + place
            here = [seller for seller in self.sellers.values() if _works(seller, day)]
            skill = sum(seller.skill for seller in here)
            for seller in here:
                due[seller.id] += weight / per_order * seller.skill / skill
                while due[seller.id] >= 1:
                    due[seller.id] -= 1
                    found.append((day, seller.id))
        for number, (day, owner) in enumerate(found):
            # Multiples of an irrational number, taken without their whole part, fill 0 to 1
            # evenly however many there are: each month sells the usual mix.
            article = self._articles[int(number * 0.618_033_988_75 % 1 * len(self._articles))]
            quantities = self.profile.quantities
            quantity = quantities[int(number * 0.414_213_562_37 % 1 * len(quantities))]
            self._openings.setdefault(owner, []).append(Opening(day, article, quantity))

    def _opening(self, owner: int, day: int) -> Opening | None:
        """What the owner's customer buys who has made up the mind on ``day``; None: nothing."""
        least, most = self.profile.contracted
        if self.profile.subscribed is not None:
            least, most = least + self.profile.subscribed[0], most + self.profile.subscribed[1]
        openings = self._openings.get(owner, [])
        place = bisect(openings, (day + least,))
        if place < len(openings) and openings[place].day <= day + most:
            return openings.pop(place)
        return None

    def _story(self, number: int, registered: int) -> Row:
        random, today = self.rng.random, self.days.today
        profile, content = self.profile, self.content
        owner = self._owner(registered)
        lateness = self.sellers[owner].lateness
        grade = _GRADES[int(random() * len(_GRADES))]
        steps = self._within(_STEPS[grade])
        kind = self._first_kinds[int(random() * len(self._first_kinds))]
        day = due = registered
        open_still = True
        while True:
            self._log(number, owner, kind, day, None)
            steps -= 1
            if steps == 0:
                open_still = False
                break
            due = day + self.cadence[grade]
            day = self.days.working[due + self._delay(lateness) - self.days.first]
            if day > today:
                break
            owner = self._still(owner, day)
            kind = self._kinds[int(random() * len(self._kinds))]
        explicit: int | None = None
        state = "potential"
        if not open_still:
            opening = self._opening(owner, day)
            if opening is not None and self._buys(number, day, owner, opening):
                state, grade = "closed", ("B", "C", "C", "C", "")[int(random() * 5)]
                owner, explicit = self._cared_for(number, day, owner, "closed", (75, 120))
            elif random() < profile.lost:
                state, grade = "lost", ""
            else:
                state, grade = "lasting", "C" if random() < 0.8 else "B"
                owner, explicit = self._cared_for(number, day, owner, None, (35, 70))
            due = explicit or 0
        last, words = self._last
        self._last = (0, "")
        owner_now: int | None = self._still(owner, today)
        if state in ("potential", "lasting") and random() < 0.03:
            owner_now = None
        company = region = ""
        if random() < profile.company_share:
            region, company = content.companies[int(random() * len(content.companies))]
        else:
            region = content.regions[int(random() * len(content.regions))]
        name = content.names[int(random() * len(content.names))]
        numbers = self._phones(number)
        self.phones += [(number, one) for one in numbers]
        phones = "; ".join(numbers)
        text = self.days.text
        return (
            number,
            name,
            company,
            phones,
            region,
            self._sources[int(random() * len(self._sources))],
            grade,
            state,
            owner_now,
            content.needs[int(random() * len(content.needs))],
            content.notes[int(random() * len(content.notes))] if random() < 0.3 else "",
            *keys_of(name, company, phones).values(),
            "potential" if state == "closed" else "",
            text(registered),
            self.days.month_key(registered),
            text(last),
            words,
            self._due(state, due, explicit is not None),
        )

    def _due(self, state: str, due: int, agreed: bool) -> str | None:
        """When a customer is contacted next: as agreed, else on the working day the grade asks for.

        Lost ones are left in peace.
        """
        if state == "lost":
            return None
        return self.days.text(due) if agreed else self.days.worked_text(due)

    def _cared_for(
        self, number: int, day: int, owner: int, words: str | None, between: tuple[int, int]
    ) -> tuple[int, int]:
        """Keep in touch after ``day`` until today; (who does now, when the next contact is due)."""
        random = self.rng.random
        due = day + self._within(between)
        while True:
            late = self._delay(self.sellers[owner].lateness)
            day = self.days.working[due + late - self.days.first]
            if day > self.days.today:
                return owner, due
            owner = self._still(owner, day)
            due = day + self._within(between)
            kind = self._kinds[int(random() * len(self._kinds))]
            self._log(number, owner, kind, day, due, words)

    def _log(
        self, number: int, owner: int, kind: str, day: int, due: int | None, said: str | None = None
    ) -> None:
        """An activity, kept when it isn't older than the office's notes; the last one counts."""
        random = self.rng.random
        plain = kind in ("message", "gift", "walk_in", "call_received")
        pool = self.content.words[kind if said is None or plain else said]
        words = pool[int(random() * len(pool))]
        self._last = (day, words)
        if day < self.log_since:
            return
        person = owner
        away, first, end, cover = self.away
        if owner == away and first <= day < end:
            person = cover
        times = self._times if day < self.days.today else self._morning
        place = day - self.days.first
        iso = self.days.iso[place]
        self.activities.append(
            (
                number,
                person,
                kind,
                iso + times[int(random() * len(times))],
                iso,
                self.days.month[place],
                words,
                None if due is None else self.days.iso[due - self.days.first],
                8_000 + 1_000 * int(random() * 60) if kind == "gift" else 0,
            )
        )

    def _within(self, between: tuple[int, int]) -> int:
        least, most = between
        return least + int(self.rng.random() * (most - least + 1))

    def _delay(self, lateness: float) -> int:
        """Days by which a contact comes after it was due."""
        chance = self.rng.random()
        if chance < 0.58:
            return -int(chance * 4)  # on the day or a little before
        if chance < 0.86:
            return int((1 + (chance - 0.58) * 10) * lateness)
        if chance < 0.96:
            return int((4 + (chance - 0.86) * 140) * lateness)
        return int((18 + (chance - 0.96) * 1_200) * lateness)  # neglected

    def _phones(self, number: int) -> list[str]:
        """A customer's numbers: the last eight digits are never used twice."""
        random = self.rng.random
        found = []
        for line in (2 * number, 2 * number + 1):
            found.append(
                f"{_PREFIXES[int(random() * len(_PREFIXES))]}{line * 61_803_399 % 100_000_000:08}"
            )
            if random() > 0.07:
                break
        return found

    # -- who ---------------------------------------------------------------------------------------

    def _owner(self, day: int) -> int:
        """Who gets a customer that comes on ``day``: in turn, the more skilled the more often."""
        owed = self._owed
        whole = 0
        for seller in self.sellers.values():
            if _works(seller, day):
                owed[seller.id] += seller.skill
                whole += seller.skill
            else:
                owed[seller.id] = 0
        chosen = max(owed, key=owed.__getitem__)
        owed[chosen] -= whole
        return chosen

    def _still(self, owner: int, day: int) -> int:
        """The owner, or who took over from one who has left."""
        left = self.sellers[owner].left
        return owner if left is None or day < left else self._mate(owner, day)

    def _mate(self, owner: int, day: int) -> int:
        """Somebody of the owner's team, else of the office."""
        own = self.sellers[owner]
        here = [
            seller for seller in self.sellers.values() if seller.id != owner and _works(seller, day)
        ]
        mates = [seller.id for seller in here if seller.team == own.team] or [
            seller.id for seller in here
        ]
        return mates[int(self.rng.random() * len(mates))]

    # -- deals -------------------------------------------------------------------------------------

    def _buys(self, number: int, day: int, owner: int, opening: Opening) -> bool:
        """The customer orders and maybe again; whether any order stands."""
        random, profile, today = self.rng.random, self.profile, self.days.today
        stands = self._order(number, day, owner, opening)
        again = self._additions or self._articles
        for _more in range(profile.again_limit):
            if random() >= profile.again:
                break
            day += self._within(profile.again_after)
            if day > today:
                break
            owner = self._still(owner, day)
            signed = day + self._within(profile.contracted)
            article = again[int(random() * len(again))]
            quantity = profile.quantities[int(random() * len(profile.quantities))]
            stands = self._order(number, day, owner, Opening(signed, article, quantity)) or stands
        return stands

    def _order(self, number: int, day: int, owner: int, opening: Opening) -> bool:
        """An order intended on ``day`` and signed when the opening says; whether it stands."""
        random, profile, today = self.rng.random, self.profile, self.days.today
        article = self.content.articles[opening.article]
        quantity = opening.quantity
        amount = article.price * quantity
        amount -= amount * int(random() * (profile.discount + 1)) // 1_000
        below = random() < 0.04
        if below:
            amount = (article.cost + article.floor) * quantity - profile.round_to
        amount -= amount % profile.round_to
        intention = day if profile.intention else None
        subscribed = None
        if profile.subscribed is not None:
            at = max(day, min(day + self._within(profile.subscribed), opening.day - 2))
            subscribed = at if at <= today else None
        contracted = opening.day if opening.day <= today else None
        if contracted is None and intention is None and subscribed is None:
            contracted = day  # a trade without stages before takes it there and then
        cancelled = None
        if random() < 0.07:
            reached = contracted or subscribed or day
            off = reached + 6 + int(random() * 45)
            cancelled = off if off <= today else None
        partner = self._mate(owner, day) if random() < 0.15 else None
        points = (5_000, 6_000, 7_000, 8_000)[int(random() * 4)] if partner else 10_000
        self.orders.append(
            Order(
                day, number, opening.article, quantity, amount, intention, subscribed, contracted,
                cancelled, owner, partner, points, below,
            )
        )  # fmt: skip
        return cancelled is None

    # -- calls to nobody yet -----------------------------------------------------------------------

    def cold_calls(self, scale: int) -> Iterator[list[Row]]:
        """Calls from telephone lists and cold visits, a day's at a time: nobody's customers yet.

        Newcomers do most of them; of the two there are now, one by telephone, one on the road too.
        """
        days, random = self.days, self.rng.random
        newest, second = sorted(self.sellers.values(), key=lambda seller: -seller.joined)[:2]
        absent, first, end, _cover = self.away
        for day in range(self.log_since, days.today + 1):
            place = day - days.first
            if days.weights[place] == 0:
                continue
            usual = 1.5 if days.today - day < _CAMPAIGN else 0.3
            part = 0.4 if day == days.today else 1.0  # today isn't over
            rows: list[Row] = []
            for seller in self.sellers.values():
                if not _works(seller, day) or (seller.id == absent and first <= day < end):
                    continue
                calls, effective, visits = usual, 0.4, 0.0
                if seller is newest:
                    calls, effective = 44.0, 0.8
                elif seller is second or day - seller.joined < _LEARNING:
                    calls, visits = 24.0, 0.4
                for mean, kind in (
                    (calls * (1 - effective), "call"),
                    (calls * effective, "effective_call"),
                    (visits, "visit"),
                ):
                    count = int(mean * scale * part * (0.7 + 0.5 * random()) + random())
                    if mean:
                        rows += [self._cold(seller.id, kind, day) for _n in range(count)]
            yield rows

    def _cold(self, person_id: int, kind: str, day: int) -> Row:
        random, place = self.rng.random, day - self.days.first
        times = self._times if day < self.days.today else self._morning
        pool = self.content.words["visit"] if kind == "visit" else self.content.cold_call
        iso = self.days.iso[place]
        at, words = times[int(random() * len(times))], pool[int(random() * len(pool))]
        return (None, person_id, kind, iso + at, iso, self.days.month[place], words, None, 0)


def months_since_zero(key: int) -> int:
    """A stored month (202611) as a number of months, so that months can be subtracted."""
    return key // 100 * 12 + key % 100


def _works(one: Seller, day: int) -> bool:
    return one.joined <= day and (one.left is None or day < one.left)


def _first_logged(today: date) -> date:
    month = today.year * 12 + today.month - 1 - MONTHS_OF_ACTIVITIES
    return containing(date(month // 12, month % 12 + 1, 1), "month").start


def _drawn(weighed: Mapping[Choice, int]) -> list[Choice]:
    """A list to draw from by a plain index: each choice as often as it weighs."""
    return [choice for choice, weight in weighed.items() for _n in range(weight)]


def _times(first: int, last: int) -> list[str]:
    return [
        f" {hour:02}:{minute:02}:00.000000"
        for hour in range(first, last + 1)
        for minute in range(0, 60, 5)
    ]

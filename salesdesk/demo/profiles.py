"""How each kind of office works in the demo: what comes in, how it is followed up, how it sells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Weighed = Mapping[str, int]
Days = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A payment of a deal: its part of 10,000, due days after a stage."""

    basis_points: int
    stage: str
    days: int


@dataclass(frozen=True, slots=True)
class Profile:
    """The habits of a kind of office; shares are of 1, days are (least, most).

    ``subscribed`` and ``contracted`` are the days since the stage before, None where the trade
    has no such stage; ``again`` is the chance of a further order after ``again_after`` days.
    """

    customers: int
    company_share: float
    closing: float
    lost: float
    first: Weighed
    follow: Weighed
    sources: Weighed
    intention: bool
    subscribed: Days | None
    contracted: Days
    parts: Sequence[Part]
    quantities: Sequence[int]
    again: float
    again_after: Days
    again_limit: int
    discount: int  # the most, in thousandths of the price
    round_to: int  # cents
    labelled: bool  # whether each piece sold has its own label (a house number)
    season: tuple[int, ...]  # January to December


_FOLLOW = {"call": 34, "effective_call": 30, "visit": 11, "message": 15, "walk_in": 7, "gift": 3}

PROFILES: Mapping[str, Profile] = {
    "property": Profile(
        customers=1_500,
        company_share=0.2,
        closing=0.6,
        lost=0.55,
        first={"walk_in": 46, "call_received": 30, "call": 24},
        follow={**_FOLLOW, "walk_in": 14, "visit": 9},
        sources={"Walk-in": 30, "Call received": 20, "Referral": 16, "Web": 14, "Media": 10,
                 "Telephone list": 6, "Market or exhibition": 4},
        intention=True,
        subscribed=(2, 9),
        contracted=(5, 18),
        parts=(Part(500, "subscribed", 0), Part(2_500, "contracted", 7),
               Part(7_000, "contracted", 45)),
        quantities=(1,),
        again=0.5,
        again_after=(15, 160),
        again_limit=1,
        discount=40,
        round_to=100_000,
        labelled=True,
        season=(8, 6, 10, 10, 11, 9, 8, 9, 12, 12, 10, 10),
    ),
    "shop": Profile(
        customers=1_600,
        company_share=0.35,
        closing=0.42,
        lost=0.5,
        first={"walk_in": 62, "call_received": 26, "call": 12},
        follow=_FOLLOW,
        sources={"Walk-in": 44, "Referral": 18, "Call received": 16, "Web": 14, "Old customer": 8},
        intention=False,
        subscribed=None,
        contracted=(0, 8),
        parts=(Part(10_000, "contracted", 0),),
        quantities=(1, 1, 1, 1, 2, 1, 3, 1, 5, 1, 2, 8),
        again=0.66,
        again_after=(25, 150),
        again_limit=12,
        discount=30,
        round_to=100,
        labelled=False,
        season=(10, 6, 9, 9, 9, 10, 11, 13, 12, 10, 11, 10),
    ),
    "b2b": Profile(
        customers=1_200,
        company_share=1.0,
        closing=0.34,
        lost=0.5,
        first={"call": 55, "visit": 30, "call_received": 15},
        follow={"call": 32, "effective_call": 34, "visit": 18, "message": 12, "gift": 4},
        sources={"Telephone list": 32, "Cold visit": 24, "Web": 22, "Referral": 12,
                 "Market or exhibition": 10},
        intention=True,
        subscribed=None,
        contracted=(12, 40),
        parts=(Part(3_000, "contracted", 3), Part(7_000, "contracted", 60)),
        quantities=(500, 1_000, 1_000, 2_000, 2_000, 3_000, 5_000, 5_000, 8_000, 10_000),
        again=0.9,
        again_after=(25, 75),
        again_limit=40,
        discount=30,
        round_to=100,
        labelled=False,
        season=(9, 5, 10, 10, 10, 10, 9, 10, 11, 10, 11, 11),
    ),
    "territory": Profile(
        customers=1_200,
        company_share=1.0,
        closing=0.36,
        lost=0.5,
        first={"visit": 60, "call": 28, "call_received": 12},
        follow={"call": 26, "effective_call": 26, "visit": 32, "message": 12, "gift": 4},
        sources={"Cold visit": 46, "Referral": 20, "Telephone list": 18,
                 "Market or exhibition": 16},
        intention=False,
        subscribed=None,
        contracted=(0, 9),
        parts=(Part(6_000, "contracted", 0), Part(4_000, "contracted", 30)),
        quantities=(50, 80, 100, 100, 150, 200, 200, 300, 500, 800),
        again=0.93,
        again_after=(16, 45),
        again_limit=60,
        discount=30,
        round_to=100,
        labelled=False,
        season=(8, 7, 8, 9, 11, 13, 14, 13, 11, 9, 8, 8),
    ),
}  # fmt: skip

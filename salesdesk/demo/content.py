"""What the demo office is filled with: names, products and words, in the language in force.

They are read from ``resources/demo``; all people, companies and products there are invented.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations
from random import Random
from typing import Any, TypeVar

from salesdesk.text import language, resources_folder

T = TypeVar("T")

#: How many different names, companies and needs there are to draw from.
NAMES, COMPANIES, NEEDS = 8_000, 1_500, 400


@dataclass(frozen=True, slots=True)
class Article:
    """A product of the demo: cents a piece, the rate of 10,000, how often it is bought.

    ``addition`` weighs how often a customer adds it to what was bought before.
    """

    name: str
    category: str
    unit: str
    price: int
    cost: int
    floor: int
    commission: int
    weight: int
    addition: int


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is drawn from; ``words`` is by kind of activity, and "closed"."""

    office: str
    teams: Sequence[str]
    staff: Sequence[str]
    names: Sequence[str]
    companies: Sequence[tuple[str, str]]  # (region, company)
    regions: Sequence[str]
    needs: Sequence[str]
    words: Mapping[str, Sequence[str]]
    cold_call: Sequence[str]
    notes: Sequence[str]
    cancel_reasons: Sequence[str]
    reasons: Sequence[str]
    countermeasures: Sequence[str]
    articles: Sequence[Article]
    titles: Mapping[str, str]
    plan_comment: str
    item_comment: str
    revision_words: str
    revision_item: str
    texts: Mapping[str, str]
    leave_note: str
    floor_note: str
    hand_measure: Mapping[str, str]


def load(kind: str, rng: Random) -> Content:
    """The content for a kind of office in the language in force."""
    path = resources_folder() / "demo" / f"{language()}.toml"
    with path.open("rb") as file:
        everything = tomllib.load(file)
    own = everything[kind]
    parts = own["parts"]
    words = {name: _expanded(lines, parts) for name, lines in own["words"].items()}
    return Content(
        office=own["office"],
        teams=own["teams"],
        staff=everything["staff"],
        names=_names(everything, rng),
        companies=_companies(everything, own, rng),
        regions=own["regions"],
        needs=_some(_expanded(own["needs"], parts), NEEDS, rng),
        words=words,
        cold_call=everything["cold_call"],
        notes=everything["notes"],
        cancel_reasons=everything["cancel_reasons"],
        reasons=everything["reasons"],
        countermeasures=everything["countermeasures"],
        articles=[_article(one) for one in own["products"]],
        titles=everything["plan_titles"],
        plan_comment=everything["plan_comment"],
        item_comment=everything["item_comment"],
        revision_words=everything["revision_words"],
        revision_item=everything["revision_item"],
        texts={name: text.strip() for name, text in everything["plan_texts"].items()},
        leave_note=everything["leave_note"],
        floor_note=everything["floor_note"],
        hand_measure=everything["hand_measure"],
    )


def _names(everything: Mapping[str, Any], rng: Random) -> list[str]:
    """Names of people, those of the staff left out; every third given name is a single one."""
    given = [
        first.capitalize() + second
        for first, second in combinations(everything["given_first"], everything["given_second"])
    ]
    single = [one.capitalize() for one in everything["given_single"]]
    found: dict[str, None] = {}
    taken = set(everything["staff"])
    possible = len(everything["surnames"]) * (len(given) + len(single)) // 2
    while len(found) < min(NAMES, possible):
        name = everything["name_pattern"].format(
            surname=rng.choice(everything["surnames"]),
            given=rng.choice(single if rng.random() < 0.35 else given),
        )
        if name not in taken:
            found[name] = None
    return list(found)


def _companies(
    everything: Mapping[str, Any], own: Mapping[str, Any], rng: Random
) -> list[tuple[str, str]]:
    found = [
        (region, everything["company_pattern"].format(region=region, name=name, trade=trade))
        for region, name, trade in combinations(
            own["regions"], everything["company_names"], own["trades"]
        )
    ]
    return _some(found, COMPANIES, rng)


def _expanded(lines: Iterable[str], parts: Mapping[str, Sequence[str]]) -> list[str]:
    """Each line with every combination of the parts it names."""
    found = []
    for line in lines:
        names = list(dict.fromkeys(re.findall(r"\{(\w+)\}", line)))
        for chosen in combinations(*(parts[name] for name in names)):
            found.append(line.format(**dict(zip(names, chosen, strict=True))))
    return found


def _some(found: list[T], count: int, rng: Random) -> list[T]:
    return rng.sample(found, count) if len(found) > count else found


def _article(one: Mapping[str, Any]) -> Article:
    return Article(
        one["name"],
        one["category"],
        one["unit"],
        round(one["price"] * 100),
        round(one["cost"] * 100),
        round(one["floor"] * 100),
        one["commission"],
        one["weight"],
        one.get("addition", 0),
    )

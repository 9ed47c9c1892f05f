"""What a measure counts only: products of some categories, calls that were answered, and so on.

The filter is stored with the measure as JSON. The office knows neither products nor customers: the
upper room ``planning`` says in its module ``measure_filters`` what can be filtered by, which counts
it fits, and which values there are. It is found by that name, as tables are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection

from salesdesk.calc import texts
from salesdesk.errors import InputError
from salesdesk.storage.schema import load_from_rooms
from salesdesk.text import _, joined, mark, quoted

#: How many days back an active customer was last met or bought, unless the measure says otherwise.
ACTIVE_DAYS, MOST_DAYS = 30, 3_660
_LONGEST_VALUE, _MOST_VALUES = 60, 50
#: What each filter is called.
WORDS: Mapping[str, str] = {
    "categories": mark("Product categories"),
    "kinds": mark("Kinds of activity"),
    "sources": mark("Sources of customers"),
    "grades": mark("Grades of customers"),
    "states": mark("States of customers"),
    "answered": mark("Answered"),
    "days": mark("Days looked back"),
}


@dataclass(frozen=True, slots=True)
class Among:
    """A filter: of each list one value must be met; an empty list, None and 0 filter nothing.

    ``days`` is how far back an active customer is looked for (0: :data:`ACTIVE_DAYS`).
    """

    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    answered: bool | None = None
    days: int = 0

    def given(self) -> dict[str, Any]:
        """What filters something, by its name; lists as lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value not in ((), None, 0) or value is False
        }

    def as_json(self) -> str:
        """As stored; "" where nothing is filtered."""
        given = self.given()
        return json.dumps(given, ensure_ascii=False, sort_keys=True) if given else ""


#: No filter at all.
EVERYTHING = Among()
_LISTS = tuple(one.name for one in fields(Among) if one.name not in ("answered", "days"))


def from_json(stored: str) -> Among:
    """The filter as stored. Raises InputError for what this program can't have stored."""
    if not stored:
        return EVERYTHING
    try:
        return from_values(json.loads(stored))
    except ValueError:
        raise InputError(_("A measure's filter isn't readable: {text}.").format(
            text=quoted(stored, 60)
        )) from None  # fmt: skip


def from_values(values: Mapping[str, Any]) -> Among:
    """The filter of a JSON object. Raises ValueError for one of another shape."""
    if not isinstance(values, dict) or not values.keys() <= WORDS.keys():
        raise ValueError
    made = dict(values)
    for name in _LISTS:
        value = made.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError
        made[name] = tuple(value)
    days, answered = made.get("days", 0), made.get("answered")
    if type(days) is not int or not (answered is None or isinstance(answered, bool)):
        raise ValueError
    return Among(**made)


@dataclass(frozen=True, slots=True)
class Filter:
    """Something that can be filtered by: which counts it fits, and the values there are.

    ``choices`` gives value -> words; none for "answered" and "days".
    """

    name: str
    fits: Callable[[str], bool]
    choices: Callable[[Connection], Mapping[str, str]] | None = None


_filters: dict[str, Filter] = {}


def declare(*declared: Filter) -> None:
    """Say what can be filtered by; called by a room's module ``measure_filters``."""
    for one in declared:
        _filters[one.name] = one


def fitting(counts: str) -> list[Filter]:
    """What a measure that counts this can be filtered by, in the order of :class:`Among`."""
    load_from_rooms("measure_filters")
    return [_filters[name] for name in WORDS if name in _filters and _filters[name].fits(counts)]


def choices(db: Connection) -> dict[str, Mapping[str, str]]:
    """The values that there are to choose from (value -> words), by filter."""
    load_from_rooms("measure_filters")
    return {name: one.choices(db) for name, one in _filters.items() if one.choices is not None}


def checked(db: Connection, counts: str, counts_words: str, among: Among) -> Among:
    """The filter tidied: each value once, in order. Raises InputError naming what doesn't fit."""
    fit = {one.name: one for one in fitting(counts)}
    values: dict[str, Any] = {}
    for name, value in among.given().items():
        if name not in fit:
            raise InputError(
                _("“{counts}” can't be narrowed by: {filter}.").format(
                    counts=counts_words, filter=_(WORDS[name])
                )
            )
        given = fit[name].choices
        if given is None:
            values[name] = value
            continue
        values[name] = _known(given(db), _(WORDS[name]), value)
    if not 0 <= among.days <= MOST_DAYS:
        raise InputError(
            _("Customers are looked for over 1 to {most} days.").format(most=f"{MOST_DAYS:,}")
        )
    return Among(**values)


def _known(known: Mapping[str, str], words: str, given: Sequence[str]) -> tuple[str, ...]:
    if len(given) > _MOST_VALUES:
        raise InputError(
            _("{field}: at most {most} can be chosen.").format(field=words, most=_MOST_VALUES)
        )
    by_words = {shown: value for value, shown in known.items()}
    found = []
    for value in given:
        tidy = texts.line(words, value, _LONGEST_VALUE)
        # In a command people write the words that they read.
        stored = tidy if tidy in known else by_words.get(tidy)
        if stored is None:
            raise InputError(
                _("{field}: there is no {value}; there are: {known}.").format(
                    field=words, value=quoted(tidy, 40), known=joined(known.values()) or "-"
                )
            )
        found.append(stored)
    return tuple(dict.fromkeys(found))


def told(db: Connection, among: Among) -> str:
    """The filter in words, "" where nothing is filtered."""
    load_from_rooms("measure_filters")
    parts = []
    for name, value in among.given().items():
        if name == "days":
            shown = str(value)
        elif name == "answered":
            shown = _("yes") if value else _("no")
        else:
            declared = _filters.get(name)
            known = declared.choices(db) if declared and declared.choices else {}
            shown = joined(known.get(one, one) for one in value)
        parts.append(_("{field}: {value}").format(field=_(WORDS[name]), value=shown))
    return "; ".join(parts)

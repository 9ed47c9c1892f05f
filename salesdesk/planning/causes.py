"""Why targets are missed: the office's list of causes, each outside or inside of its reach.

An office begins with the list of its kind (:func:`offered`), in its own language. It is entered
when it is first needed (:func:`begin`), so that an office of an earlier version has it as one that
was founded today; from then on it is the office's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from salesdesk.calc.periods import KINDS, Kind, containing
from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import rights, settings
from salesdesk.office.names import free_name, same_name
from salesdesk.planning import plan_rules
from salesdesk.planning.places import Who
from salesdesk.planning.tables import miss_cause, remark
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, mark, ngettext, quoted

#: Whether the office could have done anything about it.
SIDES: Mapping[str, str] = {"outside": mark("Outside"), "inside": mark("Inside")}
#: A cause that came up so often within so many months is pointed out.
OFTEN, MONTHS = 3, 12
_LONGEST = 60

#: What every office begins with, and what its kind adds before.
_COMMON: tuple[tuple[str, str], ...] = (
    ("outside", mark("Market weak or off season")),
    ("outside", mark("Competitor's price or promotion")),
    ("outside", mark("Customers put off buying")),
    ("inside", mark("Too few contacts with customers")),
    ("inside", mark("Customers not followed up in time")),
    ("inside", mark("Product or selling skills lacking")),
    ("inside", mark("Offer or price not right")),
    ("inside", mark("Too few people, leave or sickness")),
    ("inside", mark("Target set too high")),
)
_OF_KIND: Mapping[str, tuple[tuple[str, str], ...]] = {
    "property": (
        ("outside", mark("Purchase limits or mortgages changed")),
        ("outside", mark("Too few visitors to the showroom")),
        ("inside", mark("Invitations to visit not kept up")),
    ),
    "shop": (
        ("outside", mark("Fewer passers-by in the mall")),
        ("outside", mark("Online prices lower")),
        ("inside", mark("Goods out of stock")),
    ),
    "b2b": (
        ("outside", mark("Customer's project put off")),
        ("outside", mark("Customer pays late")),
        ("inside", mark("Samples or delivery late")),
    ),
    "territory": (
        ("outside", mark("Outlets overstocked")),
        ("outside", mark("Dealer doesn't push the goods")),
        ("inside", mark("Display or promotion late")),
    ),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of the office's list; ``id`` is 0 for one that is only offered yet."""

    id: int
    name: str
    side: str
    active: bool
    position: int
    version: int


def causes(db: Connection, *, active_only: bool = True) -> list[Cause]:
    """The office's list in its order; before it was begun, what it will begin with (ids 0)."""
    found = _stored(db) or offered(db)
    return [cause for cause in found if cause.active or not active_only]


def cause_by_id(db: Connection, cause_id: int) -> Cause:
    """Raises NotFoundError when there is none."""
    row = db.execute(select(miss_cause).where(miss_cause.c.id == cause_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no cause number {id}.").format(id=cause_id))
    return _cause(row)


def names(db: Connection) -> dict[int, str]:
    """What every cause is called, by id."""
    return {cause.id: cause.name for cause in _stored(db)}


def offered(db: Connection) -> list[Cause]:
    """What an office of this kind begins with."""
    listed = (*_OF_KIND.get(settings.read(db).kind, ()), *_COMMON)
    # What lies outside comes first, as people look for it there first.
    ordered = sorted(listed, key=lambda pair: list(SIDES).index(pair[0]))
    return [
        Cause(0, _(name), side, True, position, 0)
        for position, (side, name) in enumerate(ordered, 1)
    ]


def begin(change: Change) -> None:
    """Enter the list that the office begins with, where it has none yet.

    Who may write reviews may begin it: it says nothing that the office didn't choose by its kind.
    Raises RightsError.
    """
    db = change.connection
    if all(rights.scope(db, change.person_id, code) == "none"
           for code in (plan_rules.REVIEWS, "rules.edit")):  # fmt: skip
        raise RightsError(rights.refusal(db, change.person_id, plan_rules.REVIEWS))
    if _stored(db):
        return
    change.insert_many(
        miss_cause,
        [
            {
                "name": cause.name,
                "side": cause.side,
                "active": True,
                "position": cause.position,
            }
            for cause in offered(db)
        ],
    )
    change.describe(_("List of causes begun"))


def add(change: Change, name: str, side: str) -> int:
    """A further cause; its id.

    Raises RightsError; InputError for a name that is missing, too long or taken, or no such side.
    """
    rights.need(change, "rules.edit")
    begin(change)
    name = free_name(change, miss_cause, name, longest=_LONGEST)
    _check_side(side)
    last = change.connection.execute(select(func.max(miss_cause.c.position))).scalar()
    cause_id = change.insert(
        miss_cause, name=name, side=side, active=True, position=(last or 0) + 1
    )
    change.describe(_("New cause: {name}").format(name=name))
    return cause_id


def edit(
    change: Change,
    cause_id: int,
    *,
    seen_version: int,
    name: str | Unset = UNSET,
    side: str | Unset = UNSET,
    active: bool | Unset = UNSET,
) -> None:
    """Set some of a cause; one that isn't active any more stays where it was chosen.

    Raises RightsError, InputError, ConflictError, NotFoundError.
    """
    rights.need(change, "rules.edit")
    before = cause_by_id(change.connection, cause_id)
    if name is not UNSET:
        name = free_name(change, miss_cause, name, own_id=cause_id, longest=_LONGEST)
    if side is not UNSET:
        _check_side(side)
    change.update(
        miss_cause,
        cause_id,
        seen_version=seen_version,
        **given(name=name, side=side, active=active),
    )
    if active is False:
        change.describe(_("Cause no longer used: {name}").format(name=before.name))
    else:
        change.describe(_("Cause {name}").format(name=before.name if name is UNSET else name))


def chosen(change: Change, name: str) -> int:
    """The id of the cause so called, the list being begun where there was none.

    Raises NotFoundError naming those there are, RightsError.
    """
    begin(change)
    cause = named(change.connection, name)
    if not cause.active:
        raise NotFoundError(
            _("The cause “{name}” is no longer used: choose another one.").format(name=cause.name)
        )
    return cause.id


def named(db: Connection, name: str) -> Cause:
    """The cause so called, also one that is no longer used. Raises NotFoundError."""
    everything = causes(db, active_only=False)
    found = next((cause for cause in everything if same_name(cause.name, name)), None)
    if found is None:
        raise NotFoundError(
            _("There is no cause “{name}”; there are: {known}.").format(
                name=quoted(name), known=joined(cause.name for cause in everything if cause.active)
            )
        )
    return found


# -- causes that come back -------------------------------------------------------------------------


def repeated(db: Connection, who: Who, cause_id: int, before: date) -> int:
    """How many periods of somebody's were put down to a cause in the twelve months before a day.

    ``before`` itself isn't counted among them. Several targets missed in one month for one cause
    are one time.
    """
    return repetitions(db, before).get((who._replace(product_id=None, category=""), cause_id), 0)


def repetitions(db: Connection, before: date) -> dict[tuple[Who, int], int]:
    """As :func:`repeated`, of everybody and every cause that came up at all.

    A week and the month that holds it are one time.
    """
    first = _months_earlier(before, MONTHS)
    rows = db.execute(
        select(
            remark.c.team_id, remark.c.person_id, remark.c.cause_id, remark.c.start_day,
            remark.c.period_kind,
        )
        .where(
            remark.c.cause_id.is_not(None),
            remark.c.start_day >= first,
            remark.c.start_day < before,
        )
        .distinct()
        .order_by(remark.c.start_day, remark.c.cause_id, remark.c.team_id, remark.c.person_id)
    )  # fmt: skip
    times: dict[tuple[Who, int], dict[Kind, set[date]]] = {}
    for row in rows:
        key = (Who(row.team_id, row.person_id), row.cause_id)
        times.setdefault(key, {}).setdefault(row.period_kind, set()).add(row.start_day)
    return {key: _distinct(kinds) for key, kinds in times.items()}


def warning(name: str, earlier: int) -> str:
    """What is said of a cause that came up ``earlier`` times before this one; "" of a new one."""
    if earlier + 1 < OFTEN:
        return ""
    return ngettext(
        "“{cause}” is the cause {count} time within twelve months. What was done about it so far "
        "didn't help: look for what lies behind it.",
        "“{cause}” is the cause {count} times within twelve months. What was done about it so far "
        "didn't help: look for what lies behind it.",
        earlier + 1,
    ).format(cause=name, count=earlier + 1)


def _distinct(kinds: Mapping[Kind, set[date]]) -> int:
    """How many periods there are, those left out that a longer one among them holds."""
    longer: list[tuple[date, date]] = []
    for kind in KINDS:
        found = [containing(start, kind) for start in sorted(kinds.get(kind, ()))]
        longer += [
            (period.start, period.end)
            for period in found
            if not any(start <= period.start < end for start, end in longer)
        ]
    return len(longer)


def _months_earlier(day: date, count: int) -> date:
    """The first day of the month ``count`` months before that of a day."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _check_side(side: str) -> None:
    if side not in SIDES:
        raise InputError(
            _("“{side}” says nothing of a cause; it is one of: {known}.").format(
                side=quoted(side, 20), known=joined(SIDES)
            )
        )


def _stored(db: Connection) -> list[Cause]:
    query = select(miss_cause).order_by(miss_cause.c.position, miss_cause.c.id)
    return [_cause(row) for row in db.execute(query)]


def _cause(row: Any) -> Cause:
    return Cause(row.id, row.name, row.side, row.active, row.position, row.version)

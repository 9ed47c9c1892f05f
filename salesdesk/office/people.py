"""People, teams, roles, and leave with who covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, select

from salesdesk.errors import InputError, NotFoundError
from salesdesk.office.names import search_key
from salesdesk.office.tables import leave, person, team
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

ROLES: Mapping[str, str] = {
    "manager": mark("Sales manager"),
    "assistant": mark("Sales assistant"),
    "salesperson": mark("Salesperson"),
}


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the office."""

    id: int
    name: str
    position: int
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works in the office; ``left_on`` is the first day they no longer do."""

    id: int
    name: str
    role: str
    team_id: int | None
    team_name: str
    phone: str
    joined_on: date | None
    left_on: date | None
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Leave:
    """An absence from ``first_day`` until the day before ``end_day``."""

    id: int
    person_id: int
    person_name: str
    cover_id: int | None
    cover_name: str
    first_day: date
    end_day: date
    note: str


# -- reading ---------------------------------------------------------------------------------------


def teams(db: Connection, *, active_only: bool = True) -> list[Team]:
    """The teams in the office's own order."""
    query = select(team).order_by(team.c.position, team.c.id)
    if active_only:
        query = query.where(team.c.active)
    return [
        Team(row.id, row.name, row.position, row.active, row.version) for row in db.execute(query)
    ]


def people(db: Connection, *, active_only: bool = True) -> list[Person]:
    """The people, by team (those without one first), managers before others, then by entry."""
    query = (
        select(person, func.coalesce(team.c.name, "").label("team_name"))
        .outerjoin(team, team.c.id == person.c.team_id)
        .order_by(
            func.coalesce(team.c.position, -1),
            func.coalesce(team.c.id, 0),
            person.c.role != "manager",
            person.c.id,
        )
    )
    if active_only:
        query = query.where(person.c.active)
    return [_person(row) for row in db.execute(query)]


def person_by_id(db: Connection, person_id: int) -> Person:
    """Raises NotFoundError when nobody has that id."""
    for one in people(db, active_only=False):
        if one.id == person_id:
            return one
    raise NotFoundError(_("There is no person number {id}.").format(id=person_id))


def person_named(db: Connection, name: str) -> Person:
    """The person called ``name``, spaces around and within ignored. Raises NotFoundError."""
    wanted = "".join(name.split())
    for one in people(db, active_only=False):
        if "".join(one.name.split()) == wanted:
            return one
    raise NotFoundError(_("Nobody in this office is called {name}.").format(name=name))


def team_named(db: Connection, name: str) -> Team:
    """The team called ``name``. Raises NotFoundError."""
    for one in teams(db, active_only=False):
        if one.name == name.strip():
            return one
    raise NotFoundError(_("There is no team called {name}.").format(name=name))


def leaves(db: Connection, *, since: date | None = None) -> list[Leave]:
    """Absences, the latest first; with ``since`` only those not over by that day."""
    away, cover = person.alias(), person.alias()
    query = (
        select(leave, away.c.name.label("person_name"), cover.c.name.label("cover_name"))
        .join(away, away.c.id == leave.c.person_id)
        .outerjoin(cover, cover.c.id == leave.c.cover_id)
        .order_by(leave.c.first_day.desc(), leave.c.id.desc())
    )
    if since is not None:
        query = query.where(leave.c.end_day > since)
    return [
        Leave(
            row.id,
            row.person_id,
            row.person_name,
            row.cover_id,
            row.cover_name or "",
            row.first_day,
            row.end_day,
            row.note,
        )
        for row in db.execute(query)
    ]


def covers(db: Connection, day: date) -> dict[int, int]:
    """Who looks after whose customers on ``day``: absent person -> the one who covers."""
    rows = db.execute(
        select(leave.c.person_id, leave.c.cover_id).where(
            and_(leave.c.first_day <= day, leave.c.end_day > day, leave.c.cover_id.is_not(None))
        )
    )
    return {row.person_id: row.cover_id for row in rows}


# -- changing --------------------------------------------------------------------------------------


def add_team(change: Change, name: str) -> int:
    """A new team, last in order; its id. Raises InputError for an empty or taken name."""
    name = _free_name(change, team, name, None)
    last = change.connection.execute(select(func.max(team.c.position))).scalar()
    return change.insert(team, name=name, position=(last or 0) + 1, active=True)


def edit_team(change: Change, team_id: int, *, seen_version: int, **values: Any) -> None:
    """Set name, position or active of a team. Raises InputError, ConflictError, NotFoundError."""
    if "name" in values:
        values["name"] = _free_name(change, team, values["name"], team_id)
    if values.get("active") is False:
        inside = change.connection.execute(
            select(func.count()).where(person.c.team_id == team_id, person.c.active)
        ).scalar_one()
        if inside:
            raise InputError(
                _("The team still has {count} people: move them first.").format(count=inside)
            )
    change.update(team, team_id, seen_version=seen_version, **values)


def add_person(
    change: Change,
    name: str,
    *,
    role: str = "salesperson",
    team_id: int | None = None,
    phone: str = "",
    joined_on: date | None = None,
) -> int:
    """A new person; the id. Raises InputError for an empty or taken name or an unknown role."""
    name = _free_name(change, person, name, None)
    _check_role(role)
    return change.insert(
        person,
        name=name,
        search_key=search_key(name),
        role=role,
        team_id=team_id,
        phone=phone.strip(),
        joined_on=joined_on,
        left_on=None,
        active=True,
    )


def edit_person(change: Change, person_id: int, *, seen_version: int, **values: Any) -> None:
    """Set columns of a person. Raises InputError, ConflictError, NotFoundError.

    The last active manager can't leave or lose the role: somebody must be able to set things.
    """
    if "name" in values:
        values["name"] = _free_name(change, person, values["name"], person_id)
        values["search_key"] = search_key(values["name"])
    if "role" in values:
        _check_role(values["role"])
    if values.get("left_on") is not None:
        values.setdefault("active", False)
    change.update(person, person_id, seen_version=seen_version, **values)
    managers = change.connection.execute(
        select(func.count()).where(person.c.role == "manager", person.c.active)
    ).scalar_one()
    if managers == 0:
        raise InputError(_("The office needs at least one sales manager."))


def add_leave(
    change: Change,
    person_id: int,
    first_day: date,
    end_day: date,
    *,
    cover_id: int | None = None,
    note: str = "",
) -> int:
    """An absence until the day before ``end_day``; its id. Raises InputError when it can't be."""
    if end_day <= first_day:
        raise InputError(_("A leave ends after it begins."))
    if cover_id == person_id:
        raise InputError(_("Nobody covers for themselves."))
    overlapping = change.connection.execute(
        select(func.count()).where(
            leave.c.person_id == person_id,
            leave.c.first_day < end_day,
            leave.c.end_day > first_day,
        )
    ).scalar_one()
    if overlapping:
        raise InputError(_("The person is already on leave in those days."))
    return change.insert(
        leave,
        person_id=person_id,
        cover_id=cover_id,
        first_day=first_day,
        end_day=end_day,
        note=note.strip(),
    )


def end_leave(change: Change, leave_id: int, back_on: date) -> None:
    """The person is back on ``back_on``; a leave that hadn't begun by then is deleted."""
    row = change.connection.execute(select(leave).where(leave.c.id == leave_id)).one_or_none()
    if row is None or back_on <= row.first_day:
        change.delete(leave, leave_id)
    else:
        change.update(leave, leave_id, end_day=back_on)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InputError(_("{role} is no role of this office.").format(role=role))


def _free_name(change: Change, within: Any, name: str, own_id: int | None) -> str:
    name = " ".join(str(name).split())
    if not name:
        raise InputError(_("A name is missing."))
    if len(name) > 80:
        raise InputError(_("The name {name} is longer than 80 characters.").format(name=name[:20]))
    taken = change.connection.execute(
        select(within.c.id).where(within.c.name == name, within.c.id != (own_id or 0))
    ).first()
    if taken is not None:
        raise InputError(_("{name} exists already.").format(name=name))
    return name


def _person(row: Any) -> Person:
    return Person(
        row.id,
        row.name,
        row.role,
        row.team_id,
        row.team_name,
        row.phone,
        row.joined_on,
        row.left_on,
        row.active,
        row.version,
    )

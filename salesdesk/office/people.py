"""People, teams and roles; who is away and who covers (written in customers/leave)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from salesdesk.calc import texts
from salesdesk.calc.periods import Period, containing, month_of_key, months_between
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import rights
from salesdesk.office.names import free_name, named, search_key
from salesdesk.office.rights import ROLES as ROLES
from salesdesk.office.tables import leave, membership, person, team
from salesdesk.storage.edits import UNSET, Unset, after, given
from salesdesk.storage.history import Change
from salesdesk.text import _, ngettext, quoted

LONGEST_NAME, LONGEST_PHONE = 80, 40


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


#: The day from which somebody counts in a team when nobody said since when.
ALWAYS = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Memberships:
    """Which team everybody was in, and since when.

    A person's month belongs wholly to the team the person was in on the month's last day. Teams'
    weeks, months and years therefore add up, whenever somebody changes.
    """

    since: Mapping[int, Sequence[tuple[date, int | None]]]  # by person, oldest first

    def team_on(self, person_id: int, day: date) -> int | None:
        """The team a person was in on a day; before the first row as in the first."""
        rows = self.since.get(person_id, ())
        team_id = rows[0][1] if rows else None
        for start, later_id in rows:
            if start > day:
                break
            team_id = later_id
        return team_id

    def team_in(self, person_id: int, period: Period) -> int | None:
        """The team a person's part of a period belongs to: that of its last month's last day."""
        return self.team_on(person_id, containing(period.last_day, "month").last_day)

    def team_in_month(self, person_id: int, month_key: int) -> int | None:
        """The same for a month as the database writes it (202611)."""
        return self.team_on(person_id, month_of_key(month_key).last_day)

    def ever_in(self, team_id: int, start: date, end: date) -> set[int]:
        """Whose months between ``start`` and ``end`` belong to a team, if only one of them."""
        months = months_between(start, end)
        return {
            person_id
            for person_id in self.since
            if any(self.team_in(person_id, month) == team_id for month in months)
        }


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
    query = _select().order_by(
        func.coalesce(team.c.position, -1),
        func.coalesce(team.c.id, 0),
        person.c.role != "manager",
        person.c.id,
    )
    if active_only:
        query = query.where(person.c.active)
    return [_person(row) for row in db.execute(query)]


def person_by_id(db: Connection, person_id: int) -> Person:
    """Raises NotFoundError when nobody has that id."""
    row = db.execute(_select().where(person.c.id == person_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no person number {id}.").format(id=person_id))
    return _person(row)


def _select() -> Select[Any]:
    """People with their team's name."""
    return select(person, func.coalesce(team.c.name, "").label("team_name")).outerjoin(
        team, team.c.id == person.c.team_id
    )


def person_named(db: Connection, name: str) -> Person:
    """The person called ``name`` (:func:`names.same_name`). Raises NotFoundError."""
    worker = named(people(db, active_only=False), name)
    if worker is None:
        raise NotFoundError(_("Nobody in this office is called {name}.").format(name=name))
    return worker


def team_by_id(db: Connection, team_id: int) -> Team:
    """Raises NotFoundError when no team has that id."""
    for candidate in teams(db, active_only=False):
        if candidate.id == team_id:
            return candidate
    raise NotFoundError(_("There is no team number {id}.").format(id=team_id))


def team_named(db: Connection, name: str) -> Team:
    """The team called ``name`` (:func:`names.same_name`). Raises NotFoundError."""
    candidate = named(teams(db, active_only=False), name)
    if candidate is None:
        raise NotFoundError(_("There is no team called {name}.").format(name=name))
    return candidate


def memberships(db: Connection) -> Memberships:
    """Who was in which team since when, people who left included."""
    rows: dict[int, list[tuple[date, int | None]]] = {}
    for row in db.execute(select(membership).order_by(membership.c.since, membership.c.id)):
        rows.setdefault(row.person_id, []).append((row.since, row.team_id))
    return Memberships(rows)


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
        select(leave.c.person_id, leave.c.cover_id)
        .where(and_(leave.c.first_day <= day, leave.c.end_day > day, leave.c.cover_id.is_not(None)))
        .order_by(leave.c.first_day, leave.c.id)
    )
    return {row.person_id: row.cover_id for row in rows}


# -- changing --------------------------------------------------------------------------------------


def add_team(change: Change, name: str) -> int:
    """A new team, last in order; its id. Raises RightsError, InputError for the name."""
    rights.need(change, "teams.edit")
    name = free_name(change, team, name, longest=LONGEST_NAME)
    last = change.connection.execute(select(func.max(team.c.position))).scalar()
    team_id = change.insert(team, name=name, position=(last or 0) + 1, active=True)
    change.describe(_("New team {name}").format(name=name))
    return team_id


def edit_team(
    change: Change,
    team_id: int,
    *,
    seen_version: int,
    name: str | Unset = UNSET,
    position: int | Unset = UNSET,
    active: bool | Unset = UNSET,
) -> None:
    """Rename, move or dissolve a team.

    Raises RightsError, InputError (name, order, people still in it), ConflictError, NotFoundError.
    """
    rights.need(change, "teams.edit", team_id=team_id)
    before = team_by_id(change.connection, team_id)
    if name is not UNSET:
        name = free_name(change, team, name, own_id=team_id, longest=LONGEST_NAME)
    if position is not UNSET and not 0 <= position <= 9_999:
        raise InputError(_("The order is a number from 0 to 9,999."))
    if active is False:
        inside = change.connection.execute(
            select(func.count()).where(person.c.team_id == team_id, person.c.active)
        ).scalar_one()
        if inside:
            raise InputError(
                ngettext(
                    "{team} still has {count} person: move them first.",
                    "{team} still has {count} people: move them first.",
                    inside,
                ).format(team=before.name, count=inside)
            )
    change.update(
        team,
        team_id,
        seen_version=seen_version,
        **given(name=name, position=position, active=active),
    )
    change.describe(_("Edit team {name}").format(name=after(name, before.name)))


def add_person(
    change: Change,
    name: str,
    *,
    role: str = "salesperson",
    team_id: int | None = None,
    phone: str = "",
    joined_on: date | None = None,
) -> int:
    """A new person; the id.

    Raises RightsError; InputError for a name that is empty, long or taken, an unknown role, a
    dissolved team or a phone too long; NotFoundError for a team that isn't there.
    """
    rights.need(change, "people.edit", team_id=team_id)
    if role != "salesperson":
        rights.need(change, "rights.edit")  # a role is what gives rights
    name = free_name(change, person, name, longest=LONGEST_NAME)
    _check_role(role)
    _check_team(change, team_id)
    person_id = change.insert(
        person,
        name=name,
        search_key=search_key(name),
        role=role,
        team_id=team_id,
        phone=_checked_phone(phone),
        joined_on=_checked_day(joined_on),
        left_on=None,
        active=True,
    )
    change.insert(membership, person_id=person_id, team_id=team_id, since=joined_on or ALWAYS)
    change.describe(_("New person {name}").format(name=name))
    return person_id


def edit_person(
    change: Change,
    person_id: int,
    *,
    seen_version: int,
    team_since: date | None = None,
    name: str | Unset = UNSET,
    role: str | Unset = UNSET,
    team_id: int | Unset | None = UNSET,
    phone: str | Unset = UNSET,
    joined_on: date | Unset | None = UNSET,
    left_on: date | Unset | None = UNSET,
    active: bool | Unset = UNSET,
) -> None:
    """Set some of a person. A day on which they leave makes them inactive unless ``active`` is
    given too.

    A new team counts from ``team_since`` (otherwise today) on; what was noted of later days goes.
    The last active manager can't leave or lose the role: somebody must be able to set things.

    Raises RightsError, InputError, ConflictError, NotFoundError.
    """
    rights.need(change, "people.edit", person_id)
    before = person_by_id(change.connection, person_id)
    search: str | Unset = UNSET
    if name is not UNSET:
        name = free_name(change, person, name, own_id=person_id, longest=LONGEST_NAME)
        search = search_key(name)
    if role is not UNSET:
        _check_role(role)
        if role != before.role:
            rights.need(change, "rights.edit")  # a role is what gives rights
    joins = _checked_day(after(joined_on, before.joined_on))
    leaves_on = _checked_day(after(left_on, before.left_on))
    if joins is not None and leaves_on is not None and leaves_on <= joins:
        raise InputError(
            _("{name} can't leave on {left} before having joined on {joined}.").format(
                name=after(name, before.name), left=leaves_on.isoformat(), joined=joins.isoformat()
            )
        )
    if left_on is not UNSET and left_on is not None and active is UNSET:
        active = False
    if active is True and leaves_on is not None and leaves_on <= change.now.date():
        raise InputError(
            _("{name} left on {day}: take that day away first.").format(
                name=after(name, before.name), day=leaves_on.isoformat()
            )
        )
    if team_id is not UNSET and team_id != before.team_id:
        rights.need(change, "people.edit", team_id=team_id)
        _check_team(change, team_id)
        _join(change, person_id, team_id, _checked_day(team_since) or change.now.date())
    change.update(
        person,
        person_id,
        seen_version=seen_version,
        **given(
            name=name,
            search_key=search,
            role=role,
            team_id=team_id,
            phone=phone if phone is UNSET else _checked_phone(phone),
            joined_on=joined_on,
            left_on=left_on,
            active=active,
        ),
    )
    managers = change.connection.execute(
        select(func.count()).where(person.c.role == "manager", person.c.active)
    ).scalar_one()
    if managers == 0:
        raise InputError(_("The office needs at least one sales manager."))
    change.describe(_("Edit person {name}").format(name=after(name, before.name)))


def _join(change: Change, person_id: int, team_id: int | None, since: date) -> None:
    """Note that a person is in a team from a day on."""
    rows = change.connection.execute(
        select(membership)
        .where(membership.c.person_id == person_id)
        .order_by(membership.c.since, membership.c.id)
    ).all()
    if rows and rows[-1].team_id == team_id:
        return
    change.delete_many(membership, [row.id for row in rows if row.since >= since])
    before = [row for row in rows if row.since < since]
    if not before or before[-1].team_id != team_id:
        change.insert(membership, person_id=person_id, team_id=team_id, since=since)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InputError(_("{role} isn't a role in this office.").format(role=role))


def _check_team(change: Change, team_id: int | None) -> None:
    """Nobody joins a team that is dissolved or isn't there."""
    if team_id is None:
        return
    joined = team_by_id(change.connection, team_id)
    if not joined.active:
        raise InputError(_("{team} is dissolved: nobody can join it.").format(team=joined.name))


def _checked_phone(phone: str) -> str:
    what = _("The phone number {phone}").format(phone=quoted(phone, 20))
    return texts.line(what, phone, LONGEST_PHONE)


def _checked_day(day: date | None) -> date | None:
    """A day of somebody's working life; a year typed wrong is none."""
    if day is not None and not ALWAYS < day < date(2200, 1, 1):
        raise InputError(_("{day} can't be right: look at the year.").format(day=day.isoformat()))
    return day


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

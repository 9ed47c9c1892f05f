"""Who may do what: each right, and for whose things each role has it.

Declared here and nowhere else. Writers ask with :func:`need`, readers of what not everybody may
see with :func:`scope` or :func:`may`, and the window hides or greys by the same answers. An office
may adjust the scopes (its setting "rights" holds what differs from :data:`RIGHTS`).

A person's rights protect the office from mistakes and from temptation, not from somebody who owns
the file: real protection is its password.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import stored
from salesdesk.office.tables import person, setting
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, mark

#: For whose things: nobody's, one's own, one's team's, everybody's.
Scope = Literal["none", "own", "team", "office"]
SCOPES: Mapping[str, str] = {
    "none": mark("Not at all"),
    "own": mark("Own"),
    "team": mark("Own team's"),
    "office": mark("Whole office's"),
}
ROLES: Mapping[str, str] = {
    "manager": mark("Sales manager"),
    "assistant": mark("Sales assistant"),
    "salesperson": mark("Salesperson"),
    "reader": mark("Reader"),
}
#: The key of the setting that holds what an office has adjusted.
SETTING = "rights"


@dataclass(frozen=True, slots=True)
class Right:
    """Something that can be done or seen: in words, and for whose things by role.

    A manager has every right for the whole office, a reader only what is seen. A right over what
    is the whole office's (``whole``) is had entirely or not at all.
    """

    words: str
    assistant: Scope
    salesperson: Scope
    reader: Scope = "none"
    manager: Scope = "office"
    whole: bool = False

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scopes an office can choose among."""
        return ("none", "office") if self.whole else ("none", "own", "team", "office")


RIGHTS: Mapping[str, Right] = {
    "customers.see": Right(mark("See customers"), "office", "office", "office"),
    "customers.add": Right(mark("Enter customers"), "office", "own"),
    "customers.edit": Right(mark("Change customers"), "office", "own"),
    "customers.hand_over": Right(mark("Hand customers over"), "office", "none"),
    "activities.log": Right(mark("Log contacts with customers"), "office", "own"),
    "deals.add": Right(mark("Enter deals"), "office", "own"),
    "deals.edit": Right(mark("Change deals"), "office", "own"),
    "deals.cancel": Right(mark("Cancel deals"), "office", "own"),
    "deals.below_floor": Right(mark("Allow deals below their floor"), "none", "none"),
    "discounts": Right(mark("Allow discounts beyond the limit"), "none", "none"),
    "costs.see": Right(mark("See costs and profits"), "office", "office", "office"),
    "payments.edit": Right(mark("Enter payments"), "office", "own"),
    "products.edit": Right(mark("Change products"), "office", "none", whole=True),
    "plans.write": Right(mark("Write plans"), "office", "own"),
    "plans.approve": Right(mark("Approve plans"), "none", "none"),
    "plans.delete": Right(mark("Delete plans"), "none", "own"),
    "targets.write": Right(mark("Set targets"), "office", "own"),
    "reviews.write": Right(mark("Write reviews"), "office", "own"),
    "approvals.ask": Right(mark("Ask for approvals"), "office", "office", whole=True),
    "counts.enter": Right(mark("Count by hand"), "office", "own"),
    "records.see": Right(mark("See records"), "office", "office", "office"),
    "records.write": Right(mark("Enter records"), "office", "own"),
    "people.edit": Right(mark("Change people"), "none", "none"),
    "teams.edit": Right(mark("Change teams"), "none", "none"),
    "leave.enter": Right(mark("Enter leave"), "office", "own"),
    "calendar.edit": Right(mark("Change the working calendar"), "office", "none", whole=True),
    "rules.edit": Right(mark("Change the office's rules"), "none", "none", whole=True),
    "measures.edit": Right(mark("Change what is measured"), "none", "none", whole=True),
    "rights.edit": Right(mark("Say who may do what"), "none", "none", whole=True),
    "months.close": Right(mark("Close and reopen months"), "none", "none", whole=True),
    "reports.see": Right(mark("See reports"), "office", "office", "office"),
    "history.undo_others": Right(mark("Undo what others did"), "none", "none", whole=True),
    "password.change": Right(mark("Change the office's password"), "none", "none", whole=True),
    "backups.make": Right(mark("Make backups"), "office", "office", whole=True),
}


def scope(db: Connection, actor_id: int | None, code: str) -> Scope:
    """For whose things somebody has a right. Without a person (founding, demo): everybody's.

    Who has left has no rights. Raises NotFoundError when nobody has that id.
    """
    if actor_id is None:
        return "office"
    actor = db.execute(
        select(person.c.role, person.c.active).where(person.c.id == actor_id)
    ).first()
    if actor is None:
        raise NotFoundError(_("There is no person number {id}.").format(id=actor_id))
    return scope_of_role(db, actor.role, code) if actor.active else "none"


def scope_of_role(db: Connection, role: str, code: str) -> Scope:
    """For whose things a role has a right in this office."""
    declared: Scope = getattr(RIGHTS[code], role)
    return adjusted(db).get((code, role), declared)


def may(
    db: Connection,
    actor_id: int | None,
    code: str,
    person_id: int | None = None,
    team_id: int | None = None,
) -> bool:
    """Whether somebody has a right for a person's or a team's things, else for the office's."""
    reach = scope(db, actor_id, code)
    if reach in ("office", "none"):
        return reach == "office"
    if actor_id is not None and person_id == actor_id:
        return True
    if reach == "own" or (person_id is None and team_id is None):
        return False
    teams = dict(
        db.execute(
            select(person.c.id, person.c.team_id).where(person.c.id.in_([actor_id, person_id]))
        ).all()
    )
    own_team = teams.get(actor_id)
    return own_team is not None and own_team == (team_id or teams.get(person_id))


def holders(
    db: Connection, code: str, person_id: int | None = None, team_id: int | None = None
) -> dict[int, str]:
    """Everybody working here who has a right for a person's or a team's things, else for the
    office's: their names by id, in the order they came. One statement, however many they are.
    """
    owners = person.alias()
    owners_team = select(owners.c.team_id).where(owners.c.id == person_id).scalar_subquery()
    adjustments = select(setting.c.value).where(setting.c.key == SETTING).scalar_subquery()
    rows = db.execute(
        select(
            person.c.id, person.c.name, person.c.role, person.c.team_id,
            owners_team.label("owners_team"), adjustments.label("adjustments"),
        )
        .where(person.c.active)
        .order_by(person.c.id)
    ).all()  # fmt: skip
    scopes = _in_force(json.loads(rows[0].adjustments or "{}") if rows else {})

    def reaches(row: Any) -> bool:
        reach = scopes.get((code, row.role), getattr(RIGHTS[code], row.role))
        if reach in ("office", "none"):
            return bool(reach == "office")
        if person_id == row.id:
            return True
        if reach == "own" or row.team_id is None:
            return False
        return bool(row.team_id == (team_id or row.owners_team))

    return {row.id: row.name for row in rows if reaches(row)}


def whose(db: Connection, actor_id: int | None, code: str) -> frozenset[int] | None:
    """The people whose things somebody has a right for, by id; None for everybody's.

    For readers that leave out what not everybody may see: what belongs to nobody is in nobody's
    set, and only who has the right for the whole office sees it.
    """
    reach = scope(db, actor_id, code)
    if reach == "office":
        return None
    if reach == "none" or actor_id is None:
        return frozenset()
    own_team = db.execute(select(person.c.team_id).where(person.c.id == actor_id)).scalar()
    if reach == "own" or own_team is None:
        return frozenset({actor_id})
    team_mates = db.execute(select(person.c.id).where(person.c.team_id == own_team)).scalars()
    return frozenset(team_mates) | {actor_id}


def why_not(
    db: Connection,
    actor_id: int | None,
    code: str,
    person_id: int | None = None,
    team_id: int | None = None,
    *,
    at_all: bool = False,
) -> str | None:
    """Why somebody may not, as a sentence; None when they may.

    With ``at_all`` it is enough to have the right for anything, if only for one's own.
    """
    if at_all:
        allowed = scope(db, actor_id, code) != "none"
    else:
        allowed = may(db, actor_id, code, person_id, team_id)
    return None if allowed else refusal(db, actor_id, code)


def check(
    db: Connection,
    actor_id: int | None,
    code: str,
    person_id: int | None = None,
    team_id: int | None = None,
) -> None:
    """Refuse what somebody may not do or see, where nothing is changed. Raises RightsError."""
    why = why_not(db, actor_id, code, person_id, team_id)
    if why is not None:
        raise RightsError(why)


def need(
    change: Change, code: str, person_id: int | None = None, team_id: int | None = None
) -> None:
    """Refuse what who changes may not do. Raises RightsError in words."""
    check(change.connection, change.person_id, code, person_id, team_id)


def refusal(db: Connection, actor_id: int | None, code: str) -> str:
    """Why somebody may not do something, as a sentence."""
    reach = scope(db, actor_id, code)
    words = _(RIGHTS[code].words)
    if reach == "none":
        return _("Your role doesn't allow this: {right}.").format(right=words)
    return _("Your role allows this only for {whose}: {right}.").format(
        whose=_("your own") if reach == "own" else _("your own team's"), right=words
    )


def table(db: Connection) -> dict[str, dict[str, Scope]]:
    """Every right's scope by role, as it is in this office."""
    adjustments = adjusted(db)
    return {
        code: {role: adjustments.get((code, role), getattr(right, role)) for role in ROLES}
        for code, right in RIGHTS.items()
    }


def adjusted(db: Connection) -> dict[tuple[str, str], Scope]:
    """What the office has adjusted: (right, role) -> scope."""
    return _in_force(stored.value(db, SETTING) or {})


def _in_force(kept: Mapping[str, Mapping[str, Scope]]) -> dict[tuple[str, str], Scope]:
    """Of the adjustments an office keeps, those of rights and scopes that there are."""
    return {
        (code, role): reach
        for code, roles in kept.items()
        if code in RIGHTS
        for role, reach in roles.items()
        if reach in SCOPES
    }


def adjust(change: Change, code: str, role: str, reach: str) -> None:
    """Say for whose things a role has a right from now on.

    A manager keeps every right, so that somebody can always set things right again; a reader
    changes nothing. Raises RightsError; InputError for what can't be adjusted so.
    """
    need(change, "rights.edit")
    if code not in RIGHTS:
        raise InputError(
            _("There is no right {code}; there are: {known}.").format(
                code=code, known=joined(RIGHTS)
            )
        )
    right = RIGHTS[code]
    if role not in ROLES:
        raise InputError(_("{role} isn't a role in this office.").format(role=role))
    if reach not in SCOPES:
        raise InputError(
            _("{scope} isn't a scope; the scopes are: {known}.").format(
                scope=reach, known=joined(SCOPES)
            )
        )
    scope_words = _(SCOPES[reach])
    if role == "manager":
        raise InputError(_("A sales manager has every right: it can't be taken away."))
    if role == "reader" and reach != "none" and not code.endswith(".see"):
        raise InputError(
            _("A reader changes nothing and can't be given this right: {right}.").format(
                right=_(right.words)
            )
        )
    if reach not in right.scopes:
        raise InputError(
            _("“{right}” concerns the whole office: it can't be “{scope}”.").format(
                right=_(right.words), scope=scope_words
            )
        )
    adjustments: dict[str, dict[str, str]] = {}
    for (known_code, known_role), known in adjusted(change.connection).items():
        adjustments.setdefault(known_code, {})[known_role] = known
    roles = adjustments.setdefault(code, {})
    roles.pop(role, None)
    if reach != getattr(right, role):
        roles[role] = reach
    kept = {known_code: kept_roles for known_code, kept_roles in adjustments.items() if kept_roles}
    stored.put(change, SETTING, kept or None)
    change.describe(
        _("Right “{right}” of {role}: {scope}").format(
            right=_(right.words), role=_(ROLES[role]), scope=scope_words
        )
    )

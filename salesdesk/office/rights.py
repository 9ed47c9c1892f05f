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
from typing import Literal

from sqlalchemy import Connection, select

from salesdesk.errors import NotFoundError, RightsError
from salesdesk.office.tables import person, setting
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

#: For whose things: nobody's, one's own, one's team's, everybody's.
Scope = Literal["none", "own", "team", "office"]
SCOPES: Mapping[Scope, str] = {
    "none": mark("Not at all"),
    "own": mark("Own"),
    "team": mark("Own team's"),
    "office": mark("Whole office's"),
}
_WIDTH: Mapping[Scope, int] = {"none": 0, "own": 1, "team": 2, "office": 3}
#: The key of the setting that holds what an office has adjusted.
SETTING = "rights"


@dataclass(frozen=True, slots=True)
class Right:
    """Something that can be done or seen: in words, and for whose things by role.

    A manager has every right for the whole office, a reader only what is seen.
    """

    words: str
    assistant: Scope
    salesperson: Scope
    reader: Scope = "none"
    manager: Scope = "office"


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
    "products.edit": Right(mark("Change products"), "office", "none"),
    "plans.write": Right(mark("Write plans"), "office", "own"),
    "plans.approve": Right(mark("Approve plans"), "none", "none"),
    "plans.delete": Right(mark("Delete plans"), "none", "own"),
    "targets.write": Right(mark("Set targets"), "office", "own"),
    "reviews.write": Right(mark("Write reviews"), "office", "own"),
    "counts.enter": Right(mark("Count by hand"), "office", "own"),
    "records.see": Right(mark("See records"), "office", "office", "office"),
    "records.write": Right(mark("Enter records"), "office", "own"),
    "people.edit": Right(mark("Change people"), "none", "none"),
    "teams.edit": Right(mark("Change teams"), "none", "none"),
    "leave.enter": Right(mark("Enter leave"), "office", "own"),
    "calendar.edit": Right(mark("Change the working calendar"), "office", "none"),
    "rules.edit": Right(mark("Change the office's rules"), "none", "none"),
    "measures.edit": Right(mark("Change what is measured"), "none", "none"),
    "rights.edit": Right(mark("Say who may do what"), "none", "none"),
    "months.close": Right(mark("Close and reopen months"), "none", "none"),
    "reports.see": Right(mark("See reports"), "office", "office", "office"),
    "history.undo_others": Right(mark("Undo what others did"), "none", "none"),
    "backups.make": Right(mark("Back up and restore"), "office", "own", "none"),
}


def scope(db: Connection, actor_id: int | None, code: str) -> Scope:
    """For whose things somebody has a right. Without a person (founding, demo): everybody's.

    Raises NotFoundError when nobody has that id.
    """
    right = RIGHTS[code]
    if actor_id is None:
        return "office"
    role = db.execute(select(person.c.role).where(person.c.id == actor_id)).scalar()
    if role is None:
        raise NotFoundError(_("There is no person number {id}.").format(id=actor_id))
    declared: Scope = getattr(right, role)
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


def need(
    change: Change, code: str, person_id: int | None = None, team_id: int | None = None
) -> None:
    """Refuse what who changes may not do. Raises RightsError in words."""
    if may(change.connection, change.person_id, code, person_id, team_id):
        return
    raise RightsError(refusal(change.connection, change.person_id, code))


def refusal(db: Connection, actor_id: int | None, code: str) -> str:
    """Why somebody may not do something, as a sentence."""
    reach = scope(db, actor_id, code)
    words = _(RIGHTS[code].words)
    if reach == "none":
        return _("Your role doesn't allow this: {right}.").format(right=words)
    return _("Your role allows this only for {whose}: {right}.").format(
        whose=_("your own") if reach == "own" else _("your own team's"), right=words
    )


def adjusted(db: Connection) -> dict[tuple[str, str], Scope]:
    """What the office has adjusted: (right, role) -> scope."""
    stored = db.execute(select(setting.c.value).where(setting.c.key == SETTING)).scalar()
    if stored is None:
        return {}
    return {
        (code, role): reach
        for code, roles in json.loads(stored).items()
        if code in RIGHTS
        for role, reach in roles.items()
        if reach in SCOPES
    }

"""Approvals: who asked for what, why, and what was decided by whom.

One mechanism for plans, deals below their floor, discounts and whatever comes. A rule names what it
would break and the right that decides it; the room that has the rule declares it with
:func:`declare`, since this room knows nothing of plans or deals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.calc import texts
from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import rights
from salesdesk.office.tables import approval, person
from salesdesk.storage.history import Change
from salesdesk.text import _, mark

LONGEST_WORDS = 1_000
STATES: Mapping[str, str] = {
    "asked": mark("Asked"),
    "granted": mark("Granted"),
    "refused": mark("Refused"),
    "withdrawn": mark("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What may only be done with leave: in words, who decides it, and what it is about.

    ``describe`` names the row it is about (a plan's title); ``decided`` is called within the
    change that decides, for what follows from it.
    """

    words: str
    right: str
    describe: Callable[[Connection, int], str]
    decided: Callable[[Change, Approval], None] | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A request and its decision; ``value`` is what is allowed, in the rule's own unit."""

    id: int
    subject: str
    subject_id: int
    rule: str
    value: int | None
    person_id: int
    person_name: str
    asked_at: datetime
    words: str
    state: str
    decided_by: int | None
    decider_name: str
    decided_at: datetime | None
    answer: str
    version: int


_rules: dict[str, Rule] = {}


def declare(code: str, rule: Rule) -> None:
    """Make a rule known, once, when the room that has it is imported."""
    _rules[code] = rule


def rule_of(code: str) -> Rule:
    """The rule with a code. Raises KeyError when no room declared it."""
    return _rules[code]


# -- reading ---------------------------------------------------------------------------------------


def approval_by_id(db: Connection, approval_id: int) -> Approval:
    """Raises NotFoundError when there is none."""
    rows = _read(db, approval.c.id == approval_id)
    if not rows:
        raise NotFoundError(_("There is no request number {id}.").format(id=approval_id))
    return rows[0]


def everything(db: Connection) -> list[Approval]:
    """All requests whose rule is known, the latest first."""
    return [request for request in _read(db) if request.rule in _rules]


def of(db: Connection, subject: str, subject_id: int) -> list[Approval]:
    """Everything asked about a row, the latest first."""
    return _read(db, approval.c.subject == subject, approval.c.subject_id == subject_id)


def waiting(db: Connection, actor_id: int | None) -> list[Approval]:
    """What waits for a decision that somebody may take, the latest first."""
    return [
        request
        for request in _read(db, approval.c.state == "asked")
        if request.rule in _rules and may_decide(db, actor_id, request)
    ]


def granted(db: Connection, subject: str, subject_id: int, rule: str) -> Approval | None:
    """The latest leave given for a row by a rule, None when there is none."""
    rows = _read(
        db,
        approval.c.subject == subject,
        approval.c.subject_id == subject_id,
        approval.c.rule == rule,
        approval.c.state == "granted",
    )
    return rows[0] if rows else None


def may_decide(db: Connection, actor_id: int | None, request: Approval) -> bool:
    """Whether somebody may decide a request: by right, and not their own.

    Where nobody else in the office may decide it, they may decide their own.
    """
    code = rule_of(request.rule).right
    if actor_id is None or actor_id != request.person_id:
        return rights.may(db, actor_id, code, request.person_id)
    return set(rights.holders(db, code, request.person_id)) == {actor_id}


# -- changing --------------------------------------------------------------------------------------


def ask(
    change: Change,
    subject: str,
    subject_id: int,
    rule: str,
    *,
    value: int | None = None,
    words: str = "",
    asker_id: int | None = None,
) -> int:
    """Ask for leave; the request's id. An earlier open request of the same is withdrawn.

    ``asker_id`` is for whom it is asked, otherwise for who makes the change. Raises RightsError for
    a reader, InputError for words too long.
    """
    rights.need(change, "approvals.ask")
    words = _checked_words(words)
    asker_id = asker_id or change.person_id
    if asker_id is None:
        raise InputError(_("Somebody must ask: choose who works here first."))
    for request in of(change.connection, subject, subject_id):
        if request.rule == rule and request.state == "asked":
            change.update(approval, request.id, state="withdrawn")
    request_id = change.insert(
        approval,
        subject=subject,
        subject_id=subject_id,
        rule=rule,
        value=value,
        person_id=asker_id,
        asked_at=change.now,
        words=words,
        state="asked",
    )
    change.describe(
        _("Approval asked: {what}").format(
            what=rule_of(rule).describe(change.connection, subject_id)
        )
    )
    return request_id


def withdraw(change: Change, approval_id: int) -> None:
    """Take one's own open request back. Raises InputError, RightsError, NotFoundError."""
    rights.need(change, "approvals.ask")
    request = _open_request(change, approval_id)
    if change.person_id not in (None, request.person_id):
        raise RightsError(_("Only {person} can withdraw this.").format(person=request.person_name))
    change.update(approval, approval_id, state="withdrawn")
    change.describe(_("Request withdrawn: {what}").format(what=_about(change, request)))


def decide(change: Change, approval_id: int, approve: bool, answer: str = "") -> None:
    """Grant or refuse a request, with words; refusing needs them.

    Raises InputError (decided already, no words), RightsError, NotFoundError.
    """
    request = _open_request(change, approval_id)
    code = rule_of(request.rule).right
    if not may_decide(change.connection, change.person_id, request):
        if change.person_id == request.person_id:
            raise RightsError(_("Nobody can decide their own request."))
        raise RightsError(rights.refusal(change.connection, change.person_id, code))
    answer = _checked_words(answer)
    if not approve and not answer:
        raise InputError(_("Say why it is refused."))
    change.update(
        approval,
        approval_id,
        state="granted" if approve else "refused",
        decided_by=change.person_id,
        decided_at=change.now,
        answer=answer,
    )
    words = _("Granted: {what}") if approve else _("Refused: {what}")
    change.describe(words.format(what=_about(change, request)))
    follow = rule_of(request.rule).decided
    if follow is not None:
        follow(change, approval_by_id(change.connection, approval_id))


def _checked_words(words: str) -> str:
    return texts.words(_("The words"), words, LONGEST_WORDS)


def _about(change: Change, request: Approval) -> str:
    return rule_of(request.rule).describe(change.connection, request.subject_id)


def _open_request(change: Change, approval_id: int) -> Approval:
    request = approval_by_id(change.connection, approval_id)
    if request.state != "asked":
        raise InputError(
            _("This request isn't open any more: {state}.").format(state=_(STATES[request.state]))
        )
    return request


def _read(db: Connection, *conditions: Any) -> list[Approval]:
    asking, deciding = person.alias(), person.alias()
    rows = db.execute(
        select(
            approval,
            asking.c.name.label("person_name"),
            deciding.c.name.label("decider_name"),
        )
        .join(asking, asking.c.id == approval.c.person_id)
        .outerjoin(deciding, deciding.c.id == approval.c.decided_by)
        .where(*conditions)
        .order_by(approval.c.id.desc())
    )
    return [
        Approval(
            row.id, row.subject, row.subject_id, row.rule, row.value, row.person_id,
            row.person_name, row.asked_at, row.words, row.state, row.decided_by,
            row.decider_name or "", row.decided_at, row.answer, row.version,
        )
        for row in rows
    ]  # fmt: skip

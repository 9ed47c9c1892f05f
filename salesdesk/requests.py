"""What was asked leave for, with the rules of every room known.

The mechanism is in ``office/approvals.py``; a rule is declared by the room that has it when that
room is imported. Faces that list requests of any kind come here.
"""

from __future__ import annotations

from sqlalchemy import Connection

from salesdesk.office import approvals
from salesdesk.office.approvals import Approval
from salesdesk.planning import deciding
from salesdesk.sales import floors
from salesdesk.text import _

#: The modules that declare rules: imported, they are known.
ROOMS = (deciding, floors)


def waiting(db: Connection, actor_id: int | None) -> list[Approval]:
    """What waits for a decision that somebody may take, the latest first."""
    return approvals.waiting(db, actor_id)


def visible(db: Connection, actor_id: int | None) -> list[Approval]:
    """Everything that somebody asked or may decide, decided or not, the latest first."""
    return [
        request
        for request in approvals.everything(db)
        if request.person_id == actor_id or approvals.may_decide(db, actor_id, request)
    ]


def described(db: Connection, request: Approval) -> str:
    """What a request is about: the rule and the row, as long as both are there."""
    rule = approvals.rule_of(request.rule)
    return _("{rule}: {subject}").format(
        rule=_(rule.words), subject=rule.describe(db, request.subject_id)
    )

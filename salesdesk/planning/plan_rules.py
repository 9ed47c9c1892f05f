"""When a plan takes which change, and from whom: the rules that every writer of a plan asks.

A draft, or a plan that came back with comments, is written by who may write its owner's plans. A
submitted one waits: only who decides on it writes in it, unless it is taken back first. An approved
plan stands as it was approved: it changes only as a new revision, that is, taken up again as a
draft. A closed plan takes nothing. Reviews are written while a plan runs, so until it is closed.

The window greys by :func:`why_not_write` and its kin what the writers would refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from salesdesk.errors import InputError, RightsError, SalesDeskError
from salesdesk.office import rights
from salesdesk.planning.places import Who
from salesdesk.storage.history import Change
from salesdesk.text import _, joined

#: The rights that writers of plans ask for.
WRITE, TARGETS, REVIEWS, APPROVE, DELETE = (
    "plans.write", "targets.write", "reviews.write", "plans.approve", "plans.delete",
)  # fmt: skip


class Ruled(Protocol):
    """What the rules look at in a plan."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def who(self) -> Who:
        """Whose plan it is."""

    @property
    def status(self) -> str:
        """One of plans.STATUSES."""


def need_write(change: Change, plan: Ruled, right: str = WRITE) -> None:
    """Refuse a change of a plan's text (or with TARGETS its targets). Raises InputError,
    RightsError.
    """
    _raise(_write_refusal(change.connection, change.person_id, plan, right))


def need_review(change: Change, plan: Ruled) -> None:
    """Refuse a change of a plan's reviews. Raises InputError, RightsError."""
    _raise(_review_refusal(change.connection, change.person_id, plan))


def need_delete(change: Change, plan: Ruled) -> None:
    """Refuse to delete a plan. Raises InputError, RightsError."""
    _raise(_delete_refusal(change.connection, change.person_id, plan))


def need_right(change: Change, who: Who, right: str) -> None:
    """Refuse who lacks a right for the plans of ``who``. Raises RightsError."""
    rights.need(change, right, person_id=who.person_id, team_id=who.team_id)


def not_own(others: Sequence[str]) -> str:
    """The sentence that refuses to decide on one's own plan while ``others`` may."""
    return _("Nobody can decide on their own plan. Those who can: {names}.").format(
        names=joined(others)
    )


def others_who_decide(db: Connection, actor_id: int | None, plan: Ruled) -> list[str]:
    """The names of everybody but ``actor_id`` and the plan's owner who may decide on a plan."""
    deciders = rights.holders(db, APPROVE, plan.who.person_id, plan.who.team_id)
    return [
        name for person_id, name in deciders.items()
        if person_id not in (actor_id, plan.who.person_id)
    ]  # fmt: skip


def may(db: Connection, actor_id: int | None, who: Who, right: str) -> bool:
    """Whether somebody has a right for the plans of ``who``."""
    return rights.may(db, actor_id, right, who.person_id, who.team_id)


def why_not_write(db: Connection, actor_id: int | None, plan: Ruled, right: str = WRITE) -> str:
    """Why somebody can't write a plan's text (or with TARGETS its targets); "" where they can."""
    return _words(_write_refusal(db, actor_id, plan, right))


def why_not_review(db: Connection, actor_id: int | None, plan: Ruled) -> str:
    """Why somebody can't write a plan's reviews; "" where they can."""
    return _words(_review_refusal(db, actor_id, plan))


def why_not_delete(db: Connection, actor_id: int | None, plan: Ruled) -> str:
    """Why somebody can't delete a plan; "" where they can."""
    return _words(_delete_refusal(db, actor_id, plan))


def why_not_own(db: Connection, actor_id: int | None, who: Who, right: str = WRITE) -> str:
    """Why somebody may not begin plans of ``who``; "" where they may."""
    return _words(_right_refusal(db, actor_id, who, right))


# -- within ----------------------------------------------------------------------------------------


def _write_refusal(
    db: Connection, actor_id: int | None, plan: Ruled, right: str
) -> SalesDeskError | None:
    lacking = _right_refusal(db, actor_id, plan.who, right)
    if lacking is not None:
        return lacking
    if plan.status == "closed":
        return _closed(plan)
    if plan.status == "approved":
        return InputError(
            _(
                "“{title}” is approved and stays as it was approved. To change it, take it up "
                "again as a new revision."
            ).format(title=plan.title)
        )
    if plan.status == "submitted" and not may(db, actor_id, plan.who, APPROVE):
        return InputError(
            _("“{title}” is submitted: take it back first, or wait for the decision.").format(
                title=plan.title
            )
        )
    return None


def _review_refusal(db: Connection, actor_id: int | None, plan: Ruled) -> SalesDeskError | None:
    lacking = _right_refusal(db, actor_id, plan.who, REVIEWS)
    if lacking is not None:
        return lacking
    return _closed(plan) if plan.status == "closed" else None


def _delete_refusal(db: Connection, actor_id: int | None, plan: Ruled) -> SalesDeskError | None:
    lacking = _right_refusal(db, actor_id, plan.who, DELETE)
    if lacking is not None:
        return lacking
    if plan.status in ("approved", "closed"):
        return InputError(_("An approved plan can't be deleted: take it back to a draft first."))
    return _write_refusal(db, actor_id, plan, DELETE)


def _right_refusal(
    db: Connection, actor_id: int | None, who: Who, right: str
) -> RightsError | None:
    if may(db, actor_id, who, right):
        return None
    return RightsError(rights.refusal(db, actor_id, right))


def _closed(plan: Ruled) -> InputError:
    return InputError(
        _("“{title}” is closed and takes no change: open it again first.").format(title=plan.title)
    )


def _raise(refusal: SalesDeskError | None) -> None:
    if refusal is not None:
        raise refusal


def _words(refusal: SalesDeskError | None) -> str:
    return "" if refusal is None else refusal.message

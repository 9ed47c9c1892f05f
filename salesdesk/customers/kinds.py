"""Kinds of activity: what they are called, and which of them reach the customer."""

from __future__ import annotations

from collections.abc import Mapping

from salesdesk.text import _, mark

KINDS: Mapping[str, str] = {
    "call": mark("Call"),
    "effective_call": mark("Effective call"),
    "visit": mark("Visit"),
    "call_received": mark("Call received"),
    "walk_in": mark("Walk-in"),
    "invited_walk_in": mark("Invited walk-in"),
    "message": mark("Message"),
    "group_message": mark("Mass message"),
    "gift": mark("Gift or dinner"),
}
#: Sent to many at once: done, but nobody was talked to.
MASS = frozenset({"group_message"})
#: What can be tried without meeting anybody: no answer, nobody at home.
TRIED = frozenset({"call", "visit"})
#: The customer came: the first time, or once more.
WALK_INS = frozenset({"walk_in", "invited_walk_in"})


def kind_name(kind: str) -> str:
    """What a kind is called."""
    return _(KINDS[kind])


def is_contact(kind: str, answered: bool) -> bool:
    """Whether an activity is contact with the customer, so that the next one may wait.

    A call nobody answered and a message to many are work done, and count as such, but the
    customer is as due as before.
    """
    return answered and kind not in MASS

"""What customers and activities count as by day: ``activity.visit``, ``customer.potential``.

Repeated walk-ins, and calls and visits that reached nobody, are kept apart from the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, case, literal

from salesdesk.customers.closings import CLOSED
from salesdesk.customers.tables import activity, customer
from salesdesk.storage.day_counts import Source, declare

_AGAIN, _MISSED = ".again", ".missed"


def done(
    kinds: Iterable[str], repeated: Iterable[bool], answered: Iterable[bool] = (True, False)
) -> list[str]:
    """The counts of activities of some kinds, the first visits of a customer or repeated ones,
    those that were answered or those that weren't.
    """
    times, answers = list(repeated), list(answered)
    return [
        f"activity.{kind}{_AGAIN if again else ''}{'' if reached else _MISSED}"
        for kind in kinds
        for again in times
        for reached in answers
    ]


def registered(states: Iterable[str]) -> list[str]:
    """The counts of customers registered in some states.

    The state is the one before a contract closed them: it takes nobody out of the month in which
    they were won.
    """
    return [f"customer.{state}" for state in states]


declare(
    Source(
        what=literal("activity.")
        + activity.c.kind
        + case((activity.c.repeated.is_(True), _AGAIN), else_="")
        + case((activity.c.answered.is_(False), _MISSED), else_=""),
        day=activity.c.day,
        month=activity.c.month,
        person=activity.c.person_id,
        figures={"number": literal(1)},
    ),
    Source(
        what=literal("customer.")
        + case(
            (
                and_(customer.c.state == CLOSED, customer.c.state_before != ""),
                customer.c.state_before,
            ),
            else_=customer.c.state,
        ),
        day=customer.c.registered_on,
        month=customer.c.registered_month,
        person=customer.c.owner_id,
        figures={"number": literal(1)},
    ),
)

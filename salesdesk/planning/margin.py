"""What stands beside a plan's items: how each rule reads and stands, and what is offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from salesdesk.planning import comments, items, taking
from salesdesk.planning.comments import Comment
from salesdesk.planning.items import Item
from salesdesk.planning.live import states
from salesdesk.planning.live.state import State
from salesdesk.planning.taking import Offered


@dataclass(frozen=True, slots=True)
class Margin:
    """``words`` and ``states`` are by rule id, ``offers`` and ``comments`` in the items' order."""

    items: list[Item]
    words: dict[int, str]
    states: dict[int, State]
    offers: list[Offered]
    comments: list[Comment]


def read(db: Connection, plan_id: int, today: date) -> Margin:
    """Everything beside a plan's items at one moment. Raises NotFoundError."""
    return Margin(
        items.of_plan(db, plan_id),
        states.words(db, plan_id, today),
        states.of_plan(db, plan_id, today),
        taking.offers(db, plan_id),
        [one for one in comments.of_plan(db, plan_id) if not one.settled],
    )

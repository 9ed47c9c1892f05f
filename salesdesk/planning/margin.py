"""What stands beside a plan's items: how each rule reads and stands, and what is offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from salesdesk.planning import comments, figures_block, items, taking
from salesdesk.planning.comments import Comment
from salesdesk.planning.figures_block import Figures
from salesdesk.planning.items import Item
from salesdesk.planning.live import states
from salesdesk.planning.live.state import State
from salesdesk.planning.taking import Offered


@dataclass(frozen=True, slots=True)
class Margin:
    """``words`` and ``states`` are by rule id, ``offers`` and ``comments`` in the items' order,
    ``figures`` by the words of their items.
    """

    items: list[Item]
    words: dict[int, str]
    states: dict[int, State]
    offers: list[Offered]
    comments: list[Comment]
    figures: dict[str, Figures | str]


def read(db: Connection, plan_id: int, today: date, actor_id: int | None = None) -> Margin:
    """Everything beside a plan's items at one moment. Raises NotFoundError."""
    found = items.of_plan(db, plan_id)
    asked = [item.text for item in found if item.kind == "figures"]
    return Margin(
        found,
        states.words(db, plan_id, today),
        states.of_plan(db, plan_id, today),
        taking.offers(db, plan_id),
        [one for one in comments.of_plan(db, plan_id) if not one.settled],
        figures_block.read(db, plan_id, asked, today, actor_id),
    )

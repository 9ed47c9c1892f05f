"""What was counted by hand, by day: ``hand.7`` for the measure of that id; and tasks done."""

from __future__ import annotations

from sqlalchemy import String, cast, literal

from salesdesk.planning.tables import hand_count, task
from salesdesk.storage.day_counts import Source, declare
from salesdesk.storage.expressions import month_of

#: Tasks, by the day they were done and who had them.
TASKS_DONE = "task"


def by_hand(measure_id: int) -> str:
    """The count of a measure's hand counts."""
    return f"hand.{measure_id}"


declare(
    Source(
        what=literal("hand.") + cast(hand_count.c.measure_id, String()),
        day=hand_count.c.day,
        month=hand_count.c.month,
        person=hand_count.c.person_id,
        product=hand_count.c.product_id,
        figures={"number": hand_count.c.value},
    ),
    Source(
        what=literal(TASKS_DONE),
        day=task.c.done_on,
        month=month_of(task.c.done_on),
        person=task.c.person_id,
        figures={"number": literal(1)},
        where=task.c.status == "done",
    ),
)

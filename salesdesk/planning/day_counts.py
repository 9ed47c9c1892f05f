"""What was counted by hand, by day: ``hand.7`` for the measure of that id."""

from __future__ import annotations

from sqlalchemy import String, cast, literal

from salesdesk.planning.tables import hand_count
from salesdesk.storage.day_counts import Source, declare


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
    )
)

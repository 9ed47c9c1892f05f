"""What deals and payments count as by day, credited by share.

A deal counts on the day of each stage; what a cancellation does to it is the office's to choose
(``actuals``), so both are kept: what was cancelled by the day it fell through, and by the day that
it had counted on.
"""

from __future__ import annotations

from sqlalchemy import func, literal

from salesdesk.sales.tables import deal, deal_share, payment, payment_share
from salesdesk.storage.day_counts import Source, declare

#: The stages by which deals count.
STAGES = ("subscribed", "contracted")
#: Payments received.
PAID = "payment"
_FIGURES = {
    "number": deal_share.c.deals,
    "quantity": deal_share.c.quantity,
    "amount": deal_share.c.amount,
    # Nothing where the cost isn't known: such a deal brings no profit that can be told.
    "profit": func.coalesce(deal_share.c.amount - deal_share.c.cost, 0),
    "commission": deal_share.c.commission,
}


def reached(stage: str) -> str:
    """The count of deals by the day of a stage, cancelled or not."""
    return f"deal.{stage}"


def fallen_through(stage: str) -> str:
    """The count of deals that had reached a stage, by the day they were cancelled."""
    return f"deal.{stage}.cancelled"


def void(stage: str) -> str:
    """The count of deals cancelled since, by the day of the stage."""
    return f"deal.{stage}.void"


for _stage in STAGES:
    _on, _month = deal.c[f"{_stage}_on"], deal.c[f"{_stage}_month"]
    for _what, _day, _of, _where in (
        (reached(_stage), _on, _month, _on.is_not(None)),
        (fallen_through(_stage), deal.c.cancelled_on, deal.c.cancelled_month, _on.is_not(None)),
        (void(_stage), _on, _month, deal.c.cancelled_on.is_not(None)),
    ):
        declare(
            Source(
                what=literal(_what),
                day=_day,
                month=_of,
                person=deal_share.c.person_id,
                product=deal.c.product_id,
                figures=_FIGURES,
                joined=(deal_share.c.deal_id == deal.c.id,),
                where=_where,
            )
        )
declare(
    Source(
        what=literal(PAID),
        day=payment.c.paid_on,
        month=payment.c.paid_month,
        person=payment_share.c.person_id,
        product=deal.c.product_id,
        figures={"amount": payment_share.c.amount},
        joined=(payment_share.c.payment_id == payment.c.id, deal.c.id == payment.c.deal_id),
    )
)

"""How far customers came in the period: from the first contact to the money.

A stage counts the customers who came at least that far, so that no stage has more than the one
before it, even where one is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select

from salesdesk.customers import contacts
from salesdesk.customers.kinds import WALK_INS
from salesdesk.customers.tables import activity
from salesdesk.planning.places import OFFICE
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell, share_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.sales.tables import deal, deal_share, payment
from salesdesk.text import _, mark

STAGES: Mapping[str, str] = {
    "contact": mark("In contact"),
    "visit": mark("Visit or walk-in"),
    "intention": mark("Intention"),
    "subscribed": mark("Subscription"),
    "contracted": mark("Contract"),
    "collected": mark("Collection"),
}
#: A message to everybody and a gift sent don't bring anyone to the first stage.
_CONTACTS = ("call", "effective_call", "call_received")
_VISITS = ("visit", *sorted(WALK_INS))
_DEALS = ("intention", "subscribed", "contracted")


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """How many customers came at least this far, and which share of the stage before that is."""

    code: str
    count: int
    conversion: Fraction | None


def read(reading: Reading) -> list[FunnelStage]:
    """The stages that the office uses. A contact without a customer's name counts as one more."""
    reached: dict[str, set[int]] = {code: set() for code in STAGES}
    unnamed = dict.fromkeys(STAGES, 0)
    _add_contacts(reading, reached, unnamed)
    _add_deals(reading, reached)
    stages: list[FunnelStage] = []
    farther: set[int] = set()
    farther_unnamed = 0
    counts: dict[str, int] = {}
    for code in reversed(list(STAGES)):
        farther |= reached[code]
        farther_unnamed += unnamed[code]
        counts[code] = len(farther) + farther_unnamed
    before: int | None = None
    for code in STAGES:
        if code in ("intention", "subscribed") and not _is_used(reading, code):
            continue
        share = Fraction(counts[code], before) if before else None
        stages.append(FunnelStage(code, counts[code], share))
        before = counts[code]
    return stages


def _add_contacts(reading: Reading, reached: dict[str, set[int]], unnamed: dict[str, int]) -> None:
    rows = reading.db.execute(
        select(activity.c.kind, activity.c.customer_id, func.count())
        .where(
            reading.days(activity.c.day, activity.c.month),
            activity.c.kind.in_((*_CONTACTS, *_VISITS)),
            contacts.is_contact(),
            *reading.of_people(activity.c.person_id),
        )
        .group_by(activity.c.kind, activity.c.customer_id)
    )
    for kind, customer_id, count in rows:
        stage = "visit" if kind in _VISITS else "contact"
        if customer_id is None:
            unnamed[stage] += count
        else:
            reached[stage].add(customer_id)


def _add_deals(reading: Reading, reached: dict[str, set[int]]) -> None:
    """Customers by the stages that their standing deals reached in the period.

    Collected is the contract of the period of which anything was paid by now.
    """
    for stage in _DEALS:
        query = select(deal.c.customer_id).where(reading.dated(deal, stage), reading.standing())
        if reading.who != OFFICE:
            query = query.join(deal_share, deal_share.c.deal_id == deal.c.id).where(
                *reading.of_people(deal_share.c.person_id)
            )
        reached[stage].update(reading.db.execute(query).scalars())
    query = (
        select(deal.c.customer_id)
        .join(payment, payment.c.deal_id == deal.c.id)
        .where(
            reading.dated(deal, "contracted"), reading.standing(), payment.c.paid_on < reading.until
        )
    )
    if reading.who != OFFICE:
        query = query.join(deal_share, deal_share.c.deal_id == deal.c.id).where(
            *reading.of_people(deal_share.c.person_id)
        )
    reached["collected"].update(reading.db.execute(query).scalars())


def _is_used(reading: Reading, stage: str) -> bool:
    """Whether the office dates a stage at all: a shop knows no intention."""
    month = deal.c[f"{stage}_month"]
    return reading.db.execute(select(month).where(month > 0).limit(1)).first() is not None


def _lay_out(stages: Sequence[FunnelStage], _facts: Facts) -> Content:
    if not any(stage.count for stage in stages):
        return Content([])
    columns = [
        Column(_("Stage"), 2, "left"),
        Column(_("Customers"), 1),
        Column(_("Of the stage before"), 1.4),
    ]
    rows: list[list[Cell | str]] = [
        [_(STAGES[stage.code]), count_cell(stage.count), share_cell(stage.conversion)]
        for stage in stages
    ]
    return Content([Table(columns, rows)], _("Customers who came at least this far"))


def _as_json(stages: Sequence[FunnelStage], _facts: Facts) -> object:
    return [
        {"stage": stage.code, "count": stage.count, "conversion": stage.conversion}
        for stage in stages
    ]


FUNNEL = SectionKind("funnel", mark("From contact to collection"), read, _lay_out, _as_json)

"""The tables of the planning room.

A target or remark stands at a place: who (office when neither team nor person is named, else a
team, else a person), optionally a product, and a period by kind and first day. Values are
integers in the measure's smallest step.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Text, func, text

from salesdesk.storage.schema import Cents, reference, table

plan = table(
    "plan",
    Column("title", String(120), nullable=False),
    reference("team_id", "team", nullable=True),  # whose plan: the office's when both are null
    reference("person_id", "person", nullable=True),
    Column("period_kind", String(8), nullable=False),
    Column("start_day", Date, nullable=False),
    Column("end_day", Date, nullable=False),  # exclusive
    Column("template", String(40), nullable=False, server_default=""),
    Column("status", String(10), nullable=False, server_default="draft"),
    Column("text", Text, nullable=False, server_default=""),  # headings "# ", items "1. ", "- "
    Column("revision", Integer, nullable=False, server_default="1"),
)
target = table(
    "target",
    reference("plan_id", "plan"),
    reference("measure_id", "measure"),
    Column("tier", String(8), nullable=False),  # assigned, goal, stretch
    reference("team_id", "team", nullable=True),
    reference("person_id", "person", nullable=True),
    reference("product_id", "product", nullable=True),
    Column("period_kind", String(8), nullable=False),
    Column("start_day", Date, nullable=False),
    Column("value", Cents, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=text("0")),
    # Which targets count in a period is asked for every meter and every report.
    Index("ix_target_start_day_period_kind", "start_day", "period_kind"),
    # A person's meters need theirs alone.
    Index("ix_target_person_id_start_day", "person_id", "start_day"),
)
#: What a month (or other period) of a person's measure was explained by.
remark = table(
    "remark",
    reference("plan_id", "plan"),
    reference("measure_id", "measure"),
    reference("team_id", "team", nullable=True),
    reference("person_id", "person", nullable=True),
    reference("product_id", "product", nullable=True),
    Column("period_kind", String(8), nullable=False),
    Column("start_day", Date, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("countermeasure", Text, nullable=False, server_default=""),
)
#: The office's own measures are counted by hand, a figure a day and person.
hand_count = table(
    "hand_count",
    reference("measure_id", "measure"),
    reference("person_id", "person"),
    reference("product_id", "product", nullable=True),
    Column("day", Date, nullable=False),
    Column("month", Integer, nullable=False),
    Column("value", Cents, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_hand_count_month_measure_id", "month", "measure_id", "person_id"),
)

# One value at a place. Null would differ from null, so the office and "all products" count as 0.
Index(
    "uq_target_place",
    target.c.plan_id,
    target.c.measure_id,
    target.c.tier,
    func.coalesce(target.c.team_id, 0),
    func.coalesce(target.c.person_id, 0),
    func.coalesce(target.c.product_id, 0),
    target.c.period_kind,
    target.c.start_day,
    unique=True,
)
Index(
    "uq_remark_place",
    remark.c.plan_id,
    remark.c.measure_id,
    func.coalesce(remark.c.team_id, 0),
    func.coalesce(remark.c.person_id, 0),
    func.coalesce(remark.c.product_id, 0),
    remark.c.period_kind,
    remark.c.start_day,
    unique=True,
)

"""The tables of the planning room.

A target or remark stands at a place: who (office when neither team nor person is named, else a
team, else a person), optionally a product or a category of products, and a period by kind and first
day. Values are integers in the measure's smallest step.

A plan's text is its items, in order, each with a level; the figures in their words are the numbers
of the rules that the item carries (``items``, ``wording``).
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)

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
    Column("revision", Integer, nullable=False, server_default="1"),
    # Grows with every writing of the items, so that the plan's version does too.
    Column("wording", Integer, nullable=False, server_default="0"),
    Column("reviewed", String(60), nullable=False, server_default=""),  # "week,month": what is due
    reference("parent_id", "plan", nullable=True),  # the wider plan that its targets come from
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
    Column("category", String(60), nullable=False, server_default=""),  # of products
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
    Column("category", String(60), nullable=False, server_default=""),
    reference("cause_id", "miss_cause", nullable=True),
    Column("root_cause", Text, nullable=False, server_default=""),
    Column("prevention", Text, nullable=False, server_default=""),
)
#: The office's list of causes of a miss: outside or inside.
miss_cause = table(
    "miss_cause",
    Column("name", String(60), nullable=False, server_default=""),
    Column("side", String(10), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("1")),
    Column("position", Integer, nullable=False, server_default="0"),
)
#: The office's own templates: a plan's items, rules and targets as JSON, without whose and when.
plan_template = table(
    "plan_template",
    Column("name", String(120), nullable=False, server_default=""),
    Column("about", Text, nullable=False, server_default=""),
    Column("contents", Text, nullable=False, server_default=""),
)
#: A piece of a plan's outline. ``words`` hold "{1}" where the figure of the item's rule 1 stands;
#: of an item of kind "figures" they are what its table shows.
plan_item = table(
    "plan_item",
    reference("plan_id", "plan"),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False, server_default="0"),  # 0 the outermost
    Column("kind", String(10), nullable=False, server_default=""),  # items.KINDS
    Column("words", Text, nullable=False, server_default=""),
    Index("ix_plan_item_plan_id_position", "plan_id", "position"),
)
#: A rule that an item carries. Which columns say something depends on its kind (``live.kinds``); a
#: target's value is that of the grid's cells and stands nowhere here.
item_rule = table(
    "item_rule",
    reference("plan_item_id", "plan_item"),
    Column("number", Integer, nullable=False, server_default="0"),  # the figure's in the words
    Column("kind", String(12), nullable=False, server_default=""),
    Column("written", String(60), nullable=False, server_default=""),  # the figure as typed
    reference("measure_id", "measure", nullable=True),
    Column("tier", String(8), nullable=False, server_default=""),
    Column("value", Cents, nullable=True),
    Column("highest", Cents, nullable=True),  # the upper end of a range
    Column("every", String(10), nullable=False, server_default=""),
    Column("step", Integer, nullable=False, server_default="1"),  # every so many periods
    Column("at", String(12), nullable=False, server_default=""),  # start, end, friday, 25, 06-30
    Column("days", Integer, nullable=True),
    Column("period", String(10), nullable=False, server_default=""),  # Q1, M3, H1 of the plan's
    Column("grade", String(1), nullable=False, server_default=""),
    Column("state", String(12), nullable=False, server_default=""),
    Column("category", String(60), nullable=False, server_default=""),
    reference("product_id", "product", nullable=True),
    reference("team_id", "team", nullable=True),  # for whom, where not the plan's owner
    reference("person_id", "person", nullable=True),
    Column("whom", String(6), nullable=False, server_default=""),  # "each": of them apart
    Column("growth", Integer, nullable=True),  # in hundredths of a per cent
    Column("over", String(12), nullable=False, server_default=""),  # last_year, last_period
    Column("words", Text, nullable=False, server_default=""),  # what is done; when it happens
    Column("steps", Text, nullable=False, server_default=""),  # what is done then, a line each
    Index("ix_item_rule_plan_item_id", "plan_item_id"),
)
#: A summary that somebody wrote: of a plan, or of all that one's plans ask.
review = table(
    "review",
    reference("plan_id", "plan", nullable=True),
    reference("team_id", "team", nullable=True),
    reference("person_id", "person", nullable=True),
    Column("period_kind", String(8), nullable=False, server_default=""),  # or "stage"
    Column("start_day", Date, nullable=False),
    Column("end_day", Date, nullable=False),  # exclusive
    Column("status", String(10), nullable=False, server_default=""),  # draft, written, seen
    Column("done", Text, nullable=False, server_default=""),
    Column("problems", Text, nullable=False, server_default=""),
    Column("lessons", Text, nullable=False, server_default=""),
    Column("next", Text, nullable=False, server_default=""),
    Column("figures", Text, nullable=False, server_default=""),  # as they were, JSON
    Column("written_at", DateTime, nullable=True),
    Column("comment", Text, nullable=False, server_default=""),  # the superior's
    reference("seen_by", "person", nullable=True),
    Column("seen_at", DateTime, nullable=True),
    Index("ix_review_start_day_person_id", "start_day", "person_id"),
)
#: Something to do on a day, entered by itself or touched of what a rule repeats (``occurrence`` is
#: the day it fell on), or put right after a review.
task = table(
    "task",
    reference("item_rule_id", "item_rule", nullable=True),
    Column("occurrence", Date, nullable=True),
    reference("review_id", "review", nullable=True),
    reference("remark_id", "remark", nullable=True),
    reference("person_id", "person", nullable=True),
    reference("customer_id", "customer", nullable=True),
    Column("kind", String(12), nullable=False, server_default=""),  # tasks.KINDS
    Column("words", Text, nullable=False, server_default=""),
    Column("day", Date, nullable=False),
    Column("begins", String(5), nullable=False, server_default=""),  # 09:30
    Column("ends", String(5), nullable=False, server_default=""),
    Column("status", String(10), nullable=False, server_default="open"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("done_on", Date, nullable=True),
    Index("ix_task_day_person_id", "day", "person_id"),
    Index("ix_task_item_rule_id_occurrence", "item_rule_id", "occurrence"),
)
#: What somebody says of a plan or one of its items.
plan_comment = table(
    "plan_comment",
    reference("plan_id", "plan"),
    reference("plan_item_id", "plan_item", nullable=True),
    reference("person_id", "person", nullable=True),
    Column("written_at", DateTime, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    Column("settled", Boolean, nullable=False, server_default=text("0")),
    Index("ix_plan_comment_plan_id", "plan_id"),
)
#: What a plan was before it was taken up again: its items, rules and targets as JSON.
plan_revision = table(
    "plan_revision",
    reference("plan_id", "plan"),
    Column("number", Integer, nullable=False, server_default="0"),
    Column("reason", String(12), nullable=False, server_default=""),  # why it was taken up again
    Column("words", Text, nullable=False, server_default=""),
    reference("person_id", "person", nullable=True),
    Column("made_at", DateTime, nullable=False),
    Column("contents", Text, nullable=False, server_default=""),
    UniqueConstraint("plan_id", "number"),
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
    target.c.category,
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
    remark.c.category,
    remark.c.period_kind,
    remark.c.start_day,
    unique=True,
)

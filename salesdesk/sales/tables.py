"""The tables of the sales room. Amounts are cents; counts of credited parts are hundredths."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Text, text

from salesdesk.storage.schema import Cents, reference, table

product = table(
    "product",
    Column("name", String(120), nullable=False, unique=True),
    Column("category", String(60), nullable=False, server_default=""),
    Column("unit", String(20), nullable=False, server_default=""),
    Column("price", Cents, nullable=False, server_default="0"),
    Column("cost", Cents),  # of one piece; null: not known
    Column("profit_floor", Cents),  # least profit of one piece; none set: no floor
    Column("commission_rate", Integer, nullable=False, server_default="0"),  # of 10,000
    Column("active", Boolean, nullable=False, server_default=text("1")),
)
#: ``*_month`` (202611) repeats each stage's date, so that a month's figures read one stretch of
#: an index. A cancelled deal keeps its dates; ``cancelled_on`` says when it fell through.
deal = table(
    "deal",
    reference("customer_id", "customer", index=True),
    reference("product_id", "product"),
    Column("unit_label", String(60), nullable=False, server_default=""),  # house number, serial
    Column("quantity", Integer, nullable=False, server_default="1"),
    Column("amount", Cents, nullable=False),
    Column("cost", Cents),  # null: not known, and so no profit
    Column("commission", Cents, nullable=False, server_default="0"),
    Column("intention_on", Date),
    Column("intention_month", Integer),
    Column("subscribed_on", Date),
    Column("subscribed_month", Integer),
    Column("contracted_on", Date),
    Column("contracted_month", Integer),
    Column("cancelled_on", Date),
    Column("cancelled_month", Integer),
    Column("cancel_reason", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_deal_intention_month", "intention_month"),
    Index("ix_deal_subscribed_month", "subscribed_month"),
    Index("ix_deal_contracted_month", "contracted_month"),
    Index("ix_deal_cancelled_month", "cancelled_month"),
)
#: Who is credited with which part of a deal; the parts sum to the deal exactly.
deal_share = table(
    "deal_share",
    reference("deal_id", "deal", index=True),
    reference("person_id", "person"),
    Column("basis_points", Integer, nullable=False),  # of 10,000
    Column("amount", Cents, nullable=False),
    Column("cost", Cents),
    Column("commission", Cents, nullable=False),
    Column("quantity", Integer, nullable=False),  # hundredths of a piece
    Column("deals", Integer, nullable=False),  # hundredths of a deal
    edited=False,
)
payment = table(
    "payment",
    reference("deal_id", "deal", index=True),
    Column("amount", Cents, nullable=False),
    Column("due_on", Date),
    Column("paid_on", Date),
    Column("paid_month", Integer, index=True),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_payment_due_on", "due_on"),
    # What hasn't been received stands together in it, by the day it was due.
    Index("ix_payment_paid_on_due_on", "paid_on", "due_on"),
)
#: Who is credited with which part of a payment, by the deal's shares; the parts sum exactly.
payment_share = table(
    "payment_share",
    reference("payment_id", "payment", index=True),
    reference("person_id", "person"),
    Column("amount", Cents, nullable=False),
    edited=False,
)

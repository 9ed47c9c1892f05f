"""The tables of the customers room."""

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
    bindparam,
    func,
    text,
)

from salesdesk.storage.schema import Cents, reference, table
from salesdesk.storage.search_index import SEARCHED

#: ``last_*`` and ``next_contact_on`` repeat what the latest contact says, so that the list of
#: who is due costs by the due, not by the history; contacts.follow alone sets them.
customer = table(
    "customer",
    Column("name", String(80), nullable=False),
    Column("company", String(120), nullable=False, server_default=""),
    Column("phones", String(200), nullable=False, server_default=""),  # as shown, "; " between
    Column("region", String(60), nullable=False, server_default=""),
    Column("source", String(40), nullable=False, server_default=""),
    Column("grade", String(1), nullable=False, server_default=""),  # A, B, C or none
    Column("state", String(12), nullable=False, server_default="potential"),
    # What a contract took the customer out of; empty where none did (closings.py).
    Column("state_before", String(12), nullable=False, server_default=""),
    reference("owner_id", "person", nullable=True),
    Column("needs", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    # Name, pinyin, initials, company, phones.
    Column("search_key", String(500), nullable=False, info=SEARCHED),
    Column("name_key", String(80), nullable=False, server_default="", index=True),
    Column("name_sort", String(80), nullable=False, server_default=""),  # names.sort_key
    Column("company_sort", String(80), nullable=False, server_default=""),
    Column("registered_on", Date, nullable=False),
    Column("registered_month", Integer, nullable=False),  # 202611
    Column("last_contact_on", Date),
    Column("last_words", Text, nullable=False, server_default=""),
    Column("next_contact_on", Date),
    # What was agreed in activities up to this id was set aside by a new grade.
    Column("agreed_after", Integer, nullable=False, server_default=text("0")),
    Index("ix_customer_owner_id_next_contact_on", "owner_id", "next_contact_on"),
    Index("ix_customer_registered_month_owner_id", "registered_month", "owner_id", "state"),
    # The orders of lists (paging.py). Where many have the same, new rows come at the end.
    Index("ix_customer_name_sort", "name_sort", "id"),
    Index("ix_customer_company_sort", "company_sort", "id"),
    Index("ix_customer_phones", "phones", "id"),
    Index("ix_customer_region", "region", "id"),
    Index("ix_customer_source", "source", "id"),
    Index("ix_customer_grade", "grade", "id"),
    Index("ix_customer_state", "state", "id"),
    Index("ix_customer_owner_id", "owner_id", "id"),
    Index("ix_customer_registered_on", "registered_on", "id"),
    Index("ix_customer_last_contact_on", "last_contact_on", "id"),
    Index("ix_customer_next_contact_on", "next_contact_on", "id"),
    # What cadences are reckoned by, of everybody's customers.
    Index("ix_customer_care", "grade", "state", "last_contact_on", "registered_on"),
    # All that lists are filtered by: several filters are answered without reading customers.
    Index(
        "ix_customer_facets",
        "state", "grade", "source", "region", "owner_id", "next_contact_on", "id",
    ),
)  # fmt: skip
#: Needs are texts of any length: lists are sorted by how they begin.
FIRST_NEEDS = 24
# Written out, not handed over: else SQLite doesn't see that it is what the index holds.
first_needs = func.substr(
    customer.c.needs,
    bindparam("first", 1, literal_execute=True),
    bindparam("length", FIRST_NEEDS, literal_execute=True),
    type_=String,
)
Index("ix_customer_needs", first_needs, customer.c.id)
#: One row per number, digits only: the same person is the same phone.
customer_phone = table(
    "customer_phone",
    reference("customer_id", "customer", index=True),
    Column("number", String(20), nullable=False, index=True),
    edited=False,
)
activity = table(
    "activity",
    reference("customer_id", "customer", nullable=True),
    reference("person_id", "person"),
    Column("kind", String(16), nullable=False),  # activities.KINDS
    Column("at", DateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("month", Integer, nullable=False),  # 202611
    Column("words", Text, nullable=False, server_default=""),
    Column("next_contact_on", Date),
    Column("cost", Cents, nullable=False, server_default="0"),  # cents; gifts and entertainment
    Column("answered", Boolean, nullable=False, server_default=text("1")),
    Column("repeated", Boolean, nullable=False, server_default=text("0")),  # not the first walk-in
    # Month first: a month's figures then read one stretch of the index (day and repeated last
    # cover a day's and a week's quota and first walk-ins too).
    Index("ix_activity_month_person_id_kind_day", "month", "person_id", "kind", "day", "repeated"),
    Index("ix_activity_customer_id_at", "customer_id", "at"),
)

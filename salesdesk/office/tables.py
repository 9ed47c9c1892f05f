"""The tables of the office room."""

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
    text,
)

from salesdesk.storage.schema import Cents, reference, table

#: Settings of the office, each a JSON value under its key (see settings.Settings).
setting = table(
    "setting",
    Column("key", String(60), nullable=False, unique=True),
    Column("value", Text, nullable=False),
)
team = table(
    "team",
    Column("name", String(80), nullable=False, unique=True),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("active", Boolean, nullable=False, server_default=text("1")),
)
person = table(
    "person",
    Column("name", String(80), nullable=False, unique=True),
    Column("search_key", String(200), nullable=False),
    Column("role", String(12), nullable=False),  # people.ROLES
    reference("team_id", "team", nullable=True, index=True),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("joined_on", Date),
    Column("left_on", Date),
    Column("active", Boolean, nullable=False, server_default=text("1")),
    Column("pin_hash", String(120), nullable=False, server_default=""),  # argon2; empty: no PIN
)
#: Which team a person was in since when, until the next row: a month's figures count for the team
#: the person was in on its last day. ``person.team_id`` repeats the newest row.
membership = table(
    "membership",
    reference("person_id", "person"),
    reference("team_id", "team", nullable=True),
    Column("since", Date, nullable=False),
    UniqueConstraint("person_id", "since"),
    edited=False,
)
#: What somebody asked leave for and what was decided: a plan, a deal below its floor, whatever
#: comes. ``subject`` and ``subject_id`` name the row it is about, ``rule`` what it would break.
approval = table(
    "approval",
    Column("subject", String(40), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("rule", String(30), nullable=False),
    Column("value", Cents),  # what is allowed, in the rule's own unit: cents below a floor
    reference("person_id", "person"),  # who asks
    Column("asked_at", DateTime, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    Column("state", String(10), nullable=False, server_default="asked"),  # approvals.STATES
    reference("decided_by", "person", nullable=True),
    Column("decided_at", DateTime),
    Column("answer", Text, nullable=False, server_default=""),
    Index("ix_approval_subject_subject_id", "subject", "subject_id"),
    Index("ix_approval_state", "state"),
)
#: Absence of a person; ``cover_id`` looks after the person's customers meanwhile.
leave = table(
    "leave",
    reference("person_id", "person", index=True),
    reference("cover_id", "person", nullable=True),
    Column("first_day", Date, nullable=False),
    Column("end_day", Date, nullable=False),  # the first day back
    Column("note", Text, nullable=False, server_default=""),
)
#: Days that differ from their weekday: public holidays and the weekends worked in exchange.
calendar_day = table(
    "calendar_day",
    Column("day", Date, nullable=False, unique=True),
    Column("working", Boolean, nullable=False),
    Column("name", String(60), nullable=False, server_default=""),
    Column("provisional", Boolean, nullable=False, server_default=text("0")),
    # Closed even where the office works on holidays and weekends: a stocktaking, a family feast.
    Column("closed", Boolean, nullable=False, server_default=text("0")),
)
#: What is measured. Values are integers of 10**-digits; a split gives multiples of ``step``.
measure = table(
    "measure",
    Column("code", String(30), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("unit", String(20), nullable=False),
    Column("digits", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("counts", String(30), nullable=False),  # how the actual is counted: measures.COUNTS
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("active", Boolean, nullable=False, server_default=text("1")),
    # flow: sums over time; level: what holds at a period's end; ratio: a numerator by a denominator
    Column("nature", String(6), nullable=False, server_default="flow"),
    Column("among", Text, nullable=False, server_default=""),  # the filter: measures.Among as JSON
    reference("numerator_id", "measure", nullable=True),
    reference("denominator_id", "measure", nullable=True),
)

"""The house made ready: approvals, PINs, seats, unknown costs, walk-ins told apart."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0003"
down_revision = "0002"

#: code, English name, Chinese name, English unit, Chinese unit
_MEASURES = (
    ("calls_received", "Calls received", "来电", "calls", "通"),
    ("walk_ins", "Walk-ins", "来访", "visits", "次"),
    ("first_walk_ins", "First walk-ins", "首访", "visits", "次"),
    ("repeat_walk_ins", "Repeat walk-ins", "复访", "visits", "次"),
    ("invited_walk_ins", "Invited walk-ins", "邀约到访", "visits", "次"),
)


def upgrade() -> None:
    """Widen the tables, then fill in what follows from what stands there."""
    _add("person", [sa.Column("pin_hash", sa.String(120), server_default="", nullable=False)])
    _add("history", [sa.Column("seat", sa.String(36), server_default="", nullable=False)])
    op.create_index("ix_history_seat", "history", ["seat"])
    _add(
        "calendar_day",
        [sa.Column("closed", sa.Boolean(), server_default=sa.text("0"), nullable=False)],
    )
    _approvals()
    _unknown_costs()
    _walk_ins()
    _customers()
    _measures()
    _search_keys()
    _phones()


@contextmanager
def _rebuilt(table: str) -> Iterator[BatchOperations]:
    """Write a table anew; the ids of rows that were deleted stay used."""
    db = op.get_bind()
    used = db.execute(
        sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table}
    ).scalar()
    with op.batch_alter_table(
        table, recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as batch:
        yield batch
    if used is not None:
        db.execute(
            sa.text("UPDATE sqlite_sequence SET seq = :used WHERE name = :name"),
            {"used": used, "name": table},
        )
        db.execute(
            sa.text(
                "INSERT INTO sqlite_sequence (name, seq) SELECT :name, :used"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)"
            ),
            {"used": used, "name": table},
        )


def _add(table: str, columns: Sequence[sa.Column[Any]]) -> None:
    with _rebuilt(table) as batch:
        for column in columns:
            batch.add_column(column)


def _approvals() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(10), server_default="asked", nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_approval_person_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_approval_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_approval"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approval_subject_subject_id", "approval", ["subject", "subject_id"])
    op.create_index("ix_approval_state", "approval", ["state"])


def _unknown_costs() -> None:
    """A cost of 0 was what an empty field left: nobody had said what the goods cost."""
    for table in ("product", "deal", "deal_share"):
        with _rebuilt(table) as batch:
            batch.alter_column(
                "cost", existing_type=sa.Integer(), nullable=True, server_default=None
            )
    op.execute("UPDATE product SET cost = NULL WHERE cost = 0")
    op.execute(
        "UPDATE deal_share SET cost = NULL"
        " WHERE deal_id IN (SELECT id FROM deal WHERE cost = 0 AND amount <> 0)"
    )
    op.execute("UPDATE deal SET cost = NULL WHERE cost = 0 AND amount <> 0")


def _walk_ins() -> None:
    _add(
        "activity",
        [
            sa.Column("answered", sa.Boolean(), server_default=sa.text("1"), nullable=False),
            sa.Column("repeated", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        ],
    )
    op.drop_index("ix_activity_month_person_id_kind_day", "activity")
    op.execute(
        "UPDATE activity SET repeated = 1 WHERE kind = 'walk_in' AND id NOT IN ("
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY at, id)"
        " AS nth FROM activity WHERE kind = 'walk_in' AND customer_id IS NOT NULL) WHERE nth = 1)"
        " AND customer_id IS NOT NULL"
    )
    op.create_index(
        "ix_activity_month_person_id_kind_day",
        "activity",
        ["month", "person_id", "kind", "day", "repeated"],
    )


def _customers() -> None:
    """Keys of names; and who has signed a contract is no longer potential."""
    _add(
        "customer",
        [
            sa.Column("name_key", sa.String(80), server_default="", nullable=False),
            sa.Column("state_before", sa.String(12), server_default="", nullable=False),
            sa.Column("agreed_after", sa.Integer(), server_default=sa.text("0"), nullable=False),
        ],
    )
    db = op.get_bind()
    names = {row[0] for row in db.execute(sa.text("SELECT DISTINCT name FROM customer"))}
    keys = [
        {"name": name, "key": "".join(unicodedata.normalize("NFKC", name).split()).casefold()[:80]}
        for name in names
    ]
    if keys:
        db.execute(sa.text("UPDATE customer SET name_key = :key WHERE name = :name"), keys)
    op.create_index("ix_customer_name_key", "customer", ["name_key"])
    op.execute(
        "UPDATE customer SET state_before = state, state = 'closed' WHERE state <> 'closed' AND id"
        " IN (SELECT customer_id FROM deal WHERE contracted_on IS NOT NULL"
        " AND cancelled_on IS NULL)"
    )


def _measures() -> None:
    """The measures that this version counts, in use where showrooms need them."""
    db = op.get_bind()
    settings = {
        row[0]: json.loads(row[1]) for row in db.execute(sa.text("SELECT key, value FROM setting"))
    }
    if not settings:
        return  # a new file: its founding enters the measures
    english = settings.get("language") == "en"
    last = db.execute(sa.text("SELECT max(position) FROM measure")).scalar() or 0
    names = {row[0] for row in db.execute(sa.text("SELECT name FROM measure"))}
    for place, (code, name, chinese, unit, chinese_unit) in enumerate(_MEASURES, 1):
        called = name if english else chinese
        db.execute(
            sa.text(
                "INSERT INTO measure (code, name, unit, digits, step, counts, position, active)"
                " VALUES (:code, :name, :unit, 0, 1, :code, :position, :active)"
            ),
            {
                "code": code,
                "name": f"{called} 2" if called in names else called,
                "unit": unit if english else chinese_unit,
                "position": last + place,
                "active": settings.get("kind") == "property",
            },
        )


def _search_keys() -> None:
    """Make the keys that people and customers are found by anew.

    By the program's present rule and not by one written down here: a key must be what the search
    of the program that runs this revision looks for.
    """
    from salesdesk.customers.customers import key_of
    from salesdesk.office.names import search_key

    db = op.get_bind()
    people = db.execute(sa.text("SELECT id, name FROM person")).all()
    customers = db.execute(sa.text("SELECT id, name, company, phones FROM customer")).all()
    for table, keys in (
        ("person", [(row.id, search_key(row.name)[:200]) for row in people]),
        ("customer", [(row.id, key_of(row.name, row.company, row.phones)) for row in customers]),
    ):
        if keys:
            db.execute(
                sa.text(f"UPDATE {table} SET search_key = :key WHERE id = :id"),
                [{"id": row_id, "key": key} for row_id, key in keys],
            )


def _phones() -> None:
    """Put numbers without trunk zeros and extensions in place of those that had them."""
    from salesdesk.office.phones import numbers_in

    db = op.get_bind()
    kept: dict[int, list[str]] = {}
    for customer_id, number in db.execute(
        sa.text("SELECT customer_id, number FROM customer_phone ORDER BY id")
    ):
        kept.setdefault(customer_id, []).append(number)
    for customer_id, phones in db.execute(sa.text("SELECT id, phones FROM customer")).all():
        numbers = numbers_in(phones)
        if numbers == kept.get(customer_id, []):
            continue
        db.execute(
            sa.text("DELETE FROM customer_phone WHERE customer_id = :id"), {"id": customer_id}
        )
        for number in numbers:
            db.execute(
                sa.text("INSERT INTO customer_phone (customer_id, number) VALUES (:id, :number)"),
                {"id": customer_id, "number": number},
            )

"""Plans that live: a plan's text as items with rules, tasks, reviews, comments and revisions.

What stood in ``plan.text`` becomes one item a line. Targets and remarks can be of a category of
products; a measure says what it counts, whether it flows, stands or is a ratio.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0007"
down_revision = "0006"

_CHINESE = "零〇一二三四五六七八九十百"
_HEADING = re.compile(
    rf"(?:第?[{_CHINESE}]{{1,4}}[章节条步部分]*[、.．:：]|[（(][{_CHINESE}]{{1,4}}[)）]).+"
)
_ITEM = re.compile(
    r"(?:\d{1,3}[、.．:：](?!\d)|\d{1,3}[)）][、.．:：]?|[（(]\d{1,3}[)）][、.．:：]?"
    r"|[\u2460-\u2473]|[-*•·●■◆] )\s*(.+)"
)


def upgrade() -> None:
    """Add the tables and columns, then turn the texts into items."""
    _tables()
    for table in ("target", "remark"):
        op.drop_index(f"uq_{table}_place", table)
    _add("target", [_text_column("category", 60)])
    _add(
        "remark",
        [
            _text_column("category", 60),
            sa.Column("cause_id", sa.Integer(), nullable=True),
            _words_column("root_cause"),
            _words_column("prevention"),
        ],
        [("fk_remark_cause_id", "miss_cause", "cause_id")],
    )
    for table, tier in (("target", "tier, "), ("remark", "")):
        op.execute(
            f"CREATE UNIQUE INDEX uq_{table}_place ON {table} (plan_id, measure_id, {tier}"
            "coalesce(team_id, 0), coalesce(person_id, 0), coalesce(product_id, 0), category,"
            " period_kind, start_day)"
        )
    _add(
        "measure",
        [
            sa.Column("nature", sa.String(6), server_default="flow", nullable=False),
            _words_column("among"),
            sa.Column("numerator_id", sa.Integer(), nullable=True),
            sa.Column("denominator_id", sa.Integer(), nullable=True),
        ],
        [
            ("fk_measure_numerator_id", "measure", "numerator_id"),
            ("fk_measure_denominator_id", "measure", "denominator_id"),
        ],
    )
    op.create_index(
        "ix_customer_care", "customer", ["grade", "state", "last_contact_on", "registered_on"]
    )
    _items()
    with _rebuilt("plan") as batch:
        batch.drop_column("text")
        batch.add_column(sa.Column("wording", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(_text_column("reviewed", 60))
        batch.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_plan_parent_id", "plan", ["parent_id"], ["id"])


def _tables() -> None:
    _make("miss_cause", _text_column("name", 60), _text_column("side", 10),
          _flag("active", "1"), _number("position"))  # fmt: skip
    _make("plan_template", _text_column("name", 120), _words_column("about"),
          _words_column("contents"))  # fmt: skip
    _make("plan_item", _refer("plan_item", "plan"), _number("position"), _number("level"),
          _text_column("kind", 10), _words_column("words"),
          *_keys("plan_item", "plan"))  # fmt: skip
    op.create_index("ix_plan_item_plan_id_position", "plan_item", ["plan_id", "position"])
    _make(
        "item_rule",
        _refer("item_rule", "plan_item"), _number("number"), _text_column("kind", 12),
        _text_column("written", 60), _refer("item_rule", "measure", False),
        _text_column("tier", 8),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=True),
        _text_column("every", 10), _number("step", "1"), _text_column("at", 12),
        sa.Column("days", sa.Integer(), nullable=True),
        _text_column("period", 10), _text_column("grade", 1), _text_column("state", 12),
        _text_column("category", 60), _refer("item_rule", "product", False),
        _refer("item_rule", "team", False), _refer("item_rule", "person", False),
        _text_column("whom", 6), sa.Column("growth", sa.Integer(), nullable=True),
        _text_column("over", 12), _words_column("words"), _words_column("steps"),
        *_keys("item_rule", "plan_item", "measure", "product", "team", "person"),
    )  # fmt: skip
    op.create_index("ix_item_rule_plan_item_id", "item_rule", ["plan_item_id"])
    _make(
        "review",
        _refer("review", "plan", False), _refer("review", "team", False),
        _refer("review", "person", False), _text_column("period_kind", 8),
        sa.Column("start_day", sa.Date(), nullable=False),
        sa.Column("end_day", sa.Date(), nullable=False),
        _text_column("status", 10), _words_column("done"), _words_column("problems"),
        _words_column("lessons"), _words_column("next"), _words_column("figures"),
        sa.Column("written_at", sa.DateTime(), nullable=True),
        _words_column("comment"), sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        *_keys("review", "plan", "team", "person"),
        sa.ForeignKeyConstraint(["seen_by"], ["person.id"], name="fk_review_seen_by"),
    )  # fmt: skip
    op.create_index("ix_review_start_day_person_id", "review", ["start_day", "person_id"])
    _make(
        "task",
        _refer("task", "item_rule", False), sa.Column("occurrence", sa.Date(), nullable=True),
        _refer("task", "review", False), _refer("task", "remark", False),
        _refer("task", "person", False), _refer("task", "customer", False),
        _text_column("kind", 12), _words_column("words"),
        sa.Column("day", sa.Date(), nullable=False), _text_column("begins", 5),
        _text_column("ends", 5), _text_column("status", 10, "open"), _words_column("reason"),
        sa.Column("done_on", sa.Date(), nullable=True),
        *_keys("task", "item_rule", "review", "remark", "person", "customer"),
    )  # fmt: skip
    op.create_index("ix_task_day_person_id", "task", ["day", "person_id"])
    op.create_index("ix_task_item_rule_id_occurrence", "task", ["item_rule_id", "occurrence"])
    _make(
        "plan_comment",
        _refer("plan_comment", "plan"), _refer("plan_comment", "plan_item", False),
        _refer("plan_comment", "person", False),
        sa.Column("written_at", sa.DateTime(), nullable=False), _words_column("words"),
        _flag("settled"),
        *_keys("plan_comment", "plan", "plan_item", "person"),
    )  # fmt: skip
    op.create_index("ix_plan_comment_plan_id", "plan_comment", ["plan_id"])
    _make(
        "plan_revision",
        _refer("plan_revision", "plan"), _number("number"), _text_column("reason", 12),
        _words_column("words"), _refer("plan_revision", "person", False),
        sa.Column("made_at", sa.DateTime(), nullable=False), _words_column("contents"),
        *_keys("plan_revision", "plan", "person"),
        sa.UniqueConstraint("plan_id", "number", name="uq_plan_revision_plan_id_number"),
    )  # fmt: skip


def _make(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def _text_column(name: str, length: int, default: str = "") -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), server_default=default, nullable=False)


def _words_column(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str, default: str = "0") -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=False)


def _flag(name: str, default: str = "0") -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text(default), nullable=False)


def _refer(_table: str, target: str, needed: bool = True) -> sa.Column[Any]:
    return sa.Column(f"{target}_id", sa.Integer(), nullable=not needed)


def _keys(table: str, *targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{target}_id"], [f"{target}.id"], name=f"fk_{table}_{target}_id")
        for target in targets
    ]


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
        db.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        db.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :used)"),
            {"used": used, "name": table},
        )


def _add(
    table: str,
    columns: Sequence[sa.Column[Any]],
    keys: Sequence[tuple[str, str, str]] = (),
) -> None:
    with _rebuilt(table) as batch:
        for column in columns:
            batch.add_column(column)
        for name, target, column_name in keys:
            batch.create_foreign_key(name, target, [column_name], ["id"])


def _items() -> None:
    """One item a line of each plan's text, below the headings it stood under."""
    db = op.get_bind()
    rows: list[dict[str, Any]] = []
    for plan_id, text in db.execute(sa.text("SELECT id, text FROM plan ORDER BY id")).all():
        below = 0
        lines = [line.strip().strip("\u3000") for line in text.splitlines()]
        for position, line in enumerate(line for line in lines if line):
            kind, level, words = "paragraph", below, line
            if line.startswith("#"):
                kind, words = "heading", line.lstrip("#").strip()
                level = min(len(line) - len(line.lstrip("#")), 4) - 1
                below = level + 1
            elif _HEADING.fullmatch(line) and len(line) <= 34 and line[-1] not in "。；;！!？?，,":
                kind = "heading"
                level = 0 if line[0] not in "（(" else 1
                below = level + 1
            else:
                item = _ITEM.fullmatch(line)
                if item is not None:
                    kind, words = "item", item[1]
            rows.append(
                {"plan_id": plan_id, "position": position, "level": level, "kind": kind,
                 "words": words.replace("{", "{{").replace("}", "}}")}
            )  # fmt: skip
    if rows:
        db.execute(
            sa.text(
                "INSERT INTO plan_item (plan_id, position, level, kind, words)"
                " VALUES (:plan_id, :position, :level, :kind, :words)"
            ),
            rows,
        )

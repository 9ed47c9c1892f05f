"""Day counts: what rows add up to by day and by month, kept by triggers.

The triggers and what stands in the tables follow from the program's own declaration, and are made
whenever an office is brought up to date (``migrations.upgrade``).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_FIGURES = ("number", "quantity", "amount", "profit", "commission")


def upgrade() -> None:
    """Add the tables, and an index for the targets of one person."""
    for name, key in (
        ("day_count", ("what", "month", "person_id", "day", "product_id")),
        ("month_count", ("what", "month", "person_id", "product_id")),
    ):
        op.create_table(
            name,
            *(sa.Column(column, _type(column), nullable=False) for column in key),
            *(
                sa.Column(figure, sa.Integer(), server_default=sa.text("0"), nullable=False)
                for figure in _FIGURES
            ),
            sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )
    op.create_index("ix_target_person_id_start_day", "target", ["person_id", "start_day"])


def _type(column: str) -> sa.types.TypeEngine[Any]:
    if column == "what":
        return sa.String(40)
    return sa.Date() if column == "day" else sa.Integer()

"""Teams over time: since when a person has been in which team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table; everybody counts as having always been where they are."""
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_membership_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint("person_id", "since", name="uq_membership_person_id_since"),
        sqlite_autoincrement=True,
    )
    # Nobody noted earlier teams.
    op.execute(
        "INSERT INTO membership (person_id, team_id, since)"
        " SELECT id, team_id, '1900-01-01' FROM person ORDER BY id"
    )

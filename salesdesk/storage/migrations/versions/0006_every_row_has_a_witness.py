"""Every row has a witness: sums of rows without a history, digests of the history's entries.

Versions of rows become what the history says: where a change had undone its own edit, they had gone
on without it. What stands in sums and digests follows from the rows, and is made whenever an office
is brought up to date (``migrations.upgrade``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add a table for the sums and a column for the digests; set versions right."""
    op.create_table(
        "row_sum",
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "block", name="pk_row_sum"),
        sqlite_with_rowid=False,
    )
    db = op.get_bind()
    used = db.execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'history'")).scalar()
    with op.batch_alter_table(
        "history", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as batch:
        batch.add_column(sa.Column("digest", sa.LargeBinary(), nullable=True))
    if used is not None:  # a new table counts from its newest row on
        db.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'history'"))
        db.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('history', :used)"),
            {"used": used},
        )
    tables = db.execute(sa.text("SELECT DISTINCT table_name FROM history_row")).scalars().all()
    for name in tables:
        columns = db.execute(sa.text("SELECT name FROM pragma_table_info(:name)"), {"name": name})
        if "version" in columns.scalars().all():
            _set_versions(db, name)


def _set_versions(db: sa.Connection, name: str) -> None:
    db.execute(
        sa.text(
            f'UPDATE "{name}" SET version = said.version FROM ('
            " SELECT row_id, CASE WHEN json_valid(after) THEN json_extract(after, '$.version') END"
            " AS version FROM history_row WHERE id IN"
            " (SELECT max(id) FROM history_row WHERE table_name = :name GROUP BY row_id)"
            f') AS said WHERE said.row_id = "{name}".id AND "{name}".version > said.version'
        ),
        {"name": name},
    )

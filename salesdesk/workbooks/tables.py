"""The table of quota sheets that went out."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, String, Text

from salesdesk.storage.schema import table

#: A sheet that went out, with the values it carried (JSON by row id and column), so that what
#: comes back can be compared with what went out even where its hidden sheet was lost.
quota_export = table(
    "quota_export",
    Column("uuid", String(36), nullable=False, unique=True),
    Column("plan_id", Integer, nullable=False, index=True),  # no reference: it outlives the plan
    Column("plan_revision", Integer, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("base", Text, nullable=False),
    edited=False,
)

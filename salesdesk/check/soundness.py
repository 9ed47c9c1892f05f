"""What a backup looks at before it lets earlier ones go: each row and each entry of the history."""

from __future__ import annotations

from sqlalchemy import Connection

from salesdesk.check import entries, history, unrecorded
from salesdesk.storage.soundness import examiner


@examiner
def rows_by_history(db: Connection) -> list[str]:
    """Rows that aren't as their last change left them; seconds in a large office."""
    return list(history.rows_by_history(db))


@examiner
def rows_by_sums(db: Connection) -> list[str]:
    """Rows that the history doesn't know and that aren't as they were written."""
    return list(unrecorded.rows_by_sums(db))


@examiner
def entries_by_digests(db: Connection) -> list[str]:
    """Entries of the history that aren't as they were written."""
    return list(entries.entries(db))

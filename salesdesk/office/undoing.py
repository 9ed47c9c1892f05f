"""Who may undo what in the history: one's own changes; others' only with the right for it."""

from __future__ import annotations

from sqlalchemy import Connection

from salesdesk.office import rights
from salesdesk.storage.history import Change
from salesdesk.storage.trail import HistoryEntry
from salesdesk.workspace import Workspace

RIGHT = "history.undo_others"


def undo_entry(workspace: Workspace, history_id: int) -> str:
    """Undo one entry of the history (take back an undo), whenever it was made; its label.

    Raises RightsError, NotFoundError, and ConflictError where others have built on it.
    """
    return workspace.undo_entry(history_id, _need)


def may_undo(db: Connection, actor_id: int | None, entry: HistoryEntry) -> bool:
    """Whether a person may undo an entry, whatever else stands in the way."""
    return entry.person_id == actor_id or rights.may(db, actor_id, RIGHT)


def _need(change: Change, entry: HistoryEntry) -> None:
    if not may_undo(change.connection, change.person_id, entry):
        rights.need(change, RIGHT)

"""The history's own entries, beside their digests and each other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from salesdesk.check.telling import MOST
from salesdesk.storage import entry_digests
from salesdesk.text import _, mark, quoted

_SENTENCES = {
    "entry": mark("Entry {id} of the history isn't as it was written: {label}."),
    "undone": mark(
        "Entry {id} of the history ({label}): whether it was undone doesn't agree with the entries "
        "after it."
    ),
    "gone": mark("Entry {id} of the history is gone."),
}


def entries(db: Connection) -> Iterator[str]:
    """Entries that aren't as they were written, or are gone."""
    found = 0
    for damaged in entry_digests.damaged(db):
        found += 1
        if found <= MOST:
            yield _(_SENTENCES[damaged.fault]).format(
                id=damaged.history_id, label=quoted(damaged.label)
            )
    if found > MOST:
        yield _("More entries of the history that are damaged: {count}.").format(count=found - MOST)

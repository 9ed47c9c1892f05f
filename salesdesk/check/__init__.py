"""What is wrong with an office file: the file itself, and what its rows repeat of each other.

For speed a date's month, a customer's last contact or what a deal credits to whom are kept beside
what they follow from. The program keeps them in step; this looks whether they are. Every look is
one pass of the database over a table, so that a large office takes seconds. Gaps between targets
are no problem: people leave them on purpose.

Each kind of look is a module: ``file`` the database's own pages, ``history`` each row beside what
its last change left, ``unrecorded`` rows beside the sums of what was written past the history,
``entries`` the history's own lines, ``rows`` what contradicts itself, ``search`` what customers are
found by, ``day_counts`` the sums that figures are read from. A further look is a function
``(Connection) -> Iterator[str]`` in :data:`LOOKS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from salesdesk.check import day_counts, entries, file, history, rows, search, unrecorded
from salesdesk.check.telling import MOST, Look
from salesdesk.errors import OfficeFileError
from salesdesk.storage import row_sums, search_index, triggers
from salesdesk.text import ngettext
from salesdesk.workspace import Workspace

__all__ = ["LOOKS", "MOST", "check", "repair", "untold"]

#: Told (looks done, all looks); what it raises ends the check.
Progress = Callable[[int, int], None]
#: How much of what is reported the look at the pages is, and each of the others.
_PAGES, _LOOK = 100, 10

#: In the order in which they are told.
LOOKS: tuple[Look, ...] = (
    file.columns,
    file.references,
    file.indexes,
    file.sequences,
    history.rows_by_history,
    unrecorded.rows_by_sums,
    entries.entries,
    rows.months,
    rows.rows,
    rows.credited,
    day_counts.kept_by_triggers,
    day_counts.day_counts,
    search.phones,
    search.search_keys,
    search.search_indexes,
    rows.periods,
    rows.people,
)


def untold(_done: int, _of: int) -> None:
    """For who doesn't ask how far it is."""


def check(
    office: Workspace | Path, password: str | None = None, progress: Progress = untold
) -> list[str]:
    """Whole sentences on what is wrong; none when the office is sound.

    ``progress`` hears how far it is: a gigabyte takes minutes.

    For a path the office is opened (an older one is brought up to date first) and closed again.
    Raises WrongPasswordError, and OfficeFileError when the file isn't there or no office at all.
    """
    if isinstance(office, Workspace):
        return _checked(office, progress)
    with Workspace.open(office, password) as workspace:
        return _checked(workspace, progress)


def repair(workspace: Workspace) -> None:
    """Make anew what only repeats rows and nobody enters: search index, day counts, row sums."""
    with workspace.unrecorded() as change:
        search_index.make(change.connection)
        with triggers.off(change.connection):
            pass  # counted anew when they are on again
        row_sums.mend(change.connection)


def _checked(workspace: Workspace, progress: Progress) -> list[str]:
    steps = _PAGES + _LOOK * len(LOOKS)
    progress(0, steps)
    last = 0

    def of_pages(part: float) -> None:
        nonlocal last
        done = int(part * (_PAGES - 1))
        if done > last:
            last = done
            progress(done, steps)

    try:
        damaged = workspace.read(file.pages, of_pages)
    except OfficeFileError as error:
        return [error.message]
    if damaged:
        return damaged  # rows of a damaged file say nothing
    problems: list[str] = []
    hidden = 0
    for place, look in enumerate(LOOKS):
        progress(_PAGES + _LOOK * place, steps)
        try:
            problems += workspace.read(_all_of, look)
        except OfficeFileError as error:
            problems.append(error.message)
        except (ValueError, LookupError, TypeError, ArithmeticError):
            # A value that no writer stores, a role that doesn't exist say: the looks before have
            # told of it where they could.
            hidden += 1
    if hidden:
        problems.append(
            ngettext(
                "{count} kind of fault couldn't be looked for: something that is damaged is in "
                "the way.",
                "{count} kinds of fault couldn't be looked for: something that is damaged is in "
                "the way.",
                hidden,
            ).format(count=hidden)
        )
    return list(dict.fromkeys(problems))


def _all_of(db: Connection, look: Look) -> list[str]:
    return list(look(db))

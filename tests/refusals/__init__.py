"""For each room a table of its writers: a call that a manager may make, and calls refused to all.

``tests/test_door.py`` walks the rooms' writers and fails for one that has no line here. The office
they are called in is :func:`prepared`: the staffed one of ``tests/offices.py`` with Rita, a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from salesdesk.office import people
from salesdesk.storage.history import Change
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office

#: The reader of :func:`prepared`.
RITA = 5

Call = Callable[[Change], object]


@dataclass(frozen=True)
class Line:
    """A writer with a call that is granted to a manager.

    ``refused`` are calls that are refused even to a manager, with a part of the sentence that says
    why. ``before`` is done first, by the manager; ``own`` calls that only concern who makes them
    aren't refused to a reader. ``by`` makes the calls, where it isn't the manager.
    """

    writer: Callable[..., object]
    call: Call
    refused: tuple[tuple[str, Call], ...] = ()
    before: Call | None = None
    own: bool = False
    by: int = STAFF.max

    @property
    def name(self) -> str:
        """The writer, as tests are named after it."""
        return f"{self.writer.__module__.removeprefix('salesdesk.')}.{self.writer.__name__}"


@contextmanager
def prepared(folder: Path, line: Line | None = None) -> Iterator[Workspace]:
    """The office in which the lines are called, with the manager at work."""
    with staffed_office(folder) as workspace:
        with workspace.change("Hire") as change:
            people.add_person(change, "Rita", role="reader")
        if line is not None and line.before is not None:
            with workspace.change("Before") as change:
                line.before(change)
        if line is not None and line.by != STAFF.max:
            workspace.work_as(line.by, workspace.read(people.person_by_id, line.by).name)
        yield workspace

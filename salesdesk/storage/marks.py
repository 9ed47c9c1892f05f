"""Sets of rows that are kept in memory for as long as nobody writes: which ids a condition leaves.

A set is a byte for each id there may be, 1 for those in it (300 KB for 300,000 rows). A query that
walks an index asks for the byte of each id, for a tenth of what reading the row costs, whatever
the condition was; intersecting and counting sets costs next to nothing. Making one costs what
finding its rows does, so that the last ones made stay with the connection until the office is
written to, by whomever.

PostgreSQL does the same with ``get_byte``; what tells there that nobody has written is a
transaction's snapshot, and until :func:`_version` knows that, nothing is kept there.
"""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, count, repeat

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, literal, select

from salesdesk.storage.engine import writes
from salesdesk.storage.expressions import gathered, marked
from salesdesk.storage.sqlite import changes_seen

#: Bytes of sets that a connection keeps; the ones used longest ago go first.
MOST_KEPT = 12_000_000
_KEPT = "salesdesk_marks"


@dataclass(frozen=True, slots=True)
class Marks:
    """A set of ids: ``flags[id]`` is 1 for those in it; ``number`` of them."""

    flags: bytes
    number: int

    def holding(self, ids: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether a row, by its id, is in the set; read from the set alone."""
        return marked(ids, literal(self.flags, LargeBinary()))

    def __iter__(self) -> Iterator[int]:
        """The ids, from the lowest."""
        return compress(count(), self.flags)

    def __and__(self, other: Marks) -> Marks:
        """What is in both."""
        length = min(len(self.flags), len(other.flags))
        both = int.from_bytes(self.flags[:length], "little")
        both &= int.from_bytes(other.flags[:length], "little")
        flags = both.to_bytes(length, "little")
        return Marks(flags, flags.count(1))


def of(ids: Sequence[int]) -> Marks:
    """The set of some ids, each named once."""
    flags = bytearray(max(ids, default=0) + 1)
    deque(map(flags.__setitem__, ids, repeat(1)), maxlen=0)  # the quickest loop there is
    return Marks(bytes(flags), len(ids))


def selected(db: Connection, query: Select[int]) -> Marks:
    """The set of the ids that a query of one column selects, each once."""
    ids = query.subquery("ids")
    listed = db.execute(select(gathered(ids.c[0]))).scalar()
    return of(json.loads(listed or "[]"))


def kept(db: Connection, key: str) -> Marks | None:
    """The set kept under a key, if nobody has written since it was made."""
    sets = _sets(db)
    if sets is None or key not in sets:
        return None
    sets.move_to_end(key)
    return sets[key]


def keep(db: Connection, key: str, make: Callable[[], Marks]) -> Marks:
    """The set kept under a key, else what ``make`` gives, which is kept."""
    known = kept(db, key)
    if known is not None:
        return known
    sets = _sets(db)
    marks = make()
    if sets is not None:
        sets[key] = marks
        while len(sets) > 1 and sum(len(each.flags) for each in sets.values()) > MOST_KEPT:
            sets.popitem(last=False)
    return marks


def forget(db: Connection) -> None:
    """Drop what a connection keeps."""
    db.info.pop(_KEPT, None)


def _sets(db: Connection) -> OrderedDict[str, Marks] | None:
    """What a connection keeps of the state it reads; None while it writes, which may be undone."""
    version = _version(db)
    if version is None:
        return None
    known: tuple[object, OrderedDict[str, Marks]] = db.info.get(_KEPT, (None, OrderedDict()))
    if known[0] != version:
        known = (version, OrderedDict())
        db.info[_KEPT] = known
    return known[1]


def _version(db: Connection) -> tuple[int, int] | None:
    if db.dialect.name != "sqlite" or writes(db):
        return None
    return changes_seen(db)

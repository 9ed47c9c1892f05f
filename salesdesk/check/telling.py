"""How a look tells of what it found: counted, or one by one up to a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Select, func, select

from salesdesk.text import _

#: Sentences of one kind that are told one by one; the rest is counted.
MOST = 20

#: Looks at one kind of damage: whole sentences, none where there is none.
Look = Callable[[Connection], Iterator[str]]


def counted(db: Connection, query: Select[tuple[int]], sentence: str) -> Iterator[str]:
    """``sentence``, translated, with {count} and the first {id} of ``query``'s ids, if any."""
    wrong = query.subquery("wrong")
    count, first = db.execute(select(func.count(), func.min(wrong.c.id))).one()
    if count:
        yield _(sentence).format(count=count, id=first)

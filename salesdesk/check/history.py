"""Rows beside the history: each as its last change left it, none gone, none come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from salesdesk import audit
from salesdesk.check.telling import MOST
from salesdesk.storage.comparison import Unlike, unlike_history
from salesdesk.storage.expressions import among
from salesdesk.storage.schema import all_tables
from salesdesk.storage.undo_rules import Derivation, derivations
from salesdesk.text import _

#: Made anew as a whole by other looks, from what is compared here.
_REPEATED_TABLES = frozenset({"customer_phone"})
#: What updates of the program have set in rows without a change that the history knows: by table
#: and column, what was recorded and what may stand there instead; None for whatever was recorded.
_UPDATED: Mapping[tuple[str, str], tuple[frozenset[Any] | None, Any]] = {
    # 0003: a cost of 0 had been what an empty field left.
    ("product", "cost"): (frozenset({0}), None),
    ("deal", "cost"): (frozenset({0}), None),
    ("deal_share", "cost"): (frozenset({0}), None),
    # 0003: who had signed a contract was no longer potential.
    ("customer", "state"): (None, "closed"),
}


def rows_by_history(db: Connection) -> Iterator[str]:
    """Rows that aren't what the history says, and images in it that contradict each other."""
    teller = audit.Teller(db, costs=False)
    found = 0
    for name, table in all_tables().items():
        if name in _REPEATED_TABLES:
            continue
        for unlike, columns in _really_unlike(db, table):
            found += 1
            if found <= MOST:
                yield _told(teller, name, unlike, columns)
    if found > MOST:
        yield _("More rows that aren't as the history says: {count}.").format(count=found - MOST)


def _really_unlike(db: Connection, table: Table) -> list[tuple[Unlike, tuple[str, ...]]]:
    """What differs and is no update of the program, nor a column reckoned anew since."""
    rows = list(unlike_history(db, table))
    columns = [
        {name for name in row.columns if not _by_update(table.name, name, row)} for row in rows
    ]
    for rule in derivations().get(table.name, ()):
        asked = [
            row.row_id
            for row, names in zip(rows, columns, strict=True)
            if not row.within and names & rule.columns
        ]
        wrong = _wrongly_derived(db, table, rule, asked) if asked else {}
        for row, names in zip(rows, columns, strict=True):
            # Undo doesn't go by what an image says of them either.
            names -= rule.columns - (
                frozenset() if row.within else wrong.get(row.row_id, frozenset())
            )
    return [
        (row, tuple(name for name in row.columns if name in names))
        for row, names in zip(rows, columns, strict=True)
        if names or row.unread or row.said is None or row.now is None
    ]


def _by_update(table: str, column: str, row: Unlike) -> bool:
    """Whether an update of the program has set the column so."""
    rule = _UPDATED.get((table, column))
    if rule is None or row.said is None or row.now is None:
        return False
    recorded, instead = rule
    if recorded is None:
        return row.older and row.now[column] == instead
    return row.said[column] in recorded and row.now[column] == instead


def _wrongly_derived(
    db: Connection, table: Table, rule: Derivation, ids: list[int]
) -> dict[int, frozenset[str]]:
    """Which of the rule's columns aren't what they must be now, of the rows where one isn't."""
    names = sorted(rule.columns)
    must_be = rule.reckon(db, ids)
    rows = db.execute(
        select(table.c.id, *(table.c[name] for name in names)).where(among(table.c.id, ids))
    ).mappings()
    wrong = {}
    for row in rows:
        reckoned = must_be.get(row["id"], {})
        wrong[row["id"]] = frozenset(
            name for name in names if name in reckoned and reckoned[name] != row[name]
        )
    return wrong


def _told(teller: audit.Teller, table: str, row: Unlike, columns: tuple[str, ...]) -> str:
    """One row in words: which it is, and what differs."""
    place = teller.place(table, row.row_id, row.now or row.said or {})
    if row.unread:
        return _("What the history says of {place} can't be read.").format(place=place)
    if row.within:
        if not columns:
            return _("The history of {place} contradicts itself: it was there and wasn't.").format(
                place=place
            )
        return _("The history of {place} contradicts itself: {columns}.").format(
            place=place, columns=teller.columns(table, columns)
        )
    if row.now is None:
        return _("{place} is gone, though the history knows of no deletion.").format(place=place)
    if row.said is None:
        return _("{place} is there, though the history says that it was deleted.").format(
            place=place
        )
    return _("{place} isn't as its last change left it: {columns}.").format(
        place=place, columns=teller.differences(table, row.said, row.now, columns)
    )

"""What undo must know of a room's tables: what follows from what, and what is closed to it.

Each room fills this from its module ``undo_rules``, which undo imports; storage itself knows no
room.

- **Derived columns** repeat what other rows or columns say (a customer's last contact, a search
  key). Who undoes isn't held up by them, and where what they follow from has been changed by
  somebody else since, they are reckoned anew instead of being put back.
- **Guards** refuse what a writer of the room would refuse too: an undo must not reach into a month
  that has been closed, or a plan that has been approved, since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

from salesdesk.storage.schema import load_from_rooms

if TYPE_CHECKING:
    from salesdesk.storage.history import Change

#: What the derived columns of some rows (by id) must be now, by column.
Reckoner = Callable[[Connection, Sequence[int]], Mapping[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row before and after a change, its columns as stored (dates are texts, booleans 0 and 1).

    None: there was no such row.
    """

    table: str
    id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def values(self, column: str) -> set[Any]:
        """What ``column`` held before and after, where there was something."""
        held = [side.get(column) for side in (self.before, self.after) if side is not None]
        return {value for value in held if value is not None}


#: Raises a refusal when the rows of one table may not be put back (as they are being: ``before``
#: is what stood there until now, ``after`` what undo makes of it).
Guard = Callable[["Change", Sequence[RowChange]], None]


@dataclass(frozen=True, slots=True)
class Derivation:
    """How derived columns of a table are reckoned.

    ``follows`` names the columns of other tables by which their rows name the row they count for;
    without any the columns follow from others of their own row.
    """

    table: Table
    columns: frozenset[str]
    reckon: Reckoner
    follows: Mapping[str, str] = field(default_factory=dict)


_derivations: dict[str, list[Derivation]] = {}
_guards: dict[str, list[Guard]] = {}


def derived(
    table: Table, *columns: str, follows: Mapping[Table, str] | None = None
) -> Callable[[Reckoner], Reckoner]:
    """Declare derived columns of ``table``; the function decorated reckons them."""
    missing = set(columns) - set(table.c.keys())
    if missing:
        raise ValueError(f"{table.name} has no {sorted(missing)}")
    sources = {source.name: column for source, column in (follows or {}).items()}

    def declare(reckon: Reckoner) -> Reckoner:
        _derivations.setdefault(table.name, []).append(
            Derivation(table, frozenset(columns), reckon, sources)
        )
        return reckon

    return declare


def guarded(*tables: Table) -> Callable[[Guard], Guard]:
    """Declare that the function decorated must let an undo of rows of ``tables`` pass."""

    def declare(guard: Guard) -> Guard:
        for table in tables:
            _guards.setdefault(table.name, []).append(guard)
        return guard

    return declare


def derivations() -> Mapping[str, Sequence[Derivation]]:
    """What every room has declared, by table."""
    load_from_rooms("undo_rules")
    return _derivations


def derived_columns(name: str) -> frozenset[str]:
    """The derived columns of the table ``name``."""
    rules = derivations().get(name, ())
    return frozenset().union(*(rule.columns for rule in rules))


def guards(name: str) -> Sequence[Guard]:
    """The guards of the table ``name``."""
    load_from_rooms("undo_rules")
    return _guards.get(name, ())

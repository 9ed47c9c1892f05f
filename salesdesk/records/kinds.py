"""What a kind of record is: one declaration, from which everything else about it comes.

A :class:`Kind` names its table, its fields with their types, words and bounds, who may see and
write it, and what it counts as for plans. Table, list, form, search, Excel, commands, history and
the customer's timeline read the declaration; a rule that only one kind has is a plain function the
declaration names (``check``). ARCHITECTURE.md shows how to add a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Any, Literal

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text
from sqlalchemy.schema import SchemaItem

from salesdesk.storage.history import Change
from salesdesk.storage.schema import Cents, reference, table
from salesdesk.text import mark

FieldType = Literal[
    "text",  # one line
    "words",  # several lines
    "number",  # an integer of 10**-digits
    "money",  # cents
    "day",
    "last_day",  # shown as the last day of a stretch, kept as the day after it
    "choice",  # one of a few codes
    "flag",  # yes or no
    "person",
    "customer",
    "product",
    "measure",
]
#: Types whose value is the id of a row of the table that is called like the type.
REFERENCES = frozenset({"person", "customer", "product", "measure"})
YES_NO: Mapping[Any, str] = {True: mark("yes"), False: mark("no")}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind; ``name`` is its column and the keyword its writers know it by.

    An empty field that isn't ``needed`` is stored as ``default``: None is "unknown", never 0.
    """

    name: str
    type: FieldType
    words: str  # the heading, marked for translation
    needed: bool = False
    default: Any = None
    longest: int = 200  # characters of a text
    least: int | None = None  # of a number or money, in its smallest unit
    most: int | None = None
    digits: int = 0  # decimals of a number
    digits_of: str = ""  # the field naming the measure whose decimals the number has instead
    unit: str = ""  # what a number is followed by: "%", hours
    choices: Mapping[Any, str] = made_by(
        default_factory=dict
    )  # code -> words; of a flag the words of yes and no
    hint: str = ""  # a pale line below the field of a form
    may_see: str = ""  # the right without which the field isn't shown; none: everybody
    width: int = 110  # of the list's column
    asked_when_new: bool = True

    @property
    def is_text(self) -> bool:
        """Whether the value is a text; an empty one is stored as such."""
        return self.type in ("text", "words")

    @property
    def is_number(self) -> bool:
        """Whether the value is a number or an amount."""
        return self.type in ("number", "money")

    @property
    def decimals(self) -> int:
        """Decimals of a number that knows them by itself; of money two."""
        return 2 if self.type == "money" else self.digits

    @property
    def empty(self) -> Any:
        """What an empty field is stored as."""
        return "" if self.is_text and self.default is None else self.default

    @property
    def offered(self) -> Mapping[Any, str]:
        """What can be chosen: code -> words."""
        return YES_NO if self.type == "flag" and not self.choices else self.choices


@dataclass(frozen=True, slots=True)
class Count:
    """What records of a kind can count as in a plan: how many there are, or a field's sum."""

    words: str
    field: str = ""  # the number or amount that is summed; none: the records are counted
    where: Mapping[str, Any] = made_by(default_factory=dict)  # only records with these values


#: A rule of one kind. It is given the change, the whole record as it would stand, and its id
#: (None for a new one); it raises InputError, and answers what is to be stored instead, if any.
Check = Callable[[Change, Mapping[str, Any], int | None], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record. Rights are codes of ``office.rights``; an empty ``may_see``: everybody."""

    code: str
    words: str  # "Trainings": the list
    one: str  # "training": one of them, within a sentence
    table: Table
    fields: Sequence[Field]
    may_write: str
    may_see: str = ""
    named_by: Sequence[str] = ()  # the fields by which history and timeline name a record
    owner: str = ""  # the field naming the person whose record it is; none: the office's
    day: str = ""  # the field that says when: closed months and plans go by it
    about: str = ""  # the field naming the customer on whose timeline it stands
    order: str = ""  # the list's own order; a minus before it: the last first
    check: Check | None = None
    #: The kind's typed writers, ``add(change, **fields) -> id`` and
    #: ``edit(change, id, seen_version=…, **fields)``; without them the general ones write.
    add: Callable[..., int] | None = None
    edit: Callable[..., object] | None = None
    can_be_deleted: bool = True
    counts: Mapping[str, Count] = made_by(default_factory=dict)  # by code: "", "hours"
    hint: str = ""  # a pale line above the list

    def __post_init__(self) -> None:
        """Refuse a declaration that names fields or columns there aren't."""
        names = {field.name for field in self.fields}
        named = {*self.named_by, *filter(None, (self.owner, self.day, self.about))}
        named |= {self.order.lstrip("-")} - {""}
        named |= {field.digits_of for field in self.fields} - {""}
        for count in self.counts.values():
            named |= {*count.where, count.field} - {""}
        missing = (named - names) | {name for name in names if name not in self.table.c}
        if missing:
            raise ValueError(f"kind {self.code} declares no {', '.join(sorted(missing))}")
        if self.counts and not (self.owner and self.day):
            raise ValueError(f"kind {self.code} counts for plans: it needs an owner and a day")

    def field_named(self, name: str) -> Field:
        """The field with a name. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def new_table(name: str, fields: Sequence[Field], *, day: str = "", owner: str = "") -> Table:
    """The table of a new kind, on the shared metadata; a migration must make it too.

    With ``day`` a column ``month`` (202611) repeats the day's month, and an index begins with it,
    so that a month's figures read one stretch of it.
    """
    items: list[SchemaItem] = [_column(field) for field in fields]
    if day:
        items.append(Column("month", Integer, nullable=False))
        items.append(Index(f"ix_{name}_month", "month", *filter(None, (owner,))))
    return table(name, *items)


def _column(one: Field) -> SchemaItem:
    nullable = not one.needed and one.default is None
    if one.type in REFERENCES:
        return reference(one.name, one.type, nullable=nullable, index=True)
    if one.is_text:
        kind = Text() if one.type == "words" else String(one.longest)
        return Column(one.name, kind, nullable=False, server_default="")
    if one.type == "flag":
        return Column(one.name, Boolean, nullable=nullable)
    if one.type in ("day", "last_day"):
        return Column(one.name, Date, nullable=nullable)
    if one.type == "choice":
        return Column(one.name, String(30), nullable=nullable)
    return Column(one.name, Cents, nullable=nullable)

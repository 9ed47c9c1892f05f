"""Day counts: what rows add up to by day, person and product, kept as the rows are written.

A month's figures, a meter and the status bar's line are sums over hundreds of thousands of rows in
a large office. ``day_count`` holds those sums by day and ``month_count`` by month, so that a
reader takes some hundred rows instead. Triggers of the database keep them (``storage/triggers``),
in the transaction of the row that is written: writers, undo and other programs can't get past
them, and none of them knows of them. They aren't recorded in the history, since they follow from
rows that are.

Each room declares in its module ``day_counts`` what its rows count as (:class:`Source`). From that
one declaration come the triggers, the filling of both tables and what ``check`` holds them against
(:func:`differences`). How an office counts (its basis, what cancelled deals do) isn't declared
here: facts are kept from which every rule's figures are sums, so that another rule needs no
counting anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.sql import visitors

from salesdesk.storage.schema import (
    DERIVED,
    Cents,
    all_tables,
    load_from_rooms,
    metadata,
    whole_sum,
)

#: How time is cut: not at all, by months (int 202611) or by days.
Bucket = Literal["none", "month", "day"]
#: What is summed. ``number`` is how many (of deals in hundredths), ``quantity`` hundredths of a
#: piece, the others cents.
FIGURES = ("number", "quantity", "amount", "profit", "commission")
#: What a sum is of; a person or product of 0 is none.
DAY_KEY = ("what", "month", "person_id", "day", "product_id")
MONTH_KEY = ("what", "month", "person_id", "product_id")


def _kept_table(name: str, key: Sequence[str]) -> Table:
    columns: list[Column[Any]] = [
        Column("what", String(40), nullable=False),
        Column("month", Integer, nullable=False),  # 202611
        Column("person_id", Integer, nullable=False),
        Column("day", Date, nullable=False),
        Column("product_id", Integer, nullable=False),
    ]
    return Table(
        name,
        metadata,
        *(column for column in columns if column.name in key),
        *(Column(figure, Cents, nullable=False, server_default=text("0")) for figure in FIGURES),
        # A month of all people is one stretch of it, and so are one person's days.
        PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        sqlite_with_rowid=False,
        info={DERIVED: True},
    )


day_count = _kept_table("day_count", DAY_KEY)
month_count = _kept_table("month_count", MONTH_KEY)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one table, or of several joined, and what each of them counts as.

    ``what`` names the count ("activity.visit"); no two sources give the same one. ``joined`` are
    the conditions by which rows of several tables belong together. A row without a day counts
    nothing. ``figures`` are what it adds, by the names of :data:`FIGURES`, never NULL.
    """

    what: ColumnElement[str]
    day: Column[Any]
    month: ColumnElement[int]
    person: Column[Any]
    figures: Mapping[str, ColumnElement[int]]
    product: Column[Any] | None = None
    joined: Sequence[ColumnElement[bool]] = ()
    where: ColumnElement[bool] | None = None

    def key(self) -> dict[str, ColumnElement[Any]]:
        """What a row is counted under, by the names of :data:`DAY_KEY`."""
        return {
            "what": self.what,
            "month": self.month,
            "person_id": func.coalesce(self.person, 0),
            "day": self.day,
            "product_id": literal(0) if self.product is None else func.coalesce(self.product, 0),
        }

    def conditions(self) -> list[ColumnElement[bool]]:
        """Which rows count, and how those of several tables belong together."""
        limits = [] if self.where is None else [self.where]
        return [*self.joined, self.day.is_not(None), self.month.is_not(None), *limits]

    def columns(self) -> list[Column[Any]]:
        """Every column the counts follow from, in the order of the tables."""
        parts = [*self.key().values(), *self.figures.values(), *self.conditions()]
        return _columns_in(parts)

    def tables(self) -> list[Table]:
        """The tables whose rows are counted."""
        return list(dict.fromkeys(column.table for column in self.columns()))

    def counted(self) -> Select[Any]:
        """The sums of all rows there are: the columns of ``day_count``, a key maybe more than once.

        Grouped by plain columns, which an index may have in order, and not by what is made of them.
        """
        key = self.key()
        zero = literal(0)
        return (
            select(
                *(key[name].label(name) for name in DAY_KEY),
                *(
                    (whole_sum(self.figures[name]) if name in self.figures else zero).label(name)
                    for name in FIGURES
                ),
            )
            .where(*self.conditions())
            .group_by(*_columns_in(key.values()))
        )


def _columns_in(parts: Collection[ColumnElement[Any]]) -> list[Column[Any]]:
    named = {
        element: None
        for part in parts
        for element in visitors.iterate(part)
        if isinstance(element, Column)
    }
    return sorted(named, key=lambda column: (column.table.name, list(column.table.c).index(column)))


_sources: list[Source] = []


def declare(*declared: Source) -> None:
    """Say what a room's rows count as; called by its module ``day_counts``."""
    _sources.extend(declared)


def sources() -> Sequence[Source]:
    """What every room has declared."""
    all_tables()
    load_from_rooms("day_counts")
    return _sources


# -- reading ---------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """A sum; ``bucket`` is 0, a month (202611) or a date, and the figures are as in FIGURES."""

    what: str
    bucket: Any
    person_id: int | None
    product_id: int | None
    number: int
    quantity: int
    amount: int
    profit: int
    commission: int


def kept(
    db: Connection,
    whats: Collection[str],
    start: date,
    end: date,
    *,
    bucket: Bucket = "none",
    by_product: bool = False,
    person_id: int | None = None,
) -> list[Kept]:
    """What is kept for ``start <= day < end``, of one person or of everybody.

    Without ``by_product`` the product is None.
    """
    last = end - timedelta(days=1)
    first_month, last_month = start.year * 100 + start.month, last.year * 100 + last.month
    whole_months = start.day == 1 and end.day == 1
    source = (month_count if whole_months and bucket != "day" else day_count).c
    conditions: list[ColumnElement[bool]] = [source.what.in_(sorted(whats))]
    if first_month == last_month:
        conditions.append(source.month == first_month)
    else:
        conditions.append(source.month.between(first_month, last_month))
    if not whole_months:
        conditions += [source.day >= start, source.day < end]
    if person_id is not None:
        conditions.append(source.person_id == person_id)
    at: ColumnElement[Any] = literal(0)
    groups: list[ColumnElement[Any]] = [source.what]
    if bucket != "none":
        at = source.month if bucket == "month" else source.day
        groups.append(at)
    groups.append(source.person_id)
    product: ColumnElement[Any] = literal(0)
    if by_product:
        product = source.product_id
        groups.append(product)
    sums = [whole_sum(source[figure]) for figure in FIGURES]
    rows = db.execute(
        select(source.what, at, source.person_id, product, *sums)
        .where(*conditions)
        .group_by(*groups)
    )
    return [Kept(row[0], row[1], row[2] or None, row[3] or None, *row[4:]) for row in rows]


def counted_anew(
    db: Connection,
    whats: Collection[str],
    start: date,
    end: date,
    narrowed: Callable[[Collection[str]], Sequence[ColumnElement[bool]] | None],
    *,
    bucket: Bucket = "none",
    by_product: bool = False,
    person_id: int | None = None,
) -> list[Kept]:
    """As :func:`kept`, but only of rows that meet more conditions than sums are kept by.

    ``narrowed`` gives the conditions for rows of tables of these names, None where none of them can
    be met. The rows of the months are read, so it costs by what was done in them.
    """
    last = end - timedelta(days=1)
    months = (start.year * 100 + start.month, last.year * 100 + last.month)
    found: list[Kept] = []
    for source in sources():
        if not _may_give(source, whats):
            continue
        further = narrowed([table.name for table in source.tables()])
        if further is None:
            continue
        key = source.key()
        conditions = [
            *source.conditions(),
            key["what"].in_(sorted(whats)),
            source.month.between(*months),
            source.day >= start,
            source.day < end,
            *further,
        ]
        if person_id is not None:
            conditions.append(source.person == person_id)
        at: ColumnElement[Any] = literal(0)
        if bucket != "none":
            at = key["month"] if bucket == "month" else key["day"]
        product = key["product_id"] if by_product else literal(0)
        sums = [
            whole_sum(source.figures[name]) if name in source.figures else literal(0)
            for name in FIGURES
        ]
        rows = db.execute(
            select(key["what"], at, key["person_id"], product, *sums)
            .where(*conditions)
            # As in ``counted``: an index may have them in order, and a key may come twice.
            .group_by(*_columns_in([key["person_id"], key["what"], at, product]))
        )
        found += [Kept(row[0], row[1], row[2] or None, row[3] or None, *row[4:]) for row in rows]
    return found


def _may_give(source: Source, whats: Collection[str]) -> bool:
    """Whether rows of a source can count as one of ``whats``, by how its names begin."""
    for element in visitors.iterate(source.what):
        if isinstance(element, BindParameter) and isinstance(element.value, str):
            whole = element is source.what
            begins = element.value
            return any(what == begins if whole else what.startswith(begins) for what in whats)
    return True


# -- filling and checking --------------------------------------------------------------------------


def fill(db: Connection) -> None:
    """Count everything anew. Triggers must be off meanwhile (``triggers.off``)."""
    db.execute(day_count.delete())
    db.execute(month_count.delete())
    columns = [*DAY_KEY, *FIGURES]
    counted = _all_counted().subquery("counted")
    db.execute(insert(day_count).from_select(columns, _summed(counted, DAY_KEY)))
    db.execute(
        insert(month_count).from_select([*MONTH_KEY, *FIGURES], _summed(day_count, MONTH_KEY))
    )


def _all_counted() -> Any:
    return union_all(*(source.counted() for source in sources()))


def _summed(of: FromClause, key: Sequence[str]) -> Select[Any]:
    sums = [whole_sum(of.c[figure]) for figure in FIGURES]
    groups = [of.c[name] for name in key]
    return (
        select(*groups, *(total.label(name) for total, name in zip(sums, FIGURES, strict=True)))
        .group_by(*groups)
        .having(or_(*(total != 0 for total in sums)))
    )


class Difference(NamedTuple):
    """A sum that isn't what its rows add up to; ``day``, as stored, is None for a month's."""

    what: str
    month: int
    day: str | None
    person_id: int | None
    product_id: int | None
    figure: str
    kept: int
    counted: int


def differences(db: Connection) -> Iterator[Difference]:
    """Where days aren't what their rows add up to, and months not what their days do."""
    yield from _differing(db, _all_counted().subquery("counted"), day_count, DAY_KEY)
    yield from _differing(db, day_count, month_count, MONTH_KEY)


def _differing(
    db: Connection, counted: FromClause, held: Table, key: Sequence[str]
) -> Iterator[Difference]:
    sides = union_all(
        *(
            select(
                # As text: a damaged day is to be told of and not to be read.
                *(cast(side.c[name], String) if name == "day" else side.c[name] for name in key),
                *(side.c[name] for name in FIGURES),
                literal(number).label("side"),
            )
            for number, side in enumerate((counted, held))
        )
    ).subquery("sides")
    sums = [
        [
            func.coalesce(whole_sum(case((sides.c.side == number, sides.c[figure]), else_=0)), 0)
            for number in (0, 1)
        ]
        for figure in FIGURES
    ]
    groups = [sides.c[name] for name in key]
    rows = db.execute(
        select(*groups, *(side for pair in sums for side in pair))
        .group_by(*groups)
        .having(or_(*(counted_sum != held_sum for counted_sum, held_sum in sums)))
        .order_by(*groups)
    )
    for row in rows:
        at = dict(zip(key, row, strict=False))
        for place, figure in enumerate(FIGURES):
            counted_sum, held_sum = row[len(key) + 2 * place : len(key) + 2 * place + 2]
            if counted_sum != held_sum:
                yield Difference(
                    at["what"],
                    at["month"],
                    at.get("day"),
                    at["person_id"] or None,
                    at["product_id"] or None,
                    figure,
                    held_sum,
                    counted_sum,
                )

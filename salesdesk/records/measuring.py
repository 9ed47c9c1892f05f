"""Records as a plan counts them: which measures a kind offers, and what was achieved of them.

A measure counts records when its ``counts`` is the code of a kind ("training"), or a kind's code
with that of one of its counts ("training.hours").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, func, literal, null, select

from salesdesk.errors import InputError
from salesdesk.office import measures
from salesdesk.records.kinds import Count, Kind
from salesdesk.records.records import month_of
from salesdesk.storage.history import Change
from salesdesk.storage.schema import whole_sum
from salesdesk.text import _, joined


def offered(kinds: Iterable[Kind]) -> dict[str, str]:
    """What a measure can count of these kinds: the measure's ``counts`` -> words."""
    return {
        f"{kind.code}.{code}" if code else kind.code: count.words
        for kind in kinds
        for code, count in kind.counts.items()
    }


def counted(kinds: Iterable[Kind], counts: str) -> tuple[Kind, Count] | None:
    """The kind and the count that a measure's ``counts`` means; None when it means no records."""
    for kind in kinds:
        for code, count in kind.counts.items():
            if counts == (f"{kind.code}.{code}" if code else kind.code):
                return kind, count
    return None


def words_of(kinds: Iterable[Kind], counts: str) -> str:
    """How a measure counts, as a person reads it."""
    words = measures.COUNTS.get(counts) or offered(kinds).get(counts, counts)
    return _(words)


def add_measure(change: Change, kinds: Iterable[Kind], counts: str, name: str, unit: str) -> int:
    """A measure that counts records; its id. Its decimals are those of what is summed.

    Raises InputError when no kind offers ``counts``, or for a bad or taken name; RightsError.
    """
    known = tuple(kinds)
    need_counted(known, counts, offered(known))
    return measures.add(change, name, unit, digits_of(known, counts, 0), counts=counts)


def need_counted(kinds: Iterable[Kind], counts: str, known: Iterable[str]) -> None:
    """Raises InputError, naming what is known, where no kind offers ``counts``."""
    if counted(kinds, counts) is None:
        raise InputError(
            _("“{text}” isn't something that can be counted; choose from: {known}.").format(
                text=counts[:40], known=joined(known) or "-"
            )
        )


def digits_of(kinds: Iterable[Kind], counts: str, otherwise: int) -> int:
    """The decimals of a measure that counts records; ``otherwise`` where it counts none."""
    found = counted(kinds, counts)
    if found is None:
        return otherwise
    kind, count = found
    return kind.field_named(count.field).decimals if count.field else 0


def actuals(
    db: Connection,
    kind: Kind,
    count: Count,
    start: date,
    end: date,
    *,
    bucket: Literal["none", "month", "day"],
    by_product: bool,
) -> list[tuple[Any, int | None, int | None, int]]:
    """(bucket, person, product, value) of ``start <= day < end``.

    The bucket is 0, a month (202611) or a day; without ``by_product`` the product is None.
    """
    columns = kind.table.c
    day, month = columns[kind.day], columns.month
    at: ColumnElement[Any] = {"none": literal(0), "month": month, "day": day}[bucket]
    product = next((field.name for field in kind.fields if field.type == "product"), "")
    shown: ColumnElement[Any] = columns[product] if product and by_product else null()
    value = whole_sum(columns[count.field]) if count.field else func.count()
    groups: list[ColumnElement[Any]] = [columns[kind.owner]]
    groups += [at] if bucket != "none" else []
    groups += [shown] if product and by_product else []
    last_month = month_of(end - timedelta(days=1))
    query = (
        select(at, columns[kind.owner], shown, value)
        .where(month.between(month_of(start), last_month), day >= start, day < end)
        .where(*(columns[name] == wanted for name, wanted in count.where.items()))
        .group_by(*groups)
        .order_by(*groups)
    )
    return [(row[0], row[1], row[2], int(row[3] or 0)) for row in db.execute(query)]

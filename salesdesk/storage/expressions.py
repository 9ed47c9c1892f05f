"""Expressions that every database writes in its own way, so that readers needn't know which it is.

select(activity.c.id).where(activity.c.day != day_of(activity.c.at))
select(customer).where(among(customer.c.id, ids))
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class day_of(FunctionElement[Any]):  # noqa: N801  # reads as the function it is in a query
    """The day of a moment (a DateTime column)."""

    name = "day_of"
    type = Date()
    inherit_cache = True


class month_of(FunctionElement[int]):  # noqa: N801
    """The month of a day as 202611 (a Date column); NULL for none."""

    name = "month_of"
    type = Integer()
    inherit_cache = True


class _listed(FunctionElement[int]):  # noqa: N801
    name = "listed"
    type = Integer()
    inherit_cache = True


def among(column: ColumnElement[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether ``column`` is one of ``ids``, however many: they are handed over as one value."""
    return column.bool_op("IN")(_listed(literal(json.dumps(list(ids)), String())))


@compiles(day_of)
def _day(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS DATE)"


@compiles(day_of, "sqlite")
def _day_as_text(element: Any, compiler: Any, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 10)"


@compiles(month_of)
def _month(element: Any, compiler: Any, **options: Any) -> str:
    day = compiler.process(element.clauses, **options)
    return f"CAST(extract(year FROM {day}) * 100 + extract(month FROM {day}) AS INTEGER)"


@compiles(month_of, "sqlite")
def _month_of_text(element: Any, compiler: Any, **options: Any) -> str:
    day = compiler.process(element.clauses, **options)
    return f"CAST(substr({day}, 1, 4) || substr({day}, 6, 2) AS INTEGER)"


@compiles(_listed)
def _list(element: Any, compiler: Any, **options: Any) -> str:
    ids = compiler.process(element.clauses, **options)
    return f"(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({ids} AS JSON)))"


@compiles(_listed, "sqlite")
def _list_by_json_each(element: Any, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"

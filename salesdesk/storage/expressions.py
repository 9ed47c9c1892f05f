"""Expressions that every database writes in its own way, so that readers needn't know which it is.

select(activity.c.id).where(activity.c.day != day_of(activity.c.at))
select(customer).where(among(customer.c.id, ids))
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Integer, String, bindparam, literal
from sqlalchemy import column as named_column
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


class unindexed(FunctionElement[Any]):  # noqa: N801
    """A column whose own index isn't to be used: another one serves the query's order."""

    name = "unindexed"
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


class gathered(FunctionElement[str]):  # noqa: N801
    """All values of a column of numbers as one text, a JSON list: the quickest way to fetch many.

    NULL or an empty list where there are none.
    """

    name = "gathered"
    type = String()
    inherit_cache = True


class marked(FunctionElement[bool]):  # noqa: N801
    """Whether the byte of a row's id is 1 in a row of bytes (``storage/marks.py``)."""

    name = "marked"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Stand as it is, not compared with 1."""
        return self


class _found(FunctionElement[bool]):  # noqa: N801
    name = "found"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Stand as it is: "IN (…) = 1" would keep SQLite from going by what was found."""
        return self


class _listed(FunctionElement[int]):  # noqa: N801
    name = "listed"
    type = Integer()
    inherit_cache = True


def among(column: ColumnElement[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether ``column`` is one of ``ids``, however many: they are handed over as one value."""
    return column.bool_op("IN")(_listed(literal(json.dumps(list(ids)), String())))


def among_given(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """As :func:`among`, in a statement that is made once: :func:`handed` ids are its ``name``.

    Making a statement of several parts takes longer than running it for one row.
    """
    return column.bool_op("IN")(_listed(bindparam(name, type_=String())))


def handed(ids: Sequence[int]) -> str:
    """Ids as they are given to a statement with :func:`among_given`."""
    return json.dumps(list(ids))


class _listed_texts(FunctionElement[str]):  # noqa: N801
    name = "listed_texts"
    type = String()
    inherit_cache = True


def among_texts(column: ColumnElement[str], texts: Sequence[str]) -> ColumnElement[bool]:
    """Whether ``column`` is one of ``texts``, however many: they are handed over as one value."""
    return column.bool_op("IN")(_listed_texts(literal(json.dumps(list(texts)), String())))


def among_found(
    ids: ColumnElement[int], index: str, query: ColumnElement[str]
) -> ColumnElement[bool]:
    """Whether a row is among those that a search index (``storage/search_index.py``) finds."""
    return _found(ids, named_column(index), query)


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


@compiles(_listed_texts)
def _list_texts(element: Any, compiler: Any, **options: Any) -> str:
    texts = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_array_elements_text(CAST({texts} AS JSON)))"


@compiles(_listed, "sqlite")
@compiles(_listed_texts, "sqlite")
def _list_by_json_each(element: Any, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"


@compiles(unindexed)
def _column(element: Any, compiler: Any, **options: Any) -> str:
    # Others choose by their statistics.
    return str(compiler.process(element.clauses, **options))


@compiles(unindexed, "sqlite")
def _without_index(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(_found)
def _by_like(element: Any, compiler: Any, **options: Any) -> str:
    return "true"  # what holds the text is asked by LIKE as well, whose own index finds it


@compiles(_found, "sqlite")
def _by_index(element: Any, compiler: Any, **options: Any) -> str:
    ids, index, query = (compiler.process(part, **options) for part in element.clauses)
    return f"{ids} IN (SELECT rowid FROM {index} WHERE {index} MATCH {query})"


@compiles(gathered)
def _gather(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(json_agg({compiler.process(element.clauses, **options)}) AS TEXT)"


@compiles(gathered, "sqlite")
def _gather_as_array(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(marked)
def _get_byte(element: Any, compiler: Any, **options: Any) -> str:
    own_id, flags = (compiler.process(part, **options) for part in element.clauses)
    # Bytes are counted from 0 here, and one beyond the end is an error.
    return f"CASE WHEN {own_id} < length({flags}) THEN get_byte({flags}, {own_id}) = 1 END"


@compiles(marked, "sqlite")
def _byte_at(element: Any, compiler: Any, **options: Any) -> str:
    own_id, flags = (compiler.process(part, **options) for part in element.clauses)
    return f"substr({flags}, {own_id} + 1, 1) = x'01'"

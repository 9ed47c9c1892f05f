"""Counting by hand: the figures of the office's own measures, a day and a person each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from salesdesk.office import measures
from salesdesk.planning.tables import hand_count
from salesdesk.records import records
from salesdesk.records.kinds import Field, Kind
from salesdesk.records.values import FieldError
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import _, mark


def count(
    change: Change,
    measure_id: int,
    person_id: int,
    day: date,
    value: int,
    *,
    product_id: int | None = None,
    note: str = "",
) -> int:
    """Enter what was counted, in ``10 ** -digits`` of the measure; its id.

    Several figures of a day add up. Raises InputError for a measure that the program counts
    itself, a figure below zero or a closed month; RightsError.
    """
    return records.add(
        change,
        KIND,
        {
            "measure_id": measure_id,
            "person_id": person_id,
            "day": day,
            "value": value,
            "product_id": product_id,
            "note": note,
        },
    )


def edit_count(
    change: Change,
    count_id: int,
    *,
    seen_version: int | None = None,
    measure_id: int | Unset = UNSET,
    person_id: int | Unset = UNSET,
    day: date | Unset = UNSET,
    value: int | Unset = UNSET,
    product_id: int | Unset | None = UNSET,
    note: str | Unset = UNSET,
) -> None:
    """Set what is given. Raises as :func:`count`, and ConflictError, NotFoundError."""
    values = given(
        measure_id=measure_id, person_id=person_id, day=day, value=value, product_id=product_id,
        note=note,
    )  # fmt: skip
    records.edit(change, KIND, count_id, values, seen_version=seen_version)


def delete_count(change: Change, count_id: int, *, seen_version: int | None = None) -> None:
    """Take a figure out. Raises RightsError, InputError, ConflictError, NotFoundError."""
    records.delete(change, KIND, count_id, seen_version=seen_version)


def _check(change: Change, values: Mapping[str, Any], own_id: int | None) -> Mapping[str, Any]:
    measure = measures.measure_by_id(change.connection, values["measure_id"])
    if measure.counts != "hand":
        raise FieldError(
            "measure_id",
            _("{measure} isn't counted by hand: the program counts it.").format(
                measure=measure.name
            ),
        )
    return {}


KIND = Kind(
    code="count",
    words=mark("Counted by hand"),
    one=mark("count"),
    table=hand_count,
    fields=(
        Field("day", "day", mark("Date"), needed=True),
        Field(
            "measure_id", "measure", mark("Measure"), needed=True, width=140,
            hint=mark("One of the office's own; they are made in Office, Measures."),
        ),
        Field("person_id", "person", mark("Person"), needed=True),
        Field("value", "number", mark("Value"), needed=True, least=0, digits_of="measure_id"),
        Field("product_id", "product", mark("Product"), width=140),
        Field("note", "text", mark("Note"), longest=500, width=220),
    ),
    may_write="counts.enter",
    may_see="records.see",
    named_by=("measure_id", "person_id", "day", "value"),
    owner="person_id",
    day="day",
    order="-day",
    check=_check,
    add=count,
    edit=edit_count,
    hint=mark("The office's own measures: what was counted, by day and person."),
)  # fmt: skip

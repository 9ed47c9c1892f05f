"""A kind of record declared for these tests only, and an office that keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salesdesk.planning import record_kinds
from salesdesk.records import records
from salesdesk.records.kinds import Count, Field, Kind, new_table
from salesdesk.records.values import FieldError
from salesdesk.storage.history import Change
from salesdesk.storage.schema import metadata
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office

FIELDS = (
    Field("day", "day", "Day", needed=True),
    Field("person_id", "person", "Trainer", needed=True),
    Field("topic", "text", "Topic", needed=True, longest=20),
    Field("hours", "number", "Hours", digits=1, least=0, most=100, unit="h"),
    Field("cost", "money", "Cost", least=0, may_see="costs.see"),
    Field("form", "choice", "Form", choices={"talk": "Talk", "drill": "Drill"}, default="talk"),
    Field("passed", "flag", "Passed", default=False),
    Field("customer_id", "customer", "Customer"),
    Field("product_id", "product", "Product"),
    Field("note", "words", "Note"),
)


def no_talk_of_nothing(
    change: Change, values: Mapping[str, Any], own_id: int | None
) -> Mapping[str, Any]:
    if values["topic"] == "nothing":
        raise FieldError("topic", "Talk about something.")
    return {"topic": values["topic"].capitalize()}


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    """The kind, known to plans and the rest of the program while the test runs."""
    table = new_table("training", FIELDS, day="day", owner="person_id")
    kind = Kind(
        code="training",
        words="Trainings",
        one="training",
        table=table,
        fields=FIELDS,
        may_write="records.write",
        may_see="records.see",
        named_by=("topic", "person_id"),
        owner="person_id",
        day="day",
        about="customer_id",
        order="-day",
        check=no_talk_of_nothing,
        counts={
            "": Count("Trainings held"),
            "hours": Count("Hours of training", field="hours", where={"form": "talk"}),
        },
    )
    monkeypatch.setattr(record_kinds, "KINDS", (*record_kinds.KINDS, kind))
    yield kind
    metadata.remove(table)


@pytest.fixture
def workspace(tmp_path: Path, training: Kind) -> Iterator[Workspace]:
    with staffed_office(tmp_path) as workspace:
        with workspace.unrecorded() as change:
            training.table.create(change.connection)
        yield workspace


def held(workspace: Workspace, kind: Kind, **given: Any) -> int:
    values = {"day": date(2026, 11, 3), "person_id": STAFF.ann, "topic": "rivals", **given}
    with workspace.change("") as change:
        return records.enter(change, kind, values)

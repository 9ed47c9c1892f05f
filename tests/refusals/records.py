"""The doors for records of any kind, tried with leave and with what is counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from salesdesk.customers import leave
from salesdesk.office import measures
from salesdesk.planning import hand_counts
from salesdesk.records import measuring, records
from salesdesk.records.kinds import Count
from salesdesk.storage.history import Change
from tests.offices import STAFF
from tests.refusals import Line

#: The first measure of an office's own.
DRIVES = 18
#: What is counted by hand, as if a plan counted how often that is done.
COUNTED = replace(hand_counts.KIND, counts={"": Count("Countings")})
INNER: dict[str, str] = {}


def _away(**given: Any) -> dict[str, Any]:
    first = {"person_id": STAFF.ann, "first_day": date(2026, 11, 2), "end_day": date(2026, 11, 9)}
    return {**first, "cover_id": STAFF.bob, **given}


def _counted(**given: Any) -> dict[str, Any]:
    return {"measure_id": DRIVES, "person_id": STAFF.ann, "day": date(2026, 11, 2), "value": 3,
            **given}  # fmt: skip


def _own_measure(change: Change) -> None:
    assert measures.add(change, "Test drives", "drives") == DRIVES


def _one_count(change: Change) -> None:
    _own_measure(change)
    records.enter(change, hand_counts.KIND, _counted())


LINES = [
    Line(
        records.enter,
        lambda change: records.enter(change, leave.KIND, _away()),
        (
            ("", lambda change: records.enter(change, leave.KIND, _away(person_id=99))),
            ("", lambda change: records.enter(change, leave.KIND, _away(person_id=None))),
            ("", lambda change: records.enter(change, leave.KIND, _away(note="x" * 30_000))),
            (
                "must end after it begins",
                lambda change: records.enter(change, leave.KIND, _away(end_day=date(2026, 11, 1))),
            ),
        ),
    ),
    Line(
        records.alter,
        lambda change: records.alter(change, leave.KIND, 1, {"note": "Home"}, seen_version=1),
        (
            (
                "",
                lambda change: records.alter(change, leave.KIND, 99, {"note": "x"}, seen_version=1),
            ),
            (
                "for themselves",
                lambda change: records.alter(
                    change, leave.KIND, 1, {"cover_id": STAFF.ann}, seen_version=1
                ),
            ),
        ),
        before=lambda change: records.enter(change, leave.KIND, _away()),
    ),
    Line(
        records.add,
        lambda change: records.add(change, hand_counts.KIND, _counted()),
        (
            ("", lambda change: records.add(change, hand_counts.KIND, _counted(value=-1))),
            ("", lambda change: records.add(change, hand_counts.KIND, _counted(measure_id=1))),
            ("", lambda change: records.add(change, hand_counts.KIND, _counted(measure_id=99))),
        ),
        before=_own_measure,
    ),
    Line(
        records.edit,
        lambda change: records.edit(change, hand_counts.KIND, 1, {"value": 4}),
        (
            ("", lambda change: records.edit(change, hand_counts.KIND, 1, {"value": -4})),
            ("", lambda change: records.edit(change, hand_counts.KIND, 99, {"value": 4})),
        ),
        before=_one_count,
    ),
    Line(
        records.delete,
        lambda change: records.delete(change, hand_counts.KIND, 1),
        (("", lambda change: records.delete(change, hand_counts.KIND, 99)),),
        before=_one_count,
    ),
    Line(
        measuring.add_measure,
        lambda change: measuring.add_measure(change, [COUNTED], COUNTED.code, "Countings", "times"),
        (
            (
                "isn't something that can be counted",
                lambda change: measuring.add_measure(change, [COUNTED], "x", "Trainings", "times"),
            ),
        ),
    ),
]

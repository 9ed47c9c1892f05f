"""Counting by hand: in the measure's decimals, for one's own, of measures nobody else counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError, RightsError
from salesdesk.office import measures, months
from salesdesk.planning import hand_counts
from salesdesk.planning.hand_counts import KIND
from salesdesk.records import records
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, staffed_office

DAY = date(2026, 11, 3)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with staffed_office(tmp_path) as workspace:
        yield workspace


def test_a_count_reads_in_the_decimals_of_its_measure(workspace: Workspace) -> None:
    with workspace.change("") as change:
        area = measures.add(change, "Area", "m²", 2)
        leaflets = measures.add(change, "Leaflets", "pieces")
        first = hand_counts.count(change, area, STAFF.ann, DAY, 12_50)
        hand_counts.count(change, leaflets, STAFF.ann, DAY, 40)
    assert "New count: Area · Ann · 2026-11-03 · 12.5" in workspace.history()[0].label
    value = KIND.field_named("value")
    rows = workspace.read(records.page, KIND, actor_id=STAFF.max, order="measure_id")
    assert [record.text(value) for record in rows] == ["12.5", "40"]
    # 1,250 of a whole measure would be another figure: it must be said anew.
    with pytest.raises(InputError, match="Value is missing"), workspace.change("") as change:
        hand_counts.edit_count(change, first, measure_id=leaflets)
    with workspace.change("") as change:
        hand_counts.edit_count(change, first, measure_id=leaflets, value=12)


def test_what_the_program_counts_itself_is_not_counted_by_hand(workspace: Workspace) -> None:
    visits = measure(workspace, "visits")
    with pytest.raises(InputError, match="isn't counted by hand"), workspace.change("") as change:
        hand_counts.count(change, visits.id, STAFF.ann, DAY, 1)


def test_a_salesperson_counts_their_own_only(workspace: Workspace) -> None:
    with workspace.change("") as change:
        leaflets = measures.add(change, "Leaflets", "pieces")
        others = hand_counts.count(change, leaflets, STAFF.cleo, DAY, 40)
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("") as change:
        hand_counts.count(change, leaflets, STAFF.ann, DAY, 5)
    with pytest.raises(RightsError), workspace.change("") as change:
        hand_counts.delete_count(change, others)
    with pytest.raises(RightsError), workspace.change("") as change:
        hand_counts.count(change, leaflets, STAFF.cleo, DAY, 5)


def test_what_is_dated_in_a_closed_month_stays_as_it_was_counted(workspace: Workspace) -> None:
    with workspace.change("") as change:
        leaflets = measures.add(change, "Leaflets", "pieces")
        stored = hand_counts.count(change, leaflets, STAFF.ann, date(2026, 10, 30), 40)
        open_one = hand_counts.count(change, leaflets, STAFF.ann, DAY, 5)
        months.close(change, parse("2026-10"))
    for refused in (
        lambda change: hand_counts.count(change, leaflets, STAFF.ann, date(2026, 10, 2), 1),
        lambda change: hand_counts.edit_count(change, stored, value=1),
        lambda change: hand_counts.edit_count(change, open_one, day=date(2026, 10, 31)),
        lambda change: hand_counts.delete_count(change, stored),
    ):
        with pytest.raises(InputError, match="closed month"), workspace.change("") as change:
            refused(change)


def test_undo_keeps_what_the_writers_keep(workspace: Workspace) -> None:
    with workspace.change("") as change:
        leaflets = measures.add(change, "Leaflets", "pieces")
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("") as change:
        number = hand_counts.count(change, leaflets, STAFF.ann, date(2026, 10, 30), 40)
    with workspace.change("") as change:
        hand_counts.edit_count(change, number, day=DAY)
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("") as change:
        months.close(change, parse("2026-10"))
    workspace.work_as(STAFF.ann, "Ann")
    with pytest.raises(InputError, match="closed month"):
        workspace.undo()
    stored = workspace.read(records.record, KIND, number, actor_id=None)
    assert stored.values["day"] == DAY

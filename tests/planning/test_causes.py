"""The office's list of causes, and causes that come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import founding, people
from salesdesk.planning import causes, remarks
from salesdesk.planning.places import Place, Who, person
from salesdesk.planning.remarks import Words
from salesdesk.text import set_language
from salesdesk.workspace import Workspace
from tests.offices import STAFF, found, measure, place, plan_for, staffed_office

ANN = person(STAFF.ann)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _begin(workspace: Workspace) -> list[causes.Cause]:
    with workspace.change("Begin") as change:
        causes.begin(change)
    return workspace.read(causes.causes)


def _explain(workspace: Workspace, plan_id: int, at: Place, **words: object) -> None:
    code = measure(workspace).id
    with workspace.change("Explain") as change:
        remarks.set_remarks(change, plan_id, code, {at: Words(**words)})  # type: ignore[arg-type]


def test_every_kind_of_office_begins_with_a_list_of_its_own(tmp_path: Path) -> None:
    lists = {}
    for kind in founding.KINDS:
        (tmp_path / kind).mkdir()
        with found(tmp_path / kind, kind=kind) as workspace:
            lists[kind] = {one.name for one in workspace.read(causes.causes)}
            assert [one.id for one in workspace.read(causes.causes)] == [0] * len(lists[kind])
            entered = _begin(workspace)
        assert {one.name for one in entered} == lists[kind]
        assert [one.side for one in entered] == sorted(
            (one.side for one in entered), key=["outside", "inside"].index
        )
        assert len(entered) >= 12
    assert len({frozenset(names) for names in lists.values()}) == 4
    assert "Goods out of stock" in lists["shop"] - lists["b2b"]


def test_the_list_begins_in_the_language_of_whoever_begins_it(workspace: Workspace) -> None:
    set_language("zh")
    assert "目标定得过高" in {one.name for one in _begin(workspace)}
    set_language("en")
    assert "目标定得过高" in {one.name for one in _begin(workspace)}  # what is begun stays


def test_a_cause_is_added_renamed_and_retired(workspace: Workspace) -> None:
    with workspace.change("Add") as change:
        added = causes.add(change, " Road  works ", "outside")
    listed = workspace.read(causes.causes)
    assert (listed[-1].name, listed[-1].side) == ("Road works", "outside")
    assert len(listed) == 13  # the kind's own list came with the first one added
    with workspace.change("Edit") as change:
        causes.edit(change, added, seen_version=1, name="Roadworks", side="inside")
    stored = workspace.read(causes.cause_by_id, added)
    assert (stored.name, stored.side, stored.version) == ("Roadworks", "inside", 2)
    with workspace.change("Retire") as change:
        causes.edit(change, added, seen_version=2, active=False)
    assert added not in {one.id for one in workspace.read(causes.causes)}
    workspace.undo()
    assert added in {one.id for one in workspace.read(causes.causes)}


def test_what_no_cause_may_be_is_refused(workspace: Workspace) -> None:
    _begin(workspace)
    with workspace.change("Add") as change:
        for name, side, why in (
            ("target set TOO high", "inside", "exists already"),
            ("  ", "inside", "missing"),
            ("x" * 61, "inside", "at most"),
            ("Rain", "above", "one of: outside, inside"),
        ):
            with pytest.raises(InputError, match=why):
                causes.add(change, name, side)
        with pytest.raises(NotFoundError, match="no cause “Hail”; there are: Customer's project"):
            causes.chosen(change, "Hail")
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("Add") as change, pytest.raises(RightsError):
        causes.add(change, "Rain", "outside")


def test_a_retired_cause_stays_where_it_stands_and_is_chosen_nowhere_else(
    workspace: Workspace,
) -> None:
    cause = _begin(workspace)[0]
    plan_id = plan_for(workspace)
    _explain(workspace, plan_id, place("2026-09", ANN), cause_id=cause.id, reason="Late")
    with workspace.change("Retire") as change:
        causes.edit(change, cause.id, seen_version=cause.version, active=False)
    _explain(workspace, plan_id, place("2026-09", ANN), cause_id=cause.id, reason="Very late")
    other = plan_for(workspace, "2026-10")
    with pytest.raises(InputError, match="no longer used"):
        _explain(workspace, other, place("2026-10", ANN), cause_id=cause.id)
    with pytest.raises(NotFoundError):
        _explain(workspace, other, place("2026-10", ANN), cause_id=99)


def test_causes_that_come_back_are_counted_by_person_within_twelve_months(
    workspace: Workspace,
) -> None:
    cause, other = _begin(workspace)[:2]
    plan_id, before = plan_for(workspace), plan_for(workspace, "2025")
    bob, team = person(STAFF.bob), Who(STAFF.east)
    for plan, at, of in (
        (before, place("2025-09", ANN), cause),  # thirteen months before October: too long ago
        (before, place("2025-10", ANN), cause),
        (plan_id, place("2026-08", ANN), cause),
        (plan_id, place("2026-08-W2", ANN), cause),  # lies in August: the same time
        (plan_id, place("2026-09-W1", ANN), cause),
        (plan_id, place("2026-09", ANN), other),
        (plan_id, place("2026-10", ANN), cause),  # the month asked from isn't counted
        (plan_id, place("2026-09", bob), cause),
        (plan_id, place("2026-09", team), cause),
    ):
        _explain(workspace, plan, at, cause_id=of.id, reason="So it was")
    october = date(2026, 10, 1)
    assert workspace.read(causes.repeated, ANN, cause.id, october) == 3
    assert workspace.read(causes.repeated, ANN, other.id, october) == 1
    assert workspace.read(causes.repeated, bob, cause.id, october) == 1
    assert workspace.read(causes.repeated, Who(STAFF.west), cause.id, october) == 0
    assert causes.warning("Rain", 1) == ""
    assert "“Rain” is the cause 3 times" in causes.warning("Rain", 2)


def test_whoever_may_write_no_reviews_doesnt_begin_the_list(workspace: Workspace) -> None:
    with workspace.change("Hire") as change:
        rita = people.add_person(change, "Rita", role="reader")
    workspace.work_as(rita, "Rita")
    with workspace.change("Begin") as change, pytest.raises(RightsError):
        causes.begin(change)
    workspace.work_as(STAFF.ann, "Ann")
    assert _begin(workspace)

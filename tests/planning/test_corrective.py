"""Corrective actions: decided in one summary, checked first in the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.planning import corrective, summaries, tasks
from salesdesk.planning.places import person
from salesdesk.planning.summaries import Action, Summary
from salesdesk.planning.tasks import Ref
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office

ANN = person(STAFF.ann)
LATER = date(2026, 11, 4)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _begin(workspace: Workspace, key: str, *actions: tuple[str, date]) -> int:
    with workspace.change("Begin") as change:
        period = parse(key)
        review_id = summaries.begin(change, ANN, period.kind, period.start)
        version = summaries.review_by_id(change.connection, review_id).version
        summaries.write(change, review_id, seen_version=version, done="Sold")
        for words, day in actions:
            corrective.add(change, review_id, words=words, person_id=STAFF.ann, day=day)
    return review_id


def _hand_in(workspace: Workspace, review_id: int) -> None:
    with workspace.change("Hand in") as change:
        summaries.hand_in(change, review_id)


def _read(workspace: Workspace, review_id: int) -> Summary:
    return workspace.read(summaries.read, review_id, LATER)


def _told(actions: list[Action]) -> list[tuple[str, str, str]]:
    return [(one.words, one.day.isoformat(), one.status) for one in actions]


def test_the_next_summary_begins_with_the_actions_of_the_last(workspace: Workspace) -> None:
    august = _begin(workspace, "2026-08", ("Buy a map", date(2026, 9, 5)))
    september = _begin(
        workspace, "2026-09",
        ("Call twice", date(2026, 10, 10)), ("Visit Lin", date(2026, 10, 12)),
        ("Learn prices", date(2026, 10, 15)), ("Clean up", date(2026, 12, 24)),
    )  # fmt: skip
    october = _begin(workspace, "2026-10")
    found = _read(workspace, october)
    assert [one.words for one in found.earlier] == [
        "Buy a map", "Call twice", "Visit Lin", "Learn prices", "Clean up",
    ]  # fmt: skip
    assert [one.person for one in found.earlier] == ["Ann"] * 5
    # What is due only after October needs no word yet.
    assert len(found.open_earlier) == 4
    with pytest.raises(InputError, match="4 earlier actions: Buy a map, Call twice, Visit Lin, "):
        _hand_in(workspace, october)
    with workspace.change("Settle") as change:
        tasks.mark_done(change, Ref(2), on=date(2026, 10, 9))
        tasks.move(change, Ref(3), date(2026, 11, 20))
        tasks.drop(change, Ref(4), "Nobody sells them")
    with pytest.raises(InputError, match="1 earlier action: Buy a map"):
        _hand_in(workspace, october)
    with workspace.change("Settle") as change:
        tasks.mark_done(change, Ref(1), on=date(2026, 9, 30))
    _hand_in(workspace, october)
    # The map was bought before October: that isn't told any more.
    assert sorted(_told(list(_read(workspace, october).earlier))) == [
        ("Call twice", "2026-10-10", "done"),
        ("Clean up", "2026-12-24", "open"),
        ("Learn prices", "2026-10-15", "dropped"),
        ("Visit Lin", "2026-11-20", "open"),
    ]
    assert _told(list(_read(workspace, september).actions))[0] == (
        "Call twice", "2026-10-10", "done",
    )  # fmt: skip
    assert _read(workspace, august).earlier == []


def test_an_action_is_one_of_a_draft(workspace: Workspace) -> None:
    review_id = _begin(workspace, "2026-10")
    with workspace.change("Add") as change:
        for words, day, who, why in (
            ("", LATER, STAFF.ann, "missing"),
            ("x" * 501, LATER, STAFF.ann, "at most"),
            ("Call", date(2026, 9, 30), STAFF.ann, "lies before 2026-10"),
        ):
            with pytest.raises(InputError, match=why):
                corrective.add(change, review_id, words=words, person_id=who, day=day)
        with pytest.raises(NotFoundError, match="person"):
            corrective.add(change, review_id, words="Call", person_id=99, day=LATER)
        with pytest.raises(NotFoundError, match="remark"):
            corrective.add(change, review_id, words="Call", person_id=2, day=LATER, remark_id=99)
    _hand_in(workspace, review_id)
    with workspace.change("Add") as change, pytest.raises(InputError, match="take it back first"):
        corrective.add(change, review_id, words="Call", person_id=STAFF.ann, day=LATER)


def test_an_action_stands_in_the_timetable(workspace: Workspace) -> None:
    _begin(workspace, "2026-10", ("Call", LATER), ("Visit", date(2026, 12, 1)))
    november = parse("2026-11")
    [found] = workspace.read(tasks.tasks_between, november.start, november.end, ANN)
    assert (found.words, found.day, found.owner, found.kind) == ("Call", LATER, "Ann", "corrective")
    with workspace.change("Delete") as change, pytest.raises(InputError, match="or a summary"):
        tasks.delete(change, 1)
    workspace.work_as(STAFF.bob, "Bob")
    with workspace.change("Settle") as change, pytest.raises(RightsError):
        tasks.mark_done(change, Ref(1))

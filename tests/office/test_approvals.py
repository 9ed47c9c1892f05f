"""Approvals: asked for, decided by right and never by who asks, kept with their words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import approvals, people, rights
from salesdesk.office.approvals import Approval, Rule
from salesdesk.storage.history import Change
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office

decided: list[tuple[int, str]] = []


def _note(_change: Change, request: Approval) -> None:
    decided.append((request.subject_id, request.state))


@pytest.fixture(autouse=True)
def rule() -> Iterator[None]:
    """A rule of the test's own."""
    decided.clear()
    approvals.declare(
        "test", Rule("A test", "plans.approve", lambda _db, number: f"Thing {number}", _note)
    )
    yield
    approvals._rules.pop("test")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _ask(workspace: Workspace, who: int, name: str, number: int = 7) -> int:
    workspace.work_as(who, name)
    with workspace.change("Ask") as change:
        return approvals.ask(change, "thing", number, "test", value=500, words=" please ")


def test_what_is_asked_is_listed_decided_and_kept(workspace: Workspace) -> None:
    request_id = _ask(workspace, STAFF.ann, "Ann")
    assert workspace.read(approvals.waiting, STAFF.bob) == []
    [request] = workspace.read(approvals.waiting, STAFF.max)
    assert (request.id, request.person_name, request.words) == (request_id, "Ann", "please")
    assert workspace.read(approvals.granted, "thing", 7, "test") is None
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("Decide") as change:
        approvals.decide(change, request_id, True, " once ")
    leave = workspace.read(approvals.granted, "thing", 7, "test")
    assert leave is not None
    assert (leave.value, leave.decider_name, leave.answer) == (500, "Max", "once")
    assert decided == [(7, "granted")]
    assert workspace.history(limit=1)[0].label == "Granted: Thing 7"
    with pytest.raises(InputError, match="isn't open any more"), workspace.change("No") as change:
        approvals.decide(change, request_id, False, "no")
    assert workspace.read(approvals.waiting, STAFF.max) == []


def test_nobody_decides_their_own_request_unless_nobody_else_may(workspace: Workspace) -> None:
    request_id = _ask(workspace, STAFF.max, "Max")
    # Max is the only manager: he may decide his own.
    assert [approval.id for approval in workspace.read(approvals.waiting, STAFF.max)] == [
        request_id
    ]
    with workspace.change("A second manager") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, role="manager")
    assert workspace.read(approvals.waiting, STAFF.max) == []
    with pytest.raises(RightsError, match="their own request"), workspace.change("No") as change:
        approvals.decide(change, request_id, True)
    workspace.work_as(STAFF.bob, "Bob")
    with workspace.change("Decide") as change:
        approvals.decide(change, request_id, True)


def test_who_lacks_the_right_decides_nothing(workspace: Workspace) -> None:
    request_id = _ask(workspace, STAFF.ann, "Ann")
    workspace.work_as(STAFF.cleo, "Cleo")
    with pytest.raises(RightsError, match="Approve plans"), workspace.change("No") as change:
        approvals.decide(change, request_id, True)
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("Teams decide") as change:
        rights.adjust(change, "plans.approve", "salesperson", "team")
    workspace.work_as(STAFF.bob, "Bob")  # Ann's team
    with workspace.change("Decide") as change:
        approvals.decide(change, request_id, False, "Not now")
    assert decided == [(7, "refused")]


def test_refusing_needs_words_and_withdrawing_is_the_askers(workspace: Workspace) -> None:
    request_id = _ask(workspace, STAFF.ann, "Ann")
    workspace.work_as(STAFF.max, "Max")
    with pytest.raises(InputError, match="why"), workspace.change("No") as change:
        approvals.decide(change, request_id, False, "  ")
    with pytest.raises(RightsError, match="Only Ann"), workspace.change("No") as change:
        approvals.withdraw(change, request_id)
    with pytest.raises(NotFoundError), workspace.change("No") as change:
        approvals.decide(change, 99, True)
    with pytest.raises(InputError, match="at most 1,000"), workspace.change("No") as change:
        approvals.decide(change, request_id, True, "x" * 1001)
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("Withdraw") as change:
        approvals.withdraw(change, request_id)
    assert workspace.read(approvals.waiting, STAFF.max) == []


def test_asking_again_takes_the_place_of_the_open_request(workspace: Workspace) -> None:
    first = _ask(workspace, STAFF.ann, "Ann")
    second = _ask(workspace, STAFF.ann, "Ann")
    states = {approval.id: approval.state for approval in workspace.read(approvals.of, "thing", 7)}
    assert states == {first: "withdrawn", second: "asked"}

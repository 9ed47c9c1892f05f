"""Which activities are contact, and how a customer's columns follow from them, undo included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from salesdesk.calc.periods import parse
from salesdesk.customers import activities, closings, customers
from salesdesk.customers.customers import Customer
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import months, people
from salesdesk.planning.actuals import actuals
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office: 林先生 is Ann's, grade A, registered on 1 October 2026."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _log(workspace: Workspace, at: datetime, kind: str = "call", **values: Any) -> int:
    with workspace.change("Log") as change:
        return activities.log(
            change, **{"person_id": STAFF.ann, "customer_id": STAFF.lin, **values},
            kind=kind, at=at,
        )  # fmt: skip


def _lin(workspace: Workspace) -> Customer:
    return workspace.read(customers.customer_by_id, STAFF.lin)


def _counted(workspace: Workspace, code: str, person_id: int = STAFF.ann) -> int:
    counted = workspace.read(
        actuals, [measure(workspace, code)], date(2026, 11, 1), date(2026, 12, 1)
    )
    return sum(value for key, value in counted.items() if key.person_id == person_id)


def _repeated(workspace: Workspace) -> list[bool]:
    """Whether each activity is a repeated walk-in, the oldest first."""
    return [row.repeated for row in reversed(workspace.read(activities.timeline, STAFF.lin))]


# -- what is contact -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "answered"), [("call", False), ("visit", False), ("group_message", True)]
)
def test_what_reached_nobody_counts_as_done_and_leaves_the_customer_due(
    workspace: Workspace, kind: str, answered: bool
) -> None:
    _log(workspace, datetime(2026, 11, 2, 9), words="talked")
    before = _lin(workspace)
    _log(workspace, datetime(2026, 11, 5, 9), kind, answered=answered, words="in vain")
    after = _lin(workspace)
    assert (after.last_contact_on, after.last_words, after.next_contact_on) == (
        before.last_contact_on, "talked", before.next_contact_on,
    )  # fmt: skip
    assert _counted(workspace, "calls") == (2 if kind == "call" else 1)
    assert _counted(workspace, "visits") == (1 if kind == "visit" else 0)


@pytest.mark.parametrize(
    ("kind", "values", "why"),
    [
        ("walk_in", {"answered": False}, "Only a call or a visit"),
        ("call", {"answered": False, "next_contact_on": date(2026, 11, 9)}, "no next contact"),
        ("group_message", {"next_contact_on": date(2026, 11, 9)}, "no next contact"),
        ("call", {"next_contact_on": date(2040, 1, 1)}, "ten years"),
        ("call", {"customer_id": None, "next_contact_on": date(2026, 11, 9)}, "needs a customer"),
        ("call", {"words": "x" * 4_001}, "at most 4,000"),
        ("call", {"person_id": STAFF.bob + 90}, "no person number"),
    ],
)
def test_what_can_t_have_been_is_refused(
    workspace: Workspace, kind: str, values: dict[str, Any], why: str
) -> None:
    with pytest.raises(SalesDeskError, match=why):
        _log(workspace, datetime(2026, 11, 2, 9), kind, **values)
    assert workspace.read(activities.timeline, STAFF.lin) == []


def test_what_is_still_to_come_isn_t_done(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="still to come"):
        _log(workspace, datetime.now() + timedelta(days=3))
    with pytest.raises(InputError, match="still to come"), workspace.change("") as change:
        customers.add(change, name="Early", registered_on=date.today() + timedelta(days=3))


def test_who_left_logs_nothing_and_looks_after_nobody(workspace: Workspace) -> None:
    with workspace.change("") as change:
        bob = people.person_by_id(change.connection, STAFF.bob)
        people.edit_person(
            change, STAFF.bob, seen_version=bob.version, left_on=date(2026, 11, 1), active=False
        )
    with pytest.raises(InputError, match="Bob no longer works here"):
        _log(workspace, datetime(2026, 11, 2, 9), person_id=STAFF.bob)
    with (
        pytest.raises(InputError, match="Bob no longer works here"),
        workspace.change("") as change,
    ):
        customers.hand_over(change, [STAFF.lin], STAFF.bob)
    with (
        pytest.raises(InputError, match="Bob no longer works here"),
        workspace.change("") as change,
    ):
        customers.add(change, name="New", owner_id=STAFF.bob)


# -- following -------------------------------------------------------------------------------------


def test_columns_follow_what_is_put_right_and_taken_out(workspace: Workspace) -> None:
    first = _log(workspace, datetime(2026, 11, 2, 9), words="first")
    second = _log(workspace, datetime(2026, 11, 4, 9), words="second")
    with workspace.change("") as change:
        activities.edit(change, second, answered=False)
    lin = _lin(workspace)
    assert (lin.last_contact_on, lin.last_words) == (date(2026, 11, 2), "first")
    with workspace.change("") as change:
        activities.edit(change, second, answered=True, at=datetime(2026, 11, 6, 9))
    assert _lin(workspace).next_contact_on == date(2026, 11, 13)
    with workspace.change("") as change:
        activities.delete(change, second)
    assert _lin(workspace).last_contact_on == date(2026, 11, 2)
    with workspace.change("") as change:
        activities.delete(change, first)
    lin = _lin(workspace)
    assert (lin.last_contact_on, lin.last_words) == (None, "")
    assert lin.next_contact_on == date(2026, 10, 8)  # from the registration


def test_my_call_is_undone_after_a_colleague_called_too(workspace: Workspace) -> None:
    _log(workspace, datetime(2026, 11, 6, 9), words="later")
    workspace.work_as(STAFF.ann, "Ann")
    _log(workspace, datetime(2026, 11, 4, 9), words="earlier")
    workspace.work_as(STAFF.max, "Max")
    workspace.undo()
    lin = _lin(workspace)
    assert (lin.last_contact_on, lin.last_words) == (date(2026, 11, 4), "earlier")


def test_the_first_walk_in_is_told_from_repeated_ones(workspace: Workspace) -> None:
    second = _log(workspace, datetime(2026, 11, 6, 9), "walk_in")
    assert _repeated(workspace) == [False]
    _log(workspace, datetime(2026, 11, 3, 9), "invited_walk_in")
    assert _repeated(workspace) == [False, True]
    _log(workspace, datetime(2026, 11, 9, 9), "call_received")
    _log(workspace, datetime(2026, 11, 10, 9), "walk_in")
    _log(workspace, datetime(2026, 11, 10, 10), "walk_in", customer_id=None)
    counted = {
        code: _counted(workspace, code)
        for code in ("walk_ins", "first_walk_ins", "repeat_walk_ins", "invited_walk_ins",
                     "calls_received", "calls", "visits")
    }  # fmt: skip
    assert counted == {
        "walk_ins": 4, "first_walk_ins": 2, "repeat_walk_ins": 2, "invited_walk_ins": 1,
        "calls_received": 1, "calls": 0, "visits": 0,
    }  # fmt: skip
    with workspace.change("") as change:
        activities.edit(change, second, kind="visit")
    assert _repeated(workspace) == [False, False, False, True]


def test_undoing_the_first_walk_in_makes_the_next_one_the_first(workspace: Workspace) -> None:
    _log(workspace, datetime(2026, 11, 3, 9), "walk_in")
    workspace.work_as(STAFF.ann, "Ann")
    _log(workspace, datetime(2026, 11, 6, 9), "walk_in")
    assert _repeated(workspace) == [False, True]
    workspace.work_as(STAFF.max, "Max")
    workspace.undo()
    assert _repeated(workspace) == [False]


# -- closed months, contracts ----------------------------------------------------------------------


def test_a_closed_month_keeps_its_activities(workspace: Workspace) -> None:
    october = _log(workspace, datetime(2026, 10, 5, 9))
    with workspace.change("") as change:
        months.close(change, parse("2026-10"))
    for day in (datetime(2026, 10, 20, 9), datetime(2026, 11, 2, 9)):
        with pytest.raises(InputError, match="closed month"), workspace.change("") as change:
            activities.edit(change, october, at=day)
    with pytest.raises(InputError, match="closed month"), workspace.change("") as change:
        activities.delete(change, october)
    with pytest.raises(InputError, match="closed month"):
        _log(workspace, datetime(2026, 10, 31, 9))
    with pytest.raises(InputError, match="closed month"), workspace.change("") as change:
        customers.add(change, name="Late", registered_on=date(2026, 10, 31))
    assert _log(workspace, datetime(2026, 11, 2, 9))


@pytest.mark.parametrize("before", ["potential", "lasting", "lost"])
def test_a_contract_closes_a_customer_and_its_loss_opens_them_again(
    workspace: Workspace, before: str
) -> None:
    def follow(contracted: bool) -> str:
        with workspace.change("") as change:
            closings.follow(change, STAFF.lin, contracted=contracted)
        return _lin(workspace).state

    with workspace.change("") as change:
        customers.edit(change, STAFF.lin, state=before)
    assert follow(False) == before
    assert follow(True) == "closed"
    assert follow(True) == "closed"
    assert follow(False) == before

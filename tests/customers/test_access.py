"""A salesperson works with their own customers: what else is tried is refused, nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from salesdesk.customers import activities, care, customers
from salesdesk.customers.customers import CustomerFilter
from salesdesk.customers.leave import add_leave
from salesdesk.errors import RightsError
from salesdesk.office import rights
from salesdesk.storage.history import Change
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office
from tests.storage.rows import all_rows


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office with Bob, a salesperson without customers, at work."""
    with staffed_office(tmp_path) as opened:
        with opened.change("") as change:
            activities.log(
                change, person_id=STAFF.ann, kind="call", customer_id=STAFF.lin,
                at=datetime(2026, 11, 2, 9),
            )  # fmt: skip
        opened.work_as(STAFF.bob, "Bob")
        yield opened


def _log_own(change: Change) -> int:
    return activities.log(change, person_id=STAFF.bob, kind="call", customer_id=STAFF.lin)


WRITERS: dict[str, Callable[[Change], object]] = {
    "add": lambda change: customers.add(change, name="New", owner_id=STAFF.ann),
    "edit": lambda change: customers.edit(change, STAFF.lin, note="mine"),
    "take": lambda change: customers.edit(change, STAFF.lin, owner_id=STAFF.bob),
    "grade": lambda change: customers.set_grade(change, [STAFF.lin], "C"),
    "hand over": lambda change: customers.hand_over(change, [STAFF.lin], STAFF.bob),
    "log": _log_own,
    "log as another": lambda change: activities.log(change, person_id=STAFF.ann, kind="call"),
    "edit activity": lambda change: activities.edit(change, 1, words="other"),
    "delete activity": lambda change: activities.delete(change, 1),
}


@pytest.mark.parametrize("name", WRITERS)
def test_others_customers_stay_as_they_are(workspace: Workspace, name: str) -> None:
    before = all_rows(workspace)
    with pytest.raises(RightsError), workspace.change("") as change:
        WRITERS[name](change)
    assert all_rows(workspace) == before


def test_own_customers_are_entered_edited_graded_and_logged_but_not_given_away(
    workspace: Workspace,
) -> None:
    with workspace.change("") as change:
        own = customers.add(change, name="Own", owner_id=STAFF.bob)
        customers.edit(change, own, note="known", grade="B")
        customers.set_grade(change, [own], "A")
        activities.log(change, person_id=STAFF.bob, kind="visit", customer_id=own)
    with pytest.raises(RightsError), workspace.change("") as change:
        customers.hand_over(change, [own], STAFF.ann)


def test_nobody_s_customers_may_be_called_but_not_taken(workspace: Workspace) -> None:
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("") as change:
        customers.hand_over(change, [STAFF.lin], None)
    workspace.work_as(STAFF.bob, "Bob")
    with workspace.change("") as change:
        _log_own(change)
    with pytest.raises(RightsError), workspace.change("") as change:
        customers.edit(change, STAFF.lin, owner_id=STAFF.bob)


def test_who_covers_works_with_the_customers_while_the_leave_lasts(workspace: Workspace) -> None:
    today = date.today()
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("") as change:
        add_leave(change, STAFF.ann, today, today + timedelta(days=2), cover_id=STAFF.bob)
    workspace.work_as(STAFF.bob, "Bob")
    with workspace.change("") as change:
        _log_own(change)
        customers.edit(change, STAFF.lin, note="called for Ann")
    with pytest.raises(RightsError), workspace.change("") as change:
        customers.hand_over(change, [STAFF.lin], STAFF.bob)


@pytest.mark.parametrize(
    ("scope", "seen"),
    [("office", [STAFF.lin, STAFF.zhou]), ("team", [STAFF.lin]), ("own", []), ("none", [])],
)
def test_every_list_shows_whom_the_person_may_see(
    workspace: Workspace, scope: rights.Scope, seen: list[int]
) -> None:
    workspace.work_as(STAFF.max, "Max")
    with workspace.change("") as change:
        rights.adjust(change, "customers.see", "salesperson", scope)
    customer_filter = CustomerFilter(seen_by=STAFF.bob)
    assert [row.id for row in workspace.read(customers.page, customer_filter)] == seen
    assert workspace.read(customers.count, customer_filter) == len(seen)
    assert workspace.read(customers.matching_ids, customer_filter) == seen
    found = workspace.read(customers.find, "林", seen_by=STAFF.bob)
    assert [row.id for row in found] == [number for number in seen if number == STAFF.lin]
    due = workspace.read(care.due_list, None, date(2026, 11, 30), seen_by=STAFF.bob)
    assert sorted(row.customer.id for row in due) == seen
    if STAFF.zhou in seen:
        assert workspace.read(customers.customer_seen_by, STAFF.zhou, STAFF.bob)
    else:
        with pytest.raises(RightsError):
            workspace.read(customers.customer_seen_by, STAFF.zhou, STAFF.bob)
    # Who enters a customer is told of one they may not see: nobody is entered twice.
    assert workspace.read(customers.duplicates, "周 女士", "", "")

"""Customers whom nobody looks after are found: without contact, or with an owner who left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from salesdesk.customers import activities, customers
from salesdesk.customers.customers import CustomerFilter
from salesdesk.office import people
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office: two customers, registered on 1 October 2026."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _ids(workspace: Workspace, wanted: CustomerFilter) -> list[int]:
    found = workspace.read(customers.matching_ids, wanted)
    assert found == [customer.id for customer in workspace.read(customers.page, wanted)]
    assert len(found) == workspace.read(customers.count, wanted)
    return found


def test_a_customer_never_contacted_is_quiet_since_the_registration(workspace: Workspace) -> None:
    assert _ids(workspace, CustomerFilter(quiet_since=date(2026, 10, 1))) == []
    both = [STAFF.lin, STAFF.zhou]
    assert _ids(workspace, CustomerFilter(quiet_since=date(2026, 10, 2))) == both


def test_a_contact_ends_the_quiet(workspace: Workspace) -> None:
    with workspace.change("Call") as change:
        activities.log(
            change, person_id=STAFF.ann, customer_id=STAFF.lin, kind="call",
            at=datetime(2026, 11, 20, 9),
        )  # fmt: skip
    assert _ids(workspace, CustomerFilter(quiet_since=date(2026, 11, 20))) == [STAFF.zhou]
    assert STAFF.lin in _ids(workspace, CustomerFilter(quiet_since=date(2026, 11, 21)))


def test_customers_of_who_left_are_found_until_they_are_handed_over(workspace: Workspace) -> None:
    assert _ids(workspace, CustomerFilter(owner_left=True)) == []
    with workspace.change("Leave") as change:
        cleo = people.person_by_id(change.connection, STAFF.cleo)
        people.edit_person(
            change, STAFF.cleo, seen_version=cleo.version, left_on=date(2026, 11, 20)
        )
    assert _ids(workspace, CustomerFilter(owner_left=True)) == [STAFF.zhou]
    with workspace.change("Hand over") as change:
        customers.hand_over(change, [STAFF.zhou], STAFF.bob)
    assert _ids(workspace, CustomerFilter(owner_left=True)) == []


def test_a_list_of_just_some_customers_holds_no_others(workspace: Workspace) -> None:
    assert _ids(workspace, CustomerFilter(ids=(STAFF.zhou,))) == [STAFF.zhou]
    assert _ids(workspace, CustomerFilter(ids=())) == []

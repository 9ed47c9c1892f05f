"""Leave: when it can't be, who must cover, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from salesdesk.customers import activities, customers
from salesdesk.customers.leave import add_leave, edit_leave, end_leave
from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import people
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with staffed_office(tmp_path) as workspace:
        yield workspace


def test_a_colleague_covers_from_the_first_day_until_the_day_before_the_return(
    workspace: Workspace,
) -> None:
    with workspace.change("Leave") as change:
        add_leave(change, STAFF.ann, date(2026, 11, 2), date(2026, 11, 9), cover_id=STAFF.bob)
        add_leave(change, STAFF.bob, date(2027, 11, 2), date(2027, 11, 9))  # without customers
    assert workspace.read(people.covers, date(2026, 11, 1)) == {}
    assert workspace.read(people.covers, date(2026, 11, 2)) == {STAFF.ann: STAFF.bob}
    assert workspace.read(people.covers, date(2026, 11, 8)) == {STAFF.ann: STAFF.bob}
    assert workspace.read(people.covers, date(2026, 11, 9)) == {}
    assert workspace.read(people.covers, date(2027, 11, 2)) == {}


@pytest.mark.parametrize(
    ("first", "end", "cover", "why"),
    [
        (date(2026, 11, 9), date(2026, 11, 9), STAFF.bob, "must end after it begins"),
        (date(2026, 11, 9), date(2026, 11, 8), STAFF.bob, "must end after it begins"),
        (date(2026, 12, 1), date(2026, 12, 2), STAFF.ann, "can cover for themselves"),
        (date(2026, 11, 8), date(2026, 11, 12), STAFF.bob, "already on leave"),  # the last day
        (date(2026, 10, 1), date(2026, 11, 3), STAFF.bob, "already on leave"),
        (date(202, 11, 2), date(2026, 11, 3), STAFF.bob, "First day: 0202-11-02"),
        (date(2026, 12, 1), date(2026, 12, 2), 99, "Covered by"),
    ],
)
def test_a_leave_that_can_t_be_is_refused(
    workspace: Workspace, first: date, end: date, cover: int, why: str
) -> None:
    with workspace.change("Leave") as change:
        add_leave(change, STAFF.ann, date(2026, 11, 2), date(2026, 11, 9), cover_id=STAFF.bob)
    with pytest.raises(InputError, match=why), workspace.change("Leave") as change:
        add_leave(change, STAFF.ann, first, end, cover_id=cover)
    assert len(workspace.read(people.leaves)) == 1


def test_customers_are_left_alone_by_no_leave(workspace: Workspace) -> None:
    first = date.today() + timedelta(days=30)
    with workspace.change("Contact") as change:
        activities.log(
            change, person_id=STAFF.ann, kind="call", customer_id=STAFF.lin, next_contact_on=first
        )
    end = first + timedelta(days=3)
    with pytest.raises(InputError, match="1 customer falls due"), workspace.change("") as change:
        add_leave(change, STAFF.ann, first, end)
    with workspace.change("Leave") as change:
        leave_id = add_leave(change, STAFF.ann, first, end, cover_id=STAFF.bob)
    with pytest.raises(InputError, match="say who covers"), workspace.change("") as change:
        edit_leave(change, leave_id, cover_id=None)
    with workspace.change("Leave") as change:  # back before anybody falls due
        add_leave(change, STAFF.ann, first - timedelta(days=9), first)


def test_an_uncovered_leave_may_be_shortened_and_noted_but_not_grow(workspace: Workspace) -> None:
    first = date.today() + timedelta(days=30)
    with workspace.change("Leave") as change:
        leave_id = add_leave(change, STAFF.bob, first, first + timedelta(days=9))
        customers.hand_over(change, [STAFF.lin], STAFF.bob)
    with workspace.change("Note") as change:
        edit_leave(change, leave_id, note="Wedding", end_day=first + timedelta(days=8))
    with pytest.raises(InputError, match="say who covers"), workspace.change("") as change:
        edit_leave(change, leave_id, end_day=first + timedelta(days=20))


def test_a_leave_may_follow_another_at_once(workspace: Workspace) -> None:
    with workspace.change("Leave") as change:
        add_leave(change, STAFF.bob, date(2026, 11, 2), date(2026, 11, 9))
        add_leave(change, STAFF.bob, date(2026, 11, 9), date(2026, 11, 10))
    assert len(workspace.read(people.leaves, since=date(2026, 11, 8))) == 2
    assert len(workspace.read(people.leaves, since=date(2026, 11, 9))) == 1


def test_coming_back_early_shortens_a_leave_and_before_its_start_removes_it(
    workspace: Workspace,
) -> None:
    with workspace.change("Leave") as change:
        first = add_leave(
            change, STAFF.ann, date(2026, 11, 2), date(2026, 11, 9), cover_id=STAFF.bob
        )
        second = add_leave(change, STAFF.bob, date(2026, 12, 2), date(2026, 12, 9))
    with workspace.change("Back") as change:
        end_leave(change, first, date(2026, 11, 5))
        end_leave(change, second, date(2026, 12, 2))
    [left] = workspace.read(people.leaves)
    assert (left.person_name, left.end_day) == ("Ann", date(2026, 11, 5))
    assert workspace.history()[0].label == "Ann is back; Bob is back"
    with pytest.raises(NotFoundError), workspace.change("Back") as change:
        end_leave(change, second, date(2026, 11, 2))


def test_a_salesperson_enters_their_own_leave_only(workspace: Workspace) -> None:
    workspace.work_as(STAFF.bob, "Bob")
    with workspace.change("Leave") as change:
        leave_id = add_leave(change, STAFF.bob, date(2026, 11, 2), date(2026, 11, 9))
    with pytest.raises(RightsError), workspace.change("Leave") as change:
        add_leave(change, STAFF.cleo, date(2026, 11, 2), date(2026, 11, 9))
    with pytest.raises(RightsError), workspace.change("Leave") as change:
        edit_leave(change, leave_id, person_id=STAFF.cleo)

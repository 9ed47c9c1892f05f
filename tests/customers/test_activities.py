"""What is done with a customer sets the next contact; who is due surfaces, covers included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from salesdesk.customers import activities, care, customers
from salesdesk.customers.customers import Customer
from salesdesk.customers.leave import add_leave
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import people, settings
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office: 林先生 (Ann's, A, due 8 October), 周女士 (Cleo's, C)."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _log(workspace: Workspace, at: datetime, **values: Any) -> int:
    with workspace.change("Log") as change:
        wanted = {"person_id": STAFF.ann, "kind": "call", "customer_id": STAFF.lin, **values}
        return activities.log(change, at=at, **wanted)


def _lin(workspace: Workspace) -> Customer:
    return workspace.read(customers.customer_by_id, STAFF.lin)


def test_a_call_sets_the_last_and_by_the_grade_the_next_contact(workspace: Workspace) -> None:
    _log(workspace, datetime(2026, 11, 2, 9), words=" asked for prices ")
    lin = _lin(workspace)
    assert (lin.last_contact_on, lin.next_contact_on) == (date(2026, 11, 2), date(2026, 11, 9))
    assert lin.last_words == "asked for prices"
    # Words are kept where the next contact has none.
    _log(workspace, datetime(2026, 11, 3, 9))
    assert _lin(workspace).last_words == "asked for prices"


def test_a_day_agreed_with_the_customer_goes_before_the_cadence(workspace: Workspace) -> None:
    _log(workspace, datetime(2026, 11, 2, 9), next_contact_on=date(2026, 11, 4))
    assert _lin(workspace).next_contact_on == date(2026, 11, 4)


def test_an_earlier_contact_entered_later_leaves_the_latest_as_it_is(workspace: Workspace) -> None:
    _log(workspace, datetime(2026, 11, 9, 9), words="latest")
    _log(workspace, datetime(2026, 11, 2, 9), words="earlier")
    lin = _lin(workspace)
    assert (lin.last_contact_on, lin.last_words) == (date(2026, 11, 9), "latest")
    assert lin.next_contact_on == date(2026, 11, 16)


def test_the_office_s_own_cadence_counts(workspace: Workspace) -> None:
    with workspace.change("Cadence") as change:
        settings.store(change, cadence={"A": 3, "B": 15, "C": 30})
    _log(workspace, datetime(2026, 11, 2, 9))
    assert _lin(workspace).next_contact_on == date(2026, 11, 5)
    proposed = workspace.read(activities.proposed_contact, STAFF.lin, date(2026, 11, 10))
    assert proposed == date(2026, 11, 13)


@pytest.mark.parametrize(
    "values",
    [{"kind": "telepathy"}, {"cost": -1}, {"next_contact_on": date(2026, 11, 1)}],
)
def test_an_activity_that_can_t_be_is_refused(
    workspace: Workspace, values: dict[str, object]
) -> None:
    with pytest.raises(InputError):
        _log(workspace, datetime(2026, 11, 2, 9), **values)
    assert workspace.read(activities.timeline, STAFF.lin) == []


def test_an_activity_of_a_customer_that_isn_t_there_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="99"):
        _log(workspace, datetime(2026, 11, 2, 9), customer_id=99)
    assert workspace.read(care.due_list, None, date(2026, 10, 7)) == []


def test_an_activity_needs_no_customer(workspace: Workspace) -> None:
    _log(workspace, datetime(2026, 11, 2, 9), customer_id=None, kind="visit")
    assert workspace.read(activities.timeline, STAFF.lin) == []


def test_the_timeline_is_newest_first_page_by_page(workspace: Workspace) -> None:
    moments = [datetime(2026, 11, 2, 9), datetime(2026, 11, 5, 9), datetime(2026, 11, 5, 9),
               datetime(2026, 11, 1, 9)]  # fmt: skip
    ids = [_log(workspace, moment) for moment in moments]
    whole = workspace.read(activities.timeline, STAFF.lin)
    assert [activity.id for activity in whole] == [ids[2], ids[1], ids[0], ids[3]]
    paged = workspace.read(activities.timeline, STAFF.lin, limit=2)
    paged += workspace.read(activities.timeline, STAFF.lin, before=paged[-1], limit=2)
    assert paged == whole


# -- care ------------------------------------------------------------------------------------------


def test_who_is_due_today_or_overdue_is_listed_the_longest_first(workspace: Workspace) -> None:
    # 周女士 would be due on Saturday 31 October: on Monday.
    dues = workspace.read(care.due_list, None, date(2026, 11, 2))
    assert [(due.customer.id, due.overdue_days) for due in dues] == [
        (STAFF.lin, 25), (STAFF.zhou, 0),
    ]  # fmt: skip
    assert workspace.read(care.due_list, None, date(2026, 10, 7)) == []
    [due] = workspace.read(care.due_list, STAFF.ann, date(2026, 10, 31))
    assert (due.customer.id, due.due_on, due.covering_for) == (STAFF.lin, date(2026, 10, 8), "")


def test_of_those_due_on_the_same_day_the_better_grade_comes_first(workspace: Workspace) -> None:
    with workspace.change("More") as change:
        for grade in ("", "C", "A", "B"):
            customer_id = customers.add(
                change, name=f"G{grade}", grade=grade, owner_id=STAFF.bob,
                registered_on=date(2026, 10, 1),
            )  # fmt: skip
            activities.log(
                change, person_id=STAFF.bob, kind="visit", customer_id=customer_id,
                at=datetime(2026, 10, 2, 9), next_contact_on=date(2026, 11, 1),
            )  # fmt: skip
    dues = workspace.read(care.due_list, STAFF.bob, date(2026, 11, 1))
    assert [due.customer.grade for due in dues] == ["A", "B", "C", ""]


def test_customers_of_a_colleague_on_leave_are_in_the_cover_s_list(workspace: Workspace) -> None:
    today = date(2026, 10, 20)
    with workspace.change("Leave") as change:
        add_leave(change, STAFF.ann, date(2026, 10, 19), date(2026, 10, 26),
                         cover_id=STAFF.bob)  # fmt: skip
    covers = workspace.read(people.covers, today)
    [due] = workspace.read(care.due_list, STAFF.bob, today, covers=covers)
    assert (due.customer.id, due.covering_for) == (STAFF.lin, "Ann")
    assert workspace.read(care.due_list, STAFF.cleo, today, covers=covers) == []
    back = workspace.read(people.covers, date(2026, 10, 26))
    assert workspace.read(care.due_list, STAFF.bob, date(2026, 10, 26), covers=back) == []


def test_a_contact_takes_the_customer_off_the_list(workspace: Workspace) -> None:
    _log(workspace, datetime(2026, 10, 20, 9))
    assert workspace.read(care.due_list, STAFF.ann, date(2026, 10, 20)) == []
    workspace.undo()
    assert len(workspace.read(care.due_list, STAFF.ann, date(2026, 10, 20))) == 1


def test_neglected_customers_surface_by_person_the_most_first(workspace: Workspace) -> None:
    with workspace.change("More") as change:
        for _number in range(2):
            customers.add(
                change, name="Forgotten", grade="A", owner_id=STAFF.bob,
                registered_on=date(2026, 9, 1),
            )  # fmt: skip
    neglects = workspace.read(care.overdue_by_person, date(2026, 10, 10))
    assert [(neglect.person_name, neglect.overdue, neglect.worst_days) for neglect in neglects] == [
        ("Bob", 2, 32), ("Ann", 1, 2),
    ]  # fmt: skip
    # What is due today isn't neglected yet.
    assert workspace.read(care.overdue_by_person, date(2026, 9, 8)) == []


def test_who_would_be_left_alone_by_a_leave_is_counted(workspace: Workspace) -> None:
    def alone(first: date, end: date) -> int:
        return workspace.read(care.left_alone, STAFF.ann, first, end)

    # 林先生 is due on 8 October.
    assert alone(date(2026, 10, 5), date(2026, 10, 9)) == 1
    assert alone(date(2026, 10, 5), date(2026, 10, 8)) == 0
    assert alone(date(2026, 11, 5), date(2026, 11, 6)) == 1  # overdue by then, still uncared for
    assert alone(date(2026, 11, 5), date(2026, 11, 5)) == 0
    assert workspace.read(care.left_alone, STAFF.bob, date(2026, 10, 5), date(2026, 12, 1)) == 0

"""Undo takes back what was done at this seat, and only the columns that were altered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesdesk.calc import periods
from salesdesk.check import check
from salesdesk.customers import activities, customers
from salesdesk.customers.tables import customer
from salesdesk.errors import ConflictError, InputError, RightsError, SalesDeskError
from salesdesk.office import months, people
from salesdesk.office.tables import team
from salesdesk.office.undoing import undo_entry
from salesdesk.planning.places import OFFICE, Place
from salesdesk.planning.tables import plan
from salesdesk.workspace import Change, Workspace
from tests.offices import (
    STAFF,
    plan_for,
    sell,
    set_targets,
    staffed_office,
    targets_of,
    trust_everybody,
)
from tests.storage.rows import all_rows
from tests.storage.test_history import STEPS, Step, _make, _office, changes


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Workspace]:
    """Max's window on the staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


@pytest.fixture
def other(window: Workspace) -> Iterator[Workspace]:
    """Ann's window on the same office."""
    with Workspace.open(window.path) as opened:
        opened.work_as(STAFF.ann, "Ann")
        yield opened


def _note(workspace: Workspace, words: str) -> None:
    with workspace.change(f"Note {words}") as change:
        change.update(customer, STAFF.lin, note=words)


def _log(workspace: Workspace, day: date, words: str = "", due: date | None = None) -> None:
    with workspace.change(f"Call on {day}") as change:
        activities.log(
            change,
            person_id=STAFF.ann,
            kind="effective_call",
            customer_id=STAFF.lin,
            at=datetime.combine(day, datetime.min.time()),
            words=words,
            next_contact_on=due,
        )


def _contact(workspace: Workspace) -> tuple[date | None, str, date | None]:
    lin = workspace.read(customers.customer_by_id, STAFF.lin)
    return lin.last_contact_on, lin.last_words, lin.next_contact_on


# -- by seat ---------------------------------------------------------------------------------------


def test_another_window_of_the_same_person_undoes_nothing_of_this_one(
    window: Workspace, other: Workspace
) -> None:
    other.work_as(STAFF.max, "Max")
    _note(window, "mine")
    assert other.undo_label() is None
    assert other.undo() is None
    assert window.read(customers.customer_by_id, STAFF.lin).note == "mine"
    assert window.undo() == "Note mine"
    assert other.redo_label() is None
    assert window.redo() == "Note mine"


def test_who_sits_down_next_at_a_window_undoes_nothing_of_who_sat_there(window: Workspace) -> None:
    _note(window, "mine")
    window.work_as(STAFF.ann, "Ann")
    assert window.undo() is None


def test_eight_windows_of_one_person_lose_no_call_to_each_other_s_undo(window: Workspace) -> None:
    opened = [Workspace.open(window.path) for _number in range(8)]
    for seat in opened:
        seat.work_as(STAFF.ann, "Ann")
        _log(seat, date(2026, 11, 3))
        _log(seat, date(2026, 11, 4))
    for seat in opened:
        assert seat.undo() is not None
        seat.close()
    assert len(window.read(activities.timeline, STAFF.lin)) == 8


# -- by column -------------------------------------------------------------------------------------


def test_a_colleague_s_call_doesn_t_hold_up_the_undo_of_a_note(
    window: Workspace, other: Workspace
) -> None:
    _note(window, "mine")
    _log(other, date(2026, 11, 3), "They think it over.")
    assert window.undo() == "Note mine"
    lin = window.read(customers.customer_by_id, STAFF.lin)
    assert (lin.note, lin.last_words) == ("", "They think it over.")


def test_an_edit_of_another_column_stays_where_an_edit_is_undone(
    window: Workspace, other: Workspace
) -> None:
    _note(window, "mine")
    with other.change("Region") as change:
        change.update(customer, STAFF.lin, region="North")
    window.undo()
    lin = window.read(customers.customer_by_id, STAFF.lin)
    assert (lin.note, lin.region) == ("", "North")


def test_the_refusal_names_who_changed_the_same_column_not_who_came_last(
    window: Workspace, other: Workspace
) -> None:
    _note(window, "mine")
    trust_everybody(window)
    _note(other, "Ann's")
    other.work_as(STAFF.bob, "Bob")
    _log(other, date(2026, 11, 3))
    with pytest.raises(ConflictError, match=r"Ann .*Note Ann's"):
        window.undo()


def test_a_customer_renamed_and_undone_is_found_by_the_phone_a_colleague_entered(
    window: Workspace, other: Workspace
) -> None:
    with window.change("Rename") as change:
        customers.edit(change, STAFF.lin, name="Renamed")
    with other.change("Phone") as change:
        customers.edit(change, STAFF.lin, phones="139 9999 8888")
    window.undo()
    assert check(window) == []
    assert [one.name for one in window.read(customers.find, "13999998888")] == ["林先生"]


# -- what follows from activities --------------------------------------------------------------


def test_the_last_contact_is_the_remaining_one_whoever_undoes_first(
    window: Workspace, other: Workspace
) -> None:
    start = _contact(window)
    _log(window, date(2026, 11, 3), "First", due=date(2026, 11, 20))
    first = _contact(window)
    _log(other, date(2026, 11, 5), "Second", due=date(2026, 11, 25))
    second = _contact(window)
    window.undo()
    assert _contact(window) == second
    other.undo()
    assert _contact(window) == start
    other.redo()
    assert _contact(window) == second
    window.redo()
    other.undo()
    assert _contact(window) == first
    assert check(window) == []


def test_undo_gives_back_a_next_contact_that_was_set_by_hand(window: Workspace) -> None:
    with window.change("Later") as change:
        change.update(customer, STAFF.lin, next_contact_on=date(2026, 12, 24))
    _log(window, date(2026, 11, 3))
    window.undo()
    assert _contact(window)[2] == date(2026, 12, 24)


def test_an_undo_that_would_do_nothing_is_refused(window: Workspace, other: Workspace) -> None:
    with window.change("Later") as change:
        change.update(customer, STAFF.lin, next_contact_on=date(2026, 12, 24))
    with other.change("Sooner") as change:
        change.update(customer, STAFF.lin, next_contact_on=date(2026, 12, 1))
    with pytest.raises(ConflictError, match="Sooner"):
        window.undo()


# -- any entry of the history ----------------------------------------------------------------------


def test_an_old_entry_is_undone_and_taken_back_from_the_history(window: Workspace) -> None:
    _note(window, "one")
    with window.change("New team") as change:
        people.add_team(change, "North")
    note = window.history()[1]
    assert undo_entry(window, note.id) == "Note one"
    assert window.read(customers.customer_by_id, STAFF.lin).note == ""
    with pytest.raises(ConflictError, match="undone already"):
        undo_entry(window, note.id)
    undo = window.history()[0]
    assert undo_entry(window, undo.id) == "Note one"
    assert window.read(customers.customer_by_id, STAFF.lin).note == "one"
    with pytest.raises(ConflictError, match="taken back already"):
        undo_entry(window, undo.id)
    # A redo is undone like the change that it brought back.
    assert undo_entry(window, window.history()[0].id) == "Note one"
    assert window.read(customers.customer_by_id, STAFF.lin).note == ""
    assert window.undo() == "New team North"
    assert window.undo() is None


def test_others_changes_are_undone_by_who_may(window: Workspace, other: Workspace) -> None:
    _note(window, "mine")
    entry = window.history()[0]
    with pytest.raises(RightsError):
        undo_entry(other, entry.id)
    assert window.read(customers.customer_by_id, STAFF.lin).note == "mine"
    _note(other, "hers")
    hers = window.history()[0]
    undo_entry(window, hers.id)  # a manager may
    assert window.read(customers.customer_by_id, STAFF.lin).note == "mine"
    assert other.undo() is None
    assert other.redo() is None  # what the manager undid isn't hers to redo
    assert window.redo_label() == "Note hers"


def test_a_team_that_was_added_is_taken_away_though_others_made_entries_since(
    window: Workspace, other: Workspace
) -> None:
    with window.change("New team") as change:
        north = people.add_team(change, "North")
    _note(other, "hers")
    window.undo()
    assert north not in all_rows(window)["team"]
    with window.change("New team") as change:
        south = change.insert(team, name="South")
    with other.change("Rename") as change:
        change.update(team, south, name="Sud")
    with pytest.raises(ConflictError, match="Rename"):
        window.undo()


# -- what rooms refuse -----------------------------------------------------------------------------


def test_what_lies_in_a_month_closed_since_isn_t_undone(window: Workspace) -> None:
    sell(window, 5_000_00, date(2026, 10, 12))
    deal = window.history()[0]
    with window.change() as change:
        months.close(change, periods.month(2026, 10))
    with pytest.raises(InputError, match="closed month"):
        undo_entry(window, deal.id)
    window.undo()
    assert undo_entry(window, deal.id)


def test_the_targets_of_a_plan_approved_since_aren_t_undone(window: Workspace) -> None:
    plan_id = plan_for(window)
    place = Place(OFFICE, periods.year(2026))
    set_targets(window, plan_id, {place: 100})
    targets = window.history()[0]
    with window.change("Approve") as change:
        change.update(plan, plan_id, status="approved")
    with pytest.raises(InputError, match=r"Plan 2026 is approved"):
        undo_entry(window, targets.id)
    assert len(targets_of(window, plan_id)) == 1


# -- any order -------------------------------------------------------------------------------------


@given(changes, st.lists(st.integers(0, 99), min_size=12, max_size=12))
@settings(max_examples=25)
def test_undo_in_any_order_leaves_a_sound_office(
    wanted: list[list[Step]], order: list[int]
) -> None:
    with _office() as workspace:
        for number, steps in enumerate(wanted):
            _make(workspace, steps, f"Change {number}")
        undone = 0
        for number in [0, *order]:
            entries = workspace.history(limit=1000)
            if not entries:
                return
            try:
                undo_entry(workspace, entries[number % len(entries)].id)
            except (ConflictError, InputError):
                continue  # something rests on it, it doesn't stand any more, or a rule holds it
            undone += 1
            assert check(workspace) == []
        assert undone  # at least the newest entry


def test_steps_of_the_histories_are_refused_by_rules_only() -> None:
    """The generated changes must mostly succeed, or the properties above prove little."""
    with _office() as workspace:
        refused = 0
        for name, step in sorted(STEPS.items()):
            try:
                with workspace.change(name) as change:
                    _run(step, change)
            except SalesDeskError:
                refused += 1
        assert refused <= 2


def _run(step: object, change: Change) -> None:
    assert callable(step)
    step(change, [1, 2, 3])

"""Whatever was changed can be undone and redone, row by row, unless someone built on it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from salesdesk.calc.periods import parse
from salesdesk.check import check
from salesdesk.customers import activities, customers
from salesdesk.customers.kinds import KINDS
from salesdesk.customers.leave import add_leave, end_leave
from salesdesk.customers.tables import customer, customer_phone
from salesdesk.errors import ConflictError, InputError, NotFoundError, SalesDeskError
from salesdesk.office import calendar, measures, people
from salesdesk.office import settings as office_settings
from salesdesk.office.tables import leave, person, team
from salesdesk.planning import plans, remarks, splitting, targets
from salesdesk.planning.places import OFFICE, Place, Who
from salesdesk.planning.places import person as of_person
from salesdesk.planning.tables import plan
from salesdesk.sales import deals, payments, products, selling
from salesdesk.sales.tables import deal, payment, product
from salesdesk.storage import images, trail
from salesdesk.workspace import Change, Workspace
from tests.offices import STAFF, plan_for, sell, set_targets, staffed_office, trust_everybody
from tests.storage.rows import all_rows

# -- generated sequences ---------------------------------------------------------------------------

Picks = list[int]
Step = tuple[str, Picks]


def _pick(change: Change, within: Table, number: int) -> int:
    """The id of some row of a table. Raises NotFoundError when it is empty."""
    ids = change.connection.execute(select(within.c.id).order_by(within.c.id)).scalars().all()
    if not ids:
        raise NotFoundError("nothing to pick")
    return int(ids[number % len(ids)])


def _add_customer(change: Change, picks: Picks) -> None:
    customers.add(
        change,
        name=f"Customer {picks[0]}",
        phones=f"1380000{picks[0]:04}; 1390000{picks[1]:04}",
        grade="ABC"[picks[2] % 3],
        owner_id=_pick(change, person, picks[1]),
    )


def _edit_customer(change: Change, picks: Picks) -> None:
    customers.edit(
        change,
        _pick(change, customer, picks[0]),
        phones=f"1370000{picks[1]:04}",
        name=f"Renamed {picks[2]}",
        grade="ABC"[picks[1] % 3],
    )


def _log(change: Change, picks: Picks) -> None:
    activities.log(
        change,
        person_id=_pick(change, person, picks[1]),
        kind=list(KINDS)[picks[2] % 7],
        customer_id=_pick(change, customer, picks[0]),
        at=datetime(2026, 11, 1, 9) + timedelta(days=picks[0] % 28),
    )


def _shares(change: Change, picks: Picks) -> list[deals.Share]:
    first, second = (_pick(change, person, number) for number in picks[:2])
    points = 1 + picks[2] % 9_999
    if first == second:
        return [deals.Share(first, 10_000)]
    return [deals.Share(first, points), deals.Share(second, 10_000 - points)]


def _add_deal(change: Change, picks: Picks) -> None:
    selling.add_deal(
        change,
        customer_id=_pick(change, customer, picks[0]),
        product_id=_pick(change, product, picks[1]),
        amount=picks[0] * 997 + picks[2],
        shares=_shares(change, picks),
        stages={"contracted": date(2026, 10, 1) + timedelta(days=picks[1] % 60)},
    )


def _share_deal_anew(change: Change, picks: Picks) -> None:
    stored = deals.deal_by_id(change.connection, _pick(change, deal, picks[0]))
    selling.edit_deal(
        change,
        stored.id,
        seen_version=stored.version,
        amount=picks[2] * 101,
        shares=_shares(change, picks),
    )


def _cancel_deal(change: Change, picks: Picks) -> None:
    selling.cancel(change, _pick(change, deal, picks[0]), date(2027, 1, 5), "Second thoughts")


def _add_payment(change: Change, picks: Picks) -> None:
    payments.add_payment(
        change, _pick(change, deal, picks[0]), picks[1] + 1, due_on=date(2026, 12, 1)
    )


def _pay(change: Change, picks: Picks) -> None:
    payments.pay(change, _pick(change, payment, picks[0]), date(2026, 12, 1 + picks[1] % 28))


def _delete_payment(change: Change, picks: Picks) -> None:
    payments.delete_payment(change, _pick(change, payment, picks[0]))


def _add_plan(change: Change, picks: Picks) -> None:
    plans.new_plan(change, title=f"Plan {picks[0]}", period=parse("2026"))


def _delete_plan(change: Change, picks: Picks) -> None:
    plans.delete_plan(change, _pick(change, plan, picks[0]))


def _set_targets(change: Change, picks: Picks) -> None:
    amount = measures.measure_with_code(change.connection, "amount")
    whos: list[Who] = [OFFICE, of_person(_pick(change, person, picks[0]))]
    wanted: dict[Place, int | None] = {
        Place(who, parse(f"2026-{1 + number % 12}")): None if number % 5 == 0 else number
        for who in whos
        for number in picks
    }
    wanted[Place(OFFICE, parse("2026"))] = picks[1] * 1_000_00
    targets.set_values(change, _pick(change, plan, picks[2]), amount.id, "assigned", wanted)


def _lock(change: Change, picks: Picks) -> None:
    amount = measures.measure_with_code(change.connection, "amount")
    plan_id = _pick(change, plan, picks[0])
    places = sorted(targets.values(change.connection, plan_id, amount.id, "assigned"), key=str)
    chosen = [places[number % len(places)] for number in picks if places]
    targets.set_locked(change, plan_id, amount.id, "assigned", chosen, picks[1] % 4 > 0)


def _split(change: Change, picks: Picks) -> None:
    amount = measures.measure_with_code(change.connection, "amount")
    plan_id = _pick(change, plan, picks[0])
    whole = Place(OFFICE, parse("2026"))
    targets.set_values(change, plan_id, amount.id, "assigned", {whole: picks[1] * 1_000_00})
    splitting.split_time(change, plan_id, amount, "assigned", whole, "month")
    splitting.split_people(change, plan_id, amount, "assigned", whole)


def _remark(change: Change, picks: Picks) -> None:
    amount = measures.measure_with_code(change.connection, "amount")
    words = {Place(OFFICE, parse(f"2026-{1 + picks[0] % 12}")): remarks.Words(f"Why {picks[1]}")}
    remarks.set_remarks(change, _pick(change, plan, picks[2]), amount.id, words)


def _swap_names(change: Change, picks: Picks) -> None:
    """Two teams change names: each takes what must be unique from the other."""
    first, second = people.teams(change.connection)[:2]
    change.update(team, first.id, name=f"between {picks[0]}")
    change.update(team, second.id, name=first.name)
    change.update(team, first.id, name=second.name)


def _add_leave(change: Change, picks: Picks) -> None:
    first = date(2026, 11, 1) + timedelta(days=picks[1] % 200)
    away, cover = (_pick(change, person, number) for number in picks[:2])
    add_leave(change, away, first, first + timedelta(days=3), cover_id=cover)


def _end_leave(change: Change, picks: Picks) -> None:
    end_leave(change, _pick(change, leave, picks[0]), date(2026, 12, 1 + picks[1] % 28))


def _set_day(change: Change, picks: Picks) -> None:
    day = date(2026, 1, 1) + timedelta(days=picks[0] % 365)
    if picks[1] % 3 == 0:
        calendar.clear_day(change, day)
    else:
        calendar.set_day(change, day, working=picks[1] % 2 == 0, name="A day")


def _set_rules(change: Change, picks: Picks) -> None:
    office_settings.store(
        change,
        basis=list(office_settings.BASES)[picks[0] % 3],
        cadence={"A": 1 + picks[1] % 9, "B": 15, "C": 30},
    )


def _edit_product(change: Change, picks: Picks) -> None:
    stored = products.product_by_id(change.connection, _pick(change, product, picks[0]))
    products.edit_product(
        change, stored.id, seen_version=stored.version, price=picks[1], profit_floor=None
    )


STEPS: dict[str, Callable[[Change, Picks], None]] = {
    function.__name__: function
    for function in (
        _add_customer, _edit_customer, _log, _add_deal, _share_deal_anew, _cancel_deal,
        _add_payment, _pay, _delete_payment, _add_plan, _delete_plan, _set_targets, _lock, _split,
        _remark, _swap_names, _add_leave, _end_leave, _set_day, _set_rules, _edit_product,
    )
}  # fmt: skip
steps = st.tuples(
    st.sampled_from(sorted(STEPS)), st.lists(st.integers(0, 9_999), min_size=3, max_size=3)
)
changes = st.lists(st.lists(steps, min_size=1, max_size=4), min_size=1, max_size=10)


@contextmanager
def _office() -> Iterator[Workspace]:
    """An office in which every kind of step finds something to work on."""
    with tempfile.TemporaryDirectory() as folder, staffed_office(Path(folder)) as workspace:
        with workspace.unrecorded() as change:
            for _number in range(2):
                _add_deal(change, [1, 2, 3])
                _add_payment(change, [0, 500, 0])
                _add_plan(change, [1, 2, 3])
            _set_targets(change, [1, 2, 3])
            _add_leave(change, [0, 1, 0])
        yield workspace


def _make(workspace: Workspace, wanted: list[Step], label: str) -> bool:
    """Make one change of several steps; what the rules refuse leaves nothing. Whether it stands."""
    before = len(workspace.history(limit=10_000))
    try:
        with workspace.change(label) as change:
            for name, picks in wanted:
                STEPS[name](change, picks)
    except SalesDeskError:
        pass
    return len(workspace.history(limit=10_000)) > before


@given(changes)
@settings(max_examples=40)
def test_any_changes_undone_give_the_rows_of_the_start_and_redone_those_of_the_end(
    wanted: list[list[Step]],
) -> None:
    with _office() as workspace:
        states = [all_rows(workspace)]
        for number, one in enumerate(wanted):
            if _make(workspace, one, f"Change {number}"):
                states.append(all_rows(workspace))
        for state in reversed(states[:-1]):
            assert workspace.undo() is not None
            assert all_rows(workspace) == state
        assert workspace.undo() is None
        for state in states[1:]:
            assert workspace.redo() is not None
            assert all_rows(workspace) == state
        assert workspace.redo() is None
        # And once more: what was redone can be undone.
        for state in reversed(states[:-1]):
            workspace.undo()
            assert all_rows(workspace) == state


@given(changes, st.data())
@settings(max_examples=25)
def test_several_people_s_changes_undone_by_each_in_turn_give_the_start(
    wanted: list[list[Step]], data: st.DataObject
) -> None:
    with _office() as workspace:
        start = all_rows(workspace)
        made = []
        for one in wanted:
            who = data.draw(st.sampled_from([STAFF.max, STAFF.ann, STAFF.bob]))
            workspace.work_as(who, f"Person {who}")
            if _make(workspace, one, "Change"):
                made.append(who)
        for who in reversed(made):
            workspace.work_as(who, f"Person {who}")
            assert workspace.undo() is not None
        assert all_rows(workspace) == start


@given(changes)
@settings(max_examples=15)
def test_an_office_is_sound_after_every_change_and_undo(wanted: list[list[Step]]) -> None:
    with _office() as workspace:
        for one in wanted:
            _make(workspace, one, "Change")
            assert check(workspace) == []
        for _one in wanted:
            workspace.undo()
            assert check(workspace) == []


# -- by hand ---------------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        trust_everybody(opened)
        yield opened


def _rename(workspace: Workspace, who: int, name: str, note: str) -> None:
    workspace.work_as(who, name)
    with workspace.change(f"Note {note}") as change:
        customers.edit(change, STAFF.lin, note=note)


def test_undo_refuses_when_another_has_changed_the_row_and_names_who_when_and_what(
    workspace: Workspace,
) -> None:
    _rename(workspace, STAFF.max, "Max", "one")
    _rename(workspace, STAFF.ann, "Ann", "two")
    rows = all_rows(workspace)
    workspace.work_as(STAFF.max, "Max")
    with pytest.raises(ConflictError) as refusal:
        workspace.undo()
    newest = workspace.history(limit=1)[0]
    assert "Ann" in refusal.value.message
    assert f"{newest.at:%Y-%m-%d %H:%M}" in refusal.value.message
    assert "Edit customer: 林先生" in refusal.value.message
    assert all_rows(workspace) == rows
    assert not workspace.history(limit=1)[0].undone


def test_undo_works_again_once_the_other_has_undone_theirs(workspace: Workspace) -> None:
    start = all_rows(workspace)
    _rename(workspace, STAFF.max, "Max", "one")
    _rename(workspace, STAFF.ann, "Ann", "two")
    assert workspace.undo() == "Edit customer: 林先生"
    workspace.work_as(STAFF.max, "Max")
    assert workspace.undo() == "Edit customer: 林先生"
    assert all_rows(workspace) == start


def test_everybody_undoes_their_own_changes(workspace: Workspace) -> None:
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("Ann's") as change:
        people.add_team(change, "North")
    workspace.work_as(STAFF.bob, "Bob")
    assert workspace.undo_label() is None
    assert workspace.undo() is None
    workspace.work_as(STAFF.ann, "Ann")
    assert workspace.undo_label() == "New team North"
    assert workspace.undo() == "New team North"
    assert workspace.redo_label() == "New team North"


def test_undo_refuses_while_something_of_another_rests_on_the_row(workspace: Workspace) -> None:
    with workspace.change("Register") as change:
        new = customers.add(change, name="Newcomer")
    workspace.work_as(STAFF.ann, "Ann")
    sell(workspace, 5_000_00, date(2026, 11, 3), customer_id=new)
    workspace.work_as(STAFF.max, "Max")
    with pytest.raises(ConflictError, match="Ann"):
        workspace.undo()
    assert new in all_rows(workspace)["customer"]


def test_undo_refuses_to_bring_back_what_names_something_gone(workspace: Workspace) -> None:
    with workspace.change("New team") as change:
        north = people.add_team(change, "North")
    with workspace.change("Move Bob") as change:
        change.update(person, STAFF.bob, team_id=north)
    with workspace.change("Move Bob back") as change:
        change.update(person, STAFF.bob, team_id=STAFF.east)
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("Close the team") as change:
        change.delete(team, north)
    workspace.work_as(STAFF.max, "Max")
    with pytest.raises(ConflictError, match=r"Ann .*Close the team"):
        workspace.undo()


def test_undo_refuses_when_another_has_taken_the_name_meanwhile(workspace: Workspace) -> None:
    with workspace.change("Rename the team") as change:
        change.update(team, STAFF.east, name="Orient")
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("Found another") as change:
        people.add_team(change, "East")
    workspace.work_as(STAFF.max, "Max")
    rows = all_rows(workspace)
    with pytest.raises(ConflictError, match=r"Ann .*New team East"):
        workspace.undo()
    assert all_rows(workspace) == rows


def test_undo_refuses_when_another_has_set_the_same_target_again(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    place = Place(OFFICE, parse("2026"))
    set_targets(workspace, plan_id, {place: 100})
    set_targets(workspace, plan_id, {place: None})
    workspace.work_as(STAFF.ann, "Ann")
    set_targets(workspace, plan_id, {place: 300})
    workspace.work_as(STAFF.max, "Max")
    with pytest.raises(ConflictError) as refusal:
        workspace.undo()
    assert "nothing was done" in refusal.value.message


def test_names_that_two_teams_swapped_are_swapped_back(workspace: Workspace) -> None:
    start = all_rows(workspace)
    with workspace.change("Swap") as change:
        _swap_names(change, [0])
    assert [one.name for one in workspace.read(people.teams)] == ["West", "East"]
    workspace.undo()
    assert all_rows(workspace) == start
    workspace.redo()
    assert [one.name for one in workspace.read(people.teams)] == ["West", "East"]


def test_a_new_change_takes_the_way_back_to_what_was_undone(workspace: Workspace) -> None:
    _rename(workspace, STAFF.max, "Max", "one")
    workspace.undo()
    assert workspace.redo_label() == "Edit customer: 林先生"
    _rename(workspace, STAFF.max, "Max", "two")
    assert workspace.redo_label() is None
    assert workspace.redo() is None


def test_a_change_that_changes_nothing_leaves_no_entry(workspace: Workspace) -> None:
    before = workspace.history()
    with workspace.change("Nothing") as change:
        stored = customers.customer_by_id(change.connection, STAFF.lin)
        customers.edit(change, STAFF.lin, name=stored.name)
        change.delete(customer_phone, change.insert(customer_phone, customer_id=1, number="1"))
    assert workspace.history() == before


def test_whatever_is_raised_inside_a_change_leaves_the_office_as_it_was(
    workspace: Workspace,
) -> None:
    def half(change: Change) -> None:
        people.add_team(change, "North")
        change.delete(customer_phone, 1)
        people.add_team(change, "North")

    rows = all_rows(workspace)
    with pytest.raises(InputError), workspace.change("Half") as change:
        half(change)
    assert all_rows(workspace) == rows
    assert workspace.undo_label() is None


def test_the_history_says_who_did_what_to_how_many_rows(workspace: Workspace) -> None:
    workspace.work_as(STAFF.ann, "Ann")
    with workspace.change("Two teams") as change:
        people.add_team(change, "North")
        people.add_team(change, "South")
    workspace.undo()
    undone, done = workspace.history(limit=2)
    assert (done.person_name, done.label, done.kind, done.rows) == (
        "Ann",
        "New team North; New team South",
        "do",
        2,
    )
    assert done.undone
    assert (undone.label, undone.kind, undone.rows) == (done.label, "undo", 2)
    assert workspace.history(before_id=done.id) == []


def test_listeners_hear_of_changes_undo_and_redo(workspace: Workspace) -> None:
    heard = []
    workspace.on_change(lambda notice: heard.append(dict(notice.rows)))
    with workspace.change("New team") as change:
        north = people.add_team(change, "North")
    workspace.undo()
    workspace.redo()
    workspace.poll()
    assert heard == [{"team": frozenset({north})}] * 3


def test_an_edit_of_what_another_edited_since_it_was_read_is_refused(
    workspace: Workspace,
) -> None:
    seen = workspace.read(customers.customer_by_id, STAFF.lin)
    _rename(workspace, STAFF.ann, "Ann", "two")
    with (
        pytest.raises(ConflictError, match="Ann"),
        workspace.change("Late") as change,
    ):
        customers.edit(change, STAFF.lin, seen_version=seen.version, note="mine")
    assert workspace.read(customers.customer_by_id, STAFF.lin).note == "two"


def test_undo_counts_as_an_edit_for_who_has_the_row_open(workspace: Workspace) -> None:
    _rename(workspace, STAFF.max, "Max", "one")
    seen = workspace.read(customers.customer_by_id, STAFF.lin)
    workspace.undo()
    with pytest.raises(ConflictError), workspace.change("Late") as change:
        customers.edit(change, STAFF.lin, seen_version=seen.version, note="mine")


def test_what_is_gone_can_t_be_changed_or_deleted(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError), workspace.change("Late") as change:
        change.update(team, 99, name="Nobody's")
    with pytest.raises(NotFoundError), workspace.change("Late") as change:
        change.delete(team, 99)


def test_ids_are_never_given_again(workspace: Workspace) -> None:
    with workspace.change("New team") as change:
        north = people.add_team(change, "North")
    workspace.undo()
    with workspace.change("New team") as change:
        assert people.add_team(change, "South") > north


def test_a_row_that_came_is_recorded_as_the_change_left_it(workspace: Workspace) -> None:
    """However often it was written meanwhile; one that went again isn't recorded at all."""
    with workspace.change("New teams") as change:
        kept, renamed, gone = change.insert_many(
            team, [{"name": name} for name in ("Upper", "Lower", "Gone")]
        )
        change.update(team, renamed, name="Middle")
        change.delete(team, gone)
        last = change.insert(team, name="Last")
    rows = workspace.read(trail.stored_rows, workspace.history(limit=1)[0].id)[::-1]
    assert [row[:3] for row in rows] == [
        ("team", kept, None), ("team", renamed, None), ("team", last, None)
    ]  # fmt: skip
    stored = workspace.read(images.read, team, [kept, renamed, last])
    assert [after for *_row, after in rows] == list(stored.values())
    assert [images.opened(image)["name"] for image in stored.values()] == [
        "Upper",
        "Middle",
        "Last",
    ]
    workspace.undo()
    assert workspace.read(images.read, team, [kept, renamed, last]) == {}
    workspace.redo()
    assert workspace.read(images.read, team, [kept, renamed, last]) == stored


def test_rows_of_one_insert_have_the_same_columns(workspace: Workspace) -> None:
    with (
        pytest.raises(ValueError, match="different columns"),
        workspace.change("Uneven") as change,
    ):
        change.insert_many(team, [{"name": "A", "position": 1}, {"name": "B"}])

"""The rules of plans and targets, kept at the door: who, when, which values, which places."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import approvals, measures, months, people
from salesdesk.planning import (
    beginning,
    deciding,
    grid,
    items,
    plan_rules,
    plans,
    remarks,
    revisions,
    splitting,
    target_rules,
    targets,
    templates,
)
from salesdesk.planning.outlines import Line
from salesdesk.planning.places import OFFICE, Place, person, team
from salesdesk.planning.remarks import Words
from salesdesk.planning.splitting import SPLIT
from salesdesk.workspace import Change, Workspace
from tests.offices import (
    STAFF,
    measure,
    place,
    plan_for,
    set_targets,
    staffed_office,
    targets_of,
)

ANN, BOB = person(STAFF.ann), person(STAFF.bob)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _work_as(workspace: Workspace, person_id: int) -> None:
    workspace.work_as(person_id, workspace.read(people.person_by_id, person_id).name)


def _move(workspace: Workspace, plan_id: int, *statuses: str, words: str = "") -> None:
    for status in statuses:
        with workspace.change("Step") as change:
            reason = "correction" if status == "draft" else ""
            deciding.move(change, plan_id, status, words or reason, reason=reason)


def _status(workspace: Workspace, plan_id: int) -> str:
    return workspace.read(plans.plan_by_id, plan_id).status


# -- a walk through all writers --------------------------------------------------------------------


def _writers(workspace: Workspace, plan_id: int) -> dict[str, Callable[[Change], object]]:
    """Everything that can be tried on a plan, by name."""
    plan = workspace.read(plans.plan_by_id, plan_id)
    amount, at = measure(workspace), Place(plan.who, plan.period)
    cells = workspace.read(grid.read, plan_id, amount.id, "assigned")
    tier = "assigned"
    return {
        "title": lambda change: plans.rename(
            change, plan_id, seen_version=plan.version, title="Mine"
        ),
        "text": lambda change: items.write_text(change, plan_id, "Mine", seen_version=plan.version),
        "copy": lambda change: beginning.from_plan(change, plan_id, plan.period, "Mine", plan.who),
        "new": lambda change: plans.new_plan(
            change, title="Mine", period=plan.period, who=plan.who
        ),
        "template": lambda change: templates.new_plan(
            change, "yearly-abc", period=parse("2026"), who=plan.who
        ),
        "set": lambda change: targets.set_values(change, plan_id, amount.id, tier, {at: 9_00}),
        "clear": lambda change: targets.set_values(change, plan_id, amount.id, tier, {at: None}),
        "lock": lambda change: targets.set_locked(change, plan_id, amount.id, tier, [at], True),
        "split": lambda change: splitting.split_time(
            change, plan_id, amount, tier, at, "month", way="equal"
        ),
        "rebalance": lambda change: splitting.rebalance(change, plan_id, amount, tier, at),
        "catch up": lambda change: splitting.catch_up(
            change, plan_id, amount, tier, at, date(2026, 6, 30)
        ),
        "reckoned": lambda change: splitting.set_reckoned(
            change, cells, lambda _db, _cells: {at: 9_00}, SPLIT
        ),
        "review": lambda change: remarks.set_remarks(
            change, plan_id, amount.id, {at: Words("Mine")}
        ),
        "submit": lambda change: deciding.submit(change, plan_id),
        "approve": lambda change: deciding.approve(change, plan_id),
        "return": lambda change: deciding.send_back(change, plan_id, "Mine"),
        "take back": lambda change: deciding.take_back(change, plan_id, "order", "Mine"),
        "revise": lambda change: revisions.revise(change, plan_id, "order", "Mine"),
        "close": lambda change: deciding.close(change, plan_id),
        "reopen": lambda change: deciding.reopen(change, plan_id),
        "delete": lambda change: plans.delete_plan(change, plan_id),
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_salesperson_gets_nowhere_in_the_plans_of_others(workspace: Workspace, seed: int) -> None:
    walk = random.Random(seed)
    made = []
    for who in (OFFICE, team(STAFF.east), team(STAFF.west), BOB):
        plan_id = plan_for(workspace, who=who)
        set_targets(workspace, plan_id, {place("2026", who): 1_200_00})
        moves = (("submitted",), ("submitted", "approved"), ())
        _move(workspace, plan_id, *walk.choice(moves))
        made.append(plan_id)
    with workspace.change("Li Na begins") as change:
        li_na = people.add_person(change, "Li Na", team_id=STAFF.east)
    before = [workspace.read(plans.plans), [targets_of(workspace, plan_id) for plan_id in made]]
    newest = workspace.history(limit=1)[0].id
    _work_as(workspace, li_na)
    tries = [(plan_id, name) for plan_id in made for name in _writers(workspace, plan_id)]
    walk.shuffle(tries)
    for plan_id, name in tries:
        with pytest.raises((RightsError, InputError)), workspace.change("Try") as change:
            _writers(workspace, plan_id)[name](change)
    assert workspace.history(limit=1)[0].id == newest
    after = [workspace.read(plans.plans), [targets_of(workspace, plan_id) for plan_id in made]]
    assert after == before


def test_a_salesperson_writes_their_own_plan_and_doesn_t_approve_it(workspace: Workspace) -> None:
    _work_as(workspace, STAFF.ann)
    plan_id = plan_for(workspace, who=ANN)
    set_targets(workspace, plan_id, {place("2026", ANN): 1_200_00})
    with pytest.raises(InputError, match="others"):
        set_targets(workspace, plan_id, {place("2026", BOB): 1_00})
    _move(workspace, plan_id, "submitted")
    with pytest.raises(RightsError):
        _move(workspace, plan_id, "approved")
    with pytest.raises(InputError, match="take it back first"):
        set_targets(workspace, plan_id, {place("2026", ANN): 1_300_00})
    _move(workspace, plan_id, "draft")
    set_targets(workspace, plan_id, {place("2026", ANN): 1_300_00})


# -- when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["approved", "closed"])
def test_an_approved_plan_changes_only_as_a_new_revision(workspace: Workspace, status: str) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026"): 1_200_00})
    _move(workspace, plan_id, *("submitted", "approved", "closed")[: 2 + (status == "closed")])
    for name in ("text", "set", "clear", "lock", "split", "reckoned", "delete"):
        with pytest.raises(InputError), workspace.change("Try") as change:
            _writers(workspace, plan_id)[name](change)
    review = _writers(workspace, plan_id)["review"]
    if status == "closed":
        with pytest.raises(InputError, match="closed"), workspace.change("Try") as change:
            review(change)
        return
    with workspace.change("Review") as change:
        review(change)
    _move(workspace, plan_id, "draft")
    assert workspace.read(plans.plan_by_id, plan_id).revision == 2
    set_targets(workspace, plan_id, {place("2026"): 1_300_00})


def test_targets_of_a_closed_month_stay(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-01"): 1_00, place("2026-12"): 1_00})
    with workspace.change("Close") as change:
        months.close(change, parse("2026-01"))
    with pytest.raises(InputError, match="closed month"):
        set_targets(workspace, plan_id, {place("2026-01"): 2_00})
    set_targets(workspace, plan_id, {place("2026-12"): 2_00, place("2026"): 9_00})


# -- which -----------------------------------------------------------------------------------------


def test_values_keep_the_signs_steps_and_sizes_of_their_measure(workspace: Workspace) -> None:
    amount, units, profit = (measure(workspace, code) for code in ("amount", "units", "profit"))
    target_rules.check_value(amount, 1_23)
    target_rules.check_value(profit, -5_00)
    target_rules.check_value(amount, target_rules.LARGEST - 1)
    with pytest.raises(InputError, match="negative"):
        target_rules.check_value(amount, -1)
    with pytest.raises(InputError, match="steps of 1"):
        target_rules.check_value(units, 1_50)
    for value in (target_rules.LARGEST, -target_rules.LARGEST):
        with pytest.raises(InputError, match="too large"):
            target_rules.check_value(replace(profit), value)


def test_places_lie_in_the_plan_and_name_what_exists(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026", who=team(STAFF.east))
    set_targets(workspace, plan_id, {place("2026-Q1", ANN): 1_00})
    with pytest.raises(InputError, match="2027 lies outside"):
        set_targets(workspace, plan_id, {place("2027", ANN): 1_00})
    with pytest.raises(InputError, match="others"):
        set_targets(workspace, plan_id, {place("2026", person(STAFF.cleo)): 1_00})
    for who in (person(99), team(99), ANN._replace(product_id=99)):
        with pytest.raises(NotFoundError, match="99"):
            set_targets(workspace, plan_id, {place("2026", who): 1_00})
    assert targets_of(workspace, plan_id) == {("2026-Q1", ANN): 1_00}


def test_a_measure_out_of_use_takes_no_new_target(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026"): 1_00}, code="visits")
    visits = measure(workspace, "visits")
    with workspace.change("Out of use") as change:
        measures.edit(change, visits.id, seen_version=visits.version, active=False)
    with pytest.raises(InputError, match="doesn't use"):
        set_targets(workspace, plan_id, {place("2026"): 2_00}, code="visits")
    set_targets(workspace, plan_id, {place("2026"): None}, code="visits")


def test_texts_have_their_lengths(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    amount = measure(workspace).id
    tries: list[Callable[[Change], object]] = [
        lambda change: plans.new_plan(change, title="x" * 121, period=parse("2026")),
        lambda change: items.write_text(
            change, plan_id, "x" * (target_rules.LONGEST_TEXT + 1), seen_version=1
        ),
        lambda change: items.write_text(change, plan_id, "x\n" * (items.MOST + 1), seen_version=1),
        lambda change: items.write(
            change, plan_id, [Line("item", 0, "x" * (items.LONGEST + 1))], seen_version=1
        ),
        lambda change: remarks.set_remarks(
            change, plan_id, amount, {place("2026-11"): Words(reason="x" * 2_001)}
        ),
        lambda change: deciding.submit(change, plan_id, "x" * 2_001),
    ]
    for attempt in tries:
        with pytest.raises(InputError, match="at most"), workspace.change("Try") as change:
            attempt(change)


# -- deciding --------------------------------------------------------------------------------------


def test_what_a_plan_was_returned_with_is_kept(workspace: Workspace) -> None:
    _work_as(workspace, STAFF.ann)
    plan_id = plan_for(workspace, who=ANN)
    _move(workspace, plan_id, "submitted", words="Please look")
    _work_as(workspace, STAFF.max)
    assert [request.words for request in workspace.read(approvals.waiting, STAFF.max)] == [
        "Please look"
    ]
    with pytest.raises(InputError, match="what is to be changed"):
        _move(workspace, plan_id, "returned")
    _move(workspace, plan_id, "returned", words="Say who visits whom")
    comment = workspace.read(deciding.comment, workspace.read(plans.plan_by_id, plan_id))
    assert comment is not None
    assert (comment.decider_name, comment.answer) == ("Max", "Say who visits whom")
    _work_as(workspace, STAFF.ann)
    _move(workspace, plan_id, "submitted")
    _work_as(workspace, STAFF.max)
    _move(workspace, plan_id, "approved", words="Good")
    states = [request.state for request in workspace.read(deciding.decisions, plan_id)]
    assert states == ["granted", "refused"]
    assert workspace.read(deciding.comment, workspace.read(plans.plan_by_id, plan_id)) is None


def test_a_request_decided_in_the_list_decides_the_plan(workspace: Workspace) -> None:
    _work_as(workspace, STAFF.ann)
    plan_id = plan_for(workspace, who=ANN)
    _move(workspace, plan_id, "submitted")
    _work_as(workspace, STAFF.max)
    (request,) = workspace.read(approvals.waiting, STAFF.max)
    with workspace.change("Decide") as change:
        approvals.decide(change, request.id, True, "Good")
    assert _status(workspace, plan_id) == "approved"


def test_nobody_approves_their_own_plan_while_somebody_else_may(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, who=person(STAFF.max))
    alone = plan_for(workspace, who=person(STAFF.max))
    _move(workspace, alone, "submitted", "approved")
    with workspace.change("A second manager") as change:
        people.add_person(change, "Mia", role="manager")
    for step in (), ("submitted",):
        _move(workspace, plan_id, *step)
        with pytest.raises(RightsError, match="Those who can: Mia"):
            _move(workspace, plan_id, "approved")
        plan = workspace.read(plans.plan_by_id, plan_id)
        assert "Mia" in workspace.read(deciding.why_not, STAFF.max, plan, "approved")
    _work_as(workspace, 5)
    _move(workspace, plan_id, "approved")
    assert _status(workspace, plan_id) == "approved"


def test_the_history_says_what_was_done(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-11", who): 1_00 for who in (ANN, BOB)})
    assert workspace.history(limit=1)[0].label == (
        "Targets of Plan 2026: Sales amount, 2026-11, 2 people"
    )


def test_the_window_greys_by_the_writers_rules(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, who=ANN)
    plan = workspace.read(plans.plan_by_id, plan_id)
    for actor, allowed in ((STAFF.max, True), (STAFF.ann, True), (STAFF.bob, False)):
        why = workspace.read(plan_rules.why_not_write, actor, plan, plan_rules.TARGETS)
        assert (why == "") == allowed
